"""`/healthz`: the process answers. `/readyz`: its database answers too. Both ask for no key."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.types import ASGIApp

from gesso import __version__
from gesso.server.call import Call
from gesso.server.reply import json_reply
from gesso.server.routing import Route

if TYPE_CHECKING:
    from gesso.server.station import Station

_READY_SECONDS = 2.0


def routes(station: Station) -> list[Route]:
    """The two probes and a signpost at the root."""

    async def healthz(request: Request, call: Call) -> ASGIApp:
        return json_reply({"status": "ok", "service": "gesso"})

    async def readyz(request: Request, call: Call) -> ASGIApp:
        try:
            async with asyncio.timeout(_READY_SECONDS):
                await station.db.one("keys.setting", {"owner": "", "name": "token_secret"})
        except Exception:
            return json_reply({"status": "unavailable"}, 503)
        return json_reply({"status": "ready", "version": __version__})

    async def root(request: Request, call: Call) -> ASGIApp:
        links = {"openapi": "/openapi.json", "endpoints": "/api/v1/models", "for_machines": "/llms.txt"}
        return json_reply({"name": "gesso", "version": __version__, **links})

    return [
        Route("GET", "site", "/healthz", healthz, auth="none"),
        Route("GET", "site", "/readyz", readyz, auth="none"),
        Route("GET", "site", "/", root, auth="none"),
    ]
