"""Lines of letters in a picture: found as rows of like strokes on an even ground, and wiped off that ground.

What a word stands on (a board, a page, the sky) stays: only the strokes and their soft edges are filled anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.edit.canvas import Canvas, Pixels, Plane, reduced, to_bytes, to_unit
from gesso.engines.sketch.edit.spread import spread
from gesso.tasks import RGB

SIDE = 1024
"""Longer side of the view that lines are looked for in."""

STROKES = (60, 14)
"""The longer side over these is the widest stroke that each of two searches takes for a letter's."""

MOST = 1500
"""Strokes that are compared with one another."""

FEW = 0.5
"""What a line of one or two strokes counts: a joined hand, but as often something else."""

STEEPEST = 0.18
"""How much a line may rise to its length."""

HALO = (0.07, 0.12, 0.18, 0.26)
"""How far a letter's soft edge or shadow may reach, as shares of the line's height."""

Box = tuple[int, int, int, int]
Mask = npt.NDArray[np.bool_]
Whole = npt.NDArray[Any]
"""Whole numbers: labels of strokes, and what is counted of each."""


@dataclass(frozen=True, slots=True)
class Line:
    """`box` (left, top, right, bottom) of the view; `ink` (its size) is where strokes are; `count` their number."""

    box: Box
    ink: Mask
    colour: RGB
    count: int
    tall: int
    """How high most strokes are."""
    score: float


