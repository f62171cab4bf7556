"""The worker: takes requests from the job store, has them carried out, and stores how each ended.

    woken by new work, by a free place, by a cancel ▶ claim ▶ execute ▶ finish

It also carries out direct runs, which never were in the queue, and tells the API what can be served here.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeVar

import structlog

from gesso import catalog, tasks
from gesso.blobs.fetch import Fetcher
from gesso.blobs.store import Blobs
from gesso.egress import Egress
from gesso.engines import engines as installed
from gesso.engines.engine import Engine
from gesso.errors import Cancelled, RunnerDied
from gesso.jobs.job import Job, LogLine, NewJob, Outcome, Preview
from gesso.jobs.store import JobStore
from gesso.runners.execute import Executor
from gesso.runners.processes import ProcessPool
from gesso.runners.work import Pool
from gesso.settings import Settings
from gesso.tasks import Task

BEAT = 5.0
"""Seconds between two renewals of the leases; they count as lost after several."""

SAFETY = 1.0
"""Seconds after which the store is asked although nothing woke us: a safety net, and what start deadlines need."""

PATIENCE = (0.2, 1.0, 5.0, 15.0)
"""Seconds between tries to store an outcome while the disk or the database refuses."""

Why = Literal["cancelled", "closing"]
T = TypeVar("T")

log = structlog.get_logger(__name__)


@dataclass(eq=False, slots=True)
class Running:
    """A claimed job while it is carried out."""

    job: Job
    task: asyncio.Task[None] | None = None
    begun: bool = False
    """Its task has had its first turn: one that is cancelled before runs not a line, and would settle nothing."""
    why: Why | None = None
    """Why it is being stopped."""
    settling: bool = False
    """Its outcome is known and only has to be stored: it is not stopped any more."""

    def stop(self, why: Why) -> None:
        if self.why is None and not self.settling and self.task is not None:
            self.why = why
            if self.begun:
                self.task.cancel()


class Worker:
    """One worker. `run` until cancelled or closed; `direct` is what the embedded lane calls."""

    def __init__(
        self,
        store: JobStore,
        executor: Executor,
        settings: Settings,
        *,
        pool: Pool,
        blobs: Blobs,
        name: str = "embedded",
        engines: Sequence[Engine] = (),
        tasks: Sequence[type[Task]] = (),
    ) -> None:
        self.name = name
        self._store = store
        self._executor = executor
        self._settings = settings
        self._pool = pool
        self._blobs = blobs
        self._engines = engines
        self._tasks = tasks
        self._running: dict[tuple[str, int], Running] = {}
        self._direct = 0
        self._wakes = asyncio.Event()
        self._full = False
        """There may be more work than places: whoever frees one must wake the loop."""
        self._closing = False
        self._grace = 0.0
        self._over = asyncio.Event()
        self._over.set()

    # ------------------------------------------------------------ the loop

    async def run(self) -> None:
        """Serve until `close` is called or the awaiting task is cancelled; what runs then is given back."""
        self._over.clear()
        self._store.on_work.append(self._wakes.set)
        self._store.on_cancel.append(self._on_cancel)
        await self._pool.start()
        self._store.taker = self
        beat = asyncio.create_task(self._beat(), name="gesso-worker-beat")
        try:
            await self._publish()
            while not self._closing:
                await self._claim()
                await self._rest()
            if self._running and self._grace > 0:
                await asyncio.wait(self._running_tasks(), timeout=self._grace)
        finally:
            self._store.taker = None
            beat.cancel()
            self._store.on_work.remove(self._wakes.set)
            self._store.on_cancel.remove(self._on_cancel)
            try:
                await self._give_back_all()
                await self._pool.close()
                await self._withdraw()
            finally:
                self._over.set()

    async def close(self, grace: float = 0.0) -> None:
        """Take no more work, let what runs go on for `grace` seconds, give the rest back; return when all is over."""
        self._grace = grace
        self._closing = True
        self._wakes.set()
        await self._over.wait()

    async def _claim(self) -> None:
        self._wakes.clear()
        room = self._room
        self._full = True  # until the store has said otherwise: a place may be freed while we ask
        if room <= 0:
            return
        try:
            jobs = await self._store.claim(self.name, room, self.begin)
        except Exception:
            log.exception("could not claim work")
            await asyncio.sleep(SAFETY)
            return
        self._full = len(jobs) == room

    @property
    def _room(self) -> int:
        return self._pool.room - len(self._running) - self._direct

    @property
    def has_room(self) -> bool:
        """Whether one more request could begin."""
        return not self._closing and self._room > 0

    def _place_freed(self) -> None:
        if self._full:
            self._wakes.set()

    async def _rest(self) -> None:
        with contextlib.suppress(TimeoutError):
            # Not wait_for: on 3.11 it takes turns of the loop more, and a claim then misses the commit it could share.
            async with asyncio.timeout(SAFETY):
                await self._wakes.wait()

    async def _beat(self) -> None:
        """Keep the leases, stop what was cancelled elsewhere or lost, end what waited beyond its deadline."""
        rounds = 0
        while True:
            await asyncio.sleep(SAFETY)
            rounds += 1
            try:
                await self._store.expire()
                if rounds * SAFETY >= BEAT:
                    rounds = 0
                    for id_ in await self._store.renew(self.name):
                        self._on_cancel(id_)
            except Exception:
                log.exception("could not renew leases")

    # ------------------------------------------------------------ one job

    def begin(self, job: Job) -> None:
        """Carry out a request that is claimed, or is being stored as taken."""
        running = Running(job)
        # By attempt: the next one may be claimed before this one's task has quite ended.
        self._running[job.id, job.fence] = running
        running.task = asyncio.create_task(self._carry_out(running), name=f"gesso-job-{job.id}")
        running.task.add_done_callback(partial(self._ended, job))

    def _ended(self, job: Job, task: asyncio.Task[None]) -> None:
        self._running.pop((job.id, job.fence), None)
        self._place_freed()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a job was lost from sight", request_id=job.id, exc_info=error)

    async def _carry_out(self, running: Running) -> None:
        job = running.job
        running.begun = True
        try:
            outcome = self._stopped(running) if running.why else await self._attempt(job)
        except asyncio.CancelledError:
            outcome = self._stopped(running)
        running.settling = True
        if outcome is None:
            note = "The worker is shutting down." if running.why else "The runner died; trying again."
            await self._insist(partial(self._store.give_back, job.id, job.fence, note))
        elif not await self._insist(partial(self._store.finish, job.id, job.fence, outcome)):
            await self._discard(outcome)

    async def _attempt(self, job: Job) -> Outcome | None:
        """How the attempt ended; none where the runner died and there is another attempt."""
        try:
            return await self._executor.execute(job.new, attempt=job.attempt, log=partial(self._store.log, job.id))
        except RunnerDied as died:
            self._store.log(job.id, LogLine(str(died), time.time(), "ERROR", "SYSTEM"))
            last = job.attempt >= self._settings.max_attempts or not job.new.retry
            return ended(died, job.started_at) if last else None

    def _stopped(self, running: Running) -> Outcome | None:
        """The outcome of a job whose task was cancelled; none gives it back."""
        current = asyncio.current_task()
        if current is not None:
            current.uncancel()
        return ended(Cancelled(), running.job.started_at) if running.why == "cancelled" else None

    async def _insist(self, store: Callable[[], Awaitable[T]]) -> T:
        """Store what must be stored, through a full disk or a locked database."""
        tries = 0
        while True:
            try:
                return await store()
            except Exception:
                log.exception("could not store how a request ended")
            await asyncio.sleep(PATIENCE[min(tries, len(PATIENCE) - 1)])
            tries += 1

    async def _discard(self, outcome: Outcome) -> None:
        """Delete the files of an outcome that came too late to count."""
        for name in outcome.files:
            await self._blobs.delete(name)

    def _on_cancel(self, id_: str) -> None:
        for running in [running for (running_id, _), running in self._running.items() if running_id == id_]:
            running.stop("cancelled")

    def _running_tasks(self) -> list[asyncio.Task[None]]:
        return [running.task for running in self._running.values() if running.task is not None]

    async def _give_back_all(self) -> None:
        tasks = self._running_tasks()
        for running in list(self._running.values()):
            running.stop("closing")
        if tasks:
            await asyncio.wait(tasks, timeout=10)

    # ------------------------------------------------------------ direct runs and the row in `workers`

    async def direct(self, job: NewJob, on_preview: Callable[[Preview], None] | None = None) -> Outcome:
        """Carry out a run or stream whose caller waits; cancelling the awaiting task cancels the work."""
        self._direct += 1
        began = time.time()
        try:
            return await self._executor.execute(job, log=ignore, on_preview=on_preview)
        except RunnerDied as died:
            return ended(died, began)
        finally:
            self._direct -= 1
            self._place_freed()

    async def _withdraw(self) -> None:
        try:
            await self._store.withdraw_worker(self.name)
        except Exception:
            log.exception("could not take back what was served")

    async def _publish(self) -> None:
        serves = {engine.name: {task.name: engine.missing(task) for task in self._tasks} for engine in self._engines}
        facts = {"engines": serves, "places": self._settings.workers, "started_at": time.time()}
        try:
            await self._store.publish_worker(self.name, facts)
        except Exception:
            log.exception("could not tell what can be served")


def build_worker(
    settings: Settings,
    store: JobStore,
    blobs: Blobs,
    *,
    egress: Egress | None = None,
    engines: Sequence[Engine] | None = None,
    pool: Pool | None = None,
    name: str = "embedded",
) -> Worker:
    """A worker with the installed engines and a pool of child processes, its catalog loaded.

    Run `store.void_leases()` before a worker that is alone on its data folder, so that nothing waits for a lease.
    """
    catalog.load()
    engines = installed() if engines is None else engines
    pool = pool or ProcessPool(settings)
    fetcher = Fetcher(settings, egress or Egress(settings), blobs)
    executor = Executor(blobs, fetcher, pool, engines, settings)
    return Worker(store, executor, settings, pool=pool, blobs=blobs, name=name, engines=engines, tasks=task_types())


def task_types() -> list[type[Task]]:
    """Every kind of task there is. `__subclasses__` would name each twice: slots make a dataclass anew."""
    kinds = (kind for kind in vars(tasks).values() if isinstance(kind, type) and issubclass(kind, Task))
    return [kind for kind in kinds if kind.name]


def ended(error: RunnerDied | Cancelled, began: float | None) -> Outcome:
    """The outcome of a job that no engine finished."""
    return Outcome.failed(error.failure(), ended_at=time.time(), started_at=began)


def ignore(line: LogLine) -> None:
    """The log of a direct run: nobody can ask for it."""
