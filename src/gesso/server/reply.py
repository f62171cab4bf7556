"""Replies: JSON bytes with the headers that fal's clients look for, sent as two plain ASGI messages."""

from __future__ import annotations

import os
from collections.abc import Mapping
from time import time_ns
from typing import Any

from starlette.types import Receive, Scope, Send

from gesso.errors import Failure
from gesso.jobs.job import Outcome
from gesso.server.call import Call
from gesso.server.disconnect import connection_of
from gesso.shapes import ORIGIN
from gesso.validation import dump

Headers = list[tuple[bytes, bytes]]

JSON = (b"content-type", b"application/json")
"""Clients choose their parser by this header, so no JSON answer goes without it."""

_ORIGIN = ORIGIN.encode()


class Reply:
    """A complete response in memory. `headers` may still grow until it is sent."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, body: bytes, headers: Headers) -> None:
        self.status = status
        self.body = body
        self.headers = headers

    def write(self, scope: Scope) -> bool:
        """Write it straight to the connection, where our own HTTP protocol has one that can take it now."""
        connection = connection_of(scope)
        if connection is None:
            return False
        headers = [*self.headers, (b"content-length", b"%d" % len(self.body))]
        return connection.write_reply(scope, self.status, headers, self.body)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.status != 204:
            self.headers.append((b"content-length", b"%d" % len(self.body)))
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else self.body})


_CHANCE: list[str] = []
"""Random bits for the next ids, 20 hexadecimal digits each: asking the system for each alone costs ten times that."""


def new_request_id() -> str:
    """The id of a request, a UUID of version 7: told in headers, URLs and logs.

    Its first half is the time, so that new rows go to one end of the index over ids: random places would touch, and
    sync, a page each. The 74 random bits are as good as a secret.
    """
    # The uuid module takes three times as long, half of it for an object nobody needs.
    if not _CHANCE:
        bits = os.urandom(10 * 256).hex()
        _CHANCE.extend(bits[at : at + 20] for at in range(0, len(bits), 20))
    time, chance = f"{time_ns() // 1_000_000:012x}", _CHANCE.pop()
    variant = "89ab"[int(chance[3], 16) & 3]
    return f"{time[:8]}-{time[8:]}-7{chance[:3]}-{variant}{chance[4:7]}-{chance[7:19]}"


def json_reply(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """`value` as JSON."""
    return Reply(status, dump(value), [JSON, *encoded(headers or {})])


def text_reply(text: str, content_type: str) -> Reply:
    """Text of another type than JSON."""
    return Reply(200, text.encode(), [(b"content-type", f"{content_type}; charset=utf-8".encode())])


def encoded(headers: Mapping[str, str]) -> Headers:
    """Header pairs as ASGI wants them; what is not Latin-1 becomes a question mark."""
    return [(name.lower().encode("ascii"), value.encode("latin-1", "replace")) for name, value in headers.items()]


def failure_reply(failure: Failure, call: Call) -> Reply:
    """A failure in the form of the surface that was called, always with a request id."""
    if not call.request_id:
        call.request_id = new_request_id()
    body = _envelope(failure, call) if call.surface == "platform" else failure.body
    headers: Headers = [JSON, (b"x-fal-request-id", call.request_id.encode("latin-1", "replace"))]
    return Reply(failure.status, dump(body), headers + encoded(failure.headers))


_PLATFORM_TYPES: Mapping[int, str] = {
    400: "validation_error",
    401: "authorization_error",
    403: "authorization_error",
    404: "not_found",
    405: "not_found",
    413: "validation_error",
    422: "validation_error",
    429: "rate_limited",
    501: "not_implemented",
}


def _envelope(failure: Failure, call: Call) -> dict[str, Any]:
    """The Platform API's own form of an error."""
    type_ = _PLATFORM_TYPES.get(failure.status, "server_error")
    return {"error": {"type": type_, "message": failure.message, "request_id": call.request_id}}


def replay(outcome: Outcome, call: Call) -> Reply:
    """What the request came to: its status, headers and body, with our files' URLs on the caller's origin."""
    headers: Headers = [JSON, (b"x-fal-request-id", call.request_id.encode())]
    if outcome.engine is not None:
        headers.append((b"x-gesso-engine", outcome.engine.encode()))
    if outcome.ok:
        headers.append((b"x-fal-billable-units", b"%.10g" % outcome.units))
    if outcome.headers:
        headers += encoded(outcome.headers)
    return Reply(outcome.status, local_urls(outcome.body, call), headers)


def local_urls(body: bytes, call: Call) -> bytes:
    """A stored body with the placeholder of our origin replaced by the one this client used."""
    return body.replace(_ORIGIN, call.origin.encode()) if _ORIGIN in body else body
