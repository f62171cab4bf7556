"""Picture files in and out: what a client sends becomes upright sRGB samples; samples become files."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from gesso.engines.engine import Made
from gesso.engines.sketch import png
from gesso.engines.sketch.png import Pixels
from gesso.errors import InputError
from gesso.shapes import CONTENT_TYPES
from gesso.tasks import Media

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
"""Pillow's names of what is decoded; everything else it knows stays shut."""

MAX_DECODED = 89_000_000
"""Pixels that are decoded at most, whatever a field allows: 14142 x 14142 would be 600 MB of samples."""

MAX_EXIF = 16
"""EXIF segments of 64 KB that a JPEG may have; one is usual. Pillow joins each to all before it, so that the time many
take grows with their square."""

_EXIF = re.compile(rb"\xff\xe1..Exif\0\0", re.DOTALL)

JPEG_QUALITY = 92
WEBP_QUALITY = 90

# What Pillow's decoders raise for broken bytes; struct.error and SyntaxError come out of chunk and TIFF parsing.
BROKEN = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    MemoryError,
)


def read(media: Media) -> Pixels:
    """The picture as (H, W, 3) or, with transparency, (H, W, 4) uint8 sRGB, upright, the first frame of an animation.

    Raises InputError on `media.loc`: `image_load_error` for what is no picture or breaks off, `image_too_large` and
    `image_too_small` for the field's limits, which are tried on the header before any sample is decoded.
    """
    with _opened(media) as image:
        _check_size(image, media)
        try:
            image.load()
            return _samples(_srgb(_upright(image)))
        except _bombs():
            raise _too_large(media) from None
        except BROKEN as error:
            raise _broken(media, "The picture breaks off or is damaged") from error


def size(media: Media) -> tuple[int, int]:
    """Width and height of the upright picture, from its header. Raises as `read` does."""
    with _opened(media) as image:
        _check_size(image, media)
        try:
            turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
        except BROKEN as error:  # a PNG's may stand behind its samples
            raise _broken(media, "The picture breaks off or is damaged") from error
        return (image.height, image.width) if turned else (image.width, image.height)


def write(pixels: Pixels, path: Path, format: str = "png", facts: Mapping[str, str] | None = None) -> Made:
    """Write `pixels` ((H, W, 3 | 4) uint8 sRGB) as `png`, `jpeg` or `webp`; `facts` go into the file's metadata.

    JPEG has no transparency: what is transparent becomes white.
    """
    texts = {"Software": "Gesso", **(facts or {})}
    data = png.encode(pixels, texts) if format == "png" else _encode(pixels, format, texts)
    path.write_bytes(data)
    height, width = pixels.shape[:2]
    return Made(path, CONTENT_TYPES[format], {"width": width, "height": height})


@contextmanager
def _opened(media: Media) -> Generator[Image.Image]:
    _check_exif(media)
    try:
        # Pillow warns of large pictures; the limits here are stricter and are told as errors.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(media.file, formats=FORMATS)
    except _bombs():
        raise _too_large(media) from None
    except BROKEN as error:
        raise _broken(media, "This is no picture that can be decoded") from error
    with image, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield image


def _check_exif(media: Media) -> None:
    data = media.file.read_bytes()
    if data.startswith(b"\xff\xd8") and sum(1 for _ in _EXIF.finditer(data)) > MAX_EXIF:
        raise _broken(media, f"The picture carries more than {MAX_EXIF * 64} KB of EXIF")


def _bombs() -> tuple[type[BaseException], ...]:
    return (Image.DecompressionBombError, Image.DecompressionBombWarning)


def _check_size(image: Image.Image, media: Media) -> None:
    rule, (width, height) = media.rule, image.size
    area = min(rule.max_pixels or MAX_DECODED, MAX_DECODED)
    if (rule.max_side and max(width, height) > rule.max_side) or width * height > area:
        raise _too_large(media)
    if rule.min_side and min(width, height) < rule.min_side:
        limits = {"min_height": rule.min_side, "min_width": rule.min_side}
        msg = f"The picture is {width}x{height}; each side needs at least {rule.min_side} pixels."
        raise InputError(media.loc, "image_too_small", msg, limits, media.url)


def _too_large(media: Media) -> InputError:
    area = min(media.rule.max_pixels or MAX_DECODED, MAX_DECODED)
    side = media.rule.max_side or 14142
    msg = f"The picture is too large: at most {side} pixels a side and {area} pixels in all."
    return InputError(media.loc, "image_too_large", msg, {"max_height": side, "max_width": side}, media.url)


def _broken(media: Media, why: str) -> InputError:
    msg = f"{why}. Formats: PNG, JPEG, WebP, AVIF, GIF, BMP, TIFF."
    return InputError(media.loc, "image_load_error", msg, None, media.url)


def _upright(image: Image.Image) -> Image.Image:
    return ImageOps.exif_transpose(image)


def _srgb(image: Image.Image) -> Image.Image:
    """RGB or RGBA in sRGB: an embedded profile is followed, and taken as sRGB when it cannot be."""
    profile: Any = image.info.get("icc_profile")
    alpha = _alpha(image)
    if image.mode.startswith("I") or image.mode == "F":
        image = _eight_bits(image)
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        image = _converted(image, profile)
    rgb = image.convert("RGB")
    if alpha is not None:
        rgb.putalpha(alpha)
    return rgb


def _alpha(image: Image.Image) -> Image.Image | None:
    if not image.has_transparency_data:
        return None
    alpha = image.convert("RGBA").getchannel("A")
    return None if alpha.getextrema() == (255, 255) else alpha


def _eight_bits(image: Image.Image) -> Image.Image:
    values = np.asarray(image, dtype=np.float64)
    if image.mode == "F":
        top = max(float(np.nanmax(values)), 1e-9) if values.size else 1.0
        scaled = np.nan_to_num(values) * (255.0 / top if top > 1.5 else 255.0)
    else:
        scaled = values / 257.0
    return Image.fromarray(np.clip(np.rint(scaled), 0, 255).astype(np.uint8), "L")


def _converted(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        base = image.convert("RGB") if image.mode == "RGBA" else image
        done = ImageCms.profileToProfile(base, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return done or image


def _samples(image: Image.Image) -> Pixels:
    return np.array(image, dtype=np.uint8)


def _encode(pixels: Pixels, format: str, texts: Mapping[str, str]) -> bytes:
    image = Image.fromarray(_on_white(pixels) if format == "jpeg" else pixels)
    exif = Image.Exif()
    exif[0x0131] = texts["Software"]  # Software
    rest = "; ".join(f"{key}: {value}" for key, value in texts.items() if key != "Software")
    exif[0x010E] = rest.encode("ascii", "replace").decode("ascii")  # ImageDescription
    options: dict[str, Any] = {"quality": JPEG_QUALITY if format == "jpeg" else WEBP_QUALITY, "exif": exif}
    if format == "webp":
        options["method"] = 1  # the default takes eight times as long for a few percent of size
    else:
        options |= {"subsampling": 0, "comment": rest.encode("utf-8", "replace")[:4096]}
    out = io.BytesIO()
    image.save(out, format.upper(), **options)
    return out.getvalue()


def _on_white(pixels: Pixels) -> Pixels:
    if pixels.shape[2] == 3:
        return pixels
    alpha = pixels[..., 3:].astype(np.uint16)
    return ((pixels[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
