"""A table top before a room that is out of focus."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from gesso.engines.sketch.scene import rooms
from gesso.engines.sketch.scene.indoor import WOODS, planks
from gesso.engines.sketch.scene.light import under_lamps
from gesso.engines.sketch.scene.noise import Colour, Plane, blur, fbm, mix, on_floor
from gesso.engines.sketch.scene.setting import Setting
from gesso.engines.sketch.scene.stage import Stage

TOPS = ("wood", "wood", "wood", "marble", "cloth", "slate")
BEHIND = ("living", "kitchen", "bar")


def table(stage: Stage, setting: Setting) -> None:
    """A table top (boards, marble, cloth or slate) with a blurred room and its lights behind."""
    stage.light = under_lamps(stage.light)
    rng, top = stage.rng, stage.horizon
    _behind(stage, setting)
    kind = min(setting.also & frozenset(TOPS), default=TOPS[int(rng.integers(len(TOPS)))])
    if kind == "wood":
        planks(stage, top, WOODS[int(rng.integers(len(WOODS)))], 6.5, 0.30)
    else:
        _covered(stage, kind)
    edge = max(1, stage.height // 220)
    stage.picture[top : top + edge] *= 1.2
    if stage.light.dark:
        stage.picture[top:] *= 0.85
    stage.surface, stage.floor = "table", int(top + (stage.height - top) * 0.26)


def flat(stage: Stage, setting: Setting) -> None:
    """A surface seen from straight above: boards or one colour, in soft light from one side."""
    stage.light = under_lamps(stage.light)
    rng, height, width, light = stage.rng, stage.height, stage.width, stage.light
    kind = min(setting.also & frozenset(TOPS), default="wood" if rng.random() < 0.34 else "")
    if setting.backdrop is not None:
        kind = ""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    if kind == "wood":
        side = height / 6
        board = np.floor(y / side)
        grain = fbm(rng, height, width, (120, 5 * width / height), 4)
        gap = np.clip((0.5 - np.abs(y / side % 1 - 0.5)) * side / max(1.0, height / 220), 0, 1)
        tones = rng.uniform(0.90, 1.08, 8).astype(np.float32)[board.astype(np.int32) % 8]
        tone = tones * (1 + 0.16 * grain) * (0.60 + 0.40 * gap)
        colour: Colour = ((0.78, 0.62, 0.46), (0.90, 0.84, 0.76), (0.56, 0.42, 0.31))[int(rng.integers(3))]
    else:
        tone = 1 + 0.02 * fbm(rng, height, width, (90, 90 * width / height), 2)
        colour = setting.backdrop or ((0.93, 0.90, 0.86), (0.80, 0.88, 0.88), (0.95, 0.82, 0.78))[int(rng.integers(3))]
    lit = 1.02 - 0.16 * np.hypot(x / width - 0.5 - 0.3 * light.side, y / height - 0.2)
    stage.picture = (np.array(colour, np.float32) * np.array(light.sun, np.float32) * (tone * lit)[..., None]).astype(
        np.float32
    )
    stage.surface, stage.floor, stage.horizon, stage.haze = "table", 1, 0, 0.0


def _behind(stage: Stage, setting: Setting) -> None:
    """The room: painted small, as a lens draws what is far out of focus."""
    named = setting.also & rooms.NAMES
    kind = min(named) if named else BEHIND[int(stage.rng.integers(len(BEHIND)))]
    height, width = max(48, stage.height // 3), max(48, stage.width // 3)
    small = replace(stage, picture=np.zeros((height, width, 3), np.float32), lamps=[])
    small.horizon, small.floor = int(height * 0.80), int(height * 0.84)
    rooms.room(small, replace(setting, place="room", also=frozenset({kind}), shown=frozenset()))
    soft = blur(small.picture, width / 34)
    rows = stage.horizon
    # What stands behind the table's edge is the room down to its floor.
    part = cv2.resize(soft[: max(2, int(height * 0.92))], (stage.width, max(1, rows)), interpolation=cv2.INTER_CUBIC)
    fall = np.linspace(0.92, 0.70, max(1, rows), dtype=np.float32)[:, None, None]
    stage.picture[:rows] = np.clip(part * fall + _bokeh(stage, rows), 0, 1.2)


def _covered(stage: Stage, kind: str) -> None:
    """A table top of marble, checked cloth or slate."""
    rng, top, light = stage.rng, stage.horizon, stage.light
    rows, width = stage.height - top, stage.width
    at = (np.arange(rows, dtype=np.float32) + 0.5)[:, None] / rows
    depth = 1.0 / (0.30 + 0.70 * at)
    x = (np.arange(width, dtype=np.float32)[None, :] / width - 0.5) * depth * np.float32(width / stage.height)
    rough = on_floor(rng, rows, width, 5, 5, 1.4)
    if kind == "marble":
        veins = np.exp(-np.abs(on_floor(rng, rows, width, 4, 4, 1.2) + 0.3 * rough) * 16)
        surface = np.array((0.93, 0.92, 0.91), np.float32) * (1 - 0.22 * veins + 0.03 * rough)[..., None]
    elif kind == "slate":
        grain = fbm(rng, rows, width, (rows / 3, width / 5), 2)
        surface = np.array((0.27, 0.29, 0.32), np.float32) * (1 + 0.22 * rough + 0.08 * grain)[..., None]
    else:
        hues: tuple[Colour, ...] = ((0.80, 0.22, 0.24), (0.26, 0.44, 0.66), (0.36, 0.56, 0.40))
        stripes = 0.5 * ((x * 16 % 1) < 0.5) + 0.5 * ((depth * 8 % 1) < 0.5)
        linen = np.broadcast_to(np.array((0.96, 0.95, 0.92), np.float32), (rows, width, 3))
        surface = (
            mix(linen, hues[int(rng.integers(3))], (0.85 * stripes).astype(np.float32)) * (1 + 0.04 * rough)[..., None]
        )
    across = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    shine = np.exp(-(((across - 0.5 - 0.3 * light.side) / 0.4) ** 2)) * np.exp(-((at / 0.5) ** 2))
    gloss = np.float32(0.05 if kind == "cloth" else 0.30)
    surface = surface * np.array(light.sun, np.float32) * np.float32(0.92)
    stage.picture[top:] = mix(surface, light.glow, shine * gloss) * (1 - 0.22 * at**2)[..., None]


def _bokeh(stage: Stage, rows: int) -> Plane:
    """Discs of light that a lens makes of lamps far behind."""
    rng, width = stage.rng, stage.width
    layer = np.zeros((max(1, rows), width, 3), np.float32)
    for _ in range(16):
        radius = int(width * float(rng.uniform(0.015, 0.05)))
        warm: Colour = (1.0, float(rng.uniform(0.65, 0.95)), float(rng.uniform(0.35, 0.8)))
        disc = np.zeros((max(1, rows), width), np.float32)
        cv2.circle(
            disc,
            (int(rng.uniform(0, width)), int(rng.uniform(0, rows * 0.85))),
            max(1, radius),
            float(rng.uniform(0.05, 0.22)),
            -1,
            cv2.LINE_AA,
        )
        layer += disc[..., None] * np.array(warm, np.float32)
    return blur(layer, width / 260)
