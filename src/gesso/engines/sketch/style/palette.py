"""A picture in few colours."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[Any]
Floats = npt.NDArray[Any]


def flatten(pixels: Pixels, count: int, rng: np.random.Generator) -> tuple[npt.NDArray[Any], Floats]:
    """The picture in `count` flat colours: labels (H, W) and colours (count, 3), dark to light."""
    soft = smooth(pixels, 3)
    small = cv2.resize(soft, (96, 96), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB).reshape(-1, 3)
    centres = kmeans(lab, count, rng)
    centres = centres[np.argsort(centres[:, 0], kind="stable")]
    full = cv2.cvtColor(soft.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    best = np.full(full.shape[:2], np.inf, np.float32)
    labels = np.zeros(full.shape[:2], np.int32)
    for i, centre in enumerate(centres):
        distance = ((full - centre) ** 2).sum(axis=2)
        closer = distance < best
        labels[closer], best = i, np.minimum(best, distance)
    colours = cv2.cvtColor(centres[None].astype(np.float32), cv2.COLOR_LAB2RGB)[0] * 255
    return labels, colours


def clean(labels: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Labels of flat areas without their crumbs."""
    size = 5 if max(labels.shape[:2]) > 300 else 3
    return np.asarray(cv2.medianBlur(labels.astype(np.uint8), size), np.uint8)


def kmeans(points: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Lloyd's algorithm from far-apart starts; our own, because OpenCV's keeps a global random state."""
    count = min(count, len(points))
    centres = points[rng.integers(len(points))][None]
    while len(centres) < count:
        distance = ((points[:, None] - centres[None]) ** 2).sum(axis=2).min(axis=1)
        centres = np.concatenate([centres, points[distance.argmax()][None]])
    for _ in range(8):
        nearest = ((points[:, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1)
        centres = np.stack(
            [points[nearest == i].mean(axis=0) if (nearest == i).any() else centres[i] for i in range(count)]
        )
    return centres.astype(np.float32)


def smooth(pixels: Pixels, rounds: int) -> Pixels:
    """Flat inside, sharp at edges: bilateral filtering on a smaller copy."""
    height, width = pixels.shape[:2]
    scale = min(1.0, 560 / max(height, width))
    small = cv2.resize(
        pixels, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=cv2.INTER_AREA
    )
    for _ in range(rounds):
        small = cv2.bilateralFilter(small, 7, 34, 5)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
