"""What every implementation of `Database` must do, on disk and in memory."""

from __future__ import annotations

import asyncio
import logging
import sqlite3

import pytest

from gesso.db import sqlite
from gesso.db.database import Transaction
from gesso.db.faults import DatabaseFault
from gesso.db.sqlite import SqliteDatabase

pytestmark = pytest.mark.anyio


def publish(name: str):
    def operation(tx: Transaction) -> int:
        return tx.run("workers.publish", {"name": name, "facts": "{}", "now": 1.0})

    return operation


def fail(tx: Transaction) -> None:
    publish("half")(tx)
    raise LookupError("on purpose")


async def names(db: SqliteDatabase) -> list[str]:
    return [row["name"] for row in await db.all("workers.all")]


async def test_a_write_is_readable_when_it_returns(db: SqliteDatabase) -> None:
    assert await db.write(publish("a")) == 1
    assert await names(db) == ["a"]


async def test_writes_at_once_share_a_commit(db: SqliteDatabase) -> None:
    before = db.commits, db.operations
    await asyncio.gather(*(db.write(publish(str(n))) for n in range(32)))
    assert (db.commits - before[0], db.operations - before[1]) == (1, 32)


async def test_what_changes_nothing_counts_no_commit(db: SqliteDatabase) -> None:
    before = db.commits
    await db.flush()
    assert db.commits == before


async def test_a_failing_operation_undoes_itself_alone(db: SqliteDatabase) -> None:
    results = await asyncio.gather(
        db.write(publish("a")), db.write(fail), db.write(publish("b")), return_exceptions=True
    )
    assert [type(result) for result in results] == [int, LookupError, int]
    assert await names(db) == ["a", "b"]


async def test_a_failing_operation_without_company_undoes_itself(db: SqliteDatabase) -> None:
    with pytest.raises(LookupError):
        await db.write(fail)
    assert await names(db) == []
    await db.write(publish("a"))
    assert await names(db) == ["a"]


async def test_a_broken_constraint_is_raised_to_its_caller(db: SqliteDatabase) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        await db.write(lambda tx: tx.run("workers.publish", {"name": None, "facts": "{}", "now": 1.0}))
    await db.write(publish("a"))


async def test_what_is_posted_comes_before_later_writes(db: SqliteDatabase) -> None:
    db.post(publish("posted"))
    seen = await db.write(lambda tx: [row["name"] for row in tx.all("workers.all")])
    assert seen == ["posted"]


async def test_posted_work_tells_when_it_is_done(db: SqliteDatabase) -> None:
    told: list[int] = []
    db.post(publish("a"), told.append)
    assert told == []
    await db.flush()
    assert told == [1]


async def test_posted_work_alone_is_written_too(db: SqliteDatabase) -> None:
    done = asyncio.Event()
    db.post(publish("a"), lambda _: done.set())
    await done.wait()
    assert await names(db) == ["a"]


async def test_a_posted_failure_is_logged(db: SqliteDatabase, caplog: pytest.LogCaptureFixture) -> None:
    db.post(fail)
    await db.flush()
    assert "on purpose" in caplog.text
    assert await names(db) == []


async def test_posts_beyond_the_bound_are_dropped_with_a_word(
    db: SqliteDatabase, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "MAX_POSTED", 2)
    with caplog.at_level(logging.ERROR):
        for name in "abc":
            db.post(publish(name))
    await db.flush()
    assert await names(db) == ["a", "b"]
    assert "too slow" in caplog.text


async def test_readers_see_nothing_before_the_commit(db: SqliteDatabase) -> None:
    """The reading waits in memory, and sees the state before on disk: never half a group."""
    loop = asyncio.get_running_loop()
    inside: asyncio.Future[None] = loop.create_future()

    def operation(tx: Transaction) -> None:
        publish("a")(tx)
        loop.call_soon_threadsafe(inside.set_result, None)
        publish("b")(tx)

    writing = asyncio.ensure_future(db.write(operation))
    await inside
    assert await names(db) in ([], ["a", "b"])
    await writing
    assert await names(db) == ["a", "b"]


async def test_a_cancelled_caller_does_not_stop_the_group(db: SqliteDatabase) -> None:
    first = asyncio.ensure_future(db.write(publish("a")))
    second = asyncio.ensure_future(db.write(publish("b")))
    await asyncio.sleep(0)
    first.cancel()
    await second
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await names(db) == ["a", "b"]


async def test_groups_beyond_the_bound_keep_their_order(db: SqliteDatabase) -> None:
    order: list[int] = []
    await asyncio.gather(*(db.write(lambda _, n=n: order.append(n)) for n in range(3000)))
    assert order == list(range(3000))


async def test_closing_writes_what_was_posted_and_refuses_more(db: SqliteDatabase) -> None:
    told: list[int] = []
    db.post(publish("a"), told.append)
    await db.close()
    assert told == [1]
    with pytest.raises(DatabaseFault, match="shutting down"):
        await db.write(publish("b"))


async def test_closing_twice_is_closing(db: SqliteDatabase) -> None:
    await db.close()
    await db.close()
