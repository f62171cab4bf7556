"""Delivers the outbox: each webhook at least once, however often the receiver or we go down.

An outbox row is written with the outcome. The deliverer sends what is due, notes the answer, and a failed one gets a
later date: 14 s doubled each time, at most an hour, so ten attempts span about two hours. Answers:

    2xx                        delivered
    410, any 3xx, refused URL  given up: trying again would not change it
    everything else            tried again until the attempts are used up
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from gesso.db.database import Database, Row
from gesso.db.faults import DatabaseFault
from gesso.egress import EgressError, EgressInvalid, EgressRefused, check_url
from gesso.jobs.signer import Signer
from gesso.settings import Settings
from gesso.shapes import ORIGIN

__all__ = ["Deliverer", "Poster", "Signer", "message"]

log = logging.getLogger(__name__)

PER_HOST = 4
"""Deliveries at once to one host: a slow receiver delays its own webhooks alone."""
AT_ONCE = 64
LATER_TIMEOUT = 8
"""Times the first timeout that later tries get: 120 s after 15."""
FIRST_DELAY = 14.0
LONGEST_DELAY = 3600.0
LOOK_SECONDS = 30.0
"""The outbox is looked at this often even if nobody rings."""

State = Literal["PENDING", "DELIVERED", "GIVEN_UP"]


class Poster(Protocol):
    """The part of `Egress` that webhooks need."""

    async def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        timeout: float,  # noqa: ASYNC109 - covers name, connection and answer
        allow_private: bool,
        allow_loopback: bool,
    ) -> int: ...


@dataclass(frozen=True, slots=True)
class Tried:
    """What one try gave."""

    state: State
    status: int | None = None
    error: str | None = None


def message(row: Row) -> bytes:
    """The body of a webhook, from a row of `webhooks.message`: the result with its caller's origin in the URLs."""
    request_id, status = json.dumps(row["id"]), int(row["status"])
    payload: bytes = row["body"] or b"null"
    payload = payload.replace(ORIGIN.encode(), row["origin"].encode())
    told = '"OK"' if status == 200 else f'"ERROR","error":"Invalid status code: {status}"'
    head = f'{{"request_id":{request_id},"gateway_request_id":{request_id},"status":{told},"payload":'
    return head.encode() + payload + b"}"


def never_delivered(url: str, *, allow_private: bool, allow_loopback: bool) -> str | None:
    """Why nothing can ever be delivered to a URL, as far as that shows without asking a resolver."""
    try:
        check_url(url, allow_private=allow_private, allow_loopback=allow_loopback)
    except EgressInvalid as error:
        return str(error)
    except EgressRefused:
        return "The URL is on a private address or a port of another protocol, where no webhook is delivered"
    return None


