"""What hangs between the scene and the eye: rain, snow, leaves, sparks, fog, lightning, and the hour's light."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.video import blending
from gesso.engines.sketch.video.acts import Clock, Curve
from gesso.engines.sketch.video.shot import Pixels

FADE_SECONDS = 0.7
"""Time in which a veil comes over a given picture, which must be the first frame as it is."""


def presence(clock: Clock, keys: Sequence[int] = ()) -> Curve:
    """How much of a veil is seen at each frame: all of it, but nothing at the frames `keys` and little near them."""
    seen = np.ones(clock.count)
    for key in (*keys, *([clock.count] if clock.loop and keys else [])):
        seen = np.minimum(seen, np.abs(np.arange(clock.count) - key) / clock.fps / FADE_SECONDS)
    return seen


@dataclass(frozen=True, slots=True)
class _Kind:
    """Particles: how many in a frame, size (share of the height), fall and drift (heights a second), sway, colours."""

    count: int
    size: tuple[float, float]
    fall: tuple[float, float]
    drift: float
    sway: float
    colours: tuple[tuple[int, int, int], ...]
    shape: str
    glow: bool = False


KINDS: Mapping[str, _Kind] = {
    "rain": _Kind(260, (0.018, 0.05), (1.5, 2.3), -0.18, 0.0, ((196, 208, 222),), "streak"),
    "snow": _Kind(190, (0.0022, 0.0075), (0.10, 0.22), -0.03, 0.02, ((250, 251, 255),), "soft"),
    "leaves": _Kind(
        34,
        (0.010, 0.020),
        (0.13, 0.24),
        -0.10,
        0.05,
        ((186, 92, 34), (208, 140, 42), (150, 62, 30), (196, 168, 60)),
        "leaf",
    ),
    "petals": _Kind(
        44, (0.006, 0.012), (0.09, 0.17), -0.08, 0.04, ((248, 196, 212), (252, 222, 230), (240, 170, 196)), "leaf"
    ),
    "sparks": _Kind(
        60,
        (0.0016, 0.0040),
        (-0.38, -0.14),
        0.05,
        0.04,
        ((255, 170, 60), (255, 210, 110), (255, 120, 40)),
        "soft",
        True,
    ),
    "bubbles": _Kind(36, (0.004, 0.014), (-0.24, -0.10), 0.0, 0.02, ((214, 240, 250),), "ring"),
    "fireflies": _Kind(26, (0.003, 0.006), (-0.03, 0.03), 0.03, 0.06, ((236, 250, 130), (255, 240, 160)), "soft", True),
    "dust": _Kind(70, (0.0014, 0.0030), (-0.02, 0.04), 0.05, 0.03, ((255, 240, 214),), "soft", True),
}


def _eighths(xs: Curve, ys: Curve) -> list[tuple[int, int]]:
    """Points in eighths of a pixel, as OpenCV takes them."""
    return list(zip(np.rint(xs * 8).astype(np.int64).tolist(), np.rint(ys * 8).astype(np.int64).tolist(), strict=True))


class Particles:
    """Many small things on periodic ways: those at the far end of a loop are where they began."""

    def __init__(
        self, kind: str, size: tuple[int, int], clock: Clock, strength: float, rng: np.random.Generator, seen: Curve
    ) -> None:
        self._kind, self._clock = KINDS[kind], clock
        self._width, self._height = size
        self._seen = seen
        count = max(4, round(self._kind.count * strength * max(0.6, size[0] / size[1] / 1.6)))
        self._place = rng.uniform(0, 1, (count, 2))
        self._near = rng.uniform(0, 1, count) ** 1.6
        low, high = self._kind.fall
        self._fall = low + (high - low) * self._near
        self._phase = rng.uniform(0, 2 * np.pi, (count, 2))
        self._rate = rng.uniform(0.25, 0.9, count)
        self._colour = rng.integers(0, len(self._kind.colours), count)

    def apply(self, pixels: Pixels, i: int) -> None:
        seen = float(self._seen[i])
        if seen <= 0.01:
            return
        if self._kind.shape in ("leaf", "ring"):
            self._drawn(pixels, i, seen)
            return
        mask = np.zeros(pixels.shape[:2], np.uint8)
        self._marked(mask, i, seen)
        if self._kind.glow:
            mask = cv2.add(mask, cv2.convertScaleAbs(cv2.blur(mask, (9, 9)), alpha=1.4))
            cv2.add(pixels, blending.tinted(mask, self._kind.colours[0]), pixels)
            return
        blending.veil(pixels, mask, self._kind.colours[0])

    def _at(self, i: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Where each is (x, y), pixels. In a loop each falls a whole number of heights."""
        time = i / self._clock.fps
        span = self._clock.seconds
        fall, drift, rate = self._fall, self._kind.drift * (0.4 + 0.6 * self._near), self._rate
        if self._clock.loop:
            fall = np.where(np.abs(fall) > 1e-9, np.sign(fall) * np.maximum(1, np.round(np.abs(fall) * span)) / span, 0)
            drift, rate = np.round(drift * span) / span, np.maximum(1, np.round(rate * span)) / span
        sway = self._kind.sway * np.sin(2 * np.pi * rate * time + self._phase[:, 0])
        x = (self._place[:, 0] + drift * time) % 1.0 + sway
        y = (self._place[:, 1] + fall * time) % 1.0
        return x * 1.1 * self._width - 0.05 * self._width, y * 1.16 * self._height - 0.08 * self._height

    def _marked(self, mask: npt.NDArray[np.uint8], i: int, seen: float) -> None:
        xs, ys = self._at(i)
        small, large = self._kind.size
        pulse = 0.55 + 0.45 * np.sin(self._clock.turns(0.6)[i] + self._phase[:, 1]) if self._kind.glow else 1.0
        level = (70 + 150 * self._near) * seen * pulse if self._kind.shape == "soft" else (26 + 46 * self._near) * seen
        size = (small + (large - small) * self._near) * self._height
        begin, bright = _eighths(xs, ys), level.astype(np.int64).tolist()
        if self._kind.shape == "streak":
            end = _eighths(xs + self._kind.drift / self._fall * size, ys + size)
            wide = (1 + (self._near * self._height > 900)).tolist()
            for k, (one, two) in enumerate(zip(begin, end, strict=True)):
                cv2.line(mask, one, two, bright[k], wide[k], cv2.LINE_AA, 3)
            return
        radius = np.maximum(6, np.rint(size * 8)).astype(np.int64).tolist()
        for k, centre in enumerate(begin):
            cv2.circle(mask, centre, radius[k], bright[k], -1, cv2.LINE_AA, 3)

    def _drawn(self, pixels: Pixels, i: int, seen: float) -> None:
        xs, ys = self._at(i)
        turning = self._clock.turns(0.5)[i]
        small, large = self._kind.size
        shown = round(len(xs) * seen)
        for k in range(shown):
            size = (small + (large - small) * self._near[k]) * self._height
            colour = self._kind.colours[self._colour[k]]
            centre = (round(xs[k] * 8), round(ys[k] * 8))
            if self._kind.shape == "ring":
                cv2.circle(pixels, centre, max(8, round(size * 8)), colour, 1, cv2.LINE_AA, 3)
                continue
            angle = float(np.degrees(self._phase[k, 0] + turning * (1 if k % 2 else -1)))
            flat = 0.25 + 0.55 * abs(np.sin(self._phase[k, 1] + 2 * turning))
            axes = (max(8, round(size * 8)), max(4, round(size * flat * 8)))
            cv2.ellipse(pixels, centre, axes, angle, 0, 360, colour, -1, cv2.LINE_AA, 3)


