"""Open country: meadows, hills, mountains, woods, savanna, desert, canyon and snow."""

from __future__ import annotations

import cv2
import numpy as np

from gesso.engines.sketch.scene import ground, land, ranges, town, water
from gesso.engines.sketch.scene.light import lit
from gesso.engines.sketch.scene.noise import Colour, blur, fbm, mix
from gesso.engines.sketch.scene.setting import Setting
from gesso.engines.sketch.scene.stage import Stage
from gesso.engines.sketch.scene.trees import BARK, Wood, treeline

PINE: Colour = (0.17, 0.36, 0.22)
GREY: Colour = (0.56, 0.55, 0.54)
SNOW: Colour = (0.86, 0.90, 0.97)
BLOSSOMS: list[Colour] = [(0.97, 0.94, 0.88), (0.96, 0.82, 0.32), (0.78, 0.56, 0.92), (0.94, 0.42, 0.44)]
FALLEN: tuple[Colour, ...] = ((0.86, 0.44, 0.12), (0.80, 0.24, 0.12), (0.92, 0.70, 0.22), (0.58, 0.34, 0.16))
LITTER: tuple[Colour, ...] = ((0.46, 0.34, 0.20), (0.34, 0.26, 0.15), (0.44, 0.46, 0.20))


def floor_kind(setting: Setting, stage: Stage) -> str:
    """What open ground is covered with."""
    return "snow" if stage.snowy else setting.grass


def grown(stage: Stage, setting: Setting, dense: float = 1.0, tall: float = 0.05, first: float = 0.14) -> None:
    """What stands and lies on open ground near the viewer, from `first` of the way to the lower edge."""
    if stage.snowy:
        ground.stones(stage, SNOW, 16, 0.03)
        ground.tufts(stage, "savanna", 0.03, tall, first)
        return
    ground.tufts(stage, setting.grass, dense, tall, first)
    if setting.season == "autumn":
        ground.leaves(stage, FALLEN, 160)


def far_land(stage: Stage, setting: Setting) -> None:
    """What stands at the horizon of open country."""
    if "mountains" in setting.also | {setting.place}:
        ranges.mountains(stage, snow=0.8 if stage.snowy else 0.5)
    elif "skyline" in setting.also:
        town.skyline(stage, stage.horizon + 2, 0.22, 2)
    else:
        _hills(stage, setting, 2, 0.10)
    if "forest" in setting.also:
        wood(stage, setting, 2)


def _hills(stage: Stage, setting: Setting, layers: int, tall: float) -> None:
    slope = SNOW if stage.snowy else setting.green
    ranges.hills(stage, layers, tall, slope, PINE if stage.snowy else (0.20, 0.38, 0.18))


def wood(stage: Stage, setting: Setting, layers: int, tall: float = 0.30) -> None:
    """Trees behind trees, from the far edge of the ground to its near one."""
    kinds, leaf = (("conifer",), PINE) if setting.season in ("", "winter") else (setting.kinds, setting.leaf)
    for i in range(layers):
        near = (i + 1) / layers
        base = int(stage.horizon + (stage.floor - stage.horizon) * near) + 2
        far = min(0.85, 0.72 * (1 - near) * (0.4 + stage.haze))
        treeline(
            stage,
            base,
            stage.height * tall * (0.62 + 0.38 * near),
            Wood((*kinds, *kinds, "bush"), leaf, far, 1.7 - 0.7 * near, varied=setting.varied),
        )


def depths(stage: Stage, leaf: Colour, tall: float, far: float) -> None:
    """The dusk between the stems of a wood: its far ranks run together, up to `tall` picture heights."""
    top = max(0, stage.horizon + 4 - int(stage.height * tall))
    bottom = max(top + 2, stage.floor)
    part = stage.picture[top:bottom]
    rows = len(part)
    stems = fbm(stage.rng, rows, stage.width, (2, 60 * stage.width / stage.height), 3)
    crown = fbm(stage.rng, rows, stage.width, (rows / 14 + 2, stage.width / 14 + 2), 3)
    at = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    deep = lit((leaf[0] * 0.55, leaf[1] * 0.62, leaf[2] * 0.75), stage.light, 0.4)
    tone = 1 + 0.16 * stems * at + 0.14 * crown
    surface = mix(np.array(deep, np.float32) * tone[..., None], stage.light.haze, np.float32(far))
    alpha = np.clip((at * 2.0 + 0.45 * crown - 0.35) * 3, 0, 1)
    stage.picture[top:bottom] = mix(part, surface, alpha.astype(np.float32))


