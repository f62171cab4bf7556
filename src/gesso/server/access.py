"""The door: who a request comes from, by key, by token or, in open mode, by being on this machine."""

from __future__ import annotations

from starlette.types import Scope

from gesso.errors import RequestError
from gesso.server.auth import LOCAL, bad_key
from gesso.server.call import Call, Identity
from gesso.server.intake import query_value
from gesso.server.routing import Auth
from gesso.server.station import Station


def identify(station: Station, scope: Scope, call: Call, auth: Auth, *, is_open: bool) -> Identity | None:
    """The caller, or none where the route asks for nobody. Raises 401, or 403 without the scope it needs."""
    if auth == "none":
        return None
    identity = _from_token(station, call) if call.query else None
    if identity is None:
        identity = LOCAL if is_open else _from_header(station, scope, call)
    if identity is None and auth != "optional":
        raise RequestError(
            "Authentication is required: send `Authorization: Key <key_id>:<key_secret>`.",
            status=401,
            error_type="authorization_error",
        )
    if auth == "admin" and (identity is None or not identity.is_admin):
        raise RequestError("This needs a key with the scope ADMIN.", status=403, error_type="authorization_error")
    return identity


def _from_header(station: Station, scope: Scope, call: Call) -> Identity | None:
    value = call.headers.get(b"authorization")
    if value is None:
        return None
    if len(call.headers) != len(scope["headers"]) and _repeats(scope, b"authorization"):
        raise bad_key()
    if value[:7].lower() == b"bearer " and call.surface == "cdn":
        return station.tokens.verify(value[7:].decode("latin-1").strip(), "cdn")
    return station.keyring.identify(value)


def _repeats(scope: Scope, wanted: bytes) -> bool:
    return sum(name == wanted for name, _ in scope["headers"]) > 1


def _from_token(station: Station, call: Call) -> Identity | None:
    """A browser that streams by itself has only `fal_jwt_token` in its query."""
    if call.surface not in ("run", "queue") or b"fal_jwt_token=" not in call.query:
        return None
    token = query_value(call.query, "fal_jwt_token")
    return station.tokens.verify(token, "app") if token else None