class Fog:
    """Two banks of mist that drift past each other."""

    def __init__(
        self, size: tuple[int, int], clock: Clock, strength: float, rng: np.random.Generator, seen: Curve
    ) -> None:
        self._size, self._clock = size, clock
        self._seen = seen * 0.42 * min(1.4, strength)
        self._banks = [_clouded(rng) for _ in range(2)]
        rows = np.linspace(0.35, 1.0, 64, dtype=np.float32)
        self._low = np.minimum(rows, 1.15 - 0.25 * rows)[:, None]

    def apply(self, pixels: Pixels, i: int) -> None:
        time, side = i / self._clock.fps, 256
        planes: list[npt.NDArray[np.float32]] = []
        for bank, speed in zip(self._banks, (0.055, -0.035), strict=True):
            turns = speed * time
            if self._clock.loop:
                turns = np.sign(speed) * max(1, round(abs(speed) * self._clock.seconds)) * i / self._clock.count
            shift = (turns * side) % side
            whole, part = int(shift), shift - int(shift)
            moved = (1 - part) * np.roll(bank, whole, 1) + part * np.roll(bank, whole + 1, 1)
            planes.append(np.asarray(moved[:, :160], np.float32))
        mist = np.clip(planes[0] * 0.6 + planes[1] * 0.5, 0, 1) * self._low * np.float32(self._seen[i])
        cover = cv2.resize(mist, self._size, interpolation=cv2.INTER_LINEAR)
        blending.veil(pixels, cv2.convertScaleAbs(cover, alpha=255), (226, 230, 234))


