"""Whole figures: sprites that are only a head or a bust get a body, so that they can stand in a scene."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.composition import sprites

Pixels = npt.NDArray[Any]
Floats = npt.NDArray[Any]

SIDE = 384
"""Side of the canvas a body is built on."""


@lru_cache(maxsize=64)
def figure(name: str, whole: bool = True) -> Pixels:
    """The sprite trimmed to its visible box, (h, w, 4) uint8; with `whole` a head or bust is given a body."""
    info = sprites.info(name)
    if whole and info.stance == "bust":
        built = _standing(name)
    elif (whole and info.stance == "face" and info.group == "animals-nature") or (whole and name in ("robot", "alien")):
        built = _sitting(name)
    else:
        return sprites.trimmed(name)
    ys, xs = np.nonzero(built[..., 3] > 8)
    cut = np.ascontiguousarray(built[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1])
    cut.setflags(write=False)
    return cut


def metres(name: str) -> float:
    """How tall the whole figure is in life; a bust's own figure only counts what it shows."""
    info = sprites.info(name)
    if info.stance == "bust":
        return 1.7
    if info.stance == "face" and info.group == "animals-nature":
        return max(0.5, info.metres)
    return info.metres


def _standing(name: str) -> Pixels:
    """A bust on a short coat and legs, in the bust's own colours."""
    bust = sprites.trimmed(name)
    height, width = bust.shape[:2]
    scale = 210 / height
    bust = cv2.resize(bust, (round(width * scale), 210), interpolation=cv2.INTER_AREA)
    canvas = np.zeros((SIDE, SIDE, 4), np.float32)
    middle, wide = SIDE / 2, _base_width(bust)
    coat = _colour_of(bust, 0.80, 1.0)
    legs = coat * np.float32(0.82) if coat.mean() > 150 else np.clip(coat * 0.62 + 18, 0, 255)
    for side in (-1, 1):
        x = middle + side * wide * 0.21
        _blob(canvas, (x, 352), (wide * 0.185, 17), np.array([52, 46, 58], np.float32))
        _capsule(canvas, (x, 262), (x, 340), wide * 0.155, legs)
    _capsule(canvas, (middle, 226), (middle, 258), wide * 0.555, coat)
    left = round(middle - bust.shape[1] / 2)
    _over(canvas, bust.astype(np.float32), left, 20)
    return np.clip(np.rint(canvas), 0, 255).astype(np.uint8)


def _sitting(name: str) -> Pixels:
    """An animal's head on a plush body that sits facing the viewer."""
    head = sprites.trimmed(name)
    scale = 196 / max(head.shape[:2])
    head = cv2.resize(head, (round(head.shape[1] * scale), round(head.shape[0] * scale)), interpolation=cv2.INTER_AREA)
    canvas = np.zeros((SIDE, SIDE, 4), np.float32)
    fur, belly = _colour_of(head, 0.25, 0.6), _colour_of(head, 0.72, 1.0)
    if name in ("robot", "alien"):
        fur = belly if name == "robot" else fur
        belly = fur * np.float32(0.84)
    middle = SIDE / 2
    if name not in ("robot", "alien", "frog", "bear", "panda", "polar-bear", "koala"):
        _capsule(canvas, (middle + 66, 330), (middle + 112, 268), 20, fur)
        _blob(canvas, (middle + 114, 258), (19, 25), belly)
    _blob(canvas, (middle, 286), (80, 84), fur)
    _blob(canvas, (middle, 302), (50, 58), belly)
    for side in (-1, 1):
        _capsule(canvas, (middle + side * 40, 262), (middle + side * 30, 338), 21, fur * np.float32(0.96))
        _blob(canvas, (middle + side * 62, 350), (38, 22), fur)
    _over(canvas, head.astype(np.float32), round(middle - head.shape[1] / 2), 214 - head.shape[0])
    return np.clip(np.rint(canvas), 0, 255).astype(np.uint8)


def _base_width(bust: Pixels) -> float:
    row = np.nonzero(bust[-6, :, 3] > 128)[0]
    return float(row.max() - row.min() + 1) * 0.86 if len(row) else 120.0


def _colour_of(sprite: Pixels, top: float, bottom: float) -> Floats:
    """The colour that covers most of a band of rows: the median of the opaque pixels nearest to their mode."""
    rows = sprite[int(len(sprite) * top) : int(len(sprite) * bottom)]
    pixels = rows[rows[..., 3] > 200][:, :3].astype(np.int32)
    if not len(pixels):
        return np.array([150, 150, 155], np.float32)
    keys = (pixels // 32) @ np.array([64, 8, 1])
    values, counts = np.unique(keys, return_counts=True)
    return np.median(pixels[keys == values[counts.argmax()]], axis=0).astype(np.float32)


def _blob(canvas: Floats, centre: tuple[float, float], radii: tuple[float, float], colour: Floats) -> None:
    """A shaded ellipsoid, lit from above left as the sprites are."""
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    u, v = (x - np.float32(centre[0])) / np.float32(radii[0]), (y - np.float32(centre[1])) / np.float32(radii[1])
    _shade(canvas, u, v, np.sqrt(u * u + v * v), min(radii), colour)


def _capsule(
    canvas: Floats, start: tuple[float, float], end: tuple[float, float], radius: float, colour: Floats
) -> None:
    """A shaded rod with round ends."""
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    dx, dy = end[0] - start[0], end[1] - start[1]
    along = np.clip(((x - start[0]) * dx + (y - start[1]) * dy) / max(dx * dx + dy * dy, 1e-6), 0, 1).astype(np.float32)
    u, v = (x - start[0] - along * dx) / np.float32(radius), (y - start[1] - along * dy) / np.float32(radius)
    _shade(canvas, u, v, np.sqrt(u * u + v * v), radius, colour)


def _shade(canvas: Floats, u: Floats, v: Floats, far: Floats, radius: float, colour: Floats) -> None:
    alpha = np.clip((1 - far) * np.float32(radius) + 0.5, 0, 1)
    depth = np.sqrt(np.clip(1 - far * far, 0, 1))
    light = np.clip(0.60 + 0.24 * depth - 0.20 * u * 0.7 - 0.26 * v, 0.45, 1.12)
    shaded = np.clip(colour * light[..., None], 0, 255)
    # Shadows of these renderings lean towards violet.
    shaded += np.clip(0.8 - light, 0, 1)[..., None] * np.array([18, -6, 26], np.float32)
    layer = np.concatenate([np.clip(shaded, 0, 255), (alpha * 255)[..., None]], axis=2).astype(np.float32)
    _over(canvas, layer, 0, 0)


def _over(canvas: Floats, layer: Floats, left: int, top: int) -> None:
    """Straight-alpha compositing of `layer` at (left, top)."""
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(SIDE, left + layer.shape[1]), min(SIDE, top + layer.shape[0])
    part, source = canvas[y0:y1, x0:x1], layer[y0 - top : y1 - top, x0 - left : x1 - left]
    a, b = source[..., 3:] / 255, part[..., 3:] / 255
    alpha = a + b * (1 - a)
    part[..., :3] = (source[..., :3] * a + part[..., :3] * b * (1 - a)) / np.maximum(alpha, 1e-6)
    part[..., 3:] = alpha * 255
