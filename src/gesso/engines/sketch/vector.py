"""A picture as a true SVG: flat shapes with smooth outlines in a small palette."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.palette import flatten
from gesso.tasks import RGB

Pixels = npt.NDArray[Any]

TRACED = 640
"""The longer side on which outlines are traced."""

LEAST = 14
"""Pixels of area below which a shape is left out."""


def trace(
    pixels: Pixels,
    width: int,
    height: int,
    colours: tuple[RGB, ...],
    outline: bool,
    facts: Mapping[str, str],
    rng: np.random.Generator,
) -> str:
    """Samples as SVG text of `width` x `height`. `colours` is the palette, else one is found; `outline` draws lines."""
    scale = TRACED / max(pixels.shape[:2])
    small = cv2.resize(
        pixels,
        (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))),
        interpolation=cv2.INTER_AREA,
    )
    labels, found = flatten(small, 10, rng)
    shades = _nearest(found, colours) if colours else [_bytes(colour) for colour in found]
    labels = cv2.medianBlur(labels.astype(np.uint8), 5)
    rows, columns = labels.shape
    box = f'width="{width}" height="{height}" viewBox="0 0 {columns} {rows}" preserveAspectRatio="none"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box}>',
        f"<title>{escape(facts.get('Title', 'Sketch'))}</title>",
        f"<desc>{escape('; '.join(f'{key}: {value}' for key, value in facts.items()))}</desc>",
    ]
    areas = np.bincount(labels.ravel(), minlength=len(shades))
    order = np.argsort(-areas, kind="stable")
    ground = "#ffffff" if outline else _hex(shades[order[0]])
    parts.append(f'<rect width="{columns}" height="{rows}" fill="{ground}"/>')
    paths = ((_path(labels == label), _hex(shades[label])) for label in (order if outline else order[1:]))
    parts += [f'<path fill-rule="evenodd" {_paint(hue, outline)} d="{path}"/>' for path, hue in paths if path]
    return "\n".join([*parts, "</svg>", ""])


def _paint(hue: str, outline: bool) -> str:
    """How a shape is filled; its thin border covers the gap to its neighbours."""
    if outline:
        return f'fill="none" stroke="{hue}" stroke-width="2.2" stroke-linejoin="round"'
    return f'fill="{hue}" stroke="{hue}" stroke-width="0.9" stroke-linejoin="round"'


def _bytes(colour: npt.NDArray[Any]) -> tuple[int, ...]:
    return tuple(int(c) for c in np.clip(np.rint(colour), 0, 255))


def _nearest(found: npt.NDArray[Any], colours: tuple[RGB, ...]) -> list[tuple[int, ...]]:
    """The palette's colours by rank of lightness, so that light and dark stay apart."""
    ordered = sorted(colours, key=lambda c: 0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2])
    return [ordered[min(len(ordered) - 1, i * len(ordered) // max(1, len(found)))] for i in range(len(found))]


def _hex(colour: tuple[int, ...]) -> str:
    return "#" + "".join(f"{c:02x}" for c in colour)


def _path(mask: npt.NDArray[Any]) -> str:
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    return "".join(_smooth(contour[:, 0, :]) for contour in contours if cv2.contourArea(contour) >= LEAST)


def _smooth(points: npt.NDArray[Any]) -> str:
    """A closed outline through the midpoints of its simplified corners, rounded by quadratic curves."""
    simple = cv2.approxPolyDP(points[:, None, :], 1.1, True)[:, 0, :].astype(float) + 0.5
    if len(simple) < 3:
        return ""
    middle = (simple + np.roll(simple, -1, axis=0)) / 2
    start = middle[-1]
    curves = "".join(f"Q{c[0]:.1f} {c[1]:.1f} {m[0]:.1f} {m[1]:.1f}" for c, m in zip(simple, middle, strict=True))
    return f"M{start[0]:.1f} {start[1]:.1f}{curves}Z"
