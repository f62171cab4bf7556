"""Serving stored files: `GET /files/{name}`, the busiest route after status polls.

A file of usual size is one read of the page cache and two ASGI messages. What can be worked out once per file (its
headers, whether its name alone opens it) is kept while its row is fresh. A read that would have to wait for the disk
goes to a thread, so that a cold file does not hold up everybody else.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from gesso.blobs.disk import open_stored
from gesso.blobs.store import Blob, Blobs
from gesso.errors import RequestError
from gesso.server.access import identify
from gesso.server.call import Call
from gesso.server.disconnect import until_gone
from gesso.server.files_headers import Part, fixed_headers, is_unchanged, wanted_part
from gesso.server.reply import Headers
from gesso.server.routing import Route

if TYPE_CHECKING:
    from gesso.server.station import Station

SMALL = 1 << 20
"""Files and ranges up to this size are sent as one message."""

CHUNK = 1 << 18
MAX_READY = 4096

_GONE = "File not found."


def routes(station: Station) -> list[Route]:
    """GET, which answers HEAD too."""
    responder = FileResponder(station)
    return [Route("GET", "cdn", "/files/{name}", responder.respond, auth="none")]


@dataclass(frozen=True, slots=True)
class Ready:
    """A file whose answer is prepared."""

    blob: Blob
    path: str
    headers: Headers
    """All but length and range."""


class FileResponder:
    """Answers for the files of one server."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._blobs: Blobs = station.blobs
        self._ready: dict[str, Ready] = {}
        self._blobs.on_change.append(self._forget)

    def _forget(self, name: str) -> None:
        self._ready.pop(name, None)

    async def respond(self, request: Request, call: Call) -> ASGIApp:
        """The answer to one GET or HEAD. Raises `RequestError` 404, 403 or 416."""
        ready = await self._find(call.params["name"], request.scope, call)
        headers, method = call.headers, request.scope["method"]
        if is_unchanged(ready.blob, headers):
            return _Bare(304, [pair for pair in ready.headers if pair[0] not in _ENTITY])
        part = wanted_part(ready.blob, headers)
        if method == "HEAD":
            return _Bare(200 if part.is_whole else 206, [*ready.headers, *part.headers])
        return await self._body(ready, part)

    async def _find(self, name: str, scope: Scope, call: Call) -> Ready:
        blob = self._blobs.cached(name) or await self._blobs.find(name)
        if blob is None:
            raise not_found()
        if not blob.is_public:
            await self._check_access(blob, scope, call)
        ready = self._ready.get(name)
        if ready is None or ready.blob is not blob:
            if len(self._ready) >= MAX_READY:
                self._ready.clear()
            ready = self._ready[name] = Ready(blob, str(self._blobs.path(blob)), fixed_headers(blob))
        return ready

    async def _check_access(self, blob: Blob, scope: Scope, call: Call) -> None:
        """A wrong key is nobody's: it must neither close what is open nor tell that something is hidden here."""
        if call.query and self._blobs.signer.opens_file(blob.name, call.query.decode("latin-1")):
            return
        station = self._station
        try:
            identity = identify(station, scope, call, "optional", is_open=station.is_open)
        except RequestError:
            identity = None
        if await self._blobs.get(blob.name, None if identity is None else identity.owner) is None:
            raise not_found()

    async def _body(self, ready: Ready, part: Part) -> ASGIApp:
        try:
            fd = open_stored(ready.path)
        except OSError:
            self._forget(ready.blob.name)
            raise not_found() from None
        headers = [*ready.headers, *part.headers]
        status = 200 if part.is_whole else 206
        if part.length > SMALL:
            return _Streamed(status, headers, fd, part)
        try:
            data = _read_cached(fd, part.start, part.length)
            if len(data) < part.length:
                data = await asyncio.to_thread(os.pread, fd, part.length, part.start)
        finally:
            os.close(fd)
        if len(data) < part.length:
            raise not_found()
        return _Whole(status, headers, data)


_ENTITY = frozenset({b"content-type", b"content-length", b"content-disposition"})
"""Headers that a 304 leaves out."""


def not_found() -> RequestError:
    """One answer for unknown, expired, hidden and malformed names."""
    return RequestError(_GONE, status=404, error_type="not_found")


if hasattr(os, "RWF_NOWAIT"):

    def _read_cached(fd: int, start: int, length: int) -> bytes | bytearray:
        """What the page cache holds of these bytes; nothing, rather than waiting for the disk."""
        data = bytearray(length)
        try:
            got = os.preadv(fd, [data], start, os.RWF_NOWAIT)
        except OSError:  # EAGAIN: not in the cache; EOPNOTSUPP: a file system that cannot tell
            return b""
        return data if got == length else b""

else:

    def _read_cached(fd: int, start: int, length: int) -> bytes | bytearray:
        """Other systems cannot say whether a read would wait."""
        return os.pread(fd, length, start)


class _Whole:
    """A body in memory."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Headers, body: bytes | bytearray) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


class _Bare(_Whole):
    """Headers alone, their `content-length` being that of the body that is not sent."""

    def __init__(self, status: int, headers: Headers) -> None:
        super().__init__(status, headers, b"")


class _Streamed:
    """A long body, read in a thread chunk by chunk while the client keeps up."""

    def __init__(self, status: int, headers: Headers, fd: int, part: Part) -> None:
        self._status = status
        self._headers = headers
        self._fd = fd
        self._part = part

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        gone = asyncio.ensure_future(until_gone(receive))
        reading: asyncio.Future[bytes] | None = None
        try:
            await send({"type": "http.response.start", "status": self._status, "headers": self._headers})
            at, end = self._part.start, self._part.start + self._part.length
            while at < end and not gone.done():
                reading = asyncio.ensure_future(asyncio.to_thread(os.pread, self._fd, min(CHUNK, end - at), at))
                data = await asyncio.shield(reading)
                if not data:
                    break  # the file shrank: the length that was announced stays unmet and the connection ends
                at += len(data)
                await send({"type": "http.response.body", "body": data, "more_body": at < end})
        finally:
            gone.cancel()
            if reading is not None and not reading.done():
                await asyncio.wait([reading])  # the descriptor must not be closed, and reused, under a running read
            os.close(self._fd)
