"""Clothes on a standing figure: its own dyed, and the parts of a costume drawn over and behind it."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.composition import sprites
from gesso.engines.sketch.composition.costumes import Costume
from gesso.engines.sketch.composition.solids import SIDE, blob, colour_of, over
from gesso.engines.sketch.scene import parts

Floats = npt.NDArray[Any]

USUAL = 112
"""Rows of the head that the parts are drawn for."""

TOP, CHIN, SOLE = 8, 12, 368
"""Rows of the canvas of a figure: where its head begins and its soles are; and how far the chin covers the neck."""

CURL = 0.115
"""Size of a curl beside the head."""

ROOM = 64
"""Rows that a figure in costume has above that canvas, for its hat."""


def dyed(body: Floats, costume: Costume, fur: Floats | None) -> Floats:
    """The body below the neck, (h, w, 4), with the costume's colours; an animal's skin is its `fur`."""
    masks = regions(body)
    skin = body[masks["arms"]][:, :3]
    bare = fur if fur is not None else np.median(skin, axis=0) if len(skin) else np.array([200.0, 160, 130])
    done = body.copy()
    for name, mask in masks.items():
        wanted = getattr(costume, name)
        if name == "arms" and wanted is None and fur is not None:
            wanted = "skin"
        if wanted is None or not mask.any():
            continue
        colour = bare if wanted == "skin" else np.array(wanted, np.float32)
        light = body[..., :3].max(axis=2)
        shade = np.clip(light / max(1.0, float(np.median(light[mask]))), 0.4, 1.2)[..., None]
        done[..., :3] = np.where(mask[..., None], np.clip(colour * shade, 0, 255), done[..., :3])
    return done.astype(np.float32)


def regions(body: Floats) -> dict[str, npt.NDArray[np.bool_]]:
    """Which pixels below the neck of a standing person are shirt, bare arms, legs and shoes."""
    red, green, blue = (body[..., i] for i in range(3))
    rows = (np.arange(body.shape[0], dtype=np.float32) / body.shape[0])[:, None]
    shoes = np.broadcast_to(rows > 0.925, red.shape)
    # Trousers are grey, shirts are blue or violet; what is warm is skin.
    warm = (red > blue + 12) & ~shoes
    legs = (rows > 0.30) & ((blue < green + 55) | (rows > 0.45)) & ~warm & ~shoes
    return {"shirt": ~legs & ~warm & ~shoes & (rows < 0.45), "arms": warm, "legs": legs, "shoes": shoes}


def put_on(canvas: Floats, costume: Costume, tall: int, *, behind: bool, bared: bool = False) -> None:
    """Draw the costume's parts that are behind or before the figure whose head is `tall` rows high.

    What hides a face is exchanged for something that does not where the face is to be `bared`.
    """
    for named, own in costume.parts:
        name = parts.known()[named].bared or named if bared else named
        part = parts.known()[name]
        if part.behind == behind:
            pixels, box = parts.worn(name, own)
            left, top, right, bottom = placed(box, part.on, tall)
            _draw(canvas, pixels, left, top, right - left, bottom - top)
    if not behind:
        for name, x, y, height in costume.carries:
            pixels = sprites.trimmed(name)
            wide = height * pixels.shape[1] / pixels.shape[0]
            on = "head" if y < parts.HEAD[3] else "hand"
            left, top, right, bottom = placed((x - wide / 2, y - height / 2, x + wide / 2, y + height / 2), on, tall)
            _draw(canvas, pixels, left, top, right - left, bottom - top)


def placed(box: tuple[float, float, float, float], on: str, tall: int) -> tuple[float, float, float, float]:
    """A box of the parts' canvas on that of a figure whose head is `tall` rows high, its room included, in pixels."""
    left, top, right, bottom = (edge * SIDE for edge in box)
    if on == "head":
        middle, by = SIDE / 2, tall / USUAL
        left, right = (middle + (x - middle) * by for x in (left, right))
        top, bottom = (TOP + (y - TOP) * by for y in (top, bottom))
    else:
        neck, own = TOP + USUAL - CHIN, TOP + tall - CHIN
        top, bottom = (own + (y - neck) * (SOLE - own) / (SOLE - neck) for y in (top, bottom))
    return left, top + ROOM, right, bottom + ROOM


def curls(canvas: Floats, head: npt.NDArray[Any], left: int, top: int) -> None:
    """A mass of curls behind a head, in the colour of its hair."""
    hair = colour_of(head, 0.02, 0.16)
    rows, columns = head.shape[:2]
    middle, centre = left + columns / 2, top + rows * 0.45
    rng = np.random.default_rng(3)
    for k in range(64):
        angle = np.pi * (0.86 + 1.28 * (k % 32) / 31)
        far = (0.50, 0.60)[k // 32] * float(rng.uniform(0.95, 1.08))
        x, y = middle + far * columns * 1.04 * float(np.cos(angle)), centre + far * rows * float(np.sin(angle))
        blob(canvas, (x, max(y, 6.0)), (CURL * columns,) * 2, np.clip(hair * float(rng.uniform(0.8, 1.15)), 0, 255))


def _draw(canvas: Floats, pixels: npt.NDArray[Any], left: float, top: float, wide: float, high: float) -> None:
    size = max(1, round(wide)), max(1, round(high))
    over(canvas, cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32), round(left), round(top))
