"""A video made anew on key frames, and what is new carried along the motion to the frames between.

A key frame is remade in full. What can be said of it pixel by pixel (a change of colours, a plain enlargement) is
learnt from it and done to every frame: that cannot flicker. What is left over, strokes and fine detail, is the key's
own; it moves with what it lies on, from the key before and the key after, and counts as far as the motion is sure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import cv2
import numpy as np

from gesso.engines.sketch.remake import motion
from gesso.engines.sketch.remake.motion import Pixels, Plane, Step, Transform
from gesso.engines.sketch.video.relay import ahead


class Plain(Protocol):
    """What is done to every frame alike: pixels to pixels, perhaps of another size.

    Where keys are carried whole it looks at single pixels, and is asked for some of a frame as a row (1, n, 3).
    """

    def __call__(self, pixels: Pixels, /) -> Pixels:
        """Do it."""
        ...

    def towards(self, other: Any, share: float, /) -> Plain:
        """What lies between this (0) and another of its kind (1)."""
        ...


LEVEL = 128
"""What stands for no difference in detail that is carried as bytes."""

NONE = np.float32(1e-4)
"""What stands for no weight where weights are divided by."""

DOUBT = 0.98
"""Trust below which what is brought whole gives way to the plain frame."""

SHORT = 4
"""Frames from the last key to a shot's end that need no key of their own."""

SEGMENT_BYTES = 1 << 27
"""Frames held between two keys at most. While one stretch is made, the next is prepared, and one lies ready."""


@dataclass(frozen=True, slots=True)
class Before:
    """A key before, carried along the motion to a later frame."""

    made: Pixels
    """What it alone would make of the later frame."""
    sure: Plane
    """How far the motion can be trusted, (H, W)."""
    at: Plane
    """Where in the key's reduced frame the later one's pixels come from, (h, w, 2)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key frame stands in its video."""

    number: int
    shot: int
    """How many cuts came before."""
    camera: Transform
    """(2, 3): where the pixels of the shot's first frame are in this one, as far as the camera moved them."""
    first: bool
    """Whether it begins its shot."""
    before: Before | None = None
    """The key before, as it is seen from this frame; none at first."""


class Remake(Protocol):
    """How a frame is made anew."""

    whole: bool
    """Whether keys are carried whole (where they show little of the frame), or only what is not plain in them."""

    def key(self, pixels: Pixels, place: Place) -> Pixels:
        """The frame made anew."""
        ...

    def plain(self, pixels: Pixels, made: Pixels) -> Plain:
        """What of that change can be done to any frame of the same shot without looking around."""
        ...


@dataclass(frozen=True, slots=True)
class Key:
    """A key frame made anew: what is done to every frame, and what is its own."""

    small: Pixels
    plain: Plain
    own: Pixels
    """(H, W, 3): what is carried; the frame made anew, or how far it is above what `plain` makes, from `LEVEL` on."""
    made: Pixels
    whole: bool


@dataclass(slots=True)
class Segment:
    """Frames from one key to before the next, with the motion between them."""

    key: Key
    frames: list[Pixels] = field(default_factory=list[Pixels])
    small: list[Pixels] = field(default_factory=list[Pixels])
    steps: list[Step] = field(default_factory=list[Step])


Stretch = tuple[Segment, Key | None, bool]
"""A segment, the key after it, and whether that key is the shot's last frame, with nothing to come after it."""


def remade(frames: Iterator[Pixels], spacing: int, remake: Remake) -> Iterator[Pixels]:
    """Every frame made anew, with a key at the first frame of each shot and then at every `spacing`-th.

    Motion is sought and keys are made on another thread, while the frames between earlier keys are made on this one.
    """
    for held, after, last in ahead(_stretches(frames, spacing, remake), 1):
        yield from _between(held, after)
        if after is not None and last:
            yield after.made


