"""The pictures that the checks hand to the endpoints."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from tests.engines.sketch.edit.world import meadow, portrait

Pixels = npt.NDArray[Any]

__all__ = ["depth", "edges", "half", "meadow", "plain", "portrait", "striped", "tinted"]


def edges(height: int = 192, width: int = 256) -> Pixels:
    """An edge map: a house's outline, white on black."""
    out = np.zeros((height, width, 3), np.uint8)
    cv2.rectangle(out, (width // 4, height // 2), (width * 3 // 4, height - 20), (255, 255, 255), 2)
    roof = np.array([(width // 5, height // 2), (width // 2, height // 5), (width * 4 // 5, height // 2)])
    cv2.polylines(out, [roof], True, (255, 255, 255), 2)
    return out


def depth(height: int = 192, width: int = 256) -> Pixels:
    """A depth map: a ball before a wall, near is white."""
    y, x = np.mgrid[0:height, 0:width]
    far = np.hypot(x - width / 2, y - height / 2) / (height / 3)
    near = np.where(far < 1, 120 + 135 * np.sqrt(np.clip(1 - far**2, 0, 1)), 40)
    return np.repeat(near.astype(np.uint8)[..., None], 3, axis=2)


def striped(first: tuple[int, int, int] = (230, 30, 140), second: tuple[int, int, int] = (30, 220, 200)) -> Pixels:
    """Diagonal stripes in two loud colours: a look that cannot be missed."""
    y, x = np.mgrid[0:200, 0:200]
    return np.where((((x + y) // 18) % 2)[..., None] == 0, first, second).astype(np.uint8)


def half(height: int = 192, width: int = 256) -> Pixels:
    """A mask: black on the left, a ramp in the middle, white on the right."""
    ramp = np.clip((np.arange(width) - width / 2) / (width / 4) + 0.5, 0, 1) * 255
    return np.repeat(np.repeat(ramp.astype(np.uint8)[None, :, None], height, axis=0), 3, axis=2)


def plain(colour: tuple[int, int, int], height: int = 96, width: int = 128) -> Pixels:
    """One colour."""
    return np.full((height, width, 3), colour, np.uint8)


def tinted() -> Pixels:
    """The meadow as a camera with a wrong white balance and too little light sees it."""
    return np.rint(meadow() * np.array([0.75, 0.55, 0.35]) + 10).astype(np.uint8)
