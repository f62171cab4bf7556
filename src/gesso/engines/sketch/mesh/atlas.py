"""A flat layout of the surface for its texture: charts that look one way, side by side in a square.

Each face goes to the direction that it looks in, neighbours having a say; what hangs together is a chart and is laid
down as seen from that direction. Where a chart would cover itself, what lies below becomes a chart of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.mesh import polygons, raster
from gesso.engines.sketch.mesh.polygons import Floats, Ints, Mesh

DIRECTIONS = np.array([[0, 0, 1], [1, 0, 0], [0, 0, -1], [-1, 0, 0], [0, 1, 0], [0, -1, 0]], np.float64)

GUTTER = 3.0
"""Texels free around each chart."""

VOTE = 0.5
"""How much the neighbours' directions count against the face's own."""

LEAST_DOT = 0.2
"""Cosine to its direction that a face needs: it would be drawn out too far."""

VOTES = 12
LAYERS = 5
HIDDEN = 0.25
"""Share of a face's texels from which it counts as covered by another."""


@dataclass(frozen=True, slots=True)
class Atlas:
    """`uv` (k, 2) in texels of a square of `size`, x right and y down; `corners` (m, 3 or 4) into it by face;
    `points` (k,) says which point of the mesh each lies at."""

    uv: Floats
    corners: Ints
    points: Ints
    size: int
    scale: float
    """Texels to a height."""

    @property
    def triangles(self) -> Ints:
        return polygons.split(self.corners)


def laid_out(mesh: Mesh, sizes: Sequence[int], wanted: float = np.inf) -> Atlas:
    """The atlas in the smallest of the squares that gives `wanted` texels to a height, else in the largest."""
    pairs = _neighbours(mesh.faces)
    look = _looks(mesh, pairs)
    layer = np.zeros(len(mesh.faces), np.int64)
    size = sizes[0]
    atlas = _packed(mesh, look, _charts(look, layer, pairs), size)
    for _ in range(LAYERS):
        below = _covered(mesh, atlas, look)
        if not below.any():
            break
        layer[below] += 1
        atlas = _packed(mesh, look, _charts(look, layer, pairs), size)
    enough = [one for one in sizes if atlas.scale * one / size >= wanted]
    best = enough[0] if enough else sizes[-1]
    return atlas if best == size else _packed(mesh, look, _charts(look, layer, pairs), best)


def _neighbours(faces: Ints) -> Ints:
    """Pairs of faces that share an edge (p, 2)."""
    count = int(faces.max()) + 1
    start, end = faces.ravel().astype(np.int64), np.roll(faces, -1, axis=1).ravel().astype(np.int64)
    keys = np.minimum(start, end) * count + np.maximum(start, end)
    order = np.argsort(keys, kind="stable")
    same = np.flatnonzero(keys[order][1:] == keys[order][:-1])
    return np.stack([order[same], order[same + 1]], axis=1) // faces.shape[1]


def _looks(mesh: Mesh, pairs: Ints) -> Ints:
    """The direction of each face."""
    dots = polygons.face_normals(mesh) @ DIRECTIONS.T
    look = dots.argmax(axis=1)
    a, b = pairs.T
    sides = len(DIRECTIONS)
    for _ in range(VOTES):
        votes = np.bincount(np.concatenate([a * sides + look[b], b * sides + look[a]]), minlength=dots.size)
        votes = votes.reshape(dots.shape)
        score = dots + VOTE * votes / np.maximum(votes.sum(axis=1, keepdims=True), 1)
        score[dots < LEAST_DOT] = -10
        score[np.arange(len(dots)), dots.argmax(axis=1)] += 1e-6
        new = np.where((dots >= LEAST_DOT).any(axis=1), score.argmax(axis=1), dots.argmax(axis=1))
        if np.array_equal(new, look):
            break
        look = new
    return look


def _charts(look: Ints, layer: Ints, pairs: Ints) -> Ints:
    """A number for each face's chart, from 0."""
    a, b = pairs.T
    together = (look[a] == look[b]) & (layer[a] == layer[b])
    label = polygons.joined(pairs[together], len(look))
    return np.unique(label, return_inverse=True)[1]


