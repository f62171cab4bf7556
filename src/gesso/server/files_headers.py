"""The HTTP semantics of a stored file: what its headers say, conditional requests, and which part is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from urllib.parse import quote

from gesso.blobs.store import Blob
from gesso.errors import RequestError
from gesso.server.reply import Headers

INLINE = frozenset(
    (
        *("image/png", "image/jpeg", "image/webp", "image/gif", "image/avif", "image/bmp", "image/tiff"),
        *("video/mp4", "video/quicktime", "video/webm"),
        *("audio/mpeg", "audio/wav", "audio/flac", "audio/ogg", "audio/mp4", "audio/aac"),
        *("model/gltf-binary",),
    )
)
"""Types that a browser may show in place. None of them can run a script; everything else is a download."""

MAX_RANGE_HEADER = 64

_RANGE = re.compile(rb"bytes=([0-9]{0,18})-([0-9]{0,18})")
_SANDBOX = b"default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'; sandbox"


@dataclass(frozen=True, slots=True)
class Part:
    """Which bytes are sent, and the headers that say so."""

    start: int
    length: int
    headers: Headers
    is_whole: bool = True


def fixed_headers(blob: Blob) -> Headers:
    """What is the same in every answer for this file."""
    return [
        (b"content-type", blob.content_type.encode("latin-1")),
        (b"content-disposition", _disposition(blob)),
        (b"etag", blob.etag.encode("latin-1")),
        (b"last-modified", formatdate(blob.created_at, usegmt=True).encode("ascii")),
        (b"cache-control", _cache_control(blob)),
        (b"accept-ranges", b"bytes"),
        # Bytes of strangers on our origin: no guessing of types, and no script even if one is opened by itself.
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", _SANDBOX),
        (b"cross-origin-resource-policy", b"cross-origin"),
        (b"vary", b"origin"),
    ]


def _disposition(blob: Blob) -> bytes:
    how = "inline" if blob.content_type in INLINE else "attachment"
    name = blob.file_name or blob.name
    plain = re.sub(r'[^\x20-\x7e]|["\\%;]', "_", name)
    text = f'{how}; filename="{plain}"'
    if plain != name:
        text += f"; filename*=UTF-8''{quote(name, safe='', errors='replace')}"
    return text.encode("ascii")


def _cache_control(blob: Blob) -> bytes:
    """The bytes never change, but who may have them can: only an unlimited file is kept without asking again."""
    if blob.is_public and blob.expires_at is None:
        return b"private, max-age=3600, immutable"
    return b"private, no-cache"


def is_unchanged(blob: Blob, headers: Mapping[bytes, bytes]) -> bool:
    """Whether the client has these bytes already (If-None-Match, else If-Modified-Since)."""
    tags = headers.get(b"if-none-match")
    if tags is not None:
        return _names(tags, blob)
    since = headers.get(b"if-modified-since")
    return since is not None and _not_after(blob, since)


def _names(tags: bytes, blob: Blob) -> bool:
    if tags.strip() == b"*":
        return True
    etag = blob.etag.encode("latin-1")
    return any(tag.strip().removeprefix(b"W/") == etag for tag in tags[:4096].split(b","))


def _not_after(blob: Blob, date: bytes) -> bool:
    try:
        return int(blob.created_at) <= parsedate_to_datetime(date.decode("latin-1")).timestamp()
    except (ValueError, OverflowError):
        return False


def wanted_part(blob: Blob, headers: Mapping[bytes, bytes]) -> Part:
    """The range that is asked for, else all. Raises `RequestError` 416 where it lies beyond the end.

    One range is served. Lists of ranges and what cannot be read are ignored, as RFC 9110 allows: their handling
    has cost other servers quadratic time.
    """
    asked = headers.get(b"range")
    if asked is None or not _still_holds(blob, headers):
        return _whole(blob)
    match = _RANGE.fullmatch(asked.strip()) if len(asked) <= MAX_RANGE_HEADER else None
    if match is None or match[1] == match[2] == b"":
        return _whole(blob)
    start, end = _bounds(match[1], match[2], blob.size)
    if end < start and match[1] and match[2] and int(match[2]) < int(match[1]):
        return _whole(blob)
    if start >= blob.size or end < start:
        raise RequestError(
            "The range lies outside the file.",
            status=416,
            error_type="range_not_satisfiable",
            headers={"content-range": f"bytes */{blob.size}"},
        )
    length = end - start + 1
    said = b"bytes %d-%d/%d" % (start, end, blob.size)
    return Part(start, length, [(b"content-length", b"%d" % length), (b"content-range", said)], is_whole=False)


def _whole(blob: Blob) -> Part:
    return Part(0, blob.size, [(b"content-length", b"%d" % blob.size)])


def _bounds(first: bytes, last: bytes, size: int) -> tuple[int, int]:
    """First and last byte, both included."""
    if not first:
        return max(0, size - int(last)), size - 1 if int(last) else -1
    return int(first), min(int(last), size - 1) if last else size - 1


def _still_holds(blob: Blob, headers: Mapping[bytes, bytes]) -> bool:
    """If-Range: a range counts only for the very bytes that the client has part of."""
    condition = headers.get(b"if-range")
    if condition is None:
        return True
    if condition.lstrip().startswith((b'"', b"W/")):
        return condition.strip() == blob.etag.encode("latin-1")
    return condition.strip() == formatdate(blob.created_at, usegmt=True).encode("ascii")
