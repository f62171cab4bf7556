"""The client: one request on one connection, to an address that was checked."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urljoin

from gesso import __version__
from gesso.egress.urls import (
    EgressFailed,
    EgressRefused,
    EgressTooLarge,
    Reach,
    Url,
    allowed_reach,
    parse_url,
    reach_of,
)
from gesso.settings import Settings

if TYPE_CHECKING:
    import httpcore2

MAX_REDIRECTS = 5
CONNECT_SECONDS = 5.0
MAX_ADDRESSES = 4
"""Addresses of one name that are tried; a name with hundreds shall not use up the deadline."""

CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization"})
"""Headers that never follow a redirect to another origin."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Name and port to textual addresses; raises OSError for an unknown name."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """Addresses as the operating system knows them."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


@dataclass(frozen=True, slots=True)
class Downloaded:
    """What a download gave, besides the file. The type is the sender's claim and may be empty or wrong."""

    content_type: str
    size: int
    file_name: str


class Egress:
    """The one door out. `resolve` and `tls` can be replaced, for tests and for private certificate authorities."""

    def __init__(
        self, settings: Settings, *, resolve: Resolve = resolve, tls: Callable[[], ssl.SSLContext] | None = None
    ) -> None:
        self._settings = settings
        self.own_port = settings.port
        """Where this server itself listens: never a target. To be set once a port 0 has become a real one."""
        self._resolve = resolve
        self._new_tls = tls
        self._tls: ssl.SSLContext | None = None

    async def download(
        self,
        url: str,
        to: Path,
        *,
        max_bytes: int,
        allow_private: bool = False,
        headers: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> Downloaded:
        """Fetch `url` into the new file `to`, following at most five redirects.

        Raises `EgressRefused`, `EgressTooLarge` or `EgressFailed`; the file is gone then. All of it, names and
        redirects included, has `seconds` (the setting `fetch_seconds`).
        """
        target = parse_url(url)
        allowed = allowed_reach(private=allow_private, loopback=False)
        sent = dict(headers or {})
        async with _deadline(seconds or self._settings.fetch_seconds):
            for _ in range(MAX_REDIRECTS + 1):
                async with self._exchange("GET", target, sent, b"", allowed) as response:
                    location = _location(response)
                    if location is None:
                        return await _save(response, target, to, max_bytes)
                following = _following(target, location)
                if following.origin != target.origin:
                    sent = {name: value for name, value in sent.items() if name.lower() not in CREDENTIALS}
                target = following
        raise EgressFailed("too many redirects")

    async def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        timeout: float,  # noqa: ASYNC109  (covers look-up, connection and answer)
        allow_private: bool = False,
        allow_loopback: bool = False,
    ) -> int:
        """Send one POST and give the status of its answer, whatever it is; a redirect is not followed."""
        target = parse_url(url)
        allowed = allowed_reach(private=allow_private, loopback=allow_loopback)
        async with _deadline(timeout), self._exchange("POST", target, headers, body, allowed) as response:
            return response.status
        raise EgressFailed("no answer")

    @asynccontextmanager
    async def _exchange(
        self, method: str, url: Url, headers: Mapping[str, str], body: bytes, allowed: frozenset[Reach]
    ) -> AsyncGenerator[httpcore2.Response]:
        """One request on one connection of its own: no pool, so nothing is shared between callers."""
        import httpcore2

        addresses = await self._addresses(url, allowed)
        pinned = cast("httpcore2.AsyncNetworkBackend", _Pinned(addresses, self.own_port))
        scheme, host = url.scheme.encode(), url.host.encode()
        request = httpcore2.Request(
            method,
            httpcore2.URL(scheme=scheme, host=host, port=url.port, target=url.target.encode()),
            headers=_wire_headers(url, headers, body),
            content=body,
        )
        tls = self._tls_context() if url.scheme == "https" else None
        connection = httpcore2.AsyncHTTPConnection(
            httpcore2.Origin(scheme, host, url.port), tls, network_backend=pinned
        )
        try:
            response = await connection.handle_async_request(request)
            try:
                yield response
            finally:
                await response.aclose()
        finally:
            await connection.aclose()

    async def _addresses(self, url: Url, allowed: frozenset[Reach]) -> list[str]:
        """All addresses of the host, looked up once. One that is not allowed spoils the rest."""
        try:
            found = list(dict.fromkeys(await self._resolve(url.host, url.port)))
        except (OSError, UnicodeError) as error:
            raise EgressFailed("unknown name") from error
        if not found:
            raise EgressFailed("name without address")
        for address in found:
            if reach_of(address) not in allowed:
                raise EgressRefused(f"{address} is {reach_of(address)}")
        return found[:MAX_ADDRESSES]

    def _tls_context(self) -> ssl.SSLContext:
        import httpcore2

        if self._tls is None:  # loading the certificates takes tens of milliseconds: once
            self._tls = self._new_tls() if self._new_tls else httpcore2.default_ssl_context()
        return self._tls


