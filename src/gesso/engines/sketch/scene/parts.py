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

WIDEST = 2.0
"""Widest sheet, in its heights."""

SEEN = 0.03
"""Least alpha of what is drawn."""


@dataclass(frozen=True, slots=True)
class Part:
    """One drawing in shapes: what it is worn `on`, its own colour, whether it is behind its wearer, its body."""

    on: str
    own: Colour
    behind: bool
    shapes: tuple[str, ...]
    corner: Point
    """The corner of the figure's canvas, or of its own, at which its sheet begins."""
    zoom: float
    """What a unit of the shapes is on its sheet, which a small thing fills."""
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
                    sheet.disc(x, y, numbers[2] * self.zoom, numbers[3] * self.zoom, colour, shade or "ball")
                case "line":
                    wide = [width * self.zoom for width in numbers[2::3]]
                    sheet.stroke(self._points(numbers[0::3], numbers[1::3], mirrored), wide, colour, shade or "left")
                case "poly":
                    sheet.poly(self._points(numbers[0::2], numbers[1::2], mirrored), colour, shade or "round")
                case _:
                    sheet.blob(self._points(numbers[0::2], numbers[1::2], mirrored), colour, shade or "round")

    def _points(self, xs: list[float], ys: list[float], mirrored: bool) -> list[Point]:
        (left, top), across = self.corner, 1.0 if self.on else self.aspect / self.zoom
        own = [across - x if mirrored else x for x in xs]
        return [((x - left) * self.zoom, (y - top) * self.zoom) for x, y in zip(own, ys, strict=True)]


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "parts.toml").read_text(encoding="utf-8"))


@cache
def known() -> Mapping[str, Part]:
    """All parts by name."""
    return {name: _part(row) for name, row in _tables()["part"].items()}


def _part(row: Mapping[str, Any]) -> Part:
    own, shapes = cast("Colour", tuple(row["own"])), tuple(row["shapes"])
    drawn = Drawn(row.get("metres", 0.3), row.get("stance", "held"))
    left, top, right, bottom = _bounds(shapes) if "on" in row else (0.0, 0.0, row.get("aspect", 1.0), 1.0)
    zoom = min(1 / (bottom - top), WIDEST / (right - left))
    place = (left, top), zoom, (right - left) * zoom
    return Part(row.get("on", ""), own, row.get("behind", False), shapes, *place, drawn, row.get("bared", ""))


def _bounds(shapes: tuple[str, ...]) -> tuple[float, float, float, float]:
    """The box that worn shapes are in, with a little room."""
    xs, ys = list[float](), list[float]()
    for words in map(str.split, shapes):
        numbers = [float(word) for word in words[2:]]
        step = 3 if words[0].endswith("line") else 2
        disc = words[0].endswith("disc")
        rx, ry = (numbers[2], numbers[3]) if disc else (0.02, 0.02) if step == 3 else (0.005, 0.005)
        across = numbers[0 : 1 if disc else None : step]
        across += [1 - x for x in across] if words[0][0] == "2" else []
        xs += [x + sign * rx for x in across for sign in (-1, 1)]
        ys += [y + sign * ry for y in numbers[1 : 2 if disc else None : step] for sign in (-1, 1)]
    return min(xs), min(ys), max(xs), max(ys)


@lru_cache(maxsize=48)
def worn(name: str, colour: Colour | None = None) -> tuple[Pixels, tuple[float, float, float, float]]:
    """A worn part cut to what it shows, (h, w, 4) uint8, and that box on the canvas of a standing figure."""
    part = known()[name]
    sheet = Sheet(part.aspect)
    part.draw(sheet, colour)
    seen = sheet.alpha > SEEN
    ys, xs = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    left, right = (part.corner[0] + float(x) / TALL / part.zoom for x in (xs[0], xs[-1] + 1))
    top, bottom = (part.corner[1] + float(y) / TALL / part.zoom for y in (ys[0], ys[-1] + 1))
    pixels = sheet.pixels()
    pixels.setflags(write=False)
    return pixels, (left, top, right, bottom)


def drawings() -> Mapping[str, Drawing]:
    """The parts as drawings, each by its name."""
    return {name: (part.draw, part.aspect, part.drawn) for name, part in known().items()}
