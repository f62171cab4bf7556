"""Land: floors that run to the horizon; ranges of hills, mountains, dunes, mesas and trees that fade into the haze."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from gesso.engines.sketch.scene.light import Light
from gesso.engines.sketch.scene.noise import Colour, Plane, blend, blur, fbm, line, mix, on_floor, step
from gesso.engines.sketch.scene.stage import Stage

FLOORS: Mapping[str, tuple[Colour, Colour, float]] = {
    "grass": ((0.36, 0.58, 0.20), (0.62, 0.76, 0.36), 0.16),
    "summer": ((0.40, 0.60, 0.18), (0.74, 0.78, 0.34), 0.16),
    "autumn": ((0.55, 0.42, 0.16), (0.80, 0.62, 0.30), 0.18),
    "savanna": ((0.68, 0.56, 0.24), (0.86, 0.76, 0.44), 0.16),
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


def lit(colour: Colour, light: Light, share: float = 0.75) -> Colour:
    """A surface's colour as it looks with `share` of it in the sun and the rest in shade."""
    by = blend(light.shade, light.sun, share)
    return (colour[0] * by[0], colour[1] * by[1], colour[2] * by[2])


def paint_floor(stage: Stage, kind: str, top: int | None = None) -> None:
    """Lay a floor from `top` (the horizon) to the lower edge."""
    near, far, contrast = FLOORS[kind]
    light, rng = stage.light, stage.rng
    top = stage.horizon if top is None else top
    height, width = stage.height - top, stage.width
    if height < 2:
        return
    cells = 7.0 * max(1.0, width / stage.height)
    rough = on_floor(rng, height, width, cells, 5, 1.6)
    patches = on_floor(rng, height, width, cells / 4, 2, 2.5)
    at = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    base = mix(
        np.broadcast_to(np.array(lit(far, light), np.float32), (height, width, 3)),
        lit(near, light),
        np.broadcast_to(at**0.6, (height, width)),
    )
    slope = np.roll(rough, 2 if light.side > 0 else -2, axis=1) - rough
    shade = 1 + contrast * (0.9 * rough + 0.9 * patches + 2.2 * slope) - 0.12 * at**3
    base = base * shade[..., None].astype(np.float32)
    if kind in ("grass", "summer", "autumn", "savanna", "forest"):
        base = _patched(base, patches, kind, light)
    base = mix(base, light.haze, (stage.haze * 0.75 * np.exp(-at * 7)) * np.ones((1, width), np.float32))
    stage.picture[top:] = base
    if kind in ("grass", "summer", "autumn", "savanna"):
        _blades(stage, top, near, light)


def _patched(base: Plane, patches: Plane, kind: str, light: Light) -> Plane:
    """Grass is never one green: warmer where it is dry."""
    dry: Colour = (0.78, 0.62, 0.24) if kind in ("autumn", "savanna") else (0.66, 0.72, 0.22)
    return mix(base, lit(dry, light), step(0.05, 0.9, patches) * np.float32(0.4))


def _blades(stage: Stage, top: int, colour: Colour, light: Light) -> None:
    """Tufts in the foreground, drawn as strokes that grow towards the viewer."""
    rng, height, width = stage.rng, stage.height, stage.width
    count = int(width * 1.1)
    rows = top + (height - top) * np.sqrt(rng.uniform(0.12, 1.05, count))
    order = np.argsort(rows, kind="stable")
    xs, lean, tone = rng.uniform(-4, width + 4, count), rng.normal(0, 0.35, count), rng.uniform(0.72, 1.28, count)
    canvas = np.ascontiguousarray(stage.picture)
    for i in order:
        size = (rows[i] - top) / (height - top) * height * 0.030 + 1.0
        shade = lit(colour, light, 0.75)
        value = tuple(float(min(1.0, c * tone[i])) for c in shade)
        tip = (int((xs[i] + lean[i] * size) * 8), int((rows[i] - size) * 8))
        cv2.line(canvas, (int(xs[i] * 8), int(rows[i] * 8)), tip, value, 1, cv2.LINE_AA, 3)
    stage.picture = canvas


