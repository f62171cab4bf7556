"""Servers and proxies that live in a thread of this process for as long as one command runs."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Generator
from concurrent.futures import Future
from dataclasses import replace

import uvloop

from gesso.cli.running import Running
from gesso.server.intercept import Intercept
from gesso.settings import Settings

Life = Callable[[Callable[[Running], Awaitable[None]]], Awaitable[None]]


@contextlib.contextmanager
def _in_thread(life: Life) -> Generator[Running]:
    """Run `life` on a loop of its own until the block ends; what it says when it is ready."""
    started: Future[tuple[Running, asyncio.AbstractEventLoop, asyncio.Task[None]]] = Future()

    async def main() -> None:
        task = asyncio.create_task(_lived(life, started))
        await asyncio.wait([task])
        if not task.cancelled() and (error := task.exception()) is not None and not started.done():
            started.set_exception(error)

    def run() -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(main())

    thread = threading.Thread(target=run, name="gesso-embedded", daemon=True)
    thread.start()
    running, loop, task = started.result()
    try:
        yield running
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()


async def _lived(life: Life, started: Future[tuple[Running, asyncio.AbstractEventLoop, asyncio.Task[None]]]) -> None:
    task = asyncio.current_task()

    async def ready(running: Running) -> None:
        if task is not None:
            started.set_result((running, asyncio.get_running_loop(), task))

    await life(ready)


@contextlib.contextmanager
def embedded(settings: Settings) -> Generator[Running]:
    """A whole server for one command, on a free port and silent."""
    from gesso.cli.wire import serve

    quiet = settings.model_copy(update={"access_log": False, "host": "127.0.0.1", "log_level": "warning"})
    with _in_thread(lambda ready: serve(quiet, ready)) as running:
        yield running


@contextlib.contextmanager
def proxy_for(server: Running, settings: Settings) -> Generator[Running]:
    """An intercepting proxy in front of a server elsewhere."""
    ca = settings.data_dir / "ca"

    async def life(ready: Callable[[Running], Awaitable[None]]) -> None:
        intercept = Intercept(ca, server.url)
        proxy = await intercept.start()
        try:
            await ready(replace(server, proxy=proxy, ca=str(ca)))
            await asyncio.Event().wait()
        finally:
            await intercept.close()

    with _in_thread(life) as running:
        yield running
