"""`gesso exec -- CMD` runs any program that uses fal, unchanged, against Gesso; `gesso env` prints what it sets.

The program's traffic for fal's hosts goes to the intercepting proxy and no further; all other traffic passes unread.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping
from importlib import resources
from pathlib import Path

import click

from gesso.cli.output import FAILED, say, telling_errors
from gesso.cli.reach import reach, running
from gesso.cli.running import Running
from gesso.server.authority import Authority
from gesso.settings import load


def variables(server: Running) -> dict[str, str]:
    """The environment that points fal's clients at Gesso. Needs a server with its proxy and CA."""
    if server.proxy is None or server.ca is None:
        raise click.ClickException("The server runs without its intercepting proxy.")
    authority = Authority.load(Path(server.ca))
    bundle, root = str(authority.bundle), str(authority.path)
    hook = resources.files("gesso.cli").joinpath("hook.mjs")
    local = "127.0.0.1,localhost,::1"
    return {
        "HTTPS_PROXY": server.proxy,
        "https_proxy": server.proxy,
        "NO_PROXY": local,
        "no_proxy": local,
        "SSL_CERT_FILE": bundle,
        "REQUESTS_CA_BUNDLE": bundle,
        "CURL_CA_BUNDLE": bundle,
        "NODE_EXTRA_CA_CERTS": root,
        "NODE_USE_ENV_PROXY": "1",
        "NODE_OPTIONS": f"--import {Path(str(hook)).as_uri()}",
        "GESSO_URL": server.url,
        "FAL_BASE_URL": f"{server.url}/queue",
        "FAL_SYNC_URL": server.url,
        "FAL_PLATFORM_URL": f"{server.url}/api/v1",
        "FAL_AI_API_BASE": server.url,
    }


def environment(server: Running, outer: Mapping[str, str]) -> dict[str, str]:
    """`outer` with our variables. The cloud's key stays behind: the program gets `GESSO_KEY`, or a local one."""
    inner = {name: value for name, value in outer.items() if name not in ("FAL_KEY", "FAL_KEY_ID", "FAL_KEY_SECRET")}
    ours = variables(server)
    if "NODE_OPTIONS" in outer:
        ours["NODE_OPTIONS"] = f"{outer['NODE_OPTIONS']} {ours['NODE_OPTIONS']}"
    return {**inner, **ours, "FAL_KEY": outer.get("GESSO_KEY", "gesso:local")}


@contextlib.contextmanager
def _intercepting(url: str | None) -> Generator[Running]:
    """A server with a proxy: the running one's own, or a proxy of ours in front of it."""
    with reach(url) as server:
        if server.proxy is not None:
            yield server
            return
        from gesso.cli.embedded import proxy_for

        with proxy_for(server, load()) as with_proxy:
            yield with_proxy


@click.command(name="exec", context_settings={"ignore_unknown_options": True})
@click.option("--url", envvar="GESSO_URL", help="Server to use; default: the running one, else an embedded one.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@telling_errors
def exec_(url: str | None, command: tuple[str, ...]) -> None:
    """Run COMMAND with all its calls to fal answered by Gesso: gesso exec -- python app.py"""
    with _intercepting(url) as server:
        code = _run(command, environment(server, os.environ))
    sys.exit(code)


def _run(command: tuple[str, ...], environ: Mapping[str, str]) -> int:
    """The command's exit code, as a shell would tell it."""
    try:
        child = subprocess.Popen(command, env=dict(environ))
    except OSError as error:
        say(f"gesso exec: {command[0]}: {error.strerror}")
        return 127 if isinstance(error, FileNotFoundError) else 126
    # The terminal sends Ctrl-C to the whole group: the program decides what it means, and we follow it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, frame: child.terminate())
    code = child.wait()
    return 128 - code if code < 0 else code


@click.command()
@click.option("--shell", type=click.Choice(["sh", "fish"]), default="sh", help="Syntax to print.")
@telling_errors
def env(shell: str) -> None:
    """Print the variables that `gesso exec` sets, for the running server: eval "$(gesso env)" """
    server = running()
    if server is None or server.proxy is None:
        say("No server with an intercepting proxy is running here: start one with `gesso serve`.")
        sys.exit(FAILED)
    ours = {**variables(server), "FAL_KEY": os.environ.get("GESSO_KEY", "gesso:local")}
    for name, value in ours.items():
        quoted = shlex.quote(value)
        click.echo(f"set -gx {name} {quoted};" if shell == "fish" else f"export {name}={quoted}")
