"""A clip as material: any of its frames at a wanted size, in either direction, a few in memory at a time."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import cv2
import numpy as np

from gesso.engines.sketch.text_to_image import fitted
from gesso.engines.sketch.video import clips
from gesso.engines.sketch.video.shot import Pixels
from gesso.media import Media
from gesso.shapes import Size

CHUNK = 16
"""Frames that are decoded together."""


class Excerpt:
    """Frames of a clip, cut to a size around the middle; `prepare` is applied to a few together, `change` to each."""

    def __init__(
        self,
        media: Media,
        size: Size,
        *,
        fps: float | None = None,
        most: int | None = None,
        reverse: bool = False,
        change: Callable[[Pixels], Pixels] | None = None,
        prepare: Callable[[list[Pixels]], list[Pixels]] | None = None,
    ) -> None:
        facts = clips.probe(media)
        self._media, self._size, self._fps = media, size, fps
        self._reverse, self._change, self._prepare = reverse, change, prepare
        whole = facts.frames if fps is None else max(1, round(facts.seconds * fps))
        self.count = min(whole, most or whole)
        scale = max(size.width / facts.width, size.height / facts.height)
        self._decoded = max(size.width, round(facts.width * scale)), max(size.height, round(facts.height * scale))
        self._chunk: tuple[int, list[Pixels]] = (-1, [])

    def frame(self, number: int) -> Pixels:
        """Frame `number` of what was asked for; beyond the end the last one."""
        number = min(max(0, number), self.count - 1)
        if self._reverse:
            number = self.count - 1 - number
        chunk = number // CHUNK
        if chunk != self._chunk[0]:
            self._chunk = (chunk, self._read(chunk))
        frames = self._chunk[1]
        return frames[min(number % CHUNK, len(frames) - 1)].copy()

    def _read(self, chunk: int) -> list[Pixels]:
        rate = None if self._fps is None else Fraction(self._fps)
        start = chunk * CHUNK
        found = list(clips.frames(self._media, size=self._decoded, fps=rate, start=start, stop=start + CHUNK))
        if not found:
            # A header may promise more frames than can be decoded: what there was last goes on.
            found = self._read(chunk - 1)[-1:] if chunk else [self._black()]
        fit = [fitted(frame, self._size) for frame in found]
        fit = self._prepare(fit) if self._prepare else fit
        return [self._change(frame) for frame in fit] if self._change else fit

    def _black(self) -> Pixels:
        return np.zeros((self._size.height, self._size.width, 3), np.uint8)


def structure(kind: str, preprocess: bool) -> Callable[[Pixels], Pixels]:
    """How a control clip is read: its `depth`, `pose` or `canny` map as (H, W, 3) uint8, found in it or given by it."""

    def read(pixels: Pixels) -> Pixels:
        grey = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY)
        if preprocess:
            grey = _depth(grey) if kind == "depth" else _lines(grey)
        return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB))

    return read


def _lines(grey: Pixels) -> Pixels:
    soft = cv2.GaussianBlur(grey, (0, 0), 1.4)
    level = float(np.median(soft))
    return np.asarray(cv2.Canny(soft, max(10.0, 0.6 * level), max(40.0, 1.3 * level)))


def _depth(grey: Pixels) -> Pixels:
    """Near is bright: what is low in the picture, and what is sharp and full of contrast."""
    rows = np.linspace(0, 1, grey.shape[0], dtype=np.float32)[:, None]
    detail = np.abs(cv2.Laplacian(grey.astype(np.float32), cv2.CV_32F))
    sharp = cv2.GaussianBlur(detail, (0, 0), max(2.0, grey.shape[1] / 40))
    sharp /= max(1e-3, float(sharp.max()))
    return np.rint(255 * np.clip(0.55 * rows + 0.55 * sharp, 0, 1)).astype(np.uint8)


def follow(scene: Pixels, control: Pixels, kind: str, strength: float) -> Pixels:
    """A scene that shows a control map: ink along its lines, or light and haze by its depth."""
    level = control[..., :1].astype(np.float32) / 255
    if kind == "depth":
        shaded = scene * (0.45 + 0.75 * level)
    else:
        line = cv2.dilate(control, np.ones((2, 2), np.uint8))[..., :1].astype(np.float32) / 255
        shaded = scene * (1 - 0.85 * line) + 20 * line
    return np.rint(np.clip(scene + (shaded - scene) * np.float32(strength), 0, 255)).astype(np.uint8)
