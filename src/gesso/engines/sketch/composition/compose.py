"""Subjects onto the stage: recoloured, lit by the one light, hazed with distance, with contact and cast shadows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch import upscale
from gesso.engines.sketch.composition import figures, sprites, strings, tints
from gesso.engines.sketch.composition.items import Item
from gesso.engines.sketch.scene import drawings
from gesso.engines.sketch.scene.noise import Plane, blend, blur, mix, step
from gesso.engines.sketch.scene.stage import Stage

Pixels = npt.NDArray[Any]

NETWORK_FROM = 300
"""Pixels of height or width from which a sprite is enlarged by the network instead of by interpolation."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What was drawn where: the index of its subject and its box (left, top, right, bottom) in pixels."""

    subject: int
    box: tuple[int, int, int, int]


def compose(stage: Stage, items: Iterable[Item], networks: bool = True) -> tuple[list[Placed], set[str]]:
    """Draw the items in their order. Gives their boxes and the names of the networks that ran."""
    placed: list[Placed] = []
    parts: set[str] = set()
    budget = 1 if networks else 0
    large = max((i for i in items if i.subject.sprite), key=lambda i: i.width * i.height, default=None)
    items = list(items)
    for item in items:
        enlarge = budget > 0 and large is not None and item.index == large.index
        pixels, used = appearance(item, enlarge)
        parts |= used
        layer = _transformed(pixels, item)
        if (item.subject.sprite or "") in strings.STRUNG:
            strings.tie(stage, item, next((host for host in items if host.index == item.subject.of), None))
        left, top = (
            round(item.x - layer.shape[1] / 2),
            round(item.base - item.lift - (layer.shape[0] + item.height) / 2),
        )
        _draw(stage, item, layer, left, top)
        placed.append(Placed(item.index, (left, top, left + layer.shape[1], top + layer.shape[0])))
    return placed, parts


