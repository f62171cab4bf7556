"""A frame between two: each pixel's path through the gap is found, and both frames are moved along it.

The paths come from both flows: each is followed to the time in question by a fixed-point step (as in Baker et al.,
"A Database and Evaluation Methodology for Optical Flow", 2011, but pulled instead of pushed, which leaves no holes),
and at every pixel the path wins whose two ends look most alike. What only one frame shows is taken from that one.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gesso.engines.sketch.remake import mixing, motion, strays
from gesso.engines.sketch.remake.motion import Plane
from gesso.engines.sketch.remake.planes import Frame, Samples

HIDDEN = 1.5
"""Pixels by which going there and back may miss the start before a pixel counts as hidden in the other frame."""

HIDDEN_COST = 6 / 255
"""Grey levels that a path is the worse for each end that is hidden in the other frame, by the 255th."""

STRAY_COST = 5.0
"""Grey levels that the step of a stray must be better by."""


End = tuple[Samples, Samples]
"""What is compared of a frame, (h, w), and 255 where the other frame shows the same point too, else 0."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Two frames and the motion between them, from which any number of frames between can be made."""

    first: Frame
    second: Frame
    there: Plane
    """From the first frame to the second, on the first, at the size at which motion is looked for."""
    back: Plane
    """From the second to the first, on the second."""
    ends: tuple[End, End]
    """What is known of each frame."""
    strays: list[strays.Step]
    """Steps of small things that the fields have missed."""
    cut: bool
    """Whether the second frame begins another shot; the fields mean nothing then."""


def gap(first: Frame, second: Frame) -> Gap:
    """Measure the motion between two frames of one size."""
    one, two = motion.contrasts(first.small, second.small)
    there, back = motion.swift(one, two), motion.swift(two, one)
    ends = (one, _shown(there, back)), (two, _shown(back, there))
    cut = motion.is_cut(first.small, second.small, there, back)
    return Gap(first, second, there, back, ends, [] if cut else strays.steps(one, two, there), cut)


def _shown(out: Plane, home: Plane) -> Samples:
    """255 where going out and home again ends where it began."""
    height, width = out.shape[:2]
    where, steps = cv2.add(motion.grid(width, height), out), cv2.split(out)
    # Plane by plane: OpenCV looks one value up in a third of the time of two that lie side by side.
    off = [cv2.add(step, motion.sample(plane, where)) for step, plane in zip(steps, cv2.split(home), strict=True)]
    away, far = cv2.magnitude(*off), cv2.magnitude(*steps)
    # A long way may miss by more.
    missed = cv2.divide(away, cv2.addWeighted(far, 0.05, far, 0, HIDDEN))
    return np.asarray(cv2.addWeighted(missed, -255, missed, 0, 1.5 * 255, dtype=cv2.CV_8U), np.uint8)


def at(given: Gap, time: float) -> Samples:
    """The samples of the frame at `time`, 0 (the first) to 1 (the second). At a cut there is nothing between."""
    if time <= 0 or (given.cut and time < 0.5):
        return given.first.samples
    if time >= 1 or given.cut:
        return given.second.samples
    path, share = _path(given, time)
    return mixing.mixed(given.first, given.second, path, share, time)


def _path(given: Gap, time: float) -> tuple[Plane, Plane]:
    """For each pixel of the frame at `time`: how far its point moves over the whole gap, and the second's share."""
    path, cost, shown = _along_fields(given, time)
    for step in given.strays:
        other = np.full_like(path, step)
        off, _ = _compared(given, other, time)
        wins = cv2.compare(off + np.float32(STRAY_COST), cv2.add(cost, _unexplained(given, other, time)), cv2.CMP_LT)
        cv2.copyTo(other, wins, path)
        shown = cv2.bitwise_or(shown[0], wins), cv2.bitwise_or(shown[1], wins)
        cv2.copyTo(off, wins, cost)
    in_one, in_two = (each.astype(np.float32) for each in shown)
    # Where just one end is shown in both frames, the other end is of something else.
    weight_one, weight_two = (1 - time) * (in_one + np.float32(5)), time * (in_two + np.float32(5))
    share = cv2.blur(cv2.divide(weight_two, cv2.add(weight_one, weight_two)), (3, 3))
    return np.asarray(cv2.medianBlur(path, 3), np.float32), np.asarray(share, np.float32)


