"""Server-sent events as both official parsers survive them.

Each event is `data: <one JSON object>` and a blank line, in ASCII: fal's JavaScript client decodes each network
chunk by itself. No `id:` and no bare `retry:`: fal's Python client then sees an event without data. Silence is
filled with comments.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.types import Receive, Scope, Send

from gesso.server.disconnect import ClientGoneError, while_connected
from gesso.server.reply import Headers

PING = b": ping\n\n"
PING_SECONDS = 10.0
"""Longest silence on a stream."""

_HEADERS: Headers = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
]


def event(value: Any) -> bytes:
    """One event that holds `value`, a JSON object as Python values."""
    return b"data: " + json.dumps(value, separators=(",", ":")).encode("ascii") + b"\n\n"


def event_of(body: bytes) -> bytes:
    """One event that holds ready JSON; made ASCII where it is not, on one line in any case."""
    if body.isascii() and b"\n" not in body:
        return b"data: " + body + b"\n\n"
    return event(json.loads(body))


class EventStream:
    """A response of ready-made event bytes. The iterator is closed when it ends or the client goes away."""

    def __init__(self, events: AsyncIterator[bytes], headers: Headers) -> None:
        self._events = events
        self._headers = _HEADERS + headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self._headers})
        try:
            await while_connected(scope, receive, self._send_all(send))
        except ClientGoneError:
            return
        await send({"type": "http.response.body", "body": b""})

    async def _send_all(self, send: Send) -> None:
        try:
            async for chunk in self._events:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        finally:
            close = getattr(self._events, "aclose", None)
            if close is not None:
                await close()
