"""Water: a plane that mirrors what is above it, broken by waves, with the sun's path on it; and shores."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.scene.land import FLOORS
from gesso.engines.sketch.scene.light import lit
from gesso.engines.sketch.scene.noise import Colour, blend, line, mix, on_floor, step
from gesso.engines.sketch.scene.sky import sun_place
from gesso.engines.sketch.scene.stage import Stage

DEEP: Colour = (0.05, 0.30, 0.46)
CLEAR: Colour = (0.16, 0.52, 0.60)


def paint_water(stage: Stage, top: int, bottom: int, waves: float = 1.0, deep: Colour = DEEP) -> None:
    """Water from row `top` to `bottom`; `waves` 0 is a mirror, 1 the open sea."""
    light, width = stage.light, stage.width
    bottom = min(bottom, stage.height)
    rows = bottom - top
    if rows < 2:
        return
    full = stage.height - top
    cells = (9 if waves > 0.5 else 6) * max(1.0, width / stage.height)
    swell = on_floor(stage.rng, full, width, cells, 3, 3.4, 14.0)[:rows]
    chop = on_floor(stage.rng, full, width, cells * 3.2, 3, 2.6, 14.0)[:rows]
    at = (np.arange(rows, dtype=np.float32) / full)[:, None]
    mirrored = _mirror(stage, top, rows, swell + 0.5 * chop, waves)
    body = np.broadcast_to(np.array(lit(deep, light, 0.6), np.float32), mirrored.shape)
    facing = np.clip(0.80 - 0.42 * at**0.6 - 0.34 * waves * (swell * 0.6 + chop * 0.5), 0.12, 0.96)
    surface = mix(body, mirrored, facing * (0.8 if waves > 0.5 else 0.92))
    crest = step(0.30, 0.95, swell * 0.6 + chop * 0.7) * np.clip(at * 3, 0, 1)
    surface = mix(surface, blend(light.horizon, (1, 1, 1), 0.3), crest * np.float32(0.26 * waves))
    surface = _path(stage, surface, top, swell * 0.5 + chop, waves)
    surface = mix(
        surface, light.haze, np.exp(-at * 26) * np.float32(0.6 * stage.haze) * np.ones((1, width), np.float32)
    )
    stage.picture[top:bottom] = surface
    stage.water = (top, bottom)
    stage.reflect = 0.30 if waves > 0.5 else 0.5


def _mirror(stage: Stage, top: int, rows: int, bump: npt.NDArray[Any], waves: float) -> npt.NDArray[Any]:
    """What stands above `top` upside down, drawn out and jittered by the waves."""
    source = stage.picture[: max(top, 2)]
    at = np.arange(rows, dtype=np.float32)[:, None]
    stretch = max(1.0, rows / max(1, top))
    y = np.clip(len(source) - 1 - at / stretch - np.abs(bump) * (2 + 0.16 * at) * (0.3 + waves), 0, len(source) - 1)
    x = np.arange(stage.width, dtype=np.float32)[None, :] + bump * (1 + at * 0.05) * (0.6 + waves)
    mirrored = cv2.remap(
        np.ascontiguousarray(source),
        x.astype(np.float32),
        y.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )
    return cv2.blur(mirrored, (1, 1 + 2 * int(1 + 3 * waves)))


def _path(stage: Stage, surface: npt.NDArray[Any], top: int, bump: npt.NDArray[Any], waves: float) -> npt.NDArray[Any]:
    """The glitter below the sun or moon."""
    light = stage.light
    if (light.height >= 0.5 and not light.stars) or stage.haze > 0.65:
        return surface
    x0, _ = sun_place(stage.height, stage.width, stage.horizon, light)
    rows = len(surface)
    at = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    x = np.arange(stage.width, dtype=np.float32)[None, :]
    wide = stage.width * (0.035 + 0.16 * at)
    column = np.exp(-(((x - np.float32(x0)) / wide) ** 2))
    sparkle = step(0.0, 0.7, bump + column * 0.75 - 0.35 * waves)
    return mix(
        surface,
        blend(light.glow, (1, 1, 1), 0.25),
        column * (0.25 + 0.75 * sparkle) * np.float32(0.8 if not light.dark else 0.6),
    )


def shore(stage: Stage, kind: str = "sand", at: float = 0.62) -> None:
    """A beach in front: wet sand, a line of foam, dry sand."""
    height, width = stage.height, stage.width
    rise = line(stage.rng, width, 1.6, 3) * 0.05 + line(stage.rng, width, 5, 3) * 0.012
    edge = stage.horizon + (height - stage.horizon) * (at + rise)
    rows = np.arange(height, dtype=np.float32)[:, None]
    below = rows - edge[None, :].astype(np.float32)
    span = height * 0.045
    near, far, _ = FLOORS[kind]
    grain = on_floor(stage.rng, height - stage.horizon, width, 14, 4, 1.4)
    texture = np.zeros((height, width), np.float32)
    texture[stage.horizon :] = grain
    dry = np.array(lit(blend(near, far, 0.4), stage.light), np.float32) * (1 + 0.07 * texture)[..., None]
    wet = mix(dry * 0.72, stage.light.horizon, np.float32(0.22))
    sand = mix(wet, dry, step(0.4, 1.6, below / span))
    shallow = step(-1.6, 0.0, below / span)
    stage.picture = mix(stage.picture, lit(CLEAR, stage.light, 0.9), shallow * 0.55 * (below < 0))
    stage.picture = mix(stage.picture, sand, np.clip(below + 0.5, 0, 1))
    for offset, strength in ((0.0, 0.95), (-1.15, 0.5)):
        foam = np.exp(-(((below - offset * span + texture * span * 0.35) / (span * 0.16)) ** 2)) * step(
            -0.6, 0.5, texture + 0.4
        )
        stage.picture = mix(stage.picture, lit((1, 1, 1), stage.light, 0.9), foam * np.float32(strength))
    stage.water = (stage.horizon, int(edge.min()))
    stage.floor = int(min(edge.max() + span, height * 0.94))