def view(pixels: Pixels) -> Pixels:
    """A copy of a picture for `lines`: neither too large nor so small that letters grow together."""
    small = reduced(pixels, SIDE)
    if max(small.shape[:2]) > SIDE // 2:
        return small
    size = small.shape[1] * 2, small.shape[0] * 2
    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def lines(rgb: Pixels) -> list[Line]:
    """Every line of letters in a view, the clearest and largest first."""
    grey = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    found: list[Line] = []
    for share in STROKES:
        for kind in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT):
            found += _rows(_strokes(grey, max(5, max(grey.shape) // share) | 1, kind), rgb)
    kept: list[Line] = []
    taken = np.zeros(grey.shape, np.uint8)
    for line in sorted(found, key=lambda one: -one.score):
        left, top, right, bottom = line.box
        here = taken[top:bottom, left:right]
        if float(here[line.ink].mean()) < 0.3:
            kept.append(line)
            # The insides and gaps of letters are no letters.
            around = np.ones((line.tall // 4 * 2 + 1, line.tall // 2 * 2 + 1), np.uint8)
            here |= np.asarray(cv2.dilate(line.ink.astype(np.uint8), around), np.uint8)
    return kept


def boxes(rgb: Pixels) -> Plane | None:
    """A mask of the boxes of all lines in a view; None where there are none."""
    out = np.zeros(rgb.shape[:2], np.float32)
    for line in lines(rgb):
        left, top, right, bottom = line.box
        out[top:bottom, left:right] = 1
    return out if out.any() else None


def block(found: list[Line], old: str = "") -> list[Line]:
    """The line that words are meant to stand in for, and those above and below that go with it.

    `old` is what it says now, where that is known: its length then tells it from other lines.
    """
    letters = sum(not char.isspace() for char in old)
    best = max(found, key=lambda one: one.score * (np.exp(-3 * abs(one.count - letters) / letters) if letters else 1))
    kept, rest = [best], [line for line in found if line is not best]
    while more := [line for line in rest if not letters and any(_stacked(line, other) for other in kept)]:
        kept += more
        rest = [line for line in rest if all(line is not other for other in more)]
    return kept


def wipe(canvas: Canvas, found: list[Line], scale: float) -> None:
    """Take lines off the picture, which is `scale` times as large as their view. All else stays to the bit."""
    canvas.pixels = canvas.pixels.copy()
    for line in found:
        _wiped(canvas, line, scale)


def _strokes(grey: Pixels, size: int, kind: int) -> Pixels:
    """1 where a stroke thinner than `size` differs from its ground about as much as others nearby do."""
    hat = np.asarray(cv2.morphologyEx(grey, kind, np.ones((size, size), np.uint8)), np.uint8)
    near = cv2.blur(cv2.dilate(hat, np.ones((2 * size + 1, 2 * size + 1), np.uint8)), (size, size))
    return (hat > np.maximum(26, 0.45 * near.astype(np.float32))).astype(np.uint8)


def _rows(strokes: Pixels, rgb: Pixels) -> list[Line]:
    height, width = strokes.shape
    count, labels, stats, _ = cv2.connectedComponentsWithStats(strokes)
    wide, high, area = stats[:, 2], stats[:, 3], stats[:, 4]
    fit = (high >= 6) & (high < 0.4 * height) & (wide < 16 * high) & (area > 0.08 * wide * high) & (wide < 0.95 * width)
    fit[0] = False
    chosen = np.flatnonzero(fit)
    chosen = np.sort(chosen[np.argsort(-area[chosen], kind="stable")[:MOST]])
    if not len(chosen):
        return []
    sums = [np.bincount(labels.ravel(), weights=rgb[..., c].ravel(), minlength=count) for c in range(3)]
    colours = np.stack(sums, axis=1) / np.maximum(area, 1)[:, None]
    found = [_line(group, labels, stats, colours, rgb) for group in _groups(chosen, stats, colours)]
    return [line for line in found if line is not None]


def _groups(chosen: npt.NDArray[np.int64], stats: Whole, colours: Plane) -> list[list[int]]:
    """Strokes side by side that are about as high and of one colour."""
    left, top, wide, high = (stats[chosen, k].astype(np.float32) for k in range(4))
    gap = np.maximum(left[:, None], left[None]) - np.minimum((left + wide)[:, None], (left + wide)[None])
    over = np.minimum((top + high)[:, None], (top + high)[None]) - np.maximum(top[:, None], top[None])
    low, tall = np.minimum(high[:, None], high[None]), np.maximum(high[:, None], high[None])
    # The frame of a sign is about as high as its letters; but letters stand beside one another, not in one another.
    beside = -gap < 0.9 * np.minimum(wide[:, None], wide[None])
    near = (tall < 1.8 * low) & (over > 0.52 * tall) & (gap < 1.1 * tall) & beside
    at, other = np.nonzero(np.triu(near, 1))
    like = np.abs(colours[chosen[at]] - colours[chosen[other]]).max(axis=1) < 48
    first = np.arange(len(chosen))

    def root(one: int) -> int:
        while first[one] != one:
            one = int(first[one])
        return one

    for one, two in zip(at[like].tolist(), other[like].tolist(), strict=True):
        a, b = root(one), root(two)
        first[max(a, b)] = min(a, b)
    groups: dict[int, list[int]] = {}
    for one in range(len(chosen)):
        groups.setdefault(root(one), []).append(int(chosen[one]))
    return list(groups.values())


def _line(group: list[int], labels: Whole, stats: Whole, colours: Plane, rgb: Pixels) -> Line | None:
    """The line that a group of strokes makes; None where it looks like anything else."""
    left, top = int(stats[group, 0].min()), int(stats[group, 1].min())
    right, bottom = int((stats[group, 0] + stats[group, 2]).max()), int((stats[group, 1] + stats[group, 3]).max())
    high, wide = bottom - top, right - left
    fill = stats[group, 4] / (stats[group, 2] * stats[group, 3])
    slim = float(np.median(stats[group, 2] / stats[group, 3])) < 0.36
    if slim or wide < 1.3 * high or not 0.15 < float(np.median(fill)) < 0.8 or not _straight(stats[group]):
        return None
    pad = max(1, round(0.3 * high))
    box = (
        max(0, left - pad // 3),
        max(0, top - pad),
        min(labels.shape[1], right + pad // 3),
        min(len(labels), bottom + pad),
    )
    part = labels[box[1] : box[3], box[0] : box[2]]
    tall = max(1, round(float(np.median(stats[group, 3]))))
    ink = np.isin(part, [*group, *_dots(np.unique(part), stats, box, tall)])
    score = _written(group, ink, part, stats, rgb[box[1] : box[3], box[0] : box[2]])
    if score <= 0 or (len(group) < 3 and _plate(ink)):
        return None
    red, green, blue = (int(v) for v in np.median(rgb[box[1] : box[3], box[0] : box[2]][_core(ink)], axis=0))
    shape = left, top, right, bottom
    inner = ink[top - box[1] : bottom - box[1], left - box[0] : right - box[0]]
    # Dots, accents and commas reach beyond the letters' own box.
    rows = np.flatnonzero(ink.any(axis=1))
    if len(rows) and (rows[0] < top - box[1] or rows[-1] >= bottom - box[1]):
        shape, inner = box, ink
    return Line(
        shape,
        inner,
        (red, green, blue),
        len(group),
        tall,
        score * wide * tall,
    )


def _straight(strokes: Whole) -> bool:
    """Whether strokes stand on one line that is about level, and are mostly as high as it."""
    x, foot, tall = strokes[:, 0] + strokes[:, 2] / 2, strokes[:, 1] + strokes[:, 3], float(np.median(strokes[:, 3]))
    if len(strokes) < 3:
        return True
    across = float(np.ptp(np.r_[strokes[:, 0], strokes[:, 0] + strokes[:, 2]]))
    if not 0.4 * across < float(strokes[:, 2].sum()) < 1.12 * across:
        return False  # windows in rows, leaves: one over the other, or far apart
    slope = float(np.polyfit(x, foot, 1)[0])
    off = foot - slope * x
    return abs(slope) < STEEPEST and float((np.abs(off - np.median(off)) < 0.3 * tall).mean()) > 0.6


def _plate(ink: Mask) -> bool:
    """Whether ink fills the sides of its own box: the board between letters and frame, which are not joined letters."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    own = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return float(np.r_[own[0], own[-1], own[:, 0], own[:, -1]].mean()) > 0.8


def _dots(found: Whole, stats: Whole, box: Box, tall: float) -> list[int]:
    """The small strokes in a line's box: dots, accents, commas; no letters of the next line and no frame around."""
    x, y, wide, high = (stats[found, k] for k in range(4))
    inside = (x >= box[0]) & (y >= box[1]) & (x + wide <= box[2]) & (y + high <= box[3])
    return found[inside & (found > 0) & (np.maximum(wide, high) < 0.5 * tall)].tolist()


def _core(ink: Mask) -> Mask:
    """The strokes without their soft edges, where they are wide enough to have any."""
    inner = cv2.erode(ink.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return inner if inner.sum() > 0.15 * ink.sum() else ink


def _written(group: list[int], ink: Mask, part: Whole, stats: Whole, rgb: Pixels) -> float:
    """How much strokes look like letters, 0..1: one ink on one ground, each of its own shape."""
    ground = cv2.dilate((part > 0).astype(np.uint8), np.ones((3, 3), np.uint8)) == 0
    if ink.sum() < 12 or ground.sum() < 12:
        return 0.0
    grey = rgb.astype(np.float32).mean(axis=2)
    inks, grounds = grey[_core(ink)], grey[ground]
    apart = abs(float(np.median(inks)) - float(np.median(grounds)))
    even = min(float((np.abs(values - np.median(values)) < 0.4 * apart).mean()) for values in (inks, grounds))
    middle = ink[ink.shape[0] // 4 : -(ink.shape[0] // 4) or None]
    turns = float(np.abs(np.diff(middle.astype(np.int8), axis=1)).sum(axis=1).mean())
    shapes = stats[group, 2] / stats[group, 3]
    alike = len(group) > 2 and float(np.std(shapes)) < 0.06
    if apart < 24 or even < 0.72 or turns < 5 or alike:
        return 0.0
    # Few strokes may be a joined hand or anything else: they must be clear.
    if len(group) < 3 and (ink.shape[1] < 2.2 * ink.shape[0] or apart < 70 or turns < 8):
        return 0.0
    return min(1.0, apart / 160) * min(1.0, 0.4 + turns / 20) * (FEW if len(group) < 3 else 1.0)


def _stacked(one: Line, other: Line) -> bool:
    """Whether two lines are of one paragraph."""
    gap = max(one.box[1], other.box[1]) - min(one.box[3], other.box[3])
    across = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    tall, low = max(one.tall, other.tall), min(one.tall, other.tall)
    ink = max(abs(a - b) for a, b in zip(one.colour, other.colour, strict=True))
    return gap < 1.3 * low and across > 0 and tall < 1.9 * low and ink < 60


def _wiped(canvas: Canvas, line: Line, scale: float) -> None:
    left, top, right, bottom = (round(value * scale) for value in line.box)
    pad = max(4, round((bottom - top) * 0.5))
    y0, x0 = max(0, top - pad), max(0, left - pad)
    y1, x1 = min(canvas.height, bottom + pad), min(canvas.width, right + pad)
    if y1 - y0 < 3 or x1 - x0 < 3:
        return
    size = max(1, right - left), max(1, bottom - top)
    strokes = np.asarray(cv2.resize(line.ink.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)) > 0.35
    ink = np.zeros((y1 - y0, x1 - x0), np.bool_)
    part = ink[top - y0 : bottom - y0, left - x0 : right - x0]
    part |= strokes[: part.shape[0], : part.shape[1]]
    unit = to_unit(canvas.pixels[y0:y1, x0:x1])
    away = np.asarray(cv2.distanceTransform((~ink).astype(np.uint8), cv2.DIST_L2, 3), np.float32)
    hole = away <= _reach(unit, away, ink, line.tall * scale, scale)
    made = spread(unit, hole)
    fine = unit - cv2.GaussianBlur(unit, (0, 0), 1.2)
    known = ~hole & (away < pad)
    grain = float(np.quantile(np.abs(fine[known]), 0.3)) * 2.6 if known.any() else 0.0
    made = made + canvas.rng.normal(0, grain, (*hole.shape, 1)).astype(np.float32)
    canvas.pixels[y0:y1, x0:x1][hole] = to_bytes(made)[hole]


def _reach(unit: Plane, away: Plane, ink: Mask, high: float, scale: float) -> float:
    """How far from the strokes their soft edge, halo or shadow is seen."""
    least = max(2.0, 1.5 * scale)
    rows = np.flatnonzero(ink.any(axis=1))
    if not len(rows):
        return least
    inside = np.zeros(ink.shape, np.bool_)
    inside[rows[0] : rows[-1] + 1] = True
    far = inside & (away > max(least, float(np.quantile(away[inside], 0.9))))
    if not far.any():
        return least + HALO[0] * high
    ground = np.median(unit[far], axis=0)
    for share in HALO:
        ring = inside & (away > least + share * high) & (away <= least + share * high + max(1.5, 0.05 * high))
        if ring.sum() < 8 or float(np.abs(np.median(unit[ring], axis=0) - ground).max()) < 0.02:
            return least + share * high
    return least + HALO[0] * high
