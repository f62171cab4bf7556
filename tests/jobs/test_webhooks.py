from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gesso.db.sqlite import SqliteDatabase
from gesso.egress import EgressFailed, EgressRefused
from gesso.jobs import webhooks
from gesso.jobs.job import Outcome
from gesso.jobs.signer import Signer
from gesso.jobs.store import JobStore
from gesso.jobs.webhooks import Deliverer, delay_after
from gesso.settings import Settings, load
from gesso.shapes import ORIGIN
from tests.jobs.samples import Clock, failed, made, new_job, run_one
from tests.jobs.test_signer import verify

pytestmark = pytest.mark.anyio

HOOK = "https://app.example/hook"


class Receiver:
    """Takes posts in place of the network. `answers` are given in turn, the last one for ever."""

    def __init__(self, *answers: int | Exception) -> None:
        self.answers: list[int | Exception] = list(answers or [200])
        self.posts: list[tuple[str, bytes, dict[str, str], dict[str, Any]]] = []
        self.silent: dict[str, asyncio.Event] = {}
        self.got: dict[str, asyncio.Event] = {}

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], **how: Any) -> int:
        self.posts.append((url, body, dict(headers), how))
        if url in self.got:
            self.got[url].set()
        if url in self.silent:
            await self.silent[url].wait()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(data_dir=tmp_path)


@pytest.fixture
def deliverer(
    db: SqliteDatabase, store: JobStore, receiver: Receiver, settings: Settings, clock: Clock, tmp_path: Path
) -> Deliverer:
    clock.advance(10)
    deliverer = Deliverer(db, receiver, Signer.load(tmp_path, clock=clock), settings, clock)
    store.on_webhook.append(deliverer.wake)
    return deliverer


async def end(store: JobStore, outcome: Outcome | None = None, url: str = HOOK, **facts: Any) -> str:
    job = new_job(webhook=url, **facts)
    await run_one(store, job, outcome or made())
    return job.id


async def delivery(db: SqliteDatabase, job_id: str) -> dict[str, Any]:
    row = await db.one("webhooks.of", {"id": job_id})
    assert row is not None
    return {name: row[name] for name in row.keys()}  # noqa: SIM118 - a row of SQLite iterates over its values


async def test_a_success_is_told_with_the_callers_origin(
    db: SqliteDatabase, store: JobStore, deliverer: Deliverer, receiver: Receiver
) -> None:
    job_id = await end(store, made({"image": {"url": f"{ORIGIN}/files/a.png"}}))
    assert await deliverer.deliver_due() == 1
    [(url, body, headers, how)] = receiver.posts
    assert url == HOOK
    assert json.loads(body) == {
        "request_id": job_id,
        "gateway_request_id": job_id,
        "status": "OK",
        "payload": {"image": {"url": "http://127.0.0.1:4747/files/a.png"}},
    }
    assert headers["content-type"] == "application/json"
    assert headers["x-fal-webhook-user-id"] == "ada"
    verify(deliverer._signer.jwks(), headers, body)
    assert how == {"timeout": 15.0, "allow_private": False, "allow_loopback": False}
    told = await delivery(db, job_id)
    assert (told["state"], told["status"], told["attempts"]) == ("DELIVERED", 200, 1)
    assert await deliverer.deliver_due() == 0


async def test_a_failure_is_told_with_its_status(store: JobStore, deliverer: Deliverer, receiver: Receiver) -> None:
    await end(store, failed(422))
    await deliverer.deliver_due()
    told = json.loads(receiver.posts[0][1])
    assert (told["status"], told["error"], told["payload"]) == (
        "ERROR",
        "Invalid status code: 422",
        {"detail": "no"},
    )


async def test_every_end_has_its_webhook(
    store: JobStore, deliverer: Deliverer, receiver: Receiver, clock: Clock
) -> None:
    """Refused at once, cancelled in line, late: none of them went through a worker."""
    await store.add(new_job(webhook=HOOK), failed(422))
    cancelled, late = new_job(webhook=HOOK), new_job(webhook=HOOK, deadline=clock() + 1)
    await store.add(cancelled)
    await store.add(late)
    await store.cancel(cancelled.id, "ada")
    clock.advance(1)
    await store.expire()
    assert await deliverer.deliver_due() == 3
    errors = sorted(json.loads(post[1])["error"] for post in receiver.posts)
    assert errors == [f"Invalid status code: {status}" for status in (422, 499, 504)]


