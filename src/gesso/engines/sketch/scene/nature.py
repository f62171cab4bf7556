"""Large natural things that stand in a scene by themselves."""

from __future__ import annotations

import numpy as np

from gesso.engines.sketch.scene.sheet import TALL, WHITE, WOOD, Sheet


def iceberg(s: Sheet) -> None:
    """Draw an iceberg."""
    s.poly(
        [(0.0, 1.0), (0.18, 0.62), (0.40, 0.50), (0.55, 0.12), (0.78, 0.05), (0.86, 0.34), (0.80, 1.0)],
        (0.86, 0.95, 1.0),
        "left",
        0.05,
    )
    s.poly(
        [(0.78, 0.05), (1.02, 0.40), (1.28, 0.52), (1.55, 1.0), (0.80, 1.0), (0.86, 0.34)],
        (0.60, 0.80, 0.94),
        "right",
        0.05,
    )
    s.poly([(0.18, 0.62), (0.40, 0.50), (0.48, 0.72), (0.30, 1.0), (0.0, 1.0)], (0.74, 0.90, 0.99), "flat", 0.04)


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
