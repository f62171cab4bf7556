"""Uploads over HTTP, step by step as the official clients take them."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gesso.server.auth import NewKey
from tests.server.world import BASE, World, world

pytestmark = pytest.mark.anyio

MIB = 1024 * 1024


async def key_of(server: World) -> NewKey:
    return await server.keyring.create("test")


def auth(key: NewKey) -> dict[str, str]:
    return {"authorization": f"Key {key.credential}"}


def path_of(url: str) -> str:
    """A minted URL as the test client takes it; it must lie on the origin that was called."""
    assert url.startswith(f"{BASE}/")
    return url.removeprefix(BASE)


async def initiate(http: httpx2.AsyncClient, kind: str = "initiate", **more: Any) -> dict[str, str]:
    reply = await http.post(
        f"/rest/storage/upload/{kind}?storage_type=fal-cdn-v3",
        json={"content_type": "image/png", "file_name": "a.png"},
        **more,
    )
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"] == "application/json"
    return reply.json()


# ---------------------------------------------------------------- JavaScript


async def test_javascript_uploads_one_body_without_a_key(tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        key = await key_of(server)
        told = await initiate(http, headers=auth(key))
        assert (await http.get(path_of(told["file_url"]))).status_code == 404
        put = await http.put(path_of(told["upload_url"]), content=b"bytes", headers={"content-type": "image/png"})
        assert put.status_code == 200
        got = await http.get(path_of(told["file_url"]))
        assert (got.content, got.headers["content-type"]) == (b"bytes", "image/png")
        blob = await server.station.blobs.find(told["file_url"].rpartition("/")[2])
        assert blob is not None
        assert (blob.owner, blob.file_name, blob.kind) == (key.key.owner, "a.png", "upload")


async def test_javascript_uploads_parts_and_takes_the_etag_from_the_body(tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        told = await initiate(http, "initiate-multipart")
        where, _, query = path_of(told["upload_url"]).partition("?")
        parts: list[dict[str, Any]] = []
        for number, data in enumerate((b"a" * MIB, b"b" * MIB, b"c"), start=1):
            reply = await http.put(f"{where}/{number}?{query}", content=data)
            parts.append({"partNumber": reply.json()["partNumber"], "etag": reply.json()["etag"]})
        for _ in range(2):
            done = await http.post(f"{where}/complete?{query}", json={"parts": parts})
            assert done.status_code == 200
        assert (await http.get(path_of(told["file_url"]))).content == b"a" * MIB + b"b" * MIB + b"c"


# ---------------------------------------------------------------- Python


async def token_of(http: httpx2.AsyncClient, key: NewKey) -> dict[str, str]:
    reply = await http.post("/rest/storage/auth/token?storage_type=fal-cdn-v3", json={}, headers=auth(key))
    assert reply.status_code == 200
    return reply.json()


async def test_python_uploads_with_a_token(tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        key = await key_of(server)
        token = await token_of(http, key)
        assert token["base_url"] == BASE
        ends = dt.datetime.fromisoformat(token["expires_at"])
        assert token["expires_at"].endswith("+00:00")
        assert ends > dt.datetime.now(dt.UTC)
        bearer = {"authorization": f"{token['token_type']} {token['token']}"}
        keep = json.dumps({"expiration_duration_seconds": 60})
        reply = await http.post(
            "/cdn/files/upload",
            content=b"bytes",
            headers={
                **bearer,
                "content-type": "image/png",
                "x-fal-file-name": "my cat.png",
                "x-fal-object-lifecycle": keep,
                "x-fal-object-lifecycle-preference": keep,
            },
        )
        assert reply.status_code == 200
        url = reply.json()["access_url"]
        assert "?" not in url
        blob = await server.station.blobs.find(url.rpartition("/")[2])
        assert blob is not None
        assert blob.expires_at is not None
        assert (blob.owner, blob.file_name, round(blob.expires_at - blob.created_at)) == (
            key.key.owner,
            "my cat.png",
            60,
        )
        for wrong in ({}, {"authorization": "Bearer nonsense"}, {"authorization": "Key a:b"}):
            assert (await http.post("/cdn/files/upload", content=b"x", headers=wrong)).status_code == 401


async def test_python_uploads_parts_at_once_and_completes_unsorted(tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        key = await key_of(server)
        token = await token_of(http, key)
        bearer = {"authorization": f"Bearer {token['token']}", "content-type": "video/mp4", "x-fal-file-name": "a.mp4"}
        begun = (await http.post("/files/upload/multipart", headers=bearer)).json()
        where = f"{path_of(begun['access_url'])}/multipart/{begun['uploadId']}"

        async def part(number: int) -> dict[str, Any]:
            reply = await http.put(f"{where}/{number}", content=bytes([number]) * 1000, headers=bearer)
            return {"partNumber": number, "etag": reply.headers["etag"]}

        parts = list(await asyncio.gather(*(part(number) for number in range(1, 9))))
        done = await http.post(f"{where}/complete", json={"parts": parts[::-1]}, headers=bearer)
        assert done.status_code == 200
        got = await http.get(path_of(begun["access_url"]))
        assert got.content == b"".join(bytes([number]) * 1000 for number in range(1, 9))
        assert got.headers["content-type"] == "video/mp4"
        wrong = where.replace(begun["access_url"].rpartition("/")[2], "a" * 26 + ".mp4")
        assert (await http.put(f"{wrong}/1", content=b"x")).status_code == 404


async def test_pythons_fallback_sends_its_key_along(tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        key = await key_of(server)
        told = await initiate(http, headers=auth(key))
        for number, header in enumerate((f"Key {key.credential}", "Key revoked:or-wrong", "Bearer x")):
            put = await http.put(path_of(told["upload_url"]), content=b"x", headers={"authorization": header})
            assert put.status_code == 200, number


async def test_the_sdks_multipart_asks_for_each_parts_url(tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        told = await initiate(http, "initiate-multipart")
        where, _, query = path_of(told["upload_url"]).partition("?")
        part_url = (await http.post(f"{where}/1?{query}")).json()["upload_url"]
        etag = (await http.put(path_of(part_url), content=b"abc")).headers["etag"].strip('"')
        done = await http.post(f"{where}/complete?{query}", json={"parts": [{"part_number": 1, "etag": etag}]})
        assert done.status_code == 200
        assert (await http.get(path_of(told["file_url"]))).content == b"abc"


# ---------------------------------------------------------------- where the routes are


@pytest.mark.parametrize("prefix", ["/rest", ""])
async def test_storage_is_at_the_prefix_and_bare(prefix: str, tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        for path in ("/storage/upload/initiate", "/storage/upload/initiate-multipart", "/storage/auth/token"):
            assert (await http.post(prefix + path, json={})).status_code == 200


# ---------------------------------------------------------------- what is refused


async def test_an_upload_url_opens_itself_alone(tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        one, two = await initiate(http), await initiate(http)
        where, _, query = path_of(one["upload_url"]).partition("?")
        other = path_of(two["upload_url"]).partition("?")[2]
        for wrong in ("", f"?{other}", "?signature=", "?signature=%ff", f"?{query}x", f"?x={query}"):
            for method, path in (("PUT", where), ("PUT", f"{where}/1"), ("POST", f"{where}/complete")):
                assert (await http.request(method, path + wrong, content=b"{}")).status_code == 403
        assert (await http.get(path_of(one["file_url"]))).status_code == 404


async def test_keys_are_asked_for_where_uploads_begin(tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        await key_of(server)
        for path in (
            *("/rest/storage/upload/initiate", "/rest/storage/upload/initiate-multipart"),
            *("/rest/storage/auth/token", "/cdn/files/upload", "/files/upload/multipart"),
        ):
            assert (await http.post(path, json={})).status_code == 401


async def test_too_much_is_413_and_leaves_nothing(tmp_path: Path) -> None:
    async with world(tmp_path, max_upload=2000) as server, server.client() as http:
        told = await initiate(http)
        upload = path_of(told["upload_url"])

        async def unannounced() -> AsyncIterator[bytes]:
            for _ in range(30):
                yield b"x" * 100

        for content in (b"x" * 2001, unannounced()):
            assert (await http.put(upload, content=content)).status_code == 413
        assert (await http.post("/cdn/files/upload", content=b"x" * 2001)).status_code == 413
        disk = server.station.blobs.disk
        assert list(disk.tmp_dir.iterdir()) == []
        assert list(disk.names()) == []
        assert (await http.put(upload, content=b"x" * 2000)).status_code == 200


async def test_a_missing_part_is_400(tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        told = await initiate(http, "initiate-multipart")
        where, _, query = path_of(told["upload_url"]).partition("?")
        etag = (await http.put(f"{where}/2?{query}", content=b"x")).headers["etag"]
        for parts in ([{"partNumber": 2, "etag": etag}], [{"partNumber": 1, "etag": etag}], [], None, "x"):
            reply = await http.post(f"{where}/complete?{query}", json={"parts": parts})
            assert reply.status_code == 400
            assert reply.json()["error_type"] == "bad_request"
        for number in ("0", "x", "10001", "-1", "1.5", "%2e%2e"):
            assert (await http.put(f"{where}/{number}?{query}", content=b"x")).status_code in (400, 404)
        assert (await http.post(f"{where}/complete?{query}", content=b"{nonsense")).status_code == 422


async def test_a_full_disk_is_503(tmp_path: Path) -> None:
    async with world(tmp_path, min_free_disk=1 << 60) as server, server.client() as http:
        assert (await http.post("/rest/storage/upload/initiate", json={})).status_code == 503
        assert (await http.post("/cdn/files/upload", content=b"x")).status_code == 503


@pytest.mark.parametrize("value", ["{", "[]", '"x"', '{"initial_acl": {"default": "public"}}', "[" * 9000])
async def test_a_lifecycle_that_cannot_be_read_is_refused(value: str, tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        headers = {"x-fal-object-lifecycle": value}
        for path in ("/rest/storage/upload/initiate", "/cdn/files/upload"):
            assert (await http.post(path, content=b"{}", headers=headers)).status_code == 422


@pytest.mark.parametrize(
    ("value", "expires"),
    [
        ("{}", False),
        ('{"expiration_duration_seconds": null}', False),
        ('{"expiration_duration_seconds": 0}', False),
        ('{"expiration_duration_seconds": 60}', True),
    ],
)
async def test_lifecycles_of_initiated_uploads(value: str, expires: bool, tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        told = await initiate(http, headers={"x-fal-object-lifecycle": value})
        await http.put(path_of(told["upload_url"]), content=b"x")
        blob = await server.station.blobs.find(told["file_url"].rpartition("/")[2])
        assert blob is not None
        assert (blob.expires_at is not None) is expires


NAMES = [
    "../../a.png",
    "/etc/passwd",
    "a" * 300 + ".png",
    'a"b.png',
    "a\r\nX-Evil: 1.png",
    "\x00",
    "",
    ".",
    "ä€.png",
    "a/b",
]


@pytest.mark.parametrize("name", NAMES)
async def test_hostile_file_names_are_only_labels(name: str, tmp_path: Path) -> None:
    (tmp_path / "canary").write_text("alive")
    async with world(tmp_path) as server, server.client() as http:
        reply = await http.post("/storage/upload/initiate", json={"content_type": "text/html", "file_name": name})
        told = reply.json()
        assert (await http.put(path_of(told["upload_url"]), content=b"<script>")).status_code == 200
        got = await http.get(path_of(told["file_url"]))
        assert got.headers["content-disposition"].startswith("attachment; filename=")
        assert "x-evil" not in got.headers
        assert ".." not in got.headers["content-disposition"]
        (stored,) = server.station.blobs.disk.names()
        assert told["file_url"] == f"{BASE}/files/{stored}"
    assert (tmp_path / "canary").read_text() == "alive"


@pytest.mark.parametrize(
    "body", [{}, {"content_type": 5, "file_name": []}, {"content_type": "\r\n"}, {"content_type": ""}]
)
async def test_initiate_without_facts(body: dict[str, Any], tmp_path: Path) -> None:
    async with world(tmp_path) as server, server.client() as http:
        reply = await http.post("/storage/upload/initiate", json=body)
        assert reply.json()["file_url"].endswith(".bin")
