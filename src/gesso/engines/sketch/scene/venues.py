"""Places that people go to: an airport, a stadium, a corridor, a maze of hedges, a Japanese garden."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.scene import ground, land, ranges, water
from gesso.engines.sketch.scene.light import lit, under_lamps
from gesso.engines.sketch.scene.noise import Colour, Plane, fbm, mix, on_floor
from gesso.engines.sketch.scene.setting import Setting
from gesso.engines.sketch.scene.stage import Stage
from gesso.engines.sketch.scene.trees import Wood, treeline

Corners = list[tuple[float, float]]
TAR: Colour = (0.38, 0.39, 0.42)
HEDGE: Colour = (0.20, 0.42, 0.18)


def fill(stage: Stage, corners: Corners, colour: Colour) -> None:
    """A polygon of one colour; corners in pixels."""
    cv2.fillPoly(stage.picture, [(np.array(corners) * 8).astype(np.int32)], colour, cv2.LINE_AA, 3)


def airport(stage: Stage, setting: Setting) -> None:
    """The apron before a terminal with its tower, and the runway across it."""
    height, width, horizon, light = stage.height, stage.width, stage.horizon, stage.light
    ranges.hills(stage, 2, 0.06, setting.green, (0.24, 0.40, 0.22))
    land.paint_floor(stage, setting.grass if not stage.snowy else "snow")
    _terminal(stage)
    top, rows = int(horizon + (height - horizon) * 0.20), int((height - horizon) * 0.80) + 1
    at = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    rough = on_floor(stage.rng, rows, width, 22, 3)
    tar = np.array(lit(TAR, light, 0.8), np.float32) * (1 + 0.10 * rough)[..., None]
    x = np.arange(width, dtype=np.float32)[None, :] / np.float32(height)
    white, yellow = lit((0.95, 0.94, 0.90), light, 0.9), lit((0.96, 0.76, 0.20), light, 0.9)
    dash = ((x % 0.26) < 0.15) * np.clip(1.5 - np.abs(at - 0.46) / 0.014, 0, 1)
    sides = np.clip(1.5 - np.minimum(np.abs(at - 0.06) / 0.010, np.abs(at - 0.92) / 0.018), 0, 1) * np.ones_like(x)
    tar = mix(tar, white, np.clip(dash + sides, 0, 1) * np.float32(0.85))
    guide = np.clip(1.5 - np.abs(at - 0.74 + 0.06 * np.sin(x * 2.1)) / 0.010, 0, 1)
    stage.picture[top:] = mix(tar, yellow, guide * np.float32(0.8))[: height - top]
    stage.floor, stage.near = int(horizon + (height - horizon) * 0.45), 0.88
    stage.kerb = top


TERMINAL: tuple[tuple[str, Corners], ...] = (
    ("wall", [(0, 0), (0, 0.7), (5.0, 1.0), (5.0, 0)]),
    ("glass", [(0, 0.1), (0, 0.55), (5.0, 0.82), (5.0, 0.1)]),
    ("wall", [(5.7, 0), (5.73, 2.3), (5.87, 2.3), (5.9, 0)]),
    ("glass", [(5.64, 2.3), (5.54, 2.6), (6.06, 2.6), (5.96, 2.3)]),
    ("roof", [(5.5, 2.6), (5.6, 2.7), (6.0, 2.7), (6.1, 2.6)]),
)
"""A terminal and its tower, in heights of the terminal from its lower left corner."""


def _terminal(stage: Stage) -> None:
    height, width, light = stage.height, stage.width, stage.light
    foot, tall, left = stage.horizon + int(height * 0.045), height * 0.13, width * 0.08
    colours = {
        "wall": lit((0.82, 0.83, 0.85), light, 0.85),
        "glass": (1.0, 0.88, 0.58) if light.dark else lit((0.44, 0.60, 0.72), light),
        "roof": lit((0.80, 0.30, 0.26), light, 0.8),
    }
    for name, corners in TERMINAL:
        fill(stage, [(left + x * tall, foot - y * tall) for x, y in corners], colours[name])
    for share in np.linspace(0, 1, 15):
        x, top = int(left + share * 5 * tall), int(foot - tall * (0.66 + 0.30 * share))
        cv2.line(stage.picture, (x, foot), (x, top), colours["wall"], max(1, width // 320))


def stadium(stage: Stage, setting: Setting) -> None:
    """The pitch of a stadium with its white lines, the stands full of people around it, floodlights above."""
    height, width, light, rng = stage.height, stage.width, stage.light, stage.rng
    foot = stage.horizon + int(height * 0.03)
    top = foot - int(height * 0.30)
    rows = foot - top
    at = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    bowl = (0.16 + 0.20 * np.cos(np.linspace(-1.2, 1.2, width, dtype=np.float32)))[None, :]
    crowd = rng.random((max(2, rows // 3), max(2, width // 3), 3), np.float32) * 0.6 + 0.25
    crowd = cv2.resize(crowd, (width, rows), interpolation=cv2.INTER_NEAREST)
    tiers = np.where((at * 16) % 1 < 0.30, np.float32(0.55), np.float32(1.0)) * (0.55 + 0.45 * at)
    seats = crowd * np.array(light.sun, np.float32) * tiers[..., None] * np.float32(0.7 if light.dark else 0.9)
    wall = np.array(lit((0.30, 0.36, 0.50), light, 0.7), np.float32)
    for level in (0.44, 0.96):
        seats = mix(seats, wall, np.clip(1.3 - np.abs(at - level) / 0.05, 0, 1) * np.ones((1, width), np.float32))
    roof = np.clip((at - 0.5 + bowl) * 60, 0, 1)
    stage.picture[top:foot] = mix(stage.picture[top:foot], seats, roof)
    _pitch(stage, foot)
    for share in (0.07, 0.93):
        _floodlight(stage, width * share, foot - rows * 0.6, height * 0.26)
    stage.floor, stage.haze = foot + int((height - foot) * 0.25), 0.2


def _pitch(stage: Stage, top: int) -> None:
    height, width, light = stage.height, stage.width, stage.light
    rows = height - top
    at = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    depth = 1 / (at * 0.88 + 0.12)
    band = np.floor(depth * 4 + 0.5) % 2
    turf = np.array(lit((0.26, 0.58, 0.22), light, 0.9), np.float32)
    turf = turf * (0.88 + 0.14 * band + 0.05 * on_floor(stage.rng, rows, width, 30, 3))[..., None]
    stage.picture[top:] = turf.astype(np.float32)
    white, thick = lit((0.96, 0.97, 0.95), light, 0.95), max(1, height // 150)
    line = int(top + rows * 0.10)
    cv2.line(stage.picture, (0, line), (width, line), white, thick, cv2.LINE_AA)
    cv2.ellipse(
        stage.picture,
        (width // 2, int(top + rows * 0.52)),
        (int(height * 0.34), int(rows * 0.22)),
        0,
        0,
        360,
        white,
        thick + 1,
        cv2.LINE_AA,
    )
    cv2.line(stage.picture, (width // 2, line), (int(width * 0.5), height), white, thick + 1, cv2.LINE_AA)


def _floodlight(stage: Stage, x: float, foot: float, tall: float) -> None:
    mast, glow = lit((0.50, 0.52, 0.56), stage.light, 0.8), (1.0, 0.98, 0.90)
    cv2.line(
        stage.picture, (int(x), int(foot)), (int(x), int(foot - tall)), mast, max(2, int(tall * 0.04)), cv2.LINE_AA
    )
    for row in range(3):
        for column in range(4):
            at = (int(x + (column - 1.5) * tall * 0.11), int(foot - tall - row * tall * 0.09))
            cv2.circle(stage.picture, at, max(1, int(tall * 0.04)), glow, -1, cv2.LINE_AA)
    if stage.light.dark:
        stage.lamps.append((x, foot - tall * 1.1, tall * 0.8, (0.8, 0.84, 0.9)))


def corridor(stage: Stage, _setting: Setting) -> None:
    """A corridor that leads away from the viewer: doors on both sides, lamps above, a door at its end."""
    stage.light = under_lamps(stage.light)
    height, width, light, rng = stage.height, stage.width, stage.light, stage.rng
    wall: Colour = ((0.86, 0.84, 0.78), (0.78, 0.84, 0.84), (0.84, 0.80, 0.84))[int(rng.integers(3))]
    vx, vy = width * 0.5, height * 0.42
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    half, up, down = width * 0.5, vy, height - vy
    reach = np.maximum(np.abs(x - vx) / half, np.where(y < vy, (vy - y) / up, (y - vy) / down))
    near = np.maximum(reach, 0.24)  # 1 at the frame, 0.24 at the end wall
    depth = 1 / near
    side, below = np.abs(x - vx) / half >= reach * 0.9999, y >= vy
    tile = (np.floor((x - vx) / half * depth * 4) + np.floor(depth * 5)) % 2
    floor = np.array((0.74, 0.73, 0.70), np.float32) * (0.90 + 0.10 * tile)[..., None]
    sides = np.array(wall, np.float32) * np.where(x < vx, np.float32(0.95), np.float32(0.86))[..., None]
    rail = (np.abs((y - vy) / down * depth - 0.36) < 0.025)[..., None]
    sides = np.where(rail, sides * np.float32(0.78), sides)
    ceiling = np.broadcast_to(np.array((0.95, 0.95, 0.93), np.float32), sides.shape)
    lamps = (np.abs(x - vx) / half * depth < 0.22) & ((depth * 1.6) % 1 < 0.45)
    ceiling = np.where(lamps[..., None], np.float32(1.12), ceiling)
    picture = np.where(side[..., None], sides, np.where(below[..., None], floor, ceiling))
    end = reach <= 0.24
    picture = np.where(end[..., None], np.array(wall, np.float32) * np.float32(0.90), picture)
    fall = 0.70 + 0.30 * (reach - 0.24) / 0.76
    stage.picture = (picture * fall[..., None] * np.array(light.sun, np.float32)).astype(np.float32)
    _doors(stage, vx, vy)
    stage.horizon, stage.floor = int(vy + 0.24 * down), int(height * 0.74)
    stage.haze = 0.0


def _doors(stage: Stage, vx: float, vy: float) -> None:
    """Doors along both walls, and a double door at the end."""
    half, down = stage.width * 0.5, stage.height - vy
    wood, frame = lit((0.50, 0.34, 0.22), stage.light, 0.9), lit((0.94, 0.93, 0.90), stage.light, 0.9)
    for sign in (-1, 1):
        for first, last in ((1.30, 1.72), (2.30, 2.85)):
            for grow, colour in ((0.04, frame), (0.0, wood)):
                a, b = 1 / (first - grow), 1 / (last + grow)
                tall = 0.62 + grow
                fill(
                    stage,
                    [
                        (vx + sign * half * a, vy + down * a),
                        (vx + sign * half * a, vy - down * tall * a * 0.9),
                        (vx + sign * half * b, vy - down * tall * b * 0.9),
                        (vx + sign * half * b, vy + down * b),
                    ],
                    colour,
                )
    foot, top, wide = vy + 0.24 * down, vy - 0.24 * down * 0.50, half * 0.24 * 0.42
    fill(
        stage,
        [(vx - wide * 1.08, foot), (vx - wide * 1.08, top - 3), (vx + wide * 1.08, top - 3), (vx + wide * 1.08, foot)],
        frame,
    )
    fill(stage, [(vx - wide, foot), (vx - wide, top), (vx + wide, top), (vx + wide, foot)], wood)
    cv2.line(stage.picture, (int(vx), int(top)), (int(vx), int(foot)), frame, max(1, stage.width // 300))
    for sign in (-1, 1):
        pane = [
            (vx + sign * wide * s, top + (foot - top) * t)
            for s, t in ((0.3, 0.14), (0.7, 0.14), (0.7, 0.5), (0.3, 0.5))
        ]
        fill(stage, pane, (0.92, 0.96, 0.98))


def labyrinth(rng: np.random.Generator, columns: int, rows: int) -> npt.NDArray[np.bool_]:
    """The walls of a maze with one way between any two of its cells, (2 rows + 1, 2 columns + 1); open at two sides."""
    walls = np.ones((2 * rows + 1, 2 * columns + 1), np.bool_)
    trail, walls[1, 1] = [(0, 0)], False
    while trail:
        row, column = trail[-1]
        steps = [(row + a, column + b) for a, b in ((0, 1), (1, 0), (0, -1), (-1, 0))]
        free = [(r, c) for r, c in steps if 0 <= r < rows and 0 <= c < columns and walls[2 * r + 1, 2 * c + 1]]
        if not free:
            trail.pop()
            continue
        r, c = free[int(rng.integers(len(free)))]
        walls[row + r + 1, column + c + 1] = walls[2 * r + 1, 2 * c + 1] = False
        trail.append((r, c))
    walls[-1, 2 * (columns // 2) + 1] = walls[0, 2 * (columns // 2) + 1] = False
    return walls


def maze(stage: Stage, setting: Setting) -> None:
    """A maze of hedges seen from a height: paths of gravel between clipped green walls, trees beyond."""
    height, width, horizon, light = stage.height, stage.width, stage.horizon, stage.light
    stage.horizon = horizon = min(horizon, int(height * 0.24))
    treeline(stage, horizon + 3, height * 0.09, Wood((*setting.kinds, "bush"), setting.leaf, 0.35, 1.5))
    land.paint_floor(stage, "snow" if stage.snowy else setting.grass)
    walls = labyrinth(stage.rng, 11, 8)
    side = 16
    plan = cv2.resize(walls.astype(np.float32), None, fx=side, fy=side, interpolation=cv2.INTER_NEAREST)
    leaf = 1 + 0.30 * fbm(stage.rng, len(plan), plan.shape[1], (len(plan) / 4, plan.shape[1] / 4), 3)
    green = np.array(lit(setting.leaf if setting.season == "autumn" else HEDGE, light, 0.9), np.float32)
    top = int(horizon + height * 0.04)
    near, far = width * 0.52, width * 0.36
    rise = height * 0.045
    gravel = np.array(lit((0.80, 0.72, 0.58), light, 0.9), np.float32) * np.ones((*plan.shape, 1), np.float32)
    _laid(stage, gravel * (0.9 + 0.1 * leaf)[..., None], np.ones_like(plan), (top, far, near, 0.0))
    steps = 12
    for k in range(steps + 1):
        # Slice over slice the hedges rise; their tops catch the light.
        tone = (0.42 + 0.25 * k / steps) if k < steps else 1.10
        lift = rise * k / steps
        _laid(stage, green * (tone * leaf)[..., None], plan, (top, far, near, lift))
    stage.floor, stage.near, stage.haze = int(height * 0.6), 0.95, 0.3


def _laid(stage: Stage, texture: Plane, mask: Plane, where: tuple[float, float, float, float]) -> None:
    """A plan in perspective on the ground: its far row, half its width far and near, and how high it is lifted."""
    top, far, near, lift = where
    rows, columns = mask.shape
    middle, low = stage.width / 2, stage.height * 0.985
    source = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    target = np.array(
        [
            [middle - far, top - lift * 0.6],
            [middle + far, top - lift * 0.6],
            [middle + near, low - lift],
            [middle - near, low - lift],
        ],
        np.float32,
    )
    matrix = cv2.getPerspectiveTransform(source, target)
    size = (stage.width, stage.height)
    share = cv2.warpPerspective(mask, matrix, size, flags=cv2.INTER_LINEAR)
    laid = cv2.warpPerspective(texture.astype(np.float32), matrix, size, flags=cv2.INTER_LINEAR)
    stage.picture = mix(stage.picture, laid, share)


def japanese(stage: Stage, setting: Setting) -> None:
    """A Japanese garden: maples and pines round a pond, a red bridge over it, raked gravel with stones before it."""
    height, width, horizon, light = stage.height, stage.width, stage.horizon, stage.light
    maple: Colour = (0.78, 0.26, 0.18) if setting.season != "spring" else (0.94, 0.66, 0.74)
    treeline(stage, horizon + 3, height * 0.30, Wood(("conifer", "broadleaf"), setting.leaf, 0.34, 1.5))
    treeline(stage, horizon + 6, height * 0.20, Wood(("broadleaf", "bush"), maple, 0.10, 1.0, varied=0.2))
    treeline(stage, horizon + 9, height * 0.10, Wood(("bush",), setting.leaf, 0.06, 2.6))
    land.paint_floor(stage, "snow" if stage.snowy else setting.grass, horizon + 4, shaded=0.6)
    shore = int(horizon + (height - horizon) * 0.56)
    water.paint_water(stage, horizon + int(height * 0.05), shore, 0.15, (0.10, 0.28, 0.24))
    _arched_bridge(stage, (width * 0.5, shore - height * 0.07, width * 0.30))
    _raked(stage, shore)
    ground.stones(stage, (0.46, 0.47, 0.46), 10, 0.06)
    stage.water, stage.floor = None, int(shore + 0.16 * (height - shore))
    stage.haze = 0.35
    if light.dark:
        stage.lamps.append((width * 0.5, shore - height * 0.1, height * 0.3, (0.8, 0.5, 0.25)))


def _arched_bridge(stage: Stage, where: tuple[float, float, float]) -> None:
    """A red bridge seen from its side: a curved deck, posts and rails."""
    x, foot, half = where
    at = np.linspace(-1, 1, 41)
    red, dark = lit((0.80, 0.18, 0.14), stage.light, 0.9), lit((0.50, 0.10, 0.09), stage.light, 0.8)
    rise, rail, thick = half * 0.34, half * 0.22, max(2, int(half * 0.045))

    def along(lift: float) -> list[tuple[float, float]]:
        return [(x + half * float(t), foot - rise * (1 - float(t) ** 2) - lift) for t in at]

    fill(stage, along(0.0) + along(-thick * 2.0)[::-1], dark)
    for lift in (rail, rail * 0.55):
        points = (np.array(along(lift)) * 8).astype(np.int32)
        cv2.polylines(stage.picture, [points], False, red, thick, cv2.LINE_AA, 3)
    for k in range(0, 41, 5):
        low, top = along(0.0)[k], along(rail * 1.25)[k]
        cv2.line(stage.picture, (int(low[0]), int(low[1])), (int(top[0]), int(top[1])), red, thick + 1, cv2.LINE_AA)
    fill(stage, along(0.0) + along(thick * 1.2)[::-1], red)


def _raked(stage: Stage, top: int) -> None:
    """Light gravel with the rake's lines."""
    rows, width = stage.height - top, stage.width
    at = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    depth = 1 / (at * 0.80 + 0.20)
    x = (np.arange(width, dtype=np.float32)[None, :] / width - 0.5) * depth
    wave = np.sin((depth * 9 + 0.5 * np.sin(x * 5)) * np.float32(2 * np.pi))
    rough = on_floor(stage.rng, rows, width, 70, 2)
    gravel = (
        np.array(lit((0.90, 0.87, 0.80), stage.light, 0.9), np.float32) * (0.92 + 0.07 * wave + 0.05 * rough)[..., None]
    )
    stage.picture[top:] = gravel.astype(np.float32)
    stage.picture[top : top + max(2, rows // 30)] *= 0.72


PAINTERS = {"airport": airport, "stadium": stadium, "corridor": corridor, "maze": maze, "japanese": japanese}
