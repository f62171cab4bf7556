"""Indoors: floors of boards, and a seamless studio backdrop."""

from __future__ import annotations

import cv2
import numpy as np

from gesso.engines.sketch.scene.noise import Colour, fbm, mix, step
from gesso.engines.sketch.scene.stage import Stage

PAPERS: tuple[Colour, ...] = (
    (0.80, 0.72, 0.60),
    (0.62, 0.70, 0.66),
    (0.72, 0.62, 0.58),
    (0.58, 0.66, 0.76),
    (0.84, 0.78, 0.68),
    (0.66, 0.60, 0.68),
)
WOODS: tuple[Colour, ...] = ((0.58, 0.37, 0.21), (0.66, 0.46, 0.28), (0.48, 0.30, 0.18), (0.72, 0.54, 0.36))
BACKDROPS: tuple[Colour, ...] = (
    (0.86, 0.84, 0.80),
    (0.70, 0.80, 0.86),
    (0.94, 0.80, 0.72),
    (0.76, 0.84, 0.74),
    (0.84, 0.78, 0.88),
    (0.96, 0.86, 0.62),
)


def planks(stage: Stage, top: int, wood: Colour, count: float = 9.0, gloss: float = 0.25) -> None:
    """Boards that run towards the viewer, with grain, gaps and a sheen."""
    rng, width, rows = stage.rng, stage.width, stage.height - top
    if rows < 2:
        return
    at = (np.arange(rows, dtype=np.float32) + 0.5)[:, None] / rows
    depth = 1.0 / (0.30 + 0.70 * at)
    x = (np.arange(width, dtype=np.float32)[None, :] / width - 0.5) * depth * np.float32(count) + 50
    board = np.floor(x).astype(np.int32)
    tones = rng.uniform(0.84, 1.14, 120).astype(np.float32)[board % 120]
    tile = fbm(rng, 256, 256, (3, 40), 4)
    v = depth * 130 + (board * 37 % 256)
    grain = cv2.remap(
        tile,
        ((x * 40) % 256).astype(np.float32),
        (v % 256).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_WRAP,
    )
    gap = np.clip((0.5 - np.abs(x % 1 - 0.5)) / (0.012 * depth), 0, 1)
    shade = tones * (1 + 0.20 * grain) * (0.55 + 0.45 * gap)
    surface = np.array(wood, np.float32) * shade[..., None]
    light = stage.light
    surface = surface * np.array(light.sun, np.float32)
    across = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    shine = np.exp(-(((across - 0.5 - 0.3 * light.side) / 0.4) ** 2)) * np.exp(-((at / 0.55) ** 2))
    stage.picture[top:] = mix(surface, light.glow, shine * np.float32(gloss)) * (1 - 0.22 * at**2)[..., None]


def studio(stage: Stage, colour: Colour | None) -> None:
    """A seamless backdrop: wall and floor run into each other, light from one side."""
    rng, light, height, width = stage.rng, stage.light, stage.height, stage.width
    tone = np.array(colour or BACKDROPS[int(rng.integers(len(BACKDROPS)))], np.float32)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    pool = np.exp(-(((x / width - 0.5 - 0.12 * light.side) / 0.62) ** 2 + ((y / height - 0.42) / 0.60) ** 2))
    bend = step(0.62, 0.86, y / height)
    bright = float(tone.mean())
    depth = 0.26 if bright > 0.2 else 0.5
    shade = (1 - depth) + depth * 1.12 * pool - 0.05 * bend * (1 - bend) * 4 + 0.02 * bend
    picture = tone * shade[..., None]
    if bright < 0.2:
        picture = picture + (pool * np.float32(0.07))[..., None]
    stage.picture = picture
    stage.floor = int(height * 0.74)
    stage.horizon = int(height * 0.62)
    stage.haze = 0.0
