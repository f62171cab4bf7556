"""queue.fal.run: submit, status, status stream, result, cancel.

Requests are looked up by their id alone, whatever app their URL names: `fal-ai/flux-pro/kontext/max` is followed at
`fal-ai/flux-pro/requests/{id}`. Another owner's request and an unknown one get the same bytes.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.types import ASGIApp

from gesso.endpoint import Endpoint, find
from gesso.errors import InputError, RequestError
from gesso.jobs.job import LogLine, NewJob, Status
from gesso.server.body import read_body
from gesso.server.call import Call
from gesso.server.events import PING, PING_SECONDS, EventStream
from gesso.server.intake import is_yes, new_job, query_value, read_input, refused_input
from gesso.server.reply import JSON, Headers, Reply, json_reply, replay
from gesso.server.routing import Route
from gesso.server.run import check_app
from gesso.server.statusbody import status_body
from gesso.server.webhook import webhook_of

if TYPE_CHECKING:
    from gesso.server.station import Station

_LOST = b'{"detail":"Request not found","status":"NOT_FOUND"}'
_PENDING = b'{"detail":"Request is still in progress"}'
_APP = re.compile(r"((?:workflows/|comfy/)?[\w.-]+/[\w.-]+)(?:/[\w./-]+)?", re.ASCII)


def routes(station: Station) -> list[Route]:
    """The queue's routes. Each request route takes the app alone and the full id before `requests`."""
    desk = _Desk(station)
    request = "/{app...}/requests/{request_id}"
    return [
        Route("GET", "queue", f"{request}/status", desk.status),
        Route("GET", "queue", f"{request}/status/stream", desk.status_stream),
        Route("GET", "queue", f"{request}/response", desk.result),
        # An id with slashes in it is nobody's, which is what the same two handlers say of it.
        Route("GET", "queue", "/{app...}/requests/{request_id...}", desk.result),
        Route("PUT", "queue", "/{app...}/requests/{request_id...}/cancel", desk.cancel, body_limit=65_536),
        Route("POST", "queue", "/{endpoint...}", desk.submit),
    ]


