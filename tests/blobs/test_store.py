"""The file store: durable before visible, gone when its time is over, open to whom its rules say."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import threading
from pathlib import Path
from typing import Any

import pytest

from gesso.blobs.access import Keep
from gesso.blobs.disk import DiskStore
from gesso.errors import InputError, RequestError
from gesso.jobs.store import JobStore
from tests.blobs.shelf import shelf
from tests.jobs.samples import made, new_job

pytestmark = pytest.mark.anyio


async def test_what_is_put_is_there_with_its_facts(tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        blob = await at.put(b"12345", file_name="a cat.png", job_id="job")
        assert re.fullmatch(r"[0-9a-z]{26}\.png", blob.name)
        assert (blob.size, blob.owner, blob.kind, blob.file_name) == (5, "ann", "result", "a cat.png")
        assert at.blobs.path(blob).read_bytes() == b"12345"
        assert at.blobs.path(blob).stat().st_mode & 0o777 == 0o600
        assert at.blobs.path(blob) == at.settings.files_dir / blob.name[:2] / blob.name
        assert await at.blobs.get(blob.name, None) == blob
        assert await at.blobs.by_job("job") == [blob]
        assert at.leftovers() == []


async def test_a_crash_between_bytes_and_row_leaves_nothing(tmp_path: Path) -> None:
    async with shelf(tmp_path, tmp_path / "db") as at:
        kept = await at.put()
        stray = at.blobs.disk.new_tmp()
        stray.write_bytes(b"x")
        at.blobs.disk.store(stray, "zz" + kept.name[2:])
    async with shelf(tmp_path, tmp_path / "db") as at:
        assert list(at.blobs.disk.names()) == [kept.name]
        await at.blobs.close()
    stray = tmp_path / "files" / "zz" / "not-looked-for.png"
    stray.write_bytes(b"x")
    async with shelf(tmp_path, tmp_path / "db") as at:
        assert stray.exists(), "after a good end nobody walks through all files"


async def test_results_of_an_attempt_that_was_cut_off_go_at_the_next_start(tmp_path: Path) -> None:
    async with shelf(tmp_path, tmp_path / "db") as at:
        store, live, ended = JobStore(at.db), new_job(), new_job()
        await store.add(live)
        await store.add(ended, made())
        gone = await at.put(job_id=live.id)
        kept = [await at.put(job_id=ended.id), await at.put(job_id=live.id, kind="upload")]
    async with shelf(tmp_path, tmp_path / "db") as at:
        assert sorted(at.blobs.disk.names()) == sorted(blob.name for blob in kept)
        assert await at.blobs.find(gone.name) is None


async def test_results_of_a_direct_run_that_was_cut_off_go_after_a_crash(tmp_path: Path) -> None:
    async with shelf(tmp_path, tmp_path / "db") as at:
        store, answered, cut, old = JobStore(at.db), new_job(direct=True), new_job(direct=True), new_job()
        await store.record_durably(answered, made())
        await store.add(old, made(at=1.0))
        await at.put(job_id=cut.id)
        others = [{"job_id": answered.id}, {"job_id": old.id}, {}, {"job_id": cut.id, "kind": "upload"}]
        kept = [await at.put(**facts) for facts in others]
        assert await store.prune(older_than=2.0) == 1, "the request goes, its files have their own time"
    async with shelf(tmp_path, tmp_path / "db") as at:
        assert sorted(at.blobs.disk.names()) == sorted(blob.name for blob in kept)
        assert await at.blobs.by_job(cut.id) == [await at.blobs.find(kept[-1].name)]


async def test_what_others_put_into_the_folder_does_not_stop_a_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    scan = os.scandir

    def forbidding(path: Any) -> Any:
        if os.path.basename(path) == "lost+found":
            raise PermissionError(errno.EACCES, "Permission denied")
        return scan(path)

    async with shelf(tmp_path, tmp_path / "db") as at:
        blob = await at.put()
        foreign = [at.settings.files_dir / name for name in ("lost+found/x", "ab/notes.txt", f"ab/{'ab' * 13}.png/x")]
        for path in foreign:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("not ours")
        (at.settings.files_dir / "README").write_text("not ours")
    monkeypatch.setattr(os, "scandir", forbidding)
    async with shelf(tmp_path, tmp_path / "db") as at:
        assert list(at.blobs.disk.names()) == [blob.name]
        assert all(path.exists() for path in foreign)
    assert "lost+found is passed over: Permission denied" in caplog.text
    assert "README is passed over" in caplog.text


async def test_names_are_never_taken_from_content_or_repeated(tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        names = {(await at.put(b"same")).name for _ in range(50)}
        etags = {blob.etag for name in names if (blob := await at.blobs.find(name))}
    assert len(names) == len(etags) == 50


async def test_bytes_are_synced_before_the_row_exists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    async with shelf(tmp_path) as at:
        genuine_sync, genuine_rename, genuine_write = os.fsync, os.rename, at.db.write
        kinds = {True: "sync folder", False: "sync file"}

        def fsync(fd: int) -> None:
            order.append(kinds[Path(f"/proc/self/fd/{fd}").resolve().is_dir()])
            genuine_sync(fd)

        def rename(source: Any, target: Any) -> None:
            order.append("rename")
            genuine_rename(source, target)

        async def write(operation: Any) -> Any:
            order.append("row")
            return await genuine_write(operation)

        await at.put()  # the folders and the database's files exist now
        monkeypatch.setattr(at.blobs.disk, "_folder", lambda folder: folder.mkdir(exist_ok=True))
        monkeypatch.setattr(os, "fsync", fsync)
        monkeypatch.setattr(os, "rename", rename)
        monkeypatch.setattr(at.db, "write", write)
        await at.put()
        monkeypatch.undo()
    assert order == ["sync file", "rename", "sync folder", "row"]


async def test_a_link_is_never_stored(tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        (tmp_path / "secret").write_text("canary")
        link = at.blobs.disk.new_tmp()
        link.symlink_to(tmp_path / "secret")
        pipe = at.blobs.disk.new_tmp()
        os.mkfifo(pipe)
        for path in (link, pipe, at.blobs.disk.tmp_dir):
            with pytest.raises(ValueError, match=r"link|plain"):
                await at.blobs.put(path, owner="ann", content_type="image/png", kind="result")
        assert list(at.blobs.disk.names()) == []
        assert (tmp_path / "secret").read_text() == "canary"


async def test_a_file_from_another_disk_is_brought_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with shelf(tmp_path / "data") as at:
        source = tmp_path / "made.png"
        source.write_bytes(b"far away")
        monkeypatch.setattr(DiskStore, "_is_elsewhere", lambda *_: True)
        blob = await at.blobs.put(source, owner="ann", content_type="image/png", kind="result")
        assert at.blobs.path(blob).read_bytes() == b"far away"
        assert not source.exists()


async def test_a_full_disk_is_503_and_leaves_nothing(tmp_path: Path) -> None:
    async with shelf(tmp_path, min_free_disk=1 << 60) as at:
        with pytest.raises(RequestError) as caught:
            at.blobs.check_room()
        assert caught.value.failure().status == 503
    async with shelf(tmp_path) as at:
        at.blobs.check_room()


async def test_start_removes_what_was_half_made(tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        blob = await at.put()
        (at.blobs.disk.tmp_dir / "orphan").write_text("x")
        (at.blobs.disk.tmp_dir / "job").mkdir()
        (at.blobs.disk.tmp_dir / "job" / "frame").write_text("x")
        (tmp_path / "outside").mkdir()
        (tmp_path / "outside" / "kept").write_text("x")
        (at.blobs.disk.tmp_dir / "link").symlink_to(tmp_path / "outside")
        await at.blobs.start()
        assert at.leftovers() == []
        assert (tmp_path / "outside" / "kept").exists()
        assert at.blobs.path(blob).exists()


async def test_the_signing_secret_survives_a_restart(tmp_path: Path) -> None:
    signatures: set[str] = set()
    for _ in range(2):
        async with shelf(tmp_path, tmp_path / "gesso.db") as at:
            signatures.add(at.blobs.signer.signature("file", "name"))
    async with shelf(tmp_path / "other") as at:
        assert at.blobs.signer.signature("file", "name") not in signatures
    assert len(signatures) == 1


# ---------------------------------------------------------------- time


async def test_a_file_is_gone_to_the_second(tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        blob = await at.put(expires_at=at.clock.now + 60)
        kept = await at.put()
        at.clock.now += 59.999
        assert await at.blobs.get(blob.name, "ann")
        assert await at.blobs.sweep() == 0
        at.clock.now += 0.001
        assert await at.blobs.get(blob.name, "ann") is None
        assert at.blobs.path(blob).exists()
        assert await at.blobs.sweep() == 1
        assert not at.blobs.path(blob).exists()
        assert list(at.blobs.disk.names()) == [kept.name]
        assert await at.blobs.sweep() == 0


async def test_a_crash_in_a_sweep_leaves_a_row_not_a_lie(tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        blob = await at.put(expires_at=at.clock.now + 1)
        at.clock.now += 2
        at.blobs.disk.remove(blob.name)  # what the sweep does first
        assert await at.blobs.get(blob.name, None) is None
        assert await at.blobs.sweep() == 1


async def test_defaults_by_kind_and_by_owner(tmp_path: Path) -> None:
    async with shelf(tmp_path, keep_files=100.0, keep_previews=5.0) as at:
        now = at.clock.now
        assert (await at.put(kind="result")).expires_at == now + 100
        assert (await at.put(kind="upload")).expires_at is None
        assert (await at.put(kind="preview")).expires_at == now + 5
        assert (await at.put(kind="result", expires_at=now + 7)).expires_at == now + 7

        async def own(owner: str) -> Keep:
            return Keep(9.0, {"default": "hide", "rules": []}) if owner == "ann" else Keep()

        at.blobs.default_keep = own
        blob = await at.put(kind="upload")
        assert (blob.expires_at, blob.acl) == (now + 9, {"default": "hide", "rules": []})
        assert (await at.put(kind="result", owner="bob")).expires_at == now + 100
        assert (await at.put(kind="preview")).acl is None


# ---------------------------------------------------------------- access


@pytest.mark.parametrize(
    ("acl", "owner", "bob", "nobody"),
    [
        (None, "allow", "allow", "allow"),
        ({"default": "allow"}, "allow", "allow", "allow"),
        ({"default": "forbid"}, "allow", "forbid", "forbid"),
        ({"default": "hide"}, "allow", "hide", "hide"),
        ({"default": "hide", "rules": [{"user": "bob", "decision": "allow"}]}, "allow", "allow", "hide"),
        ({"default": "allow", "rules": [{"user": "bob", "decision": "forbid"}]}, "allow", "forbid", "allow"),
        ({"default": "allow", "rules": [{"user": "ann", "decision": "hide"}]}, "allow", "allow", "allow"),
        (
            {"rules": [{"user": "bob", "decision": "hide"}, {"user": "bob", "decision": "allow"}]},
            *("allow", "allow", "allow"),
        ),
    ],
)
async def test_who_sees_a_file(acl: Any, owner: str, bob: str, nobody: str, tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        blob = await at.put()
        if acl is not None:
            assert await at.blobs.set_acl(blob.name, "ann", acl)

        async def seen(user: str | None) -> str:
            try:
                return "allow" if await at.blobs.get(blob.name, user) else "hide"
            except RequestError as error:
                return {403: "forbid"}[error.status]

        assert [await seen("ann"), await seen("bob"), await seen(None)] == [owner, bob, nobody]


async def test_only_the_owner_changes_rules_and_a_change_counts_at_once(tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        blob = await at.put()
        told: list[str] = []
        at.blobs.on_change.append(told.append)
        assert await at.blobs.get(blob.name, "bob")
        assert await at.blobs.set_acl(blob.name, "bob", {"default": "hide"}) is None
        assert await at.blobs.get_acl(blob.name, "bob") is None
        assert await at.blobs.get_acl(blob.name, "ann") == {"default": "allow", "rules": []}
        await at.blobs.set_acl(blob.name, "ann", {"default": "hide"})
        assert await at.blobs.get(blob.name, "bob") is None
        await at.blobs.delete(blob.name)
        assert await at.blobs.get(blob.name, "ann") is None
        assert not at.blobs.path(blob).exists()
        assert told == [blob.name, blob.name]


@pytest.mark.parametrize(
    "acl",
    [
        *(None, [], "hide", {"default": "public"}, {"default": None}, {"rules": "x"}, {"rules": ["x"]}),
        *({"rules": [{"user": "a"}]}, {"rules": [{"decision": "allow"}]}, {"rules": [{"user": 1, "decision": "hide"}]}),
        {"rules": [{"user": "a", "decision": "allow"}] * 101},
    ],
)
async def test_rules_that_cannot_be_read_are_refused(acl: Any, tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        blob = await at.put()
        with pytest.raises(InputError):
            await at.blobs.set_acl(blob.name, "ann", acl)
        assert (await at.blobs.find(blob.name)) == blob


HOSTILE = [
    *("", ".", "..", "../gesso.db", "/etc/passwd", "a" * 26, "a" * 26 + ".", "a" * 26 + ".toolong", "A" * 26 + ".png"),
    *("%2e%2e/x", "..\\..\\x", "a" * 25 + "/.png", "a" * 26 + ".png/", "a" * 26 + ".png\n", "\n" + "a" * 26 + ".png"),
    *("a" * 26 + ".png\x00", "a" * 26 + ".p/g", "a" * 26 + "..png", "a" * 27 + ".png", "ａ" * 26 + ".png", "a" * 5000),
]


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_names_reach_no_file(name: str, tmp_path: Path) -> None:
    (tmp_path / "canary").write_text("alive")
    async with shelf(tmp_path) as at:
        kept = await at.put()
        assert await at.blobs.get(name, "ann") is None
        await at.blobs.delete(name)
        assert at.blobs.path(kept).exists()
    assert (tmp_path / "canary").exists()


async def test_many_at_once(tmp_path: Path) -> None:
    async with shelf(tmp_path) as at:
        blobs = await asyncio.gather(*(at.put(f"{n}".encode()) for n in range(100)))
        assert [at.blobs.path(blob).read_bytes() for blob in blobs] == [f"{n}".encode() for n in range(100)]
        assert sorted(at.blobs.disk.names()) == sorted(blob.name for blob in blobs)


async def test_a_cancelled_put_leaves_neither_file_nor_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with shelf(tmp_path) as at:
        entered, release = threading.Event(), threading.Event()
        genuine = at.blobs.disk.store

        def slow(source: Path, name: str) -> int:
            entered.set()
            assert release.wait(10)
            return genuine(source, name)

        monkeypatch.setattr(at.blobs.disk, "store", slow)
        gone = asyncio.Event()
        at.blobs.on_change.append(lambda _: gone.set())
        putting = asyncio.create_task(at.put(job_id="job"))
        assert await asyncio.to_thread(entered.wait, 10)
        putting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await putting
        release.set()
        await asyncio.wait_for(gone.wait(), 10)
        assert list(at.blobs.disk.names()) == []
        assert await at.blobs.by_job("job") == []
        assert at.leftovers() == []
