"""Colours as words mean them: how well each pixel fits "red", "dark" or the colour of skin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gesso.engines.sketch.edit.canvas import Plane, smooth, to_lab
from gesso.engines.sketch.words import lexicon
from gesso.tasks import RGB

GREY = 13.0
"""Chroma below which a named colour counts as black, grey or white."""


@dataclass(frozen=True, slots=True)
class Tone:
    """A family of colours: a `hue` (degrees of Lab) give or take `width`, at least `chroma`; None is greys."""

    hue: float | None
    width: float = 26.0
    chroma: float = 12.0
    light: float = 50.0
    spread: float = 100.0
    """How far from `light` a pixel may be."""
    most: float = 200.0
    """Chroma from which a pixel is too vivid."""

    def match(self, lab: Plane) -> Plane:
        """How well each pixel fits, 0..1."""
        chroma = np.hypot(lab[..., 1], lab[..., 2])
        level = 1 - smooth(self.spread * 0.7, self.spread * 1.3, np.abs(lab[..., 0] - np.float32(self.light)))
        if self.hue is None:
            return level * (1 - smooth(GREY, GREY * 2, chroma))
        hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1]))
        off = np.abs((hue - np.float32(self.hue) + 180) % 360 - 180)
        # Dark colours have little chroma: ask less of them.
        enough = self.chroma * np.clip(lab[..., 0] / 45, 0.35, 1)
        vivid = np.clip((chroma - enough * 0.6) / np.maximum(enough * 0.8, 1e-3), 0, 1)
        return (
            (1 - smooth(self.width * 0.8, self.width * 1.35, off))
            * vivid
            * level
            * (1 - smooth(self.most * 0.85, self.most * 1.15, chroma))
        )


SKIN = Tone(48.0, 26.0, 12.0, 62.0, 34.0, 42.0)
"""Human skin of most shades; wood and sand have it too."""

FAMILIES: Mapping[str, Tone] = {
    "red": Tone(36.0, 24.0, 26.0),
    "orange": Tone(60.0, 20.0, 24.0, 65, 40),
    "yellow": Tone(92.0, 20.0, 22.0, 75, 40),
    "green": Tone(132.0, 36.0, 12.0),
    "blue": Tone(-82.0, 42.0, 10.0),
    "purple": Tone(-45.0, 24.0, 12.0),
    "pink": Tone(0.0, 28.0, 16.0, 68, 30),
    "brown": Tone(62.0, 26.0, 12.0, 34, 28),
    "black": Tone(None, light=8.0, spread=22.0),
    "grey": Tone(None, light=52.0, spread=28.0),
    "gray": Tone(None, light=52.0, spread=28.0),
    "white": Tone(None, light=96.0, spread=24.0),
}


def lab_of(colour: RGB) -> tuple[float, float, float]:
    """A colour's Lab values."""
    light, a, b = to_lab(np.array([[colour]], np.float32) / 255)[0, 0]
    return float(light), float(a), float(b)


def of_name(name: str) -> Tone | None:
    """The tone of a colour word."""
    if name in FAMILIES:
        return FAMILIES[name]
    colour = lexicon.colour(name)
    return of_colour(colour) if colour else None


def of_colour(colour: RGB) -> Tone:
    """The tone around a colour; a basic colour's own where it is one."""
    for name, tone in FAMILIES.items():
        if lexicon.colour(name) == colour:
            return tone
    light, a, b = lab_of(colour)
    chroma = float(np.hypot(a, b))
    if chroma < GREY:
        return Tone(None, light=light, spread=26.0)
    return Tone(float(np.degrees(np.arctan2(b, a))), 24.0, min(20.0, chroma * 0.4), light, 45.0)


def main(lab: Plane, mask: Plane) -> Tone | None:
    """The tone that covers most of a masked part; its greys where little of it is coloured. None for an empty mask."""
    inside = mask > 0.5
    if inside.sum() < 12:
        return None
    values = lab[inside]
    chroma = np.hypot(values[:, 1], values[:, 2])
    vivid = chroma > 11
    if vivid.mean() < 0.22:
        light = float(np.median(values[~vivid, 0]))
        return Tone(None, light=light, spread=38.0)
    hue = np.degrees(np.arctan2(values[vivid, 2], values[vivid, 1]))
    sums = np.histogram(hue, bins=36, range=(-180, 180), weights=chroma[vivid] ** 0.7)[0]
    level = sums + 0.8 * (np.roll(sums, 1) + np.roll(sums, -1))
    top = (int(level.argmax()) + 0.5) * 10 - 180
    off = (hue - top + 180) % 360 - 180
    close = np.abs(off) < 25
    centre = top + float(np.median(off[close]))
    return Tone((centre + 180) % 360 - 180, 30.0, min(14.0, float(np.median(chroma[vivid][close])) * 0.45))
