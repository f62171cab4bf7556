"""What is in a training archive: pictures, clips and captions, read one at a time and never by their own paths.

Nothing in an archive says where it is written, how much memory is set aside for it, or what is opened: names only pair
captions with media and tell formats.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Literal

from gesso.errors import InputError
from gesso.media import Media

PICTURES = ("png", "jpg", "jpeg", "webp", "avif", "gif", "bmp", "tif", "tiff")
CLIPS = ("mp4", "mov", "m4v", "webm", "mkv")
SUPPORTED = [f".{name}" for name in (*PICTURES, *CLIPS)]

LEAST, MOST = 2, 1000
"""Pictures and clips that a set may have."""

MAX_ENTRIES = 20_000
"""Files of any kind in an archive: each costs memory before any is read."""

MAX_DIRECTORY = 16 << 20
"""Bytes of the archive's directory."""

MAX_MEMBER = 512 << 20
MAX_TOTAL = 2 << 30
"""Bytes that one member, and all, come to when unpacked."""

MAX_CAPTION = 20_000
CHUNK = 1 << 18

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
)
"""What reading a broken or exotic archive raises; RuntimeError is an encrypted member."""

_END, _END64_PLACE, _END64 = b"PK\x05\x06", b"PK\x06\x07", b"PK\x06\x06"


@dataclass(frozen=True, slots=True)
class Member:
    """A picture or clip of the set, and its caption where it has one."""

    name: str
    kind: Literal["picture", "clip"]
    caption: str | None
    info: zipfile.ZipInfo


@dataclass(slots=True)
class Archive:
    """An open archive: its media in the order of their names, and how many other files are passed over."""

    media: Media
    zip: zipfile.ZipFile
    members: tuple[Member, ...]
    passed: int
    left: int = MAX_TOTAL

    def unpack(self, member: Member, folder: Path) -> Path:
        """The member as a file of our own naming. Raises InputError where it is broken or larger than allowed."""
        path = folder / f"member.{member.name.rpartition('.')[2].lower()}"
        try:
            with self.zip.open(member.info) as source, path.open("wb") as target:
                self._copy(source, target)
        except BROKEN as error:
            raise _invalid(self.media, f'"{_shown(member.name)}" in the archive cannot be unpacked') from error
        return path

    def _copy(self, source: IO[bytes], target: IO[bytes]) -> None:
        """The header's sizes may lie: what is really unpacked is counted."""
        size = 0
        while chunk := source.read(CHUNK):
            size += len(chunk)
            self.left -= len(chunk)
            if size > MAX_MEMBER or self.left < 0:
                raise too_large(self.media)
            target.write(chunk)


@contextmanager
def opened(media: Media) -> Generator[Archive]:
    """Open a training archive. Raises InputError in fal's words for what is none, and for too few or many files."""
    try:
        _check_directory(media)
        archive = zipfile.ZipFile(media.file)
    except BROKEN as error:
        raise _invalid(media, "This is no zip archive that can be read") from error
    with archive:
        members, passed = _members(archive, media)
        if not LEAST <= len(members) <= MOST:
            raise _count(media, len(members))
        yield Archive(media, archive, members, passed)


def too_large(media: Media) -> InputError:
    """More than is unpacked here."""
    msg = f"The archive unpacks to more than {MAX_TOTAL >> 20} MB, or a file in it to more than {MAX_MEMBER >> 20} MB."
    return InputError(media.loc, "file_too_large", msg, {"max_size": MAX_TOTAL}, media.url)


def _invalid(media: Media, why: str) -> InputError:
    return InputError(media.loc, "invalid_archive", f"{why}.", {"supported_extensions": [".zip"]}, media.url)


def _count(media: Media, count: int) -> InputError:
    below = count < LEAST
    kind = "archive_file_count_below_minimum" if below else "archive_file_count_exceeds_maximum"
    bound = f"at least {LEAST}" if below else f"at most {MOST}"
    msg = f"The archive has {count} pictures and clips; it needs {bound}."
    limit = {"min_count": LEAST} if below else {"max_count": MOST}
    ctx = {**limit, "provided_count": count, "supported_extensions": SUPPORTED}
    return InputError(media.loc, kind, msg, ctx, media.url)


def _check_directory(media: Media) -> None:
    """Refuse a directory of very many entries before it is read into memory. Raises BadZipFile where there is none."""
    with media.file.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 65557))
        tail = file.read()
        at = tail.rfind(_END)
        if at < 0 or len(tail) < at + 22:
            raise zipfile.BadZipFile("no directory")
        entries, length = struct.unpack("<HI", tail[at + 10 : at + 16])
        if at >= 20 and tail[at - 20 : at - 16] == _END64_PLACE:
            file.seek(struct.unpack("<Q", tail[at - 12 : at - 4])[0])
            large = file.read(56)
            if len(large) == 56 and large[:4] == _END64:
                entries, length = struct.unpack("<QQ", large[32:48])
    if entries > MAX_ENTRIES or length > MAX_DIRECTORY:
        msg = f"The archive holds {entries} files; at most {MAX_ENTRIES} are read."
        ctx = {"max_count": MOST, "provided_count": entries, "supported_extensions": SUPPORTED}
        raise InputError(media.loc, "archive_file_count_exceeds_maximum", msg, ctx, media.url)


def _members(archive: zipfile.ZipFile, media: Media) -> tuple[tuple[Member, ...], int]:
    infos = archive.infolist()
    if len(infos) > MAX_ENTRIES:  # the directory's own count lied
        raise _count(media, len(infos))
    if any(info.flag_bits & 1 for info in infos):
        raise _invalid(media, "The archive is encrypted")
    usable = [info for info in infos if _usable(info)]
    captions = {_stem(info.filename): info for info in usable if info.filename.lower().endswith(".txt")}
    found: list[Member] = []
    for info in sorted(usable, key=lambda one: one.filename):
        extension = info.filename.rpartition(".")[2].lower()
        kind = "picture" if extension in PICTURES else "clip" if extension in CLIPS else None
        if kind is not None and len(found) <= MOST:
            caption = captions.get(_stem(info.filename))
            found.append(Member(info.filename, kind, _caption(archive, caption) if caption else None, info))
    if sum(member.info.file_size for member in found) > MAX_TOTAL:
        raise too_large(media)
    others = sum(not info.is_dir() for info in infos) - len(found) - sum(member.caption is not None for member in found)
    return tuple(found), max(0, others)


def _usable(info: zipfile.ZipInfo) -> bool:
    """Whether an entry is a plain file that belongs to the set: no folder, link, hidden or system file."""
    path = PurePosixPath(info.filename.replace("\\", "/"))
    junk = "__MACOSX" in path.parts or ".." in path.parts or path.is_absolute() or path.name.startswith(".")
    link = stat.S_ISLNK(info.external_attr >> 16)
    return bool(path.name) and not (junk or link or info.is_dir())


def _stem(name: str) -> str:
    """The name without its extension, whatever the case."""
    return name.rpartition(".")[0].casefold()


def _caption(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> str | None:
    try:
        with archive.open(info) as source:
            data = source.read(MAX_CAPTION)
    except BROKEN:
        return None
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return " ".join(data.decode(encoding, "replace").split()) or None


def _shown(name: str) -> str:
    return "".join(mark if mark.isprintable() else "?" for mark in name)[:80]
