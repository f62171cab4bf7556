"""Uploads on their way to become files: begun with a reserved name, sent whole or in parts, finished once.

    begin ──▶ put                    one body
          └─▶ put_part … complete    parts in any order, each as often as the client likes

The file's row is what says "finished": sending or completing again after that changes nothing and succeeds.
Everything is on disk and in the database, so an upload outlives a restart. What nobody finishes is swept.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, cast
from weakref import WeakValueDictionary

from gesso.blobs.access import Keep
from gesso.blobs.disk import Draft
from gesso.blobs.names import clean_file_name, content_type_of, extension, new_name
from gesso.blobs.store import Blob, Blobs, full_disk
from gesso.db.database import Transaction
from gesso.errors import RequestError

UPLOAD_SECONDS = 86_400.0
"""How long an upload may take from its beginning; then its parts go."""

MAX_PARTS = 10_000
FLUSH_BYTES = 1 << 20
"""Bytes gathered before they are written: a thread switch for each chunk would cost more than the write."""

_ID = re.compile(r"[0-9a-f]{40}")
_NUMBER = re.compile(r"[1-9][0-9]{0,4}")


@dataclass(frozen=True, slots=True)
class Upload:
    """One upload that was begun and is not over."""

    id: str
    name: str
    owner: str
    content_type: str
    file_name: str | None
    keep: Keep


class Uploads:
    """The uploads of one server."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        blobs.on_sweep.append(self.sweep)

    async def begin(self, *, owner: str, content_type: str, file_name: str | None, keep: Keep) -> Upload:
        """Reserve a name. Raises `RequestError` 503 where the disk is nearly full."""
        self._blobs.check_room()
        upload = self._new(owner, content_type, file_name, keep)
        now = self._blobs.clock()
        params = {
            "id": upload.id,
            "name": upload.name,
            "owner": owner,
            "content_type": upload.content_type,
            "file_name": upload.file_name,
            "created_at": now,
            "ends_at": now + UPLOAD_SECONDS,
            "keep": keep.as_json(),
        }
        await self._blobs.db.write(lambda tx: tx.run("uploads.insert", params))
        return upload

    def _new(self, owner: str, content_type: str, file_name: str | None, keep: Keep) -> Upload:
        kind, called = content_type_of(content_type), clean_file_name(file_name)
        return Upload(secrets.token_hex(20), new_name(extension(kind, called)), owner, kind, called, keep)

    async def get(self, id: str) -> Upload:
        """The upload. Raises `RequestError` 404 where there is none, or none any more."""
        row = None
        if _ID.fullmatch(id):
            row = await self._blobs.db.one("uploads.get", {"id": id, "now": self._blobs.clock()})
        if row is None:
            raise RequestError("There is no such upload, or its time is over.", status=404, error_type="not_found")
        keep = Keep.from_json(row["keep"])
        return Upload(row["id"], row["name"], row["owner"], row["content_type"], row["file_name"], keep)

    async def put(self, upload: Upload, chunks: AsyncIterator[bytes]) -> Blob:
        """The whole file in one body."""
        async with self._lock(upload.id):
            done = await self._blobs.find(upload.name)
            if done is not None:
                await _discard(chunks)
                return done
            draft, _ = await self._receive(chunks)
            return await self._finish(upload, draft)

    async def put_new(
        self, chunks: AsyncIterator[bytes], *, owner: str, content_type: str, file_name: str | None, keep: Keep
    ) -> Blob:
        """A file that comes at once, with nothing to return to: no upload is recorded."""
        self._blobs.check_room()
        draft, _ = await self._receive(chunks)
        return await self._finish(self._new(owner, content_type, file_name, keep), draft)

    async def put_part(self, upload: Upload, number: int, chunks: AsyncIterator[bytes]) -> str:
        """One part; its ETag with quotes. Raises `RequestError` 413 where all parts together grow too large."""
        if await self._blobs.find(upload.name) is not None:
            raise bad_upload("The upload is complete already.")
        draft, digest = await self._receive(chunks)
        try:
            async with self._lock(upload.id), full_disk():
                await self._store_part(upload, number, draft, digest)
        except BaseException:
            draft.discard()
            raise
        return f'"{digest}"'

    async def _store_part(self, upload: Upload, number: int, draft: Draft, digest: str) -> None:
        """With the upload's lock: several parts come at once, and the last of them must see the sizes of the others."""
        blobs, others = self._blobs, {"upload": upload.id, "number": number}
        row = await blobs.db.one("uploads.others_size", others)
        limit = blobs.settings.max_upload
        if draft.size + (row["size"] if row else 0) > limit:
            raise RequestError(f"The file is larger than {limit} bytes.", status=413, error_type="file_too_large")
        if await blobs.find(upload.name) is not None:
            raise bad_upload("The upload is complete already.")
        await asyncio.to_thread(blobs.disk.store_part, draft.path, upload.id, number)
        params = {**others, "size": draft.size, "etag": digest}
        await blobs.db.write(lambda tx: tx.run("uploads.put_part", params))

    async def complete(self, upload: Upload, listed: Any) -> Blob:
        """Join the parts that the client lists. Raises `RequestError` 400 where one is missing or another."""
        async with self._lock(upload.id):
            done = await self._blobs.find(upload.name)
            if done is not None:
                return done
            numbers, size = await self._check_parts(upload, read_parts(listed))
            self._blobs.check_room(size)
            async with full_disk():
                joined = await asyncio.to_thread(self._blobs.disk.join, upload.id, numbers)
            try:
                blob = await self._store(upload, joined)
            except Exception:
                joined.unlink(missing_ok=True)
                raise
            await asyncio.to_thread(self._blobs.disk.remove_upload, upload.id)
            return blob

    async def _check_parts(self, upload: Upload, listed: Mapping[int, str | None]) -> tuple[list[int], int]:
        """The numbers of the parts in order, and the bytes of all of them."""
        rows = await self._blobs.db.all("uploads.parts", {"upload": upload.id})
        stored = {int(row["number"]): str(row["etag"]) for row in rows}
        numbers = sorted(listed)
        for position, number in enumerate(numbers, start=1):
            if number != position or number not in stored:
                raise bad_upload(f"Part {position} is missing.")
            if listed[number] not in (None, stored[number]):
                raise bad_upload(f"Part {number} is not the one that was stored last.")
        return numbers, sum(int(row["size"]) for row in rows)

    async def _receive(self, chunks: AsyncIterator[bytes]) -> tuple[Draft, str]:
        """The body in a closed draft, and its digest. Nothing is left where the body breaks off or finds no room:
        many that come at once must leave the database its own."""
        digest = hashlib.blake2b(digest_size=16)
        draft = await asyncio.to_thread(Draft, self._blobs.disk.new_tmp())
        pending = bytearray()

        def flush() -> None:
            digest.update(pending)
            draft.write(pending)
            pending.clear()

        try:
            async with full_disk():
                async for chunk in chunks:
                    pending += chunk
                    if len(pending) >= FLUSH_BYTES:
                        self._blobs.check_room(len(pending))
                        await asyncio.to_thread(flush)
                await asyncio.to_thread(flush)
        except BaseException:
            draft.discard()
            raise
        draft.close()
        return draft, digest.hexdigest()

    async def _finish(self, upload: Upload, draft: Draft) -> Blob:
        try:
            return await self._store(upload, draft.path)
        except BaseException:
            draft.discard()
            raise

    async def _store(self, upload: Upload, path: Any) -> Blob:
        keep = upload.keep
        return await self._blobs.put(
            path,
            owner=upload.owner,
            content_type=upload.content_type,
            kind="upload",
            file_name=upload.file_name,
            expires_at=None if keep.seconds is None else self._blobs.clock() + keep.seconds,
            acl=keep.acl,
            name=upload.name,
        )

    def _lock(self, id: str) -> asyncio.Lock:
        """One finisher at a time: two would rename over each other."""
        lock = self._locks.get(id)
        if lock is None:
            lock = self._locks[id] = asyncio.Lock()
        return lock

    async def sweep(self) -> int:
        """Forget uploads whose time is over, finished or not; how many."""
        blobs = self._blobs
        rows = await blobs.db.all("uploads.abandoned", {"now": blobs.clock(), "limit": 500})
        ids = [str(row["id"]) for row in rows]
        for id in ids:
            await asyncio.to_thread(blobs.disk.remove_upload, id)

        def forget(tx: Transaction) -> None:
            tx.many("uploads.delete_parts", [{"upload": id} for id in ids])
            tx.many("uploads.delete", [{"id": id} for id in ids])

        if ids:
            await blobs.db.write(forget)
        return len(ids)


