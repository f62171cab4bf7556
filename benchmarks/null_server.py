"""Gesso with the no-op endpoint: the server that `gesso serve` runs, keys on, all that it does for a request on.

    python -m benchmarks.null_server DATA_DIR PORT inline|processes|none

`inline` runs the engine in the server's process, `processes` in a child process, `none` only accepts requests.
It writes a key to DATA_DIR/key once it is ready, and its counters to DATA_DIR/counters.json on SIGUSR1.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from benchmarks import null
from gesso.blobs.disk import DiskStore
from gesso.blobs.store import Blobs
from gesso.db.sqlite import SqliteDatabase
from gesso.jobs.lane import EmbeddedLane, StoreLane
from gesso.jobs.signer import Signer
from gesso.jobs.store import JobStore
from gesso.runners.inline import InlinePool
from gesso.runners.processes import ProcessPool
from gesso.runners.worker import Worker, build_worker
from gesso.server.app import create_app
from gesso.server.auth import Keyring, install_secret
from gesso.server.listen import listen
from gesso.server.metrics import Metrics
from gesso.server.station import Station
from gesso.server.tokens import Tokens
from gesso.settings import Settings

REGISTRY = "benchmarks.null:engines"


async def serve(data_dir: Path, port: int, mode: str) -> None:
    """Serve until a signal."""
    # Two children are the default of `gesso serve`; on the one core of these measurements one is enough.
    settings = Settings(data_dir=data_dir, port=port, workers=1)
    db = await SqliteDatabase.open(settings.database_path)
    station = await put_together(settings, db, mode)
    _count_on_signal(db, data_dir / "counters.json")
    key = await station.keyring.create("bench")
    worker = _worker(station, mode) if mode != "none" else None

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        running = asyncio.create_task(worker.run()) if worker else None
        try:
            yield
        finally:
            if running:
                running.cancel()
                with suppress(asyncio.CancelledError):
                    await running

    def ready(url: str) -> None:
        draft = data_dir / "key.new"
        draft.write_text(key.credential)
        draft.rename(data_dir / "key")

    await listen(create_app(station, lifespan=lifespan), settings, ready=ready)
    await db.close()


async def put_together(settings: Settings, db: SqliteDatabase, mode: str) -> Station:
    """The parts of a server on one data folder."""
    store = JobStore(db)
    blobs = Blobs(db, DiskStore(settings.files_dir, settings.tmp_dir), settings)
    await blobs.start()
    keyring = await Keyring.open(db, settings.data_dir)
    return Station(
        settings=settings,
        db=db,
        store=store,
        lane=StoreLane(store) if mode == "none" else EmbeddedLane(store),
        blobs=blobs,
        keyring=keyring,
        tokens=Tokens(await install_secret(db), keyring),
        signer=Signer.load(settings.data_dir),
        metrics=Metrics(),
    )


def _worker(station: Station, mode: str) -> Worker:
    inline = mode == "inline"
    pool = InlinePool(null.engines()) if inline else ProcessPool(station.settings, registry=REGISTRY)
    worker = build_worker(station.settings, station.store, station.blobs, engines=null.engines(), pool=pool)
    if isinstance(station.lane, EmbeddedLane):
        station.lane.executor = worker.direct
    return worker


def _count_on_signal(db: SqliteDatabase, path: Path) -> None:
    def write() -> None:
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps({"commits": db.commits, "operations": db.operations}))
        draft.rename(path)

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, write)


def main(data_dir: str, port: str, mode: str) -> None:
    """Run it on uvloop, as `gesso serve` does."""
    import uvloop

    null.register_null()
    uvloop.run(serve(Path(data_dir), int(port), mode))


if __name__ == "__main__":
    main(*sys.argv[1:])