def _stretches(frames: Iterator[Pixels], spacing: int, remake: Remake) -> Iterator[Stretch]:
    place = Place(0, 0, np.eye(2, 3), first=True)
    first = next(frames, None)
    if first is None:
        return
    held = _begun(first, remake, place)
    spacing = max(1, min(spacing, SEGMENT_BYTES // first.nbytes))
    for number, pixels in enumerate(frames, 1):
        small = motion.reduced(pixels)
        step = motion.step(held.small[-1], small)
        if step.cut:
            yield _ended(held, remake, place)
            place = Place(number, place.shot + 1, np.eye(2, 3), first=True)
            held = _begun(pixels, remake, place)
            continue
        place = _gone_on(place, step, pixels.shape[1] / small.shape[1])
        held.steps.append(step)
        if len(held.frames) < spacing:
            held.frames.append(pixels)
            held.small.append(small)
            continue
        after = _begun(pixels, remake, replace(place, before=_foreseen(held, pixels, small)))
        yield held, after.key, False
        held = after
    yield _ended(held, remake, place)


def each(frames: Iterator[Pixels], remake: Remake) -> Iterator[Pixels]:
    """Every frame made anew for itself, as if each began the clip."""
    for number, pixels in enumerate(frames):
        yield remake.key(pixels, Place(number, 0, np.eye(2, 3), first=number == 0))


def _ended(held: Segment, remake: Remake, place: Place) -> Stretch:
    """The last frames of a shot. Its last one is a key too: what comes into view late is in no key before."""
    if len(held.frames) < SHORT:
        return held, None, True
    pixels, small = held.frames.pop(), held.small.pop()
    after = _begun(pixels, remake, replace(place, before=_foreseen(held, pixels, small)))
    return held, after.key, True


def _begun(pixels: Pixels, remake: Remake, place: Place) -> Segment:
    made = remake.key(pixels, place)
    plain = remake.plain(pixels, made)
    own = made if remake.whole else cv2.addWeighted(made, 1, plain(pixels), -1, LEVEL)
    small = motion.reduced(pixels)
    return Segment(Key(small, plain, own, made, remake.whole), [pixels], [small])


def _gone_on(place: Place, step: Step, factor: float) -> Place:
    moved = motion.scaled(motion.camera(step.there), factor)
    return Place(place.number + 1, place.shot, motion.chained(place.camera, moved), first=False)


def _between(held: Segment, after: Key | None) -> Iterator[Pixels]:
    """The segment's frames, made anew from the key before and, where there is one, the key after."""
    before = _forward(held)
    behind = _backward(held) if after is not None else None
    length = len(held.frames)
    for i, (pixels, small) in enumerate(zip(held.frames, held.small, strict=True)):
        if i == 0:
            yield held.key.made
            continue
        share = i / length
        from_key = _brought(held.key, before[i], small)
        if after is None or behind is None:
            yield _sum(held.key.plain, pixels, [(1.0, *from_key)], held.key.whole)
            continue
        plain = held.key.plain.towards(after.plain, share)
        parts = [(1 - share, *from_key), (share, *_brought(after, behind[i], small))]
        yield _sum(plain, pixels, parts, held.key.whole)


def _foreseen(held: Segment, pixels: Pixels, small: Pixels) -> Before:
    """The segment's key as it is seen from the frame after the segment."""
    at = _forward(held)[-1]
    own, sure = _brought(held.key, at, small)
    return Before(_sum(held.key.plain, pixels, [(1.0, own, sure)], held.key.whole), sure, at)


def _forward(held: Segment) -> list[Plane]:
    """For each frame, where in the key before each of its pixels comes from."""
    height, width = held.small[0].shape[:2]
    at = [motion.grid(width, height)]
    for step in held.steps:
        at.append(np.asarray(motion.sample(at[-1], motion.grid(width, height) + step.back), np.float32))
    return at


def _backward(held: Segment) -> list[Plane]:
    """For each frame, where in the key after each of its pixels goes to."""
    height, width = held.small[0].shape[:2]
    at = [motion.grid(width, height)]
    for step in reversed(held.steps):
        at.append(np.asarray(motion.sample(at[-1], motion.grid(width, height) + step.there), np.float32))
    return at[:0:-1]


def _brought(key: Key, at: Plane, small: Pixels) -> tuple[Pixels, Plane]:
    """What is the key's own, moved to this frame, and how far the move can be trusted, both at the result's size."""
    height, width = key.own.shape[:2]
    rows, columns = at.shape[:2]
    sure = motion.trust(small, np.asarray(motion.sample(key.small, at), np.uint8))
    where = motion.grid(width, height) + motion.enlarged(at - motion.grid(columns, rows), width, height)
    own = np.asarray(motion.sample(key.own, where))
    return own, motion.resized(sure, width, height)


Parts = list[tuple[float, Pixels, Plane]]
"""What each key brings: its share by time, its picture or detail, how far the motion can be trusted."""


def _sum(plain: Plain, pixels: Pixels, parts: Parts, whole: bool) -> Pixels:
    """What the keys bring over what is plain: their mean by time and trust, weighed by the trust of the better one.

    Brought whole it takes the plain frame's place, else it is added to it.
    """
    weights = [sure * np.float32(share) for share, _, sure in parts]
    best: Any = np.maximum.reduce([sure for _, _, sure in parts])
    brought = parts[0][1]
    if len(parts) > 1:
        brought = cv2.blendLinear(brought, parts[1][1], weights[0] + NONE, weights[1] + NONE)
    if whole:
        return _over(plain, pixels, np.ascontiguousarray(brought, np.uint8), best)
    nothing = np.full_like(brought, LEVEL)
    detail = cv2.blendLinear(np.asarray(brought, np.uint8), nothing, best, 1 - best)
    return np.asarray(cv2.addWeighted(plain(pixels), 1, detail, 1, -LEVEL), np.uint8)


def _over(plain: Plain, pixels: Pixels, out: Pixels, best: Plane) -> Pixels:
    """The keys' own pictures, and where they are in doubt, the plain frame: only those pixels of it are made."""
    doubt = np.flatnonzero(best.reshape(-1) < DOUBT)
    if len(doubt):
        # As rows of one line: masks of two dimensions take five times as long.
        brought = out.reshape(-1, 3)
        own, share = np.take(brought, doubt, axis=0)[None], np.take(best.reshape(-1), doubt)[None]
        base = plain(np.take(pixels.reshape(-1, 3), doubt, axis=0)[None])
        brought[doubt] = cv2.blendLinear(own, base, share, 1 - share)[0]
    return out
