"""The ASGI application: what happens to every request, in order, and the table of all routes.

    headers -> keys fresh? -> host and origin -> surface and path -> browser rule -> route -> caller -> handler

Starlette's router and middleware are left out: fal's surfaces are chosen by host or prefix, nothing may redirect,
and a status poll should cost little more than uvicorn itself.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from time import perf_counter
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gesso.errors import GessoError, RequestError, failure_of
from gesso.server import files, health, models, openapi, platform, queue, requests, rest, run, storage
from gesso.server.access import identify
from gesso.server.accesslog import AccessLog
from gesso.server.body import limited
from gesso.server.call import Call
from gesso.server.cors import BrowserPolicy, refuse_forwarded
from gesso.server.disconnect import ClientGoneError
from gesso.server.origin import Origins
from gesso.server.proxy import PATHS, InvalidTargetError, is_proxied, retarget
from gesso.server.reply import JSON, Headers, Reply, failure_reply, new_request_id
from gesso.server.routing import Route, Router, locate
from gesso.server.station import Station

logger = logging.getLogger("gesso.server")

UPLOAD = "gesso.upload"
"""Key in a scope that tells `guard` to judge the body by its rate, not by a deadline."""

_ONLY_ONCE = (b"host", b"content-length")


def all_routes(station: Station) -> list[Route]:
    """Every route of the server; the first that matches answers."""
    modules = (health, run, queue, rest, storage, files, models, requests, platform)
    found = [route for module in modules for route in module.routes(station)]
    return [*found, *openapi.routes(found)]


def create_app(station: Station) -> App:
    """The application for one station."""
    return App(station, all_routes(station))


class App:
    """A raw ASGI application."""

    def __init__(self, station: Station, routes: Sequence[Route]) -> None:
        settings = station.settings
        self.station = station
        self.router = Router(routes)
        self._is_local = settings.is_loopback
        self._origins = Origins(settings)
        self._browsers = BrowserPolicy(settings.allowed_origins)
        self._log = AccessLog() if settings.access_log else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await _refuse_websocket(receive, send)
        else:
            await self._run_lifespan(receive, send)

    # ------------------------------------------------------------ one request

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = perf_counter()
        metrics = self.station.metrics
        metrics.in_flight += 1
        call = Call("site", scope["path"], "", headers=dict(scope["headers"]), query=scope["query_string"])
        cors: Headers = []
        try:
            response = await self._answer(scope, receive, call, cors)
            sent = await _deliver(response, cors, scope, receive, send)
        except (ClientGoneError, ClientDisconnect):
            sent = (499, 0)
        finally:
            metrics.in_flight -= 1
        seconds = perf_counter() - began
        metrics.observe(call.surface, scope["method"], sent[0], seconds)
        if self._log is not None:
            self._log.add(_line(scope, call, sent, seconds))

    async def _answer(self, scope: Scope, receive: Receive, call: Call, cors: Headers) -> ASGIApp:
        try:
            return await self._dispatch(scope, receive, call, cors)
        except InvalidTargetError:
            call.request_id = new_request_id()
            return Reply(400, b'"Invalid request"', [JSON, (b"x-fal-request-id", call.request_id.encode())])
        except GessoError as error:
            return _refusal(error, scope, call)
        except (ClientGoneError, ClientDisconnect):
            raise
        except Exception as error:
            reply = failure_reply(failure_of(error), call)
            logger.exception("request %s failed: %s %s", call.request_id, scope["method"], call.path)
            return reply

    async def _dispatch(self, scope: Scope, receive: Receive, call: Call, cors: Headers) -> ASGIApp:
        station, headers, method = self.station, call.headers, scope["method"]
        if len(headers) != len(scope["headers"]):
            _check_repeated(scope)
        keyring = station.keyring
        if not keyring.is_fresh():
            await keyring.refresh()
        is_open = self._is_local and keyring.is_empty
        reached = self._origins.of(scope, headers, is_open)
        call.origin = reached.origin
        call.surface, call.prefix, call.path = locate(call.path, reached.surface, call.query)
        scope = self._proxied(scope, call)
        public = call.surface == "cdn" and method in ("GET", "HEAD")
        if method == "OPTIONS":
            return self._browsers.preflight(call, is_open=is_open, public=_reads(call))
        if b"origin" in headers or b"sec-fetch-site" in headers:
            cors += self._browsers.check(call, is_open=is_open, public=public)
        if is_open:
            refuse_forwarded(headers)
        route, call.params = self.router.match(call.surface, method, call.path)
        call.identity = identify(station, scope, call, route.auth, is_open=is_open)
        if route.body_limit is not None:
            receive = limited(receive, headers, route.body_limit)
        if route.upload:
            scope[UPLOAD] = True
        return await route.handler(Request(scope, receive), call)

    def _proxied(self, scope: Scope, call: Call) -> Scope:
        """The scope to go on with: that of the target, where this is a call of the server-side proxy."""
        if call.path not in PATHS or call.surface not in ("site", "run") or not is_proxied(scope, call.path):
            return scope
        target = call.headers.get(b"x-fal-target-url")
        if target is None:
            if call.path == "/" or scope["method"] == "OPTIONS":
                return scope
            raise InvalidTargetError
        changed, call.surface, call.prefix, call.path = retarget(scope, target, self._origins)
        call.query = changed["query_string"]
        return changed

    # ------------------------------------------------------------ lifespan

    async def _run_lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if self._log is not None:
            self._log.close()
        await send({"type": "lifespan.shutdown.complete"})


def _check_repeated(scope: Scope) -> None:
    """Which of two Host or Content-Length headers counts is what request smuggling lives on."""
    names = [name for name, _ in scope["headers"]]
    for name in _ONLY_ONCE:
        if names.count(name) > 1:
            raise RequestError(f"The header {name.decode()} may be sent once.")


def _reads(call: Call) -> bool:
    return call.surface == "cdn" and call.headers.get(b"access-control-request-method", b"GET") in (b"GET", b"HEAD")


def _refusal(error: GessoError, scope: Scope, call: Call) -> Reply:
    reply = failure_reply(error.failure(), call)
    if reply.status == 401 and scope["path"].rstrip("/") in PATHS and b"x-fal-target-url" in call.headers:
        # The official proxy's own words, which its users' code may compare.
        reply.body = b'"Unauthorized"'
    return reply


async def _deliver(response: ASGIApp, cors: Headers, scope: Scope, receive: Receive, send: Send) -> tuple[int, int]:
    """Send a response with the browser's headers; its status and size."""
    if isinstance(response, Reply):
        if cors:
            response.headers += cors
        if not response.write(scope):
            await response(scope, receive, send)
        return response.status, len(response.body)
    counted = _Counted(send, cors)
    await response(scope, receive, counted.send)
    return counted.status, counted.size


