"""Drawn things of shops, walls and tables: a stall, a shop front, a shelf, a whiteboard, a bowl, a chess board."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np

from gesso.engines.sketch.scene.noise import Colour
from gesso.engines.sketch.scene.sheet import DARK, GLOW, GREY, STONE, WHITE, WOOD, Drawing, Drawn, Point, Sheet

AWNING: tuple[Colour, Colour] = ((0.82, 0.26, 0.24), (0.97, 0.95, 0.90))
IVORY: Colour = (0.95, 0.90, 0.78)
BROWN: Colour = (0.50, 0.32, 0.20)


def _arc(x: float, y: float, rx: float, ry: float, first: float, last: float, count: int = 18) -> list[Point]:
    """Points on an ellipse from angle `first` to `last` in half turns; 0 is right, 0.5 below."""
    angles = np.linspace(first * np.pi, last * np.pi, count)
    return [(x + rx * float(np.cos(a)), y + ry * float(np.sin(a))) for a in angles]


def _bowl(s: Sheet) -> None:
    glaze = (0.34, 0.56, 0.74)
    s.poly([*_arc(0.9, 0.22, 0.88, 0.70, 0, 1), (0.02, 0.22)], glaze)
    s.box(0.58, 0.88, 1.22, 0.99, (0.30, 0.50, 0.68))
    s.disc(0.9, 0.22, 0.88, 0.20, (0.44, 0.66, 0.82), "flat")
    s.disc(0.9, 0.235, 0.80, 0.165, (0.20, 0.36, 0.50), "ball")
    s.stroke(_arc(0.9, 0.36, 0.80, 0.44, 0.16, 0.84), [0.025] * 18, IVORY)


def _awning(s: Sheet, left: float, right: float, top: float, bottom: float, count: int) -> None:
    """A striped awning with a scalloped hem, wider below."""
    step, lean = (right - left) / count, 0.04
    for i in range(count):
        colour = AWNING[i % 2]
        a, b = left + i * step, left + (i + 1) * step
        low = [x + lean * (2 * (x - left) / (right - left) - 1) for x in (a, b)]
        s.poly([(a, top), (b, top), (low[1], bottom), (low[0], bottom)], colour, "left")
        s.disc((low[0] + low[1]) / 2, bottom, (low[1] - low[0]) / 2, 0.035, colour, "flat")


def _stall(s: Sheet) -> None:
    for x in (0.12, 1.44):
        s.box(x, 0.10, x + 0.045, 1.0, WOOD)
    s.box(0.14, 0.30, 1.46, 0.62, (0.46, 0.32, 0.22), "dark")
    s.box(0.06, 0.60, 1.54, 0.67, (0.70, 0.50, 0.32), "left", 0.10)
    s.box(0.10, 0.67, 1.50, 0.99, WOOD, "flat", 0.12)
    for i in range(5):
        s.box(0.10 + 0.28 * i, 0.67, 0.108 + 0.28 * i, 0.99, BROWN, "flat")
    _awning(s, 0.08, 1.52, 0.03, 0.27, 10)


def _shop(s: Sheet) -> None:
    wall = (0.36, 0.50, 0.48)
    s.box(0.02, 0.02, 1.58, 1.0, wall, "left", 0.05)
    s.box(0.0, 0.0, 1.60, 0.05, (0.28, 0.40, 0.38), "left")
    s.box(0.08, 0.075, 1.52, 0.245, (0.20, 0.28, 0.28), "left")
    for left, right, foot in ((0.10, 0.98, 0.82), (1.12, 1.46, 0.985)):
        s.box(left - 0.02, 0.36, right + 0.02, foot + 0.015, WHITE, "left")
        s.box(left, 0.38, right, foot, (0.98, 0.84, 0.60), "flat")
        s.poly([(left, 0.60), (left, 0.38), (right, 0.38)], (1.0, 0.91, 0.72), "flat")
    for i, colour in enumerate((BROWN, (0.86, 0.60, 0.30), (0.74, 0.30, 0.26), (0.86, 0.60, 0.30), (0.46, 0.60, 0.40))):
        s.blob(
            [(0.13 + 0.165 * i, 0.80), (0.14 + 0.165 * i, 0.70), (0.26 + 0.165 * i, 0.70), (0.27 + 0.165 * i, 0.80)],
            colour,
        )
    s.box(0.10, 0.79, 0.98, 0.82, WOOD, "left")
    s.box(0.53, 0.38, 0.55, 0.82, WHITE, "flat")
    s.box(1.12, 0.72, 1.46, 0.985, (0.30, 0.42, 0.40), "left")
    s.disc(1.16, 0.69, 0.018, 0.018, GLOW)
    s.box(0.02, 0.86, 1.06, 1.0, STONE, texture=0.08)
    _awning(s, 0.04, 1.56, 0.27, 0.40, 12)


def _tunnel(s: Sheet) -> None:
    hill = [(0.0, 1.0), (0.05, 0.62), (0.32, 0.28), (0.80, 0.06), (1.32, 0.02), (1.84, 0.16), (2.22, 0.46), (2.40, 1.0)]
    s.blob([*hill, (1.2, 1.3)], (0.36, 0.52, 0.26), "ball", 0.22)
    portal = [*_arc(1.2, 0.66, 0.50, 0.44, 1, 2), (1.70, 1.0), (0.70, 1.0)]
    s.poly(portal, STONE, "round", 0.10)
    for angle in np.linspace(1.04, 1.96, 11):
        x, y = np.cos(angle * np.pi), np.sin(angle * np.pi)
        near, far = (1.2 + 0.40 * x, 0.66 + 0.34 * y), (1.2 + 0.50 * x, 0.66 + 0.44 * y)
        s.stroke([(float(near[0]), float(near[1])), (float(far[0]), float(far[1]))], (0.008, 0.008), (0.48, 0.44, 0.40))
    s.poly([*_arc(1.2, 0.66, 0.40, 0.34, 1, 2), (1.60, 1.0), (0.80, 1.0)], (0.10, 0.09, 0.11), "flat")
    s.poly([*_arc(1.2, 0.70, 0.26, 0.22, 1, 2), (1.46, 1.0), (0.94, 1.0)], (0.05, 0.045, 0.06), "flat")
    s.poly([(1.16, 0.80), (1.24, 0.80), (1.56, 1.0), (0.84, 1.0)], (0.20, 0.20, 0.22), "flat")


def _podium(s: Sheet) -> None:
    for top, half, bottom in ((0.46, 1.20, 0.98), (0.10, 0.86, 0.56)):
        body = [(1.25 - half, top), *_arc(1.25, bottom - 0.09, half, 0.09, 1, 0), (1.25 + half, top)]
        s.poly(body, (0.90, 0.84, 0.80))
        s.disc(1.25, top, half, 0.09, (0.98, 0.94, 0.91), "flat")


def _chess_board(s: Sheet) -> None:
    def at(column: float, row: float) -> Point:
        half = 0.62 + 0.30 * row / 8
        return 1.0 + (column / 4 - 1) * half, 0.34 + 0.56 * (0.84 * row / 8 + 0.16 * row * abs(row) / 64)

    s.poly([at(-0.35, -0.4), at(8.35, -0.4), at(8.35, 8.4), at(-0.35, 8.4)], BROWN, "left", 0.08)
    low = at(8.35, 8.4)
    s.box(2.0 - low[0], low[1], low[0], low[1] + 0.05, (0.34, 0.22, 0.14), "left")
    for row, column in product(range(8), range(8)):
        colour = (0.30, 0.20, 0.15) if (row + column) % 2 else (0.93, 0.86, 0.72)
        s.poly([at(column, row), at(column + 1, row), at(column + 1, row + 1), at(column, row + 1)], colour, "flat")
    men = [(0, c, DARK) for c in range(8)] + [(1, c, DARK) for c in range(8)]
    men += (
        [(6, c, IVORY) for c in (0, 1, 2, 5, 6, 7)] + [(4, 4, IVORY), (4, 3, IVORY)] + [(7, c, IVORY) for c in range(8)]
    )
    for row, column, colour in men:
        _chessman(
            s, at(column + 0.5, row + 0.72), 0.62 + 0.30 * row / 8, colour, "rnbqkbnr"[column] if row in (0, 7) else ""
        )


def _chessman(s: Sheet, foot: Point, size: float, colour: Colour, kind: str) -> None:
    """A pawn, or with a letter of a piece a taller one with that piece's top."""
    x, y = foot
    u, tall = 0.060 * size / 0.8, (0.22 if kind in ("q", "k") else 0.18 if kind else 0.12) * size / 0.8
    s.disc(x, y, u, u * 0.45, colour)
    s.poly(
        [(x - u * 0.8, y), (x - u * 0.35, y - tall * 0.75), (x + u * 0.35, y - tall * 0.75), (x + u * 0.8, y)], colour
    )
    if kind == "r":
        s.box(x - u * 0.7, y - tall, x + u * 0.7, y - tall * 0.68, colour)
        return
    if kind == "n":
        s.blob(
            [
                (x - u, y - tall * 0.7),
                (x - u * 0.2, y - tall * 1.15),
                (x + u * 0.8, y - tall),
                (x + u * 0.4, y - tall * 0.5),
            ],
            colour,
        )
        return
    s.disc(x, y - tall * 0.82, u * 0.62, u * (0.95 if kind == "b" else 0.62), colour)
    if kind == "k":
        s.stroke([(x, y - tall * 0.9), (x, y - tall * 1.25)], (0.012, 0.012), colour)
        s.stroke([(x - u * 0.4, y - tall * 1.12), (x + u * 0.4, y - tall * 1.12)], (0.012, 0.012), colour)
    if kind == "q":
        s.poly(
            [
                (x - u * 0.8, y - tall * 1.2),
                (x, y - tall),
                (x + u * 0.8, y - tall * 1.2),
                (x + u * 0.4, y - tall * 0.8),
                (x - u * 0.4, y - tall * 0.8),
            ],
            colour,
        )


