"""Stored files: their rows, their access rules, their time on earth.

put      bytes made durable, then the row: whoever can see a row can read its file
get      the row, for somebody: expiry and ACL applied
sweep    what is over: first the file, then the row, so that a crash between leaves work, not a lie
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from gesso.blobs.access import Acl, Keep, decide, is_public, parse_acl
from gesso.blobs.disk import DiskStore
from gesso.blobs.names import extension, is_name, new_name
from gesso.blobs.signing import UrlSigner
from gesso.db.database import Database, Row
from gesso.errors import DISK_FULL, RequestError, disk_full
from gesso.settings import Settings

Kind = Literal["upload", "result", "preview"]

CACHE_SECONDS = 5.0
"""Rows are read again this often, so that another process's changes count soon; our own count at once."""

CACHE_ROWS = 8192
SWEEP_ROWS = 500
NAMES_ROWS = 10_000
ROOM_SECONDS = 1.0
"""How often the disk is asked what it has left."""


@dataclass(frozen=True, slots=True)
class Blob:
    """One stored file. Times are Unix seconds."""

    name: str
    owner: str
    content_type: str
    file_name: str | None
    size: int
    etag: str
    """With its quotes, as the header carries it."""
    created_at: float
    expires_at: float | None
    acl: Acl | None
    kind: Kind
    job_id: str | None = None

    @property
    def is_public(self) -> bool:
        """Whether its name alone opens it."""
        return is_public(self.acl)


