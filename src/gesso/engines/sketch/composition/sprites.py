"""Rendered 3D objects, creatures and people, 256 pixels square with alpha: the vocabulary of pictures.

The pictures are Microsoft's Fluent Emoji as packed by LobeHub (both MIT). People come in three skin tones: the neutral
name, `name+light` and `name+dark`. All creatures and vehicles that have a direction look or drive to the left.
"""

from __future__ import annotations

import io
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch import assets
from gesso.engines.sketch.composition import costumes, faces
from gesso.engines.sketch.scene import extras
from gesso.engines.sketch.scene.sheet import Draw, Sheet

Stance = Literal["ground", "water", "air", "held", "face", "bust", "tile", "sign"]
Tone = Literal["", "light", "dark"]
#: Decoded pictures kept in memory, 256 KiB each.
KEPT = 64


@dataclass(frozen=True, slots=True)
class Sprite:
    """What is known of a sprite without decoding it.

    `stance` says how it belongs in a scene: on the ground, in water, in the air, held (small, lies on something),
    only a face or a bust, a whole little scene as a tile, or a sign without a place in space. `metres` is the height in
    life of what `box` (left, top, right, bottom; pixels of 256) holds.
    """

    name: str
    group: str
    subgroup: str
    stance: Stance
    metres: float
    box: tuple[int, int, int, int]


@cache
def _index() -> dict[str, tuple[int, int, Sprite]]:
    rows = json.loads(assets.path("sprites.json").read_bytes())
    return {
        name: (offset, length, Sprite(name, group, subgroup, stance, metres, tuple(box)))
        for name, (offset, length, group, subgroup, box, stance, metres) in rows.items()
    }


@cache
def _portraits() -> dict[str, str]:
    table = tomllib.loads(assets.path("words.toml").read_text(encoding="utf-8"))
    return dict(table["portraits"])


CUTTINGS: Mapping[str, tuple[str, Stance, float, tuple[int, int, int, int]]] = {
    "gull": ("dove", "air", 0.4, (8, 72, 248, 184)),
    "sofa": ("couch-and-lamp", "ground", 0.9, (16, 126, 205, 240)),
    "centaur": ("horse", "ground", 2.3, (8, 8, 248, 248)),
    "lying-crocodile": ("crocodile", "ground", 0.7, (16, 16, 240, 240)),
    "lamp": ("couch-and-lamp", "ground", 1.6, (145, 16, 240, 240)),
}
"""Things that are a part of another sprite, or drawn in its kind's place: its name, the own stance, metres, box."""


HAND_IN_HAND = "-holding-hands"
"""Pairs of which there are sprites in one tone only: figures build them in the others."""

TEACHER = (40, 16, 217, 240)
"""The box of a teacher without the board behind."""


@cache
def known() -> frozenset[str]:
    """Every sprite's name, to look one up in."""
    return frozenset(_index())


def names() -> list[str]:
    """Every sprite's name, in the order of the emoji standard."""
    return list(_index())


def info(name: str) -> Sprite:
    """Facts about a sprite. Raises KeyError when there is none of that name."""
    if name in CUTTINGS:
        base, stance, metres, box = CUTTINGS[name]
        return replace(info(base), name=name, stance=stance, metres=metres, box=box)
    if "&" in name:
        return replace(info("people-holding-hands"), name=name)
    if name.partition("+")[0].endswith(HAND_IN_HAND):
        return replace(_index()[name.partition("+")[0]][2], name=name)
    if "@" in name and not costumes.of(name):
        return replace(info(costumes.split(name)[1]), name=name, box=_seen(name))
    if costumes.of(name):
        return Sprite(name, "people-body", "person-role", "face", 1.7, info(costumes.head(name)).box)
    found = _index()[name][2]
    return replace(found, box=TEACHER) if _teaches(name) else found


def toned(name: str, tone: Tone) -> str:
    """The sprite's variant in a skin tone, or the sprite itself when it has none."""
    base = name.partition("+")[0]
    variant = f"{base}+{tone}" if tone else base
    if "&" in base or base.endswith(HAND_IN_HAND):
        return variant
    if costumes.of(base) and "@" not in base and costumes.head(variant) in _index():
        return variant
    return variant if variant in _index() else base


