"""Requests and outcomes to test with, and a clock that stands still until it is told to go."""

from __future__ import annotations

import itertools
import json
from typing import Any

from gesso.jobs.job import Job, NewJob, Outcome
from gesso.jobs.store import JobStore

NOON = 1_800_000_000.0
ENDPOINT = "fal-ai/flux-1/schnell"

_numbers = itertools.count(1)


class Clock:
    """Call it for the time; `advance` makes it later."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


def new_job(**facts: Any) -> NewJob:
    """A request of the owner `ada`; name what matters."""
    given: dict[str, Any] = {
        "id": f"00000000-0000-4000-8000-{next(_numbers):012}",
        "endpoint": ENDPOINT,
        "owner": "ada",
        "input": b'{"prompt":"a lighthouse"}',
        "submitted_at": NOON,
        "origin": "http://127.0.0.1:4747",
    }
    return NewJob(**{**given, **facts})


def made(body: Any = None, at: float = NOON + 5, **facts: Any) -> Outcome:
    """A success."""
    return Outcome(status=200, body=json.dumps(body or {"seed": 7}).encode(), ended_at=at, **facts)


def failed(status: int = 422, at: float = NOON + 5, **facts: Any) -> Outcome:
    """A failure of the flat form."""
    body = json.dumps({"detail": "no"}).encode()
    return Outcome(status=status, body=body, error="no", error_type="value_error", ended_at=at, **facts)


async def run_one(store: JobStore, job: NewJob, outcome: Outcome) -> None:
    """Bring a request through the queue to an outcome. The queue must be empty."""
    await store.add(job)
    [claimed] = await store.claim("worker", 1)
    assert await store.finish(claimed.id, claimed.fence, outcome)


async def claim_one(store: JobStore, worker: str = "worker") -> Job:
    [job] = await store.claim(worker, 1)
    return job
