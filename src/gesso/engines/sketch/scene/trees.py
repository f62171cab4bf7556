"""Trees: drawn once leaf by leaf, then set in woods of many, each lit from the picture's side and hazed by distance.

A stamp is lit from the left; it is mirrored where the light comes from the right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np

from gesso.engines.sketch.scene.light import lit
from gesso.engines.sketch.scene.noise import Colour, Plane, fbm, mix, step
from gesso.engines.sketch.scene.stage import Stage

TALL = 240
"""Height of a stamp, pixels."""
VARIANTS = 4
LEVELS = 5
"""Sizes that a stamp is kept in, each half the one before."""
BARK: Colour = (0.36, 0.26, 0.19)


@dataclass(frozen=True, slots=True)
class Stamp:
    """How much a tree covers, how much light its parts take, and where it is wood: (TALL, w) float32, 0..1."""

    mask: Plane
    tone: Plane
    wood: Plane


class _Pad:
    """The planes while a tree is drawn; x and y in units of its height, (0, 0) above the middle of its foot."""

    def __init__(self, aspect: float) -> None:
        shape = (TALL, int(TALL * aspect), 3)
        self.middle = shape[1] / 2
        self.planes = np.zeros(shape, np.float32)
        """Mask, tone and wood as channels: one call draws on all three."""

    def at(self, x: float, y: float) -> tuple[int, int]:
        return int((self.middle + x * TALL) * 8), int(y * TALL * 8)

    def dab(self, x: float, y: float, size: tuple[float, float], angle: float, tone: float) -> None:
        """A leaf or a tuft of them."""
        axes = (max(8, int(size[0] * TALL * 8)), max(6, int(size[1] * TALL * 8)))
        colour = (1.0, min(max(tone, 0.0), 1.0), 0.0)
        cv2.ellipse(self.planes, self.at(x, y), axes, angle, 0, 360, colour, -1, cv2.LINE_8, 3)

    def bough(self, start: tuple[float, float], end: tuple[float, float], wide: float, tone: float = 0.4) -> None:
        """A piece of trunk or branch, lighter on its left."""
        thick = max(1, round(wide * TALL))
        a, b = self.at(*start), self.at(*end)
        cv2.line(self.planes, a, b, (1.0, tone * 0.6, 1.0), thick, cv2.LINE_8, 3)
        shift = int(wide * TALL * 8 * 0.22)
        left = (a[0] - shift, a[1]), (b[0] - shift, b[1])
        lighter = np.ascontiguousarray(self.planes[..., 1])
        cv2.line(lighter, *left, tone * 1.3, max(1, thick // 2), cv2.LINE_8, 3)
        self.planes[..., 1] = lighter

    def stamp(self) -> Stamp:
        return Stamp(*(np.ascontiguousarray(plane) for plane in np.moveaxis(self.planes.clip(0, 1), 2, 0)))


def _conifer(rng: np.random.Generator) -> _Pad:
    pad = _Pad(0.62)
    pad.bough((0, 0.30), (0, 1.0), 0.030)
    wide, tiers = float(rng.uniform(0.19, 0.26)), 15
    for i in range(tiers, -1, -1):
        share = (i + 0.4) / tiers
        y, reach = 0.03 + 0.87 * share, wide * share**0.8 * float(rng.uniform(0.85, 1.12))
        for k in range(12 + 2 * i):
            t = float(rng.uniform(-1, 1))
            tone = 0.34 - 0.24 * t + 0.20 * float(rng.random()) + (0.10 if k > 8 + i else -0.16)
            drop = 0.10 * abs(t) ** 1.4 * share + float(rng.uniform(-0.018, 0.018)) - (0.012 if k > 8 + i else 0)
            length = 0.012 + 0.16 * reach
            pad.dab(t * reach, y + drop, (length, 0.0085), 32 * t + float(rng.normal(0, 12)), tone)
    return pad


def _clump(
    pad: _Pad, rng: np.random.Generator, centre: tuple[float, float], size: tuple[float, float], up: float
) -> None:
    """Leaves about a centre: those in front are drawn last and lie in the light of above and left."""
    for k in range(64):
        turn, away = float(rng.uniform(0, 2 * np.pi)), float(rng.random()) ** 0.5
        dx, dy = math.cos(turn) * away, math.sin(turn) * away
        front = k / 64
        shift = -0.20 * front
        tone = 0.20 + 0.30 * up + front * (0.26 - 0.22 * dx - 0.30 * dy) + 0.10 * float(rng.random())
        leaf = (float(rng.uniform(0.008, 0.018)), float(rng.uniform(0.006, 0.011)))
        place = (centre[0] + (dx + shift * 0.4) * size[0], centre[1] + (dy + shift) * size[1])
        pad.dab(*place, leaf, float(rng.uniform(0, 180)), tone)


def _broadleaf(rng: np.random.Generator) -> _Pad:
    pad = _Pad(1.0)
    lean = float(rng.uniform(-0.03, 0.03))
    pad.bough((0, 1.0), (lean, 0.55), 0.055)
    for _ in range(5):
        pad.bough((lean * 0.7, 0.68), (float(rng.uniform(-0.26, 0.26)), float(rng.uniform(0.28, 0.5))), 0.020)
    wide = float(rng.uniform(0.26, 0.34))
    centres: list[tuple[float, float]] = []
    for _ in range(20):
        turn, away = float(rng.uniform(0, 2 * np.pi)), float(rng.random()) ** 0.55
        centres.append((lean + np.cos(turn) * away * wide, 0.37 + np.sin(turn) * away * 0.24))
    for x, y in sorted(centres, key=lambda at: -at[1] + 0.15 * at[0]):
        up = float(np.clip((0.62 - y) / 0.5 - 0.5 * (x - lean) / wide * 0.5, 0, 1))
        _clump(pad, rng, (x, y), (0.105, 0.085), up)
    return pad


def _bush(rng: np.random.Generator) -> _Pad:
    pad = _Pad(2.0)
    for _ in range(14):
        x = float(rng.normal(0, 0.34))
        y = float(rng.uniform(0.36 + 0.5 * min(1, abs(x)), 0.98))
        _clump(pad, rng, (x, y), (0.20, 0.20), float(np.clip(1 - y, 0, 1)))
    return pad


def _acacia(rng: np.random.Generator) -> _Pad:
    pad = _Pad(1.7)
    foot, fork = (0.0, 1.0), (float(rng.uniform(-0.05, 0.05)), 0.66)
    pad.bough(foot, fork, 0.038)
    for x in (-0.44, -0.22, 0.02, 0.24, 0.46):
        pad.bough(fork, (x, 0.36 + 0.1 * abs(x)), 0.016)
    for _ in range(22):
        x = float(rng.uniform(-0.62, 0.62))
        y = 0.22 + 0.22 * abs(x) ** 1.6 + float(rng.uniform(0, 0.14))
        _clump(pad, rng, (x, y), (0.15, 0.045), float(np.clip(0.9 - 1.8 * (y - 0.2), 0, 1)))
    return pad


def _palm(rng: np.random.Generator) -> _Pad:
    pad = _Pad(1.1)
    lean = float(rng.uniform(-0.16, 0.16))
    path = [(lean * (1 - t) ** 1.6, 0.24 + 0.76 * t) for t in np.linspace(0, 1, 14)]
    for i, (upper, lower) in enumerate(pairwise(path)):
        pad.bough(upper, lower, 0.026 + 0.0012 * i, 0.42 + 0.16 * (i % 2))
    for k, turn in enumerate(np.linspace(-3.5, 0.36, 10) + rng.uniform(-0.12, 0.12, 10)):
        long, tone = float(rng.uniform(0.34, 0.46)), 0.30 + 0.06 * (k % 3) - 0.22 * float(np.cos(turn))
        for t in np.linspace(0.08, 1, 22):
            x = path[0][0] + long * t * float(np.cos(turn))
            y = 0.24 + long * t * float(np.sin(turn)) * 0.75 + 0.22 * t**2
            for side in (-1, 1):
                size = (0.058 * float(1.05 - t * 0.8), 0.0062)
                pad.dab(x, y + 0.02, size, float(np.degrees(turn)) + side * 55 + 60 * t * float(np.cos(turn)), tone)
    return pad


def _bare(rng: np.random.Generator) -> _Pad:
    pad = _Pad(1.0)
    _branches(pad, rng, (0.0, 1.0), -np.pi / 2, 0.30, 0.050)
    return pad


def _branches(
    pad: _Pad, rng: np.random.Generator, start: tuple[float, float], angle: float, long: float, wide: float
) -> None:
    end = (start[0] + long * float(np.cos(angle)), start[1] + long * float(np.sin(angle)))
    pad.bough(start, end, wide)
    if wide < 0.006:
        return
    for turn in (-0.55, 0.06, 0.55):
        bent = angle + turn + float(rng.normal(0, 0.16))
        _branches(pad, rng, end, bent, long * float(rng.uniform(0.66, 0.80)), wide * 0.58)


KINDS: Mapping[str, Callable[[np.random.Generator], _Pad]] = {
    "conifer": _conifer,
    "broadleaf": _broadleaf,
    "bush": _bush,
    "acacia": _acacia,
    "palm": _palm,
    "bare": _bare,
}


@lru_cache(maxsize=len(KINDS) * VARIANTS)
def stamp(kind: str, variant: int) -> Stamp:
    """One of the `VARIANTS` trees of a kind."""
    return KINDS[kind](np.random.default_rng(variant * 31 + 5)).stamp()


@dataclass(frozen=True, slots=True)
class Wood:
    """What grows: kinds with the colour of their leaves, how far away (haze 0..1), how dense, how uneven the feet."""

    kinds: Sequence[str]
    leaf: Colour
    far: float = 0.3
    density: float = 1.0
    uneven: float = 0.06
    varied: float = 0.10
    """How far single trees turn from the leaf's colour towards red and towards yellow."""


