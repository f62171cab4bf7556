"""Plain shapes and lines of writing, found by their outlines alone: no network knows them."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.perceive import windows
from gesso.engines.sketch.perceive.detector import Found
from gesso.engines.sketch.perceive.windows import Box, Pixels

VIEW = 640
LEAST = 0.0006
"""Share of the picture that a shape has at least."""

LEVELS = 24
"""Difference in a sample from which two flat areas are told apart."""


def shapes(pixels: npt.NDArray[Any], kind: str = "") -> list[Found]:
    """Flat areas of one colour whose outline is a circle, ellipse, square, rectangle or triangle, the largest first.

    `kind` names one of these; an ellipse may be a circle, and a rectangle a square.
    """
    rgb, scale = _reduced(pixels)
    found: list[Found] = []
    for area in areas(rgb):
        contours, _ = cv2.findContours(area, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        for contour in contours:
            named = _shape(np.asarray(contour), rgb.shape)
            if named is not None and (not kind or kind in named[0]):
                left, top, wide, high = cv2.boundingRect(contour)
                box = (left / scale, top / scale, (left + wide) / scale, (top + high) / scale)
                found.append(Found(named[0][0], named[1], box))
    return _apart(sorted(found, key=lambda f: -f.score))


def writing(pixels: npt.NDArray[Any], least: float = 0.78) -> list[Found]:
    """Lines of writing: rows of small dense strokes of about one height."""
    rgb, scale = _reduced(pixels)
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    strokes = np.asarray(cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, kernel), np.uint8)
    level, _ = cv2.threshold(strokes, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    marks = (strokes > max(level, 40)).astype(np.uint8)
    found: list[Found] = []
    for reach in (7, 13, 23):
        across = cv2.getStructuringElement(cv2.MORPH_RECT, (reach, max(1, reach // 6)))
        joined = cv2.morphologyEx(marks, cv2.MORPH_CLOSE, across)
        count, _, stats, _ = cv2.connectedComponentsWithStats(joined)
        for i in range(1, count):
            left, top, wide, high, _ = (int(v) for v in stats[i])
            score = _written(grey[top : top + high, left : left + wide], marks[top : top + high, left : left + wide])
            if score >= least:
                box = (left / scale, top / scale, (left + wide) / scale, (top + high) / scale)
                found.append(Found("text", score, box))
    return _apart(sorted(found, key=lambda f: (-round(f.box[2] - f.box[0]), f.box)))


def _reduced(pixels: npt.NDArray[Any]) -> tuple[Pixels, float]:
    rgb, scale = windows.view(pixels)
    height, width = rgb.shape[:2]
    by = min(1.0, VIEW / max(height, width))
    if by == 1.0:
        return rgb, scale
    size = max(1, round(width * by)), max(1, round(height * by))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8), scale * by


def areas(rgb: Pixels) -> list[npt.NDArray[np.uint8]]:
    """Connected flat areas, as masks: what the edges of the picture leave between them."""
    smooth = cv2.bilateralFilter(rgb, 5, 30, 5)
    steps = np.max([np.asarray(cv2.Canny(smooth[..., i], LEVELS, LEVELS * 3)) for i in range(3)], axis=0)
    kernel = np.ones((3, 3), np.uint8)
    # Outlines have gaps at sharp corners.
    inner = (cv2.dilate(steps, kernel) == 0).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(inner, connectivity=4)
    order = np.argsort(-stats[1:, cv2.CC_STAT_AREA])[:60] + 1
    least = max(20.0, LEAST * inner.size)
    kept = [int(i) for i in order if i < count and least < stats[i, cv2.CC_STAT_AREA] < 0.9 * inner.size]
    return [np.asarray(cv2.dilate((labels == i).astype(np.uint8), kernel, iterations=2), np.uint8) for i in kept]


def _shape(contour: npt.NDArray[Any], shape: tuple[int, ...]) -> tuple[tuple[str, ...], float] | None:
    """(its names, how well it fits) of an outline that is a plain shape."""
    area, around = float(cv2.contourArea(contour)), float(cv2.arcLength(contour, True))
    left, top, wide, high = cv2.boundingRect(contour)
    at_edge = left <= 1 or top <= 1 or left + wide >= shape[1] - 1 or top + high >= shape[0] - 1
    hull = float(cv2.contourArea(cv2.convexHull(contour)))
    if at_edge or min(wide, high) < 6 or around == 0 or hull == 0 or area / hull < 0.93:
        return None
    corners = len(cv2.approxPolyDP(contour, 0.035 * around, True))
    _, (side, other), _ = cv2.minAreaRect(contour)
    filled, even = area / max(side * other, 1e-6), min(side, other) / max(side, other, 1e-6)
    three, _ = cv2.minEnclosingTriangle(contour)
    if three > 0 and area / three > 0.88:
        return ("triangle",), min(0.99, area / three)
    if corners == 4 and filled > 0.88:
        return (("square", "rectangle") if even > 0.92 else ("rectangle",)), min(0.99, filled)
    if corners >= 5 and abs(filled - np.pi / 4) < 0.05:
        return (("circle", "ellipse") if even > 0.9 else ("ellipse",)), 1 - abs(filled - np.pi / 4)
    return None


def _written(grey: npt.NDArray[Any], marks: npt.NDArray[Any]) -> float:
    """How much a patch looks like a line of writing, 0 where it does not."""
    high, wide = grey.shape
    if high < 9 or wide < 1.4 * high or high > VIEW / 2:
        return 0.0
    dense = float(marks.mean())
    light = float(np.ptp(np.quantile(grey, (0.03, 0.97))))
    if light < 60 or not 0.25 < dense < 0.9:
        return 0.0
    # Writing has two levels, ink and ground, and crosses between them many times along the line.
    low, top = np.quantile(grey, (0.05, 0.95))
    two = float(((grey < low + 0.3 * light) | (grey > top - 0.3 * light)).mean())
    middle = grey[round(high * 0.25) : max(round(high * 0.25) + 1, round(high * 0.8))].astype(np.float32)
    ink = middle < (low + top) / 2
    crossings = float(np.abs(np.diff(ink.astype(np.int8), axis=1)).sum(axis=1).mean()) / (wide / high)
    bands = float(ink.mean())
    if two < 0.6 or not 1.1 < crossings < 7 or not 0.08 < bands < 0.92:
        return 0.0
    return round(min(0.95, 0.35 + 0.35 * two + 0.05 * min(crossings, 5)), 3)


def _apart(found: list[Found]) -> list[Found]:
    """Without finds that are the same as, or lie within, a better one."""
    kept: list[Found] = []
    for one in found:
        if all(_free(one.box, other.box) for other in kept):
            kept.append(one)
    return kept


def _free(box: Box, other: Box) -> bool:
    return windows.overlap(box, other) < 0.4 and windows.inside(box, other) < 0.7
