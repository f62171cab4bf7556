"""Durable before the reply, and honest when it cannot be."""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from gesso.db import sqlite
from gesso.db.database import Transaction
from gesso.db.faults import DatabaseFault
from gesso.db.sqlite import SqliteDatabase

pytestmark = pytest.mark.anyio


@pytest.fixture
async def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SqliteDatabase]:
    monkeypatch.setattr(sqlite, "BUSY_MS", 10)
    database = await SqliteDatabase.open(tmp_path / "gesso.db")
    yield database
    await database.close()


def publish(name: str, size: int = 2):
    def operation(tx: Transaction) -> int:
        return tx.run("workers.publish", {"name": name, "facts": "x" * size, "now": 1.0})

    return operation


async def test_a_reply_comes_after_its_commit(db: SqliteDatabase) -> None:
    events: list[str] = []
    db._writing.set_trace_callback(lambda sql: events.append(sql.split()[0]))
    await db.write(publish("a"))
    events.append("reply")
    db._writing.set_trace_callback(None)
    assert events == ["BEGIN", "INSERT", "COMMIT", "reply"]


async def test_one_failure_undoes_one_operation_of_its_group(db: SqliteDatabase) -> None:
    def broken(tx: Transaction) -> None:
        publish("gone")(tx)
        raise ValueError("of this operation alone")

    writes = (db.write(publish("a")), db.write(broken), db.write(publish("b")))
    before = db.commits
    results = await asyncio.gather(*writes, return_exceptions=True)
    assert [type(result).__name__ for result in results] == ["int", "ValueError", "int"]
    assert [row["name"] for row in await db.all("workers.all")] == ["a", "b"]
    assert db.commits - before == 1


async def test_a_group_without_failures_needs_no_savepoints(db: SqliteDatabase) -> None:
    events: list[str] = []
    db._writing.set_trace_callback(lambda sql: events.append(sql.split()[0]))
    await asyncio.gather(*(db.write(publish(str(n))) for n in range(3)))
    db._writing.set_trace_callback(None)
    assert events == ["BEGIN", "INSERT", "INSERT", "INSERT", "COMMIT"]


def publish_all(tx: Transaction, names: Sequence[str]) -> list[str]:
    if "bad" in names:
        raise ValueError("bad")
    tx.many("workers.publish", [{"name": name, "facts": "{}", "now": 1.0} for name in names])
    return [name.upper() for name in names]


async def test_items_side_by_side_are_one_operation_and_keep_their_place(db: SqliteDatabase) -> None:
    seen: list[list[str]] = []

    def noted(tx: Transaction, names: Sequence[str]) -> list[str]:
        seen.append(list(names))
        return publish_all(tx, names)

    for number in range(40):
        db.post_each(noted, f"{number:02}")
    await db.write(publish("last"))
    assert await asyncio.gather(db.write_each(noted, "x"), db.write_each(noted, "y")) == ["X", "Y"]
    assert [len(names) for names in seen] == [40, 2]
    assert [row["name"] for row in await db.all("workers.all")] == [*seen[0], "last", "x", "y"]


async def test_an_item_that_fails_takes_no_other_with_it(db: SqliteDatabase) -> None:
    each = (db.write_each(publish_all, name) for name in ("a", "bad", "b"))
    results = await asyncio.gather(*each, return_exceptions=True)
    assert [str(result) for result in results] == ["A", "bad", "B"]
    assert [row["name"] for row in await db.all("workers.all")] == ["a", "b"]


async def test_done_is_called_for_a_caller_that_went_away(db: SqliteDatabase) -> None:
    told: list[int] = []
    writing = asyncio.create_task(db.write(publish("a"), told.append))
    await asyncio.sleep(0)
    writing.cancel()
    await db.flush()
    assert told == [1]


