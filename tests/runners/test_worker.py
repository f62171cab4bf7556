"""The worker against the real job store: every way in which a request can leave its hands."""

from __future__ import annotations

import asyncio
import json
import os
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gesso.blobs.disk import DiskStore
from gesso.blobs.store import Blobs
from gesso.db.faults import DatabaseFault
from gesso.db.sqlite import SqliteDatabase
from gesso.jobs.job import Job, NewJob, Outcome
from gesso.jobs.store import JobStore
from gesso.runners.processes import ProcessPool
from gesso.runners.worker import Worker, build_worker
from gesso.settings import Settings
from tests.runners.conftest import ROGUE
from tests.runners.rogue import RogueEngine

pytestmark = pytest.mark.anyio

SCHNELL = "fal-ai/flux-1/schnell"

PATIENCE = 60.0
"""Seconds after which a test that waits for a request fails, and shows where, rather than hangs."""


class Shop:
    """A store, a worker with one child that runs the rogue engine, and a view of what becomes of requests."""

    def __init__(self, db: SqliteDatabase, settings: Settings) -> None:
        self.settings = settings
        self.store = JobStore(db)
        self.blobs = Blobs(db, DiskStore(settings.files_dir, settings.tmp_dir), settings)
        self.pool = ProcessPool(settings, registry=ROGUE)
        self.worker = self.hire()
        self.shift: asyncio.Task[None] | None = None

    def hire(self) -> Worker:
        engines = [RogueEngine()]
        return build_worker(self.settings, self.store, self.blobs, engines=engines, pool=self.pool)

    def open(self) -> None:
        self.shift = asyncio.create_task(self.worker.run())

    async def close(self, grace: float = 0.0) -> None:
        if self.shift is not None:
            await self.worker.close(grace)
            await self.shift
            self.shift = None

    def new(self, prompt: str, **more: Any) -> NewJob:
        return NewJob(
            id=str(uuid.uuid4()),
            endpoint=SCHNELL,
            owner="ann",
            input=json.dumps({"prompt": prompt}).encode(),
            submitted_at=time.time(),
            **more,
        )

    async def add(self, prompt: str, **more: Any) -> str:
        job = self.new(prompt, **more)
        await self.store.add(job)
        return job.id

    async def see(self, id_: str, wanted: str) -> Job:
        """The request once a log line or its end says `wanted`."""
        async with asyncio.timeout(PATIENCE), self.store.watch(id_) as watch:
            while True:
                job = await self.store.get(id_, None)
                assert job is not None
                if job.state == wanted or any(wanted in line.message for _, line in await self.store.logs(id_)):
                    return job
                await watch.changed(5.0)

    async def outcome(self, id_: str) -> Outcome:
        job = await self.see(id_, "COMPLETED")
        assert job.outcome is not None
        return job.outcome

    def left(self) -> list[Path]:
        return [path for folder in (self.settings.tmp_dir, self.settings.files_dir) for path in files(folder)]


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    db = await SqliteDatabase.open(None)
    shop = Shop(db, Settings(data_dir=tmp_path, workers=1))
    await shop.blobs.start()
    yield shop
    await shop.close()
    await db.close()


async def test_a_request_is_carried_out(shop: Shop) -> None:
    shop.open()
    id_ = await shop.add("picture")
    outcome = await shop.outcome(id_)
    assert (outcome.status, outcome.engine) == (200, "rogue")
    assert await shop.blobs.find(outcome.files[0])


