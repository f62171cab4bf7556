"""Serving files: ranges, conditions, access rules, and bytes of strangers that must stay harmless."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.blobs.store import Blob
from gesso.errors import RequestError
from gesso.server import files
from gesso.server.files_headers import wanted_part
from tests.server.world import World, world

pytestmark = pytest.mark.anyio

DATA = bytes(range(256)) * 4


async def stored(server: World, data: bytes = DATA, **more: Any) -> Blob:
    blobs = server.station.blobs
    path = blobs.disk.new_tmp()
    path.write_bytes(data)
    return await blobs.put(path, **{"owner": "ann", "content_type": "image/png", "kind": "result", **more})


async def test_a_file_comes_whole_with_its_headers(tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        blob = await stored(server)
        for _ in range(2):  # from the row, then prepared
            got = await http.get(f"/files/{blob.name}")
            assert (got.status_code, got.content) == (200, DATA)
            assert got.headers["content-type"] == "image/png"
            assert got.headers["content-length"] == str(len(DATA))
            assert got.headers["etag"] == blob.etag
            assert got.headers["accept-ranges"] == "bytes"
            assert got.headers["x-content-type-options"] == "nosniff"
            assert "sandbox" in got.headers["content-security-policy"]
            assert got.headers["content-disposition"] == f'inline; filename="{blob.name}"'
            assert "set-cookie" not in got.headers


@pytest.mark.parametrize("path", ["/files/{}", "/cdn/files/{}"])
async def test_head_is_get_without_the_body(path: str, tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        blob = await stored(server)
        got, head = await http.get(path.format(blob.name)), await http.head(path.format(blob.name))
        assert head.content == b""
        assert head.headers == got.headers
        part = await http.head(path.format(blob.name), headers={"range": "bytes=0-9"})
        assert (part.status_code, part.headers["content-length"]) == (206, "10")


async def test_browsers_of_every_origin_may_read(tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        blob = await stored(server)
        got = await http.get(f"/files/{blob.name}", headers={"origin": "https://anywhere.example"})
        assert got.headers.get_list("access-control-allow-origin") == ["*"]
        assert "access-control-allow-credentials" not in got.headers


# ---------------------------------------------------------------- ranges

RANGES = [
    ("bytes=0-0", 0, 0),
    ("bytes=10-19", 10, 19),
    ("bytes=1000-", 1000, 1023),
    ("bytes=1000-99999", 1000, 1023),
    ("bytes=-24", 1000, 1023),
    ("bytes=-99999", 0, 1023),
    ("bytes=0-", 0, 1023),
]


@pytest.mark.parametrize(("value", "first", "last"), RANGES)
async def test_one_range(value: str, first: int, last: int, tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        blob = await stored(server)
        got = await http.get(f"/files/{blob.name}", headers={"range": value})
        assert got.status_code == 206
        assert got.content == DATA[first : last + 1]
        assert got.headers["content-range"] == f"bytes {first}-{last}/1024"
        assert got.headers["content-length"] == str(last - first + 1)


@pytest.mark.parametrize(
    "value",
    [
        *("bytes=0-1,3-4", "bytes=", "bytes=-", "bytes=a-b", "items=0-1", "0-1", "bytes=5-1", "bytes = 0-1", "bytes=1"),
        *("bytes=" + "0-1," * 5000, "bytes=" + "9" * 5000 + "-", "bytes=0x1-", "bytes=--5", "bytes=1--5", "bytes=٣-"),
    ],
)
async def test_ranges_that_cannot_be_read_are_ignored(value: str, tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        blob = await stored(server)
        got = await http.get(f"/files/{blob.name}", headers={b"range": value.encode()})
        assert (got.status_code, got.content) == (200, DATA)


@pytest.mark.parametrize("value", ["bytes=1024-", "bytes=1024-2000", "bytes=99999999999999999-", "bytes=-0"])
async def test_ranges_beyond_the_end(value: str, tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        blob = await stored(server)
        got = await http.get(f"/files/{blob.name}", headers={"range": value})
        assert got.status_code == 416
        assert got.headers["content-range"] == "bytes */1024"


async def test_an_empty_file(tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        blob = await stored(server, b"")
        assert (await http.get(f"/files/{blob.name}")).content == b""
        assert (await http.get(f"/files/{blob.name}", headers={"range": "bytes=0-"})).status_code == 416


BLOB = Blob("a" * 26 + ".png", "ann", "image/png", None, 100, '"e"', 0.0, None, None, "result")


@given(st.from_regex(rb"\Abytes=[0-9]{0,4}-[0-9]{0,4}\Z") | st.binary(max_size=80))
def test_a_part_always_lies_inside(value: bytes) -> None:
    try:
        part = wanted_part(BLOB, {b"range": value})
    except RequestError as error:
        assert error.status == 416  # noqa: PT017  (most examples are parts)
        return
    assert 0 <= part.start <= part.start + part.length <= 100
    assert part.length > 0


# ---------------------------------------------------------------- conditions


async def test_what_the_client_has_is_not_sent_again(tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        blob = await stored(server)
        first = await http.get(f"/files/{blob.name}")
        date = first.headers["last-modified"]
        for headers in (
            *({"if-none-match": blob.etag}, {"if-none-match": f'"x", W/{blob.etag}'}, {"if-none-match": "*"}),
            *({"if-modified-since": date}, {"if-none-match": blob.etag, "range": "bytes=0-1"}),
        ):
            got = await http.get(f"/files/{blob.name}", headers=headers)
            assert (got.status_code, got.content) == (304, b"")
            assert got.headers["etag"] == blob.etag
            assert "content-length" not in got.headers
        for headers in (
            {"if-none-match": '"x"'},
            {"if-none-match": '"x"', "if-modified-since": date},
            {"if-modified-since": "Thu, 01 Jan 1970 00:00:00 GMT"},
            {"if-modified-since": "nonsense"},
        ):
            assert (await http.get(f"/files/{blob.name}", headers=headers)).status_code == 200


async def test_a_range_counts_only_for_the_same_bytes(tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        blob = await stored(server)
        date = (await http.head(f"/files/{blob.name}")).headers["last-modified"]
        for condition, status in ((blob.etag, 206), (date, 206), ('"x"', 200), (f"W/{blob.etag}", 200), ("junk", 200)):
            headers = {"range": "bytes=0-9", "if-range": condition}
            assert (await http.get(f"/files/{blob.name}", headers=headers)).status_code == status


# ---------------------------------------------------------------- access


async def test_rules_time_and_deletion_count_at_once(tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        blobs = server.station.blobs
        ann, bob = await server.keyring.create("a", owner="ann"), await server.keyring.create("b", owner="bob")
        keys = {"ann": ann.credential, "bob": bob.credential}

        async def seen(who: str | None, query: str = "") -> int:
            headers = {"authorization": f"Key {keys[who]}"} if who else {}
            return (await http.get(f"/files/{blob.name}{query}", headers=headers)).status_code

        blob = await stored(server)
        assert [await seen("ann"), await seen("bob"), await seen(None)] == [200, 200, 200]
        await blobs.set_acl(blob.name, "ann", {"default": "forbid"})
        assert [await seen("ann"), await seen("bob"), await seen(None)] == [200, 403, 403]
        rules = [{"user": "bob", "decision": "allow"}]
        await blobs.set_acl(blob.name, "ann", {"default": "hide", "rules": rules})
        assert [await seen("ann"), await seen("bob"), await seen(None)] == [200, 200, 404]
        assert await seen(None, "?" + blobs.signer.sign_file(blob.name, 60)) == 200
        assert await seen(None, "?" + blobs.signer.sign_file("a" * 26 + ".png", 60)) == 404
        await blobs.delete(blob.name)
        assert [await seen("ann"), await seen("bob"), await seen(None)] == [404, 404, 404]


async def test_a_file_ends_to_the_second_though_it_is_prepared(tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        blobs = server.station.blobs
        blob = await stored(server, expires_at=blobs.clock() + 60)
        got = await http.get(f"/files/{blob.name}")
        assert got.headers["cache-control"] == "private, no-cache"
        blobs.clock = lambda: blob.created_at + 59.9
        assert (await http.get(f"/files/{blob.name}")).status_code == 200
        blobs.clock = lambda: blob.created_at + 60.1
        assert (await http.get(f"/files/{blob.name}")).status_code == 404


async def test_a_wrong_key_does_not_close_what_is_open(tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        await server.keyring.create("a")
        rules = [{"user": "bob", "decision": "hide"}]
        for acl in (None, {"default": "allow", "rules": rules}):
            blob = await stored(server, acl=acl)
            headers = {"authorization": "Key wrong:wrong"}
            assert (await http.get(f"/files/{blob.name}", headers=headers)).status_code == 200


async def test_hidden_unknown_expired_and_lost_read_the_same(tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        await server.keyring.create("a")
        blobs = server.station.blobs
        hidden = await stored(server, acl={"default": "hide", "rules": []})
        over = await stored(server, expires_at=1.0)
        lost = await stored(server)
        blobs.disk.remove(lost.name)
        names = (hidden.name, over.name, lost.name, "a" * 26 + ".png", "nonsense", "A" * 26 + ".png")
        keys = ({}, {"authorization": "Key wrong:wrong"}, {"authorization": "Bearer x"})
        replies = [await http.get(f"/files/{name}", headers=key) for name in names for key in keys]
        assert {reply.status_code for reply in replies} == {404}
        assert len({reply.content for reply in replies}) == 1
        assert "File not found" in replies[0].json()["detail"]


# ---------------------------------------------------------------- bytes of strangers


@pytest.mark.parametrize(
    ("content_type", "how"),
    [
        *(("image/png", "inline"), ("video/mp4", "inline"), ("audio/mpeg", "inline"), ("model/gltf-binary", "inline")),
        *(("text/html", "attachment"), ("image/svg+xml", "attachment"), ("application/xhtml+xml", "attachment")),
        *(("text/xml", "attachment"), ("application/pdf", "attachment"), ("text/javascript", "attachment")),
        *(
            ("application/octet-stream", "attachment"),
            ("text/plain", "attachment"),
            ("multipart/x-mixed", "attachment"),
        ),
    ],
)
async def test_only_media_is_shown_in_place(content_type: str, how: str, tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        blob = await stored(server, b"<script>alert(1)</script>", content_type=content_type)
        got = await http.get(f"/files/{blob.name}")
        assert got.headers["content-type"] == content_type
        assert got.headers["content-disposition"].partition(";")[0] == how
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["content-security-policy"].endswith("sandbox")
        assert "default-src 'none'" in got.headers["content-security-policy"]


async def test_names_in_headers(tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        blob = await stored(server, file_name='kä"t;ze%.png')
        said = (await http.get(f"/files/{blob.name}")).headers["content-disposition"]
        assert said == "inline; filename=\"k__t_ze_.png\"; filename*=UTF-8''k%C3%A4%22t%3Bze%25.png"


TRAVERSAL = [
    *(
        "../gesso.db",
        "..%2fgesso.db",
        "%2e%2e/gesso.db",
        "%2e%2e%2fgesso.db",
        "%252e%252e%252fgesso.db",
        "....//gesso.db",
    ),
    *("..\\gesso.db", "..%5cgesso.db", "/etc/passwd", "//etc/passwd", "%2fetc%2fpasswd", "C:\\x", "a/../../gesso.db"),
    *(
        "%00",
        "a" * 26 + ".png%00.html",
        "a" * 26 + ".png%2f..%2fx",
        "%c0%ae%c0%ae/gesso.db",
        "%2e",
        "~",
        "*",
    ),
]


@pytest.mark.parametrize("name", TRAVERSAL)
async def test_names_lead_nowhere_else(name: str, tmp_path: Path) -> None:
    (tmp_path / "canary").write_text("alive")
    async with world(tmp_path) as server, server.client() as http:
        await stored(server)
        for method in ("GET", "HEAD", "PUT", "DELETE", "POST"):
            reply = await http.request(method, f"/files/{name}")
            assert reply.status_code in (400, 401, 403, 404, 405, 422)
            assert b"alive" not in reply.content
    assert (tmp_path / "canary").read_text() == "alive"


async def test_a_link_in_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "canary").write_text("alive")
    async with world(tmp_path) as server, server.client() as http:
        blob = await stored(server)
        path = server.station.blobs.path(blob)
        path.unlink()
        path.symlink_to(tmp_path / "canary")
        assert (await http.get(f"/files/{blob.name}")).status_code == 404


# ---------------------------------------------------------------- large and cold files


async def test_large_files_are_streamed_whole_and_in_part(tmp_path: Path) -> None:
    data = os.urandom(3 * files.SMALL + 17)
    async with world(tmp_path) as server, server.client() as http:
        blob = await stored(server, data)
        before = _open_files()
        got = await http.get(f"/files/{blob.name}")
        assert got.content == data
        part = await http.get(f"/files/{blob.name}", headers={"range": f"bytes=5-{2 * files.SMALL}"})
        assert part.content == data[5 : 2 * files.SMALL + 1]
        assert _open_files() == before


async def test_a_client_that_leaves_ends_the_reading(tmp_path: Path) -> None:
    async with world(tmp_path) as server:
        blob = await stored(server, b"x" * (64 * files.CHUNK))
        before = _open_files()
        sent: list[Any] = []
        gone = asyncio.Event()

        async def receive() -> Any:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)
            if len(sent) == 4:
                gone.set()
            await asyncio.sleep(0)

        headers = [(b"host", b"127.0.0.1:4747")]
        path = f"/files/{blob.name}"
        scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b""}
        scope |= {"headers": headers, "client": ("127.0.0.1", 1), "scheme": "http", "http_version": "1.1"}
        await server.app(scope, receive, send)
        assert 4 <= len(sent) < 10
        assert _open_files() == before


async def test_a_read_that_would_wait_goes_to_a_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world(tmp_path) as server, server.client() as http:
        blob = await stored(server)
        monkeypatch.setattr(files, "_read_cached", lambda *_: b"")
        assert (await http.get(f"/files/{blob.name}")).content == DATA


async def test_a_file_that_shrank_is_not_served_short(tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        blob = await stored(server)
        os.truncate(server.station.blobs.path(blob), 10)
        assert (await http.get(f"/files/{blob.name}")).status_code == 404


def _open_files() -> int:
    return len(os.listdir("/proc/self/fd"))
