"""Pictures and clips as small latents: what a video autoencoder does for a large model, done here by cosines.

A block of 8 x 8 pixels becomes 16 numbers: the lowest eight cosine coefficients of its light and four of each of its
two colour differences. In time the first frame stands alone and every four after it are averaged, as in Wan's
autoencoder.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[Any]
Latents = npt.NDArray[Any]

BLOCK = 8
CHANNELS = 16
STRIDE = 4
"""Frames that share a latent frame."""

LIGHT = ((0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1))
COLOUR = ((0, 0), (0, 1), (1, 0), (1, 1))
"""Coefficients that are kept: (down, across)."""

MEAN = np.array([0.2, *[0.0] * 15], np.float32)
SPREAD = np.array(
    [0.5, 0.28, 0.25, *[0.12] * 3, *[0.08] * 2, 0.2, 0.1, 0.1, 0.05, 0.2, 0.1, 0.1, 0.05],
    np.float32,
)
"""What counts as 1 in each channel. Means of blocks are then about of unit variance, slopes and ripples of less: they
are what one picture has and the next has not, and shall not outweigh what all have in common."""


def _cosines() -> npt.NDArray[np.float32]:
    """(8, 8): cosine basis by rows, scaled so that a flat block of value v has coefficient v."""
    k, n = np.mgrid[:BLOCK, :BLOCK]
    basis = np.cos(np.pi * (n + 0.5) * k / BLOCK) / BLOCK * np.where(k == 0, 1, np.sqrt(2))
    return basis.astype(np.float32)


BASIS = _cosines()


def sized(width: int, height: int, area: int) -> tuple[int, int]:
    """(width, height) of about `area` pixels with a like aspect, both multiples of 16 and at least 32."""
    aspect = min(3.0, max(1 / 3, width / height))
    sides = (np.sqrt(area * aspect), np.sqrt(area / aspect))
    across, down = (max(32, round(float(side) / 16) * 16) for side in sides)
    return across, down


def fitted(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """A picture cut to the aspect of `size` (width, height) around its middle and scaled to it."""
    height, width = pixels.shape[:2]
    scale = max(size[0] / width, size[1] / height)
    across, down = min(width, round(size[0] / scale)), min(height, round(size[1] / scale))
    left, top = (width - across) // 2, (height - down) // 2
    cut = np.ascontiguousarray(pixels[top : top + max(1, down), left : left + max(1, across), :3])
    return np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.uint8)


def encoded(frames: Iterable[Pixels]) -> Latents:
    """(T, h, w, 16) float32 of 1 + 4 n frames (H, W, 3) uint8 whose sides are multiples of 8."""
    single = [_frame(frame) for frame in frames]
    groups = [single[:1], *(single[i : i + STRIDE] for i in range(1, len(single), STRIDE))]
    return np.stack([np.mean(group, axis=0) for group in groups]).astype(np.float32)


def _frame(pixels: Pixels) -> Latents:
    colour = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2YCrCb).astype(np.float32) / 127.5 - 1
    height, width = pixels.shape[0] // BLOCK, pixels.shape[1] // BLOCK
    blocks = colour.reshape(height, BLOCK, width, BLOCK, 3)
    whole = np.einsum("ki,hiwjc,lj->hwckl", BASIS, blocks, BASIS, optimize=True)
    parts = [whole[..., 0, k, m] for k, m in LIGHT]
    parts += [whole[..., c, k, m] for c in (1, 2) for k, m in COLOUR]
    return ((np.stack(parts, axis=-1) - MEAN) / SPREAD).astype(np.float32)