def _whiteboard(s: Sheet) -> None:
    s.box(0.0, 0.0, 1.7, 0.95, GREY, "left")
    s.box(0.035, 0.035, 1.665, 0.915, (0.99, 0.99, 0.985), "flat")
    s.poly([(0.035, 0.60), (0.035, 0.035), (0.9, 0.035)], (1.0, 1.0, 1.0), "flat")
    s.box(0.55, 0.945, 1.15, 0.99, GREY)
    for x, colour in ((0.62, (0.80, 0.22, 0.22)), (0.76, (0.22, 0.36, 0.74)), (0.90, DARK)):
        s.box(x, 0.925, x + 0.10, 0.95, colour, "flat")


def _wall_shelf(s: Sheet) -> None:
    s.poly([(0.10, 0.0), (5.3, 0.0), (5.4, 0.16), (0.0, 0.16)], (0.76, 0.56, 0.38), "flat", 0.12)
    s.box(0.0, 0.16, 5.4, 0.40, WOOD, "left", 0.10)
    for x in (0.70, 4.50):
        s.poly([(x, 0.40), (x + 0.20, 0.40), (x + 0.20, 1.0)], DARK)


def _pendant_lamp(s: Sheet) -> None:
    s.box(0.245, 0.0, 0.255, 0.74, DARK, "flat")
    s.box(0.22, 0.70, 0.28, 0.76, DARK)
    s.poly([(0.20, 0.76), (0.30, 0.76), (0.48, 0.95), (0.02, 0.95)], (0.28, 0.42, 0.44))
    s.disc(0.25, 0.95, 0.23, 0.022, GLOW, "flat")
    s.disc(0.25, 0.955, 0.07, 0.040, (1.0, 0.95, 0.76), "flat")


