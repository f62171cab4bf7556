"""A rocky coast: a headland with grass on its top and its face to the sea, stacks before it, surf at their feet."""

from __future__ import annotations

import numpy as np

from gesso.engines.sketch.scene import ground, land, ranges, water
from gesso.engines.sketch.scene.country import floor_kind
from gesso.engines.sketch.scene.light import lit
from gesso.engines.sketch.scene.noise import Colour, Plane, fbm, line, mix, step
from gesso.engines.sketch.scene.setting import Setting
from gesso.engines.sketch.scene.stage import Stage

ROCK: Colour = (0.62, 0.56, 0.50)
SHADE = 0.12
"""How lit the rock is where it turns from the light."""


def coast(stage: Stage, setting: Setting) -> None:
    """Open sea and a headland that comes in from the side away from the sun; things stand on its top."""
    rng, height, width = stage.rng, stage.height, stage.width
    water.paint_water(stage, stage.horizon, height)
    side = -1 if stage.light.side > 0 else 1
    tip = float(rng.uniform(0.34, 0.46))
    # From 0 at the sea's edge of the picture to 1 at the land's.
    inland = np.linspace(0, 1, width, dtype=np.float32)[::side] + 0.012 * line(rng, width, 9, 4)
    _cape(stage, inland)
    on_top = np.clip((inland - tip) / (1 - tip), 0, 1)
    back = stage.horizon + height * (0.030 + 0.05 * (1 - on_top) ** 3)
    front = back + height * (0.15 * on_top**0.45 + 0.006 * line(rng, width, 16, 3))
    foot = height * 0.945
    _stacks(stage, side, tip, foot)
    face = np.clip((inland - tip + 0.085) / 0.085, 0, 1) ** 0.75
    jagged = 0.10 * np.abs(line(rng, width, 22, 4)) * (face < 1)
    _rock(stage, foot - (foot - front) * np.clip(face - jagged, 0, 1), foot)
    _top(stage, setting, back, front, on_top)
    if not stage.snowy:
        spread = (tip + 0.12, 1.02) if side > 0 else (-0.02, 0.88 - tip)
        ground.tufts(stage, setting.grass, 0.16, 0.09, 0.10, spread, last=0.34)
    stage.floor, stage.near = int(stage.horizon + height * 0.065), float(np.median(front[on_top > 0.2])) / height
    stage.frame = (tip + 0.10, 0.95) if side > 0 else (0.05, 0.90 - tip)
    stage.surface = "coast"


def _cape(stage: Stage, inland: Plane) -> None:
    """Land farther along the shore, blue with distance."""
    cape = np.clip((inland - 0.16) / 0.30, 0, 1) ** 0.6 * (0.80 + 0.20 * line(stage.rng, stage.width, 12, 4))
    base = int(stage.horizon + stage.height * 0.012)
    ranges.walls(stage, np.clip(cape, 0, 1), base, stage.height * 0.055, ROCK, 0.55, 0.1)


def _stacks(stage: Stage, side: int, tip: float, foot: float) -> None:
    """Rocks that the sea has left standing before the tip."""
    rng, width = stage.rng, stage.width
    x = np.linspace(0, 1, width, dtype=np.float32)[::side]
    for away, high, wide in ((0.15, 0.13, 0.030), (0.24, 0.05, 0.022)):
        if rng.random() < 0.3:
            continue
        at = tip - away * float(rng.uniform(0.9, 1.3))
        low = foot - stage.height * float(rng.uniform(0.06, 0.12))
        bump = np.clip(1 - (np.abs(x - at) / wide) ** 2.4, 0, 1) ** 0.6 * (0.85 + 0.15 * line(rng, width, 60, 3))
        _rock(stage, low - stage.height * high * bump, low)


