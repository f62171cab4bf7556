"""Common things without a sprite: from a barrel and a chandelier to a Ferris wheel and an airship."""

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
    Point,
    Sheet,
)

GOLD: Colour = (0.94, 0.74, 0.30)
PLANK: Colour = (0.70, 0.50, 0.32)


def _around(x: float, y: float, rx: float, ry: float, count: int, turn: float = 0.0) -> list[Point]:
    angles = turn + np.arange(count) * 2 * np.pi / count
    return [(x + rx * float(np.cos(a)), y + ry * float(np.sin(a))) for a in angles]


def _barrel(s: Sheet) -> None:
    s.blob(
        [(0.04, 0.0), (0.74, 0.0), (0.86, 0.5), (0.74, 1.0), (0.04, 1.0), (-0.08, 0.5)],
        (0.62, 0.42, 0.26),
        "round",
        0.10,
    )
    for x in (0.16, 0.28, 0.40, 0.52, 0.64):
        s.stroke([(x, 0.03), (x + (x - 0.4) * 0.2, 0.5), (x, 0.97)], (0.010,) * 3, (0.42, 0.27, 0.17))
    for y, wide in ((0.16, 0.37), (0.34, 0.395), (0.66, 0.395), (0.84, 0.37)):
        s.stroke([(0.39 - wide, y), (0.39, y + 0.015), (0.39 + wide, y)], (0.045,) * 3, (0.42, 0.42, 0.46))
    s.disc(0.39, 0.055, 0.31, 0.045, (0.46, 0.30, 0.19), "flat")


def _chest(s: Sheet) -> None:
    s.blob(
        [(0.02, 0.52), (0.02, 0.10), (0.40, -0.04), (1.00, -0.04), (1.38, 0.10), (1.38, 0.52)],
        (0.56, 0.34, 0.20),
        "round",
    )
    s.poly([(0.10, 0.50), (0.20, 0.34), (1.20, 0.34), (1.30, 0.50)], (0.22, 0.13, 0.10), "flat")
    for x, y in _around(0.70, 0.46, 0.46, 0.07, 14):
        s.disc(x, y, 0.075, 0.055, GOLD)
    s.disc(0.52, 0.42, 0.05, 0.05, (0.86, 0.20, 0.28))
    s.disc(0.90, 0.42, 0.05, 0.05, (0.24, 0.60, 0.92))
    s.box(0.03, 0.52, 1.37, 1.0, (0.62, 0.39, 0.23), "left", 0.08)
    for x in (0.03, 0.34, 0.96, 1.27):
        s.box(x, 0.52, x + 0.09, 1.0, GOLD, "left")
    s.box(0.60, 0.52, 0.80, 0.74, GOLD, "left")
    s.disc(0.70, 0.62, 0.035, 0.045, DARK, "flat")


def _chandelier(s: Sheet) -> None:
    s.box(0.585, 0.0, 0.615, 0.30, GOLD)
    s.disc(0.60, 0.34, 0.06, 0.08, GOLD)
    s.disc(0.60, 0.74, 0.09, 0.10, GOLD)
    s.disc(0.60, 0.90, 0.04, 0.06, (0.80, 0.92, 1.0))
    for reach in (-0.54, -0.32, 0.32, 0.54):
        x = 0.60 + reach
        s.stroke([(0.60, 0.74), (0.60 + reach * 0.5, 0.84), (x, 0.70), (x, 0.58)], (0.035, 0.03, 0.03, 0.03), GOLD)
        s.box(x - 0.03, 0.42, x + 0.03, 0.58, WHITE)
        s.blob([(x, 0.26), (x + 0.04, 0.38), (x, 0.43), (x - 0.04, 0.38)], GLOW, "flat")
        s.disc(x, 0.80, 0.020, 0.05, (0.80, 0.92, 1.0))
    s.stroke([(0.06, 0.74), (0.34, 0.62), (0.60, 0.40), (0.86, 0.62), (1.14, 0.74)], (0.012,) * 5, (0.86, 0.94, 1.0))


