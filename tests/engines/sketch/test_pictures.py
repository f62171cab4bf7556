"""Odd pictures in, exact files out."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from gesso.engines.sketch import pictures, png
from gesso.errors import InputError
from gesso.shapes import MediaRule
from gesso.tasks import Media

RULE = MediaRule("image", max_side=14142)


def media(path: Path, rule: MediaRule = RULE) -> Media:
    return Media("https://example.com/a", ("image_url",), rule, path)


def half_red(width: int = 40, height: int = 20) -> Image.Image:
    """Left half red, right half blue."""
    image = Image.new("RGB", (width, height), (0, 0, 255))
    image.paste((255, 0, 0), (0, 0, width // 2, height))
    return image


def problem(caught: pytest.ExceptionInfo[InputError]) -> tuple[str, tuple[object, ...], object]:
    first = caught.value.problems[0]
    return first.type, first.loc, first.ctx


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_undone(tmp_path: Path, orientation: int) -> None:
    # How a camera held that way lays the upright picture down.
    laid = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    stored = half_red()
    if orientation in laid:
        stored = stored.transpose(Image.Transpose(laid[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "turned.png"
    stored.save(path, exif=exif)
    pixels = pictures.read(media(path))
    assert pixels.shape == (20, 40, 3)
    assert tuple(pixels[10, 5]) == (255, 0, 0)
    assert tuple(pixels[10, 35]) == (0, 0, 255)
    assert pictures.size(media(path)) == (40, 20)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F", "YCbCr", "LAB", "HSV"])
def test_every_mode_becomes_eight_bit_rgb(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "picture.tiff"
    if mode in ("I;16", "I"):
        Image.fromarray(np.full((6, 9), 257 * 128, np.uint16 if mode == "I;16" else np.int32)).save(path)
    elif mode == "F":
        Image.fromarray(np.full((6, 9), 128.0, np.float32)).save(path)
    elif mode == "HSV":
        half_red(9, 6).save(path)
    else:
        half_red(9, 6).convert(mode).save(path)
    pixels = pictures.read(media(path))
    assert pixels.dtype == np.uint8
    assert pixels.shape[:2] == (6, 9)
    assert pixels.shape[2] in (3, 4)
    if mode.startswith("I"):
        assert int(pixels[0, 0, 0]) == 128


def test_cmyk_colours_survive(tmp_path: Path) -> None:
    path = tmp_path / "print.jpg"
    half_red().convert("CMYK").save(path, quality=95)
    left = pictures.read(media(path))[10, 5].astype(int)
    assert left[0] > 200
    assert left[1:].max() < 60


def test_palette_transparency_is_alpha(tmp_path: Path) -> None:
    image = half_red().convert("P", palette=Image.Palette.ADAPTIVE, colors=4)
    index = image.getpixel((35, 10))
    assert isinstance(index, int)
    path = tmp_path / "palette.png"
    image.save(path, transparency=index)
    pixels = pictures.read(media(path))
    assert pixels.shape == (20, 40, 4)
    assert pixels[10, 5, 3] == 255
    assert pixels[10, 35, 3] == 0


def test_opaque_alpha_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "opaque.png"
    half_red().convert("RGBA").save(path)
    assert pictures.read(media(path)).shape == (20, 40, 3)


def test_an_animation_gives_its_first_frame(tmp_path: Path) -> None:
    path = tmp_path / "moving.gif"
    red, blue = Image.new("RGB", (8, 8), (255, 0, 0)), Image.new("RGB", (8, 8), (0, 0, 255))
    red.save(path, save_all=True, append_images=[blue], duration=50)
    assert tuple(pictures.read(media(path))[4, 4, :3]) == (255, 0, 0)


def test_a_colour_profile_is_followed(tmp_path: Path) -> None:
    path, grey = tmp_path / "profiled.png", Image.new("RGB", (4, 4), (120, 60, 200))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    grey.save(path, icc_profile=profile)
    assert np.abs(pictures.read(media(path))[0, 0].astype(int) - [120, 60, 200]).max() <= 2
    grey.save(path, icc_profile=b"not a profile")
    assert tuple(pictures.read(media(path))[0, 0]) == (120, 60, 200)


@pytest.mark.parametrize("format", ["png", "jpeg", "webp", "gif", "bmp", "tiff", "avif"])
def test_formats_that_are_read(tmp_path: Path, format: str) -> None:
    path = tmp_path / "picture"
    half_red().save(path, format.upper())
    assert pictures.read(media(path)).shape[:2] == (20, 40)


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"<svg xmlns='x'/>", b"%!PS-Adobe", b"\x00" * 200]
)
def test_no_picture_is_an_error_of_its_field(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        pictures.read(media(path))
    assert problem(caught)[:2] == ("image_load_error", ("body", "image_url"))


@pytest.mark.parametrize("format", ["png", "jpeg", "webp", "tiff"])
def test_a_truncated_picture_is_an_error(tmp_path: Path, format: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, format.upper())
    path = tmp_path / "cut"
    path.write_bytes(out.getvalue()[: len(out.getvalue()) // 2])
    with pytest.raises(InputError) as caught:
        pictures.read(media(path))
    assert problem(caught)[0] == "image_load_error"


def bomb(side: int) -> bytes:
    """A PNG header that announces `side` x `side` pixels and holds next to none."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return png.MAGIC + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00" * 100)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [10_000, 14_000, 20_000, 50_000])
