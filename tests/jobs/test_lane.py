from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from gesso.db.sqlite import SqliteDatabase
from gesso.errors import RequestError, RunnerDied
from gesso.jobs.history import Filter, HistoryItem
from gesso.jobs.job import NewJob, Outcome, Preview
from gesso.jobs.lane import EmbeddedLane, StoreLane
from gesso.jobs.store import JobStore
from tests.jobs.samples import Clock, claim_one, made, new_job

pytestmark = pytest.mark.anyio


async def recorded(store: JobStore, db: SqliteDatabase) -> list[HistoryItem]:
    await db.flush()
    return (await store.history(Filter(owner="ada"))).items


def lane_of(store: JobStore, clock: Clock, execute: object, limit: int = 0) -> EmbeddedLane:
    lane = EmbeddedLane(store, limit, clock=clock)
    lane.executor = execute  # type: ignore[assignment]
    return lane


async def test_a_direct_run_is_answered_and_then_recorded(store: JobStore, db: SqliteDatabase, clock: Clock) -> None:
    async def execute(job: NewJob, on_preview: Callable[[Preview], None] | None) -> Outcome:
        assert on_preview is not None
        on_preview(Preview(b"{}"))
        return made({"for": job.id})

    job = new_job(direct=True)
    previews: list[Preview] = []
    outcome = await lane_of(store, clock, execute).run(job, previews.append)
    assert outcome.body == f'{{"for": "{job.id}"}}'.encode()
    assert previews == [Preview(b"{}")]
    [item] = await recorded(store, db)
    assert (item.id, item.status, item.direct) == (job.id, 200, True)


async def test_a_run_that_made_files_is_recorded_before_its_answer(
    store: JobStore, db: SqliteDatabase, clock: Clock
) -> None:
    """After a crash its files are known by that record; for others nobody waits for the disk."""

    async def execute(job: NewJob, _: object) -> Outcome:
        return made(files=("a.png",) if job.id.endswith("1") else ())

    for number in (1, 2):
        commits = db.commits
        await lane_of(store, clock, execute).run(new_job(id=f"job-{number}", direct=True))
        assert db.commits - commits == (number == 1)


async def test_a_cut_connection_cancels_the_work_and_is_recorded(
    store: JobStore, db: SqliteDatabase, clock: Clock
) -> None:
    stopped: list[bool] = []

    async def execute(*_: object) -> Outcome:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            stopped.append(True)
            raise
        return made()

    running = asyncio.ensure_future(lane_of(store, clock, execute).run(new_job(direct=True)))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert stopped == [True]
    [item] = await recorded(store, db)
    assert (item.status, item.error_type) == (499, "client_disconnected")


@pytest.mark.parametrize(("error", "status"), [(RunnerDied("The runner died."), 503), (ValueError("a bug"), 500)])
async def test_what_an_executor_raises_is_recorded_and_raised(
    store: JobStore, db: SqliteDatabase, clock: Clock, error: Exception, status: int
) -> None:
    async def execute(*_: object) -> Outcome:
        raise error

    with pytest.raises(type(error)):
        await lane_of(store, clock, execute).run(new_job(direct=True))
    [item] = await recorded(store, db)
    assert item.status == status


async def test_direct_runs_beyond_the_limit_get_429(store: JobStore, clock: Clock) -> None:
    free = asyncio.Event()

    async def execute(*_: object) -> Outcome:
        await free.wait()
        return made()

    lane = lane_of(store, clock, execute, limit=1)
    first = asyncio.ensure_future(lane.run(new_job()))
    other = asyncio.ensure_future(lane.run(new_job(owner="bob")))
    await asyncio.sleep(0)
    with pytest.raises(RequestError) as caught:
        await lane.run(new_job())
    failure = caught.value.failure()
    assert (failure.status, failure.error_type) == (429, "concurrent_requests_limit")
    assert failure.headers["x-fal-needs-retry"] == "1"
    free.set()
    await asyncio.gather(first, other)
    assert (await lane.run(new_job())).ok


async def test_the_durable_lane_waits_for_a_worker(store: JobStore) -> None:
    running = asyncio.ensure_future(StoreLane(store).run(new_job(direct=True)))
    await asyncio.sleep(0)
    job = await claim_one(store)
    assert job.new.direct
    await store.finish(job.id, job.fence, made({"n": 1}))
    assert (await running).body == b'{"n": 1}'


async def test_a_cut_connection_cancels_on_the_durable_lane_too(store: JobStore) -> None:
    job = new_job(direct=True)
    running = asyncio.ensure_future(StoreLane(store).run(job))
    await asyncio.sleep(0)
    await claim_one(store)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await store.renew("worker") == [job.id]
