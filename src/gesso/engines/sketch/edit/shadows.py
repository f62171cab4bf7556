"""The shadow that a thing casts on even ground: it goes when the thing goes."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.edit.canvas import Plane

DARKER, MOST_DARKER = 3.0, 35.0
"""Lightness in Lab by which a shadow is darker than the ground of its row, at least and at most."""

SURE, FAINT = 1.5, 0.4
"""Times the row's own spread of lightness that is added to the least: where a shadow is sure, and as far as it goes."""

SAME_HUE = 14.0
"""Distance of chroma up to which darker ground is still the ground."""

SOLID = 0.45
"""Share of its hull that a shadow fills: less is a pattern of the ground."""

Mask = npt.NDArray[np.bool_]


def cast(mask: Plane, lab: Plane) -> Plane:
    """Where a thing's shadow lies, 0 or 1 (H, W); `mask` and `lab` are a view's."""
    thing = mask > 0.5
    rows, columns = np.flatnonzero(thing.any(axis=1)), np.flatnonzero(thing.any(axis=0))
    out = np.zeros_like(mask)
    if not len(rows):
        return out
    reach, foot = max(len(rows), len(columns)), int(rows[-1])
    top, bottom = max(0, foot - round(0.45 * len(rows))), min(len(mask), foot + round(0.25 * reach))
    left, right = max(0, int(columns[0]) - reach), int(columns[-1]) + reach
    ground = np.s_[top:bottom, left:right]
    low = thing.copy()
    low[: foot - round(0.35 * len(rows))] = False
    if (~thing[ground]).sum() > 50:
        smooth = np.asarray(cv2.GaussianBlur(lab, (0, 0), 1.5), np.float32)[ground]
        out[ground] = _dark(smooth, thing[ground], low[ground], 0.9 * float(thing.sum()))
    return out


def _dark(lab: Plane, thing: Mask, low: Mask, most: float) -> Mask:
    rows = np.ma.masked_array(lab, np.repeat(thing[..., None], 3, axis=2))
    usual = np.ma.filled(np.ma.median(rows, axis=1), 0)[:, None]
    spread = np.ma.filled(np.ma.median(abs(rows[..., 0] - usual[..., 0]), axis=1), 0)[:, None]
    drop, hue = usual[..., 0] - lab[..., 0], np.linalg.norm(lab[..., 1:] - usual[..., 1:], axis=2)
    same = ~thing & (hue < SAME_HUE) & (drop < MOST_DARKER)
    beside = cv2.dilate(low.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    sure = _spots(same & (drop > DARKER + SURE * spread), beside, most)
    faint = _spots(same & (drop > DARKER + FAINT * spread), sure, most)
    return sure | faint


def _spots(dark: Mask, beside: Mask, most: float) -> Mask:
    """Those spots that touch what is `beside`, are no pattern, not cut off and not larger than what casts them."""
    opened = cv2.morphologyEx(dark.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opened)
    out = np.zeros_like(dark)
    for number in range(1, count):
        spot = labels == number
        left, _, wide, _, area = stats[number]
        cut = left <= 0 or left + wide >= dark.shape[1]
        if cut or not 15 <= area <= most or not (spot & beside).any():
            continue
        hull = cv2.contourArea(cv2.convexHull(np.argwhere(spot)[:, ::-1].astype(np.int32)))
        if area >= SOLID * hull:
            out |= spot
    return out
