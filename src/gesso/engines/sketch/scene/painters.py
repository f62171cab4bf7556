"""The painter of each place: what stands at its horizon and what its ground is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from gesso.engines.sketch.scene import (
    beyond,
    cliffs,
    country,
    deep,
    indoor,
    land,
    railway,
    ranges,
    roadside,
    rooms,
    tables,
    town,
    venues,
    water,
    waters,
)
from gesso.engines.sketch.scene.country import floor_kind
from gesso.engines.sketch.scene.setting import Setting
from gesso.engines.sketch.scene.stage import Stage
from gesso.engines.sketch.scene.trees import Wood, treeline


def _street(stage: Stage, setting: Setting) -> None:
    wet = bool(setting.weather & {"rain", "storm"})
    if "across" in setting.features:
        roadside.street(stage, wet)
    else:
        town.street(stage, wet, dashed=not _oncoming(setting))


def _oncoming(setting: Setting) -> bool:
    """Whether a vehicle comes towards us: it keeps to the middle of a narrow road, which has no line there."""
    return any(name.startswith("oncoming-") for name in setting.shown)


def _skyline(stage: Stage, setting: Setting) -> None:
    if setting.also & {"sea", "lake", "river", "harbor", "beach"}:
        stage.horizon = int(stage.height * 0.58)
        town.skyline(stage, stage.horizon + 2, 0.46)
        water.paint_water(stage, stage.horizon, stage.height, 0.45)
        stage.surface = "water"
        return
    base = int(stage.height * 0.97)
    town.skyline(stage, base, 0.68, 4)
    town.skyline(stage, stage.height, 0.16, 1)
    # Roofs and the crowns of a park close the picture below; it is no ground to stand on.
    treeline(stage, base, stage.height * 0.09, Wood((*setting.kinds, "bush"), setting.leaf, 0.10, 1.6))
    treeline(stage, int(stage.height * 1.03), stage.height * 0.12, Wood(("broadleaf", "bush"), setting.leaf, 0.0, 2.4))
    stage.floor, stage.surface = int(stage.height * 0.93), "ground"


def _road(stage: Stage, setting: Setting) -> None:
    if "sea" in setting.also:
        water.paint_water(stage, stage.horizon, int(stage.horizon + (stage.height - stage.horizon) * 0.3))
        land.paint_floor(stage, floor_kind(setting, stage), int(stage.horizon + (stage.height - stage.horizon) * 0.12))
    elif setting.also & {"forest", "jungle"}:
        country.woodland(stage, setting)
        land.paint_floor(stage, "snow" if stage.snowy else "forest", shaded=0.6)
    elif "desert" in setting.also:
        ranges.mesas(stage)
        land.paint_floor(stage, "dune")
    else:
        country.far_land(stage, setting)
        country.hedge(stage, setting, 0.07, 0.36)
        land.paint_floor(stage, floor_kind(setting, stage), shaded=0.4)
    country.grown(stage, setting)
    if "across" in setting.features:
        roadside.country_road(stage, setting)
        return
    town.road(stage, dashed=not _oncoming(setting))
    stage.lane = True
    if setting.also & {"forest", "jungle"}:
        country.avenue(stage, setting)
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
    "meadow": country.meadow,
    "garden": country.garden,
    "farm": country.farm,
    "hills": country.hills,
    "cliff": cliffs.coast,
    "mountains": country.mountains,
    "forest": country.forest,
    "jungle": country.jungle,
    "savanna": country.savanna,
    "desert": country.desert,
    "canyon": country.canyon,
    "snowfield": country.snowfield,
    "glacier": country.snowfield,
    "sea": waters.sea,
    "iceberg-sea": waters.sea,
    "island": waters.sea,
    "coast": cliffs.coast,
    "beach": waters.beach,
    "lake": waters.lake,
    "river": waters.river,
    "pond": waters.pond,
    "waterfall": country.forest,
    "path": country.forest,
    "harbor": waters.harbor,
    "street": _street,
    "skyline": _skyline,
    "road": _road,
    "sky": _sky,
    "stage": _stage,
    "room": rooms.room,
    "table": tables.table,
    "studio": lambda stage, setting: indoor.studio(stage, setting.backdrop),
    "galaxy": lambda stage, _: beyond.space(stage),
    "moon": lambda stage, _: beyond.world(stage, "moon"),
    "mars": lambda stage, _: beyond.world(stage, "mars"),
    "underwater": lambda stage, _: deep.underwater(stage),
    "cave": lambda stage, _: (land.paint_floor(stage, "earth"), beyond.cave(stage))[1],
    "hilltop": country.hilltop,
    "station": railway.station,
    "flatlay": tables.flat,
    **venues.PAINTERS,
    "abstract": lambda stage, _: beyond.abstract(stage),
}
