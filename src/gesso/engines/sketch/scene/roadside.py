"""Roads seen from the side, for vehicles that are: a band of asphalt across the picture, and what stands beyond it."""

from __future__ import annotations

import numpy as np

from gesso.engines.sketch.scene import ground, town
from gesso.engines.sketch.scene.light import lit
from gesso.engines.sketch.scene.noise import Colour, blend, line, mix, on_floor
from gesso.engines.sketch.scene.setting import Setting
from gesso.engines.sketch.scene.stage import Stage

NEAR, FAR = 0.90, 0.34
"""Where the road's edges lie, from the horizon (0) to the lower edge (1)."""

TAR: Colour = (0.33, 0.34, 0.37)
PAINT: Colour = (0.94, 0.92, 0.85)
STONE: Colour = (0.66, 0.64, 0.61)


def country_road(stage: Stage, setting: Setting) -> None:
    """A road across open ground that is painted already."""
    _tarmac(stage, verge=0.010)
    stage.kerb = _row(FAR - 0.04, stage)
    if not stage.snowy and "desert" not in setting.also:
        ground.tufts(stage, setting.grass, 0.25, 0.05, NEAR + 0.08)


def street(stage: Stage, wet: bool) -> None:
    """A street from the opposite pavement: a row of house fronts, their pavement, the road, and ours."""
    height, horizon = stage.height, stage.horizon
    town.skyline(stage, horizon + 2, 0.36, 2)
    foot = _row(0.14, stage)
    _pavement(stage, horizon, height)
    _fronts(stage, foot)
    _lamps(stage, foot + int(height * 0.035))
    _tarmac(stage, verge=0.0)
    for share in (FAR, NEAR):
        row, thick = _row(share, stage), max(2, round(height * 0.012 * share))
        part = stage.picture[row - thick : row + 1]
        part[:] = np.array(lit((0.80, 0.78, 0.74), stage.light, 0.8), np.float32)
        stage.picture[row + 1 : row + 1 + thick] *= 0.72
    stage.kerb = _row(0.27, stage)
    if wet:
        town.wet(stage, stage.width * 0.5, stage.width, stage.width)


def _row(share: float, stage: Stage) -> int:
    return int(stage.horizon + (stage.height - stage.horizon) * share)


def _tarmac(stage: Stage, verge: float) -> None:
    """The road itself; its edges waver by `verge` picture heights."""
    top, bottom = _row(FAR, stage), _row(NEAR, stage)
    rows, width, light = bottom - top, stage.width, stage.light
    at = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    rough = on_floor(stage.rng, rows, width, 26, 3)
    worn = 0.05 * np.cos(at * 4 * np.pi)
    tar = np.array(lit(TAR, light, 0.75), np.float32) * (1 + 0.12 * rough + worn)[..., None]
    x = np.arange(width, dtype=np.float32)[None, :] / np.float32(stage.height)
    middle = np.clip(1.6 - np.abs(at - 0.40) * rows / max(1.0, 0.011 * stage.height), 0, 1)
    dash = ((x + float(stage.rng.uniform(0, 1))) % 0.30 < 0.16) * middle
    wide = max(1.0, 0.008 * stage.height)
    sides = np.clip(1.5 - np.abs(0.42 - np.abs(at - 0.5)) * rows / wide, 0, 1)
    paint = np.clip(dash + sides * np.ones_like(x), 0, 1) * (0.80 + 0.15 * rough)
    tar = mix(tar, lit(PAINT, light, 0.9), np.clip(paint, 0, 1).astype(np.float32))
    tar = mix(tar, light.haze, np.float32(0.10 * stage.haze) * (1 - at) * np.ones_like(x))
    wave = line(stage.rng, width, 26, 4)[None, :] * np.float32(verge * stage.height)
    inside = np.minimum(at * rows - np.abs(wave) + 0.5, (1 - at) * rows - np.abs(wave) + 0.5)
    stage.picture[top:bottom] = mix(stage.picture[top:bottom], tar, np.clip(inside, 0, 1).astype(np.float32))
    stage.floor = top + int(0.40 * rows)
    stage.frame = (0.0, 1.0)


def _pavement(stage: Stage, top: int, bottom: int) -> None:
    """Slabs of stone."""
    rows, width = bottom - top, stage.width
    rough = on_floor(stage.rng, rows, width, 26, 3)
    at = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    depth = 1 / (at * 0.88 + 0.12)
    across = (np.arange(width, dtype=np.float32)[None, :] / width - 0.5) * depth * 14
    slab = 1 + 0.05 * np.sin(np.floor(across) * 12.9 + np.floor(depth * 9) * 78.2)
    stone = np.array(lit(STONE, stage.light, 0.7), np.float32) * (slab * (1 + 0.08 * rough))[..., None]
    stage.picture[top:bottom] = stone.astype(np.float32)


def _fronts(stage: Stage, foot: int) -> None:
    """House fronts side by side, seen straight on, with here and there a gap."""
    rng, x = stage.rng, -stage.width * 0.04
    while x < stage.width:
        tall = stage.height * float(rng.uniform(0.36, 0.52))
        wide = tall * float(rng.uniform(0.62, 0.80))
        front = mix(town.house_front(stage, 300, 220), stage.light.haze, np.float32(0.10 * (0.6 + stage.haze)))
        corners = np.array([[x, foot - tall], [x + wide, foot - tall], [x + wide, foot], [x, foot]], np.float32)
        town.quad(stage, front, corners)
        x += wide * (1.0 if rng.random() < 0.8 else 1.12)
    below = slice(foot, foot + max(2, stage.height // 60))
    stage.picture[below] *= np.array(blend(stage.light.shade, (0.4, 0.4, 0.5), 0.5), np.float32) * 0.5 + 0.5


def _lamps(stage: Stage, foot: int) -> None:
    """Street lamps along the far pavement."""
    first = float(stage.rng.uniform(0.06, 0.20))
    for k in range(3):
        town.lamp(stage, stage.width * (first + 0.34 * k), foot, stage.height * 0.26)
