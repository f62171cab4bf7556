"""Bodies made of simple solids, and pictures of them: views whose truth is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.mesh import nets, polygons, raster, thumbnail
from gesso.engines.sketch.mesh.polygons import Mesh

Array = npt.NDArray[Any]
Solid = Callable[[Array, Array, Array], Array]
"""Distance inside (positive) at x, y, z; y runs from 0 to 1."""


def ball(x: float, y: float, z: float, r: float) -> Solid:
    return lambda a, b, c: r - np.sqrt((a - x) ** 2 + (b - y) ** 2 + (c - z) ** 2)


def box(low: tuple[float, float, float], high: tuple[float, float, float]) -> Solid:
    middle, half = (np.array(low) + high) / 2, (np.array(high) - low) / 2

    def inside(a: Array, b: Array, c: Array) -> Array:
        out = half[0] - np.abs(a - middle[0])
        out = np.minimum(out, half[1] - np.abs(b - middle[1]))
        return np.minimum(out, half[2] - np.abs(c - middle[2]))

    return inside


def upright(x: float, z: float, r: float, low: float, high: float) -> Solid:
    """A cylinder."""

    def inside(a: Array, b: Array, c: Array) -> Array:
        return np.minimum(r - np.hypot(a - x, c - z), np.minimum(b - low, high - b))

    return inside


def ring(x: float, y: float, z: float, r: float, thick: float) -> Solid:
    """A torus around an axis along z."""
    return lambda a, b, c: thick - np.hypot(np.hypot(a - x, b - y) - r, c - z)


def together(*solids: Solid) -> Solid:
    return lambda a, b, c: np.max([solid(a, b, c) for solid in solids], axis=0)


def without(one: Solid, *others: Solid) -> Solid:
    return lambda a, b, c: np.min([one(a, b, c), *(-other(a, b, c) for other in others)], axis=0)


THINGS: Mapping[str, Solid] = {
    "ball": ball(0, 0.5, 0, 0.5),
    "mug": together(
        without(upright(-0.08, 0, 0.36, 0, 1), upright(-0.08, 0, 0.3, 0.1, 1.2)),
        without(ring(0.3, 0.52, 0, 0.22, 0.06), upright(-0.08, 0, 0.33, 0, 1)),
    ),
    "chair": together(
        box((-0.28, 0.42, -0.28), (0.28, 0.5, 0.28)),
        box((-0.28, 0.5, -0.28), (0.28, 1.0, -0.21)),
        *(box((x - 0.04, 0, z - 0.04), (x + 0.04, 0.45, z + 0.04)) for x in (-0.23, 0.23) for z in (-0.23, 0.23)),
    ),
    "car": together(
        box((-0.42, 0.22, -1.1), (0.42, 0.62, 1.1)),
        box((-0.38, 0.6, -0.65), (0.38, 1.0, 0.4)),
        *(ball(x, 0.2, z, 0.2) for x in (-0.33, 0.33) for z in (-0.68, 0.68)),
    ),
    "figure": together(
        ball(0, 0.86, 0, 0.14),
        upright(0, 0, 0.15, 0.36, 0.74),
        *(upright(x, 0, 0.07, 0, 0.4) for x in (-0.085, 0.085)),
        *(box((min(x, 0), 0.62, -0.05), (max(x, 0), 0.72, 0.05)) for x in (-0.42, 0.42)),
    ),
    "standing": together(
        ball(0, 0.86, 0, 0.14),
        upright(0, 0, 0.15, 0.36, 0.74),
        *(upright(x, 0, 0.07, 0, 0.4) for x in (-0.085, 0.085)),
        *(upright(x, 0, 0.05, 0.3, 0.72) for x in (-0.26, 0.26)),
        box((-0.3, 0.66, -0.05), (0.3, 0.74, 0.05)),
    ),
}


@cache
def made(name: str, cells: int = 40) -> Mesh:
    """A thing's true surface, in the middle of its box."""
    step = 1 / cells
    across = (np.arange(-round(1.3 * cells), round(1.3 * cells)) + 0.5) * step
    heights = (np.arange(-2, cells + 2) + 0.5) * step
    x, y, z = np.meshgrid(across, heights, across, indexing="ij", sparse=True)
    field = THINGS[name](x, y, z).astype(np.float32)
    mesh = polygons.smoothed(nets.surface(field, np.array([across[0], heights[0], across[0]]), step), 2)
    middle = (mesh.points.min(axis=0) + mesh.points.max(axis=0)) / 2 * [1, 0, 1]
    return Mesh(mesh.points - middle, mesh.faces)


def painted(points: Array) -> Array:
    """Colours 0..255 by place: red to the right, green upward, blue to the front."""
    return np.clip(
        np.stack([120 + points[:, 0] * 220, 40 + points[:, 1] * 180, 120 + points[:, 2] * 180], axis=1), 0, 255
    )


def picture(mesh: Mesh, yaw: float, side: int = 320, height: int = 0, *, alpha: bool = True) -> npt.NDArray[np.uint8]:
    """A parallel view from `yaw` degrees: (side, side, 4), or on white without `alpha`."""
    seen = mesh.points @ thumbnail.turned(yaw, 0).T
    wide = float(np.ptp(seen[:, 0]))
    scale = (height or side * 0.86) / max(1.0, wide if not height else 0)
    at = np.stack([side / 2 + seen[:, 0] * scale, side / 2 + (0.5 - seen[:, 1]) * scale, seen[:, 2]], axis=1)
    buffer = raster.front(at, mesh.triangles, side, side)
    colours = raster.mixed(buffer, painted(mesh.points), mesh.triangles)
    inside = buffer.triangle >= 0
    rgb = np.where(inside[..., None], np.rint(colours), 255).astype(np.uint8)
    return np.dstack([rgb, inside.astype(np.uint8) * 255]) if alpha else rgb


@cache
def shown(name: str, yaw: float, side: int, *, alpha: bool = True) -> npt.NDArray[np.uint8]:
    """A thing's picture from `yaw` degrees; drawn once, so not to be written into."""
    pixels = picture(made(name), yaw, side, alpha=alpha)
    pixels.flags.writeable = False
    return pixels