class _Counted:
    """A `send` that adds headers and counts, for responses that send by themselves."""

    def __init__(self, send: Send, extra: Headers) -> None:
        self._send = send
        self._extra = extra
        self.status = 500
        self.size = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self._extra:
                names = {name for name, _ in self._extra}
                kept = [pair for pair in message.get("headers", ()) if pair[0] not in names]
                message = {**message, "headers": [*kept, *self._extra]}
        else:
            self.size += len(message.get("body", b""))
        await self._send(message)


def _line(scope: Scope, call: Call, sent: tuple[int, int], seconds: float) -> str:
    """A line of the access log. The query is left out: tokens and signatures are in there."""
    client: Any = scope.get("client")
    path = (scope.get("raw_path") or b"").decode("latin-1")
    who = client[0] if client else "-"
    key = call.identity.key_id if call.identity is not None else None
    return (
        f"{who} {scope['method']} {path} {sent[0]} {sent[1]}B {seconds * 1000:.1f}ms "
        f"{call.request_id or '-'} {key or '-'}"
    )


async def _refuse_websocket(receive: Receive, send: Send) -> None:
    """Close before accepting, which every ASGI server turns into a refused handshake."""
    await receive()
    await send({"type": "websocket.close", "code": 1013, "reason": "realtime is not served here yet"})
