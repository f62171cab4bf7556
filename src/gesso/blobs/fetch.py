"""Media inputs brought here: a data URI, a URL of the web or one of our own files becomes a local path.

    read the bytes ──▶ what are they really? ──▶ does the field take that? ──▶ header within the field's limits?

Every complaint is an `InputError` on the field that held the URL, in fal's words.
"""

from __future__ import annotations

import asyncio
import math
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gesso.blobs import datauri
from gesso.blobs.dimensions import read_size
from gesso.blobs.names import own_name
from gesso.blobs.sniff import HEAD, Format, sniff
from gesso.blobs.store import Blob, Blobs, full_disk
from gesso.egress import UNREACHABLE, Egress, EgressError, EgressInvalid, EgressTooLarge
from gesso.errors import InputError, RequestError
from gesso.media import Media
from gesso.settings import MIB, Settings
from gesso.shapes import MediaKind, MediaRule, Size

IMAGE_BYTES = 50 * MIB
"""fal's limit for pictures whose page states none."""

SUPPORTED: Mapping[MediaKind, tuple[str, ...]] = {
    "image": ("png", "jpeg", "webp", "gif", "avif", "bmp", "tiff"),
    "video": ("mp4", "mov", "webm", "mkv", "gif"),
    "audio": ("mp3", "wav", "flac", "ogg", "m4a", "aac", "mp4", "webm"),
    "archive": ("zip",),
    "weights": ("safetensors",),
}
"""Formats that a field takes when its page names none. A sound may be inside a clip."""

_SPELLINGS = {"jpg": "jpeg", "tif": "tiff", "m4v": "mp4"}
_READ_SIZES = ("image",)


class Fetcher:
    """Brings inputs to disk, with the rights of the request's owner."""

    def __init__(self, settings: Settings, egress: Egress, blobs: Blobs) -> None:
        self._settings = settings
        self._egress = egress
        self._blobs = blobs

    async def fetch(self, media: Media, tmp: Path, owner: str) -> Media:
        """`media` with its local file inside `tmp` and its true content type.

        Raises `InputError`, or `RequestError` 503 where the disk has no room for it: a request may name a stored file
        ten thousand times.
        """
        draft = tmp / f"{secrets.token_hex(8)}.part"
        async with full_disk():
            if datauri.is_data_uri(media.url):
                await asyncio.to_thread(_write_data, media, draft, self._limit(media.rule))
            else:
                await self._bring(media, draft, owner)
            return await asyncio.to_thread(_examine, media, draft)

    def _limit(self, rule: MediaRule) -> int:
        stated = rule.max_bytes or (IMAGE_BYTES if rule.kind == "image" else self._settings.max_download)
        return min(stated, self._settings.max_download)

    async def _bring(self, media: Media, draft: Path, owner: str) -> None:
        own = await self._own(media, owner)
        limit = self._limit(media.rule)
        if own is not None:
            if own.size > limit:
                raise _too_large(media, limit)
            self._blobs.check_room(own.size)
            await asyncio.to_thread(_copy, self._blobs.path(own), draft, media)
            return
        self._blobs.check_room()
        try:
            allow_private = self._settings.fetch_private
            await self._egress.download(media.url, draft, max_bytes=limit, allow_private=allow_private)
        except EgressTooLarge as error:
            raise _too_large(media, error.max_size) from error
        except EgressInvalid as error:
            raise InputError(media.loc, "value_error", str(error), value=media.url) from error
        except EgressError as error:
            raise _unreachable(media) from error

    async def _own(self, media: Media, owner: str) -> Blob | None:
        """Our own file behind the URL, if it is one; never asked for over HTTP, where a local address is refused."""
        name = own_name(media.url, self._settings)
        if name is None:
            return None
        query = media.url.partition("#")[0].partition("?")[2]
        if self._blobs.signer.opens_file(name, query):
            return await self._blobs.find(name)
        try:
            return await self._blobs.get(name, owner)
        except RequestError as error:  # another key's private file is told from a missing one by nobody
            raise _unreachable(media) from error


