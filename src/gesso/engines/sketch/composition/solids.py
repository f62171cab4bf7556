"""Shaded solids on a figure's canvas, in the sprites' manner: lit from above left, shadows towards violet."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[Any]
Floats = npt.NDArray[Any]

SIDE = 384
"""Side of the canvas a figure is built on."""


def colour_of(sprite: Pixels, top: float, bottom: float) -> Floats:
    """The colour that covers most of a band of rows: the median of the opaque pixels nearest to their mode."""
    rows = sprite[int(len(sprite) * top) : int(len(sprite) * bottom)]
    pixels = rows[rows[..., 3] > 200][:, :3].astype(np.int32)
    if not len(pixels):
        return np.array([150, 150, 155], np.float32)
    keys = (pixels // 32) @ np.array([64, 8, 1])
    values, counts = np.unique(keys, return_counts=True)
    return np.median(pixels[keys == values[counts.argmax()]], axis=0).astype(np.float32)


def to_bytes(canvas: Floats) -> Pixels:
    """A canvas as it is kept: (h, w, 4) uint8."""
    return np.clip(np.rint(canvas), 0, 255).astype(np.uint8)


def blob(canvas: Floats, centre: tuple[float, float], radii: tuple[float, float], colour: Floats) -> None:
    """A shaded ellipsoid, lit from above left as the sprites are."""
    left, top, y, x = _window(canvas, (centre, centre), (radii[0], radii[1]))
    u, v = (x - np.float32(centre[0])) / np.float32(radii[0]), (y - np.float32(centre[1])) / np.float32(radii[1])
    _shade(canvas, (left, top), u, v, min(radii), colour)


def capsule(
    canvas: Floats, start: tuple[float, float], end: tuple[float, float], radius: float, colour: Floats
) -> None:
    """A shaded rod with round ends."""
    left, top, y, x = _window(canvas, (start, end), (radius, radius))
    dx, dy = end[0] - start[0], end[1] - start[1]
    along = np.clip(((x - start[0]) * dx + (y - start[1]) * dy) / max(dx * dx + dy * dy, 1e-6), 0, 1).astype(np.float32)
    u, v = (x - start[0] - along * dx) / np.float32(radius), (y - start[1] - along * dy) / np.float32(radius)
    _shade(canvas, (left, top), u, v, radius, colour)


def _window(
    canvas: Floats, points: tuple[tuple[float, float], tuple[float, float]], reach: tuple[float, float]
) -> tuple[int, int, Floats, Floats]:
    """The part of the canvas that a shape can touch: its left, its top, its rows and its columns."""
    (x0, y0), (x1, y1) = points
    left, top = max(0, int(min(x0, x1) - reach[0]) - 2), max(0, int(min(y0, y1) - reach[1]) - 2)
    rows, columns = canvas.shape[:2]
    right, bottom = min(columns, int(max(x0, x1) + reach[0]) + 3), min(rows, int(max(y0, y1) + reach[1]) + 3)
    y, x = np.mgrid[top : max(bottom, top + 1), left : max(right, left + 1)].astype(np.float32)
    return left, top, y, x


def _shade(canvas: Floats, corner: tuple[int, int], u: Floats, v: Floats, radius: float, colour: Floats) -> None:
    far = np.sqrt(u * u + v * v)
    alpha = np.clip((1 - far) * np.float32(radius) + 0.5, 0, 1)
    depth = np.sqrt(np.clip(1 - far * far, 0, 1))
    light = np.clip(0.60 + 0.24 * depth - 0.20 * u * 0.7 - 0.26 * v, 0.45, 1.12)
    shaded = np.clip(colour * light[..., None], 0, 255)
    # Shadows of these renderings lean towards violet.
    shaded += np.clip(0.8 - light, 0, 1)[..., None] * np.array([18, -6, 26], np.float32)
    over(
        canvas, np.concatenate([np.clip(shaded, 0, 255), (alpha * 255)[..., None]], axis=2).astype(np.float32), *corner
    )


def over(canvas: Floats, layer: Floats, left: int, top: int) -> None:
    """Straight-alpha compositing of `layer` at (left, top), in place."""
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(canvas.shape[1], left + layer.shape[1]), min(canvas.shape[0], top + layer.shape[0])
    part, source = canvas[y0:y1, x0:x1], layer[y0 - top : y1 - top, x0 - left : x1 - left]
    a, b = source[..., 3:] / 255, part[..., 3:] / 255
    alpha = a + b * (1 - a)
    part[..., :3] = (source[..., :3] * a + part[..., :3] * b * (1 - a)) / np.maximum(alpha, 1e-6)
    part[..., 3:] = alpha * 255
