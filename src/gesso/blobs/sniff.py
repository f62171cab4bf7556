"""What a file is, by its first bytes: names and content types are claims of strangers.

Only the container is looked at; whether the rest decodes is found out in a capped child process.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

HEAD = 4096
"""Bytes from the start of a file that decide."""

Kind = Literal["image", "video", "audio", "archive", "weights", "document", "none"]
"""`document`: a known format that is no media we take (SVG, PDF, HTML...). `none`: unknown bytes."""


@dataclass(frozen=True, slots=True)
class Format:
    """A recognised format. `name` is its usual extension."""

    name: str
    kind: Kind
    content_type: str


UNKNOWN = Format("bin", "none", "application/octet-stream")

_FORMATS: Mapping[str, Format] = {
    format.name: format
    for format in (
        Format("png", "image", "image/png"),
        Format("jpeg", "image", "image/jpeg"),
        Format("webp", "image", "image/webp"),
        Format("gif", "image", "image/gif"),
        Format("avif", "image", "image/avif"),
        Format("heic", "image", "image/heic"),
        Format("bmp", "image", "image/bmp"),
        Format("tiff", "image", "image/tiff"),
        Format("mp4", "video", "video/mp4"),
        Format("mov", "video", "video/quicktime"),
        Format("webm", "video", "video/webm"),
        Format("mkv", "video", "video/x-matroska"),
        Format("m4a", "audio", "audio/mp4"),
        Format("mp3", "audio", "audio/mpeg"),
        Format("aac", "audio", "audio/aac"),
        Format("wav", "audio", "audio/wav"),
        Format("flac", "audio", "audio/flac"),
        Format("ogg", "audio", "audio/ogg"),
        Format("zip", "archive", "application/zip"),
        Format("safetensors", "weights", "application/octet-stream"),
        *(Format(name, "document", "application/octet-stream") for name in ("psd", "ico", "jxl", "jp2", "eps", "exe")),
        *(Format(name, "document", "application/octet-stream") for name in ("avi", "flv", "mpegts", "asf", "midi")),
        *(Format(name, "document", "application/octet-stream") for name in ("gzip", "rar", "7z", "pickle", "fits")),
        Format("pdf", "document", "application/pdf"),
        Format("svg", "document", "image/svg+xml"),
        Format("html", "document", "text/html"),
        Format("json", "document", "application/json"),
        Format("playlist", "document", "text/plain"),
    )
}

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"ID3", "mp3"),
    (b"fLaC", "flac"),
    (b"OggS", "ogg"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"%PDF-", "pdf"),
    (b"8BPS", "psd"),
    (b"\x00\x00\x01\x00", "ico"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "jxl"),
    (b"\xff\x0a", "jxl"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "jp2"),
    (b"\xff\x4f\xff\x51", "jp2"),
    (b"%!PS", "eps"),
    (b"\xc5\xd0\xd3\xc6", "eps"),
    (b"SIMPLE  =", "fits"),
    (b"FLV\x01", "flv"),
    (b"0&\xb2u\x8ef\xcf\x11", "asf"),
    (b"MThd", "midi"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x7fELF", "exe"),
    (b"MZ", "exe"),
    (b"#EXTM3U", "playlist"),
    (b"ffconcat", "playlist"),
)

_BRANDS: Mapping[bytes, str] = {
    **dict.fromkeys((b"avif", b"avis"), "avif"),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), "heic"),
    **dict.fromkeys((b"M4A ", b"M4B ", b"M4P "), "m4a"),
    b"qt  ": "mov",
}
_MOV_ATOMS = frozenset((b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"))
_RIFF: Mapping[bytes, str] = {b"WEBP": "webp", b"WAVE": "wav", b"AVI ": "avi"}
_MAX_SAFETENSORS_HEADER = 100_000_000


def sniff(head: bytes) -> Format:
    """The format of a file that starts with `head` (its first `HEAD` bytes)."""
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return _FORMATS[name]
    for test in _TESTS:
        name = test(head)
        if name:
            return _FORMATS[name]
    return UNKNOWN


def _riff(head: bytes) -> str | None:
    if head[:4] in (b"RIFF", b"RF64"):
        return _RIFF.get(head[8:12])
    return None


def _iso_media(head: bytes) -> str | None:
    """MP4 and its family: a box length, `ftyp`, the main brand, then compatible ones."""
    if head[4:8] != b"ftyp":
        return "mov" if head[4:8] in _MOV_ATOMS and len(head) >= 16 else None
    size = min(struct.unpack(">I", head[:4])[0], 256)
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, size, 4))]
    if brands[0] in (b"mif1", b"msf1"):  # a picture of either coding: the compatible brands tell which
        return "avif" if b"avif" in brands or b"avis" in brands else "heic"
    return _BRANDS.get(brands[0], "mp4")


def _matroska(head: bytes) -> str | None:
    if head[:4] != b"\x1a\x45\xdf\xa3":
        return None
    return "webm" if b"webm" in head[:64] else "mkv"


def _mpeg_audio(head: bytes) -> str | None:
    """A frame header without an ID3 tag before it: sync, then fields that have forbidden values."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    if layer == 0:
        return "aac" if head[1] & 0xF6 == 0xF0 else None
    valid = version != 1 and head[2] >> 4 not in (0, 15) and head[2] >> 2 & 3 != 3
    return "mp3" if valid else None


def _bitmap(head: bytes) -> str | None:
    if head[:2] != b"BM" or len(head) < 26:
        return None
    return "bmp" if struct.unpack("<I", head[14:18])[0] in (12, 40, 52, 56, 64, 108, 124) else None


def _transport_stream(head: bytes) -> str | None:
    return "mpegts" if len(head) > 376 and head[0] == head[188] == head[376] == 0x47 else None


def _weights(head: bytes) -> str | None:
    if len(head) < 10:
        return None
    length = struct.unpack("<Q", head[:8])[0]
    return "safetensors" if 2 <= length <= _MAX_SAFETENSORS_HEADER and head[8:9] == b"{" else None


def _pickle(head: bytes) -> str | None:
    return "pickle" if len(head) > 2 and head[0] == 0x80 and head[1] in (2, 3, 4, 5) else None


def _text(head: bytes) -> str | None:
    """Markup and other text, for a clear refusal."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:512].lower()
    if start.startswith((b"<svg", b"<?xml", b"<!--")) and b"<svg" in head.lower():
        return "svg"
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script")):
        return "html"
    if start.startswith((b"#extm3u", b"ffconcat")):
        return "playlist"
    return "json" if start.startswith((b"{", b"[")) else None


_TESTS: tuple[Callable[[bytes], str | None], ...] = (
    *(_riff, _iso_media, _matroska, _mpeg_audio, _bitmap, _transport_stream, _weights, _pickle, _text),
)
