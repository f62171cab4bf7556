"""rest.fal.ai, but for storage: tokens for browsers (`/tokens/`, `/tokens/realtime`) and the webhooks' key set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from starlette.requests import Request
from starlette.types import ASGIApp

from gesso.errors import InputError, RequestError
from gesso.server.call import Call
from gesso.server.reply import json_reply
from gesso.server.routing import Route
from gesso.server.tokens import Tokens
from gesso.validation import parse_object

if TYPE_CHECKING:
    from gesso.server.station import Station

MAX_SECONDS = 86_400
"""Longest life of a token."""

_DEFAULT_SECONDS = 120


def routes(station: Station) -> list[Route]:
    """Two token routes, which differ in what clients send and expect, and the key set of webhooks."""

    async def plain(request: Request, call: Call) -> ASGIApp:
        """The official clients: the answer is a bare JSON string."""
        raw = parse_object(await request.body())
        token = _mint(station.tokens, call, _apps(raw), raw.get("token_expiration"))
        return json_reply(token)

    async def realtime(request: Request, call: Call) -> ASGIApp:
        """The documented route for own back ends: an object, and apps as `owner/alias/realtime`."""
        raw = parse_object(await request.body())
        token = _mint(station.tokens, call, _apps(raw), raw.get("duration", raw.get("token_expiration")))
        return json_reply({"token": token})

    async def jwks(request: Request, call: Call) -> ASGIApp:
        """The public key that webhooks are signed with."""
        return json_reply(station.signer.jwks(), headers={"cache-control": "public, max-age=3600"})

    return [
        Route("POST", "rest", "/tokens", plain, body_limit=65_536),
        Route("POST", "rest", "/tokens/realtime", realtime, body_limit=65_536),
        Route("GET", "rest", "/.well-known/jwks.json", jwks, auth="none"),
    ]


def _apps(raw: dict[str, Any]) -> list[str]:
    given = raw.get("allowed_apps", raw.get("app"))
    apps = [given] if isinstance(given, str) else given
    if not isinstance(apps, list) or not apps:
        raise InputError("allowed_apps", "missing", "Field required")
    names = cast("list[Any]", apps)
    if len(names) > 100 or not all(isinstance(name, str) for name in names):
        raise InputError("allowed_apps", "list_type", "Input should be a list of at most 100 app names")
    return [_bound(name) for name in names]


def _bound(name: str) -> str:
    """`flux-1` stays; `fal-ai/flux-1/realtime` becomes `fal-ai/flux-1`."""
    return "/".join(name.strip("/").split("/")[:2])


def _mint(tokens: Tokens, call: Call, apps: list[str], seconds: Any) -> str:
    if seconds is None:
        seconds = _DEFAULT_SECONDS
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 1 <= seconds <= MAX_SECONDS:
        msg = f"Input should be a number of seconds from 1 to {MAX_SECONDS}"
        raise InputError("token_expiration", "value_error", msg, value=seconds)
    if call.identity is None or call.identity.apps is not None:
        raise RequestError("A token cannot make tokens", status=403, error_type="authorization_error")
    return tokens.mint(call.identity, "app", seconds, apps)
