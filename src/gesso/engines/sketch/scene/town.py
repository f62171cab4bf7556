"""Towns: a skyline with lit windows, and a street that runs to the vanishing point between house fronts."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.scene.light import lit
from gesso.engines.sketch.scene.noise import Colour, Plane, blend, blur, mix, on_floor
from gesso.engines.sketch.scene.stage import Stage

WALLS: tuple[Colour, ...] = (
    (0.74, 0.44, 0.36),
    (0.88, 0.76, 0.58),
    (0.62, 0.66, 0.72),
    (0.80, 0.58, 0.42),
    (0.54, 0.60, 0.62),
    (0.86, 0.82, 0.74),
    (0.48, 0.56, 0.66),
)
LAMP: Colour = (1.0, 0.80, 0.46)
SIGNS: tuple[Colour, ...] = (
    (1.0, 0.25, 0.50),
    (0.20, 0.85, 1.0),
    (1.0, 0.72, 0.20),
    (0.55, 0.40, 1.0),
    (0.30, 1.0, 0.65),
)


def skyline(stage: Stage, base: int, tall: float = 0.42, layers: int = 3) -> None:
    """High-rises behind each other; after dark their windows are lit."""
    rng, width = stage.rng, stage.width
    for i in range(layers):
        near = (i + 1) / layers
        x = -float(rng.uniform(0, width * 0.05))
        while x < width:
            wide = width * float(rng.uniform(0.045, 0.105)) * (0.75 + 0.5 * near)
            centre = 1 - abs((x + wide / 2) / width - 0.5) * 0.9
            high = stage.height * tall * float(rng.uniform(0.35, 1.0)) * (1.15 - 0.45 * near) * centre
            _tower(stage, int(x), int(x + wide), int(base - high), base, 0.70 * (1 - near) + 0.08)
            x += wide * float(rng.uniform(0.92, 1.25))


def _tower(stage: Stage, left: int, right: int, top: int, base: int, far: float) -> None:
    rng, light = stage.rng, stage.light
    wide, high = max(4, right - left), max(6, base - top)
    wall = blend(WALLS[int(rng.integers(len(WALLS)))], (0.5, 0.55, 0.62), 0.6)
    front = _facade(rng, high, wide, wall, light.dark, max(4, int(stage.width / 110)), stage)
    split = int(wide * (0.34 if light.side > 0 else 0.66))
    shade = np.ones((1, wide, 1), np.float32)
    shade[:, :split] *= 0.72 if light.side > 0 else 1.0
    shade[:, split:] *= 1.0 if light.side > 0 else 0.72
    front = mix(front * shade, light.haze, np.float32(min(0.9, far * (0.6 + stage.haze))))
    if rng.random() < 0.35:
        crown = int(wide * 0.3)
        step_top = max(0, top - int(high * 0.10))
        _put(stage, left + crown, step_top, front[: max(1, top - step_top), crown : wide - crown])
    _put(stage, left, top, front)


def _facade(rng: np.random.Generator, high: int, wide: int, wall: Colour, dark: bool, cell: int, stage: Stage) -> Plane:
    """A wall with a grid of windows, (high, wide, 3)."""
    light = stage.light
    front = np.empty((high, wide, 3), np.float32)
    front[:] = lit(wall, light, 0.55)
    front *= np.linspace(1.06, 0.86, high, dtype=np.float32)[:, None, None]
    rows, columns = high // (cell + 2), max(1, wide // cell)
    if rows < 1:
        return front
    lights = rng.random((rows, columns))
    glass = np.array(lit(blend(light.middle, (0.3, 0.4, 0.5), 0.5), light, 0.5), np.float32)
    lamp = np.array(LAMP, np.float32)
    on = 0.42 if dark else 0.03
    values = np.where(
        (lights < on)[..., None],
        lamp * (0.65 + 0.5 * rng.random((rows, columns, 1))),
        glass * (0.75 + 0.5 * rng.random((rows, columns, 1))),
    ).astype(np.float32)
    grid = np.kron(values, np.ones((cell + 2, cell, 1), np.float32))[:high, :wide]
    y, x = np.arange(grid.shape[0])[:, None] % (cell + 2), np.arange(grid.shape[1])[None, :] % cell
    pane = ((y >= 2) & (y < cell) & (x >= max(1, cell // 4)) & (x < cell)).astype(np.float32)
    front[: grid.shape[0], : grid.shape[1]] = mix(front[: grid.shape[0], : grid.shape[1]], grid, pane)
    return front


def _put(stage: Stage, left: int, top: int, part: Plane) -> None:
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(stage.width, left + part.shape[1]), min(stage.height, top + part.shape[0])
    if x1 > x0 and y1 > y0:
        stage.picture[y0:y1, x0:x1] = part[y0 - top : y1 - top, x0 - left : x1 - left]


def street(stage: Stage, wet: bool) -> None:
    """A street between two rows of houses; wet ones mirror what is above."""
    height, width, horizon = stage.height, stage.width, stage.horizon
    middle = width * 0.5
    skyline(stage, horizon + 2, 0.30, 2)
    half_far, half_near = width * 0.055, width * 0.46
    _pavement(stage, middle, half_far, half_near)
    for side in (-1, 1):
        _row_of_houses(stage, side, middle, half_far * 1.6, half_near * 1.16)
    if wet:
        _wet(stage)
    stage.floor = int(horizon + (height - horizon) * 0.22)
    stage.frame = (0.12, 0.88)


def _row_of_houses(stage: Stage, side: int, middle: float, far: float, near: float) -> None:
    """House fronts on one side: each a textured quad between two depths."""
    rng, height, horizon = stage.rng, stage.height, stage.horizon
    depths = np.array([1.0, 1.55, 2.4, 3.7, 5.8, 9.0])
    for nearer, farther in reversed(list(pairwise(depths))):
        tall = float(rng.uniform(0.85, 1.35))
        front = _house_front(stage, 230, 170)
        xs = [middle + side * (far + (near * 1.25 - far) / d) for d in (nearer, farther)]
        foot = [horizon + (height - horizon) * 1.02 / d for d in (nearer, farther)]
        head = [horizon - height * 0.62 * tall / d for d in (nearer, farther)]
        corners = np.array([[xs[0], head[0]], [xs[1], head[1]], [xs[1], foot[1]], [xs[0], foot[0]]], np.float32)
        away = min(0.75, 0.10 * (nearer - 1) * (0.6 + stage.haze))
        facing = 1.0 if side * stage.light.side < 0 else 0.74
        _quad(stage, mix(front * np.float32(facing), stage.light.haze, np.float32(away)), corners)


def _house_front(stage: Stage, high: int, wide: int) -> Plane:
    rng, light = stage.rng, stage.light
    wall = WALLS[int(rng.integers(len(WALLS)))]
    front = np.empty((high, wide, 3), np.float32)
    front[:] = lit(wall, light, 0.7)
    front *= (
        1 + 0.05 * rng.standard_normal((high // 4 + 1, wide // 8 + 1)).repeat(4, 0).repeat(8, 1)[:high, :wide, None]
    ).astype(np.float32)
    glass = lit(blend(light.zenith, (0.35, 0.45, 0.55), 0.5), light, 0.6)
    for row in range(4):
        for column in range(4):
            on = rng.random() < (0.55 if light.dark else 0.06)
            x, y = 14 + column * 40, 14 + row * 42
            pane = blend(LAMP, (1, 1, 1), 0.1) if on else glass
            cv2.rectangle(front, (x - 3, y - 3), (x + 24, y + 29), tuple(c * 0.7 for c in lit(wall, light, 0.8)), -1)
            cv2.rectangle(front, (x, y), (x + 21, y + 26), pane, -1)
            cv2.line(front, (x + 10, y), (x + 10, y + 26), tuple(c * 0.75 for c in lit(wall, light, 0.8)), 2)
    shop = LAMP if light.dark else blend(glass, (0.9, 0.85, 0.7), 0.3)
    awning = (
        SIGNS[int(rng.integers(len(SIGNS)))]
        if light.dark
        else blend(SIGNS[int(rng.integers(len(SIGNS)))], (0.45, 0.35, 0.3), 0.45)
    )
    cv2.rectangle(front, (8, high - 44), (wide - 8, high - 4), shop, -1)
    cv2.rectangle(front, (wide // 2 - 9, high - 42), (wide // 2 + 9, high), lit((0.3, 0.22, 0.18), light, 0.7), -1)
    stripes = np.array([awning if i // 9 % 2 else blend(awning, (1, 1, 1), 0.7) for i in range(wide)], np.float32)
    front[high - 58 : high - 44] = (
        stripes * np.float32(1.0 if light.dark else 0.9) if light.dark else stripes * np.array(light.sun, np.float32)
    )
    return front


def _quad(stage: Stage, texture: Plane, corners: npt.NDArray[Any]) -> None:
    rows, columns = texture.shape[:2]
    source = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    left, right = int(max(0, np.floor(corners[:, 0].min()))), int(min(stage.width, np.ceil(corners[:, 0].max())))
    if right <= left:
        return
    transform = cv2.getPerspectiveTransform(source, corners - np.array([left, 0], np.float32))
    size = (right - left, stage.height)
    flat = cv2.warpPerspective(texture, transform, size, flags=cv2.INTER_AREA)
    mask = np.zeros((stage.height, right - left), np.float32)
    cv2.fillPoly(mask, [((corners - [left, 0]) * 8).astype(np.int32)], 1.0, cv2.LINE_AA, 3)
    stage.picture[:, left:right] = mix(stage.picture[:, left:right], flat, mask * (flat.sum(axis=2) > 0))


def _pavement(stage: Stage, middle: float, far: float, near: float) -> None:
    """Pavements, kerbs, asphalt with a dashed line, worn and spotted."""
    width, horizon = stage.width, stage.horizon
    light, rows = stage.light, stage.height - stage.horizon
    rough = on_floor(stage.rng, rows, width, 26, 3)
    at = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    x = np.abs(np.arange(width, dtype=np.float32)[None, :] - np.float32(middle))
    road_edge = far + (near * 0.74 - far) * at
    stone = np.array(lit((0.64, 0.62, 0.60), light, 0.7), np.float32) * (1 + 0.10 * rough)[..., None]
    tar = np.array(lit((0.27, 0.28, 0.31), light, 0.7), np.float32) * (1 + 0.16 * rough)[..., None]
    line_wide = 0.010 * width * at + 0.6
    depth = 1 / (at * 0.88 + 0.12)
    dash = ((depth * 2.2) % 1 < 0.55).astype(np.float32) * np.clip(line_wide - x + 0.5, 0, 1)
    tar = mix(tar, lit((0.92, 0.88, 0.74), light, 0.8), dash * 0.85)
    floor = mix(stone, tar, np.clip(road_edge - x + 0.5, 0, 1))
    kerb = np.exp(-(((x - road_edge) / (1 + 0.010 * width * at)) ** 2))
    floor = mix(floor, lit((0.80, 0.78, 0.74), light, 0.8), kerb * 0.7)
    floor = mix(floor, light.haze, np.exp(-at * 8) * np.float32(0.6 * stage.haze) * np.ones((1, width), np.float32))
    stage.picture[horizon:] = floor


def _wet(stage: Stage) -> None:
    """Rain on a street: what is above the ground stands on its head in it, smeared downwards."""
    horizon, rows = stage.horizon, stage.height - stage.horizon
    mirror = stage.picture[max(0, horizon - rows) : horizon][::-1]
    mirror = cv2.resize(mirror, (stage.width, rows), interpolation=cv2.INTER_LINEAR)
    mirror = cv2.blur(mirror, (3, max(3, rows // 8)))
    puddle = np.clip(0.42 + 0.5 * on_floor(stage.rng, rows, stage.width, 8, 3, 2.0), 0.12, 0.8)
    stage.picture[horizon:] = mix(stage.picture[horizon:] * np.float32(0.72), mirror * 1.15, puddle)
    stage.reflect = 0.35


def road(stage: Stage) -> None:
    """A country road that winds to the horizon."""
    height, width, horizon = stage.height, stage.width, stage.horizon
    rows = height - horizon
    at = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    bend = np.sin(at * 3.0 + float(stage.rng.uniform(0, 6))) * (1 - at) ** 1.4 * width * 0.09
    middle = width * 0.5 + bend
    x = np.arange(width, dtype=np.float32)[None, :] - middle
    half = max(width, stage.height * 0.8) * (0.012 + 0.36 * at)
    rough = on_floor(stage.rng, rows, width, 24, 3)
    tar = np.array(lit((0.36, 0.36, 0.39), stage.light, 0.75), np.float32) * (1 + 0.13 * rough)[..., None]
    depth = 1 / (at * 0.88 + 0.12)
    dash = ((depth * 2.0) % 1 < 0.5) * np.clip(half * 0.035 - np.abs(x) + 0.5, 0, 1)
    side = np.clip(half * 0.02 - np.abs(np.abs(x) - half * 0.9) + 0.5, 0, 1)
    tar = mix(tar, lit((0.95, 0.93, 0.85), stage.light, 0.9), np.maximum(dash, side).astype(np.float32) * 0.85)
    edge = blur(np.clip((half - np.abs(x)) / (1 + 0.02 * half) + 0.5, 0, 1).astype(np.float32), 0.6)
    stage.picture[horizon:] = mix(
        stage.picture[horizon:], mix(tar, stage.light.haze, np.exp(-at * 9) * 0.5 * np.ones_like(x)), edge
    )
