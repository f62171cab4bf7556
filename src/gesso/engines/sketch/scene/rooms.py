"""Rooms: a box in perspective whose kind says what its walls and floor are and what stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from gesso.engines.sketch.scene import drawings, windows
from gesso.engines.sketch.scene.indoor import WOODS, planks
from gesso.engines.sketch.scene.light import under_lamps
from gesso.engines.sketch.scene.noise import Colour, Plane, blend, blur, fbm, mix, on_floor
from gesso.engines.sketch.scene.room_kinds import KINDS, NAMES, WHOSE, Kind, Piece
from gesso.engines.sketch.scene.setting import Setting
from gesso.engines.sketch.scene.stage import Stage
from gesso.engines.sketch.scene.windows import painting, sunbeam, window

CEILING, NARROWEST = 2.7, 3.6
"""Metres: how high a room is and how wide it is at least."""
GIVES_LIGHT: Mapping[str, tuple[float, float]] = {
    "floor-lamp": (0.10, 2.2),
    "nightstand": (0.15, 1.8),
    "fireplace": (0.7, 1.4),
}
"""Where in its height a thing glows after dark, and how far in its heights."""


@dataclass(frozen=True, slots=True)
class Box:
    """The room's geometry in pixels: back wall, vanishing point, pixels per metre on the back wall."""

    left: float
    right: float
    upper: float
    lower: float
    vx: float
    vy: float
    scale: float


def room(stage: Stage, setting: Setting) -> None:
    """The room that a setting names; a living room when it names none."""
    kind = KINDS[_kind(setting)]
    light = stage.light = under_lamps(stage.light)
    rng, width, height = stage.rng, stage.width, stage.height
    lower, upper = stage.horizon, 0.05 * height
    side = min(0.075 * width, 0.09 * height)
    # A tall picture shows a high room rather than a slice of one.
    scale = min((lower - upper) / CEILING, (width - 2 * side) / NARROWEST)
    box = Box(side, width - side, upper, lower, width * 0.5, lower - 0.43 * (height - lower), scale)
    wall = kind.walls[int(rng.integers(len(kind.walls)))]
    _floor(stage, kind.floor)
    _back_wall(stage, box, wall, kind)
    turn = -1 if light.side < 0 else 1
    glazed = None if setting.hung else 0.0 if stage.view is not None else kind.window
    if stage.view is not None and not setting.hung:
        windows.wide(stage, box.vx, box.lower - 2.25 * box.scale, box.scale)
    elif glazed is not None and kind.window is not None:
        # The light comes in where the window is, so the plan turns over with it.
        window(stage, box.vx - turn * kind.window * box.scale, box.lower - 2.15 * box.scale, box.scale, kind.curtains)
    for x in () if setting.hung or stage.view is not None else kind.paintings:
        painting(stage, box.vx - turn * x * box.scale, box.lower - 1.95 * box.scale, box.scale)
    clear = setting.hung or stage.view is not None
    behind = [p for p in kind.pieces if p.near <= 1.2 and not _brought(p, setting) and not (clear and _high(p))]
    for piece in behind:
        _piece(stage, box, piece, -turn)
    _sides(stage, box, wall)
    if glazed is not None:
        sunbeam(stage, box.vx - turn * glazed * box.scale, box.scale)
    for piece in sorted((p for p in kind.pieces if p not in behind and not _brought(p, setting)), key=lambda p: p.near):
        _piece(stage, box, piece, -turn)
    if light.dark:
        stage.picture *= np.float32(0.92)
        stage.lamps.append((width * 0.5, upper, height * 0.5, (0.40, 0.30, 0.17)))
    stage.floor = int(lower + (height - lower) * 0.10)


def _high(piece: Piece) -> bool:
    """Whether a piece would stand before what hangs in the middle of the wall."""
    return abs(piece.x) < 2.2 and (piece.up > 0.5 or drawings.body(piece.drawing).metres > 1.3)


def _brought(piece: Piece, setting: Setting) -> bool:
    """Whether a subject is such a piece already."""
    return bool(
        {piece.drawing, {"double-bed": "bed", "blackboard": "whiteboard"}.get(piece.drawing, "")} & setting.shown
    )


def _kind(setting: Setting) -> str:
    names = {name.removeprefix("wo").removeprefix("man-") for name in setting.shown}
    theirs = min((WHOSE[name] for name in names if name in WHOSE), default="living")
    return min(setting.also & NAMES, default=theirs)


