"""The texture: each texel takes the colours of the views that see its place, those that face it most counting most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from gesso.engines.sketch.edit.canvas import Pixels
from gesso.engines.sketch.mesh import polygons, raster, turntable
from gesso.engines.sketch.mesh.atlas import Atlas
from gesso.engines.sketch.mesh.polygons import Floats, Mesh
from gesso.engines.sketch.mesh.views import View

FACING = 4.0
"""Power of the cosine between a place and a view: how fast a view gives way to one that faces the place more."""

LEAST_FACING = 0.03
"""Cosine from which a view counts at all."""

BEHIND = 0.015
"""Heights by which a place may lie behind the nearest one and still be seen."""

DEPTH_ROWS = 384
"""Rows to a height of the depth pictures."""

FAINT = 0.004
"""Weight of the colour that has spread over the surface, where no view sees it well."""

SPREAD, SMOOTH = 400, 40
"""Rounds at most in which colours spread to points that no view sees, and that follow once all have one."""

ROW = 1024
"""Width that lists of places are folded to: OpenCV's pictures are at most 32767 high."""


@dataclass(frozen=True, slots=True)
class Camera:
    """A view in its place round the thing, and the depth of what it sees."""

    view: View
    yaw: float
    depth: Floats
    weight: float = 1.0


def cameras(mesh: Mesh, views: Sequence[View], yaws: Sequence[float], *, faced: bool) -> list[Camera]:
    """The views, and for each without one from behind a guess: the picture's mirror image, as of a car from its side.

    `faced` says that the first view shows a front, e.g. a face; its back then takes the large areas of colour alone.
    """
    placed = [(view, yaw, 1.0) for view, yaw in zip(views, yaws, strict=True)]
    for view, yaw in zip(views, yaws, strict=True):
        opposite = (yaw + 180) % 360
        if not any(abs((other - opposite + 180) % 360 - 180) < 50 for other in yaws):
            placed.append((_from_behind(view, plain=faced and yaw in (0.0, 180.0)), opposite, 0.6))
    return [Camera(view, yaw, _depth(mesh, yaw), weight) for view, yaw, weight in placed]


def _from_behind(view: View, *, plain: bool) -> View:
    rgb = _featureless(view) if plain else view.rgb
    return replace(
        view,
        rgb=np.ascontiguousarray(rgb[:, ::-1]),
        mask=np.ascontiguousarray(view.mask[:, ::-1]),
        middle=view.rgb.shape[1] - view.middle,
    )


def _featureless(view: View) -> Pixels:
    """The picture's large areas of colour alone."""
    height, width = view.rgb.shape[:2]
    rows, columns = np.nonzero(view.mask > 0.5)
    top, bottom, left, right = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
    cut = view.rgb[top:bottom, left:right]
    scale = 96 / max(cut.shape[:2])
    small = cv2.resize(cut, (max(3, round(cut.shape[1] * scale)), max(3, round(cut.shape[0] * scale))), interpolation=3)
    for size in (25, 25, 13):
        small = cv2.medianBlur(np.asarray(small, np.uint8), size)
    soft = cv2.resize(cv2.GaussianBlur(small, (0, 0), 2), (cut.shape[1], cut.shape[0]), interpolation=cv2.INTER_CUBIC)
    pads = ((top, height - bottom), (left, width - right), (0, 0))
    return np.pad(np.asarray(soft, np.uint8), pads, mode="edge")


def _depth(mesh: Mesh, yaw: float) -> Floats:
    """Depth (rows, columns) of the nearest surface, `DEPTH_ROWS` to a height, the middle column at x = 0."""
    extent = float(np.abs(mesh.points[:, [0, 2]]).max()) * 1.5 + 0.05
    columns, rows = 2 * round(extent * DEPTH_ROWS), DEPTH_ROWS + 32
    seen = np.stack(
        [
            mesh.points @ turntable.right(yaw) * DEPTH_ROWS + columns / 2,
            (1 - mesh.points[:, 1]) * DEPTH_ROWS + 16,
            mesh.points @ turntable.towards(yaw),
        ],
        axis=1,
    )
    return raster.front(seen, mesh.triangles, columns, rows).depth


