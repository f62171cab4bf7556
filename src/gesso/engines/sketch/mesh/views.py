"""The pictures of a thing as views: its silhouette, and its colours carried a little beyond it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch import pictures
from gesso.engines.sketch.edit import foreground, mattes
from gesso.engines.sketch.edit.canvas import Pixels, Plane, reduced, to_lab, to_unit
from gesso.errors import InputError
from gesso.media import Media

SIDE = 1280
"""Longer side to which pictures are reduced: more than the texture can show."""

LEAST_SIDE = 32
"""Pixels a side below which no silhouette can be made out."""

WIDEST = 3.0
"""Heights that a thing may be wide."""

PLAIN = 7.0
"""Difference in Lab up to which the picture's rim counts as one colour."""

APART = 11.0
"""Difference in Lab from a plain rim from which something is in front."""

HOLE = 0.015
"""Share of the thing's box from which a patch in it of exactly the rim's colour is a hole."""

CLEAR = 6.0
"""Difference in Lab up to which a place may be the background that is carried on."""

SHARE = (0.002, 0.985)
"""Shares of the picture that a thing may cover."""


@dataclass(frozen=True, slots=True)
class View:
    """One picture: `rgb` (H, W, 3) with the thing's colours drawn out over what is around it, and `mask` (H, W) 0..1.

    Pixel = (`middle` + x * `scale`, `base` - y * `scale`). The thing's height is 1, or less where it is very wide.
    """

    rgb: Pixels
    mask: Plane
    middle: float
    base: float
    scale: float
    how: str
    """How the silhouette was found, for the log."""

    @property
    def tall(self) -> float:
        """Height of the thing: 1, unless it was made less."""
        rows = np.flatnonzero((self.mask > 0.5).any(axis=1))
        return float(rows[-1] + 1 - rows[0]) / self.scale

    @property
    def width(self) -> float:
        """Width of the thing, as far as it reaches to either side of the middle."""
        columns = np.flatnonzero((self.mask > 0.5).any(axis=0))
        return 2 * float(max(columns[-1] + 1 - self.middle, self.middle - columns[0])) / self.scale


def read(media: Media) -> View:
    """Raises InputError for what is no picture, is too small, or shows nothing that stands out."""
    pixels = reduced(pictures.read(media), SIDE)
    height, width = pixels.shape[:2]
    if min(height, width) < LEAST_SIDE:
        limits = {"min_height": LEAST_SIDE, "min_width": LEAST_SIDE}
        msg = f"The picture is {width}x{height}; a view needs at least {LEAST_SIDE} pixels a side."
        raise InputError(media.loc, "image_too_small", msg, limits, media.url)
    found = silhouette(pixels)
    if found is None:
        msg = "Nothing stands out in the picture: give a view of one thing, on a plain or transparent background."
        raise InputError(media.loc, "value_error", msg, None, media.url)
    return view(np.ascontiguousarray(pixels[..., :3]), *found)


def fitted(views: Sequence[View]) -> list[View]:
    """The views on a common scale at which none is wider than `WIDEST`: what follows takes time by the width."""
    most = max(view.width for view in views)
    return [replace(view, scale=view.scale * max(1.0, most / WIDEST)) for view in views]


def view(rgb: Pixels, mask: Plane, how: str) -> View:
    """A view from a picture and what is in front in it."""
    rows, columns = np.nonzero(mask > 0.5)
    top, bottom = int(rows.min()), int(rows.max()) + 1
    middle = (int(columns.min()) + int(columns.max()) + 1) / 2
    return View(drawn_out(rgb, mask), mask, middle, float(bottom), float(max(1, bottom - top)), how)


def silhouette(pixels: Pixels) -> tuple[Plane, str] | None:
    """What is in front, 0..1 at the picture's size, and how it was told; none where nothing stands out."""
    rgb = np.ascontiguousarray(pixels[..., :3])
    own = pixels[..., 3] if pixels.shape[2] == 4 else None
    if own is not None and SHARE[0] < float((own > 127).mean()) < SHARE[1]:
        return _kept(own.astype(np.float32) / 255, "its transparency")
    plain = _before_plain(rgb)
    if plain is not None:
        return _kept(plain, "its plain background")
    found = foreground.foreground(rgb)
    if found is None:
        return None
    mask = mattes.refined(found, rgb).full(rgb).astype(np.float32) / 255
    return _kept(_seen_through(mask, rgb), "what stands out in it")


