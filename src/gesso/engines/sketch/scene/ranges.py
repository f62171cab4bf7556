"""What stands at the horizon: hills, mountains, dunes and table mountains that fade into the haze."""

from __future__ import annotations

import cv2
import numpy as np

from gesso.engines.sketch.scene.light import lit
from gesso.engines.sketch.scene.noise import Colour, Plane, fbm, line, mix, step
from gesso.engines.sketch.scene.stage import Stage


def profile(rng: np.random.Generator, width: int, cells: float, rough: float, peak: float = 1.0) -> Plane:
    """A range's outline (width,), 0..1; `peak` above 1 sharpens its summits."""
    outline = line(rng, width, cells, 7, rough)
    low, high = float(outline.min()), float(outline.max())
    # Stretched rather than clipped: a clipped outline makes every hill a table.
    return ((outline - low) / max(high - low, 1e-3)) ** np.float32(peak)


def paint_range(
    stage: Stage, outline: Plane, base: int, tall: float, colour: Colour, far: float, rough: float = 0.22
) -> tuple[int, Plane]:
    """Fill below base - outline * tall with `colour`, lit and hazed by `far` 0..1. Gives its first row and its mask."""
    width = stage.width
    crest = base - outline * np.float32(tall)
    top, bottom = int(np.clip(crest.min() - 1, 0, stage.height - 1)), int(np.clip(base + 1, 1, stage.height))
    bottom = max(bottom, top + 1)
    rows = np.arange(top, bottom, dtype=np.float32)[:, None]
    mask = np.clip(rows - crest[None, :] + 0.5, 0, 1)
    slope = np.gradient(cv2.GaussianBlur(outline[None, :], (0, 0), max(1.0, width / 160))[0]) * width
    facing = np.clip(0.55 + 0.30 * slope * (-1 if stage.light.side > 0 else 1) * -1, 0.12, 1)
    fine = 14 * (bottom - top) / stage.height
    texture = fbm(stage.rng, bottom - top, width, (fine, 14 * width / stage.height), 4)
    down = np.clip((rows - crest[None, :]) / max(tall, 1), 0, 1)
    share = np.clip(facing[None, :] + rough * texture - 0.10 * down, 0, 1).astype(np.float32)
    surface = mix(np.array(lit(colour, stage.light, 0.15), np.float32), lit(colour, stage.light, 1.0), share)
    fog = np.clip(far + (1 - far) * 0.55 * stage.haze * down, 0, 1)
    part = stage.picture[top:bottom]
    stage.picture[top:bottom] = mix(part, mix(surface, stage.light.haze, fog), mask)
    return top, mask


def hills(stage: Stage, layers: int, tall: float, colour: Colour, woods: Colour | None = None) -> None:
    """Rounded hills, the far ones first; `woods` is the colour of the copses on them."""
    for i in range(layers):
        near = (i + 1) / layers
        base = int(stage.horizon + (stage.floor - stage.horizon) * near) + int(stage.height * 0.03)
        outline = 0.12 + 0.88 * profile(stage.rng, stage.width, 1.2 + 1.1 * (1 - near) * 2, 0.30)
        shade = 0.88 + 0.24 * stage.rng.random()
        tone = (colour[0] * shade, colour[1] * shade, colour[2] * shade)
        rise = tall * stage.height * (0.55 + 0.45 * (1 - near))
        far = min(0.85, 0.80 * (1 - near) * (0.5 + stage.haze))
        top, mask = paint_range(stage, outline, base, rise, tone, far, 0.10)
        if woods:
            _copses(stage, top, mask, woods, far)


def _copses(stage: Stage, top: int, mask: Plane, colour: Colour, far: float) -> None:
    """Woods and hedges on a slope: clumps of dark crowns with a lit side."""
    high, width = mask.shape
    if high < 4:
        return
    where = fbm(stage.rng, high, width, (5, 4 * width / stage.height), 3)
    crowns = fbm(stage.rng, high, width, (high / 3 + 2, width / 5 + 2), 2)
    cover = step(0.20, 0.34, where + 0.30 * crowns) * mask
    shade = step(-0.5, 0.6, crowns)
    surface = mix(np.array(lit(colour, stage.light, 0.1), np.float32), lit(colour, stage.light, 1.0), shade)
    part = stage.picture[top : top + high]
    hazed = mix(surface, stage.light.haze, np.float32(far))
    stage.picture[top : top + high] = mix(part, hazed, cover * np.float32(0.85))


