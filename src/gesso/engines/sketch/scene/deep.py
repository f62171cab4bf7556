"""Under water: shafts of light, sand with caustics, weed, corals and bubbles."""

from __future__ import annotations

import cv2
import numpy as np

from gesso.engines.sketch.scene.noise import Colour, Plane, blend, blur, fbm, gradient, mix, on_floor, step
from gesso.engines.sketch.scene.ranges import paint_range, profile
from gesso.engines.sketch.scene.stage import Stage

WATER: Colour = (0.05, 0.36, 0.56)
CORALS: tuple[Colour, ...] = ((0.94, 0.42, 0.46), (0.96, 0.62, 0.34), (0.80, 0.46, 0.84), (0.96, 0.80, 0.46))
WEEDS: tuple[Colour, ...] = ((0.24, 0.56, 0.34), (0.40, 0.60, 0.26), (0.20, 0.46, 0.42))


def underwater(stage: Stage) -> None:
    """Blue depth with shafts of light from above, sand with caustics, rising bubbles."""
    rng, height, width = stage.rng, stage.height, stage.width
    stage.picture = np.repeat(
        gradient(
            height,
            [(0, (0.42, 0.84, 0.92)), (0.30, (0.10, 0.56, 0.76)), (0.75, (0.03, 0.30, 0.52)), (1, (0.02, 0.20, 0.38))],
        ),
        width,
        axis=1,
    )
    angles = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    at = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    rays = fbm(rng, 1, 512, (1, 26), 3)[0]
    place = np.clip(((angles - 0.25 * stage.light.side) / (0.55 + 0.75 * at) * 0.5 + 0.5) * 511, 0, 511)
    shafts = step(0.0, 1.0, rays[place.astype(np.int32)]) * np.exp(-at * 2.1)
    stage.picture += (blur(shafts.astype(np.float32), width / 220) * np.float32(0.34))[..., None] * np.array(
        (0.8, 1.0, 1.0), np.float32
    )
    for i in range(2):
        paint_range(
            stage,
            profile(rng, width, 3 - i, 0.4),
            int(height * (0.84 + 0.06 * i)),
            height * (0.20 - 0.06 * i),
            (0.12, 0.32, 0.42),
            0.55 - 0.25 * i,
        )
    top = int(height * 0.80)
    rows = height - top
    ripple = np.abs(on_floor(rng, rows, width, 12, 2, 1.6))
    sand = np.array((0.44, 0.62, 0.60), np.float32) * (0.74 + 0.40 * np.exp(-ripple * 9))[..., None]
    near = np.linspace(0, 1, rows, dtype=np.float32)[:, None] ** 0.7
    stage.picture[top:] = mix(
        stage.picture[top:], sand, step(0.0, 0.35, near) * (0.35 + 0.5 * near) * np.ones((1, width), np.float32)
    )
    _reef(stage)
    bubbles(stage, 34)
    stage.surface, stage.horizon, stage.floor, stage.haze = "deep", top, int(height * 0.86), 0.45


