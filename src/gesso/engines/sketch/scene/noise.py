"""Fractal noise and gradients: the raw material of clouds, ground and water. All arrays are float32."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[Any]
"""A float32 array; the element type is open because the stubs of numpy and OpenCV widen it at every step."""
Colour = tuple[float, float, float]
"""sRGB, 0..1."""


def fbm(
    rng: np.random.Generator, height: int, width: int, cells: tuple[float, float], octaves: int = 4, gain: float = 0.5
) -> Plane:
    """Fractal noise (height, width), about -1..1; `cells` are the coarsest octave's cells down and across."""
    out = np.zeros((height, width), np.float32)
    down, across, weight, total = cells[0], cells[1], 1.0, 0.0
    for _ in range(octaves):
        rows, columns = max(2, min(height, round(down) + 2)), max(2, min(width, round(across) + 2))
        grid = rng.uniform(-1, 1, (rows, columns)).astype(np.float32)
        out += np.float32(weight) * cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        total, weight, down, across = total + weight, weight * gain, down * 2, across * 2
    return out / np.float32(total * 0.62)


def line(rng: np.random.Generator, width: int, cells: float, octaves: int = 5, gain: float = 0.5) -> Plane:
    """One-dimensional fractal noise (width,), about -1..1."""
    return fbm(rng, 1, width, (1, cells), octaves, gain)[0]


def on_floor(
    rng: np.random.Generator,
    height: int,
    width: int,
    cells: float,
    octaves: int = 4,
    stretch: float = 1.0,
    nearness: float = 8.0,
) -> Plane:
    """Noise lying on a plane that runs from the near edge (bottom) to the horizon (top): (height, width), about -1..1.

    `cells` across the near edge; `stretch` makes cells that much wider than deep; it fades out where it would alias.
    """
    side = 256
    tile = _tile(rng, side, 8, octaves)
    rows = (np.arange(height, dtype=np.float32) + 0.5) / height
    depth = 1.0 / (rows * (1 - 1 / nearness) + 1 / nearness)
    across = np.linspace(-0.5, 0.5, width, dtype=np.float32)
    scale = np.float32(cells * side / 8)
    x = (across[None, :] * depth[:, None]) * scale / np.float32(stretch) + side * 4
    y = np.repeat((depth * scale)[:, None], width, axis=1)
    noise = cv2.remap(tile, x % side, y % side, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    fade = np.clip(rows * nearness * 0.5, 0.12, 1)
    return noise * fade[:, None].astype(np.float32)


def _tile(rng: np.random.Generator, side: int, cells: int, octaves: int) -> Plane:
    """Noise whose edges meet, so that it may be repeated."""
    out, weight = np.zeros((side, side), np.float32), 1.0
    for octave in range(octaves):
        count = min(side // 2, cells * 2**octave)
        grid = np.pad(rng.uniform(-1, 1, (count, count)).astype(np.float32), 2, mode="wrap")
        pixels = side // count
        large = cv2.resize(grid, ((count + 4) * pixels, (count + 4) * pixels), interpolation=cv2.INTER_CUBIC)
        out += np.float32(weight) * large[2 * pixels : 2 * pixels + side, 2 * pixels : 2 * pixels + side]
        weight *= 0.5
    return out / np.float32(2 * (1 - 0.5**octaves) * 0.62)


def gradient(height: int, stops: Sequence[tuple[float, Colour]]) -> Plane:
    """A vertical gradient (height, 1, 3) through `stops` (0 top .. 1 bottom)."""
    at = np.linspace(0, 1, max(height, 1), dtype=np.float32)
    places = [place for place, _ in stops]
    channels = [np.interp(at, places, [colour[c] for _, colour in stops]) for c in range(3)]
    return np.stack(channels, axis=-1)[:, None, :].astype(np.float32)


def mix(a: Plane, b: Plane | Colour, share: Plane | float | np.floating[Any]) -> Plane:
    """`a` with `share` (0..1; a plane is per pixel) of `b`."""
    other = np.asarray(b, np.float32)
    if isinstance(share, np.ndarray) and share.shape == a.shape[:2] and other.shape in ((3,), a.shape):
        return _mixed(a, other, share)
    weight = (
        share[..., None]
        if isinstance(share, np.ndarray) and share.ndim == 2
        else np.float32(share)
        if not isinstance(share, np.ndarray)
        else share
    )
    out = np.subtract(other, a)
    if isinstance(weight, np.ndarray) and np.broadcast_shapes(out.shape, weight.shape) != out.shape:
        return a + out * weight
    # In place: a whole picture's planes are large, and this is called for every one of them.
    out *= weight
    out += a
    return out


def _mixed(a: Plane, other: Plane, share: Plane) -> Plane:
    """`mix` by a plane, a row of samples at a time: numpy would go pixel by pixel, three samples each."""
    rows, channels = a.shape[0], a.shape[2]
    flat = a.reshape(rows, -1)
    out = np.subtract(np.tile(other, a.shape[1]) if other.ndim == 1 else other.reshape(rows, -1), flat)
    out *= cv2.merge([np.ascontiguousarray(share, np.float32)] * channels).reshape(rows, -1)
    out += flat
    return out.reshape(a.shape)


def blend(a: Colour, b: Colour, share: float) -> Colour:
    """Two colours mixed."""
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)


def step(low: float, high: float, values: Plane) -> Plane:
    """Smooth 0..1 between `low` and `high`."""
    t = np.clip((values - np.float32(low)) / np.float32(high - low), 0, 1)
    return t * t * (3 - 2 * t)


def blur(plane: Plane, sigma: float) -> Plane:
    """Gaussian blur; a wide one is done on a smaller copy."""
    if sigma < 0.3:
        return plane
    shrink = int(max(1, sigma // 4))
    if shrink == 1:
        return cv2.GaussianBlur(plane, (0, 0), sigma)
    height, width = plane.shape[:2]
    small = cv2.resize(plane, (max(1, width // shrink), max(1, height // shrink)), interpolation=cv2.INTER_AREA)
    return cv2.resize(cv2.GaussianBlur(small, (0, 0), sigma / shrink), (width, height), interpolation=cv2.INTER_LINEAR)