def treeline(stage: Stage, base: int, tall: float, wood: Wood, part: tuple[float, float] = (0.0, 1.0)) -> None:
    """A row of trees `tall` pixels high on average whose feet stand about row `base`, in a `part` of the width."""
    rng, width, side = stage.rng, stage.width, stage.light.side
    if tall < 3:
        return
    spacing = max(2.0, tall * 0.34 / wood.density)
    xs = np.arange(part[0] * width - spacing * (part[0] <= 0), part[1] * width + spacing * (part[1] >= 1), spacing)
    xs = xs + rng.uniform(-0.6, 0.6, len(xs)) * spacing
    feet = base + rng.uniform(-0.3, 1.0, len(xs)) * tall * wood.uneven
    top = max(0, int(base - tall * 1.45))
    planes = np.zeros((4, max(1, min(stage.height, int(feet.max()) + 2) - top), width), np.float32)
    for i in np.argsort(feet, kind="stable"):
        kind = wood.kinds[int(rng.integers(len(wood.kinds)))]
        size = tall * float(rng.uniform(0.62, 1.30)) * (0.30 if kind == "bush" else 1.0)
        plant(planes, kind, int(rng.integers(VARIANTS)), (float(xs[i]), float(feet[i]) - top, size), side, rng)
    _paint(stage, planes, top, wood)