def bubbles(stage: Stage, count: int) -> None:
    """Rings with a glint."""
    rng = stage.rng
    canvas = np.ascontiguousarray(stage.picture)
    for _ in range(count):
        radius = max(1, int(stage.height * 0.012 * float(rng.uniform(0.2, 1.0))))
        centre = (int(rng.uniform(0, stage.width)), int(rng.uniform(0, stage.height * 0.9)))
        cv2.circle(canvas, centre, radius, (0.75, 0.95, 1.0), 1, cv2.LINE_AA)
        cv2.circle(
            canvas, (centre[0] - radius // 3, centre[1] - radius // 3), max(1, radius // 4), (1, 1, 1), -1, cv2.LINE_AA
        )
    stage.picture = mix(stage.picture, canvas, np.float32(0.6))


def _reef(stage: Stage) -> None:
    """Rocks, corals and weed that frame the picture at its sides, bluer the farther away."""
    rng, height, width = stage.rng, stage.height, stage.width
    canvas = np.ascontiguousarray(stage.picture)
    for far in (0.72, 0.45, 0.15):
        for _ in range(int(7 * max(1.0, width / height))):
            side = float(rng.choice([0.0, 1.0]))
            x = width * (side + float(rng.normal(0, 0.15)))
            foot, size = (
                height * (0.86 + 0.16 * (1 - far)),
                height * (0.10 + 0.16 * (1 - far)) * float(rng.uniform(0.6, 1.2)),
            )
            pick = int(rng.integers(4))
            if pick == 0:
                _rock(rng, canvas, (x, foot, size), far)
            elif pick == 1:
                _coral(rng, canvas, (x, foot, size * 0.8), blend(CORALS[int(rng.integers(4))], WATER, far))
            else:
                _weed(rng, canvas, (x, foot, size * 1.7), blend(WEEDS[int(rng.integers(3))], WATER, far))
    stage.picture = canvas


Spot = tuple[float, float, float]
"""x and row of a foot, and a size, pixels."""


def _rock(rng: np.random.Generator, canvas: Plane, spot: Spot, far: float) -> None:
    x, foot, size = spot
    shape = np.array([(np.cos(a) * size * 0.9, -abs(np.sin(a)) * size * 0.6) for a in np.linspace(0, np.pi, 9)])
    shape *= rng.uniform(0.8, 1.15, (9, 1))
    for grow, tone in ((1.0, 0.55), (0.78, 0.85), (0.5, 1.0)):
        grey = blend((0.36 * tone, 0.42 * tone, 0.46 * tone), WATER, far)
        points = shape * grow + np.array([x - size * 0.08 * (1 - grow), foot - size * 0.16 * (1 - grow)])
        cv2.fillPoly(canvas, [(points * 8).astype(np.int32)], grey, cv2.LINE_AA, 3)


def _coral(rng: np.random.Generator, canvas: Plane, spot: Spot, colour: Colour) -> None:
    x, foot, size = spot
    stack = [(x, foot, -np.pi / 2, size * 0.42, size * 0.13)]
    while stack:
        x0, y0, angle, long, wide = stack.pop()
        x1, y1 = x0 + long * float(np.cos(angle)), y0 + long * float(np.sin(angle))
        ends = (int(x0 * 8), int(y0 * 8)), (int(x1 * 8), int(y1 * 8))
        cv2.line(canvas, *ends, tuple(c * 0.74 for c in colour), max(1, int(wide)), cv2.LINE_AA, 3)
        lit = (ends[0][0] - int(wide * 1.6), ends[0][1]), (ends[1][0] - int(wide * 1.6), ends[1][1])
        cv2.line(canvas, *lit, colour, max(1, int(wide * 0.5)), cv2.LINE_AA, 3)
        if wide > size * 0.035:
            turns = angle + np.array((-0.5, 0.5) if rng.random() < 0.6 else (-0.65, 0.0, 0.65))
            stack += [(x1, y1, float(turn + rng.normal(0, 0.12)), long * 0.74, wide * 0.68) for turn in turns]


def _weed(rng: np.random.Generator, canvas: Plane, spot: Spot, colour: Colour) -> None:
    x, foot, size = spot
    for _ in range(5):
        t = np.linspace(0, 1, 14)
        phase, high, lean = float(rng.uniform(0, 6)), size * float(rng.uniform(0.6, 1.1)), float(rng.normal(0, 0.14))
        xs = x + float(rng.normal(0, 0.10)) * size + size * (lean * t + 0.055 * np.sin(phase + 5.5 * t) * t)
        wide = size * 0.030 * (1 - t) ** 0.7 + 0.5
        ys = foot - high * t
        blade = np.concatenate([np.stack([xs - wide, ys], 1), np.stack([xs + wide, ys], 1)[::-1]])
        tone = float(rng.uniform(0.7, 1.2))
        cv2.fillPoly(canvas, [(blade * 8).astype(np.int32)], tuple(c * tone for c in colour), cv2.LINE_AA, 3)