def texture(mesh: Mesh, atlas: Atlas, seen_from: Sequence[Camera]) -> tuple[Pixels, Pixels]:
    """The atlas's colours (size, size, 3) uint8, drawn out over its gutters, and which texels (0 or 1) faces cover."""
    normals = polygons.point_normals(mesh)
    spread = _points(mesh, normals, seen_from).astype(np.float32)
    points, normals = mesh.points.astype(np.float32), normals.astype(np.float32)
    size = atlas.size
    out = np.zeros((size * size, 3), np.float32)
    covered = np.zeros(size * size, np.uint8)
    for some in raster.fragments(atlas.uv, atlas.triangles, size, size):
        corners = atlas.points[atlas.triangles[some.triangle]]
        place, normal, base = (raster.blended(values[corners], some.weights) for values in (points, normals, spread))
        total, weight = seen(place, normal, seen_from)
        out[some.pixel] = (total + base * FAINT) / (weight + FAINT)[:, None]
        covered[some.pixel] = 1
    picture = np.rint(np.clip(out, 0, 255)).astype(np.uint8).reshape(size, size, 3)
    inside = covered.reshape(size, size)
    return filled(picture, inside), inside


def filled(picture: Pixels, covered: Pixels) -> Pixels:
    """The picture with what is not covered in the colour of the nearest texel that is."""
    _, found = cv2.distanceTransformWithLabels(1 - covered, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL)
    labels = np.asarray(found, np.int64)
    colours = np.zeros((int(labels.max()) + 1, picture.shape[2]), np.uint8)
    colours[labels[covered > 0]] = picture[covered > 0]
    return colours[labels]


def seen(place: Floats, normal: Floats, seen_from: Sequence[Camera]) -> tuple[Floats, Floats]:
    """The views' colours of places (k, 3), summed by weight, and the weights' sum."""
    total, weights = np.zeros((len(place), 3), np.float32), np.zeros(len(place), np.float32)
    place = place.astype(np.float32)
    unit = normal.astype(np.float32) / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    for camera in seen_from:
        facing = unit @ turntable.towards(camera.yaw).astype(np.float32)
        ahead = np.flatnonzero(facing > LEAST_FACING)
        if len(ahead) == 0:
            continue
        colour, weight = _seen_by(camera, place[ahead], facing[ahead])
        total[ahead] += colour * weight[:, None]
        weights[ahead] += weight
    return total, weights


def _seen_by(camera: Camera, place: Floats, facing: Floats) -> tuple[Floats, Floats]:
    """One view's colours of places that face it by so much, and their weights: 0 where something is before them."""
    x = place @ turntable.right(camera.yaw).astype(np.float32)
    depth = place @ turntable.towards(camera.yaw).astype(np.float32)
    rows, columns = camera.depth.shape
    row = np.clip(((1 - place[:, 1]) * DEPTH_ROWS + 16).astype(np.int32), 0, rows - 1)
    column = np.clip((x * DEPTH_ROWS + columns / 2).astype(np.int32), 0, columns - 1)
    # What turns away is seen at a slant: its depth changes much within a pixel.
    slack = BEHIND + 0.008 / np.maximum(facing, 0.1)
    open_ = depth >= camera.depth[row, column] - slack
    view = camera.view
    colour = looked_up(view.rgb, view.middle + x * view.scale, view.base - place[:, 1] * view.scale)
    return colour, np.where(open_, facing**FACING * np.float32(camera.weight), np.float32(0))


def looked_up(picture: Pixels, x: Floats, y: Floats) -> Floats:
    """Colours of a picture at pixel places (k,), between pixels as needed: (k, channels) float32."""
    rows = -(-len(x) // ROW)
    places = np.zeros((2, rows * ROW), np.float32)
    places[0, : len(x)], places[1, : len(x)] = x - 0.5, y - 0.5
    folded = places.reshape(2, rows, ROW)
    found = cv2.remap(picture, folded[0], folded[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return found.reshape(rows * ROW, -1)[: len(x)].astype(np.float32)


def _points(mesh: Mesh, normals: Floats, seen_from: Sequence[Camera]) -> Floats:
    """Colours of the points; those that no view sees take their neighbours'."""
    total, weight = seen(mesh.points, normals, seen_from)
    known = weight > 0.03
    colour = np.where(known[:, None], total / np.maximum(weight, 1e-6)[:, None], 0).astype(np.float64)
    if known.all() or not known.any():
        return colour
    pairs, _ = polygons.edges(mesh.faces)
    both = np.concatenate([pairs, pairs[:, ::-1]])
    both = both[~known[both[:, 0]]]
    filled_in, rounds_left = known.copy(), SMOOTH
    for _ in range(SPREAD):
        rounds_left -= filled_in.all()
        if rounds_left < 0:
            break
        count = np.bincount(both[:, 0], filled_in[both[:, 1]], minlength=len(colour))
        mean = polygons.summed(both[:, 0], colour[both[:, 1]] * filled_in[both[:, 1], None], len(colour))
        new = (count > 0) & ~known
        colour[new] = mean[new] / count[new, None]
        filled_in |= new
    colour[~filled_in] = colour[known].mean(axis=0)
    return colour
