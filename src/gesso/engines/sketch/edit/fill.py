"""Filling a hole from its surroundings: patches that fit are found small, coarse to fine, and copied large.

For every hole pixel the offset to a like patch outside is searched for (PatchMatch); the pixels that overlapping
patches put there are averaged, and searched for again. The offsets then move full-size pixels, so texture stays sharp.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from gesso.engines.sketch.edit.canvas import Pixels, Plane, bands, lifted, smooth, to_bytes, to_lab, to_unit

RADIUS = 3
CHUNK = 1 << 18
"""Hole pixels that are copied at a time."""
HOLE = 4200
"""Hole pixels that are searched at the finest level."""
MOST_BARRED = 0.7
"""Share of what is known that may be barred: beyond it there would be too little to fill from."""

LEAST_FREE = 60
"""Patches at the least that are left to choose from where something is barred."""

SIDE = 300
"""Longest side of the part that is searched."""

LEVEL = 20.0
"""How strongly content from the same height is preferred."""

LAYERED = 1500.0
"""The same where the picture lies in level layers (sky, sea, shore): a step in a horizon is seen at once."""

Whole = npt.NDArray[np.int64]


@dataclass(slots=True)
class Field:
    """For each pixel (rows, columns) where its content comes from."""

    y: Whole
    x: Whole


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
    field = _search(to_lab(to_unit(small)) / np.float32(100), mask, rng, effort, barred)
    made = _moved(part, inside, field, small.shape[:2], mask)
    drift = _drift(made, part, inside)
    out = pixels.copy()
    for row, copied in bands(made):
        here, rows = inside[row : row + len(copied)], copied
        if drift is not None:
            rows = to_bytes(to_unit(rows) + lifted(drift, made.shape, row, row + len(rows)))
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
    size = max(2 * RADIUS + 2, round(width * scale)), max(2 * RADIUS + 2, round(height * scale))
    # Known pixels alone make the small picture: the thing itself must not shine into its own gap.
    known = (~hole).astype(np.float32)
    blank = np.where(hole[..., None], np.uint8(0), part)
    sums = np.asarray(cv2.resize(blank, size, interpolation=cv2.INTER_AREA), np.float32)
    weight = np.asarray(cv2.resize(known, size, interpolation=cv2.INTER_AREA), np.float32)
    small = np.rint(sums / np.maximum(weight, 1e-3)[..., None]).clip(0, 255).astype(np.uint8)
    return small, weight < 0.5


def _search(
    lab: Plane, mask: npt.NDArray[np.bool_], rng: np.random.Generator, effort: int, barred: npt.NDArray[np.bool_]
) -> Field:
    levels = [(lab, mask)]
    while levels[-1][1].sum() > 60 and min(levels[-1][1].shape) > 40:
        picture, hole = levels[-1]
        size = hole.shape[1] // 2, hole.shape[0] // 2
        known = (~hole).astype(np.float32)
        weight = np.asarray(cv2.resize(known, size, interpolation=cv2.INTER_AREA), np.float32)
        sums = cv2.resize(picture * known[..., None], size, interpolation=cv2.INTER_AREA)
        levels.append((np.asarray(sums / np.maximum(weight, 1e-3)[..., None], np.float32), weight < 0.5))
    level = _preferred(lab, mask)
    coarsest, hole = levels.pop()
    field = _level(spread(coarsest, hole), coarsest, hole, None, rng, 5, level, barred)
    for known, hole in reversed(levels):
        field = _doubled(field, hole.shape)
        picture = known.copy()
        picture[hole] = known[field.y, field.x][hole]
        field = _level(picture, known, hole, field, rng, 3 if effort > 8 else 2, level, barred)
    return field


def _preferred(lab: Plane, hole: npt.NDArray[np.bool_]) -> float:
    """How strongly to keep to the height: by how much of what varies beside the hole varies from row to row alone."""
    rows = np.flatnonzero(hole.any(axis=1))
    known = np.ma.masked_array(lab[rows], np.repeat(hole[rows][..., None], 3, axis=2))
    along, whole = float(known.var(axis=1).sum(axis=1).mean()), float(known.reshape(-1, 3).var(axis=0).sum())
    layered = smooth(0.45, 0.15, np.array([along / max(whole, 1e-9)], np.float32))
    return LEVEL * (LAYERED / LEVEL) ** float(layered[0])


def _level(
    picture: Plane,
    known: Plane,
    hole: npt.NDArray[np.bool_],
    field: Field | None,
    rng: np.random.Generator,
    rounds: int,
    level: float,
    barred: npt.NDArray[np.bool_],
) -> Field:
    allowed = _allowed(hole)
    if barred.any():
        small = cv2.resize(barred.astype(np.uint8), hole.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
        free = allowed & (cv2.dilate(small.astype(np.uint8), np.ones((3, 3), np.uint8)) == 0)
        allowed = free if free.sum() > LEAST_FREE else allowed
    if not allowed.any() or not hole.any():
        y, x = np.mgrid[0 : hole.shape[0], 0 : hole.shape[1]]
        return Field(y, x)
    ys, xs = np.nonzero(hole)
    field = _start(field, hole.shape, allowed, rng)
    for _ in range(rounds):
        patches = _patches(picture)
        cost = _match(patches, ys, xs, field, allowed, rng, level)
        picture = _voted(picture, known, ys, xs, field, cost)
    return field


def _allowed(hole: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Where a patch lies wholly in what is known."""
    size = 2 * RADIUS + 1
    clear = cv2.dilate(hole.astype(np.uint8), np.ones((size, size), np.uint8)) == 0
    clear[:RADIUS] = clear[-RADIUS:] = False
    clear[:, :RADIUS] = clear[:, -RADIUS:] = False
    return clear


