"""What moves by itself in a background: water, plants in the wind, clouds, stars, flames.

Each layer changes the background in place. All are differences from their own first moment, so that the first frame is
the picture as it was, and all turn a whole number of times in a loop.
"""

from __future__ import annotations

from typing import Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.edit import fill
from gesso.engines.sketch.video.acts import Clock
from gesso.engines.sketch.video.shot import Pixels, Plane, Seam


class Layer(Protocol):
    """Changes pixels (H, W, 3) uint8 in place, for frame `i`."""

    def apply(self, pixels: Pixels, i: int) -> None: ...


Box = tuple[int, int, int, int]
"""Left, top, right, bottom."""


def box_of(mask: Plane) -> Box | None:
    """The smallest box that holds all of a mask."""
    rows, columns = np.nonzero(mask.max(axis=1) > 0.05)[0], np.nonzero(mask.max(axis=0) > 0.05)[0]
    if not len(rows) or not len(columns):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


SEAM_SECONDS = 0.12
"""Time in which what a picture shows around its cut-outs gives way to what is painted behind them."""


class Rim:
    """Around the cut-outs lies the picture itself, so that it comes out as it is; as they move away it fades."""

    def __init__(self, seam: Seam, margin: tuple[int, int], clock: Clock) -> None:
        self._pixels, self._share, self._clock = seam.pixels, seam.share, clock
        self._left, self._top = seam.left + margin[0], seam.top + margin[1]

    def apply(self, pixels: Pixels, i: int) -> None:
        away = min(i, abs(self._clock.count - i)) if self._clock.loop else i
        seen = 1 - away / (SEAM_SECONDS * self._clock.fps)
        if seen <= 0:
            return
        high, wide = self._share.shape
        part = pixels[self._top : self._top + high, self._left : self._left + wide]
        share = np.asarray(self._share * np.float32(seen), np.float32)
        part[...] = cv2.blendLinear(self._pixels, part.copy(), share, 1 - share)


