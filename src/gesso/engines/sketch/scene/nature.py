"""Large natural things that stand in a scene by themselves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gesso.engines.sketch.scene.noise import Colour
from gesso.engines.sketch.scene.sheet import TALL, WHITE, WOOD, Drawing, Drawn, Point, Sheet


def iceberg(s: Sheet) -> None:
    """Draw an iceberg: a peak behind a broad shelf (at 0.68 from the top) on which animals can stand."""
    shade, face, bright = (0.56, 0.76, 0.92), (0.78, 0.91, 0.99), (0.93, 0.98, 1.0)
    s.poly([(0.42, 0.70), (0.50, 0.38), (0.74, 0.05), (0.98, 0.0), (1.06, 0.30), (1.0, 0.70)], face, "left", 0.05)
    s.poly([(0.98, 0.0), (1.24, 0.22), (1.50, 0.34), (1.66, 0.70), (1.0, 0.70), (1.06, 0.30)], shade, "right", 0.05)
    s.poly([(0.74, 0.05), (0.98, 0.0), (1.02, 0.20), (0.86, 0.30)], bright, "flat")
    s.poly([(0.04, 0.70), (0.34, 0.62), (1.40, 0.60), (1.96, 0.68), (1.70, 0.77), (0.40, 0.78)], bright, "flat", 0.03)
    s.poly([(0.04, 0.70), (0.40, 0.78), (1.02, 0.78), (0.98, 1.0), (0.16, 1.0), (0.0, 0.86)], face, "left", 0.06)
    s.poly([(1.02, 0.78), (1.70, 0.77), (1.96, 0.68), (2.0, 0.84), (1.84, 1.0), (0.98, 1.0)], shade, "right", 0.06)
    for x in (0.46, 0.80, 1.30, 1.62):
        s.stroke([(x, 0.79), (x - 0.03, 0.90), (x + 0.02, 1.0)], (0.012, 0.008, 0.004), (0.50, 0.72, 0.90))


def island(s: Sheet) -> None:
    """Draw an island."""
    s.disc(1.2, 0.94, 1.15, 0.24, (0.93, 0.82, 0.58))
    s.disc(1.2, 0.80, 0.80, 0.26, (0.36, 0.62, 0.28))
    for x, lean, top in ((1.05, -0.14, 0.14), (1.38, 0.16, 0.24)):
        s.poly([(x - 0.03, 0.82), (x + 0.04, 0.82), (x + lean + 0.02, top + 0.04), (x + lean - 0.02, top + 0.04)], WOOD)
        for k in range(7):
            a = -np.pi + k * np.pi / 6
            tip = (x + lean + 0.30 * float(np.cos(a)), top + 0.10 + 0.14 * float(np.sin(a)) + 0.06)
            s.poly(
                [
                    (x + lean, top),
                    ((x + lean + tip[0]) / 2, (top + tip[1]) / 2 - 0.07),
                    tip,
                    ((x + lean + tip[0]) / 2, (top + tip[1]) / 2 - 0.01),
                ],
                (0.24, 0.58, 0.26),
                "left",
            )
    s.alpha[int(0.985 * TALL) :] = 0


def waterfall(s: Sheet) -> None:
    """Draw a waterfall."""
    s.poly(
        [(0.0, 1.0), (0.05, 0.25), (0.25, 0.05), (1.0, 0.02), (1.3, 0.2), (1.4, 1.0)], (0.44, 0.40, 0.40), "round", 0.25
    )
    s.poly([(0.52, 0.03), (0.86, 0.03), (0.98, 0.97), (0.42, 0.97)], (0.72, 0.88, 0.96), "flat")
    rng = np.random.default_rng(4)
    for _ in range(70):
        x, y, high = float(rng.uniform(0.46, 0.92)), float(rng.uniform(0.05, 0.8)), float(rng.uniform(0.06, 0.2))
        s.box(x, y, x + 0.008, y + high, WHITE, "flat")
    for _ in range(16):
        s.disc(float(rng.uniform(0.36, 1.04)), 0.95, float(rng.uniform(0.03, 0.09)), 0.045, WHITE)


def cliff(s: Sheet) -> None:
    """Draw a cliff."""
    s.poly(
        [(0.0, 1.0), (0.0, 0.22), (0.6, 0.12), (1.1, 0.16), (1.22, 0.4), (1.36, 0.7), (1.5, 1.0)],
        (0.52, 0.44, 0.38),
        "round",
        0.22,
    )
    s.poly(
        [(0.0, 0.26), (0.0, 0.19), (0.6, 0.09), (1.1, 0.13), (1.14, 0.2), (0.6, 0.17)], (0.42, 0.62, 0.28), "flat", 0.1
    )


def _leaf(s: Sheet, at: Point, angle: float, size: float, colour: Colour) -> None:
    """A pointed leaf with its two halves in different light."""
    d = np.array([np.cos(angle), np.sin(angle)]) * size
    n = np.array([-d[1], d[0]]) * 0.30
    root = np.array(at)
    for side, tone in ((1, 1.0), (-1, 0.80)):
        rim = [root, root + d * 0.28 + n * side * 0.9, root + d * 0.62 + n * side * 0.8, root + d]
        shade = (colour[0] * tone, colour[1] * tone, colour[2] * tone)
        s.poly([(float(x), float(y)) for x, y in rim], shade, "flat")


def _branch(s: Sheet) -> None:
    bough = [(0.0, 0.56), (0.5, 0.47), (1.1, 0.44), (1.8, 0.46), (2.4, 0.42), (2.92, 0.36)]
    s.stroke(bough, (0.20, 0.17, 0.15, 0.13, 0.08, 0.03), (0.40, 0.27, 0.18))
    s.stroke([(x, y - 0.035) for x, y in bough], (0.07, 0.06, 0.05, 0.05, 0.03, 0.01), (0.56, 0.40, 0.27))
    for twig in ([(0.75, 0.46), (0.95, 0.24), (1.05, 0.12)], [(2.1, 0.46), (2.3, 0.68), (2.42, 0.80)]):
        s.stroke(twig, (0.06, 0.04, 0.02), (0.44, 0.30, 0.20))
    rng = np.random.default_rng(3)
    for x, y in ((1.05, 0.14), (0.93, 0.24), (2.42, 0.80), (2.28, 0.68), (2.88, 0.37), (2.6, 0.42), (0.35, 0.54)):
        for turn in (-2.3, -0.9, 0.5, 1.6):
            green = (0.25 + 0.10 * float(rng.random()), 0.52 + 0.14 * float(rng.random()), 0.20)
            _leaf(s, (x, y), turn + float(rng.uniform(-0.35, 0.35)), float(rng.uniform(0.17, 0.25)), green)


def _volcano(s: Sheet) -> None:
    rock: Colour = (0.40, 0.34, 0.36)
    s.poly([(0.0, 1.0), (0.42, 0.66), (0.66, 0.30), (1.04, 0.30), (1.30, 0.68), (1.70, 1.0)], rock, "round", 0.30)
    s.poly([(1.04, 0.30), (1.30, 0.68), (1.70, 1.0), (1.12, 1.0), (0.98, 0.62)], (0.30, 0.25, 0.29), "flat", 0.25)
    for x, y, size in ((0.86, 0.10, 0.10), (0.76, 0.15, 0.08), (0.97, 0.14, 0.09), (0.84, 0.20, 0.08)):
        s.disc(x, y, size, size * 0.9, (0.52, 0.48, 0.50))
    s.disc(0.85, 0.30, 0.19, 0.035, (1.0, 0.72, 0.26), "flat")
    for path in (
        [(0.76, 0.31), (0.70, 0.46), (0.74, 0.60), (0.66, 0.78)],
        [(0.90, 0.31), (0.92, 0.52), (0.86, 0.66)],
        [(1.00, 0.31), (1.08, 0.50), (1.06, 0.62), (1.16, 0.84)],
    ):
        s.stroke(path, (0.07, 0.05, 0.045, 0.02)[: len(path)], (0.92, 0.28, 0.08))
        s.stroke(path, (0.035, 0.024, 0.02, 0.008)[: len(path)], (1.0, 0.74, 0.28))
    for x, y in ((0.70, 0.20), (1.02, 0.22), (0.93, 0.08), (0.80, 0.25)):
        s.disc(x, y, 0.014, 0.014, (1.0, 0.62, 0.16), "flat")


def _tent(s: Sheet) -> None:
    s.poly([(0.62, 0.05), (1.34, 0.12), (1.62, 0.97), (0.98, 1.0)], (0.88, 0.52, 0.18), "right", 0.04)
    s.poly([(0.62, 0.05), (0.98, 1.0), (0.06, 1.0)], (0.96, 0.62, 0.24), "left", 0.03)
    s.poly([(0.60, 0.26), (0.76, 1.0), (0.36, 1.0)], (0.26, 0.17, 0.15), "flat")
    s.poly([(0.60, 0.26), (0.50, 0.72), (0.36, 1.0), (0.30, 1.0), (0.56, 0.28)], (1.0, 0.74, 0.38), "flat")
    s.poly([(0.60, 0.26), (0.70, 0.70), (0.76, 1.0), (0.82, 1.0), (0.64, 0.28)], (0.86, 0.52, 0.20), "flat")
    s.stroke([(0.60, 0.03), (0.62, 0.06)], (0.03, 0.03), WOOD)
    for start, end in (((0.62, 0.06), (0.0, 0.99)), ((1.34, 0.13), (1.76, 0.98))):
        s.stroke([start, end], (0.010, 0.010), WHITE)
    s.stroke([(0.62, 0.05), (1.34, 0.12)], (0.026, 0.026), (0.70, 0.38, 0.12))


def _campfire(s: Sheet) -> None:
    for x in np.linspace(0.10, 0.94, 7):
        s.disc(float(x), 0.95 - 0.02 * abs(float(x) - 0.52), 0.085, 0.055, (0.56, 0.54, 0.56))
    for a, b in (((0.12, 0.92), (0.80, 0.74)), ((0.92, 0.92), (0.24, 0.74)), ((0.30, 0.95), (0.74, 0.95))):
        s.stroke([a, b], (0.11, 0.09), (0.36, 0.23, 0.15))
        s.stroke([(a[0], a[1] - 0.02), (b[0], b[1] - 0.02)], (0.04, 0.03), (0.58, 0.38, 0.24))
        s.disc(a[0], a[1], 0.045, 0.055, (0.80, 0.62, 0.42))
    for wide, top, low, colour in (
        (0.27, 0.02, 0.90, (0.98, 0.40, 0.10)),
        (0.20, 0.20, 0.89, (1.0, 0.62, 0.14)),
        (0.12, 0.44, 0.88, (1.0, 0.86, 0.38)),
        (0.06, 0.62, 0.87, (1.0, 0.98, 0.78)),
    ):
        high = low - top
        flame = [(0.50, top), (0.52 + wide * 0.5, top + high * 0.34), (0.52 + wide * 0.62, top + high * 0.22)]
        flame += [(0.52 + wide, top + high * 0.62), (0.52 + wide * 0.78, top + high * 0.88), (0.52, low)]
        flame += [(0.52 - wide * 0.78, top + high * 0.88), (0.52 - wide, top + high * 0.60)]
        flame += [(0.52 - wide * 0.72, top + high * 0.34), (0.52 - wide * 0.36, top + high * 0.46)]
        s.blob(flame, colour, "flat")


def _boulder(s: Sheet) -> None:
    s.blob(
        [(0.0, 1.0), (0.06, 0.60), (0.24, 0.26), (0.62, 0.05), (1.02, 0.14), (1.30, 0.46), (1.40, 1.0)],
        (0.56, 0.54, 0.53),
        "round",
        0.22,
    )
    s.poly([(0.24, 0.26), (0.62, 0.05), (1.02, 0.14), (0.86, 0.36), (0.44, 0.42)], (0.72, 0.71, 0.69), "flat", 0.16)
    s.poly([(1.02, 0.14), (1.30, 0.46), (1.40, 1.0), (0.98, 1.0), (0.86, 0.36)], (0.42, 0.40, 0.42), "flat", 0.20)


def _log(s: Sheet) -> None:
    s.box(0.16, 0.14, 2.5, 0.98, (0.46, 0.31, 0.20), "flat", 0.30)
    s.box(0.16, 0.16, 2.5, 0.36, (0.60, 0.43, 0.29), "flat", 0.25)
    s.box(0.16, 0.72, 2.5, 0.98, (0.33, 0.21, 0.15), "flat", 0.25)
    s.disc(2.5, 0.56, 0.20, 0.42, (0.42, 0.28, 0.18))
    s.disc(0.24, 0.56, 0.24, 0.43, (0.84, 0.66, 0.45))
    for size in (0.75, 0.5, 0.25):
        s.disc(0.24, 0.56, 0.24 * size, 0.43 * size, (0.70, 0.50, 0.32), "flat")
        s.disc(0.24, 0.56, 0.24 * size - 0.025, 0.43 * size - 0.03, (0.86, 0.68, 0.47), "flat")


def _lily_pad(s: Sheet) -> None:
    s.disc(1.5, 0.56, 1.46, 0.42, (0.16, 0.40, 0.20))
    s.disc(1.5, 0.50, 1.44, 0.40, (0.36, 0.64, 0.28))
    s.poly([(1.5, 0.52), (2.62, 0.86), (2.20, 1.0)], (0.10, 0.30, 0.30), "flat")
    for angle in np.linspace(1.2, 6.9, 9):
        s.stroke(
            [(1.5, 0.50), (1.5 + 1.3 * float(np.cos(angle)), 0.50 + 0.35 * float(np.sin(angle)))],
            (0.03, 0.012),
            (0.52, 0.76, 0.38),
        )


DRAWINGS: Mapping[str, Drawing] = {
    "branch": (_branch, 3.0, Drawn(1.0, "span")),
    "volcano": (_volcano, 1.7, Drawn(900, "ground")),
    "tent": (_tent, 1.8, Drawn(1.7)),
    "campfire": (_campfire, 1.05, Drawn(0.9)),
    "rock": (_boulder, 1.4, Drawn(1.1)),
    "log": (_log, 2.72, Drawn(0.5)),
    "lily-pad": (_lily_pad, 3.0, Drawn(0.12, "water")),
}
