"""Furniture: what people sit at, cook on and keep things in, seen from the front."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gesso.engines.sketch.scene.noise import Colour
from gesso.engines.sketch.scene.sheet import (
    DARK,
    GLASS,
    GLOW,
    GREY,
    RED,
    WHITE,
    WOOD,
    Drawing,
    Drawn,
    Sheet,
)

GOLD: Colour = (0.92, 0.70, 0.28)
STEEL: Colour = (0.76, 0.78, 0.82)
OAK: Colour = (0.72, 0.52, 0.33)


def _bench(s: Sheet) -> None:
    for x in (0.12, 1.50):
        s.box(x, 0.04, x + 0.06, 1.0, DARK)
        s.box(x - 0.03, 0.24, x + 0.09, 0.28, DARK)
    for y in (0.0, 0.13, 0.26):
        s.box(0.0, y, 1.68, y + 0.095, OAK, "left", 0.12)
    s.box(0.0, 0.44, 1.68, 0.52, (0.80, 0.60, 0.40), "left", 0.12)
    s.box(0.0, 0.53, 1.68, 0.60, (0.60, 0.41, 0.25), "left", 0.12)
    s.stroke([(0.15, 0.60), (0.15, 1.0)], (0.07, 0.07), DARK)
    s.stroke([(1.53, 0.60), (1.53, 1.0)], (0.07, 0.07), DARK)


def _throne(s: Sheet) -> None:
    s.poly([(0.10, 0.96), (0.10, 0.16), (0.20, 0.10), (0.31, 0.02), (0.42, 0.10), (0.52, 0.16), (0.52, 0.96)], GOLD)
    s.poly([(0.15, 0.62), (0.15, 0.19), (0.31, 0.09), (0.47, 0.19), (0.47, 0.62)], (0.66, 0.10, 0.16), "round")
    for x in (0.23, 0.31, 0.39):
        for y in (0.24, 0.34, 0.44):
            s.disc(x, y, 0.010, 0.010, GOLD)
    s.disc(0.31, 0.045, 0.030, 0.030, (0.30, 0.62, 0.92))
    for x in (0.10, 0.52):
        s.disc(x, 0.15, 0.026, 0.026, GOLD)
    for x in (0.02, 0.50):
        s.box(x, 0.46, x + 0.10, 0.98, GOLD)
        s.disc(x + 0.05, 0.45, 0.055, 0.040, GOLD)
    s.box(0.11, 0.58, 0.51, 0.67, (0.78, 0.14, 0.20), "round")
    s.box(0.11, 0.67, 0.51, 0.74, GOLD, "left")
    s.box(0.14, 0.74, 0.48, 0.94, (0.52, 0.08, 0.13), "right")
    s.box(0.0, 0.94, 0.62, 1.0, (0.76, 0.54, 0.20), "left")


def _cushion(s: Sheet) -> None:
    for x in (0.07, 1.63):
        s.disc(x, 0.62, 0.07, 0.12, GOLD)
    s.blob(
        [(0.0, 0.30), (0.20, 0.16), (0.85, 0.02), (1.50, 0.16), (1.70, 0.30), (1.66, 0.98), (0.85, 1.08), (0.04, 0.98)],
        (0.80, 0.20, 0.28),
    )
    s.disc(0.85, 0.34, 0.66, 0.20, (0.90, 0.34, 0.40))
    s.stroke([(0.06, 0.58), (0.5, 0.66), (0.85, 0.68), (1.2, 0.66), (1.64, 0.58)], (0.035,) * 5, GOLD)
    s.disc(0.85, 0.32, 0.05, 0.03, GOLD)


def _cone(s: Sheet) -> None:
    orange: Colour = (0.98, 0.46, 0.14)
    s.poly([(0.02, 1.0), (0.06, 0.90), (0.74, 0.90), (0.78, 1.0)], (0.86, 0.36, 0.10), "left")
    s.poly([(0.20, 0.93), (0.36, 0.04), (0.44, 0.04), (0.60, 0.93)], orange)
    for top, low in ((0.28, 0.44), (0.60, 0.75)):
        a, b = 0.36 - 0.16 * (top - 0.04) / 0.89, 0.36 - 0.16 * (low - 0.04) / 0.89
        s.poly([(b, low), (a, top), (0.80 - a, top), (0.80 - b, low)], WHITE)
    s.disc(0.40, 0.04, 0.04, 0.016, (0.72, 0.28, 0.08), "flat")


def _counter(s: Sheet) -> None:
    s.box(0.0, 0.10, 2.4, 0.94, (0.86, 0.88, 0.86), "left", 0.03)
    for i in range(4):
        x = 0.03 + 0.59 * i
        s.box(x, 0.15, x + 0.56, 0.32, (0.93, 0.95, 0.93), "left")
        s.box(x, 0.35, x + 0.56, 0.92, (0.93, 0.95, 0.93), "left")
        for y in (0.23, 0.42):
            s.box(x + 0.18, y, x + 0.38, y + 0.025, GREY, "flat")
    s.box(0.0, 0.94, 2.4, 1.0, DARK, "flat")
    s.box(0.0, 0.0, 2.4, 0.11, (0.66, 0.50, 0.36), "left", 0.10)


def _cupboards(s: Sheet) -> None:
    s.box(0.0, 0.0, 3.2, 1.0, (0.82, 0.85, 0.83), "left", 0.03)
    for i in range(4):
        x = 0.04 + 0.79 * i
        s.box(x, 0.05, x + 0.75, 0.95, (0.93, 0.95, 0.93), "left")
        s.box(x + 0.09, 0.14, x + 0.66, 0.86, (0.88, 0.91, 0.89), "left")
        s.box(x + (0.63 if i % 2 == 0 else 0.07), 0.68, x + (0.67 if i % 2 == 0 else 0.11), 0.88, GREY, "flat")


def _stove(s: Sheet) -> None:
    s.box(0.0, 0.08, 0.72, 1.0, (0.80, 0.82, 0.85), "left")
    s.box(0.0, 0.04, 0.72, 0.12, DARK, "flat")
    for x in (0.18, 0.52):
        s.disc(x, 0.045, 0.13, 0.022, (0.40, 0.38, 0.42), "flat")
    for i in range(5):
        s.disc(0.10 + i * 0.13, 0.20, 0.030, 0.030, DARK)
    s.box(0.06, 0.30, 0.66, 0.84, (0.18, 0.18, 0.22), "left")
    s.box(0.11, 0.42, 0.61, 0.76, (0.36, 0.27, 0.22), "flat")
    s.box(0.08, 0.33, 0.64, 0.37, STEEL)


def _fridge(s: Sheet) -> None:
    s.box(0.0, 0.0, 0.42, 0.985, (0.86, 0.89, 0.92), "round")
    s.box(0.0, 0.36, 0.42, 0.375, GREY, "flat")
    for y in (0.20, 0.42):
        s.box(0.045, y, 0.065, y + 0.13, GREY)
    for x, y, colour in ((0.26, 0.10, RED), (0.31, 0.16, GLOW), (0.22, 0.19, GLASS)):
        s.box(x, y, x + 0.05, y + 0.035, colour, "flat")


def _blackboard(s: Sheet) -> None:
    s.box(0.0, 0.0, 2.6, 1.0, WOOD, "left", 0.08)
    s.box(0.06, 0.06, 2.54, 0.92, (0.17, 0.34, 0.28), "left", 0.10)
    chalk: Colour = (0.86, 0.90, 0.86)
    for y, lengths in ((0.20, (0.5, 0.3, 0.4)), (0.38, (0.3, 0.6)), (0.56, (0.45, 0.25, 0.3))):
        x = 0.18
        for long in lengths:
            s.stroke([(x, y), (x + long * 0.5, y - 0.02), (x + long, y)], (0.022,) * 3, chalk)
            x += long + 0.08
    s.stroke([(1.80, 0.74), (2.34, 0.74), (2.07, 0.30), (1.80, 0.74)], (0.018,) * 4, chalk)
    s.box(0.9, 0.93, 1.7, 0.97, (0.80, 0.66, 0.48), "flat")


def _school_desk(s: Sheet) -> None:
    for x in (0.10, 1.24):
        s.stroke([(x, 0.22), (x - 0.02, 1.0)], (0.05, 0.05), GREY)
    s.box(0.36, 0.50, 1.02, 0.60, (0.86, 0.56, 0.26), "left")
    for x in (0.44, 0.94):
        s.stroke([(x, 0.60), (x, 0.98)], (0.04, 0.04), DARK)
    s.poly([(0.10, 0.02), (1.28, 0.02), (1.38, 0.20), (0.0, 0.20)], (0.86, 0.66, 0.42), "left", 0.08)
    s.box(0.0, 0.20, 1.38, 0.28, (0.66, 0.47, 0.28), "left", 0.08)
    s.poly([(0.30, 0.07), (0.62, 0.07), (0.62, 0.14), (0.26, 0.14)], WHITE, "flat")


def _hospital_bed(s: Sheet) -> None:
    for x in (0.12, 2.08):
        s.box(x, 0.60, x + 0.05, 0.92, STEEL)
        s.disc(x + 0.025, 0.95, 0.05, 0.05, DARK)
    s.box(0.02, 0.06, 0.09, 0.74, STEEL)
    s.box(2.16, 0.26, 2.23, 0.74, STEEL)
    s.box(0.06, 0.62, 2.20, 0.70, STEEL, "left")
    s.box(0.09, 0.46, 2.16, 0.63, WHITE, "left")
    s.poly([(0.62, 0.38), (2.16, 0.40), (2.16, 0.60), (0.62, 0.60)], (0.52, 0.76, 0.84), "left")
    s.box(0.62, 0.38, 0.82, 0.60, (0.86, 0.94, 0.96), "left")
    s.poly([(0.12, 0.46), (0.16, 0.30), (0.52, 0.30), (0.58, 0.46)], WHITE)
    for x in (0.95, 1.25, 1.55):
        s.box(x, 0.30, x + 0.03, 0.62, STEEL)
    s.box(0.92, 0.28, 1.61, 0.32, STEEL)


def _drip_stand(s: Sheet) -> None:
    s.box(0.19, 0.03, 0.21, 0.96, STEEL)
    s.stroke([(0.06, 0.06), (0.20, 0.03), (0.34, 0.06)], (0.016,) * 3, STEEL)
    s.box(0.03, 0.08, 0.13, 0.26, (0.78, 0.90, 0.96))
    s.stroke([(0.08, 0.26), (0.09, 0.50), (0.16, 0.62)], (0.008,) * 3, WHITE)
    s.box(0.13, 0.34, 0.37, 0.52, (0.86, 0.88, 0.90), "left")
    s.box(0.15, 0.36, 0.35, 0.48, (0.08, 0.20, 0.20), "flat")
    s.stroke(
        [(0.16, 0.43), (0.21, 0.43), (0.23, 0.38), (0.26, 0.46), (0.28, 0.42), (0.34, 0.42)],
        (0.009,) * 6,
        (0.3, 1.0, 0.5),
    )
    s.stroke([(0.04, 0.985), (0.20, 0.95), (0.36, 0.985)], (0.022,) * 3, STEEL)


def _bookcase(s: Sheet) -> None:
    rng = np.random.default_rng(8)
    s.box(0.0, 0.0, 0.78, 1.0, (0.46, 0.30, 0.19), "left", 0.08)
    colours: tuple[Colour, ...] = ((0.62, 0.20, 0.20), (0.20, 0.36, 0.52), (0.24, 0.44, 0.30), (0.78, 0.62, 0.34))
    for row in range(5):
        top = 0.03 + row * 0.193
        s.box(0.03, top, 0.75, top + 0.168, (0.22, 0.14, 0.11), "flat")
        x = 0.035
        while x < 0.71:
            wide, high = float(rng.uniform(0.022, 0.045)), float(rng.uniform(0.105, 0.155))
            if rng.random() > 0.10:
                s.box(x, top + 0.168 - high, x + wide - 0.003, top + 0.168, colours[int(rng.integers(4))], "round")
            x += wide


def _wardrobe(s: Sheet) -> None:
    s.box(0.0, 0.04, 0.74, 0.97, OAK, "left", 0.05)
    s.box(-0.0, 0.0, 0.76, 0.05, (0.60, 0.42, 0.26), "left")
    for x in (0.03, 0.38):
        s.box(x, 0.08, x + 0.33, 0.92, (0.80, 0.60, 0.40), "left", 0.05)
        s.box(x + 0.05, 0.14, x + 0.28, 0.86, (0.75, 0.55, 0.36), "left", 0.05)
    for x in (0.345, 0.395):
        s.disc(x, 0.52, 0.012, 0.012, GOLD)


def _nightstand(s: Sheet) -> None:
    s.box(0.04, 0.50, 0.60, 0.98, OAK, "left", 0.08)
    s.box(0.0, 0.46, 0.64, 0.52, (0.82, 0.62, 0.42), "left")
    for y in (0.56, 0.77):
        s.box(0.08, y, 0.56, y + 0.18, (0.78, 0.58, 0.38), "left", 0.08)
        s.disc(0.32, y + 0.09, 0.022, 0.022, GOLD)
    s.box(0.30, 0.26, 0.34, 0.44, GREY)
    s.disc(0.32, 0.45, 0.09, 0.02, GREY)
    s.poly([(0.22, 0.02), (0.42, 0.02), (0.50, 0.28), (0.14, 0.28)], (1.0, 0.90, 0.66))


def _pot_plant(s: Sheet) -> None:
    for angle, long in ((-2.6, 0.44), (-2.1, 0.56), (-1.57, 0.62), (-1.05, 0.56), (-0.55, 0.44), (-1.8, 0.40)):
        tip = (0.40 + 0.62 * long * float(np.cos(angle)), 0.68 + long * float(np.sin(angle)))
        middle = ((0.40 + tip[0]) / 2, (0.68 + tip[1]) / 2 - 0.05)
        s.stroke([(0.40, 0.70), middle, tip], (0.02, 0.10, 0.01), (0.22, 0.50, 0.26))
        s.stroke([(0.40, 0.70), middle, tip], (0.01, 0.03, 0.005), (0.46, 0.70, 0.38))
    s.poly([(0.20, 0.68), (0.60, 0.68), (0.54, 1.0), (0.26, 1.0)], (0.80, 0.46, 0.32))
    s.box(0.18, 0.66, 0.62, 0.73, (0.86, 0.52, 0.37))


def _floor_lamp(s: Sheet) -> None:
    s.disc(0.16, 0.985, 0.11, 0.014, DARK, "flat")
    s.box(0.152, 0.16, 0.168, 0.98, DARK)
    s.poly([(0.09, 0.0), (0.23, 0.0), (0.30, 0.18), (0.02, 0.18)], (1.0, 0.91, 0.70))


def _writing_desk(s: Sheet) -> None:
    s.box(0.06, 0.44, 0.54, 0.98, (0.62, 0.44, 0.28), "left", 0.08)
    for y in (0.50, 0.66, 0.82):
        s.box(0.10, y, 0.50, y + 0.13, (0.72, 0.53, 0.35), "left", 0.08)
        s.box(0.26, y + 0.05, 0.34, y + 0.075, STEEL, "flat")
    s.box(1.60, 0.44, 1.66, 1.0, (0.56, 0.39, 0.24))
    s.box(0.0, 0.38, 1.72, 0.46, (0.80, 0.61, 0.42), "left", 0.08)
    s.box(0.72, 0.02, 1.34, 0.30, DARK, "left")
    s.box(0.74, 0.04, 1.32, 0.28, (0.40, 0.62, 0.80), "left")
    s.box(0.99, 0.30, 1.07, 0.37, GREY)
    s.box(0.88, 0.36, 1.18, 0.385, GREY, "flat")


def _bar(s: Sheet) -> None:
    rng = np.random.default_rng(12)
    s.box(0.0, 0.0, 2.2, 1.0, (0.30, 0.19, 0.14), "left", 0.10)
    colours: tuple[Colour, ...] = ((0.30, 0.52, 0.32), (0.66, 0.36, 0.16), (0.72, 0.20, 0.20), (0.80, 0.82, 0.84))
    for row in range(3):
        top = 0.04 + row * 0.32
        s.box(0.04, top, 2.16, top + 0.28, (0.50, 0.34, 0.20), "flat")
        for x in np.arange(0.08, 2.10, 0.085):
            high, colour = float(rng.uniform(0.15, 0.22)), colours[int(rng.integers(4))]
            s.box(float(x), top + 0.28 - high, float(x) + 0.055, top + 0.28, colour)
            s.box(float(x) + 0.018, top + 0.23 - high, float(x) + 0.037, top + 0.29 - high, colour)
        s.box(0.0, top + 0.28, 2.2, top + 0.31, (0.40, 0.26, 0.17), "left")


def _pedestal(s: Sheet) -> None:
    s.box(0.04, 0.50, 0.40, 0.96, (0.88, 0.88, 0.87), "round")
    s.box(0.0, 0.46, 0.44, 0.51, WHITE, "left")
    s.box(0.0, 0.95, 0.44, 1.0, (0.80, 0.80, 0.80), "left")
    s.poly([(0.14, 0.46), (0.16, 0.36), (0.08, 0.22), (0.14, 0.06), (0.30, 0.06), (0.36, 0.22), (0.28, 0.36),
            (0.30, 0.46)], (0.36, 0.52, 0.66))  # fmt: skip
    s.disc(0.22, 0.06, 0.08, 0.02, (0.22, 0.34, 0.46), "flat")


def _lab_bench(s: Sheet) -> None:
    s.box(0.0, 0.42, 2.2, 0.50, (0.34, 0.37, 0.42), "left")
    s.box(0.06, 0.50, 2.14, 1.0, (0.82, 0.86, 0.88), "left")
    for i in range(4):
        s.box(0.10 + 0.51 * i, 0.55, 0.56 + 0.51 * i, 0.95, (0.92, 0.95, 0.96), "left")
    for x, colour in ((0.30, (0.30, 0.80, 0.56)), (0.72, (0.92, 0.44, 0.62)), (1.86, (0.36, 0.62, 0.95))):
        s.box(x + 0.08, 0.10, x + 0.14, 0.26, (0.84, 0.92, 0.95))
        s.poly([(x + 0.08, 0.22), (x + 0.14, 0.22), (x + 0.24, 0.42), (x - 0.02, 0.42)], (0.84, 0.92, 0.95))
        s.poly([(x + 0.05, 0.31), (x + 0.17, 0.31), (x + 0.23, 0.415), (x - 0.01, 0.415)], colour)
    s.box(1.14, 0.38, 1.50, 0.42, DARK)
    s.stroke([(1.44, 0.40), (1.46, 0.24), (1.34, 0.12)], (0.06, 0.05, 0.05), WHITE)
    s.stroke([(1.20, 0.04), (1.32, 0.26)], (0.07, 0.07), DARK)


def _weights(s: Sheet) -> None:
    for x in (0.06, 1.60):
        s.stroke([(x, 0.0), (x, 1.0)], (0.05, 0.05), DARK)
    for y in (0.24, 0.58, 0.90):
        s.box(0.0, y, 1.66, y + 0.05, DARK, "left")
        for i in range(5):
            x = 0.18 + 0.31 * i
            s.box(x - 0.09, y - 0.09, x + 0.09, y - 0.05, STEEL)
            for end in (x - 0.11, x + 0.06):
                s.box(end, y - 0.15, end + 0.05, y, (0.24, 0.25, 0.30) if i % 2 else (0.70, 0.20, 0.20))


def _hood(s: Sheet) -> None:
    s.poly([(0.42, 0.0), (0.78, 0.0), (0.78, 0.55), (0.42, 0.55)], STEEL)
    s.poly([(0.42, 0.50), (0.78, 0.50), (1.2, 0.88), (0.0, 0.88)], STEEL)
    s.box(0.0, 0.88, 1.2, 1.0, GREY, "left")


def _double_bed(s: Sheet) -> None:
    s.blob([(0.0, 1.0), (0.0, 0.06), (0.70, -0.06), (1.40, 0.06), (1.40, 1.0)], OAK, "left", 0.08)
    s.box(0.0, 0.42, 0.07, 1.0, OAK)
    s.box(1.33, 0.42, 1.40, 1.0, OAK)
    for x in (0.14, 0.74):
        s.blob([(x, 0.40), (x + 0.03, 0.18), (x + 0.26, 0.14), (x + 0.49, 0.18), (x + 0.52, 0.40)], WHITE)
    s.box(0.05, 0.36, 1.35, 0.56, WHITE, "left")
    s.blob(
        [(0.03, 0.46), (0.70, 0.40), (1.37, 0.46), (1.38, 0.92), (0.70, 0.94), (0.02, 0.92)], (0.44, 0.58, 0.72), "left"
    )
    s.box(0.06, 0.50, 1.34, 0.58, (0.90, 0.92, 0.94), "left")
    s.box(0.03, 0.88, 1.37, 0.96, (0.60, 0.42, 0.26), "left")


def _screen(s: Sheet) -> None:
    s.box(0.0, 0.0, 0.78, 0.03, STEEL)
    for i in range(6):
        s.box(0.01 + i * 0.127, 0.03, 0.14 + i * 0.127, 0.93, (0.55, 0.78, 0.80))
    for x in (0.0, 0.75):
        s.box(x, 0.0, x + 0.025, 1.0, STEEL)


def _bar_counter(s: Sheet) -> None:
    s.box(0.0, 0.10, 1.74, 1.0, (0.42, 0.27, 0.18), "left", 0.10)
    for i in range(3):
        s.box(0.05 + 0.57 * i, 0.22, 0.54 + 0.57 * i, 0.86, (0.50, 0.33, 0.22), "left", 0.10)
    s.box(0.0, 0.0, 1.74, 0.12, (0.66, 0.46, 0.30), "left", 0.10)
    s.box(0.0, 0.93, 1.74, 0.96, GOLD)


def _globe(s: Sheet) -> None:
    s.disc(0.34, 0.34, 0.31, 0.31, (0.30, 0.58, 0.84))
    for x, y, rx, ry in ((0.26, 0.26, 0.12, 0.10), (0.44, 0.36, 0.11, 0.15), (0.28, 0.50, 0.07, 0.08)):
        s.disc(x, y, rx, ry, (0.42, 0.66, 0.34))
    s.stroke([(0.06, 0.46), (0.16, 0.66), (0.34, 0.72), (0.54, 0.64)], (0.035,) * 4, GOLD)
    s.box(0.31, 0.70, 0.37, 0.94, WOOD)
    s.disc(0.34, 0.95, 0.19, 0.045, WOOD)


DRAWINGS: Mapping[str, Drawing] = {
    "hood": (_hood, 1.2, Drawn(0.75)),
    "double-bed": (_double_bed, 1.4, Drawn(1.25)),
    "screen": (_screen, 0.8, Drawn(1.9)),
    "bar-counter": (_bar_counter, 1.74, Drawn(1.15)),
    "globe": (_globe, 0.68, Drawn(0.5)),
    "bench": (_bench, 1.7, Drawn(0.9)),
    "throne": (_throne, 0.62, Drawn(1.8)),
    "cushion": (_cushion, 1.7, Drawn(0.3)),
    "traffic-cone": (_cone, 0.8, Drawn(0.7)),
    "counter": (_counter, 2.4, Drawn(0.95)),
    "cupboards": (_cupboards, 3.2, Drawn(0.72)),
    "stove": (_stove, 0.72, Drawn(0.95)),
    "fridge": (_fridge, 0.42, Drawn(1.85)),
    "blackboard": (_blackboard, 2.6, Drawn(1.2)),
    "school-desk": (_school_desk, 1.4, Drawn(0.8)),
    "hospital-bed": (_hospital_bed, 2.26, Drawn(1.0)),
    "drip-stand": (_drip_stand, 0.4, Drawn(1.9)),
    "bookcase": (_bookcase, 0.8, Drawn(2.1)),
    "wardrobe": (_wardrobe, 0.78, Drawn(2.1)),
    "nightstand": (_nightstand, 0.66, Drawn(1.0)),
    "pot-plant": (_pot_plant, 0.8, Drawn(1.1)),
    "floor-lamp": (_floor_lamp, 0.32, Drawn(1.6)),
    "writing-desk": (_writing_desk, 1.74, Drawn(1.15)),
    "bar": (_bar, 2.2, Drawn(1.5)),
    "pedestal": (_pedestal, 0.46, Drawn(1.5)),
    "lab-bench": (_lab_bench, 2.24, Drawn(1.5)),
    "weights": (_weights, 1.66, Drawn(1.1)),
}