async def test_a_request_whose_storing_fails_leaves_nothing_behind(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.open()
    await shop.outcome(await shop.add("picture"))
    kept = shop.left()

    def refuse(*_: object) -> int:
        raise DatabaseFault("The disk is full.")

    monkeypatch.setattr("gesso.jobs.moves.add_taken", refuse)
    with pytest.raises(DatabaseFault):
        await shop.add("picture")
    monkeypatch.undo()
    later = await shop.outcome(await shop.add("picture"))
    await shop.close()
    assert sorted(shop.left()) == sorted([*kept, shop.settings.files_dir / later.files[0][:2] / later.files[0]])


async def test_work_that_waited_for_a_worker(shop: Shop) -> None:
    ids = [await shop.add("picture") for _ in range(6)]
    shop.open()
    assert [(await shop.outcome(id_)).status for id_ in ids] == [200] * 6


async def test_an_engines_lines_reach_the_requests_log(shop: Shop) -> None:
    shop.open()
    id_ = await shop.add("say")
    await shop.outcome(id_)
    lines = {(line.message, line.level) for _, line in await shop.store.logs(id_)}
    assert {("printed", "STDOUT"), ("complained", "STDERR")} <= lines


async def test_a_request_whose_runner_died_runs_again(shop: Shop, tmp_path: Path) -> None:
    shop.open()
    id_ = await shop.add(f"leave_once {tmp_path / 'mark'}")
    job = await shop.see(id_, "COMPLETED")
    assert job.attempt == 2
    assert job.outcome is not None
    assert job.outcome.status == 200


async def test_three_deaths_are_final(shop: Shop) -> None:
    shop.open()
    poison, healthy = await shop.add("segfault"), await shop.add("picture")
    job = await shop.see(poison, "COMPLETED")
    assert job.attempt == 3
    assert job.outcome is not None
    assert (job.outcome.status, job.outcome.error_type) == (503, "runner_disconnected")
    assert (await shop.outcome(healthy)).status == 200


async def test_no_retry_where_the_client_wants_none(shop: Shop) -> None:
    shop.open()
    id_ = await shop.add("segfault", retry=False)
    job = await shop.see(id_, "COMPLETED")
    assert job.attempt == 1
    assert job.outcome is not None
    assert job.outcome.status == 503


async def test_cancelling_what_runs(shop: Shop) -> None:
    shop.open()
    id_ = await shop.add("loop")
    await shop.see(id_, "looping")
    assert await shop.store.cancel(id_, "ann") == "CANCELLATION_REQUESTED"
    outcome = await shop.outcome(id_)
    assert (outcome.status, outcome.error_type) == (499, "client_cancelled")
    assert (await shop.outcome(await shop.add("picture"))).status == 200


async def test_a_worker_that_stops_gives_its_work_back(shop: Shop) -> None:
    shop.open()
    id_ = await shop.add("loop")
    await shop.see(id_, "looping")
    await shop.close()
    job = await shop.store.get(id_, None)
    assert job is not None
    assert job.state == "IN_QUEUE"
    assert shop.pool.pids == []


async def test_a_worker_that_stops_lets_quick_work_end(shop: Shop) -> None:
    shop.open()
    id_ = await shop.add("swell 1")
    await shop.see(id_, "IN_PROGRESS")
    await shop.close(grace=PATIENCE)
    assert (await shop.outcome(id_)).status == 500  # it names no output: but it ran to its end


async def test_an_outcome_that_comes_too_late_leaves_no_file(shop: Shop) -> None:
    shop.open()
    gate = shop.settings.data_dir / "gate"
    os.mkfifo(gate)
    late = await shop.add(f"wait {gate}")
    await shop.see(late, "waiting")
    await shop.store.void_leases()  # as if the worker had been silent too long: somebody else gets the work
    taken = await shop.store.claim("another", 1)
    assert [job.id for job in taken] == [late]
    await asyncio.to_thread(gate.write_bytes, b"go")
    await shop.close(grace=PATIENCE)
    assert shop.left() == []
    job = await shop.store.get(late, None)
    assert job is not None
    assert job.state == "IN_PROGRESS"


async def test_direct_runs(shop: Shop) -> None:
    shop.open()
    outcome = await shop.worker.direct(shop.new("picture", direct=True))
    assert outcome.status == 200
    dead = await shop.worker.direct(shop.new("segfault", direct=True))
    assert (dead.status, dead.error_type) == (503, "runner_disconnected")


async def test_direct_runs_end_when_their_caller_goes(shop: Shop, tmp_path: Path) -> None:
    shop.open()
    await shop.worker.direct(shop.new("picture", direct=True))
    [pid] = shop.pool.pids
    os.mkfifo(tmp_path / "gate")
    run = asyncio.create_task(shop.worker.direct(shop.new(f"wait {tmp_path / 'gate'}", direct=True)))
    gate = await asyncio.to_thread(os.open, tmp_path / "gate", os.O_WRONLY)  # opens when the other end is open
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    os.close(gate)
    assert pid not in shop.pool.pids
    assert (await shop.worker.direct(shop.new("picture", direct=True))).status == 200
    assert files(shop.settings.tmp_dir) == []


async def test_it_tells_what_can_be_served(shop: Shop) -> None:
    shop.open()
    await shop.outcome(await shop.add("picture"))
    [row] = await shop.store.workers()
    assert row.name == "embedded"
    assert row.facts["engines"]["rogue"]["text-to-image"] is None
    await shop.close()
    assert await shop.store.workers() == []


async def test_a_request_that_is_stopped_before_its_first_turn_has_an_outcome(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = shop.worker.begin

    def begin_and_cancel(job: Job) -> None:
        begin(job)
        for tell in shop.store.on_cancel:
            tell(job.id)

    monkeypatch.setattr(shop.worker, "begin", begin_and_cancel)
    id_ = await shop.add("picture")
    shop.open()
    assert (await shop.outcome(id_)).status == 499


async def test_a_cancel_that_is_stored_together_with_the_claim_stops_the_run(shop: Shop) -> None:
    id_ = await shop.add("loop")
    heard: list[str] = []
    shop.store.on_cancel.append(lambda job_id: heard.append(f"cancel {job_id}"))
    claim = shop.store.claim("test", 1, lambda job: heard.append(f"begin {job.id}"))
    jobs, answer = await asyncio.gather(claim, shop.store.cancel(id_, "ann"))
    assert [job.id for job in jobs] == [id_]
    assert answer == "CANCELLATION_REQUESTED"
    assert heard == [f"begin {id_}", f"cancel {id_}"]
