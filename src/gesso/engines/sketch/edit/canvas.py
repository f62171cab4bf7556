"""The picture under edit, and how edits touch it: in bands of rows, so that twelve megapixels need little memory."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[Any]
"""uint8 samples."""
Plane = npt.NDArray[Any]
"""float32 values."""
Band = Callable[[Plane, int], Plane]
"""(rows of the picture as float32 RGB 0..1, number of the first row) -> the same rows changed."""

BAND = 1 << 17
"""Pixels of a band: what is computed of one stays near the processor."""

THREADS = 2

LUMA = (0.299, 0.587, 0.114)
"""How much red, green and blue weigh in brightness."""

VIEW = 384
"""Longer side of the reduced copy on which regions are looked for."""


def _silent(_message: str) -> None:
    return None


@dataclass(slots=True)
class Canvas:
    """`pixels` is (H, W, 3) sRGB; `alpha` (H, W), where the picture has transparency. Steps change both in place."""

    pixels: Pixels
    rng: np.random.Generator
    alpha: Pixels | None = None
    effect: float = 1.0
    """How strongly to make each edit: 1 as asked, less or more by the guidance."""
    effort: int = 30
    materials: tuple[Pixels, ...] = ()
    """Further input pictures, RGB."""
    format: str = "png"
    log: Callable[[str], None] = _silent
    parts: list[str] = field(default_factory=list[str])
    """Learned parts that ran."""

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    def ran(self, *parts: str) -> None:
        """Note learned parts."""
        self.parts += [part for part in parts if part not in self.parts]

    def view(self, side: int = VIEW) -> Pixels:
        """The picture with its longer side at most `side`."""
        return reduced(self.pixels, side)

    def change(self, band: Band) -> None:
        """Pass every band of rows through a function."""
        self.pixels = changed(self.pixels, band)

    def blend(self, band: Band, mask: Plane) -> None:
        """As `change`, where `mask` (any size, 0..1) says; where it is 0 the picture stays to the bit."""
        self.pixels = blended(self.pixels, band, mask)


def reduced(pixels: Pixels, side: int) -> Pixels:
    """A copy with its longer side at most `side`, each side at least 2 pixels where the picture has as many."""
    height, width = pixels.shape[:2]
    scale = min(1.0, side / max(height, width))
    size = max(min(2, width), round(width * scale)), max(min(2, height), round(height * scale))
    return pixels if scale == 1.0 else np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def changed(pixels: Pixels, band: Band) -> Pixels:
    """A copy with every band passed through a function."""
    out = np.empty_like(pixels)

    def one(top: int, rows: Pixels) -> None:
        out[top : top + len(rows)] = to_bytes(band(to_unit(rows), top))

    _each(pixels, one)
    return out


def blended(pixels: Pixels, band: Band, mask: Plane) -> Pixels:
    """A copy changed where `mask` says; bands without any are not touched."""
    out = pixels.copy()

    def one(top: int, rows: Pixels) -> None:
        share = lifted(mask, pixels.shape, top, top + len(rows))
        here = share > 1 / 512
        if not here.any():
            return
        before = to_unit(rows)
        after = before + (band(before, top) - before) * share[..., None]
        out[top : top + len(rows)][here] = to_bytes(after)[here]

    _each(pixels, one)
    return out


def _each(pixels: Pixels, one: Callable[[int, Pixels], None]) -> None:
    """Call a function for every band, two at a time: bands know nothing of each other, so the result is the same."""
    every = bands(pixels)
    if len(every) == 1:
        one(*every[0])
        return
    with ThreadPoolExecutor(THREADS, thread_name_prefix="band") as pool:
        for done in [pool.submit(one, top, rows) for top, rows in every]:
            done.result()


def bands(pixels: npt.NDArray[Any]) -> list[tuple[int, npt.NDArray[Any]]]:
    """The picture cut into bands: (first row, rows)."""
    count = max(1, BAND // max(1, pixels.shape[1]))
    return [(top, pixels[top : top + count]) for top in range(0, len(pixels), count)]


def lifted(plane: Plane, shape: tuple[int, ...], top: int, bottom: int) -> Plane:
    """Rows `top` to `bottom` of `plane` enlarged to a picture's shape, without enlarging the rest."""
    height, width = shape[:2]
    rows, columns = plane.shape[:2]
    if (rows, columns) == (height, width):
        return plane[top:bottom]
    sx, sy = columns / width, rows / height
    matrix = np.array([[sx, 0, 0.5 * sx - 0.5], [0, sy, (top + 0.5) * sy - 0.5]], np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(plane, matrix, (width, bottom - top), flags=flags, borderMode=cv2.BORDER_REPLICATE), np.float32
    )


def to_unit(rows: Pixels) -> Plane:
    """Bytes as 0..1."""
    return rows.astype(np.float32) * np.float32(1 / 255)


def to_bytes(rows: Plane) -> Pixels:
    """0..1 as bytes; what is beyond is cut."""
    return np.rint(np.clip(rows, 0, 1) * 255).astype(np.uint8)


def to_lab(rows: Plane) -> Plane:
    """sRGB 0..1 as L 0..100, a, b."""
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(rows, np.float32), cv2.COLOR_RGB2LAB), np.float32)


def from_lab(rows: Plane) -> Plane:
    """Back to sRGB 0..1."""
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(rows, np.float32), cv2.COLOR_LAB2RGB), np.float32)


def luma(rows: Plane) -> Plane:
    """Brightness 0..1 of sRGB rows."""
    return rows @ np.array(LUMA, np.float32)


def smooth(low: float, high: float, values: Plane) -> Plane:
    """Smooth 0..1 between `low` and `high`."""
    at = np.clip((values - np.float32(low)) / np.float32(high - low), 0, 1)
    return at * at * (3 - 2 * at)
