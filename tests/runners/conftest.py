"""Pools of child processes that run the rogue engine, and work for them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from gesso.engines.engine import EngineOptions, Result
from gesso.runners.processes import ProcessPool
from gesso.runners.work import Event, Logged, Work
from gesso.settings import MIB, Settings
from gesso.shapes import Size
from gesso.tasks import TextToImage

ROGUE = "tests.runners.rogue:engines"

Open = Callable[..., Awaitable[ProcessPool]]


@pytest.fixture
async def open_pool(tmp_path: Path) -> AsyncIterator[Open]:
    """Opens pools of children with small caps, and closes them after the test."""
    opened: list[ProcessPool] = []

    async def make(registry: str = ROGUE, **more: Any) -> ProcessPool:
        given = {"workers": 1, "job_memory": 512 * MIB, "job_seconds": 30.0, "data_dir": tmp_path, **more}
        pool = ProcessPool(Settings(**given), registry=registry)
        opened.append(pool)
        await pool.start()
        return pool

    yield make
    for pool in opened:
        await pool.close()


class Bench:
    """Gives a pool work and keeps what it tells."""

    def __init__(self, pool: Any, tmp: Path) -> None:
        self.pool = pool
        self.tmp = tmp
        self.events: list[Event] = []
        self.spoke = asyncio.Event()
        """Set at the first log line: the engine runs."""
        self._count = 0

    @property
    def lines(self) -> list[tuple[str, str]]:
        return [(event.message, event.level) for event in self.events if isinstance(event, Logged)]

    def work(self, prompt: str, *, engine: str = "rogue", urgent: bool = False, streaming: bool = False) -> Work:
        self._count += 1
        return Work(
            job=str(self._count),
            endpoint="owner/app",
            engine=engine,
            task=TextToImage(prompt=prompt, size=Size(64, 64), seed=2**63 - 1),
            tmp=str(self.tmp / str(self._count)),
            options=EngineOptions(streaming=streaming),
            urgent=urgent,
        )

    async def do(self, prompt: str, **more: Any) -> Result:
        return await self.pool.run(self.work(prompt, **more), self.hear)

    def begin(self, prompt: str, **more: Any) -> asyncio.Task[Result]:
        return asyncio.create_task(self.do(prompt, **more))

    def hear(self, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, Logged):
            self.spoke.set()


async def ended(pid: int) -> None:
    """Return when a process has ended."""
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(fd, over.set)
    try:
        await over.wait()
    finally:
        loop.remove_reader(fd)
        os.close(fd)