def _dining_table(s: Sheet) -> None:
    for x in (0.10, 2.26):
        s.box(x, 0.14, x + 0.13, 1.0, WOOD)
    for x in (0.34, 2.04):
        s.box(x, 0.14, x + 0.11, 0.86, BROWN, "right")
    s.box(0.06, 0.13, 2.44, 0.24, BROWN, "left")
    s.poly([(0.14, 0.0), (2.36, 0.0), (2.50, 0.10), (0.0, 0.10)], (0.72, 0.50, 0.32), "flat", 0.14)
    s.box(0.0, 0.10, 2.50, 0.15, WOOD, "left")


def _coffee_table(s: Sheet) -> None:
    for x in (0.14, 2.26):
        s.box(x, 0.30, x + 0.10, 1.0, WOOD)
    s.box(0.16, 0.72, 2.34, 0.80, BROWN, "left")
    s.poly([(0.22, 0.0), (2.28, 0.0), (2.50, 0.24), (0.0, 0.24)], (0.74, 0.54, 0.36), "flat", 0.14)
    s.box(0.0, 0.24, 2.50, 0.34, WOOD, "left")


def _picture(s: Sheet) -> None:
    s.box(0.0, 0.0, 1.4, 1.0, (0.56, 0.40, 0.22), "left", 0.08)
    s.box(0.06, 0.06, 1.34, 0.94, IVORY, "flat")
    s.box(0.14, 0.14, 1.26, 0.86, (0.66, 0.82, 0.92), "flat")
    s.disc(1.00, 0.30, 0.085, 0.085, (1.0, 0.86, 0.50), "flat")
    s.poly(
        [(0.14, 0.66), (0.46, 0.30), (0.66, 0.52), (0.84, 0.38), (1.26, 0.70), (1.26, 0.86), (0.14, 0.86)],
        (0.44, 0.54, 0.66),
        "flat",
    )
    s.poly([(0.14, 0.72), (0.60, 0.64), (1.26, 0.74), (1.26, 0.86), (0.14, 0.86)], (0.42, 0.60, 0.36), "flat")


