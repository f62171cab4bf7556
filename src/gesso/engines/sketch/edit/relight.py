"""Light from a side: brighter towards it and darker away, forms shaded by it, in a warm, cool or white tint."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from functools import partial

import cv2
import numpy as np

from gesso.engines.sketch.edit.canvas import Band, Canvas, Plane, lifted, luma, to_unit

SIDES: Mapping[str, tuple[float, float]] = {
    "left": (-1.0, 0.0),
    "right": (1.0, 0.0),
    "above": (0.0, -1.0),
    "below": (0.0, 1.0),
}
"""Where light comes from: x to the right, y down."""

TINTS: Mapping[str, tuple[float, float, float]] = {
    "white": (1.0, 1.0, 1.0),
    "warm": (1.10, 1.0, 0.80),
    "cool": (0.88, 1.0, 1.12),
}

WORDS = {"golden": "warm", "warm": "warm", "orange": "warm", "cool": "cool", "cold": "cool", "blue": "cool"}
FROM = {"top": "above", "bottom": "below", "overhead": "above", "beneath": "below"}

SIDE = 512
"""Longer side at which light is computed: it has no finer detail."""

FALL, RELIEF = 0.55, 0.25
"""Stops that the light gains and loses across the picture; how strongly forms are shaded by it."""

PATTERN = re.compile(
    r"\b(?:re)?(?:light|lighting|lit|sunlight)\b.*?\b(?:from|on) (?:the )?"
    r"(left|right|above|below|top|bottom|overhead|beneath)\b"
)


def asked(text: str) -> str:
    """The control that a clause asks for ("relight it with warm light from the left"); nothing where it is another."""
    found = PATTERN.search(text)
    if found is None:
        return ""
    tint = next((value for word, value in WORDS.items() if re.search(rf"\b{word}\b", text)), "white")
    return name(FROM.get(found[1], found[1]), tint)


def name(side: str, tint: str) -> str:
    """What such a light is called among the controls."""
    return f"{tint} light from {side}"


def _lit(canvas: Canvas, amount: float, side: str, tint: str) -> Band:
    small = canvas.view(SIDE)
    stops = _stops(luma(to_unit(small)), SIDES[side]) * np.float32(np.clip(amount, 0, 2))
    colour = np.array(TINTS[tint], np.float32)
    shape = canvas.pixels.shape

    def band(rows: Plane, top: int) -> Plane:
        by = lifted(stops, shape, top, top + len(rows))[..., None]
        # On the shoulder of 1 - (1 - x)^gain nothing clips, and black stays black.
        lit = np.where(by > 0, 1 - (1 - rows) ** np.exp2(np.maximum(by, 0)), rows * np.exp2(np.minimum(by, 0)))
        share = np.clip(by + np.float32(0.5), 0, 1) * np.float32(min(1.0, amount))
        return lit * (1 + (colour - 1) * share)

    return band


def _stops(level: Plane, side: tuple[float, float]) -> Plane:
    """Stops of light at each point: a fall across the picture, and broad forms turned to or from the light."""
    height, width = level.shape
    x = np.linspace(-1, 1, width, dtype=np.float32)[None]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    broad = np.asarray(cv2.GaussianBlur(level, (0, 0), max(1.0, max(height, width) / 60)), np.float32)
    down, right = (np.gradient(broad, axis=axis) if broad.shape[axis] > 1 else np.zeros_like(broad) for axis in (0, 1))
    # Bright forms are taken as raised: their flank towards the light falls the other way.
    slope = -(right * np.float32(side[0]) + down * np.float32(side[1]))
    relief = np.tanh(slope / np.float32(max(1e-4, float(np.abs(slope).mean()) * 4)))
    return np.float32(FALL) * (x * np.float32(side[0]) + y * np.float32(side[1])) + np.float32(RELIEF) * relief


LIGHTS: Mapping[str, Callable[[Canvas, float], Band]] = {
    name(side, tint): partial(_lit, side=side, tint=tint) for side, tint in itertools.product(SIDES, TINTS)
}
"""Every such light, as a control by its name."""
