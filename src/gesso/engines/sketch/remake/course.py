"""The way that one thing takes through the frames of a shot: looked for as it is, from each frame to the one before.

Dense flow loses what is small and fast against its surroundings, and slides over what is plain. A thing whose outline
is known can be looked for itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from gesso.engines.sketch.remake.motion import Pixels, Plane, Transform, lowest
from gesso.engines.sketch.remake.outside import Mask

REACH, NEAR = 40, 6
"""Pixels a thing is looked for around where it is expected: at first, and more than half its pace once it is known."""

ASTRAY = 0.05
"""Share of its contrast that a place at the end of the reach must be better by than the one expected."""

LOST = 0.35
"""Share of its contrast to what lies behind it by which a thing may have changed from one frame to the next."""


@dataclass(frozen=True, slots=True)
class Course:
    """Where a thing was."""

    since: int
    """Number of the first frame from which on it was followed to the last."""
    shifts: Sequence[Plane]
    """For each frame, (x, y) from where it is on the last to where it was; before `since`, as if it went evenly."""


def followed(mask: Mask, frames: Sequence[Pixels], back: Sequence[Transform], contrast: float) -> Course:
    """The course of what `mask` (h, w) shows of the last of the frames (h, w, 3).

    `back` says for each frame but the last how the camera came to it from the next. `contrast` is the mean square, in
    grey levels, by which the thing is unlike what lies behind it.
    """
    left, top, across, down = cv2.boundingRect(mask.astype(np.uint8))
    weights = mask[top : top + down, left : left + across].astype(np.float32)
    places: list[Plane] = [np.array([left, top], np.float64)]
    own, reach = np.zeros(2), REACH
    for number in range(len(frames) - 2, -1, -1):
        seen = _by_camera(places[-1], back[number], weights)
        thing = _part(frames[number + 1], places[-1], weights)
        found = _found(frames[number], thing, weights, seen + own, reach, contrast)
        if found is None:
            break
        own = found - seen
        reach = NEAR + round(float(np.abs(own).max()) / 2)
        places.append(found)
    since = len(frames) - len(places)
    for number in range(since - 1, -1, -1):
        places.append(_by_camera(places[-1], back[number], weights) + own)
    return Course(since, [place - places[0] for place in reversed(places)])


def _by_camera(place: Plane, move: Transform, weights: Plane) -> Plane:
    """Where the camera takes a box at `place`."""
    half = np.array(weights.shape[::-1]) / 2
    return move[:, :2] @ (place + half) + move[:, 2] - half


def _part(frame: Pixels, place: Plane, weights: Plane) -> Pixels:
    """What a frame shows at a place between its pixels."""
    height, width = weights.shape
    middle = place[0] + (width - 1) / 2, place[1] + (height - 1) / 2
    return np.asarray(cv2.getRectSubPix(frame, (width, height), middle), np.uint8)


def _found(frame: Pixels, thing: Pixels, weights: Plane, expected: Plane, reach: int, contrast: float) -> Plane | None:
    """Where a frame shows the thing, to a part of a pixel; none where it does not, or not all of it."""
    height, width = weights.shape
    left, top = (max(0, round(float(at)) - reach) for at in expected)
    right = min(frame.shape[1], round(float(expected[0])) + width + reach)
    bottom = min(frame.shape[0], round(float(expected[1])) + height + reach)
    if right - left < width or bottom - top < height:
        return None
    mask = np.dstack([weights] * 3)
    squares = cv2.matchTemplate(frame[top:bottom, left:right].astype(np.float32), thing.astype(np.float32),
                                cv2.TM_SQDIFF, mask=mask) / max(float(mask.sum()), 1.0)  # fmt: skip
    rows, columns = np.indices(squares.shape)
    far = np.hypot(columns + left - expected[0], rows + top - expected[1]) / reach
    _, _, (column, row), _ = cv2.minMaxLoc(squares + (far**2 * ASTRAY * contrast).astype(np.float32))
    if squares[row, column] > LOST**2 * contrast:
        return None
    return np.array([left + column + lowest(squares[row], column), top + row + lowest(squares[:, column], row)])