def _floor(stage: Stage, kind: str) -> None:
    rng, light, top = stage.rng, stage.light, stage.horizon
    rows, width = stage.height - top, stage.width
    if kind in ("planks", "runner"):
        planks(stage, top, WOODS[int(rng.integers(len(WOODS)))])
        if kind == "runner":
            _runner(stage, top)
        return
    at = (np.arange(rows, dtype=np.float32) + 0.5)[:, None] / rows
    depth = 1.0 / (0.30 + 0.70 * at)
    x = (np.arange(width, dtype=np.float32)[None, :] / width - 0.5) * depth
    tone = np.ones((rows, width), np.float32)
    colours: Mapping[str, Colour] = {
        "tiles": (0.84, 0.78, 0.70),
        "lino": (0.74, 0.80, 0.80),
        "carpet": (0.66, 0.60, 0.56),
    }
    if kind == "tiles":
        u, v = x * 7 * width / stage.height, depth * 7 + 0 * x
        chequer = (np.floor(u) + np.floor(v)) % 2
        joint = np.minimum(0.5 - np.abs(u % 1 - 0.5), 0.5 - np.abs(v % 1 - 0.5)) / (0.035 * depth)
        tone = (1 - 0.22 * chequer) * (0.72 + 0.28 * np.clip(joint, 0, 1))
    if kind == "carpet":
        tone = 1 + 0.16 * on_floor(rng, rows, width, 60, 2) + 0.05 * on_floor(rng, rows, width, 5, 2)
    surface = np.array(colours[kind], np.float32) * np.array(light.sun, np.float32) * tone[..., None]
    shine = np.exp(-(((np.linspace(0, 1, width)[None, :] - 0.5 - 0.3 * light.side) / 0.35) ** 2)) * np.exp(-at * 2.6)
    gloss = 0.0 if kind == "carpet" else 0.28
    stage.picture[top:] = mix(surface, light.glow, (shine * gloss).astype(np.float32)) * (1 - 0.2 * at**2)[..., None]


def _runner(stage: Stage, top: int) -> None:
    """A red carpet with golden hems that leads to the back."""
    rows, width = stage.height - top, stage.width
    at = (np.arange(rows, dtype=np.float32) + 0.5)[:, None] / rows
    away = np.abs(np.arange(width, dtype=np.float32)[None, :] - width / 2) / (0.30 + 0.70 * at) / stage.height
    pile = 1 + 0.10 * on_floor(stage.rng, rows, width, 50, 2)
    red = np.array((0.64, 0.10, 0.14), np.float32) * np.array(stage.light.sun, np.float32) * pile[..., None]
    red = mix(red, (0.90, 0.70, 0.32), (np.abs(away - 0.30) < 0.012).astype(np.float32))
    stage.picture[top:] = mix(stage.picture[top:], red, np.clip((0.33 - away) * 200, 0, 1))


