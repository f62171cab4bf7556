"""Platform API, account part: keys, the rules and signed addresses of files, storage settings, facts of the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

from starlette.requests import Request
from starlette.types import ASGIApp

from gesso.blobs.access import Keep, parse_keep
from gesso.blobs.names import own_name
from gesso.blobs.signing import MAX_SECONDS
from gesso.errors import RequestError
from gesso.server.auth import MAX_NAME, STORAGE, Key, Scope
from gesso.server.call import Call
from gesso.server.models import Query
from gesso.server.reply import Reply, json_reply
from gesso.server.requests import iso
from gesso.server.routing import Route
from gesso.validation import parse_object

if TYPE_CHECKING:
    from gesso.server.station import Station

Json = dict[str, Any]

_SMALL = 65_536


def routes(station: Station) -> list[Route]:
    """All of the account's routes."""
    keys, files = _Keys(station), _Files(station)

    async def meta(request: Request, call: Call) -> ASGIApp:
        """Facts of the server. Webhooks come from wherever it runs, which it cannot know as address ranges."""
        return json_reply({"webhook_ip_ranges": []})

    return [
        Route("GET", "platform", "/keys", keys.all, auth="admin"),
        Route("POST", "platform", "/keys", keys.create, auth="admin", body_limit=_SMALL),
        Route("DELETE", "platform", "/keys/{key_id}", keys.revoke, auth="admin"),
        Route("GET", "platform", "/storage/files/acl", files.acl),
        Route("PUT", "platform", "/storage/files/acl", files.set_acl, body_limit=_SMALL),
        Route("POST", "platform", "/storage/files/sign", files.sign, body_limit=_SMALL),
        Route("GET", "platform", "/storage/settings", files.settings),
        Route("PUT", "platform", "/storage/settings", files.set_settings, body_limit=_SMALL),
        Route("GET", "platform", "/meta", meta, auth="none"),
    ]


class _Keys:
    """Keys, for those who hold one with the scope ADMIN."""

    def __init__(self, station: Station) -> None:
        self._keyring = station.keyring

    async def all(self, request: Request, call: Call) -> ASGIApp:
        """List the keys that are valid; secrets are not known here."""
        creators = "creator_info" in Query(call).many("expand")
        valid = [key for key in await self._keyring.list() if key.revoked_at is None]
        shown = [_shown(key, creators) for key in valid]
        return json_reply({"keys": shown, "next_cursor": None, "has_more": False})

    async def create(self, request: Request, call: Call) -> ASGIApp:
        """Make a key; its secret is in this answer and nowhere else."""
        raw = parse_object(await request.body())
        alias, owner = raw.get("alias"), raw.get("owner")
        if not _is_name(alias):
            raise RequestError(f"alias should be a text of 1 to {MAX_NAME} characters")
        if owner is not None and not _is_name(owner):
            raise RequestError(f"owner should be a text of 1 to {MAX_NAME} characters")
        made = await self._keyring.create(alias, _scope(raw.get("scope", "API")), owner)
        key = {"key_id": made.key.key_id, "key_secret": made.secret, "key": made.credential}
        return json_reply(key, 201, {"cache-control": "no-store"})

    async def revoke(self, request: Request, call: Call) -> ASGIApp:
        """End a key now. 204 whether or not there was one."""
        await self._keyring.revoke(call.params["key_id"])
        return Reply(204, b"", [])


def _is_name(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and 1 <= len(value.strip()) <= MAX_NAME


def _scope(value: Any) -> Scope:
    if value not in ("API", "ADMIN"):
        raise RequestError("scope should be API or ADMIN")
    return value


def _shown(key: Key, creators: bool) -> Json:
    shown: Json = {
        "key_id": key.key_id,
        "alias": key.alias,
        "scope": key.scope,
        "created_at": iso(key.created_at),
        "last_used_at": None if key.last_used_at is None else iso(key.last_used_at),
    }
    if creators:
        shown["creator_info"] = {"username": key.owner}
    return shown


class _Files:
    """One's own files: who may read them, and for how long new ones are kept."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._blobs = station.blobs

    def _name(self, call: Call) -> str:
        url = Query(call).one("url")
        if url is None:
            raise RequestError("url is required")
        name = own_name(url.partition("?")[0], self._station.settings)
        if name is None and url.startswith(f"{call.origin}/files/"):
            name = url.partition("?")[0].removeprefix(f"{call.origin}/files/")
        return name or ""

    async def acl(self, request: Request, call: Call) -> ASGIApp:
        """The rules of a file."""
        return _found(await self._blobs.get_acl(self._name(call), call.owner))

    async def set_acl(self, request: Request, call: Call) -> ASGIApp:
        """Replace the rules of a file."""
        raw = parse_object(await request.body())
        return _found(await self._blobs.set_acl(self._name(call), call.owner, raw))

    async def sign(self, request: Request, call: Call) -> ASGIApp:
        """An address that opens a file, whatever its rules, for some time."""
        seconds = parse_object(await request.body()).get("expiration_seconds")
        if isinstance(seconds, bool) or not isinstance(seconds, int) or not 1 <= seconds <= MAX_SECONDS:
            raise RequestError(f"expiration_seconds should be a whole number from 1 to {MAX_SECONDS}")
        name = self._name(call)
        if await self._blobs.get_acl(name, call.owner) is None:
            return _found(None)
        query = self._blobs.signer.sign_file(name, seconds)
        return json_reply({"signed_url": call.file_url(f"/files/{name}?{query}")})

    async def settings(self, request: Request, call: Call) -> ASGIApp:
        """How long files are kept that ask for nothing, and who may read them."""
        return json_reply(_keep_json(Keep.from_json(await self._station.keyring.setting(call.owner, STORAGE))))

    async def set_settings(self, request: Request, call: Call) -> ASGIApp:
        """Replace these settings whole."""
        keep = parse_keep(parse_object(await request.body()))
        await self._station.keyring.set_setting(call.owner, STORAGE, keep.as_json())
        return json_reply(_keep_json(keep))


def _keep_json(keep: Keep) -> Json:
    seconds = None if keep.seconds is None else int(keep.seconds)
    return {"expiration_duration_seconds": seconds, "initial_acl": keep.acl}


def _found(value: Any) -> Reply:
    if value is None:
        raise RequestError("File not found", status=404, error_type="not_found")
    return json_reply(value)