def _stone_lantern(s: Sheet) -> None:
    grey = (0.62, 0.62, 0.60)
    s.box(0.14, 0.90, 0.56, 1.0, grey, texture=0.12)
    s.box(0.27, 0.52, 0.43, 0.91, grey, texture=0.12)
    s.box(0.17, 0.46, 0.53, 0.53, grey, texture=0.12)
    s.box(0.22, 0.28, 0.48, 0.47, grey, texture=0.12)
    s.box(0.29, 0.31, 0.41, 0.44, GLOW, "flat")
    s.blob([(0.02, 0.30), (0.20, 0.13), (0.50, 0.13), (0.68, 0.30), (0.35, 0.26)], (0.54, 0.54, 0.53), texture=0.12)
    s.disc(0.35, 0.10, 0.06, 0.07, grey)


def _swimming_pool(s: Sheet) -> None:
    s.blob([(0.40, 0.04), (2.80, 0.04), (3.20, 0.96), (0.0, 0.96)], (0.93, 0.90, 0.84), "flat", 0.05)
    s.blob([(0.52, 0.13), (2.68, 0.13), (2.98, 0.84), (0.22, 0.84)], (0.24, 0.66, 0.84), "flat")
    s.blob([(0.56, 0.17), (2.64, 0.17), (2.90, 0.80), (0.30, 0.80)], (0.34, 0.78, 0.92), "flat")
    for x, y, half in (
        (0.9, 0.30, 0.16),
        (1.8, 0.26, 0.14),
        (1.3, 0.46, 0.22),
        (2.3, 0.50, 0.20),
        (0.8, 0.66, 0.24),
        (1.9, 0.70, 0.26),
    ):
        s.stroke(
            [(x - half, y), (x - half / 3, y - 0.015), (x + half / 3, y + 0.010), (x + half, y)],
            (0.008, 0.014, 0.014, 0.006),
            (0.78, 0.94, 0.98),
        )
    for x in (2.42, 2.56):
        s.stroke([(x, 0.30), (x, 0.02), (x + 0.05, 0.0), (x + 0.10, 0.06)], (0.025, 0.025, 0.025, 0.025), GREY)


