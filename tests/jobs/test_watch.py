from __future__ import annotations

import asyncio

import pytest

from gesso.db.sqlite import SqliteDatabase
from gesso.jobs.job import LogLine
from gesso.jobs.store import JobStore
from tests.jobs.samples import NOON, claim_one, made, new_job

pytestmark = pytest.mark.anyio


async def test_every_move_and_line_wakes_a_watcher(store: JobStore, db: SqliteDatabase) -> None:
    job = new_job()
    await store.add(job)
    async with store.watch(job.id) as watch:
        assert not await watch.changed(0)
        claimed = await claim_one(store)
        assert await watch.changed(None)
        store.log(job.id, LogLine("a", NOON))
        await db.flush()
        assert await watch.changed(None)
        await store.cancel(job.id, "ada")
        assert await watch.changed(None)
        await store.finish(job.id, claimed.fence, made())
        assert await watch.changed(None)
        assert not await watch.changed(0)


async def test_a_change_is_readable_when_it_wakes(store: JobStore) -> None:
    job = new_job()
    await store.add(job)

    async def follow() -> str | None:
        async with store.watch(job.id) as watch:
            await watch.changed(None)
            status = await store.status(job.id, None)
            return status.state if status else None

    following = asyncio.ensure_future(follow())
    await asyncio.sleep(0)
    await claim_one(store)
    assert await following == "IN_PROGRESS"


async def test_others_sleep_on(store: JobStore) -> None:
    one, two = new_job(), new_job()
    await store.add(one)
    await store.add(two)
    async with store.watch(two.id) as watch:
        await claim_one(store)
        assert not await watch.changed(0)


async def test_watchers_leave_nothing_behind(store: JobStore) -> None:
    async with store.watch("a"), store.watch("a"), store.watch("b"):
        assert len(store._watchers) == 3
    assert len(store._watchers) == 0
