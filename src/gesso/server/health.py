"""`/healthz`: the process answers. `/readyz`: its database answers too. `/metrics`: what it has done."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.types import ASGIApp

from gesso import __version__
from gesso.server.call import Call
from gesso.server.reply import Reply, json_reply
from gesso.server.routing import Route

if TYPE_CHECKING:
    from gesso.server.station import Station

_READY_SECONDS = 2.0


def routes(station: Station) -> list[Route]:
    """The probes, the counters and a signpost at the root."""

    async def healthz(request: Request, call: Call) -> ASGIApp:
        return json_reply({"status": "ok", "service": "gesso"})

    async def readyz(request: Request, call: Call) -> ASGIApp:
        """Whether the server can work."""
        try:
            async with asyncio.timeout(_READY_SECONDS):
                await station.db.one("keys.setting", {"owner": "", "name": "token_secret"})
        except Exception:
            return json_reply({"status": "unavailable"}, 503)
        return json_reply({"status": "ready", "version": __version__})

    async def root(request: Request, call: Call) -> ASGIApp:
        """What this server is, and where to look next."""
        links = {"openapi": "/openapi.json", "endpoints": "/api/v1/models", "for_machines": "/llms.txt"}
        return json_reply({"name": "gesso", "version": __version__, **links})

    async def metrics(request: Request, call: Call) -> ASGIApp:
        """Counters for Prometheus: how much is used and by what, so an ADMIN key's business."""
        body = station.metrics.render()
        return Reply(200, body, [(b"content-type", b"text/plain; version=0.0.4; charset=utf-8")])

    return [
        Route("GET", "site", "/healthz", healthz, auth="none"),
        Route("GET", "site", "/readyz", readyz, auth="none"),
        Route("GET", "site", "/metrics", metrics, auth="admin"),
        Route("GET", "site", "/", root, auth="none"),
    ]
