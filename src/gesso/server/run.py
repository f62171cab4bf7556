"""`POST fal.run/{endpoint}`: run now and answer with the output. The work ends when the client goes away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.types import ASGIApp

from gesso.endpoint import Endpoint, find, lookup
from gesso.errors import RequestError
from gesso.jobs.job import NewJob
from gesso.server.call import Call
from gesso.server.disconnect import while_connected
from gesso.server.intake import new_job, read_input
from gesso.server.reply import replay
from gesso.server.routing import Route
from gesso.server.stream import stream

if TYPE_CHECKING:
    from gesso.server.station import Station


def routes(station: Station) -> list[Route]:
    """One route per method; which endpoint, and whether to stream, the path says."""

    async def run(request: Request, call: Call) -> ASGIApp:
        if call.headers.get(b"upgrade", b"").lower() == b"websocket":
            raise no_realtime()
        endpoint, streams = called(call)
        check_app(call, endpoint)
        job = await accept(request, call, endpoint, station)
        if streams:
            return await stream(request, call, job, station)
        outcome = await while_connected(request.scope, request.receive, station.lane.run(job))
        return replay(outcome, call)

    return [Route(method, "run", "/{endpoint...}", run) for method in ("POST", "GET")]


async def accept(request: Request, call: Call, endpoint: Endpoint, station: Station) -> NewJob:
    """The job of a direct call, whose input is known to be valid. Raises 422 for one that is not."""
    received = await read_input(request, call, endpoint, station.settings.max_body)
    values = endpoint.parse(received.raw, station.limits)
    station.blobs.check_room()
    return new_job(call, endpoint, received, direct=True, values=values)


def called(call: Call) -> tuple[Endpoint, bool]:
    """The endpoint that a run path names, and whether the call streams.

    One endpoint's own id ends in `/stream`: there, and only there, the Accept header tells run from stream.
    """
    id_ = call.params["endpoint"]
    if id_.endswith("/stream"):
        exact = lookup(id_)
        if exact is not None:
            return exact, b"text/event-stream" in call.headers.get(b"accept", b"")
        return _streaming(id_.removesuffix("/stream")), True
    if id_.endswith("/realtime") and lookup(id_) is None:
        find(id_.removesuffix("/realtime"))
        raise no_realtime()
    return find(id_), False


def _streaming(id_: str) -> Endpoint:
    endpoint = find(id_)
    if not endpoint.streams:
        msg = f"Path /stream not found: {endpoint.id} does not stream."
        raise RequestError(msg, status=404, error_type="not_found", headers={"x-fal-billable-units": "0"})
    return endpoint


def check_app(call: Call, endpoint: Endpoint) -> None:
    """A token that is bound to other apps may not call this one."""
    if call.identity is not None and not call.identity.may_call(endpoint.app):
        msg = f"This token is not for {endpoint.app}."
        raise RequestError(msg, status=403, error_type="authorization_error")


def no_realtime() -> RequestError:
    """What a WebSocket client hears."""
    msg = "Realtime connections are not served here yet; run, stream and the queue are."
    return RequestError(msg, status=501, error_type="not_implemented", headers={"connection": "close"})
