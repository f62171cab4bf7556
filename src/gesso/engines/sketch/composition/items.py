"""The item that layout places: how large it is, how it stands, and on which row its foot may be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gesso.engines.sketch.composition import figures, sprites
from gesso.engines.sketch.scene import parts
from gesso.engines.sketch.scene.stage import Stage
from gesso.engines.sketch.words.description import Subject


@dataclass(slots=True)
class Item:
    """One thing to draw: `x` its middle, `base` its lowest row; `far` 0..1 hazes; `order` sorts from the back."""

    subject: Subject
    index: int
    stance: str
    width: float
    height: float
    x: float = 0.0
    base: float = 0.0
    flip: bool = False
    turn: float = 0.0
    far: float = 0.0
    order: float = 0.0
    grounded: bool = True
    sunk: float = 0.0
    """Share of the height that is under water."""
    portrait: bool = False
    pose: figures.Pose = ""
    lift: float = 0.0
    """Rows by which who jumps is above the base, where the shadow is."""

    def resize(self, by: float) -> None:
        """Scale width and height."""
        self.width, self.height = self.width * by, self.height * by

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return self.x - self.width / 2, self.base - self.height, self.x + self.width / 2, self.base


def handheld(subject: Subject, host: Subject) -> bool:
    """Whether the host has hands, and the thing is of a size for them."""
    part = parts.known().get(subject.drawing)
    if not host.sprite or not (subject.sprite or part) or subject.count > 2:
        return False
    if part is not None:
        return part.on == "hand"
    person = sprites.info(host.sprite).group == "people-body" or host.sprite in ("robot", "monkey", "teddy-bear")
    info = sprites.info(subject.sprite)
    return person and (info.stance == "held" or info.subgroup == "musical-instrument" or subject.sprite in ALOFT)


def base_row(item: Item, depth: float, stage: Stage) -> float:
    """The row of a thing's foot."""
    rng, height = stage.rng, stage.height
    if (
        stage.surface in ("air", "deep")
        and item.stance != "flat"
        and not (stage.surface == "deep" and item.stance in ("ground", "held"))
    ):
        return (
            float(min(0.97 * height, height / 2 + item.height * rng.uniform(0.50, 0.56)))
            if item.height > 0.4 * height
            else float(item.height + rng.uniform(0.06, 0.92) * max(1.0, 0.94 * height - item.height))
        )
    if item.stance == "air":
        top = 0.04 * height + item.height
        low = max(top, min(stage.horizon * 0.94, 0.62 * height))
        return float(rng.uniform(top, max(top + 1, low)))
    if item.stance == "water" and stage.water:
        first, last = stage.water
        last = min(last, int(height * 0.96))
        deep = 0.18 + 0.62 * depth
        return float(first + (last - first) * np.clip(deep + rng.uniform(-0.12, 0.12), 0.06, 1))
    near = height * stage.near
    row = stage.floor + (near - stage.floor) * (depth + rng.uniform(-0.10, 0.10))
    return float(np.clip(row, stage.floor, max(stage.floor + 1, near + height * 0.035)))


ALOFT = frozenset({"kite", "balloon"})
"""What flies at the end of a string."""
