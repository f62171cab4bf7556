"""Inputs brought to disk, and every way in which they cannot be."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gesso.blobs.fetch import Fetcher
from gesso.egress import Egress
from gesso.errors import InputError, RequestError
from gesso.media import Media
from gesso.settings import MIB
from gesso.shapes import ORIGIN, MediaRule
from tests.blobs.shelf import Shelf, png, shelf
from tests.egress.hosts import names, says, serve

pytestmark = pytest.mark.anyio

LOC = ("images", 0, "image_url")
IMAGE, VIDEO, AUDIO = MediaRule("image"), MediaRule("video"), MediaRule("audio")
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\x00" * 40
MOV = b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  " + b"\x00" * 40
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 40
ZIP = b"PK\x03\x04" + b"\x00" * 40


async def fetch(at: Shelf, url: str, rule: MediaRule = IMAGE, owner: str = "ann", **more: Any) -> Media:
    fetcher = Fetcher(at.settings, Egress(at.settings, **more), at.blobs)
    tmp = at.settings.tmp_dir / "job"
    tmp.mkdir(exist_ok=True)
    return await fetcher.fetch(Media(url, LOC, rule), tmp, owner)


async def refusal(at: Shelf, url: str, rule: MediaRule = IMAGE, owner: str = "ann", **more: Any) -> dict[str, Any]:
    """The one error item, after making sure that nothing was left behind."""
    with pytest.raises(InputError) as caught:
        await fetch(at, url, rule, owner, **more)
    assert at.leftovers() == ["job"]
    failure = caught.value.failure()
    assert failure.status == 422
    (item,) = failure.body["detail"]
    assert item["loc"] == ["body", *LOC]
    return item


def data_uri(data: bytes, head: str = "image/png") -> str:
    return f"data:{head};base64,{base64.b64encode(data).decode()}"


# ---------------------------------------------------------------- data URIs

PLAIN = base64.b64encode(png(61, 7)).decode()
WRAPPED = "\r\n ".join(PLAIN[at : at + 20] for at in range(0, len(PLAIN), 20))


@pytest.mark.parametrize(
    "uri",
    [
        f"data:image/png;base64,{PLAIN}",
        f"DATA:image/png;BASE64,{PLAIN}",
        f"data:image/png;base64,{PLAIN.rstrip('=')}",
        f"data:image/png;base64,{WRAPPED}",
        f"data:image/png;base64, {PLAIN}\n",
        f"data:image/png;base64,{PLAIN.replace('+', '-').replace('/', '_')}",
        f"data:image/png;base64,{PLAIN.replace('+', '%2B').replace('/', '%2F').replace('=', '%3D')}",
        f"data:;base64,{PLAIN}",
        f"data:image/jpeg;base64,{PLAIN}",
        f"data:image/png;charset=utf-8;name=a.png;base64,{PLAIN}",
        f"data:text/html;base64,{PLAIN}",
        "data:image/png," + "".join(f"%{byte:02x}" for byte in png(61, 7)),
    ],
)
async def test_data_uris_as_people_send_them(uri: str, tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        media = await fetch(at, uri)
        assert media.file.read_bytes() == png(61, 7)
        assert (media.content_type, media.file.suffix) == ("image/png", ".png")
        assert media.file.parent == at.settings.tmp_dir / "job"


@pytest.mark.parametrize(
    "uri",
    [
        *("data:", "data:,", "data:image/png;base64", "data:image/png;base64,", "data:image/png;base64,!!!!"),
        *("data:image/png;base64,iVBOR", "data:image/png;base64,é", "data:image/png," + "é" * 9),
        *(data_uri(b"plain text"), data_uri(b"<html></html>", "text/html"), data_uri(b"{}"), "data:" + "x" * 2000),
    ],
)
async def test_data_uris_that_hold_no_picture(uri: str, tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        assert (await refusal(at, uri))["type"] == "image_load_error"


async def test_a_large_data_uri_is_too_large(tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        item = await refusal(at, data_uri(b"\x00" * 2000), MediaRule("image", max_bytes=1999))
    assert item["type"] == "file_too_large"
    assert item["ctx"] == {"max_size": 1999}
    assert len(item["input"]) < 1100


# ---------------------------------------------------------------- the web


async def test_a_url_is_fetched_and_its_type_sniffed(tmp_path: Path) -> None:
    async with shelf(tmp_path, fetch_private=True) as at, serve(says(body=png(), content_type="text/plain")) as host:
        media = await fetch(at, host.url("/a.html"))
    assert media.content_type == "image/png"
    assert media.file.read_bytes() == png()


async def test_private_addresses_and_dead_hosts_give_one_error(tmp_path: Path) -> None:
    async with shelf(tmp_path) as at, serve(says(body=png())) as host:
        inside = await refusal(at, host.url())
        dead = await refusal(at, "http://gone.example/a.png", resolve=names())
        assert host.connections == 0
    inside.pop("input")
    dead.pop("input")
    assert inside == dead
    assert inside["type"] == "file_download_error"


@pytest.mark.parametrize(
    ("url", "type_"),
    [
        *(
            ("", "value_error"),
            ("a.png", "value_error"),
            ("http://a\r\nb/", "value_error"),
            ("x" * 99999, "value_error"),
        ),
        *(("ftp://example.com/a", "file_download_error"), ("file:///etc/passwd", "file_download_error")),
        *(("s3://a/b", "file_download_error"), ("http://u:p@example.com/", "file_download_error")),
    ],
)
async def test_texts_that_are_no_web_url(url: str, type_: str, tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        assert (await refusal(at, url))["type"] == type_


async def test_limits_by_field_by_kind_and_by_setting(tmp_path: Path) -> None:
    large = says(body=b"", content_length=str(51 * MIB))
    async with shelf(tmp_path, fetch_private=True, max_download=2 * MIB) as at, serve(large) as host:
        assert (await refusal(at, host.url()))["ctx"] == {"max_size": 2 * MIB}
        assert (await refusal(at, host.url(), MediaRule("video", max_bytes=9)))["ctx"] == {"max_size": 9}
    async with shelf(tmp_path, fetch_private=True) as at, serve(large) as host:
        assert (await refusal(at, host.url()))["ctx"] == {"max_size": 50 * MIB}


# ---------------------------------------------------------------- our own files


@pytest.mark.parametrize(
    "base",
    [
        *(ORIGIN, "http://127.0.0.1:4747", "http://localhost:8080", "http://[::1]:1", "https://v3.fal.media"),
        *("https://fal.run", "https://gesso.example", "http://lan.example:99", "HTTP://LOCALHOST.:4747"),
    ],
)
async def test_own_files_are_read_from_the_store(base: str, tmp_path: Path) -> None:
    hosts = {"public_url": "https://gesso.example/x", "public_hosts": ("lan.example",)}
    async with shelf(tmp_path, **hosts) as at:
        blob = await at.put(png(), content_type="application/octet-stream")
        for path in ("/files/", "/cdn/files/"):
            media = await fetch(at, f"{base}{path}{blob.name}?x=1#y", owner="bob")
            assert media.file.read_bytes() == png()
            assert media.content_type == "image/png"
        await at.blobs.delete(blob.name)
        assert media.file.read_bytes() == png(), "a job keeps its input although the file has gone"


async def test_another_keys_private_file_is_as_good_as_missing(tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        missing = await refusal(at, f"http://127.0.0.1:4747/files/{'a' * 26}.png", owner="bob")
        for decision in ("hide", "forbid"):
            blob = await at.put(png(), acl={"default": decision, "rules": []})
            url = f"http://127.0.0.1:4747/files/{blob.name}"
            assert {**await refusal(at, url, owner="bob"), "input": ""} == {**missing, "input": ""}
            media = await fetch(at, url, owner="ann")
            media.file.unlink()
            signed = await fetch(at, f"{url}?{at.blobs.signer.sign_file(blob.name, 60)}", owner="bob")
            signed.file.unlink()
            at.clock.now += 61
            await refusal(at, f"{url}?{at.blobs.signer.sign_file(blob.name, 60).replace('=', '=1', 1)}", owner="bob")


async def test_expired_and_lost_files_are_missing(tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        blob = await at.put(png(), expires_at=at.clock.now + 1)
        lost = await at.put(png())
        at.blobs.disk.remove(lost.name)
        at.clock.now += 1
        for name in (blob.name, lost.name):
            assert (await refusal(at, f"{ORIGIN}/files/{name}"))["type"] == "file_download_error"


async def test_an_own_file_has_the_fields_limits_too(tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        blob = await at.put(png(100, 100))
        url = f"{ORIGIN}/files/{blob.name}"
        assert (await refusal(at, url, MediaRule("image", max_bytes=10)))["type"] == "file_too_large"
        assert (await refusal(at, url, MediaRule("image", max_side=99)))["type"] == "image_too_large"
        assert at.blobs.path(blob).exists()


async def test_copies_of_own_files_leave_the_floor_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One small request may name one large file many times."""
    async with shelf(tmp_path, min_free_disk=1000) as at:
        data = png(61, 7)
        blob = await at.put(data)
        monkeypatch.setattr(at.blobs.disk, "free_bytes", lambda: 1000 + 2 * len(data))
        monkeypatch.setattr("gesso.blobs.store.ROOM_SECONDS", 60.0)
        url = f"http://127.0.0.1:4747/files/{blob.name}"
        for _ in range(2):
            await fetch(at, url)
        with pytest.raises(RequestError) as caught:
            await fetch(at, url)
        assert caught.value.status == 503


