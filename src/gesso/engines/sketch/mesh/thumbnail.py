"""A picture of the mesh: a key light from the upper left, a soft sky, a shadow on the ground, a pale backdrop."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gesso.engines.sketch.edit.canvas import Pixels
from gesso.engines.sketch.mesh import polygons, raster
from gesso.engines.sketch.mesh.atlas import Atlas
from gesso.engines.sketch.mesh.bake import looked_up
from gesso.engines.sketch.mesh.polygons import Floats, Mesh

SIDE = 768
FINE = 2
"""Samples a side of each pixel."""

YAW, PITCH = 28.0, 16.0
"""From where the thing is seen, degrees."""

FILLS = 0.74
"""Share of the picture's side that the thing takes."""

KEY = np.array([-0.45, 0.75, 0.55]) / np.linalg.norm([-0.45, 0.75, 0.55])
SKY, GROUND = np.array([0.70, 0.73, 0.78]), np.array([0.50, 0.46, 0.43])
SUN = np.array([0.50, 0.47, 0.42])
CLAY = np.array([178.0, 174.0, 168.0])
"""Colour of a mesh that is not painted."""

BACKDROP = np.array([[244.0, 243.0, 240.0], [214.0, 212.0, 208.0]])


@dataclass(frozen=True, slots=True)
class Paint:
    """What the surface looks like: its texture, and how smooth (0..1) it is."""

    atlas: Atlas
    colours: Pixels
    gloss: float = 0.25


def turned(yaw: float, pitch: float) -> Floats:
    """The rotation to a camera that looks from `yaw` to the right and `pitch` above, degrees."""
    a, b = np.radians([yaw, pitch])
    around = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
    over = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    return over @ around


@dataclass(frozen=True, slots=True)
class _Camera:
    """A parallel projection onto a square."""

    turn: Floats
    middle: Floats
    scale: float
    wide: int

    def project(self, points: Floats, wide: int | None = None) -> Floats:
        """Pixels, y down, and nearness (n, 3), on a square of `wide` pixels."""
        share = (wide or self.wide) / self.wide
        seen = points @ self.turn.T
        x = self.wide / 2 + (seen[:, 0] - self.middle[0]) * self.scale
        y = self.wide * 0.49 - (seen[:, 1] - self.middle[1]) * self.scale
        return np.stack([x * share, y * share, seen[:, 2]], axis=1)


def _camera(mesh: Mesh, wide: int, yaw: float, pitch: float) -> _Camera:
    turn = turned(yaw, pitch)
    spin = turn @ mesh.points.T
    low, high = spin.min(axis=1), spin.max(axis=1)
    scale = FILLS * wide / float(max(high[0] - low[0], high[1] - low[1]))
    return _Camera(turn, (low + high) / 2, scale, wide)


def render(mesh: Mesh, paint: Paint | None, side: int = SIDE, yaw: float = YAW, pitch: float = PITCH) -> Pixels:
    """(side, side, 3) uint8."""
    wide = side * FINE
    camera = _camera(mesh, wide, yaw, pitch)
    buffer = raster.front(camera.project(mesh.points), mesh.triangles, wide, wide)
    ground = _backdrop(side // 2) * (1 - 0.62 * _shadow(mesh, camera, side // 2))[..., None]
    picture = cv2.resize(ground.astype(np.float32), (wide, wide), interpolation=cv2.INTER_CUBIC)
    seen = buffer.triangle >= 0
    normal = raster.mixed(buffer, polygons.point_normals(mesh), mesh.triangles)[seen]
    shade = _lit(normal, _colours(buffer, mesh, paint), camera.turn[2], paint.gloss if paint else 0.15)
    picture[seen] = shade * (1 - 0.5 * _crevices(buffer, camera.scale))[seen][:, None]
    small = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
    return np.rint(np.clip(small, 0, 255)).astype(np.uint8)


def _colours(buffer: raster.Buffer, mesh: Mesh, paint: Paint | None) -> Floats:
    seen = buffer.triangle >= 0
    if paint is None:
        return np.broadcast_to(CLAY, (int(seen.sum()), 3))
    uv = raster.mixed(buffer, paint.atlas.uv, paint.atlas.triangles)[seen]
    return looked_up(paint.colours, uv[:, 0], uv[:, 1])


def _lit(normal: Floats, colour: Floats, eye: Floats, gloss: float) -> Floats:
    """Colours (k, 3) 0..255 under the lights."""
    unit = normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    up = (unit[:, 1:2] + 1) / 2
    light = SKY * up + GROUND * (1 - up) + SUN * np.clip(unit @ KEY, 0, None)[:, None]
    half = KEY + eye
    half = half / np.linalg.norm(half)
    shine = np.clip(unit @ half, 0, None) ** (8 + 60 * gloss) * gloss * 110
    rim = (1 - np.clip(unit @ eye, 0, 1)) ** 4 * 26
    return colour * light + (shine + rim)[:, None]


def _crevices(buffer: raster.Buffer, scale: float) -> Floats:
    """How far each pixel lies behind what is around it, 0..1: corners are darker."""
    wide = buffer.depth.shape[0]
    inside = np.isfinite(buffer.depth)
    floor = float(buffer.depth[inside].min()) if inside.any() else 0.0
    coarse = wide // 4
    flat = np.where(inside, buffer.depth, floor).astype(np.float32)
    small = cv2.resize(flat, (coarse, coarse), interpolation=cv2.INTER_NEAREST)
    share = cv2.resize(inside.astype(np.float32), (coarse, coarse), interpolation=cv2.INTER_NEAREST)
    total = np.zeros_like(small)
    for reach in (0.02, 0.05):
        sigma = max(0.8, reach * scale / 4)
        blurred = cv2.GaussianBlur(share, (0, 0), sigma)
        around = cv2.GaussianBlur(small * share, (0, 0), sigma) / np.maximum(blurred, 0.05)
        total += np.clip((around - small) / (reach * 2.5), 0, 1)
    return cv2.resize(total / 2, (wide, wide), interpolation=cv2.INTER_LINEAR)


def _shadow(mesh: Mesh, camera: _Camera, wide: int) -> Floats:
    """How dark the ground is at each pixel, 0..1: what the thing keeps of the light from above, softer further off."""
    base = float(mesh.points[:, 1].min())
    height = mesh.points[:, 1] - base
    out = np.zeros((wide, wide), np.float32)
    for slant, sigma, share in ((0.12, 0.006, 0.35), (0.35, 0.022, 0.35), (0.55, 0.05, 0.45)):
        down = mesh.points.copy()
        down[:, 0] -= KEY[0] * height * slant
        down[:, 2] -= KEY[2] * height * slant
        down[:, 1] = base
        near = height < 0.25 if slant < 0.2 else np.ones(len(height), np.bool_)
        mask = np.zeros(wide * wide, np.float32)
        for some in raster.fragments(
            camera.project(down, wide), mesh.triangles[near[mesh.triangles].all(axis=1)], wide, wide
        ):
            mask[some.pixel] = 1
        out += share * cv2.GaussianBlur(mask.reshape(wide, wide), (0, 0), sigma * wide)
    return np.clip(out, 0, 1)


def _backdrop(wide: int) -> Floats:
    down = np.linspace(0, 1, wide)[:, None, None] ** 1.5
    across = (np.linspace(-1, 1, wide)[None, :, None] ** 2) * 0.12
    share = np.clip(down * 0.9 + across, 0, 1)
    return BACKDROP[0] * (1 - share) + BACKDROP[1] * share