def _write_data(media: Media, draft: Path, limit: int) -> None:
    try:
        data = datauri.decode(datauri.split(media.url))
    except ValueError as error:
        raise _unreadable(media, f"The data URI cannot be read: {error}.") from error
    if len(data) > limit:
        raise _too_large(media, limit)
    draft.write_bytes(data)


def _copy(source: Path, draft: Path, media: Media) -> None:
    """The stored bytes, so that they outlive an expiry while the job runs. Never a link: what decodes them is not
    trusted, and must not be able to write into a stored file."""
    try:
        shutil.copyfile(source, draft, follow_symlinks=False)
    except FileNotFoundError as error:
        raise _unreachable(media) from error


def _examine(media: Media, draft: Path) -> Media:
    """Sniff and measure; the file keeps its place only if the field takes it."""
    try:
        with draft.open("rb") as file:
            found = sniff(file.read(HEAD))
            _check_format(media, found)
            if found.kind in _READ_SIZES:
                file.seek(0)
                _check_size(media.rule, media, _size(media, file, found))
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    path = draft.with_suffix(f".{found.name}")
    draft.rename(path)
    return replace(media, path=path, content_type=found.content_type)


def _check_format(media: Media, found: Format) -> None:
    kind = media.rule.kind
    allowed = tuple(_SPELLINGS.get(name, name) for name in media.rule.formats) or SUPPORTED[kind]
    if found.name in allowed:
        return
    if kind == "image" and (found.kind == "none" or found.name in ("html", "json", "playlist")):
        raise _unreadable(media, "The file is no picture that can be loaded.")
    raise _unsupported(media, allowed)


def _unsupported(media: Media, allowed: Sequence[str]) -> InputError:
    kind = media.rule.kind
    names = ", ".join(allowed)
    if kind == "archive":
        ctx: dict[str, Any] = {"supported_extensions": [f".{name}" for name in allowed]}
        return InputError(media.loc, "invalid_archive", f"The archive must be one of: {names}.", ctx, media.url)
    if kind == "weights":
        return InputError(media.loc, "value_error", f"The weights must be a {names} file.", value=media.url)
    text = f"The {kind} format is not supported. Supported formats: {names}."
    return InputError(media.loc, f"unsupported_{kind}_format", text, {"supported_formats": list(allowed)}, media.url)


def _size(media: Media, file: Any, found: Format) -> Size | None:
    try:
        return read_size(file, found.name)
    except ValueError as error:
        raise _unreadable(media, f"The picture cannot be loaded: {error}.") from error


def _check_size(rule: MediaRule, media: Media, size: Size | None) -> None:
    if size is None:
        return
    if rule.min_side is not None and min(size.width, size.height) < rule.min_side:
        ctx = {"min_height": rule.min_side, "min_width": rule.min_side}
        text = f"The picture is {size.width}x{size.height} pixels; each side must have at least {rule.min_side}."
        raise InputError(media.loc, "image_too_small", text, ctx, media.url)
    too_long = rule.max_side is not None and max(size.width, size.height) > rule.max_side
    too_many = rule.max_pixels is not None and size.area > rule.max_pixels
    if too_long or too_many:
        side = rule.max_side if rule.max_side is not None and too_long else math.isqrt(rule.max_pixels or 0)
        limit = f"{side} pixels a side" if too_long else f"{rule.max_pixels} pixels in all"
        text = f"The picture is {size.width}x{size.height} pixels; allowed are {limit}."
        raise InputError(media.loc, "image_too_large", text, {"max_height": side, "max_width": side}, media.url)


def _too_large(media: Media, limit: int) -> InputError:
    text = f"The file is larger than the {limit} bytes allowed."
    return InputError(media.loc, "file_too_large", text, {"max_size": limit}, media.url)


def _unreachable(media: Media) -> InputError:
    return InputError(media.loc, "file_download_error", UNREACHABLE, value=media.url)


def _unreadable(media: Media, text: str) -> InputError:
    type_ = "image_load_error" if media.rule.kind == "image" else "file_download_error"
    return InputError(media.loc, type_, text, value=media.url)
