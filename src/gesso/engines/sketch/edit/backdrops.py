"""Another background: what stands in front is cut out with a soft matte, lit to fit, and given a shadow."""

from __future__ import annotations

import cv2
import numpy as np

from gesso.engines.sketch import text_to_image
from gesso.engines.sketch.edit import mattes
from gesso.engines.sketch.edit.adjust import blurred
from gesso.engines.sketch.edit.canvas import Canvas, Pixels, Plane, changed, lifted, luma, reduced, to_unit
from gesso.engines.sketch.edit.geometry import fitted
from gesso.engines.sketch.edit.mattes import Matte
from gesso.engines.sketch.edit.regions import View
from gesso.engines.sketch.edit.steps import Backdrop
from gesso.engines.sketch.words import prompt
from gesso.shapes import Size
from gesso.tasks import RGB, Sampling, TextToImage

AREA = 1 << 20
"""Pixels that a background scene is drawn at; it lies out of focus behind a larger picture."""


def apply(canvas: Canvas, step: Backdrop) -> bool:
    """Exchange, blur or clear the background. False where nothing stands out before it."""
    view = View(canvas.pixels)
    mask = _mask(canvas, view)
    if mask is None:
        return False
    matte = mattes.cutout(mask, canvas.pixels)
    canvas.ran(*view.parts)
    if step.kind == "clear":
        _clear(canvas, matte)
    elif step.kind == "blur":
        _replace(canvas, _softened(canvas, mask), matte, mask, 0, grounded=False)
    else:
        behind, fit = _behind(canvas, step, mask)
        _replace(canvas, behind, matte, mask, fit * min(1.2, canvas.effect), grounded=step.colour is None)
    canvas.log(f"Background: {step.words or step.kind}; the thing in front covers {mask.mean():.0%} of the picture.")
    return True


def _mask(canvas: Canvas, view: View) -> Plane | None:
    """What the picture's own transparency says is in front, else what stands out."""
    if canvas.alpha is not None and 0.01 < float((canvas.alpha > 127).mean()) < 0.98:
        size = view.rgb.shape[1], view.rgb.shape[0]
        own = cv2.resize(canvas.alpha, size, interpolation=cv2.INTER_AREA)
        return np.asarray(own, np.float32) / 255
    return view.front


PLAIN = Sampling()


def scene(words: str, width: int, height: int, seed: int, sampling: Sampling = PLAIN) -> tuple[Pixels, tuple[str, ...]]:
    """A picture from words at this size, and the learned parts that ran."""
    scale = min(1.0, (AREA / (width * height)) ** 0.5)
    size = Size(max(1, round(width * scale)), max(1, round(height * scale)))
    task = TextToImage(prompt=words, size=size, sampling=sampling)
    drawn = text_to_image.draw(task, prompt.parse(words, sampling.negative_prompt), size, seed)
    pixels = np.ascontiguousarray(drawn.pixels[..., :3])
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8), drawn.parts


