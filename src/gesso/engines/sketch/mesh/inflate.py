"""How thick a thing is, guessed from one silhouette: the shape of a membrane blown up over it.

The membrane's height solves Poisson's equation over the silhouette; its root is a half sphere over a disc and a round
bar over a strip, and is smooth where the distance to the outline has ridges.
"""

from __future__ import annotations

import cv2
import numpy as np

from gesso.engines.sketch.edit.canvas import Plane
from gesso.engines.sketch.mesh.views import View

ROWS = 224
"""Rows that a thing's height is divided into."""

MARGIN = 8
"""Cells kept free around the silhouette."""

BEYOND = ROWS // 2
"""Rows by which a thing is carried on."""

STEPS = 600
EXACT = 1e-4


def silhouette(view: View, width: float) -> Plane:
    """The view's mask on a grid of `ROWS` to the height and `width` (of heights) across, 0..1; the first row on top."""
    columns = 2 * round(width * ROWS / 2)
    step = view.scale / ROWS
    matrix = np.array(
        [
            [step, 0, view.middle - 0.5 + step * (0.5 - MARGIN - columns / 2)],
            [0, step, view.base - view.scale - 0.5 + step * (0.5 - MARGIN)],
        ],
        np.float32,
    )
    sigma = 0.45 * step
    mask = cv2.GaussianBlur(view.mask, (0, 0), sigma) if sigma > 0.6 else view.mask
    size = columns + 2 * MARGIN, ROWS + 2 * MARGIN
    return np.asarray(cv2.warpAffine(mask, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP), np.float32)


def membrane(mask: Plane, *, ends_fixed: bool = True) -> Plane:
    """u with -laplace(u) = 4 over the silhouette, in squared heights; below 0 outside, growing with the distance.

    Without `ends_fixed` the membrane goes on beyond top and foot as if the thing did: it is as high there as below.
    """
    solid = mask > 0.5
    step = 1 / ROWS
    u = (_solved(solid) if ends_fixed else _carried_on(solid)) * step * step
    outside = cv2.distanceTransform((~solid).astype(np.uint8), cv2.DIST_L2, 5) * step
    # The outline passes between cells where the mask says; half a cell of slope on both sides shows that.
    edge = (mask - 0.5) * step * 2 * float(np.sqrt(max(u.max(), 1e-9)))
    rim = cv2.dilate(solid.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    rim &= cv2.erode(solid.astype(np.uint8), np.ones((3, 3), np.uint8)) == 0
    out = np.where(solid, u, -outside * np.float32(np.sqrt(max(u.max(), 1e-9))))
    return np.where(rim & ~solid, edge, out).astype(np.float32)


def _carried_on(solid: Plane) -> Plane:
    rows = np.flatnonzero(solid.any(axis=1))
    cut = solid[rows[0] : rows[-1] + 1]
    long = np.pad(cut, ((BEYOND, BEYOND), (0, 0)), mode="edge")
    out = np.zeros(solid.shape, np.float32)
    out[rows[0] : rows[-1] + 1] = _solved(long)[BEYOND:-BEYOND]
    return out


def _solved(solid: Plane) -> Plane:
    """-laplace(u) = 4 on the set cells of a unit grid, u = 0 on the others: conjugate gradients."""
    inside = solid.astype(np.float32)
    start = cv2.distanceTransform(solid.astype(np.uint8), cv2.DIST_L2, 5)
    u = (start * start * inside).astype(np.float32)

    def apply(v: Plane) -> Plane:
        out = 4 * v
        out[1:] -= v[:-1]
        out[:-1] -= v[1:]
        out[:, 1:] -= v[:, :-1]
        out[:, :-1] -= v[:, 1:]
        return out * inside

    left = 4 * inside - apply(u)
    way = left.copy()
    size = first = float((left * left).sum())
    for _ in range(STEPS):
        if size <= EXACT * EXACT * max(first, 1e-12):
            break
        turned = apply(way)
        share = size / max(float((way * turned).sum()), 1e-30)
        u += np.float32(share) * way
        left -= np.float32(share) * turned
        now = float((left * left).sum())
        way = left + np.float32(now / max(size, 1e-30)) * way
        size = now
    return np.maximum(u, 0)