def flowers(stage: Stage, colours: list[Colour], count: int) -> None:
    """Small blossoms strewn over the floor, larger when near."""
    rng, top = stage.rng, stage.horizon
    canvas = np.ascontiguousarray(stage.picture)
    rows = np.sort(top + (stage.height - top) * rng.uniform(0.03, 1.0, count) ** 0.8)
    for row in rows:
        near = stage.nearness(float(row))
        radius = 0.6 + near * stage.height * 0.0075 * rng.uniform(0.6, 1.2)
        x, colour = rng.uniform(0, stage.width), lit(colours[int(rng.integers(len(colours)))], stage.light, 0.9)
        centre = (int(x * 8), int(row * 8))
        cv2.circle(canvas, centre, int(radius * 8), colour, -1, cv2.LINE_AA, 3)
        if radius > 2:
            cv2.circle(canvas, centre, int(radius * 3), lit((0.98, 0.82, 0.30), stage.light, 0.9), -1, cv2.LINE_AA, 3)
    stage.picture = canvas


def profile(rng: np.random.Generator, width: int, cells: float, rough: float, peak: float = 1.0) -> Plane:
    """A range's outline (width,), 0..1; `peak` above 1 sharpens its summits."""
    outline = line(rng, width, cells, 7, rough) * 0.5 + 0.5
    return np.clip(outline, 0, 1) ** np.float32(peak)


def paint_range(
    stage: Stage, outline: Plane, base: int, tall: float, colour: Colour, far: float, rough: float = 0.22
) -> Plane:
    """Fill below base - outline * tall with `colour`, lit and hazed by `far` 0..1. Returns its mask."""
    height, width = stage.height, stage.width
    crest = base - outline * np.float32(tall)
    rows = np.arange(height, dtype=np.float32)[:, None]
    mask = np.clip(rows - crest[None, :] + 0.5, 0, 1) * (rows <= base + 1)
    slope = np.gradient(cv2.GaussianBlur(outline[None, :], (0, 0), max(1.0, width / 160))[0]) * width
    facing = np.clip(0.55 + 0.30 * slope * (-1 if stage.light.side > 0 else 1) * -1, 0.12, 1)
    texture = fbm(stage.rng, height, width, (14, 14 * width / height), 4)
    down = np.clip((rows - crest[None, :]) / max(tall, 1), 0, 1)
    share = np.clip(facing[None, :] + rough * texture - 0.25 * down, 0, 1).astype(np.float32)
    surface = mix(
        np.broadcast_to(np.array(lit(colour, stage.light, 0.15), np.float32), (height, width, 3)),
        lit(colour, stage.light, 1.0),
        share,
    )
    fog = np.clip(far + (1 - far) * 0.55 * stage.haze * down, 0, 1)
    stage.picture = mix(stage.picture, mix(surface, stage.light.haze, fog), mask)
    return mask


def hills(stage: Stage, layers: int, tall: float, colour: Colour) -> None:
    """Rounded hills, the far ones first."""
    for i in range(layers):
        near = (i + 1) / layers
        base = int(stage.horizon + (stage.floor - stage.horizon) * near) + 2
        outline = profile(stage.rng, stage.width, 1.4 + 1.6 * (1 - near) * 2, 0.32)
        shade = 0.85 + 0.3 * stage.rng.random()
        tone = (colour[0] * shade, colour[1] * shade, colour[2] * shade)
        paint_range(
            stage,
            outline,
            base,
            tall * stage.height * (0.65 + 0.35 * (1 - near)),
            tone,
            0.72 * (1 - near) * stage.haze * 1.4,
        )


def mountains(stage: Stage, tall: float = 0.34, colour: Colour = (0.44, 0.44, 0.52), snow: float = 0.55) -> None:
    """Two or three ranges with ridges that run down from the summits, and snow above a line."""
    for i, (share, far) in enumerate(((1.0, 0.58), (0.72, 0.34), (0.45, 0.16))):
        outline = 0.25 + 0.75 * profile(stage.rng, stage.width, 1.7 + 1.1 * i, 0.47, 1.15)
        base = stage.horizon + 2 + int((stage.floor - stage.horizon) * i / 3)
        fog = far * (0.5 + stage.haze) * (0.55 if stage.light.dark else 1.0)
        _massif(stage, outline.astype(np.float32), base, tall * share * stage.height, colour, fog, snow - 0.12 * i)