def portrait(name: str) -> str:
    """The face that stands for a whole figure ("cat" -> "cat-face"), in the same tone; itself when there is none."""
    base, _, tone = name.partition("+")
    face = _portraits().get(base, base)
    variant = f"{face}+{tone}" if tone else face
    return variant if variant in _index() else face


@lru_cache(maxsize=KEPT)
def load(name: str) -> npt.NDArray[np.uint8]:
    """Decode a sprite: (256, 256, 4) uint8, straight alpha, read-only. Raises KeyError for an unknown name."""
    if name in CUTTINGS:
        return _cut(name)
    if "&" in name:
        return load("people-holding-hands")
    if "+" in name and name.partition("+")[0].endswith(HAND_IN_HAND):
        return load(name.partition("+")[0])
    if costumes.of(name):
        return load(costumes.head(name))
    if "@" in name:
        face, role = costumes.split(name)
        return faces.exchanged(trimmed(toned(face, "light")), role, load)
    from PIL import Image

    offset, length, _ = _index()[name]
    with assets.path("sprites.bin").open("rb") as blob:
        blob.seek(offset)
        data = blob.read(length)
    with Image.open(io.BytesIO(data)) as image:
        pixels = np.array(image.convert("RGBA"), dtype=np.uint8)
    if _teaches(name):
        pixels[..., 3] = np.minimum(pixels[..., 3], 255 * np.clip(1.5 - 2 * _board(pixels), 0, 1)).astype(np.uint8)
    pixels.setflags(write=False)  # shared by every caller
    return pixels


def trimmed(name: str) -> npt.NDArray[np.uint8]:
    """The sprite cut to its visible box: (height, width, 4) uint8, a read-only view."""
    left, top, right, bottom = info(name).box
    return load(name)[top:bottom, left:right]


def _seen(name: str) -> tuple[int, int, int, int]:
    ys, xs = np.nonzero(load(name)[..., 3] > 8)
    return int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1


def _teaches(name: str) -> bool:
    return name.partition("+")[0].endswith("teacher")


def _board(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """The small blackboard behind a teacher's head, 0..1: its room has a large one."""
    red, green, blue = (pixels[..., i].astype(int) for i in range(3))
    left, _, right, _ = TEACHER
    frame = np.zeros(red.shape, bool)
    frame[28:44, :92] = frame[28:44, 166:] = frame[188:204, : left + 10] = frame[188:204, right - 10 :] = True
    leaf = ((green > red + 8) & (green > blue - 6)) | (frame & (red > 165) & (red > blue + 45))
    gone = cv2.dilate(leaf.astype(np.uint8), np.ones((3, 3), np.uint8))
    gone[:, :left] = gone[:, right:] = 1
    outer, regions = cv2.connectedComponents(gone)[1], gone > 0  # an eye or a glass that shines green stays
    kept = regions & np.isin(outer, np.unique(outer[:, [0, -1]]))
    return cv2.GaussianBlur(kept.astype(np.float32), (0, 0), 0.8).astype(np.float32)


def _cut(name: str) -> npt.NDArray[np.uint8]:
    """A part of another sprite, the sofa without its lamp or the lamp without its sofa; or what is drawn instead."""
    pixels = load(CUTTINGS[name][0]).copy()
    if name == "gull":
        return _drawn(extras.gull, CUTTINGS[name][3])
    if name == "lying-crocodile":
        turned = np.ascontiguousarray(np.rot90(pixels, -1))
        turned.setflags(write=False)
        return turned
    if name == "centaur":
        return pixels  # figures build it
    blue = pixels[..., 2].astype(int) > pixels[..., 0].astype(int) + 25
    gone = ~blue if name == "sofa" else blue
    pixels[..., 3][gone] = 0
    pixels.setflags(write=False)
    return pixels


def _drawn(draw: Draw, box: tuple[int, int, int, int]) -> npt.NDArray[np.uint8]:
    """What no sprite shows, drawn by rule into `box` of a sprite's canvas."""
    left, top, right, bottom = box
    sheet = Sheet(1.6)
    draw(sheet)
    canvas = np.zeros((256, 256, 4), np.uint8)
    size = right - left, bottom - top
    canvas[top:bottom, left:right] = cv2.resize(sheet.pixels(), size, interpolation=cv2.INTER_AREA)
    canvas.setflags(write=False)
    return canvas
