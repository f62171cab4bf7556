"""A change of colours learnt from one picture before and after, as a table that does it to any picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.remake.motion import Pixels, Plane

KNOTS = 17
"""Places along each of red, green and blue at which the change is learnt."""

FINE = 64
"""Places along each at which it is then looked up."""

SAMPLES = (192, 108)
REACH = (0.7, 1.8)
"""How far, in knots, a colour speaks for its neighbours: for fine differences, and where nothing near was seen."""

WITHIN = np.arange(256) % (256 // FINE) - 128 // FINE
UP, DOWN = np.maximum(WITHIN, 0).astype(np.uint8), np.maximum(-WITHIN, 0).astype(np.uint8)
"""The difference within one place of the table goes on, so that smooth shades stay smooth: what it adds and takes."""


@dataclass(frozen=True, slots=True)
class Change:
    """The table: (FINE ** 3, 3) uint8."""

    table: Pixels

    def __call__(self, pixels: Pixels) -> Pixels:
        """The picture with its colours changed."""
        coarse = (pixels >> 2).astype(np.int32)
        place = coarse[..., 0] * FINE
        place += coarse[..., 1]
        place *= FINE
        place += coarse[..., 2]
        out = np.take(self.table, place, axis=0)
        return np.asarray(cv2.subtract(cv2.add(out, cv2.LUT(pixels, UP)), cv2.LUT(pixels, DOWN)), np.uint8)

    def towards(self, other: Change, share: float) -> Change:
        """The change between this (0) and another (1)."""
        return Change(np.asarray(cv2.addWeighted(self.table, 1 - share, other.table, share, 0), np.uint8))


def learn(before: Pixels, after: Pixels) -> Change:
    """The change from one picture to another of the same size."""
    one, two = (
        cv2.GaussianBlur(cv2.resize(picture, SAMPLES, interpolation=cv2.INTER_AREA), (0, 0), 0.8)
        .reshape(-1, 3)
        .astype(np.float64)
        for picture in (before, after)
    )
    line = _line(one, two)
    knots = np.linspace(0, 255, KNOTS)
    grid = np.stack(np.meshgrid(knots, knots, knots, indexing="ij"), axis=-1)
    off = two - _along(line, one)
    cells = np.rint(one / 255 * (KNOTS - 1)).astype(np.int64)
    flat = (cells[:, 0] * KNOTS + cells[:, 1]) * KNOTS + cells[:, 2]
    count = np.bincount(flat, minlength=KNOTS**3).reshape(KNOTS, KNOTS, KNOTS).astype(np.float64)
    sums = np.stack([np.bincount(flat, off[:, i], minlength=KNOTS**3).reshape(count.shape) for i in range(3)], axis=-1)
    table = _along(line, grid) + _spread(sums, count)
    fine = np.einsum("xa,yb,zc,abck->xyzk", *[_finer()] * 3, np.clip(table, 0, 255), optimize=True)
    return Change(np.rint(fine).astype(np.uint8).reshape(-1, 3))


def _line(one: npt.NDArray[Any], two: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The straight change (4, 3) that fits best; where colours are few it stays near none."""
    rows = np.hstack([one / 255, np.ones((len(one), 1))])
    prior = np.vstack([np.eye(3) * 255, np.zeros((1, 3))])
    weight = np.diag([0.01, 0.01, 0.01, 0.001]) * len(one)
    return np.linalg.solve(rows.T @ rows + weight, rows.T @ two + weight @ prior)


def _along(line: npt.NDArray[Any], colours: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return colours / 255 @ line[:3] + line[3]


def _spread(sums: npt.NDArray[Any], count: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """What the straight change leaves, at every knot: from far where nothing nearer was seen."""
    out = np.zeros_like(sums)
    for reach, enough in zip(reversed(REACH), (8.0, 0.5), strict=True):
        matrix = _bell(reach)
        near = np.einsum("xa,yb,zc,abck->xyzk", matrix, matrix, matrix, sums, optimize=True)
        seen = np.einsum("xa,yb,zc,abc->xyz", matrix, matrix, matrix, count, optimize=True)[..., None]
        out += (near / (seen + 1e-9) - out) * (seen / (seen + enough))
    return out


@cache
def _bell(reach: float) -> npt.NDArray[Any]:
    at = np.arange(KNOTS)
    return np.exp(-0.5 * ((at[:, None] - at[None]) / reach) ** 2)


@cache
def _finer() -> npt.NDArray[Any]:
    """Straight lines between the knots: (FINE, KNOTS)."""
    at = (np.arange(FINE) * (256 // FINE) + 2) / 255 * (KNOTS - 1)
    return np.maximum(0, 1 - np.abs(at[:, None] - np.arange(KNOTS)[None]))


def apart(one: Pixels, two: Pixels) -> float:
    """Mean distance of two pictures in grey levels."""
    return float(np.mean(cv2.absdiff(one, two)))


def lit(pixels: Pixels) -> Plane:
    """Brightness as float32."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.float32)
