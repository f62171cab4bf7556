"""Header sizes against Pillow's, and headers that lie or stop."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gesso.blobs.dimensions import read_size
from gesso.blobs.sniff import HEAD, sniff
from gesso.shapes import Size
from tests.blobs.shelf import png

WAYS: list[tuple[str, str, dict[str, object]]] = [
    ("png", "PNG", {}),
    ("jpeg", "JPEG", {}),
    ("jpeg", "JPEG", {"progressive": True, "exif": b"Exif\0\0" + b"\0" * 60000}),
    ("jpeg", "JPEG", {"icc_profile": b"\0" * 200_000, "comment": b"\xff\xc0" * 50}),
    ("gif", "GIF", {}),
    ("webp", "WEBP", {"lossless": True}),
    ("webp", "WEBP", {"lossless": False}),
    ("webp", "WEBP", {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0"}),
    ("bmp", "BMP", {}),
    ("tiff", "TIFF", {}),
    ("tiff", "TIFF", {"compression": "tiff_lzw", "big_tiff": False}),
    ("avif", "AVIF", {}),
]


def made(format: str, size: tuple[int, int], **options: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "orange").save(file, format, **options)
    return file.getvalue()


@pytest.mark.parametrize(("name", "format", "options"), WAYS)
@pytest.mark.parametrize("size", [(1, 1), (17, 300), (640, 33)])
def test_sizes_are_what_pillow_wrote(name: str, format: str, options: dict[str, object], size: tuple[int, int]) -> None:
    data = made(format, size, **options)
    assert sniff(data[:HEAD]).name == name
    assert read_size(io.BytesIO(data), name) == Size(*size)


@pytest.mark.parametrize(("name", "format", "options"), WAYS)
def test_a_header_that_stops_is_broken(name: str, format: str, options: dict[str, object]) -> None:
    data = made(format, (64, 64), **options)
    for length in (2, 5, 9):
        with pytest.raises(ValueError):  # noqa: PT011  (any reason will do)
            read_size(io.BytesIO(data[:length]), name)


@given(st.sampled_from(sorted({name for name, _, _ in WAYS})), st.binary(max_size=300))
def test_no_bytes_break_the_reader(name: str, data: bytes) -> None:
    prefix = {"jpeg": b"\xff\xd8", "webp": b"RIFF\0\0\0\0WEBP", "tiff": b"II*\0", "png": png()[:12]}.get(name, b"")
    try:
        size = read_size(io.BytesIO(prefix + data), name)
    except ValueError:
        return
    assert size is not None
    assert size.area > 0


def test_bitmaps_upside_down_and_of_the_old_kind() -> None:
    new = b"BM" + b"\0" * 12 + struct.pack("<Iii", 40, 30, -20)
    old = b"BM" + b"\0" * 12 + struct.pack("<IHH", 12, 30, 20) + b"\0" * 4
    assert read_size(io.BytesIO(new), "bmp") == Size(30, 20)
    assert read_size(io.BytesIO(old), "bmp") == Size(30, 20)


def test_a_jpeg_thumbnail_is_not_the_picture() -> None:
    inner = made("JPEG", (8, 8))
    segment = b"\xff\xe1" + struct.pack(">H", len(inner) + 2) + inner
    outer = made("JPEG", (320, 200))
    assert read_size(io.BytesIO(outer[:2] + segment + outer[2:]), "jpeg") == Size(320, 200)


def test_other_formats_are_left_to_the_decoder() -> None:
    assert read_size(io.BytesIO(b""), "mp4") is None
