"""The conformance suite of the job store: every move, on disk and in memory."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest

from gesso.db.sqlite import SqliteDatabase
from gesso.jobs.job import Job, Lifecycle, LogLine
from gesso.jobs.store import JobStore
from tests.jobs.samples import NOON, Clock, claim_one, failed, made, new_job, run_one

pytestmark = pytest.mark.anyio


# --- add and claim ---------------------------------------------------------------------------------------


async def test_an_accepted_request_waits(store: JobStore) -> None:
    job = new_job()
    await store.add(job)
    status = await store.status(job.id, "ada")
    assert status is not None
    assert (status.state, status.position, status.endpoint) == ("IN_QUEUE", 0, job.endpoint)


async def test_everything_but_secrets_survives_the_way_to_the_worker(store: JobStore) -> None:
    job = new_job(
        key_id="k1",
        priority="low",
        deadline=NOON + 60,
        webhook="https://example.com/hook",
        lifecycle=Lifecycle(60.0, {"default": "hide", "rules": []}),
        store_io=False,
        retry=False,
        hint="session",
    )
    await store.add(job)
    claimed = await claim_one(store)
    assert claimed.new == job
    assert (claimed.state, claimed.attempt, claimed.fence, claimed.started_at) == ("IN_PROGRESS", 1, 1, NOON)


async def test_secrets_reach_the_worker_and_never_the_database(store: JobStore, db: SqliteDatabase) -> None:
    job = new_job(secrets={"api_key": "sk-very-secret"})
    await store.add(job)
    dump = "\n".join(db._writing.iterdump())
    assert "sk-very-secret" not in dump
    assert (await claim_one(store)).new.secrets == {"api_key": "sk-very-secret"}
    restarted = JobStore(db)
    await restarted.void_leases()
    assert (await claim_one(restarted)).new.secrets == {}


async def test_a_request_can_be_stored_finished(store: JobStore) -> None:
    job = new_job()
    await store.add(job, failed(422))
    status = await store.status(job.id, "ada")
    assert status is not None
    assert (status.state, status.error, status.error_type) == ("COMPLETED", "no", "value_error")
    assert await store.claim("worker", 9) == []


async def test_one_id_is_accepted_once(store: JobStore) -> None:
    job = new_job()
    await store.add(job)
    with pytest.raises(sqlite3.IntegrityError):
        await store.add(job)
    assert len(await store.claim("worker", 9)) == 1


async def test_normal_comes_before_low_and_first_before_second(store: JobStore) -> None:
    jobs = [new_job(priority=priority) for priority in ("low", "normal", "low", "normal")]
    for job in jobs:
        await store.add(job)
    first = await store.claim("worker", 3)
    second = await store.claim("worker", 3)
    assert [job.id for job in first + second] == [jobs[n].id for n in (1, 3, 0, 2)]


async def test_one_request_goes_to_one_of_many_claimers(store: JobStore) -> None:
    for _ in range(40):
        await store.add(new_job())
    groups = await asyncio.gather(*(store.claim(f"worker-{n}", 3) for n in range(20)))
    ids = [job.id for group in groups for job in group]
    assert (len(ids), len(set(ids))) == (40, 40)


async def test_a_claim_made_when_work_is_announced_shares_its_commit(store: JobStore, db: SqliteDatabase) -> None:
    claims: list[asyncio.Task[list[Job]]] = []
    store.on_work.append(lambda: claims.append(asyncio.ensure_future(store.claim("worker", 1))))
    before = db.commits
    await store.add(new_job())
    assert len(await claims[0]) == 1
    assert db.commits - before == 1


# --- finish ----------------------------------------------------------------------------------------------


async def test_an_outcome_is_stored_whole(store: JobStore) -> None:
    job = new_job()
    outcome = made(
        {"images": []},
        headers={"x-gesso-engine": "sketch"},
        engine="sketch",
        units=2.0,
        inference_seconds=0.25,
        started_at=NOON + 1,
        files=("a.png", "b.png"),
    )
    await run_one(store, job, outcome)
    stored = await store.get(job.id, "ada", with_input=True)
    assert stored is not None
    assert stored.outcome == outcome
    assert stored.new == job
    assert (stored.state, stored.attempt, stored.ended_at, stored.forgotten) == ("COMPLETED", 1, NOON + 5, False)


async def test_the_second_outcome_is_refused(store: JobStore) -> None:
    job = new_job()
    await run_one(store, job, made({"n": 1}))
    assert not await store.finish(job.id, 1, made({"n": 2}))
    stored = await store.get(job.id, None)
    assert stored is not None
    assert stored.outcome is not None
    assert stored.outcome.body == b'{"n": 1}'


async def test_racing_outcomes_leave_one(store: JobStore) -> None:
    await store.add(new_job())
    job = await claim_one(store)
    won = await asyncio.gather(*(store.finish(job.id, job.fence, made({"n": n})) for n in range(10)))
    assert sum(won) == 1


async def test_an_overtaken_worker_cannot_finish(store: JobStore) -> None:
    await store.add(new_job())
    old = await claim_one(store, "old")
    await store.void_leases()
    new = await claim_one(store, "new")
    assert (new.attempt, new.fence) == (2, 2)
    assert not await store.finish(old.id, old.fence, made({"by": "old"}))
    assert await store.finish(new.id, new.fence, made({"by": "new"}))


async def test_a_waiting_request_cannot_be_finished(store: JobStore) -> None:
    job = new_job()
    await store.add(job)
    assert not await store.finish(job.id, 0, made())
    assert not await store.finish("unknown", 1, made())


# --- give back, leases -----------------------------------------------------------------------------------


async def test_a_run_that_is_given_back_keeps_its_place(store: JobStore) -> None:
    first, second = new_job(), new_job()
    await store.add(first)
    await store.add(second)
    job = await claim_one(store)
    rung: list[int] = []
    store.on_work.append(lambda: rung.append(1))
    assert await store.give_back(job.id, job.fence, "The runner died.")
    assert rung == [1]
    again = await claim_one(store)
    assert (again.id, again.attempt, again.fence) == (first.id, 2, 2)
    assert [line.message for _, line in await store.logs(first.id)] == ["The runner died."]
    assert not await store.give_back(job.id, job.fence, "late")


async def test_a_start_voids_what_ran_before(store: JobStore, db: SqliteDatabase) -> None:
    jobs = [new_job() for _ in range(3)]
    for job in jobs:
        await store.add(job)
    await store.claim("worker", 2)
    restarted = JobStore(db)
    assert await restarted.void_leases() == 2
    assert [job.id for job in await restarted.claim("worker", 9)] == [job.id for job in jobs]


async def test_silent_workers_alone_lose_their_leases(store: JobStore, clock: Clock) -> None:
    await store.add(new_job())
    await store.add(new_job())
    silent, alive = await claim_one(store, "silent"), await claim_one(store, "alive")
    clock.advance(60)
    assert await store.renew("alive") == []
    assert await store.void_leases(silent_since=clock() - 30) == 1
    assert (await claim_one(store, "third")).id == silent.id
    assert await store.renew("silent") == [silent.id]
    assert await store.renew("alive") == []
    assert await store.finish(alive.id, alive.fence, made())


async def test_renewing_tells_what_was_cancelled(store: JobStore) -> None:
    await store.add(new_job())
    job = await claim_one(store)
    assert await store.renew("worker") == []
    await store.cancel(job.id, "ada")
    assert await store.renew("worker") == [job.id]
    await store.finish(job.id, job.fence, made())
    assert await store.renew("worker") == []


# --- cancel ----------------------------------------------------------------------------------------------


async def outcome_status(store: JobStore, job_id: str) -> int | None:
    job = await store.get(job_id, None)
    return job.outcome.status if job and job.outcome else None


async def test_cancelling_what_waits_ends_it_at_once(store: JobStore) -> None:
    job = new_job()
    await store.add(job)
    assert await store.cancel(job.id, "ada") == "CANCELLATION_REQUESTED"
    stored = await store.get(job.id, "ada")
    assert stored is not None
    assert stored.outcome is not None
    assert (stored.outcome.status, stored.outcome.error_type) == (499, "client_cancelled")
    assert await store.claim("worker", 9) == []
    assert await store.cancel(job.id, "ada") == "ALREADY_COMPLETED"


async def test_cancelling_what_runs_tells_its_worker_and_wins(store: JobStore) -> None:
    told: list[str] = []
    store.on_cancel.append(told.append)
    await store.add(new_job())
    job = await claim_one(store)
    assert await store.cancel(job.id, "ada") == "CANCELLATION_REQUESTED"
    assert told == [job.id]
    assert await outcome_status(store, job.id) is None
    assert await store.finish(job.id, job.fence, made(files=("a.png",)))
    assert await outcome_status(store, job.id) == 499
    stored = await store.get(job.id, None)
    assert stored is not None
    assert stored.outcome is not None
    assert stored.outcome.files == ("a.png",), "what the run left is still known"


async def test_a_cancelled_run_does_not_go_back_into_line(store: JobStore) -> None:
    for way in ("give_back", "void"):
        await store.add(new_job())
        job = await claim_one(store)
        await store.cancel(job.id, "ada")
        if way == "give_back":
            assert await store.give_back(job.id, job.fence, "died")
        else:
            assert await store.void_leases() == 0
        assert await outcome_status(store, job.id) == 499
        assert await store.claim("worker", 9) == []


async def test_cancelling_what_ended_changes_nothing(store: JobStore) -> None:
    job = new_job()
    await run_one(store, job, made())
    assert await store.cancel(job.id, "ada") == "ALREADY_COMPLETED"
    assert await outcome_status(store, job.id) == 200


# --- deadlines -------------------------------------------------------------------------------------------


async def test_a_late_request_is_not_handed_out(store: JobStore, clock: Clock) -> None:
    late, other = new_job(deadline=NOON + 10), new_job()
    await store.add(late)
    await store.add(other)
    clock.advance(10)
    ended: list[str] = []
    store.on_finish.append(ended.append)
    assert [job.id for job in await store.claim("worker", 9)] == [other.id]
    assert ended == [late.id]
    stored = await store.get(late.id, None)
    assert stored is not None
    assert stored.outcome is not None
    assert stored.outcome.status == 504
    assert stored.outcome.headers["x-fal-request-timeout-type"] == "user"


async def test_deadlines_pass_without_a_worker(store: JobStore, clock: Clock) -> None:
    assert await store.expire() is None
    for seconds in (10, 20):
        await store.add(new_job(deadline=NOON + seconds))
    assert await store.expire() == NOON + 10
    clock.advance(15)
    assert await store.expire() == NOON + 20
    assert len(await store.claim("worker", 9)) == 1


async def test_what_started_in_time_may_run_on(store: JobStore, clock: Clock) -> None:
    await store.add(new_job(deadline=NOON + 10))
    job = await claim_one(store)
    clock.advance(60)
    await store.expire()
    assert await store.finish(job.id, job.fence, made())
    assert await outcome_status(store, job.id) == 200


# --- who may see -----------------------------------------------------------------------------------------


async def test_another_owner_sees_nothing(store: JobStore) -> None:
    job = new_job()
    await store.add(job)
    assert await store.status(job.id, "bob") is None
    assert await store.get(job.id, "bob") is None
    assert await store.cancel(job.id, "bob") == "NOT_FOUND"
    assert await store.forget_payloads(job.id, "bob") is None
    assert await store.cancel("unknown", "ada") == "NOT_FOUND"
    assert await store.status("unknown", None) is None


# --- logs and workers ------------------------------------------------------------------------------------


async def test_log_lines_are_numbered_within_their_request(store: JobStore, db: SqliteDatabase) -> None:
    one, two = new_job(), new_job()
    await store.add(one)
    await store.add(two)
    for job, text in ((one, "a"), (two, "b"), (one, "c")):
        store.log(job.id, LogLine(text, NOON, "WARN", "SYSTEM"))
    store.log("unknown", LogLine("lost", NOON))
    await db.flush()
    assert await store.logs(one.id) == [
        (1, LogLine("a", NOON, "WARN", "SYSTEM")),
        (2, LogLine("c", NOON, "WARN", "SYSTEM")),
    ]
    assert [seq for seq, _ in await store.logs(one.id, after=1)] == [2]
    assert await store.logs(two.id, after=1) == []


async def test_workers_say_what_they_serve(store: JobStore, clock: Clock) -> None:
    await store.publish_worker("a", {"tasks": ["TextToImage"]})
    clock.advance(5)
    await store.publish_worker("a", {"tasks": []})
    await store.publish_worker("b", {})
    await store.withdraw_worker("b")
    [worker] = await store.workers()
    assert (worker.name, worker.facts, worker.published_at) == ("a", {"tasks": []}, NOON + 5)
