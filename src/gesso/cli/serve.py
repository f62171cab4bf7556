"""`gesso serve`: the server and its worker in one process."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from gesso.cli.output import say, telling_errors
from gesso.cli.running import Running
from gesso.settings import Settings, load

T = TypeVar("T", bound=Callable[..., Any])

_PROMPT = "a lighthouse at dusk, two gulls"


def _flag(name: str, form: str = "", **kind: Any) -> Callable[[T], T]:
    """A setting as a flag; `Settings` says what it is."""
    flag = f"--{name.replace('_', '-')}"
    return click.option(flag + form.replace("*", flag[2:]), default=None, help=_told(name), **kind)


def _told(name: str) -> str:
    """What a setting is, and its value where nobody gives one."""
    info = Settings.model_fields[name]
    default = info.get_default(call_default_factory=True, validated_data={})
    return f"{info.description}" + ("" if default in (None, ()) else f"  [default: {default}]")


class _Serve(click.Command):
    """A command whose help lists every setting, since most have no flag."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Settings, as variables; in gesso.toml without GESSO_, in lower case"):
            formatter.write_dl([(f"GESSO_{name.upper()}", _told(name)) for name in Settings.model_fields])


@click.command(cls=_Serve)
@_flag("host")
@_flag("port", type=int)
@_flag("data_dir", type=click.Path(path_type=Path))
@_flag("engine", type=click.Choice(["auto", "sketch", "local", "upstream"]))
@_flag("workers", type=int)
@_flag("public_url")
@_flag("access_log", "/--no-*")
@_flag("log_level", type=click.Choice(["debug", "info", "warning", "error"]))
@telling_errors
def serve(**flags: Any) -> None:
    """Start the server. Flags win over variables, and these over gesso.toml and the user's own configuration."""
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