class Water:
    """Waves that run over a plane: what is seen in it is shifted, its crests glint."""

    def __init__(self, mask: Plane, box: Box, clock: Clock, strength: float, rng: np.random.Generator) -> None:
        left, top, right, bottom = self._box = box
        self._clock, self._rate = clock, (clock.turns(0.55), clock.turns(0.8))
        high, wide = max(2, (bottom - top) // 2), max(2, (right - left) // 2)
        y = (np.arange(high, dtype=np.float32)[:, None] + 1) / high
        x = np.arange(wide, dtype=np.float32)[None, :] / high
        bend = cv2.resize(rng.standard_normal((4, 7)).astype(np.float32), (wide, high), interpolation=cv2.INTER_CUBIC)
        far = np.sqrt(y + 0.02)
        self._one = (2 * np.pi * 9 * far + 2.2 * x / far + 1.3 * bend).astype(np.float32)
        self._two = (2 * np.pi * 15 * far - 3.1 * x / far - 1.9 * bend).astype(np.float32)
        self._still = np.sin(self._one), np.sin(self._two)
        inside = np.asarray(mask[top:bottom, left:right], np.float32)
        self._reach = (inside * np.linspace(0.35, 1, bottom - top, dtype=np.float32)[:, None]).astype(np.float32)
        self._reach *= np.float32(strength * max(1.0, 0.0042 * mask.shape[0]))
        self._glint = (inside * np.float32(6 * strength)).astype(np.float32)
        self._at = np.meshgrid(
            np.arange(right - left, dtype=np.float32), np.arange(bottom - top, dtype=np.float32), indexing="xy"
        )

    def apply(self, pixels: Pixels, i: int) -> None:
        left, top, right, bottom = self._box
        swell = np.sin(self._one - np.float32(self._rate[0][i])) - self._still[0]
        chop = np.sin(self._two + np.float32(self._rate[1][i])) - self._still[1]
        size = (right - left, bottom - top)
        swell, chop = (cv2.resize(wave, size, interpolation=cv2.INTER_LINEAR) for wave in (swell, chop))
        across = self._at[0] + self._reach * np.float32(0.6) * chop
        down = self._at[1] + self._reach * (swell + np.float32(0.5) * chop)
        part = pixels[top:bottom, left:right]
        moved = cv2.remap(part, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        light = (self._glint * (swell + chop)).astype(np.int16)
        part[...] = _lit(moved, light)


def _lit(pixels: Any, light: npt.NDArray[np.int16]) -> Pixels:
    up, down = np.clip(light, 0, 255).astype(np.uint8), np.clip(-light, 0, 255).astype(np.uint8)
    up, down = (cv2.cvtColor(plane, cv2.COLOR_GRAY2RGB) for plane in (up, down))
    return np.asarray(cv2.subtract(cv2.add(pixels, up), down))


class Sway:
    """Grass, leaves, reeds in the wind: gusts run across and bend them sideways."""

    def __init__(self, mask: Plane, box: Box, clock: Clock, strength: float, rng: np.random.Generator) -> None:
        left, top, right, bottom = self._box = box
        self._slow, self._quick = clock.turns(0.35), clock.turns(1.1)
        high, wide = max(2, (bottom - top) // 4), max(2, (right - left) // 4)
        grain = rng.standard_normal((max(3, high // 6), max(3, wide // 6))).astype(np.float32)
        self._grain = cv2.resize(grain, (wide, high), interpolation=cv2.INTER_CUBIC)
        self._gust = np.broadcast_to(np.linspace(0, 7, wide, dtype=np.float32)[None, :], (high, wide)) + self._grain
        inside = np.asarray(mask[top:bottom, left:right], np.float32)
        self._reach = cv2.GaussianBlur(inside, (0, 0), 3) * inside * np.float32(strength * 0.0045 * mask.shape[0])
        self._at = np.meshgrid(
            np.arange(right - left, dtype=np.float32), np.arange(bottom - top, dtype=np.float32), indexing="xy"
        )

    def apply(self, pixels: Pixels, i: int) -> None:
        left, top, right, bottom = self._box
        lean = np.sin(self._gust - np.float32(self._slow[i])) - np.sin(self._gust)
        lean += 0.4 * (np.sin(3 * self._grain + np.float32(self._quick[i])) - np.sin(3 * self._grain))
        wide = cv2.resize(lean.astype(np.float32), (right - left, bottom - top), interpolation=cv2.INTER_LINEAR)
        part = pixels[top:bottom, left:right]
        across, down = self._at[0] + self._reach * wide, self._at[1] + self._reach * np.float32(0.25) * wide
        part[...] = cv2.remap(part, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)


class Clouds:
    """The sky's clouds drift sideways; its gradient of light stays."""

    def __init__(self, pixels: Pixels, mask: Plane, box: Box, clock: Clock, speed: float) -> None:
        left, top, right, bottom = self._box = box
        inside = np.asarray(mask[top:bottom, left:right], np.float32)
        part = pixels[top:bottom, left:right].astype(np.float32)
        plate = fill.spread(part, inside < 0.5) if (inside < 0.5).any() else part
        self._calm = _calm(np.asarray(plate, np.float32))
        self._detail = np.asarray(plate - self._calm, np.float32)
        self._inside, self._part = inside, part
        self._clock, self._speed = clock, speed * pixels.shape[1]

    def apply(self, pixels: Pixels, i: int) -> None:
        if i == 0:
            return
        left, top, right, bottom = self._box
        time = i / self._clock.fps
        moved = self._shifted(self._speed * time)
        if self._clock.loop:
            share = i / self._clock.count
            moved = cv2.addWeighted(
                moved, 1 - share, self._shifted(self._speed * (time - self._clock.seconds)), share, 0
            )
        made = cv2.convertScaleAbs(np.maximum(self._calm + moved, 0))
        part = pixels[top:bottom, left:right]
        part[...] = cv2.blendLinear(made, part.copy(), self._inside, 1 - self._inside)

    def _shifted(self, by: float) -> Any:
        matrix = np.array([[1, 0, by], [0, 1, 0]], np.float32)
        size = (self._detail.shape[1], self._detail.shape[0])
        return cv2.warpAffine(self._detail, matrix, size, borderMode=cv2.BORDER_REFLECT_101)


def _calm(plate: Plane) -> Plane:
    """The gradient of a sky without its clouds."""
    high, wide = plate.shape[:2]
    small = cv2.resize(plate, (max(8, wide // 16), max(8, high // 16)), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), max(small.shape[:2]) / 5, borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(cv2.resize(soft, (wide, high), interpolation=cv2.INTER_CUBIC), np.float32)


class Twinkle:
    """Stars, or sparks of light on snow and leaves: points that come and go."""

    def __init__(self, pixels: Pixels, box: Box, clock: Clock, strength: float, rng: np.random.Generator) -> None:
        left, top, right, bottom = self._box = box
        part = pixels[top:bottom, left:right]
        grey = cv2.cvtColor(np.ascontiguousarray(part), cv2.COLOR_RGB2GRAY)
        size = max(3, round(pixels.shape[0] / 110)) | 1
        points = cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, np.ones((size, size), np.uint8))
        points = np.where(points > 18, points, 0).astype(np.uint8)
        groups = rng.integers(0, 4, (max(1, part.shape[0] // size), max(1, part.shape[1] // size))).astype(np.uint8)
        group = cv2.resize(groups, (part.shape[1], part.shape[0]), interpolation=cv2.INTER_NEAREST)
        self._points = [
            cv2.cvtColor(np.where(group == number, points, 0).astype(np.uint8), cv2.COLOR_GRAY2RGB)
            for number in range(4)
        ]
        self._gains = [
            strength * 0.55 * clock.wave(rate, phase)
            for rate, phase in ((0.5, 0.4), (0.9, 2.0), (0.7, 4.1), (1.3, 5.2))
        ]

    def apply(self, pixels: Pixels, i: int) -> None:
        left, top, right, bottom = self._box
        part = pixels[top:bottom, left:right]
        for points, gain in zip(self._points, self._gains, strict=True):
            by = float(gain[i])
            changed = cv2.convertScaleAbs(points, alpha=abs(by))
            part[...] = cv2.add(part, changed) if by > 0 else cv2.subtract(part, changed)


class Flicker:
    """Flames and lamps: what is bright and warm, and a halo around it, trembles in its light."""

    def __init__(self, pixels: Pixels, clock: Clock, strength: float) -> None:
        small = cv2.resize(pixels, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        warm = np.clip((small[..., 0] - 0.62) * 3, 0, 1) * np.clip((small[..., 0] - small[..., 2] - 0.15) * 3, 0, 1)
        halo = np.maximum(warm, cv2.GaussianBlur(warm, (0, 0), max(1.0, small.shape[0] / 14)) * 1.6)
        glow = cv2.resize(np.clip(halo, 0, 1), (pixels.shape[1], pixels.shape[0]), interpolation=cv2.INTER_LINEAR)
        self._glow = np.asarray(glow * np.float32(46 * strength), np.float32)
        self._gain = 0.4 * clock.wave(2.3) + 0.35 * clock.wave(3.7, 1.0) + 0.3 * clock.wave(5.9, 2.0)

    def apply(self, pixels: Pixels, i: int) -> None:
        pixels[...] = _lit(pixels, (self._glow * np.float32(self._gain[i])).astype(np.int16))
