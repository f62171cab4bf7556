"""What lies and grows on a floor: tufts, flowers, leaves, stones, tracks and craters, large near and small far."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from gesso.engines.sketch.scene.land import FLOORS
from gesso.engines.sketch.scene.light import lit
from gesso.engines.sketch.scene.noise import Colour, Plane, blend, blur
from gesso.engines.sketch.scene.stage import Stage

STAMP = 72
"""Height of a stamp, pixels."""
VARIANTS = 6


@lru_cache(maxsize=VARIANTS)
def _tuft(variant: int) -> tuple[Plane, Plane]:
    """Bent blades out of one root: what they cover and how light they are, (STAMP, 1.5 STAMP)."""
    rng = np.random.default_rng(variant + 40)
    mask, tone = np.zeros((STAMP, STAMP * 3 // 2), np.float32), np.zeros((STAMP, STAMP * 3 // 2), np.float32)
    for k in range(26):
        x, high, lean = (
            STAMP * 0.75 + float(rng.normal(0, 7)),
            float(rng.uniform(0.35, 0.98)),
            float(rng.normal(0, 0.32)),
        )
        t = np.linspace(0, 1, 7)
        xs, ys = x + lean * STAMP * high * t**1.7, STAMP * (1 - high * t)
        wide = 1.9 * (1 - t) + 0.25
        blade = np.concatenate([np.stack([xs - wide, ys], 1), np.stack([xs + wide, ys], 1)[::-1]])
        points = [(blade * 8).astype(np.int32)]
        cv2.fillPoly(mask, points, 1.0, cv2.LINE_AA, 3)
        cv2.fillPoly(tone, points, 0.30 + 0.45 * float(rng.random()) + 0.25 * k / 26, cv2.LINE_AA, 3)
    # Blades stand in each other's shade at the root.
    tone *= np.linspace(1.15, 0.45, STAMP, dtype=np.float32)[:, None]
    return mask, np.clip(tone, 0, 1)


@lru_cache(maxsize=VARIANTS)
def _blossom(variant: int) -> tuple[Plane, Plane]:
    """A flower on its stem: what it covers; tone above 1 marks the petals, above 2 the eye."""
    rng = np.random.default_rng(variant + 60)
    mask, tone = np.zeros((STAMP, STAMP), np.float32), np.zeros((STAMP, STAMP), np.float32)
    centre, radius = np.array([STAMP * 0.5, STAMP * 0.24]), STAMP * 0.19
    foot = (int(STAMP * (0.5 + float(rng.uniform(-0.12, 0.12)))), STAMP)
    cv2.line(mask, (int(centre[0]), int(centre[1])), foot, 1.0, 3, cv2.LINE_AA)
    cv2.line(tone, (int(centre[0]), int(centre[1])), foot, 0.5, 3, cv2.LINE_AA)
    count, turn = 5 + variant % 3, float(rng.uniform(0, 1))
    for k in range(count):
        angle = turn + 2 * np.pi * k / count
        at = centre + radius * 0.58 * np.array([np.cos(angle), 0.72 * np.sin(angle)])
        box = (
            (int(at[0] * 8), int(at[1] * 8)),
            (int(radius * 4.6), int(radius * 3.0)),
            float(np.degrees(angle)),
            0,
            360,
        )
        cv2.ellipse(mask, *box, 1.0, -1, cv2.LINE_AA, 3)
        cv2.ellipse(tone, *box, 1.62 + 0.34 * (k % 2) - 0.2 * float(np.sin(angle)), -1, cv2.LINE_AA, 3)
    eye = (int(centre[0] * 8), int(centre[1] * 8)), (int(radius * 2.4), int(radius * 1.8))
    cv2.ellipse(tone, *eye, 0, 0, 360, 3.0, -1, cv2.LINE_AA, 3)
    return mask, tone


def _rows(stage: Stage, count: int, first: float, power: float = 0.6, last: float = 1.04) -> Plane:
    """Where things stand, far to near, about evenly strewn over the ground."""
    share = first + (last - first) * stage.rng.random(count) ** power
    return np.sort(stage.horizon + (stage.height - stage.horizon) * share)


def _set(stage: Stage, layer: Plane, x: float, foot: float, high: float) -> None:
    """Draw a stamp (colour and cover as channels) `high` pixels tall with its foot at (x, foot)."""
    rows = max(2, round(high))
    columns = max(2, round(high * layer.shape[1] / layer.shape[0]))
    left, top = round(x - columns / 2), round(foot) - rows
    x0, x1, y0, y1 = max(0, left), min(stage.width, left + columns), max(0, top), min(stage.height, top + rows)
    if x1 <= x0 or y1 <= y0:
        return
    small = cv2.resize(layer, (columns, rows), interpolation=cv2.INTER_AREA)
    small = small[y0 - top : y1 - top, x0 - left : x1 - left]
    here = stage.picture[y0:y1, x0:x1]
    here += (small[..., :3] - here) * small[..., 3:]


def _sizes(layer: Plane) -> tuple[Plane, Plane]:
    """A stamp for near and one of half the size for far."""
    size = (layer.shape[1] // 2, layer.shape[0] // 2)
    return layer, cv2.resize(layer, size, interpolation=cv2.INTER_AREA)


def tufts(
    stage: Stage,
    kind: str,
    dense: float = 1.0,
    tall: float = 0.055,
    first: float = 0.14,
    span: tuple[float, float] = (0.0, 1.0),
    last: float = 1.04,
) -> None:
    """Grass that stands up, `tall` picture heights at the lower edge, from `first` to `last` of the way down."""
    rng, light = stage.rng, stage.light
    near, far, _ = FLOORS[kind]
    dark = np.array(lit(near, light, 0.2), np.float32) * 0.8
    bright = np.array(lit(blend(far, near, 0.3), light, 1.0), np.float32)
    shades: list[tuple[Plane, Plane]] = []
    for mask, tone in map(_tuft, range(VARIANTS)):
        warm = np.array((1 + float(rng.normal(0, 0.08)), 1.0, 1 + float(rng.normal(0, 0.08))), np.float32)
        layer = np.dstack([(dark + (bright - dark) * tone[..., None]) * warm, mask])
        shades += [_sizes(layer), _sizes(np.ascontiguousarray(layer[:, ::-1]))]
    for row in _rows(stage, int(190 * dense * max(1.0, stage.width / stage.height)), first, 0.75, last):
        high = stage.height * tall * stage.nearness(float(row)) * float(rng.uniform(0.5, 1.15)) + 2
        layers = shades[int(rng.integers(len(shades)))]
        _set(stage, layers[high <= STAMP / 2], float(rng.uniform(*span)) * stage.width, float(row), high)


def flowers(stage: Stage, colours: list[Colour], count: int) -> None:
    """Blossoms strewn in drifts over the floor: dots far away, petals near."""
    rng, light = stage.rng, stage.light
    petals = [lit(colour, light, 0.95) for colour in colours]
    stamps = [[_sizes(_flower(stage, i, petal)) for i in range(VARIANTS)] for petal in petals]
    drifts = rng.uniform(0, stage.width, 7)
    spots: list[tuple[int, int, float, Colour]] = []
    for row in _rows(stage, count, 0.03, 0.55):
        drift = int(rng.integers(len(drifts)))
        alone = rng.random() > 0.7
        x = float(rng.uniform(0, stage.width) if alone else rng.normal(drifts[drift], stage.width * 0.10))
        hue = (drift + int(rng.random() < 0.25)) % len(colours)
        high = stage.height * 0.050 * stage.nearness(float(row)) * float(rng.uniform(0.7, 1.2))
        if high < 5:
            spots.append((int(x * 8), int(row * 8), 0.5 + 0.12 * high, petals[hue]))
            continue
        _dots(stage, spots)
        spots = []
        _set(stage, stamps[hue][int(rng.integers(VARIANTS))][high <= STAMP / 2], x, float(row), high)
    _dots(stage, spots)


def _flower(stage: Stage, variant: int, petal: Colour) -> Plane:
    """A blossom in its colours, with its cover as the fourth channel."""
    mask, tone = _blossom(variant)
    stalk = np.array(lit((0.26, 0.46, 0.16), stage.light, 0.7), np.float32)
    eye = np.array(lit((0.98, 0.80, 0.24), stage.light, 0.95), np.float32)
    colour = np.where((tone > 2.2)[..., None], eye, np.array(petal, np.float32) * (tone[..., None] / 1.9))
    return np.dstack([np.where((tone > 1)[..., None], colour, stalk), mask]).astype(np.float32)


def _dots(stage: Stage, spots: list[tuple[int, int, float, Colour]]) -> None:
    if not spots:
        return
    canvas = np.ascontiguousarray(stage.picture)
    for x, y, radius, colour in spots:
        cv2.circle(canvas, (x, y), max(4, int(radius * 8)), colour, -1, cv2.LINE_AA, 3)
    stage.picture = canvas


def stones(stage: Stage, colour: Colour, count: int, size: float = 0.03) -> None:
    """Stones and pebbles, lit from the sun's side, each with its shadow."""
    rng, light = stage.rng, stage.light
    canvas = np.ascontiguousarray(stage.picture)
    side = 1.0 if light.side > 0 else -1.0
    for row in _rows(stage, count, 0.06, 0.8):
        high = stage.height * size * (0.08 + 0.92 * stage.nearness(float(row))) * float(rng.uniform(0.25, 1.0)) ** 1.6
        wide, x = high * float(rng.uniform(1.0, 1.7)), float(rng.uniform(0, stage.width))
        tone = float(rng.uniform(0.85, 1.15))
        shape = np.array(
            [(np.cos(a) * wide, np.sin(a) * high * (0.62 if np.sin(a) > 0 else 1.0)) for a in np.linspace(0, 5.6, 8)]
        )
        shape *= rng.uniform(0.8, 1.12, (8, 1))
        for shift, grow, value in (
            ((-side * wide * 0.5, high * 0.42), (1.25, 0.42), tuple(c * 0.62 for c in lit(colour, light, 0.3))),
            ((0.0, 0.0), (1.0, 1.0), tuple(c * tone * 0.86 for c in lit(colour, light, 0.45))),
            ((side * wide * 0.10, -high * 0.14), (0.86, 0.80), tuple(c * tone for c in lit(colour, light, 1.0))),
        ):
            points = shape * grow + np.array([x, float(row) - high * 0.4]) + np.array(shift)
            cv2.fillPoly(canvas, [(points * 8).astype(np.int32)], value, cv2.LINE_AA, 3)
    stage.picture = canvas