def mountains(stage: Stage, tall: float = 0.34, colour: Colour = (0.44, 0.44, 0.52), snow: float = 0.55) -> None:
    """Two or three ranges with ridges that run down from the summits, and snow above a line."""
    for i, (share, far) in enumerate(((1.0, 0.58), (0.72, 0.34), (0.45, 0.16))):
        outline = 0.25 + 0.75 * profile(stage.rng, stage.width, 1.7 + 1.1 * i, 0.47, 1.15)
        base = stage.horizon + 2 + int((stage.floor - stage.horizon) * i / 3)
        fog = far * (0.5 + stage.haze) * (0.55 if stage.light.dark else 1.0)
        _massif(stage, outline.astype(np.float32), base, tall * share * stage.height, colour, fog, snow - 0.12 * i)


def _massif(stage: Stage, outline: Plane, base: int, tall: float, colour: Colour, far: float, snow: float) -> None:
    height, width = stage.height, stage.width
    crest = base - outline * np.float32(tall)
    top = max(0, int(crest.min()) - 1)
    rows = np.arange(top, min(height, base + 2), dtype=np.float32)[:, None]
    if len(rows) < 2:
        return
    mask = np.clip(rows - crest[None, :] + 0.5, 0, 1)
    down = np.clip((rows - crest[None, :]) / max(tall, 1), 0, 1)
    wander = fbm(stage.rng, len(rows), width, (5, 9 * width / height), 4) * width * 0.055
    columns = np.clip(np.arange(width, dtype=np.float32)[None, :] + wander * (0.25 + 1.6 * down), 0, width - 1).astype(
        np.int32
    )
    smooth = cv2.GaussianBlur(outline[None, :], (0, 0), max(1.0, width / 120))[0]
    slope = (np.gradient(smooth) * width * (1 if stage.light.side > 0 else -1))[columns]
    fine = fbm(stage.rng, len(rows), width, (18, 18 * width / height), 4)
    share = step(-0.5, 0.75, -slope * 0.55 + 0.30 * fine)
    surface = mix(
        np.broadcast_to(np.array(lit(colour, stage.light, 0.05), np.float32), (len(rows), width, 3)),
        lit(colour, stage.light, 0.95),
        share,
    )
    if snow > 0:
        altitude = (base - rows) / max(tall, 1)
        cover = step(0.0, 0.16, altitude + 0.16 * fine + 0.10 * share - np.float32(1 - snow))
        white = mix(
            np.broadcast_to(np.array(lit((0.80, 0.87, 1.0), stage.light, 0.1), np.float32), surface.shape),
            lit((1.0, 1.0, 1.0), stage.light, 1.0),
            share,
        )
        surface = mix(surface, white, cover)
    fog = np.clip(far + (1 - far) * 0.65 * (rows - base + tall) / max(tall, 1) * 0.6, 0, 0.95) * np.ones_like(mask)
    part = stage.picture[top : top + len(rows)]
    stage.picture[top : top + len(rows)] = mix(part, mix(surface, stage.light.haze, fog), mask)


def dunes(stage: Stage, colour: Colour = (0.93, 0.70, 0.42)) -> None:
    """Dunes behind each other: a lit and a shaded flank meet in a crest that winds down from the summit."""
    rng, height, width = stage.rng, stage.height, stage.width
    for i in range(7):
        near = i / 6
        foot = stage.horizon + (height - stage.horizon) * (0.05 + 0.42 * near**1.4)
        tall = height * (0.07 + 0.13 * near) * float(rng.uniform(0.75, 1.25))
        wide = width * float(rng.uniform(0.30, 0.46)) * (0.7 + 0.6 * near)
        x = (
            float(rng.uniform(0, 1)) if i < 5 else 0.5 + (0.5 if i % 2 else -0.5) * float(rng.uniform(0.7, 1.1))
        ) * width
        _dune(stage, (x, foot, tall, wide), colour, 0.50 * (1 - near) * (0.5 + stage.haze))


def _dune(stage: Stage, body: tuple[float, float, float, float], colour: Colour, far: float) -> None:
    x0, foot, tall, wide = body
    rng, light, width = stage.rng, stage.light, stage.width
    x = (np.arange(width, dtype=np.float32) - np.float32(x0)) / np.float32(wide)
    steep = float(rng.uniform(1.2, 1.8))
    flank = np.where(
        x < 0, np.abs(x) * (steep if light.side > 0 else 1.0), np.abs(x) * (1.0 if light.side > 0 else steep)
    )
    outline = np.clip(1 - flank**1.35, 0, 1) ** 1.15 + 0.012 * line(rng, width, 5, 3)
    crest = foot - outline * tall
    top, bottom = max(0, int(crest.min()) - 1), min(stage.height, int(foot) + 1)
    if bottom - top < 2:
        return
    rows = np.arange(top, bottom, dtype=np.float32)[:, None]
    down = np.clip((rows - crest.min()) / tall, 0, 1.2)
    winding = 0.30 * np.sin(down * 4.2 + float(rng.uniform(0, 1.5))) * down - 0.12 * np.sign(light.side) * down
    lee = step(-0.012, 0.012, (x[None, :] - winding) * np.float32(-np.sign(light.side)))
    ripple = fbm(rng, bottom - top, width, (tall / 5 + 2, 5), 2) * 0.05
    share = np.clip(0.92 - 0.60 * lee - 0.15 * down + ripple, 0, 1)
    surface = mix(
        np.broadcast_to(np.array(lit(colour, light, 0.0), np.float32), (*share.shape, 3)),
        lit(colour, light, 1.0),
        share,
    )
    # The foot runs out into the sand instead of ending in a line.
    mask = np.clip(rows - crest[None, :] + 0.5, 0, 1) * step(0.0, 0.35, (foot - rows) / tall * np.ones_like(share))
    stage.picture[top:bottom] = mix(
        stage.picture[top:bottom], mix(surface, light.haze, np.float32(min(0.8, far))), mask
    )