def covered(stage: Stage, bare: Plane, placed: Iterable[Placed]) -> npt.NDArray[np.bool_]:
    """Where (H, W) the placed things changed the bare stage, without their shadows: these darken all its colours."""
    height, width = bare.shape[:2]
    within = np.zeros((height, width), np.uint8)
    for left, top, right, bottom in (thing.box for thing in placed):
        within[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = 1
    share = (stage.picture + 0.02) / (bare + 0.02)
    shadow = (share.max(axis=2) < 1.0) & (np.ptp(share, axis=2) < 0.12)
    changed = (np.abs(stage.picture - bare).max(axis=2) > 0.04) & ~shadow
    size = max(3, max(height, width) // 120) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    mask = cv2.morphologyEx(changed.astype(np.uint8) * within, cv2.MORPH_CLOSE, kernel)
    return cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel).astype(bool)


def appearance(item: Item, networks: bool) -> tuple[Pixels, set[str]]:
    """The item's pixels at about its size, in its asked colour, and the networks that made them."""
    subject, size = item.subject, max(item.width, item.height)
    if subject.drawing:
        return tints.painted(drawings.draw(subject.drawing), subject), set()
    whole = not item.portrait or item.pose == "bust" or sprites.info(subject.sprite).stance == "face"
    base = figures.figure(subject.sprite, whole, item.pose)
    enlarge = networks and size > NETWORK_FROM and size > 1.25 * max(base.shape[:2])
    if enlarge:
        scale = next((known for known in (2.0, 2.8) if size <= 1.1 * known * max(base.shape[:2])), 4.0)
        pixels, used = _enlarged(subject.sprite, whole, item.pose, scale), {upscale.name(4, "drawn")}
    else:
        pixels, used = base, set[str]()
    pixels = tints.painted(pixels, subject)
    if subject.prop:
        pixels = _with_prop(pixels, subject.prop)
    return pixels, used


@lru_cache(maxsize=12)
def _enlarged(name: str, whole: bool, pose: figures.Pose, scale: float) -> Pixels:
    return upscale.sprite(figures.figure(name, whole, pose), scale)


def _with_prop(pixels: Pixels, name: str) -> Pixels:
    """A small second sprite at the figure's lower right."""
    prop = sprites.trimmed(name)
    height, width = pixels.shape[:2]
    size = 0.40 * height / max(prop.shape[:2])
    prop = cv2.resize(prop, None, fx=size, fy=size, interpolation=cv2.INTER_AREA)
    rows, columns = prop.shape[:2]
    canvas = np.zeros((height, width + columns // 2, 4), np.uint8)
    canvas[:, :width] = pixels
    top, left = min(height - rows, int(height * 0.46)), canvas.shape[1] - columns
    part = canvas[top : top + rows, left:]
    alpha = prop[..., 3:].astype(np.float32) / 255
    part[..., :3] = np.rint(prop[..., :3] * alpha + part[..., :3] * (1 - alpha)).astype(np.uint8)
    part[..., 3] = np.maximum(part[..., 3], prop[..., 3])
    return canvas


def _transformed(pixels: Pixels, item: Item) -> Plane:
    """Flipped, turned and scaled: (h, w, 4) float32, premultiplied alpha, 0..1."""
    source = pixels[:, ::-1] if item.flip else pixels
    height, width = max(1, round(item.height)), max(1, round(item.width))
    if item.subject.prop:
        width = max(1, round(height * source.shape[1] / source.shape[0]))
    layer = np.multiply(source, np.float32(1 / 255), dtype=np.float32)
    layer = _times(layer, layer[..., 3])
    shrinking = height < source.shape[0]
    layer = cv2.resize(layer, (width, height), interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_CUBIC)
    if not shrinking:
        # Interpolation softens the outline; steepen it again.
        soft = layer[..., 3]
        alpha = np.clip((soft - 0.5) * min(2.2, height / source.shape[0] + 0.4) + 0.5, 0, 1)
        layer = _times(np.clip(layer, 0, 1, out=layer), alpha / np.maximum(soft, 1e-3))
        layer[..., 3] = alpha
    if item.sunk:
        rows = layer.shape[0]
        cut = int(rows * (1 - item.sunk))
        layer[cut:] *= np.clip(np.linspace(0.5, -0.6, rows - cut, dtype=np.float32), 0, 1)[:, None, None]
    if abs(item.turn) > 0.5:
        layer = _turned(layer, item.turn)
    return np.clip(layer, 0, 1, out=layer)


def _times(layer: Plane, share: Plane) -> Plane:
    """The layer (h, w, 4) with its colours, not its alpha, multiplied by a plane."""
    layer *= cv2.merge([share, share, share, np.ones_like(share)])
    return layer


def _turned(layer: Plane, degrees: float) -> Plane:
    rows, columns = layer.shape[:2]
    matrix = cv2.getRotationMatrix2D((columns / 2, rows / 2), degrees, 1.0)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    width, height = int(rows * sin + columns * cos) + 1, int(rows * cos + columns * sin) + 1
    matrix[:, 2] += ((width - columns) / 2, (height - rows) / 2)
    return cv2.warpAffine(layer, matrix, (width, height), flags=cv2.INTER_LINEAR)


def _draw(stage: Stage, item: Item, layer: Plane, left: int, top: int) -> None:
    if item.grounded and item.stance not in ("backdrop", "flat"):
        afloat = item.stance == "water" or stage.surface == "water"
        if stage.water and afloat:
            _reflection(stage, layer, left, top - round(item.sunk * layer.shape[0]))
        else:
            _shadows(stage, item, layer, left, top)
    if item.stance == "laid":
        _lay(stage, item, layer, left, top)
    if stage.reflect and not stage.water and item.grounded:
        _reflection(stage, layer, left, top)
    _over(stage.picture, _lit(stage, item, layer), left, top)
    name = item.subject.drawing or item.subject.sprite
    if name in LAMPS and (stage.light.dark or stage.light.height < 0.2):
        _lamp(stage, item, top)


def _lit(stage: Stage, item: Item, layer: Plane) -> Plane:
    """The scene's light on a thing: its colours, a lit and a shaded side, haze before it."""
    light = stage.light
    if (item.subject.drawing or item.subject.sprite) in FLAMES and stage.place != "underwater":
        return layer
    rows, columns = layer.shape[:2]
    side = np.linspace(-1, 1, columns, dtype=np.float32)[None, :] * np.float32(light.side)
    share = np.clip(0.80 + 0.16 * side + 0.07 * np.linspace(1, -1, rows, dtype=np.float32)[:, None], 0, 1)
    shade, span = np.array(light.shade), np.array(light.sun) - np.array(light.shade)
    least, most = (0.12, 0.88) if light.dark else (0.25, 0.75)
    done = layer * _affine(share, (*(most * span), 0), (*(least + most * shade), 1))
    strength = 0.30 if light.height < 0.5 or light.dark else 0.14
    done += _affine(_rim(layer[..., 3], light.side), (*(np.array(light.glow) * strength), 0), (0, 0, 0, 0))
    sea = stage.place == "underwater"
    veil = 0.16 + 0.5 * item.far if sea else min(0.65, item.far)
    hazed = np.diag([1 - veil, 1 - veil, 1 - veil, 1.0])
    hazed[:3, 3] = np.array((0.12, 0.50, 0.66) if sea else light.haze) * veil
    done = cv2.transform(done, hazed)
    return np.clip(done, 0, 1.2, out=done)


def _affine(plane: Plane, slope: Iterable[float], start: Iterable[float]) -> Plane:
    """A plane as so many channels: each its slope times the plane, and its start."""
    return cv2.merge([plane * np.float32(a) + np.float32(b) for a, b in zip(slope, start, strict=True)])


def _rim(alpha: Plane, side: float) -> Plane:
    """How much of a bright edge towards the light lies on each pixel, as wide as the thing is large."""
    reach = max(1, round(min(alpha.shape) * 0.018))
    dx = reach if side > 0 else -reach
    moved = cv2.warpAffine(alpha, np.array([[1, 0, -dx], [0, 1, reach]], np.float32), (alpha.shape[1], alpha.shape[0]))
    return blur(np.clip(alpha - moved, 0, 1), reach * 0.7) * alpha


def _over(picture: Plane, layer: Plane, left: int, top: int, strength: float = 1.0) -> None:
    """Premultiplied `layer` over the picture at (left, top)."""
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(picture.shape[1], left + layer.shape[1]), min(picture.shape[0], top + layer.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    source = np.ascontiguousarray(layer[y0 - top : y1 - top, x0 - left : x1 - left])
    part = picture[y0:y1, x0:x1]
    part *= cv2.merge([1 - source[..., 3] * np.float32(strength)] * 3)
    part += cv2.cvtColor(source, cv2.COLOR_RGBA2RGB) * np.float32(strength)


def _shadows(stage: Stage, item: Item, layer: Plane, left: int, top: int) -> None:
    """A dark foot where the thing touches, and its silhouette laid on the ground away from the light."""
    light, strength = stage.light, stage.light.shadow
    rows, columns = layer.shape[:2]
    alpha = layer[..., 3]
    low = 1.0 if light.height < 0.3 and not light.stars else 0.55
    if stage.place in ("room", "table", "studio", "stage"):
        low, strength = 0.45, 0.42
    height = max(2, int(rows * (0.16 + 0.10 * low)))
    reach = -light.side * columns * 0.30 * (0.7 + low) - light.side * rows * 0.25 * low
    pad = int(abs(reach) + columns * 0.10) + 6
    flat = cv2.resize(alpha, (columns, height), interpolation=cv2.INTER_AREA)
    canvas = np.zeros((height + 12, columns + 2 * pad), np.float32)
    shear = np.array([[1, -reach / height, pad + reach], [0, 1, 2]], np.float32)
    cast = cv2.warpAffine(flat, shear, (canvas.shape[1], canvas.shape[0]))
    fade = np.linspace(0.25, 1.0, cast.shape[0], dtype=np.float32)[:, None]
    cast = blur(cast * fade, max(0.8, rows * 0.014))
    _darken(stage, cast * np.float32(strength), left - pad, round(item.base) - height - 1)
    foot = alpha[int(rows * 0.90) :].max(axis=0) if rows > 10 else alpha.max(axis=0)
    touch = np.zeros((max(6, int(rows * 0.10)), columns + 20), np.float32)
    touch[touch.shape[0] // 2 - 1 : touch.shape[0] // 2 + 2, 10:-10] = foot
    touch = blur(touch, max(1.0, rows * 0.016)) * 2.0
    _darken(
        stage,
        np.clip(touch, 0, 1) * np.float32(0.62 * min(1.0, strength * 2)),
        left - 10,
        round(item.base) - touch.shape[0] // 2,
    )


TILES = ((196, 218, 246), (250, 214, 190), (192, 232, 206), (226, 204, 240), (250, 232, 168), (188, 226, 232))
"""Grounds of the icons of a set."""


def _lay(stage: Stage, item: Item, layer: Plane, left: int, top: int) -> None:
    """What a thing of a grid lies on: its shadow on a table, a tile in a set of icons."""
    if stage.place == "flatlay":
        _drop_shadow(stage, layer, left, top)
        return
    half = int(0.66 * max(item.width, item.height))
    x, y, corner = round(item.x), round(item.base - item.height / 2), int(0.36 * half)
    colour = tuple(value / 255 for value in TILES[round(item.order) % len(TILES)])
    stage.picture = np.ascontiguousarray(stage.picture)
    for a, b in ((half, half - corner), (half - corner, half)):
        cv2.rectangle(stage.picture, (x - a, y - b), (x + a, y + b), colour, -1)
    for a, b in ((-1, -1), (-1, 1), (1, -1), (1, 1)):
        at = (x + a * (half - corner), y + b * (half - corner))
        cv2.circle(stage.picture, at, corner, colour, -1, cv2.LINE_AA)


def _drop_shadow(stage: Stage, layer: Plane, left: int, top: int) -> None:
    """The soft shadow that a thing lying on a table has round it, more on the side away from the light."""
    size = min(layer.shape[:2])
    pad, by = max(4, int(size * 0.10)), max(2, int(size * 0.035))
    shadow = blur(cv2.copyMakeBorder(layer[..., 3], pad, pad, pad, pad, cv2.BORDER_CONSTANT), max(1.0, pad * 0.35))
    x, y = left - pad - round(stage.light.side * by), top - pad + by
    _darken(stage, shadow * np.float32(0.55), x, y)


def _darken(stage: Stage, shadow: Plane, left: int, top: int) -> None:
    x0, y0 = max(0, left), max(0, top, stage.horizon if stage.place not in ("studio",) else 0)
    x1, y1 = min(stage.width, left + shadow.shape[1]), min(stage.height, top + shadow.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    part = np.ascontiguousarray(shadow[y0 - top : y1 - top, x0 - left : x1 - left])
    tone = np.array(blend(stage.light.shade, (0.12, 0.10, 0.22), 0.6))
    stage.picture[y0:y1, x0:x1] *= _affine(part, tone * 0.55 - 1, (1, 1, 1))


def _reflection(stage: Stage, layer: Plane, left: int, top: int) -> None:
    """The thing upside down below itself, broken by ripples and fading."""
    rows = int(layer.shape[0] * 0.75)
    mirrored = np.ascontiguousarray(layer[::-1][:rows])
    if rows < 3:
        return
    y = np.arange(rows, dtype=np.float32)[:, None]
    ripple = np.sin(y * (22.0 / max(20, stage.height * 0.05)) + 3 * np.sin(y * 0.11)) * (0.5 + y * 0.018)
    x = np.arange(layer.shape[1], dtype=np.float32)[None, :] + ripple
    moved = cv2.remap(mirrored, x.astype(np.float32), np.repeat(y, layer.shape[1], axis=1), cv2.INTER_LINEAR)
    moved *= (0.75 - 0.6 * y / rows)[..., None]
    moved = cv2.transform(moved, np.diag((*(np.array(stage.light.sun) * 0.75), 1.0)))
    _over(stage.picture, cv2.blur(moved, (1, 3)), left, top + layer.shape[0] - 2, 0.62)


LAMPS: Mapping[str, tuple[float, float, tuple[float, float, float]]] = {
    "lighthouse": (0.16, 0.42, (1.0, 0.84, 0.50)),
    "streetlamp": (0.10, 0.42, (1.0, 0.84, 0.50)),
    "floor-lamp": (0.20, 0.60, (1.0, 0.84, 0.50)),
    "lamp": (0.30, 0.60, (1.0, 0.84, 0.50)),
    "campfire": (0.45, 1.60, (1.0, 0.62, 0.28)),
    "fire": (0.55, 1.30, (1.0, 0.62, 0.28)),
    "candle": (0.15, 0.90, (1.0, 0.72, 0.36)),
    "jack-o-lantern": (0.55, 0.80, (1.0, 0.62, 0.24)),
    "red-paper-lantern": (0.50, 0.90, (1.0, 0.52, 0.30)),
    "light-bulb": (0.35, 0.90, (1.0, 0.90, 0.60)),
}
"""What gives light in the dark: where, from its top in heights, how far in heights, and in which colour."""

FLAMES = frozenset({"fireworks", "campfire", "fire", "candle", "light-bulb"})
"""What is itself as bright at night as by day."""


def _lamp(stage: Stage, item: Item, top: int) -> None:
    row, reach, colour = LAMPS[item.subject.drawing or item.subject.sprite]
    x, y = item.x, top + item.height * row
    stage.lamps.append((x, y, item.height * reach, colour))
    if item.subject.drawing == "lighthouse":
        _beam(stage, x, y)


def _beam(stage: Stage, x: float, y: float) -> None:
    """The lighthouse's light through the air, to the open side."""
    side = -1.0 if x > stage.width / 2 else 1.0
    size = stage.width // 4 + 1, stage.height // 4 + 1  # wide and soft: a quarter of the size is enough
    columns = (np.arange(size[0], dtype=np.float32)[None, :] + 0.5) * (stage.width / size[0])
    rows = (np.arange(size[1], dtype=np.float32)[:, None] + 0.5) * (stage.height / size[1])
    along = (columns - np.float32(x)) * np.float32(side) / stage.width
    off = np.abs(rows - np.float32(y) - along * stage.height * -0.05) / stage.height
    wide = 0.012 + 0.10 * np.clip(along, 0, 1)
    beam = np.exp(-((off / wide) ** 2)) * step(0.0, 0.02, along) * np.exp(-np.clip(along, 0, 2) * 1.7)
    share = cv2.resize(beam * np.float32(0.50), (stage.width, stage.height), interpolation=cv2.INTER_LINEAR)
    stage.picture = mix(stage.picture, (1.0, 0.92, 0.70), share)
