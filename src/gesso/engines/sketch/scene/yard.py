"""What stands in yards and gardens and has no sprite: a well, a swing, a scarecrow."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gesso.engines.sketch.scene.noise import Colour
from gesso.engines.sketch.scene.sheet import (
    BRICK,
    DARK,
    GLOW,
    GREY,
    RED,
    STONE,
    WHITE,
    WOOD,
    Drawing,
    Drawn,
    Sheet,
)

STRAW: Colour = (0.90, 0.74, 0.38)
LEAF: Colour = (0.30, 0.54, 0.24)
PLANK: Colour = (0.70, 0.50, 0.32)


def _well(s: Sheet) -> None:
    for x in (0.16, 0.76):
        s.box(x, 0.18, x + 0.06, 0.70, WOOD)
    s.poly([(0.0, 0.24), (0.49, 0.0), (0.98, 0.24), (0.90, 0.28), (0.08, 0.28)], (0.66, 0.30, 0.22), "left", 0.10)
    s.stroke([(0.16, 0.40), (0.84, 0.40)], (0.045, 0.045), PLANK)
    s.stroke([(0.49, 0.40), (0.49, 0.56)], (0.014, 0.014), (0.84, 0.76, 0.60))
    s.poly([(0.42, 0.54), (0.56, 0.54), (0.54, 0.64), (0.44, 0.64)], PLANK)
    s.disc(0.49, 0.66, 0.40, 0.07, DARK, "flat")
    s.box(0.08, 0.68, 0.90, 0.99, STONE, "round", 0.12)
    for row in range(3):
        for i in range(5):
            x, y = 0.09 + i * 0.165 + (row % 2) * 0.06, 0.70 + row * 0.10
            s.box(x, y, min(0.89, x + 0.145), y + 0.08, (0.62 + 0.05 * (i % 3), 0.60, 0.57), "left")


def _haystack(s: Sheet) -> None:
    s.disc(0.55, 0.50, 0.50, 0.48, STRAW)
    for size in (0.82, 0.62, 0.42, 0.22):
        s.disc(0.55, 0.50, 0.50 * size, 0.48 * size, (0.80, 0.62, 0.28), "flat")
        s.disc(0.55, 0.50, 0.50 * size - 0.025, 0.48 * size - 0.025, (0.92, 0.77, 0.42), "flat")
    rng = np.random.default_rng(5)
    for _ in range(80):
        a, r = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(0.1, 0.47))
        x, y = 0.55 + r * float(np.cos(a)), 0.50 + r * float(np.sin(a)) * 0.96
        tip = (x + 0.07 * float(np.cos(a + 1.5)), y + 0.07 * float(np.sin(a + 1.5)))
        s.stroke([(x, y), tip], (0.008, 0.004), (0.98, 0.88, 0.58))


def _statue(s: Sheet) -> None:
    marble: Colour = (0.82, 0.81, 0.78)
    s.box(0.02, 0.92, 0.50, 1.0, STONE, "left", 0.06)
    s.box(0.07, 0.70, 0.45, 0.93, STONE, "round", 0.06)
    s.box(0.03, 0.67, 0.49, 0.71, (0.78, 0.74, 0.70), "left")
    s.blob([(0.14, 0.68), (0.17, 0.40), (0.18, 0.20), (0.34, 0.20), (0.36, 0.40), (0.39, 0.68)], marble)
    for x, wide in ((0.20, 0.014), (0.26, 0.018), (0.32, 0.012)):
        s.stroke([(0.26 + (x - 0.26) * 0.4, 0.34), (x, 0.66)], (0.008, wide), (0.66, 0.65, 0.64))
    s.stroke([(0.33, 0.22), (0.42, 0.14), (0.44, 0.03)], (0.06, 0.05, 0.04), marble, "left")
    s.stroke([(0.19, 0.22), (0.12, 0.34), (0.20, 0.42)], (0.06, 0.05, 0.045), marble, "left")
    s.disc(0.26, 0.125, 0.055, 0.070, marble)
    s.disc(0.255, 0.085, 0.060, 0.045, (0.72, 0.71, 0.69))


def _gate(s: Sheet) -> None:
    for x in (0.0, 1.36):
        s.box(x, 0.12, x + 0.24, 1.0, BRICK, "round", 0.14)
        s.box(x - 0.0, 0.07, x + 0.24, 0.13, STONE, "left")
        s.disc(x + 0.12, 0.05, 0.06, 0.05, STONE)
    for i in range(11):
        x = 0.28 + i * 0.104
        top = 0.36 - 0.20 * (1 - abs(i - 5) / 5) ** 0.7
        s.stroke([(x, top), (x, 0.97)], (0.022, 0.022), DARK)
        s.poly([(x - 0.025, top + 0.01), (x, top - 0.06), (x + 0.025, top + 0.01)], DARK, "flat")
    for y in (0.44, 0.90):
        s.box(0.24, y, 1.36, y + 0.03, DARK, "flat")


def _swing(s: Sheet) -> None:
    for x, lean in ((0.10, -0.08), (0.10, 0.10), (1.10, 0.08), (1.10, -0.10)):
        s.stroke([(x, 0.02), (x + lean, 1.0)], (0.035, 0.045), (0.80, 0.28, 0.24))
    s.stroke([(0.02, 0.03), (1.18, 0.03)], (0.05, 0.05), (0.80, 0.28, 0.24))
    for x in (0.44, 0.76):
        s.stroke([(x, 0.05), (x, 0.72)], (0.014, 0.014), (0.86, 0.80, 0.66))
    s.box(0.40, 0.71, 0.80, 0.76, PLANK, "left")


def _wheelbarrow(s: Sheet) -> None:
    s.stroke([(1.56, 0.30), (0.66, 0.62), (0.34, 0.72)], (0.05,) * 3, PLANK)
    s.poly([(0.34, 0.16), (1.26, 0.10), (1.04, 0.56), (0.52, 0.60)], (0.30, 0.56, 0.40), "left")
    s.box(0.92, 0.54, 0.98, 0.98, GREY)
    s.disc(0.34, 0.74, 0.26, 0.26, DARK)
    s.disc(0.34, 0.74, 0.17, 0.17, (0.80, 0.80, 0.84))
    s.disc(0.34, 0.74, 0.045, 0.045, DARK)
    for x, y in ((0.52, 0.14), (0.72, 0.10), (0.94, 0.11), (1.10, 0.14)):
        s.disc(x, y, 0.15, 0.10, LEAF)


def _birdhouse(s: Sheet) -> None:
    s.box(0.33, 0.62, 0.41, 1.0, WOOD)
    s.box(0.12, 0.26, 0.62, 0.66, PLANK, "left", 0.08)
    s.poly(
        [(0.02, 0.32), (0.37, 0.0), (0.72, 0.32), (0.64, 0.36), (0.37, 0.12), (0.10, 0.36)], (0.70, 0.26, 0.22), "left"
    )
    s.poly([(0.13, 0.34), (0.37, 0.12), (0.61, 0.34)], PLANK, "flat")
    s.disc(0.37, 0.40, 0.085, 0.085, DARK, "flat")
    s.stroke([(0.37, 0.53), (0.37, 0.57)], (0.10, 0.10), WOOD)


def _bush(s: Sheet) -> None:
    rng = np.random.default_rng(9)
    for k in range(70):
        a, r = float(rng.uniform(0, np.pi)), float(rng.uniform(0.0, 1.0)) ** 0.5
        x, y = 0.75 + 0.60 * r * float(np.cos(a)), 0.86 - 0.66 * r * float(np.sin(a)) * (1 - k / 160)
        tone = 0.70 + 0.55 * (0.9 - y) + 0.15 * float(rng.random())
        s.disc(x, y, 0.15, 0.13, (0.28 * tone, 0.56 * tone, 0.22 * tone))


def _pumpkin(s: Sheet) -> None:
    for x, wide in ((0.20, 0.20), (1.00, 0.20), (0.36, 0.24), (0.84, 0.24), (0.60, 0.24)):
        s.disc(x, 0.60, wide, 0.39, (0.96, 0.52, 0.14))
    s.stroke([(0.60, 0.24), (0.58, 0.12), (0.68, 0.02)], (0.13, 0.08, 0.06), (0.42, 0.50, 0.22), "left")


def _scarecrow(s: Sheet) -> None:
    s.box(0.42, 0.16, 0.48, 1.0, WOOD)
    s.stroke([(0.04, 0.40), (0.86, 0.40)], (0.09, 0.09), (0.36, 0.48, 0.68), "left")
    for x, way in ((0.05, -1), (0.85, 1)):
        for k in range(4):
            s.stroke([(x, 0.38 + k * 0.015), (x + way * 0.05, 0.35 + k * 0.04)], (0.010, 0.006), STRAW)
    s.blob([(0.24, 0.34), (0.66, 0.34), (0.64, 0.80), (0.45, 0.84), (0.26, 0.80)], (0.40, 0.54, 0.74), "round")
    for x in np.linspace(0.28, 0.60, 8):
        s.stroke([(float(x), 0.78), (float(x) + 0.01, 0.88)], (0.016, 0.006), STRAW)
    s.box(0.34, 0.52, 0.44, 0.62, RED, "left")
    s.disc(0.45, 0.24, 0.13, 0.125, (0.92, 0.78, 0.54))
    s.disc(0.45, 0.165, 0.22, 0.035, (0.78, 0.58, 0.26))
    s.poly([(0.33, 0.16), (0.42, 0.0), (0.52, 0.03), (0.57, 0.16)], (0.84, 0.64, 0.30))
    for x in (0.40, 0.50):
        s.disc(x, 0.23, 0.018, 0.018, DARK)
    s.stroke([(0.38, 0.29), (0.45, 0.315), (0.52, 0.29)], (0.012,) * 3, DARK)


def _treehouse(s: Sheet) -> None:
    s.blob([(0.40, 1.05), (0.46, 0.60), (0.42, 0.30), (0.66, 0.30), (0.62, 0.60), (0.70, 1.05)], WOOD, "round", 0.15)
    rng = np.random.default_rng(4)
    for k in range(44):
        x, y = 0.54 + 0.42 * float(np.sin(k * 2.4)) * float(rng.uniform(0.3, 1)), 0.24 + float(rng.uniform(-0.14, 0.12))
        s.disc(float(np.clip(x, 0.12, 0.96)), max(0.10, y), 0.12, 0.10, (0.26, 0.48 + 0.10 * float(rng.random()), 0.22))
    s.box(0.20, 0.66, 0.90, 0.70, PLANK, "left")
    s.box(0.30, 0.42, 0.80, 0.66, PLANK, "left", 0.10)
    s.poly([(0.24, 0.44), (0.55, 0.26), (0.86, 0.44)], (0.62, 0.28, 0.22), "left")
    s.box(0.36, 0.48, 0.50, 0.66, (0.34, 0.22, 0.15), "flat")
    s.box(0.60, 0.48, 0.73, 0.58, GLOW, "flat")
    for x in (0.20, 0.27):
        s.stroke([(x, 0.68), (x - 0.02, 1.0)], (0.014, 0.014), PLANK)
    for y in np.linspace(0.74, 0.96, 5):
        s.stroke([(0.19, float(y)), (0.265, float(y))], (0.012, 0.012), PLANK)


def _sandcastle(s: Sheet) -> None:
    sand: Colour = (0.92, 0.78, 0.52)
    s.blob([(0.0, 1.04), (0.12, 0.80), (0.70, 0.72), (1.28, 0.80), (1.40, 1.04)], sand, "round", 0.10)
    for x, wide, top in ((0.16, 0.26, 0.42), (0.98, 0.26, 0.42), (0.50, 0.40, 0.26)):
        s.poly([(x + 0.03, top), (x + wide - 0.03, top), (x + wide, 0.92), (x, 0.92)], sand, "round", 0.12)
        for i in range(3):
            step = (wide - 0.06) / 3
            s.box(x + 0.03 + i * step, top - 0.07, x + 0.03 + (i + 0.6) * step, top + 0.01, sand, "left", 0.10)
    s.blob([(0.60, 0.95), (0.60, 0.70), (0.70, 0.60), (0.80, 0.70), (0.80, 0.95)], (0.58, 0.44, 0.28), "flat")
    s.box(0.69, 0.04, 0.71, 0.22, WOOD)
    s.poly([(0.71, 0.04), (0.92, 0.09), (0.71, 0.15)], RED, "flat")
    for x in (0.24, 1.14):
        s.disc(x, 0.86, 0.05, 0.045, WHITE)


DRAWINGS: Mapping[str, Drawing] = {
    "well": (_well, 0.98, Drawn(2.3)),
    "haystack": (_haystack, 1.1, Drawn(1.4)),
    "sandcastle": (_sandcastle, 1.4, Drawn(0.6)),
    "statue": (_statue, 0.52, Drawn(3.6)),
    "gate": (_gate, 1.6, Drawn(2.8)),
    "swing": (_swing, 1.24, Drawn(2.4)),
    "wheelbarrow": (_wheelbarrow, 1.6, Drawn(0.8)),
    "birdhouse": (_birdhouse, 0.74, Drawn(0.6)),
    "bush": (_bush, 1.5, Drawn(1.3)),
    "pumpkin": (_pumpkin, 1.2, Drawn(0.35)),
    "scarecrow": (_scarecrow, 0.92, Drawn(1.9)),
    "treehouse": (_treehouse, 1.08, Drawn(8)),
}
