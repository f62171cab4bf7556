"""Outlines and lines of vector drawings as SVG path data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Points = npt.NDArray[Any]
"""(N, 2): x and y."""

Moved = Callable[[Points], Points]
"""Points -> how far each is displaced."""

LEAST = 10
"""Pixels of area below which a shape is left out."""

ROUND = 9.0
"""How far from a corner its rounding begins, in tolerances of the outline."""


BORDER = 0.9
"""Width of the thin border in a shape's own colour that covers the gap to its neighbours."""


def hex_of(colour: Any) -> str:
    """`#rrggbb` of three numbers 0..255."""
    return "#" + "".join(f"{round(min(255.0, max(0.0, float(c)))):02x}" for c in colour)


def area(mask: npt.NDArray[Any], tolerance: float, moved: Moved | None = None) -> str:
    """The outlines of a mask, holes among them, simplified within `tolerance` pixels and rounded."""
    contours, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    bounds = np.array(mask.shape[1::-1], float)
    return "".join(rounded(contour, tolerance, moved, bounds) for contour in contours)


def rounded(contour: Any, tolerance: float, moved: Moved | None, bounds: Points) -> str:
    """A closed outline with its simplified corners rounded, but for those on the drawing's own border."""
    simple = cv2.approxPolyDP(contour, tolerance, True)[:, 0, :].astype(float)
    if len(simple) < 3 or cv2.contourArea(contour) < LEAST:
        return ""
    rim = ((simple <= 0) | (simple >= bounds - 1)).any(axis=1)
    # A sample's outline runs along its far side at the border, through its middle elsewhere.
    simple = np.where(simple >= bounds - 1, bounds, np.where(simple <= 0, 0, simple + 0.5))
    simple = simple if moved is None else np.where(rim[:, None], simple, simple + moved(simple))
    before, after = np.roll(simple, 1, axis=0) - simple, np.roll(simple, -1, axis=0) - simple
    reach = np.where(rim, 0.0, ROUND * tolerance)[:, None]
    first, last = (simple + way * np.minimum(0.5, reach / _lengths(way)) for way in (before, after))
    out, pen = [f"M{_at(last[-1])}"], last[-1]
    for corner, start, end in zip(simple, first, last, strict=True):
        if np.abs(start - pen).max() > 0.3:
            out.append(f"L{_at(start)}")
        if np.abs(end - start).max() > 0.3:
            out.append(f"Q{_at(corner)} {_at(end)}")
        pen = end
    return "".join(out) + "Z"


def line(points: Points) -> str:
    """An open line, simplified and rounded."""
    simple = cv2.approxPolyDP(np.asarray(points, np.float32)[:, None, :], 1.2, False)[:, 0, :] + 0.5
    middle = (simple[1:] + simple[:-1]) / 2
    ends = zip(simple[1:], middle[1:], strict=False)
    curves = "".join(f"Q{_at(corner)} {_at(end)}" for corner, end in ends)
    return f"M{_at(simple[0])}L{_at(middle[0])}{curves}L{_at(simple[-1])}"


def polygon(points: Points) -> str:
    """A closed line with its corners."""
    return "M" + "L".join(_at(point) for point in points) + "Z"


def runs(flags: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Start and stop of every run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def octilinear(points: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """A way over the points that only goes straight, down, across or diagonally."""
    out = points[:1]
    for x, y in points[1:]:
        dx, dy = x - out[-1][0], y - out[-1][1]
        if not dx and not dy:
            continue
        diagonal = min(abs(dx), abs(dy))
        bend = out[-1][0] + int(np.sign(dx)) * diagonal, out[-1][1] + int(np.sign(dy)) * diagonal
        out += [bend, (x, y)] if bend not in (out[-1], (x, y)) else [(x, y)]
    return out


def _at(point: Points) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"


def _lengths(ways: Points) -> Points:
    return np.maximum(np.hypot(ways[:, 0], ways[:, 1]), 1e-6)[:, None]


def filled(paint: str, border: float = BORDER) -> str:
    """Attributes of a shape in one paint; its border covers the gap to its neighbours."""
    if not border:
        return f'fill="{paint}"'
    return f'fill="{paint}" stroke="{paint}" stroke-width="{border:g}" stroke-linejoin="round"'
