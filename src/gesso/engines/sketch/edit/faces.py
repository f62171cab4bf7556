"""Faces in a view: boxes in whole pixels, soft ellipses, and where the people are that they belong to."""

from __future__ import annotations

import cv2
import numpy as np

from gesso.engines.sketch.edit.canvas import Plane
from gesso.engines.sketch.perceive.faces import Face

Box = tuple[int, int, int, int]
"""Left, top, width, height."""


def boxes(found: list[Face], scale: float) -> list[Box]:
    """Boxes in a view that is `scale` times the picture in which the faces were found."""
    out: list[Box] = []
    for face in found:
        left, top, right, bottom = (round(value * scale) for value in face.box)
        out.append((left, top, max(1, right - left), max(1, bottom - top)))
    return out


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
