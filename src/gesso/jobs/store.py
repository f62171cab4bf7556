"""The job store: every request's record, its queue and its one outcome.

Moves of state are in `moves.py`, run inside the database's writer; this class sends them there and, once they are
synced, tells whoever waits in this process.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from gesso.db.database import Database, Row, Transaction
from gesso.jobs import history, moves, retention
from gesso.jobs.board import Board, Live
from gesso.jobs.history import Filter, Page
from gesso.jobs.job import CancelAnswer, Job, LogLine, NewJob, Outcome, Status
from gesso.jobs.moves import Ended, GivenBack
from gesso.jobs.rows import PRIORITIES, claimed_job, stored_job, stored_status
from gesso.jobs.watch import Watch, Watchers


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """What a worker has said of itself, and when."""

    name: str
    facts: Mapping[str, Any]
    published_at: float


class Taker(Protocol):
    """A worker in this process, which may begin a request without waiting for its turn to claim."""

    name: str

    @property
    def has_room(self) -> bool:
        """Whether it would claim one more request now."""
        ...

    def begin(self, job: Job) -> None:
        """Carry it out, from the next turn of the loop on."""
        ...


class JobStore:
    """The record of requests. Use it from the database's event loop; times are Unix seconds of `clock`.

    On a database that holds requests already, `void_leases` comes first.

    Callbacks run on the event loop and must not block:

    - `on_work()`: work has been handed to the writer, or is back in line. A claim made now is ordered behind it and
      shares its sync, which saves an idle worker half of its way to the start.
    - `on_cancel(id)`: a running request is to be stopped.
    - `on_finish(id)`: a request has its outcome, stored and synced.
    - `on_webhook()`: an outcome was stored whose webhook waits to be delivered.
    """

    def __init__(self, db: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._db = db
        self._clock = clock
        self._watchers = Watchers()
        self._board = Board()
        self._secrets: dict[str, Mapping[str, Any]] = {}
        self._held: dict[str, dict[str, int]] = {}
        self._adding = 0
        self.taker: Taker | None = None
        """Who may take new requests as they come."""
        self.on_work: list[Callable[[], None]] = []
        self.on_cancel: list[Callable[[str], None]] = []
        self.on_finish: list[Callable[[str], None]] = []
        self.on_webhook: list[Callable[[], None]] = []

    # ------------------------------------------------------------ moves

    async def add(self, job: NewJob, outcome: Outcome | None = None) -> None:
        """Store a request durably; with `outcome` it is stored finished. A restart forgets its secrets only."""
        if outcome is not None:
            await self._db.write(lambda tx: [moves.add_ended(tx, job, outcome)], self._announce_ends)
            return
        taker = self.taker if self.taker is not None and self._adding == 0 and self._board.nobody_waits else None
        self._adding += 1
        try:
            if taker is None or not taker.has_room:
                await self._add_waiting(job)
            else:
                await self._add_taken(job, taker)
        finally:
            self._adding -= 1

    async def _add_waiting(self, job: NewJob) -> None:
        self._fire_work()  # before the write below is waited for: a claim of this turn joins its group
        await self._db.write_each(moves.add, job, partial(self._added, job))

    async def _add_taken(self, job: NewJob, taker: Taker) -> None:
        """Store a request as taken, and let it begin while the disk is still at it.

        Nobody can see what it does before the sync: its end is written after its beginning.
        """
        now = self._clock()
        self._held.setdefault(taker.name, {})[job.id] = 1
        taker.begin(Job(new=job, state="IN_PROGRESS", attempt=1, fence=1, started_at=now))

        added = partial(self._added, job, running=True)
        try:
            await self._db.write(lambda tx: moves.add_taken(tx, job, taker.name, now), added)
        except Exception:
            self._let_go(job.id, 1)
            self._fire_cancel(job.id)
            raise

    def _added(self, job: NewJob, seq: int, *, running: bool = False) -> None:
        if job.secrets:
            self._secrets[job.id] = job.secrets
        self._board.enter(live(job, seq, running=running))

    async def claim(self, worker: str, limit: int, begin: Callable[[Job], None] = lambda _: None) -> list[Job]:
        """Take up to `limit` waiting requests, normal before low, first come first served.

        What has waited beyond its start deadline is completed with 504 instead. `begin` gets each request before
        anybody can hear of what happens to it next, a cancel above all.
        """
        now = self._clock()
        jobs: list[Job] = []

        def operation(tx: Transaction) -> tuple[list[Ended], list[Row]]:
            return moves.expire(tx, now), moves.claim(tx, worker, limit, now)

        def claimed(found: tuple[list[Ended], list[Row]]) -> None:
            self._announce_ends(found[0])
            held = self._held.setdefault(worker, {})
            for row in found[1]:
                job = claimed_job(row, self._secrets.get(row["id"], {}))
                held[job.id] = job.fence
                self._board.start(job.id)
                self._watchers.announce(job.id)
                jobs.append(job)
                begin(job)

        await self._db.write(operation, claimed)
        return jobs

    async def finish(self, job_id: str, fence: int, outcome: Outcome) -> bool:
        """Store how a run ended, with its webhook. False when a newer claim, or an end, has overtaken it."""

        def finished(ended: Ended | None) -> None:
            self._let_go(job_id, fence)
            self._announce_ends([ended] if ended else [])

        return await self._db.write(lambda tx: moves.finish(tx, job_id, fence, outcome), finished) is not None

    async def give_back(self, job_id: str, fence: int, note: str) -> bool:
        """Put a run whose runner died back in line; `note` goes to its log. False when it was overtaken."""
        now = self._clock()

        def returned(given: GivenBack) -> None:
            self._let_go(job_id, fence)
            self._announce_ends(given.ended)
            if given.waiting:
                self._board.put_back(job_id)
                self._fire_work()

        given = await self._db.write(lambda tx: moves.give_back(tx, job_id, fence, now), returned)
        if given.waiting:
            self.log(job_id, LogLine(note, now, "WARN", "SYSTEM"))
        return bool(given.waiting or given.ended)

    async def void_leases(self, silent_since: float | None = None) -> int:
        """Put back what runs, all of it or what no worker has renewed since a time; how much that was.

        The one process of an embedded server voids all at start: whoever held it is gone with the lock.
        """
        now = self._clock()
        before = {} if silent_since is None else {"silent_since": silent_since}

        def returned(found: tuple[GivenBack, list[Row]]) -> None:
            given, live = found
            self._board.load(live)
            self._announce_ends(given.ended)

        given, _ = await self._db.write(lambda tx: (moves.void(tx, now, **before), tx.all("jobs.live")), returned)
        if given.waiting:
            self._fire_work()
        return given.waiting

    async def renew(self, worker: str) -> list[str]:
        """Say that a worker lives; the ids that it must stop, being cancelled or no longer its own."""
        now = self._clock()

        def operation(tx: Transaction) -> list[Row]:
            tx.run("jobs.renew", {"worker": worker, "now": now})
            return tx.all("jobs.held", {"worker": worker})

        held = dict(self._held.get(worker, {}))
        rows = {row["id"]: row for row in await self._db.write(operation)}
        lost = [id_ for id_, fence in held.items() if id_ not in rows or rows[id_]["fence"] != fence]
        return lost + [id_ for id_, row in rows.items() if row["cancelled"]]

    async def cancel(self, job_id: str, owner: str | None) -> CancelAnswer:
        """Cancel a request: at once while it waits; while it runs, it can only end as 499 from here on."""
        now = self._clock()

        def cancelled(found: tuple[CancelAnswer, Ended | None]) -> None:
            answer, ended = found
            self._announce_ends([ended] if ended else [])
            if answer == "CANCELLATION_REQUESTED" and ended is None:
                self._watchers.announce(job_id)
                self._fire_cancel(job_id)

        answer, _ = await self._db.write(lambda tx: moves.cancel(tx, job_id, owner, now), cancelled)
        return answer

    async def expire(self) -> float | None:
        """Complete what has waited beyond its start deadline; when the next deadline is due."""
        if (due := await self._next_deadline()) is None or due > (now := self._clock()):
            return due
        await self._db.write(lambda tx: moves.expire(tx, now), self._announce_ends)
        return await self._next_deadline()

    # ------------------------------------------------------------ logs and watching

    def log(self, job_id: str, line: LogLine) -> None:
        """Append a line to a request's log; watchers hear of it once it is stored."""
        params = {"id": job_id, "at": line.at, "level": line.level, "source": line.source, "message": line.message}
        self._db.post(lambda tx: tx.run("logs.add", params), lambda _: self._watchers.announce(job_id))

    async def logs(self, job_id: str, after: int = 0) -> list[tuple[int, LogLine]]:
        """The lines after number `after`, with their numbers."""
        rows = await self._db.all("logs.after", {"id": job_id, "after": after})
        return [(row["seq"], LogLine(row["message"], row["at"], row["level"], row["source"])) for row in rows]

    def watch(self, job_id: str) -> Watch:
        """Wakes on every new log line and move of a request: `async with store.watch(id) as watch`."""
        return self._watchers.watch(job_id)

    def dismiss_watchers(self) -> None:
        """The server stops: whoever watches a request that has not ended shall not keep it from that."""
        self._watchers.dismiss()

    # ------------------------------------------------------------ reading

    async def status(self, job_id: str, owner: str | None) -> Status | None:
        """What the status route tells; None for what does not exist or belongs to another. `owner` None is any."""
        found = self._board.find(job_id) or await self._stored_status(job_id)
        return found[1] if found is not None and owner in (None, found[0]) else None

    async def _stored_status(self, job_id: str) -> tuple[str, Status] | None:
        """The same with its owner, from the database: for what has ended, and not been asked for lately."""
        row = await self._db.one("jobs.standing", {"id": job_id})
        if row is None:
            return None
        status = stored_status(row)
        if status.state == "IN_QUEUE":  # stored this moment, and not yet told
            return row["owner"], replace(status, position=self._board.ahead(row["priority"], row["seq"]))
        if status.state == "COMPLETED":
            self._board.remember(row["owner"], status)
        return row["owner"], status

    async def get(self, job_id: str, owner: str | None, *, with_input: bool = False) -> Job | None:
        """The whole request with its outcome; its input only where asked for, since that may be large."""
        row = await self._db.one("jobs.get", {"id": job_id})
        if row is None or owner not in (None, row["owner"]):
            return None
        input = await self.input_of(job_id) if with_input else None
        return stored_job(row, self._clock(), input or b"")

    async def input_of(self, job_id: str) -> bytes | None:
        """The input as JSON; None where there is no such request or its input was forgotten."""
        row = await self._db.one("jobs.input", {"id": job_id})
        return row["input"] if row else None

    def queue_length(self, endpoint: str) -> int:
        """How many requests wait for an endpoint, over all callers."""
        return self._board.waiting(endpoint)

    # ------------------------------------------------------------ history and retention

    def record(self, job: NewJob, outcome: Outcome) -> None:
        """Add a direct run or stream, which has ended, to the history; its caller need not wait for that."""
        self._db.post_each(moves.record, (job, outcome))

    async def record_durably(self, job: NewJob, outcome: Outcome) -> None:
        """The same for one that made files: return when it is synced."""
        await self._db.write_each(moves.record, (job, outcome))

    async def history(
        self, wanted: Filter, *, limit: int = 50, cursor: str | None = None, payloads: bool = False
    ) -> Page:
        """One page of finished requests, newest or longest first."""
        return await history.page(self._db, wanted, limit, cursor, payloads)

    async def prune(self, older_than: float | None = None) -> int:
        """Drop outputs whose hour is over and, with `older_than`, requests that ended before; how many of those."""
        try:
            return await retention.prune(self._db, self._clock(), older_than)
        finally:  # also where it ended midway
            self._board.forget()

    async def forget_payloads(self, job_id: str, owner: str | None) -> tuple[str, ...] | None:
        """Drop a request's input and output; the names of the files it made. None where there is no such request."""
        return await self._db.write(lambda tx: retention.forget(tx, job_id, owner))

    # ------------------------------------------------------------ workers

    async def publish_worker(self, name: str, facts: Mapping[str, Any]) -> None:
        """Tell the API what a worker can serve."""
        params = {"name": name, "facts": json.dumps(dict(facts)), "now": self._clock()}
        await self._db.write(lambda tx: tx.run("workers.publish", params))

    async def withdraw_worker(self, name: str) -> None:
        """Take back what a worker said, because it stops."""
        await self._db.write(lambda tx: tx.run("workers.withdraw", {"name": name}))

    async def workers(self) -> list[WorkerFacts]:
        """What workers have said of themselves."""
        rows = await self._db.all("workers.all")
        return [WorkerFacts(row["name"], json.loads(row["facts"]), row["published_at"]) for row in rows]

    # ------------------------------------------------------------ telling

    def _fire_work(self) -> None:
        for call in self.on_work:
            call()

    def _fire_cancel(self, job_id: str) -> None:
        for call in self.on_cancel:
            call(job_id)

    def _announce_ends(self, ended: Sequence[Ended]) -> None:
        for one in ended:
            self._secrets.pop(one.id, None)
            self._board.drop(one.id)
            self._watchers.announce(one.id)
            for call in self.on_finish:
                call(one.id)
        if any(one.webhook for one in ended):
            for tell in self.on_webhook:
                tell()

    async def _next_deadline(self) -> float | None:
        row = await self._db.one("jobs.next_deadline")
        return row["at"] if row else None

    def _let_go(self, job_id: str, fence: int) -> None:
        for held in self._held.values():
            if held.get(job_id) == fence:
                del held[job_id]


def live(job: NewJob, seq: int, *, running: bool = False) -> Live:
    """What the board keeps of a request."""
    return Live(job.id, job.owner, job.endpoint, PRIORITIES.index(job.priority), seq, running)
