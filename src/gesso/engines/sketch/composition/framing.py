"""The whole group in its frame, neither cut nor shoved to an edge; and things strewn over the ground."""

from __future__ import annotations

import numpy as np

from gesso.engines.sketch.composition import sprites
from gesso.engines.sketch.composition.items import Item
from gesso.engines.sketch.scene.stage import Stage
from gesso.engines.sketch.words.description import Description

MARGIN = 0.035
"""Share of the picture that stays free at each edge."""

APART = ("backdrop", "flat", "span", "ceiling")
"""Stances of what goes beyond the frame anyway."""


def frame(items: list[Item], found: Description, stage: Stage) -> None:
    """Shrink and shift the group until it is within the margins and about the middle, its relations kept."""
    sitters = {i.index for i in items if i.portrait}
    worn = [i for i in items if found.subjects[i.index].of in sitters and not i.portrait]
    if worn:
        _lowered([*(i for i in items if i.portrait), *worn], stage)
    free = [i for i in items if not i.portrait and i not in worn]
    group = [i for i in free if i.stance not in APART and i.subject.where != "scattered"]
    if not group:
        return
    group += [i for i in items if i.stance == "span" and _carries(found, i)]
    movable = [i for i in group if i.stance not in APART]
    _scaled(group, movable, found, stage)
    if found.camera == "close":
        _filled(movable, stage)
        return
    left, top, right, bottom = _bounds(movable)
    if not any(s.where in ("left", "right") for s in found.subjects) and stage.frame == (0.0, 1.0):
        middle = stage.width * (0.5 + 0.05 * float(stage.rng.uniform(-1, 1)))
        shift = middle - (left + right) / 2
        if len(movable) == 1 and abs(shift) < 0.12 * stage.width:
            shift *= 0.5
    else:
        shift = 0.0
    first, last = MARGIN * stage.width - left, (1 - MARGIN) * stage.width - right
    shift = float(np.clip(shift, min(first, last), max(first, last)))
    down = max(0.0, MARGIN * stage.height - top)
    if bottom + down > 0.99 * stage.height:
        down = max(0.0, 0.99 * stage.height - bottom)
    for item in movable:
        item.x += shift
    if all(not i.grounded or i.stance == "air" for i in movable):
        for item in movable:
            item.base += down


def _lowered(portrait: list[Item], stage: Stage) -> None:
    """A portrait with its hat, shrunk towards the lower edge until the hat is in the frame."""
    top, foot, middle = min(i.base - i.height for i in portrait), portrait[0].base, portrait[0].x
    by = min(1.0, (foot - MARGIN * stage.height) / max(1.0, foot - top))
    for item in portrait:
        item.x, item.base = middle + (item.x - middle) * by, foot + (item.base - foot) * by
        item.resize(by)


def _filled(movable: list[Item], stage: Stage) -> None:
    """A close view: the group takes the frame from its upper margin on; the lower edge may cut its foot."""
    left, top, right, bottom = _bounds(movable)
    alone = movable[0].subject if len({item.index for item in movable}) == 1 else None
    stalk = alone is not None and alone.sprite != "" and sprites.info(alone.sprite).subgroup in STALKED
    high = stage.height * (1.5 if stalk else 1.12 if alone else 1.0 - MARGIN)
    by = min(high / max(1.0, bottom - top), (0.80 if stalk else 1.0 - MARGIN) * stage.width / max(1.0, right - left))
    middle = (left + right) / 2
    first = max(MARGIN * stage.height, (stage.height - by * (bottom - top)) / 2)
    for item in movable:
        item.base = first + (item.base - top) * by
        item.x = stage.width / 2 + (item.x - middle) * by
        item.resize(by)
        item.lift *= by
        item.grounded = item.grounded and item.base <= stage.height


STALKED = ("plant-flower", "plant-other")
"""Subgroups of which a close view shows the upper part."""


def _scaled(group: list[Item], movable: list[Item], found: Description, stage: Stage) -> None:
    """Scale the group about the middle of its foot: down until it fits the frame, up where it is lost in it."""
    left, top, right, bottom = _bounds(movable)
    wide, high = (1 - 2 * MARGIN) * stage.width, (1 - 2 * MARGIN) * stage.height
    tall = bottom - top
    by = min(_grown(found, left, right, tall, stage), wide / max(1.0, right - left), high / max(1.0, tall))
    room = bottom - MARGIN * stage.height
    if top < MARGIN * stage.height and any(i.grounded for i in movable):
        by = min(by, max(0.3, room / max(1.0, tall)))
    middle = (left + right) / 2
    for item in group:
        item.height *= by
        if item.stance not in APART:
            item.width *= by
            item.x = middle + (item.x - middle) * by
        item.base = bottom + (item.base - bottom) * by


def _grown(found: Description, left: float, right: float, tall: float, stage: Stage) -> float:
    """How much larger a small group may be shown; where the prompt wants it small or somewhere, not at all."""
    if found.camera in ("wide", "aerial") or any(
        s.where or s.scale < 0.7 or s.sprite.startswith("oncoming-") for s in found.subjects
    ):
        return 1.0
    return float(np.clip(min(0.58 * stage.width / (right - left), 0.52 * stage.height / tall), 1.0, 1.4))


def _carries(found: Description, item: Item) -> bool:
    return any(s.of == item.index and s.relation for s in found.subjects)


def _bounds(items: list[Item]) -> tuple[float, float, float, float]:
    boxes = np.array([_turned(item) for item in items])
    return (
        float(boxes[:, 0].min()),
        float(boxes[:, 1].min()),
        float(boxes[:, 2].max()),
        float(boxes[:, 3].max()),
    )


def _turned(item: Item) -> tuple[float, float, float, float]:
    """The box that a thing takes when it is turned, and without what of it is under water."""
    angle = abs(np.radians(item.turn))
    wide = item.width * np.cos(angle) + item.height * np.sin(angle)
    high = item.height * np.cos(angle) + item.width * np.sin(angle)
    x, y = item.x, item.base - item.lift - item.height / 2
    return float(x - wide / 2), float(y - high / 2), float(x + wide / 2), float(y + high / 2 - item.sunk * item.height)


def scatter(item: Item, k: int, count: int, stage: Stage) -> None:
    """Strew the `k`-th of `count` over the ground, small at the horizon and large in front."""
    rng, height = stage.rng, stage.height
    near = ((k + 0.5) / count) ** 0.75
    first = min(stage.floor, int(0.9 * height))
    size = height * (0.035 + 0.115 * near) * float(rng.uniform(0.85, 1.15))
    item.resize(size / item.height)
    item.base = float(first + (0.985 * height - first) * near + item.height * 0.25)
    across = (k * 0.618034 + float(rng.uniform(-0.06, 0.06))) % 1.0
    item.x = float(stage.width * across)
    item.order, item.far = item.base, 0.35 * (1 - near)
