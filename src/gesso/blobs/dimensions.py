"""Width and height of a picture from its header alone, so that a bomb is refused before anything decodes it."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import BinaryIO

from gesso.shapes import Size

_MAX_SEGMENTS = 4096
_SEARCHED = 64 * 1024
"""Bytes of an AVIF or HEIC in which its size box must lie."""


def read_size(file: BinaryIO, format_name: str) -> Size | None:
    """The size that the header states; none where this format's header is not read here.

    Raises ValueError where the header is broken or states an empty picture.
    """
    reader = _READERS.get(format_name)
    if reader is None:
        return None
    try:
        size = reader(file)
    except (struct.error, IndexError) as error:
        raise ValueError("the header is cut off") from error
    if size.width < 1 or size.height < 1:
        raise ValueError("the picture is empty")
    return size


def _png(file: BinaryIO) -> Size:
    head = file.read(24)
    if head[12:16] != b"IHDR":
        raise ValueError("the header is not first")
    return Size(*struct.unpack(">II", head[16:24]))


def _gif(file: BinaryIO) -> Size:
    return Size(*struct.unpack("<HH", file.read(10)[6:10]))


def _bmp(file: BinaryIO) -> Size:
    head = file.read(26)
    if struct.unpack("<I", head[14:18])[0] == 12:
        return Size(*struct.unpack("<HH", head[18:22]))
    width, height = struct.unpack("<ii", head[18:26])
    return Size(width, abs(height))  # a negative height only says that the top row comes first


def _webp(file: BinaryIO) -> Size:
    head = file.read(30)
    kind = head[12:16]
    if kind == b"VP8X":
        return Size(_u24(head[24:27]) + 1, _u24(head[27:30]) + 1)
    if kind == b"VP8L":
        bits = struct.unpack("<I", head[21:25])[0]
        return Size((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", head[26:30])
        return Size(width & 0x3FFF, height & 0x3FFF)
    raise ValueError("unknown kind of WebP")


def _u24(data: bytes) -> int:
    return data[0] | data[1] << 8 | data[2] << 16


def _jpeg(file: BinaryIO) -> Size:
    """Walks the segments up to the first frame header (SOF0 to SOF15 without DHT, JPG and DAC)."""
    file.seek(2)
    for _ in range(_MAX_SEGMENTS):
        marker = _next_marker(file)
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", file.read(7)[3:7])
            return Size(width, height)
        if marker in (0xD9, 0xDA):
            break
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:
            continue  # these have no length
        length = struct.unpack(">H", file.read(2))[0]
        if length < 2:
            break
        file.seek(length - 2, 1)
    raise ValueError("no frame header")


def _next_marker(file: BinaryIO) -> int:
    if file.read(1) != b"\xff":
        raise ValueError("no marker where one must be")
    for _ in range(_MAX_SEGMENTS):  # any number of fill bytes may stand before a marker
        byte = file.read(1)[0]
        if byte != 0xFF:
            return byte
    raise ValueError("only fill bytes")


def _heif(file: BinaryIO) -> Size:
    """The largest `ispe` box: thumbnails and tiles have smaller ones."""
    head = file.read(_SEARCHED)
    found: list[Size] = []
    at = head.find(b"ispe")
    while at >= 0 and len(head) >= at + 16:
        found.append(Size(*struct.unpack(">II", head[at + 8 : at + 16])))
        at = head.find(b"ispe", at + 4)
    if not found:
        raise ValueError("no size box")
    return max(found, key=lambda size: size.area)


def _tiff(file: BinaryIO) -> Size:
    """Tags 256 and 257 of the first directory."""
    head = file.read(8)
    order = "<" if head[:2] == b"II" else ">"
    file.seek(struct.unpack(order + "I", head[4:8])[0])
    sides: dict[int, int] = {}
    for _ in range(struct.unpack(order + "H", file.read(2))[0]):
        entry = file.read(12)
        tag, kind = struct.unpack(order + "HH", entry[:4])
        if tag in (256, 257):
            sides[tag] = struct.unpack(order + ("H" if kind == 3 else "I"), entry[8 : 10 if kind == 3 else 12])[0]
    if len(sides) != 2:
        raise ValueError("no size tags")
    return Size(sides[256], sides[257])


_READERS: Mapping[str, Callable[[BinaryIO], Size]] = {
    "png": _png,
    "jpeg": _jpeg,
    "gif": _gif,
    "webp": _webp,
    "bmp": _bmp,
    "avif": _heif,
    "heic": _heif,
    "tiff": _tiff,
}