async def test_a_url_like_ours_on_a_strange_host_is_fetched_there(tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        blob = await at.put(png())
        found = await refusal(at, f"http://evil.example/files/{blob.name}", resolve=names(evil_example=["10.0.0.1"]))
    assert found["type"] == "file_download_error"


# ---------------------------------------------------------------- what a field takes

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"></svg>'


@pytest.mark.parametrize(
    ("data", "rule", "type_"),
    [
        (b"", IMAGE, "image_load_error"),
        (b"\x00" * 100, IMAGE, "image_load_error"),
        (b"<!DOCTYPE html><html>", IMAGE, "image_load_error"),
        (b'{"error": 1}', IMAGE, "image_load_error"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", IMAGE, "image_load_error"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", IMAGE, "image_load_error"),
        (png(0, 5), IMAGE, "image_load_error"),
        (SVG, IMAGE, "unsupported_image_format"),
        (b"%PDF-1.7\n", IMAGE, "unsupported_image_format"),
        (b"8BPS\x00\x01", IMAGE, "unsupported_image_format"),
        (MP4, IMAGE, "unsupported_image_format"),
        (WAV, IMAGE, "unsupported_image_format"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1", IMAGE, "unsupported_image_format"),
        (png(), MediaRule("image", formats=("jpg", "webp")), "unsupported_image_format"),
        (b"", VIDEO, "unsupported_video_format"),
        (png(), VIDEO, "unsupported_video_format"),
        (b"#EXTM3U\n#EXT-X-VERSION:3\n", VIDEO, "unsupported_video_format"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", VIDEO, "unsupported_video_format"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", VIDEO, "unsupported_video_format"),
        (b"\x1a\x45\xdf\xa3\x01\x00\x00\x00\x42\x82\x84webm", MediaRule("video", formats=("mp4",)), None),
        (png(), AUDIO, "unsupported_audio_format"),
        (b"MThd\x00\x00\x00\x06", AUDIO, "unsupported_audio_format"),
        (ZIP, AUDIO, "unsupported_audio_format"),
        (b"\xff\xfb\x90\x00" + b"\x00" * 9, MediaRule("audio", formats=("wav",)), "unsupported_audio_format"),
        (png(), MediaRule("archive", formats=("zip",)), "invalid_archive"),
        (b"Rar!\x1a\x07\x01\x00", MediaRule("archive"), "invalid_archive"),
        (b"\x80\x04\x95\x10", MediaRule("weights"), "value_error"),
        (ZIP, MediaRule("weights"), "value_error"),
    ],
)
async def test_the_wrong_kind_is_named(data: bytes, rule: MediaRule, type_: str | None, tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        item = await refusal(at, data_uri(data), rule)
    assert item["type"] == (type_ or "unsupported_video_format")
    if item["type"].startswith("unsupported"):
        formats = item["ctx"]["supported_formats"]
        assert formats == [{"jpg": "jpeg"}.get(name, name) for name in rule.formats] or not rule.formats
    if item["type"] == "invalid_archive":
        assert item["ctx"] == {"supported_extensions": [".zip"]}


@pytest.mark.parametrize(
    ("data", "rule", "content_type"),
    [
        (MP4, VIDEO, "video/mp4"),
        (MOV, MediaRule("video", formats=("mp4", "mov")), "video/quicktime"),
        (b"GIF89a\x02\x00\x02\x00\x00", VIDEO, "image/gif"),
        (WAV, MediaRule("audio", formats=("wav", "mp3")), "audio/wav"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x00", AUDIO, "audio/mpeg"),
        (MP4, AUDIO, "video/mp4"),
        (ZIP, MediaRule("archive", formats=("zip",)), "application/zip"),
        (b"\x08\x00\x00\x00\x00\x00\x00\x00{}      ", MediaRule("weights"), "application/octet-stream"),
    ],
)
async def test_the_right_kind_is_taken(data: bytes, rule: MediaRule, content_type: str, tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        assert (await fetch(at, data_uri(data), rule)).content_type == content_type


# ---------------------------------------------------------------- sizes


@pytest.mark.parametrize("name", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF"])
async def test_limits_hold_for_every_format(name: str, tmp_path: Path) -> None:
    file = io.BytesIO()
    Image.new("RGB", (40, 25), "teal").save(file, name)
    async with shelf(tmp_path) as at:
        uri = data_uri(file.getvalue())
        assert (await fetch(at, uri, MediaRule("image", max_side=40, min_side=25, max_pixels=1000))).path
    async with shelf(tmp_path) as at:
        wide = await refusal(at, uri, MediaRule("image", max_side=39))
        small = await refusal(at, uri, MediaRule("image", min_side=26))
        many = await refusal(at, uri, MediaRule("image", max_side=40, max_pixels=900))
    assert (wide["type"], wide["ctx"]) == ("image_too_large", {"max_height": 39, "max_width": 39})
    assert (small["type"], small["ctx"]) == ("image_too_small", {"min_height": 26, "min_width": 26})
    assert (many["type"], many["ctx"]) == ("image_too_large", {"max_height": 30, "max_width": 30})


async def test_a_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        for size in ((50_000, 50_000), (1_000_000, 1), (1, 1_000_000)):
            assert (await refusal(at, data_uri(png(*size)), MediaRule("image", max_side=14142)))["type"] == (
                "image_too_large"
            )