def _back_wall(stage: Stage, box: Box, wall: Colour, kind: Kind) -> None:
    rng, light, width, lower = stage.rng, stage.light, stage.width, int(box.lower)
    x = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(0, 1, lower, dtype=np.float32)[:, None]
    pool = np.exp(-(((x - 0.5 - 0.30 * light.side) / 0.6) ** 2 + ((y - 0.50) / 0.8) ** 2))
    grain = fbm(rng, lower, width, (60, 60), 2) * 0.012
    dim = 0.72 if light.dark else 0.90
    tint = np.array(blend(light.sun, (1, 1, 1), 0.35 if not light.dark else 0.0), np.float32)
    shade = (np.float32(dim) * (0.74 + 0.34 * pool) + grain)[..., None]
    stage.picture[:lower] = np.array(wall, np.float32) * tint * shade
    if kind.dado:
        rail = int(box.lower - 1.05 * box.scale)
        stage.picture[rail:lower] = np.array(kind.dado, np.float32) * tint * shade[rail:]
        stage.picture[rail : rail + max(1, int(0.03 * box.scale))] *= 0.80
    elif rng.random() < 0.5:
        stripes = (np.arange(width) // max(3, width // 44) % 2).astype(np.float32) * 0.035
        stage.picture[:lower] *= (1 - stripes)[None, :, None]
    board = max(2, int(0.10 * box.scale))
    stage.picture[lower - board : lower] = np.array((0.94, 0.93, 0.90), np.float32) * tint * shade[lower - board :]
    stage.picture[lower - board : lower - board + 1] *= 0.8


def _sides(stage: Stage, box: Box, wall: Colour) -> None:
    """The side walls and the ceiling, which come towards the viewer, and the dusk in the corners."""
    light, height, width = stage.light, stage.height, stage.width
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    across = np.abs(x - np.float32(box.vx)) / np.float32(box.right - box.vx)
    below, above = (
        (y - np.float32(box.vy)) / np.float32(box.lower - box.vy),
        (box.vy - y) / np.float32(box.vy - box.upper),
    )
    up_down = np.maximum(below, above)
    dim = np.float32(0.68 if light.dark else 0.88)
    tint = np.array(blend(light.sun, (1, 1, 1), 0.35 if not light.dark else 0.0), np.float32) * dim
    lit_wall = np.where((x > box.vx) == (light.side > 0), np.float32(0.74), np.float32(0.96))
    sides = np.array(wall, np.float32) * tint * (lit_wall * (1.06 - 0.10 * np.clip(across - 1, 0, 1)))[..., None]
    # The skirting board runs along the side walls too.
    board = (below / np.maximum(across, 1e-3) > 1 - 0.10 * box.scale / (box.lower - box.vy)).astype(np.float32)
    sides = mix(sides, np.array((0.94, 0.93, 0.90), np.float32) * tint * lit_wall[..., None], board)
    side_mask = np.clip((across - np.maximum(up_down, 1)) * np.float32(box.right - box.vx), 0, 1)
    stage.picture = mix(stage.picture, sides, side_mask)
    roof = np.array(blend(wall, (0.97, 0.96, 0.94), 0.8), np.float32) * tint * np.float32(0.92)
    roof_mask = np.clip((above - np.maximum(across, 1)) * np.float32(box.vy - box.upper), 0, 1)
    stage.picture = mix(stage.picture, np.broadcast_to(roof, stage.picture.shape), roof_mask)
    reach = np.float32(0.07)
    dusk = 0.20 * np.exp(-np.abs(across - np.maximum(up_down, 1)) / reach) * (up_down < across * 1.4)
    dusk += 0.20 * np.exp(-np.abs(above - np.maximum(across, 1)) / reach)
    dusk += 0.26 * np.exp(-np.abs(below - np.maximum(across, 1)) / (reach * 0.8))
    stage.picture *= (1 - np.clip(dusk, 0, 0.4))[..., None]


def _piece(stage: Stage, box: Box, piece: Piece, turn: int) -> None:
    """A piece of furniture at its place, with its shadow on the wall or floor."""
    pixels = drawings.draw(piece.drawing)
    high = max(2, round(drawings.body(piece.drawing).metres * piece.scale * box.scale * piece.near))
    wide = max(2, round(high * pixels.shape[1] / pixels.shape[0]))
    x = box.vx + turn * piece.x * box.scale * piece.near
    foot = box.vy + (box.lower - box.vy) * piece.near - piece.up * box.scale * piece.near
    on_floor_too = 0.0 if piece.up else 0.03 * box.scale * piece.near
    left, top = round(x - wide / 2), round(foot + on_floor_too) - high
    x0, x1, y0, y1 = max(0, left), min(stage.width, left + wide), max(0, top), min(stage.height, top + high)
    if x1 - x0 < 2 or y1 - y0 < 2:
        return
    layer = cv2.resize(pixels, (wide, high), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    _cast(stage, layer[..., 3], left, top, piece)
    layer = layer[y0 - top : y1 - top, x0 - left : x1 - left]
    light = stage.light
    tint = np.array(blend(light.sun, (1, 1, 1), 0.2), np.float32) * np.float32(0.76 if light.dark else 0.96)
    alpha = layer[..., 3]
    stage.picture[y0:y1, x0:x1] = mix(stage.picture[y0:y1, x0:x1], layer[..., :3] * tint, alpha)
    glow = GIVES_LIGHT.get(piece.drawing)
    if glow and light.dark:
        stage.lamps.append((x, top + glow[0] * high, glow[1] * high, (1.0, 0.76, 0.42)))


def _cast(stage: Stage, alpha: Plane, left: int, top: int, piece: Piece) -> None:
    high, wide = alpha.shape
    shift, soft = max(1, int(high * 0.035)), max(0.8, high * 0.03)
    pad = int(3 * soft) + shift
    shade = np.zeros((high + 2 * pad, wide + 2 * pad), np.float32)
    if piece.near <= 1.2:
        side = -shift if stage.light.side > 0 else shift
        shade[pad + shift // 2 : pad + shift // 2 + high, pad + side : pad + side + wide] = alpha * 0.34
    foot = alpha[int(high * 0.93) :].max(axis=0)
    if not piece.up:
        shade[pad + high - 1 : pad + high + shift, pad : pad + wide] = (
            np.maximum(foot, 0.3 * (alpha.max(axis=0) > 0.5)) * 0.7
        )
    shade = blur(shade, soft)
    x0, y0 = max(0, left - pad), max(0, top - pad)
    x1, y1 = min(stage.width, left + wide + pad), min(stage.height, top + high + pad)
    part = shade[y0 - top + pad : y1 - top + pad, x0 - left + pad : x1 - left + pad]
    stage.picture[y0:y1, x0:x1] *= (1 - part)[..., None]
