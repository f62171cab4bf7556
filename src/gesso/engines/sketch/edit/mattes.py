"""From a coarse mask to the picture's own outlines: a guided filter, its coefficients found small and used large."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gesso.engines.sketch.edit.canvas import Pixels, Plane, bands, lifted, reduced, smooth, to_unit

SIDE = 640
"""Longer side at which the coefficients are computed."""

STRANDS = 0.035
"""How far strands of hair reach beyond a mask, as a share of the longer side."""


@dataclass(frozen=True, slots=True)
class Matte:
    """Opacity as a local linear function of colour: `slope` (h, w, 3), `offset` (h, w); 0 outside `support`."""

    slope: Plane
    offset: Plane
    support: Plane

    def rows(self, pixels: Pixels, top: int, bottom: int) -> Plane:
        """Opacity 0..1 of rows of the picture that the matte was made for."""
        place = pixels.shape, top, bottom
        reach = lifted(self.support, *place)
        if float(reach.max()) < 1 / 256:
            return np.zeros(reach.shape, np.float32)
        slope, colour = lifted(self.slope, *place), to_unit(pixels[top:bottom])
        alpha = np.einsum("ijk,ijk->ij", slope, colour) + lifted(self.offset, *place)
        steep = np.clip((alpha - np.float32(0.08)) / np.float32(0.84), 0, 1)
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


def cutout(mask: Plane, pixels: Pixels) -> Matte:
    """A matte for what is to be laid before another background: `refined`, and fine strands beyond its edge.

    In a band about the mask a pixel's opacity is where its colour lies between those of the thing and of the
    background nearby, wherever these two are apart and the background is even. That is linear in colour as well.
    """
    guide = to_unit(reduced(pixels, SIDE))
    height, width = guide.shape[:2]
    base = refined(mask, pixels)
    solid = np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR), np.float32) > 0.5
    reach = max(3, round(STRANDS * max(height, width)))
    near = _grown(solid, reach)
    inner, outer = ~_grown(~solid, max(1, reach // 5)), ~near
    if not inner.any() or not outer.any():
        return base
    thing, _ = _local(guide, inner, reach)
    behind, uneven = _local(guide, outer, reach)
    apart = thing - behind
    square = (apart * apart).sum(axis=2)
    slope = apart / np.maximum(square, 1e-3)[..., None]
    clear = square / (square + 6 * uneven + np.float32(0.02))
    away = cv2.distanceTransform((~solid).astype(np.uint8), cv2.DIST_L2, 3) / np.float32(reach)
    # Close to the edge the guided filter knows more; far from it strands end.
    band = smooth(0.02, 0.2, away) * (1 - smooth(0.7, 1.0, away))
    # The blur's running sums leave a little less than nothing here and there.
    share = np.maximum(cv2.blur(smooth(0.5, 0.85, clear) * band, (3, 3)), np.float32(0))
    mixed = base.slope * (1 - share)[..., None] + slope * share[..., None]
    offset = base.offset * (1 - share) - (behind * slope).sum(axis=2) * share
    return Matte(mixed.astype(np.float32), offset.astype(np.float32), np.maximum(base.support, np.sqrt(share)))


def _grown(mask: np.ndarray, by: int) -> np.ndarray:
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * by + 1, 2 * by + 1))
    return cv2.dilate(mask.astype(np.uint8), ellipse) > 0


def _local(guide: Plane, where: np.ndarray, reach: int) -> tuple[Plane, Plane]:
    """Mean colour of the marked pixels nearby, and how much they differ from it."""
    marked = where.astype(np.float32)
    weight = np.maximum(cv2.GaussianBlur(marked, (0, 0), reach * 0.8), 1e-4)
    mean = cv2.GaussianBlur(guide * marked[..., None], (0, 0), reach * 0.8) / weight[..., None]
    square = cv2.GaussianBlur((guide * guide).sum(axis=2) * marked, (0, 0), reach * 0.8) / weight
    return np.asarray(mean, np.float32), np.maximum(square - (mean * mean).sum(axis=2), 0).astype(np.float32)


def _coefficients(guide: Plane, mask: Plane, radius: int, eps: float) -> tuple[Plane, Plane]:
    """He's guided filter with a colour guide."""

    def mean(values: Plane) -> Plane:
        return np.asarray(cv2.blur(values, (2 * radius + 1, 2 * radius + 1)), np.float32)

    centre, level = mean(guide), mean(mask)
    cross = mean(guide * mask[..., None]) - centre * level[..., None]
    planes, middles = cv2.split(guide), cv2.split(centre)
    rr, rg, rb, gg, gb, bb = (
        (mean(planes[i] * planes[j]) - middles[i] * middles[j]).astype(np.float64) + (eps if i == j else 0.0)
        for i, j in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
    )
    # The symmetric 3 x 3 systems by their cofactors, all pixels at once.
    first, second, third = gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg
    middle, corner = rr * bb - rb * rb, rg * rb - rr * gb
    adjoint = (first, second, third), (second, middle, corner), (third, corner, rr * gg - rg * rg)
    whole = rr * first + rg * second + rb * third
    x, y, z = cv2.split(cross)
    slope = cv2.merge([((a * x + b * y + c * z) / whole).astype(np.float32) for a, b, c in adjoint])
    offset = level - (slope * centre).sum(axis=2)
    return mean(slope), mean(offset)
