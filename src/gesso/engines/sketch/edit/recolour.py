"""Another colour for a thing: hue and chroma exchanged, light moved as a whole, so that shading and gloss stay."""

from __future__ import annotations

import numpy as np

from gesso.engines.sketch.edit import mattes, tones
from gesso.engines.sketch.edit.canvas import (
    Canvas,
    Plane,
    blended,
    from_lab,
    lifted,
    smooth,
    to_lab,
)
from gesso.engines.sketch.edit.regions import Region, View, find
from gesso.engines.sketch.edit.steps import Recolour
from gesso.engines.sketch.edit.tones import Tone
from gesso.tasks import RGB

Spread = tuple[float, float]
"""Median lightness and chroma of what is recoloured."""


def apply(canvas: Canvas, step: Recolour) -> bool:
    """Recolour. False where the thing was not found."""
    if step.target.everything:
        _tint(canvas, step.colour)
        return True
    view = View(canvas.pixels)
    region = find(step.target, view)
    canvas.ran(*view.parts)
    if region is None:
        return False
    recolour(canvas, region, view, step.colour)
    canvas.log(f"Recoloured {step.target.phrase or 'the main thing'} to {step.name}; found by {region.by}.")
    return True


def recolour(canvas: Canvas, region: Region, view: View, colour: RGB) -> None:
    """Give a region a colour."""
    share = region.mask * (region.tone.match(view.lab) if region.tone else 1)
    if not (share > 0.4).any():
        share = region.mask
    values = view.lab[share > min(0.4, float(share.max()) * 0.5)]
    middle = float(np.median(values[:, 0])), float(np.median(np.hypot(values[:, 1], values[:, 2])))
    target = tones.lab_of(colour)
    strength = np.float32(min(1.0, canvas.effect))
    if region.tone is not None or region.exact:
        tone, mask, pixels = region.tone, region.mask, canvas.pixels

        def by_tone(rows: Plane, top: int) -> Plane:
            lab = to_lab(rows)
            weight = lifted(mask, pixels.shape, top, top + len(rows)) * strength
            if tone is not None:
                weight = np.clip(tone.match(lab) * 1.6, 0, 1) * weight
            return from_lab(lab + (exchanged(lab, target, middle, tone) - lab) * weight[..., None])

        canvas.blend(by_tone, np.ceil(np.clip(mask, 0, 1)))
        return
    matte = mattes.refined(region.mask, canvas.pixels)
    source = canvas.pixels

    def by_matte(rows: Plane, top: int) -> Plane:
        lab = to_lab(rows)
        weight = matte.rows(source, top, top + len(rows)) * strength
        return from_lab(lab + (exchanged(lab, target, middle, None) - lab) * weight[..., None])

    canvas.pixels = blended(canvas.pixels, by_matte, matte.support)


def exchanged(lab: Plane, target: tuple[float, float, float], middle: Spread, tone: Tone | None) -> Plane:
    """Rows in the target's colour, each pixel as light and vivid beside it as it was beside the old middle."""
    light, chroma = middle
    aim = float(np.hypot(target[1], target[2]))
    own = np.hypot(lab[..., 1], lab[..., 2])
    grey = chroma < tones.GREY or (tone is not None and tone.hue is None)
    ratio = np.ones_like(own) if grey or aim < tones.GREY else np.clip(own / max(chroma, 1), 0.25, 1.35)
    gain = float(np.clip((target[0] + 12) / (light + 12), 0.45, 1.5))
    # Near white there is no room above: the shading is kept below it.
    aim_light = min(target[0], 89.0)
    level = aim_light + (lab[..., 0] - light) * np.float32(min(gain, 0.9) if target[0] > 89 else gain)
    level = np.where(level > 90, 90 + 9 * np.tanh((level - 90) / 9), level)
    # Gloss stays gloss: it has the lamp's colour, not the thing's.
    gloss = smooth(light + 0.55 * (100 - light), 99, lab[..., 0]) * (1 - smooth(8, 24, own)) if light < 82 else 0 * own
    fade = (1 - gloss) * (1 - 0.25 * smooth(20, 60, level - target[0]))
    level = level + (np.maximum(lab[..., 0], level) - level) * gloss
    return np.stack([np.clip(level, 1, 99), target[1] * ratio * fade, target[2] * ratio * fade], axis=-1).astype(
        np.float32
    )


def _tint(canvas: Canvas, colour: RGB) -> None:
    """All in shades of one colour."""
    light, a, b = tones.lab_of(colour)
    strength = np.float32(min(0.95, 0.8 * canvas.effect))
    chroma = max(1.0, float(np.hypot(a, b)))
    bend = float(np.clip(light / 55, 0.75, 1.35)) if chroma > tones.GREY else float(np.clip(light / 50, 0.45, 1.5))

    def band(rows: Plane, _top: int) -> Plane:
        lab = to_lab(rows)
        level = 100 * (lab[..., 0] / 100) ** np.float32(1 / bend)
        near = 1 - np.abs(level - 55) / 90
        new = np.stack([level, a * near, b * near], axis=-1).astype(np.float32)
        return from_lab(lab + (new - lab) * strength)

    canvas.change(band)
    canvas.log("Tinted the whole picture.")
