"""What trains need: a track on its bed across the picture, and a station's platform under its roof."""

from __future__ import annotations

import cv2
import numpy as np

from gesso.engines.sketch.scene import land, town
from gesso.engines.sketch.scene.light import lit
from gesso.engines.sketch.scene.noise import Colour, Plane, mix, on_floor
from gesso.engines.sketch.scene.setting import Setting
from gesso.engines.sketch.scene.stage import Stage

GRAVEL: Colour = (0.52, 0.48, 0.45)
SLEEPER: Colour = (0.36, 0.26, 0.19)
STEEL: Colour = (0.66, 0.67, 0.70)
CONCRETE: Colour = (0.74, 0.72, 0.69)
IRON: Colour = (0.26, 0.32, 0.34)


def track(stage: Stage, at: float = 0.58) -> None:
    """A bed of gravel with sleepers and two rails, `at` of the way from the horizon to the lower edge, for trains."""
    height, width, light = stage.height, stage.width, stage.light
    middle = int(stage.horizon + (height - stage.horizon) * at)
    half = max(4, int(height * 0.040))
    top, bottom = middle - half, min(height, middle + half + half // 2)
    rows = bottom - top
    rough = on_floor(stage.rng, rows, width, 60, 2)
    along = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    x = np.arange(width, dtype=np.float32)[None, :] / np.float32(height)
    bed = np.array(lit(GRAVEL, light, 0.75), np.float32) * (1 + 0.22 * rough)[..., None]
    lean = (x - width / height / 2) * (along - 0.5) * 0.10
    wood = (((x + lean) % 0.062) < 0.026) & (along > 0.20) & (along < 0.84)
    bed = mix(bed, lit(SLEEPER, light, 0.7), wood * np.float32(0.92))
    for row, thick in ((0.30, 0.055), (0.66, 0.075)):
        rail = np.clip(1.4 - np.abs(along - row) / thick * 1.4, 0, 1) * np.ones_like(x)
        bed = mix(
            bed * (1 - 0.35 * np.clip(1 - np.abs(along - row - thick) / thick, 0, 1))[..., None],
            lit(STEEL, light, 1.0),
            rail,
        )
    edge = np.clip(np.minimum(along, 1 - along) * 9 + 0.5 * rough, 0, 1)
    stage.picture[top:bottom] = mix(stage.picture[top:bottom], bed, edge)
    stage.tracks = top + round(rows * 0.60)


def station(stage: Stage, setting: Setting) -> None:
    """A platform in the foreground, the track before it, the house across the line, a roof on pillars over all."""
    height, horizon = stage.height, stage.horizon
    town.skyline(stage, horizon + 2, 0.24, 2)
    land.paint_floor(stage, "earth")
    _house(stage)
    track(stage, 0.44)
    edge = int(horizon + (height - horizon) * 0.66)
    _platform(stage, edge)
    _roof(stage, edge)
    stage.floor, stage.near, stage.haze = int(edge + 0.2 * (height - edge)), 0.97, 0.3


def _house(stage: Stage) -> None:
    """The station's other side: a long brick front with arched windows and a wall of concrete below."""
    height, width, light, foot = stage.height, stage.width, stage.light, stage.horizon + int(stage.height * 0.02)
    top = foot - int(height * 0.20)
    wall = np.array(lit((0.70, 0.46, 0.36), light, 0.8), np.float32)
    front: Plane = np.broadcast_to(wall, (foot - top, width, 3)).copy()
    glass = (1.0, 0.86, 0.52) if light.dark else lit((0.52, 0.66, 0.76), light, 0.9)
    pitch = max(8, int(height * 0.11))
    for x in range(pitch // 3, width, pitch):
        cv2.rectangle(front, (x, int(0.48 * (foot - top))), (x + pitch // 2, int(0.84 * (foot - top))), glass, -1)
        cv2.ellipse(
            front,
            (x + pitch // 4, int(0.48 * (foot - top))),
            (pitch // 4, pitch // 4),
            0,
            180,
            360,
            glass,
            -1,
            cv2.LINE_AA,
        )
    cv2.rectangle(front, (0, 0), (width, max(2, (foot - top) // 10)), lit((0.36, 0.34, 0.36), light, 0.8), -1)
    stage.picture[top:foot] = mix(front, light.haze, np.float32(0.16) * np.ones(front.shape[:2], np.float32))
    low = slice(foot, foot + int(height * 0.035))
    stage.picture[low] = np.array(lit(CONCRETE, light, 0.6), np.float32)


def _platform(stage: Stage, edge: int) -> None:
    """Slabs, the yellow line along the edge, and the wall down to the track."""
    height, width, light = stage.height, stage.width, stage.light
    rows = height - edge
    at = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    depth = 1 / (at * 0.75 + 0.25)
    x = (np.arange(width, dtype=np.float32)[None, :] - width / 2) / height * depth * 6
    joint = np.minimum(0.5 - np.abs(x % 1 - 0.5), 0.5 - np.abs((depth * 4) % 1 - 0.5)) / (0.03 * depth)
    slab = 0.86 + 0.14 * np.clip(joint, 0, 1) + 0.05 * on_floor(stage.rng, rows, width, 20, 3)
    floor = np.array(lit(CONCRETE, light, 0.8), np.float32) * slab[..., None]
    line = np.clip(1.4 - np.abs(at - 0.20) / 0.035 * 1.4, 0, 1) * np.ones_like(x)
    floor = mix(floor, lit((0.96, 0.78, 0.22), light, 0.9), line * np.float32(0.9))
    stage.picture[edge:] = floor
    stage.picture[edge : edge + max(2, rows // 30)] = np.array(lit((0.90, 0.88, 0.84), light, 0.9), np.float32)


def _roof(stage: Stage, edge: int) -> None:
    """A roof of iron and glass above, on two pillars, with lamps and a clock."""
    height, width, light = stage.height, stage.width, stage.light
    deep = int(height * 0.10)
    iron, low = lit(IRON, light, 0.7), lit((0.18, 0.22, 0.24), light, 0.6)
    cv2.rectangle(stage.picture, (0, 0), (width, deep), iron, -1)
    pitch = max(6, int(height * 0.07))
    pane = (0.30, 0.34, 0.44) if light.dark else lit((0.74, 0.84, 0.90), light, 1.0)
    for x in range(-pitch, width + pitch, pitch):
        cv2.rectangle(stage.picture, (x + 3, 4), (x + pitch - 3, int(deep * 0.55)), pane, -1)
    cv2.rectangle(stage.picture, (0, int(deep * 0.86)), (width, deep), low, -1)
    half = max(3, int(height * 0.012))
    for share in (0.10, 0.90):
        x = int(width * share)
        cv2.rectangle(stage.picture, (x - half, deep), (x + half, edge + int(0.30 * (height - edge))), iron, -1)
        cv2.rectangle(
            stage.picture,
            (x - half // 2, deep),
            (x, edge + int(0.30 * (height - edge))),
            lit((0.40, 0.47, 0.49), light, 0.9),
            -1,
        )
        for side in (-1, 1):
            brace = np.array(
                [(x, deep + half * 8), (x + side * half * 7, deep), (x + side * half * 5, deep), (x, deep + half * 6)]
            )
            cv2.fillPoly(stage.picture, [brace.astype(np.int32)], iron, cv2.LINE_AA)
    _clock(stage, int(width * 0.72), int(deep * 1.65), max(6, int(height * 0.040)))
    if light.dark:
        stage.lamps += [(width * share, float(deep), height * 0.30, (0.9, 0.72, 0.42)) for share in (0.25, 0.5, 0.75)]


def _clock(stage: Stage, x: int, y: int, radius: int) -> None:
    """A station's clock on a rod from the roof."""
    dark, face = lit(IRON, stage.light, 0.5), (0.97, 0.96, 0.92)
    cv2.line(stage.picture, (x, y - radius * 2), (x, y - radius), dark, max(2, radius // 8))
    cv2.circle(stage.picture, (x, y), radius, dark, -1, cv2.LINE_AA)
    cv2.circle(stage.picture, (x, y), int(radius * 0.86), face, -1, cv2.LINE_AA)
    for turn, reach in ((-0.5, 0.70), (0.12, 0.48)):
        end = (int(x + reach * radius * np.cos(turn * np.pi)), int(y + reach * radius * np.sin(turn * np.pi)))
        cv2.line(stage.picture, (x, y), end, dark, max(1, radius // 9), cv2.LINE_AA)
