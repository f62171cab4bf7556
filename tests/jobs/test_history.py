from __future__ import annotations

from typing import Any

import pytest

from gesso.db.sqlite import SqliteDatabase
from gesso.errors import RequestError
from gesso.jobs import history
from gesso.jobs.history import Filter
from gesso.jobs.store import JobStore
from tests.jobs.samples import NOON, failed, made, new_job

pytestmark = pytest.mark.anyio


async def ended(store: JobStore, at: float, status: int = 200, seconds: float = 1.0, **facts: Any) -> str:
    job = new_job(**facts)
    outcome = made(at=NOON + at, started_at=NOON + at - seconds)
    if status != 200:
        outcome = failed(status, at=NOON + at, started_at=NOON + at - seconds)
    await store.add(job, outcome)
    return job.id


async def ids(store: JobStore, limit: int = 50, **wanted: Any) -> list[str]:
    page = await store.history(Filter(owner="ada", **wanted), limit=limit)
    return [item.id for item in page.items]


async def test_newest_first_and_only_what_ended(store: JobStore) -> None:
    first, second = await ended(store, 10), await ended(store, 20)
    await store.add(new_job())
    assert await ids(store) == [second, first]


async def test_each_owner_has_a_history_of_its_own(store: JobStore) -> None:
    await ended(store, 10, owner="bob")
    mine = await ended(store, 20)
    assert await ids(store) == [mine]


async def test_several_endpoints_merge_in_order(store: JobStore) -> None:
    made_ids = [await ended(store, at, endpoint=name) for at, name in ((1, "a"), (2, "b"), (3, "c"), (4, "a"))]
    assert await ids(store, endpoints=["a", "b", "a"]) == [made_ids[3], made_ids[1], made_ids[0]]
    assert await ids(store, endpoints=[]) == []


async def test_start_counts_and_end_does_not(store: JobStore) -> None:
    found = [await ended(store, at) for at in (10, 20, 30)]
    assert await ids(store, start=NOON + 10, end=NOON + 30) == [found[1], found[0]]


@pytest.mark.parametrize(("status", "codes"), [("success", [200]), ("user_error", [422, 499]), ("error", [500, 504])])
async def test_ways_to_end(store: JobStore, status: Any, codes: list[int]) -> None:
    for at, code in enumerate((200, 422, 499, 500, 504)):
        await ended(store, at, code)
    page = await store.history(Filter(owner="ada", status=status))
    assert sorted(item.status for item in page.items) == codes


async def test_one_request_by_its_id(store: JobStore) -> None:
    await ended(store, 10)
    wanted = await ended(store, 20, endpoint="a")
    assert await ids(store, request_id=wanted) == [wanted]
    assert await ids(store, request_id=wanted, endpoints=["b"]) == []
    assert await ids(store, request_id=wanted, start=NOON + 21) == []
    page = await store.history(Filter(owner="bob", request_id=wanted))
    assert page.items == []


async def test_longest_first(store: JobStore) -> None:
    durations = [5.0, 1.0, 9.0]
    found = [await ended(store, 10 + n, seconds=seconds) for n, seconds in enumerate(durations)]
    assert await ids(store, sort="duration") == [found[2], found[0], found[1]]
    assert await ids(store, sort="duration", endpoints=["other"]) == []


@pytest.mark.parametrize("wanted", [{}, {"endpoints": ["a", "b"]}, {"sort": "duration"}])
async def test_pages_hold_every_request_once(store: JobStore, wanted: dict[str, Any]) -> None:
    """Also where many ended at one moment and took as long: the sort value alone would lose some."""
    all_ids = {await ended(store, 10 + n // 5, seconds=1 + n % 2, endpoint="ab"[n % 2]) for n in range(23)}
    seen: list[str] = []
    cursor = None
    while True:
        page = await store.history(Filter(owner="ada", **wanted), limit=4, cursor=cursor)
        seen += [item.id for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
        assert len(page.items) == 4
    assert len(seen) == len(set(seen)) == 23
    assert set(seen) == all_ids


@pytest.mark.parametrize("cursor", ["", "x", "é", "W10=", "WzEsMWU5OTld", "A" * 20, "A" * 24, "W1tb" * 5000])
async def test_a_foreign_cursor_is_refused(store: JobStore, cursor: str) -> None:
    with pytest.raises(RequestError, match="cursor") as caught:
        await store.history(Filter(owner="ada"), cursor=cursor)
    assert caught.value.failure().status == 400


async def test_payloads_come_only_when_asked_for(store: JobStore) -> None:
    await ended(store, 10)
    plain = (await store.history(Filter(owner="ada"))).items[0]
    full = (await store.history(Filter(owner="ada"), payloads=True)).items[0]
    assert (plain.input, plain.output) == (None, None)
    assert (full.input, full.output) == (b'{"prompt":"a lighthouse"}', b'{"seed": 7}')


async def test_a_page_ends_early_where_its_payloads_are_large(store: JobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [await ended(store, 10 + n) for n in range(5)]
    monkeypatch.setattr(history, "PAGE_BYTES", 40)  # one request has 35 bytes
    sizes: list[int] = []
    seen: list[str] = []
    cursor = None
    while not sizes or cursor is not None:
        page = await store.history(Filter(owner="ada"), cursor=cursor, payloads=True)
        sizes.append(len(page.items))
        seen += [item.id for item in page.items]
        cursor = page.next_cursor
    assert (sizes, seen) == ([2, 2, 1], found[::-1])
    assert len((await store.history(Filter(owner="ada"))).items) == 5


async def test_what_is_not_for_the_history_is_not_in_it(store: JobStore) -> None:
    await store.add(new_job(), made(in_history=False))
    await store.add(new_job(store_io=False), made(at=NOON + 6))
    private, inline = (await store.history(Filter(owner="ada"), payloads=True)).items
    assert (private.input, private.output) == (None, None)
    assert (inline.input is not None, inline.output) == (True, None)


async def test_direct_runs_are_recorded(store: JobStore, db: SqliteDatabase) -> None:
    job = new_job(direct=True)
    store.record(job, made(engine="sketch", units=2.0, started_at=NOON + 4))
    store.record(new_job(direct=True, store_io=False), made(at=NOON + 4))
    store.record(new_job(direct=True), made(at=NOON + 3, in_history=False))
    await db.flush()
    page = await store.history(Filter(owner="ada"), payloads=True)
    kept, private, inline = page.items
    assert (kept.id, kept.direct, kept.engine, kept.units, kept.duration) == (job.id, True, "sketch", 2.0, 1.0)
    assert (kept.input, kept.output) == (job.input, b'{"seed": 7}')
    assert (private.input, private.output) == (None, None)
    assert (inline.input is not None, inline.output) == (True, None)