def studio(colour: RGB, width: int, height: int) -> Pixels:
    """A plain colour with the faint fall-off of a lit wall."""
    x, y = np.linspace(-1, 1, 96, dtype=np.float32)[None], np.linspace(-1, 1, 96, dtype=np.float32)[:, None]
    shade = 1 - 0.055 * np.clip(x * x + (y + 0.2) ** 2, 0, 2)
    small = np.array(colour, np.float32) * shade[..., None] if min(colour) < 250 else np.full((96, 96, 3), 255.0)
    wide = cv2.resize(small.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.rint(np.clip(wide, 0, 255)).astype(np.uint8)


def _behind(canvas: Canvas, step: Backdrop, mask: Plane) -> tuple[Pixels, float]:
    """The new background, and how much of its light falls on what is in front."""
    width, height = canvas.width, canvas.height
    if step.colour is not None:
        return studio(step.colour, width, height), 0.12
    if step.kind == "material":
        return fitted(canvas.materials[step.material - 1], Size(width, height)), 0.5
    pixels, parts = scene(step.words, width, height, int(canvas.rng.integers(2**31)))
    canvas.ran(*parts)
    near = float(mask.mean()) > 0.10
    return blurred(pixels, max(width, height) * (0.0028 if near else 0.0012)), 0.55


def _softened(canvas: Canvas, mask: Plane) -> Pixels:
    """The background out of focus; what is in front does not bleed into it."""
    small = to_unit(reduced(canvas.pixels, 720))
    height, width = small.shape[:2]
    inside = np.asarray(cv2.resize(mask, (width, height)), np.float32)
    far = 1 - np.asarray(cv2.dilate((inside > 0.15).astype(np.float32), np.ones((7, 7), np.uint8)), np.float32)
    sigma = max(width, height) * 0.014 * min(2.5, canvas.effect)
    weight = cv2.GaussianBlur(far, (0, 0), sigma) + np.float32(1e-4)
    soft = cv2.GaussianBlur(small * far[..., None] + 1e-4 * small, (0, 0), sigma) / weight[..., None]
    done = np.rint(np.clip(soft, 0, 1) * 255).astype(np.uint8)
    return np.asarray(cv2.resize(done, (canvas.width, canvas.height), interpolation=cv2.INTER_CUBIC), np.uint8)


def _clear(canvas: Canvas, matte: Matte) -> None:
    """Transparency where the format can hold it, else white."""
    if canvas.format == "jpeg":
        white = np.full_like(canvas.pixels, 255)
        canvas.pixels = _joined(canvas.pixels, white, matte, None, None, None)
        return
    alpha = matte.full(canvas.pixels)
    canvas.alpha = alpha if canvas.alpha is None else np.minimum(alpha, canvas.alpha)


def _replace(canvas: Canvas, behind: Pixels, matte: Matte, mask: Plane, fit: float, grounded: bool) -> None:
    gain = _light(canvas.pixels, behind, mask, fit) if fit else None
    own = _inner(canvas.pixels, mask)
    shadow = _shadow(mask) if grounded else None
    canvas.pixels = _joined(canvas.pixels, behind, matte, own, gain, shadow)
    canvas.alpha = None


def _joined(
    pixels: Pixels, behind: Pixels, matte: Matte, own: Plane | None, gain: Plane | None, shadow: Plane | None
) -> Pixels:
    shape = pixels.shape[:2]

    def band(rows: Plane, top: int) -> Plane:
        place = shape, top, top + len(rows)
        share = matte.rows(pixels, top, top + len(rows))[..., None]
        colour = rows
        if own is not None:
            # In hair and soft edges the old background shines through: take the colour from further inside.
            colour = rows + (lifted(own, *place) - rows) * np.clip((1 - share) * 1.3, 0, 1)
        if gain is not None:
            colour = colour * gain
        under = to_unit(behind[top : top + len(rows)])
        if shadow is not None:
            under = under * (1 - lifted(shadow, *place)[..., None])
        return under + (colour - under) * share

    return changed(pixels, band)


def _inner(pixels: Pixels, mask: Plane) -> Plane:
    """The colours of what is in front, carried outwards over its edge."""
    height, width = mask.shape
    small = np.asarray(cv2.resize(to_unit(reduced(pixels, max(height, width))), (width, height)), np.float32)
    core = np.asarray(cv2.erode((mask > 0.5).astype(np.float32), np.ones((5, 5), np.uint8)), np.float32)
    out, total = small * core[..., None], core
    for sigma in (2, 6, 18):
        weight = cv2.GaussianBlur(core, (0, 0), sigma)
        colour = cv2.GaussianBlur(small * core[..., None], (0, 0), sigma)
        need = np.clip(1 - total, 0, 1) * (weight > 1e-3)
        out = out + colour / np.maximum(weight, 1e-3)[..., None] * need[..., None]
        total = total + need
    return np.where(total[..., None] > 0.5, out, small).astype(np.float32)


def _light(pixels: Pixels, behind: Pixels, mask: Plane, fit: float) -> Plane:
    """A gain per channel that brings what is in front part of the way to the background's brightness and colour."""
    height, width = mask.shape
    size = width, height
    front = to_unit(np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8))
    back = to_unit(np.asarray(cv2.resize(behind, size, interpolation=cv2.INTER_AREA), np.uint8))
    inside = front[mask > 0.5].mean(axis=0)
    around = back.reshape(-1, 3).mean(axis=0)
    bright = float(np.clip(luma(around) / max(float(luma(inside)), 0.05), 0.45, 1.6)) ** (0.38 * fit)
    cast = (around / max(float(luma(around)), 0.05)) ** np.float32(0.45 * fit)
    return (np.clip(bright, 0.62, 1.25) * np.clip(cast, 0.80, 1.22)).astype(np.float32)


def _shadow(mask: Plane) -> Plane | None:
    """The silhouette laid flat at its foot; none where the thing runs out of the picture below."""
    height, width = mask.shape
    rows, columns = np.nonzero(mask > 0.5)
    foot = int(rows.max())
    if foot > height * 0.97 or len(columns) == 0:
        return None
    tall = foot - int(rows.min()) + 1
    flat = max(3, round(tall * 0.13))
    cast = cv2.resize(mask[int(rows.min()) : foot + 1], (width, flat), interpolation=cv2.INTER_AREA)
    out = np.zeros_like(mask)
    top = max(0, foot - round(flat * 0.55))
    part = cast[: min(flat, height - top)]
    out[top : top + len(part)] = part
    wide = cv2.GaussianBlur(out, (0, 0), max(1.0, tall * 0.03)) * 0.36
    close = np.zeros_like(mask)
    close[max(0, foot - 2) : foot + 2] = (mask[max(0, foot - round(tall * 0.06)) : foot + 1]).max(axis=0)
    near = cv2.GaussianBlur(close, (0, 0), max(0.8, tall * 0.012)) * 0.5
    return np.clip(wide + near, 0, 0.7).astype(np.float32)
