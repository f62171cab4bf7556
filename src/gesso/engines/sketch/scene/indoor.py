"""Indoors: a room with a window, a table top before soft lights, and a seamless studio backdrop."""

from __future__ import annotations

import cv2
import numpy as np

from gesso.engines.sketch.scene.noise import Colour, Plane, blend, blur, fbm, gradient, line, mix, step
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


def room(stage: Stage) -> None:
    """A wall with a window, a skirting board, a floor of boards, a rug where it fits, light falling in."""
    rng, light, width, height = stage.rng, stage.light, stage.width, stage.height
    wall = np.array(PAPERS[int(rng.integers(len(PAPERS)))], np.float32)
    top = stage.horizon
    x = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(0, 1, max(top, 1), dtype=np.float32)[:, None]
    pool = np.exp(-(((x - 0.5 - 0.32 * light.side) / 0.5) ** 2 + ((y - 0.45) / 0.8) ** 2))
    grain = fbm(rng, max(top, 1), width, (60, 60), 2) * 0.012
    dim = 0.52 if light.dark else 0.86
    colour = wall * np.array(blend(light.sun, (1, 1, 1), 0.35), np.float32)
    stage.picture[:top] = colour * (np.float32(dim) * (0.70 + 0.42 * pool) + grain)[..., None]
    if rng.random() < 0.5:
        stripes = (np.arange(width) // max(3, width // 44) % 2).astype(np.float32) * 0.035
        stage.picture[:top] *= (1 - stripes)[None, :, None]
    _window(stage, top)
    _picture_frame(stage, top)
    board = max(2, int(height * 0.022))
    stage.picture[top - board : top] = np.array(
        blend((0.95, 0.94, 0.90), (0, 0, 0), 0.08 if not light.dark else 0.45), np.float32
    )
    stage.picture[top - board : top - board + 1] *= 0.8
    planks(stage, top, WOODS[int(rng.integers(len(WOODS)))])
    rows = height - top
    stage.picture[top:] *= (0.86 + 0.14 * np.clip(np.arange(rows) / (0.1 * rows), 0, 1)).astype(np.float32)[
        :, None, None
    ]
    if light.dark:
        stage.picture[top:] *= 0.62
        stage.lamps.append((width * (0.5 + 0.36 * light.side), top * 0.5, width * 0.42, (1.0, 0.76, 0.42)))
    _sunbeam(stage, top)
    stage.floor = int(top + rows * 0.10)


def _window(stage: Stage, top: int) -> None:
    light, width = stage.light, stage.width
    wide, high = int(width * 0.24), int(top * 0.52)
    left, upper = int(width * (0.5 + 0.33 * light.side) - wide / 2), int(top * 0.14)
    left = int(np.clip(left, 4, width - wide - 4))
    if high < 8 or wide < 8:
        return
    view = np.repeat(
        gradient(
            high,
            [
                (0, light.zenith),
                (0.55, light.horizon),
                (0.72, blend(light.horizon, (0.3, 0.5, 0.25), 0.6)),
                (1, (0.30, 0.48, 0.24) if not light.dark else (0.05, 0.09, 0.12)),
            ],
        ),
        wide,
        axis=1,
    )
    frame = blend((0.97, 0.96, 0.93), (0.2, 0.2, 0.25), 0.55 if light.dark else 0.0)
    stage.picture[upper : upper + high, left : left + wide] = view * np.float32(1.06)
    thick = max(2, wide // 22)
    for x in (left - thick, left + wide // 2 - thick // 2, left + wide):
        stage.picture[upper - thick : upper + high + thick, max(0, x) : x + thick] = frame
    for y in (upper - thick, upper + high // 2, upper + high):
        stage.picture[y : y + thick, max(0, left - thick) : left + wide + thick] = frame
    cv2.rectangle(
        stage.picture,
        (left - thick * 2, upper + high + thick),
        (left + wide + thick * 2, upper + high + thick * 2),
        tuple(c * 0.88 for c in frame),
        -1,
    )


def _picture_frame(stage: Stage, top: int) -> None:
    rng, light, width = stage.rng, stage.light, stage.width
    x = int(width * (0.5 - 0.30 * light.side))
    wide, high, y = int(width * 0.13), int(top * 0.24), int(top * 0.24)
    if min(wide, high) < 6:
        return
    shade = 0.55 if light.dark else 0.95
    colours = [
        blend(BACKDROPS[int(rng.integers(len(BACKDROPS)))], (0.2, 0.3, 0.4), float(rng.uniform(0.1, 0.6)))
        for _ in range(3)
    ]
    cv2.rectangle(
        stage.picture,
        (x - wide // 2 + 3, y + 4),
        (x + wide // 2 + 4, y + high + 5),
        tuple(c * 0.45 * shade for c in PAPERS[0]),
        -1,
    )
    cv2.rectangle(stage.picture, (x - wide // 2, y), (x + wide // 2, y + high), tuple(c * shade for c in WOODS[2]), -1)
    inner = stage.picture[y + 4 : y + high - 4, x - wide // 2 + 4 : x + wide // 2 - 4]
    if inner.size:
        outline = (0.55 + 0.2 * line(rng, inner.shape[1], 2, 3))[None, :]
        rows = np.linspace(0, 1, inner.shape[0], dtype=np.float32)[:, None]
        art = mix(
            np.broadcast_to(np.array(colours[0], np.float32), inner.shape),
            colours[1],
            step(-0.02, 0.02, rows - outline),
        )
        inner[:] = art * np.float32(shade)


def _sunbeam(stage: Stage, top: int) -> None:
    """The window's light on the floor."""
    light, width, rows = stage.light, stage.width, stage.height - top
    if light.dark:
        return
    x0 = width * (0.5 + 0.33 * light.side)
    shift = -light.side * width * 0.22
    mask = np.zeros((rows, width), np.float32)
    for i in (-1, 1):
        a, b = x0 + (i - 0.9) * width * 0.058, x0 + (i + 0.9) * width * 0.058
        quad = np.array(
            [
                [a + shift * 0.5, rows * 0.16],
                [b + shift * 0.5, rows * 0.16],
                [b + shift * 1.5, rows * 0.86],
                [a + shift * 1.5 - width * 0.02, rows * 0.86],
            ]
        )
        cv2.fillPoly(mask, [(quad * 8).astype(np.int32)], 1.0, cv2.LINE_AA, 3)
    mask = blur(mask, width / 160)
    stage.picture[top:] = stage.picture[top:] * (1 + 0.42 * mask[..., None] * np.array(light.sun, np.float32))


def table(stage: Stage, wood: Colour | None = None) -> None:
    """A table top in front of a room out of focus."""
    rng, light, width = stage.rng, stage.light, stage.width
    wall = np.array(blend(PAPERS[int(rng.integers(len(PAPERS)))], (0.30, 0.26, 0.24), 0.35), np.float32)
    top = stage.horizon
    x = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(0, 1, max(1, top), dtype=np.float32)[:, None]
    pool = np.exp(-(((x - 0.5 - 0.36 * light.side) / 0.42) ** 2 + ((y - 0.35) / 0.7) ** 2))
    dim = 0.42 if light.dark else 0.74
    back = wall * np.array(light.sun, np.float32) * (np.float32(dim) * (0.62 + 0.75 * pool))[..., None]
    back = back + _bokeh(stage, top)
    stage.picture[:top] = np.clip(back, 0, 1.2)
    planks(stage, top, wood or WOODS[int(rng.integers(len(WOODS)))], 6.5, 0.30)
    edge = max(1, stage.height // 220)
    stage.picture[top : top + edge] *= 1.25
    if light.dark:
        stage.picture[top:] *= 0.7
    stage.surface, stage.floor = "table", int(top + (stage.height - top) * 0.26)


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
