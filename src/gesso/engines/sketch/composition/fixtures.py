"""Things that have their place by what they are: on a wall, from the ceiling, on rails, beyond a road, in a grid."""

from __future__ import annotations

import numpy as np

from gesso.engines.sketch.composition import figures, sprites
from gesso.engines.sketch.composition.items import Item
from gesso.engines.sketch.scene import drawings
from gesso.engines.sketch.scene.stage import Stage
from gesso.engines.sketch.words.description import Description
from gesso.engines.sketch.words.staging import RAIL

BEHIND_ALL = -1e6
WALLED = frozenset({"room"})
ROOFED = frozenset({"room", "table", "studio", "stage", "corridor"})
BOARDS = frozenset({"whiteboard", "blackboard", "window", "wall-shelf"})
"""What is large on its wall; pictures, clocks and mirrors are not."""

ROADSIDE = 2.4
"""Metres from which a thing that nobody drives stands beyond the road, not on it."""

FILLS = 0.70
"""Share of its cell that a thing of a grid takes."""


def stance(own: str, stage: Stage) -> str:
    """What a thing for a wall or ceiling does where there is none."""
    if own == "wall" and stage.place not in WALLED:
        return "ground"
    if own == "ceiling" and stage.place not in ROOFED:
        return "air"
    return own


def fixed(item: Item, wish: float, stage: Stage) -> bool:
    """Put a thing on the wall or below the ceiling. False for one that stands."""
    if item.stance == "wall":
        tall = 0.46 if (item.subject.drawing or item.subject.sprite) in BOARDS else 0.26
        item.resize(min(1.0, tall * stage.height / item.height, 0.62 * stage.width / item.width))
        low = stage.horizon - 0.10 * stage.height
        item.x, item.base = wish, min(low, 0.31 * stage.height + item.height / 2)
    elif item.stance == "ceiling":
        item.resize(min(1.0, 0.50 * stage.height / item.height))
        item.x, item.base = wish, 0.985 * item.height
    else:
        return False
    item.grounded, item.order, item.far = False, BEHIND_ALL, 0.0
    return True


def above(item: Item, host: Item, spread: float, stage: Stage) -> bool:
    """A picture on the wall, or a lamp from the ceiling, over something. False for what is neither."""
    if item.stance not in ("wall", "ceiling"):
        return False
    top = host.base - host.height
    free = (0.86 if item.stance == "wall" else 0.62) * max(top, 0.2 * stage.height)
    item.resize(min(1.0, free / item.height, 0.56 * host.width / item.width))
    gap = 0.5 * (top - item.height) if item.stance == "wall" else 0.0
    item.x = host.x + spread * item.width * 1.15
    item.base = top - min(gap, 0.06 * stage.height) if item.stance == "wall" else 0.985 * item.height
    item.grounded, item.order, item.far = False, BEHIND_ALL, 0.0
    return True


def row(item: Item, stage: Stage) -> float | None:
    """The row of a train's wheels on its rails, or of a house beyond the road; None for what stands anywhere."""
    subject = item.subject
    if stage.tracks is not None and subject.sprite in RAIL:
        return float(stage.tracks)
    if stage.kerb is None or item.stance != "ground":
        return None
    info = sprites.info(subject.sprite) if subject.sprite else None
    high = figures.metres(subject.sprite) if info else drawings.body(subject.drawing).metres
    driven = info is not None and (info.subgroup.startswith(("transport", "animal")) or info.group == "people-body")
    return float(stage.kerb) if high >= ROADSIDE and not driven else None


def shoulder(item: Item, k: int, stage: Stage) -> float | None:
    """The share of the width at which a plant stands beside a road that leads away, left and right in turn."""
    if not stage.lane or item.stance != "ground" or item.subject.where:
        return None
    info = sprites.info(item.subject.sprite) if item.subject.sprite else None
    if info is not None and not info.subgroup.startswith(("plant", "place")):
        return None
    if info is None and item.subject.drawing not in BESIDE_ROADS:
        return None
    out = 0.10 + 0.10 * (k // 2 % 2)
    return out if (k + item.index) % 2 else 1 - out


BESIDE_ROADS = frozenset(
    {"rock", "bush", "haystack", "barn", "log", "streetlamp", "windmill", "wind-turbine", "tent", "fence"}
)


def gridded(found: Description, stage: Stage) -> bool:
    """Whether things lie side by side in rows: a set of icons, a table top seen from above."""
    return "grid" in found.features or stage.place == "flatlay"


def _waste(columns: int, number: int, aspect: float) -> float:
    """How badly so many columns suit a grid: cells left empty, and cells far from square."""
    rows = -(-number // columns)
    return rows * columns - number + 2.5 * abs(float(np.log(columns / rows / aspect)))


def cell(item: Item, k: int, found: Description, stage: Stage) -> None:
    """Put the `k`-th item of its subject into its cell of the grid."""
    free = [i for i, s in enumerate(found.subjects) if s.of is None]
    number = sum(found.subjects[i].count for i in free)
    at = sum(found.subjects[i].count for i in free if i < item.index) + k
    columns = min(range(1, number + 1), key=lambda n: _waste(n, number, stage.width / stage.height))
    rows = -(-number // columns)
    here = number - columns * (rows - 1) if at // columns == rows - 1 else columns
    wide, high = stage.width * 0.92 / columns, stage.height * 0.92 / rows
    item.resize(FILLS * min(wide, high) / max(item.width, item.height))
    item.x = stage.width / 2 + (at % columns - (here - 1) / 2) * wide
    middle = stage.height * 0.04 + (at // columns + 0.5) * high
    item.base = middle + item.height / 2
    if stage.place == "flatlay":
        item.resize(float(stage.rng.uniform(0.86, 1.08)))
        item.turn = float(stage.rng.uniform(-14, 14))
    item.grounded, item.order, item.far, item.stance = False, float(at), 0.0, "laid"
