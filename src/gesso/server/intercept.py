"""The intercepting proxy of `gesso exec`: fal's hosts are answered by Gesso, every other host is tunnelled unread.

A program that is told of this proxy (`HTTPS_PROXY`) sends `CONNECT host:443`. For one of fal's names we end the TLS
here, with a leaf of the private CA, and relay the plain HTTP to the Gesso server, which knows by the `Host` header
what is meant. For any other name we only copy bytes. Nothing for a fal host ever leaves the machine: not even names
that Gesso does not serve, which the server answers with an error.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from gesso.server.authority import Authority, is_ours

_HEAD_SECONDS = 10.0
_CONNECT_SECONDS = 30.0
_CHUNK = 256 * 1024

_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class ProxyRefusal(Exception):
    """The proxy will not or cannot do what was asked; the text is the status line's."""


class Intercept:
    """A CONNECT proxy on loopback in front of the Gesso server at `server_url`; `ca` is the authority's folder."""

    def __init__(self, ca: Path, server_url: str) -> None:
        self._ca = ca
        self._target = urlsplit(server_url)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @cached_property
    def _authority(self) -> Authority:
        # Loaded with the first call to fal: a server that nobody intercepts for needs no cryptography in memory.
        return Authority.load(self._ca)

    async def start(self, port: int = 0) -> str:
        """Listen on 127.0.0.1 and return the proxy's URL."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port, limit=_CHUNK)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        """Stop listening and end open tunnels."""
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A callback, not a coroutine, so that `close` can end tunnels that are still open.
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_HEAD_SECONDS):
                host, port = await _read_connect(reader)
            if is_ours(host):
                await self._answer(host, reader, writer)
            else:
                await _tunnel(host, port, reader, writer)
        except ProxyRefusal as refusal:
            writer.write(f"HTTP/1.1 {refusal}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # One side went away or never spoke: there is nobody left to tell.
        finally:
            await _close(writer)

    async def _answer(self, host: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """End the client's TLS here and relay what is inside to the Gesso server."""
        writer.write(_ESTABLISHED)
        await writer.drain()
        async with asyncio.timeout(_HEAD_SECONDS):
            await writer.start_tls(self._authority.context(host))
        target = self._target
        secure = ssl.create_default_context() if target.scheme == "https" else None
        port = target.port or (443 if secure else 80)
        back_reader, back_writer = await asyncio.open_connection(target.hostname, port, ssl=secure, limit=_CHUNK)
        await _relay(reader, writer, back_reader, back_writer)


async def _read_connect(reader: asyncio.StreamReader) -> tuple[str, int]:
    """Host and port of a CONNECT request."""
    head = await reader.readuntil(b"\r\n\r\n")
    method, _, rest = head.split(b"\r\n", 1)[0].decode("latin-1").partition(" ")
    if method != "CONNECT":
        raise ProxyRefusal("501 Only CONNECT is served here")
    host, _, port = rest.split(" ", 1)[0].rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port[:6]) < 65_536:
        raise ProxyRefusal("400 CONNECT needs host:port")
    return host.strip("[]"), int(port)


async def _tunnel(host: str, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy bytes between a client and a host that is none of fal's."""
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            back_reader, back_writer = await asyncio.open_connection(host, port, limit=_CHUNK)
    except (OSError, TimeoutError, ValueError) as error:  # ValueError: what can be no host's name
        raise ProxyRefusal(f"502 {type(error).__name__}") from None
    writer.write(_ESTABLISHED)
    await _relay(reader, writer, back_reader, back_writer)


async def _relay(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    back_reader: asyncio.StreamReader,
    back_writer: asyncio.StreamWriter,
) -> None:
    """Copy both ways until both sides are done; when either breaks, both end."""
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_copy(reader, back_writer))
            group.create_task(_copy(back_reader, writer))
    except* OSError:
        pass  # A reset ends the tunnel, as it would end a direct connection.
    finally:
        await _close(back_writer)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()
    else:
        # TLS knows no half-closed connection: the end of one direction is the end of both.
        writer.close()


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError, ssl.SSLError):
        await writer.wait_closed()
