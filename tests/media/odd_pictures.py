"""A picture of a person in every odd form, and files that are no pictures."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from tests.hostile.pictures import claimed_png, huge_gif, saved
from tests.media.odd import Odd

PHOTO = Path(__file__).parents[1] / "fixtures" / "photos" / "astronaut.jpeg"
WIDTH, HEIGHT = 192, 160
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
HTML = b"<!doctype html><html><body><h1>404 Not Found</h1></body></html>"

TURNS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""EXIF orientation to what a camera had to do to the upright picture to store it so."""


@cache
def photo() -> Image.Image:
    """The person, upright; the picture is lying, and no turn of it looks like another."""
    image = Image.open(PHOTO).convert("RGB")
    height = round(image.width * HEIGHT / WIDTH)
    return image.crop((0, 0, image.width, height)).resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def plain_picture() -> bytes:
    """The person as a plain PNG."""
    return saved(photo(), "PNG")


def turned(orientation: int) -> bytes:
    """A JPEG whose samples lie as a camera stored them, with the tag that sets them upright."""
    turn, exif = TURNS[orientation], Image.Exif()
    exif[0x0112] = orientation
    stored = photo() if turn is None else photo().transpose(turn)
    return saved(stored, "JPEG", exif=exif, quality=97, subsampling=0)


def deep(mode: int) -> bytes:
    """A PNG of 16 bits a sample, with `mode` channels."""
    pixels = np.asarray(photo().convert("L") if mode == 1 else photo()).astype(np.uint16) * 257
    done, data = cv2.imencode(".png", pixels if mode == 1 else pixels[..., ::-1])
    assert done
    return data.tobytes()


def palette() -> bytes:
    """256 colours, one of them clear, in the corner."""
    image = photo().quantize(255)
    values = np.array(image)
    values[-12:, -12:] = 255
    clear = Image.fromarray(values, "P")
    clear.putpalette([*(image.getpalette() or [])[: 255 * 3], 0, 0, 0])
    return saved(clear, "PNG", transparency=255)


def alpha() -> bytes:
    """Half seen through at the right edge."""
    cover = np.full((HEIGHT, WIDTH), 255, np.uint8)
    cover[:, -20:] = 128
    image = photo().copy()
    image.putalpha(Image.fromarray(cover))
    return saved(image, "PNG")


def animated(format: str) -> bytes:
    """The person first, then two blank frames."""
    rest = [Image.new("RGB", (WIDTH, HEIGHT), colour) for colour in ("white", "black")]
    return saved(photo(), format, save_all=True, append_images=rest, duration=100, lossless=True)


def with_exif(orientation: int, segments: int) -> bytes:
    """A turned picture with more segments of EXIF behind its own, and fill bytes between, as the format allows."""
    sound = turned(orientation)
    own = sound.index(b"\xff\xe1")
    end = own + 2 + int.from_bytes(sound[own + 2 : own + 4], "big")
    block = b"Exif\0\0" + bytes(65_000)
    more = b"\xff\xff\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block
    return sound[:end] + more * segments + sound[end:]


def cut(data: bytes, part: float) -> bytes:
    """The first part of a file."""
    return data[: int(len(data) * part)]


def _of(make: Callable[..., bytes], *arguments: Any) -> Callable[[float], bytes]:
    return lambda _: make(*arguments)


def blank(width: int, height: int) -> bytes:
    """A grey picture of that size."""
    return saved(Image.new("RGB", (width, height), (120, 130, 140)), "PNG")


SIZES = ("image_too_small", "image_too_large", "image_load_error", "face_detection_error", "no_media_generated")
BROKEN = ("image_load_error",)

ODD: Mapping[str, Odd] = {
    **{f"EXIF {tag}": Odd(_of(turned, tag), "jpeg") for tag in TURNS},
    "CMYK": Odd(lambda _: saved(photo().convert("CMYK"), "JPEG", quality=97), "jpeg"),
    "16 bit": Odd(_of(deep, 3), "png"),
    "16 bit grey": Odd(_of(deep, 1), "png", "made"),
    "palette": Odd(_of(palette), "png"),
    "grey": Odd(lambda _: saved(photo().convert("L"), "PNG"), "png", "made"),
    "alpha": Odd(_of(alpha), "png"),
    "animated GIF": Odd(_of(animated, "GIF"), "gif"),
    "animated WebP": Odd(_of(animated, "WEBP"), "webp"),
    "AVIF": Odd(lambda _: saved(photo(), "AVIF", quality=95), "avif"),
    "TIFF": Odd(lambda _: saved(photo(), "TIFF"), "tiff"),
    "some EXIF": Odd(_of(with_exif, 8, 3), "jpeg"),
    "1x1": Odd(_of(blank, 1, 1), "png", "either", SIZES),
    "12,000 wide": Odd(_of(blank, 12_000, 60), "png", "either", SIZES),
    "truncated": Odd(lambda _: cut(plain_picture(), 0.5), "png", "refused", BROKEN),
    "truncated JPEG": Odd(lambda _: cut(turned(6), 0.5), "jpeg", "refused", BROKEN),
    "much EXIF": Odd(_of(with_exif, 8, 40), "jpeg", "refused", BROKEN),
    "empty": Odd(lambda _: b"", "none", "refused", BROKEN),
    "HTML": Odd(lambda _: HTML, "none", "refused", BROKEN),
    "bomb": Odd(_of(claimed_png, 50_000, 50_000), "png", "refused", ("image_too_large",)),
    "GIF bomb": Odd(_of(huge_gif), "gif", "refused", ("image_too_large",)),
    "SVG": Odd(
        lambda _: b'<svg xmlns="http://www.w3.org/2000/svg"/>', "none", "refused", ("unsupported_image_format",)
    ),
}


def opened(data: bytes) -> Image.Image:
    """A picture file's first frame as RGB."""
    return Image.open(io.BytesIO(data)).convert("RGB")
