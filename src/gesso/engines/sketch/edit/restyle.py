"""Looks: a picture painted over in a named style, in that of another picture, or only in its colours."""

from __future__ import annotations

import cv2
import numpy as np

from gesso.engines.sketch.edit.canvas import (
    Canvas,
    Pixels,
    Plane,
    changed,
    from_lab,
    lifted,
    reduced,
    to_bytes,
    to_lab,
    to_unit,
)
from gesso.engines.sketch.edit.steps import Restyle
from gesso.engines.sketch.style import looks, neural_style

AREA = 1_600_000
"""Pixels that a look is painted at; brush strokes need no more."""


def apply(canvas: Canvas, step: Restyle) -> bool:
    """Restyle. False where the picture that gives the style is not there."""
    if step.material is not None and not 1 <= step.material <= len(canvas.materials):
        return False
    small = _small(canvas.pixels)
    painted = _painted(canvas, small, step)
    size = canvas.width, canvas.height
    full = np.asarray(cv2.resize(painted, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    share = np.float32(min(1.0, 0.25 + 0.75 * canvas.effect))

    def band(rows: Plane, top: int) -> Plane:
        return rows + (to_unit(full[top : top + len(rows)]) - rows) * share

    canvas.change(band)
    canvas.log(f"Style: {step.look or step.learned or f'that of picture {(step.material or 0) + 1}'}.")
    return True


def _small(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    scale = min(1.0, (AREA / (height * width)) ** 0.5)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return pixels if scale == 1 else np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _painted(canvas: Canvas, small: Pixels, step: Restyle) -> Pixels:
    if step.material is not None:
        model = np.ascontiguousarray(canvas.materials[step.material - 1])
        if step.colours_only:
            return toned(small, model)
        canvas.ran(neural_style.name(model))
        return looks.like(neural_style.apply(small, model, 0.85), model, 0.6)
    if step.learned:
        style = neural_style.LOOKS[step.learned]
        canvas.ran(neural_style.name(style))
        return neural_style.apply(small, style, 0.92)
    rng = np.random.Generator(np.random.PCG64(int(canvas.rng.integers(2**31))))
    looked = looks.apply(step.look, small, rng)
    canvas.ran(*looked.parts)
    return np.ascontiguousarray(looked.pixels[..., :3])


def toned(pixels: Pixels, model: Pixels, strength: float = 0.9) -> Pixels:
    """The picture in the model's colours: mean and spread in Lab, the spread kept within what looks natural."""
    own, other = to_lab(to_unit(pixels)), to_lab(to_unit(reduced(model, 256)))
    flat, there = own.reshape(-1, 3), other.reshape(-1, 3)
    mean, aim = np.median(flat, axis=0), np.median(there, axis=0)
    ratio = np.clip((there.std(axis=0) + 2) / (flat.std(axis=0) + 2), 0.6, 1.35).astype(np.float32)
    moved = (own - mean) * ratio + mean + (aim - mean) * np.array((0.55, 0.85, 0.85), np.float32)
    # What is nearly white or black has no colour to exchange.
    middle = (1 - np.abs(own[..., 0] / 50 - 1) ** 4)[..., None] * np.float32(strength)
    return to_bytes(from_lab(own + (moved - own).astype(np.float32) * middle))


def reimagined(canvas: Canvas, target: Pixels, strength: float) -> Pixels:
    """Between the picture (0) and `target` of the same size (1): colours and large shapes go first, outlines last."""
    if strength <= 0:
        return canvas.pixels
    if strength >= 1:
        return target
    here, there = _small(canvas.pixels), _small(target)
    mixed = _mixed(to_unit(here), to_unit(there), strength)
    if here is canvas.pixels:
        return to_bytes(mixed)
    # Of a larger picture the pyramid holds all but the finest band: that is mixed at full size.
    below, above, share = to_unit(here), to_unit(there), _share(strength, 1.0)
    shape = canvas.pixels.shape

    def band(rows: Plane, top: int) -> Plane:
        end = top + len(rows)
        fine = rows - lifted(below, shape, top, end)
        other = to_unit(target[top:end]) - lifted(above, shape, top, end)
        return lifted(mixed, shape, top, end) + fine + (other - fine) * share

    return changed(canvas.pixels, band)


def _mixed(picture: Plane, target: Plane, strength: float) -> Plane:
    here, there = _pyramid(picture), _pyramid(target)
    last = len(here) - 1
    out = here[last] + (there[last] - here[last]) * _share(strength, 0.0)
    for level in range(last - 1, -1, -1):
        mixed = here[level] + (there[level] - here[level]) * _share(strength, 1 - level / last)
        out = _enlarged(out, mixed.shape) + mixed
    return out


def _share(strength: float, fine: float) -> np.float32:
    """How much of the target a band shows; `fine` is 0 for the largest shapes, 1 for the finest."""
    start, end = 0.30 * fine, 0.75 + 0.25 * fine
    at = float(np.clip((strength - start) / (end - start), 0, 1))
    return np.float32(at * at * (3 - 2 * at) * 0.85 + 0.15 * strength)


def _pyramid(picture: Plane, least: int = 6) -> list[Plane]:
    levels: list[Plane] = []
    while min(picture.shape[:2]) >= 2 * least and len(levels) < 8:
        small = np.asarray(cv2.pyrDown(picture), np.float32)
        levels.append(picture - _enlarged(small, picture.shape))
        picture = small
    return [*levels, picture]


def _enlarged(picture: Plane, shape: tuple[int, ...]) -> Plane:
    return np.asarray(cv2.resize(picture, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), np.float32)
