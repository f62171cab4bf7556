"""The layers of a vector drawing: each adds shapes to a sheet. They are the words of the recipes in `vector.toml`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.style import facets, outlines, paints, palette
from gesso.engines.sketch.style.sheet import Sheet
from gesso.tasks import RGB

Pixels = npt.NDArray[Any]
Points = npt.NDArray[Any]


Layer = Callable[..., None]


def paper(sheet: Sheet, colour: RGB) -> None:
    """The ground in one colour."""
    light = sum(colour) > 380
    sheet.ground = outlines.hex_of(sheet.ordered[-1 if light else 0]) if sheet.colours else outlines.hex_of(colour)


def shift(sheet: Sheet, across: float, down: float) -> None:
    """Move the layers that follow."""
    sheet.moved = f"{across:g} {down:g}" if across or down else ""


def fills(sheet: Sheet, count: float, shrink: float = 0, tolerance: float = 0.9, ragged: float = 0) -> None:
    """Flat areas; `shrink` leaves gaps between them, `tolerance` rounds, `ragged` makes outlines uneven."""
    labels, _ = sheet.flat(int(count))
    shades = sheet.shades(int(count))
    order = list(np.argsort(-np.bincount(labels.ravel(), minlength=len(shades)), kind="stable"))
    if not shrink and not sheet.moved and not sheet.ground:
        sheet.ground = shades[order.pop(0)]
    for label in order:
        mask = (labels == label).astype(np.uint8)
        if sheet.ground == shades[label] or _is_paper(sheet, mask):
            continue
        if shrink:
            mask = cv2.erode(mask, np.ones((2 * int(shrink) - 1,) * 2, np.uint8))
        outline = outlines.area(mask, tolerance, _wobble(sheet, ragged))
        if outline:
            paint = outlines.filled(shades[label], 0 if shrink else outlines.BORDER)
            sheet.add(f'<path fill-rule="evenodd" {paint} d="{outline}"/>')


def gradients(sheet: Sheet, count: float) -> None:
    """Areas whose colour runs from one end to the other, as it does in the picture."""
    labels, _ = sheet.flat(int(count))
    shades = sheet.shades(int(count))
    order = np.argsort(-np.bincount(labels.ravel(), minlength=len(shades)), kind="stable")
    sheet.ground = shades[order[0]]
    for label in order:
        rings, tree = cv2.findContours((labels == label).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
        for outer in [i for i in range(len(rings)) if tree[0][i][3] < 0]:
            holes = [rings[i] for i in range(len(rings)) if tree[0][i][3] == outer]
            outline = "".join(_ring(sheet, ring) for ring in (rings[outer], *holes))
            if outline:
                paint = _running(sheet, rings[outer], holes, shades[label])
                sheet.add(f'<path fill-rule="evenodd" {outlines.filled(paint)} d="{outline}"/>')


def _ring(sheet: Sheet, contour: Any) -> str:
    bounds = np.array(sheet.pixels.shape[1::-1], float)
    return outlines.rounded(contour, 0.9, None, bounds)


def _running(sheet: Sheet, outer: Any, holes: list[Any], plain: str) -> str:
    """A linear gradient fitted to the samples inside an outline; the plain colour where they hardly change."""
    left, top, wide, high = cv2.boundingRect(outer)
    if sheet.colours or wide * high < 400:
        return plain
    mask = np.zeros((high, wide), np.uint8)
    cv2.drawContours(mask, [outer, *holes], -1, 1, cv2.FILLED, offset=(-left, -top))
    rows, columns = np.nonzero(mask)
    rows, columns = rows + top, columns + left
    pick = slice(None, None, max(1, len(rows) // 3000))
    at = np.stack([columns[pick], rows[pick]], axis=1).astype(float)
    values = sheet.pixels[rows[pick], columns[pick]].astype(float)
    slope = np.linalg.lstsq(np.c_[at, np.ones(len(at))], values @ (0.3, 0.59, 0.11), rcond=None)[0][:2]
    along = at @ slope / max(float(np.hypot(*slope)), 1e-9)
    low, high = np.percentile(along, [6, 94])
    first, last = (
        values[part].mean(axis=0) for part in (along <= low + (high - low) * 0.2, along >= high - (high - low) * 0.2)
    )
    if np.abs(first - last).max() < 5:
        return plain
    name, step = f"g{len(sheet.gradients)}", slope / max(float(np.hypot(*slope)), 1e-9)
    x1, y1, x2, y2 = (
        *(at.mean(axis=0) + step * (low - along.mean())),
        *(at.mean(axis=0) + step * (high - along.mean())),
    )
    stops = f'<stop stop-color="{outlines.hex_of(first)}"/><stop offset="1" stop-color="{outlines.hex_of(last)}"/>'
    box = f'gradientUnits="userSpaceOnUse" x1="{x1:.0f}" y1="{y1:.0f}" x2="{x2:.0f}" y2="{y2:.0f}"'
    sheet.gradients.append(f'<linearGradient id="{name}" {box}>{stops}</linearGradient>')
    return f"url(#{name})"


def cut(sheet: Sheet, count: float) -> None:
    """Sheets of paper, the darkest on top, each with its shadow on the one below."""
    labels, _ = sheet.flat(int(count))
    shades = sheet.shades(int(count))
    sheet.ground = shades[-1]
    for top in range(len(shades) - 2, -1, -1):
        outline = outlines.area((labels <= top).astype(np.uint8), 1.6)
        if outline:
            shadow = f'fill="{shades[0]}" opacity="0.28" transform="translate(5 7)"'
            sheet.add(f'<path fill-rule="evenodd" {shadow} d="{outline}"/>')
            sheet.add(f'<path fill-rule="evenodd" fill="{shades[top]}" d="{outline}"/>')


def ink(sheet: Sheet, colour: RGB, width: float) -> None:
    """Contours as an ink pen leaves them: shapes that swell and thin out."""
    lines = paints.edges(palette.smooth(sheet.pixels, 1), 0.45 + 0.75 * width, 22)
    reverse = paints.edges(255 - palette.smooth(sheet.pixels, 1), 0.45 + 0.75 * width, 22) * (width > 2)
    mask = (np.maximum(lines, 0.8 * reverse) > 0.5).astype(np.uint8)
    outline = outlines.area(mask, 0.7)
    if outline:
        sheet.add(f'<path fill-rule="evenodd" fill="{sheet.ink(colour)}" d="{outline}"/>')


def strokes(
    sheet: Sheet, count: float, colour: RGB, width: float, dash: float = 0, wobble: float = 0, end: RGB | None = None
) -> None:
    """The borders between areas as strokes, each drawn once; with `end`, in a colour that runs towards that one."""
    paint = sheet.ink(colour)
    if end and not sheet.colours:
        paint = _across(sheet, colour, end)
    moved = _wobble(sheet, wobble)
    lines = [
        outlines.line(points if moved is None else points + moved(points)) for points in _borders(sheet, int(count))
    ]
    dashes = f' stroke-dasharray="{dash:g} {dash * 0.62:g}"' if dash else ""
    if lines:
        sheet.add(f'<path fill="none" stroke="{paint}" {_pen(width)}{dashes} d="{"".join(lines)}"/>')


def _across(sheet: Sheet, start: RGB, end: RGB) -> str:
    name, (rows, columns) = f"g{len(sheet.gradients)}", sheet.pixels.shape[:2]
    stops = f'<stop stop-color="{outlines.hex_of(start)}"/><stop offset="1" stop-color="{outlines.hex_of(end)}"/>'
    box = f'gradientUnits="userSpaceOnUse" x1="0" y1="0" x2="{columns}" y2="{rows}"'
    sheet.gradients.append(f'<linearGradient id="{name}" {box}>{stops}</linearGradient>')
    return f"url(#{name})"


def circuit(sheet: Sheet, count: float, colour: RGB, width: float) -> None:
    """Borders on a grid of eight directions, with pads where they end."""
    paint, lines, pads = sheet.ink(colour), [], set[tuple[int, int]]()
    if sheet.colours and paint == sheet.ground:
        paint = outlines.hex_of(sheet.ordered[-1 if sheet.ground == outlines.hex_of(sheet.ordered[0]) else 0])
    for points in _borders(sheet, int(count)):
        snapped = np.rint(points[:: max(1, len(points) // 40)] / 10).astype(int) * 10
        corners = outlines.octilinear([(int(x), int(y)) for x, y in snapped])
        if len(corners) > 1:
            lines.append("M" + "L".join(f"{x} {y}" for x, y in corners))
            pads |= {corners[0], corners[-1]}
    if lines:
        sheet.add(f'<path fill="none" stroke="{paint}" {_pen(width)} d="{"".join(lines)}"/>')
    for x, y in sorted(pads):
        sheet.add(f'<circle cx="{x}" cy="{y}" r="{width * 1.9:g}" fill="{paint}"/>')


def hatch(sheet: Sheet, colour: RGB, pitch: float) -> None:
    """Engraved lines across the drawing that swell where the picture is dark."""
    grey = cv2.GaussianBlur(cv2.cvtColor(sheet.pixels, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 1.6)
    low, high = np.percentile(grey, [2, 98])
    dark = np.clip(1 - (grey - low) / max(float(high - low), 8), 0, 1) ** 1.15
    rows, columns = grey.shape
    xs, paths = np.arange(0, columns + 3, 3).clip(max=columns - 1), list[str]()
    for y in np.arange(pitch / 2, rows, pitch):
        middle = y + 2.2 * np.sin(xs * 0.018 + y * 0.011)
        thick = dark[np.clip(middle, 0, rows - 1).astype(int), xs] * pitch * 0.52
        for start, stop in outlines.runs(thick > 0.32):
            upper, lower = (np.c_[xs[start:stop], edge[start:stop]] for edge in (middle - thick, middle + thick))
            paths.append(outlines.polygon(np.concatenate([upper, lower[::-1]])))
    sheet.add(f'<path fill="{sheet.ink(colour)}" d="{"".join(paths)}"/>')


def scribble(sheet: Sheet, count: float, pitch: float) -> None:
    """Areas filled by hand with slanting strokes."""
    labels, _ = sheet.flat(int(count))
    shades = sheet.shades(int(count))
    rows, columns = labels.shape
    for label, shade in enumerate(shades):
        mask, lines = labels == label, list[str]()
        if shade == sheet.ground or _is_paper(sheet, mask):
            continue
        for offset in np.arange(-rows * 0.5, columns, pitch):
            y = np.arange(0, rows, 2)
            x = (offset + y * 0.5 + 1.6 * np.sin(y * 0.07 + offset)).astype(int)
            inside = (x >= 0) & (x < columns)
            inside[inside] = mask[y[inside], x[inside]]
            lines += [f"M{x[a]} {y[a]}L{x[b - 1]} {y[b - 1]}" for a, b in outlines.runs(inside) if b - a > 2]
        if lines:
            sheet.add(f'<path fill="none" stroke="{shade}" {_pen(pitch * 0.62)} d="{"".join(lines)}"/>')


def points(sheet: Sheet, pitch: float) -> None:
    """A screen of discs, larger where the picture is dark, in its colours."""
    small = cv2.blur(sheet.pixels, (max(1, int(pitch)),) * 2)
    rows, columns = small.shape[:2]
    for row, y in enumerate(np.arange(pitch / 2, rows, pitch * 0.866)):
        for x in np.arange(pitch / 2 * (1 + row % 2), columns, pitch):
            colour = small[int(y), int(x)].astype(float)
            radius = pitch * (0.24 + 0.42 * (1 - colour.mean() / 255))
            sheet.add(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{sheet.shade(colour)}"/>')


def stars(sheet: Sheet, colour: RGB, count: float) -> None:
    """Small discs strewn over the dark parts."""
    grey = cv2.cvtColor(sheet.pixels, cv2.COLOR_RGB2GRAY)
    rows, columns = grey.shape
    for _ in range(int(count)):
        x, y, radius = (
            int(sheet.rng.integers(columns)),
            int(sheet.rng.integers(rows)),
            float(sheet.rng.uniform(0.7, 2.6)),
        )
        if grey[y, x] < 150:
            sheet.add(f'<circle cx="{x}" cy="{y}" r="{radius:.1f}" fill="{sheet.ink(colour)}"/>')


def grid(sheet: Sheet, colour: RGB, pitch: float) -> None:
    """Squared paper."""
    rows, columns = sheet.pixels.shape[:2]
    lines = [f"M0 {y:g}H{columns}" for y in np.arange(pitch, rows, pitch)]
    lines += [f"M{x:g} 0V{rows}" for x in np.arange(pitch, columns, pitch)]
    sheet.add(f'<path fill="none" stroke="{sheet.ink(colour)}" stroke-width="0.8" opacity="0.6" d="{"".join(lines)}"/>')


def _is_paper(sheet: Sheet, mask: Pixels) -> bool:
    """Whether an area is the bare ground of a drawing on paper: nearly white and along the border."""
    inside = mask.astype(bool)
    rim = np.concatenate([inside[0], inside[-1], inside[:, 0], inside[:, -1]])
    return bool(rim.mean() > 0.4 and sheet.pixels[inside].mean() > 243)


def _borders(sheet: Sheet, count: int) -> Iterator[Points]:
    """The borders between areas as open lines, none twice."""
    labels, _ = sheet.flat(count)
    seen = np.zeros(labels.shape, np.uint8)
    rows, columns = labels.shape
    for label in np.argsort(-np.bincount(labels.ravel()), kind="stable"):
        contours, _ = cv2.findContours((labels == label).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        for contour in contours:
            points = contour[:, 0, :]
            x, y = points[:, 0], points[:, 1]
            fresh = (seen[y, x] == 0) & (x > 1) & (y > 1) & (x < columns - 2) & (y < rows - 2)
            for start, stop in outlines.runs(fresh):
                if stop - start > 14:
                    yield points[start:stop]
            cv2.polylines(seen, [contour], True, 1, 4)


def _wobble(sheet: Sheet, by: float) -> outlines.Moved | None:
    """Smooth random displacements of a line's points."""
    if not by:
        return None
    waves = sheet.rng.uniform(0, 6.28, (2, 3))

    def moved(points: Points) -> Points:
        turns = points[:, 0] * 0.045 + points[:, 1] * 0.051
        return np.stack([by * 0.4 * sum(np.sin(turns * (i + 1) + w[i]) for i in range(3)) for w in waves], axis=1)

    return moved


def _pen(width: float) -> str:
    return f'stroke-width="{width:g}" stroke-linecap="round" stroke-linejoin="round"'


LAYERS: Mapping[str, Layer] = {
    "paper": paper,
    "shift": shift,
    "fills": fills,
    "gradients": gradients,
    "cut": cut,
    "ink": ink,
    "strokes": strokes,
    "circuit": circuit,
    "hatch": hatch,
    "scribble": scribble,
    "points": points,
    "stars": stars,
    "grid": grid,
    "triangles": facets.triangles,
    "cells": facets.cells,
}
"""Word of a recipe -> layer."""
