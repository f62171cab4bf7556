"""`gesso serve`: the server and its worker in one process."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import click

from gesso.cli.output import say, telling_errors
from gesso.cli.reach import Running
from gesso.settings import Settings, load

_PROMPT = "a lighthouse at dusk, two gulls"


@click.command()
@click.option("--host", help="Address to listen on (127.0.0.1); any other needs keys.")
@click.option("--port", type=int, help="Port to listen on (4747); 0 takes a free one.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of database, files and CA.")
@click.option("--engine", type=click.Choice(["auto", "sketch", "local", "upstream"]), help="Which engine serves.")
@click.option("--workers", type=int, help="Child processes that run jobs (2); 0 accepts only.")
@click.option("--public-url", help="Base of minted URLs when the request's host is unknown.")
@click.option("--access-log/--no-access-log", default=None, help="One line per request on standard error.")
@click.option("--log-level", type=click.Choice(["debug", "info", "warning", "error"]), help="Least level logged.")
@telling_errors
def serve(**flags: Any) -> None:
    """Start the server. Every setting can also be given as GESSO_NAME or in gesso.toml."""
    import uvloop

    from gesso.cli.logs import configure
    from gesso.cli.wire import serve as serve_forever
    from gesso.server.listen import ListenError

    settings = load(**flags)
    configure(settings)

    async def ready(running: Running) -> None:
        await _welcome(settings, running)

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve_forever(settings, ready))
    except ListenError as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt:
        say("Stopped.")


async def _welcome(settings: Settings, running: Running) -> None:
    """What a newcomer needs, and on the very first start a picture."""
    say(_banner(settings, running))
    marker = settings.data_dir / "first-picture.png"
    if settings.workers and settings.is_loopback and not marker.exists() and not _has_keys(settings):
        await asyncio.to_thread(_first_picture, running, marker)


def _has_keys(settings: Settings) -> bool:
    return (settings.data_dir / "keys.stamp").exists()


def _banner(settings: Settings, running: Running) -> str:
    gesso, url, has_keys = _command(), running.url, _has_keys(settings)
    data = "" if settings.data_dir == load().data_dir else f" --data-dir {settings.data_dir}"
    where = url if settings.is_loopback or settings.host in url else f"{url} and on every address of this machine"
    access = (
        "Requests need a key, here $FAL_KEY; make more with"
        if has_keys
        else "Any API key is accepted from this machine, and nobody else can connect. To turn keys on:"
    )
    body = f'{{"prompt": "{_PROMPT}"}}'
    key = ' -H "authorization: Key $FAL_KEY"' if has_keys else ""
    credentials = "process.env.FAL_KEY" if has_keys else '"any"'
    own = 'GESSO_KEY="$FAL_KEY" ' if has_keys else ""
    return f"""
Gesso serves fal's API on {where}
{access}  {gesso} keys create NAME{data}

  curl        curl {url}/run/{_endpoint()}{key} -H 'content-type: application/json' -d '{body}'
  JavaScript  fal.config({{ credentials: {credentials}, proxyUrl: {{ url: "{url}/api/fal/proxy", when: "always" }} }})
  Python      {own}{gesso} exec -- python your_app.py      (any program that uses fal, unchanged)
"""


def _endpoint() -> str:
    """The id of the quickest endpoint that makes pictures from words: the one that examples use."""
    from gesso import endpoint

    return next(item.id for item in endpoint.all_endpoints() if "quick start" in item.tags)


def _command() -> str:
    """The path of this command as it works from here: `.venv/bin/gesso` in a checkout, `gesso` when installed."""
    program = Path(sys.argv[0])
    if program.name == "__main__.py":
        return f"{os.path.relpath(sys.executable)} -m gesso"
    on_path = any(Path(folder) == program.parent for folder in os.environ.get("PATH", "").split(os.pathsep))
    return program.name if on_path else os.path.relpath(program)


def _first_picture(running: Running, path: Path) -> None:
    """Make one picture through our own API, as any client would. Its failure is told and stops nothing."""
    import httpx2

    from gesso.client.client import Client
    from gesso.client.protocol import ClientError

    try:
        with Client(running.url) as client:
            output = client.subscribe(_endpoint(), {"prompt": _PROMPT, "seed": 1})
            url = output["images"][0]["url"]
            client.download(url, path)
    except (ClientError, httpx2.HTTPError, OSError) as error:
        say(f"The first picture could not be made: {error}")
        return
    say(f'Your first picture, "{_PROMPT}":\n  {url}\n  {os.path.relpath(path)}\n')
