"""procrastinate on PostgreSQL: a worker woken by LISTEN/NOTIFY, and a producer that defers one job at a time.

python -m benchmarks.peer_procrastinate worker URI FILE         writes each wait in seconds to FILE
python -m benchmarks.peer_procrastinate submit URI COUNT PAUSE
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from procrastinate import App, PsycopgConnector  # pyright: ignore[reportMissingImports]  # of the bench extra

from benchmarks.null_models import BODY


def make_app(uri: str, found: Path | None = None) -> App:
    """The application; its one task notes how long it took to begin."""
    app = App(connector=PsycopgConnector(conninfo=uri))

    @app.task(name="nothing")
    async def nothing(sent: float, **_: object) -> None:
        waited = time.monotonic() - sent
        if found is not None:
            note(found, f"{waited}\n")

    return app


def note(path: Path, text: str) -> None:
    """Append to a file."""
    with open(path, "a") as file:
        file.write(text)


async def work(uri: str, found: Path) -> None:
    """Make the schema, then work until ended."""
    app = make_app(uri, found)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        note(found, "")
        await app.run_worker_async(concurrency=2, install_signal_handlers=False)


async def submit(uri: str, count: int, pause: float) -> None:
    """Defer so many jobs with a pause between them."""
    app = make_app(uri)
    async with app.open_async():
        for _ in range(count):
            await app.tasks["nothing"].defer_async(sent=time.monotonic(), **BODY)
            await asyncio.sleep(pause)


if __name__ == "__main__":
    role, where, *rest = sys.argv[1:]
    if role == "worker":
        asyncio.run(work(where, Path(rest[0])))
    else:
        asyncio.run(submit(where, int(rest[0]), float(rest[1])))
