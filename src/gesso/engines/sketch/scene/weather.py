"""Weather over a painted scene: rain, snow, fog, lightning, aurora, rainbow."""

from __future__ import annotations

import cv2
import numpy as np

from gesso.engines.sketch.scene.noise import Plane, blend, blur, fbm, line, mix, step
from gesso.engines.sketch.scene.stage import Stage


def behind(stage: Stage, weather: frozenset[str], features: frozenset[str]) -> None:
    """What stands in the sky: painted before the land."""
    if "aurora" in weather:
        _aurora(stage)
    if "rainbow" in weather or {"rainbow", "double"} & features:
        _rainbow(stage, "double" in features)
    if "storm" in weather or "lightning" in features:
        _lightning(stage)


def _aurora(stage: Stage) -> None:
    rng, height, width = stage.rng, stage.horizon, stage.width
    y = np.arange(height, dtype=np.float32)[:, None]
    glow = np.zeros((height, width, 3), np.float32)
    for i, (low, high) in enumerate(
        (((0.10, 0.95, 0.55), (0.45, 0.25, 0.85)), ((0.15, 0.85, 0.70), (0.75, 0.25, 0.65)))
    ):
        foot = height * (0.62 - 0.20 * i + 0.18 * line(rng, width, 2.2, 4))[None, :]
        rays = 0.55 + 0.55 * np.abs(line(rng, width, 38, 3))[None, :]
        up = (foot - y) / (height * (0.42 + 0.12 * line(rng, width, 5, 2))[None, :])
        strength = np.where(up > 0, np.exp(-up * 2.3), np.exp(up * 26)) * rays * (0.85 - 0.3 * i)
        colour = mix(np.broadcast_to(np.array(low, np.float32), glow.shape), high, np.clip(up, 0, 1).astype(np.float32))
        glow += strength[..., None].astype(np.float32) * colour
    stage.picture[:height] += blur(glow, width / 300) * np.float32(0.85)


def _rainbow(stage: Stage, double: bool = False) -> None:
    """A bow; outside it a second one, paler and with its colours the other way round, where it is `double`."""
    height, width = stage.height, stage.width
    y, x = np.mgrid[0 : stage.horizon, 0:width].astype(np.float32)
    centre = (width * (0.5 - 0.12 * stage.light.side), stage.horizon + 0.16 * height)
    radius = min(width * 0.52, stage.horizon * 1.02) * (0.84 if double else 1.0)
    far = (np.hypot(x - np.float32(centre[0]), y - np.float32(centre[1])) - radius) / (0.075 * radius)
    stops = [0.0, 0.17, 0.34, 0.5, 0.67, 0.84, 1.0]
    bow = (
        (0.55, 0.25, 0.75),
        (0.25, 0.35, 0.95),
        (0.2, 0.75, 0.9),
        (0.25, 0.85, 0.35),
        (1.0, 0.93, 0.25),
        (1.0, 0.60, 0.20),
        (0.95, 0.25, 0.22),
    )
    colour = np.stack([np.interp(far, stops, [c[i] for c in bow]) for i in range(3)], axis=-1).astype(np.float32)
    alpha = step(-0.15, 0.2, far) * (1 - step(0.8, 1.15, far))
    stage.picture[: stage.horizon] = mix(stage.picture[: stage.horizon], colour, alpha * np.float32(0.62))
    if double:
        outer = (far * np.float32(0.075) - np.float32(0.22)) / np.float32(0.10)
        colour = np.stack([np.interp(outer, stops, [c[i] for c in bow[::-1]]) for i in range(3)], axis=-1)
        alpha = step(-0.15, 0.2, outer) * (1 - step(0.8, 1.15, outer))
        stage.picture[: stage.horizon] = mix(
            stage.picture[: stage.horizon], colour.astype(np.float32), alpha * np.float32(0.36)
        )


def _lightning(stage: Stage) -> None:
    rng, width = stage.rng, stage.width
    layer = np.zeros((stage.height, width), np.float32)
    start = (float(rng.uniform(0.25, 0.75)) * width, 0.0)
    _bolt(rng, layer, start, stage.horizon, max(1.4, width / 300), 0)
    glow = blur(layer, width / 28) * 2.2 + blur(layer, width / 130) * 1.1
    stage.picture += glow[..., None] * np.array((0.70, 0.78, 1.0), np.float32)
    stage.picture = mix(stage.picture, (0.97, 0.98, 1.0), np.clip(layer, 0, 1))


