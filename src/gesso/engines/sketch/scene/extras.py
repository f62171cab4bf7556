"""More drawn things: fireworks, a gull on the wing, a whole pizza, a kitchen's island, a clock tower."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gesso.engines.sketch.scene.noise import Colour
from gesso.engines.sketch.scene.sheet import DARK, GLOW, STONE, WHITE, WOOD, Drawing, Drawn, Sheet

SPARK: Colour = (1.0, 0.62, 0.24)
PALE: Colour = (1.0, 0.95, 0.84)


def _fireworks(s: Sheet) -> None:
    """A burst of three rings of sparks that fly from one middle and begin to fall."""
    for count, reach, turn in ((30, 0.47, 0.05), (22, 0.34, 0.12), (14, 0.20, 0.0)):
        for k in range(count):
            angle = turn + k * 2 * np.pi / count
            far = reach * (0.93 + 0.07 * (k % 3))
            along = [t * far for t in (0.42, 0.66, 0.86, 1.0)]
            # Sparks fall: the further out, the more.
            ray = [(0.5 + r * float(np.cos(angle)), 0.47 + r * float(np.sin(angle)) + 0.16 * r * r) for r in along]
            s.stroke(ray, (0.002, 0.005, 0.009, 0.011), SPARK)
            s.disc(*ray[-1], 0.010, 0.010, PALE, "flat")
    for k in range(12):
        angle = k * np.pi / 6
        s.stroke(
            [(0.5, 0.47), (0.5 + 0.09 * float(np.cos(angle)), 0.47 + 0.09 * float(np.sin(angle)))], (0.012, 0.004), PALE
        )


def gull(s: Sheet) -> None:
    """A gull that glides to the left: long grey wings with black ends, a yellow bill."""
    grey, black, back = (0.74, 0.78, 0.84), (0.18, 0.18, 0.22), (0.62, 0.67, 0.75)
    s.blob([(0.86, 0.44), (1.10, 0.14), (1.30, 0.06), (1.58, 0.20), (1.24, 0.24), (1.04, 0.52)], grey, "left")
    s.blob([(1.34, 0.065), (1.62, 0.20), (1.36, 0.175)], black, "flat")
    s.blob([(0.94, 0.50), (1.26, 0.58), (1.24, 0.68), (0.94, 0.66)], WHITE)
    s.blob([(0.46, 0.56), (0.62, 0.44), (0.92, 0.44), (1.08, 0.60), (0.88, 0.72), (0.60, 0.70)], WHITE)
    s.disc(0.52, 0.53, 0.115, 0.110, WHITE)
    s.blob([(0.44, 0.52), (0.30, 0.57), (0.29, 0.63), (0.44, 0.61)], (0.98, 0.74, 0.20))
    s.disc(0.475, 0.505, 0.019, 0.021, DARK, "flat")
    s.blob(
        [(0.66, 0.52), (0.46, 0.22), (0.26, 0.10), (0.0, 0.24), (0.34, 0.28), (0.62, 0.58), (0.86, 0.54)], back, "left"
    )
    s.blob([(0.20, 0.115), (-0.03, 0.24), (0.22, 0.215)], black, "flat")


def _whole_pizza(s: Sheet) -> None:
    s.disc(0.5, 0.5, 0.50, 0.50, (0.90, 0.62, 0.34))
    s.disc(0.5, 0.49, 0.43, 0.43, (0.86, 0.30, 0.20), "flat")
    s.disc(0.5, 0.49, 0.41, 0.41, (1.0, 0.80, 0.34), "flat")
    rng = np.random.default_rng(4)
    for _ in range(16):
        angle, far = float(rng.uniform(0, 6.28)), 0.33 * float(rng.uniform(0.1, 1)) ** 0.5
        s.disc(
            0.5 + far * float(np.cos(angle)), 0.49 + far * float(np.sin(angle)), 0.06, 0.045, (1.0, 0.88, 0.52), "flat"
        )
    for k in range(9):
        angle, far = k * 2.4, 0.33 * ((k + 0.4) / 9) ** 0.5
        s.disc(0.5 + far * float(np.cos(angle)), 0.49 + far * float(np.sin(angle)), 0.058, 0.058, (0.84, 0.22, 0.20))
    for k in range(6):
        angle, far = 0.5 + k * 1.9, 0.30 * ((k + 1.2) / 7) ** 0.5
        x, y = 0.5 + far * float(np.cos(angle)), 0.49 + far * float(np.sin(angle))
        s.blob([(x - 0.045, y), (x, y - 0.030), (x + 0.045, y), (x, y + 0.030)], (0.30, 0.60, 0.26))
    for k in range(4):
        angle = 0.35 + k * np.pi / 4
        dx, dy = 0.46 * float(np.cos(angle)), 0.46 * float(np.sin(angle))
        s.stroke([(0.5 - dx, 0.49 - dy), (0.5 + dx, 0.49 + dy)], (0.008, 0.008), (0.80, 0.50, 0.22))


def _bottle(s: Sheet) -> None:
    glass = (0.20, 0.46, 0.30)
    s.blob(
        [
            (0.140, 0.34),
            (0.182, 0.30),
            (0.378, 0.30),
            (0.420, 0.34),
            (0.420, 0.98),
            (0.378, 1.0),
            (0.182, 1.0),
            (0.140, 0.98),
        ],
        glass,
    )
    s.box(0.140, 0.38, 0.420, 0.96, glass)
    s.poly([(0.231, 0.10), (0.329, 0.10), (0.336, 0.24), (0.420, 0.39), (0.140, 0.39), (0.224, 0.24)], glass)
    s.box(0.213, 0.085, 0.347, 0.125, (0.30, 0.58, 0.40))
    s.box(0.238, 0.02, 0.322, 0.09, (0.76, 0.58, 0.38))
    s.box(0.140, 0.52, 0.420, 0.80, (0.96, 0.92, 0.82))
    s.box(0.140, 0.56, 0.420, 0.575, (0.78, 0.62, 0.30), "flat")
    s.box(0.140, 0.745, 0.420, 0.76, (0.78, 0.62, 0.30), "flat")
    s.stroke([(0.189, 0.42), (0.189, 0.50)], (0.022, 0.016), (0.72, 0.90, 0.78))


def _kitchen_island(s: Sheet) -> None:
    s.box(0.08, 0.14, 2.12, 1.0, (0.90, 0.89, 0.87), "left")
    for i in range(4):
        s.box(0.16 + i * 0.48, 0.26, 0.56 + i * 0.48, 0.90, (0.82, 0.81, 0.80), "left")
        s.box(0.33 + i * 0.48, 0.30, 0.39 + i * 0.48, 0.33, WOOD, "flat")
    s.box(0.0, 0.0, 2.2, 0.14, (0.95, 0.94, 0.93), "left", 0.10)


def _clock_tower(s: Sheet) -> None:
    s.box(0.10, 0.30, 0.40, 1.0, STONE, texture=0.08)
    for x in (0.16, 0.24, 0.32):
        s.box(x, 0.52, x + 0.018, 0.96, (0.50, 0.44, 0.38), "flat")
    s.box(0.07, 0.26, 0.43, 0.48, (0.82, 0.74, 0.58), texture=0.06)
    s.disc(0.25, 0.37, 0.092, 0.092, DARK, "flat")
    s.disc(0.25, 0.37, 0.080, 0.080, (0.98, 0.97, 0.92), "flat")
    s.stroke([(0.25, 0.37), (0.25, 0.305)], (0.010, 0.006), DARK)
    s.stroke([(0.25, 0.37), (0.295, 0.385)], (0.012, 0.008), DARK)
    s.box(0.09, 0.20, 0.41, 0.265, STONE, texture=0.06)
    s.poly([(0.07, 0.205), (0.25, 0.02), (0.43, 0.205)], (0.34, 0.42, 0.46))
    s.box(0.20, 0.215, 0.30, 0.25, GLOW, "flat")
    s.stroke([(0.25, 0.03), (0.25, 0.0)], (0.012, 0.006), GLOW)


DRAWINGS: Mapping[str, Drawing] = {
    "fireworks": (_fireworks, 1.0, Drawn(60, "air")),
    "whole-pizza": (_whole_pizza, 1.0, Drawn(0.3, "held")),
    "bottle": (_bottle, 0.56, Drawn(0.3, "held")),
    "kitchen-island": (_kitchen_island, 2.2, Drawn(0.95)),
    "clock-tower": (_clock_tower, 0.5, Drawn(60)),
}