def mesas(stage: Stage, colour: Colour = (0.80, 0.44, 0.28)) -> None:
    """Table mountains: walls with strata and flutes over skirts of scree; the near ones frame the picture."""
    rng, height, width = stage.rng, stage.height, stage.width
    for i, (count, tall, far) in enumerate(((7, 0.16, 0.62), (4, 0.24, 0.40), (2, 0.52, 0.10))):
        outline = np.zeros(width, np.float32)
        for k in range(count):
            wide = width * float(rng.uniform(0.05, 0.14)) * (1.6 if i == 2 else 1.0)
            x = float(rng.uniform(0, width)) if i < 2 else width * (0.0 if k == 0 else 1.0)
            outline = np.maximum(outline, _mesa(rng, width, x, wide) * np.float32(rng.uniform(0.55, 1.0)))
        base = stage.horizon + int((stage.floor - stage.horizon) * i * 0.5) + int(height * 0.02)
        walls(stage, outline, base, height * tall, colour, far * (0.55 + 0.6 * stage.haze))


def _mesa(rng: np.random.Generator, width: int, x: float, wide: float) -> Plane:
    """One table mountain's outline (width,), 0..1."""
    away = np.abs(np.arange(width, dtype=np.float32) - np.float32(x)) + line(rng, width, 34, 3) * np.float32(
        wide * 0.10
    )
    wall = 1 - step(wide * 0.92, wide * 1.04, away)
    ledge = 0.66 * (1 - step(wide * 1.10, wide * 1.22, away))
    scree = 0.42 * np.clip(1 - (away - wide * 1.1) / (wide * 1.3), 0, 1) ** 1.3
    return np.maximum(np.maximum(wall * (0.97 + 0.03 * line(rng, width, 20, 3)), ledge), scree).astype(np.float32)


def walls(stage: Stage, outline: Plane, base: int, tall: float, colour: Colour, far: float, foot: float = 0.41) -> None:
    """Rock below base - outline * tall: strata above, scree up to `foot` of the height."""
    rng, light, width = stage.rng, stage.light, stage.width
    crest = base - outline * np.float32(tall)
    top, bottom = max(0, int(crest.min()) - 1), min(stage.height, base + 1)
    if bottom - top < 2:
        return
    rows = np.arange(top, bottom, dtype=np.float32)[:, None]
    mask = np.clip(rows - crest[None, :] + 0.5, 0, 1)
    high = np.clip((base - rows) / tall, 0, 1)
    warp = line(rng, width, 3, 3)[None, :] * 0.03
    strata = line(rng, 512, 34, 2)[np.clip(((high + warp) * 480), 0, 511).astype(np.int32)]
    flutes = fbm(rng, len(rows), width, (2.5, 70 * width / stage.height), 3)
    slope = np.gradient(cv2.GaussianBlur(outline[None, :], (0, 0), max(1.0, width / 90))[0]) * width / 8
    facing = np.clip(0.62 + 0.5 * slope * (1 if light.side < 0 else -1), 0.15, 1)[None, :]
    scree = 1 - step(foot - 0.05, foot + 0.05, high)
    share = np.clip(facing + (0.34 * flutes - 0.08) * (1 - 0.7 * scree) + 0.10 * strata, 0, 1)
    surface = mix(
        np.broadcast_to(np.array(lit(colour, light, 0.0), np.float32), (*share.shape, 3)),
        lit(colour, light, 1.0),
        share,
    )
    surface = surface * (1 + 0.16 * strata * (1 - scree))[..., None]
    surface = mix(
        surface, lit((colour[0] * 1.06, colour[1] * 1.3, colour[2] * 1.4), light, 0.8), scree * np.float32(0.45)
    )
    fog = np.clip(far + 0.25 * stage.haze * (1 - high), 0, 0.9)
    stage.picture[top:bottom] = mix(stage.picture[top:bottom], mix(surface, light.haze, fog * np.ones_like(mask)), mask)