def test_a_bomb_is_refused_by_its_header(tmp_path: Path, side: int) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(bomb(side))
    with pytest.raises(InputError) as caught:
        pictures.read(media(path))
    assert problem(caught) == ("image_too_large", ("body", "image_url"), {"max_height": 14142, "max_width": 14142})


def test_limits_of_the_field(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    half_red().save(path)
    for rule in (MediaRule("image", max_side=39), MediaRule("image", max_pixels=799)):
        with pytest.raises(InputError) as caught:
            pictures.read(media(path, rule))
        assert problem(caught)[0] == "image_too_large"
    with pytest.raises(InputError) as caught:
        pictures.size(media(path, MediaRule("image", min_side=21)))
    assert problem(caught) == ("image_too_small", ("body", "image_url"), {"min_height": 21, "min_width": 21})
    assert pictures.read(media(path, MediaRule("image", min_side=20, max_side=40, max_pixels=800))).shape == (20, 40, 3)


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from([1, 3, 4]), st.booleans(), st.integers(0, 2**32 - 1))
def test_png_is_lossless(height: int, width: int, channels: int, flat: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 2 if flat else 256, (height, width, channels), np.uint8)
    if flat:
        pixels[:] = pixels[:1, :1]
    with Image.open(io.BytesIO(png.encode(pixels))) as image:
        back = np.asarray(image).reshape(pixels.shape)
    assert np.array_equal(back, pixels)


def test_a_large_png_is_filtered_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (50, 30, 3), np.uint8)
    whole = png.encode(pixels)
    monkeypatch.setattr(png, "CHUNK_BYTES", 30 * 3 * 7)
    with Image.open(io.BytesIO(png.encode(pixels))) as image:
        assert np.array_equal(np.asarray(image), pixels)
    with Image.open(io.BytesIO(whole)) as image:
        assert np.array_equal(np.asarray(image), pixels)


@pytest.mark.parametrize("format", ["png", "jpeg", "webp"])
def test_written_files_tell_their_origin_and_nothing_else(tmp_path: Path, format: str) -> None:
    pixels = np.asarray(half_red())
    facts = {"Engine": "sketch", "Endpoint": "fal-ai/flux-1/schnell", "Seed": "7", "Parts": "none · ✓"}
    made = pictures.write(pixels, tmp_path / f"a.{format}", format, facts)
    again = pictures.write(pixels, tmp_path / f"b.{format}", format, facts)
    assert made.path.read_bytes() == again.path.read_bytes()
    assert made.content_type == f"image/{format}"
    assert made.facts == {"width": 40, "height": 20}
    with Image.open(made.path) as image:
        assert image.size == (40, 20)
        image.load()
        told = str(getattr(image, "text", "")) if format == "png" else str(dict(image.getexif()))
    for word in ("Gesso", "sketch", "fal-ai/flux-1/schnell", "7"):
        assert word in told


def test_jpeg_lays_transparency_on_white(tmp_path: Path) -> None:
    pixels = np.zeros((8, 8, 4), np.uint8)
    made = pictures.write(pixels, tmp_path / "a.jpeg", "jpeg")
    assert pictures.read(media(made.path)).min() > 250
