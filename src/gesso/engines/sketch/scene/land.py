"""Floors that run from the horizon to the lower edge: grass, snow, sand, rock."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gesso.engines.sketch.scene.light import Light, lit
from gesso.engines.sketch.scene.noise import Colour, Plane, line, mix, on_floor, step
from gesso.engines.sketch.scene.stage import Stage

FLOORS: Mapping[str, tuple[Colour, Colour, float]] = {
    "grass": ((0.36, 0.58, 0.20), (0.62, 0.76, 0.36), 0.16),
    "summer": ((0.40, 0.60, 0.18), (0.74, 0.78, 0.34), 0.16),
    "autumn": ((0.55, 0.42, 0.16), (0.80, 0.62, 0.30), 0.18),
    "savanna": ((0.68, 0.56, 0.24), (0.86, 0.76, 0.44), 0.16),
    "alp": ((0.44, 0.50, 0.30), (0.58, 0.62, 0.44), 0.24),
    "snow": ((0.86, 0.91, 0.97), (0.93, 0.96, 1.0), 0.05),
    "sand": ((0.88, 0.76, 0.54), (0.96, 0.88, 0.70), 0.07),
    "dune": ((0.90, 0.66, 0.38), (0.98, 0.82, 0.58), 0.07),
    "rock": ((0.66, 0.40, 0.26), (0.82, 0.58, 0.40), 0.15),
    "forest": ((0.25, 0.36, 0.16), (0.40, 0.52, 0.26), 0.20),
    "moon": ((0.52, 0.53, 0.56), (0.70, 0.71, 0.74), 0.12),
    "mars": ((0.66, 0.33, 0.20), (0.84, 0.52, 0.34), 0.14),
    "earth": ((0.42, 0.32, 0.22), (0.58, 0.47, 0.34), 0.18),
}
"""Floor -> colour near, colour far, contrast of its texture."""


SOFT = frozenset({"grass", "summer", "autumn", "savanna", "forest"})
"""Floors of which blades stand up."""


SLOPING = 0.35
"""Share of its raggedness that the edge of a slope keeps: blades that stand upright make steps of it."""


def paint_floor(
    stage: Stage, kind: str, top: int | None = None, shaded: float = 0.0, fall: Plane | None = None
) -> None:
    """Lay a floor from `top` (the horizon) to the lower edge.

    Its far edge rises and falls a little and is ragged where something grows; `shaded` 0..1 darkens it there, below
    a wood; `fall` is by how many pixels it lies lower there, by column: the top of a hill, a headland.
    """
    near, far, contrast = FLOORS[kind]
    light, rng = stage.light, stage.rng
    top = stage.horizon if top is None else top
    height, width = stage.height - top, stage.width
    if height < 2:
        return
    cells = 7.0 * max(1.0, width / stage.height)
    rough = on_floor(rng, height, width, cells, 5, 1.6)
    patches = on_floor(rng, height, width, cells / 4, 2, 2.5)
    fine = on_floor(rng, height, width, cells * 5, 3, 0.8)
    at = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    base = mix(
        np.broadcast_to(np.array(lit(far, light), np.float32), (height, width, 3)),
        lit(near, light),
        np.broadcast_to(at**0.6, (height, width)),
    )
    # At the edge the neighbour is the edge itself: rolled round, a strip of the other side would show there.
    beside = np.clip(np.arange(width) - (2 if light.side > 0 else -2), 0, width - 1)
    slope = rough[:, beside] - rough
    shade = 1 + contrast * (0.7 * rough + 0.8 * patches + 1.8 * slope + 0.8 * fine * at) - 0.10 * at**3
    if kind in ("sand", "dune", "snow"):
        shade = shade + _ripples(rng, rough, patches, at, 0.05 if kind != "snow" else 0.018)
    base = base * shade[..., None].astype(np.float32)
    if kind in SOFT:
        base = _patched(base, patches, kind, light)
    base = mix(
        base, light.haze, (stage.haze * (0.6 - 0.4 * shaded) * np.exp(-at * 8)) * np.ones((1, width), np.float32)
    )
    base = base * (1 - shaded * 0.5 * np.exp(-at * 16))[..., None]
    _join(stage, base, top, kind, fall)


def _ripples(rng: np.random.Generator, rough: Plane, patches: Plane, at: Plane, strength: float) -> Plane:
    """The wind's ridges across sand and snow, seen where they are near."""
    depth = 1.0 / (at * 0.86 + 0.14)
    wave = np.sin(depth * np.float32(30 + 12 * rng.random()) + 4.0 * patches + 1.6 * rough)
    return (strength * wave * np.clip(at * 2.2 - 0.25, 0, 1) * step(-0.5, 0.4, patches)).astype(np.float32)


def _join(stage: Stage, base: Plane, top: int, kind: str, fall: Plane | None) -> None:
    """Lay a floor below a far edge that is no ruled line."""
    rng, width = stage.rng, stage.width
    rise = line(rng, width, 2.2, 3) * stage.height * (0.007 if kind in SOFT else 0.012)
    if kind in SOFT:
        ragged = np.abs(line(rng, width, width / 4, 2)) * max(1.5, stage.height * 0.006)
        rise = rise + ragged * (1.0 if fall is None else SLOPING)
    rise = rise - (0 if fall is None else fall)
    reach = int(stage.height * 0.02) + 2
    start = max(0, top - reach)
    rows = np.arange(start, stage.height, dtype=np.float32)[:, None]
    full = np.concatenate([np.repeat(base[:1], top - start, axis=0), base])
    mask = np.clip(rows - (top - rise[None, :]) + 0.5, 0, 1)
    stage.picture[start:] = mix(stage.picture[start:], full, mask)


def _patched(base: Plane, patches: Plane, kind: str, light: Light) -> Plane:
    """Grass is never one green: warmer where it is dry."""
    dry: Colour = (0.78, 0.62, 0.24) if kind in ("autumn", "savanna") else (0.66, 0.72, 0.22)
    return mix(base, lit(dry, light), step(0.05, 0.9, patches) * np.float32(0.4))
