"""Light led smoothly over the seams of a filled gap: a Poisson equation whose wanted slopes are the sources' own.

Where two neighbours come from different places, or one is known and one is copied, the step between them shall be as
each source goes on by itself. A large step is an outline and stays; see Pritch et al., "Shift-Map" (2009).
"""

from __future__ import annotations

import cv2
import numpy as np

from gesso.engines.sketch.edit.canvas import Plane
from gesso.engines.sketch.edit.patches import Field, Mask

MOST_STEP = 0.16
"""Light, of 1, that counts as a seam: a greater step is another thing."""

HELD = 0.002
"""How firmly the light is held to the copied one: beyond some twenty pixels from a seam, an open end keeps its own."""

TURNS = 120
"""Steps of conjugate gradients: enough for a gap of a hundred pixels."""


def seamless(picture: Plane, hole: Mask, field: Field) -> Plane:
    """What to add to the copied pixels, (H, W, 3); 0 outside the hole. `picture` is sRGB, 0..1."""
    rows, columns = np.flatnonzero(hole.any(axis=1)), np.flatnonzero(hole.any(axis=0))
    box = (
        slice(max(0, rows[0] - 1), min(hole.shape[0], rows[-1] + 2)),
        slice(max(0, columns[0] - 1), min(hole.shape[1], columns[-1] + 2)),
    )
    here, there = np.mgrid[box]
    inside = hole[box]
    from_y, from_x = np.where(inside, field.y[box], here), np.where(inside, field.x[box], there)
    down = _missing(picture, from_y, from_x, 1, 0)
    across = _missing(picture, from_y, from_x, 0, 1)
    out = np.zeros_like(picture)
    out[box] = _solved(inside, down, across)
    return cv2.GaussianBlur(out, (0, 0), 0.7) * hole[..., None]


def _missing(picture: Plane, y: np.ndarray, x: np.ndarray, dy: int, dx: int) -> Plane:
    """By how much the step from each place to its next differs from what the sources of both would have."""
    height, width = picture.shape[:2]
    first = y[: len(y) - dy, : y.shape[1] - dx], x[: len(x) - dy, : x.shape[1] - dx]
    second = y[dy:, dx:], x[dy:, dx:]
    after = np.clip(first[0] + dy, 0, height - 1), np.clip(first[1] + dx, 0, width - 1)
    before = np.clip(second[0] - dy, 0, height - 1), np.clip(second[1] - dx, 0, width - 1)
    wanted = ((picture[after] - picture[first]) + (picture[second] - picture[before])) / 2
    off = wanted - (picture[second] - picture[first])
    return np.where(np.abs(off).max(axis=2, keepdims=True) < MOST_STEP, off, 0).astype(np.float32)


def _solved(inside: Mask, down: Plane, across: Plane) -> Plane:
    """The light whose steps come nearest to these, 0 where nothing is to be changed."""
    free = inside[..., None].astype(np.float32)
    goal = np.zeros((*inside.shape, 3), np.float32)
    goal[1:] += down
    goal[:-1] -= down
    goal[:, 1:] += across
    goal[:, :-1] -= across
    light = np.zeros_like(goal)
    rest = goal * free
    way = rest.copy()
    size = float((rest * rest).sum())
    for _ in range(TURNS):
        if size < 1e-6:
            break
        bent = (_bent(way) + np.float32(HELD) * way) * free
        length = size / max(float((way * bent).sum()), 1e-12)
        light += length * way
        rest -= length * bent
        size, before = float((rest * rest).sum()), size
        way = rest + (size / before) * way
    return light


def _bent(light: Plane) -> Plane:
    """Minus the Laplacian."""
    out = np.zeros_like(light)
    down, across = np.diff(light, axis=0), np.diff(light, axis=1)
    out[1:] += down
    out[:-1] -= down
    out[:, 1:] += across
    out[:, :-1] -= across
    return out