def _ferris_wheel(s: Sheet) -> None:
    hub = (0.50, 0.47)
    for x in (0.22, 0.78):
        s.stroke([hub, (x, 1.0)], (0.03, 0.045), (0.44, 0.48, 0.62))
    rim = _around(*hub, 0.42, 0.42, 48)
    for inner in (1.0, 0.86):
        ring = [(hub[0] + (x - hub[0]) * inner, hub[1] + (y - hub[1]) * inner) for x, y in [*rim, rim[0]]]
        s.stroke(ring, (0.014,) * 49, (0.86, 0.88, 0.94))
    tones: tuple[Colour, ...] = (RED, (0.98, 0.78, 0.26), (0.30, 0.66, 0.92), (0.46, 0.76, 0.42))
    for i, (x, y) in enumerate(_around(*hub, 0.42, 0.42, 12, 0.26)):
        s.stroke([hub, (x, y)], (0.008, 0.008), (0.78, 0.82, 0.90))
        s.blob([(x - 0.05, y - 0.02), (x + 0.05, y - 0.02), (x + 0.045, y + 0.09), (x - 0.045, y + 0.09)], tones[i % 4])
        s.box(x - 0.028, y + 0.01, x + 0.028, y + 0.035, GLASS, "flat")
    s.disc(*hub, 0.05, 0.05, RED)
    s.box(0.12, 0.975, 0.88, 1.0, GREY, "left")


def _airship(s: Sheet) -> None:
    s.blob(
        [
            (0.02, 0.44),
            (0.40, 0.10),
            (1.30, -0.02),
            (2.30, 0.12),
            (2.86, 0.40),
            (2.30, 0.70),
            (1.30, 0.84),
            (0.40, 0.76),
        ],
        (0.82, 0.84, 0.88),
    )
    for y, tone in ((0.24, 0.92), (0.60, 0.70)):
        s.stroke(
            [(0.34, 0.40 + (y - 0.4) * 0.6), (1.4, y), (2.56, 0.40 + (y - 0.4) * 0.6)],
            (0.006, 0.02, 0.006),
            (tone, tone, tone),
        )
    for points in (
        [(0.10, 0.38), (-0.02, 0.08), (0.26, 0.10), (0.46, 0.28)],
        [(0.10, 0.50), (0.0, 0.80), (0.28, 0.80), (0.46, 0.62)],
    ):
        s.poly([(max(0.0, x), y) for x, y in points], RED, "left")
    s.blob([(1.10, 0.78), (1.90, 0.78), (1.80, 1.0), (1.20, 1.0)], (0.56, 0.40, 0.30))
    for x in (1.24, 1.40, 1.56):
        s.box(x, 0.83, x + 0.10, 0.90, GLASS, "flat")


def _submarine(s: Sheet) -> None:
    s.box(1.10, 0.02, 1.14, 0.24, GREY)
    s.stroke([(1.12, 0.03), (1.26, 0.03)], (0.05, 0.05), GREY)
    s.blob([(0.80, 0.50), (0.86, 0.20), (1.30, 0.20), (1.42, 0.50)], (0.92, 0.72, 0.22), "left")
    s.blob(
        [
            (0.20, 0.60),
            (0.50, 0.36),
            (1.40, 0.30),
            (2.10, 0.42),
            (2.30, 0.66),
            (2.05, 0.92),
            (1.30, 1.02),
            (0.50, 0.92),
        ],
        (0.98, 0.80, 0.28),
    )
    for x in (0.86, 1.24, 1.62):
        s.disc(x, 0.62, 0.125, 0.125, (0.66, 0.50, 0.18))
        s.disc(x, 0.62, 0.090, 0.090, GLASS)
    for y in (0.40, 0.86):
        s.stroke([(0.24, 0.64), (0.04, y)], (0.10, 0.16), (0.80, 0.58, 0.18))


def _wreath(s: Sheet) -> None:
    rng = np.random.default_rng(2)
    for ring in (0.40, 0.32, 0.36):
        for x, y in _around(0.5, 0.5, ring, ring, 34, float(rng.random())):
            tone = float(rng.uniform(0.8, 1.2))
            s.disc(x, y, 0.085, 0.05, (0.18 * tone, 0.46 * tone, 0.24 * tone))
    for x, y in _around(0.5, 0.5, 0.37, 0.37, 11):
        s.disc(x, y, 0.035, 0.035, RED)
    s.erase(0.36, 0.36, 0.64, 0.64)
    for side in (-1, 1):
        s.blob([(0.5, 0.86), (0.5 + side * 0.22, 0.74), (0.5 + side * 0.24, 0.98)], (0.86, 0.16, 0.20))
    s.disc(0.5, 0.87, 0.05, 0.05, (0.72, 0.10, 0.15))