def bad_upload(text: str) -> RequestError:
    """400: the client's account of its upload does not hold."""
    return RequestError(text, status=400, error_type="bad_request")


def part_number(text: str) -> int:
    """The number in a part's path. Raises `RequestError` 400."""
    if not _NUMBER.fullmatch(text) or int(text) > MAX_PARTS:
        raise bad_upload(f"Part numbers run from 1 to {MAX_PARTS}.")
    return int(text)


def read_parts(listed: Any) -> dict[int, str | None]:
    """Number to ETag, from the clients' several spellings; unsorted, with or without quotes. Raises 400."""
    if not isinstance(listed, list) or not 1 <= len(cast("list[Any]", listed)) <= MAX_PARTS:
        raise bad_upload("`parts` must list the parts of the upload.")
    found: dict[int, str | None] = {}
    for entry in cast("list[Any]", listed):
        part: Mapping[str, Any] = cast("Mapping[str, Any]", entry) if isinstance(entry, Mapping) else {}
        number = part_number(str(_first(part, "partNumber", "part_number", "PartNumber")))
        etag = _first(part, "etag", "ETag", "e_tag")
        text = str(etag).removeprefix("W/").strip('"') if etag is not None else None
        if found.setdefault(number, text) != text:
            raise bad_upload(f"Part {number} is listed twice.")
    return found


def _first(part: Mapping[str, Any], *names: str) -> Any:
    return next((part[name] for name in names if part.get(name) is not None), None)


async def _discard(chunks: AsyncIterator[bytes]) -> None:
    async for _ in chunks:
        pass
