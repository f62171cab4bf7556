"""Where requests stand, told from memory as the database would tell it."""

from __future__ import annotations

import asyncio

import pytest

from gesso.db.sqlite import SqliteDatabase
from gesso.jobs.store import JobStore
from tests.jobs.samples import claim_one, made, new_job

pytestmark = pytest.mark.anyio


async def test_positions_count_who_is_ahead(store: JobStore) -> None:
    jobs = [new_job(priority=priority) for priority in ("low", "normal", "low", "normal")]
    for job in jobs:
        await store.add(job)

    async def positions() -> list[int | None]:
        found = [await store.status(job.id, None) for job in jobs]
        return [status.position if status else None for status in found]

    assert await positions() == [2, 0, 3, 1]
    await claim_one(store)
    assert await positions() == [1, None, 2, 0]


async def test_a_position_never_rises_and_cancelled_places_close_up(store: JobStore) -> None:
    ahead = [new_job() for _ in range(20)]
    await asyncio.gather(*(store.add(job) for job in ahead))
    last = new_job()
    await store.add(last)

    async def position() -> int | None:
        status = await store.status(last.id, None)
        return status.position if status else None

    assert await position() == 20
    await store.cancel(ahead[7].id, None)
    assert await position() == 19
    job = await claim_one(store)
    assert await position() == 18
    await store.give_back(job.id, job.fence, "again")
    assert await position() == 19
    seen = [await position() for _ in range(19) if await claim_one(store)]
    assert seen == list(range(18, -1, -1))


async def test_a_request_is_in_line_though_its_caller_went_away(store: JobStore) -> None:
    job, later = new_job(), new_job()
    adding = asyncio.create_task(store.add(job))
    await asyncio.sleep(0)
    adding.cancel()
    await store.add(later)
    status = await store.status(later.id, None)
    assert status is not None
    assert status.position == 1


async def test_standings_are_known_again_after_a_restart(db: SqliteDatabase) -> None:
    first = JobStore(db)
    jobs = [new_job(priority=priority) for priority in ("low", "normal", "normal")]
    for job in jobs:
        await first.add(job)
    running = await claim_one(first)
    second = JobStore(db)
    assert await second.void_leases() == 1
    found = [await second.status(job.id, None) for job in jobs]
    assert [(status.state, status.position) for status in found if status] == [
        ("IN_QUEUE", 2),
        ("IN_QUEUE", 0),
        ("IN_QUEUE", 1),
    ]
    assert (await claim_one(second)).id == running.id


async def test_polls_of_what_waits_or_has_ended_leave_the_database_alone(
    store: JobStore, db: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, ended = new_job(priority="low"), new_job()
    await store.add(waiting)
    await store.add(ended)
    job = await claim_one(store)
    await store.finish(job.id, job.fence, made())
    await store.status(ended.id, None)

    async def refuse(query: str, params: object = None) -> None:
        raise AssertionError(f"read {query}")

    monkeypatch.setattr(db, "one", refuse)
    states = [await store.status(id_, None) for id_ in (waiting.id, ended.id)]
    assert [status.state for status in states if status] == ["IN_QUEUE", "COMPLETED"]
    assert await store.status(waiting.id, "somebody else") is None
    assert await store.status(ended.id, "somebody else") is None


async def test_a_pruned_request_is_unknown_at_once(store: JobStore) -> None:
    job = new_job()
    await store.add(job, made(at=10.0))
    assert await store.status(job.id, None) is not None
    assert await store.prune(older_than=20.0) == 1
    assert await store.status(job.id, None) is None


async def test_the_length_of_an_endpoints_queue(store: JobStore) -> None:
    for name in ("a", "a", "b", "a"):
        await store.add(new_job(endpoint=name))
    assert [store.queue_length(name) for name in "abc"] == [3, 1, 0]
    job = await claim_one(store)
    assert store.queue_length("a") == 2
    await store.give_back(job.id, job.fence, "again")
    assert store.queue_length("a") == 3