async def test_a_failed_delivery_is_tried_again_later_and_signed_anew(
    db: SqliteDatabase, store: JobStore, deliverer: Deliverer, receiver: Receiver, clock: Clock
) -> None:
    receiver.answers = [500, EgressFailed("no connection"), 204]
    job_id = await end(store)
    assert await deliverer.deliver_due() == 1
    assert await deliverer.deliver_due() == 0
    for _ in range(2):
        due = (await delivery(db, job_id))["due_at"]
        assert 12 < due - clock() < 31
        clock.now = due
        assert await deliverer.deliver_due() == 1
    assert (await delivery(db, job_id))["state"] == "DELIVERED"
    stamps = [int(post[2]["x-fal-webhook-timestamp"]) for post in receiver.posts]
    assert stamps == sorted(set(stamps))
    assert [post[3]["timeout"] for post in receiver.posts] == [15.0, 120.0, 120.0]
    assert len({post[1] for post in receiver.posts}) == 1, "one body for all tries"
    for _, body, headers, _ in receiver.posts:
        verify(deliverer._signer.jwks(), headers, body)


@pytest.mark.parametrize(
    ("answer", "status", "error"),
    [(410, 410, None), (301, 301, None), (EgressRefused("127.0.0.1 is loopback"), None, "127.0.0.1 is loopback")],
)
async def test_some_answers_are_final(
    db: SqliteDatabase,
    store: JobStore,
    deliverer: Deliverer,
    receiver: Receiver,
    answer: int | Exception,
    status: int | None,
    error: str | None,
) -> None:
    receiver.answers = [answer]
    job_id = await end(store)
    await deliverer.deliver_due()
    told = await delivery(db, job_id)
    assert (told["state"], told["status"], told["error"]) == ("GIVEN_UP", status, error)


async def test_the_attempts_are_used_up_within_about_two_hours(
    db: SqliteDatabase, store: JobStore, deliverer: Deliverer, receiver: Receiver, clock: Clock
) -> None:
    receiver.answers = [503]
    job_id = await end(store)
    began = clock()
    while (told := await delivery(db, job_id))["state"] == "PENDING":
        clock.now = max(told["due_at"], clock())
        await deliverer.deliver_due()
    assert (told["state"], told["attempts"], len(receiver.posts)) == ("GIVEN_UP", 10, 10)
    assert 6300 < clock() - began < 8100


async def test_an_error_of_ours_counts_as_a_try(
    db: SqliteDatabase, store: JobStore, deliverer: Deliverer, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.answers = [RuntimeError("a bug")]
    job_id = await end(store)
    await deliverer.deliver_due()
    told = await delivery(db, job_id)
    assert (told["state"], told["attempts"], told["error"]) == ("PENDING", 1, "internal error")
    assert "a bug" in caplog.text


async def test_loopback_is_welcome_in_open_mode(
    db: SqliteDatabase, store: JobStore, receiver: Receiver, settings: Settings, clock: Clock, tmp_path: Path
) -> None:
    open_mode = True
    signer = Signer.load(tmp_path)
    deliverer = Deliverer(db, receiver, signer, settings, clock, allow_loopback=lambda: open_mode)
    clock.advance(10)
    await end(store)
    await deliverer.deliver_due()
    open_mode = False
    await end(store)
    await deliverer.deliver_due()
    assert [post[3]["allow_loopback"] for post in receiver.posts] == [True, False]


async def test_the_loop_delivers_when_it_is_rung(store: JobStore, deliverer: Deliverer, receiver: Receiver) -> None:
    receiver.got[HOOK] = asyncio.Event()
    running = asyncio.ensure_future(deliverer.run())
    await asyncio.sleep(0)
    await end(store)
    await receiver.got[HOOK].wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_what_was_being_sent_at_the_end_is_sent_again(
    db: SqliteDatabase, store: JobStore, deliverer: Deliverer, settings: Settings, clock: Clock, receiver: Receiver
) -> None:
    receiver.silent[HOOK] = asyncio.Event()
    receiver.got[HOOK] = asyncio.Event()
    job_id = await end(store)
    running = asyncio.ensure_future(deliverer.run())
    await receiver.got[HOOK].wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert (await delivery(db, job_id))["state"] == "PENDING"
    second = Receiver()
    restarted = Deliverer(db, second, deliverer._signer, settings, clock)
    assert await restarted.deliver_due() == 1
    assert second.posts[0][1] == receiver.posts[0][1]


async def test_a_slow_receiver_delays_nobody_else(
    db: SqliteDatabase, store: JobStore, deliverer: Deliverer, receiver: Receiver
) -> None:
    slow = "https://slow.example/hook"
    receiver.silent[slow] = asyncio.Event()
    for _ in range(100):
        await end(store, url=slow)
    quick = await end(store)
    receiver.got[HOOK] = asyncio.Event()
    delivering = asyncio.ensure_future(deliverer.run())
    await receiver.got[HOOK].wait()
    assert len([post for post in receiver.posts if post[0] == slow]) == webhooks.PER_HOST
    receiver.silent[slow].set()
    await deliverer.deliver_due()
    assert len(receiver.posts) == 101
    assert (await delivery(db, quick))["state"] == "DELIVERED"
    delivering.cancel()
    await asyncio.gather(delivering, return_exceptions=True)


def test_delays_double_up_to_an_hour() -> None:
    assert [delay_after(n) for n in (1, 2, 3)] == [14.0, 28.0, 56.0]
    assert delay_after(31) == 3600.0
