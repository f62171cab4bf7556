"""Places by the water: sea, coast, beach, lake, pond, river and harbour."""

from __future__ import annotations

import cv2
import numpy as np

from gesso.engines.sketch.scene import country, land, ranges, town, water
from gesso.engines.sketch.scene.country import floor_kind
from gesso.engines.sketch.scene.light import lit
from gesso.engines.sketch.scene.noise import Colour, line
from gesso.engines.sketch.scene.setting import Setting
from gesso.engines.sketch.scene.stage import Stage
from gesso.engines.sketch.scene.trees import Wood, treeline


def sea(stage: Stage, setting: Setting) -> None:
    """Open water to the horizon."""
    if "skyline" in setting.also:
        town.skyline(stage, stage.horizon + 2, 0.26, 2)
    elif "mountains" in setting.also:
        ranges.mountains(stage, 0.22)
    water.paint_water(stage, stage.horizon, stage.height)
    stage.surface = "water"


def beach(stage: Stage, setting: Setting) -> None:
    """Sand, surf and the sea."""
    if "mountains" in setting.also:
        ranges.mountains(stage, 0.2)
    water.paint_water(stage, stage.horizon, stage.height, 0.9)
    water.shore(stage, at=0.45)
    _shells(stage)


def _shells(stage: Stage) -> None:
    """Pebbles and shells on the dry sand."""
    rng = stage.rng
    canvas = np.ascontiguousarray(stage.picture)
    tones: tuple[Colour, ...] = ((0.96, 0.90, 0.82), (0.72, 0.60, 0.48), (0.94, 0.76, 0.68), (0.62, 0.58, 0.56))
    for row in np.sort(rng.uniform(stage.floor + stage.height * 0.02, stage.height, 46)):
        size = stage.height * 0.0065 * stage.nearness(float(row)) * float(rng.uniform(0.4, 1.2))
        at, axes = (int(rng.uniform(0, stage.width) * 8), int(row * 8)), (max(6, int(size * 8)), max(4, int(size * 5)))
        shadow = (int(at[0] - size * 4 * stage.light.side), at[1] + int(size * 3))
        cv2.ellipse(canvas, shadow, axes, 0, 0, 360, lit((0.50, 0.40, 0.30), stage.light, 0.5), -1, cv2.LINE_AA, 3)
        cv2.ellipse(canvas, at, axes, 0, 0, 360, lit(tones[int(rng.integers(4))], stage.light, 0.9), -1, cv2.LINE_AA, 3)
    stage.picture = canvas


def lake(stage: Stage, setting: Setting) -> None:
    """Still water before mountains or woods."""
    if "mountains" in setting.also or not setting.also & {"forest", "skyline"}:
        ranges.mountains(stage, 0.42, snow=0.8 if stage.snowy else 0.5)
    tall = stage.height * (0.18 if "forest" in setting.also else 0.085)
    pines = setting.season in ("", "winter")
    wood = Wood(("conifer",), country.PINE, 0.24) if pines else Wood((*setting.kinds, "bush"), setting.leaf, 0.24)
    treeline(stage, stage.horizon + 1, tall, wood)
    water.paint_water(stage, stage.horizon, stage.height, 0.25, (0.06, 0.26, 0.32))
    stage.surface = "water"


def pond(stage: Stage, setting: Setting) -> None:
    """A small water with a grown bank behind, lily pads and reeds."""
    country.depths(stage, setting.leaf, 0.15, 0.35)
    treeline(
        stage,
        stage.horizon + 2,
        stage.height * 0.26,
        Wood((*setting.kinds, "bush"), setting.leaf, 0.30, 1.9, varied=setting.varied),
    )
    treeline(stage, stage.horizon + 6, stage.height * 0.12, Wood(("bush",), setting.leaf, 0.14, 3.0))
    bank = int(stage.horizon + stage.height * 0.012)
    land.paint_floor(stage, floor_kind(setting, stage), stage.horizon + 2, shaded=0.7)
    water.paint_water(stage, bank + int(stage.height * 0.02), stage.height, 0.18, (0.08, 0.24, 0.20))
    if not stage.snowy:
        _pads(stage)
    _reeds(stage)
    stage.surface = "water"