def _bolt(
    rng: np.random.Generator, layer: Plane, start: tuple[float, float], end: float, thick: float, depth: int
) -> None:
    x, y = start
    while y < end:
        nx, ny = x + float(rng.normal(0, end * 0.045)), y + end * float(rng.uniform(0.03, 0.08))
        cv2.line(layer, (int(x * 8), int(y * 8)), (int(nx * 8), int(ny * 8)), 1.0, max(1, int(thick)), cv2.LINE_AA, 3)
        if depth < 2 and rng.random() < 0.22:
            _bolt(rng, layer, (nx, ny), ny + (end - ny) * 0.5, thick * 0.5, depth + 1)
        x, y = nx, ny


def between(stage: Stage, weather: frozenset[str]) -> None:
    """What hangs between the scene and its subjects."""
    if "fog" in weather:
        fog(stage, 0.62)


def before(stage: Stage, weather: frozenset[str]) -> None:
    """What hangs between viewer and scene: painted last, over the subjects."""
    if "fog" in weather:
        fog(stage, 0.16)
    if "rain" in weather or "storm" in weather:
        _rain(stage)
    if "snow" in weather:
        _snow(stage)


def fog(stage: Stage, strength: float = 0.6) -> None:
    """Banks of mist that lie on the ground and are thickest far away."""
    height, width = stage.height, stage.width
    drift = fbm(stage.rng, height // 4 + 2, width // 4 + 2, (3, 2.0 * width / height), 4)
    drift = cv2.resize(drift, (width, height), interpolation=cv2.INTER_LINEAR)
    rows = (np.arange(height, dtype=np.float32)[:, None] - stage.horizon) / height
    layer = np.exp(-((np.abs(rows) / 0.22) ** 1.4)) * strength * 0.9 + 0.2 * strength
    density = np.clip(layer * (0.8 + 0.55 * drift), 0, 0.9)
    colour = blend(stage.light.haze, (1, 1, 1), 0.12 if not stage.light.dark else 0.03)
    stage.picture = mix(stage.picture, colour, density.astype(np.float32))


def _rain(stage: Stage) -> None:
    """Streaks of two depths, all at the wind's slant."""
    rng, height, width = stage.rng, stage.height, stage.width
    slant = float(rng.uniform(-0.22, 0.22))
    layer = np.zeros((height, width), np.float32)
    for count, length, strength in ((width * 0.9, 0.030, 0.20), (width * 0.30, 0.065, 0.34)):
        for _ in range(int(count)):
            x, y, size = (
                float(rng.uniform(-0.1, 1.1)) * width,
                float(rng.uniform(-0.1, 1.0)) * height,
                height * length * float(rng.uniform(0.6, 1.4)),
            )
            cv2.line(
                layer,
                (int(x * 8), int(y * 8)),
                (int((x + slant * size) * 8), int((y + size) * 8)),
                strength,
                1,
                cv2.LINE_AA,
                3,
            )
    stage.picture = mix(stage.picture, blend(stage.light.haze, (1, 1, 1), 0.45), layer)


def _snow(stage: Stage) -> None:
    """Flakes of three depths; the near ones are out of focus."""
    rng, height, width = stage.rng, stage.height, stage.width
    for count, radius, strength, soft in (
        (1.0, 0.0016, 0.75, 0.4),
        (0.30, 0.0034, 0.85, 0.8),
        (0.04, 0.010, 0.55, 3.0),
    ):
        layer = np.zeros((height, width), np.float32)
        for _ in range(int(width * count)):
            size = max(0.6, height * radius * float(rng.uniform(0.6, 1.4)))
            centre = (int(float(rng.uniform(0, width)) * 8), int(float(rng.uniform(0, height)) * 8))
            cv2.circle(layer, centre, int(size * 8), strength, -1, cv2.LINE_AA, 3)
        stage.picture = mix(stage.picture, (0.98, 0.99, 1.0), blur(layer, soft))
