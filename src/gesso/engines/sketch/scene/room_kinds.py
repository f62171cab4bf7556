"""What makes a room a kitchen, a ward or a bathroom: its walls, its floor and what stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gesso.engines.sketch.scene.noise import Colour


@dataclass(frozen=True, slots=True)
class Piece:
    """A drawing: metres right of the middle, metres of its foot above the floor, nearness (1 is the back wall)."""

    drawing: str
    x: float
    up: float = 0.0
    near: float = 1.0
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Kind:
    """What makes a room a kitchen or a ward. `window` and `paintings` are metres right of the middle."""

    walls: tuple[Colour, ...]
    floor: str
    pieces: tuple[Piece, ...]
    window: float | None = None
    curtains: bool = True
    paintings: tuple[float, ...] = ()
    dado: Colour | None = None


def _row(drawing: str, places: tuple[float, ...], up: float = 0.0, near: float = 1.0) -> tuple[Piece, ...]:
    return tuple(Piece(drawing, x, up, near) for x in places)


CREAM: Colour = (0.88, 0.82, 0.70)
SAGE: Colour = (0.68, 0.76, 0.68)
CLAY: Colour = (0.82, 0.64, 0.54)
MIST: Colour = (0.66, 0.74, 0.82)
WHITE: Colour = (0.92, 0.93, 0.92)
MINT: Colour = (0.80, 0.90, 0.87)
KINDS: Mapping[str, Kind] = {
    "living": Kind(
        (CREAM, SAGE, CLAY, MIST),
        "planks",
        (
            *_row("bookcase", (1.68, -2.75, 3.3)),
            Piece("pot-plant", 1.02, near=1.06, scale=0.9),
            Piece("floor-lamp", -1.82, near=1.08),
            Piece("pot-plant", 2.5),
        ),
        -0.82,
        paintings=(0.86,),
    ),
    "bedroom": Kind(
        (MIST, CLAY, (0.78, 0.72, 0.82), CREAM),
        "carpet",
        (Piece("wardrobe", -1.62), Piece("nightstand", 1.75), Piece("double-bed", 0.55), Piece("pot-plant", 2.7)),
        -0.35,
        paintings=(1.5,),
    ),
    "kitchen": Kind(
        ((0.94, 0.88, 0.74), (0.82, 0.88, 0.84), (0.90, 0.80, 0.70)),
        "tiles",
        (
            *_row("counter", (-1.5, 1.5, 3.78, -3.78)),
            *_row("cupboards", (1.52, -3.8, 3.82), 1.55),
            Piece("stove", 0.0),
            Piece("fridge", -1.80, near=1.04),
            Piece("hood", 0.0, 1.62),
        ),
        -0.92,
        False,
        dado=(0.96, 0.95, 0.92),
    ),
    "classroom": Kind(
        ((0.90, 0.86, 0.72), (0.78, 0.84, 0.80)),
        "planks",
        (
            Piece("blackboard", 0.0, 0.95),
            Piece("globe", 1.72, 0.95),
            *_row("school-desk", (-1.35, 1.35, -2.9, 2.9), near=1.30),
            *_row("school-desk", (-1.42, 1.42, -3.0, 3.0), near=1.85),
        ),
        -2.6,
    ),
    "hospital": Kind(
        (MINT, (0.84, 0.90, 0.94)),
        "lino",
        (
            Piece("screen", 1.65),
            Piece("hospital-bed", -1.05, near=1.10),
            Piece("drip-stand", 0.42),
            Piece("screen", 2.9),
        ),
        -0.9,
        dado=(0.62, 0.80, 0.80),
    ),
    "bathroom": Kind(
        (MINT, WHITE, (0.74, 0.84, 0.90)),
        "tiles",
        (Piece("pot-plant", 1.5, near=1.04, scale=0.8), Piece("stool", -1.6, near=1.1, scale=0.7)),
        -0.9,
        False,
        dado=(0.93, 0.95, 0.95),
    ),
    "dining": Kind(
        (CREAM, SAGE, (0.74, 0.66, 0.60)),
        "planks",
        (Piece("wardrobe", -1.8), Piece("pot-plant", 1.9, near=1.04), Piece("dining-table", 0.0, near=1.35)),
        0.9,
        paintings=(-0.5,),
    ),
    "library": Kind(
        ((0.60, 0.48, 0.36), (0.52, 0.44, 0.38)),
        "planks",
        (*_row("bookcase", (-3.4, -2.55, -1.7, -0.85, 0.0, 0.85, 1.7, 2.55, 3.4)),),
    ),
    "office": Kind(
        ((0.82, 0.84, 0.86), (0.78, 0.80, 0.76)),
        "carpet",
        (
            Piece("writing-desk", -1.0, near=1.08),
            Piece("bookcase", 1.65),
            Piece("pot-plant", 0.85),
            Piece("writing-desk", 3.0),
        ),
        -0.2,
        paintings=(2.6,),
    ),
    "bar": Kind(
        ((0.46, 0.30, 0.26), (0.34, 0.36, 0.38), (0.50, 0.38, 0.28)),
        "planks",
        (*_row("bar", (-1.7, 1.7), 1.0), *_row("bar-counter", (-2.0, 0.0, 2.0, 4.0, -4.0), near=1.14)),
    ),
    "museum": Kind(
        (WHITE, (0.74, 0.30, 0.28), (0.36, 0.46, 0.52)),
        "planks",
        (*_row("pedestal", (-1.6, 1.6, 3.2, -3.2), near=1.12),),
        paintings=(-2.4, -0.85, 0.85, 2.4),
    ),
    "lab": Kind(
        (WHITE, (0.84, 0.90, 0.94)),
        "lino",
        (*_row("cupboards", (-2.0, 2.0, 4.3, -4.3), 1.75), *_row("lab-bench", (-1.65, 1.65, 4.95, -4.95))),
        0.0,
        False,
    ),
    "gym": Kind(
        ((0.66, 0.70, 0.74), (0.80, 0.78, 0.74)),
        "lino",
        (*_row("weights", (-1.45, 1.45, 3.4, -3.4)), Piece("bench", -1.7, near=1.5, scale=0.6)),
        0.0,
        False,
        dado=(0.36, 0.40, 0.46),
    ),
    "palace": Kind(
        ((0.60, 0.42, 0.34), (0.42, 0.44, 0.56)),
        "runner",
        (
            *_row("curtain", (-1.15, 1.15)),
            *(Piece("column", x, near=near, scale=0.45) for near in (1.0, 1.45) for x in (-1.95, 1.95)),
        ),
    ),
}
NAMES = frozenset(KINDS)
WHOSE: Mapping[str, str] = {
    "bathtub": "bathroom",
    "shower": "bathroom",
    "toilet": "bathroom",
    "dining-table": "dining",
    "cook": "kitchen",
    "stove": "kitchen",
    "fridge": "kitchen",
    "teacher": "classroom",
    "student": "classroom",
    "blackboard": "classroom",
    "whiteboard": "office",
    "health-worker": "hospital",
    "hospital-bed": "hospital",
    "scientist": "lab",
    "mechanic": "lab",
    "surgeon": "hospital",
    "barista": "bar",
    "weights": "gym",
    "princess": "palace",
    "person-with-crown": "palace",
    "throne": "palace",
    "baby": "bedroom",
    "bed": "bedroom",
    "wardrobe": "bedroom",
    "office-worker": "office",
    "technologist": "office",
    "judge": "library",
}
"""Whose room a room is, where the prompt names no kind: sprite or drawing -> kind."""
