"""Opening: what cannot be used is refused with a sentence that says what to do."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from gesso.db import sqlite
from gesso.db.faults import StartError
from gesso.db.sqlite import SqliteDatabase

pytestmark = pytest.mark.anyio


async def test_the_folder_and_a_private_file_are_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "gesso.db"
    database = await SqliteDatabase.open(path)
    await database.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_what_was_written_is_there_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "gesso.db"
    for name in ("a", "b"):
        database = await SqliteDatabase.open(path)
        await database.write(lambda tx, n=name: tx.run("workers.publish", {"name": n, "facts": "{}", "now": 1.0}))
        await database.close()
    database = await SqliteDatabase.open(path)
    assert [row["name"] for row in await database.all("workers.all")] == ["a", "b"]
    await database.close()


async def test_the_writer_syncs_every_commit(tmp_path: Path) -> None:
    """NORMAL would sync at checkpoints only, and no kill of the process could show the difference."""
    database = await SqliteDatabase.open(tmp_path / "gesso.db")
    pragmas = [database._writing.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "journal_mode")]
    await database.close()
    assert pragmas == [2, "wal"]


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gesso.db"
    path.write_bytes(b"not a database, " * 512)
    with pytest.raises(StartError, match=r"damaged.*Restore a backup"):
        await SqliteDatabase.open(path)
    assert path.read_bytes().startswith(b"not a database"), "the evidence stays"


async def test_a_damaged_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gesso.db"
    database = await SqliteDatabase.open(path)
    await database.close()
    with path.open("r+b") as file:
        file.seek(100)  # past the header: the first page's own tree
        file.write(b"\xff" * 3000)
    with pytest.raises(StartError, match="damaged"):
        await SqliteDatabase.open(path)


async def test_a_path_through_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StartError, match="choose another"):
        await SqliteDatabase.open(tmp_path / "file" / "gesso.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_a_read_only_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "fixed"
    folder.mkdir(mode=0o500)
    with pytest.raises(StartError, match="rights"):
        await SqliteDatabase.open(folder / "gesso.db")


async def test_a_database_that_another_program_holds_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_MS", 10)
    path = tmp_path / "gesso.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("CREATE TABLE taken (x)")
    with pytest.raises(StartError, match=r"locked|busy"):
        await SqliteDatabase.open(path)
    other.close()


async def test_an_old_sqlite_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    with pytest.raises(StartError, match="too old"):
        await SqliteDatabase.open(None)
