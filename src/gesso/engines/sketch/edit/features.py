"""Parts of people's faces along the mesh: lips, eyes, teeth, eyebrows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np

from gesso.engines.sketch.edit.canvas import Plane
from gesso.engines.sketch.edit.steps import Target
from gesso.engines.sketch.edit.view import Region, View
from gesso.engines.sketch.perceive import faces
from gesso.engines.sketch.perceive.windows import Array

OUTER_LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
INNER_LIPS = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191)
EYES = (
    (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
)
EYEBROWS = ((70, 63, 105, 66, 107, 55, 65, 52, 53, 46), (300, 293, 334, 296, 336, 285, 295, 282, 283, 276))

IRIS = 0.24
"""Radius of an iris, as a share of the distance between an eye's corners."""

FINE = 8
"""Bits after the point with which outlines are drawn."""


def feature(target: Target, view: View) -> Region | None:
    """The named part of every face; None for other nouns and without a face."""
    shape = SHAPES.get(target.noun)
    if shape is None or not view.picture.faces:
        return None
    scale = view.rgb.shape[1] / view.picture.pixels.shape[1]
    mask = np.zeros(view.rgb.shape[:2], np.float32)
    for face in view.picture.faces:
        points = faces.mesh(view.picture.pixels, face)[:, :2] * np.float32(scale)
        mask = np.maximum(mask, shape(points, mask.shape))
    return Region(mask, None, "the face mesh", exact=True)


def _polygon(points: Array, shape: tuple[int, ...]) -> Plane:
    out = np.zeros(shape, np.float32)
    corners = np.rint((points - 0.5) * (1 << FINE)).astype(np.int32)
    cv2.fillPoly(out, [corners], 1.0, cv2.LINE_AA, FINE)
    return out


def _lips(points: Array, shape: tuple[int, ...]) -> Plane:
    inner = _polygon(points[list(INNER_LIPS)], shape)
    return np.asarray(np.clip(_polygon(points[list(OUTER_LIPS)], shape) - inner, 0, 1), np.float32)


def _teeth(points: Array, shape: tuple[int, ...]) -> Plane:
    return _polygon(points[list(INNER_LIPS)], shape)


def _irises(points: Array, shape: tuple[int, ...]) -> Plane:
    out = np.zeros(shape, np.float32)
    for eye in EYES:
        rim = points[list(eye)]
        across = float(np.linalg.norm(points[eye[0]] - points[eye[8]]))
        disc = np.zeros(shape, np.float32)
        middle = np.rint((rim.mean(axis=0) - 0.5) * (1 << FINE)).astype(int)
        centre = int(middle[0]), int(middle[1])
        cv2.circle(disc, centre, max(1 << FINE, round(IRIS * across * (1 << FINE))), 1.0, -1, cv2.LINE_AA, FINE)
        out = np.maximum(out, disc * _polygon(rim, shape))
    # A pupil is seen through the colour.
    return out * np.float32(0.6)


def _eyebrows(points: Array, shape: tuple[int, ...]) -> Plane:
    return np.maximum(*[_polygon(points[list(brow)], shape) for brow in EYEBROWS])


SHAPES: Mapping[str, Callable[[Array, tuple[int, ...]], Plane]] = {
    **dict.fromkeys(("lip", "lips", "mouth", "lipstick"), _lips),
    **dict.fromkeys(("eye", "eyes", "iris", "irises"), _irises),
    **dict.fromkeys(("tooth", "teeth"), _teeth),
    **dict.fromkeys(("eyebrow", "eyebrows"), _eyebrows),
}
"""By noun, what draws the part: (the mesh's points in the view, its size) -> a mask."""
