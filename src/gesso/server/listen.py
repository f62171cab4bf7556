"""Serve an application on a socket: uvicorn with httptools, our deadlines, and nothing that we do ourselves."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Sequence

import uvicorn
from starlette.types import ASGIApp

from gesso.server.guard import guarded, sweep_forever
from gesso.settings import Settings

KEEP_ALIVE_SECONDS = 75
"""Silence between two requests of a connection; longer than any client's poll interval."""

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  recognised, not bound
"""Where this machine reaches a server that listens on all of its addresses; those two are no host's name."""

SHUTDOWN_SECONDS = 10
"""How long requests that are under way may go on after a signal to stop."""


class ListenError(RuntimeError):
    """The server cannot, or must not, listen where it was told to."""


class UnsafeBindingError(ListenError):
    """The server would be open to the network without a key."""


def check_binding(settings: Settings, *, has_keys: bool) -> None:
    """Refuse to listen beyond this machine while there are no keys."""
    if settings.is_loopback or has_keys:
        return
    raise UnsafeBindingError(
        f"Gesso will not listen on {settings.host} without keys: anybody who reaches it could use it. "
        "Make a key first with `gesso keys create NAME`, or listen on 127.0.0.1."
    )


async def listen(
    app: ASGIApp,
    settings: Settings,
    *,
    sockets: Sequence[socket.socket] | None = None,
    ready: Callable[[str], None],
    stopping: Callable[[], None],
) -> None:
    """Serve until a signal, or until this task is cancelled.

    `ready` gets the base URL, as this machine calls it, once connections are taken. `stopping` is called when no more
    are: what holds requests open without working on them ends them there, since the others are waited for. Raises
    `ListenError`.
    """
    server = _Server(_config(app, settings), ready, stopping)
    sweeper = asyncio.create_task(sweep_forever(server.server_state.connections))
    try:
        await server.serve(list(sockets) if sockets is not None else None)
    except asyncio.CancelledError:
        # uvicorn closes only when asked; a cancelled server must leave no socket behind.
        server.should_exit = True
        await server.shutdown()
        raise
    finally:
        sweeper.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sweeper


def _config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=guarded(settings),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        # X-Forwarded-* count only from configured proxies, which `origin` decides.
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )


class _Server(uvicorn.Server):
    """Tells when it is ready, and where, and when it stops."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[str], None], stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self._stopping = stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit as error:  # uvicorn has logged why, and would end the whole process here
            raise ListenError(
                f"Gesso cannot listen on {self.config.host}, port {self.config.port}. Where another program has that "
                "port, choose one with --port; 0 takes a free one."
            ) from error
        listeners = sockets or [each for server in self.servers for each in server.sockets]
        host, port = listeners[0].getsockname()[:2]
        name = str(_EVERYWHERE.get(host, host))
        name = f"[{name}]" if ":" in name else name
        self._ready(f"http://{name}:{port}")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stopping()
        await super().shutdown(sockets)
