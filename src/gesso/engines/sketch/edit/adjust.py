"""A photographer's controls: light, contrast, colour, sharpness, the usual effects; on a whole picture or a part."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np

from gesso.engines.sketch.edit import mattes, relight
from gesso.engines.sketch.edit.canvas import (
    Band,
    Canvas,
    Pixels,
    Plane,
    from_lab,
    lifted,
    luma,
    reduced,
    smooth,
    to_lab,
    to_unit,
)
from gesso.engines.sketch.edit.regions import View, find
from gesso.engines.sketch.edit.steps import Adjust

Control = Callable[[Canvas, float], Band]
"""(canvas, amount) -> what it does to a band. Amounts are 1 for the bare word; most take negative ones for less."""


def apply(canvas: Canvas, step: Adjust) -> bool:
    """Turn one control. False where the part it is meant for was not found."""
    amount = step.amount * canvas.effect
    if step.target.everything:
        canvas.change(CONTROLS[step.kind](canvas, amount))
        canvas.log(f"Adjusted {step.kind} by {amount:+.2f}.")
        return True
    view = View(canvas.pixels)
    region = find(step.target, view)
    canvas.ran(*view.parts)
    if region is None:
        return False
    within(canvas, region.mask, CONTROLS[step.kind](canvas, amount))
    canvas.log(f"Adjusted {step.kind} of {step.target.phrase} by {amount:+.2f}; found by {region.by}.")
    return True


def within(canvas: Canvas, mask: Plane, band: Band) -> None:
    """Change what a coarse mask means, along the picture's own outlines."""
    source, matte = canvas.pixels, mattes.refined(mask, canvas.pixels)

    def part(rows: Plane, top: int) -> Plane:
        share = matte.rows(source, top, top + len(rows))
        return rows + (band(rows, top) - rows) * share[..., None]

    canvas.blend(part, np.ceil(matte.support))


def curve(power: float) -> Callable[[Plane], Plane]:
    """A gamma curve on brightness that keeps hue."""

    def bend(rows: Plane) -> Plane:
        grey = np.maximum(luma(rows), 1e-4)
        ratio = grey ** np.float32(power) / grey
        out = rows * ratio[..., None]
        # Colours pushed over the edge go towards white instead of another hue.
        over = np.maximum(out.max(axis=2) - 1, 0)[..., None]
        return out + (1 - out) * np.clip(over * 0.6, 0, 1) * (out < 1)

    return bend


def _brightness(_canvas: Canvas, amount: float) -> Band:
    bend = curve(float(np.clip(0.66**amount, 0.25, 3.5)))
    return lambda rows, _top: bend(rows)


def _contrast(canvas: Canvas, amount: float) -> Band:
    middle = float(np.clip(np.median(luma(to_unit(canvas.view(128)))), 0.3, 0.6))
    slope = float(np.clip(1.45**amount, 0.3, 2.6))

    def band(rows: Plane, _top: int) -> Plane:
        level = luma(rows)
        pushed = middle + (level - middle) * np.float32(slope)
        rolled = np.where(pushed > level, 1 - (1 - level) * np.exp((level - pushed) / np.maximum(1 - level, 1e-3)), 0)
        fallen = level * np.exp((pushed - level) / np.maximum(level, 1e-3))
        new = np.where(pushed > level, rolled, fallen) if slope > 1 else pushed
        return rows + (new - level)[..., None]

    return band


def _saturation(_canvas: Canvas, amount: float) -> Band:
    by = float(np.clip(1.5**amount if amount > 0 else 1 + 0.5 * amount, 0, 3))

    def band(rows: Plane, _top: int) -> Plane:
        lab = to_lab(rows)
        chroma = np.hypot(lab[..., 1], lab[..., 2])
        # Vivid colours get less of more.
        gain = 1 + (by - 1) * (1 - 0.6 * smooth(30, 90, chroma)) if by > 1 else np.full_like(chroma, by)
        lab[..., 1:] *= gain[..., None]
        return from_lab(lab)

    return band


def _warmth(_canvas: Canvas, amount: float) -> Band:
    red, blue = float(np.clip(1.10**amount, 0.6, 1.5)), float(np.clip(0.86**amount, 0.5, 1.7))

    def band(rows: Plane, _top: int) -> Plane:
        out = rows * np.array([red, 1.0, blue], np.float32)
        return out * (luma(rows) / np.maximum(luma(out), 1e-4))[..., None]

    return band


def _mono(_canvas: Canvas, amount: float) -> Band:
    share = np.float32(np.clip(amount * 1.25, 0, 1) if amount < 0.8 else 1)
    return lambda rows, _top: rows + (luma(rows)[..., None] - rows) * share