async def test_a_done_that_fails_is_its_own_callers_alone(db: SqliteDatabase) -> None:
    def broken(_: int) -> None:
        raise ValueError("of this caller alone")

    writes = (db.write(publish("a"), broken), db.write(publish("b")))
    results = await asyncio.gather(*writes, return_exceptions=True)
    assert [type(result).__name__ for result in results] == ["ValueError", "int"]


async def test_a_full_disk_fails_the_group_and_heals(db: SqliteDatabase) -> None:
    [pages] = db._writing.execute("PRAGMA page_count").fetchone()
    db._writing.execute(f"PRAGMA max_page_count={pages}")
    results = await asyncio.gather(*(db.write(publish(str(n), 100_000)) for n in range(4)), return_exceptions=True)
    assert [str(result)[:17] for result in results] == ["The disk is full:"] * 4
    assert await db.all("workers.all") == []
    db._writing.execute("PRAGMA max_page_count=1000000")
    await db.write(publish("later", 100_000))
    assert [row["name"] for row in await db.all("workers.all")] == ["later"]


async def test_the_refusal_is_a_503_that_may_be_tried_again(db: SqliteDatabase) -> None:
    db._writing.execute("PRAGMA max_page_count=1")
    with pytest.raises(DatabaseFault) as caught:
        await db.write(publish("a", 100_000))
    failure = caught.value.failure()
    assert (failure.status, failure.headers["x-fal-needs-retry"]) == (503, "1")


async def test_a_lock_from_outside_is_waited_for_then_told(db: SqliteDatabase, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "gesso.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseFault, match="Another program"):
        await db.write(publish("a"))
    assert await db.all("workers.all") == [], "reading goes on"
    other.execute("ROLLBACK")
    other.close()
    await db.write(publish("a"))


BROKEN_DISK = """
import asyncio, resource, sys
from pathlib import Path
from gesso.db.faults import DatabaseFault
from gesso.db.sqlite import SqliteDatabase

def publish(tx):
    tx.run("workers.publish", {"name": "a", "facts": "x" * 200_000, "now": 1.0})

async def main(path):
    db = await SqliteDatabase.open(path)
    size = path.with_name("gesso.db-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 4096, resource.RLIM_INFINITY))
    for _ in range(2):
        try:
            await db.write(publish)
        except DatabaseFault as error:
            print(error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(len(await db.all("workers.all")), "rows")
    await db.close()

asyncio.run(main(Path(sys.argv[1])))
"""


def test_after_a_failed_write_nothing_more_is_accepted(tmp_path: Path) -> None:
    """What the kernel holds after a failed write is unknown, so even a healthy disk later is not trusted."""
    command = [sys.executable, "-c", BROKEN_DISK, str(tmp_path / "gesso.db")]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    first, second, rows = ran.stdout.splitlines()
    assert "nothing more is accepted until a restart" in first
    assert second == first
    assert rows == "0 rows"


REPLIES = """
import asyncio, os, sys
from pathlib import Path
from gesso.db.sqlite import SqliteDatabase

async def main(path):
    db = await SqliteDatabase.open(path)
    os.write(1, b"reply open\\n")
    for n in range(20):
        await db.write(lambda tx: tx.run("workers.publish", {"name": str(n), "facts": "{}", "now": 1.0}))
        os.write(1, b"reply %d\\n" % n)
    await db.close()

asyncio.run(main(Path(sys.argv[1])))
"""


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace shows the order of system calls")
def test_the_kernel_syncs_before_every_reply(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    command = ["strace", "-f", "-e", "trace=fdatasync,fsync,write", "-o", str(trace)]
    subprocess.run(
        [*command, sys.executable, "-c", REPLIES, str(tmp_path / "gesso.db")], check=True, capture_output=True
    )
    synced = 0
    replies: list[int] = []
    for line in trace.read_text().splitlines():
        if re.search(r"(fdatasync|fsync)(\(\d+\)| resumed>\)) += 0", line):
            synced += 1
        elif 'write(1, "reply' in line:
            replies.append(synced)
            synced = 0
    assert len(replies) == 21
    assert min(replies) >= 1, replies