def hedge(stage: Stage, setting: Setting, tall: float, far: float) -> None:
    """The edge of a wood in the distance: crowns in close rank over undergrowth, `tall` picture heights."""
    height = stage.height * tall
    treeline(stage, stage.horizon + 2, height, Wood(setting.kinds, setting.leaf, min(0.9, far + 0.14), 1.9))
    treeline(
        stage,
        stage.horizon + 3,
        height * 0.95,
        Wood((*setting.kinds, "bush"), setting.leaf, far, 1.2, varied=setting.varied),
    )
    treeline(stage, stage.horizon + 4, height, Wood(("bush",), setting.leaf, far * 0.9, 2.6))


def meadow(stage: Stage, setting: Setting) -> None:
    """Grass with flowers before far trees."""
    far_land(stage, setting)
    hedge(stage, setting, 0.085, 0.42)
    land.paint_floor(stage, floor_kind(setting, stage), shaded=0.4)
    grown(stage, setting)
    if not stage.snowy and setting.season != "autumn":
        ground.flowers(stage, BLOSSOMS, 170)


def garden(stage: Stage, setting: Setting) -> None:
    """A lawn with beds of flowers, shrubs and trees around."""
    depths(stage, setting.leaf, 0.10, 0.5)
    for i, (tall, far) in enumerate(((0.24, 0.42), (0.14, 0.12))):
        kinds = (*setting.kinds, "bush", "bush") if i else setting.kinds
        treeline(
            stage,
            stage.horizon + 3 + i * 6,
            stage.height * tall,
            Wood(kinds, setting.leaf, far, 1.7, varied=setting.varied),
        )
    land.paint_floor(stage, floor_kind(setting, stage), stage.horizon + 6, shaded=0.7)
    grown(stage, setting, 0.7, 0.04)
    if not stage.snowy and setting.season != "autumn":
        ground.flowers(stage, BLOSSOMS, 330)


def farm(stage: Stage, setting: Setting) -> None:
    """Fields on gentle hills with hedges between them."""
    _hills(stage, setting, 3, 0.14)
    hedge(stage, setting, 0.07, 0.32)
    land.paint_floor(stage, floor_kind(setting, stage), shaded=0.35)
    if not stage.snowy:
        _furrows(stage)
    grown(stage, setting)


def _furrows(stage: Stage) -> None:
    """Rows of a crop that run to the vanishing point."""
    rows, width = stage.height - stage.horizon, stage.width
    at = np.linspace(0.0, 1, rows, dtype=np.float32)[:, None]
    x = (np.arange(width, dtype=np.float32)[None, :] / width - 0.5 - 0.2 * stage.light.side) / (at * 0.9 + 0.06)
    field = np.exp(-(((at - 0.14) / 0.15) ** 2))
    stage.picture[stage.horizon :] *= (1 + 0.16 * np.sin(x * 26) * field)[..., None].astype(np.float32)


def hills(stage: Stage, setting: Setting) -> None:
    """The top of a hill, and hills behind hills beyond it."""
    if "mountains" in setting.also:
        ranges.mountains(stage, 0.30, snow=0.6)
    _hills(stage, setting, 4, 0.17)
    land.paint_floor(stage, floor_kind(setting, stage), stage.horizon + int(stage.height * 0.03))
    top = int(stage.horizon - stage.height * 0.02)
    away = np.abs(np.linspace(-1, 1, stage.width, dtype=np.float32) + np.float32(0.25 * stage.light.side))
    land.paint_floor(stage, floor_kind(setting, stage), top, fall=stage.height * 0.24 * away**1.7)
    stage.floor = int(stage.horizon + stage.height * 0.10)
    grown(stage, setting)
    if not stage.snowy and setting.season in ("", "spring"):
        ground.flowers(stage, BLOSSOMS, 70)


