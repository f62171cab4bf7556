"""Small things that move fast against what is behind them: a search from coarse to fine flow loses them.

At a scale at which such a thing is a pixel, the flow follows what is behind, and never finds back. So where a flow
leaves the two frames unlike, small blocks are looked for as they are; a step on which several agree is one more that a
path may take.
"""

from __future__ import annotations

import cv2
import numpy as np

from gesso.engines.sketch.remake import motion
from gesso.engines.sketch.remake.motion import Pixels, Plane, lowest

BLOCK = 16
"""Side of a block in pixels of the reduced frames."""

REACH = 40
"""Pixels a block is looked for in each direction: an eighth of a reduced 720p frame."""

BLOCKS, APART = 12, 6
"""How many blocks are looked for, the most unlike first, and how far apart they are."""

UNLIKE = 14.0
"""Mean grey levels by which a block is unlike what the flow says it becomes, before it is looked for."""

PLAIN = 4.0
"""Grey levels of deviation below which a block is too plain to be known again."""

ASTRAY = 2.0
"""Pixels by which a step differs from the flow's, before it is another; half of it is agreement between blocks."""

AGREED, STEPS = 3, 2
"""Blocks that must agree on a step, and the most steps that are kept."""

Step = tuple[float, float]


def steps(one: Pixels, two: Pixels, there: Plane) -> list[Step]:
    """The steps (x, y) from grey frame `one` to `two` that the flow `there` has missed, those of most blocks first."""
    votes = [step for place in _unlike(one, two, there) if (step := _found(one, two, there, place))]
    agreed = list[Step]()
    while len(agreed) < STEPS:
        groups = [[vote for vote in votes if _near(vote, step, ASTRAY / 2)] for step in votes]
        largest = max(groups, key=len, default=[])
        if len(largest) < AGREED:
            break
        x, y = np.median(np.array(largest), axis=0)
        agreed.append((float(x), float(y)))
        votes = [vote for vote in votes if not _near(vote, agreed[-1], ASTRAY)]
    return agreed


def _near(one: Step, other: Step, within: float) -> bool:
    return abs(one[0] - other[0]) < within and abs(one[1] - other[1]) < within


def _unlike(one: Pixels, two: Pixels, there: Plane) -> list[tuple[int, int]]:
    """Where blocks of the first frame begin, (x, y), that least become what the flow says."""
    height, width = one.shape
    if min(height, width) <= 2 * BLOCK:
        return []
    off = cv2.absdiff(one, motion.sample(two, cv2.add(motion.grid(width, height), there)))
    # Each value is of the block that begins there.
    means = cv2.blur(off.astype(np.float32), (BLOCK, BLOCK), anchor=(0, 0))[: height - BLOCK, : width - BLOCK].copy()
    places = list[tuple[int, int]]()
    while len(places) < BLOCKS:
        _, most, _, (x, y) = cv2.minMaxLoc(means)
        if most < UNLIKE:
            break
        means[max(0, y - APART) : y + APART + 1, max(0, x - APART) : x + APART + 1] = 0
        places.append((x, y))
    return places


def _found(one: Pixels, two: Pixels, there: Plane, place: tuple[int, int]) -> Step | None:
    """The step of the block that begins at a place, to a part of a pixel; none if it is plain, or the flow's own."""
    x, y = place
    block = one[y : y + BLOCK, x : x + BLOCK]
    if float(block.std()) < PLAIN:
        return None
    left, top = max(0, x - REACH), max(0, y - REACH)
    squares = cv2.matchTemplate(
        two[top : y + BLOCK + REACH, left : x + BLOCK + REACH], np.ascontiguousarray(block), cv2.TM_SQDIFF
    )
    _, _, (column, row), _ = cv2.minMaxLoc(squares)
    step = left + column - x + lowest(squares[row], column), top + row - y + lowest(squares[:, column], row)
    flow_x, flow_y = there[y + BLOCK // 2, x + BLOCK // 2]
    return None if _near(step, (float(flow_x), float(flow_y)), ASTRAY) else step
