"""Layers of a vector drawing that cut it into facets: triangles and stones."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.style import outlines, paints, palette
from gesso.engines.sketch.style.sheet import Sheet

Points = npt.NDArray[Any]


def triangles(sheet: Sheet, count: float) -> None:
    """Triangles, small where there is detail, each in its mean colour."""
    mesh, (rows, columns) = _mesh(sheet, int(count)), sheet.pixels.shape[:2]
    for corners in np.asarray(mesh.getTriangleList(), np.float32).reshape(-1, 3, 2):
        if corners.min() >= 0 and corners[:, 0].max() <= columns and corners[:, 1].max() <= rows:
            shade = sheet.shade(_middle(sheet, corners))
            sheet.add(f'<path {outlines.filled(shade)} d="{outlines.polygon(corners)}"/>')


def cells(sheet: Sheet, count: float) -> None:
    """Stones with mortar between them."""
    facets, _ = _mesh(sheet, int(count), even=True).getVoronoiFacetList([])
    rows, columns = sheet.pixels.shape[:2]
    for facet in facets:
        corners = np.clip(np.asarray(facet, np.float32), 0, (columns, rows))
        middle = corners.mean(axis=0)
        shade = sheet.shade(_middle(sheet, corners))
        sheet.add(f'<path fill="{shade}" d="{outlines.polygon(middle + (corners - middle) * 0.86)}"/>')


def _mesh(sheet: Sheet, count: int, *, even: bool = False) -> Any:
    """Points over the drawing, close where there is detail unless `even`."""
    rows, columns = sheet.pixels.shape[:2]
    detail = cv2.blur(paints.edges(palette.smooth(sheet.pixels, 2), 1.6, 9), (9, 9))
    chance = (detail * (0.4 if even else 1) + (0.12 if even else 0.02)).ravel().astype(float)
    picks = sheet.rng.choice(chance.size, size=min(count, chance.size // 4 + 1), replace=False, p=chance / chance.sum())
    rim = np.linspace(0, 0.999, 12)
    border = [(x * columns, y * rows) for x in rim for y in (0, 0.999)] + [
        (x * columns, y * rows) for y in rim for x in (0, 0.999)
    ]
    mesh = cv2.Subdiv2D((0, 0, columns, rows))
    mesh.insert([(float(p % columns), float(p // columns)) for p in picks] + border)
    return mesh


def _middle(sheet: Sheet, corners: Points) -> Points:
    """The colour inside a polygon, from its middle and half way to its corners."""
    rows, columns = sheet.pixels.shape[:2]
    inner = np.vstack([corners.mean(axis=0), (corners + corners.mean(axis=0)) / 2]).astype(int)
    return sheet.pixels[inner[:, 1].clip(0, rows - 1), inner[:, 0].clip(0, columns - 1)].mean(axis=0)
