"""A video carried on: the camera goes on and comes to rest, things go on as they went, what waves goes on waving.

The last frames are laid side by side in the world's own coordinates. What moves against the camera is cut out of them
as things, each with its pace. A new frame is an old one, taken back and forth so that nothing jumps, seen by the
camera where it would be by then, over the plate of what lies behind; the things are put where their pace takes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from gesso.engines.sketch.remake import motion, plates, things
from gesso.engines.sketch.remake.motion import Pixels, Plane, Transform
from gesso.engines.sketch.remake.outside import Mask
from gesso.engines.sketch.remake.plates import Hidden, Laid, Plate, Stretch
from gesso.engines.sketch.remake.things import Thing

CAMERA_REST, THING_REST = 1.2, 3.0
"""Seconds after which the camera, and a thing, go at half their pace."""

CREEP = 0.035
"""How much closer the camera comes in a second to a clip in which nothing moves at all."""


@dataclass(frozen=True, slots=True)
class Past:
    """The last frames of a shot, and what they tell of motion."""

    frames: Sequence[Pixels]
    cameras: Sequence[Transform]
    """From the first of them to each."""
    pace: Transform
    """What the camera does in a frame now."""
    masks: Sequence[Mask]
    """Where things are that move by themselves."""
    things: Sequence[Thing]


def study(frames: Sequence[Pixels]) -> Past:
    """What the last frames of a video tell; those before a cut are left out."""
    small = [motion.reduced(pixels) for pixels in frames]
    steps = [motion.step(one, two, fine=True) for one, two in pairwise(small)]
    cut = max((i + 1 for i, step in enumerate(steps) if step.cut), default=0)
    frames, small, steps = frames[cut:], small[cut:], steps[cut:]
    factor = frames[0].shape[1] / small[0].shape[1]
    moves = [motion.camera(step.there) for step in steps]
    cameras: list[Transform] = [np.eye(2, 3)]
    for move in moves:
        cameras.append(motion.chained(cameras[-1], motion.scaled(move, factor)))
    behind = _behind(frames, cameras)
    found = things.find(frames, small, things.Motion(steps, moves, cameras), behind)
    pace = _mean([motion.scaled(move, factor) for move in moves[-things.PACE_FRAMES :]])
    return Past(frames, cameras, pace, *found)


def _behind(frames: Sequence[Pixels], cameras: Sequence[Transform]) -> Plate:
    size = frames[0].shape[1], frames[0].shape[0]
    stretch = Stretch(0, len(frames), tuple(cameras), goes_on=False)
    rng = np.random.Generator(np.random.PCG64(3))
    return plates.build(iter(frames), stretch, Laid(size, np.eye(2, 3)), rng)


def _hidden(masks: Sequence[Mask]) -> Hidden:
    def hidden(number: int, _pixels: Pixels) -> Mask:
        return masks[number]

    return hidden


def _mean(moves: Sequence[Transform]) -> Transform:
    return np.mean(moves, axis=0) if moves else np.eye(2, 3)


def slowed(pace: float, fps: float, half: float, number: int) -> float:
    """How far something has come after `number` frames that goes at `pace` and at half of it after `half` seconds."""
    keep = 0.5 ** (1 / (half * fps))
    return pace * keep * (1 - keep**number) / (1 - keep)


def goes_on(
    past: Past, count: int, fps: float, extra: Sequence[Transform] | None = None, seed: int = 3
) -> Iterator[Pixels]:
    """`count` new frames after the past. `extra` gives for each what the camera does besides, on its own frame.

    What comes into view and was never seen is painted by the seed.
    """
    height, width = past.frames[0].shape[:2]
    ahead = _cameras(past, count, fps, extra)
    stretch = Stretch(0, len(past.frames) + count, (*past.cameras, *ahead), goes_on=False)
    grown = [cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0 for mask in past.masks]
    plate = plates.build(
        iter(past.frames),
        stretch,
        Laid((width, height), np.eye(2, 3)),
        np.random.Generator(np.random.PCG64(seed)),
        _hidden(grown),
        there=len(past.frames),
    )
    for number in range(count):
        yield _composed(past, plate, grown, ahead[number], number, fps)


def _cameras(past: Past, count: int, fps: float, extra: Sequence[Transform] | None) -> list[Transform]:
    """Where the first frame's pixels are in each new one."""
    height, width = past.frames[0].shape[:2]
    out: list[Transform] = []
    still = not past.things and np.allclose(past.pace, np.eye(2, 3), atol=1e-3) and extra is None
    for number in range(1, count + 1):
        if still:
            zoom = 1 + CREEP * number / fps
            moved = np.array([[zoom, 0, (1 - zoom) * width / 2], [0, zoom, (1 - zoom) * height / 2]])
        else:
            moved = np.eye(2, 3) + (past.pace - np.eye(2, 3)) * slowed(1.0, fps, CAMERA_REST, number)
        camera = motion.chained(past.cameras[-1], moved)
        out.append(camera if extra is None else motion.chained(camera, extra[number - 1]))
    return _within(out, past.cameras, (width, height))


