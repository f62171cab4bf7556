"""The search for patches that fit: for each place in and around a gap, where outside it things look alike (PatchMatch).

Coarse to fine; on each level the gap is drawn anew from what its patches show, and the patches are searched for again.
Patches are centred on the gap's rim as well as in it: what is known holds what is made, and its course goes on inside.
Coordinate comparisons follow Barnes et al., "PatchMatch" (2009), the weights Newson et al., "Video Inpainting" (2014).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.edit.canvas import Plane, smooth
from gesso.engines.sketch.edit.spread import spread

RADIUS = 3
SIDE = 2 * RADIUS + 1

ROUNDS = (20, 10, 6, 4)
"""Rounds of search, from the coarsest level on: what is settled there costs a quarter of the next."""

FEWEST = 2

FAITH = 1.4
"""By how much a patch counts less with each pixel from the rim: it is drawn from guesses."""

LEAST_FREE = 60
"""Patches at the least that are left to choose from where something is barred."""

LEVEL = 20.0
"""How strongly content from the same height is preferred."""

LAYERED = 1500.0
"""The same where the picture lies in level layers (sky, sea, shore): a step in a horizon is seen at once."""

Whole = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Field:
    """For each pixel (rows, columns) where its content comes from."""

    y: Whole
    x: Whole


@dataclass(slots=True)
class Level:
    """A size of the picture: what is known of it, and the places whose patches are searched for."""

    known: Plane
    hole: Mask
    free: Mask
    """Where a patch may be taken from."""
    faith: Plane
    ys: Whole
    xs: Whole
    pull: float
    """How strongly the same height is preferred."""


def search(lab: Plane, hole: Mask, barred: Mask, rng: np.random.Generator, effort: float) -> Field:
    """Where each place of the hole (H, W) in a picture (H, W, 3, Lab in hundredths) takes its content from.

    `effort`, 0..1, is the share of `ROUNDS` that is searched.
    """
    sizes = [(lab, hole)]
    while sizes[-1][1].sum() > 60 and min(sizes[-1][1].shape) > 40:
        sizes.append(_halved(*sizes[-1]))
    pull = _pull(lab, hole)
    field: Field | None = None
    for number, (known, gap) in enumerate(reversed(sizes)):
        level = _level(known, gap, barred, pull)
        if not level.free.any() or not gap.any():
            continue
        field = _start(level, field, rng)
        picture = (
            spread(known, gap) if number == 0 else _voted(level, known, field, np.zeros(len(level.ys), np.float32))
        )
        for _ in range(max(FEWEST, round(effort * ROUNDS[min(number, len(ROUNDS) - 1)]))):
            picture = _voted(level, picture, field, _match(level, picture, field, rng))
    if field is None:
        y, x = np.mgrid[0 : hole.shape[0], 0 : hole.shape[1]]
        field = Field(y, x)
    return field


def _halved(picture: Plane, hole: Mask) -> tuple[Plane, Mask]:
    size = hole.shape[1] // 2, hole.shape[0] // 2
    known = (~hole).astype(np.float32)
    weight = np.asarray(cv2.resize(known, size, interpolation=cv2.INTER_AREA), np.float32)
    sums = cv2.resize(picture * known[..., None], size, interpolation=cv2.INTER_AREA)
    return np.asarray(sums / np.maximum(weight, 1e-3)[..., None], np.float32), weight < 0.5


def _pull(lab: Plane, hole: Mask) -> float:
    """How strongly to keep to the height: by how much of what varies beside the hole varies from row to row alone."""
    rows = np.flatnonzero(hole.any(axis=1) & ~hole.all(axis=1))
    if not len(rows):
        return LEVEL
    known = np.ma.masked_array(lab[rows], np.repeat(hole[rows][..., None], 3, axis=2))
    along, whole = float(known.var(axis=1).sum(axis=1).mean()), float(known.reshape(-1, 3).var(axis=0).sum())
    layered = smooth(0.45, 0.15, np.array([along / max(whole, 1e-9)], np.float32))
    return LEVEL * (LAYERED / LEVEL) ** float(layered[0])


def _level(known: Plane, hole: Mask, barred: Mask, pull: float) -> Level:
    near = cv2.dilate(hole.astype(np.uint8), np.ones((SIDE, SIDE), np.uint8)) > 0
    free = ~near
    free[:RADIUS] = free[-RADIUS:] = False
    free[:, :RADIUS] = free[:, -RADIUS:] = False
    if barred.any():
        small = cv2.resize(barred.astype(np.uint8), hole.shape[::-1], interpolation=cv2.INTER_NEAREST)
        clear = free & (cv2.dilate(small, np.ones((3, 3), np.uint8)) == 0)
        free = clear if clear.sum() > LEAST_FREE else free
    far = cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 3)
    ys, xs = np.nonzero(near)
    return Level(known, hole, free, np.asarray(FAITH**-far, np.float32), ys, xs, pull)


def _start(level: Level, coarser: Field | None, rng: np.random.Generator) -> Field:
    """The coarser level's field, or one by chance."""
    ys, xs = np.nonzero(level.free)
    pick = rng.integers(len(ys), size=level.hole.shape)
    y, x = ys[pick], xs[pick]
    if coarser is not None:
        doubled = _doubled(coarser, level.hole.shape)
        good = level.free[doubled.y, doubled.x]
        y, x = np.where(good, doubled.y, y), np.where(good, doubled.x, x)
    return Field(y, x)