def plant(
    planes: Plane, kind: str, variant: int, place: tuple[float, float, float], side: float, rng: np.random.Generator
) -> None:
    """Set a stamp into the planes (mask, tone, wood, hue) at x, foot row and height."""
    x, foot, tall = place
    source = _layers(kind, variant, max(0, min(LEVELS - 1, int(np.log2(TALL / max(1.0, tall))))), side > 0)
    wide, high = max(1, round(source.shape[1] * tall / source.shape[0])), max(1, round(tall))
    left, top = round(x - wide / 2), round(foot) - high
    x0, x1, y0, y1 = max(0, left), min(planes.shape[2], left + wide), max(0, top), min(planes.shape[1], top + high)
    if x1 <= x0 or y1 <= y0:
        return
    how = cv2.INTER_AREA if high < source.shape[0] else cv2.INTER_LINEAR
    layers = cv2.resize(source, (wide, high), interpolation=how)[y0 - top : y1 - top, x0 - left : x1 - left]
    mask, here = layers[..., 0], planes[:, y0:y1, x0:x1]
    shade, hue = float(rng.uniform(0.78, 1.18)), float(rng.uniform(-1, 1))
    here[1] += (np.minimum(layers[..., 1] * np.float32(shade), 1) - here[1]) * mask
    here[2] += (layers[..., 2] - here[2]) * mask
    here[3] += (np.float32(hue) - here[3]) * mask
    here[0] = np.maximum(here[0], mask)


@lru_cache(maxsize=len(KINDS) * VARIANTS * LEVELS * 2)
def _layers(kind: str, variant: int, level: int, mirrored: bool) -> Plane:
    """A stamp's mask, tone and wood as channels, halved `level` times: a small tree is not shrunk from the largest."""
    tree = stamp(kind, variant)
    # The tone of a half covered pixel was drawn on black: take it as of the covered half.
    full = np.clip(tree.tone / np.maximum(tree.mask, 0.35), 0, 1)
    layers = np.dstack([tree.mask, full, tree.wood])[:, :: -1 if mirrored else 1]
    size = (max(1, layers.shape[1] >> level), max(1, TALL >> level))
    return cv2.resize(np.ascontiguousarray(layers), size, interpolation=cv2.INTER_AREA)


def _paint(stage: Stage, planes: Plane, top: int, wood: Wood) -> None:
    light, (mask, tone, bark, hue) = stage.light, planes
    rows = len(mask)
    deep = (wood.leaf[0] * 0.42, wood.leaf[1] * 0.46, wood.leaf[2] * 0.62)
    bright = (min(1.0, wood.leaf[0] * 1.45), min(1.0, wood.leaf[1] * 1.35), wood.leaf[2] * 1.05)
    surface = mix(
        np.broadcast_to(np.array(lit(deep, light, 0.2), np.float32), (*mask.shape, 3)), lit(bright, light, 0.95), tone
    )
    surface = surface * (1 + hue[..., None] * np.array((0.6, -1.0, -0.6), np.float32) * np.float32(wood.varied))
    surface = mix(surface, lit(BARK, light, 0.6), bark * np.float32(0.85))
    if stage.snowy:
        texture = fbm(stage.rng, rows, stage.width, (rows / 5 + 2, stage.width / 5 + 2), 2)
        white = step(0.34, 0.62, tone + 0.16 * texture) * (1 - 0.6 * bark)
        surface = mix(surface, lit((0.95, 0.98, 1.0), light, 0.85), white * np.float32(0.92))
    at = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    fog = np.clip(wood.far + 0.30 * stage.haze * wood.far * at**2, 0, 0.96) * np.ones_like(mask)
    part = stage.picture[top : top + rows]
    stage.picture[top : top + rows] = mix(part, mix(surface, light.haze, fog), np.clip(mask, 0, 1))
