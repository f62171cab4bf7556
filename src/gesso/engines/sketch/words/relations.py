"""Things placed by other things: on, in, under, behind, held by. And the item that layout places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gesso.engines.sketch.composition import sprites
from gesso.engines.sketch.scene.stage import Stage
from gesso.engines.sketch.words.description import Subject

HELD_SIZE = 0.42
WORN = {
    **dict.fromkeys(("glasses", "sunglasses", "goggles"), 0.62),
    **dict.fromkeys(("scarf", "necktie"), 0.36),
    **dict.fromkeys(("t-shirt", "dress", "coat", "kimono", "lab-coat", "safety-vest", "sari"), 0.08),
}
"""How high a piece of clothing sits, in heights of who wears it; what is not listed is worn on the head."""

SEATS = {"couch-and-lamp": 0.72, "bed": 0.45, "chair": 0.55}
"""Where one sits on a piece of furniture, from its top."""

VESSELS = frozenset(
    {
        "amphora",
        "bowl-with-spoon",
        "basket",
        "potted-plant",
        "jar",
        "bucket",
        "pot-of-food",
        "cup-with-straw",
        "glass-of-milk",
        "nest-with-eggs",
        "teacup-without-handle",
        "shopping-cart",
        "canoe",
        "bento-box",
    }
)


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

    def resize(self, by: float) -> None:
        """Scale width and height."""
        self.width, self.height = self.width * by, self.height * by

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return self.x - self.width / 2, self.base - self.height, self.x + self.width / 2, self.base


def handheld(subject: Subject, host: Subject) -> bool:
    person = bool(host.sprite) and sprites.info(host.sprite).group == "people-body"
    return person and bool(subject.sprite) and sprites.info(subject.sprite).stance == "held" and subject.count == 1


def base_row(item: Item, depth: float, stage: Stage) -> float:
    """The row of a thing's foot."""
    rng, height = stage.rng, stage.height
    if (
        stage.surface in ("air", "deep")
        and item.stance != "flat"
        and not (stage.surface == "deep" and item.stance in ("ground", "held"))
    ):
        return (
            float(rng.uniform(0.5, 0.82) * height)
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
    near = height * 0.95
    return float(
        np.clip(stage.floor + (near - stage.floor) * (depth + rng.uniform(-0.10, 0.10)), stage.floor, height * 0.985)
    )


def relate(item: Item, host: Item, relation: str, k: int, count: int, stage: Stage) -> None:
    """Place a thing by another that stands already; it is the `k`-th of `count`."""
    middle = stage.width / 2
    away = 1.0 if host.x < middle else -1.0
    side = away if abs(host.x - middle) > 0.05 * stage.width else float(stage.rng.choice([-1.0, 1.0]))
    spread = k - (count - 1) / 2
    item.order, item.far, item.grounded = host.order + 0.5, host.far, False
    handler = _handler(item, host, relation)
    if handler is not None:
        handler(item, host, spread, side)
    else:
        _beside(item, host, relation, spread, side, stage)


Handler = Callable[[Item, Item, float, float], None]


def _handler(item: Item, host: Item, relation: str) -> Handler | None:
    """What places an item that touches its host; none for one that stands by it."""
    vessel = host.subject.sprite in VESSELS
    if relation == "with":
        if handheld(item.subject, host.subject):
            return _worn if sprites.info(item.subject.sprite).subgroup == "clothing" else _held
        return _inside if vessel else None
    if relation in ("of", "in"):
        return _inside if vessel else _on if relation == "in" and host.stance == "water" else None
    return {"on": _on, "riding": _riding, "held": _held, "worn": _worn, "over": _over}.get(relation)


OVERLAPPING = {"before": 0.10, "under": 0.05, "behind": -0.06, "among": 0.06}
"""Relations in which one thing partly covers the other: how much nearer it stands, in picture heights."""


def _beside(item: Item, host: Item, relation: str, spread: float, side: float, stage: Stage) -> None:
    step = (host.width + item.width) / 2
    item.grounded = host.grounded or item.stance != "air"
    side = {"left-of": -1.0, "right-of": 1.0}.get(relation, side)
    if relation in OVERLAPPING:
        item.x = host.x + side * step * (0.12 if relation == "under" else 0.30) + spread * item.width * 1.05
    else:
        item.x = host.x + side * (step * 1.06 + abs(spread) * item.width * 1.02)
    nearer = OVERLAPPING.get(relation, 0.0) * stage.height
    item.base = host.base
    if host.grounded or nearer:
        item.base = float(np.clip(host.base + nearer, item.height * 0.6, stage.height * 0.985))
    if host.stance == "air" and item.stance != "air":
        item.base = base_row(item, 0.5, stage)
    item.order = item.base + (0.5 if nearer >= 0 else -0.5)
    item.x = float(np.clip(item.x, item.width * 0.5, max(item.width * 0.5, stage.width - item.width * 0.5)))


def _on(item: Item, host: Item, spread: float, side: float) -> None:
    """On the seat of furniture, the back of an animal, the roof of a house."""
    info = sprites.info(host.subject.sprite) if host.subject.sprite else None
    seat = 0.06
    if info is not None:
        seat = SEATS.get(host.subject.sprite) or {
            "household": 0.46,
            "animal-mammal": 0.30,
            "transport-ground": 0.10,
            "transport-water": 0.35,
            "dishware": 0.5,
        }.get(info.subgroup, 0.08)
    limit = host.width * 0.86 / max(1.0, abs(spread) * 2 + 1)
    scale = min(1.0, limit / item.width, 1.5 * host.height / item.height)
    item.width, item.height = item.width * scale, item.height * scale
    item.x, item.base = host.x + spread * item.width * 1.05, host.base - host.height * (1 - seat)
    if host.subject.sprite == "couch-and-lamp":
        item.x -= host.width * 0.16 * (-1 if host.flip else 1)
    if host.subject.drawing in ("iceberg", "island", "cliff"):
        item.base, item.x = host.base - host.height * 0.30, host.x + spread * item.width * 1.1


def _riding(item: Item, host: Item, spread: float, side: float) -> None:
    scale = min(1.0, 0.95 * host.height / item.height)
    item.width, item.height, item.flip = item.width * scale, item.height * scale, host.flip
    animal = bool(host.subject.sprite) and sprites.info(host.subject.sprite).group == "animals-nature"
    forward = (1 if host.flip else -1) * host.width * (-0.06 if animal else 0.0)
    item.x, item.base = host.x + forward, host.base - host.height * (0.34 if animal else 0.42)
    item.order = host.order - 0.5


def _held(item: Item, host: Item, spread: float, side: float) -> None:
    if "umbrella" in item.subject.sprite:
        scale = 0.72 * host.height / item.height
        item.width, item.height = item.width * scale, item.height * scale
        item.x, item.base, item.order = (
            host.x + side * host.width * 0.30,
            host.base - host.height * 0.52,
            host.order - 0.5,
        )
        return
    scale = HELD_SIZE * host.height / max(item.height, item.width)
    item.width, item.height = item.width * scale, item.height * scale
    item.x, item.base = host.x + side * host.width * 0.42 + spread * item.width, host.base - host.height * 0.18


def _worn(item: Item, host: Item, spread: float, side: float) -> None:
    scale = host.width * 0.62 / item.width
    item.width, item.height = item.width * scale, item.height * scale
    item.x, item.base = host.x, host.base - host.height * WORN.get(item.subject.sprite, 0.86)


def _inside(item: Item, host: Item, spread: float, side: float) -> None:
    """Out of a vessel: the lower part is hidden behind its rim."""
    scale = min(1.0, host.width * 0.80 / item.width, 1.1 * host.height / item.height)
    scale = max(scale, 0.42 * host.width / item.width)
    item.width, item.height = item.width * scale, item.height * scale
    item.x, item.base = host.x + spread * host.width * 0.26, host.base - host.height * 0.70
    item.turn, item.order = -spread * 14, host.order - 0.5 + abs(spread) * 0.01


def _over(item: Item, host: Item, spread: float, side: float) -> None:
    free = max(host.base - host.height, 0.24 * host.height)
    scale = min(1.0, 0.94 * free / item.height) if host.stance != "air" else 1.0
    item.width, item.height = item.width * scale, item.height * scale
    item.x = host.x + side * host.width * 0.12 + spread * item.width * 1.1
    item.base = max(item.height * 1.04, host.base - host.height * 1.04)
    item.turn = -4.0 * side
