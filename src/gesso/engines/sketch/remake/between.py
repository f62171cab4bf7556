"""A frame between two: each pixel's path through the gap is found, and both frames are moved along it.

The paths come from both flows: each is followed to the time in question by fixed-point steps (as in Baker et al.,
"A Database and Evaluation Methodology for Optical Flow", 2011, but pulled instead of pushed, which leaves no holes),
and at every pixel the path wins whose two ends look most alike. What only one frame shows is taken from that one.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gesso.engines.sketch.remake import motion
from gesso.engines.sketch.remake.motion import Pixels, Plane, Step

ROUNDS = 2
"""Fixed-point steps: after two a path that can be found at all has settled to a fraction of a pixel."""

HIDDEN = 1.5
"""Pixels by which going there and back may miss the start before a pixel counts as hidden in the other frame."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Two frames and the motion between them, from which any number of frames between can be made."""

    first: Pixels
    second: Pixels
    small: tuple[Plane, Plane]
    """The frames at the size of the flow, float32 grey."""
    step: Step
    shown: tuple[Plane, Plane]
    """For each frame at the flow's size, 1 where the other frame shows the same point too, else 0."""


def gap(first: Pixels, second: Pixels, side: int = motion.SIDE, fine: bool = False) -> Gap:
    """Measure the motion between two frames of one size; `side` is the longer side at which it is looked for."""
    one, two = motion.reduced(first, side), motion.reduced(second, side)
    found = motion.step(one, two, fine)
    one_grey, two_grey = motion.contrasts(one, two)
    greys = (one_grey.astype(np.float32), two_grey.astype(np.float32))
    shown = (_shown(found.there, found.back), _shown(found.back, found.there))
    return Gap(first, second, greys, found, shown)


def _shown(out: Plane, home: Plane) -> Plane:
    """Where going out and home again ends where it began."""
    height, width = out.shape[:2]
    off = out + motion.sample(home, motion.grid(width, height) + out)
    away = np.sqrt(off[..., 0] ** 2 + off[..., 1] ** 2)
    far = np.sqrt(out[..., 0] ** 2 + out[..., 1] ** 2)
    # A long way may miss by more.
    return np.asarray(np.clip(1.5 - away / (HIDDEN + 0.05 * far), 0, 1), np.float32)


def at(given: Gap, time: float) -> Pixels:
    """The frame at `time`, 0 (the first) to 1 (the second). At a cut there is nothing between: the nearer frame."""
    if time <= 0 or (given.step.cut and time < 0.5):
        return given.first
    if time >= 1 or given.step.cut:
        return given.second
    path, seen = _path(given, np.float32(time))
    height, width = given.first.shape[:2]
    field = motion.enlarged(path, width, height)
    where = motion.grid(width, height)
    # One pass over the full-size maps instead of two each: they are larger than the picture.
    one = motion.sample(given.first, cv2.scaleAdd(field, -time, where))
    two = motion.sample(given.second, cv2.scaleAdd(field, 1 - time, where))
    share = motion.resized(seen, width, height)
    return np.asarray(cv2.blendLinear(one, two, 1 - share, share), np.uint8)


def _path(given: Gap, time: np.float32) -> tuple[Plane, Plane]:
    """For each pixel of the frame at `time`: how far its point moves over the whole gap, and the second's share."""
    height, width = given.step.there.shape[:2]
    where = motion.grid(width, height)
    late = np.float32(1) - time
    paths = [
        _followed(given.step.there, where, time),
        -_followed(given.step.back, where, late),
    ]
    costs, kept = zip(*(_cost(given, path, where, time) for path in paths), strict=True)
    second_wins = costs[1] < costs[0]
    path = np.where(second_wins[..., None], paths[1], paths[0])
    in_one, in_two = (np.where(second_wins, kept[1][i], kept[0][i]) for i in (0, 1))
    weight_one, weight_two = late * (in_one + 0.02), time * (in_two + 0.02)
    share = cv2.blur(np.asarray(weight_two / (weight_one + weight_two), np.float32), (3, 3))
    return np.asarray(cv2.medianBlur(path, 3), np.float32), np.asarray(share, np.float32)


def _followed(field: Plane, where: Plane, time: np.float32) -> Plane:
    """The field of one end as seen at `time` of the way to the other: v(x) = field(x - time v(x))."""
    path = field
    for _ in range(ROUNDS):
        path = motion.sample(field, where - path * time)
    return path


def _cost(given: Gap, path: Plane, where: Plane, time: np.float32) -> tuple[Plane, tuple[Plane, Plane]]:
    """How unlike the two ends of the paths are, and how far each end is shown in the other frame too."""
    start, end = where - path * time, where + path * (np.float32(1) - time)
    off = cv2.absdiff(motion.sample(given.small[0], start), motion.sample(given.small[1], end))
    in_one = motion.sample(given.shown[0], start)
    in_two = motion.sample(given.shown[1], end)
    cost = cv2.blur(off, (5, 5)) + (2 - in_one - in_two) * np.float32(6)
    return np.asarray(cost, np.float32), (in_two_only(in_one, in_two))


def in_two_only(in_one: Plane, in_two: Plane) -> tuple[Plane, Plane]:
    """The weight of each end: where just one end is shown in both frames, the other end is of something else."""
    return in_one, in_two