def _floating_island(s: Sheet) -> None:
    rock = (0.52, 0.44, 0.38)
    s.blob(
        [(0.06, 0.40), (1.54, 0.40), (1.30, 0.58), (1.02, 0.70), (0.86, 1.0), (0.70, 0.74), (0.34, 0.62)],
        rock,
        "round",
        0.2,
    )
    s.blob([(0.34, 0.44), (0.62, 0.46), (0.54, 0.72), (0.44, 0.66)], (0.44, 0.37, 0.33), "round", 0.2)
    s.blob(
        [(0.0, 0.40), (0.30, 0.30), (0.80, 0.26), (1.34, 0.30), (1.60, 0.40), (1.30, 0.49), (0.80, 0.46), (0.30, 0.50)],
        (0.40, 0.64, 0.28),
        "left",
        0.2,
    )
    for x, y, size in ((0.46, 0.30, 0.13), (0.66, 0.28, 0.16), (1.12, 0.30, 0.12)):
        s.box(x - 0.012, y - 0.02, x + 0.012, y + 0.08, WOOD)
        s.disc(x, y - size * 0.6, size * 0.62, size * 0.8, (0.28, 0.52, 0.24))


def _see_saw(s: Sheet) -> None:
    s.poly([(1.05, 1.0), (1.25, 0.44), (1.45, 1.0)], (0.26, 0.46, 0.74))
    s.stroke([(0.06, 0.74), (2.44, 0.20)], (0.10, 0.10), (0.92, 0.66, 0.22))
    for x, y in ((0.30, 0.70), (2.16, 0.28)):
        s.stroke([(x, y), (x - 0.02, y - 0.22)], (0.04, 0.04), (0.82, 0.26, 0.24))
        s.stroke([(x - 0.10, y - 0.21), (x + 0.08, y - 0.25)], (0.04, 0.04), (0.82, 0.26, 0.24))


DRAWINGS: Mapping[str, Drawing] = {
    "bowl": (_bowl, 1.8, Drawn(0.14, "held")),
    "market-stall": (_stall, 1.6, Drawn(2.6)),
    "shop": (_shop, 1.6, Drawn(4.2)),
    "tunnel": (_tunnel, 2.4, Drawn(9)),
    "podium": (_podium, 2.5, Drawn(0.16, "held")),
    "chess-board": (_chess_board, 2.0, Drawn(0.22, "held")),
    "whiteboard": (_whiteboard, 1.7, Drawn(1.2, "wall")),
    "wall-shelf": (_wall_shelf, 5.4, Drawn(0.16, "wall")),
    "picture": (_picture, 1.4, Drawn(0.7, "wall")),
    "pendant-lamp": (_pendant_lamp, 0.5, Drawn(1.0, "ceiling")),
    "dining-table": (_dining_table, 2.5, Drawn(0.75)),
    "stone-lantern": (_stone_lantern, 0.7, Drawn(1.8)),
    "swimming-pool": (_swimming_pool, 3.2, Drawn(5.0, "flat")),
    "floating-island": (_floating_island, 1.6, Drawn(30, "air")),
    "see-saw": (_see_saw, 2.5, Drawn(1.1)),
    "coffee-table": (_coffee_table, 2.5, Drawn(0.42)),
}
