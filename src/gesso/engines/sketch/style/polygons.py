"""The low-poly look: a picture in triangles, in which what it is about stays readable."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.scene.noise import blur
from gesso.engines.sketch.style import palette
from gesso.engines.sketch.style.paints import edges, to_bytes, unit

Pixels = npt.NDArray[Any]
Floats = npt.NDArray[Any]
Points = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]

CORNERS = 2400
"""Corners of a picture of which no subject is known."""

BACKDROP, SUBJECT = 900, 700
"""Corners behind a subject and in it: large facets behind small ones."""

OUTLINE = 11.0
"""Pixels between a subject's corners along its outline, at a longer side of 1024."""

APART = 26.0
"""Lightness (of 100) by which a subject and what is around it differ at least."""


def lowpoly(pixels: Pixels, rng: np.random.Generator, subject: Mask | None = None) -> Pixels:
    """Triangles, small where there is detail and in the `subject` (H, W), each in its mean colour."""
    height, width = pixels.shape[:2]
    if min(height, width) < 8:
        return pixels
    smooth = palette.smooth(pixels, 2)
    known = subject is not None and 0.002 < float(subject.mean()) < 0.8
    if subject is not None and known:
        points = np.concatenate(
            [
                _detailed(smooth, rng, BACKDROP, ~subject),
                _detailed(smooth, rng, SUBJECT, subject),
                _outline(subject, OUTLINE * unit(pixels) + 1),
            ]
        )
        smooth = _set_off(smooth, subject)
    else:
        points = _detailed(smooth, rng, CORNERS)
    return _faceted(smooth, points)


def _detailed(smooth: Pixels, rng: np.random.Generator, count: int, where: Mask | None = None) -> Points:
    """Corners along the contours of larger forms, close by one another, and few between: grass is no detail."""
    height, width = smooth.shape[:2]
    form = cv2.medianBlur(smooth, 9) if min(height, width) > 200 else smooth
    detail = blur(edges(form, 1.5 * unit(smooth) + 0.3, 9), 1.2) ** 1.6
    chance = ((detail + 0.004) * (1.0 if where is None else where)).ravel().astype(np.float64)
    most = min(count, np.count_nonzero(chance) // 4)
    picks = rng.choice(chance.size, size=most, replace=False, p=chance / chance.sum())
    return np.stack([picks % width, picks // width], axis=1)


def _outline(subject: Mask, apart: float) -> Points:
    """Corners on both sides of a subject's outline, so that no facet lies across it."""
    size = max(3, round(apart * 0.3)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    found: list[Points] = [np.zeros((0, 2), np.int64)]
    for change in (cv2.erode, cv2.dilate):
        contours, _ = cv2.findContours(change(subject.astype(np.uint8), kernel), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        found += [contour[:: max(1, round(apart)), 0] for contour in contours if len(contour) > 4 * apart]
    return np.concatenate(found)


def _set_off(smooth: Pixels, subject: Mask) -> Pixels:
    """The picture with its backdrop greyer, and lighter or darker around a subject of its own lightness."""
    lab = cv2.cvtColor(smooth.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    near = blur(subject.astype(np.float32), 0.06 * max(subject.shape))
    around = ~subject & (near > 0.1)
    if not around.any():
        return smooth
    own, other = float(lab[subject, 0].mean()), float(lab[around, 0].mean())
    side = 1.0 if other > own else -1.0
    shift = side * max(0.0, APART - abs(other - own))
    behind = (~subject).astype(np.float32)
    lab[..., 0] += shift * behind * (0.5 + 0.5 * np.clip(near * 2.5, 0, 1))
    lab[..., 1:] *= (1 - 0.35 * behind)[..., None]
    return to_bytes(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB) * 255)


def _faceted(smooth: Pixels, points: Points) -> Pixels:
    """The triangles between points, each in the mean of its inner samples."""
    height, width = smooth.shape[:2]
    grid = np.stack(np.meshgrid(np.linspace(0, width - 1, 9), np.linspace(0, height - 1, 9)), axis=-1).reshape(-1, 2)
    mesh = cv2.Subdiv2D((0, 0, width, height))
    mesh.insert([(float(x), float(y)) for x, y in np.concatenate([points, grid]).astype(np.float32)])
    out = smooth.copy()
    for triangle in np.asarray(mesh.getTriangleList(), np.float32).reshape(-1, 3, 2):
        if triangle.min() < 0 or triangle[:, 0].max() >= width or triangle[:, 1].max() >= height:
            continue
        inner = np.vstack([triangle.mean(axis=0)[None], (triangle + triangle.mean(axis=0)) / 2]).astype(int)
        colour = smooth[inner[:, 1], inner[:, 0]].astype(np.float32).mean(axis=0)
        shade = 1 + 0.05 * float(np.sign((triangle[1] - triangle[0])[0]))
        corners = np.rint(triangle).astype(np.int32)
        cv2.fillConvexPoly(out, corners, [float(c) for c in np.clip(colour * shade, 0, 255)], cv2.LINE_AA)
    return out
