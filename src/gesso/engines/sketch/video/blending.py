"""Pictures through maps and over one another, in whole numbers: what every frame of an animatic spends its time on.

OpenCV resamples four channels three times as fast as three, and parts channels much faster than slices of arrays do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from gesso.engines.sketch.video.shot import Pixels


def remapped(pixels: Pixels, x: Any, y: Any, border: int) -> Pixels:
    """A picture (H, W, 3) seen at the positions `x`, `y` (h, w) float32, beyond its edges by OpenCV's `border`."""
    four = cv2.cvtColor(pixels, cv2.COLOR_RGB2RGBA)
    return rgb(cv2.remap(four, x, y, cv2.INTER_LINEAR, borderMode=border))


def rgb(four: Any) -> Pixels:
    """The first three of four channels."""
    return cv2.cvtColor(four, cv2.COLOR_RGBA2RGB)


def thrice(plane: Any) -> Pixels:
    """A plane (H, W) for each of three channels."""
    return cv2.cvtColor(plane, cv2.COLOR_GRAY2RGB)


def over(picture: Pixels, layer: Pixels) -> None:
    """Lay a layer (H, W, 4) of premultiplied alpha over a picture (H, W, 3), in place."""
    uncovered(picture, cv2.extractChannel(layer, 3))
    cv2.add(picture, rgb(layer), picture)


def uncovered(picture: Pixels, cover: Any) -> None:
    """Take from a picture what `cover` (H, W) uint8 hides of it, in place."""
    cv2.multiply(picture, thrice(cv2.bitwise_not(cover)), picture, scale=1 / 255)


def veil(picture: Pixels, cover: Any, tone: Sequence[float]) -> None:
    """Cover a picture with one tone (0..255), as much as `cover` (H, W) uint8 says, in place."""
    uncovered(picture, cover)
    cv2.add(picture, tinted(cover, tone), picture)


def tinted(plane: Any, tone: Sequence[float]) -> Pixels:
    """A plane (H, W) uint8 in a tone (0..255)."""
    return cv2.merge([cv2.convertScaleAbs(plane, alpha=level / 255) for level in tone])


def lit(picture: Pixels, light: Any) -> None:
    """Add light, or take it where it is negative, (H, W) of any real type, in place."""
    up, down = (thrice(cv2.convertScaleAbs(part)) for part in (np.maximum(light, 0), np.minimum(light, 0)))
    cv2.subtract(cv2.add(picture, up), down, picture)