class _Pinned:
    """Network backend that connects to the checked addresses, whatever name it is given."""

    def __init__(self, addresses: Sequence[str], own_port: int) -> None:
        self._addresses = addresses
        self._own_port = own_port

    async def connect_tcp(self, host: str, port: int, **_: Any) -> httpcore2.AsyncNetworkStream:
        import httpcore2

        backend = cast("httpcore2.AsyncNetworkBackend", httpcore2.AnyIOBackend())
        failure: Exception = httpcore2.ConnectError("no address")
        for address in self._addresses:
            try:
                stream = await backend.connect_tcp(address, port, timeout=CONNECT_SECONDS)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
                continue
            if port == self._own_port and _is_this_machine(stream):
                await stream.aclose()
                raise EgressRefused("this server itself")
            return stream
        raise failure


def _is_this_machine(stream: httpcore2.AsyncNetworkStream) -> bool:
    near, far = stream.get_extra_info("client_addr"), stream.get_extra_info("server_addr")
    # A call to 127.0.0.2 comes from 127.0.0.1: of loopback any address is this machine's.
    return bool(near) and bool(far) and (near[0] == far[0] or reach_of(far[0]) == "loopback")


@asynccontextmanager
async def _deadline(seconds: float) -> AsyncGenerator[None]:
    """Turns whatever the network does into `EgressFailed`, at the latest after `seconds`."""
    import httpcore2

    try:
        async with asyncio.timeout(seconds):
            yield
    except (
        *(TimeoutError, httpcore2.TimeoutException, httpcore2.NetworkError),
        *(httpcore2.ProtocolError, httpcore2.ConnectionNotAvailable, ssl.SSLError),
    ) as error:
        raise EgressFailed(type(error).__name__) from error


def _wire_headers(url: Url, headers: Mapping[str, str], body: bytes) -> list[tuple[str, str]]:
    given = {name.lower() for name in headers}
    own = {"Host": url.netloc, "User-Agent": f"gesso/{__version__}", "Accept": "*/*", "Accept-Encoding": "identity"}
    lines = [(name, value) for name, value in own.items() if name.lower() not in given]
    if body:
        lines.append(("Content-Length", str(len(body))))
    return [*lines, *headers.items(), ("Connection", "close")]


def _header(response: httpcore2.Response, name: bytes) -> str:
    for key, value in response.headers:
        if key.lower() == name:
            return value.decode("utf-8", "replace").strip()
    return ""


def _location(response: httpcore2.Response) -> str | None:
    """Where a redirect leads; none for an answer that is to be saved."""
    if response.status in (301, 302, 303, 307, 308):
        where = _header(response, b"location")
        if not where:
            raise EgressFailed("redirect to nowhere")
        return where
    if response.status != 200:
        raise EgressFailed(f"status {response.status}")
    return None


def _following(target: Url, location: str) -> Url:
    try:
        return parse_url(urljoin(str(target), location))
    except ValueError as error:
        raise EgressFailed("redirect to what cannot be read") from error


async def _save(response: httpcore2.Response, url: Url, to: Path, max_bytes: int) -> Downloaded:
    if _header(response, b"content-encoding").lower() not in ("", "identity"):
        raise EgressFailed("compressed although not asked for")  # a few bytes could become gigabytes
    announced = _header(response, b"content-length")
    if announced.isdecimal() and int(announced) > max_bytes:
        raise EgressTooLarge(max_bytes)
    size = 0
    file = await asyncio.to_thread(_create, to)
    try:
        async for chunk in response.aiter_stream():
            size += len(chunk)
            if size > max_bytes:
                raise EgressTooLarge(max_bytes)
            file.write(chunk)
    except BaseException:
        os.unlink(to)
        raise
    finally:
        file.close()
    return Downloaded(_header(response, b"content-type"), size, url.file_name)


def _create(path: Path) -> Any:
    """A new file, never one that was there or that a link points to. Bytes go to the page cache, not to the disk."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb", 1 << 18)
