"""Slow and hostile connections: uvicorn's httptools protocol with deadlines and a limit on the request head.

uvicorn bounds the silence between two requests and nothing else. A sweep once a second ends connections

    whose head is not complete in `header_seconds`            400
    whose head is larger than `max_header_bytes`              431, at once; so are as many bytes between two of a body
    whose body is not complete in `body_seconds`              400; uploads: slower than `min_upload_rate`
    that have not read anything of their reply for 30 s       cut

One sweep for all connections costs a request a few attribute writes; a timer for each would cost it ten times that.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from gesso.server.app import UPLOAD
from gesso.server.disconnect import CONNECTION
from gesso.server.reply import new_request_id
from gesso.settings import Settings

SWEEP_SECONDS = 1.0
STUCK_SECONDS = 30.0
"""Longest time that a client may leave its socket full."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The limits of one server, seconds and bytes."""

    head: float
    body: float
    upload_rate: float
    head_bytes: int

    @classmethod
    def of(cls, settings: Settings) -> Deadlines:
        """The limits that the settings name."""
        return cls(settings.header_seconds, settings.body_seconds, settings.min_upload_rate, settings.max_header_bytes)


class GuardedProtocol(HttpToolsProtocol):
    """One connection. Subclass it with `deadlines` set: uvicorn makes the instances."""

    deadlines: ClassVar[Deadlines]

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self.on_lost: Callable[[], object] | None = None
        self._head_since: float | None = self.loop.time()
        self._body_since: float | None = None
        self._stuck_since: float | None = None
        self._unread_bytes = 0
        """Of the head that is not complete, less what came in one piece with the request before it. In a body: of what
        frames it, chunk extensions and trailers, less what came in one piece with its last byte."""
        self._piece_bytes = 0
        self._body_bytes = 0
        self._refusal: tuple[int, str, str] | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._head_since = self._body_since = self._stuck_since = None
        if self.on_lost is not None:
            self.on_lost()

    # ------------------------------------------------------------ parsing

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self._is_idle():
            self._head_since = self.loop.time()
        self._piece_bytes = len(data)
        self._unread_bytes += len(data)
        super().data_received(data)
        # A head that never ends must not gather in the parser, nor a trailer.
        if self._unread_bytes > self.deadlines.head_bytes and not self._is_idle():
            self.end_with(*self._too_large())

    def _is_idle(self) -> bool:
        return self._head_since is None and self._body_since is None

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._body_bytes = 0
        if self._head_since is None:
            self._head_since = self.loop.time()
        cast("dict[str, Any]", self.scope)[CONNECTION] = self

    def _too_large(self) -> tuple[int, str, str]:
        msg = f"The request head is larger than {self.deadlines.head_bytes} bytes."
        return 431, msg, "request_header_fields_too_large"

    def on_headers_complete(self) -> None:
        # Read with this head there may be a body and further requests, so a closer look comes before a refusal.
        at_most = self._unread_bytes + self._piece_bytes
        if at_most > self.deadlines.head_bytes and self._head_bytes() > self.deadlines.head_bytes:
            self._refusal = self._too_large()
            raise ValueError(self._refusal[1])  # ends the parse; `send_400_response` then sends the refusal
        self._head_since = None
        self._unread_bytes = 0
        self._body_since = self.loop.time()
        super().on_headers_complete()
        # Fields that follow the body must not count as headers: a proxy in front may have looked at those alone.
        self.headers = []

    def _head_bytes(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        self._unread_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._body_since = None
        self._unread_bytes = 0  # of the trailer: it is no part of the next head
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """What uvicorn calls for a request that it cannot parse."""
        status, text, error_type = self._refusal or (400, msg, "bad_request")
        self.end_with(status, text, error_type)

    def _unsupported_upgrade_warning(self) -> None:
        """The application answers such a request itself, so there is nothing to warn of."""

    def end_with(self, status: int, msg: str, error_type: str) -> None:
        """Answer in fal's form, unless an answer has begun, and close."""
        if not self.transport.is_closing():
            cycle = cast("RequestResponseCycle | None", self.cycle)
            if cycle is None or not cycle.response_started or cycle.response_complete:
                self.transport.write(_response(status, msg, error_type))
            self.transport.close()
        self._head_since = self._body_since = None

    # ------------------------------------------------------------ replies

    def write_reply(self, scope: Scope, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> bool:
        """Write a whole response with one system call; false leaves it to uvicorn, which takes two and more checks.

        Only for the plain case: a success on a connection that stays, with no other request waiting on it.
        """
        cycle = self.cycle
        if status >= 300 or status == 204 or cycle.scope is not scope or scope["method"] == "HEAD":
            return False
        if cycle.response_started or cycle.disconnected or not cycle.keep_alive or self._is_busy():
            return False
        lines = [b"%b: %b\r\n" % pair for pair in (*self.server_state.default_headers, *headers)]
        head = b"".join(lines)
        if head.count(b"\r") != len(lines) or head.count(b"\n") != len(lines):
            raise ValueError("a header holds a line break")
        cycle.response_started = cycle.response_complete = True
        self.transport.write(b"%b%b\r\n%b" % (STATUS_LINE[status], head, body))
        cycle.message_event.set()
        cycle.on_response()
        return True

    def _is_busy(self) -> bool:
        return bool(self.pipeline) or self.flow.write_paused or self.transport.is_closing()

    # ------------------------------------------------------------ deadlines

    def pause_writing(self) -> None:
        self._stuck_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._stuck_since = None
        super().resume_writing()

    def sweep(self, now: float) -> None:
        """End this connection if one of its deadlines has passed."""
        if self._stuck_since is not None and now - self._stuck_since > STUCK_SECONDS:
            self.transport.abort()
        elif self._head_since is not None and now - self._head_since > self.deadlines.head:
            self.end_with(400, "The request head took too long.", "bad_request")
        elif self._body_since is not None and self._is_slow(now - self._body_since):
            self.end_with(400, "The request body took too long.", "bad_request")

    def _is_slow(self, seconds: float) -> bool:
        if seconds <= self.deadlines.body or self.flow.read_paused:
            return False
        is_upload = cast("dict[str, Any]", self.scope).get(UPLOAD, False)
        return not is_upload or self._body_bytes < seconds * self.deadlines.upload_rate


def guarded(settings: Settings) -> type[GuardedProtocol]:
    """The protocol class for one server's settings."""
    return type("Guarded", (GuardedProtocol,), {"deadlines": Deadlines.of(settings)})


async def sweep_forever(connections: set[Any]) -> None:
    """Check every connection once a second."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        now = loop.time()
        for connection in list(connections):
            connection.sweep(now)


_REASONS = {400: "Bad Request", 431: "Request Header Fields Too Large"}


def _response(status: int, msg: str, error_type: str) -> bytes:
    body = json.dumps({"detail": msg, "message": msg, "error_type": error_type}).encode()
    head = (
        f"HTTP/1.1 {status} {_REASONS[status]}\r\ncontent-type: application/json\r\n"
        f"x-fal-error-type: {error_type}\r\nx-fal-request-id: {new_request_id()}\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
