"""Triangles to pixels, in numpy: which triangle is in front at each pixel, and where in it the pixel lies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gesso.engines.sketch.mesh.polygons import Floats, Ints

TESTS = 1 << 21
"""Pixels that are tested against triangles at a time: what bounds the memory."""

SIZES = (2, 4, 8, 16, 32, 64, 128, 256, 512)
"""Sides of the squares that triangles are sorted into; what is larger is cut into several."""

SLACK = 1e-7


@dataclass(frozen=True, slots=True)
class Fragments:
    """Pixels that triangles cover: flat pixel number, triangle, and the weights of its corners (k, 3)."""

    pixel: Ints
    triangle: Ints
    weights: Floats


@dataclass(frozen=True, slots=True)
class Buffer:
    """What is in front: `triangle` (h, w), -1 for none; `weights` (h, w, 3); `depth` (h, w), larger is nearer."""

    triangle: Ints
    weights: Floats
    depth: Floats


def fragments(points: Floats, triangles: Ints, width: int, height: int) -> Iterator[Fragments]:
    """Every pixel whose middle is in a triangle. `points` (n, >= 2) in pixels, x right and y down."""
    corners = points[triangles][..., :2].astype(np.float64)
    low = np.floor(np.clip(corners.min(axis=1) - 0.5, -1, [width, height])).astype(np.int64)
    high = np.ceil(np.clip(corners.max(axis=1) - 0.5, -1, [width, height])).astype(np.int64)
    low = np.maximum(low, 0)
    extent = np.minimum(high, [width - 1, height - 1]) - low + 1
    area = _area(corners)
    seen = np.flatnonzero((extent > 0).all(axis=1) & (np.abs(area) > 1e-12))
    largest = extent[seen].max(axis=1)
    for size, before in zip(SIZES, (0, *SIZES[:-1]), strict=True):
        of_size = seen[(largest > before) & ((largest <= size) | (size == SIZES[-1]))]
        tiles = -(-extent[of_size] // size)
        for tile in sorted({(i, j) for w, h in np.unique(tiles, axis=0) for i in range(w) for j in range(h)}):
            inside = of_size[(tiles > tile).all(axis=1)]
            count = max(1, TESTS // (size * size))
            for start in range(0, len(inside), count):
                some = inside[start : start + count]
                yield _covered(corners[some], low[some] + np.array(tile) * size, size, (width, height), some)


def _area(corners: Floats) -> Floats:
    one, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]


def _covered(corners: Floats, low: Ints, size: int, shape: tuple[int, int], numbers: Ints) -> Fragments:
    step = np.arange(size)
    x, y = low[:, 0, None] + step, low[:, 1, None] + step
    area = _area(corners)[:, None]
    weights: list[Floats] = []
    for i in range(2):
        p, q = corners[:, (i + 1) % 3, :, None], corners[:, (i + 2) % 3, :, None]
        # A weight is a sum of what the row says and what the column says: each is worked out once.
        down = (q[:, 0] - p[:, 0]) * (y + 0.5 - p[:, 1]) / area
        across = (q[:, 1] - p[:, 1]) * (x + 0.5 - p[:, 0]) / area
        weights.append(down[:, :, None] - across[:, None, :])
    inside = (weights[0] >= -SLACK) & (weights[1] >= -SLACK) & (weights[0] + weights[1] <= 1 + SLACK)
    inside &= (y < shape[1])[:, :, None] & (x < shape[0])[:, None, :]
    found = np.flatnonzero(inside)
    triangle, place = np.divmod(found, size * size)
    row, column = np.divmod(place, size)
    pixel = (low[triangle, 1] + row) * shape[0] + low[triangle, 0] + column
    one, other = (weight.ravel()[found] for weight in weights)
    return Fragments(pixel, numbers[triangle], np.stack([one, other, 1 - one - other], axis=1).astype(np.float32))


def blended(corners: Floats, weights: Floats) -> Floats:
    """Values at triangles' corners (k, 3, c) or (k, 3), mixed by weights (k, 3)."""
    return np.einsum("ki...,ki->k...", corners, weights)


def front(points: Floats, triangles: Ints, width: int, height: int) -> Buffer:
    """The nearest triangle at each pixel; `points` (n, 3): pixels and depth, larger is nearer."""
    depth = np.full(width * height, -np.inf, np.float32)
    owner = np.full(width * height, -1, np.int32)
    weights = np.zeros((width * height, 3), np.float32)
    heights = points[:, 2].astype(np.float32)
    for some in fragments(points, triangles, width, height):
        near = blended(heights[triangles[some.triangle]], some.weights)
        np.maximum.at(depth, some.pixel, near)
        won = np.flatnonzero(near == depth[some.pixel])
        owner[some.pixel[won]] = some.triangle[won]
        weights[some.pixel[won]] = some.weights[won]
    shape = height, width
    return Buffer(owner.reshape(shape), weights.reshape(*shape, 3), depth.reshape(shape))


def mixed(buffer: Buffer, values: Floats, triangles: Ints) -> Floats:
    """Values of points (n, c), mixed at each pixel of a buffer: (h, w, c); 0 where nothing is."""
    out = np.zeros((*buffer.triangle.shape, values.shape[1]), np.float32)
    seen = buffer.triangle >= 0
    corners = values[triangles[buffer.triangle[seen]]].astype(np.float32)
    out[seen] = blended(corners, buffer.weights[seen])
    return out
