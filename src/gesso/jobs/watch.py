"""Waiting for a request to change without asking the database again and again."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self


class Watchers:
    """Who waits for which request, in this process."""

    def __init__(self) -> None:
        self._by_job: dict[str, set[Watch]] = {}
        self.are_dismissed = False
        """The server stops: nobody is to wait any longer."""

    def watch(self, job_id: str) -> Watch:
        """A watch on one request; it counts changes from `async with` on."""
        return Watch(self, job_id)

    def announce(self, job_id: str) -> None:
        """Wake whoever watches a request: a new log line or state is committed."""
        for watch in self._by_job.get(job_id, ()):
            watch.wake()

    def dismiss(self) -> None:
        """Wake everybody for the last time."""
        self.are_dismissed = True
        for watching in self._by_job.values():
            for watch in watching:
                watch.wake()

    def add(self, watch: Watch) -> None:
        self._by_job.setdefault(watch.job_id, set()).add(watch)

    def remove(self, watch: Watch) -> None:
        watching = self._by_job[watch.job_id]
        watching.discard(watch)
        if not watching:
            del self._by_job[watch.job_id]

    def __len__(self) -> int:
        return sum(map(len, self._by_job.values()))


class Watch:
    """One watcher: `async with store.watch(id) as watch: ... await watch.changed(15)`."""

    def __init__(self, watchers: Watchers, job_id: str) -> None:
        self._watchers = watchers
        self.job_id = job_id
        self._event = asyncio.Event()

    def wake(self) -> None:
        self._event.set()

    @property
    def is_dismissed(self) -> bool:
        """Whether to wait no longer, because the server stops."""
        return self._watchers.are_dismissed

    async def changed(self, timeout: float | None) -> bool:  # noqa: ASYNC109 - an answer, not an error
        """Whether something happened since the last call, waiting up to `timeout` seconds for it."""
        try:
            async with asyncio.timeout(timeout):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True

    async def __aenter__(self) -> Self:
        self._watchers.add(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watchers.remove(self)
