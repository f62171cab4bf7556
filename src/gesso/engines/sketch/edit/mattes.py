"""From a coarse mask to the picture's own outlines: a guided filter, its coefficients found small and used large."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gesso.engines.sketch.edit.canvas import Pixels, Plane, bands, lifted, reduced, to_unit

SIDE = 640
"""Longer side at which the coefficients are computed."""


@dataclass(frozen=True, slots=True)
class Matte:
    """Opacity as a local linear function of colour: `slope` (h, w, 3), `offset` (h, w); 0 outside `support`."""

    slope: Plane
    offset: Plane
    support: Plane

    def rows(self, pixels: Pixels, top: int, bottom: int) -> Plane:
        """Opacity 0..1 of rows of the picture that the matte was made for."""
        place = pixels.shape, top, bottom
        colour = to_unit(pixels[top:bottom])
        alpha = (lifted(self.slope, *place) * colour).sum(axis=2) + lifted(self.offset, *place)
        steep = np.clip((alpha - np.float32(0.08)) / np.float32(0.84), 0, 1)
        reach = lifted(self.support, *place)
        return np.where(reach < 1 / 256, np.float32(0), np.minimum(steep, reach)).astype(np.float32)

    def full(self, pixels: Pixels) -> Pixels:
        """Opacity of the whole picture as bytes."""
        out = np.empty(pixels.shape[:2], np.uint8)
        for top, rows in bands(pixels):
            out[top : top + len(rows)] = np.rint(self.rows(pixels, top, top + len(rows)) * 255)
        return out


def refined(mask: Plane, pixels: Pixels, radius: float = 0.010, eps: float = 4e-4) -> Matte:
    """A matte for `pixels` from a mask of any size; `radius` as a share of the longer side."""
    guide = to_unit(reduced(pixels, SIDE))
    height, width = guide.shape[:2]
    small = np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    reach = max(2, round(radius * max(height, width)))
    slope, offset = _coefficients(guide, small, reach, eps)
    size = 2 * reach + 1
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    support = cv2.blur(cv2.dilate((small > 0.5).astype(np.float32), ellipse), (3, 3))
    return Matte(slope, offset, np.clip(support, 0, 1))


def _coefficients(guide: Plane, mask: Plane, radius: int, eps: float) -> tuple[Plane, Plane]:
    """He's guided filter with a colour guide."""

    def mean(values: Plane) -> Plane:
        return np.asarray(cv2.blur(values, (2 * radius + 1, 2 * radius + 1)), np.float32)

    centre, level = mean(guide), mean(mask)
    cross = mean(guide * mask[..., None]) - centre * level[..., None]
    spread = np.empty((*mask.shape, 3, 3), np.float32)
    for i in range(3):
        for j in range(3):
            spread[..., i, j] = mean(guide[..., i] * guide[..., j]) - centre[..., i] * centre[..., j]
    spread += np.float32(eps) * np.eye(3, dtype=np.float32)
    slope = np.linalg.solve(spread, cross[..., None])[..., 0].astype(np.float32)
    offset = level - (slope * centre).sum(axis=2)
    return mean(slope), mean(offset)