class Blobs:
    """The files of one server. `start` before use."""

    def __init__(
        self, db: Database, disk: DiskStore, settings: Settings, clock: Callable[[], float] = time.time
    ) -> None:
        self.db = db
        self.disk = disk
        self.settings = settings
        self.clock = clock
        self.signer = UrlSigner(b"", clock)
        self.default_keep: Callable[[str], Awaitable[Keep]] | None = None
        """The owner's own setting for files that ask for nothing."""
        self.on_change: list[Callable[[str], object]] = []
        """Called with the name of a file whose row has changed or gone."""
        self.on_sweep: list[Callable[[], Awaitable[int]]] = []
        """Further things to sweep; `Uploads` adds itself."""
        self._undoing: set[asyncio.Task[None]] = set()
        self._rows: dict[str, tuple[float, Blob]] = {}
        self._room: tuple[float, int] = (float("-inf"), 0)

    async def start(self) -> None:
        """Folders, leftovers of a former process, and the secret that signs addresses."""
        if await asyncio.to_thread(self.disk.open):
            await self._remove_unknown()
            await self._remove([row["name"] for row in await self.db.all("files.of_unknown")])
        await self._remove([row["name"] for row in await self.db.all("files.of_unfinished")])
        fresh = {"secret": secrets.token_hex(32)}
        row = await self.db.one("files.secret")
        if row is None:
            await self.db.write(lambda tx: tx.run("files.add_secret", fresh))
            row = await self.db.one("files.secret")
        if row is None:
            raise RuntimeError("the database keeps no secret for files")
        self.signer = UrlSigner(bytes.fromhex(row["secret"]), self.clock)

    async def close(self) -> None:
        """Every file has its row, or never will."""
        await asyncio.gather(*self._undoing, return_exceptions=True)
        await asyncio.to_thread(self.disk.close)

    async def _remove_unknown(self) -> None:
        """After a crash: delete files that got their place and not their row."""
        known: set[str] = set()
        after = ""
        while rows := await self.db.all("files.names", {"after": after, "limit": NAMES_ROWS}):
            known.update(row["name"] for row in rows)
            after = rows[-1]["name"]

        def remove() -> None:
            for name in self.disk.names():
                if name not in known:
                    self.disk.remove(name)

        await asyncio.to_thread(remove)

    # ------------------------------------------------------------ making

    async def put(  # noqa: PLR0913  (a file has this many facts)
        self,
        path: Path,
        *,
        owner: str,
        content_type: str,
        kind: Kind,
        file_name: str | None = None,
        expires_at: float | None = None,
        acl: Acl | None = None,
        job_id: str | None = None,
        name: str | None = None,
    ) -> Blob:
        """Move the file at `path` into the store; durable when this returns.

        `name` is one that an upload reserved. Raises `RequestError` 503 where the disk is full, ValueError where
        `path` is a link.
        """
        keep = await self._defaults(owner, kind, expires_at, acl)
        now = self.clock()
        if expires_at is None and keep.seconds is not None:
            expires_at = now + keep.seconds
        acl = acl if acl is not None else keep.acl
        reserved, name = name is not None, name or new_name(extension(content_type, file_name))
        etag = f'"{name.partition(".")[0]}"'  # bytes never change under a name, so the name says which they are
        blob = Blob(name, owner, content_type, file_name, 0, etag, now, expires_at, acl, kind, job_id)
        storing = asyncio.create_task(self._store(path, blob))
        try:
            return await asyncio.shield(storing)
        except asyncio.CancelledError:
            if not reserved:  # an upload that is sent again will want it; nobody will know of anything else
                undoing = asyncio.create_task(self._undo(storing))
                self._undoing.add(undoing)
                undoing.add_done_callback(self._undoing.discard)
            raise

    async def _store(self, path: Path, blob: Blob) -> Blob:
        async with full_disk():
            size = await asyncio.to_thread(self.disk.store, path, blob.name)
        blob = replace(blob, size=size)
        await self.db.write(lambda tx: tx.run("files.insert", _params(blob)))
        return blob

    async def _undo(self, storing: asyncio.Task[Blob]) -> None:
        """Remove what a cancelled caller no longer wants: a thread and a transaction cannot be stopped half-way."""
        await asyncio.wait([storing])
        if storing.exception() is None:
            await self.delete(storing.result().name)

    async def _defaults(self, owner: str, kind: Kind, expires_at: float | None, acl: Acl | None) -> Keep:
        if kind == "preview":
            return Keep(self.settings.keep_previews)
        if self.default_keep is not None and expires_at is None and acl is None:
            keep = await self.default_keep(owner)
            if keep != Keep():
                return keep
        return Keep(self.settings.keep_files if kind == "result" else None)

    def check_room(self, coming: int = 0) -> None:
        """Raises `RequestError` 503 below the floor of free disk; asked before new work is accepted.

        `coming` bytes are about to be written: of what the disk had when it was looked at, they are taken.
        """
        now = time.monotonic()
        if now - self._room[0] > ROOM_SECONDS:
            self._room = (now, self.disk.free_bytes())
        left = self._room[1] - coming
        if left < self.settings.min_free_disk:
            raise disk_full()
        self._room = (self._room[0], left)

    # ------------------------------------------------------------ reading

    async def get(self, name: str, owner: str | None) -> Blob | None:
        """The file as `owner` (none: nobody known) may see it; none where it is unknown, over or hidden.

        Raises `RequestError` 403 where its ACL forbids it.
        """
        blob = await self.find(name)
        if blob is None:
            return None
        decision = decide(blob.acl, blob.owner, owner)
        if decision == "forbid":
            raise RequestError("Access to this file is forbidden.", status=403, error_type="forbidden")
        return blob if decision == "allow" else None

    async def find(self, name: str) -> Blob | None:
        """The file whoever asks, while its time lasts."""
        blob = self.cached(name)
        if blob is None and is_name(name):
            row = await self.db.one("files.get", {"name": name})
            blob = None if row is None else _blob(row)
            if blob is not None:
                self._remember(blob)
        return None if blob is None or self._is_over(blob) else blob

    def cached(self, name: str) -> Blob | None:
        """The row if it was read within the last seconds and its time lasts."""
        entry = self._rows.get(name)
        if entry is None or entry[0] < time.monotonic() or self._is_over(entry[1]):
            return None
        return entry[1]

    def _is_over(self, blob: Blob) -> bool:
        return blob.expires_at is not None and blob.expires_at <= self.clock()

    def _remember(self, blob: Blob) -> None:
        if len(self._rows) >= CACHE_ROWS:
            self._rows.clear()
        self._rows[blob.name] = (time.monotonic() + CACHE_SECONDS, blob)

    def path(self, blob: Blob) -> Path:
        """Where its bytes lie; not to be changed."""
        return self.disk.path(blob.name)

    async def by_job(self, job_id: str) -> list[Blob]:
        """The files that a request made."""
        return [_blob(row) for row in await self.db.all("files.by_job", {"job_id": job_id})]

    # ------------------------------------------------------------ changing

    async def get_acl(self, name: str, owner: str) -> Acl | None:
        """The rules of the owner's own file; none where there is no such file."""
        blob = await self.find(name)
        if blob is None or blob.owner != owner:
            return None
        return blob.acl or {"default": "allow", "rules": []}

    async def set_acl(self, name: str, owner: str, acl: Any) -> Acl | None:
        """Replace the rules of the owner's own file; none where there is no such file. Raises `InputError`."""
        checked = parse_acl(acl)
        if await self.get_acl(name, owner) is None:
            return None
        await self.db.write(lambda tx: tx.run("files.set_acl", {"name": name, "acl": json.dumps(checked)}))
        self._changed(name)
        return checked

    async def delete(self, name: str) -> None:
        """Remove a file for good; none there is fine."""
        if is_name(name):
            await self._remove([name])

    async def sweep(self) -> int:
        """Delete what has expired; how many files and abandoned uploads went."""
        total = sum([await further() for further in self.on_sweep])
        while True:
            rows = await self.db.all("files.expired", {"now": self.clock(), "limit": SWEEP_ROWS})
            names = [str(row["name"]) for row in rows]
            if not names:
                return total
            await self._remove(names)
            total += len(names)

    async def _remove(self, names: list[str]) -> None:
        if not names:
            return

        def unlink() -> None:
            for name in names:
                self.disk.remove(name)

        await asyncio.to_thread(unlink)
        await self.db.write(lambda tx: tx.many("files.delete", [{"name": name} for name in names]))
        for name in names:
            self._changed(name)

    def _changed(self, name: str) -> None:
        self._rows.pop(name, None)
        for tell in self.on_change:
            tell(name)


@asynccontextmanager
async def full_disk() -> AsyncGenerator[None]:
    """Turns the operating system's "no space" into our answer."""
    try:
        yield
    except OSError as error:
        if error.errno in DISK_FULL:
            raise disk_full() from error
        raise


def _params(blob: Blob) -> dict[str, Any]:
    params = {field: getattr(blob, field) for field in Blob.__slots__}
    params["acl"] = None if blob.acl is None else json.dumps(blob.acl)
    return params


def _blob(row: Row) -> Blob:
    values = {field: row[field] for field in Blob.__slots__}
    values["acl"] = json.loads(values["acl"]) if values["acl"] else None
    return Blob(**values)
