"""Where each subject stands and how large: life sizes compressed to what a picture shows, places by word."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gesso.engines.sketch.composition import figures, sprites
from gesso.engines.sketch.scene import drawings
from gesso.engines.sketch.scene.stage import Stage
from gesso.engines.sketch.words.description import Description, Subject
from gesso.engines.sketch.words.relations import VESSELS, Item, base_row, handheld, relate

CANDIDATES = 48
"""Places that are tried for each thing."""

TONES: tuple[sprites.Tone, ...] = ("light", "dark")
"""Skin tones that people are drawn in, by chance."""

LEANS = {"left-of": 0.70, "right-of": 0.30, "beside": 0.36}
"""Where a thing stands by which another is to be placed, so that there is room on that side."""

COMPRESSION = 0.40
"""Exponent that brings a castle and a cat into one picture."""

SUNK = {"sailboat": 0.16, "ship": 0.12, "passenger-ship": 0.10, "motor-boat": 0.12, "speedboat": 0.12, "ferry": 0.12}
"""Share of a boat's sprite that is water."""


def arrange(found: Description, stage: Stage) -> list[Item]:
    """Every thing of a description, placed, in the order to draw them."""
    groups = [_things(found, i, stage) for i in range(len(found.subjects))]
    _fit(groups, found, stage)
    placed: list[Item] = []
    for i in _order(found):
        relation, of = found.subjects[i].relation, found.subjects[i].of
        host = groups[of] if of is not None and relation else None
        for k, item in enumerate(groups[i]):
            if host and host[k % len(host)].base and host[0].stance != "backdrop":
                relate(item, host[k % len(host)], relation, k, len(groups[i]), stage)
            else:
                _place(item, k, len(groups[i]), placed, found, stage)
            placed.append(item)
    return sorted(placed, key=lambda item: item.order)


def whole(subject: Subject, found: Description) -> bool:
    """Whether a head or bust gets its body here; a portrait keeps the bust."""
    alone = [s for s in found.subjects if s.of is None] == [subject]
    return not (found.camera == "close" and alone and subject.count == 1)


def stance_of(subject: Subject) -> str:
    """How a subject belongs in space, by its drawing, its sprite and what it does."""
    base = drawings.body(subject.drawing).stance if subject.drawing else sprites.info(subject.sprite).stance
    if subject.action == "air" and base in ("ground", "held", "bust", "face", "sign"):
        return "air"
    if base == "air" and subject.action in ("stay", "lie", "run") and subject.sprite not in ("kite", "balloon"):
        return "ground"
    if base == "water" and subject.action == "air":
        return "air"
    return "ground" if base in ("bust", "face") else base


def _metres(subject: Subject) -> float:
    return drawings.body(subject.drawing).metres if subject.drawing else figures.metres(subject.sprite)


def _aspect(subject: Subject, found: Description) -> float:
    pixels = (
        drawings.draw(subject.drawing) if subject.drawing else figures.figure(subject.sprite, whole(subject, found))
    )
    return pixels.shape[1] / pixels.shape[0]


def _things(found: Description, index: int, stage: Stage) -> list[Item]:
    """The items of one subject in relative size (1 = a grown man)."""
    subject, rng = found.subjects[index], stage.rng
    power = 0.62 if stage.surface == "table" else COMPRESSION
    size = (_metres(subject) / 1.7) ** power * subject.scale**0.8
    aspect = _aspect(subject, found)
    stance = stance_of(subject)
    if subject.drawing and stance == "span":
        size *= 0.8
    # A long thing is measured by its length, or a train would be as high as a tower.
    size *= min(1.0, (1.5 / aspect) ** 0.5)
    side = bool(rng.random() < 0.5)
    if subject.sprite and sprites.info(subject.sprite).group == "people-body":
        tone = TONES[int(rng.integers(len(TONES)))]
        subject = replace(subject, sprite=sprites.toned(subject.sprite, tone))
    items: list[Item] = []
    for _ in range(subject.count):
        own = size * float(rng.uniform(0.92, 1.08) if subject.count > 1 else 1.0)
        flip = side if rng.random() < 0.8 else not side
        items.append(Item(subject, index, stance, own * aspect, own, flip=flip and not subject.drawing))
    return items


