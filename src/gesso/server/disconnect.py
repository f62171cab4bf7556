"""Work that ends with its client: a cut connection cancels what was being done for it.

Our HTTP protocol (`guard`) tells of the loss by a callback, which costs nothing until it happens. Under any other
ASGI server a small task waits for the `http.disconnect` message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar, cast

from starlette.types import Receive, Scope

T = TypeVar("T")

CONNECTION = "gesso.connection"
"""Key in an ASGI scope under which `guard` puts the connection."""


class ClientGoneError(Exception):
    """The client closed the connection before it had its answer."""


class Connection(Protocol):
    """What `guard` offers beyond ASGI."""

    on_lost: Callable[[], object] | None
    """Called once when the connection ends."""

    def write_reply(self, scope: Scope, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> bool:
        """Write a whole response at once; false where that is not possible now and `send` must do it."""
        ...


def connection_of(scope: Scope) -> Connection | None:
    """The connection that a request came by, under our own HTTP protocol."""
    return cast("Connection | None", scope.get(CONNECTION))


async def while_connected(scope: Scope, receive: Receive, work: Coroutine[Any, Any, T]) -> T:
    """The value of `work`; it is cancelled, and `ClientGoneError` raised, when the client goes away first.

    The request's body must have been read.
    """
    connection = connection_of(scope)
    if connection is None:
        return await _listening(receive, work)
    return await _called_back(connection, work)


async def _called_back(connection: Connection, work: Coroutine[Any, Any, T]) -> T:
    task = cast("asyncio.Task[Any]", asyncio.current_task())
    gone = False

    def lost() -> None:
        nonlocal gone
        gone = True
        task.cancel()

    connection.on_lost = lost
    try:
        return await work
    except asyncio.CancelledError:
        if not gone:
            raise
        task.uncancel()
        raise ClientGoneError from None
    finally:
        connection.on_lost = None


async def _listening(receive: Receive, work: Coroutine[Any, Any, T]) -> T:
    working = asyncio.ensure_future(work)
    listening = asyncio.ensure_future(until_gone(receive))
    try:
        await asyncio.wait({working, listening}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientGoneError
    finally:
        listening.cancel()
        working.cancel()
        await asyncio.gather(working, listening, return_exceptions=True)


async def until_gone(receive: Receive) -> None:
    """Return when the client has gone. The request's body must have been read."""
    while (await receive())["type"] != "http.disconnect":
        pass
