"""Another hour, season or weather: the light graded, the sky painted new, leaves and ground changed, rain let fall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np

from gesso.engines.sketch.edit import mattes, overlays, seasons
from gesso.engines.sketch.edit.canvas import LUMA, Canvas, Plane, lifted, luma, smooth, to_unit
from gesso.engines.sketch.edit.overlays import Ground
from gesso.engines.sketch.edit.regions import View
from gesso.engines.sketch.edit.steps import Atmosphere
from gesso.engines.sketch.scene import weather
from gesso.engines.sketch.scene.light import Light, light_for
from gesso.engines.sketch.scene.noise import blend, fbm
from gesso.engines.sketch.scene.sky import paint_sky
from gesso.engines.sketch.scene.stage import Stage

SEASONS = ("winter", "spring", "summer", "autumn")
CLOUDED = frozenset({"rain", "storm", "snow", "clouds", "overcast", "dramatic"})
WET = frozenset({"rain", "storm", "snow", "fog"})
NIGHTLY = 0.2
"""Median brightness below which a picture is of the night."""

SIDE = 0.35
"""Where the sun of a new sky stands."""


@dataclass(frozen=True, slots=True)
class Grade:
    """Light of an hour on the land: `power` darkens the middle tones, `tint` colours, `rich` is saturation."""

    power: float
    tint: tuple[float, float, float]
    rich: float = 1.0
    lift: tuple[float, float, float] = (0.0, 0.0, 0.0)


GRADES: Mapping[str, Grade] = {
    "day": Grade(0.92, (1.02, 1.0, 0.98), 1.08),
    "sunrise": Grade(1.0, (1.06, 0.92, 0.86), 0.95, (0.05, 0.02, 0.03)),
    "golden": Grade(1.0, (1.14, 0.97, 0.70), 1.10, (0.03, 0.01, 0.0)),
    "sunset": Grade(1.22, (1.10, 0.78, 0.58), 1.08, (0.05, 0.01, 0.04)),
    "dusk": Grade(1.45, (0.68, 0.60, 0.82), 0.85, (0.03, 0.02, 0.06)),
    "night": Grade(1.45, (0.26, 0.34, 0.56), 0.55, (0.004, 0.010, 0.035)),
    "rain": Grade(1.15, (0.78, 0.83, 0.88), 0.62, (0.02, 0.03, 0.04)),
    "storm": Grade(1.35, (0.62, 0.68, 0.78), 0.55, (0.01, 0.015, 0.03)),
    "clouds": Grade(1.05, (0.90, 0.93, 0.96), 0.80, (0.02, 0.02, 0.02)),
    "fog": Grade(0.95, (0.95, 0.97, 0.99), 0.70, (0.03, 0.03, 0.03)),
    "snow": Grade(0.98, (0.92, 0.96, 1.02), 0.75, (0.02, 0.02, 0.03)),
    "clear": Grade(0.92, (1.03, 1.0, 0.96), 1.12),
    "winter": Grade(0.96, (0.94, 0.98, 1.04), 0.80),
    "spring": Grade(0.92, (1.0, 1.02, 0.99), 1.08),
    "summer": Grade(0.93, (1.06, 1.01, 0.90), 1.18),
    "autumn": Grade(1.02, (1.08, 0.99, 0.84), 1.05),
}
"""Grades by hour, weather and season; an hour goes before a weather, that before a season."""


@dataclass(frozen=True, slots=True)
class Land:
    """What is known of the picture's space: masks at the view's size, the horizon as a share of the height."""

    sky: Plane | None
    front: Plane | None
    horizon: float


def survey(view: View) -> Land:
    """Look for sky, front and horizon."""
    horizon = 0.45
    if view.sky is not None:
        ends = (view.sky > 0.5).sum(axis=0) / len(view.sky)
        horizon = float(np.clip(np.quantile(ends, 0.7) + 0.02, 0.12, 0.85))
    return Land(view.sky, view.front, horizon)


def apply(canvas: Canvas, step: Atmosphere) -> bool:
    """Change hour, season and weather. Always possible: without a sky the light alone changes."""
    view = View(canvas.pixels)
    land = survey(view)
    if not step.time and step.weather & WET and float(np.median(luma(to_unit(view.rgb)))) < NIGHTLY:
        # Rain or snow at night does not bring the day.
        step = replace(step, time="night")
    main = step.time or next((w for w in GRADES if w in step.weather), "") or step.season or "day"
    light = _light(step)
    if step.season:
        seasons.apply(canvas, view, land.horizon, step.season)
    if step.time or step.season or step.weather & GRADES.keys():
        _grade(canvas, GRADES.get(main, GRADES["day"]), view)
    if land.sky is not None and _new_sky(step):
        _paint_sky(canvas, land, land.sky, light, step)
    _air(canvas, land, light, step)
    words = [step.time, step.season, *sorted(step.weather)]
    where = "sky and land" if land.sky is not None else "the light; no sky was found"
    canvas.log(f"Atmosphere: {', '.join(filter(None, words))} ({where}).")
    return True


def _light(step: Atmosphere) -> Light:
    wet = step.weather | ({"overcast"} if step.weather & CLOUDED or step.season == "winter" else set())
    if "dramatic" in step.weather:
        return light_for(step.time or "sunset", frozenset(), SIDE)
    light = light_for(step.time or "day", frozenset(wet), SIDE)
    return light if step.time or "storm" not in step.weather else replace(light, side=SIDE)


def _new_sky(step: Atmosphere) -> bool:
    return bool(step.time or step.season in ("winter", "summer") or step.weather - {"rainbow", "wind"})


def _grade(canvas: Canvas, grade: Grade, view: View) -> None:
    strength = np.float32(min(1.25, canvas.effect))
    inside = view.sky is None
    front = soft(view.front) if inside and grade.tint[1] < 0.5 and view.front is not None else None
    if inside:
        grade = _lamplit(grade)
    tint, lift = np.array(grade.tint, np.float32), np.array(grade.lift, np.float32)
    dark = grade.tint[1] < 0.5
    level = float(np.median(luma(to_unit(view.rgb))))
    # A picture that is dark already is not darkened as much again; by day it is brought to a day's brightness.
    power = grade.power
    if grade.tint[1] >= 0.9:
        power *= float(np.clip(np.log(0.45) / np.log(np.clip(level, 0.05, 0.9)), 0.45, 1.0)) if level < 0.35 else 1.0
    elif level < 0.2:
        power, tint = 1.0, tint ** np.float32(0.5)

    # The rows are bytes over 255: a table bends them, and what follows is linear in the bent ones.
    bent = (np.arange(256, dtype=np.float32) / 255) ** np.float32(power)
    rich = np.float32(grade.rich)
    mixed = tint[:, None] * (rich * np.eye(3, dtype=np.float32) + (1 - rich) * np.array(LUMA, np.float32))
    matrix = np.hstack([mixed * strength, (lift * strength)[:, None]])
    shape = canvas.pixels.shape[:2]

    def band(rows: Plane, top: int) -> Plane:
        bytes_ = np.rint(rows * 255).astype(np.uint8)
        out = np.asarray(cv2.transform(cv2.LUT(bytes_, bent), matrix), np.float32)
        if front is not None:
            out = out * (LEFT_DARK + (LAMP - LEFT_DARK) * lifted(front, shape, top, top + len(rows))[..., None])
        if dark:
            out += _lamps(rows) * (np.array((0.95, 0.72, 0.36), np.float32) * strength)
        return out + rows * (1 - strength) if strength != 1 else out

    canvas.change(band)


LAMP, LEFT_DARK = np.array((1.34, 1.20, 1.0), np.float32), np.float32(0.72)
"""At night within walls: what a lamp gives to who is in front, and what is left of the light behind them."""


def _lamplit(grade: Grade) -> Grade:
    """A grade for a picture without a sky: some of the light is a lamp's."""
    if grade.tint[1] < 0.5:
        return replace(grade, power=1.15, tint=(0.42, 0.50, 0.74))
    red, green, blue = ((1 + value) / 2 for value in grade.tint)
    return replace(grade, power=(1 + grade.power) / 2, tint=(red, green, blue))


