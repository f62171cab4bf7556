"""Gesso with the no-op endpoint: put together as `gesso serve` does, keys on, all that it does for a request on.

    python -m benchmarks.null_server DATA_DIR PORT inline|processes|none

`inline` runs the engine in the server's process, `processes` in a child process, `none` only accepts requests.
It writes a key to DATA_DIR/key once it is ready, and its counters to DATA_DIR/counters.json on SIGUSR1.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

from benchmarks import null
from gesso.cli import wire
from gesso.cli.logs import configure
from gesso.db.sqlite import SqliteDatabase
from gesso.runners.inline import InlinePool
from gesso.runners.processes import ProcessPool
from gesso.runners.worker import Worker, build_worker
from gesso.server.app import create_app
from gesso.server.listen import listen
from gesso.settings import Settings, load

REGISTRY = "benchmarks.null:engines"


async def serve(data_dir: Path, port: int, mode: str) -> None:
    """Serve until a signal."""
    # Two children are the default of `gesso serve`; on the one core of these measurements one is enough.
    settings = load(data_dir=data_dir, port=port, workers=0 if mode == "none" else 1)
    configure(settings)
    async with wire.assembled(settings) as parts:
        key = await parts.station.keyring.create("bench")
        _count_on_signal(parts.station.db, data_dir / "counters.json")

        def ready(url: str) -> None:
            _write(data_dir / "key", key.credential)

        wire.spare_collector()
        stopping = parts.station.store.dismiss_watchers
        await listen(create_app(parts.station), settings, ready=ready, stopping=stopping)


def null_worker(mode: str) -> Any:
    """A `build_worker` that knows the null engine alone."""

    def build(settings: Settings, *parts: Any, **more: Any) -> Worker:
        inline = mode == "inline"
        pool = InlinePool(null.engines()) if inline else ProcessPool(settings, registry=REGISTRY)
        return build_worker(settings, *parts, engines=null.engines(), pool=pool, **more)

    return build


def _count_on_signal(db: Any, path: Path) -> None:
    assert isinstance(db, SqliteDatabase)

    def write() -> None:
        _write(path, json.dumps({"commits": db.commits, "operations": db.operations}))

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, write)


def _write(path: Path, text: str) -> None:
    """In one step, since the file's being there is the message."""
    draft = path.with_suffix(".new")
    draft.write_text(text)
    draft.rename(path)


def main(data_dir: str, port: str, mode: str) -> None:
    """Run it on uvloop, as `gesso serve` does."""
    import uvloop

    null.register_null()
    wire.build_worker = null_worker(mode)
    uvloop.run(serve(Path(data_dir), int(port), mode))


if __name__ == "__main__":
    main(*sys.argv[1:])