def _sepia(_canvas: Canvas, amount: float) -> Band:
    share = np.float32(np.clip(amount, 0, 1))
    tone = np.array([1.10, 0.92, 0.68], np.float32)
    return lambda rows, _top: rows + (luma(rows)[..., None] ** np.float32(0.92) * tone - rows) * share


def _vintage(canvas: Canvas, amount: float) -> Band:
    share, seed = np.float32(np.clip(amount, 0, 1.2)), int(canvas.rng.integers(2**31))
    shade = _vignette(canvas, 0.9)

    def band(rows: Plane, top: int) -> Plane:
        faded = rows * np.float32(0.80) + np.float32(0.10)
        grey = luma(faded)[..., None]
        out = grey + (faded - grey) * np.float32(0.62)
        out = out * np.array([1.08, 1.0, 0.84], np.float32) + np.array([0.01, 0.0, 0.03], np.float32)
        noise = np.random.Generator(np.random.PCG64((seed, top))).standard_normal(rows.shape[:2], np.float32)
        return rows + (shade(out, top) + noise[..., None] * np.float32(0.022) - rows) * share

    return band


def _vignette(canvas: Canvas, amount: float) -> Band:
    height, width, by = canvas.height, canvas.width, np.float32(np.clip(amount, 0, 2) * 0.42)

    def band(rows: Plane, top: int) -> Plane:
        y = ((np.arange(top, top + len(rows), dtype=np.float32) + 0.5) / height * 2 - 1)[:, None]
        x = ((np.arange(width, dtype=np.float32) + 0.5) / width * 2 - 1)[None]
        return rows * (1 - by * smooth(0.35, 1.9, x * x + y * y))[..., None]

    return band


def _blur(canvas: Canvas, amount: float) -> Band:
    soft = blurred(canvas.pixels, 0.008 * float(np.clip(amount, 0.05, 5)) * max(canvas.pixels.shape[:2]))
    return lambda rows, top: to_unit(soft[top : top + len(rows)])