def _packed(mesh: Mesh, look: Ints, chart: Ints, size: int) -> Atlas:
    sides = mesh.faces.shape[1]
    keys = np.repeat(chart, sides) * len(mesh.points) + mesh.faces.ravel()
    unique, corners = np.unique(keys, return_inverse=True)
    points, owner = unique % len(mesh.points), unique // len(mesh.points)
    look_of = np.zeros(int(chart.max()) + 1, np.int64)
    look_of[chart] = look
    flat = _flat(mesh.points[points], look_of[owner])
    low = np.full((len(look_of), 2), np.inf)
    high = np.full((len(look_of), 2), -np.inf)
    np.minimum.at(low, owner, flat)
    np.maximum.at(high, owner, flat)
    scale, corner = _shelved(high - low, size)
    uv = (flat - low[owner]) * scale + corner[owner] + GUTTER
    return Atlas(uv, corners.reshape(-1, sides).astype(np.int32), points.astype(np.int32), size, scale)


def _flat(points: Floats, look: Ints) -> Floats:
    """Places as seen from each one's direction: x right, y down."""
    way = DIRECTIONS[look]
    upright = np.abs(way[:, 1]) < 0.5
    up = np.where(upright[:, None], [0.0, 1.0, 0.0], np.stack([0 * way[:, 1], 0 * way[:, 1], -way[:, 1]], axis=1))
    right = np.cross(up, way)
    return np.stack([(points * right).sum(axis=1), -(points * up).sum(axis=1)], axis=1)


def _shelved(extent: Floats, size: int) -> tuple[float, Floats]:
    """The largest scale at which boxes fit on shelves in the square, and each one's corner."""
    order = np.lexsort((np.arange(len(extent)), -extent[:, 0], -extent[:, 1]))
    low, high = 0.0, size / max(1e-9, float(np.sqrt((extent[:, 0] * extent[:, 1]).sum())))
    best = _shelves(extent, order, 0.0, size)
    for _ in range(14):
        middle = (low + high) / 2
        corners = _shelves(extent, order, middle, size)
        if corners is None:
            high = middle
        else:
            low, best = middle, corners
    if best is None:
        raise ValueError(f"{len(extent)} charts do not fit a texture of {size}")
    return low, best


def _shelves(extent: Floats, order: Ints, scale: float, size: int) -> Floats | None:
    boxes = np.ceil(extent * scale + 2 * GUTTER).tolist()
    corners = np.zeros((len(boxes), 2))
    x = y = shelf = 0.0
    for i in order.tolist():
        width, height = boxes[i]
        if x + width > size:
            x, y, shelf = 0.0, y + shelf, 0.0
        if width > size or y + height > size:
            return None
        corners[i] = x, y
        x, shelf = x + width, max(shelf, height)
    return corners


def _covered(mesh: Mesh, atlas: Atlas, look: Ints) -> npt.NDArray[np.bool_]:
    """Faces of which much lies below another face of their chart."""
    per_face = len(atlas.triangles) // len(atlas.corners)
    depth = (mesh.points[atlas.points][atlas.corners] * DIRECTIONS[look][:, None]).sum(axis=2).mean(axis=1)
    shrunk = 512 / atlas.size
    uv = atlas.uv * shrunk
    best = np.full(512 * 512, -np.inf)
    found = list(raster.fragments(uv, atlas.triangles, 512, 512))
    for some in found:
        np.maximum.at(best, some.pixel, depth[some.triangle // per_face])
    total, hidden = np.zeros(len(depth)), np.zeros(len(depth))
    slack = 6 / atlas.scale / shrunk
    for some in found:
        face = some.triangle // per_face
        total += np.bincount(face, minlength=len(depth))
        hidden += np.bincount(face[depth[face] < best[some.pixel] - slack], minlength=len(depth))
    return hidden > HIDDEN * np.maximum(total, 1)
