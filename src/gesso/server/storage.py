"""Uploads over HTTP: initiate, PUT, multipart, and the token with which the Python client uploads directly.

    JavaScript   POST /storage/upload/initiate ─▶ PUT upload_url
                 POST /storage/upload/initiate-multipart ─▶ PUT upload_url/{n} … ─▶ POST upload_url/complete
    Python       POST /storage/auth/token ─▶ POST /files/upload
                 POST /files/upload/multipart ─▶ PUT access_url/multipart/{id}/{n} … ─▶ POST …/complete

An upload URL opens itself by a signature in its query. It asks for no key, and a key that is sent all the same does
not disturb: one client sends it, the other must not.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.types import ASGIApp

from gesso.blobs.access import Keep, keep_of
from gesso.blobs.names import OCTETS
from gesso.blobs.store import Blob
from gesso.blobs.uploads import Upload, Uploads, part_number
from gesso.errors import RequestError
from gesso.server.call import Call
from gesso.server.reply import json_reply
from gesso.server.routing import Handler, Route
from gesso.validation import parse_object

if TYPE_CHECKING:
    from gesso.server.station import Station

TOKEN_SECONDS = 3600.0
"""Life of an upload token; the Python client asks for a new one by itself."""

SMALL_BODY = 64 * 1024
PARTS_BODY = 2 * 1024 * 1024
"""Ten thousand parts with their ETags."""

_PURPOSE = "upload"


def routes(station: Station) -> list[Route]:
    """Every route that takes bytes in."""
    uploads = Uploads(station.blobs)
    return [*_begin_routes(station, uploads), *_signed_routes(station, uploads), *_direct_routes(station, uploads)]


def _begin_routes(station: Station, uploads: Uploads) -> list[Route]:

    async def initiate(request: Request, call: Call) -> ASGIApp:
        body = parse_object(await request.body(), surrogates=True)  # a file may be called anything; it is cleaned
        upload = await uploads.begin(
            owner=call.owner,
            content_type=_text(body, "content_type") or OCTETS,
            file_name=_text(body, "file_name"),
            keep=keep_of(request.headers),
        )
        signature = station.blobs.signer.signature(_PURPOSE, upload.id)
        upload_url = call.file_url(f"/files/upload/{upload.id}?signature={signature}")
        return json_reply({"upload_url": upload_url, "file_url": call.file_url(f"/files/{upload.name}")})

    async def token(_: Request, call: Call) -> ASGIApp:
        if call.identity is None or call.identity.apps is not None:
            raise RequestError("A token cannot make tokens.", status=403, error_type="authorization_error")
        ends = datetime.fromtimestamp(int(station.blobs.clock() + TOKEN_SECONDS), UTC)
        value = {
            "token": station.tokens.mint(call.identity, "cdn", TOKEN_SECONDS),
            "token_type": "Bearer",
            "base_url": call.origin,
            "expires_at": ends.isoformat(),  # ends in +00:00: older Pythons cannot read a Z
        }
        return json_reply(value)

    return [
        Route("POST", "rest", "/storage/upload/initiate", initiate, body_limit=SMALL_BODY),
        Route("POST", "rest", "/storage/upload/initiate-multipart", initiate, body_limit=SMALL_BODY),
        Route("POST", "rest", "/storage/auth/token", token, body_limit=SMALL_BODY),
    ]


def _signed_routes(station: Station, uploads: Uploads) -> list[Route]:
    """What an `upload_url` leads to."""

    async def opened(request: Request, call: Call) -> Upload:
        id = call.params["upload"]
        if not station.blobs.signer.is_valid(request.query_params.get("signature", ""), _PURPOSE, id):
            raise RequestError("The upload URL is not valid.", status=403, error_type="forbidden")
        return await uploads.get(id)

    async def put(request: Request, call: Call) -> ASGIApp:
        blob = await uploads.put(await opened(request, call), request.stream())
        return _stored(blob, call)

    async def part_url(request: Request, call: Call) -> ASGIApp:
        upload, number = await opened(request, call), part_number(call.params["number"])
        query = f"signature={request.query_params['signature']}"
        return json_reply({"upload_url": call.file_url(f"/files/upload/{upload.id}/{number}?{query}")})

    pattern = "/files/upload/{upload}"
    return [
        _taking(station, "PUT", pattern, put),
        Route("POST", "cdn", f"{pattern}/complete", _complete(uploads, opened), auth="none", body_limit=PARTS_BODY),
        Route("POST", "cdn", pattern + "/{number}", part_url, auth="none", body_limit=SMALL_BODY),
        _taking(station, "PUT", pattern + "/{number}", _put_part(uploads, opened)),
    ]


def _direct_routes(station: Station, uploads: Uploads) -> list[Route]:
    """The CDN's own upload, as the Python client uses it."""

    async def upload(request: Request, call: Call) -> ASGIApp:
        blob = await uploads.put_new(request.stream(), **_told(request, call))
        return _stored(blob, call)

    async def begin(request: Request, call: Call) -> ASGIApp:
        begun = await uploads.begin(**_told(request, call))
        return json_reply({"access_url": call.file_url(f"/files/{begun.name}"), "uploadId": begun.id})

    async def opened(_: Request, call: Call) -> Upload:
        found = await uploads.get(call.params["upload"])
        if found.name != call.params["name"]:
            raise RequestError("There is no such upload.", status=404, error_type="not_found")
        return found

    pattern = "/files/{name}/multipart/{upload}"
    limit = station.settings.max_upload
    return [
        Route("POST", "cdn", "/files/upload", upload, body_limit=limit, upload=True),
        Route("POST", "cdn", "/files/upload/multipart", begin, body_limit=SMALL_BODY),
        Route("POST", "cdn", f"{pattern}/complete", _complete(uploads, opened), auth="none", body_limit=PARTS_BODY),
        _taking(station, "PUT", pattern + "/{number}", _put_part(uploads, opened)),
    ]


