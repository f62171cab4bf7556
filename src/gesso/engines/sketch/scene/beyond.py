"""Places out of the ordinary: space, the ground of other worlds, under water, caves, and forms of no thing at all."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.scene.ground import craters
from gesso.engines.sketch.scene.land import paint_floor
from gesso.engines.sketch.scene.noise import Colour, Plane, blend, fbm, gradient, mix, step
from gesso.engines.sketch.scene.ranges import paint_range, profile
from gesso.engines.sketch.scene.stage import Stage

NEBULAE: tuple[tuple[Colour, Colour], ...] = (
    ((0.48, 0.20, 0.66), (0.16, 0.50, 0.86)),
    ((0.86, 0.34, 0.46), (0.30, 0.20, 0.66)),
    ((0.10, 0.56, 0.60), (0.36, 0.22, 0.70)),
    ((0.90, 0.52, 0.26), (0.44, 0.16, 0.44)),
)


def space(stage: Stage, nebula: float = 1.0) -> None:
    """Stars in three sizes before clouds of glowing gas with lanes of dust."""
    rng, height, width = stage.rng, stage.height, stage.width
    stage.picture = np.repeat(gradient(height, [(0, (0.010, 0.012, 0.04)), (1, (0.03, 0.025, 0.08))]), width, axis=1)
    first, second = NEBULAE[int(rng.integers(len(NEBULAE)))]
    aspect = width / height
    _faint_stars(stage)
    # Gas drifts: noise is looked up where other noise has carried it, which draws it out into wisps.
    carry = [fbm(rng, height, width, (2.2, 2.2 * aspect), 4) * np.float32(0.16 * height) for _ in range(2)]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    raw = [fbm(rng, height, width, (2.6 + i, (2.6 + i) * aspect), 6, 0.55) for i in range(3)]
    gas, other, dust = (
        cv2.remap(n, x + carry[0], y + carry[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT) for n in raw
    )
    body = step(-0.25, 1.0, gas + 0.35 * other)
    veil = 1 - 0.75 * step(0.05, 0.55, dust)
    stage.picture += (body * veil * np.float32(0.62 * nebula))[..., None] * np.array(first, np.float32)
    stage.picture += (step(-0.1, 0.9, other - 0.3 * gas) * veil * np.float32(0.46 * nebula))[..., None] * np.array(
        second, np.float32
    )
    ridge = np.exp(-((gas / 0.10) ** 2)) * body
    stage.picture += (ridge * veil * np.float32(0.16 * nebula))[..., None] * np.array(
        blend(first, (1, 1, 1), 0.5), np.float32
    )
    stage.picture += (step(0.55, 1.2, gas + 0.3 * other) * veil * np.float32(0.28 * nebula))[..., None]
    _stars(stage, height)
    stage.surface, stage.horizon, stage.floor, stage.haze = "air", height, height, 0.0


def _faint_stars(stage: Stage) -> None:
    """The dust of stars too many to tell apart."""
    rng = stage.rng
    shape = stage.picture.shape[:2]
    spots = np.where(rng.random(shape, np.float32) < 0.012, rng.random(shape, np.float32), 0) * np.float32(0.5)
    stage.picture += cv2.GaussianBlur(spots, (0, 0), 0.5)[..., None]


def _stars(stage: Stage, rows: int) -> None:
    """Single stars, blue-white to orange; the brightest with rays."""
    rng, width = stage.rng, stage.width
    count = width * rows // 420
    layer = np.zeros((stage.height, width, 3), np.float32)
    xs, ys = rng.integers(0, width, count), rng.integers(0, max(1, rows), count)
    light = rng.pareto(2.2, count).clip(0.05, 3.0).astype(np.float32) * np.float32(0.28)
    warm = rng.random((count, 1), np.float32)
    tint = np.array((0.78, 0.87, 1.0), np.float32) + warm * np.array((0.22, 0.02, -0.28), np.float32)
    layer[ys, xs] = light[:, None] * tint
    spread = np.where(layer > 0.55, layer, 0)
    stage.picture += cv2.GaussianBlur(layer, (0, 0), 0.55) * 1.8 + cv2.GaussianBlur(spread, (0, 0), 2.0) * 6
    for i in np.argsort(light)[-5:]:
        _rays(stage, int(xs[i]), int(ys[i]), tint[i])


def _rays(stage: Stage, x: int, y: int, tint: Plane) -> None:
    reach = max(4, stage.height // 42)
    at = np.exp(-np.abs(np.arange(-reach, reach + 1, dtype=np.float32)) / (reach * 0.28)) * np.float32(0.8)
    for rows, columns, values in (
        (range(y, y + 1), range(x - reach, x + reach + 1), at),
        (range(y - reach, y + reach + 1), range(x, x + 1), at),
    ):
        inside = [(r, c, v) for (r, c), v in zip(((r, c) for r in rows for c in columns), values, strict=True)
                  if 0 <= r < stage.height and 0 <= c < stage.width]  # fmt: skip
        for r, c, v in inside:
            stage.picture[r, c] += v * tint


def planet(stage: Stage, kind: str, x: float, y: float, radius: float) -> None:
    """A lit sphere: `earth`, `planet` (banded, ringed), `moon` or `mars`."""
    height, width = stage.height, stage.width
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    u, v = (columns - np.float32(x)) / np.float32(radius), (rows - np.float32(y)) / np.float32(radius)
    r2 = u * u + v * v
    z = np.sqrt(np.clip(1 - r2, 0, 1))
    sun = np.array([0.75 * stage.light.side or 0.5, -0.45, 0.55])
    sun /= np.linalg.norm(sun)
    lit_side = np.clip(u * sun[0] + v * sun[1] + z * sun[2], 0, 1).astype(np.float32)
    noise = fbm(stage.rng, height, width, (height / radius * 1.6, width / radius * 1.6), 5)
    if kind == "earth":
        surface = mix(
            np.broadcast_to(np.array((0.06, 0.26, 0.62), np.float32), (height, width, 3)),
            (0.26, 0.52, 0.24),
            step(0.05, 0.15, noise),
        )
        clouds = fbm(stage.rng, height, width, (height / radius * 2.5, width / radius * 1.5), 5)
        surface = mix(surface, (0.97, 0.98, 1.0), step(0.1, 0.6, clouds) * 0.85)
    elif kind == "planet":
        bands = np.sin((v + 0.05 * noise) * 14) * 0.5 + 0.5
        surface = mix(
            np.broadcast_to(np.array((0.86, 0.66, 0.44), np.float32), (height, width, 3)),
            (0.62, 0.40, 0.30),
            bands.astype(np.float32),
        )
    else:
        base: Colour = (0.80, 0.42, 0.28) if kind == "mars" else (0.78, 0.78, 0.76)
        surface = np.array(base, np.float32) * (1 + 0.25 * noise)[..., None]
    disc = np.clip((1 - np.sqrt(r2)) * np.float32(radius) + 0.5, 0, 1)
    air = (
        np.exp(-(((np.sqrt(r2) - 1) / 0.07) ** 2))
        * lit_side.max()
        * (0.5 + 0.5 * np.clip(u * sun[0] + v * sun[1], -1, 1))
    )
    if kind == "earth":
        stage.picture = mix(stage.picture, (0.45, 0.70, 1.0), np.clip(air, 0, 1).astype(np.float32) * 0.7)
    stage.picture = mix(stage.picture, surface * (0.03 + 1.05 * lit_side)[..., None], disc)
    if kind == "planet":
        _ring(stage, u, v)


def _ring(stage: Stage, u: npt.NDArray[Any], v: npt.NDArray[Any]) -> None:
    flat = np.hypot(u, (v + u * 0.16) * 3.6)
    band = step(1.25, 1.32, flat) * (1 - step(2.0, 2.1, flat)) * (0.55 + 0.35 * np.sin(flat * 40))
    front = np.where((u * u + v * v < 1) & (v + u * 0.16 < 0), 0, 1).astype(np.float32)
    stage.picture = mix(stage.picture, (0.90, 0.80, 0.64), np.clip(band, 0, 1) * front * 0.8)


def world(stage: Stage, kind: str) -> None:
    """The ground of the moon or Mars under its sky."""
    if kind == "moon":
        horizon, floor = stage.horizon, stage.floor
        space(stage, 0.12)
        stage.surface, stage.horizon, stage.floor, stage.haze = "ground", horizon, floor, 0.04
        size = min(stage.height, stage.width)
        # Well aside: in the middle it would be hidden by who stands there.
        away = np.sign(stage.light.side) * (0.27 + 0.07 * abs(stage.light.side))
        planet(stage, "earth", stage.width * (0.5 - away), horizon * 0.34, size * 0.12)
    for i, tall in enumerate((0.10, 0.06)):
        colour: Colour = (0.52, 0.52, 0.55) if kind == "moon" else (0.70, 0.38, 0.24)
        paint_range(
            stage,
            profile(stage.rng, stage.width, 2 + i, 0.4),
            stage.horizon + 3,
            tall * stage.height,
            colour,
            0.1 if kind == "moon" else 0.5 - 0.2 * i,
        )
    paint_floor(stage, kind)
    craters(stage)


def cave(stage: Stage) -> None:
    """Dark rock around an opening that lets light in."""
    rng, height, width = stage.rng, stage.height, stage.width
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    rough = fbm(rng, height, width, (5, 5 * width / height), 5, 0.55)
    away = np.hypot((x / width - 0.5 - 0.1 * stage.light.side) / 0.34, (y / height - 0.42) / 0.36) + rough * 0.16
    slope = np.roll(rough, 3, axis=0) - rough
    rock = np.array((0.40, 0.33, 0.30), np.float32) * (0.55 + 0.35 * rough + 1.6 * slope)[..., None]
    lit_by = np.exp(-np.clip(away - 0.9, 0, 3) * 1.5)
    rock = rock * (0.25 + 1.1 * lit_by)[..., None] * np.array(stage.light.sun, np.float32)
    stage.picture = mix(stage.picture, np.clip(rock, 0, 1), step(0.86, 0.96, away))
    # Daylight that spills in; faint, since it lies over who stands in it.
    red, green, blue = blend(stage.light.horizon, (1, 1, 1), 0.4)
    faint = (red * 0.25, green * 0.25, blue * 0.25)
    stage.lamps.append((width * (0.5 + 0.1 * stage.light.side), height * 0.4, width * 0.4, faint))


def abstract(stage: Stage) -> None:
    """Soft overlapping forms, for prompts that name nothing that can be drawn."""
    rng, height, width = stage.rng, stage.height, stage.width
    hue = float(rng.random())
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    picture = np.repeat(gradient(height, [(0, _hue(hue, 0.35, 0.95)), (1, _hue(hue + 0.12, 0.5, 0.75))]), width, axis=1)
    for _ in range(9):
        cx, cy, size = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0.10, 0.34) * max(width, height)
        far = np.hypot(x - np.float32(cx), y - np.float32(cy)) / np.float32(size)
        disc = 1 - step(0.97, 1.0, far)
        shade = np.clip(
            0.55 + 0.5 * ((cx - x) * np.float32(-stage.light.side) + (cy - y)) / np.float32(size), 0.2, 1.15
        )
        colour = np.array(
            _hue(hue + float(rng.choice([0.0, 0.08, 0.5, 0.58])), float(rng.uniform(0.35, 0.75)), 0.95), np.float32
        )
        shadow = np.exp(
            -(
                np.maximum(
                    np.hypot(x - np.float32(cx - stage.light.side * size * 0.12), y - np.float32(cy + size * 0.14))
                    / np.float32(size)
                    - 0.9,
                    0,
                )
                ** 2
            )
            * 40
        )
        picture = picture * (1 - 0.28 * shadow * (1 - disc))[..., None]
        picture = mix(picture, colour * shade[..., None].astype(np.float32), disc)
    stage.picture = picture
    stage.surface, stage.floor, stage.haze = "air", height, 0.0


def _hue(hue: float, saturation: float, value: float) -> Colour:
    import colorsys

    return colorsys.hsv_to_rgb(hue % 1, saturation, value)
