"""Square windows on a picture for networks with a small fixed input, and what overlapping windows found twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Array = npt.NDArray[np.float32]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the picture."""

SIDE = 1024
"""Longer side of the copy that is looked at; the networks see at most a quarter of that."""


@dataclass(frozen=True, slots=True)
class Window:
    """A square part of a picture, which may reach over its edges."""

    left: float
    top: float
    side: float

    def picture(self, pixels: Pixels, size: int, turn: float = 0.0) -> Pixels:
        """What is seen through the window at `size` x `size`, black outside the picture; `turn` as `matrix`'s."""
        flags = cv2.INTER_AREA if self.side > size else cv2.INTER_LINEAR
        if turn == 0.0 and self.side > 2 * size:
            return self._reduced(pixels, size)
        shown = cv2.warpAffine(pixels, self.matrix(size, turn), (size, size), flags=flags)
        return np.asarray(shown, np.uint8)

    def matrix(self, size: int, turn: float = 0.0) -> npt.NDArray[np.float64]:
        """From the picture's coordinates to the window's, turned by `turn` radians about its middle."""
        scale, half = size / self.side, self.side / 2
        cos, sin = scale * np.cos(turn), scale * np.sin(turn)
        x, y = self.left + half, self.top + half
        return np.array([[cos, sin, size / 2 - cos * x - sin * y], [-sin, cos, size / 2 + sin * x - cos * y]])

    def _reduced(self, pixels: Pixels, size: int) -> Pixels:
        # warpAffine reads single pixels: a strong reduction would be made of noise.
        scale = size / self.side
        height, width = pixels.shape[:2]
        wide, high = max(1, round(width * scale)), max(1, round(height * scale))
        small = cv2.resize(pixels, (wide, high), interpolation=cv2.INTER_AREA)
        move = np.array([[1, 0, -self.left * scale], [0, 1, -self.top * scale]], np.float64)
        return np.asarray(cv2.warpAffine(small, move, (size, size)), np.uint8)


def whole(shape: tuple[int, ...]) -> Window:
    """The window that just holds all of a picture of that shape."""
    height, width = shape[:2]
    side = float(max(height, width))
    return Window((width - side) / 2, (height - side) / 2, side)


def tiles(shape: tuple[int, ...], share: float) -> Iterator[Window]:
    """Overlapping windows of `share` of the longer side, as many as cover the picture."""
    height, width = shape[:2]
    side = share * max(height, width)
    for top in _starts(height, side):
        for left in _starts(width, side):
            yield Window(left, top, side)


def _starts(length: int, side: float) -> list[float]:
    """Where windows start along one axis: centred where one is enough, else overlapping by a fifth or more."""
    if side >= length:
        return [(length - side) / 2]
    count = int(np.ceil((length - side) / (0.8 * side))) + 1
    return [float(start) for start in np.linspace(0, length - side, count)]


def view(pixels: npt.NDArray[Any]) -> tuple[Pixels, float]:
    """The picture as RGB with a longer side of at most `SIDE`, and by how much it was reduced."""
    rgb = np.ascontiguousarray(pixels[..., :3] if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2))
    height, width = rgb.shape[:2]
    scale = min(1.0, SIDE / max(height, width))
    if scale == 1.0:
        return rgb, 1.0
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8), scale


def overlap(box: Box, other: Box) -> float:
    """Area that two boxes share over the area of both together."""
    wide, high = min(box[2], other[2]) - max(box[0], other[0]), min(box[3], other[3]) - max(box[1], other[1])
    if wide <= 0 or high <= 0:
        return 0.0
    return wide * high / (area(box) + area(other) - wide * high)


def inside(box: Box, other: Box) -> float:
    """Share of `box` that lies in `other`."""
    wide, high = min(box[2], other[2]) - max(box[0], other[0]), min(box[3], other[3]) - max(box[1], other[1])
    return wide * high / max(area(box), 1e-6) if wide > 0 and high > 0 else 0.0


def area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def clipped(box: Box, shape: tuple[int, ...]) -> Box:
    """The part of a box that is in the picture."""
    height, width = shape[:2]
    left, right = (float(np.clip(x, 0, width)) for x in box[::2])
    top, bottom = (float(np.clip(y, 0, height)) for y in box[1::2])
    return left, top, right, bottom
