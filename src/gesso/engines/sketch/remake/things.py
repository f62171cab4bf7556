"""What moves by itself in the last frames of a shot: where it is on each of them, and how fast it goes.

Most is found by the flow against the camera's. What the flow loses (small, fast, plain) is unlike what lies behind it,
and is taken for a thing if it can be followed on an even course.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from gesso.engines.sketch.remake import course, motion
from gesso.engines.sketch.remake.course import Course
from gesso.engines.sketch.remake.motion import Pixels, Plane, Step, Transform
from gesso.engines.sketch.remake.outside import Mask
from gesso.engines.sketch.remake.plates import Plate

PACE_FRAMES = 5
"""Last steps whose mean is the pace."""

MOVES = 0.35
"""Pixels of the reduced frame that a thing moves against the camera in a step at least."""

DIFFERS = 16
"""Grey levels by which a thing is unlike what lies behind it."""

SLOW = 0.3
"""Share of what moves that is unlike the plate, below which the plate is taken to hold it."""

LEAST, MOST = 0.0015, 0.45
"""Shares of the frame that a thing covers; less is noise, more is the scene itself."""

FAST = 0.8
"""The same of a thing that the flow does not see."""

SPECK = 10
"""Pixels of the reduced frame that a thing covers at least which the flow does not see."""

BEND, JITTER = 0.35, 0.25
"""How far a thing's step may be from the one before: a share of it, and pixels of the reduced frame."""

PLAIN = 3.0
"""Mean curvature of brightness below which a place is too plain to have a flow of its own."""

MISSED = 0.85
"""Share of a thing's outline below which a mask misses some of it."""

TRIED = 12
"""How many such things are looked for, the largest first."""


@dataclass(frozen=True, slots=True)
class Motion:
    """The motion between frames: flow fields and the camera's moves at reduced size, its way at full size."""

    steps: Sequence[Step]
    moves: Sequence[Transform]
    cameras: Sequence[Transform]

    @property
    def back(self) -> list[Transform]:
        """The camera's moves backwards."""
        return [motion.inverse(move) for move in self.moves]


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that moves by itself."""

    box: tuple[int, int, int, int]
    """Around it on the last frame, at the frame's size."""
    pace: Plane
    """Pixels a frame, (x, y), against what lies behind it."""
    ways: Sequence[Plane]
    """For each of the last frames, how far it was from where it is on the very last, in the world."""
    since: int = 0
    """Number of the first of these frames that shows it whole."""


def find(
    frames: Sequence[Pixels], small: Sequence[Pixels], told: Motion, behind: Plate
) -> tuple[list[Mask], list[Thing]]:
    """Where each frame shows things that move by themselves, and those that the last one shows.

    `small` are the frames at reduced size, `behind` what lies behind them all.
    """
    height, width = frames[0].shape[:2]
    if not told.steps:
        return [np.zeros((height, width), np.bool_) for _ in frames], []
    offs = [_off(pixels, behind, camera, small[0]) for pixels, camera in zip(frames, told.cameras, strict=True)]
    moving = [_moving(off > DIFFERS, _own(told, i), small[i]) for i, off in enumerate(offs)]
    masks, slow = [mask for mask, _ in moving], [mask for _, mask in moving]
    last, factor = masks[-1] | slow[-1], width / small[0].shape[1]
    found: list[Thing] = []
    for part in (*_parts(last, LEAST * last.size), *_missed(offs[-1], last)):
        way = course.followed(part, small, told.back, float(np.square(offs[-1][part]).mean()))
        thing = _thing(part, way, told, factor, FAST) if len(small) - way.since > PACE_FRAMES else None
        if thing is None and (part & last).any():
            # What is slow is measured best by the flow, to which it is plain to see.
            way = Course(0, _by_flow(part, told.steps))
            thing = _thing(part, way, told, factor, MOVES)
        if thing is not None:
            found.append(thing)
            _mark(masks, slow, part, way)
    full = [
        cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR) > 0.4 for mask in masks
    ]
    return full, found


def _off(pixels: Pixels, behind: Plate, camera: Transform, small: Pixels) -> Plane:
    """How far a frame is from what lies behind, at reduced size: the most of the three colours, in grey levels."""
    height, width = pixels.shape[:2]
    off = cv2.absdiff(pixels, np.ascontiguousarray(behind.view(camera, (width, height)))).max(axis=2)
    return motion.resized(off.astype(np.float32), small.shape[1], small.shape[0])


def _own(told: Motion, number: int) -> Plane:
    """How each pixel of a frame moves against the camera, on to the next frame or back from the one before."""
    if number < len(told.steps):
        field, move = told.steps[number].there, told.moves[number]
    else:
        field, move = told.steps[-1].back, motion.inverse(told.moves[-1])
    height, width = field.shape[:2]
    at = motion.grid(width, height)
    return field - (at @ move[:, :2].T + move[:, 2] - at).astype(np.float32)