def _kept(mask: Plane, how: str) -> tuple[Plane, str] | None:
    """The mask's main parts; none where they are too little or too much."""
    count, found, stats, _ = cv2.connectedComponentsWithStats((mask > 0.5).astype(np.uint8))
    labels, sizes = np.asarray(found, np.int64), stats[1:, cv2.CC_STAT_AREA]
    if count < 2 or sizes.max() < SHARE[0] * mask.size:
        return None
    kept = np.concatenate([[False], sizes >= 0.02 * sizes.max()])[labels]
    near = cv2.dilate(kept.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    mask = np.where(near, mask, np.float32(0))
    return (mask, how) if float((mask > 0.5).mean()) < SHARE[1] else None


def _before_plain(rgb: Pixels) -> Plane | None:
    """What differs from a rim of one colour; none where the rim is not plain."""
    lab = to_lab(cv2.GaussianBlur(to_unit(rgb), (0, 0), 0.8))
    height, width = rgb.shape[:2]
    edge = max(1, round(0.015 * max(height, width)))
    rim = np.ones((height, width), np.bool_)
    rim[edge : height - edge, edge : width - edge] = False
    colour = np.median(lab[rim], axis=0)
    apart = np.sqrt(((lab - colour) ** 2).sum(axis=2))
    if float((apart[rim] < PLAIN).mean()) < 0.9 or float((apart > APART).mean()) < SHARE[0]:
        return None
    like = (apart < APART).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(like, connectivity=4)
    outside = np.zeros(count, np.bool_)
    outside[np.unique(labels[rim & (like > 0)])] = True
    outside |= _holes(apart, labels, stats)
    outside[0] = False
    front = (~outside[labels]).astype(np.float32)
    soft = np.clip((apart - 0.4 * APART) / APART, 0, 1).astype(np.float32)
    core = cv2.erode(front, np.ones((3, 3), np.uint8))
    return np.maximum(core, np.minimum(front, np.maximum(soft, 0.6 * front)))


def _seen_through(mask: Plane, rgb: Pixels) -> Plane:
    """The mask without large patches in which a background that changes slowly goes on behind the thing."""
    lab = to_lab(cv2.GaussianBlur(to_unit(rgb), (0, 0), 0.8))
    outside = 1 - cv2.dilate((mask > 0.1).astype(np.float32), np.ones((9, 9), np.uint8))
    behind = _carried_in(lab, outside)
    apart = np.sqrt(((lab - behind) ** 2).sum(axis=2))
    inside = mask > 0.5
    around = (cv2.dilate(inside.astype(np.uint8), np.ones((61, 61), np.uint8)) > 0) & (outside > 0)
    if not inside.any() or not around.any() or float((apart[around] < CLEAR).mean()) < 0.6:
        return mask
    _, labels, stats, _ = cv2.connectedComponentsWithStats((inside & (apart < CLEAR)).astype(np.uint8), connectivity=4)
    rows, columns = np.nonzero(inside)
    far = np.bincount(labels.ravel(), apart.ravel(), minlength=len(stats)) / np.maximum(stats[:, cv2.CC_STAT_AREA], 1)
    holes = (stats[:, cv2.CC_STAT_AREA] > HOLE * float(np.ptp(rows) * np.ptp(columns))) & (far < CLEAR / 2)
    holes[0] = False
    grown = cv2.dilate(holes[labels].astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return np.where(grown, np.float32(0), mask)


def _carried_in(lab: Plane, outside: Plane) -> Plane:
    """The colours of what is outside, continued smoothly over what is not."""
    height, width = outside.shape
    small = max(1, width // 8), max(1, height // 8)
    weight = cv2.resize(outside, small, interpolation=cv2.INTER_AREA)
    colours = cv2.resize(lab * outside[..., None], small, interpolation=cv2.INTER_AREA)
    sigma = 0.06 * max(small)
    share = cv2.GaussianBlur(weight, (0, 0), sigma)[..., None] + np.float32(1e-6)
    carried = cv2.GaussianBlur(colours, (0, 0), sigma) / share
    return np.asarray(cv2.resize(carried, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _holes(apart: Plane, labels: npt.NDArray[Any], stats: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Patches within the thing through which the plain background is seen: large, and of exactly its colour."""
    area = stats[:, cv2.CC_STAT_AREA]
    box = float(
        np.ptp(np.flatnonzero((apart > APART).any(axis=0))) * np.ptp(np.flatnonzero((apart > APART).any(axis=1)))
    )
    far = np.bincount(labels.ravel(), apart.ravel(), minlength=len(area)) / np.maximum(area, 1)
    return (area > HOLE * box) & (far < 2.0)


def drawn_out(rgb: Pixels, mask: Plane) -> Pixels:
    """The picture with the colours just inside the thing's outline continued outward: no background bleeds in."""
    reach = max(1, round(0.004 * max(mask.shape)))
    sure = cv2.erode((mask > 0.9).astype(np.uint8), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    if not sure.any():
        sure = (mask > 0.5).astype(np.uint8)
    _, found = cv2.distanceTransformWithLabels(1 - sure, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    labels = np.asarray(found, np.int64)
    colours = np.zeros((int(labels.max()) + 1, 3), np.uint8)
    colours[labels[sure > 0]] = rgb[sure > 0]
    out = colours[labels]
    blurred = cv2.GaussianBlur(out, (0, 0), 1.5)
    return np.where((sure > 0)[..., None], rgb, blurred)
