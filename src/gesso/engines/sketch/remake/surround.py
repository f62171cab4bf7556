"""A video on a larger canvas: each frame lies where it is put, and round it the plate behind its shot shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np

from gesso.engines.sketch.remake import motion, outside, plates
from gesso.engines.sketch.remake.motion import Pixels, Transform
from gesso.engines.sketch.remake.plates import Box, Drawn, Laid, Plate, Stretch

AREA = 1_000_000
"""Pixels of canvas at which plates are put together; larger canvases show them enlarged."""

Read = Callable[[], Iterator[Pixels]]
"""Reads the video from its beginning."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """The canvas (width, height), and the box of it that the whole frame is scaled to; parts may lie outside."""

    size: tuple[int, int]
    box: Box

    def laid(self, frame: tuple[int, int], factor: float) -> Laid:
        """Where frames of a size lie on the canvas made `factor` times as large."""
        left, top, right, bottom = (side * factor for side in self.box)
        across, down = (right - left) / frame[0], (bottom - top) / frame[1]
        onto = np.array([[across, 0.0, left + (across - 1) / 2], [0.0, down, top + (down - 1) / 2]])
        size = round(self.size[0] * factor), round(self.size[1] * factor)
        return Laid((max(8, size[0]), max(8, size[1])), onto)

    @property
    def shown(self) -> Box:
        """The part of the canvas that the frame covers."""
        left, top, right, bottom = self.box
        return max(0, left), max(0, top), min(self.size[0], right), min(self.size[1], bottom)

    @property
    def covered(self) -> bool:
        """Whether nothing of the canvas is left over."""
        return self.shown == (0, 0, *self.size)


def frames(
    read: Read,
    size: tuple[int, int],
    canvas: Canvas,
    rng: np.random.Generator,
    *,
    given: Pixels | None = None,
    drawn: Drawn | None = None,
    still: bool = False,
) -> Iterator[Pixels]:
    """The frames of a video of `size` on the canvas; it is read three times, a frame at a time."""
    if canvas.covered:
        for pixels in read():
            yield _cut(pixels, canvas)
        return
    factor = min(1.0, (AREA / (canvas.size[0] * canvas.size[1])) ** 0.5)
    laid = canvas.laid(size, factor)
    building, showing = read(), read()
    before: Plate | None = None
    last: Stretch | None = None
    for stretch in plates.survey(read(), size, still):
        first = _first(given, laid) if stretch.start == 0 else None
        part = islice(building, stretch.length)
        plate = plates.build(part, stretch, laid, rng, given=first, drawn=drawn)
        for i, pixels in enumerate(islice(showing, stretch.length)):
            behind = plate.view(laid.camera(stretch.cameras[i]), laid.canvas)
            if stretch.goes_on and before is not None and last is not None and i < plates.FADE:
                behind = _faded(behind, before, last, laid.camera(stretch.cameras[i]), laid, i)
            yield _composed(pixels, behind, canvas)
        before, last = plate, stretch


def _first(given: Pixels | None, laid: Laid) -> Pixels | None:
    if given is None:
        return None
    return np.asarray(cv2.resize(given, laid.canvas, interpolation=cv2.INTER_AREA), np.uint8)


def _faded(behind: Pixels, before: Plate, last: Stretch, camera: Transform, laid: Laid, number: int) -> Pixels:
    """The first frames of a stretch that goes on with a shot still show the plate before."""
    old = before.view(motion.chained(laid.camera(last.cameras[-1]), camera), laid.canvas)
    share = (number + 1) / (plates.FADE + 1)
    return np.asarray(cv2.addWeighted(old, 1 - share, behind, share, 0), np.uint8)


def _composed(pixels: Pixels, behind: Pixels, canvas: Canvas) -> Pixels:
    """The frame in its box over what lies behind, the colours beside it led up to its own."""
    if behind.shape[1::-1] != canvas.size:
        behind = np.asarray(cv2.resize(behind, canvas.size, interpolation=cv2.INTER_CUBIC), np.uint8)
    whole = np.zeros((canvas.size[1], canvas.size[0], 3), np.uint8)
    known = np.zeros(whole.shape[:2], np.bool_)
    left, top, right, bottom = canvas.shown
    whole[top:bottom, left:right] = _part(pixels, canvas)
    known[top:bottom, left:right] = True
    return outside.evened(behind, known, whole)


def _cut(pixels: Pixels, canvas: Canvas) -> Pixels:
    return np.ascontiguousarray(_part(pixels, canvas))


def _part(pixels: Pixels, canvas: Canvas) -> Pixels:
    """The part of the frame that the canvas shows, at its size there."""
    left, top, right, bottom = canvas.box
    size = right - left, bottom - top
    height, width = pixels.shape[:2]
    if size != (width, height):
        smaller = size[0] * size[1] < width * height
        way = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=way), np.uint8)
    shown = canvas.shown
    return pixels[shown[1] - top : shown[3] - top, shown[0] - left : shown[2] - left]
