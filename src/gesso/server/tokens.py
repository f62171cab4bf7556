"""Short-lived tokens for browsers and uploads: `POST /tokens/`, `POST /tokens/realtime`, the CDN's upload token.

JWT, HS256, signed with the install's own secret. A token names the key it was made with, and ends with that key.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from starlette.requests import Request
from starlette.types import ASGIApp

from gesso.errors import InputError, RequestError
from gesso.server.auth import Keyring, bad_key
from gesso.server.call import Call, Identity
from gesso.server.reply import json_reply
from gesso.server.routing import Route
from gesso.validation import parse_object

if TYPE_CHECKING:
    from gesso.server.station import Station

MAX_SECONDS = 86_400
"""Longest life of a token."""

_DEFAULT_SECONDS = 120


class Tokens:
    """Makes and checks tokens. `audience` keeps kinds apart: `app` calls endpoints, `cdn` uploads files."""

    def __init__(self, secret: bytes, keyring: Keyring, clock: Callable[[], float] = time.time) -> None:
        self._secret = secret
        self._keyring = keyring
        self._clock = clock

    def mint(self, identity: Identity, audience: str, seconds: float, apps: list[str] | None = None) -> str:
        """A token that stands for `identity` for so long, for calls of `apps` alone where given."""
        from joserfc import jwt

        now = self._clock()
        claims: dict[str, Any] = {
            "sub": identity.owner,
            "aud": audience,
            "iat": int(now),
            "exp": int(now + seconds),
            "key": identity.key_id,
        }
        if apps is not None:
            claims["apps"] = apps
        return jwt.encode({"alg": "HS256"}, claims, self._key())

    def verify(self, token: str, audience: str) -> Identity:
        """Who the token stands for. Raises 401 where it is forged, over, of another kind or of a revoked key."""
        claims = self._claims(token)
        key_id = claims.get("key")
        is_over = self._clock() >= float(claims.get("exp", 0))
        if claims.get("aud") != audience or is_over or not self._key_stands(key_id):
            raise bad_key()
        apps = claims.get("apps")
        return Identity(str(claims["sub"]), key_id, apps=None if apps is None else frozenset(apps))

    def _key_stands(self, key_id: str | None) -> bool:
        # A token from open mode has no key: the first key that is made ends it.
        return self._keyring.is_empty if key_id is None else self._keyring.is_valid(key_id)

    def _claims(self, token: str) -> dict[str, Any]:
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            return jwt.decode(token, self._key(), algorithms=["HS256"]).claims
        except (JoseError, ValueError):
            raise bad_key() from None

    def _key(self) -> Any:
        from joserfc.jwk import OctKey

        return OctKey.import_key(self._secret)


def routes(station: Station) -> list[Route]:
    """The two token routes, which differ in what clients send and expect."""

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

    return [
        Route("POST", "rest", "/tokens", plain, body_limit=65_536),
        Route("POST", "rest", "/tokens/realtime", realtime, body_limit=65_536),
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