def _massif(stage: Stage, outline: Plane, base: int, tall: float, colour: Colour, far: float, snow: float) -> None:
    height, width = stage.height, stage.width
    crest = base - outline * np.float32(tall)
    top = max(0, int(crest.min()) - 1)
    rows = np.arange(top, min(height, base + 2), dtype=np.float32)[:, None]
    if len(rows) < 2:
        return
    mask = np.clip(rows - crest[None, :] + 0.5, 0, 1)
    down = np.clip((rows - crest[None, :]) / max(tall, 1), 0, 1)
    wander = fbm(stage.rng, len(rows), width, (5, 9 * width / height), 4) * width * 0.055
    columns = np.clip(np.arange(width, dtype=np.float32)[None, :] + wander * (0.25 + 1.6 * down), 0, width - 1).astype(
        np.int32
    )
    smooth = cv2.GaussianBlur(outline[None, :], (0, 0), max(1.0, width / 120))[0]
    slope = (np.gradient(smooth) * width * (1 if stage.light.side > 0 else -1))[columns]
    fine = fbm(stage.rng, len(rows), width, (18, 18 * width / height), 4)
    share = step(-0.5, 0.75, -slope * 0.55 + 0.30 * fine)
    surface = mix(
        np.broadcast_to(np.array(lit(colour, stage.light, 0.05), np.float32), (len(rows), width, 3)),
        lit(colour, stage.light, 0.95),
        share,
    )
    if snow > 0:
        altitude = (base - rows) / max(tall, 1)
        cover = step(0.0, 0.16, altitude + 0.16 * fine + 0.10 * share - np.float32(1 - snow))
        white = mix(
            np.broadcast_to(np.array(lit((0.80, 0.87, 1.0), stage.light, 0.1), np.float32), surface.shape),
            lit((1.0, 1.0, 1.0), stage.light, 1.0),
            share,
        )
        surface = mix(surface, white, cover)
    fog = np.clip(far + (1 - far) * 0.65 * (rows - base + tall) / max(tall, 1) * 0.6, 0, 0.95) * np.ones_like(mask)
    part = stage.picture[top : top + len(rows)]
    stage.picture[top : top + len(rows)] = mix(part, mix(surface, stage.light.haze, fog), mask)


def dunes(stage: Stage, colour: Colour = (0.93, 0.70, 0.42)) -> None:
    """Crescent ridges with a lit and a shaded flank."""
    for i in range(4):
        near = i / 3
        base = int(stage.horizon + (stage.height - stage.horizon) * (0.10 + 0.55 * near**1.5))
        outline = profile(stage.rng, stage.width, 1.2 + (1 - near), 0.22)
        paint_range(
            stage,
            outline,
            min(stage.height - 1, base + int(stage.height * 0.3)),
            stage.height * (0.33 + 0.10 * near),
            colour,
            0.45 * (1 - near) * stage.haze * 1.3,
            0.04,
        )


def mesas(stage: Stage, colour: Colour = (0.78, 0.43, 0.27)) -> None:
    """Table mountains: steps with strata."""
    for i in range(3):
        near = i / 2
        outline = profile(stage.rng, stage.width, 2.4 - near * 0.6, 0.45)
        stepped = (np.round(outline * 4) / 4 * 0.85 + outline * 0.15).astype(np.float32)
        stepped = cv2.GaussianBlur(stepped[None, :], (0, 0), max(0.8, stage.width / 300))[0]
        base = stage.horizon + 2 + int((stage.floor - stage.horizon) * near)
        mask = paint_range(stage, stepped, base, stage.height * (0.34 - 0.07 * i), colour, 0.5 * (1 - near))
        strata = line(stage.rng, stage.height, 40, 3)[:, None] * 0.10
        stage.picture = stage.picture * (1 + strata * mask)[..., None].astype(np.float32)


def treeline(
    stage: Stage, base: int, tall: float, colour: Colour, far: float, pointed: bool, density: float = 1.0
) -> None:
    """A wood seen from afar: overlapping crowns as one silhouette, lighter on the sun's side, hazed by `far`."""
    rng, width = stage.rng, stage.width
    top = max(0, int(base - tall * 1.45))
    rows = base - top
    if rows < 3:
        return
    mask, tone = np.zeros((rows, width), np.float32), np.zeros((rows, width), np.float32)
    spacing = max(2.0, tall * (0.20 if pointed else 0.34) / density)
    places = np.arange(-spacing, width + spacing, spacing)
    xs = places + rng.uniform(-0.5, 0.5, len(places)) * spacing
    for x in rng.permutation(xs):
        size = tall * float(rng.uniform(0.6, 1.3))
        if pointed:
            _conifer(rng, mask, tone, (float(x), rows, size))
        else:
            _crown(rng, mask, tone, (float(x), rows, size), stage.light.side)
    texture = fbm(rng, rows, width, (rows / 4 + 2, width / 4 + 2), 2) * 0.16
    share = np.clip(0.12 + 0.70 * tone + texture, 0, 1)
    surface = mix(
        np.broadcast_to(np.array(lit(colour, stage.light, 0.0), np.float32), (rows, width, 3)),
        lit(colour, stage.light, 0.9),
        share,
    )
    if stage.snowy:
        surface = mix(surface, lit((0.95, 0.98, 1.0), stage.light, 0.8), step(0.42, 0.95, share + 1.2 * texture) * 0.92)
    at = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    fog = np.clip(far + 0.35 * stage.haze * at**2, 0, 0.96) * np.ones_like(mask)
    stage.picture[top:base] = mix(stage.picture[top:base], mix(surface, stage.light.haze, fog), np.clip(mask, 0, 1))


