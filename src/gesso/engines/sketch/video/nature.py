"""What moves by itself in a background: water, plants in the wind, clouds, stars, flames.

Each layer changes the background in place. All are differences from their own first moment, so that the first frame is
the picture as it was, and all turn a whole number of times in a loop.
"""

from __future__ import annotations

from typing import Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.edit.spread import spread
from gesso.engines.sketch.video import blending
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
        high, wide = max(2, (bottom - top) // 2), max(2, (right - left) // 2)
        y = (np.arange(high, dtype=np.float32)[:, None] + 1) / high
        x = np.arange(wide, dtype=np.float32)[None, :] / high
        bend = cv2.resize(rng.standard_normal((4, 7)).astype(np.float32), (wide, high), interpolation=cv2.INTER_CUBIC)
        far = np.sqrt(y + 0.02)
        self._swell = _Wave(2 * np.pi * 9 * far + 2.2 * x / far + 1.3 * bend, -clock.turns(0.55))
        self._chop = _Wave(2 * np.pi * 15 * far - 3.1 * x / far - 1.9 * bend, clock.turns(0.8))
        inside = cv2.resize(np.asarray(mask[top:bottom, left:right], np.float32), (wide, high))
        reach = inside * np.linspace(0.35, 1, high, dtype=np.float32)[:, None]
        self._reach = np.asarray(reach * np.float32(strength * max(1.0, 0.0042 * mask.shape[0])), np.float32)
        self._glint = np.asarray(inside * np.float32(6 * strength), np.float32)
        self._at = _positions(box)

    def apply(self, pixels: Pixels, i: int) -> None:
        left, top, right, bottom = self._box
        swell, chop = self._swell.since(i), self._chop.since(i)
        across = cv2.multiply(self._reach, chop, scale=0.6)
        down = cv2.multiply(self._reach, cv2.scaleAdd(chop, 0.5, swell))
        light = cv2.multiply(self._glint, cv2.add(swell, chop))
        size = (right - left, bottom - top)
        across, down, light = (cv2.resize(plane, size) for plane in (across, down, light))
        part = pixels[top:bottom, left:right]
        x, y = cv2.add(self._at[0], across), cv2.add(self._at[1], down)
        part[...] = blending.remapped(part, x, y, cv2.BORDER_REPLICATE)
        blending.lit(part, light)


class _Wave:
    """How far the sine of a plane of angles is from its first moment, as all of them turn."""

    def __init__(self, angles: Any, turned: npt.NDArray[np.float64]) -> None:
        """`turned` is by how many radians at each frame."""
        angles = np.asarray(angles, np.float32)
        self._sine, self._cosine, self._turned = np.sin(angles), np.cos(angles), turned

    def since(self, i: int) -> Plane:
        """At frame `i`, by the sum of angles: a sine of every pixel would take ten times as long."""
        by = float(self._turned[i])
        return np.asarray(cv2.addWeighted(self._sine, np.cos(by) - 1, self._cosine, np.sin(by), 0), np.float32)


def _positions(box: Box) -> tuple[Plane, Plane]:
    """The column and the row of every pixel of a box, counted from its corner."""
    left, top, right, bottom = box
    x, y = np.arange(right - left, dtype=np.float32), np.arange(bottom - top, dtype=np.float32)
    across, down = np.meshgrid(x, y, indexing="xy")
    return across, down


class Sway:
    """Grass, leaves, reeds in the wind: gusts run across and bend them sideways."""

    def __init__(self, mask: Plane, box: Box, clock: Clock, strength: float, rng: np.random.Generator) -> None:
        left, top, right, bottom = self._box = box
        high, wide = max(2, (bottom - top) // 4), max(2, (right - left) // 4)
        grain = rng.standard_normal((max(3, high // 6), max(3, wide // 6))).astype(np.float32)
        grain = np.asarray(cv2.resize(grain, (wide, high), interpolation=cv2.INTER_CUBIC), np.float32)
        self._gust = _Wave(np.linspace(0, 7, wide, dtype=np.float32)[None, :] + grain, -clock.turns(0.35))
        self._flutter = _Wave(3 * grain, clock.turns(1.1))
        inside = np.asarray(mask[top:bottom, left:right], np.float32)
        self._reach = cv2.GaussianBlur(inside, (0, 0), 3) * inside * np.float32(strength * 0.0045 * mask.shape[0])
        self._at = _positions(box)

    def apply(self, pixels: Pixels, i: int) -> None:
        left, top, right, bottom = self._box
        lean = cv2.scaleAdd(self._flutter.since(i), 0.4, self._gust.since(i))
        bent = cv2.multiply(self._reach, cv2.resize(lean, (right - left, bottom - top)))
        part = pixels[top:bottom, left:right]
        across, down = cv2.add(self._at[0], bent), cv2.scaleAdd(bent, 0.25, self._at[1])
        part[...] = blending.remapped(part, across, down, cv2.BORDER_REFLECT_101)


class Clouds:
    """The sky's clouds drift sideways; its gradient of light stays. Of all layers it comes first."""

    def __init__(self, pixels: Pixels, mask: Plane, box: Box, clock: Clock, speed: float) -> None:
        left, top, right, bottom = self._box = box
        part = pixels[top:bottom, left:right]
        inside = np.asarray(mask[top:bottom, left:right], np.float32)
        floats = part.astype(np.float32)
        plate = spread(floats, inside < 0.5) if (inside < 0.5).any() else floats
        calm = np.rint(_calm(np.asarray(plate, np.float32))).clip(0, 255)
        self._calm = calm.astype(np.uint8)
        detail = np.rint(plate - calm + _EVEN).clip(0, 255).astype(np.uint8)
        self._detail = cv2.cvtColor(detail, cv2.COLOR_RGB2RGBA)
        outside = cv2.convertScaleAbs(1 - inside, alpha=255)
        self._inside, self._around = blending.thrice(cv2.bitwise_not(outside)), part.copy()
        blending.uncovered(self._around, cv2.bitwise_not(outside))
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
        moved = blending.rgb(moved)
        even = np.full(moved.shape, _EVEN, np.uint8)
        made = cv2.subtract(cv2.add(self._calm, cv2.subtract(moved, even)), cv2.subtract(even, moved))
        pixels[top:bottom, left:right] = cv2.add(cv2.multiply(made, self._inside, scale=1 / 255), self._around)

    def _shifted(self, by: float) -> Any:
        matrix = np.array([[1, 0, by], [0, 1, 0]], np.float32)
        size = (self._detail.shape[1], self._detail.shape[0])
        return cv2.warpAffine(self._detail, matrix, size, borderMode=cv2.BORDER_REFLECT_101)


_EVEN = 128
"""What stands for no difference from a calm sky."""


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
        # The groups share no pixel: each point is known by its level, in steps of four, and its group.
        self._points = np.where(points > 0, (points & 0xFC) + group, 0).astype(np.uint8)
        waves = ((0.5, 0.4), (0.9, 2.0), (0.7, 4.1), (1.3, 5.2))
        self._gains = strength * 0.55 * np.stack([clock.wave(rate, phase) for rate, phase in waves])

    def apply(self, pixels: Pixels, i: int) -> None:
        left, top, right, bottom = self._box
        change = np.rint((_CODES & 0xFC) * self._gains[_CODES & 3, i])
        part = pixels[top:bottom, left:right]
        up, down = (np.clip(way, 0, 255).astype(np.uint8)[None] for way in (change, -change))
        up, down = (blending.thrice(cv2.LUT(self._points, table)) for table in (up, down))
        cv2.subtract(cv2.add(part, up), down, part)


_CODES = np.arange(256)


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
        gain = float(self._gain[i])
        light = blending.thrice(cv2.convertScaleAbs(self._glow, alpha=gain))
        (cv2.add if gain > 0 else cv2.subtract)(pixels, light, pixels)
