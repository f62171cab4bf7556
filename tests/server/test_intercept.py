"""The intercept: fal's names end here, all others pass unread, and the CA can vouch for nothing else."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import ssl
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from cryptography import x509

from gesso.server.authority import DOMAINS, Authority, is_ours
from gesso.server.intercept import Intercept

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.load(tmp_path_factory.mktemp("ca"))


async def _serve_host(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A stand-in for the Gesso server: answers with the head it was sent."""
    head = await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(head) + head)
    await writer.drain()
    writer.close()


@pytest.fixture
async def proxy(authority: Authority) -> AsyncIterator[tuple[str, int]]:
    backend = await asyncio.start_server(_serve_host, "127.0.0.1", 0)
    port = backend.sockets[0].getsockname()[1]
    intercept = Intercept(authority.folder, f"http://127.0.0.1:{port}")
    url = await intercept.start()
    yield "127.0.0.1", int(url.rsplit(":", 1)[1])
    await intercept.close()
    backend.close()


async def _connect(proxy: tuple[str, int], target: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, bytes]:
    reader, writer = await asyncio.open_connection(*proxy)
    writer.write(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
    return reader, writer, await reader.readuntil(b"\r\n\r\n")


async def _get(proxy: tuple[str, int], authority: Authority, host: str) -> bytes:
    reader, writer, head = await _connect(proxy, f"{host}:443")
    assert head.startswith(b"HTTP/1.1 200")
    context = ssl.create_default_context(cafile=str(authority.path))
    await writer.start_tls(context, server_hostname=host)
    writer.write(f"GET /models HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    body = await reader.read()
    writer.close()
    return body


@pytest.mark.anyio
@pytest.mark.parametrize(
    "host", ["fal.run", "queue.fal.run", "rest.alpha.fal.ai", "v3.fal.media", "queue.falrun.com", "auth.fal.ai"]
)
async def test_every_fal_name_is_answered_by_us(proxy: tuple[str, int], authority: Authority, host: str) -> None:
    body = await _get(proxy, authority, host)
    assert f"Host: {host}".encode() in body


@pytest.mark.anyio
async def test_another_host_is_tunnelled_unread(proxy: tuple[str, int]) -> None:
    async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.read(100)).upper())
        writer.close()

    other = await asyncio.start_server(shout, "127.0.0.1", 0)
    port = other.sockets[0].getsockname()[1]
    reader, writer, head = await _connect(proxy, f"127.0.0.1:{port}")
    assert head.startswith(b"HTTP/1.1 200")
    writer.write(b"not http at all")
    assert await reader.read() == b"NOT HTTP AT ALL"
    writer.close()
    other.close()


@pytest.mark.anyio
async def test_a_dead_host_is_a_502(proxy: tuple[str, int]) -> None:
    with_nobody = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
    port = with_nobody.sockets[0].getsockname()[1]
    with_nobody.close()
    await with_nobody.wait_closed()
    _, writer, head = await _connect(proxy, f"127.0.0.1:{port}")
    assert head.startswith(b"HTTP/1.1 502")
    writer.close()


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("GET http://fal.run/ HTTP/1.1", b"501"),
        ("CONNECT fal.run HTTP/1.1", b"400"),
        ("CONNECT :443 HTTP/1.1", b"400"),
        ("CONNECT 127.0.0.1:² HTTP/1.1", b"400"),
        ("CONNECT 127.0.0.1:65536 HTTP/1.1", b"400"),
        (f"CONNECT {'a' * 64}.example:443 HTTP/1.1", b"502"),
        ("CONNECT a\0b:443 HTTP/1.1", b"502"),
    ],
)
async def test_anything_but_connect_is_refused(proxy: tuple[str, int], request_line: str, status: bytes) -> None:
    reader, writer = await asyncio.open_connection(*proxy)
    writer.write(request_line.encode("latin-1") + b"\r\n\r\n")
    assert (await reader.read()).split(b" ")[1] == status
    writer.close()


@pytest.mark.anyio
async def test_closing_ends_open_tunnels(authority: Authority) -> None:
    async def wait_for_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    backend = await asyncio.start_server(wait_for_end, "127.0.0.1", 0)
    port = backend.sockets[0].getsockname()[1]
    intercept = Intercept(authority.folder, "http://127.0.0.1:9")
    url = await intercept.start()
    reader, writer, _ = await _connect(("127.0.0.1", int(url.rsplit(":", 1)[1])), f"127.0.0.1:{port}")
    await intercept.close()
    assert await reader.read() == b""
    writer.close()
    backend.close()


@pytest.mark.parametrize(
    ("host", "ours"),
    [("fal.run", True), ("FAL.RUN.", True), ("a.b.fal.ai", True), ("notfal.run", False), ("fal.run.evil.com", False)],
)
def test_names(host: str, ours: bool) -> None:
    assert is_ours(host) is ours


def test_the_ca_is_kept_and_its_key_is_private(tmp_path: Path) -> None:
    first = Authority.load(tmp_path / "ca")
    assert Authority.load(tmp_path / "ca").certificate == first.certificate
    assert stat.S_IMODE(os.stat(tmp_path / "ca" / "ca.key").st_mode) == 0o600
    assert stat.S_IMODE(os.stat(tmp_path / "ca").st_mode) == 0o700
    assert not list((tmp_path / "ca").glob("leaf-*"))


def test_the_ca_is_constrained_to_fals_domains(authority: Authority) -> None:
    constraints = authority.certificate.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    assert [name.value for name in constraints.value.permitted_subtrees or ()] == list(DOMAINS)


def test_a_ca_that_could_vouch_for_more_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [x509.DNSName(domain) for domain in DOMAINS]
    loose = x509.NameConstraints(permitted_subtrees=names, excluded_subtrees=None)
    with monkeypatch.context() as patched:
        patched.setattr("gesso.server.authority._constraints", lambda: loose)
        old = Authority.load(tmp_path / "ca")
    assert Authority.load(tmp_path / "ca").certificate != old.certificate


@pytest.mark.anyio
@pytest.mark.parametrize(("host", "why"), [("bank.example", "permitted subtree"), ("127.0.0.1", "excluded subtree")])
async def test_a_leaf_for_any_other_name_is_refused_by_verifiers(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, host: str, why: str
) -> None:
    if host == "127.0.0.1":
        monkeypatch.setattr(x509, "DNSName", lambda text: x509.IPAddress(ipaddress.ip_address(text)))

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=authority.context(host))
    port = server.sockets[0].getsockname()[1]
    context = ssl.create_default_context(cafile=str(authority.path))
    with pytest.raises(ssl.SSLCertVerificationError, match=why):
        await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname=host)
    server.close()