Opened = Callable[[Request, Call], Awaitable[Upload]]
"""Finds the upload that a request may go on with."""


def _taking(station: Station, method: str, pattern: str, handler: Handler) -> Route:
    limit = station.settings.max_upload
    return Route(method, "cdn", pattern, handler, auth="none", body_limit=limit, upload=True)


def _put_part(uploads: Uploads, opened: Opened) -> Handler:
    async def put_part(request: Request, call: Call) -> ASGIApp:
        upload, number = await opened(request, call), part_number(call.params["number"])
        etag = await uploads.put_part(upload, number, request.stream())
        # One client reads the header, the other the body.
        return json_reply({"partNumber": number, "etag": etag}, headers={"etag": etag})

    return put_part


def _complete(uploads: Uploads, opened: Opened) -> Handler:
    async def complete(request: Request, call: Call) -> ASGIApp:
        upload = await opened(request, call)
        body = parse_object(await request.body())
        return _stored(await uploads.complete(upload, body.get("parts")), call)

    return complete


def _stored(blob: Blob, call: Call) -> ASGIApp:
    url = call.file_url(f"/files/{blob.name}")
    value = {"access_url": url, "url": url, "content_type": blob.content_type, "file_size": blob.size}
    return json_reply(value, headers={"etag": blob.etag})


def _told(request: Request, call: Call) -> dict[str, Any]:
    """What the headers of a direct upload say of its file."""
    keep: Keep = keep_of(request.headers)
    name = request.headers.get("x-fal-file-name")
    return {
        "owner": call.owner,
        "content_type": request.headers.get("content-type", OCTETS),
        "file_name": None if name is None else _header_text(name),
        "keep": keep,
    }


def _header_text(value: str) -> str:
    """A name in a header: UTF-8 that the server read as Latin-1, perhaps percent-encoded."""
    try:
        value = value.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return value
    return unquote(value)


def _text(body: dict[str, Any], name: str) -> str | None:
    value = body.get(name)
    return value if isinstance(value, str) else None
