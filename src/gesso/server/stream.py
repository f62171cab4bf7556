"""`POST fal.run/{endpoint}/stream`: intermediate pictures as they are made, the final output last."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.types import ASGIApp

from gesso.jobs.job import NewJob, Outcome, Preview
from gesso.server.call import Call
from gesso.server.disconnect import while_connected
from gesso.server.events import PING, PING_SECONDS, EventStream, event, event_of
from gesso.server.reply import local_urls, replay
from gesso.validation import parse_object

if TYPE_CHECKING:
    from gesso.server.station import Station


async def stream(request: Request, call: Call, job: NewJob, station: Station) -> ASGIApp:
    """The events of one run. A job that fails before its first event answers as a plain error."""
    working = _Working(job, station)
    try:
        first = await while_connected(request.scope, request.receive, working.next())
    except BaseException:
        await working.close()
        raise
    if isinstance(first, Outcome) and not first.ok:
        return replay(first, call)
    headers = [(b"x-fal-request-id", job.id.encode())]
    if working.engine is not None:
        headers.append((b"x-gesso-engine", working.engine.encode()))
    return EventStream(_events(working, first, call), headers)


class _Working:
    """A job under way: `next` gives its previews, then its outcome; none after a silence."""

    def __init__(self, job: NewJob, station: Station) -> None:
        self.engine: str | None = None
        """Who is at it, once that is known."""
        self._queue: asyncio.Queue[Preview | Outcome | BaseException] = asyncio.Queue()
        self._task = asyncio.ensure_future(self._run(job, station))

    async def _run(self, job: NewJob, station: Station) -> None:
        try:
            self._queue.put_nowait(await station.lane.run(job, on_preview=self._queue.put_nowait))
        except Exception as error:
            self._queue.put_nowait(error)

    async def next(self) -> Preview | Outcome | None:
        try:
            async with asyncio.timeout(PING_SECONDS):
                item = await self._queue.get()
                while isinstance(item, Preview) and not item.body:
                    self.engine = item.engine
                    item = await self._queue.get()
        except TimeoutError:
            return None
        if isinstance(item, BaseException):
            raise item
        self.engine = self.engine or item.engine
        return item

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def _events(working: _Working, first: Preview | Outcome | None, call: Call) -> AsyncIterator[bytes]:
    item = first
    try:
        while True:
            if item is None:
                yield PING
            elif isinstance(item, Preview):
                yield event_of(local_urls(item.body, call))
            else:
                yield _last(item, call)
                return
            item = await working.next()
    finally:
        await working.close()


def _last(outcome: Outcome, call: Call) -> bytes:
    body = local_urls(outcome.body, call)
    if outcome.ok:
        return event_of(body)
    # No client knows an error event; an object that names the error is the least surprising last one.
    error: dict[str, Any] = {"detail": parse_object(body).get("detail"), "error_type": outcome.error_type}
    return event({"error": error})