Tree = tuple[float, int, float]
"""Where a tree stands (x, row of its foot) and how tall it is, pixels."""


def _conifer(rng: np.random.Generator, mask: Plane, tone: Plane, tree: Tree) -> None:
    """Tiers of branches, each lighter on its upper rim."""
    x, base, tall = tree
    wide, shade, tiers = tall * float(rng.uniform(0.17, 0.23)), float(rng.uniform(0.15, 0.6)), 6
    for i in range(tiers, 0, -1):
        low, high = base - tall + tall * i / tiers, base - tall + tall * max(0.0, (i - 1.75) / tiers)
        reach = wide * (i / tiers) ** 0.85
        jag = [
            (x + reach * t, low - tall * 0.022 * (k % 2) + float(rng.uniform(-0.012, 0.012)) * tall)
            for k, t in enumerate(np.linspace(1, -1, 9))
        ]
        points = (np.array([(x, high), *jag]) * 8).astype(np.int32)
        cv2.fillPoly(mask, [points], 1.0, cv2.LINE_AA, 3)
        cv2.fillPoly(tone, [points], shade * 0.55, cv2.LINE_AA, 3)
        inner = (np.array([(x, high), *[(x + (px - x) * 0.86, py - tall * 0.045) for px, py in jag]]) * 8).astype(
            np.int32
        )
        cv2.fillPoly(tone, [inner], shade + 0.25, cv2.LINE_AA, 3)


def _crown(rng: np.random.Generator, mask: Plane, tone: Plane, tree: Tree, side: float) -> None:
    """Clumps of leaves: round, lighter above and towards the sun."""
    x, base, tall = tree
    shade = float(rng.uniform(0.15, 0.55))
    cv2.rectangle(mask, (int(x - tall * 0.30), int(base - tall * 0.34)), (int(x + tall * 0.30), base), 1.0, -1)
    cv2.rectangle(tone, (int(x - tall * 0.30), int(base - tall * 0.34)), (int(x + tall * 0.30), base), 0.05, -1)
    for _ in range(9):
        cx, cy = x + float(rng.normal(0, 0.20)) * tall, base - tall * float(rng.uniform(0.34, 0.82))
        radius = tall * float(rng.uniform(0.13, 0.22))
        light = shade + 0.45 * (base - cy) / tall - 0.15 + 0.25 * (cx - x) / tall * side
        cv2.circle(mask, (int(cx * 8), int(cy * 8)), int(radius * 8), 1.0, -1, cv2.LINE_AA, 3)
        cv2.circle(tone, (int(cx * 8), int(cy * 8)), int(radius * 8), light * 0.72, -1, cv2.LINE_AA, 3)
        at = (int((cx + 0.22 * radius * side) * 8), int((cy - 0.28 * radius) * 8))
        cv2.circle(tone, at, int(radius * 0.68 * 8), light + 0.12, -1, cv2.LINE_AA, 3)


def craters(stage: Stage, count: int = 26) -> None:
    """Rings with a lit far rim and a shaded floor, flat with distance."""
    rng = stage.rng
    height, width = stage.height, stage.width
    rows = np.sort(stage.horizon + (height - stage.horizon) * rng.uniform(0.02, 1.0, count) ** 1.3)
    shade = np.zeros((height, width), np.float32)
    for row in rows:
        near = stage.nearness(float(row))
        radius = (0.012 + 0.10 * near * float(rng.uniform(0.3, 1.0))) * width * 0.7
        centre, axes = (
            (int(rng.uniform(0, width)), int(row)),
            (max(1, int(radius)), max(1, int(radius * (0.16 + 0.18 * near)))),
        )
        dx = int(radius * 0.10) * (1 if stage.light.side > 0 else -1)
        cv2.ellipse(shade, centre, axes, 0, 0, 360, 0.16, -1, cv2.LINE_AA)
        cv2.ellipse(
            shade,
            (centre[0] - dx, centre[1] + max(1, axes[1] // 8)),
            (int(axes[0] * 0.88), max(1, int(axes[1] * 0.86))),
            0,
            0,
            360,
            -0.22,
            -1,
            cv2.LINE_AA,
        )
    stage.picture = stage.picture * (1 + blur(shade, width / 500))[..., None]
