"""The last steps of a painted scene: glow of its lamps, bloom, contrast, grain."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.scene.noise import Plane, blur
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
    picture = stage.picture
    small = cv2.resize(
        np.clip(picture, 0, 1.6), (max(1, stage.width // 4), max(1, stage.height // 4)), interpolation=cv2.INTER_AREA
    )
    bright = blur(np.clip(small - 0.72, 0, 1), max(0.5, stage.width / 4 * 0.018))
    picture = picture + cv2.resize(bright, (stage.width, stage.height), interpolation=cv2.INTER_LINEAR) * np.float32(
        0.30
    )
    vignette = _vignette(stage.height, stage.width)
    picture *= vignette[..., None]
    picture = np.clip(picture, 0, 1)
    bend = np.float32(0.22 * contrast)
    picture = picture + bend * (picture * picture * (3 - 2 * picture) - picture)
    if abs(contrast - 1) > 0.01:
        picture = (picture - 0.5) * np.float32(0.75 + 0.25 * contrast) + 0.5
    grey = picture @ np.array([0.30, 0.59, 0.11], np.float32)
    picture = grey[..., None] + (picture - grey[..., None]) * np.float32(1.06 * rich)
    if grain:
        tile = stage.rng.standard_normal((128, 128), np.float32)
        copies = (stage.height // 128 + 1, stage.width // 128 + 1)
        picture += np.tile(tile, copies)[: stage.height, : stage.width, None] * np.float32(grain)
    return np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)


def _vignette(height: int, width: int) -> Plane:
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None] ** 2
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :] ** 2
    return 1 - 0.13 * np.clip((x + y) / 2, 0, 1) ** 1.3


def enlarge(stage: Stage, width: int, height: int) -> None:
    """Bring a stage painted small to its full size, with everything that is measured in pixels."""
    factor = height / stage.height
    stage.picture = cv2.resize(stage.picture, (width, height), interpolation=cv2.INTER_CUBIC)
    stage.horizon, stage.floor = round(stage.horizon * factor), round(stage.floor * factor)
    if stage.water:
        stage.water = (round(stage.water[0] * factor), round(stage.water[1] * factor))
    stage.lamps = [(x * factor, y * factor, radius * factor, colour) for x, y, radius, colour in stage.lamps]


def clear(stage: Stage) -> None:
    """Only white, where nothing throws a shadow: the ground of icons."""
    stage.picture[:] = 1.0
    stage.place, stage.reflect, stage.water = "plain", 0.0, None
    white = (1.0, 1.0, 1.0)
    stage.light = replace(
        stage.light, shadow=0.0, haze=white, sun=white, shade=(0.86, 0.86, 0.90), stars=0.0, dark=False
    )


def bytes_of(stage: Stage) -> npt.NDArray[np.uint8]:
    """The stage's samples as they are."""
    return np.rint(np.clip(stage.picture, 0, 1) * 255).astype(np.uint8)
