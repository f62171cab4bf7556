"""Faces without a network: patches of skin colour, as round as a face, with darker features in them.

What this misses or takes wrongly costs a region, never a feature: nothing here moves a pixel. A network for faces
replaces `boxes` and nothing else.
"""

from __future__ import annotations

import cv2
import numpy as np

from gesso.engines.sketch.edit import tones
from gesso.engines.sketch.edit.canvas import Plane
from gesso.engines.sketch.edit.foreground import filled

Box = tuple[int, int, int, int]
"""Left, top, width, height."""

LEAST = 0.004
"""Share of a picture that a face has at least."""


def boxes(lab: Plane) -> list[Box]:
    """Boxes of faces in a view in Lab, the largest first."""
    skin = (tones.SKIN.match(lab) > 0.45).astype(np.uint8)
    size = max(3, round(max(skin.shape) / 70)) | 1
    skin = cv2.morphologyEx(skin, cv2.MORPH_OPEN, np.ones((size, size), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(skin)
    found = [box for i in range(1, count) if (box := _box(lab, labels == i, stats[i])) is not None]
    return sorted(found, key=lambda box: -box[2] * box[3])


def _box(lab: Plane, patch: np.ndarray, stat: np.ndarray) -> Box | None:
    left, top, wide, high, area = (int(v) for v in stat)
    if (
        area < LEAST * patch.size
        or not 0.7 < high / wide < 2.2
        or area < 0.45 * wide * high
        or area > 0.25 * patch.size
    ):
        return None
    if left == 0 or left + wide == patch.shape[1]:
        return None
    solid = filled(patch, 0.03)[top : top + high, left : left + wide]
    window = lab[top : top + high, left : left + wide]
    inside = window[..., 0][solid]
    # Eyes, brows and mouth are darker than the skin around them, and lie inside; wood and hands have no such spots.
    dark = solid & (window[..., 0] < float(np.median(inside)) - 11)
    core = np.zeros_like(solid)
    core[round(0.15 * high) : round(0.9 * high), round(0.12 * wide) : round(0.88 * wide)] = True
    share = float((dark & core).sum()) / max(1, int(solid.sum()))
    round_ = float(solid.sum()) / (np.pi / 4 * wide * high)
    return (left, top, wide, high) if 0.02 < share < 0.40 and round_ > 0.72 else None


def mask(found: list[Box], shape: tuple[int, ...]) -> Plane:
    """Soft ellipses on the faces."""
    out = np.zeros(shape[:2], np.float32)
    for left, top, wide, high in found:
        centre = (left + wide // 2, top + high // 2)
        cv2.ellipse(out, centre, (round(wide * 0.54), round(high * 0.56)), 0, 0, 360, 1.0, -1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(out, (0, 0), max(out.shape) / 110), np.float32)


def figures(found: list[Box], shape: tuple[int, ...]) -> Plane:
    """How likely each pixel belongs to the people whose faces these are: head with hair, and shoulders below."""
    out = np.zeros(shape[:2], np.float32)
    for left, top, wide, high in found:
        x, chin = left + wide / 2, top + high
        half = np.array([(0.5, chin), (1.3, chin + high), (1.4, shape[0])])
        corners = [(x + wide * by, row) for by, row in half] + [(x - wide * by, row) for by, row in half[::-1]]
        cv2.fillPoly(out, [np.array(corners, np.int32)], 0.55)
        cv2.ellipse(
            out, (round(x), round(top + high * 0.38)), (round(wide * 0.72), round(high * 0.82)), 0, 0, 360, 0.8, -1
        )
        cv2.ellipse(
            out, (round(x), round(top + high * 0.5)), (round(wide * 0.46), round(high * 0.5)), 0, 0, 360, 1.0, -1
        )
    return out
