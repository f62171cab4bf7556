"""Filling a hole from its surroundings: patches that fit are found small, coarse to fine, and copied large.

For every hole pixel the offset to a like patch outside is searched for (PatchMatch); the pixels that overlapping
patches put there are averaged, and searched for again. The offsets then move full-size pixels, so texture stays sharp.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.edit.canvas import Pixels, bands, lifted, to_bytes, to_lab, to_unit
from gesso.engines.sketch.edit.patches import SIDE as PATCH
from gesso.engines.sketch.edit.patches import Field, search
from gesso.engines.sketch.edit.seams import seamless
from gesso.engines.sketch.edit.spread import spread

CHUNK = 1 << 18
"""Hole pixels that are copied at a time."""
HOLE = 4200
"""Hole pixels that are searched at the finest level."""
FULL = 30
"""Effort from which every round of search is made."""
MOST_BARRED = 0.7
"""Share of what is known that may be barred: beyond it there would be too little to fill from."""

SIDE = 300
"""Longest side of the part that is searched."""


def fill(
    pixels: Pixels,
    hole: npt.NDArray[np.bool_],
    rng: np.random.Generator,
    effort: int = 30,
    avoid: npt.NDArray[np.bool_] | None = None,
) -> Pixels:
    """The picture with the hole (H, W) filled; every other pixel stays to the bit. Nothing is taken from `avoid`."""
    if not hole.any() or hole.mean() > 0.9:
        return pixels
    top, bottom, left, right = _window(hole)
    part, inside = pixels[top:bottom, left:right], hole[top:bottom, left:right]
    small, mask = _working(part, inside)
    barred = np.zeros(mask.shape, np.bool_)
    if avoid is not None:
        kept = np.ascontiguousarray(avoid[top:bottom, left:right]).astype(np.uint8)
        barred = np.asarray(cv2.resize(kept, mask.shape[::-1], interpolation=cv2.INTER_AREA)) > 0
        barred &= not (barred & ~mask).sum() > MOST_BARRED * (~mask).sum()
    field = search(to_lab(to_unit(small)) / np.float32(100), mask, barred, rng, min(1.0, effort / FULL))
    made = _moved(part, inside, field, small.shape[:2], mask)
    light = seamless(to_unit(small), mask, field)
    out = pixels.copy()
    for row, copied in bands(made):
        here = inside[row : row + len(copied)]
        rows = to_bytes(to_unit(copied) + lifted(light, made.shape, row, row + len(copied)))
        out[top + row : top + row + len(rows), left:right][here] = rows[here]
    return out


def _window(hole: npt.NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """The hole's box with as much around it again."""
    height, width = hole.shape
    rows, columns = np.nonzero(hole.any(axis=1))[0], np.nonzero(hole.any(axis=0))[0]
    down, across = int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1
    pad = max(24, round(0.9 * max(down, across)))
    return (
        max(0, int(rows[0]) - pad), min(height, int(rows[-1]) + pad + 1),
        max(0, int(columns[0]) - pad), min(width, int(columns[-1]) + pad + 1),
    )  # fmt: skip


def _working(part: Pixels, hole: npt.NDArray[np.bool_]) -> tuple[Pixels, npt.NDArray[np.bool_]]:
    height, width = hole.shape
    scale = min(1.0, (HOLE / max(1, int(hole.sum()))) ** 0.5, SIDE / max(height, width))
    size = max(PATCH + 1, round(width * scale)), max(PATCH + 1, round(height * scale))
    # Known pixels alone make the small picture: the thing itself must not shine into its own gap.
    known = (~hole).astype(np.float32)
    blank = np.where(hole[..., None], np.uint8(0), part)
    sums = np.asarray(cv2.resize(blank, size, interpolation=cv2.INTER_AREA), np.float32)
    weight = np.asarray(cv2.resize(known, size, interpolation=cv2.INTER_AREA), np.float32)
    small = np.rint(sums / np.maximum(weight, 1e-3)[..., None]).clip(0, 255).astype(np.uint8)
    return small, weight < 0.5


def _moved(
    part: Pixels, hole: npt.NDArray[np.bool_], field: Field, small: tuple[int, ...], mask: npt.NDArray[np.bool_]
) -> Pixels:
    """Full-size pixels by the small field."""
    out = part.copy()
    missing = np.zeros(hole.shape, np.bool_)
    places = np.flatnonzero(hole)
    for start in range(0, len(places), CHUNK):
        ys, xs = (at.astype(np.int32) for at in np.divmod(places[start : start + CHUNK], hole.shape[1]))
        colours, found = _copied(part, hole, ys, xs, field, small, mask)
        out[ys, xs] = colours
        missing[ys[~found], xs[~found]] = True
    return to_bytes(spread(to_unit(out), missing)) if missing.any() else out


def _copied(
    part: Pixels,
    hole: npt.NDArray[np.bool_],
    ys: npt.NDArray[np.int32],
    xs: npt.NDArray[np.int32],
    field: Field,
    small: tuple[int, ...],
    mask: npt.NDArray[np.bool_],
) -> tuple[Pixels, npt.NDArray[np.bool_]]:
    """The mean of what the four nearest small pixels would copy to each place, and where there was any."""
    height, width = hole.shape
    sy, sx = np.float32(small[0] / height), np.float32(small[1] / width)
    at_y, at_x = (ys + np.float32(0.5)) * sy - np.float32(0.5), (xs + np.float32(0.5)) * sx - np.float32(0.5)
    first_y, first_x = np.floor(at_y).astype(np.int32), np.floor(at_x).astype(np.int32)
    grid_y, grid_x = np.mgrid[0 : small[0], 0 : small[1]].astype(np.float32)
    # Flat tables: a place is looked up a dozen times, and two indices cost more than twice one.
    far_y, far_x = ((field.y - grid_y) / sy).ravel(), ((field.x - grid_x) / sx).ravel()
    known, colours, inside = ~hole.ravel(), part.reshape(-1, 3), mask.ravel()
    sums, total = np.zeros((len(ys), 3), np.float32), np.full(len(ys), 1e-6, np.float32)
    for dy in (0, 1):
        for dx in (0, 1):
            y, x = np.clip(first_y + dy, 0, small[0] - 1), np.clip(first_x + dx, 0, small[1] - 1)
            at = y * small[1] + x
            from_y = np.clip(np.rint(ys + far_y.take(at)), 0, height - 1).astype(np.int32)
            from_x = np.clip(np.rint(xs + far_x.take(at)), 0, width - 1).astype(np.int32)
            source = from_y.astype(np.int64) * width + from_x
            near = (1 - np.abs(at_y - y).clip(0, 1)) * (1 - np.abs(at_x - x).clip(0, 1))
            share = (near * near * inside.take(at) + np.float32(1e-7)) * known.take(source)
            sums += colours.take(source, axis=0) * share[:, None]
            total += share
    return np.rint(sums / total[:, None]).clip(0, 255).astype(np.uint8), total > 1.05e-6
