"""What a painter of scenes would add, as a layer for any picture.

The scene painters mix and darken: each sample they leave is a linear function of what was there. Painting the same
thing on black and on white therefore tells colour and opacity, and these go over a picture of any size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from gesso.engines.sketch.edit.canvas import Canvas, Plane, lifted
from gesso.engines.sketch.scene.light import Light
from gesso.engines.sketch.scene.stage import Stage

AREA = 900_000
"""Pixels that a layer is painted on at most."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a painter must know of the picture: its light, its horizon and floor (shares of its height)."""

    light: Light
    horizon: float = 0.5
    floor: float = 0.6
    place: str = "meadow"


def size_of(canvas: Canvas) -> tuple[int, int]:
    """Width and height at which a layer for the canvas is painted."""
    scale = min(1.0, (AREA / (canvas.width * canvas.height)) ** 0.5)
    return max(2, round(canvas.width * scale)), max(2, round(canvas.height * scale))


def stage(ground: Ground, width: int, height: int, seed: int, level: float) -> Stage:
    """An empty stage of one brightness."""
    picture = np.full((height, width, 3), level, np.float32)
    horizon, floor = round(ground.horizon * height), round(ground.floor * height)
    rng = np.random.Generator(np.random.PCG64(seed))
    return Stage(picture, ground.light, rng, ground.place, min(horizon, height - 1), min(floor, height - 1))


def paint(canvas: Canvas, ground: Ground, painter: Callable[[Stage], None], strength: float = 1.0) -> None:
    """Let a painter of scenes work on the picture."""
    width, height = size_of(canvas)
    seed = int(canvas.rng.integers(2**31))
    on = [stage(ground, width, height, seed, level) for level in (0.0, 1.0)]
    for one in on:
        painter(one)
    over(canvas, on[0].picture, np.clip(on[1].picture - on[0].picture, 0, 1), strength)


def over(canvas: Canvas, colour: Plane, kept: Plane, strength: float = 1.0) -> None:
    """Picture = picture * kept + colour, both of any one size; where nothing is added the picture stays to the bit."""
    # Plane by plane: along the three samples of each pixel numpy is slow.
    added, planes = [np.abs(plane) for plane in cv2.split(colour)], cv2.split(kept)
    least, most = np.minimum.reduce(planes), np.maximum.reduce(planes)
    touched = (np.maximum.reduce(added) > 1 / 1024) | (least < 1 - 1 / 1024)
    if not touched.any():
        return
    shape = canvas.pixels.shape[:2]
    grey = np.array_equal(least, most)
    if grey:
        kept = least
    share = np.float32(strength)

    def band(rows: Plane, top: int) -> Plane:
        place = shape, top, top + len(rows)
        under = lifted(kept, *place)
        return rows + (rows * (under[..., None] if grey else under) + lifted(colour, *place) - rows) * share

    canvas.blend(band, _near(touched))


def _near(touched: np.ndarray) -> Plane:
    grown = touched.copy()
    for dy, dx in ((0, 1), (1, 0)):
        for way in (1, -1):
            grown |= np.roll(touched, (dy * way, dx * way), (0, 1))
    return grown.astype(np.float32)
