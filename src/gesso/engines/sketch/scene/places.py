"""Which place a description means, and the painters that make it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from gesso.engines.sketch.composition import costumes, sprites
from gesso.engines.sketch.scene import beyond, railway, rooms, tables, waters, weather
from gesso.engines.sketch.scene.light import light_for
from gesso.engines.sketch.scene.noise import Plane, blur
from gesso.engines.sketch.scene.painters import PAINTERS
from gesso.engines.sketch.scene.setting import Setting
from gesso.engines.sketch.scene.sky import paint_sky
from gesso.engines.sketch.scene.stage import Stage
from gesso.engines.sketch.words import vocabulary
from gesso.engines.sketch.words.description import Description, Subject

INDOOR = frozenset({"room", "table", "studio", "stage", "corridor", "flatlay"})
UNDER_NO_SKY = frozenset({"galaxy", "underwater", "abstract", "moon", "cave"})
FALLING = frozenset({"rain", "storm", "snow"})
OPEN_HORIZON: Mapping[str, float] = {
    "sea": 0.46,
    "coast": 0.52,
    "harbor": 0.50,
    "lake": 0.50,
    "pond": 0.34,
    "river": 0.52,
    "island": 0.48,
    "beach": 0.44,
    "street": 0.50,
    "road": 0.50,
    "skyline": 0.66,
    "room": 0.62,
    "table": 0.52,
    "moon": 0.50,
    "mars": 0.50,
    "sky": 0.97,
    "mountains": 0.60,
    "forest": 0.56,
    "jungle": 0.54,
    "hills": 0.56,
    "canyon": 0.58,
    "cliff": 0.55,
    "stage": 0.66,
    "iceberg-sea": 0.46,
    "station": 0.46,
    "airport": 0.48,
    "stadium": 0.46,
    "maze": 0.24,
    "japanese": 0.36,
    "hilltop": 0.66,
    "flatlay": 0.02,
}


FIRST = (
    "flatlay", "moon", "mars", "underwater", "galaxy", "corridor", "station", "airport", "stadium", "maze", "studio",
    "table", "room", "stage", "street", "skyline", "harbor", "beach", "island", "river", "pond", "lake", "sea",
    "cave",
)  # fmt: skip
"""Of several places the picture plays in the first of these; the others are seen from there."""

CROSSED = frozenset(
    {"sea", "desert", "mountains", "forest", "jungle", "farm", "hills", "meadow", "savanna", "snowfield", "canyon"}
)
"""Places that a road may run through."""


def choose(found: Description, rng: np.random.Generator) -> Setting:
    """Fill the gaps of a description; what the prompt says goes before what its subjects suggest."""
    place, also = _place(found)
    weathers = _weather(found, rng) - (FALLING if place in INDOOR | UNDER_NO_SKY else frozenset())
    time = found.time or ("indoor" if place in INDOOR else _usual_time(found, place, rng))
    cover = float(rng.uniform(0.25, 0.55))
    clouds = (
        0.0
        if found.without("clouds", "cloud") or "clear" in found.weather or "fog" in weathers
        else 0.85
        if weathers & {"clouds", "rain", "storm", "snow", "overcast"}
        else cover
    )
    horizon = OPEN_HORIZON.get(place, 0.55) + float(rng.uniform(-0.04, 0.04)) * (place not in INDOOR)
    horizon += {"aerial": -0.24, "low": 0.12, "wide": 0.04, "close": 0.06}.get(found.camera, 0.0) * (
        place not in ("sky", "galaxy")
    )
    red, green, blue = found.backdrop or (0, 0, 0)
    backdrop = (red / 255, green / 255, blue / 255) if found.backdrop else None
    level, stands = (
        float(np.clip(horizon, 0.16 if place != "flatlay" else 0.0, 0.97)),
        any(_stands(s) for s in found.subjects),
    )
    features = found.features | ({"no-sun"} if found.without("sun", "moon") else set())
    features |= {"shallow"} if found.camera == "close" and found.subjects else set()
    shown = frozenset("wall" if s.where == "wall" else s.drawing or s.sprite for s in found.subjects)
    shown |= {costumes.role(s.sprite) for s in found.subjects if s.sprite}
    return Setting(place, also, time, found.season, weathers, features, clouds, level, backdrop, stands, shown)


def _stands(subject: Subject) -> bool:
    """Whether a subject needs ground: no boat, no fish, no bird in flight, nothing that another carries."""
    if not subject.sprite or subject.of is not None or subject.action in ("air", "water"):
        return False
    return sprites.info(subject.sprite).stance in ("ground", "held", "bust", "face")


def _place(found: Description) -> tuple[str, frozenset[str]]:
    city = "street" if any(_stands(s) for s in found.subjects) else "skyline"
    named = ["room" if p in rooms.NAMES else city if p == "city" else p for p in found.places]
    named = ["table" if p in tables.TOPS else p for p in named]
    if named:
        first = next((place for place in FIRST if place in named), named[0])
        main = _merged(first, frozenset(named) - {first}, found)
        return main, frozenset(found.places) - {main}
    drawn, single = vocabulary.inverse("drawn-at"), vocabulary.inverse("at-home")
    homes = [drawn[s.drawing] for s in found.subjects if s.drawing in drawn] + [
        single.get(s.sprite) or single[costumes.role(s.sprite)]
        for s in found.subjects
        if s.sprite in single or costumes.role(s.sprite) in single
    ]
    homes += [_home(s, found) for s in found.subjects if s.sprite]
    if found.features & {"planet", "earth"} or any(s.sprite in single and s.action == "air" for s in found.subjects):
        homes = ["galaxy" if home == "moon" else home for home in homes]
    homes = [home for home in homes if home != "sky"] or homes  # what flies over a house does so where the house is
    if "table" in homes and any(s.sprite and sprites.info(s.sprite).group == "people-body" for s in found.subjects):
        homes = [home for home in homes if home != "table"]  # nobody stands among the cups
    if homes:
        outside = homes[0] not in INDOOR or not any(map(_outdoors, found.subjects))
        return _suits(homes[0] if outside else "garden", found), frozenset()
    if found.time or found.weather or found.features or found.season:
        return "hills", frozenset()
    return ("abstract" if found.unknown or not found.letterings else "studio"), frozenset()


def _outdoors(subject: Subject) -> bool:
    """Whether no room would hold it: buildings and vehicles, and who rides."""
    return subject.relation == "riding" or (bool(subject.sprite) and _wheeled(subject.sprite))


def _wheeled(sprite: str) -> bool:
    return sprites.info(sprite).subgroup in ("place-building", "transport-ground") and "wheelchair" not in sprite


def _merged(main: str, rest: frozenset[str], found: Description) -> str:
    """Two places that make a third."""
    if main == "sea" and rest & {"cliff", "hills", "mountains"}:
        return "coast"
    if "road" in rest and main in CROSSED:
        return "road"
    if main == "sea" and any(s.drawing == "lighthouse" for s in found.subjects):
        return "coast"
    return main


def _home(subject: Subject, found: Description) -> str:
    info = sprites.info(subject.sprite)
    if found.camera == "close" and info.stance in ("bust", "face"):
        return "studio"
    if subject.action == "air" and info.stance not in ("held",):
        return "sky"
    if subject.sprite in ("man-standing", "woman-standing", "person-standing"):
        return "garden"
    return vocabulary.inverse("homes").get(info.subgroup, "studio")


def _suits(place: str, found: Description) -> str:
    """Weather and season need the open air."""
    outdoors = found.weather or found.season in ("winter", "autumn") or found.features
    if (
        place in INDOOR
        and outdoors
        and not any(s.sprite and sprites.info(s.sprite).stance == "held" for s in found.subjects)
    ):
        return "garden"
    return place


def _weather(found: Description, rng: np.random.Generator) -> frozenset[str]:
    weathers = set(found.weather) - {"clear", "wind", "rainbow"}
    if "rainbow" in found.weather:
        weathers.add("rainbow")
    if found.season == "winter" and not weathers and "snow" not in found.negated and rng.random() < 0.5:
        weathers.add("snow")
    if "clouds" in weathers and "sun" not in found.features and found.time in ("", "day"):
        weathers.add("overcast")
    return frozenset(weathers)


def _usual_time(found: Description, place: str, rng: np.random.Generator) -> str:
    if (
        "aurora" in found.weather
        or "stars" in found.features
        or "moon" in found.features
        or "neon" in found.looks
        or any(t.carrier == "neon" for t in found.letterings)
    ):
        return "night"
    if "gloomy" in found.mood:
        return "dusk"
    if place in ("moon", "galaxy") or set(found.weather) & {"rain", "storm", "fog", "snow", "clouds"}:
        return "day"
    if "glow" in found.light or "magic" in found.mood:
        return "dusk"
    return str(rng.choice(["day", "day", "golden", "day"]))


def paint(setting: Setting, width: int, height: int, rng: np.random.Generator) -> Stage:
    """The empty stage of a setting, (height, width) pixels."""
    stage = _empty(setting, width, height, rng)
    if setting.place not in INDOOR | UNDER_NO_SKY - {"cave"}:
        _sky(stage, setting)
    if "view" in setting.features and setting.also:
        stage.view = _view(setting, rng)
    PAINTERS.get(setting.place, PAINTERS["meadow"])(stage, setting)
    if stage.surface == "water" and setting.stands:
        # Who neither swims nor flies needs ground under the feet.
        waters.bank(stage, setting)
        stage.surface = "ground"
    if "rails" in setting.features and stage.surface == "ground":
        railway.track(stage)
    if "shallow" in setting.features:
        # A lens that is close to one thing has the rest out of focus.
        stage.picture = blur(stage.picture, max(width, height) * 0.010)
    air = stage.surface == "air"
    for feature in ("planet", "earth"):
        if feature in setting.features and (feature, setting.place) != ("earth", "moon"):  # which has it in its sky
            x, y = width * (0.5 - 0.30 * stage.light.side), height * (0.34 if air else 0.24)
            beyond.planet(stage, feature, x, y, min(height, width) * (0.24 if air else 0.15))
    return stage


def _view(setting: Setting, rng: np.random.Generator) -> Plane | None:
    """What a window with a view shows: the other place named, painted small."""
    seen = next(
        (place for place in FIRST + tuple(sorted(setting.also)) if place in setting.also & PAINTERS.keys()), None
    )
    if seen is None or seen in INDOOR:
        return None
    beyond_it = replace(setting, place=seen, features=setting.features - {"view"}, shown=frozenset(), stands=False)
    beyond_it = replace(beyond_it, horizon=0.62, time="" if setting.time == "indoor" else setting.time)
    return paint(beyond_it, 300, 240, rng).picture


def _empty(setting: Setting, width: int, height: int, rng: np.random.Generator) -> Stage:
    side = float(rng.choice([-1.0, 1.0]) * rng.uniform(0.45, 0.95))
    light = light_for(setting.time, setting.weather, side)
    if setting.place in ("underwater", "galaxy", "moon"):
        haze = (0.06, 0.36, 0.56) if setting.place == "underwater" else (0.05, 0.05, 0.1)
        light = replace(light_for("day", frozenset(), side), haze=haze)
    if setting.place == "mars" and not light.dark and light.height >= 0.5:
        light = light_for("mars", setting.weather, side)
    horizon = int(height * setting.horizon)
    floor = min(height - 1, horizon + int((height - horizon) * 0.16))
    stage = Stage(np.zeros((height, width, 3), np.float32), light, rng, setting.place, horizon, floor)
    stage.snowy = setting.season == "winter" or "snow" in setting.weather
    stage.haze = 0.95 if "fog" in setting.weather else 0.7 if setting.weather & {"rain", "storm", "snow"} else 0.5
    return stage


def _sky(stage: Stage, setting: Setting) -> None:
    features = setting.features
    if setting.weather & {"rain", "storm", "fog", "overcast"} and "sun" not in features:
        features = features | {"no-sun"}
    clouds = 0.0 if setting.place == "mars" else setting.clouds
    stage.picture = paint_sky(stage.rng, stage.height, stage.width, stage.horizon, stage.light, clouds, features)
    weather.behind(stage, setting.weather, setting.features)
