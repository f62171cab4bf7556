"""A whole server in this process: the real store, keys and lane over a database in memory, and a made-up endpoint."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import httpx2
from pydantic import Field

from gesso.blobs.disk import DiskStore
from gesso.blobs.store import Blobs
from gesso.db.sqlite import SqliteDatabase
from gesso.endpoint import Endpoint, Input, Units, register
from gesso.errors import failure_of
from gesso.jobs.job import Job, NewJob, Outcome, Preview
from gesso.jobs.lane import EmbeddedLane
from gesso.jobs.signer import Signer
from gesso.jobs.store import JobStore
from gesso.server.app import App, create_app
from gesso.server.auth import Keyring
from gesso.server.listen import listen
from gesso.server.station import Station, build_station
from gesso.settings import Settings
from gesso.shapes import ORIGIN, ImageUrl, Output
from gesso.tasks import Task
from gesso.validation import dump

BASE = "http://127.0.0.1:4747"


class EchoInput(Input):
    """What the made-up endpoint takes."""

    secrets: ClassVar[frozenset[str]] = frozenset({"api_key"})

    prompt: str = Field(description="What to say back.")
    num_images: int = Field(1, ge=1, description="How many.")
    style: str | None = Field(None, description="A style word.")
    image_url: ImageUrl | None = Field(None, description="A picture.")
    api_key: str | None = Field(None, description="A secret.")

    def task(self) -> Task:
        return Task()


class EchoOutput(Output):
    """What the made-up endpoint answers."""

    prompt: str = Field(description="What was said.")
    url: str = Field(description="A file.")


def _endpoint(id_: str, *, streams: bool = False, aliases: tuple[str, ...] = ()) -> Endpoint:
    return Endpoint(
        id=id_,
        title="Echo",
        about="Says back what it is told. Made for tests.",
        category="text-to-image",
        input=EchoInput,
        output=EchoOutput,
        example={"prompt": "hello"},
        units=Units(),
        streams=streams,
        aliases=aliases,
    )


ECHO = _endpoint("test/echo/deep/path", aliases=("test/old-echo",))
NOOP = _endpoint("test/noop")
STREAM = _endpoint("test/tube", streams=True)
BARE_STREAM = _endpoint("test/bare/stream", streams=True)
register([ECHO, NOOP, STREAM, BARE_STREAM])

OnPreview = Callable[[Preview], None] | None


@dataclass
class Hand:
    """The executor under the lane: echoes, or does as the prompt says."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    ran: list[NewJob] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    error: BaseException | None = None
    previews: int = 0

    async def __call__(self, job: NewJob, on_preview: OnPreview = None) -> Outcome:
        self.ran.append(job)
        if on_preview is not None:
            on_preview(Preview(b"", "sketch"))
        self.started.set()
        values = json.loads(job.input)
        try:
            if values.get("prompt") == "wait":
                await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled.append(job.id)
            raise
        if self.error is not None:
            failure = failure_of(self.error)
            return Outcome.failed(failure, ended_at=time.time(), engine="sketch")
        for number in range(self.previews):
            if on_preview is not None:
                on_preview(Preview(dump({"step": number, "url": f"{ORIGIN}/files/p.png"})))
        return success(values.get("prompt", ""))


def success(prompt: str) -> Outcome:
    """What the echo endpoint makes of a prompt."""
    body = dump({"prompt": prompt, "url": f"{ORIGIN}/files/x.png"})
    return Outcome(status=200, body=body, engine="sketch", units=1.0, inference_seconds=0.25, ended_at=time.time())


@dataclass
class World:
    """One server and the handles that tests turn."""

    station: Station
    app: App
    hand: Hand

    @property
    def store(self) -> JobStore:
        return self.station.store

    @property
    def keyring(self) -> Keyring:
        return self.station.keyring

    def client(self, base: str = BASE, **more: Any) -> httpx2.AsyncClient:
        transport = httpx2.ASGITransport(self.app)
        return httpx2.AsyncClient(transport=transport, base_url=base, **more)

    async def work(self, outcome: Outcome | None = None) -> Job:
        """Claim the next request and, unless told an outcome, finish it as the echo endpoint does."""
        (job,) = await self.store.claim("test", 1)
        done = outcome or success(json.loads(job.new.input).get("prompt", ""))
        assert await self.store.finish(job.id, job.fence, done)
        return job


@contextlib.asynccontextmanager
async def world(tmp_path: Path, **settings: Any) -> AsyncIterator[World]:
    """A server with these settings; without its access log unless asked for."""
    chosen = Settings(**{"data_dir": tmp_path, "access_log": False, "min_free_disk": 0, "port": 0, **settings})
    db = await SqliteDatabase.open(None)
    store = JobStore(db)
    hand = Hand()
    lane = EmbeddedLane(store)
    lane.executor = hand
    blobs = Blobs(db, DiskStore(chosen.files_dir, chosen.tmp_dir), chosen)
    await blobs.start()
    station = await build_station(chosen, db, store=store, lane=lane, blobs=blobs, signer=Signer.load(tmp_path))
    try:
        yield World(station, create_app(station), hand)
    finally:
        await db.close()


@contextlib.asynccontextmanager
async def serving(place: World) -> AsyncIterator[int]:
    """The world behind a real socket on loopback; gives its port."""
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    stopping = place.store.dismiss_watchers
    task = asyncio.create_task(listen(place.app, place.station.settings, ready=ready.set_result, stopping=stopping))
    try:
        done, _ = await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
        if task in done:
            task.result()
        yield int(ready.result().rpartition(":")[2])
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def exchange(port: int, data: bytes) -> bytes:
    """Send bytes, then read until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        return await reader.read(-1)
    finally:
        writer.close()


async def until(condition: Callable[[], object]) -> None:
    """Let the loop turn until something is so; the test's own time limit ends what never is."""
    while not condition():  # noqa: ASYNC110  what is waited for has no event of its own
        await asyncio.sleep(0.001)


def sse(text: str) -> list[Any]:
    """The JSON values of an event stream's events."""
    return [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]