def _rock(stage: Stage, crest: Plane, foot: float) -> None:
    """Rock from the rows `crest` (width,) down to `foot`, broken and stepped, wet and with surf below."""
    rng, light, width = stage.rng, stage.light, stage.width
    top, bottom = max(0, int(crest.min()) - 1), min(stage.height, int(foot + stage.height * 0.012))
    if bottom - top < 2:  # in a picture a few rows high
        return
    rows = np.arange(top, bottom, dtype=np.float32)[:, None]
    scale = (bottom - top) / stage.height
    broken = fbm(rng, bottom - top, width, (16 * scale + 1, 13 * width / stage.height), 4, 0.6)
    blocks = fbm(rng, bottom - top, width, (5 * scale + 1, 9 * width / stage.height), 3)
    relief = 0.55 * _slope(broken, light.side, 1.6) + 0.9 * _slope(blocks, light.side, 3.0)
    ledge = np.sin((rows / stage.height * 90) + 5.0 * blocks) * 0.07
    down = np.clip((rows - crest[None, :]) / max(1.0, foot - float(crest.min())), 0, 1)
    share = np.clip(0.58 + relief + ledge - 0.26 * down, SHADE, 1)
    surface = mix(
        np.broadcast_to(np.array(lit(ROCK, light, 0.0), np.float32), (*share.shape, 3)), lit(ROCK, light, 1.0), share
    )
    surface = surface * (1 + 0.10 * blocks)[..., None] * (1 - 0.45 * step(0.84, 1.0, down))[..., None]
    edge = foot + stage.height * 0.006 * line(rng, width, 30, 3)[None, :]
    tall = np.clip((foot - crest) / (0.02 * stage.height), 0, 1)[None, :]
    mask = np.clip(rows - crest[None, :] + 0.5, 0, 1) * np.clip(edge - rows + 0.5, 0, 1)
    stage.picture[top:bottom] = mix(stage.picture[top:bottom], surface, (mask * tall).astype(np.float32))
    _surf(stage, edge, np.clip(tall, 0, 1))


def _slope(relief: Plane, side: float, strength: float) -> Plane:
    """How much a relief turns to the light that comes from above and from `side`."""
    across, down = np.gradient(relief, axis=1), np.gradient(relief, axis=0)
    return np.asarray(np.clip(strength * (across * -np.sign(side) + 0.8 * down) * 4, -0.42, 0.42), np.float32)


def _surf(stage: Stage, edge: Plane, here: Plane) -> None:
    """Foam along the foot of a rock, and the spent foam before it."""
    reach = stage.height * 0.035
    top, bottom = max(0, int(edge.min() - reach)), min(stage.height, int(edge.max() + 2 * reach) + 1)
    rows = np.arange(top, bottom, dtype=np.float32)[:, None]
    near = (rows - edge) / np.float32(reach)
    rough = fbm(stage.rng, bottom - top, stage.width, (4, 30 * stage.width / stage.height), 3)
    foam = np.exp(-(((near - 0.1 + 0.3 * rough) / 0.26) ** 2)) + 0.5 * np.exp(
        -(((near - 1.0 + 0.5 * rough) / 0.2) ** 2)
    )
    spread = np.asarray(np.clip(_wide(here) * foam * (0.75 + 0.5 * rough), 0, 0.92), np.float32)
    stage.picture[top:bottom] = mix(stage.picture[top:bottom], lit((1, 1, 1), stage.light, 0.9), spread)


def _wide(here: Plane) -> Plane:
    """The columns of a rock and a little more at its sides, soft."""
    reach = max(3, here.shape[1] // 60)
    kernel = np.ones(2 * reach + 1, np.float32) / (2 * reach + 1)
    return np.clip(np.convolve(here[0], kernel, "same") * 1.6, 0, 1)[None, :]


def _top(stage: Stage, setting: Setting, back: Plane, front: Plane, on_top: Plane) -> None:
    """The grass on the headland, between its far and its near edge."""
    before = stage.picture.copy()
    land.paint_floor(stage, floor_kind(setting, stage), int(back.min()), fall=back - int(back.min()))
    rows = np.arange(stage.height, dtype=np.float32)[:, None]
    over = np.clip(front[None, :] - rows + 0.5, 0, 1) * np.clip(on_top * 60, 0, 1)[None, :]
    stage.picture = mix(before, stage.picture, over.astype(np.float32))
