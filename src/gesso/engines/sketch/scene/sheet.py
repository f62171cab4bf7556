"""A sheet to draw things on in the sprites' manner: soft shading, light from above left, shadows towards violet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.scene.noise import Colour, fbm

Pixels = npt.NDArray[Any]
Point = tuple[float, float]

TALL = 512
"""Height of the sheet a thing is drawn on, pixels."""

WHITE: Colour = (0.96, 0.95, 0.94)
RED: Colour = (0.86, 0.20, 0.22)
GREY: Colour = (0.60, 0.60, 0.66)
STONE: Colour = (0.70, 0.65, 0.60)
BRICK: Colour = (0.72, 0.38, 0.30)
WOOD: Colour = (0.58, 0.38, 0.24)
DARK: Colour = (0.22, 0.20, 0.26)
GLOW: Colour = (1.0, 0.86, 0.48)
GLASS: Colour = (0.42, 0.72, 0.94)


class Sheet:
    """A transparent sheet in units of its height: x from 0 to `aspect`, y from 0 (top) to 1."""

    def __init__(self, aspect: float = 1.0) -> None:
        self.rgb = np.zeros((TALL, max(2, round(TALL * aspect)), 3), np.float32)
        self.alpha = np.zeros(self.rgb.shape[:2], np.float32)

    def poly(self, points: Sequence[Point], colour: Colour, shade: str = "round", texture: float = 0.0) -> None:
        """Fill a polygon. `round` shades it as a cylinder, `left` and `right` as a wall, `flat` hardly."""
        outline = np.array([(x * TALL * 8, y * TALL * 8) for x, y in points]).astype(np.int32)
        (x0, y0), (x1, y1) = self._clipped(outline.min(axis=0) / 8, outline.max(axis=0) / 8)
        if x1 > x0 and y1 > y0:
            mask = np.zeros((y1 - y0, x1 - x0), np.float32)
            cv2.fillPoly(mask, [outline - np.array([x0 * 8, y0 * 8], np.int32)], 1.0, cv2.LINE_AA, 3)
            self._fill(mask, x0, y0, colour, shade, texture)

    def blob(self, points: Sequence[Point], colour: Colour, shade: str = "round", texture: float = 0.0) -> None:
        """Fill a polygon whose corners are rounded off."""
        outline = np.array(points, np.float64)
        for _ in range(3):
            following = np.roll(outline, -1, axis=0)
            outline = np.stack([outline * 0.75 + following * 0.25, outline * 0.25 + following * 0.75], 1).reshape(-1, 2)
        self.poly([(float(x), float(y)) for x, y in outline], colour, shade, texture)

    def box(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        colour: Colour,
        shade: str = "round",
        texture: float = 0.0,
    ) -> None:
        """Fill a rectangle."""
        self.poly([(left, top), (right, top), (right, bottom), (left, bottom)], colour, shade, texture)

    def disc(self, x: float, y: float, rx: float, ry: float, colour: Colour, shade: str = "ball") -> None:
        """Fill an ellipse."""
        centre, radii = np.array([x, y]) * TALL, np.array([rx, ry]) * TALL
        (x0, y0), (x1, y1) = self._clipped(centre - radii, centre + radii)
        if x1 > x0 and y1 > y0:
            mask = np.zeros((y1 - y0, x1 - x0), np.float32)
            at, axes = ((centre - [x0, y0]) * 8).astype(int), (radii * 8).astype(int)
            cv2.ellipse(
                mask, (int(at[0]), int(at[1])), (int(axes[0]), int(axes[1])), 0, 0, 360, 1.0, -1, cv2.LINE_AA, 3
            )
            self._fill(mask, x0, y0, colour, shade, 0.0)

    def stroke(self, points: Sequence[Point], wide: Sequence[float], colour: Colour, shade: str = "flat") -> None:
        """A line of changing width through `points`: a bough, a bar, a rope."""
        for (start, end), (a, b) in zip(pairwise(points), pairwise(wide), strict=True):
            along = np.subtract(end, start)
            across = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-6) / 2
            near, far = across * a, across * b
            corners = [np.add(start, near), np.add(end, far), np.subtract(end, far), np.subtract(start, near)]
            self.poly([(float(x), float(y)) for x, y in corners], colour, shade)
            self.disc(end[0], end[1], b / 2, b / 2, colour, "flat")

    def _clipped(self, low: npt.NDArray[Any], high: npt.NDArray[Any]) -> tuple[tuple[int, int], tuple[int, int]]:
        """The whole pixels that a box touches, within the sheet."""
        height, width = self.alpha.shape
        x0, y0 = max(0, int(low[0]) - 1), max(0, int(low[1]) - 1)
        return (x0, y0), (min(width, int(high[0]) + 2), min(height, int(high[1]) + 2))

    def _fill(self, mask: npt.NDArray[Any], left: int, top: int, colour: Colour, shade: str, texture: float) -> None:
        rows, columns = mask.shape
        u = np.linspace(0, 1, columns, dtype=np.float32)[None, :]
        v = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
        light = _shading(u, v, shade)
        if texture:
            light = light * (
                1 + texture * fbm(np.random.default_rng(5), rows, columns, (rows / 9 + 2, columns / 16 + 2), 3)
            )
        dark = np.clip(0.78 - light, 0, 1)
        tints = zip(colour, (0.07, -0.02, 0.11), strict=True)
        body = cv2.merge([light * np.float32(own) + dark * np.float32(shadow) for own, shadow in tints])
        here = np.s_[top : top + rows, left : left + columns]
        body -= self.rgb[here]
        body *= cv2.merge([mask] * 3)
        self.rgb[here] += body
        self.alpha[here] = np.maximum(self.alpha[here], mask)

    def erase(self, left: float, top: float, right: float, bottom: float) -> None:
        """Cut a rectangle out."""
        rows, columns = slice(int(top * TALL), int(bottom * TALL)), slice(int(left * TALL), int(right * TALL))
        self.alpha[rows, columns] = 0

    def pixels(self) -> Pixels:
        """The sheet cut to what is drawn, (h, w, 4) uint8."""
        drawn = self.alpha > 0.03
        ys, xs = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
        here = np.s_[ys[0] : ys[-1] + 1, xs[0] : xs[-1] + 1]
        planes = [*cv2.split(self.rgb[here]), self.alpha[here]]
        return cv2.merge([np.rint(np.clip(plane, 0, 1) * 255).astype(np.uint8) for plane in planes])


def _shading(u: npt.NDArray[Any], v: npt.NDArray[Any], shade: str) -> npt.NDArray[Any]:
    if shade == "round":
        return (0.62 + 0.46 * np.exp(-(((u - 0.32) / 0.34) ** 2)) - 0.10 * v).astype(np.float32)
    if shade == "ball":
        return (0.58 + 0.52 * np.exp(-(((u - 0.36) / 0.42) ** 2 + ((v - 0.30) / 0.45) ** 2))).astype(np.float32)
    base = {"left": 1.02, "right": 0.74, "flat": 0.98, "dark": 0.6}[shade]
    return (base + 0.05 * (0.5 - v) + 0.03 * (0.5 - u)).astype(np.float32) * np.ones(
        (v.shape[0], u.shape[1]), np.float32
    )


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawing's body: metres high and how it stands."""

    metres: float
    stance: str = "ground"


Draw = Callable[[Sheet], None]
Drawing = tuple[Draw, float, Drawn]
"""What draws it, the sheet's width in its heights, its body."""