def leaves(stage: Stage, colours: tuple[Colour, ...], count: int) -> None:
    """Fallen leaves."""
    rng, light = stage.rng, stage.light
    canvas = np.ascontiguousarray(stage.picture)
    for row in _rows(stage, count, 0.05, 0.65):
        size = stage.height * 0.011 * (0.06 + 0.94 * stage.nearness(float(row))) * float(rng.uniform(0.6, 1.3))
        colour = lit(colours[int(rng.integers(len(colours)))], light, float(rng.uniform(0.35, 1.0)))
        centre = (int(float(rng.uniform(0, stage.width)) * 8), int(row * 8))
        axes = (max(5, int(size * 8)), max(3, int(size * 3.2)))
        cv2.ellipse(canvas, centre, axes, float(rng.normal(0, 40)), 0, 360, colour, -1, cv2.LINE_AA, 3)
    stage.picture = canvas


def tracks(stage: Stage) -> None:
    """Steps in the snow that lead away."""
    shade = np.zeros(stage.picture.shape[:2], np.float32)
    x, drift = float(stage.rng.uniform(0.15, 0.85)) * stage.width, float(stage.rng.uniform(-0.5, 0.5))
    for k, share in enumerate(1.02 / (1 + 0.13 * np.arange(26))):
        row = stage.horizon + (stage.height - stage.horizon) * share
        wide = stage.width * 0.011 * share
        at = x + drift * stage.width * (1 - share) + (wide * 1.6 if k % 2 else -wide * 1.6)
        cv2.ellipse(
            shade, (int(at * 8), int(row * 8)), (int(wide * 8), int(wide * 3.4)), 0, 0, 360, 0.20, -1, cv2.LINE_AA, 3
        )
    stage.picture = stage.picture * (1 - blur(shade, 0.8))[..., None] * np.array((1, 1, 1), np.float32)


