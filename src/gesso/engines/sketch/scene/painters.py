"""The painter of each place: what stands at its horizon and what its ground is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from gesso.engines.sketch.scene import beyond, indoor, land, town, water
from gesso.engines.sketch.scene.noise import Colour
from gesso.engines.sketch.scene.stage import Stage


@dataclass(frozen=True, slots=True)
class Setting:
    """A description with every gap filled: what the painters go by."""

    place: str
    also: frozenset[str]
    time: str
    season: str
    weather: frozenset[str]
    features: frozenset[str]
    clouds: float
    horizon: float
    backdrop: Colour | None
    stands: bool = False
    """Whether somebody needs ground to stand on."""


def _grass(setting: Setting, stage: Stage) -> str:
    if stage.snowy:
        return "snow"
    return {"autumn": "autumn", "summer": "summer"}.get(setting.season, "grass")


def _far_land(stage: Stage, setting: Setting) -> None:
    """What stands at the horizon of open country."""
    if "mountains" in setting.also | {setting.place}:
        land.mountains(stage, snow=0.8 if stage.snowy else 0.5)
    elif "skyline" in setting.also:
        town.skyline(stage, stage.horizon + 2, 0.22, 2)
    else:
        land.hills(stage, 2, 0.10, _green(setting, stage))
    if "forest" in setting.also:
        _wood(stage, setting, 2)


def _green(setting: Setting, stage: Stage) -> Colour:
    if stage.snowy:
        return (0.84, 0.89, 0.96)
    return (0.70, 0.48, 0.22) if setting.season == "autumn" else (0.34, 0.52, 0.26)


def _leaf(setting: Setting) -> Colour:
    return (
        (0.80, 0.44, 0.16)
        if setting.season == "autumn"
        else (0.94, 0.66, 0.74)
        if setting.season == "spring"
        else (0.20, 0.42, 0.20)
    )


def _wood(stage: Stage, setting: Setting, layers: int, tall: float = 0.30) -> None:
    pointed = setting.season in ("", "winter")
    for i in range(layers):
        near = (i + 1) / layers
        base = int(stage.horizon + (stage.floor - stage.horizon) * near) + 2
        colour = (0.14, 0.30, 0.20) if pointed else _leaf(setting)
        land.treeline(
            stage,
            base,
            stage.height * tall * (0.55 + 0.45 * near),
            colour,
            0.62 * (1 - near) * (0.4 + stage.haze),
            pointed,
            0.8,
        )


def _meadow(stage: Stage, setting: Setting) -> None:
    _far_land(stage, setting)
    land.treeline(stage, stage.horizon + 3, stage.height * 0.05, _leaf(setting), 0.45, pointed=False)
    land.paint_floor(stage, _grass(setting, stage))
    if not stage.snowy and setting.season != "autumn":
        land.flowers(stage, [(0.98, 0.96, 0.90), (0.98, 0.82, 0.30), (0.90, 0.42, 0.46)], int(stage.width * 0.12))


def _garden(stage: Stage, setting: Setting) -> None:
    _far_land(stage, setting)
    for tall, far in ((0.26, 0.34), (0.15, 0.12)):
        land.treeline(stage, stage.horizon + 3, stage.height * tall, _leaf(setting), far, pointed=False, density=0.8)
    land.paint_floor(stage, _grass(setting, stage))
    if not stage.snowy:
        colours: list[Colour] = [
            (0.95, 0.40, 0.48),
            (0.98, 0.80, 0.28),
            (0.72, 0.48, 0.86),
            (0.98, 0.96, 0.92),
            (0.94, 0.58, 0.30),
        ]
        land.flowers(
            stage,
            colours if setting.season != "autumn" else [(0.86, 0.42, 0.14), (0.90, 0.66, 0.20), (0.70, 0.24, 0.14)],
            int(stage.width * 0.45),
        )


def _farm(stage: Stage, setting: Setting) -> None:
    land.hills(stage, 3, 0.14, _green(setting, stage))
    land.treeline(stage, stage.horizon + 4, stage.height * 0.07, _leaf(setting), 0.30, pointed=False)
    land.paint_floor(stage, _grass(setting, stage))


def _hills(stage: Stage, setting: Setting) -> None:
    if "mountains" in setting.also:
        land.mountains(stage, 0.30, snow=0.6)
    land.hills(stage, 4, 0.20, _green(setting, stage))
    land.paint_floor(stage, _grass(setting, stage), stage.floor)
    land.treeline(
        stage,
        stage.floor + 3,
        stage.height * 0.06,
        _leaf(setting),
        0.15,
        pointed=setting.season != "autumn",
        density=0.35,
    )


def _mountains(stage: Stage, setting: Setting) -> None:
    land.mountains(stage, 0.42, snow=0.85 if stage.snowy else 0.5)
    land.treeline(stage, stage.horizon + 4, stage.height * 0.08, (0.13, 0.28, 0.20), 0.35, pointed=True)
    land.paint_floor(stage, _grass(setting, stage))


def _forest(stage: Stage, setting: Setting) -> None:
    stage.haze = max(stage.haze, 0.62)
    _wood(stage, setting, 4, 0.50)
    stage.floor = int(stage.horizon + (stage.height - stage.horizon) * 0.2)
    land.paint_floor(
        stage,
        "snow" if stage.snowy else "autumn" if setting.season == "autumn" else "forest",
        int(stage.horizon + (stage.floor - stage.horizon) * 0.6),
    )


def _jungle(stage: Stage, setting: Setting) -> None:
    for i, far in enumerate((0.55, 0.30, 0.08)):
        land.treeline(
            stage,
            stage.horizon + 3 + i * 6,
            stage.height * (0.46 - 0.07 * i),
            (0.14 + 0.05 * i, 0.40, 0.16),
            far,
            pointed=False,
            density=1.3,
        )
    land.paint_floor(stage, "forest", stage.horizon + 10)


def _savanna(stage: Stage, setting: Setting) -> None:
    land.hills(stage, 2, 0.07, (0.66, 0.56, 0.36))
    land.treeline(stage, stage.horizon + 3, stage.height * 0.055, (0.36, 0.42, 0.18), 0.35, pointed=False, density=0.3)
    land.paint_floor(stage, "savanna")


def _desert(stage: Stage, setting: Setting) -> None:
    land.paint_floor(stage, "dune")
    land.dunes(stage)
    stage.floor = int(stage.horizon + (stage.height - stage.horizon) * 0.34)


def _canyon(stage: Stage, setting: Setting) -> None:
    land.mesas(stage)
    land.paint_floor(stage, "rock")


def _snowfield(stage: Stage, setting: Setting) -> None:
    stage.snowy = True
    land.mountains(stage, 0.24, (0.50, 0.56, 0.66), 0.95)
    land.paint_floor(stage, "snow")


def _sea(stage: Stage, setting: Setting) -> None:
    if "skyline" in setting.also:
        town.skyline(stage, stage.horizon + 2, 0.26, 2)
    elif "mountains" in setting.also:
        land.mountains(stage, 0.22)
    water.paint_water(stage, stage.horizon, stage.height)
    stage.surface = "water"


def _coast(stage: Stage, setting: Setting) -> None:
    """Open sea with a headland in the foreground that things can stand on."""
    water.paint_water(stage, stage.horizon, stage.height)
    side = -stage.light.side
    x = np.linspace(-1, 1, stage.width, dtype=np.float32) * np.float32(np.sign(side))
    outline = np.clip(0.52 + 0.95 * x, 0, 1) ** 0.8 * (0.86 + 0.14 * land.profile(stage.rng, stage.width, 6, 0.5))
    grass = land.FLOORS[_grass(setting, stage)][0]
    rock: Colour = (0.46, 0.38, 0.32)
    tall = (stage.height - stage.horizon) * 1.02
    land.paint_range(stage, outline, stage.height - 1, tall * 1.0, rock, 0.05)
    land.paint_range(
        stage,
        np.clip(outline * 1.0 - 0.0, 0, 1),
        stage.height - 1 - int(stage.height * 0.012),
        tall * 0.985,
        grass,
        0.05,
    )
    stage.floor = int(stage.horizon + (stage.height - stage.horizon) * 0.20)
    stage.frame = (0.58, 0.92) if side > 0 else (0.08, 0.42)
    stage.surface = "coast"


def _beach(stage: Stage, setting: Setting) -> None:
    if "mountains" in setting.also:
        land.mountains(stage, 0.2)
    water.paint_water(stage, stage.horizon, stage.height, 0.9)
    water.shore(stage, at=0.45)


def _lake(stage: Stage, setting: Setting) -> None:
    if "mountains" in setting.also or not setting.also & {"forest", "skyline"}:
        land.mountains(stage, 0.42, snow=0.8 if stage.snowy else 0.5)
    pointed = setting.season != "autumn"
    land.treeline(
        stage,
        stage.horizon + 1,
        stage.height * (0.16 if "forest" in setting.also else 0.075),
        (0.14, 0.30, 0.18) if pointed else _leaf(setting),
        0.22,
        pointed,
    )
    water.paint_water(stage, stage.horizon, stage.height, 0.25, (0.06, 0.26, 0.32))
    stage.surface = "water"


def _river(stage: Stage, setting: Setting) -> None:
    _far_land(stage, setting)
    land.treeline(stage, stage.horizon + 2, stage.height * 0.09, _leaf(setting), 0.25, pointed=setting.season == "")
    bottom = int(stage.horizon + (stage.height - stage.horizon) * 0.62)
    water.paint_water(stage, stage.horizon + 1, stage.height, 0.35, (0.08, 0.30, 0.34))
    water.shore(stage, "snow" if stage.snowy else "grass", 0.60)
    stage.water = (stage.horizon, bottom)


def _harbor(stage: Stage, setting: Setting) -> None:
    town.skyline(stage, stage.horizon + 2, 0.20, 2)
    water.paint_water(stage, stage.horizon, stage.height, 0.4)
    stage.surface = "water"


def _street(stage: Stage, setting: Setting) -> None:
    town.street(stage, wet=bool(setting.weather & {"rain", "storm"}))


def _skyline(stage: Stage, setting: Setting) -> None:
    if setting.also & {"sea", "lake", "river", "harbor", "beach"}:
        stage.horizon = int(stage.height * 0.58)
        town.skyline(stage, stage.horizon + 2, 0.46)
        water.paint_water(stage, stage.horizon, stage.height, 0.45)
        stage.surface = "water"
        return
    town.skyline(stage, int(stage.height * 0.90), 0.62, 4)
    stage.floor, stage.surface = int(stage.height * 0.90), "ground"
    rows = stage.height - stage.floor
    stage.picture[stage.floor :] = (
        np.array(land.lit((0.24, 0.25, 0.29), stage.light), np.float32)
        * np.linspace(1.0, 0.7, rows, dtype=np.float32)[:, None, None]
    )


def _road(stage: Stage, setting: Setting) -> None:
    if "sea" in setting.also:
        water.paint_water(stage, stage.horizon, int(stage.horizon + (stage.height - stage.horizon) * 0.3))
        land.paint_floor(stage, _grass(setting, stage), int(stage.horizon + (stage.height - stage.horizon) * 0.12))
    elif "desert" in setting.also:
        land.mesas(stage)
        land.paint_floor(stage, "dune")
    else:
        _far_land(stage, setting)
        land.treeline(stage, stage.horizon + 3, stage.height * 0.06, _leaf(setting), 0.35, pointed=False, density=0.7)
        land.paint_floor(stage, _grass(setting, stage))
    town.road(stage)
    stage.floor = int(stage.horizon + (stage.height - stage.horizon) * 0.3)


def _sky(stage: Stage, setting: Setting) -> None:
    stage.surface, stage.floor = "air", stage.height
    stage.haze = 0.2


def _stage(stage: Stage, setting: Setting) -> None:
    """A stage with a curtain and a spotlight."""
    x = np.arange(stage.width, dtype=np.float32)[None, :]
    folds = 0.62 + 0.30 * np.sin(x / stage.width * 70 + 2 * np.sin(x / stage.width * 11))
    rows = np.linspace(0, 1, stage.horizon, dtype=np.float32)[:, None]
    spot = np.exp(-(((x / stage.width - 0.5) / 0.34) ** 2)) * (0.45 + 0.55 * rows)
    stage.picture[: stage.horizon] = (
        np.array((0.62, 0.07, 0.10), np.float32) * (folds * (0.30 + 0.85 * spot))[..., None]
    )
    indoor.planks(stage, stage.horizon, indoor.WOODS[1], 11)
    at = np.linspace(0, 1, stage.height - stage.horizon, dtype=np.float32)[:, None]
    pool = np.exp(-(((x / stage.width - 0.5) / 0.30) ** 2 + ((at - 0.45) / 0.42) ** 2))
    stage.picture[stage.horizon :] *= (0.35 + 0.95 * pool)[..., None].astype(np.float32)


Painter = Callable[[Stage, Setting], None]
PAINTERS: Mapping[str, Painter] = {
    "meadow": _meadow,
    "garden": _garden,
    "farm": _farm,
    "hills": _hills,
    "cliff": _coast,
    "mountains": _mountains,
    "forest": _forest,
    "jungle": _jungle,
    "savanna": _savanna,
    "desert": _desert,
    "canyon": _canyon,
    "snowfield": _snowfield,
    "glacier": _snowfield,
    "sea": _sea,
    "iceberg-sea": _sea,
    "island": _sea,
    "coast": _coast,
    "beach": _beach,
    "lake": _lake,
    "river": _river,
    "waterfall": _forest,
    "path": _forest,
    "harbor": _harbor,
    "street": _street,
    "skyline": _skyline,
    "road": _road,
    "sky": _sky,
    "stage": _stage,
    "room": lambda stage, _: indoor.room(stage),
    "table": lambda stage, _: indoor.table(stage),
    "studio": lambda stage, setting: indoor.studio(stage, setting.backdrop),
    "galaxy": lambda stage, _: beyond.space(stage),
    "moon": lambda stage, _: beyond.world(stage, "moon"),
    "mars": lambda stage, _: beyond.world(stage, "mars"),
    "underwater": lambda stage, _: beyond.underwater(stage),
    "cave": lambda stage, _: (land.paint_floor(stage, "earth"), beyond.cave(stage))[1],
    "abstract": lambda stage, _: beyond.abstract(stage),
}
