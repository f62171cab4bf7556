"""Pictures that mean harm, and odd ones that do not, as data URIs."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from typing import Any

from PIL import Image


def uri(data: bytes, content_type: str = "image/png") -> str:
    """`data` as a data URI."""
    return f"data:{content_type};base64,{base64.b64encode(data).decode()}"


def saved(image: Image.Image, format: str, **options: Any) -> bytes:
    """The bytes of `image` in a format of Pillow's."""
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def plain(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """A picture with something in it."""
    gradient = Image.linear_gradient("L").resize((width, height))
    return Image.merge("RGB", (gradient, gradient.rotate(180), gradient)).convert(mode)


def chunk(name: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def flat_png(width: int, height: int) -> bytes:
    """A one-bit PNG of any size, all zeros, written without holding it: a few kilobytes stand for gigabytes."""
    squeeze = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    rows = b"".join(squeeze.compress(row) for _ in range(height)) + squeeze.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def claimed_png(width: int, height: int) -> bytes:
    """A PNG whose head claims a size that its samples do not fill."""
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    samples = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", samples) + chunk(b"IEND", b"")


def with_chunk(name: bytes, data: bytes) -> bytes:
    """A sound PNG with one more chunk before its samples."""
    sound = saved(plain(), "PNG")
    return sound[:33] + chunk(name, data) + sound[33:]


def text_bomb(megabytes: int = 200) -> bytes:
    """Compressed text that unfolds to `megabytes`."""
    return with_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(megabytes << 20), 9))


def profile_bomb(megabytes: int = 200) -> bytes:
    """A colour profile that unfolds to `megabytes`."""
    return with_chunk(b"iCCP", b"icc\0\0" + zlib.compress(bytes(megabytes << 20), 9))


def fat_exif(megabytes: int = 10) -> bytes:
    """A sound PNG behind megabytes of metadata."""
    return with_chunk(b"eXIf", b"MM\0*\0\0\0\x08\0\0" + bytes(megabytes << 20))


def huge_gif() -> bytes:
    """A GIF of 65,535 x 65,535 in forty bytes."""
    screen = b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0x80, 0, 0) + bytes(6)
    frame = b"," + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\x02\x02\x4c\x01\x00"
    return screen + frame + b";"


def animated(format: str, frames: int = 300) -> bytes:
    """An animation whose frames differ."""
    pictures = [Image.new("RGB", (32, 24), (n % 256, 90, 255 - n % 256)) for n in range(frames)]
    return saved(pictures[0], format, save_all=True, append_images=pictures[1:], duration=40)
