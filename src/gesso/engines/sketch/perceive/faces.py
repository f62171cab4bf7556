"""Faces and their 468 points: BlazeFace finds them, the face mesh follows each in a crop turned upright.

Two detectors look: one made for faces near the camera, one for faces far away, the latter also through windows on
parts of the picture. A find counts when the mesh, which says how sure it is of a face, agrees.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch import runtime
from gesso.engines.sketch.perceive import windows
from gesso.engines.sketch.perceive.windows import Array, Box, Pixels, Window

PART_DETECTOR = "blazeface"
PART_MESH = "face-mesh"
"""How results call these networks."""

MESH = "perceive/face-mesh.onnx"
CROP = 192
"""Side of the crop in which the mesh looks for its points."""

LEAST_SIDE = 24
"""Pictures with a shorter side have no faces to speak of."""

ROUNDS = 8
"""How often a leaning face is turned upright anew, each time by what the mesh saw."""

HOPELESS = 0.01
"""The mesh's certainty below which turning the crop was never seen to make a face of it."""

NARROW = 22
"""Pixels of the reduced picture below which a face has to be found with more certainty."""

NAMED = (33, 263, 1, 13, 234, 454)
"""The mesh's points for a face's six: outer corners of the eyes, tip of the nose, inner lip, in front of the ears."""

QUARTER = np.pi / 2


@dataclass(frozen=True, slots=True)
class Detector:
    """A BlazeFace network: its input's side, the sides of its grids of anchors and how many share a cell."""

    asset: str
    side: int
    grids: tuple[tuple[int, int], ...]
    least: float
    """Score from which a find is passed on to the mesh."""