def hilltop(stage: Stage, setting: Setting) -> None:
    """A hill in the middle that rises over the land around it; things stand on its top."""
    if "mountains" in setting.also:
        ranges.mountains(stage, 0.30, snow=0.6)
    if "sea" in setting.also:
        water.paint_water(stage, stage.horizon, stage.height)
    else:
        _hills(stage, setting, 4, 0.12)
        land.paint_floor(stage, floor_kind(setting, stage), stage.horizon + int(stage.height * 0.02))
    top = int(stage.horizon - stage.height * 0.13)
    stage.hill = min(0.24, 0.28 * stage.width / stage.height), 0.72
    fall = stage.fall(np.arange(stage.width, dtype=np.float32))
    land.paint_floor(stage, floor_kind(setting, stage), top, fall=fall)
    stage.floor = top + int(stage.height * 0.025)
    stage.near, stage.frame = (stage.floor + 1) / stage.height, (0.09, 0.91)
    bare = stage.picture.copy()
    horizon, stage.horizon = stage.horizon, top
    grown(stage, setting, first=0.10)
    if not stage.snowy and setting.season in ("", "spring"):
        ground.flowers(stage, BLOSSOMS, 60)
    stage.horizon = horizon
    # What grows is strewn over level ground: beside the hill it would hang in the air.
    aside = np.arange(stage.height, dtype=np.float32)[:, None] < top + fall - 0.008 * stage.height
    stage.picture = np.where(aside[..., None], bare, stage.picture)


def woodland(stage: Stage, setting: Setting) -> None:
    """A wood as its edge is seen across open ground: rank before rank of high trees."""
    depths(stage, PINE if setting.season in ("", "winter") else setting.leaf, 0.34, 0.45)
    stage.floor = stage.horizon + max(2, int(stage.height * 0.03))
    wood(stage, setting, 3, 0.42)


def avenue(stage: Stage, setting: Setting) -> None:
    """Trees on both sides of a road, larger towards the viewer."""
    pines = setting.season in ("", "winter")
    kinds, leaf = (("conifer",), PINE) if pines else (setting.kinds, setting.leaf)
    for near in (0.10, 0.20, 0.34, 0.52):
        base = int(stage.horizon + (stage.height - stage.horizon) * near)
        gap = 0.5 - (0.05 + 0.52 * near) * max(1.0, 0.8 * stage.height / stage.width)
        part = Wood(kinds, leaf, 0.25 * (1 - 2 * near), 0.9, varied=setting.varied)
        for first, last in ((-0.15, gap), (1 - gap, 1.15)):
            treeline(stage, base, stage.height * (0.34 + 0.9 * near), part, (first, last))


def mountains(stage: Stage, setting: Setting) -> None:
    """High peaks over a wood and an alp."""
    ranges.mountains(stage, 0.44, snow=0.85 if stage.snowy else 0.5)
    treeline(stage, stage.horizon + 4, stage.height * 0.10, Wood(("conifer",), PINE, 0.34))
    land.paint_floor(stage, "snow" if stage.snowy else "alp", shaded=0.5)
    ground.stones(stage, SNOW if stage.snowy else GREY, 60, 0.042)
    grown(stage, setting, 0.5)


def forest(stage: Stage, setting: Setting) -> None:
    """Among trees: trunks near the frame's sides, ranks of others fading behind, light between them."""
    stage.haze = max(stage.haze, 0.62)
    depths(stage, PINE if setting.season in ("", "winter") else setting.leaf, 0.40, 0.50)
    wood(stage, setting, 4, 0.52)
    kind = "snow" if stage.snowy else "autumn" if setting.season == "autumn" else "forest"
    stage.floor = int(stage.horizon + (stage.height - stage.horizon) * 0.2)
    land.paint_floor(stage, kind, int(stage.horizon + (stage.floor - stage.horizon) * 0.55), shaded=0.8)
    undergrowth(stage, PINE if setting.season in ("", "winter") else setting.leaf, 0.55, setting.varied)
    if setting.weather & {"fog"} or not (stage.light.dark or setting.weather):
        _shafts(stage)
    if not stage.snowy:
        ground.leaves(stage, FALLEN if setting.season == "autumn" else LITTER, 420)
        ground.stones(stage, (0.42, 0.44, 0.40), 14, 0.035)
        ground.tufts(stage, "autumn" if setting.season == "autumn" else "forest", 0.5, 0.06)
    else:
        grown(stage, setting)
    _trunks(stage)


