"""Leaves, grass and snow: what a season does to the land, before the light is graded."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np

from gesso.engines.sketch.edit import overlays, tones
from gesso.engines.sketch.edit.canvas import Canvas, Plane, from_lab, lifted, smooth, to_lab
from gesso.engines.sketch.edit.regions import find
from gesso.engines.sketch.edit.steps import Adjust, Target
from gesso.engines.sketch.edit.tones import Tone
from gesso.engines.sketch.edit.view import View
from gesso.engines.sketch.scene.noise import fbm

LEAVES = Tone(125.0, 40.0, 9.0)
"""Greens from olive to the blue of spruces."""

Paint = Callable[[Plane, Plane, Plane], Plane]
"""(rows in Lab, how much each pixel is green, drifting noise -1..1) -> rows in Lab."""


def apply(canvas: Canvas, view: View, horizon: float, season: str) -> None:
    """Change the land to a season."""
    height, width = view.rgb.shape[:2]
    rng = np.random.Generator(np.random.PCG64(int(canvas.rng.integers(2**31))))
    noise = fbm(rng, height, width, (9, 9 * width / height), 4)
    land = np.ones((height, width), np.float32) if view.sky is None else 1 - view.sky
    leaf = LEAVES.match(view.lab) * land
    if view.front is not None:
        # A green thing in front is a leaf only where most of the picture's greens are.
        inside = float((leaf * view.front).sum()) / max(1.0, float(leaf.sum()))
        leaf = leaf * (1 - view.front * (0.0 if inside > 0.5 else 1.0))
    paint, shape, strength = PAINTS[season], canvas.pixels.shape[:2], np.float32(min(1.0, canvas.effect))
    reach = np.asarray(cv2.dilate(land, np.ones((3, 3), np.uint8)), np.float32)
    allowed = np.asarray(cv2.blur((leaf > 0.1).astype(np.float32), (5, 5)), np.float32)

    def band(rows: Plane, top: int) -> Plane:
        place = shape, top, top + len(rows)
        may = np.clip(lifted(allowed, *place) * 1.5, 0, 1) * lifted(reach, *place)
        if not may.any():
            return rows
        lab = to_lab(rows)
        green = LEAVES.match(lab) * may
        done = paint(lab, green, lifted(noise, *place))
        return rows + (from_lab(done) - rows) * strength

    canvas.change(band)
    if season == "winter":
        _snow(canvas, view, horizon, noise)


def _autumn(lab: Plane, green: Plane, noise: Plane) -> Plane:
    hue = np.radians(66 + 26 * np.clip(noise, -1, 1))
    chroma = np.clip(np.hypot(lab[..., 1], lab[..., 2]) * 1.15 + 10, 0, 78)
    new = np.stack([lab[..., 0] * 1.02 + 2, chroma * np.cos(hue), chroma * np.sin(hue)], axis=-1)
    return lab + (new - lab) * green[..., None]


def _spring(lab: Plane, green: Plane, noise: Plane) -> Plane:
    hue, chroma = np.radians(118.0), np.clip(np.hypot(lab[..., 1], lab[..., 2]) * 1.15 + 4, 0, 80)
    new = np.stack([lab[..., 0] * 0.92 + 12, chroma * np.cos(hue), chroma * np.sin(hue)], axis=-1)
    fresh = lab + (new - lab) * (green * 0.8)[..., None]
    # Blossom in small clusters, as trees and meadows carry it.
    fine = cv2.GaussianBlur(np.abs(noise - cv2.GaussianBlur(noise, (0, 0), 3)), (0, 0), 0.8)
    bloom = smooth(0.45, 0.9, fine / max(float(np.quantile(fine, 0.97)), 1e-4)) * green * smooth(30, 60, lab[..., 0])
    pink = np.stack(
        [np.clip(lab[..., 0] * 0.8 + 28, 0, 96), np.full_like(noise, 30.0), np.full_like(noise, -4.0)], axis=-1
    )
    return fresh + (pink - fresh) * (bloom * 0.8)[..., None]


def _summer(lab: Plane, green: Plane, _noise: Plane) -> Plane:
    new = lab * np.array([1.02, 1.22, 1.25], np.float32)
    return lab + (new - lab) * green[..., None]


def _winter(lab: Plane, green: Plane, noise: Plane) -> Plane:
    """Green goes; what is light of it carries snow."""
    snow = green * smooth(0.0, 1.0, smooth(22, 62, lab[..., 0]) + 0.35 * noise)
    bare = lab * np.array([0.95, 0.18, 0.30], np.float32)
    white = np.stack([100 - (100 - lab[..., 0]) * 0.36, lab[..., 1] * 0.06, lab[..., 2] * 0.06 - 2.5], axis=-1)
    out = lab + (bare - lab) * green[..., None]
    return out + (white - out) * snow[..., None]


PAINTS: Mapping[str, Paint] = {"autumn": _autumn, "spring": _spring, "summer": _summer, "winter": _winter}


def _snow(canvas: Canvas, view: View, horizon: float, noise: Plane) -> None:
    """Snow on the ground and on what faces upwards."""
    height, width = noise.shape
    rows = ((np.arange(height, dtype=np.float32) + 0.5) / height)[:, None]
    below = smooth(horizon + 0.02, horizon + 0.10, np.repeat(rows, width, axis=1))
    level = view.lab[..., 0]
    water = tones.FAMILIES["blue"].match(view.lab)
    # Dark blades and stones look out of it; nothing else of the ground shines through.
    detail = level - np.asarray(cv2.GaussianBlur(level, (0, 0), 5), np.float32)
    cover = below * (0.93 - 0.55 * smooth(3, 14, -detail - 2 * noise)) * (1 - water)
    if view.front is not None:
        cover *= 1 - np.asarray(cv2.GaussianBlur(view.front, (0, 0), 1.2), np.float32)
        cap = _caps(view.front, noise)
        cover = np.maximum(cover, cap)
    if view.sky is not None:
        cover *= 1 - view.sky
    cover = np.clip(cover, 0, 0.94).astype(np.float32)
    shade = np.clip(0.90 + 0.035 * noise + 0.006 * detail, 0.70, 1.0)[..., None]
    colour = shade * np.array((0.97, 0.985, 1.0), np.float32)
    kept = np.repeat((1 - cover)[..., None], 3, axis=2)
    overlays.over(canvas, (cover[..., None] * colour).astype(np.float32), kept, min(1.0, canvas.effect))


def capped(canvas: Canvas, step: Adjust) -> bool:
    """Snow on one thing. False where it was not found."""
    view = View(canvas.pixels)
    roof = find(Target("the roof", "roof"), view) if "roof" in step.target.phrase else None
    region = roof or find(step.target, view)
    canvas.ran(*view.parts)
    if region is None:
        return False
    height, width = region.mask.shape
    rng = np.random.Generator(np.random.PCG64(int(canvas.rng.integers(2**31))))
    noise = fbm(rng, height, width, (9, 9 * width / height), 4)
    deep = (2.0 if roof is None else 3.2) * min(1.5, step.amount)
    cover = smooth(0.25, 0.7, _caps(np.asarray(region.mask, np.float32), noise, deep)) * np.float32(0.97)
    shade = (0.93 + 0.05 * noise)[..., None] * np.array((0.97, 0.985, 1.0), np.float32)
    kept = np.repeat((1 - cover)[..., None], 3, axis=2)
    overlays.over(canvas, (cover[..., None] * shade).astype(np.float32), kept, min(1.0, canvas.effect))
    canvas.log(f"Snow on {step.target.phrase or 'the main thing'}; found by {region.by}.")
    return True


def _caps(front: Plane, noise: Plane, by: float = 1.0) -> Plane:
    """A cushion on the upper outlines of what stands in front."""
    deep = max(2, round(len(front) * 0.018 * by))
    lowered = np.zeros_like(front)
    lowered[deep:] = front[:-deep]
    cap = np.clip(front - lowered, 0, 1) * (0.75 + 0.5 * noise)
    return np.asarray(cv2.GaussianBlur(cap.astype(np.float32), (0, 0), deep * 0.35), np.float32) * 1.15
