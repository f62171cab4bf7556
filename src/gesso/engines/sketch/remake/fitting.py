"""Pictures brought to the size of a video's frames."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.remake.motion import Pixels
from gesso.shapes import Size, size_for_lines


def covering(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """The middle of a picture, as large as fits, at exactly `size` (width, height)."""
    height, width = pixels.shape[:2]
    if (width, height) == size:
        return pixels
    scale = max(size[0] / width, size[1] / height)
    across, down = min(width, max(1, round(size[0] / scale))), min(height, max(1, round(size[1] / scale)))
    left, top = (width - across) // 2, (height - down) // 2
    part = np.ascontiguousarray(pixels[top : top + down, left : left + across])
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(part, size, interpolation=way), np.uint8)


def on_white(pixels: npt.NDArray[np.uint8]) -> Pixels:
    """A picture (H, W, 3 | 4) without its transparency."""
    if pixels.shape[2] == 3:
        return pixels
    alpha = pixels[..., 3:].astype(np.uint16)
    return ((pixels[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)


def size_of(width: int, height: int, lines: int | None, aspect: str | None) -> tuple[int, int]:
    """The size of a result, even sides: an aspect (else the video's own) at `lines` (else its own shorter side)."""
    short = lines or min(width, height)
    if aspect is not None:
        size = size_for_lines(aspect, max(16, short - short % 2))
        return size.width, size.height
    scale = short / min(width, height)
    found = Size(max(16, round(width * scale / 2) * 2), max(16, round(height * scale / 2) * 2))
    return found.width, found.height
