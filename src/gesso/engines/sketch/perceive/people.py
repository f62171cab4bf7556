"""Which pixels of a picture are people: selfie segmentation, looked at whole and again close up."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch import runtime
from gesso.engines.sketch.perceive import windows
from gesso.engines.sketch.perceive.windows import Array, Box, Pixels, Window

PART = "selfie-segmentation"
"""How results call this network."""

ASSET = "perceive/person.onnx"
INPUT = 256


def person_mask(pixels: npt.NDArray[Any], boxes: list[Box] | None = None) -> Array:
    """How much of each pixel is a person, 0..1, at the size of the picture.

    The network was taught on people near the camera: `boxes` of people or faces known otherwise are looked at one by
    one. Without boxes it looks at the whole picture, then at what it found there.
    """
    rgb, scale = windows.view(pixels)
    if min(rgb.shape[:2]) < 8:
        return np.zeros(pixels.shape[:2], np.float32)
    out = np.zeros(rgb.shape[:2], np.float32)
    if boxes is None:
        out = _seen(rgb, windows.whole(rgb.shape))
        found = _extent(out)
        boxes, scale = ([found] if found else []), 1.0
    for box in boxes:
        left, top, right, bottom = (value * scale for value in box)
        side = 1.25 * max(right - left, bottom - top, 16)
        window = Window((left + right - side) / 2, (top + bottom - side) / 2, side)
        if side < 0.9 * max(rgb.shape[:2]) or not out.any():
            out = np.maximum(out * _outside(out.shape, window), _seen(rgb, window))
    full = cv2.resize(out, (pixels.shape[1], pixels.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(full, 0, 1), np.float32)


def _seen(rgb: Pixels, window: Window) -> Array:
    """The network's answer through a window, in the picture's place; 0 outside the window."""
    shown = window.picture(rgb, INPUT).astype(np.float32) / np.float32(255)
    (answer,) = runtime.run_all(ASSET, shown[None])
    back = cv2.invertAffineTransform(window.matrix(INPUT))
    size = rgb.shape[1], rgb.shape[0]
    placed = cv2.warpAffine(np.asarray(answer, np.float32)[0, ..., 0], back, size, flags=cv2.INTER_LINEAR)
    return np.asarray(placed, np.float32)


def _extent(mask: Array) -> Box | None:
    """The box about all that is surely a person."""
    rows, columns = np.nonzero(mask > 0.5)
    if len(rows) < 0.002 * mask.size:
        return None
    return float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1)


def _outside(shape: tuple[int, ...], window: Window) -> Array:
    """1 outside a window, 0 inside: the closer look counts there."""
    out = np.ones(shape[:2], np.float32)
    top, left = max(0, round(window.top)), max(0, round(window.left))
    out[top : max(0, round(window.top + window.side)), left : max(0, round(window.left + window.side))] = 0
    return out