def _lamps(rows: Plane) -> Plane:
    """Bright warm spots stay alight at night; red paint is warm, but no lamp."""
    bright = smooth(0.70, 0.86, luma(rows)) * smooth(0.10, 0.35, rows[..., 0] - rows[..., 2])
    return (bright * 0.55)[..., None]


def _paint_sky(canvas: Canvas, land: Land, mask: Plane, light: Light, step: Atmosphere) -> None:
    """A new sky behind the old one's outline, and a little of its colour on the far land."""
    width, height = overlays.size_of(canvas)
    clouds = (
        0.85 if step.weather & CLOUDED else 0.0 if "clear" in step.weather else 0.7 if step.season == "winter" else 0.4
    )
    if step.time == "night":
        clouds = min(clouds, 0.18) if not step.weather & CLOUDED else 0.6
    rng = np.random.Generator(np.random.PCG64(int(canvas.rng.integers(2**31))))
    row = max(4, round(land.horizon * height))
    features = frozenset({"no-sun"}) if step.weather & CLOUDED else frozenset[str]()
    painted = np.clip(paint_sky(rng, height, width, row, light, clouds, features), 0, 1).astype(np.float32)
    if step.weather & {"rainbow", "aurora", "storm"}:
        painted = _behind(painted, light, row, step.weather, rng)
    source, matte = canvas.pixels, mattes.refined(mask, canvas.pixels, 0.006, 1e-4)
    shape, strength = canvas.pixels.shape[:2], np.float32(min(1.0, 0.35 + 0.65 * canvas.effect))
    behind = 1 - soft(land.front) if land.front is not None else np.ones_like(mask)
    haze = np.array(blend(light.horizon, light.haze, 0.5), np.float32)

    def band(rows: Plane, top: int) -> Plane:
        share = matte.rows(source, top, top + len(rows))[..., None]
        at = (np.arange(top, top + len(rows), dtype=np.float32) + 0.5) / shape[0]
        far = (0.22 * np.exp(-np.abs(at - np.float32(land.horizon)) / np.float32(0.10)))[:, None]
        far = (far * lifted(behind, shape, top, top + len(rows)))[..., None]
        land_rows = rows + (haze - rows) * far
        if not share.any():
            return rows + (land_rows - rows) * strength
        new = lifted(painted, shape, top, top + len(rows))
        return rows + (land_rows + (new - land_rows) * share - rows) * strength

    canvas.change(band)


