"""The way of `run` and `stream`: to an outcome without the queue's promise. A cut connection is cancelled work."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from gesso.errors import RequestError, failure_of
from gesso.jobs.job import NewJob, Outcome, Preview
from gesso.jobs.store import JobStore

OnPreview = Callable[[Preview], None]
Execute = Callable[[NewJob, OnPreview | None], Awaitable[Outcome]]

LOOK_SECONDS = 5.0
"""How often the durable way looks by itself, in case the worker is in another process and wakes nobody here."""


class Lane(Protocol):
    """Runs one job while its caller waits. Cancelling the task cancels the work."""

    async def run(self, job: NewJob, on_preview: OnPreview | None = None) -> Outcome: ...


class Slots:
    """At most so many direct runs at once per owner; 0 is no limit. Queued requests wait instead and never count."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken: dict[str, int] = {}

    def take(self, owner: str) -> None:
        """Hold one slot until `free`, or raise the 429 that clients try again after."""
        taken = self._taken.get(owner, 0)
        if self._limit and taken >= self._limit:
            msg = f"At most {self._limit} requests may run at once. Wait for one to end, or use the queue."
            retry = {"x-fal-retryable": "true", "x-fal-needs-retry": "1"}
            raise RequestError(msg, status=429, error_type="concurrent_requests_limit", headers=retry)
        self._taken[owner] = taken + 1

    def free(self, owner: str) -> None:
        """Let go of a slot."""
        taken = self._taken[owner] - 1
        if taken:
            self._taken[owner] = taken
        else:
            del self._taken[owner]


class EmbeddedLane:
    """In the process that has the worker: runs the job at once and adds it to the history afterwards.

    Only a run that made files is on disk before its answer goes: those files are to outlive a crash, and others not.
    """

    executor: Execute

    def __init__(self, store: JobStore, limit: int = 0, *, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._slots = Slots(limit)
        self._clock = clock

    async def run(self, job: NewJob, on_preview: OnPreview | None = None) -> Outcome:
        self._slots.take(job.owner)
        try:
            outcome = await self.executor(job, on_preview)
        except asyncio.CancelledError:
            gone = RequestError("The client closed the connection.", status=499, error_type="client_disconnected")
            self._store.record(job, self._failed(gone))
            raise
        except Exception as error:
            self._store.record(job, self._failed(error))
            raise
        finally:
            self._slots.free(job.owner)
        if outcome.files:
            # Before the answer: after a crash, files of a run that nobody knows are those of one that was cut off.
            await self._store.record_durably(job, outcome)
        else:
            self._store.record(job, outcome)
        return outcome

    def _failed(self, error: Exception) -> Outcome:
        return Outcome.failed(failure_of(error), ended_at=self._clock())


class StoreLane:
    """In a server without a worker: through the queue, and a wait. Previews stay where the worker is."""

    def __init__(self, store: JobStore, limit: int = 0) -> None:
        self._store = store
        self._slots = Slots(limit)

    async def run(self, job: NewJob, on_preview: OnPreview | None = None) -> Outcome:
        self._slots.take(job.owner)
        try:
            async with self._store.watch(job.id) as watch:
                await self._store.add(job)
                while True:
                    stored = await self._store.get(job.id, job.owner)
                    if stored is not None and stored.outcome is not None:
                        return stored.outcome
                    await watch.changed(LOOK_SECONDS)
        except asyncio.CancelledError:
            await self._store.cancel(job.id, job.owner)
            raise
        finally:
            self._slots.free(job.owner)