NEAR = Detector("perceive/face-near.onnx", 128, ((16, 2), (8, 6)), 0.35)
FAR = Detector("perceive/face-far.onnx", 192, ((48, 1),), 0.35)


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A face: its box, how sure it is (0..1), and six points in picture pixels.

    The points are the outer corners of the eyes (first the one on the left of an upright picture), the tip of the
    nose, the mouth's middle, and the sides of the face in front of the ears.
    """

    box: Box
    score: float
    points: Array

    @property
    def eyes(self) -> Array:
        """The outer corners of both eyes, (2, 2)."""
        return self.points[:2]

    @property
    def mouth(self) -> Array:
        return np.asarray(self.points[3], np.float32)

    @property
    def turn(self) -> float:
        """Radians by which the face leans clockwise."""
        x, y = self.points[1] - self.points[0]
        return float(np.arctan2(y, x))

    @property
    def crop(self) -> Window:
        """The square about the face that the mesh was taught on."""
        left, top, right, bottom = self.box
        side = 1.5 * max(right - left, bottom - top)
        return Window((left + right - side) / 2, (top + bottom - side) / 2, side)


def faces(pixels: npt.NDArray[Any], *, small: bool = True, least: float = 0.65) -> list[Face]:
    """The faces in a picture (H, W, 3), the largest first.

    `small` also looks for faces that take up little of the picture, at three times the cost; `least` is how sure the
    mesh has to be.
    """
    if min(pixels.shape[:2]) < LEAST_SIDE:
        return []
    rgb, scale = windows.view(pixels)
    found = _agreed(rgb, _looks(rgb, small), least)
    if not found:
        found = _agreed(rgb, _turned(rgb), least)
    found.sort(key=lambda face: -windows.area(face.box))
    return [_scaled(face, 1 / scale) for face in found]


def mesh(pixels: npt.NDArray[Any], face: Face) -> Array:
    """The face mesh's 468 points (x, y, z) in picture pixels; z is depth in the same unit, less is nearer.

    Point numbers are the published ones of the canonical face model (13 and 14 the inner lips' middles, 33 and 263
    the outer corners of the eyes, 10 the forehead's top, 152 the chin).
    """
    rgb, scale = windows.view(pixels)
    points, _ = _meshed(rgb, _scaled(face, scale))
    return np.asarray(points / np.float32(scale), np.float32)


def _looks(rgb: Pixels, small: bool) -> Iterator[Face]:
    yield from _detect(rgb, NEAR, windows.whole(rgb.shape))
    yield from _detect(rgb, FAR, windows.whole(rgb.shape))
    if not small or max(rgb.shape[:2]) < 256:
        return
    for share in (0.6, 0.35) if max(rgb.shape[:2]) >= 640 else (0.6,):
        for tile in windows.tiles(rgb.shape, share):
            yield from _detect(rgb, FAR, tile)


def _turned(rgb: Pixels) -> Iterator[Face]:
    """Faces that lie on their side or stand on their head."""
    for quarter in (0.5, -0.5, 1, -1, 2):
        yield from _detect(rgb, NEAR, windows.whole(rgb.shape), quarter * QUARTER)


def _detect(rgb: Pixels, detector: Detector, window: Window, turn: float = 0.0) -> list[Face]:
    """What one network finds through one window, not yet joined."""
    seen = window.picture(rgb, detector.side, turn)
    values, scores = runtime.run_all(detector.asset, _signed(seen))
    sure = 1 / (1 + np.exp(-np.clip(scores.ravel(), -80, 80)))
    kept = np.nonzero(sure >= detector.least)[0]
    kept = kept[np.argsort(-sure[kept], kind="stable")][:200]
    back = cv2.invertAffineTransform(window.matrix(detector.side, turn))
    found: list[Face] = []
    for i in kept:
        numbers, (x, y) = values.reshape(-1, 16)[i], _anchors(detector)[i]
        if numbers[2] <= 2 or numbers[3] <= 2:
            continue
        points = numbers[4:].reshape(6, 2) + np.array((x, y), np.float32)
        middle = np.array([(numbers[0] + x, numbers[1] + y)])
        side = float(max(numbers[2], numbers[3])) * window.side / detector.side
        (cx, cy), *moved = _moved(np.vstack([middle, points]), back)
        box = (float(cx) - side / 2, float(cy) - side / 2, float(cx) + side / 2, float(cy) + side / 2)
        found.append(Face(box, float(sure[i]), np.asarray(moved, np.float32)))
    return _joined(found)


def _signed(seen: Pixels) -> Array:
    return (seen.astype(np.float32) / np.float32(127.5) - 1)[None]


@cache
def _anchors(detector: Detector) -> Array:
    """The middles of the anchors in pixels of the network's input."""
    rows: list[tuple[float, float]] = []
    for count, copies in detector.grids:
        step = detector.side / count
        rows += [
            ((x + 0.5) * step, (y + 0.5) * step) for y in range(count) for x in range(count) for _ in range(copies)
        ]
    return np.array(rows, np.float32)


def _joined(found: list[Face]) -> list[Face]:
    """Finds of the same face as one, the mean of all weighed by their scores."""
    rest, out = sorted(found, key=lambda face: -face.score), list[Face]()
    while rest:
        same = [face for face in rest if windows.overlap(rest[0].box, face.box) > 0.3]
        rest = [face for face in rest if windows.overlap(same[0].box, face.box) <= 0.3]
        weights = np.array([face.score for face in same])
        box = np.average([face.box for face in same], axis=0, weights=weights)
        points = np.average([face.points for face in same], axis=0, weights=weights)
        left, top, right, bottom = (float(v) for v in box)
        out.append(Face((left, top, right, bottom), same[0].score, np.asarray(points, np.float32)))
    return out


def _agreed(rgb: Pixels, found: Iterator[Face], least: float) -> list[Face]:
    """The finds that the mesh takes for faces too, each once, as it sees them."""
    checked: list[Face] = []
    for face in sorted(found, key=lambda face: -face.score):
        if face.score < least * least:
            break  # not even a mesh without doubt would make these sure enough
        if any(windows.overlap(face.box, other.box) > 0.3 for other in checked):
            continue
        seen, presence = _followed(rgb, face)
        score = float(np.sqrt(face.score * presence))
        if score >= _needed(seen, least):
            checked.append(replace(seen, score=score))
    return _apart(checked)


def _needed(face: Face, least: float) -> float:
    """How sure a find has to be: a few pixels make a face of anything, and few faces stand on their heads."""
    narrow = min(face.box[2] - face.box[0], face.box[3] - face.box[1]) < NARROW
    leaning = least + 0.4 * abs(face.turn) / np.pi
    return max(least, 0.8) if narrow else min(max(least, 0.85), leaning)


def _followed(rgb: Pixels, face: Face) -> tuple[Face, float]:
    """The face as its mesh sees it in a crop that the mesh itself has turned upright, and how sure the mesh is."""
    tries = [(face, *_meshed(rgb, face))]
    if tries[0][2] < 0.9:
        over = replace(face, points=face.points[[1, 0, 2, 3, 5, 4]])  # a face that stands on its head
        tries.append((over, *_meshed(rgb, over)))
    face, points, presence = max(tries, key=lambda found: found[2])
    if presence < HOPELESS:
        return face, presence
    for _ in range(ROUNDS):
        before = face.turn
        face = replace(face, box=_around(points, face.box), points=points[list(NAMED), :2])
        points, presence = _meshed(rgb, face)
        if abs(np.sin(face.turn - before)) < 0.02:
            break
    return replace(face, box=_around(points, face.box), points=points[list(NAMED), :2]), presence


def _apart(found: list[Face]) -> list[Face]:
    """Without finds that lie within a surer one: an eye or a mouth is no second face."""
    out: list[Face] = []
    for face in found:
        near = [o for o in out if max(windows.inside(face.box, o.box), windows.inside(o.box, face.box)) > 0.6]
        if not near and all(windows.overlap(face.box, other.box) < 0.3 for other in out):
            out.append(face)
    return out


def _around(points: Array, box: Box) -> Box:
    """The box about the mesh's points, where it is near the detector's."""
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    found = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return found if windows.overlap(found, box) > 0.25 else box


def _meshed(rgb: Pixels, face: Face) -> tuple[Array, float]:
    """The mesh in pixels of `rgb`, and how sure the network is that it is a face."""
    seen = face.crop.picture(rgb, CROP, face.turn)
    values, presence = runtime.run_all(MESH, (seen.astype(np.float32) / np.float32(255))[None])
    points = np.asarray(values, np.float32).reshape(468, 3)
    back = cv2.invertAffineTransform(face.crop.matrix(CROP, face.turn))
    depth = points[:, 2:] * np.float32(face.crop.side / CROP)
    flat = np.asarray(_moved(points[:, :2], back), np.float32)
    sure = 1 / (1 + float(np.exp(-np.clip(float(presence.ravel()[0]), -80, 80))))
    return np.hstack([flat, depth]), sure


def _moved(points: npt.NDArray[Any], matrix: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return points @ matrix[:, :2].T + matrix[:, 2]


def _scaled(face: Face, by: float) -> Face:
    left, top, right, bottom = (float(v) * by for v in face.box)
    return replace(face, box=(left, top, right, bottom), points=np.asarray(face.points * np.float32(by), np.float32))
