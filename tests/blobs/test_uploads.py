"""Uploads: whole or in parts, cut, repeated, restarted, forgotten."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gesso.blobs.access import Keep
from gesso.blobs.uploads import UPLOAD_SECONDS, Upload, Uploads, read_parts
from gesso.errors import RequestError
from tests.blobs.shelf import Shelf, shelf

pytestmark = pytest.mark.anyio


async def stream(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def broken(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
    raise ConnectionResetError


async def begin(uploads: Uploads, **more: Any) -> Upload:
    given = {"owner": "ann", "content_type": "video/mp4", "file_name": "a.mp4", "keep": Keep(), **more}
    return await uploads.begin(**given)


async def status_of(work: Any) -> int:
    with pytest.raises(RequestError) as caught:
        await work
    return caught.value.status


async def test_one_body(tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        uploads = Uploads(at.blobs)
        upload = await begin(uploads, keep=Keep(60.0, {"default": "hide", "rules": []}))
        assert await at.blobs.find(upload.name) is None
        big = [b"x" * 700_000] * 5
        blob = await uploads.put(await uploads.get(upload.id), stream(*big, b"end"))
        assert (blob.name, blob.owner, blob.kind, blob.file_name) == (upload.name, "ann", "upload", "a.mp4")
        assert blob.expires_at == at.clock.now + 60
        assert blob.acl == {"default": "hide", "rules": []}
        assert at.blobs.path(blob).read_bytes() == b"".join(big) + b"end"
        assert at.leftovers() == []


async def test_sending_again_changes_nothing(tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        uploads = Uploads(at.blobs)
        upload = await begin(uploads)
        first = await uploads.put(upload, stream(b"first"))
        assert await uploads.put(upload, stream(b"second")) == first
        assert at.blobs.path(first).read_bytes() == b"first"


async def test_two_at_once_make_one_file(tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        uploads = Uploads(at.blobs)
        upload = await begin(uploads)
        one, two = await asyncio.gather(uploads.put(upload, stream(b"aaa")), uploads.put(upload, stream(b"bb")))
        assert one == two
        assert len(at.blobs.path(one).read_bytes()) == one.size
        assert at.leftovers() == []


async def test_a_body_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        uploads = Uploads(at.blobs)
        upload = await begin(uploads)
        for work in (
            uploads.put(upload, broken(b"x" * 3_000_000)),
            uploads.put_part(upload, 1, broken(b"x" * 3_000_000)),
            uploads.put_new(broken(b"x"), owner="ann", content_type="a/b", file_name=None, keep=Keep()),
        ):
            with pytest.raises(ConnectionResetError):
                await work
        assert at.leftovers() == []
        assert list(at.blobs.disk.names()) == []
        assert (await uploads.put(upload, stream(b"whole"))).size == 5


async def test_parts_in_any_order_again_and_joined(tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        uploads = Uploads(at.blobs)
        upload = await begin(uploads)
        await uploads.put_part(upload, 2, stream(b"old"))
        etags = dict(
            zip(
                (3, 1, 2),
                await asyncio.gather(
                    uploads.put_part(upload, 3, stream(b"333")),
                    uploads.put_part(upload, 1, stream(b"1" * 2_000_000)),
                    uploads.put_part(upload, 2, stream(b"22")),
                ),
                strict=True,
            )
        )
        listed = [{"partNumber": number, "etag": etags[number]} for number in (3, 1, 2)]
        blob = await uploads.complete(upload, listed)
        assert at.blobs.path(blob).read_bytes() == b"1" * 2_000_000 + b"22" + b"333"
        assert at.leftovers() == []
        assert await uploads.complete(upload, listed) == blob
        assert await uploads.complete(upload, []) == blob, "complete twice is harmless whatever it lists"
        assert await status_of(uploads.put_part(upload, 4, stream(b"late"))) == 400


async def test_an_account_that_does_not_hold(tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        uploads = Uploads(at.blobs)
        upload = await begin(uploads)
        etag = await uploads.put_part(upload, 1, stream(b"1"))
        await uploads.put_part(upload, 3, stream(b"3"))
        one, three = {"partNumber": 1, "etag": etag}, {"partNumber": 3}
        for listed in (None, [], {}, "1", [one, three], [three], [{"partNumber": 1, "etag": "other"}], [{}], [1]):
            assert await status_of(uploads.complete(upload, listed)) == 400
        assert await at.blobs.find(upload.name) is None
        assert (await uploads.complete(upload, [one])).size == 1


@pytest.mark.parametrize(
    "listed",
    [
        [{"partNumber": 1, "etag": '"a"'}],
        [{"part_number": 1, "etag": "a"}],
        [{"PartNumber": "1", "ETag": 'W/"a"'}],
        [{"partNumber": 1, "etag": "a"}, {"partNumber": 1, "etag": '"a"'}],
    ],
)
def test_the_clients_spellings(listed: Any) -> None:
    assert read_parts(listed) == {1: "a"}


@pytest.mark.parametrize("number", [0, -1, 10_001, "x", "", None, True, 1.5, "01", "１"])
def test_numbers_that_are_none(number: Any) -> None:
    with pytest.raises(RequestError):
        read_parts([{"partNumber": number, "etag": "a"}])


async def test_all_parts_together_have_the_limit(tmp_path: Path) -> None:
    async with shelf(tmp_path, max_upload=2000) as at:
        uploads = Uploads(at.blobs)
        upload = await begin(uploads)
        await uploads.put_part(upload, 1, stream(b"x" * 1500))
        assert await status_of(uploads.put_part(upload, 2, stream(b"x" * 501))) == 413
        await uploads.put_part(upload, 1, stream(b"x" * 1500))
        await uploads.put_part(upload, 2, stream(b"x" * 500))
        assert (await uploads.complete(upload, [{"partNumber": 1}, {"partNumber": 2}])).size == 2000


async def test_parts_that_come_at_once_have_the_limit_together(tmp_path: Path) -> None:
    async with shelf(tmp_path, max_upload=2000) as at:
        uploads = Uploads(at.blobs)
        upload = await begin(uploads)
        sent = (uploads.put_part(upload, number, stream(b"x" * 1500)) for number in range(1, 5))
        answers = await asyncio.gather(*sent, return_exceptions=True)
        assert [isinstance(answer, str) for answer in answers].count(True) == 1
        assert len(at.leftovers()) == 2, "the upload's folder and the one part in it"


async def test_a_part_that_finds_no_place_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async with shelf(tmp_path) as at:
        uploads = Uploads(at.blobs)
        upload = await begin(uploads)
        monkeypatch.setattr(at.blobs.disk, "store_part", full)
        assert await status_of(uploads.put_part(upload, 1, stream(b"x"))) == 503
        assert at.leftovers() == []
        monkeypatch.undo()
        await uploads.put_part(upload, 1, stream(b"x"))
        monkeypatch.setattr(at.blobs.disk, "store", full)
        assert await status_of(uploads.complete(upload, [{"partNumber": 1}])) == 503
        assert at.leftovers() == [upload.id, f"{upload.id}/1"], "its parts are for another try"


async def test_uploads_on_their_way_leave_the_floor_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them began while there was room for it; all together there is not."""
    async with shelf(tmp_path, min_free_disk=10 << 20) as at:
        free = 15 << 20
        monkeypatch.setattr(at.blobs.disk, "free_bytes", lambda: free)
        monkeypatch.setattr("gesso.blobs.store.ROOM_SECONDS", 60.0)
        uploads = Uploads(at.blobs)
        chunks = [b"x" * (1 << 20)] * 3
        facts: Any = {"owner": "ann", "content_type": "video/mp4", "file_name": None, "keep": Keep()}
        sent = (uploads.put_new(stream(*chunks), **facts) for _ in range(4))
        answers = await asyncio.gather(*sent, return_exceptions=True)
        refused = [answer for answer in answers if isinstance(answer, RequestError)]
        assert {answer.status for answer in refused} == {503}
        assert len(refused) >= 3
        assert at.leftovers() == []
        written = sum(path.stat().st_size for path in at.settings.files_dir.rglob("*") if path.is_file())
        assert written <= 5 << 20