def _moving(unlike: Mask, own: Plane, small: Pixels) -> tuple[Mask, Mask]:
    """Where a frame shows what moves by its flow and is unlike what lies behind; and where its flow alone tells it.

    A thing that hardly leaves its place is in the plate too. What is plain has no flow of its own.
    """
    moves = np.sqrt(own[..., 0] ** 2 + own[..., 1] ** 2) > MOVES
    near = np.asarray(cv2.dilate(moves.astype(np.uint8), np.ones((7, 7), np.uint8))) > 0
    core = unlike & near
    if core.sum() >= SLOW * moves.sum():
        return _clean(core), np.zeros_like(core)
    marked = cv2.blur(np.abs(cv2.Laplacian(motion.grey(small), cv2.CV_32F)), (7, 7)) > PLAIN
    inner = np.asarray(cv2.erode(moves.astype(np.uint8), np.ones((5, 5)))) > 0
    return _clean(core), _filled(_clean(core | inner & marked))


def _clean(mask: Mask) -> Mask:
    whole = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    return np.asarray(cv2.morphologyEx(whole, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))) > 0


def _filled(mask: Mask) -> Mask:
    """A mask with its holes: within its outline a thing may be plain."""
    outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(cv2.drawContours(mask.astype(np.uint8), outlines, -1, 1, cv2.FILLED)) > 0


def _parts(mask: Mask, least: float) -> Iterator[Mask]:
    """The connected parts of a mask, the largest first, less what is too small or the scene itself."""
    parts: Any = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    _, labels, stats, _ = parts
    areas = stats[1:, cv2.CC_STAT_AREA]
    for label in np.argsort(-areas, kind="stable"):
        if least < areas[label] < MOST * mask.size:
            yield labels == label + 1


def _missed(off: Plane, moving: Mask) -> list[Mask]:
    """Parts of the last frame that are unlike what lies behind them, though the flow sees nothing move there."""
    unlike = _clean(off > DIFFERS)
    rim = np.ones_like(unlike)
    rim[2:-2, 2:-2] = False
    return [part for part in _parts(unlike, SPECK) if not (part & (moving | rim)).any()][:TRIED]


def _thing(part: Mask, way: Course, told: Motion, factor: float, least: float) -> Thing | None:
    """The thing, if it moves in the world, and smoothly: what only flickers is found now here and now there."""
    ways = _in_worlds(part, way.shifts, told.cameras, factor)
    steps = min(PACE_FRAMES, len(ways) - 1)
    pace: Plane = (ways[-1] - ways[-1 - steps]) / steps
    paces = np.diff(np.array(ways[max(way.since, len(ways) - 2 * PACE_FRAMES) :]), axis=0)
    usual = float(np.median(np.hypot(*paces.T)))
    bends = np.hypot(*np.diff(paces, axis=0).T) if len(paces) > 1 else np.zeros(1)
    if usual < least * factor or float(np.median(bends)) > BEND * usual + JITTER * factor:
        return None
    left, top, across, down = (round(value * factor) for value in cv2.boundingRect(part.astype(np.uint8)))
    return Thing((left, top, left + across, top + down), pace, ways, way.since)


def _in_worlds(part: Mask, shifts: Sequence[Plane], cameras: Sequence[Transform], factor: float) -> list[Plane]:
    middle = (np.array([np.mean(axis) for axis in np.nonzero(part)[::-1]]) + 0.5) * factor - 0.5
    places = [in_world(middle + shift * factor, camera) for shift, camera in zip(shifts, cameras, strict=True)]
    return [place - places[-1] for place in places]


def in_world(place: Plane, camera: Transform) -> Plane:
    """Where a frame's place (x, y) is on the first frame."""
    back = motion.inverse(camera)
    return back[:, :2] @ place + back[:, 2]


def _mark(masks: list[Mask], slow: Sequence[Mask], part: Mask, way: Course) -> None:
    """Add a thing to the masks: its own outline where they miss some of it, and what moves there slowly."""
    rows, columns = part.shape
    whole = part.astype(np.uint8)
    around = cv2.dilate(whole, np.ones((9, 9), np.uint8))
    for number, (x, y) in enumerate(way.shifts):
        shift = np.array([[1.0, 0.0, x], [0.0, 1.0, y]])
        shape, near = (
            np.asarray(cv2.warpAffine(one, shift, (columns, rows), flags=cv2.INTER_NEAREST)) > 0
            for one in (whole, around)
        )
        masks[number] |= slow[number] & near
        if (masks[number] & shape).sum() < MISSED * shape.sum():
            masks[number] |= np.asarray(cv2.dilate(shape.astype(np.uint8), np.ones((3, 3), np.uint8))) > 0


def _by_flow(part: Mask, steps: Sequence[Step]) -> list[Plane]:
    """For each frame, how far what `part` shows of the last was from there, by the flow."""
    rows, columns = part.shape
    shape = part.astype(np.float32)
    shifts: list[Plane] = [np.zeros(2)]
    for step in reversed(steps):
        shift = shifts[-1]
        matrix = np.array([[1.0, 0.0, shift[0]], [0.0, 1.0, shift[1]]])
        inside = cv2.warpAffine(shape, matrix, (columns, rows)) > 0.5
        shifts.append(shift + np.median(step.back[inside], axis=0) if inside.sum() >= 8 else shift)
    return shifts[::-1]
