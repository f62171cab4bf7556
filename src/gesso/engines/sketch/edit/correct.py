"""Corrections without words: white balance, exposure, contrast and colour; and faces cleaned and made crisp."""

from __future__ import annotations

import cv2
import numpy as np

from gesso.engines.sketch.edit.canvas import Canvas, Plane, from_lab, luma, smooth, to_lab, to_unit
from gesso.engines.sketch.edit.regions import View

DEEP, HIGH = 0.02, 0.97
"""Where black and white point are laid; between, nothing clips."""


def colours(canvas: Canvas) -> bool:
    """White balance by shades of grey, levels, a gentle curve, and more colour where there is little."""
    strength = np.float32(min(1.2, canvas.effect))
    unit = to_unit(canvas.view(512))
    gains = _balance(unit)
    balanced = unit * gains
    low, high, power = _levels(balanced)
    grey = to_lab(np.clip(balanced, 0, 1))
    chroma = float(np.median(np.hypot(grey[..., 1], grey[..., 2])))
    rich = float(np.clip(1.22 - chroma / 130, 1.0, 1.2))

    def band(rows: Plane, _top: int) -> Plane:
        out = _stretched(rows * gains, low, high, power)
        lab = to_lab(np.clip(out, 0, 1))
        vivid = np.hypot(lab[..., 1], lab[..., 2])
        lab[..., 1:] *= (1 + (rich - 1) * (1 - smooth(25, 70, vivid)))[..., None]
        return rows + (from_lab(lab) - rows) * strength

    canvas.change(band)
    told = ", ".join(f"{gain:.2f}" for gain in gains)
    canvas.log(f"Colour: white balance {told}; levels {low:.2f} to {high:.2f}; middle tones ^{power:.2f}.")
    return True


def _balance(unit: Plane) -> Plane:
    """Gains that make the Minkowski mean of the not clipped pixels grey, at most a third of a stop too strong."""
    usable = (unit.max(axis=2) < 0.98) & (unit.min(axis=2) > 0.01)
    values = unit[usable] if usable.mean() > 0.05 else unit.reshape(-1, 3)
    # Bright and pale pixels tell the light's colour best; a strongly coloured thing tells its own.
    lab = to_lab(values[None])[0]
    weight = 1 / (1 + (np.hypot(lab[:, 1], lab[:, 2]) / 22) ** 2)
    mean = ((values**6 * weight[:, None]).sum(axis=0) / max(float(weight.sum()), 1e-6)) ** (1 / 6)
    gains = float(mean.mean()) / np.maximum(mean, 1e-3)
    gains = np.clip(gains, 0.70, 1.45) ** 0.85
    return (gains / float(luma(gains[None])[0])).astype(np.float32)


def _levels(unit: Plane) -> tuple[float, float, float]:
    grey = luma(unit)
    low, high = (float(v) for v in np.quantile(grey, [0.004, 0.996]))
    low, high = min(low, 0.22), max(high, 0.62, low + 0.25)
    middle = float(np.clip((np.median(grey) - low) / (high - low), 0.05, 0.95))
    power = float(np.clip(np.log(0.46) / np.log(middle), 0.62, 1.35)) ** 0.6
    return low, high, power


def _stretched(rows: Plane, low: float, high: float, power: float) -> Plane:
    """Levels and curve on brightness; every channel is scaled alike, and what would clip is drawn in softly."""
    grey = np.maximum(luma(rows), 1e-4)
    at = np.clip((grey - np.float32(low)) / np.float32(high - low), 0, 1.2)
    new = np.float32(DEEP) + np.float32(HIGH - DEEP) * at ** np.float32(power)
    new = np.where(new > 0.9, 0.9 + 0.1 * np.tanh((new - 0.9) / 0.1), new)
    out = rows * np.clip(new / grey, 0, 6)[..., None]
    over = np.maximum(out.max(axis=2), 1)[..., None]
    level = luma(out)[..., None]
    # Too strong colours lose chroma instead of a channel.
    return np.where(over > 1, level + (out - level) * (1 - np.minimum(level, 1)) / np.maximum(over - level, 1e-4), out)


def faces(canvas: Canvas) -> bool:
    """Faces: noise out, features crisper. False where there is none; it never moves or invents a feature."""
    view = View(canvas.pixels)
    if not view.faces:
        return False
    mask = view.face_mask
    canvas.ran(*view.parts)
    by = min(1.4, canvas.effect)
    side = max(canvas.pixels.shape[:2])
    calm = np.asarray(cv2.bilateralFilter(canvas.pixels, 9, 26, max(1.5, side / 700)), np.uint8)
    soft = np.asarray(cv2.GaussianBlur(calm, (0, 0), max(0.9, side / 500)), np.uint8)

    def band(rows: Plane, top: int) -> Plane:
        clean = to_unit(calm[top : top + len(rows)])
        detail = luma(clean - to_unit(soft[top : top + len(rows)]))
        crisp = clean + (np.clip(detail, -0.12, 0.12) * np.float32(0.9 * by))[..., None]
        return rows + (crisp - rows) * np.float32(min(1.0, by))

    canvas.blend(band, mask)
    canvas.log(f"Faces: {len(view.faces)}, {float((mask > 0.5).mean()):.1%} of the picture.")
    return True
