"""Platform API, history part: finished requests of one's own, and the deletion of what they hold."""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from starlette.requests import Request
from starlette.types import ASGIApp

from gesso.errors import RequestError
from gesso.jobs.history import Ending, Filter, HistoryItem, Sort
from gesso.server.call import Call
from gesso.server.models import Query
from gesso.server.reply import json_reply, local_urls
from gesso.server.routing import Route
from gesso.validation import parse_object

if TYPE_CHECKING:
    from gesso.server.station import Station

Json = dict[str, Any]

_DAY = 86_400.0


def routes(station: Station) -> list[Route]:
    """Every key sees its owner's requests alone."""
    history = _History(station)
    return [
        Route("GET", "platform", "/models/requests/by-endpoint", history.by_endpoint),
        Route("DELETE", "platform", "/models/requests/{request_id}/payloads", history.forget, auth="admin"),
    ]


class _History:
    """The handlers, which share the store."""

    def __init__(self, station: Station) -> None:
        self._store = station.store
        self._blobs = station.blobs

    async def by_endpoint(self, request: Request, call: Call) -> ASGIApp:
        """Finished requests of some endpoints, newest or longest first."""
        query = Query(call)
        page = await self._store.history(
            self._filter(query, call.owner),
            limit=query.number("limit", 50, 100),
            cursor=query.one("cursor"),
            payloads="payloads" in query.many("expand"),
        )
        items = [_item(item, call) for item in page.items]
        return json_reply({"items": items, "next_cursor": page.next_cursor, "has_more": page.next_cursor is not None})

    def _filter(self, query: Query, owner: str) -> Filter:
        endpoints = query.endpoints()
        if not endpoints:
            raise RequestError("endpoint_id is required")
        id_ = query.one("request_id")
        return Filter(
            owner=owner,
            endpoints=[endpoint.id for endpoint in endpoints],
            start=_moment(query, "start", time.time() - (90 * _DAY if id_ else _DAY)),
            end=_moment(query, "end", math.inf),
            status=cast("Ending | None", query.choice("status", ("success", "error", "user_error"))),
            request_id=id_,
            sort=cast("Sort", query.choice("sort_by", ("ended_at", "duration")) or "ended_at"),
        )

    async def forget(self, request: Request, call: Call) -> ASGIApp:
        """Delete the input, the output and the output files of a finished request."""
        names = await self._store.forget_payloads(call.params["request_id"], call.owner)
        if names is None:
            raise RequestError("Request not found", status=404, error_type="not_found")
        for name in names:
            await self._blobs.delete(name)
        links = [call.file_url(f"/files/{name}") for name in names]
        return json_reply({"cdn_delete_results": [{"link": link, "exception": None} for link in links]})


def _item(item: HistoryItem, call: Call) -> Json:
    shown: Json = {
        "request_id": item.id,
        "endpoint_id": item.endpoint,
        "started_at": iso(item.started_at if item.started_at is not None else item.submitted_at),
        "sent_at": iso(item.submitted_at),
        "ended_at": iso(item.ended_at),
        "status_code": item.status,
        "duration": item.duration if item.duration is not None else 0.0,
        "engine": item.engine,
    }
    if item.input is not None:
        shown["json_input"] = parse_object(item.input)
    if item.output is not None:
        shown["json_output"] = parse_object(local_urls(item.output, call))
    return shown


def iso(at: float) -> str:
    """A time as the Platform API writes it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _moment(query: Query, name: str, default: float) -> float:
    """A time given as ISO 8601 or as a day. Raises 400."""
    text = query.one(name)
    if text is None:
        return default
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise RequestError(f"{name} should be a date like 2026-01-31 or a time in ISO 8601") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
