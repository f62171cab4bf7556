"""Every move of a request's state, each inside one transaction and guarded by the state it starts from.

    add        (nothing)    -> IN_QUEUE
    add_taken  (nothing)    -> IN_PROGRESS     where a worker has room and nobody waits
    add_ended  (nothing)    -> COMPLETED       where the outcome is known at once; `record` for direct runs
    claim      IN_QUEUE     -> IN_PROGRESS     attempt and fence rise
    finish     IN_PROGRESS  -> COMPLETED       for the newest fence; a cancelled one ends as 499
    give_back  IN_PROGRESS  -> IN_QUEUE        for the newest fence; a cancelled one ends as 499
    void       IN_PROGRESS  -> IN_QUEUE        the worker is gone; likewise
    cancel     IN_QUEUE     -> COMPLETED 499;  IN_PROGRESS is marked and ends by finish
    expire     IN_QUEUE     -> COMPLETED 504   the start deadline has passed

`docs/architecture/jobs.md` draws it. Whatever reaches COMPLETED goes through `complete`, which writes the outcome
and the webhook's outbox row together.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from gesso.db.database import Row, Transaction
from gesso.errors import Cancelled, GessoError, StartTimeout
from gesso.jobs.job import CancelAnswer, NewJob, Outcome
from gesso.jobs.rows import job_params, outcome_params


@dataclass(frozen=True, slots=True)
class Ended:
    """A request that a move brought to COMPLETED."""

    id: str
    webhook: bool


def outcome_of(error: GessoError, at: float) -> Outcome:
    """The outcome of a request that no engine answered."""
    return Outcome.failed(error.failure(), ended_at=at)


def add(tx: Transaction, jobs: Sequence[NewJob]) -> list[int]:
    """Store requests, waiting; their places in the order of acceptance."""
    rows = [job_params(job) for job in jobs]
    first = tx.insert("jobs.insert", rows[0])
    seqs = list(range(first, first + len(rows)))
    for seq, row in zip(seqs, rows, strict=True):
        row["seq"] = seq
    tx.many("jobs.insert", rows[1:])
    tx.many("jobs.enqueue", rows)
    return seqs


def add_taken(tx: Transaction, job: NewJob, worker: str, now: float) -> int:
    """Store a request that a worker has taken as it came: its first attempt, under its first fence."""
    params = job_params(job) | {"worker": worker, "now": now}
    params["seq"] = seq = tx.insert("jobs.insert", params)
    tx.run("jobs.enqueue_taken", params)
    return seq


def add_ended(tx: Transaction, job: NewJob, outcome: Outcome) -> Ended:
    """Store a request that has its outcome already."""
    return complete(tx, tx.insert("jobs.insert", job_params(job)), outcome)


def record(tx: Transaction, direct: Sequence[tuple[NewJob, Outcome]]) -> list[None]:
    """Store direct requests, whose callers have their answers: what is not for the history is not stored at all."""
    [last] = tx.all("jobs.last")
    rows = [_recorded(job, outcome, seq) for seq, (job, outcome) in enumerate(direct, last["seq"] + 1)]
    tx.many("jobs.insert", rows)
    tx.many("jobs.complete", rows)
    return [None] * len(rows)


def _recorded(job: NewJob, outcome: Outcome, seq: int) -> dict[str, Any]:
    params = job_params(job) | outcome_params(outcome, keep=True)
    if not job.store_io:
        params["input"] = None
    if not (job.store_io and outcome.in_history):
        params["body"] = None
    params["seq"] = seq
    params["attempt"] = 1
    return params


def claim(tx: Transaction, worker: str, limit: int, now: float) -> list[Row]:
    """Rows of `jobs.claimed` for up to `limit` requests, first in line first."""
    rows = tx.all("jobs.claim", {"worker": worker, "limit": limit, "now": now})
    seqs = [seq for _, seq in sorted((row["priority"], row["seq"]) for row in rows)]
    return [row for seq in seqs for row in tx.all("jobs.claimed", {"seq": seq})]


def finish(tx: Transaction, job_id: str, fence: int, outcome: Outcome) -> Ended | None:
    """Store how a run ended; None when the caller does not hold the newest fence."""
    taken = tx.one("jobs.take_running", {"id": job_id, "fence": fence})
    if taken is None:
        return None
    if taken["cancelled"]:
        cancelled = outcome_of(Cancelled(), outcome.ended_at)
        outcome = dataclasses.replace(cancelled, started_at=taken["started_at"], files=outcome.files)
    elif outcome.started_at is None:
        outcome = dataclasses.replace(outcome, started_at=taken["started_at"])
    return complete(tx, taken["seq"], outcome, taken["attempt"])


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What became of runs that ended without an outcome."""

    waiting: int
    ended: list[Ended]


def give_back(tx: Transaction, job_id: str, fence: int, now: float) -> GivenBack:
    """Put a run back in line, where its request keeps its place."""
    if tx.one("jobs.give_back", {"id": job_id, "fence": fence}) is not None:
        return GivenBack(1, [])
    ended = finish(tx, job_id, fence, outcome_of(Cancelled(), now))
    return GivenBack(0, [ended] if ended else [])


def void(tx: Transaction, now: float, silent_since: float = math.inf) -> GivenBack:
    """Put back every run whose worker was last heard of before `silent_since`."""
    gone = {"before": silent_since}
    cancelled = [
        finish(tx, row["id"], row["fence"], outcome_of(Cancelled(), now)) for row in tx.all("jobs.void_cancelled", gone)
    ]
    return GivenBack(tx.run("jobs.void", gone), [ended for ended in cancelled if ended])


def cancel(tx: Transaction, job_id: str, owner: str | None, now: float) -> tuple[CancelAnswer, Ended | None]:
    """Take a request out of line at once, or mark its run to be stopped."""
    row = tx.one("jobs.standing", {"id": job_id})
    if row is None or owner not in (None, row["owner"]):
        return "NOT_FOUND", None
    if row["status"] is not None:
        return "ALREADY_COMPLETED", None
    if tx.run("jobs.mark_cancelled", {"seq": row["seq"]}):
        return "CANCELLATION_REQUESTED", None
    return "CANCELLATION_REQUESTED", _leave_queue(tx, row["seq"], Cancelled(), now)


def expire(tx: Transaction, now: float) -> list[Ended]:
    """Complete what has waited beyond its start deadline."""
    ended = [_leave_queue(tx, row["seq"], StartTimeout(), now) for row in tx.all("jobs.late", {"now": now})]
    return [one for one in ended if one]


def _leave_queue(tx: Transaction, seq: int, error: GessoError, now: float) -> Ended | None:
    taken = tx.one("jobs.take_waiting", {"seq": seq})
    return complete(tx, seq, outcome_of(error, now), taken["attempt"]) if taken else None


def complete(tx: Transaction, seq: int, outcome: Outcome, attempt: int = 0) -> Ended:
    """Write the one outcome of a request and, in the same transaction, the webhook that tells it."""
    [facts] = tx.all("jobs.facts", {"seq": seq})
    params = outcome_params(outcome, keep=bool(facts["store_io"]) and outcome.in_history)
    params.update(seq=seq, attempt=attempt, endpoint=facts["endpoint"], owner=facts["owner"])
    tx.run("jobs.complete", params)
    if not facts["store_io"]:
        tx.run("jobs.forget_input", {"seq": seq})
    url: str | None = facts["webhook"]
    if url:
        host = urlsplit(url).netloc.lower()
        tx.run("webhooks.add", {"seq": seq, "url": url, "host": host, "now": outcome.ended_at})
    return Ended(facts["id"], bool(url))
