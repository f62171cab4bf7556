from __future__ import annotations

import pytest

from gesso.db.sqlite import SqliteDatabase
from gesso.jobs import retention
from gesso.jobs.history import Filter
from gesso.jobs.job import LogLine, NewJob, Outcome
from gesso.jobs.store import JobStore
from tests.jobs.samples import NOON, Clock, claim_one, made, new_job, run_one

pytestmark = pytest.mark.anyio

HOUR = 3600.0


@pytest.mark.parametrize(
    ("job", "outcome"),
    [(new_job(store_io=False), made(started_at=NOON)), (new_job(), made(started_at=NOON, in_history=False))],
    ids=["io", "inline"],
)
async def test_an_output_that_is_not_kept_can_be_read_for_an_hour(
    store: JobStore, clock: Clock, job: NewJob, outcome: Outcome
) -> None:
    await run_one(store, job, outcome)
    clock.now = outcome.ended_at + HOUR - 1
    await store.prune()
    stored = await store.get(job.id, "ada")
    assert stored is not None
    assert stored.outcome == outcome
    clock.advance(1)
    for _ in range(2):  # gone before the sweep as well as after it
        stored = await store.get(job.id, "ada")
        assert stored is not None
        assert stored.outcome is not None
        assert (stored.forgotten, stored.outcome.body, stored.outcome.status) == (True, b"", 200)
        await store.prune()


async def test_the_sweep_takes_the_bytes(store: JobStore, db: SqliteDatabase, clock: Clock) -> None:
    await run_one(store, new_job(store_io=False, input=b'"in-secret"'), made("out-secret"))
    assert "in-secret" not in dump(db), "the input goes with the outcome"
    assert "out-secret" in dump(db)
    clock.advance(2 * HOUR)
    await store.prune()
    assert "out-secret" not in dump(db)


def dump(db: SqliteDatabase) -> str:
    rows = db._writing.execute("SELECT input, body FROM jobs LEFT JOIN outcomes USING (seq)").fetchall()
    return " ".join(str(tuple(row)) for row in rows)


async def test_a_webhook_that_is_still_to_tell_it_keeps_the_output(
    store: JobStore, db: SqliteDatabase, clock: Clock
) -> None:
    await run_one(store, new_job(store_io=False, webhook="http://hook/"), made("told later"))
    clock.advance(2 * HOUR)
    assert await store.prune(clock()) == 0
    assert "told later" in dump(db)


async def test_old_requests_go_with_all_they_left(store: JobStore, db: SqliteDatabase, clock: Clock) -> None:
    old, new, live = new_job(), new_job(), new_job()
    await run_one(store, old, made(at=NOON + 5))
    await run_one(store, new, made(at=NOON + 50))
    await store.add(live)
    for job in (old, new, live):
        store.log(job.id, LogLine("line", NOON))
    assert await store.prune(NOON + 50) == 1
    assert await store.get(old.id, None) is None
    assert await store.logs(old.id) == []
    assert await store.logs(new.id) != []
    assert [item.id for item in (await store.history(Filter(owner="ada"))).items] == [new.id]
    assert (await claim_one(store)).id == live.id


async def test_many_go_in_chunks(store: JobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "CHUNK", 3)
    for _ in range(10):
        await store.add(new_job(store_io=False), made())
    assert await store.prune(NOON + 6) == 10
    assert (await store.history(Filter(owner="ada"))).items == []


async def test_payloads_are_forgotten_on_request(store: JobStore, db: SqliteDatabase) -> None:
    job = new_job(input=b'"in"')
    await run_one(store, job, made("out", files=("a.png",)))
    assert await store.forget_payloads(job.id, "ada") == ("a.png",)
    stored = await store.get(job.id, "ada", with_input=True)
    assert stored is not None
    assert (stored.forgotten, stored.new.input) == (True, b"")
    assert dump(db) == "(None, None)"
    assert await store.forget_payloads(job.id, "ada") == ("a.png",), "again is the same"


async def test_a_live_request_forgets_at_its_end(store: JobStore) -> None:
    await store.add(new_job())
    job = await claim_one(store)
    assert await store.forget_payloads(job.id, "ada") == ()
    assert await store.input_of(job.id) is not None
    await store.finish(job.id, job.fence, made())
    assert await store.input_of(job.id) is None
