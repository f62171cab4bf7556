"""A file store over a folder and a database in memory, with a clock that stands still until told."""

from __future__ import annotations

import contextlib
import struct
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gesso.blobs.disk import DiskStore
from gesso.blobs.store import Blob, Blobs
from gesso.db.sqlite import SqliteDatabase
from gesso.settings import Settings


@dataclass
class Clock:
    """Unix seconds, moved by hand."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Shelf:
    """The store and what tests reach behind it for."""

    blobs: Blobs
    clock: Clock
    settings: Settings
    db: SqliteDatabase

    async def put(self, data: bytes = b"data", **more: Any) -> Blob:
        path = self.blobs.disk.new_tmp()
        path.write_bytes(data)
        return await self.blobs.put(path, **{"owner": "ann", "content_type": "image/png", "kind": "result", **more})

    def leftovers(self) -> list[str]:
        """What lies in tmp and uploads."""
        folders = (self.blobs.disk.tmp_dir, self.blobs.disk.uploads_dir)
        return sorted(str(path.relative_to(folder)) for folder in folders for path in folder.rglob("*"))


@contextlib.asynccontextmanager
async def shelf(tmp_path: Path, database: Path | None = None, **settings: Any) -> AsyncIterator[Shelf]:
    """A started store."""
    chosen = Settings(**{"data_dir": tmp_path, "min_free_disk": 0, **settings})
    db = await SqliteDatabase.open(database)
    clock = Clock()
    blobs = Blobs(db, DiskStore(chosen.files_dir, chosen.tmp_dir), chosen, clock)
    try:
        await blobs.start()
        yield Shelf(blobs, clock, chosen, db)
    finally:
        await db.close()


def png(width: int = 4, height: int = 3) -> bytes:
    """A grey PNG that decodes; large ones are cheap."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\0" + b"\x80" * width) * min(height, 64)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