class Deliverer:
    """The loop that empties the outbox. `allow_loopback` says whether receivers on this machine are welcome now."""

    def __init__(
        self,
        db: Database,
        egress: Poster,
        signer: Signer,
        settings: Settings,
        clock: Callable[[], float] = time.time,
        *,
        allow_loopback: Callable[[], bool] = lambda: False,
    ) -> None:
        self._db = db
        self._egress = egress
        self._signer = signer
        self._settings = settings
        self._clock = clock
        self._allow_loopback = allow_loopback
        self._rung = asyncio.Event()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._hosts: Counter[str] = Counter()

    def wake(self) -> None:
        """Ring: something was put into the outbox. Meant for `JobStore.on_webhook`."""
        self._rung.set()

    async def run(self) -> None:
        """Deliver until cancelled; what was being sent then is sent again after the next start."""
        try:
            while True:
                self._rung.clear()
                while await self.start_due():
                    pass
                await self._wait()
        finally:
            tasks = list(self._tasks.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def deliver_due(self) -> int:
        """Try everything that is due and wait for every answer; how many tries were begun."""
        total = 0
        while (started := await self.start_due()) or self._tasks:
            total += started
            await asyncio.gather(*self._tasks.values())
        return total

    async def start_due(self) -> int:
        """Begin to deliver what is due, as far as there is room; how many that were. Call it until it gives 0."""
        room = AT_ONCE - len(self._tasks)
        if room <= 0:
            return 0
        busy = [host for host, count in self._hosts.items() if count >= PER_HOST]
        params = {"now": self._clock(), "busy": json.dumps(busy), "limit": room + len(self._tasks)}
        started = 0
        for row in await self._db.all("webhooks.due", params):
            if started < room and row["seq"] not in self._tasks and self._hosts[row["host"]] < PER_HOST:
                self._start(row)
                started += 1
        return started

    def _start(self, row: Row) -> None:
        seq, host = int(row["seq"]), str(row["host"])
        self._hosts[host] += 1
        task = asyncio.create_task(self._deliver(seq, row["url"], int(row["attempts"])))
        self._tasks[seq] = task

        def ended(task: asyncio.Task[None]) -> None:
            del self._tasks[seq]
            self._hosts[host] -= 1
            if not self._hosts[host]:
                del self._hosts[host]
            self._rung.set()
            if not task.cancelled() and (error := task.exception()) is not None:
                log.error("a webhook's delivery ended in an error", exc_info=error)

        task.add_done_callback(ended)

    async def _wait(self) -> None:
        """Until somebody rings or the next delivery is due."""
        row = await self._db.one("webhooks.next_due")
        due = row["at"] if row else None
        seconds = LOOK_SECONDS if due is None else min(max(due - self._clock(), 0.0), LOOK_SECONDS)
        if seconds == 0.0:  # due, yet not started: all places are taken, and the next to end rings
            seconds = LOOK_SECONDS
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return

    async def _deliver(self, seq: int, url: str, attempts: int) -> None:
        row = await self._db.one("webhooks.message", {"seq": seq})
        if row is None:
            return
        tried = await self._try(row, url, attempts)
        came_to = tried.status or tried.error
        log.info("webhook of %s: attempt %d, %s (%s)", row["id"], attempts + 1, tried.state, came_to)
        try:
            await self._note(seq, attempts + 1, tried)
        except DatabaseFault as error:
            log.error("the delivery of %s could not be noted and will be repeated: %s", row["id"], error)
            await asyncio.sleep(FIRST_DELAY)  # in its place, so that a full disk makes no storm of deliveries

    async def _try(self, row: Row, url: str, attempts: int) -> Tried:
        body = message(row)
        headers = {"content-type": "application/json", **self._signer.headers(row["id"], row["owner"], body)}
        seconds = self._settings.webhook_seconds * (LATER_TIMEOUT if attempts else 1)
        private = self._settings.webhook_private
        try:
            status = await self._egress.post(
                url,
                body,
                headers,
                timeout=seconds,
                allow_private=private,
                allow_loopback=private or self._allow_loopback(),
            )
        except EgressRefused as error:
            return Tried("GIVEN_UP", None, error.reason)
        except EgressError as error:
            return Tried("PENDING", None, error.reason)
        except Exception:
            log.exception("a webhook could not be sent")
            return Tried("PENDING", None, "internal error")
        if 200 <= status < 300:
            return Tried("DELIVERED", status)
        final = status == 410 or 300 <= status < 400
        return Tried("GIVEN_UP" if final else "PENDING", status)

    async def _note(self, seq: int, attempts: int, tried: Tried) -> None:
        state = tried.state
        if state == "PENDING" and attempts >= self._settings.webhook_attempts:
            state = "GIVEN_UP"
        now = self._clock()
        params = {
            "seq": seq,
            "state": state,
            "attempts": attempts,
            "due_at": now + delay_after(attempts) * random.uniform(0.9, 1.1),
            "status": tried.status,
            "error": tried.error,
            "now": now,
        }
        await self._db.write(lambda tx: tx.run("webhooks.tried", params))


def delay_after(attempts: int) -> float:
    """Seconds to wait after so many failed attempts."""
    return min(FIRST_DELAY * 2.0 ** (attempts - 1), LONGEST_DELAY)