def blurred(pixels: Pixels, sigma: float) -> Pixels:
    """Gaussian blur; a wide one on a smaller copy."""
    shrink = max(1, int(sigma // 3))
    if shrink == 1:
        return np.asarray(cv2.GaussianBlur(pixels, (0, 0), max(0.3, sigma)), np.uint8)
    small = reduced(pixels, max(8, max(pixels.shape[:2]) // shrink))
    soft = cv2.GaussianBlur(small, (0, 0), sigma * max(small.shape[:2]) / max(pixels.shape[:2]))
    return np.asarray(cv2.resize(soft, (pixels.shape[1], pixels.shape[0]), interpolation=cv2.INTER_CUBIC), np.uint8)


def _sharpen(canvas: Canvas, amount: float) -> Band:
    radius = max(0.8, max(canvas.pixels.shape[:2]) / 1100)
    soft, by = blurred(canvas.pixels, radius), np.float32(np.clip(0.9 * amount, 0, 3))

    def band(rows: Plane, top: int) -> Plane:
        detail = luma(rows - to_unit(soft[top : top + len(rows)]))
        return rows + (np.clip(detail, -0.12, 0.12) * by)[..., None]

    return band


def _clarity(canvas: Canvas, amount: float) -> Band:
    """Local contrast: what "HDR", "dramatic" and "more detail" mean."""
    small = reduced(canvas.pixels, 900)
    base = np.asarray(cv2.bilateralFilter(small, 9, 60, max(small.shape[:2]) / 40), np.uint8)
    wide = np.asarray(cv2.resize(base, (canvas.width, canvas.height), interpolation=cv2.INTER_LINEAR), np.uint8)
    by = np.float32(np.clip(0.75 * amount, -0.8, 2))

    def band(rows: Plane, top: int) -> Plane:
        level = luma(to_unit(wide[top : top + len(rows)]))
        detail = luma(rows) - level
        squeezed = level + (np.float32(0.5) - level) * 0.22 * by
        new = squeezed + detail * (1 + by)
        return rows * np.clip(new / np.maximum(luma(rows), 0.03), 0.3, 2.2)[..., None]

    return band


def _denoise(canvas: Canvas, amount: float) -> Band:
    by = float(np.clip(amount, 0.2, 3))
    soft = np.asarray(cv2.bilateralFilter(canvas.pixels, 7, 22 * by, 2.2), np.uint8)
    return lambda rows, top: to_unit(soft[top : top + len(rows)])


def _invert(_canvas: Canvas, amount: float) -> Band:
    share = np.float32(np.clip(amount, 0, 1) if amount < 0.6 else 1)
    return lambda rows, _top: rows + (1 - 2 * rows) * share


def _exposure(_canvas: Canvas, amount: float) -> Band:
    by = np.float32(np.clip(1.6**amount, 0.2, 4))
    return lambda rows, _top: 1 - (1 - rows) ** by


def _grain(canvas: Canvas, amount: float) -> Band:
    seed, by = int(canvas.rng.integers(2**31)), np.float32(0.045 * np.clip(amount, 0, 3))

    def band(rows: Plane, top: int) -> Plane:
        noise = np.random.Generator(np.random.PCG64((seed, top))).standard_normal(rows.shape[:2], np.float32)
        return rows + noise[..., None] * by

    return band


def _skin(canvas: Canvas, amount: float) -> Band:
    """Spots and wrinkles evened out, outlines and a share of the pores kept."""
    small = reduced(canvas.pixels, 1200)
    even = np.asarray(cv2.bilateralFilter(small, 0, 34, max(small.shape[:2]) / 160), np.uint8)
    off, share = to_unit(even) - to_unit(small), np.float32(np.clip(0.9 * amount, 0, 1))
    shape = canvas.pixels.shape
    return lambda rows, top: rows + lifted(off, shape, top, top + len(rows)) * share


def _shadows(_canvas: Canvas, amount: float) -> Band:
    """Dark tones lifted, the others left."""
    by = np.float32(np.clip(0.62**amount, 0.35, 2.0))

    def band(rows: Plane, _top: int) -> Plane:
        level = np.maximum(luma(rows), 1e-4)
        share = 1 - smooth(0.15, 0.6, level)
        return rows * (1 + (level**by / level - 1) * share)[..., None]

    return band


def _highlights(_canvas: Canvas, amount: float) -> Band:
    """Bright tones drawn down (with an amount below 0), the others left."""
    by = np.float32(np.clip(0.16 * amount, -0.4, 0.3))

    def band(rows: Plane, _top: int) -> Plane:
        level = luma(rows)
        return rows * (1 + by * smooth(0.5, 0.95, level))[..., None]

    return band


def _cinematic(canvas: Canvas, amount: float) -> Band:
    """Teal in the shadows, orange in the lights, more contrast, a little less colour."""
    share, push = np.float32(np.clip(amount, 0, 1.3)), _contrast(canvas, 0.6)
    low, high = np.array((-0.05, 0.015, 0.055), np.float32), np.array((0.075, 0.012, -0.065), np.float32)

    def band(rows: Plane, top: int) -> Plane:
        out = push(rows, top)
        level = luma(out)[..., None]
        out = level + (out - level) * np.float32(0.9)
        lit = smooth(0.25, 0.75, level)
        return rows + (out + low * (1 - lit) * smooth(0.0, 0.12, level) + high * lit - rows) * share

    return band


def _neon(canvas: Canvas, amount: float) -> Band:
    """The room dark, and two coloured lamps: magenta from the left, cyan from the right."""
    share, width = np.float32(np.clip(amount, 0, 1.2)), canvas.width
    x = np.linspace(0, 1, width, dtype=np.float32)[None, :, None]
    left, right = np.array((1.25, 0.22, 0.95), np.float32), np.array((0.16, 0.95, 1.25), np.float32)
    lamp = left * np.clip(1.25 - 1.5 * x, 0, 1) + right * np.clip(1.5 * x - 0.25, 0, 1)

    def band(rows: Plane, _top: int) -> Plane:
        level = luma(rows)[..., None]
        # Light of one colour shows a thing by its lightness more than by its own colour.
        seen = np.float32(0.62) * level + np.float32(0.38) * rows
        out = np.float32(0.16) * rows + lamp * seen ** np.float32(1.25) * np.float32(1.15)
        return rows + (1 - np.exp(-1.35 * out) - rows) * np.minimum(share, 1)

    return band


CONTROLS: Mapping[str, Control] = {
    "brightness": _brightness,
    "exposure": _exposure,
    "contrast": _contrast,
    "saturation": _saturation,
    "warmth": _warmth,
    "mono": _mono,
    "sepia": _sepia,
    "vintage": _vintage,
    "vignette": _vignette,
    "blur": _blur,
    "sharpness": _sharpen,
    "clarity": _clarity,
    "denoise": _denoise,
    "invert": _invert,
    "grain": _grain,
    "evenness": _skin,
    "shadows": _shadows,
    "highlights": _highlights,
    "cinematic": _cinematic,
    "neon": _neon,
    **relight.LIGHTS,
}
"""Every control by its name in `Adjust.kind`."""