def _within(ahead: list[Transform], before: Sequence[Transform], size: tuple[int, int]) -> list[Transform]:
    """The cameras up to where the plate would grow too large; from there on the camera stands."""
    last = before[-1]
    out: list[Transform] = []
    for camera in ahead:
        last = last if plates.far(camera, size) else camera
        out.append(last)
    return out


def _composed(past: Past, plate: Plate, grown: Sequence[Mask], camera: Transform, number: int, fps: float) -> Pixels:
    height, width = past.frames[0].shape[:2]
    size = width, height
    shown = _shown(len(past.frames), number)
    onto = motion.chained(motion.inverse(past.cameras[shown]), camera)
    base = plate.view(camera, size).astype(np.float32)
    # Edges are where both are alike: a soft rim hides that one is the mean of many frames.
    cover = cv2.GaussianBlur((~grown[shown]).astype(np.float32), (0, 0), 1.5)
    rim = max(2, round(0.02 * min(size)))
    cover[:rim], cover[-rim:], cover[:, :rim], cover[:, -rim:] = 0, 0, 0, 0
    cover = cv2.blur(cover, (rim, rim))
    whole = np.array_equal(onto, np.eye(2, 3))
    if whole:
        cover = np.maximum(cover, (~grown[shown]) & _edge(size, 2 * rim)).astype(np.float32)
    seen = past.frames[shown] if whole else cv2.warpAffine(past.frames[shown], onto, size, flags=cv2.INTER_LINEAR)
    share = cover if whole else cv2.warpAffine(cover, onto, size)
    base += (seen - base) * share[..., None]
    for thing in past.things:
        _put(base, past, thing, shown, camera, number, fps)
    return np.rint(np.clip(base, 0, 255)).astype(np.uint8)


def _edge(size: tuple[int, int], reach: int) -> Mask:
    edge = np.ones((size[1], size[0]), np.bool_)
    edge[reach:-reach, reach:-reach] = False
    return edge


def _shown(frames: int, number: int) -> int:
    """Which of the last frames is shown again: from the last one back to the first, and forth, and back."""
    if frames < 3:
        return frames - 1
    period = 2 * (frames - 1)
    at = (number + 1) % period
    return frames - 1 - at if at < frames else at - (frames - 1)


def _put(base: Plane, past: Past, thing: Thing, shown: int, camera: Transform, number: int, fps: float) -> None:
    """Lay a thing, as one of the last frames shows it, where its pace has taken it by now."""
    # Of the frames that show it whole, as the rest of the picture: back and forth.
    shown = shown if shown >= thing.since else thing.since + _shown(len(past.frames) - thing.since, number)
    height, width = base.shape[:2]
    away = thing.pace * slowed(1.0, fps, THING_REST, number + 1) - thing.ways[shown]
    left, top, right, bottom = thing.box
    room = max(4, round(0.12 * max(right - left, bottom - top)))
    middle = things.in_world(np.array([(left + right) / 2, (top + bottom) / 2]), past.cameras[-1]) + thing.ways[shown]
    there = past.cameras[shown]
    x, y = there[:, :2] @ middle + there[:, 2]
    near = np.zeros((height, width), np.float32)
    across, down = (right - left) / 2 + room, (bottom - top) / 2 + room
    rows = slice(max(0, round(y - down)), max(0, round(y + down)))
    columns = slice(max(0, round(x - across)), max(0, round(x + across)))
    near[rows, columns] = past.masks[shown][rows, columns]
    cover = cv2.GaussianBlur(near, (0, 0), 0.8)
    shift = np.array([[1.0, 0.0, away[0]], [0.0, 1.0, away[1]]])
    onto = motion.chained(motion.chained(motion.inverse(there), shift), camera)
    seen = cv2.warpAffine(past.frames[shown], onto, (width, height), borderMode=cv2.BORDER_REPLICATE)
    share = cv2.warpAffine(cover, onto, (width, height))
    base += (seen - base) * share[..., None]
