"""A closed surface around where a field is positive: surface nets (Gibson 1998), one point per cell, quads between.

The samples that are inside are first made well-composed (Latecki 1997): no two touch along an edge or at a corner
alone. The surface is then a closed manifold by construction, which marching cubes do not promise.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.mesh.polygons import Floats, Ints, Mesh

CORNERS = np.array(list(product((0, 1), repeat=3)))
"""Corners of a cell as steps along x, y, z."""

EDGES = np.array([(a, b) for a in range(8) for b in range(a + 1, 8) if abs(CORNERS[a] - CORNERS[b]).sum() == 1])
"""A cell's twelve edges as pairs of corners."""

AROUND = ((0, 0), (1, 0), (1, 1), (0, 1))
"""The four cells around a grid edge, in turn."""

FAINT = 1e-3
"""Share of the field's usual step that a filled-in sample gets: just inside."""

Mask = npt.NDArray[np.bool_]


def surface(field: Floats, origin: Floats, step: float) -> Mesh:
    """The quad surface of (nx, ny, nz) float32 samples `step` apart from `origin`; the border counts as outside.

    Has no faces where no sample is positive.
    """
    field = np.pad(field, 1, constant_values=-abs(float(np.abs(field).max())) - 1e-6)
    inside = well_composed(field > 0)
    typical = float(np.median(np.abs(np.diff(field, axis=1))[1:-1])) or 1e-6
    field = np.where(inside & (field <= 0), np.float32(typical * FAINT), field)
    cells, number = _cells(inside)
    points = _points(field, cells)
    faces = np.concatenate([_quads(inside, number, axis) for axis in range(3)])
    return Mesh(np.asarray(origin) + (points - 1) * step, faces.astype(np.int32))


def well_composed(inside: Mask) -> Mask:
    """The samples with as many added as needed that none touch along an edge or at a corner alone."""
    out = inside.copy()
    for _ in range(64):
        before = int(out.sum())
        for axis in range(3):
            _fill_edges(np.moveaxis(out, axis, 0))
        _fill_corners(out)
        if int(out.sum()) == before:
            break
    return out


def _fill_edges(out: Mask) -> None:
    """Of four samples around an edge along the first axis, fill all where only two across from each other are set."""
    a, b, c, d = out[:, :-1, :-1], out[:, 1:, :-1], out[:, :-1, 1:], out[:, 1:, 1:]
    wrong = (a == d) & (b == c) & (a != b)
    if wrong.any():
        for i, j in product((0, 1), repeat=2):
            out[:, i : out.shape[1] - 1 + i, j : out.shape[2] - 1 + j] |= wrong


def _fill_corners(out: Mask) -> None:
    """Of eight samples around a corner, fill all where only two at opposite ends are set, or are not set."""
    views = [out[tuple(slice(s, n - 1 + s) for s, n in zip(corner, out.shape, strict=True))] for corner in CORNERS]
    total = np.sum(views, axis=0, dtype=np.int8)
    wrong = np.zeros(total.shape, np.bool_)
    for i in range(4):
        one, other = views[i], views[7 - i]
        wrong |= ((total == 2) & one & other) | ((total == 6) & ~one & ~other)
    if wrong.any():
        for view in views:
            np.logical_or(view, wrong, out=view)


def _cells(inside: Mask) -> tuple[Ints, Ints]:
    """The cells (k, 3) that the surface passes through, and the number of each cell of the grid among them."""
    views = [inside[tuple(slice(s, n - 1 + s) for s, n in zip(c, inside.shape, strict=True))] for c in CORNERS]
    every, some = views[0].copy(), views[0].copy()
    for view in views[1:]:
        every &= view
        some |= view
    passed = some & ~every
    number = np.full(passed.shape, -1, np.int32)
    number[passed] = np.arange(int(passed.sum()), dtype=np.int32)
    return np.argwhere(passed), number


def _points(field: Floats, cells: Ints) -> Floats:
    """A cell's point: the middle of where its edges pass the surface, in samples."""
    values = np.stack([field[tuple((cells + corner).T)] for corner in CORNERS], axis=1).astype(np.float64)
    total, count = np.zeros((len(cells), 3)), np.zeros(len(cells))
    for a, b in EDGES:
        crossing = (values[:, a] > 0) != (values[:, b] > 0)
        span = np.where(crossing, values[:, a] - values[:, b], 1.0)
        share = np.clip(values[:, a] / span, 0.02, 0.98)
        where = CORNERS[a] + share[:, None] * (CORNERS[b] - CORNERS[a])
        total += where * crossing[:, None]
        count += crossing
    return cells + total / count[:, None]


def _quads(inside: Mask, number: Ints, axis: int) -> Ints:
    """A quad for each pair of neighbours along an axis of which one is inside."""
    low: list[Any] = [slice(None)] * 3
    high: list[Any] = [slice(None)] * 3
    low[axis], high[axis] = slice(None, -1), slice(1, None)
    leaving = inside[tuple(low)] & ~inside[tuple(high)]
    entering = ~inside[tuple(low)] & inside[tuple(high)]
    second, third = (axis + 1) % 3, (axis + 2) % 3
    found: list[Ints] = []
    for change, turn in ((leaving, 1), (entering, -1)):
        place = np.argwhere(change)
        around: list[Ints] = []
        for i, j in AROUND[::turn]:
            cell = place.copy()
            cell[:, second] += i - 1
            cell[:, third] += j - 1
            around.append(number[tuple(cell.T)])
        found.append(np.stack(around, axis=1))
    return np.concatenate(found)
