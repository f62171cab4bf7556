"""Downloads and posts against a real server on loopback, and a sinkhole that must hear nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpcore2
import pytest

from gesso.egress import UNREACHABLE, EgressError, EgressFailed, EgressRefused, EgressTooLarge
from tests.egress.hosts import LIMIT, egress, fetch, names, says, serve

pytestmark = pytest.mark.anyio

# ---------------------------------------------------------------- what must never be reached

DECIMAL, HEX, OCTAL = "2130706433", "0x7f000001", "017700000001"
EMBEDDED = [
    *("::ffff:127.0.0.1", "::ffff:7f00:1", "::127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b:1::127.0.0.1"),
    *("2002:7f00:1::", "2002:7f00:1::1", "2001:0:7f00:1::", "2001:0:53aa:64c:0:0:80ff:fffe", "fe80::5efe:7f00:1"),
    *("2606:4700::5efe:127.0.0.1", "::ffff:0:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::"),
]
LITERALS = [
    *("127.0.0.1", "127.0.0.2", "127.255.255.255", "10.0.0.1", "172.16.0.1", "172.31.9.9", "192.168.1.1"),
    *("169.254.169.254", "169.254.170.2", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.8"),
    *("192.0.0.192", "192.88.99.1", "198.18.0.1", "0.0.0.0", "0.0.0.1", "224.0.0.1", "255.255.255.255"),
    *("192.0.2.1", "198.51.100.7", "203.0.113.9", "240.0.0.1"),
]
LITERALS6 = [
    *("::1", "::", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "3fff::1", "100::1"),
    *EMBEDDED,
]
ODD = [
    *(DECIMAL, HEX, OCTAL, "127.1", "127.0.1", "0x7f.1", "0x7f.0.0.1", "0177.0.0.1", "0177.1", "127.0.0.01"),
    *("00127.0.0.1", "127.0.0.1.", "127.0.0.1..", "0", "0x0", "0.0", "1.1.1.1.1", "3232235777", "0xc0a80101"),
    *("0300.0250.0.1", "2852039166", "0xa9fea9fe", "[::1%25lo]", "[::1%lo]", "[::ffff:127.1]", "[0:0:0:0:0:0:0:1]"),
    *("１２７.0.0.1", "127。0。0。1", "①②⑦.⓪.⓪.①", "ⓛocalhost", "locaIhost\u200b", "127.0.0.1%00.example.com"),
    *("%6c%6f%63%61%6c%68%6f%73%74", "%31%32%37.0.0.1", "127%2e0%2e0%2e1", "user@127.0.0.1", "user:pw@127.0.0.1"),
    *("example.com@127.0.0.1", "127.0.0.1@example.com", "example.com%40127.0.0.1", "example.com\\@127.0.0.1"),
    *("127.0.0.1\\.example.com", "example.com#@127.0.0.1", "example.com?@127.0.0.1", "127.0.0.1#.example.com"),
    *(
        "127.0.0.1?.example.com",
        "example.com;@127.0.0.1",
        "a@b@127.0.0.1",
        "\t127.0.0.1",
        "127.0.0.1\r\n",
        " 127.0.0.1",
    ),
]
NAMED = [
    *("localhost", "LOCALHOST", "localhost.", "a.localhost", "inside.example", "INSIDE.example.", "mixed.example"),
    *("mixed-reversed.example", "mapped.example", "metadata.example", "six.example", "nat64.example"),
]
PREFIXES = ["http://", "https://", "HTTP://", "http:", "http:/", "http:///", "//", "http:\\\\", "ftp://", "gopher://"]
RESOLVED = names(
    localhost=["127.0.0.1"],
    a_localhost=["127.0.0.1"],
    example_com=["127.0.0.1"],
    inside_example=["127.0.0.1"],
    mixed_example=["93.184.215.14", "127.0.0.1"],
    mixed_reversed_example=["127.0.0.1", "93.184.215.14"],
    mapped_example=["::ffff:127.0.0.1"],
    metadata_example=["169.254.169.254"],
    six_example=["::1"],
    nat64_example=["64:ff9b::7f00:1"],
)

FORMS = [
    *(f"http://{host}:{{port}}/x" for host in (*LITERALS, *ODD, *NAMED)),
    *(f"http://[{host}]:{{port}}/x" for host in LITERALS6),
    *(f"{prefix}127.0.0.1:{{port}}/x" for prefix in PREFIXES),
    *(f"https://{host}:{{port}}/x" for host in (*NAMED, DECIMAL, HEX, "127.1", "[::1]")),
]


def test_the_table_is_long_enough() -> None:
    assert len(set(FORMS)) >= 120


@pytest.mark.parametrize("form", FORMS)
async def test_no_form_of_a_forbidden_address_is_connected_to(form: str, tmp_path: Path) -> None:
    door = egress(tmp_path, resolve=RESOLVED)
    async with serve(says()) as sinkhole:
        url = form.format(port=sinkhole.port)
        with pytest.raises(EgressRefused):
            await door.download(url, tmp_path / "x", max_bytes=LIMIT)
        with pytest.raises(EgressRefused):
            await door.post(url, b"{}", {}, timeout=5)
        assert sinkhole.connections == 0
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("form", FORMS[:24:6] + FORMS[60:80:5])
async def test_a_redirect_is_checked_like_a_first_url(form: str, tmp_path: Path, monkeypatch: Any) -> None:
    """The first hop is a public address, which a test can only have by bending the last connect."""
    async with serve(says()) as sinkhole:
        target = form.format(port=sinkhole.port)
        safe = target.encode("ascii", "ignore").decode().replace("\r", "").replace("\n", "")
        async with serve(says("302 Found", location=safe)) as first:
            connected = _bend(monkeypatch, to=first.port)
            door = egress(tmp_path, resolve=names(public_example=["93.184.215.14"], inside_example=["127.0.0.1"]))
            with pytest.raises((EgressRefused, EgressFailed)):
                await door.download("http://public.example/", tmp_path / "x", max_bytes=LIMIT)
            assert connected == ["93.184.215.14"]
            assert first.connections == 1
        assert sinkhole.connections == 0


def _bend(monkeypatch: Any, to: int) -> list[str]:
    """Lets connections end on loopback whatever address they were made to; the addresses are noted."""
    seen: list[str] = []
    backend: Any = httpcore2.AnyIOBackend
    genuine = backend.connect_tcp

    async def connect_tcp(self: Any, host: str, port: int, **more: Any) -> Any:
        seen.append(host)
        return await genuine(self, "127.0.0.1", to, **more)

    monkeypatch.setattr(backend, "connect_tcp", connect_tcp)
    return seen


async def test_a_name_is_looked_up_once_and_the_checked_address_is_used(tmp_path: Path, monkeypatch: Any) -> None:
    answers = [["93.184.215.14"], ["127.0.0.1"]]
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers.pop(0)

    async with serve(says(body=b"picture")) as host:
        connected = _bend(monkeypatch, to=host.port)
        door = egress(tmp_path, resolve=rebinding)
        assert await fetch(door, "http://rebind.example/a", tmp_path, allow_private=False) == b"picture"
        with pytest.raises(EgressRefused):
            await fetch(door, "http://rebind.example/a", tmp_path, allow_private=False)
    assert asked == ["rebind.example"] * 2
    assert connected == ["93.184.215.14"]
    assert "host: rebind.example\r\n" in host.heads[0].lower()


async def test_the_server_itself_is_no_target_even_where_private_addresses_are(tmp_path: Path) -> None:
    async with serve(says(body=b"x")) as host:
        door = egress(tmp_path, port=host.port)
        with pytest.raises(EgressRefused):
            await fetch(door, host.url(), tmp_path)
        with pytest.raises(EgressRefused):
            await door.post(host.url(), b"{}", {}, timeout=5, allow_loopback=True)
    assert host.heads == []
    async with serve(says(body=b"x"), at="0.0.0.0") as everywhere:
        with pytest.raises(EgressError):
            await fetch(egress(tmp_path, port=everywhere.port), f"http://127.0.0.2:{everywhere.port}/", tmp_path)
    assert everywhere.heads == []


async def test_refused_and_dead_addresses_read_the_same(tmp_path: Path) -> None:
    async with serve(says()) as host:
        pass
    door = egress(tmp_path, resolve=RESOLVED)
    texts: set[str] = set()
    for url, private in ((host.url(), True), (host.url(), False), ("http://gone.example/", True)):
        with pytest.raises((EgressRefused, EgressFailed)) as caught:
            await fetch(door, url, tmp_path, allow_private=private)
        texts.add(str(caught.value))
        assert caught.value.failure().error_type == "file_download_error"
    assert texts == {UNREACHABLE}


# ---------------------------------------------------------------- downloads


async def test_a_download_is_the_bytes_and_what_was_said_of_them(tmp_path: Path) -> None:
    async with serve(says(body=b"abc", content_type="image/png")) as host:
        found = await egress(tmp_path).download(
            host.url("/dir/my%20cat.png?x=1"), tmp_path / "x", max_bytes=LIMIT, allow_private=True
        )
    assert (tmp_path / "x").read_bytes() == b"abc"
    assert (found.content_type, found.size, found.file_name) == ("image/png", 3, "my cat.png")
    head = host.heads[0].lower()
    assert head.startswith("get /dir/my%20cat.png?x=1 http/1.1")
    assert "accept-encoding: identity" in head
    assert "cookie" not in head


async def test_proxy_variables_are_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serve(says()) as proxy, serve(says(body=b"direct")) as host:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url())
        assert await fetch(egress(tmp_path), host.url(), tmp_path) == b"direct"
        assert proxy.connections == 0


@pytest.mark.parametrize("status", ["204 No Content", "206 Partial Content", "401 No", "404 No", "500 No", "304 No"])
async def test_only_200_is_an_answer(status: str, tmp_path: Path) -> None:
    async with serve(says(status)) as host:
        with pytest.raises(EgressFailed):
            await fetch(egress(tmp_path), host.url(), tmp_path)
    assert not (tmp_path / "fetched").exists()


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate", "GZIP", "identity, gzip"])
async def test_compressed_answers_are_refused_unread(coding: str, tmp_path: Path) -> None:
    async with serve(says(body=b"\x1f\x8b" + b"0" * 50, content_encoding=coding)) as host:
        with pytest.raises(EgressFailed):
            await fetch(egress(tmp_path), host.url(), tmp_path)


async def test_too_much_is_refused_when_announced_and_when_sent(tmp_path: Path) -> None:
    exact = b"x" * LIMIT

    async def endless(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x" * 100)
            await writer.drain()

    async def chunked(head: str, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + b"64\r\n" + b"x" * 100 + b"\r\n")
        for _ in range(20):
            writer.write(b"64\r\n" + b"x" * 100 + b"\r\n")
        await writer.drain()

    async with serve(says(body=exact)) as host:
        assert await fetch(egress(tmp_path), host.url(), tmp_path) == exact
    for script in (says(body=exact + b"x"), endless, chunked, says(body=b"", content_length="999999999999")):
        async with serve(script) as host:
            with pytest.raises(EgressTooLarge) as caught:
                await fetch(egress(tmp_path), host.url(), tmp_path)
            assert caught.value.max_size == LIMIT
            assert not (tmp_path / "fetched").exists()


async def test_a_length_that_lies(tmp_path: Path) -> None:
    async with serve(says(body=b"abc", content_length="10")) as host:
        with pytest.raises(EgressFailed):
            await fetch(egress(tmp_path), host.url(), tmp_path)
    assert not (tmp_path / "fetched").exists()
    async with serve(says(body=b"abcdef", content_length="3")) as host:
        assert await fetch(egress(tmp_path), host.url(), tmp_path) == b"abc"


async def test_silence_and_drips_end_with_the_deadline(tmp_path: Path) -> None:
    async def silent(_: str, writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async def drip(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    for script in (silent, drip):
        async with serve(script) as host:
            with pytest.raises(EgressFailed):
                await fetch(egress(tmp_path, seconds=0.2), host.url(), tmp_path)
        assert not (tmp_path / "fetched").exists()


@pytest.mark.parametrize("junk", [b"", b"hello\r\n\r\n", b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n", b"\x00" * 300])
async def test_what_is_no_http_is_no_answer(junk: bytes, tmp_path: Path) -> None:
    async def script(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(junk)
        await writer.drain()

    async with serve(script) as host:
        with pytest.raises(EgressFailed):
            await fetch(egress(tmp_path), host.url(), tmp_path)


async def test_a_download_never_writes_over_a_file_or_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "canary").write_text("alive")
    (tmp_path / "link").symlink_to(tmp_path / "canary")
    async with serve(says(body=b"evil")) as host:
        for name in ("canary", "link"):
            with pytest.raises((FileExistsError, OSError), match=r"exists|symbolic"):
                await egress(tmp_path).download(host.url(), tmp_path / name, max_bytes=9, allow_private=True)
    assert (tmp_path / "canary").read_text() == "alive"


# ---------------------------------------------------------------- redirects


async def test_five_redirects_are_followed_and_six_are_not(tmp_path: Path) -> None:
    def script_for(depth: int) -> Any:
        async def script(head: str, writer: asyncio.StreamWriter) -> None:
            step = int(head.split(" ")[1].strip("/"))
            chosen = says("302 Found", location=f"/{step + 1}") if step < depth else says(body=b"end")
            await chosen(head, writer)

        return script

    async with serve(script_for(5)) as host:
        assert await fetch(egress(tmp_path), host.url("/0"), tmp_path) == b"end"
    async with serve(script_for(6)) as host:
        with pytest.raises(EgressFailed):
            await fetch(egress(tmp_path), host.url("/0"), tmp_path)
        assert host.connections == 6


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://127.0.0.1/", "", "http://u@127.0.0.1/", "//127.1/", "http://["]
)
async def test_redirects_to_elsewhere_end_it(location: str, tmp_path: Path) -> None:
    async with serve(says("301 Moved", location=location)) as host:
        with pytest.raises((EgressRefused, EgressFailed)):
            await fetch(egress(tmp_path), host.url(), tmp_path)
        assert host.connections == 1


async def test_credentials_stay_with_their_origin(tmp_path: Path) -> None:
    headers = {"Authorization": "Bearer secret", "Cookie": "a=b", "X-Plain": "kept"}
    async with serve(says(body=b"end")) as other:

        async def script(head: str, writer: asyncio.StreamWriter) -> None:
            on = "/same" if " / " in head else other.url("/there")
            await says("307 Temporary Redirect", location=on)(head, writer)

        async with serve(script) as host:
            await fetch(egress(tmp_path), host.url(), tmp_path, headers=headers)
    assert all("Bearer secret" in head and "a=b" in head for head in host.heads)
    assert len(host.heads) == 2
    assert "secret" not in other.heads[0]
    assert "a=b" not in other.heads[0]
    assert "X-Plain: kept" in other.heads[0]


async def test_cookies_are_not_kept(tmp_path: Path) -> None:
    door = egress(tmp_path)
    async with serve(says(body=b"x", set_cookie="session=1; Path=/")) as host:
        await fetch(door, host.url(), tmp_path)
        await fetch(door, host.url(), tmp_path)
    assert all("session" not in head for head in host.heads)


# ---------------------------------------------------------------- posts


async def test_a_post_carries_its_bytes_and_gives_the_status(tmp_path: Path) -> None:
    async with serve(says("410 Gone")) as host:
        status = await egress(tmp_path).post(
            host.url("/hook?a=1"), b'{"a": 1}', {"Content-Type": "application/json"}, timeout=5, allow_loopback=True
        )
    assert status == 410
    assert host.bodies == [b'{"a": 1}']
    assert "content-length: 8" in host.heads[0].lower()


async def test_a_post_follows_no_redirect(tmp_path: Path) -> None:
    async with serve(says()) as other, serve(says("302 Found", location=other.url())) as host:
        assert await egress(tmp_path).post(host.url(), b"{}", {}, timeout=5, allow_private=True) == 302
        assert other.connections == 0


async def test_a_post_without_answer_fails(tmp_path: Path) -> None:
    async def silent(_: str, writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with serve(silent) as host:
        with pytest.raises(EgressFailed):
            await egress(tmp_path).post(host.url(), b"{}", {}, timeout=0.2, allow_private=True)