def _cage(s: Sheet) -> None:
    s.disc(0.34, 0.045, 0.04, 0.04, GOLD)
    s.box(0.02, 0.92, 0.66, 1.0, GOLD, "round")
    for t in np.linspace(-1, 1, 11):
        bar = [
            (0.34, 0.07),
            (0.34 + 0.22 * float(t), 0.14),
            (0.34 + 0.31 * float(t), 0.34),
            (0.34 + 0.31 * float(t), 0.94),
        ]
        s.stroke(bar, (0.012,) * 4, GOLD, "left")
    for y in (0.34, 0.62):
        s.box(0.03, y, 0.65, y + 0.02, GOLD, "left")
    s.stroke([(0.16, 0.72), (0.52, 0.72)], (0.02, 0.02), WOOD)


def _easel(s: Sheet) -> None:
    for foot in (0.08, 0.62):
        s.stroke([(0.35, 0.0), (foot, 1.0)], (0.03, 0.04), PLANK)
    s.box(0.05, 0.14, 0.65, 0.60, WHITE, "left")
    s.box(0.07, 0.16, 0.63, 0.38, (0.58, 0.78, 0.92), "flat")
    s.poly(
        [(0.07, 0.58), (0.07, 0.42), (0.24, 0.28), (0.40, 0.42), (0.52, 0.34), (0.63, 0.44), (0.63, 0.58)],
        (0.40, 0.60, 0.38),
        "flat",
    )
    s.disc(0.50, 0.24, 0.04, 0.04, (1.0, 0.86, 0.40))
    s.box(0.02, 0.60, 0.68, 0.64, PLANK, "left")


def _stool(s: Sheet) -> None:
    for top, foot in ((0.16, 0.06), (0.54, 0.64), (0.30, 0.26), (0.42, 0.46)):
        s.stroke([(top, 0.14), (foot, 1.0)], (0.05, 0.05), WOOD)
    s.stroke([(0.11, 0.64), (0.59, 0.64)], (0.035, 0.035), WOOD)
    s.disc(0.35, 0.13, 0.34, 0.075, (0.50, 0.33, 0.20))
    s.disc(0.35, 0.08, 0.34, 0.075, PLANK)


def _crystal(s: Sheet) -> None:
    for x, top, wide, lean, tone in (
        (0.30, 0.30, 0.13, -0.14, 0.86),
        (0.74, 0.36, 0.12, 0.16, 0.80),
        (0.52, 0.02, 0.17, 0.02, 1.0),
    ):
        a, b = x + lean - wide, x + lean + wide
        violet: Colour = (0.66 * tone, 0.46 * tone, 0.94 * tone)
        s.poly(
            [(x + lean, top), (a, top + 0.20), (x - wide * 0.8, 1.0), (x, 1.0), (x + lean, top + 0.30)], violet, "flat"
        )
        s.poly(
            [(x + lean, top), (x + lean, top + 0.30), (x, 1.0), (x + wide * 0.8, 1.0), (b, top + 0.20)],
            (0.48 * tone, 0.30 * tone, 0.80 * tone),
            "flat",
        )
        s.poly([(x + lean, top), (a, top + 0.20), (x + lean, top + 0.30)], (0.86, 0.76, 1.0), "flat")


def _raft(s: Sheet) -> None:
    for i in range(7):
        s.box(0.02 + i * 0.36, 0.50, 0.36 + i * 0.36, 1.0, (0.62, 0.44, 0.28), "round", 0.15)
    for x in (0.02, 2.1):
        s.box(x + 0.1, 0.60, x + 0.4, 0.68, (0.86, 0.78, 0.58), "flat")
    s.poly([(0.0, 0.50), (0.30, 0.28), (2.24, 0.28), (2.54, 0.50)], (0.74, 0.55, 0.36), "left", 0.15)
    for x in np.linspace(0.42, 2.1, 6):
        s.stroke([(float(x), 0.28), (float(x) * 1.18 - 0.22, 0.50)], (0.02, 0.02), (0.50, 0.34, 0.22))


DRAWINGS: Mapping[str, Drawing] = {
    "barrel": (_barrel, 0.80, Drawn(0.95)),
    "treasure-chest": (_chest, 1.4, Drawn(0.6)),
    "chandelier": (_chandelier, 1.2, Drawn(0.9, "ceiling")),
    "ferris-wheel": (_ferris_wheel, 1.0, Drawn(40)),
    "airship": (_airship, 2.9, Drawn(22, "air")),
    "submarine": (_submarine, 2.34, Drawn(6, "water")),
    "wreath": (_wreath, 1.0, Drawn(0.5)),
    "cage": (_cage, 0.68, Drawn(0.7)),
    "easel": (_easel, 0.7, Drawn(1.7)),
    "stool": (_stool, 0.7, Drawn(0.65)),
    "crystal": (_crystal, 1.04, Drawn(0.5)),
    "raft": (_raft, 2.56, Drawn(1.2, "water")),
}