async def test_an_upload_outlives_a_restart(tmp_path: Path) -> None:
    database = tmp_path / "gesso.db"
    async with shelf(tmp_path, database) as at:
        uploads = Uploads(at.blobs)
        upload = await begin(uploads)
        await uploads.put_part(upload, 1, stream(b"before "))
        (at.blobs.disk.new_tmp()).write_bytes(b"half a part")
    async with shelf(tmp_path, database) as at:
        uploads = Uploads(at.blobs)
        again = await uploads.get(upload.id)
        assert again == upload
        await uploads.put_part(again, 2, stream(b"after"))
        blob = await uploads.complete(again, [{"partNumber": 2}, {"partNumber": 1}])
        assert at.blobs.path(blob).read_bytes() == b"before after"
        assert at.leftovers() == []


async def test_what_nobody_finishes_is_swept(tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        uploads = Uploads(at.blobs)
        left, done = await begin(uploads), await begin(uploads)
        await uploads.put_part(left, 1, stream(b"x"))
        blob = await uploads.put(done, stream(b"kept"))
        assert await at.blobs.sweep() == 0
        at.clock.now += UPLOAD_SECONDS
        assert await status_of(uploads.get(left.id)) == 404
        assert await at.blobs.sweep() == 2
        assert at.leftovers() == []
        assert await at.db.all("uploads.parts", {"upload": left.id}) == []
        assert await at.blobs.find(blob.name) == blob


@pytest.mark.parametrize("id", ["", "x", "../../etc", "a" * 40 + "/", "A" * 40, "a" * 40, "a" * 4000])
async def test_unknown_uploads(id: str, tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        assert await status_of(Uploads(at.blobs).get(id)) == 404


async def test_a_full_disk_takes_no_upload(tmp_path: Path) -> None:
    async with shelf(tmp_path, min_free_disk=1 << 60) as at:
        assert await status_of(begin(Uploads(at.blobs))) == 503


async def test_names_and_types_are_made_harmless(tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        uploads = Uploads(at.blobs)
        told = {"content_type": "text/html\r\nX: y", "file_name": '../../a"b\r\n.html'}
        blob: Any = await uploads.put_new(stream(b"x"), owner="ann", keep=Keep(), **told)
        assert blob.content_type == "application/octet-stream"
        assert blob.file_name == 'a"b.html'
        assert blob.name.endswith(".html")
        assert _inside(at, blob)


def _inside(at: Shelf, blob: Any) -> bool:
    return at.blobs.path(blob).resolve().is_relative_to(at.settings.files_dir)
