"""Worn and held things, and creatures that no sprite shows, drawn from the vector shapes of `parts.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np

from gesso.engines.sketch.scene.noise import Colour
from gesso.engines.sketch.scene.sheet import TALL, Drawing, Drawn, Pixels, Point, Sheet

HEAD = (0.375, 0.02, 0.625, 0.31)
"""Where the head is on the canvas of a standing figure that worn things are drawn on: left, top, right, bottom."""

MARGIN = 0.16
"""How far worn things may go beyond that canvas on every side."""

SEEN = 0.03
"""Least alpha of what is drawn."""


@dataclass(frozen=True, slots=True)
class Part:
    """One drawing in shapes: what it is worn `on`, its own colour, whether it is behind its wearer, its body."""

    on: str
    own: Colour
    behind: bool
    shapes: tuple[str, ...]
    aspect: float
    drawn: Drawn
    bared: str
    """What is worn in its place where a face is to be seen that it would hide."""

    def draw(self, sheet: Sheet, colour: Colour | None = None) -> None:
        """Put the shapes on a sheet; in another own colour where one is given."""
        for shape in self.shapes:
            self._shape(sheet, shape.split(), colour or self.own)

    def _shape(self, sheet: Sheet, words: list[str], own: Colour) -> None:
        kind, (tone, _, shade), numbers = words[0], words[1].partition("/"), [float(word) for word in words[2:]]
        colour = own if tone == "own" else cast("Colour", tuple(_tables()["colours"][tone]))
        for mirrored in (False, True) if kind[0] == "2" else (False,):
            match kind.removeprefix("2"):
                case "disc":
                    ((x, y),) = self._points(numbers[:1], numbers[1:2], mirrored)
                    sheet.disc(x, y, numbers[2] * self.scale, numbers[3] * self.scale, colour, shade or "ball")
                case "line":
                    wide = [width * self.scale for width in numbers[2::3]]
                    sheet.stroke(self._points(numbers[0::3], numbers[1::3], mirrored), wide, colour, shade or "left")
                case "poly":
                    sheet.poly(self._points(numbers[0::2], numbers[1::2], mirrored), colour, shade or "round")
                case _:
                    sheet.blob(self._points(numbers[0::2], numbers[1::2], mirrored), colour, shade or "round")

    @property
    def scale(self) -> float:
        """What a unit of the shapes is on the sheet: with room around a figure for what it wears."""
        return 1 / (1 + 2 * MARGIN) if self.on else 1.0

    def _points(self, xs: list[float], ys: list[float], mirrored: bool) -> list[Point]:
        room = MARGIN if self.on else 0.0
        own = [self.aspect - x if mirrored else x for x in xs]
        return [((x + room) * self.scale, (y + room) * self.scale) for x, y in zip(own, ys, strict=True)]


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "parts.toml").read_text(encoding="utf-8"))


@cache
def known() -> Mapping[str, Part]:
    """All parts by name."""
    return {name: _part(row) for name, row in _tables()["part"].items()}


def _part(row: Mapping[str, Any]) -> Part:
    own = cast("Colour", tuple(row["own"]))
    drawn = Drawn(row.get("metres", 0.3), row.get("stance", "held"))
    place = row.get("on", ""), own, row.get("behind", False)
    return Part(*place, tuple(row["shapes"]), row.get("aspect", 1.0), drawn, row.get("bared", ""))


@lru_cache(maxsize=48)
def worn(name: str, colour: Colour | None = None) -> tuple[Pixels, tuple[float, float, float, float]]:
    """A worn part cut to what it shows, (h, w, 4) uint8, and that box on the canvas of a standing figure."""
    sheet, part = Sheet(), known()[name]
    part.draw(sheet, colour)
    seen = sheet.alpha > SEEN
    ys, xs = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    left, top, right, bottom = (
        float(edge) / TALL / part.scale - MARGIN for edge in (xs[0], ys[0], xs[-1] + 1, ys[-1] + 1)
    )
    pixels = sheet.pixels()
    pixels.setflags(write=False)
    return pixels, (left, top, right, bottom)


def drawings() -> Mapping[str, Drawing]:
    """The parts as drawings, each by its name."""
    return {name: (part.draw, part.aspect, part.drawn) for name, part in known().items()}
