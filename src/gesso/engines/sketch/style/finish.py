"""The last steps of a painted scene: glow of its lamps, bloom, contrast, grain."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.scene.noise import Colour, Plane, blur
from gesso.engines.sketch.scene.stage import Stage


def lamps(stage: Stage) -> None:
    """Add the light of every lamp in the picture."""
    if not stage.lamps:
        return
    height, width = stage.height // 4 + 1, stage.width // 4 + 1
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32) * 4
    glow = np.zeros((height, width, 3), np.float32)
    for x, y, radius, colour in stage.lamps:
        far = np.hypot(columns - np.float32(x), rows - np.float32(y)) / np.float32(max(radius, 1))
        glow += (0.55 * np.exp(-far * far * 30) + 0.26 * np.exp(-far * 3.2))[..., None] * np.array(colour, np.float32)
    stage.picture += cv2.resize(glow, (stage.width, stage.height), interpolation=cv2.INTER_LINEAR)


def develop(stage: Stage, contrast: float = 1.0, rich: float = 1.0, grain: float = 0.010) -> npt.NDArray[np.uint8]:
    """The stage's samples as (H, W, 3) uint8: bloom, a soft curve of `contrast`, saturation `rich`, vignette, grain."""
    size = stage.width, stage.height
    shade, bloom = (cv2.resize(part, size, interpolation=cv2.INTER_LINEAR) for part in _veils(stage))
    toning = _toning(contrast, rich)
    tile = _grain(stage, grain)
    bend = 0.22 * contrast
    out = np.empty((stage.height, stage.width, 3), np.uint8)
    for top in range(0, stage.height, BAND):
        part = slice(top, top + BAND)
        tones = stage.picture[part] * shade[part]
        tones += bloom[part]
        np.clip(tones, 0, 1, out=tones)
        curve = tones * np.float32(-2 * bend)
        curve += np.float32(3 * bend)
        curve *= tones
        curve += np.float32(1 - bend)
        tones *= curve
        tones = cv2.transform(tones, toning)
        tones += tile[top % TILE : top % TILE + len(tones)]
        out[part] = np.clip(tones, 0, 255, out=tones)
    return out


BAND = 16
"""Rows that are developed at a time: as many as stay in the processor's cache from step to step."""

TILE = 128
"""Side of the grain that repeats, a multiple of `BAND`."""


def _veils(stage: Stage) -> tuple[Plane, Plane]:
    """What the picture is multiplied by and what is added to it then, a quarter as large: vignette, bloom under it."""
    size = max(1, stage.width // 4), max(1, stage.height // 4)
    small = cv2.resize(stage.picture, size, interpolation=cv2.INTER_AREA)
    bright = blur(np.clip(small, 0.72, 1.6) - np.float32(0.72), max(0.5, stage.width / 4 * 0.018))
    shade = cv2.merge([_vignette(size[1], size[0])] * 3)
    return shade, bright * shade * np.float32(0.30)


def _toning(contrast: float, rich: float) -> npt.NDArray[np.float64]:
    """The matrix (3, 4) from curved tones to samples: contrast about the middle, saturation; half a level to round."""
    steep, middle = (0.75 + 0.25 * contrast, 0.5) if abs(contrast - 1) > 0.01 else (1.0, 0.0)
    vivid = 1.06 * rich
    matrix = np.tile(np.array([0.30, 0.59, 0.11]) * (1 - vivid), (3, 1)) + np.eye(3) * vivid
    return np.column_stack([matrix * steep * 255, np.full(3, middle * (1 - steep) * 255 + 0.5)])


def _grain(stage: Stage, strength: float) -> Plane:
    """A row of grain tiles across the picture, (TILE, W, 3), in levels."""
    if not strength:
        return np.zeros((TILE, stage.width, 3), np.float32)
    tile = stage.rng.standard_normal((TILE, TILE), np.float32) * np.float32(strength * 255)
    return cv2.merge([np.tile(tile, (1, stage.width // TILE + 1))[:, : stage.width]] * 3)


def _vignette(height: int, width: int) -> Plane:
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None] ** 2
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :] ** 2
    return 1 - 0.13 * np.clip((x + y) / 2, 0, 1) ** np.float32(1.3)


def enlarge(stage: Stage, width: int, height: int) -> None:
    """Bring a stage painted small to its full size, with everything that is measured in pixels."""
    factor = height / stage.height
    stage.picture = cv2.resize(stage.picture, (width, height), interpolation=cv2.INTER_CUBIC)
    stage.horizon, stage.floor = round(stage.horizon * factor), round(stage.floor * factor)
    stage.tracks = None if stage.tracks is None else round(stage.tracks * factor)
    stage.kerb = None if stage.kerb is None else round(stage.kerb * factor)
    if stage.water:
        stage.water = (round(stage.water[0] * factor), round(stage.water[1] * factor))
    stage.lamps = [(x * factor, y * factor, radius * factor, colour) for x, y, radius, colour in stage.lamps]


def clear(stage: Stage, colour: Colour | None = None) -> None:
    """One colour, white unless another is given, where nothing throws a shadow: the ground of icons and logos."""
    stage.picture[:] = colour or (1.0, 1.0, 1.0)
    stage.place, stage.reflect, stage.water = "plain", 0.0, None
    white = (1.0, 1.0, 1.0)
    stage.light = replace(
        stage.light, shadow=0.0, haze=white, sun=white, shade=(0.86, 0.86, 0.90), stars=0.0, dark=False
    )


def bytes_of(stage: Stage) -> npt.NDArray[np.uint8]:
    """The stage's samples as they are."""
    return np.rint(np.clip(stage.picture, 0, 1) * 255).astype(np.uint8)
