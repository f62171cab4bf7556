"""What hangs on a room's walls: windows with curtains and a view, and framed paintings; and the light that falls in."""

from __future__ import annotations

import cv2
import numpy as np

from gesso.engines.sketch.scene.light import lit
from gesso.engines.sketch.scene.noise import Colour, Plane, blend, blur, fbm, gradient, line, mix, step
from gesso.engines.sketch.scene.stage import Stage

DRAPES: tuple[Colour, ...] = ((0.86, 0.80, 0.70), (0.62, 0.70, 0.74), (0.76, 0.50, 0.42), (0.58, 0.66, 0.52))
FRAMES: tuple[Colour, ...] = ((0.48, 0.32, 0.20), (0.80, 0.64, 0.34), (0.20, 0.19, 0.20))


def window(stage: Stage, x: float, top: float, metre: float, curtains: bool) -> None:
    """A window 1.3 by 1.25 metres with its upper edge at row `top`; `curtains` are drawn back at its sides."""
    wide, high = int(1.30 * metre), int(1.25 * metre)
    left, upper = int(x - wide / 2), int(top)
    if high < 8 or wide < 8 or left < 0 or left + wide > stage.width:
        return
    stage.picture[upper : upper + high, left : left + wide] = _view(stage, high, wide)
    dim = 0.66 if stage.light.dark else 0.95
    frame, thick = tuple(c * dim for c in (0.97, 0.96, 0.93)), max(2, int(0.05 * metre))
    bars = [(left - thick, upper - thick, left, upper + high + thick), (left + wide, upper - thick, left + wide + thick,
            upper + high + thick), (left, upper - thick, left + wide, upper), (left, upper + high, left + wide,
            upper + high + thick)]  # fmt: skip
    middle, cross = left + wide // 2, upper + int(high * 0.36)
    bars += [
        (middle - thick // 2, upper, middle + thick // 2, upper + high),
        (left, cross, left + wide, cross + thick // 2),
    ]
    for x0, y0, x1, y1 in bars:
        cv2.rectangle(stage.picture, (x0, y0), (max(x0, x1 - 1), max(y0, y1 - 1)), frame, -1)
    sill = upper + high + thick
    board = tuple(c * 0.86 for c in frame)
    cv2.rectangle(stage.picture, (left - 2 * thick, sill), (left + wide + 2 * thick, sill + thick), board, -1)
    stage.picture[sill + thick + 1 : sill + 3 * thick, left - thick : left + wide + thick] *= 0.86
    if curtains:
        _curtains(stage, left, upper, wide, high, metre)


def wide(stage: Stage, x: float, top: float, metre: float) -> None:
    """A wide window, 3 by 1.6 metres, with curtains and three panes, that shows the stage's view."""
    if stage.view is None:
        return
    across, high = int(min(3.0 * metre, 0.70 * stage.width)), int(1.6 * metre)
    left, upper = int(x - across / 2), max(0, int(top))
    seen = cv2.resize(stage.view, (across, high), interpolation=cv2.INTER_AREA)
    stage.picture[upper : upper + high, left : left + across] = seen
    dim = 0.66 if stage.light.dark else 0.95
    frame, thick = tuple(c * dim for c in (0.97, 0.96, 0.93)), max(2, int(0.05 * metre))
    cv2.rectangle(stage.picture, (left, upper), (left + across, upper + high), frame, thick)
    for share in (0.333, 0.667):
        post = left + int(share * across)
        cv2.line(stage.picture, (post, upper), (post, upper + high), frame, thick)
    sill = (left - 2 * thick, upper + high), (left + across + 2 * thick, upper + high + thick)
    cv2.rectangle(stage.picture, *sill, tuple(c * 0.86 for c in frame), -1)
    _curtains(stage, left, upper, across, high, metre)


def _view(stage: Stage, high: int, wide: int) -> Plane:
    """Sky and a garden, a little out of focus, as a window shows them."""
    light, rng = stage.light, stage.rng
    sky = gradient(high, [(0, light.zenith), (0.7, light.horizon), (1, light.horizon)])
    view = np.repeat(sky, wide, axis=1)
    rows = np.linspace(0, 1, high, dtype=np.float32)[:, None]
    crowns = fbm(rng, high, wide, (high / 6 + 2, wide / 6 + 2), 3)
    for base, rough, green, far in ((0.52, 0.10, (0.40, 0.56, 0.38), 0.5), (0.68, 0.16, (0.26, 0.46, 0.20), 0.15)):
        crest = base - rough * line(rng, wide, 4, 4)[None, :]
        leaf = (
            np.array(
                blend(blend(green, light.zenith, 0.85) if light.dark else lit(green, light, 0.8), light.haze, far),
                np.float32,
            )
            * (1 + 0.22 * crowns)[..., None]
        )
        view = mix(view, leaf, step(-0.02, 0.02, rows - crest + 0.02 * crowns))
    view = blur(np.ascontiguousarray(view), max(0.4, wide / 120))
    # Panes take a slanting gleam.
    gleam = np.clip(1 - np.abs((np.arange(wide)[None, :] / wide + rows - 0.75) / 0.16), 0, 1).astype(np.float32)
    return mix(view, (1, 1, 1), gleam * np.float32(0.10)) * np.float32(1.06)


def _curtains(stage: Stage, left: int, upper: int, wide: int, high: int, metre: float) -> None:
    rng, light = stage.rng, stage.light
    cloth = np.array(DRAPES[int(rng.integers(len(DRAPES)))], np.float32)
    tint = np.array(blend(light.sun, (1, 1, 1), 0.3), np.float32) * np.float32(0.72 if light.dark else 0.96)
    top, long, span = upper - int(0.14 * metre), int(high + 0.42 * metre), int(0.38 * metre)
    for inner, outward in ((left + int(0.10 * metre), -1), (left + wide - int(0.10 * metre), 1)):
        x0, x1 = sorted((inner, inner + outward * span))
        x0, x1 = max(0, x0), min(stage.width, x1)
        rows = np.linspace(0, 1, long, dtype=np.float32)[:, None]
        u = np.linspace(0, 1, max(1, x1 - x0), dtype=np.float32)[None, :]
        folds = 0.84 + 0.15 * np.sin(u * 26 + 0.5 * np.sin(rows * 5)) + 0.06 * np.sin(u * 61 + 1)
        # Held back at two thirds of its length.
        held = 1 - 0.42 * np.exp(-(((rows - 0.66) / 0.20) ** 2))
        inside = (u if outward > 0 else 1 - u) * np.ones_like(rows)
        mask = (inside > 1 - held).astype(np.float32)
        part = stage.picture[top : top + long, x0:x1]
        rows_kept = len(part)
        surface = cloth * tint * folds[..., None]
        part[:] = mix(part, surface[:rows_kept], blur(mask[:rows_kept], 0.6))
    rod = tuple(float(c) for c in np.array((0.42, 0.32, 0.24)) * (0.5 if light.dark else 1.0))
    ends = (left - int(0.34 * metre), top), (left + wide + int(0.34 * metre), top)
    cv2.line(stage.picture, *ends, rod, max(1, int(0.035 * metre)), cv2.LINE_AA)


def painting(stage: Stage, x: float, top: float, metre: float) -> None:
    """A framed landscape or a composition of colour fields, about 0.8 metres wide."""
    rng, light = stage.rng, stage.light
    wide, high = int(float(rng.uniform(0.62, 0.95)) * metre), int(float(rng.uniform(0.50, 0.75)) * metre)
    left, upper = int(x - wide / 2), int(top)
    if min(wide, high) < 8 or left < 0 or left + wide > stage.width or upper < 0:
        return
    dim = np.float32(0.72 if light.dark else 0.95)
    shadow = np.zeros((high + 24, wide + 24), np.float32)
    shadow[14 : 14 + high, 12 : 12 + wide] = 0.34
    y0, x0 = max(0, upper - 12), max(0, left - 12)
    part = stage.picture[y0 : upper + high + 12, x0 : left + wide + 12]
    part *= (1 - blur(shadow, 3)[-len(part) :, -part.shape[1] :])[..., None]
    edge = max(2, int(0.05 * metre))
    frame = np.array(FRAMES[int(rng.integers(len(FRAMES)))], np.float32) * dim
    stage.picture[upper : upper + high, left : left + wide] = frame
    stage.picture[upper : upper + max(1, edge // 3), left : left + wide] *= 1.3
    art = _art(rng, high - 2 * edge, wide - 2 * edge)
    stage.picture[upper + edge : upper + high - edge, left + edge : left + wide - edge] = art * dim


def _art(rng: np.random.Generator, high: int, wide: int) -> Plane:
    """A small landscape in a few tones."""
    hue = float(rng.random())
    sky: Colour = blend((0.96, 0.78, 0.56), (0.62, 0.78, 0.90), hue)
    art = np.repeat(gradient(high, [(0, blend(sky, (0.5, 0.6, 0.8), 0.3)), (1, sky)]), wide, axis=1)
    rows = np.linspace(0, 1, high, dtype=np.float32)[:, None]
    tones: tuple[Colour, ...] = ((0.46, 0.54, 0.60), (0.34, 0.46, 0.40), (0.24, 0.34, 0.26))
    for i, tone in enumerate(tones):
        crest = 0.46 + 0.17 * i - 0.12 * line(rng, wide, 3, 4)[None, :]
        art = mix(art, blend(tone, (0.62, 0.42, 0.28), 0.5 * (1 - hue)), step(-0.015, 0.015, rows - crest))
    at = (int(wide * float(rng.uniform(0.25, 0.75))), int(high * 0.26))
    cv2.circle(art, at, max(1, high // 11), (1.0, 0.93, 0.74), -1, cv2.LINE_AA)
    return art


def sunbeam(stage: Stage, x: float, metre: float) -> None:
    """The window's light on the floor."""
    light, width, top = stage.light, stage.width, stage.horizon
    rows = stage.height - top
    if light.dark:
        return
    shift, half = -light.side * width * 0.22, 0.32 * metre
    mask = np.zeros((rows, width), np.float32)
    for i in (-1, 1):
        a, b = x + i * half * 1.05 - half * 0.9, x + i * half * 1.05 + half * 0.9
        near = [(b - x) * 1.3 + x + shift * 1.5, (a - x) * 1.3 + x + shift * 1.5]
        quad = [
            (a + shift * 0.5, rows * 0.16),
            (b + shift * 0.5, rows * 0.16),
            (near[0], rows * 0.72),
            (near[1], rows * 0.72),
        ]
        cv2.fillPoly(mask, [(np.array(quad) * 8).astype(np.int32)], 1.0, cv2.LINE_AA, 3)
    mask = blur(mask, width / 160)
    stage.picture[top:] *= 1 + 0.42 * mask[..., None] * np.array(light.sun, np.float32)
