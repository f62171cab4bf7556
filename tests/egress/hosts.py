"""A raw HTTP server on loopback that says exactly what a test tells it to, and a resolver that asks nobody."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gesso.egress import Egress
from gesso.settings import Settings

Script = Callable[[str, asyncio.StreamWriter], Awaitable[None]]
"""Gets the request head and writes the answer."""


@dataclass
class Host:
    """One server and what reached it."""

    port: int = 0
    heads: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    connections: int = 0

    def url(self, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


@contextlib.asynccontextmanager
async def serve(script: Script, tls: ssl.SSLContext | None = None, at: str = "127.0.0.1") -> AsyncIterator[Host]:
    """A server that answers each connection once by `script`, then closes it."""
    host = Host()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host.connections += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            host.heads.append(head)
            length = next((int(line[15:]) for line in head.lower().split("\r\n") if line[:15] == "content-length:"), 0)
            host.bodies.append(await reader.readexactly(length))
            await script(head, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, at, 0, ssl=tls)
    host.port = server.sockets[0].getsockname()[1]
    try:
        yield host
    finally:
        server.close()


def says(status: str = "200 OK", body: bytes = b"", **headers: str | None) -> Script:
    """A complete answer; `content_length=None` leaves that header out."""
    lines: dict[str, str | None] = {"content-length": str(len(body))}
    lines.update({name.replace("_", "-"): value for name, value in headers.items()})
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value is not None)

    async def script(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body)
        await writer.drain()

    return script


def names(**table: Sequence[str]) -> Callable[[str, int], Awaitable[Sequence[str]]]:
    """A resolver: literals are themselves, names are looked up here, others do not exist."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        with contextlib.suppress(ValueError):
            return [str(ipaddress.ip_address(host))]
        found = table.get(host.replace(".", "_").replace("-", "_"))
        if found is None:
            raise OSError("no such name")
        return found

    return resolve


LIMIT = 1000
"""Largest download of these tests, in bytes."""


def egress(tmp_path: Path, **more: Any) -> Egress:
    chosen = {"data_dir": tmp_path, "fetch_seconds": more.pop("seconds", 5.0), "port": more.pop("port", 4747)}
    return Egress(Settings(**chosen), **more)


async def fetch(door: Egress, url: str, tmp_path: Path, **more: Any) -> bytes:
    to = tmp_path / "fetched"
    to.unlink(missing_ok=True)
    options = {"max_bytes": LIMIT, "allow_private": True, **more}
    await door.download(url, to, **options)
    return to.read_bytes()
