"""The body that its silhouettes leave: positive where the thing is.

Silhouettes alone leave a body with corners, as thick everywhere as the other view allows. Each view's membrane says in
addition how thick the thing is at each place compared with the thickest place of the same height, so that a cup's
handle is not as deep as the cup, and sections come out round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from gesso.engines.sketch.edit.canvas import Plane
from gesso.engines.sketch.mesh import inflate, turntable
from gesso.engines.sketch.mesh.inflate import MARGIN, ROWS
from gesso.engines.sketch.mesh.polygons import Floats
from gesso.engines.sketch.mesh.views import View

THICK = 0.8
"""Thickness of a thing known from one side, against that of a ball of its outline."""

RELIEF = 0.035
"""Heights by which light and dark of the picture raise and lower the front of a thing known from one side."""

ROUND = 0.0002
"""Squared heights: rounds the edges of tops and bottoms."""

POWER = {2: 1.05, 3: 6.0, 4: 6.0}
"""Sections by the number of directions: 1 would be an ellipse, larger is boxier."""

BOXY = 1.3
"""What is added from two directions where one is twice as wide as the other: pots are round, cars are long."""

ALIKE = 0.3
"""Octaves by which widths may differ and still count as one."""

LEVEL = {2: 1.0, 3: 1.0, 4: 1.05}
"""What the powers add up to on the outline, about."""


@dataclass(frozen=True, slots=True)
class Direction:
    """Silhouettes seen along one line: `map` (rows, columns) as `inflate.silhouette` lays it out."""

    yaw: float
    map: Plane


@dataclass(frozen=True, slots=True)
class Body:
    """A thing of height 1 standing on y = 0."""

    directions: tuple[Direction, ...]
    symmetric: bool
    relief: Plane | None = None

    def field(self, step: float, reach: Floats) -> tuple[Floats, Floats]:
        """Samples `step` apart within +-`reach` (x, z): (nx, ny, nz) and the place of the first one.

        Samples lie at odd halves of a step, so that none is in the plane of symmetry.
        """
        across = [_halves(float(reach[i]) + 2 * step, step) for i in range(2)]
        heights = (np.arange(-2, np.ceil(1 / step) + 2) + 0.5) * step
        values = self._single(across, heights) if len(self.directions) == 1 else self._several(across, heights)
        if self.symmetric:
            values = (values + values[::-1]) / 2
        return values, np.array([across[0][0], heights[0], across[1][0]])

    def _single(self, across: Sequence[Floats], heights: Floats) -> Floats:
        u = sampled(self.directions[0].map, across[0][:, None], heights[None, :]) * np.float32(THICK**2)
        depth = across[1].astype(np.float32)
        if self.relief is None:
            return u[:, :, None] - (depth * depth)[None, None, :]
        raised = sampled(self.relief, across[0][:, None], heights[None, :])
        thick = np.sqrt(np.maximum(u, 0))
        # Where the thing is thin its front has no room for relief.
        front = np.where(u > 0, np.maximum(thick + raised * np.minimum(1, thick * 12), thick * 0.6) ** 2, u)
        return np.where(depth > 0, front[:, :, None], u[:, :, None]) - (depth * depth)[None, None, :]

    def _several(self, across: Sequence[Floats], heights: Floats) -> Floats:
        x, z = np.meshgrid(*across, indexing="ij")
        level, power = LEVEL[len(self.directions)], self._power()
        total = np.zeros((len(across[0]), len(heights), len(across[1])), np.float32)
        for direction in self.directions:
            axis = turntable.right(direction.yaw)
            along = (x * axis[0] + z * axis[2]).astype(np.float32)
            for j, height in enumerate(heights):
                share = sampled(direction.map, along, np.full_like(along, height))
                total[:, j] += np.power(np.maximum(1 - share, 0), power)
        return np.float32(level) - total

    def _power(self) -> float:
        base = POWER[len(self.directions)]
        if len(self.directions) != 2:
            return base
        one, other = ((direction.map > 0).sum(axis=1) for direction in self.directions)
        rows = (one > 0) & (other > 0)
        # A low quantile: a handle makes some rows of a pot wide.
        unlike = float(np.quantile(np.abs(np.log2(one[rows] / other[rows])), 0.3)) if rows.any() else 0.0
        return base + BOXY * float(np.clip((unlike - ALIKE) / (1 - ALIKE), 0, 1))


def body(views: Sequence[View], yaws: Sequence[float], *, symmetric: bool) -> Body:
    """The body of views taken at these angles."""
    groups: dict[float, list[Plane]] = {}
    width = max(view.width for view in views) + 0.02
    for view, yaw in zip(views, yaws, strict=True):
        mask = inflate.silhouette(view, width)
        # Seen from behind an outline is mirrored.
        groups.setdefault(round(yaw % 180, 3), []).append(mask if yaw < 180 else mask[:, ::-1])
    alone = len(groups) == 1
    outlines = {yaw: np.mean(masks, axis=0) + np.float32(0.01) for yaw, masks in groups.items()}
    membranes = {yaw: inflate.membrane(outline, ends_fixed=alone) for yaw, outline in outlines.items()}
    if alone:
        yaw, flat = next(iter(membranes.items()))
        return Body((Direction(yaw, flat),), symmetric, _relief(views[0], width))
    return Body(tuple(Direction(yaw, _relative(flat)) for yaw, flat in membranes.items()), symmetric)


def _relative(u: Plane) -> Plane:
    """A membrane's height against the highest of its row."""
    highest = np.maximum(u.max(axis=1, keepdims=True), 0)
    # Rows are smoothed against each other, else the grid's steps show as rings; rows without the thing do not count.
    share = np.maximum(_along((highest > 0).astype(np.float32)), 1e-3)
    highest = np.where(highest > 0, _along(highest) / share, 0)
    return u / (highest + np.float32(ROUND))


def _along(column: Plane) -> Plane:
    return np.asarray(cv2.GaussianBlur(column, (1, 0), sigmaX=0.1, sigmaY=2.0), np.float32).reshape(-1, 1)


def _relief(view: View, width: float) -> Plane:
    """Light and dark of the picture, without what is finer or coarser than form usually is."""
    light = cv2.cvtColor(view.rgb, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    flat = inflate.silhouette(View(view.rgb, light, view.middle, view.base, view.scale, view.how), width)
    band = cv2.GaussianBlur(flat, (0, 0), ROWS * 0.012) - cv2.GaussianBlur(flat, (0, 0), ROWS * 0.06)
    return np.asarray(np.tanh(band * 4) * RELIEF, np.float32)


def sampled(plane: Plane, x: Floats, y: Floats) -> Floats:
    """Values of a plane (laid out as `inflate.silhouette`) at places of space; beyond its rim as at the rim."""
    x, y = np.broadcast_arrays(x, y)
    columns = np.asarray(x * ROWS + plane.shape[1] / 2 - 0.5, np.float32)
    rows = np.asarray((1 - y) * ROWS + MARGIN - 0.5, np.float32)
    return cv2.remap(plane, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _halves(reach: float, step: float) -> Floats:
    count = int(np.ceil(reach / step))
    return (np.arange(-count, count) + 0.5) * step