def _unexplained(given: Gap, path: Plane, time: float) -> Plane:
    """How unlike what the fields say both ends of the paths are: what nothing else explains is a stray in front."""
    ends = [grey for grey, _ in given.ends]
    height, width = path.shape[:2]
    where = motion.grid(width, height)
    lost = list[Plane]()
    for share, here, there, field in ((-time, *ends, given.there), (1 - time, *ends[::-1], given.back)):
        off = cv2.absdiff(here, motion.sample(there, cv2.add(where, field))).astype(np.float32)
        lost.append(motion.sample(cv2.blur(off, (5, 5)), cv2.scaleAdd(path, share, where)))
    return np.asarray(cv2.min(*lost), np.float32)


def _along_fields(given: Gap, time: float) -> tuple[Plane, Plane, tuple[Samples, Samples]]:
    """The better of both fields' paths at each pixel, its cost, and how far each of its ends is shown, 0..255."""
    height, width = given.there.shape[:2]
    where = motion.grid(width, height)
    # A field of one end as seen at `time` of the way to the other: v(x) = field(x - time v(x)), one step from field.
    path = motion.sample(given.there, cv2.scaleAdd(given.there, -time, where))
    other = -motion.sample(given.back, cv2.scaleAdd(given.back, time - 1, where))
    (off, shown), (other_off, other_shown) = (_compared(given, each, time) for each in (path, other))
    cost, other_cost = cv2.add(off, _hidden(shown)), cv2.add(other_off, _hidden(other_shown))
    wins = cv2.compare(other_cost, cost, cv2.CMP_LT)
    cv2.copyTo(other, wins, path)
    for ours, theirs in zip(shown, other_shown, strict=True):
        cv2.copyTo(theirs, wins, ours)
    return path, cv2.min(cost, other_cost), shown


def _compared(given: Gap, path: Plane, time: float) -> tuple[Plane, tuple[Samples, Samples]]:
    """How unlike the two ends of the paths are; and how far each end is shown in the other frame, 0..255."""
    height, width = path.shape[:2]
    where = motion.grid(width, height)
    start, end = cv2.scaleAdd(path, -time, where), cv2.scaleAdd(path, 1 - time, where)
    grey_one, in_one = (motion.sample(plane, start) for plane in given.ends[0])
    grey_two, in_two = (motion.sample(plane, end) for plane in given.ends[1])
    # What comes into the frame, or leaves it, is only to be had from the end that is inside.
    corner = (width - 0.5, height - 0.5)
    inside_one, inside_two = (cv2.inRange(ends, (-0.5, -0.5), corner) for ends in (start, end))
    in_one = cv2.bitwise_and(cv2.bitwise_or(in_one, cv2.bitwise_not(inside_two)), inside_one)
    in_two = cv2.bitwise_and(cv2.bitwise_or(in_two, cv2.bitwise_not(inside_one)), inside_two)
    off = cv2.blur(cv2.absdiff(grey_one, grey_two).astype(np.float32), (5, 5))
    return np.asarray(off, np.float32), (np.asarray(in_one, np.uint8), np.asarray(in_two, np.uint8))


def _hidden(shown: tuple[Samples, Samples]) -> Plane:
    """What a path costs for ends that are hidden in the other frame."""
    cost = cv2.addWeighted(shown[0], -HIDDEN_COST, shown[1], -HIDDEN_COST, 510 * HIDDEN_COST, dtype=cv2.CV_32F)
    return np.asarray(cost, np.float32)