class _Desk:
    """The handlers, which share the store."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._store = station.store

    async def submit(self, request: Request, call: Call) -> ASGIApp:
        """Accept a request; the reply comes after it is on disk."""
        endpoint = find(call.params["endpoint"])
        check_app(call, endpoint)
        station = self._station
        received = await read_input(request, call, endpoint, station.settings.max_body)
        webhook = webhook_of(call, station.settings, is_open=station.is_open)
        self._check_length(call, endpoint)
        station.blobs.check_room()
        try:
            values = endpoint.parse(received.raw, station.limits)
        except InputError as error:
            # fal validates in the runner: a bad input is accepted, and its result is the 422.
            kept, outcome = refused_input(received, error, time.time())
            job = new_job(call, endpoint, replace(received, body=kept), direct=False, webhook=webhook)
            await self._store.add(job, outcome)
        else:
            job = new_job(call, endpoint, received, direct=False, webhook=webhook, values=values)
            await self._store.add(job)
        return self._accepted(call, job)

    def _check_length(self, call: Call, endpoint: Endpoint) -> None:
        given = query_value(call.query, "fal_max_queue_length")
        if given is None:
            return
        if not given.isdecimal() or len(given) > 9:
            raise RequestError("fal_max_queue_length should be a whole number.")
        if self._store.queue_length(endpoint.id) > int(given):
            msg = f"More than {given} requests wait for {endpoint.id}."
            raise RequestError(msg, status=429, error_type="queue_full")

    def _accepted(self, call: Call, job: NewJob) -> Reply:
        app = app_of(call.params["endpoint"])
        if app is None:
            app = find(job.endpoint).app
        body = status_body(Status(job.id, job.endpoint, "IN_QUEUE", position=0), call.url(f"/{app}/requests/"), None)
        return Reply(200, body[:-1] + b',"gateway_request_id":"' + job.id.encode() + b'"}', _headers(call))

    async def status(self, request: Request, call: Call) -> ASGIApp:
        """202 while the request is pending, 200 when it is done."""
        base, request_id = _address(call)
        status = await self._store.status(request_id, call.owner)
        if status is None or not _may_see(call, status.endpoint):
            return _lost(call)
        lines = None
        if call.query and is_yes(query_value(call.query, "logs")):
            lines = [line for _, line in await self._store.logs(request_id)]
        done = status.state == "COMPLETED"
        return Reply(200 if done else 202, status_body(status, base, lines), _headers(call))

    async def status_stream(self, request: Request, call: Call) -> ASGIApp:
        """The status with every change; each event holds only the log lines that are new."""
        base, request_id = _address(call)
        status = await self._store.status(request_id, call.owner)
        if status is None or not _may_see(call, status.endpoint):
            return _lost(call)
        with_logs = is_yes(query_value(call.query, "logs"))
        events = self._status_events(request_id, call.owner, base, with_logs)
        return EventStream(events, [(b"x-fal-request-id", request_id.encode())])

    async def _status_events(self, id_: str, owner: str, base: str, with_logs: bool) -> AsyncIterator[bytes]:
        last, shown = b"", 0
        async with self._store.watch(id_) as watch:
            while True:
                # The status first: a line that is written later comes with the next event, never too late.
                status = await self._store.status(id_, owner)
                if status is None:
                    return
                fresh: Sequence[tuple[int, LogLine]] = await self._store.logs(id_, shown) if with_logs else ()
                shown = fresh[-1][0] if fresh else shown
                body = status_body(status, base, [line for _, line in fresh] if with_logs else None)
                if body != last:
                    yield b"data: " + body + b"\n\n"
                # An event whose only change was its lines is not repeated when they are old.
                last = status_body(status, base, [] if with_logs else None)
                if status.state == "COMPLETED" or watch.is_dismissed:
                    return
                if not await watch.changed(PING_SECONDS):
                    yield PING

    async def result(self, request: Request, call: Call) -> ASGIApp:
        """What the endpoint answered: its status, headers and body again."""
        _, request_id = _address(call)
        job = await self._store.get(request_id, call.owner)
        if job is None or job.forgotten or not _may_see(call, job.new.endpoint):
            return _lost(call)
        if job.outcome is None:
            return Reply(400, _PENDING, _headers(call))
        return replay(job.outcome, call)

    async def cancel(self, request: Request, call: Call) -> ASGIApp:
        """Ask for the end of a request. A body, as the server proxy sends, means nothing."""
        _, request_id = _address(call)
        await read_body(request.receive, call.headers, 65_536)
        status = await self._store.status(request_id, call.owner)
        if status is None or not _may_see(call, status.endpoint):
            return _lost(call)
        answer = await self._store.cancel(request_id, call.owner)
        if answer == "NOT_FOUND":
            return _lost(call)
        code = 202 if answer == "CANCELLATION_REQUESTED" else 400
        return json_reply({"status": answer}, code, {"x-fal-request-id": request_id})


@lru_cache(maxsize=1024)
def app_of(path: str) -> str | None:
    """`[namespace/]owner/alias` of an id, or none where the text cannot be one."""
    match = _APP.fullmatch(path) if len(path) <= 300 else None
    return None if match is None else match[1]


def _address(call: Call) -> tuple[str, str]:
    """Base of the request's URLs as this client writes them, and the request's id."""
    app, request_id = app_of(call.params["app"]), call.params["request_id"]
    call.request_id = request_id if request_id.isascii() and request_id.isprintable() else ""
    if app is None:
        app = "-/-"
        call.request_id = ""
    return f"{call.origin}{call.prefix}/{app}/requests/", request_id


def _may_see(call: Call, endpoint_id: str) -> bool:
    identity = call.identity
    if identity is None or identity.apps is None:
        return identity is not None
    return identity.may_call(app_of(endpoint_id) or "")


def _headers(call: Call) -> Headers:
    return [JSON, (b"x-fal-request-id", call.request_id.encode())]


def _lost(call: Call) -> Reply:
    """Unknown, expired and somebody else's: no difference that could be told."""
    return Reply(404, _LOST, [JSON, (b"x-fal-request-id", call.request_id.encode("latin-1", "replace"))])
