"""Things in vessels: flowers fan out of a vase, fruit is heaped in a bowl."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gesso.engines.sketch.composition import sprites
from gesso.engines.sketch.composition.items import Item


@dataclass(frozen=True, slots=True)
class Vessel:
    """Where a vessel opens: the row of its mouth from its top in heights, its inner width, and whether one looks in."""

    mouth: float
    wide: float
    open: bool = False


VESSELS = {
    "amphora": Vessel(0.05, 0.30),
    "jar": Vessel(0.12, 0.60),
    "potted-plant": Vessel(0.55, 0.50),
    "bowl-with-spoon": Vessel(0.46, 0.66, open=True),
    "bowl": Vessel(0.24, 0.84, open=True),
    "basket": Vessel(0.40, 0.84),
    "bucket": Vessel(0.30, 0.74),
    "pot-of-food": Vessel(0.42, 0.60, open=True),
    "cup-with-straw": Vessel(0.20, 0.60),
    "glass-of-milk": Vessel(0.10, 0.70),
    "nest-with-eggs": Vessel(0.45, 0.70, open=True),
    "empty-nest": Vessel(0.45, 0.70, open=True),
    "teacup-without-handle": Vessel(0.25, 0.80),
    "shopping-cart": Vessel(0.30, 0.66),
    "canoe": Vessel(0.35, 0.60),
    "bento-box": Vessel(0.45, 0.70, open=True),
}


def fill(item: Item, host: Item, k: int, count: int, rng: np.random.Generator) -> None:
    """Put the `k`-th of `count` things into a vessel that stands."""
    vessel = VESSELS[host.subject.sprite or host.subject.drawing]
    item.grounded = False
    if item.subject.sprite and sprites.info(item.subject.sprite).subgroup == "plant-flower":
        _stem(item, host, vessel, k, count, rng)
    else:
        _heap(item, host, vessel, k, count)


def _stem(item: Item, host: Item, vessel: Vessel, k: int, count: int, rng: np.random.Generator) -> None:
    """A flower whose stem is in the vessel's mouth; the bunch fans out, the middle ones stand higher."""
    angle = 0.0 if count == 1 else (k / (count - 1) - 0.5) * min(2.0, 0.42 * count)
    # A back row of long stems, and a front row of short ones in the gaps.
    back = 0.70 if k % 2 == 0 or count == 1 else 0.50
    length = host.height * (back + float(rng.uniform(-0.04, 0.04)))
    item.resize(length / item.height)
    x, y = host.x + 0.3 * vessel.wide * host.width * np.sin(angle), host.base - host.height * (1 - vessel.mouth - 0.06)
    item.x = float(x + np.sin(angle) * length / 2)
    item.base = float(y - np.cos(angle) * length / 2 + length / 2)
    item.turn = float(-np.degrees(angle))
    item.order = host.order - 0.5 + 0.1 * (k % 2) + 0.0001 * k


def _heap(item: Item, host: Item, vessel: Vessel, k: int, count: int) -> None:
    """Rows of a pile, each shorter by one than the row below it."""
    first = next(n for n in range(1, count + 1) if n * (n + 1) // 2 >= count)
    row, at, length = 0, k, first
    while at >= length:
        row, at, length = row + 1, at - length, length - 1
    here = min(length, count - sum(first - i for i in range(row)))
    inner = vessel.wide * host.width
    item.resize(min(1.25 * inner / (first + 0.3) / item.width, 0.9 * host.height / item.height))
    item.x = host.x + (at - (here - 1) / 2) * min(item.width * 0.86, inner / max(1, first))
    rim = host.base - host.height * (1 - vessel.mouth)
    item.base = rim + (0.16 if vessel.open else 0.42) * item.height - row * 0.62 * item.height
    item.order = host.order + (0.5 if vessel.open else -0.5) + (-0.01 if not vessel.open else 0.01) * row
