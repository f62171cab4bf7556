"""One face through a video: its mesh in every frame, steadied over time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.perceive import faces
from gesso.engines.sketch.perceive.faces import Face
from gesso.engines.sketch.png import Pixels

Floats = npt.NDArray[np.floating[Any]]

_AGAIN = 8
"""Frames after which the face is looked for anew; between them the mesh follows it."""

_STEADY = (0.06, 0.24, 0.40, 0.24, 0.06)


def follow(frames: Iterable[Pixels]) -> list[Floats | None]:
    """The 468 points (x, y) of the main face in each frame, none where no face is seen."""
    found: list[Floats | None] = []
    last: Face | None = None
    for number, pixels in enumerate(frames):
        if last is None or number % _AGAIN == 0:
            last = _nearest(pixels, last)
        if last is None:
            found.append(None)
            continue
        points = faces.mesh(pixels, last)
        found.append(points[:, :2].astype(np.float32))
        last = _moved(last, points)
    return _steadied(found)


def main_face(pixels: Pixels) -> Floats | None:
    """The points of the largest face of a picture."""
    face = _nearest(pixels, None)
    return None if face is None else faces.mesh(pixels, face)[:, :2]


def _nearest(pixels: Pixels, last: Face | None) -> Face | None:
    """The largest face, or the one that lies where the last one was."""
    seen = faces.faces(pixels, small=last is None)
    if last is None or not seen:
        return seen[0] if seen else None
    middle = np.mean(last.points, axis=0)
    return min(seen, key=lambda face: float(np.hypot(*(np.mean(face.points, axis=0) - middle))))


def _moved(face: Face, points: Floats) -> Face:
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return replace(face, box=box, points=np.asarray(points[list(faces.NAMED), :2], np.float32))


def _steadied(found: list[Floats | None]) -> list[Floats | None]:
    """Each frame's points as a mean with its neighbours', where those are near: the mesh trembles, faces do not."""
    made: list[Floats | None] = []
    for number, points in enumerate(found):
        if points is None:
            made.append(None)
            continue
        span = float(np.ptp(points[:, 0]))
        total, weight = np.zeros_like(points), 0.0
        for offset, share in enumerate(_STEADY, -2):
            other = found[number + offset] if 0 <= number + offset < len(found) else None
            if other is not None and float(np.abs(other - points).max()) < 0.08 * span:
                total, weight = total + share * other, weight + share
        made.append(total / weight)
    return made
