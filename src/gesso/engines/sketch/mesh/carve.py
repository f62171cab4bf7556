"""From a body to a mesh of the wanted kind and number of faces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gesso.engines.sketch.mesh import decimate, nets, polygons
from gesso.engines.sketch.mesh.hull import Body
from gesso.engines.sketch.mesh.inflate import ROWS
from gesso.engines.sketch.mesh.polygons import Floats, Mesh

COARSE = 1 / 40
"""Step of the first look, which finds the extent and the area."""

RAW_TRIANGLES = 40_000
"""About how many triangles a mesh has that is not laid out anew."""

FINER = 1.3
"""How many times the wanted triangles are carved before they are reduced."""

LEAST_CARVED = 20_000
"""Triangles that are carved at least: a coarse grid would lose what is thin."""

MOST_SAMPLES = 28_000_000
"""Samples of the finest grid."""

CLOSE = 0.02
"""How near the number of quads shall come to the wanted one."""

SMOOTH = 3
"""Rounds of smoothing."""

PART = 0.01
"""Share of the largest part's faces from which another part is kept."""


class NothingLeftError(ValueError):
    """The views contradict each other: no place is inside all their outlines."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the body is, and how many quads go round it per squared step."""

    reach: Floats
    quads: float

    def step(self, quads: float) -> float:
        """The step at which there are about so many quads."""
        finest = (4 * float(np.prod(self.reach)) / MOST_SAMPLES) ** (1 / 3)
        return max(float(np.sqrt(self.quads / quads)), finest)


def raw(body: Body) -> Mesh:
    """Triangles as they come."""
    mesh = _surface(body, frame := _frame(body), frame.step(RAW_TRIANGLES / 2))
    return Mesh(mesh.points, mesh.triangles)


def triangles(body: Body, count: int) -> Mesh:
    """A closed mesh of `count` triangles, as far as the shape allows; mirrored exactly where the body is."""
    frame = _frame(body)
    fine = _surface(body, frame, frame.step(max(FINER * count, LEAST_CARVED) / 2))
    if not body.symmetric:
        return decimate.decimated(Mesh(fine.points, fine.triangles), count)
    half = _half(fine)
    return polygons.mirrored(decimate.decimated(Mesh(half.points, half.triangles), count // 2))


def quads(body: Body, count: int) -> Mesh:
    """A closed mesh of about `count` quads."""
    frame = _frame(body)
    step, best = frame.step(count), None
    for _ in range(12):
        mesh = _surface(body, frame, step)
        got = len(mesh.faces)
        if got and (best is None or abs(got - count) < abs(len(best.faces) - count)):
            best = mesh
        if got and abs(got - count) <= CLOSE * count:
            break
        step *= float(np.clip(np.sqrt(max(got, 1) / count), 0.6, 1.6))
    if best is None or abs(len(best.faces) - count) > CLOSE * count:
        best = _searched(body, frame, count, best)
    return _half_mirrored(best) if body.symmetric else best


def _searched(body: Body, frame: _Frame, count: int, best: Mesh | None) -> Mesh:
    """Of many steps the one with the nearest number: on coarse grids it jumps."""
    around = frame.step(count)
    for share in np.linspace(0.55, 1.35, 61 if count < 3000 else 25):
        mesh = _surface(body, frame, around * float(share))
        if len(mesh.faces) and (best is None or abs(len(mesh.faces) - count) < abs(len(best.faces) - count)):
            best = mesh
    return best if best is not None else raw(body)


def _frame(body: Body) -> _Frame:
    widest = max(direction.map.shape[1] for direction in body.directions) / ROWS / 2 * 1.25
    whole = _Frame(np.array([widest, widest]), 0)
    for step in (COARSE, COARSE / 2, COARSE / 3):
        mesh = _surface(body, whole, step)
        if len(mesh.faces):
            break
    if len(mesh.faces) == 0:
        raise NothingLeftError
    reach = np.abs(mesh.points[:, [0, 2]]).max(axis=0) + COARSE
    return _Frame(reach, len(mesh.faces) * step**2)


def _surface(body: Body, frame: _Frame, step: float) -> Mesh:
    field, origin = body.field(step, frame.reach)
    mesh = nets.surface(field, origin, step)
    if len(mesh.faces) == 0:
        return mesh
    mesh = _main_parts(mesh)
    return polygons.smoothed(mesh, SMOOTH)


def _main_parts(mesh: Mesh) -> Mesh:
    label = polygons.parts(mesh.faces, len(mesh.points))[mesh.faces[:, 0]]
    sizes = np.bincount(label)
    if np.count_nonzero(sizes) == 1:
        return mesh
    return polygons.compact(Mesh(mesh.points, mesh.faces[sizes[label] >= PART * sizes.max()]))


def _half(mesh: Mesh) -> Mesh:
    """The part with x >= 0. No face of a mirrored surface crosses the plane: its points lie in it or beside it."""
    points = np.where(np.abs(mesh.points) < [1e-9, -1, -1], 0.0, mesh.points)
    return polygons.compact(Mesh(points, mesh.faces[(points[mesh.faces][..., 0] >= 0).all(axis=1)]))


def _half_mirrored(mesh: Mesh) -> Mesh:
    return polygons.mirrored(_half(mesh))
