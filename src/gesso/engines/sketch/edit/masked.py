"""The masked part of a picture made new: a reference picture laid into it, changed as the prompt says."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from gesso.engines.sketch.edit import instruction, restyle
from gesso.engines.sketch.edit.backdrops import scene
from gesso.engines.sketch.edit.canvas import Canvas, Pixels, Plane, to_lab, to_unit
from gesso.engines.sketch.edit.perform import perform

PROMPTED = 0.35
"""How far the content moves towards the prompt's own picture, where the prompt is no instruction."""

TONED = 0.35
"""How far the content takes over the brightness of what it replaces, so that it sits in the same light."""

Box = tuple[int, int, int, int]


def fill(canvas: Canvas, prompt: str, strength: float, done: Callable[[int, int], None]) -> bool:
    """Fill where the first material is light (the mask) with the second (the reference), or with the prompt alone.

    `strength` 0 keeps what is there, 1 replaces it. Where the mask is dark the picture stays to the bit. False where
    the mask is empty.
    """
    mask = _mask(canvas.materials[0], canvas.width, canvas.height)
    if not mask.any() or strength <= 0:
        canvas.log("The mask is empty or the strength is 0: the picture is returned unchanged.")
        return False
    left, top, right, bottom = _box(mask)
    content = _content(canvas, prompt, (right - left, bottom - top))
    done(1, 2)
    content = _toned(content, canvas.pixels[top:bottom, left:right], mask[top:bottom, left:right])
    laid = canvas.pixels.copy()
    laid[top:bottom, left:right] = content

    def band(rows: Plane, first: int) -> Plane:
        return to_unit(laid[first : first + len(rows)])

    canvas.blend(band, _feathered(mask) * np.float32(min(1.0, strength)))
    canvas.log(f"Filled {mask.mean():.1%} of the picture, {strength:.0%} new.")
    return True


def _mask(picture: Pixels, width: int, height: int) -> Plane:
    """1 where the mask picture is lighter than middle grey, at the picture's own size."""
    light = picture.mean(axis=2) > 127
    return np.asarray(cv2.resize(light.astype(np.float32), (width, height), interpolation=cv2.INTER_NEAREST))


def _box(mask: Plane) -> Box:
    """Left, top, right and bottom of what is masked."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _content(canvas: Canvas, prompt: str, size: tuple[int, int]) -> Pixels:
    """What goes into the mask: the reference, or the prompt's own picture where there is none."""
    seed = int(canvas.rng.integers(2**31))
    if len(canvas.materials) < 2:
        pixels, parts = scene(prompt, *size, seed)
        canvas.ran(*parts)
        return pixels
    inner = Canvas(_covering(canvas.materials[1], size), canvas.rng, effect=canvas.effect, log=canvas.log)
    steps = instruction.parse(prompt).steps
    if steps:
        perform(inner, steps)
    elif prompt.strip():
        prompted, parts = scene(prompt, *size, seed)
        inner.ran(*parts)
        inner.pixels = restyle.reimagined(inner, prompted, PROMPTED)
    canvas.ran(*inner.parts)
    return _covering(inner.pixels, size)


def _covering(picture: Pixels, size: tuple[int, int]) -> Pixels:
    """The middle of a picture at exactly this size, as large as fits."""
    width, height = size
    scale = max(width / picture.shape[1], height / picture.shape[0])
    wide = max(width, round(picture.shape[1] * scale)), max(height, round(picture.shape[0] * scale))
    smaller = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = np.asarray(cv2.resize(picture, wide, interpolation=smaller), np.uint8)
    x, y = (wide[0] - width) // 2, (wide[1] - height) // 2
    return np.ascontiguousarray(scaled[y : y + height, x : x + width])


def _toned(content: Pixels, before: Pixels, mask: Plane) -> Pixels:
    """The content, its brightness moved towards that of what it replaces."""
    here = mask > 0
    was, now = (float(to_lab(to_unit(pixels))[..., 0][here].mean()) for pixels in (before, content))
    gain = np.float32(1 + TONED * (was - now) / max(now, 10.0))
    return np.rint(np.clip(content.astype(np.float32) * gain, 0, 255)).astype(np.uint8)


def _feathered(mask: Plane) -> Plane:
    """The mask with a soft inner edge; nothing outside it."""
    sigma = max(0.6, min(mask.shape) / 250)
    return mask * np.asarray(cv2.GaussianBlur(mask, (0, 0), sigma), np.float32)
