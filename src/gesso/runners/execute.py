"""One attempt at one request, from its stored input to its outcome: the middle of Gesso on one page.

endpoint.find ▶ parse ▶ task ▶ choose an engine ▶ fetch its media ▶ run it ▶ store what it made ▶ Outcome
"""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import os
import random
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast, get_args, get_type_hints

import structlog
from pydantic_core import from_json, to_json

from gesso.blobs.fetch import Fetcher
from gesso.blobs.store import Blobs
from gesso.endpoint import Endpoint, Input, Limits, find
from gesso.engines.engine import Engine, EngineOptions, Result, choose
from gesso.errors import GessoError, RunnerDied, failure_of
from gesso.jobs.job import Level, LogLine, NewJob, Outcome, Preview
from gesso.media import Media, map_media
from gesso.runners.outputs import Outputs, Previews
from gesso.runners.work import Event, Logged, Pool, Previewed, Work
from gesso.settings import Settings
from gesso.tasks import Task

Log = Callable[[LogLine], None]
OnPreview = Callable[[Preview], None]

MAX_RANDOM_SEED = 2**32 - 1
"""Seeds chosen here fit every client's number type; a caller may give any up to 2^63-1."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Attempt:
    """What is known of an attempt while it goes on; its outcome, good or bad, is made from this."""

    job: NewJob
    tmp: str
    """Path of its folder."""
    log: Log
    began: float
    may_have_folder: bool = True
    engine: str | None = None
    """Set once an engine has a part in the answer."""
    engine_began: float = 0.0
    engine_ended: float = 0.0


class Executor:
    """Carries out requests. One serves every request of a worker, many at a time."""

    def __init__(
        self, blobs: Blobs, fetcher: Fetcher, pool: Pool, engines: Sequence[Engine], settings: Settings
    ) -> None:
        self._blobs = blobs
        self._fetcher = fetcher
        self._pool = pool
        self._engines = engines
        self._settings = settings
        self._tmp_dir = os.path.join(settings.tmp_dir, "")
        self._limits = Limits(settings.max_images, settings.max_pixels)
        self._options = EngineOptions(settings.max_pixels, settings.safety_threshold)
        self._streamed = dataclasses.replace(self._options, streaming=True)

    async def execute(self, job: NewJob, *, attempt: int = 1, log: Log, on_preview: OnPreview | None = None) -> Outcome:
        """The outcome of one attempt. Raises `RunnerDied` and `CancelledError` only: those the worker decides on."""
        this = Attempt(job, f"{self._tmp_dir}{job.id}-{attempt}", log, time.time())
        try:
            return await self._carry_out(this, on_preview)
        except RunnerDied:
            raise
        except Exception as error:
            return failed(this, error)
        finally:
            if this.may_have_folder:
                await asyncio.to_thread(shutil.rmtree, this.tmp, ignore_errors=True)

    async def _carry_out(self, this: Attempt, on_preview: OnPreview | None) -> Outcome:
        endpoint = find(this.job.endpoint)
        values = self._values(endpoint, this.job)
        if endpoint.streams_one and on_preview is not None:
            values = values.model_copy(update={"num_images": 1})
        task = seeded(values.task(), endpoint, values, self._settings.seed)
        engine = choose(task, self._engines, self._settings.engine)
        if fetches := holds_media(task):
            task = await self._with_media(task, this)
        this.engine = engine.name
        if on_preview is not None:
            on_preview(Preview(b"", engine.name))
        outputs = Outputs(self._blobs, endpoint, this.job, task, inline=getattr(values, "sync_mode", False))
        previews = Previews(outputs, signed(on_preview, engine.name))
        try:
            result = await self._run(task, this, previews)
            # The pool has seen to that, and a look would cost as much as the rest of this function.
            this.may_have_folder = fetches or bool(result.files)
            await previews.settled()
            body, made = await outputs.answer(result, time.time())
        except BaseException:
            await previews.drop()
            await outputs.discard()
            raise
        units = endpoint.units.of(values, made)
        return succeeded(this, units, body, tuple(outputs.stored), in_history=not outputs.inline)

    def _values(self, endpoint: Endpoint, job: NewJob) -> Input:
        if isinstance(job.values, endpoint.input):
            return job.values
        raw: dict[str, Any] = from_json(job.input) if job.input else {}
        return endpoint.parse({**raw, **job.secrets}, self._limits)

    async def _with_media(self, task: Task, this: Attempt) -> Task:
        """The task with every URL replaced by a local file."""

        async def fetch(media: Media) -> Media:
            os.makedirs(this.tmp, exist_ok=True)
            return await self._fetcher.fetch(media, Path(this.tmp), this.job.owner)

        fetched: Task = await map_media(task, fetch)
        return fetched

    async def _run(self, task: Task, this: Attempt, previews: Previews) -> Result:
        def on_event(event: Event) -> None:
            if isinstance(event, Logged):
                this.log(LogLine(event.message, time.time(), level_of(event.level)))
            elif isinstance(event, Previewed):
                previews.add(event)
            else:
                this.engine_began = time.time()

        work = Work(
            job=this.job.id,
            endpoint=this.job.endpoint,
            engine=this.engine or "",
            task=task,
            tmp=this.tmp,
            options=self._streamed if previews.wanted else self._options,
            urgent=this.job.direct,
        )
        try:
            return await self._pool.run(work, on_event)
        finally:
            this.engine_ended = time.time()


def holds_media(value: Any) -> bool:
    """Whether there is anything to fetch inside a task: most have nothing, and this look is cheaper than a copy."""
    if isinstance(value, Media):
        return True
    if isinstance(value, tuple):
        return any(map(holds_media, cast("tuple[Any, ...]", value)))
    return any(holds_media(getattr(value, name)) for name in media_fields(type(value)))  # pyright: ignore[reportUnknownArgumentType]


@cache
def media_fields(kind: type[Any]) -> tuple[str, ...]:
    """The fields of a dataclass that may hold media, by their types, at any depth."""
    if not dataclasses.is_dataclass(kind):
        return ()
    hints = get_type_hints(kind)
    return tuple(field.name for field in dataclasses.fields(kind) if _may_hold_media(hints[field.name]))


def _may_hold_media(hint: Any) -> bool:
    if inner := get_args(hint):
        return any(map(_may_hold_media, inner))
    return hint is Media or (isinstance(hint, type) and bool(media_fields(cast("type[Any]", hint))))


def signed(on_preview: OnPreview | None, engine: str) -> OnPreview | None:
    """`on_preview`, told with each preview who makes it."""
    if on_preview is None:
        return None
    return lambda preview: on_preview(dataclasses.replace(preview, engine=engine))


def seeded(task: Task, endpoint: Endpoint, values: Input, mode: Literal["random", "input"]) -> Task:
    """The task with a seed, where it takes one: an absent seed is chosen before the engine runs, so that it is told."""
    if getattr(task, "seed", 0) is not None:
        return task
    if mode == "random":
        seed = random.randint(0, MAX_RANDOM_SEED)
    else:
        asked = values.model_dump(exclude={"seed", "sync_mode", *values.secrets})
        seed = int.from_bytes(hashlib.sha256(to_json([endpoint.id, asked])).digest()[:4])
    return dataclasses.replace(task, seed=seed)


def succeeded(this: Attempt, units: float, body: bytes, files: tuple[str, ...], *, in_history: bool) -> Outcome:
    """The outcome of an attempt that made what was asked."""
    return Outcome(
        status=200,
        body=body,
        engine=this.engine,
        units=units,
        inference_seconds=this.engine_ended - this.engine_began,
        started_at=this.began,
        ended_at=time.time(),
        files=files,
        in_history=in_history,
    )


def failed(this: Attempt, error: Exception) -> Outcome:
    """The outcome of an attempt that ended in an error; one that nobody raised on purpose goes to the server's log."""
    failure = failure_of(error)
    if not isinstance(error, GessoError):
        log.error("request failed", request_id=this.job.id, endpoint=this.job.endpoint, exc_info=error)
    this.log(LogLine(failure.message, time.time(), "ERROR"))
    return Outcome.failed(
        failure,
        engine=this.engine,
        started_at=this.began,
        ended_at=time.time(),
        inference_seconds=this.engine_ended - this.engine_began if this.engine_began else None,
    )


def level_of(level: str) -> Level:
    """A level as the log knows it; what it does not know is information."""
    match level:
        case "STDERR" | "STDOUT" | "ERROR" | "INFO" | "WARN" | "DEBUG":
            return level
        case _:
            return "INFO"
