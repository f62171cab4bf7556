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
LOOKS = ((1.15, False), (1.15, True), (1.5, False), (1.5, True))
"""How wide around a box to look, and whether mirrored."""


def person_mask(pixels: npt.NDArray[Any], boxes: list[Box] | None = None) -> Array:
    """How much of each pixel is a person, 0..1, at the size of the picture.

    The network was taught on people near the camera: `boxes` of people or faces known otherwise are looked at one by
    one. Without boxes it looks at the whole picture, then at what it found there.
    """
    rgb, scale = windows.view(pixels)
    if min(rgb.shape[:2]) < 8:
        return np.zeros(pixels.shape[:2], np.float32)
    if boxes is None:
        out = _seen(rgb, windows.whole(rgb.shape))
        found = _extent(out)
        if found is not None:
            out = (out + 2 * _looked(rgb, found)) / 3
    else:
        scaled = [tuple(value * scale for value in box) for box in boxes]
        out = np.max([_looked(rgb, box) for box in scaled] or [np.zeros(rgb.shape[:2], np.float32)], axis=0)
    full = cv2.resize(out, (pixels.shape[1], pixels.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(full, 0, 1), np.float32)


def _looked(rgb: Pixels, box: tuple[float, ...]) -> Array:
    """The mean of several looks at a box: where they differ the network is guessing."""
    left, top, right, bottom = box
    looks: list[Array] = []
    for by, mirrored in LOOKS:
        side = by * max(right - left, bottom - top, 16)
        window = Window((left + right - side) / 2, (top + bottom - side) / 2, side)
        looks.append(_seen(rgb, window, mirrored=mirrored))
    return np.asarray(np.mean(looks, axis=0), np.float32)


def _seen(rgb: Pixels, window: Window, *, mirrored: bool = False) -> Array:
    """The network's answer through a window, in the picture's place; 0 outside the window."""
    shown = window.picture(rgb, INPUT).astype(np.float32) / np.float32(255)
    (answer,) = runtime.run_all(ASSET, np.ascontiguousarray(shown[:, ::-1] if mirrored else shown)[None])
    mask = np.asarray(answer, np.float32)[0, ..., 0]
    back = cv2.invertAffineTransform(window.matrix(INPUT))
    size = rgb.shape[1], rgb.shape[0]
    turned = np.ascontiguousarray(mask[:, ::-1] if mirrored else mask)
    return np.asarray(cv2.warpAffine(turned, back, size, flags=cv2.INTER_LINEAR), np.float32)


def _extent(mask: Array) -> Box | None:
    """The box about all that is surely a person."""
    rows, columns = np.nonzero(mask > 0.5)
    if len(rows) < 0.002 * mask.size:
        return None
    return float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1)
