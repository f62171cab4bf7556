"""Bodies for sprites that show only a head or a bust, built in the sprites' manner: soft, lit from above left."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.composition import costumes, dressing, sprites
from gesso.engines.sketch.composition.solids import SIDE, blob, capsule, colour_of, over, to_bytes

Pixels = npt.NDArray[Any]
Floats = npt.NDArray[Any]

BUST, HEM, SOLE = 166, 236, 368
"""Rows of the canvas: the foot of the bust, where coat and legs meet, and the ground."""

SHOE = np.array([66, 54, 84], np.float32)
GOWNED = frozenset({"princess", "mage", "woman-mage", "man-mage", "judge", "man-judge", "woman-judge"}) | frozenset(
    {"woman-with-veil", "person-with-veil", "woman-elf", "woman-vampire", "mrs-claus", "genie"}
)
"""Who wears a gown to the ground."""

COATS: dict[str, tuple[int, int, int]] = (
    dict.fromkeys(("teacher", "man-teacher", "woman-teacher"), (104, 74, 70))
    | dict.fromkeys(("artist", "man-artist", "woman-artist"), (206, 194, 222))
    | dict.fromkeys(("firefighter", "man-firefighter", "woman-firefighter"), (224, 50, 84))
    | {"santa-claus": (226, 52, 70)}
)
"""Coats of those whose bust ends in something else, such as a book held before it."""

BOTH, RIGHT, LEFT = (-1, 1), (1,), (-1,)
SHOWN_HANDS: dict[str, tuple[int, ...]] = (
    dict.fromkeys(("teacher", "artist", "juggling", "gesturing-no", "gesturing-ok", "pouting", "shrugging"), BOTH)
    | dict.fromkeys(("zombie", "technologist", "bowing", "breast-feeding", "feeding-baby", "with-veil"), BOTH)
    | dict.fromkeys(("cook", "detective", "factory-worker", "farmer", "firefighter", "judge", "mechanic"), RIGHT)
    | dict.fromkeys(("scientist", "singer", "mage", "troll", "tipping-hand"), RIGHT)
    | {"raising-hand": LEFT}
)
"""Sides (-1 left, 1 right, as seen) on which a bust has a hand of its own, whoever's it is: no second hangs there."""

BESIDE = 62
"""Columns at both sides of a figure's canvas that its portrait does not show: there is only what it holds."""

NECK = 54 / 224
"""Where the standing people's neck is, in heights."""


@dataclass(frozen=True, slots=True)
class Body:
    """A built figure on its canvas: the row of its hips, its middle, half its hips' width, and its trousers' colour."""

    pixels: Pixels
    hips: int
    middle: float
    half: float
    trousers: Floats


def under_bust(name: str) -> Body:
    """A bust on a coat that goes on where it ends, and legs; or on a gown."""
    bust = sprites.trimmed(name)
    scale = (BUST - 8) / bust.shape[0]
    bust = cv2.resize(bust, (round(bust.shape[1] * scale), BUST - 8), interpolation=cv2.INTER_AREA)
    axis, half, right = _symmetry(bust)
    canvas, middle, base = np.zeros((SIDE, SIDE, 4), np.float32), SIDE / 2, costumes.split(name.partition("+")[0])[1]
    coat = np.array(COATS[base], np.float32) if base in COATS else colour_of(bust, 0.80, 1.0)
    trousers = coat * np.float32(0.80) if coat.mean() > 165 else np.clip(coat * 0.50 + 22, 0, 255)
    strip = _strip(bust, axis, half, right)
    if base in COATS:
        strip = np.broadcast_to(coat, strip.shape)
    if base in GOWNED:
        _shoes(canvas, middle, half * 0.34, SOLE)
        _skirt(canvas, strip, middle, half, SOLE - 6, 1.22)
    else:
        _shoes(canvas, middle, half * 0.40, SOLE)
        for side in (-1, 1):
            x = middle + side * half * 0.38
            capsule(canvas, (x, HEM - 14), (x, SOLE - 24), half * 0.33, trousers)
        face = np.s_[:, round(axis - half * 0.30) : round(axis + half * 0.30)]
        skin = colour_of(np.ascontiguousarray(bust[face]), 0.40, 0.60)
        busy = SHOWN_HANDS.get(re.sub(r"^(wo)?man-|^person-", "", base), ())
        for side in {-1, 1} - set(busy):
            blob(canvas, (middle + side * half * 0.90, HEM - 2), (half * 0.19, half * 0.21), skin)
        _skirt(canvas, strip, middle, half, HEM, 0.97)
    over(canvas, bust.astype(np.float32), round(middle - axis), 8)
    return Body(to_bytes(canvas), HEM - 8, middle, half * 0.70, trousers)