def undergrowth(stage: Stage, leaf: Colour, at: float, varied: float = 0.1) -> None:
    """Shrubs along the edge of a wood, `at` of the way from the horizon to the floor: they break its line."""
    row = int(stage.horizon + (stage.floor - stage.horizon) * at + stage.height * 0.012)
    wood = Wood(("bush",), leaf, 0.10, 0.55, 0.25, varied)
    treeline(stage, row, stage.height * 0.24, wood)


def _shafts(stage: Stage) -> None:
    """Sunlight that falls aslant between the crowns and lies in patches on the ground."""
    height, width = stage.height, stage.width
    rays = fbm(stage.rng, 1, 512, (1, 16), 3)[0]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    across = x / width + np.float32(stage.light.side * 0.42) * (y / height) + 0.5
    shaft = (
        np.clip(rays[(across * 256).astype(np.int32) % 512] - 0.05, 0, 1) * np.clip(1.1 - y / stage.floor, 0, 1) ** 0.7
    )
    stage.picture += (shaft * np.float32(0.30))[..., None] * np.array(stage.light.glow, np.float32)


def _trunks(stage: Stage) -> None:
    """The nearest trees, of which only the trunks are in the picture, at its two sides."""
    rng, width = stage.rng, stage.width
    turn = bool(rng.random() < 0.5)
    for share, wide, foot in ((0.015, 0.075, 0.90), (0.125, 0.036, 0.76), (0.93, 0.050, 0.82), (1.0, 0.07, 0.95)):
        if rng.random() < 0.25:
            continue
        side = 1 - share if turn else share
        at, half = width * (side + float(rng.uniform(-0.02, 0.02))), width * wide / 2 * float(rng.uniform(0.85, 1.2))
        base = int(stage.horizon + (stage.height - stage.horizon) * min(foot, 0.55 + 0.4 * foot) * 0.9)
        _trunk(stage, at, half, base, float(rng.uniform(-0.02, 0.02)) * width)


def _trunk(stage: Stage, at: float, half: float, base: int, lean: float) -> None:
    light, rng = stage.light, stage.rng
    rows = np.arange(base, dtype=np.float32)[:, None]
    flare = half * (1 + 1.1 * np.exp(-(base - rows) / (half * 1.3)))
    left, right = int(max(0, at - half * 3 - abs(lean))), int(min(stage.width, at + half * 3 + abs(lean)))
    if right - left < 2:
        return
    x = np.arange(left, right, dtype=np.float32)[None, :]
    u = (x - at - lean * (1 - rows / base)) / flare
    bark = fbm(rng, base, right - left, (base / 34 + 2, (right - left) / 5 + 2), 3)
    share = np.clip(0.40 + 0.42 * u * light.side + 0.50 * bark - 0.35 * u * u, 0, 1)
    deep = (BARK[0] * 0.45, BARK[1] * 0.45, BARK[2] * 0.5)
    surface = mix(
        np.broadcast_to(np.array(lit(deep, light, 0.2), np.float32), (*share.shape, 3)),
        lit((0.56, 0.42, 0.31), light, 0.95),
        share,
    )
    if stage.snowy:
        surface = mix(surface, lit(SNOW, light, 0.8), np.clip(u * -light.side + 0.3 * bark - 0.5, 0, 1) * 0.8)
    mask = np.clip((1 - np.abs(u)) * flare + 0.5, 0, 1) * np.clip(base - rows + 2 * bark, 0, 1)
    shade = np.zeros(stage.picture.shape[:2], np.float32)
    cv2.ellipse(
        shade, (int(at - light.side * half), base), (int(half * 3.2), max(2, int(half * 0.5))), 0, 0, 360, 0.45, -1
    )
    stage.picture *= 1 - blur(shade, half * 0.4)[..., None]
    stage.picture[:base, left:right] = mix(stage.picture[:base, left:right], surface, mask.astype(np.float32))