def craters(stage: Stage, count: int = 26) -> None:
    """Rings with a lit far rim and a shaded floor, flat with distance."""
    rng = stage.rng
    height, width = stage.height, stage.width
    rows = np.sort(stage.horizon + (height - stage.horizon) * rng.uniform(0.02, 1.0, count) ** 1.3)
    shade = np.zeros((height, width), np.float32)
    for row in rows:
        near = stage.nearness(float(row))
        radius = (0.012 + 0.10 * near * float(rng.uniform(0.3, 1.0))) * width * 0.7
        centre, axes = (
            (int(rng.uniform(0, width)), int(row)),
            (max(1, int(radius)), max(1, int(radius * (0.16 + 0.18 * near)))),
        )
        dx = int(radius * 0.10) * (1 if stage.light.side > 0 else -1)
        cv2.ellipse(shade, centre, axes, 0, 0, 360, 0.16, -1, cv2.LINE_AA)
        cv2.ellipse(
            shade,
            (centre[0] - dx, centre[1] + max(1, axes[1] // 8)),
            (int(axes[0] * 0.88), max(1, int(axes[1] * 0.86))),
            0,
            0,
            360,
            -0.22,
            -1,
            cv2.LINE_AA,
        )
    stage.picture = stage.picture * (1 + blur(shade, width / 500))[..., None]
