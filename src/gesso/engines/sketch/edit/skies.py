"""The sky: what reaches from the upper edge to the first strong outline and keeps to a smooth course of colour."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.edit.canvas import Pixels, Plane, luma, to_lab, to_unit

LEAST, MOST = 0.05, 0.92
"""Shares of a picture that its sky may have."""

LEVELS = np.linspace(0.02, 0.30, 18)
"""Outline strengths that are tried as the sky's lower border."""


def sky(rgb: Pixels) -> Plane | None:
    """The sky's mask (0 or 1) at the size of `rgb`; None where the upper part does not look like one."""
    unit = cv2.GaussianBlur(to_unit(rgb), (0, 0), 1.0)
    lab = to_lab(unit)
    if min(rgb.shape[:2]) < 24:
        return None
    border = _border(luma(unit), lab)
    height = len(lab)
    above = np.arange(height)[:, None] < border[None, :]
    if not LEAST < above.mean() < 0.98 or not _plausible(lab, above):
        return None
    mask = _with_clouds(_followed(lab, above), lab)
    share = float(mask.mean())
    # What reaches the lower edge is a wall or a studio's paper.
    return mask.astype(np.float32) if LEAST < share < MOST and mask[-1].mean() < 0.25 else None


def _border(grey: Plane, lab: Plane) -> npt.NDArray[np.int64]:
    """The row in each column where the sky ends, for the outline strength that best parts two even regions."""
    slope = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)) / 4
    slope[:2] = 0
    best, energy = np.zeros(grey.shape[1], np.int64), -1.0
    rows = np.arange(len(grey))[:, None]
    columns = np.ascontiguousarray(slope.T)
    for level in LEVELS:
        strong = columns > level
        border = np.where(strong.any(axis=1), strong.argmax(axis=1), len(grey))
        above = rows < border[None, :]
        share = above.mean()
        if not 0.04 < share < 0.97:
            continue
        value = 1 / (2 * _variance(lab, above) + _variance(lab, ~above) + 1e-3)
        if value > energy:
            best, energy = border, value
    return best


def _variance(lab: Plane, where: npt.NDArray[np.bool_]) -> float:
    """How much the colours there differ, by every seventh of them."""
    places = np.flatnonzero(where)
    return float(lab.reshape(-1, 3)[places[::7]].var(axis=0, ddof=1).sum()) if len(places) > 20 else 1e6


def _plausible(lab: Plane, above: npt.NDArray[np.bool_]) -> bool:
    """Blue, or as pale as clouds, or the glow of evening; and not all of one flat studio colour."""
    values = lab[above]
    light, a, b = np.median(values, axis=0)
    if above[0].mean() < 0.3:
        return False
    blue = b < -5 and b < a + 4
    spread = float(values.std(axis=0).sum())
    pale = light > 62 and abs(a) < 5 and -14 < b < 3 and spread > 3.0 and above.mean() < 0.75
    night = light < 22 and b < 2 and float(values[:, 0].std()) < 9 and b < a + 1
    evening = light > 30 and spread > 14 and _cooler_above(lab, above)
    flat = spread < 1.2
    return bool((blue or pale or night or evening) and not flat)


def _cooler_above(lab: Plane, above: npt.NDArray[np.bool_]) -> bool:
    height = int(above.sum(axis=0).max())
    top, low = lab[: max(1, height // 4)], lab[height // 2 : height]
    return bool(len(low) and np.median(low[..., 2]) > np.median(top[..., 2]) + 5)


def _with_clouds(mask: npt.NDArray[np.bool_], lab: Plane) -> npt.NDArray[np.bool_]:
    """The sky with the pale or grey patches that it encloses, up to its upper edge."""
    framed = np.pad(~mask, ((1, 0), (0, 0)), constant_values=False)[1:].astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(framed, connectivity=4)
    height, width = mask.shape
    out = mask.copy()
    light, chroma = float(np.median(lab[mask][:, 0])), np.hypot(lab[..., 1], lab[..., 2])
    for i in range(1, count):
        left, _, wide, high, area = stats[i]
        here = labels == i
        enclosed = left > 0 and left + wide < width and stats[i][1] + high < height * 0.9
        pale = float(lab[here][:, 0].mean()) > light - 4 and float(chroma[here].mean()) < 30
        if enclosed and area < 0.1 * mask.size and (pale or area < 0.0006 * mask.size):
            out |= here
    return out


def _followed(lab: Plane, above: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The border's sky, plus what beyond it has the colour that the sky has in that row (between trees, under arms)."""
    rows = np.linspace(-1, 1, len(lab), dtype=np.float32)
    at = np.repeat(rows[:, None], lab.shape[1], axis=1)
    base = np.stack([np.ones_like(at), at, at * at], axis=-1)
    course = np.linalg.lstsq(base[above][::5], lab[above][::5], rcond=None)[0].astype(np.float32)
    off = lab - base @ course
    scale = np.maximum(np.quantile(np.abs(off[above]), 0.85, axis=0), (3.0, 1.6, 2.2)).astype(np.float32)
    near = (np.abs(off) / scale).max(axis=2) < 1.9
    lowest = int(np.quantile(above.sum(axis=0), 0.97)) + 4
    near[min(len(lab), lowest) :] = False
    both = cv2.morphologyEx((near | above).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, found = cv2.connectedComponents(both)
    labels = np.asarray(found, np.int64)
    sizes = np.bincount(labels.ravel(), minlength=count)
    touching = np.zeros(count, np.bool_)
    touching[np.unique(labels[: max(2, len(lab) // 20)])] = True
    touching |= sizes > 0.004 * both.size
    touching[0] = False
    return touching[labels]
