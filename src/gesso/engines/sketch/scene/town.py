"""Towns: a skyline with lit windows, and a street that runs to the vanishing point between house fronts."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.scene import drawings
from gesso.engines.sketch.scene.light import lit
from gesso.engines.sketch.scene.noise import Colour, Plane, blend, blur, fbm, mix, on_floor
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


def street(stage: Stage, wet_ground: bool, dashed: bool = True) -> None:
    """A street between two rows of houses; wet ones mirror what is above; `dashed` has a line down its middle."""
    height, width, horizon = stage.height, stage.width, stage.horizon
    middle = width * 0.5
    skyline(stage, horizon + 2, 0.30, 2)
    half_far, half_near = width * 0.055, width * 0.46
    _pavement(stage, middle, half_far, half_near, dashed)
    for side in (-1, 1):
        _row_of_houses(stage, side, middle, half_far * 1.6, half_near * 1.16)
    if wet_ground:
        wet(stage, middle, half_far * 1.6, half_near * 1.45)
    _lamps(stage, middle, half_far, half_near * 0.86)
    stage.floor = int(horizon + (height - horizon) * 0.22)
    stage.frame = (0.12, 0.88)


def _lamps(stage: Stage, middle: float, far: float, near: float) -> None:
    """Street lamps on both pavements, alight after dark."""
    height, horizon = stage.height, stage.horizon
    for at in (0.16, 0.26, 0.46):
        for side in (-1, 1):
            x, foot = middle + side * (far + (near - far) * at), horizon + (height - horizon) * at
            lamp(stage, x, int(foot), max(4, int(height * 0.66 * at)))


def lamp(stage: Stage, x: float, foot: int, tall: float) -> None:
    """One street lamp, `tall` pixels high with its foot at (x, foot); alight after dark, left out where it is cut."""
    pixels, light, high = drawings.draw("streetlamp"), stage.light, int(tall)
    wide = max(2, int(high * pixels.shape[1] / pixels.shape[0]))
    left, top = int(x - wide / 2), foot - high
    if left < 0 or top < 0 or left + wide > stage.width:
        return
    layer = cv2.resize(pixels, (wide, high), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    tint = np.array(lit((1, 1, 1), light, 0.6), np.float32)
    part = stage.picture[top : top + high, left : left + wide]
    part[:] = mix(part, layer[..., :3] * tint, layer[..., 3])
    if light.dark:
        stage.lamps.append((x, top + high * 0.10, high * 0.34, LAMP))


def _row_of_houses(stage: Stage, side: int, middle: float, far: float, near: float) -> None:
    """House fronts on one side: each a textured quad between two depths."""
    rng, height, horizon = stage.rng, stage.height, stage.horizon
    depths = np.array([1.0, 1.55, 2.4, 3.7, 5.8, 9.0])
    for nearer, farther in reversed(list(pairwise(depths))):
        tall = float(rng.uniform(0.85, 1.35))
        front = house_front(stage, 300, 220)
        xs = [middle + side * (far + (near * 1.25 - far) / d) for d in (nearer, farther)]
        foot = [horizon + (height - horizon) * 1.02 / d for d in (nearer, farther)]
        head = [horizon - height * 0.62 * tall / d for d in (nearer, farther)]
        corners = np.array([[xs[0], head[0]], [xs[1], head[1]], [xs[1], foot[1]], [xs[0], foot[0]]], np.float32)
        away = min(0.75, 0.10 * (nearer - 1) * (0.6 + stage.haze))
        facing = 1.0 if side * stage.light.side < 0 else 0.74
        quad(stage, mix(front * np.float32(facing), stage.light.haze, np.float32(away)), corners)


def house_front(stage: Stage, high: int, wide: int) -> Plane:
    """A house seen straight on: storeys of framed windows over a shop."""
    rng, light = stage.rng, stage.light
    wall = WALLS[int(rng.integers(len(WALLS)))]
    front = np.empty((high, wide, 3), np.float32)
    front[:] = lit(wall, light, 0.7)
    grain = fbm(rng, high, wide, (high / 3, wide / 5), 2)
    stain = fbm(rng, high, wide, (4, 6), 2)
    front *= (1 + 0.05 * grain + 0.07 * stain)[..., None]
    if rng.random() < 0.5:
        front[:: max(3, high // 60)] *= 0.90  # courses of brick
    shop = int(high * 0.78)
    storeys, bays = int(rng.integers(3, 5)), int(rng.integers(3, 5))
    trim = lit(blend(wall, (0.97, 0.95, 0.90), 0.7), light, 0.85)
    for storey in range(storeys):
        for bay in range(bays):
            cell = (wide / bays, (shop - high * 0.06) / storeys)
            _pane(stage, front, (cell[0] * (bay + 0.5), high * 0.06 + cell[1] * (storey + 0.54)), cell, trim)
    for row, thick in ((0, high // 22), (shop - high // 40, high // 40)):
        cv2.rectangle(front, (0, row), (wide, row + thick), trim, -1)
        front[row + thick : row + thick + 3] *= 0.72
    _shop(stage, front, shop)
    return front


def _pane(stage: Stage, front: Plane, centre: tuple[float, float], cell: tuple[float, float], trim: Colour) -> None:
    """One window with its frame, sill and what shines in it."""
    rng, light = stage.rng, stage.light
    x0, x1 = int(centre[0] - cell[0] * 0.25), int(centre[0] + cell[0] * 0.25)
    y0, y1 = int(centre[1] - cell[1] * 0.32), int(centre[1] + cell[1] * 0.30)
    on = rng.random() < (0.55 if light.dark else 0.05)
    glass = blend(lit(blend(light.middle, (0.22, 0.30, 0.40), 0.62), light, 0.7), (0, 0, 0), 0.12 * float(rng.random()))
    pane = blend(LAMP, (1, 1, 1), 0.25 * float(rng.random())) if on else glass
    cv2.rectangle(front, (x0 - 3, y0 - 3), (x1 + 3, y1 + 3), trim, -1)
    cv2.rectangle(front, (x0, y0), (x1, y1), pane, -1)
    if not on:
        # The sky stands in the upper panes.
        part = front[y0 : y1 + 1, x0 : x1 + 1]
        share = np.linspace(0.45, 0.0, len(part), dtype=np.float32)[:, None]
        part[:] = mix(part, light.horizon, np.repeat(share, part.shape[1], axis=1))
    cv2.line(front, ((x0 + x1) // 2, y0), ((x0 + x1) // 2, y1), trim, 2)
    cv2.line(front, (x0, y0 + (y1 - y0) // 3), (x1, y0 + (y1 - y0) // 3), trim, 1)
    cv2.rectangle(front, (x0 - 6, y1 + 3), (x1 + 6, y1 + 7), trim, -1)
    front[y1 + 8 : y1 + 12, max(0, x0 - 4) : x1 + 4] *= 0.78


def _shop(stage: Stage, front: Plane, top: int) -> None:
    """Shop windows, a door, a fascia and an awning."""
    rng, light = stage.rng, stage.light
    high, wide = front.shape[:2]
    tone = SIGNS[int(rng.integers(len(SIGNS)))]
    paint = lit(blend(tone, (0.30, 0.26, 0.24), 0.55), light, 0.7)
    cv2.rectangle(front, (0, top), (wide, high), paint, -1)
    inside = blend(LAMP, (1, 1, 1), 0.2) if light.dark else lit(blend(LAMP, (0.45, 0.50, 0.55), 0.6), light, 0.8)
    foot = high - high // 28
    door = int(wide * float(rng.choice([0.12, 0.5, 0.88])))
    for x0, x1 in ((0.05, 0.36), (0.40, 0.62), (0.66, 0.95)):
        cv2.rectangle(front, (int(wide * x0), top + high // 16), (int(wide * x1), foot), inside, -1)
        part = front[top + high // 16 : foot, int(wide * x0) : int(wide * x1)]
        part *= (0.86 + 0.22 * fbm(rng, part.shape[0], part.shape[1], (3, 8), 2))[..., None]
    cv2.rectangle(
        front, (door - wide // 16, top + high // 18), (door + wide // 16, high), lit((0.30, 0.22, 0.18), light, 0.7), -1
    )
    cv2.rectangle(front, (door - wide // 26, top + high // 13), (door + wide // 26, high - high // 12), inside, -1)
    bright = blend(tone, (1, 1, 1), 0.15) if light.dark else lit(blend(tone, (0.5, 0.42, 0.38), 0.45), light, 0.9)
    pale = blend(bright, (0.96, 0.94, 0.90), 0.75)
    if rng.random() < 0.55:
        stripes = np.array([bright if i * 9 // wide % 2 else pale for i in range(wide)], np.float32)
        rows = high // 13
        front[top : top + rows] = stripes * np.linspace(1.05, 0.82, rows, dtype=np.float32)[:, None, None]
        front[top + rows : top + rows + high // 40] *= 0.7
    else:
        cv2.rectangle(front, (wide // 14, top + 3), (wide - wide // 14, top + high // 18), bright, -1)
        for x in range(wide // 5, wide - wide // 5, max(4, wide // 16)):
            cv2.rectangle(front, (x, top + high // 54 + 3), (x + wide // 26, top + high // 24), pale, -1)


def quad(stage: Stage, texture: Plane, corners: npt.NDArray[Any]) -> None:
    """Lay a texture over the quadrilateral `corners` (4, 2), clockwise from the upper left."""
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


def _pavement(stage: Stage, middle: float, far: float, near: float, dashed: bool) -> None:
    """Pavements, kerbs, asphalt (`dashed` has a line), worn and spotted."""
    width, horizon = stage.width, stage.horizon
    light, rows = stage.light, stage.height - stage.horizon
    rough = on_floor(stage.rng, rows, width, 26, 3)
    at = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    x = np.abs(np.arange(width, dtype=np.float32)[None, :] - np.float32(middle))
    road_edge = far + (near * 0.74 - far) * at
    stone = np.array(lit((0.64, 0.62, 0.60), light, 0.7), np.float32) * (1 + 0.10 * rough)[..., None]
    depth = 1 / (at * 0.88 + 0.12)
    across = (np.arange(width, dtype=np.float32)[None, :] - np.float32(middle)) * depth / width * 22
    joint = np.minimum(0.5 - np.abs(across % 1 - 0.5), 0.5 - np.abs((depth * 9) % 1 - 0.5)) / (0.05 * depth)
    slab = 1 + 0.07 * np.sin(np.floor(across) * 12.9 + np.floor(depth * 9) * 78.2)
    stone = stone * (slab * (0.80 + 0.20 * np.clip(joint + 0.6 * (1 - at), 0, 1)))[..., None].astype(np.float32)
    tar = np.array(lit((0.27, 0.28, 0.31), light, 0.7), np.float32) * (1 + 0.16 * rough)[..., None]
    line_wide = 0.010 * width * at + 0.6
    dash = ((depth * 2.2) % 1 < 0.55).astype(np.float32) * np.clip(line_wide - x + 0.5, 0, 1)
    tar = mix(tar, lit((0.92, 0.88, 0.74), light, 0.8), dash * 0.85 * dashed)
    floor = mix(stone, tar, np.clip(road_edge - x + 0.5, 0, 1))
    kerb = np.exp(-(((x - road_edge) / (1 + 0.010 * width * at)) ** 2))
    floor = mix(floor, lit((0.80, 0.78, 0.74), light, 0.8), kerb * 0.7)
    floor = mix(floor, light.haze, np.exp(-at * 8) * np.float32(0.6 * stage.haze) * np.ones((1, width), np.float32))
    stage.picture[horizon:] = floor


def wet(stage: Stage, middle: float, far: float, near: float) -> None:
    """Rain on a street: what is above the ground stands on its head in it, smeared downwards."""
    horizon, rows = stage.horizon, stage.height - stage.horizon
    mirror = stage.picture[max(0, horizon - rows) : horizon][::-1]
    mirror = cv2.resize(mirror, (stage.width, rows), interpolation=cv2.INTER_LINEAR)
    mirror = cv2.blur(mirror, (3, max(3, rows // 8)))
    puddle = np.clip(0.42 + 0.5 * on_floor(stage.rng, rows, stage.width, 8, 3, 2.0), 0.12, 0.8)
    at = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    away = np.abs(np.arange(stage.width, dtype=np.float32)[None, :] - np.float32(middle))
    open_ground = np.clip(far + (near - far) * at - away + 0.5, 0, 1)
    shine = mix(stage.picture[horizon:] * np.float32(0.72), mirror * 1.15, puddle)
    stage.picture[horizon:] = mix(stage.picture[horizon:], shine, open_ground)
    stage.reflect = 0.35


def road(stage: Stage, dashed: bool = True) -> None:
    """A country road that winds to the horizon; `dashed` has a line down its middle."""
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
    dash = ((depth * 2.0) % 1 < 0.5) * np.clip(half * 0.035 - np.abs(x) + 0.5, 0, 1) * dashed
    side = np.clip(half * 0.02 - np.abs(np.abs(x) - half * 0.9) + 0.5, 0, 1)
    tar = mix(tar, lit((0.95, 0.93, 0.85), stage.light, 0.9), np.maximum(dash, side).astype(np.float32) * 0.85)
    edge = blur(np.clip((half - np.abs(x)) / (1 + 0.02 * half) + 0.5, 0, 1).astype(np.float32), 0.6)
    stage.picture[horizon:] = mix(
        stage.picture[horizon:], mix(tar, stage.light.haze, np.exp(-at * 9) * 0.5 * np.ones_like(x)), edge
    )
