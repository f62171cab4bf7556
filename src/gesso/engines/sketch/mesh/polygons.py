"""A polygon mesh as arrays, and what can be asked of it.

Axes are glTF's: x to the viewer's right, y up, z towards the viewer of the front picture. Faces wind anticlockwise seen
from outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[Any]
"""float32 or float64 values."""
Ints = npt.NDArray[Any]
"""int32 or int64 indices."""


@dataclass(frozen=True, slots=True)
class Mesh:
    """`points` (n, 3) and `faces` (m, 3 or 4), indices into them."""

    points: Floats
    faces: Ints

    @property
    def triangles(self) -> Ints:
        """The faces as triangles (t, 3); of a quad, two in a row that begin at the same corner."""
        return split(self.faces)


def split(faces: Ints) -> Ints:
    """Faces as triangles: (m, 4) -> (2m, 3)."""
    if faces.shape[1] == 3:
        return faces
    return faces[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3)


def edges(faces: Ints) -> tuple[Ints, Ints]:
    """Every edge once as (e, 2) with the smaller index first, and how many faces it has."""
    count = int(faces.max()) + 1 if len(faces) else 1
    ends = np.stack([faces.ravel(), np.roll(faces, -1, axis=1).ravel()]).astype(np.int64)
    keys, uses = np.unique(ends.min(axis=0) * count + ends.max(axis=0), return_counts=True)
    return np.stack([keys // count, keys % count], axis=1), uses


def watertight(mesh: Mesh) -> bool:
    """Whether every edge has exactly two faces that pass it in opposite directions."""
    start, end = mesh.faces.ravel().astype(np.int64), np.roll(mesh.faces, -1, axis=1).ravel().astype(np.int64)
    count = len(mesh.points)
    forth, back = np.sort(start * count + end), np.sort(end * count + start)
    return len(forth) > 0 and bool((forth == back).all()) and bool((np.diff(forth) > 0).all())


def face_normals(mesh: Mesh) -> Floats:
    """Unit normal of each face (m, 3); 0 for a face without area."""
    corners = mesh.points[mesh.faces]
    if mesh.faces.shape[1] == 4:
        normal = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    else:
        normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-20)


def areas(mesh: Mesh) -> Floats:
    """Area of each face."""
    corners = mesh.points[mesh.triangles]
    parts = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2
    return parts.reshape(len(mesh.faces), -1).sum(axis=1)


def point_normals(mesh: Mesh) -> Floats:
    """Unit normal of each point: its triangles' normals weighted by their area."""
    triangles = mesh.triangles
    corners = mesh.points[triangles]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    out = summed(triangles.ravel(), np.repeat(normal, 3, axis=0), len(mesh.points))
    return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-20)


def summed(index: Ints, values: Floats, count: int) -> Floats:
    """Rows of `values` added up by `index`: (count, columns)."""
    return np.stack([np.bincount(index, column, minlength=count) for column in values.T], axis=1)


def smoothed(mesh: Mesh, rounds: int, pull: float = 0.5, push: float = -0.52) -> Mesh:
    """Taubin's smoothing: each round pulls points to their neighbours' mean and pushes back, so nothing shrinks."""
    pairs, _ = edges(mesh.faces)
    both = np.concatenate([pairs, pairs[:, ::-1]])
    count = len(mesh.points)
    valence = np.maximum(np.bincount(both[:, 0], minlength=count), 1)[:, None]
    points = mesh.points.astype(np.float64)
    for share in (pull, push) * rounds:
        points = points + share * (summed(both[:, 0], points[both[:, 1]], count) / valence - points)
    return Mesh(points, mesh.faces)


def parts(faces: Ints, count: int) -> Ints:
    """The number of the connected part that each of `count` points is in (the least of its points)."""
    pairs, _ = edges(faces)
    return joined(pairs, count)


def joined(pairs: Ints, count: int) -> Ints:
    """For each of `count` things linked in pairs, the least number that it is linked with, over any way."""
    label = np.arange(count)
    while True:
        low = np.minimum(label[pairs[:, 0]], label[pairs[:, 1]])
        before = label.copy()
        np.minimum.at(label, label[pairs[:, 0]], low)
        np.minimum.at(label, label[pairs[:, 1]], low)
        np.minimum.at(label, pairs.ravel(), np.repeat(low, 2))
        label = label[label]
        if np.array_equal(before, label):
            return label


def compact(mesh: Mesh) -> Mesh:
    """Without points that no face uses."""
    used = np.zeros(len(mesh.points), np.bool_)
    used[mesh.faces] = True
    index = np.cumsum(used) - 1
    return Mesh(mesh.points[used], index[mesh.faces].astype(np.int32))


def mirrored(half: Mesh) -> Mesh:
    """A half (x >= 0, open where x is 0) and its mirror image, joined along the open edge."""
    pairs, uses = edges(half.faces)
    seam = np.zeros(len(half.points), np.bool_)
    seam[pairs[uses == 1]] = True
    points = half.points.copy()
    points[seam, 0] = 0
    other = np.arange(len(points))
    other[~seam] = len(points) + np.arange(int((~seam).sum()))
    return Mesh(
        np.concatenate([points, points[~seam] * [-1, 1, 1]]),
        np.concatenate([half.faces, other[half.faces][:, ::-1]]).astype(np.int32),
    )