def _clouded(rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Soft noise 0..1 (64, 256) that repeats across."""
    made = np.zeros((64, 256), np.float32)
    for cells, weight in ((4, 1.0), (8, 0.5), (16, 0.25)):
        grain = rng.uniform(0, 1, (cells, cells * 2)).astype(np.float32)
        wide = np.concatenate([grain, grain, grain], axis=1)
        large = cv2.resize(wide, (256 * 3, 64), interpolation=cv2.INTER_CUBIC)
        made += weight * large[:, 256:512]
    return np.clip((made - 0.55) / 0.9, 0, 1).astype(np.float32)


class Lightning:
    """The sky lights up, twice in quick succession, now and then."""

    def __init__(self, clock: Clock, strength: float, rng: np.random.Generator) -> None:
        self._gain = np.zeros(clock.count)
        for start in np.arange(0.9, max(1.0, clock.seconds - 0.6), 2.1):
            at = start + float(rng.uniform(0, 0.9))
            for flash in (at, at + 0.13):
                since = clock.time - flash
                self._gain += np.where(since >= 0, np.exp(-np.clip(since, 0, 9) * 9), 0) * 0.5 * strength

    def apply(self, pixels: Pixels, i: int) -> None:
        if self._gain[i] > 0.01:
            cv2.convertScaleAbs(pixels, pixels, 1 + float(self._gain[i]), 30 * float(self._gain[i]))


_HOURS: Mapping[str, tuple[tuple[float, float, float], float]] = {
    # light: what red, green and blue are multiplied by at its full, and the contrast
    "evening": ((1.06, 0.78, 0.60), 1.06),
    "night": ((0.34, 0.42, 0.66), 0.94),
    "morning": ((1.14, 1.06, 0.94), 1.02),
    "gold": ((1.12, 1.00, 0.74), 1.03),
}


class Hour:
    """The light goes over to another hour's in the course of the video."""

    def __init__(self, hour: str, clock: Clock, *, start: str = "") -> None:
        self._share = clock.share()
        self._ends = (_curves(start), _curves(hour))

    def apply(self, pixels: Pixels, i: int) -> None:
        share = float(self._share[i])
        table = self._ends[0] * (1 - share) + self._ends[1] * share
        if share > 0.002 or self._ends[0] is not _SAME:
            cv2.LUT(pixels, np.rint(table).astype(np.uint8).reshape(1, 256, 3), pixels)


_SAME = np.repeat(np.arange(256, dtype=np.float64)[:, None], 3, 1)


def _curves(hour: str) -> npt.NDArray[np.float64]:
    if hour not in _HOURS:
        return _SAME
    factors, contrast = _HOURS[hour]
    bent = ((_SAME / 255 - 0.5) * contrast + 0.5).clip(0, 1)
    return np.clip(bent * np.array(factors) * 255, 0, 255)
