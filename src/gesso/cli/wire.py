"""Where a server is put together: one process with the HTTP side, the worker, and everything they share.

data folder locked -> database -> files -> job store -> worker and lane -> webhooks -> station -> application
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from gesso import catalog
from gesso.blobs.disk import DiskStore
from gesso.blobs.store import Blobs
from gesso.cli.running import Running
from gesso.db.lock import DataLock
from gesso.db.sqlite import SqliteDatabase
from gesso.egress import Egress
from gesso.jobs.lane import EmbeddedLane, StoreLane
from gesso.jobs.signer import Signer
from gesso.jobs.store import JobStore
from gesso.jobs.webhooks import Deliverer
from gesso.runners.worker import Worker, build_worker
from gesso.server.app import create_app
from gesso.server.auth import Keyring
from gesso.server.intercept import Intercept
from gesso.server.listen import check_binding, listen
from gesso.server.station import Station, build_station
from gesso.settings import Settings

SWEEP_SECONDS = 60.0
"""How often expired files and requests are looked for."""

EXPIRE_SECONDS = 1.0
"""How often a server without a worker looks for start deadlines that have passed."""

SHUTDOWN_SECONDS = 10.0
"""How long running jobs may go on after a signal; then they are given back and run again after the next start."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Parts:
    """A server that is put together but does not listen yet."""

    station: Station
    worker: Worker | None
    egress: Egress


@contextlib.asynccontextmanager
async def assembled(settings: Settings) -> AsyncGenerator[Parts]:
    """The parts of a server on its data folder, with their background work, until the block ends."""
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(DataLock(settings.data_dir))
        catalog.load()
        db = await SqliteDatabase.open(settings.database_path)
        stack.push_async_callback(db.close)
        blobs = Blobs(db, DiskStore(settings.files_dir, settings.tmp_dir), settings)
        await blobs.start()
        stack.push_async_callback(blobs.close)
        store, egress = JobStore(db), Egress(settings)
        lane, worker = _work(settings, store, blobs, egress)
        signer = Signer.load(settings.data_dir)
        station = await build_station(settings, db, store=store, lane=lane, blobs=blobs, signer=signer)
        deliverer = Deliverer(db, egress, signer, settings, allow_loopback=lambda: station.is_open)
        store.on_webhook.append(deliverer.wake)
        # Whoever held these leases is gone with the lock.
        await store.void_leases()
        background = [deliverer.run(), _sweep_forever(settings, store, blobs)]
        await stack.enter_async_context(_running(background))
        if worker is not None:
            await stack.enter_async_context(_working(worker))
        else:
            await stack.enter_async_context(_running([_expire_forever(store)]))
        yield Parts(station, worker, egress)


def _work(
    settings: Settings, store: JobStore, blobs: Blobs, egress: Egress
) -> tuple[EmbeddedLane | StoreLane, Worker | None]:
    """The way of direct runs, and the worker that carries them out; a server may leave all work to others."""
    if settings.workers == 0:
        return StoreLane(store, settings.concurrent_requests), None
    worker = build_worker(settings, store, blobs, egress=egress)
    lane = EmbeddedLane(store, settings.concurrent_requests)
    lane.executor = worker.direct
    return lane, worker


@contextlib.asynccontextmanager
async def _running(work: Sequence[Coroutine[Any, Any, None]]) -> AsyncGenerator[None]:
    """Background work for as long as the block lasts."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def spare_collector() -> None:
    """Let the garbage collector pass over what stays for good, the catalog above all, and look less often.

    Requests leave next to no cycles behind. With its defaults the collector takes a tenth of a request's time, and
    now and then tens of milliseconds at once.
    """
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


@contextlib.asynccontextmanager
async def _working(worker: Worker) -> AsyncGenerator[None]:
    task = asyncio.create_task(worker.run(), name="gesso-worker")
    try:
        yield
    finally:
        await worker.close(SHUTDOWN_SECONDS)
        await task


async def _sweep_forever(settings: Settings, store: JobStore, blobs: Blobs) -> None:
    """Delete what has expired; a failed round is told and tried again."""
    while True:
        try:
            await blobs.sweep()
            await store.prune(None if settings.keep_requests is None else time.time() - settings.keep_requests)
        except Exception:
            log.exception("a sweep failed")
        await asyncio.sleep(SWEEP_SECONDS)


async def _expire_forever(store: JobStore) -> None:
    """End what waited beyond its start deadline: without a worker, nobody else does."""
    while True:
        try:
            await store.expire()
        except Exception:
            log.exception("start deadlines could not be looked at")
        await asyncio.sleep(EXPIRE_SECONDS)


async def serve(settings: Settings, ready: Callable[[Running], Awaitable[None]]) -> None:
    """Serve until a signal or until cancelled. `ready` is awaited beside the serving once requests are taken."""
    async with assembled(settings) as parts, contextlib.AsyncExitStack() as stack:
        check_binding(settings, has_keys=not parts.station.keyring.is_empty)
        listening: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        stack.enter_context(contextlib.suppress(asyncio.CancelledError))
        await stack.enter_async_context(_running([_announce(settings, parts.egress, listening, ready)]))
        spare_collector()
        stopping = parts.station.store.dismiss_watchers
        await listen(create_app(parts.station), settings, ready=listening.set_result, stopping=stopping)


async def _announce(
    settings: Settings, egress: Egress, listening: asyncio.Future[str], ready: Callable[[Running], Awaitable[None]]
) -> None:
    """Start the intercept in front of the server, leave the address for other commands, and tell `ready`."""
    url, ca = await listening, settings.data_dir / "ca"
    # Known only now where the setting was 0: inputs and webhooks must not reach back into this server.
    egress.own_port = int(url.rsplit(":", 1)[1])
    intercept = Intercept(ca, url)
    # The next port, so that it stays the same from start to start; any other where that one is taken.
    wanted = egress.own_port + 1 if settings.port else 0
    try:
        proxy = await intercept.start(wanted)
    except OSError:
        proxy = await intercept.start()
    running = Running.here(url, proxy, ca)
    running.leave(settings.data_dir)
    try:
        await ready(running)
        await asyncio.Event().wait()
    finally:
        await intercept.close()


@contextlib.asynccontextmanager
async def keyring(settings: Settings) -> AsyncGenerator[Keyring]:
    """The keys of a data folder, beside whatever server may hold it."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    db = await SqliteDatabase.open(settings.database_path)
    try:
        yield await Keyring.open(db, settings.data_dir)
    finally:
        await db.close()
