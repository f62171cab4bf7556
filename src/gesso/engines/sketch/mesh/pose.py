"""A figure's arms raised as a pose asks, where they hang free of the body in the front view.

An arm is what stands beside the middle of the figure with a gap between. It is turned about the place where the gap
closes; places near there turn less, so that the shoulder bends and does not break.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.edit.canvas import Plane
from gesso.engines.sketch.mesh import inflate, polygons
from gesso.engines.sketch.mesh.inflate import MARGIN, ROWS
from gesso.engines.sketch.mesh.polygons import Floats, Mesh
from gesso.engines.sketch.mesh.views import View

LEAST_LENGTH = 0.14
"""Heights that an arm is long at least."""

BELOW: Mapping[str, float] = {"t-pose": 0.0, "a-pose": np.pi / 4}
"""Angle of the arms below the level of the shoulders in each pose."""

WAIST, NECK = 0.25, 0.9
"""Heights between which arms leave the body."""

SMOOTH = 5
"""Rounds of smoothing of a bent joint."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Arm:
    """`mask` on the grid of `inflate.silhouette`; `shoulder` and `hand` are places (x, y)."""

    mask: Mask
    shoulder: Floats
    hand: Floats

    @property
    def thick(self) -> float:
        """About how thick it is."""
        return float(self.mask.sum()) / ROWS**2 / max(float(np.linalg.norm(self.hand - self.shoulder)), 1e-6)


def raised(mesh: Mesh, front: View, wanted: str, *, symmetric: bool) -> tuple[Mesh, int]:
    """The mesh with its arms as a pose of `BELOW` has them, and how many arms that were."""
    solid = inflate.silhouette(front, front.width + 0.02) > 0.5
    if symmetric:
        solid = solid | solid[:, ::-1]
    arms = [arm for side in (1, -1) if (arm := _arm(solid, side)) is not None]
    points = mesh.points.copy()
    bent = np.zeros(len(points))
    for arm in arms:
        bent = np.maximum(bent, _turn(points, mesh.points, arm, BELOW[wanted]))
    return _rounded(Mesh(points, mesh.faces), bent), len(arms)


def _rounded(mesh: Mesh, bent: Floats) -> Mesh:
    """The mesh with its creases smoothed where it was bent (0..1 by point)."""
    if not bent.any():
        return mesh
    smooth = polygons.smoothed(mesh, SMOOTH, push=0.0).points
    return Mesh(mesh.points + (smooth - mesh.points) * bent[:, None], mesh.faces)


def _arm(solid: Mask, side: int) -> Arm | None:
    """The arm on the right (1) or left (-1) of the picture."""
    seen = solid if side > 0 else solid[:, ::-1]
    seed = _beside(seen)
    if not seed.any():
        return None
    count, found, stats, _ = cv2.connectedComponentsWithStats(seed.astype(np.uint8), connectivity=8)
    labels = np.asarray(found, np.int64)
    tallest = 1 + int(stats[1:, cv2.CC_STAT_HEIGHT].argmax()) if count > 1 else 0
    mask = _downwards(seen, labels == tallest)
    rows = np.flatnonzero(mask.any(axis=1))
    inner = int(np.flatnonzero(mask[rows[0]])[0])
    if not seen[rows[0] - 1, seen.shape[1] // 2 : inner + 1].all():  # joined below, not above: an ear, an aerial
        return None
    middles = np.array([np.flatnonzero(mask[row]).mean() for row in rows])
    if seen[rows[-1] + 1, mask[rows[-1]]].any():  # it ends in the body: a handle, an arm akimbo
        return None
    across = float(np.mean(mask[rows[: max(1, len(rows) // 3)]].sum(axis=1)))
    shoulder = _place(middles[0] - 0.25 * across, rows[0] - 0.5 * across, solid.shape[1])
    hand = _place(middles[-1], rows[-1], solid.shape[1])
    if float(np.linalg.norm(hand - shoulder)) < LEAST_LENGTH or hand[1] > shoulder[1]:
        return None
    flip = np.array([side, 1])
    return Arm(mask if side > 0 else mask[:, ::-1], shoulder * flip, hand * flip)


def _beside(seen: Mask) -> Mask:
    """What stands to the right of the run of pixels that is in the middle, in rows where there is such a run."""
    out = np.zeros_like(seen)
    middle = seen.shape[1] // 2
    for row in range(MARGIN + round((1 - NECK) * ROWS), MARGIN + round((1 - WAIST) * ROWS)):
        if not seen[row, middle]:
            continue
        gaps = np.flatnonzero(~seen[row, middle:])
        out[row, middle + gaps[0] :] = seen[row, middle + gaps[0] :]
    return out


def _downwards(seen: Mask, arm: Mask) -> Mask:
    """The arm with what hangs from it in the rows below, e.g. a hand beside the legs."""
    out = arm.copy()
    last = int(np.flatnonzero(arm.any(axis=1))[-1])
    run = out[last]
    for row in range(last + 1, len(seen)):
        labels = np.asarray(cv2.connectedComponents(seen[row : row + 1].astype(np.uint8))[1][0], np.int64)
        touched = np.unique(labels[run & (labels > 0)])
        run = np.isin(labels, touched) if len(touched) else np.zeros_like(run)
        if not run.any() or run.sum() > 2.2 * max(1, out[row - 1].sum()):
            break
        out[row] = run
    return out


def _place(column: float, row: float, columns: int) -> Floats:
    return np.array([(column + 0.5 - columns / 2) / ROWS, 1 - (row + 0.5 - MARGIN) / ROWS])


def _turn(points: Floats, original: Floats, arm: Arm, below: float) -> Floats:
    """Turn the arm's points in place until it is so far below level; how much each lies in the joint, 0..1."""
    reach = max(3, round(arm.thick * ROWS * 0.35)) | 1
    near: Plane = cv2.GaussianBlur(
        cv2.dilate(arm.mask.astype(np.float32), np.ones((3, 3), np.uint8)), (reach, reach), 0
    )
    columns = np.clip(original[:, 0] * ROWS + near.shape[1] / 2, 0, near.shape[1] - 1).astype(np.int64)
    rows = np.clip((1 - original[:, 1]) * ROWS + MARGIN, 0, near.shape[0] - 1).astype(np.int64)
    belongs = near[rows, columns]
    from_shoulder = original[:, :2] - arm.shoulder
    along = arm.hand - arm.shoulder
    length = float(np.linalg.norm(along))
    share = np.clip((from_shoulder @ along) / length / (1.2 * arm.thick), 0, 1)
    weight = np.clip(belongs * 1.6, 0, 1) * share * share * (3 - 2 * share)
    out = 1.0 if arm.shoulder[0] >= 0 else -1.0
    angle = -(below + float(np.arctan2(along[1], along[0] * out))) * out * weight
    turned = np.stack(
        [
            from_shoulder[:, 0] * np.cos(angle) - from_shoulder[:, 1] * np.sin(angle),
            from_shoulder[:, 0] * np.sin(angle) + from_shoulder[:, 1] * np.cos(angle),
        ],
        axis=1,
    )
    moved = weight > 0
    points[moved, :2] = arm.shoulder + turned[moved]
    apart = np.linalg.norm(from_shoulder - 0.6 * arm.thick * along / length, axis=1) / (1.6 * arm.thick)
    return np.clip(1.5 - 1.5 * apart, 0, 1)
