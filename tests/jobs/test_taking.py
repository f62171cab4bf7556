"""Requests that a free worker takes as they come, before the disk has them."""

from __future__ import annotations

import asyncio

import pytest

from gesso.db.faults import DatabaseFault
from gesso.db.sqlite import SqliteDatabase
from gesso.jobs.job import Job
from gesso.jobs.store import JobStore
from tests.jobs.samples import claim_one, made, new_job

pytestmark = pytest.mark.anyio


class Taker:
    """A worker that only notes what it is given."""

    name = "near"

    def __init__(self, room: int = 1) -> None:
        self.room = room
        self.begun: list[Job] = []

    @property
    def has_room(self) -> bool:
        return len(self.begun) < self.room

    def begin(self, job: Job) -> None:
        self.begun.append(job)


async def test_a_request_that_finds_a_free_worker_is_stored_as_its_own(store: JobStore, db: SqliteDatabase) -> None:
    store.taker = taker = Taker()
    job = new_job()
    before = db.commits
    await store.add(job)
    assert db.commits - before == 1
    [taken] = taker.begun
    assert (taken.new, taken.attempt, taken.fence) == (job, 1, 1)
    stored = await store.get(job.id, None)
    assert stored is not None
    assert (stored.state, stored.attempt, stored.fence) == ("IN_PROGRESS", 1, 1)
    status = await store.status(job.id, None)
    assert status is not None
    assert (status.state, status.position) == ("IN_PROGRESS", None)
    assert await store.renew("near") == []
    assert await store.claim("other", 5) == []
    assert await store.finish(job.id, 1, made())
    assert not await store.finish(job.id, 1, made())


async def test_nobody_is_overtaken_by_a_request_that_finds_a_free_worker(store: JobStore) -> None:
    first = new_job(priority="low")
    await store.add(first)
    store.taker = taker = Taker(room=9)
    await asyncio.gather(*(store.add(new_job()) for _ in range(3)))
    assert taker.begun == []
    assert len(await store.claim("near", 9)) == 4
    await store.add(new_job())
    assert len(taker.begun) == 1


async def test_of_requests_that_come_at_once_one_is_taken_and_the_others_line_up(store: JobStore) -> None:
    store.taker = taker = Taker(room=9)
    jobs = [new_job() for _ in range(4)]
    await asyncio.gather(*(store.add(job) for job in jobs))
    assert [job.id for job in taker.begun] == [jobs[0].id]
    assert [job.id for job in await store.claim("near", 9)] == [job.id for job in jobs[1:]]


async def test_what_cannot_be_stored_is_stopped_though_it_has_begun(
    store: JobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise DatabaseFault("The disk is full.")

    monkeypatch.setattr("gesso.jobs.moves.add_taken", refuse)
    store.taker = taker = Taker()
    stopped: list[str] = []
    store.on_cancel.append(stopped.append)
    job = new_job()
    with pytest.raises(DatabaseFault):
        await store.add(job)
    assert stopped == [job.id] == [begun.id for begun in taker.begun]
    assert not await store.finish(job.id, 1, made())
    assert await store.get(job.id, None) is None


async def test_what_was_taken_and_cut_off_is_in_line_after_a_restart(db: SqliteDatabase) -> None:
    first = JobStore(db)
    first.taker = Taker()
    job = new_job()
    await first.add(job)
    second = JobStore(db)
    assert await second.void_leases() == 1
    again = await claim_one(second)
    assert (again.id, again.attempt, again.fence) == (job.id, 2, 2)