def _fit(groups: list[list[Item]], found: Description, stage: Stage) -> None:
    """From relative sizes to pixels: the tallest fills its share of the height, a row of all fits the width."""
    things = [item for group in groups for item in group]
    free = [i for i in things if not _carried(found, i.index) and i.stance not in ("backdrop", "flat")]
    if not free:
        return
    _balance(free)
    unit = _unit(free, found, stage)
    least = min(stage.height, stage.width) * (0.13 if len(free) <= 6 else 0.085)
    for item in things:
        item.resize(max(unit, least / max(item.height, item.width)))
        flies = item.stance == "air" and stage.surface not in ("air", "deep")
        below = any(s.relation == "over" and s.of == item.index for s in found.subjects)
        top = 0.72 * stage.horizon if flies else 0.44 * stage.height if below else 0.84 * stage.height
        item.resize(min(1.0, top / item.height))


def _balance(free: list[Item]) -> None:
    """Nothing so small beside the largest that it is lost."""
    top = max(item.height for item in free)
    for item in free:
        least = (0.42 if item.index == 0 else 0.27) * top
        if len(free) <= 6 and item.stance != "span":
            item.resize(max(1.0, least / item.height))


def _unit(free: list[Item], found: Description, stage: Stage) -> float:
    """Pixels for a relative size of one."""
    count = len(free)
    share = {1: 0.54, 2: 0.46, 3: 0.42, 4: 0.38, 5: 0.36}.get(count, max(0.17, 0.80 / count**0.5))
    share *= {"close": 1.35, "wide": 0.62, "aerial": 0.55, "low": 1.15}.get(found.camera, 1.0)
    standing = [item.height for item in free if item.stance != "air"]
    tall = max(item.height for item in free)
    unit = stage.height * min(share, 0.80) / max(0.50 * tall, max(standing, default=tall))
    row = sum(item.width for item in free) * unit
    rows = 1.0 if count <= 5 else min(3.0, count / 4)
    room = stage.width * (stage.frame[1] - stage.frame[0]) * 0.94 * rows
    return min(unit * min(1.0, room / row), stage.width * 0.86 / max(item.width for item in free))


def _carried(found: Description, index: int) -> bool:
    """Whether a subject is held, worn or contained by another, and so takes no room of its own."""
    subject = found.subjects[index]
    if subject.of is None or subject.of >= len(found.subjects):
        return False
    host = found.subjects[subject.of]
    return subject.relation in ("held", "worn", "in", "of") or (
        subject.relation == "with" and (host.sprite in VESSELS or handheld(subject, host))
    )


def _order(found: Description) -> list[int]:
    """Hosts before what refers to them."""
    done: list[int] = []
    waiting = list(range(len(found.subjects)))
    while waiting:
        ready = [i for i in waiting if found.subjects[i].of in (None, *done)] or waiting[:1]
        done += ready
        waiting = [i for i in waiting if i not in ready]
    return done


def _depth(item: Item, found: Description, stage: Stage) -> float:
    """0 far .. 1 near, by what the prompt says, else by size: large things stand back."""
    where = item.subject.where
    if where in ("front", "bottom"):
        return 0.96
    if where == "back":
        return 0.06
    metres = _metres(item.subject)
    alone = len({s.phrase for s in found.subjects}) == 1
    if alone and item.subject.count <= 5:
        return 0.52
    return 0.16 if metres > 6 else 0.50 if metres > 1.2 else 0.72


def _place(item: Item, k: int, count: int, placed: list[Item], found: Description, stage: Stage) -> None:
    """Try places and keep the one that best meets the wish and covers least of the others."""
    rng = stage.rng
    depth = _depth(item, found, stage)
    if item.subject.where == "back":
        item.width, item.height, item.far = item.width * 0.6, item.height * 0.6, 0.45
    if item.stance == "backdrop":
        _backdrop(item, stage)
        return
    wish = _wish(item, k, count, found, stage)
    if (
        whole(found.subjects[item.index], found) is False
        and item.subject.sprite
        and sprites.info(item.subject.sprite).stance == "bust"
    ):
        _portrait(item, stage, wish)
        return
    best = (np.inf, wish, float(stage.floor))
    for _ in range(CANDIDATES):
        x = wish + float(rng.normal(0, 0.16 if count > 1 or found.subjects[1:] else 0.05)) * stage.width
        low, high = _frame(item, stage)
        x = (
            float(np.clip(x, low + item.width * 0.52, high - item.width * 0.52))
            if item.width < high - low
            else (low + high) / 2
        )
        base = base_row(item, depth, stage)
        cost = abs(x - wish) / stage.width * 0.9 + _covered(x, base, item, placed) * 4
        if cost < best[0]:
            best = (cost, x, base)
    _, item.x, item.base = best
    _settle(item, stage)