def _behind(painted: Plane, light: Light, row: int, kinds: frozenset[str], rng: np.random.Generator) -> Plane:
    stage = Stage(painted, light, rng, "meadow", row, row)
    weather.behind(stage, kinds, frozenset())
    return np.clip(stage.picture, 0, 1).astype(np.float32)


def _air(canvas: Canvas, land: Land, light: Light, step: Atmosphere) -> None:
    """What hangs between viewer and scene."""
    if "fog" in step.weather:
        _fog(canvas, land, light)
    if land.sky is None and step.weather & {"rainbow", "storm", "aurora"}:
        kinds = step.weather & {"rainbow", "storm", "aurora"}
        ground = Ground(light, 0.5, 0.6)
        overlays.paint(canvas, ground, lambda stage: weather.behind(stage, kinds, frozenset()), 0.7)
    elif not step.weather - {"rainbow"} and step.weather and land.sky is not None:
        ground = Ground(light, land.horizon, land.horizon)
        overlays.paint(canvas, ground, lambda stage: weather.behind(stage, frozenset({"rainbow"}), frozenset()), 0.8)
    falling = step.weather & {"rain", "storm", "snow"}
    if falling:
        ground = Ground(light, land.horizon, land.horizon)
        overlays.paint(canvas, ground, lambda stage: weather.before(stage, falling), min(1.0, 0.9 * canvas.effect))


def _fog(canvas: Canvas, land: Land, light: Light) -> None:
    """Thickest far away, thin before what stands in front, in drifting banks."""
    height, width = (land.sky if land.sky is not None else View(canvas.pixels).salient).shape
    rng = np.random.Generator(np.random.PCG64(int(canvas.rng.integers(2**31))))
    rows = ((np.arange(height, dtype=np.float32) + 0.5) / height - np.float32(land.horizon))[:, None]
    near = np.where(rows > 0, np.exp(-rows / 0.28), np.exp(rows / 0.9))
    drift = fbm(rng, height, width, (3, 2.0 * width / height), 4)
    density = (0.20 + 0.62 * near) * (0.92 + 0.22 * drift)
    if land.front is not None:
        density = density * (1 - 0.45 * soft(land.front))
    density = np.clip(density * min(1.3, canvas.effect), 0, 0.94).astype(np.float32)
    colour = np.array(blend(light.haze, (0.86, 0.88, 0.90), 0.6 if not light.dark else 0.05), np.float32)
    kept = np.repeat((1 - density)[..., None], 3, axis=2)
    overlays.over(canvas, density[..., None] * colour, kept)


def soft(mask: Plane) -> Plane:
    """A mask with wide soft edges."""
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), max(mask.shape) / 90), np.float32)
