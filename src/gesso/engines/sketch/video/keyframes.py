"""A video through given views: each picture is a shot that stands still at its own frame, between two one becomes the
other, and all share one camera and one action.

A key's shot is seen relative to the camera's pose at the key's frame; so the picture itself is what is seen there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from gesso.engines.sketch.video import excerpt
from gesso.engines.sketch.video.acts import Motion
from gesso.engines.sketch.video.camera import Pose
from gesso.engines.sketch.video.excerpt import Excerpt
from gesso.engines.sketch.video.morph import Morph
from gesso.engines.sketch.video.shot import Pixels

View = Callable[[int], Pixels]
"""Frame number of the video to its pixels."""


@dataclass(slots=True)
class Key:
    """A picture at a frame: `view` renders its shot for any frame of the video, and is the picture at its own."""

    frame: int
    picture: Pixels
    view: View
    strength: float = 1.0


@dataclass(slots=True)
class Span:
    """A clip over frames: its own pictures, or with `kind` a structure that the scene below follows."""

    frame: int
    clip: Excerpt
    strength: float = 1.0
    kind: str = "rgb"

    @property
    def end(self) -> int:
        return self.frame + self.clip.count


def relative(pose: Pose, to: Pose) -> Pose:
    """A pose as seen from another, which becomes the picture as it is."""
    return Pose(
        (pose.pan[0] - to.pan[0], pose.pan[1] - to.pan[1]),
        (pose.truck[0] - to.truck[0], pose.truck[1] - to.truck[1]),
        pose.zoom / to.zoom,
        (1 + pose.dolly) / (1 + to.dolly) - 1,
        pose.roll - to.roll,
    )


def since(motion: Motion, frame: int) -> Motion:
    """A motion counted from its state at a frame."""
    return Motion(
        motion.x - motion.x[frame],
        motion.y - motion.y[frame],
        motion.wide / _apart(motion.wide[frame]),
        motion.high / _apart(motion.high[frame]),
        motion.turn - motion.turn[frame],
        motion.seen,
        motion.lift,
        motion.middle,
    )


def _apart(value: float) -> float:
    return value if abs(value) > 0.2 else float(np.copysign(0.2, value))


class Passage:
    """Frames of a video that passes through keys and spans, over a scene of its own where they are weak."""

    def __init__(self, keys: Sequence[Key], spans: Sequence[Span], count: int, base: View | None) -> None:
        self._keys = sorted(keys, key=lambda key: key.frame)
        self._frames = [key.frame for key in self._keys]
        self._spans, self._count, self._base = spans, count, base
        self._morphs: dict[int, Morph] = {}

    def frame(self, i: int) -> Pixels:
        """Frame `i`."""
        pixels = self._between(i)
        for span in self._spans:
            if span.frame <= i < span.end:
                pixels = self._laid(pixels, span, i)
        return pixels

    def _between(self, i: int) -> Pixels:
        if not self._keys:
            return self._scene(i)
        after = bisect_right(self._frames, i)
        before = self._keys[max(0, after - 1)]
        pixels, strength = before.view(i), before.strength
        if 0 < after < len(self._keys):
            following = self._keys[after]
            share = (i - before.frame) / (following.frame - before.frame)
            if share > 0:
                pixels = self._morph(after).between(pixels, following.view(i), share)
                strength += (following.strength - strength) * share
        return pixels if strength >= 0.999 else _mixed(self._scene(i), pixels, strength)

    def _morph(self, after: int) -> Morph:
        if after not in self._morphs:
            self._morphs = {after: Morph(self._keys[after - 1].picture, self._keys[after].picture)}
        return self._morphs[after]

    def _scene(self, i: int) -> Pixels:
        if self._base is None:
            raise RuntimeError("nothing is to be seen at this frame")
        return self._base(i)

    def _laid(self, pixels: Pixels, span: Span, i: int) -> Pixels:
        shown = span.clip.frame(i - span.frame)
        if span.kind == "rgb":
            return shown if span.strength >= 0.999 else _mixed(pixels, shown, span.strength)
        return excerpt.follow(pixels, shown, span.kind, span.strength)


def _mixed(below: Pixels, above: Pixels, strength: float) -> Pixels:
    return np.asarray(cv2.addWeighted(below, 1 - strength, above, strength, 0))


def edges(span: Span, still: Callable[[int, Pixels, float], Key], count: int) -> list[Key]:
    """The first and last picture of a clip as keys, so that what is before and after leads to and from it."""
    first = still(span.frame, span.clip.frame(0), span.strength)
    last_frame = min(span.end, count) - 1
    if last_frame <= span.frame:
        return [first]
    return [first, still(last_frame, span.clip.frame(last_frame - span.frame), span.strength)]


def merged(keys: Sequence[Key]) -> list[Key]:
    """One key for each frame; of several at one frame the strongest."""
    best: dict[int, Key] = {}
    for key in keys:
        if key.strength > 0 and (key.frame not in best or key.strength > best[key.frame].strength):
            best[key.frame] = key
    return [replace(key) for key in best.values()]