def _wish(item: Item, k: int, count: int, found: Description, stage: Stage) -> float:
    """The column a thing should stand in."""
    left, right = _frame(item, stage)
    where = {"left": 0.24, "right": 0.76, "centre": 0.5}.get(item.subject.where)
    if count > 1:
        middle = where if where is not None else 0.5
        spread = 0.42 if where is not None else 0.82
        return left + (right - left) * (middle + spread * ((k + 0.5) / count - 0.5))
    if where is not None:
        return left + (right - left) * where
    for other in found.subjects:
        if other.of == item.index and other.relation in LEANS:
            return left + (right - left) * LEANS[other.relation]
    total = len(found.subjects)
    if total == 1:
        return left + (right - left) * (0.5 + 0.09 * float(stage.rng.choice([-1.0, 0.0, 1.0])))
    return left + (right - left) * (0.16 + 0.68 * ((item.index * 0.618 + 0.42) % 1.0))


def _frame(item: Item, stage: Stage) -> tuple[float, float]:
    """The columns a thing may take; the air and the sea are free where the ground is not."""
    low, high = stage.frame if item.stance not in ("air", "water") else (0.0, 1.0)
    return low * stage.width, high * stage.width


def _covered(x: float, base: float, item: Item, placed: list[Item]) -> float:
    """Share of this thing, or of the other, that would overlap; the sum over all that stand already."""
    left, top, right = x - item.width / 2, base - item.height, x + item.width / 2
    total = 0.0
    for other in placed:
        a, b, c, d = other.box
        if other.stance in ("backdrop", "flat", "span"):
            continue
        wide, high = min(right, c) - max(left, a), min(base, d) - max(top, b)
        if wide > 0 and high > 0:
            total += wide * high / max(1.0, min(item.width * item.height, other.width * other.height))
    return total


def _settle(item: Item, stage: Stage) -> None:
    """What follows from the place: depth order, haze, floating, the part under water."""
    item.order = item.base
    afloat = item.stance == "water" and stage.water is not None
    floating = item.stance == "air" or (stage.surface in ("air", "deep") and item.stance != "ground")
    if floating:
        item.grounded, item.order = (
            False,
            -item.height if stage.surface not in ("air", "deep") else item.base - stage.height,
        )
        item.turn = float(stage.rng.normal(0, 5))
        item.far = max(item.far, 0.12)
        return
    item.far = max(
        item.far,
        0.30 * (1 - stage.nearness(item.base)) * stage.haze * 1.6 if item.height > 0.10 * stage.height else 0.2,
    )
    if afloat and item.subject.sprite:
        # Boats come with a piece of sea of their own, animals of the sea show their back.
        item.sunk = SUNK.get(item.subject.sprite) or {"animal-marine": 0.24, "transport-water": 0.10}.get(
            sprites.info(item.subject.sprite).subgroup, 0.0
        )
        item.base += item.sunk * item.height
    if item.stance == "flat":
        item.order = stage.horizon


def _backdrop(item: Item, stage: Stage) -> None:
    """A wall fills the width behind everything, down to the floor."""
    scale = stage.width * 1.02 / item.width
    item.width, item.height = item.width * scale, max(item.height * scale, stage.floor * 1.01)
    item.x, item.base, item.order, item.far = stage.width / 2, float(stage.floor), -1e9, 0.0


def _portrait(item: Item, stage: Stage, wish: float) -> None:
    """A bust that the lower edge cuts."""
    scale = min(0.84 * stage.height / item.height, 0.94 * stage.width / item.width)
    item.width, item.height = item.width * scale, item.height * scale
    item.x, item.base = wish, stage.height + 1.0
    item.order, item.grounded, item.portrait = item.base, False, True
