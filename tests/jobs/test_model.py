"""The store against a model of a few lines: whatever the order of moves, both tell the same."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test

from gesso.db.sqlite import SqliteDatabase
from gesso.jobs.job import Job
from gesso.jobs.store import JobStore
from tests.jobs.samples import Clock, made, new_job

T = TypeVar("T")


@dataclass
class Model:
    """What should be known of one request. `line` orders those that wait."""

    line: tuple[int, int]
    deadline: float | None
    state: str = "IN_QUEUE"
    fence: int = 0
    cancelled: bool = False
    status: int | None = None

    def end(self, status: int) -> None:
        self.state, self.status = "COMPLETED", status


class Requests(RuleBasedStateMachine):
    jobs = Bundle("jobs")
    runs = Bundle("runs")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = Clock()
        self.db = self.do(self.opened())
        self.store = JobStore(self.db, clock=self.clock)
        self.model: dict[str, Model] = {}

    async def opened(self) -> SqliteDatabase:
        return await SqliteDatabase.open(None)

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def teardown(self) -> None:
        self.do(self.db.close())
        self.runner.close()

    def waiting(self) -> list[str]:
        ids = [id_ for id_, one in self.model.items() if one.state == "IN_QUEUE"]
        return sorted(ids, key=lambda id_: self.model[id_].line)

    def pass_deadlines(self) -> None:
        for id_ in self.waiting():
            deadline = self.model[id_].deadline
            if deadline is not None and deadline <= self.clock():
                self.model[id_].end(504)

    @rule(target=jobs, low=st.booleans(), seconds=st.none() | st.integers(1, 9))
    def add(self, low: bool, seconds: int | None) -> str:
        deadline = None if seconds is None else self.clock() + seconds
        job = new_job(priority="low" if low else "normal", deadline=deadline)
        self.do(self.store.add(job))
        self.model[job.id] = Model((int(low), len(self.model)), deadline)
        return job.id

    @rule(target=jobs)
    def add_finished(self) -> str:
        job = new_job()
        self.do(self.store.add(job, made()))
        self.model[job.id] = Model((0, len(self.model)), None, "COMPLETED", status=200)
        return job.id

    @rule(target=runs, limit=st.integers(1, 3))
    def claim(self, limit: int) -> list[Job]:
        self.pass_deadlines()
        expected = self.waiting()[:limit]
        claimed = self.do(self.store.claim("worker", limit))
        assert [job.id for job in claimed] == expected
        for job in claimed:
            one = self.model[job.id]
            one.state, one.fence = "IN_PROGRESS", one.fence + 1
            assert job.fence == one.fence
        return claimed

    @rule(run=runs, data=st.data())
    def finish(self, run: list[Job], data: st.DataObject) -> None:
        if not run:
            return
        job = data.draw(st.sampled_from(run))
        one = self.model[job.id]
        holds = one.state == "IN_PROGRESS" and one.fence == job.fence
        assert self.do(self.store.finish(job.id, job.fence, made(at=self.clock()))) == holds
        if holds:
            one.end(499 if one.cancelled else 200)

    @rule(run=consumes(runs))
    def runner_dies(self, run: list[Job]) -> None:
        for job in run:
            one = self.model[job.id]
            holds = one.state == "IN_PROGRESS" and one.fence == job.fence
            assert self.do(self.store.give_back(job.id, job.fence, "died")) == holds
            if holds:
                self.back(one)

    @staticmethod
    def back(one: Model) -> None:
        if one.cancelled:
            one.end(499)
        else:
            one.state = "IN_QUEUE"

    @rule(job=jobs)
    def cancel(self, job: str) -> None:
        one = self.model[job]
        answer = self.do(self.store.cancel(job, "ada"))
        assert answer == ("ALREADY_COMPLETED" if one.state == "COMPLETED" else "CANCELLATION_REQUESTED")
        if one.state == "IN_QUEUE":
            one.end(499)
        elif one.state == "IN_PROGRESS":
            one.cancelled = True

    @rule()
    def restart(self) -> None:
        self.store = JobStore(self.db, clock=self.clock)
        running = [one for one in self.model.values() if one.state == "IN_PROGRESS"]
        assert self.do(self.store.void_leases()) == sum(not one.cancelled for one in running)
        for one in running:
            self.back(one)

    @rule(seconds=st.integers(1, 9))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds)
        self.pass_deadlines()
        self.do(self.store.expire())

    @invariant()
    def both_tell_the_same(self) -> None:
        waiting = self.waiting()
        for id_, one in self.model.items():
            stored = self.do(self.store.get(id_, "ada"))
            told = self.do(self.store.status(id_, "ada"))
            assert stored is not None
            assert told is not None
            assert stored.state == told.state == one.state
            assert (stored.outcome.status if stored.outcome else None) == one.status
            assert told.position == (waiting.index(id_) if one.state == "IN_QUEUE" else None)


def test_the_store_agrees_with_the_model() -> None:
    run_state_machine_as_test(Requests, settings=settings(max_examples=40, stateful_step_count=30, deadline=None))