def jungle(stage: Stage, setting: Setting) -> None:
    """Palms, broad leaves and lianas in close ranks."""
    depths(stage, (0.20, 0.50, 0.18), 0.5, 0.42)
    for i, far in enumerate((0.50, 0.30, 0.08)):
        leaf: Colour = (0.20 + 0.05 * i, 0.50, 0.18)
        kinds = ("broadleaf", "palm") if i < 2 else ("palm", "bush", "bush", "bush", "broadleaf")
        tall = stage.height * (0.58 - 0.08 * i)
        treeline(stage, stage.horizon + 3 + i * 7, tall, Wood(kinds, leaf, far * (0.5 + stage.haze), 2.4 - 0.5 * i))
    land.paint_floor(stage, "forest", stage.horizon + 14, shaded=0.9)
    undergrowth(stage, (0.30, 0.50, 0.18), 0.25)
    ground.leaves(stage, LITTER, 200)
    ground.tufts(stage, "forest", 1.0, 0.09)
    _lianas(stage)


def _lianas(stage: Stage) -> None:
    """Climbers that hang from above."""
    rng, height = stage.rng, stage.height
    canvas = np.ascontiguousarray(stage.picture)
    for _ in range(7):
        x, wide, sag = (float(rng.uniform(*span)) for span in ((-0.1, 1.0), (0.06, 0.3), (0.16, 0.42)))
        t = np.linspace(0, 1, 40)
        xs, ys = (x + wide * t) * stage.width, height * sag * (1 - (2 * t - 1) ** 2) - 4
        points = (np.stack([xs, ys], 1) * 8).astype(np.int32)
        tone = lit((0.20, 0.30, 0.12), stage.light, float(rng.uniform(0.2, 0.8)))
        cv2.polylines(canvas, [points], False, tone, max(1, height // 170), cv2.LINE_AA, 3)
        for px, py in points[2:-2:2]:
            size = int(height * 0.012 * 8 * float(rng.uniform(0.6, 1.3)))
            green = lit((0.26, 0.50, 0.18), stage.light, float(rng.uniform(0.3, 1.0)))
            leaf = (int(px), int(py + size)), (size // 2, size), float(rng.normal(0, 30))
            cv2.ellipse(canvas, *leaf, 0, 360, green, -1, cv2.LINE_AA, 3)
    stage.picture = canvas


def savanna(stage: Stage, setting: Setting) -> None:
    """Dry grass to the horizon, umbrella trees singly and in the distance."""
    ranges.hills(stage, 2, 0.07, (0.66, 0.56, 0.36))
    leaf: Colour = (0.44, 0.48, 0.18)
    treeline(stage, stage.horizon + 3, stage.height * 0.06, Wood(("acacia", "acacia", "bush"), leaf, 0.42, 0.32))
    land.paint_floor(stage, "savanna", shaded=0.15)
    row = int(stage.horizon + (stage.height - stage.horizon) * 0.07)
    treeline(stage, row, stage.height * 0.24, Wood(("acacia",), leaf, 0.10, 0.16))
    ground.stones(stage, (0.60, 0.48, 0.36), 12, 0.03)
    ground.tufts(stage, "savanna", 1.2, 0.075)


def desert(stage: Stage, setting: Setting) -> None:
    """Dunes, and sand that the wind has combed."""
    land.paint_floor(stage, "dune")
    ranges.dunes(stage)
    ground.stones(stage, (0.70, 0.48, 0.30), 10, 0.02)
    stage.floor = int(stage.horizon + (stage.height - stage.horizon) * 0.34)


def canyon(stage: Stage, setting: Setting) -> None:
    """Walls and table mountains of red rock."""
    ranges.mesas(stage)
    land.paint_floor(stage, "rock", shaded=0.15)
    ground.stones(stage, (0.72, 0.44, 0.30), 34, 0.034)
    ground.tufts(stage, "savanna", 0.12, 0.05)


def snowfield(stage: Stage, setting: Setting) -> None:
    """Snow before white mountains."""
    stage.snowy = True
    ranges.mountains(stage, 0.24, (0.50, 0.56, 0.66), 0.95)
    land.paint_floor(stage, "snow")
    ground.stones(stage, (0.84, 0.90, 0.98), 16, 0.03)
    ground.tracks(stage)