def _pads(stage: Stage) -> None:
    """Leaves that float, flat with distance, here and there a water lily."""
    rng, light = stage.rng, stage.light
    canvas = np.ascontiguousarray(stage.picture)
    for row in np.sort(stage.horizon + (stage.height - stage.horizon) * rng.uniform(0.10, 1.0, 30)):
        near = stage.nearness(float(row))
        wide = stage.width * 0.058 * (0.16 + 0.84 * near) * float(rng.uniform(0.6, 1.2))
        side = float(rng.choice([-1.0, 1.0]))
        x = stage.width * (0.5 + side * float(rng.uniform(0.12, 0.55)))
        at, axes = (int(x * 8), int(row * 8)), (int(wide * 8), int(wide * (0.22 + 0.14 * near) * 8))
        turn = int(rng.uniform(0, 330))
        dark, bright = lit((0.12, 0.28, 0.14), light, 0.4), lit((0.34, 0.60, 0.26), light, float(rng.uniform(0.6, 1.0)))
        cv2.ellipse(canvas, (at[0], at[1] + axes[1] // 6), axes, 0, turn + 24, turn + 360, dark, -1, cv2.LINE_AA, 3)
        cv2.ellipse(canvas, at, axes, 0, turn + 24, turn + 360, bright, -1, cv2.LINE_AA, 3)
        if rng.random() < 0.22:
            petal = lit((0.98, 0.82, 0.90), light, 1.0)
            for k in range(-3, 4):
                tip = (int(at[0] + k * wide * 1.1), int(at[1] - wide * (3.4 - 0.25 * k * k)))
                cv2.line(canvas, at, tip, petal, max(1, int(wide * 0.16)), cv2.LINE_AA, 3)
    stage.picture = canvas


def _reeds(stage: Stage) -> None:
    """Rushes at the picture's sides."""
    rng, light = stage.rng, stage.light
    canvas = np.ascontiguousarray(stage.picture)
    for _ in range(56):
        x = stage.width * (float(rng.choice([0.0, 1.0])) + float(rng.normal(0, 0.055)))
        foot, high = stage.height * float(rng.uniform(0.80, 1.04)), stage.height * float(rng.uniform(0.16, 0.34))
        tip = (x + float(rng.normal(0, 0.10)) * high, foot - high)
        green = lit((0.30, 0.46, 0.18), light, float(rng.uniform(0.1, 1.0)))
        thick = max(1, stage.height // 240)
        ends = (int(x * 8), int(foot * 8)), (int(tip[0] * 8), int(tip[1] * 8))
        cv2.line(canvas, *ends, green, thick, cv2.LINE_AA, 3)
        if rng.random() < 0.2:
            brown = lit((0.40, 0.26, 0.16), light, 0.8)
            low = (int(tip[0] * 8 + (x - tip[0]) * 1.1), int(tip[1] * 8 + high * 1.1))
            cv2.line(canvas, ends[1], low, brown, thick * 3, cv2.LINE_AA, 3)
    stage.picture = canvas


def river(stage: Stage, setting: Setting) -> None:
    """A river between a wooded bank and the near one."""
    country.far_land(stage, setting)
    country.hedge(stage, setting, 0.10, 0.28)
    bottom = int(stage.horizon + (stage.height - stage.horizon) * 0.62)
    water.paint_water(stage, stage.horizon + 1, stage.height, 0.35, (0.08, 0.30, 0.34))
    bank(stage, setting)
    stage.water = (stage.horizon, bottom)


def bank(stage: Stage, setting: Setting, at: float = 0.60) -> None:
    """Grown ground on this side of the water."""
    top = int(stage.horizon + (stage.height - stage.horizon) * at)
    fall = stage.height * 0.030 * (1 + line(stage.rng, stage.width, 1.8, 2))
    water_rows = stage.water
    land.paint_floor(stage, floor_kind(setting, stage), top, shaded=0.5, fall=fall)
    country.grown(stage, setting, 0.7, first=at + 0.10)
    stage.water = (water_rows[0] if water_rows else stage.horizon, top)
    stage.floor = min(int(stage.height * 0.94), top + int(stage.height * 0.075))


def harbor(stage: Stage, setting: Setting) -> None:
    """Quiet water before a town."""
    town.skyline(stage, stage.horizon + 2, 0.20, 2)
    water.paint_water(stage, stage.horizon, stage.height, 0.4)
    stage.surface = "water"
