"""Things that no sprite shows, drawn by rule: lighthouse, windmill, bridge, igloo, ruins and their like."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from gesso.engines.sketch.scene import extras, furniture, nature, parts, things, wares, yard
from gesso.engines.sketch.scene.sheet import (
    BRICK,
    DARK,
    GLASS,
    GLOW,
    GREY,
    RED,
    STONE,
    TALL,
    WHITE,
    WOOD,
    Drawing,
    Drawn,
    Pixels,
    Sheet,
)


def _lighthouse(s: Sheet) -> None:
    s.box(0.13, 0.93, 0.47, 1.0, STONE, texture=0.1)
    left, right = (0.215, 0.165), (0.385, 0.435)
    for i in range(5):
        a, b = i / 5, (i + 1) / 5
        xs = [left[0] + (left[1] - left[0]) * t for t in (a, b)] + [
            right[0] + (right[1] - right[0]) * t for t in (b, a)
        ]
        ys = [0.24 + 0.70 * t for t in (a, b, b, a)]
        s.poly(list(zip(xs, ys, strict=True)), RED if i % 2 else WHITE)
    s.box(0.19, 0.215, 0.41, 0.245, DARK)
    s.box(0.235, 0.125, 0.365, 0.215, GLOW)
    for x in (0.235, 0.278, 0.318, 0.36):
        s.box(x, 0.125, x + 0.007, 0.215, DARK, "flat")
    s.poly([(0.30, 0.03), (0.385, 0.128), (0.215, 0.128)], RED)
    s.disc(0.30, 0.035, 0.014, 0.014, DARK)
    for y in (0.36, 0.56):
        s.box(0.285, y, 0.318, y + 0.055, DARK, "flat")
    s.poly([(0.27, 0.935), (0.27, 0.85), (0.30, 0.825), (0.33, 0.85), (0.33, 0.935)], WOOD)


def _windmill(s: Sheet) -> None:
    s.poly([(0.38, 0.36), (0.62, 0.36), (0.72, 1.0), (0.28, 1.0)], (0.90, 0.84, 0.74), texture=0.05)
    s.poly([(0.36, 0.37), (0.50, 0.20), (0.64, 0.37)], BRICK)
    s.poly([(0.44, 1.0), (0.44, 0.86), (0.50, 0.82), (0.56, 0.86), (0.56, 1.0)], WOOD)
    for y in (0.50, 0.66):
        s.box(0.47, y, 0.53, y + 0.06, GLASS, "flat")
    for k in range(4):
        angle = np.pi / 4 + k * np.pi / 2 + 0.15
        d, n = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
        hub = np.array([0.50, 0.33])
        a, b = hub + d * 0.05, hub + d * 0.32
        s.poly(
            [tuple(hub - n * 0.008), tuple(hub + n * 0.008), tuple(b + n * 0.008), tuple(b - n * 0.008)], WOOD, "flat"
        )
        s.poly([tuple(a + n * 0.01), tuple(b + n * 0.01), tuple(b + n * 0.085), tuple(a + n * 0.085)], WHITE, "left")
        for t in (0.25, 0.5, 0.75):
            p = a + (b - a) * t
            s.poly(
                [tuple(p), tuple(p + d * 0.006), tuple(p + d * 0.006 + n * 0.085), tuple(p + n * 0.085)], WOOD, "flat"
            )
    s.disc(0.50, 0.33, 0.026, 0.026, DARK)


def _wind_turbine(s: Sheet) -> None:
    s.poly([(0.492, 0.30), (0.508, 0.30), (0.518, 1.0), (0.482, 1.0)], WHITE)
    for k in range(3):
        angle = -np.pi / 2 + 0.3 + k * 2 * np.pi / 3
        d, n = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
        hub = np.array([0.5, 0.30])
        s.poly(
            [tuple(hub - n * 0.012), tuple(hub + d * 0.06 + n * 0.022), tuple(hub + d * 0.29), tuple(hub + n * 0.010)],
            WHITE,
            "left",
        )
    s.disc(0.5, 0.30, 0.022, 0.022, (0.85, 0.86, 0.9))


def _barn(s: Sheet) -> None:
    s.box(0.12, 0.48, 1.08, 1.0, (0.74, 0.18, 0.17), "left", 0.05)
    for i in range(12):
        s.box(0.12 + i * 0.08, 0.48, 0.126 + i * 0.08, 1.0, (0.55, 0.12, 0.12), "flat")
    s.poly([(0.08, 0.50), (0.22, 0.22), (0.60, 0.06), (0.98, 0.22), (1.12, 0.50)], (0.74, 0.18, 0.17), "left")
    s.poly(
        [
            (0.05, 0.52),
            (0.20, 0.20),
            (0.60, 0.03),
            (1.00, 0.20),
            (1.15, 0.52),
            (1.08, 0.52),
            (0.95, 0.25),
            (0.60, 0.09),
            (0.25, 0.25),
            (0.12, 0.52),
        ],
        (0.42, 0.36, 0.38),
    )
    s.box(0.42, 0.60, 0.78, 1.0, WHITE, "flat")
    for a, b in ((0.44, 0.595), (0.605, 0.76)):
        s.box(a, 0.62, b, 0.985, (0.66, 0.15, 0.15), "left")
        s.poly([(a, 0.62), (a + 0.02, 0.62), (b, 0.985), (b - 0.02, 0.985)], WHITE, "flat")
    s.box(0.52, 0.28, 0.68, 0.42, WHITE, "flat")
    s.box(0.535, 0.295, 0.665, 0.405, DARK, "flat")


def _bridge(s: Sheet) -> None:
    s.box(0.0, 0.42, 3.0, 0.56, STONE, "flat", 0.10)
    s.box(0.0, 0.38, 3.0, 0.43, (0.78, 0.73, 0.68), "flat", 0.06)
    for i in range(4):
        x = 0.02 + i * 0.94
        s.box(x, 0.55, x + 0.16, 1.0, STONE, texture=0.10)
    for i in range(3):
        x0, x1 = 0.18 + i * 0.94, 0.96 + i * 0.94
        t = np.linspace(0, np.pi, 16)
        arch = [(x0 + (x1 - x0) * (1 - np.cos(a)) / 2, 0.90 - 0.30 * float(np.sin(a))) for a in t]
        s.poly(
            [(x0 - 0.02, 0.55), (x1 + 0.02, 0.55), (x1 + 0.02, 0.9), *reversed(arch), (x0 - 0.02, 0.9)],
            STONE,
            "flat",
            0.10,
        )


def _pier(s: Sheet) -> None:
    for i in range(7):
        x = 0.1 + i * 0.42
        s.box(x, 0.40, x + 0.06, 1.0, (0.40, 0.28, 0.20))
    s.box(0.0, 0.36, 2.8, 0.46, WOOD, "left", 0.12)
    for i in range(8):
        s.box(0.04 + i * 0.385, 0.12, 0.075 + i * 0.385, 0.38, WOOD)
    s.box(0.0, 0.13, 2.8, 0.165, (0.66, 0.45, 0.30), "left")


def _balloon(s: Sheet) -> None:
    colours = (RED, (0.98, 0.76, 0.26), (0.92, 0.42, 0.26), WHITE, (0.26, 0.52, 0.86), WHITE, (0.92, 0.42, 0.26))
    for i, width in enumerate((0.36, 0.30, 0.22, 0.12)):
        s.disc(0.4, 0.36, width, 0.35, colours[i])
    for x, foot in ((0.20, 0.345), (0.60, 0.455), (0.33, 0.375), (0.47, 0.425)):
        s.poly([(x, 0.62), (x + 0.006, 0.62), (foot + 0.004, 0.88), (foot, 0.88)], DARK, "flat")
    s.poly([(0.26, 0.655), (0.54, 0.655), (0.46, 0.745), (0.34, 0.745)], RED)
    s.poly([(0.335, 0.87), (0.465, 0.87), (0.45, 0.99), (0.35, 0.99)], (0.62, 0.42, 0.24), texture=0.15)


def _igloo(s: Sheet) -> None:
    s.disc(0.80, 1.0, 0.72, 0.90, (0.90, 0.95, 1.0))
    for y in (0.35, 0.58, 0.80):
        s.box(0.10, y, 1.50, y + 0.008, (0.72, 0.80, 0.92), "flat")
    s.disc(0.80, 1.0, 0.30, 0.44, (0.82, 0.90, 0.99))
    s.disc(0.80, 1.0, 0.20, 0.34, (0.20, 0.26, 0.40), "flat")
    s.alpha[:, : int(0.08 * TALL)] = 0
    s.alpha[int(0.998 * TALL) :] = 0


def _tower(s: Sheet) -> None:
    s.box(0.20, 0.22, 0.50, 1.0, STONE, texture=0.10)
    s.box(0.16, 0.17, 0.54, 0.25, STONE, texture=0.10)
    for i in range(4):
        s.box(0.16 + i * 0.107, 0.11, 0.225 + i * 0.107, 0.18, STONE)
    for y in (0.34, 0.55, 0.74):
        s.poly([(0.32, y + 0.10), (0.32, y + 0.02), (0.35, y), (0.38, y + 0.02), (0.38, y + 0.10)], DARK, "flat")


def _skyscraper(s: Sheet) -> None:
    s.poly([(0.20, 0.14), (0.34, 0.11), (0.34, 1.0), (0.20, 1.0)], (0.40, 0.58, 0.76), "left")
    s.poly([(0.34, 0.11), (0.46, 0.15), (0.46, 1.0), (0.34, 1.0)], (0.40, 0.58, 0.76), "right")
    s.box(0.335, 0.0, 0.345, 0.12, GREY, "flat")
    for row in range(26):
        y = 0.17 + row * 0.031
        for column in range(5):
            s.box(0.212 + column * 0.025, y, 0.230 + column * 0.025, y + 0.018, (0.70, 0.88, 0.98), "flat")
        for column in range(4):
            s.box(0.352 + column * 0.026, y, 0.370 + column * 0.026, y + 0.018, (0.50, 0.68, 0.84), "flat")


def _fence(s: Sheet) -> None:
    for y in (0.40, 0.70):
        s.box(0.0, y, 4.0, y + 0.09, (0.84, 0.80, 0.74), "left")
    for i in range(14):
        x = 0.06 + i * 0.285
        s.poly([(x, 0.22), (x + 0.06, 0.12), (x + 0.12, 0.22), (x + 0.12, 1.0), (x, 1.0)], WHITE)


def _wall(s: Sheet) -> None:
    s.box(0, 0, 2.2, 1, BRICK, "flat", 0.08)
    for row in range(16):
        y = row / 16
        s.box(0, y, 2.2, y + 0.006, (0.84, 0.78, 0.72), "flat")
        for column in range(18):
            x = (column + 0.5 * (row % 2)) * 0.128
            s.box(x, y, x + 0.005, y + 1 / 16, (0.84, 0.78, 0.72), "flat")


def _stairs(s: Sheet) -> None:
    for i in range(7):
        top = 0.16 + i * 0.12
        wide = 0.42 + i * 0.05
        s.box(0.8 - wide, top, 0.8 + wide, top + 0.05, (0.84, 0.80, 0.76), "flat")
        s.box(0.8 - wide, top + 0.05, 0.8 + wide, top + 0.125, STONE, "right")


def _pyramid(s: Sheet) -> None:
    s.poly([(0.80, 0.06), (0.98, 1.0), (0.0, 1.0)], (0.90, 0.74, 0.48), "left", 0.08)
    s.poly([(0.80, 0.06), (1.60, 1.0), (0.98, 1.0)], (0.90, 0.74, 0.48), "right", 0.08)
    for i in range(1, 12):
        y, t = 0.06 + i * 0.078, i * 0.078 / 0.94
        s.poly(
            [(0.80 - 0.80 * t, y), (0.80 + 0.18 * t, y), (0.80 + 0.18 * t, y + 0.004), (0.80 - 0.80 * t, y + 0.004)],
            (0.72, 0.56, 0.34),
            "flat",
        )


def _arch(s: Sheet) -> None:
    t = np.linspace(0, np.pi, 20)
    outer = [(0.5 - 0.45 * float(np.cos(a)), 0.5 - 0.45 * float(np.sin(a))) for a in t]
    inner = [(0.5 - 0.28 * float(np.cos(a)), 0.5 - 0.28 * float(np.sin(a))) for a in t]
    s.poly([(0.05, 1.0), *outer, (0.95, 1.0), (0.78, 1.0), *reversed(inner), (0.22, 1.0)], STONE, "round", 0.10)


def _column(s: Sheet) -> None:
    s.box(0.16, 0.94, 0.44, 1.0, WHITE)
    s.box(0.20, 0.10, 0.40, 0.95, WHITE)
    for i in range(1, 6):
        s.box(0.20 + i * 0.034, 0.12, 0.206 + i * 0.034, 0.94, (0.78, 0.76, 0.78), "flat")
    s.box(0.15, 0.04, 0.45, 0.11, WHITE)


def _ruins(s: Sheet) -> None:
    for x, top in ((0.05, 0.20), (0.42, 0.45), (0.80, 0.12), (1.15, 0.16), (1.50, 0.62)):
        s.box(x, top, x + 0.17, 1.0, (0.86, 0.80, 0.70), texture=0.08)
        s.box(x - 0.02, 0.95, x + 0.19, 1.0, (0.86, 0.80, 0.70))
    s.box(0.76, 0.06, 1.38, 0.15, (0.86, 0.80, 0.70), "flat", 0.08)
    s.box(0.55, 0.90, 0.75, 1.0, (0.80, 0.74, 0.64), texture=0.1)


def _shelf(s: Sheet) -> None:
    s.box(0, 0, 0.9, 1, (0.44, 0.28, 0.18), "right")
    rng = np.random.default_rng(3)
    for row in range(4):
        top = 0.04 + row * 0.24
        s.box(0.04, top, 0.86, top + 0.20, (0.26, 0.16, 0.12), "flat")
        x = 0.06
        while x < 0.80:
            wide, tall = float(rng.uniform(0.025, 0.06)), float(rng.uniform(0.11, 0.18))
            colour = (float(rng.uniform(0.2, 0.9)), float(rng.uniform(0.2, 0.7)), float(rng.uniform(0.2, 0.8)))
            s.box(x, top + 0.20 - tall, min(x + wide, 0.85), top + 0.20, colour)
            x += wide + 0.004


def _rug(s: Sheet) -> None:
    for i, colour in enumerate(((0.70, 0.22, 0.22), (0.94, 0.82, 0.60), (0.26, 0.34, 0.56), (0.80, 0.34, 0.26))):
        k = i * 0.22
        s.poly(
            [
                (0.5 + k, 0.02 + i * 0.12),
                (3.1 - k, 0.02 + i * 0.12),
                (3.6 - k * 1.2, 0.98 - i * 0.12),
                (k * 1.2, 0.98 - i * 0.12),
            ],
            colour,
            "flat",
            0.06,
        )


def _curtain(s: Sheet) -> None:
    for i in range(12):
        s.box(i * 0.06, 0, 0.06 + i * 0.06, 1, (0.66, 0.14, 0.20))


def _fireplace(s: Sheet) -> None:
    s.box(0.02, 0.16, 1.18, 1.0, BRICK, "flat", 0.12)
    s.box(0.0, 0.08, 1.2, 0.18, WOOD, "left")
    s.poly([(0.25, 1.0), (0.25, 0.48), (0.60, 0.36), (0.95, 0.48), (0.95, 1.0)], (0.12, 0.09, 0.10), "flat")
    for x, top, wide, colour in (
        (0.60, 0.52, 0.26, (0.98, 0.42, 0.12)),
        (0.52, 0.64, 0.15, (1.0, 0.66, 0.18)),
        (0.68, 0.62, 0.14, (1.0, 0.66, 0.18)),
        (0.60, 0.72, 0.11, (1.0, 0.92, 0.50)),
    ):
        s.poly(
            [(x, top), (x + wide * 0.7, 0.86), (x + wide * 0.4, 0.95), (x - wide * 0.4, 0.95), (x - wide * 0.7, 0.86)],
            colour,
            "flat",
        )
    s.box(0.36, 0.92, 0.84, 0.97, WOOD)


def _streetlamp(s: Sheet) -> None:
    s.box(0.19, 0.94, 0.31, 1.0, DARK)
    s.box(0.236, 0.16, 0.264, 0.95, DARK)
    s.poly([(0.18, 0.06), (0.32, 0.06), (0.295, 0.17), (0.205, 0.17)], GLOW)
    s.poly([(0.17, 0.065), (0.25, 0.0), (0.33, 0.065)], DARK)
    s.box(0.20, 0.165, 0.30, 0.18, DARK)


DRAWINGS: Mapping[str, Drawing] = {
    "lighthouse": (_lighthouse, 0.6, Drawn(25)),
    "windmill": (_windmill, 1.0, Drawn(15)),
    "wind-turbine": (_wind_turbine, 1.0, Drawn(60)),
    "barn": (_barn, 1.2, Drawn(9)),
    "bridge": (_bridge, 3.0, Drawn(9, "span")),
    "pier": (_pier, 2.8, Drawn(3, "span")),
    "hot-air-balloon": (_balloon, 0.8, Drawn(20, "air")),
    "igloo": (_igloo, 1.6, Drawn(2.6)),
    "tower": (_tower, 0.7, Drawn(25)),
    "skyscraper": (_skyscraper, 0.66, Drawn(90)),
    "fence": (_fence, 4.0, Drawn(1.1, "span")),
    "wall": (_wall, 2.2, Drawn(3.2, "backdrop")),
    "stairs": (_stairs, 1.6, Drawn(3)),
    "pyramid": (_pyramid, 1.6, Drawn(60)),
    "arch": (_arch, 1.0, Drawn(8)),
    "column": (_column, 0.6, Drawn(6)),
    "ruins": (_ruins, 1.7, Drawn(8)),
    "shelf": (_shelf, 0.9, Drawn(2.2)),
    "rug": (_rug, 3.6, Drawn(0.6, "flat")),
    "curtain": (_curtain, 0.72, Drawn(2.6)),
    "fireplace": (_fireplace, 1.2, Drawn(1.5)),
    "streetlamp": (_streetlamp, 0.5, Drawn(4.5)),
    "iceberg": (nature.iceberg, 2.0, Drawn(30, "water")),
    "island": (nature.island, 2.4, Drawn(12, "water")),
    "waterfall": (nature.waterfall, 1.4, Drawn(25)),
    "cliff": (nature.cliff, 1.5, Drawn(30)),
    **nature.DRAWINGS,
    **furniture.DRAWINGS,
    **things.DRAWINGS,
    **yard.DRAWINGS,
    **extras.DRAWINGS,
    **parts.drawings(),
    **wares.DRAWINGS,
}


@lru_cache(maxsize=24)
def draw(name: str) -> Pixels:
    """A drawing's pixels, (h, w, 4) uint8, straight alpha, read-only. Raises KeyError for an unknown name."""
    function, aspect, _ = DRAWINGS[name]
    sheet = Sheet(aspect)
    function(sheet)
    pixels = sheet.pixels()
    pixels.setflags(write=False)
    return pixels


def body(name: str) -> Drawn:
    """How a drawing stands. Raises KeyError for an unknown name."""
    return DRAWINGS[name][2]