def _start(
    field: Field | None, shape: tuple[int, ...], allowed: npt.NDArray[np.bool_], rng: np.random.Generator
) -> Field:
    ys, xs = np.nonzero(allowed)
    pick = rng.integers(len(ys), size=shape)
    y, x = ys[pick], xs[pick]
    if field is not None:
        good = allowed[field.y, field.x]
        y, x = np.where(good, field.y, y), np.where(good, field.x, x)
    return Field(y, x)


def _doubled(field: Field, shape: tuple[int, ...]) -> Field:
    y = np.clip(np.arange(shape[0]) // 2, 0, field.y.shape[0] - 1)
    x = np.clip(np.arange(shape[1]) // 2, 0, field.y.shape[1] - 1)
    up_y = field.y[y][:, x] * 2 + (np.arange(shape[0]) % 2)[:, None]
    up_x = field.x[y][:, x] * 2 + (np.arange(shape[1]) % 2)[None]
    return Field(np.clip(up_y, 0, shape[0] - 1), np.clip(up_x, 0, shape[1] - 1))


def _patches(picture: Plane) -> npt.NDArray[np.float32]:
    padded = np.pad(picture, ((RADIUS, RADIUS), (RADIUS, RADIUS), (0, 0)), mode="edge")
    return sliding_window_view(padded, (2 * RADIUS + 1, 2 * RADIUS + 1), axis=(0, 1))


def _match(
    patches: npt.NDArray[np.float32],
    ys: Whole,
    xs: Whole,
    field: Field,
    allowed: npt.NDArray[np.bool_],
    rng: np.random.Generator,
    level: float,
) -> Plane:
    """Improve the field at (ys, xs) by neighbours' offsets and by chance; gives each one's squared distance."""
    own = patches[ys, xs].reshape(len(ys), -1)
    best_y, best_x = field.y[ys, xs], field.x[ys, xs]
    height, width = allowed.shape
    best = _distance(own, patches, best_y, best_x) + level * _steep(best_y - ys, height)

    def attempt(y: Whole, x: Whole) -> None:
        y, x = np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)
        try_it = np.nonzero(allowed[y, x] & ((y != best_y) | (x != best_x)))[0]
        if not len(try_it):
            return
        cost = _distance(own[try_it], patches, y[try_it], x[try_it]) + level * _steep(y[try_it] - ys[try_it], height)
        won = cost < best[try_it]
        at = try_it[won]
        best[at], best_y[at], best_x[at] = cost[won], y[at], x[at]
        field.y[ys, xs], field.x[ys, xs] = best_y, best_x

    for jump in (4, 1):
        for dy, dx in ((jump, 0), (-jump, 0), (0, jump), (0, -jump)):
            near_y, near_x = np.clip(ys + dy, 0, height - 1), np.clip(xs + dx, 0, width - 1)
            attempt(field.y[near_y, near_x] - dy, field.x[near_y, near_x] - dx)
    reach = max(height, width)
    while reach >= 1:
        attempt(best_y + rng.integers(-reach, reach + 1, len(ys)), best_x + rng.integers(-reach, reach + 1, len(ys)))
        reach //= 3
    return best


def _steep(rise: Whole, height: int) -> Plane:
    """What lies at another height costs more: in upright pictures a row has much in common, a horizon all."""
    return ((rise / height) ** 2).astype(np.float32)


def _distance(own: Plane, patches: npt.NDArray[np.float32], y: Whole, x: Whole) -> Plane:
    off = patches[y, x].reshape(len(y), -1) - own
    return np.einsum("ij,ij->i", off, off)


def _voted(picture: Plane, known: Plane, ys: Whole, xs: Whole, field: Field, cost: Plane) -> Plane:
    """Each hole pixel as the patches over it see it; patches that fit well count more."""
    height, width = picture.shape[:2]
    trust = np.zeros((height, width), np.float32)
    trust[ys, xs] = np.exp(-cost / np.float32(max(1e-6, 0.6 * float(np.quantile(cost, 0.75)))))
    sums, weight = np.zeros((len(ys), 3), np.float32), np.full(len(ys), 1e-9, np.float32)
    for dy in range(-RADIUS, RADIUS + 1):
        for dx in range(-RADIUS, RADIUS + 1):
            y, x = np.clip(ys + dy, 0, height - 1), np.clip(xs + dx, 0, width - 1)
            share = trust[y, x] + np.float32(1e-7)
            from_y = np.clip(field.y[y, x] - dy, 0, height - 1)
            from_x = np.clip(field.x[y, x] - dx, 0, width - 1)
            share = np.where(trust[y, x] > 0, share, 0)
            sums += known[from_y, from_x] * share[:, None]
            weight += share
    out = picture.copy()
    out[ys, xs] = sums / weight[:, None]
    return out


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


def _drift(made: Pixels, part: Pixels, hole: npt.NDArray[np.bool_]) -> Plane | None:
    """Where the surroundings are smooth: what leads from the copied pixels' light to the gentle course around them."""
    height, width = hole.shape
    scale = min(1.0, 256 / max(height, width))
    size = max(2, round(width * scale)), max(2, round(height * scale))
    small = to_unit(np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8))
    gap = np.asarray(cv2.resize(hole.astype(np.float32), size, interpolation=cv2.INTER_AREA)) > 0.01
    ring = (cv2.dilate(gap.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0) & ~gap
    if not ring.any():
        return None
    fine = np.abs(small - cv2.GaussianBlur(small, (0, 0), 2.5)).max(axis=2)
    # An outline anywhere on the rim must go on through the gap: then nothing is smoothed.
    share = 1 - float(smooth(0.02, 0.05, np.array([np.quantile(fine[ring], 0.96)], np.float32))[0])
    if share <= 0:
        return None
    copied = to_unit(np.asarray(cv2.resize(made, size, interpolation=cv2.INTER_AREA), np.uint8))
    base = cv2.GaussianBlur(spread(small, gap), (0, 0), 2.0)
    return np.asarray((base - cv2.GaussianBlur(copied, (0, 0), 2.0)) * np.float32(share), np.float32)


def spread(picture: Plane, hole: npt.NDArray[np.bool_]) -> Plane:
    """The hole filled smoothly from its rim: averages go up a pyramid of what is known and come down into the gap."""
    return np.where(hole[..., None], _pull(picture, (~hole).astype(np.float32)), picture).astype(np.float32)


def _pull(picture: Plane, weight: Plane) -> Plane:
    own = picture * weight[..., None]
    if min(weight.shape) <= 2:
        total = max(float(weight.sum()), 1e-6)
        return np.broadcast_to(own.sum(axis=(0, 1)) / total, picture.shape).astype(np.float32)
    size = (weight.shape[1] + 1) // 2, (weight.shape[0] + 1) // 2
    small = np.asarray(cv2.resize(weight, size, interpolation=cv2.INTER_AREA), np.float32)
    mean = cv2.resize(own, size, interpolation=cv2.INTER_AREA) / np.maximum(small, 1e-6)[..., None]
    coarse = _pull(np.asarray(mean, np.float32), np.minimum(small * 2, 1))
    up = cv2.resize(coarse, (weight.shape[1], weight.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(own + up * (1 - weight[..., None]), np.float32)