def standing(name: str) -> Body:
    """One of the standing people, on the canvas."""
    source = sprites.trimmed(name)
    tall = SOLE
    wide = round(source.shape[1] * tall / source.shape[0])
    canvas = np.zeros((SIDE, SIDE, 4), np.float32)
    over(
        canvas,
        cv2.resize(source, (wide, tall), interpolation=cv2.INTER_CUBIC).astype(np.float32),
        (SIDE - wide) // 2,
        8,
    )
    return Body(to_bytes(canvas), 8 + int(tall * 0.53), SIDE / 2, wide * 0.27, colour_of(source, 0.60, 0.85))


def under_head(name: str, child: bool) -> Body:
    """A head on the body of one of the standing people; a child's is short below a large head, as is an animal's."""
    costume = costumes.of(name)
    if costume:
        own = costumes.head(name)
        name = sprites.toned(own, "light") if "@" in name else own
    base, plus, tone = name.partition("+")
    woman = "woman" in base or base in ("girl", "mrs-claus")
    body = sprites.trimmed(f"{'woman' if woman else 'man'}-standing{plus}{tone}")
    rows, columns = body.shape[:2]
    head = sprites.trimmed(name)
    beast = sprites.info(name).group != "people-body"
    tall = 138 if child or beast else 112
    head = cv2.resize(head, (round(head.shape[1] * tall / head.shape[0]), tall), interpolation=cv2.INTER_AREA)
    neck = 8 + tall - 12
    part = np.ascontiguousarray(body[int(rows * NECK) - 4 :])
    high = round((SOLE - neck) * (0.62 if base == "baby" else 1.0))
    wide = round(columns * (1.52 if child else 1.60))
    part = cv2.resize(part, (wide, high), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    if base in COATS:
        part = _dyed(part, COATS[base])
    room = dressing.ROOM if costume or "curly-hair" in base else 0
    canvas = np.zeros((SIDE + room, SIDE, 4), np.float32)
    if costume:
        part = dressing.dyed(part, costume, colour_of(head, 0.25, 0.6) if beast else None)
        dressing.put_on(canvas, costume, tall, behind=True)
    if "curly-hair" in base:
        dressing.curls(canvas, head, (SIDE - head.shape[1]) // 2, 8 + room)
    over(canvas, part, (SIDE - wide) // 2, neck + room)
    over(canvas, head.astype(np.float32), (SIDE - head.shape[1]) // 2, 8 + room)
    if costume:
        dressing.put_on(canvas, costume, tall, behind=False, bared=beast)
    hips = neck + int(high * 0.38) + room
    return Body(to_bytes(canvas), hips, SIDE / 2, wide * 0.27, colour_of(part.astype(np.uint8), 0.60, 0.85))


def shoulders(name: str) -> Pixels:
    """A head on its shoulders, cut at the chest: what a portrait shows."""
    body = under_head(name, child=False)
    return body.pixels[: body.hips - 26, BESIDE : SIDE - BESIDE]


def seated(body: Body) -> Pixels:
    """The same figure on a seat, seen from the front: thighs towards the viewer, then shins."""
    canvas = np.zeros(body.pixels.shape, np.float32)
    canvas[: body.hips] = body.pixels[: body.hips]
    knee, foot = body.hips + 26, body.hips + 92
    _shoes(canvas, body.middle, body.half * 0.66, foot)
    for side in (-1, 1):
        x = body.middle + side * body.half * 0.60
        capsule(canvas, (x, knee), (x, foot - 22), body.half * 0.36, body.trousers * np.float32(0.90))
        capsule(canvas, (body.middle + side * body.half * 0.44, body.hips), (x, knee), body.half * 0.44, body.trousers)
    return to_bytes(canvas)


def sitting_animal(name: str) -> Pixels:
    """An animal's head on a plush body that sits facing the viewer."""
    head = sprites.trimmed(name)
    scale = 196 / max(head.shape[:2])
    head = cv2.resize(head, (round(head.shape[1] * scale), round(head.shape[0] * scale)), interpolation=cv2.INTER_AREA)
    canvas = np.zeros((SIDE, SIDE, 4), np.float32)
    fur, belly = colour_of(head, 0.25, 0.6), colour_of(head, 0.72, 1.0)
    if name in ("robot", "alien"):
        fur = belly if name == "robot" else fur
        belly = fur * np.float32(0.84)
    middle = SIDE / 2
    if name not in ("robot", "alien", "frog", "bear", "panda", "polar-bear", "koala"):
        capsule(canvas, (middle + 66, 330), (middle + 112, 268), 20, fur)
        blob(canvas, (middle + 114, 258), (19, 25), belly)
    blob(canvas, (middle, 286), (80, 84), fur)
    blob(canvas, (middle, 302), (50, 58), belly)
    for side in (-1, 1):
        capsule(canvas, (middle + side * 40, 262), (middle + side * 30, 338), 21, fur * np.float32(0.96))
        blob(canvas, (middle + side * 62, 350), (38, 22), fur)
    over(canvas, head.astype(np.float32), round(middle - head.shape[1] / 2), 214 - head.shape[0])
    return to_bytes(canvas)


def _symmetry(bust: Pixels) -> tuple[float, float, bool]:
    """A bust's axis, half the width of its foot on the side that holds nothing, and whether that is the right side."""
    alpha = (bust[..., 3] > 128).astype(np.float32)
    width = alpha.shape[1]

    def matched(axis: int) -> float:
        reach = min(axis, width - 1 - axis)
        return float(
            (alpha[:, axis - reach : axis + reach + 1] * alpha[:, axis - reach : axis + reach + 1][:, ::-1]).sum()
        )

    axis = max(range(int(width * 0.3), int(width * 0.7) + 1), key=matched)
    foot = np.nonzero(alpha[-6])[0]
    if not len(foot):
        return float(axis), width * 0.4, False
    left, right = axis - int(foot[0]), int(foot[-1]) - axis
    return float(axis), float(max(24, min(left, right))), right < left


def _strip(bust: Pixels, axis: float, half: float, right: bool) -> Floats:
    """The colours of the bust's foot from left to right, its free side mirrored: (2 x half, 3)."""
    rows = bust[-8:-3].astype(np.float32)
    columns = np.clip(axis + np.arange(int(half) - 2) * (1 if right else -1), 0, bust.shape[1] - 1).astype(int)
    weight = rows[:, columns, 3:] + 1e-3
    free = (rows[:, columns, :3] * weight).sum(axis=0) / weight.sum(axis=0)
    return np.concatenate([free[::-1], free])


def _skirt(canvas: Floats, strip: Floats, middle: float, half: float, bottom: int, flare: float) -> None:
    """The coat's cloth from the bust's foot down to `bottom`, `flare` times as wide there, round at the hem."""
    top = BUST - 5
    y, x = np.mgrid[top:bottom, 0:SIDE].astype(np.float32)
    down = (y - top) / max(1, bottom - top)
    wide = half * (1 + (flare - 1) * down)
    u = (x - np.float32(middle)) / wide
    hem = bottom - 9 * np.abs(u) ** 4
    alpha = np.clip((1 - np.abs(u)) * half + 0.5, 0, 1) * np.clip(hem - y, 0, 1)
    source = np.clip((u + 1) / 2 * (len(strip) - 1), 0, len(strip) - 1)
    colour = cv2.remap(np.ascontiguousarray(strip[None], np.float32), source, np.zeros_like(source), cv2.INTER_LINEAR)
    light = (1.0 - 0.13 * down) * np.clip(1.04 - 0.20 * np.clip(np.abs(u + 0.15) - 0.55, 0, 1) * 2, 0.6, 1.1)
    shaded = colour * light[..., None] + np.clip(0.95 - light, 0, 1)[..., None] * np.array([14, -4, 22], np.float32)
    over(canvas, np.dstack([np.clip(shaded, 0, 255), alpha * 255]), 0, top)


def _shoes(canvas: Floats, middle: float, apart: float, ground: int) -> None:
    for side in (-1, 1):
        blob(canvas, (middle + side * (apart + 2), ground - 11), (max(15, apart * 0.80), 12), SHOE)


def _dyed(part: Floats, colour: tuple[int, int, int]) -> Floats:
    """A whole suit in one colour, its shading kept."""
    grey = part[..., :3].max(axis=2, keepdims=True) / 200
    return np.dstack([np.clip(np.array(colour, np.float32) * np.clip(grey, 0.3, 1.15), 0, 255), part[..., 3]])
