"""Between the record's dataclasses and the database's rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gesso.db.database import Row
from gesso.jobs.job import Job, Lifecycle, NewJob, Outcome, Priority, Status

PRIORITIES: tuple[Priority, ...] = ("normal", "low")
"""By the number that is stored, which is the order in which they are served."""

RESULT_SECONDS = 3600.0
"""How long an output that is not to be kept can still be read, so that its caller can take it."""


def job_params(job: NewJob) -> dict[str, Any]:
    """Parameters of `jobs.insert`. Secrets are not among them."""
    return {
        "seq": None,
        "id": job.id,
        "endpoint": job.endpoint,
        "owner": job.owner,
        "key_id": job.key_id,
        "submitted_at": job.submitted_at,
        "priority": 1 if job.priority == "low" else 0,
        "deadline": job.deadline,
        "webhook": job.webhook,
        "origin": job.origin,
        "lifecycle": _lifecycle_text(job.lifecycle),
        "store_io": job.store_io,
        "retry": job.retry,
        "hint": job.hint,
        "direct": job.direct,
        "input": job.input,
    }


def outcome_params(outcome: Outcome, *, keep: bool) -> dict[str, Any]:
    """Parameters of `jobs.complete` that come from the outcome; without `keep` its body goes after an hour."""
    return {
        "status": outcome.status,
        "error": outcome.error,
        "error_type": outcome.error_type,
        "engine": outcome.engine,
        "units": outcome.units,
        "inference_seconds": outcome.inference_seconds,
        "started_at": outcome.started_at,
        "ended_at": outcome.ended_at,
        "headers": json.dumps(dict(outcome.headers)) if outcome.headers else None,
        "files": json.dumps(outcome.files) if outcome.files else None,
        "in_history": outcome.in_history,
        "forget_at": None if keep else outcome.ended_at + RESULT_SECONDS,
        "body": outcome.body,
    }


def new_job(row: Row, input: bytes, secrets: Mapping[str, Any] | None = None) -> NewJob:
    """The request as it was accepted; `secrets` are those still held in memory."""
    return NewJob(
        id=row["id"],
        endpoint=row["endpoint"],
        owner=row["owner"],
        key_id=row["key_id"],
        input=input,
        submitted_at=row["submitted_at"],
        priority=PRIORITIES[int(row["priority"])],
        deadline=row["deadline"],
        webhook=row["webhook"],
        origin=row["origin"],
        lifecycle=_lifecycle(row["lifecycle"]),
        store_io=bool(row["store_io"]),
        retry=bool(row["retry"]),
        hint=row["hint"],
        direct=bool(row["direct"]),
        secrets=secrets or {},
    )


def claimed_job(row: Row, secrets: Mapping[str, Any]) -> Job:
    """A row of `jobs.claimed`."""
    return Job(
        new=new_job(row, row["input"] or b"{}", secrets),
        state=row["state"],
        attempt=row["attempt"],
        fence=row["fence"],
        started_at=row["started_at"],
    )


def stored_status(row: Row) -> Status:
    """A row of `jobs.standing`; positions in line are the board's to tell."""
    return Status(
        id=row["id"],
        endpoint=row["endpoint"],
        state=row["state"] or "COMPLETED",
        inference_seconds=row["inference_seconds"],
        error=row["error"],
        error_type=row["error_type"],
        engine=row["engine"],
    )


def stored_job(row: Row, now: float, input: bytes) -> Job:
    """A row of `jobs.get` with its input."""
    ended = row["ended_at"] is not None
    forgotten = ended and is_forgotten(row, now)
    return Job(
        new=new_job(row, input),
        state="COMPLETED" if ended else row["state"],
        attempt=row["attempt"],
        fence=row["fence"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        outcome=stored_outcome(row, b"" if forgotten else row["body"]) if ended else None,
        forgotten=forgotten,
    )


def is_forgotten(row: Row, now: float) -> bool:
    """Whether a finished request's output is kept no longer, swept or not."""
    return row["body"] is None or (row["forget_at"] is not None and row["forget_at"] <= now)


def stored_outcome(row: Row, body: bytes) -> Outcome:
    """The outcome in a row of `jobs.get`."""
    return Outcome(
        status=row["status"],
        body=body,
        headers=json.loads(row["headers"]) if row["headers"] else {},
        error=row["error"],
        error_type=row["error_type"],
        engine=row["engine"],
        units=row["units"],
        inference_seconds=row["inference_seconds"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        files=file_names(row["files"]),
        in_history=bool(row["in_history"]),
    )


def file_names(text: str | None) -> tuple[str, ...]:
    """Names of blobs from their stored list."""
    return tuple(json.loads(text)) if text else ()


def _lifecycle_text(lifecycle: Lifecycle) -> str | None:
    if lifecycle.expires_in is None and lifecycle.acl is None:
        return None
    acl = None if lifecycle.acl is None else dict(lifecycle.acl)
    return json.dumps({"expires_in": lifecycle.expires_in, "acl": acl})


def _lifecycle(text: str | None) -> Lifecycle:
    return Lifecycle(**json.loads(text)) if text else Lifecycle()