def _doubled(field: Field, shape: tuple[int, ...]) -> Field:
    y = np.clip(np.arange(shape[0]) // 2, 0, field.y.shape[0] - 1)
    x = np.clip(np.arange(shape[1]) // 2, 0, field.y.shape[1] - 1)
    up_y = field.y[y][:, x] * 2 + (np.arange(shape[0]) % 2)[:, None]
    up_x = field.x[y][:, x] * 2 + (np.arange(shape[1]) % 2)[None]
    return Field(np.clip(up_y, 0, shape[0] - 1), np.clip(up_x, 0, shape[1] - 1))


def _match(level: Level, picture: Plane, field: Field, rng: np.random.Generator) -> Plane:
    """Improve the field by neighbours' offsets and by chance; gives each place's squared distance (N,)."""
    ys, xs = level.ys, level.xs
    height, width = level.hole.shape
    wide = width + 2 * RADIUS
    around = (np.arange(SIDE)[:, None] * wide + np.arange(SIDE)).ravel()
    padded = np.pad(picture, ((RADIUS, RADIUS), (RADIUS, RADIUS), (0, 0)), mode="edge").reshape(-1, 3)

    def patches(y: Whole, x: Whole) -> Plane:
        return padded.take((y * wide + x)[:, None] + around, axis=0).reshape(len(y), -1)

    own = patches(ys, xs)
    best_y, best_x = field.y[ys, xs], field.x[ys, xs]

    def cost(at: Whole, y: Whole, x: Whole) -> Plane:
        # What lies at another height costs more: in upright pictures a row has much in common, a horizon all.
        off = patches(y, x) - own[at]
        rise = (y - ys[at]) / height
        return np.einsum("ij,ij->i", off, off) + np.asarray(level.pull * rise * rise, np.float32)

    best = cost(np.arange(len(ys)), best_y, best_x)

    def attempt(y: Whole, x: Whole) -> None:
        y, x = np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)
        at = np.nonzero(level.free[y, x] & ((y != best_y) | (x != best_x)))[0]
        if not len(at):
            return
        found = cost(at, y[at], x[at])
        won = found < best[at]
        at, found = at[won], found[won]
        best[at], best_y[at], best_x[at] = found, y[at], x[at]
        field.y[ys, xs], field.x[ys, xs] = best_y, best_x

    for y, x in _tries(level, field, rng):
        attempt(y, x)
    return best


def _tries(level: Level, field: Field, rng: np.random.Generator) -> Iterator[tuple[Whole, Whole]]:
    """Where to look next: by the neighbours' offsets, then by chance, nearer and nearer to the best so far."""
    ys, xs = level.ys, level.xs
    height, width = level.hole.shape
    for jump in (4, 1):
        for dy, dx in ((jump, 0), (-jump, 0), (0, jump), (0, -jump)):
            near_y, near_x = np.clip(ys + dy, 0, height - 1), np.clip(xs + dx, 0, width - 1)
            yield field.y[near_y, near_x] - dy, field.x[near_y, near_x] - dx
    reach = max(height, width)
    while reach >= 1:
        by_y, by_x = (rng.integers(-reach, reach + 1, len(ys)) for _ in range(2))
        yield field.y[ys, xs] + by_y, field.x[ys, xs] + by_x
        reach //= 3


def _voted(level: Level, picture: Plane, field: Field, cost: Plane) -> Plane:
    """Each hole pixel as the patches over it see it; patches that fit well, and those near the rim, count more."""
    height, width = level.hole.shape
    trust = np.zeros((height, width), np.float32)
    fit = np.exp(-cost / np.float32(max(1e-6, 0.6 * float(np.quantile(cost, 0.75))))) + np.float32(1e-7)
    trust[level.ys, level.xs] = fit * level.faith[level.ys, level.xs]
    ys, xs = np.nonzero(level.hole)
    sums, weight = np.zeros((len(ys), 3), np.float32), np.full(len(ys), 1e-12, np.float32)
    known = level.known.reshape(-1, 3)
    for dy in range(-RADIUS, RADIUS + 1):
        for dx in range(-RADIUS, RADIUS + 1):
            at = np.clip(ys + dy, 0, height - 1) * width + np.clip(xs + dx, 0, width - 1)
            from_y = np.clip(field.y.take(at) - dy, 0, height - 1)
            from_x = np.clip(field.x.take(at) - dx, 0, width - 1)
            share = trust.take(at)
            sums += known.take(from_y * width + from_x, axis=0) * share[:, None]
            weight += share
    out = picture.copy()
    out[ys, xs] = sums / weight[:, None]
    return out
