"""Where each subject stands and how large: sizes in life compressed to what a picture can show, places by word and relation."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gesso.engines.sketch import figures, sprites
from gesso.engines.sketch.prompt import Description, Subject
from gesso.engines.sketch.scene import drawings
from gesso.engines.sketch.scene.stage import Stage

CANDIDATES = 48
"""Places that are tried for each thing."""

COMPRESSION = 0.40
"""Exponent that brings a castle and a cat into one picture."""

HELD_SIZE = 0.42
SUNK = {"sailboat": 0.16, "ship": 0.12, "passenger-ship": 0.10, "motor-boat": 0.12, "speedboat": 0.12, "ferry": 0.12}
"""Share of a boat's sprite that is water."""

SEATS = {"couch-and-lamp": 0.72, "bed": 0.45, "chair": 0.55}
"""Where one sits on a piece of furniture, from its top."""

VESSELS = frozenset({"amphora", "bowl-with-spoon", "basket", "potted-plant", "jar", "bucket", "pot-of-food", "cup-with-straw", "glass-of-milk", "nest-with-eggs", "teacup-without-handle", "shopping-cart", "canoe", "bento-box"})


@dataclass(slots=True)
class Item:
    """One thing to draw: `x` is its middle and `base` its lowest row, pixels; `far` 0..1 hazes it; `order` sorts back to front."""

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
    parts: list[Item] = field(default_factory=list)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return self.x - self.width / 2, self.base - self.height, self.x + self.width / 2, self.base


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
                _relate(item, host[k % len(host)], relation, k, len(groups[i]), stage)
            else:
                _place(item, k, len(groups[i]), placed, found, stage)
            placed.append(item)
    return sorted(placed, key=lambda item: item.order)


def whole(subject: Subject, found: Description) -> bool:
    """Whether a head or bust gets its body here; a portrait keeps the bust."""
    return not (found.camera == "close" and len(found.subjects) == 1 and subject.count == 1)


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
    pixels = drawings.draw(subject.drawing) if subject.drawing else figures.figure(subject.sprite, whole(subject, found))
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
    items: list[Item] = []
    for _ in range(subject.count):
        own = size * float(rng.uniform(0.92, 1.08) if subject.count > 1 else 1.0)
        flip = side if rng.random() < 0.8 else not side
        items.append(Item(subject, index, stance, own * aspect, own, flip=flip and not subject.drawing))
    return items


def _fit(groups: list[list[Item]], found: Description, stage: Stage) -> None:
    """From relative sizes to pixels: the tallest fills its share of the height, a row of all fits the width."""
    free = [item for i, group in enumerate(groups) for item in group if not _carried(found, i) and item.stance not in ("backdrop", "flat")]
    if not free:
        return
    top = max(item.height for item in free)
    for item in free:
        least = (0.42 if item.index == 0 else 0.27) * top
        if item.height < least and item.stance != "span" and len(free) <= 6:
            item.width, item.height = item.width * least / item.height, least
        if item.stance == "air" and stage.surface not in ("air", "deep") and item.height > 0.6 * top:
            item.width, item.height = item.width * 0.72, item.height * 0.72
    count = len(free)
    share = {1: 0.54, 2: 0.46, 3: 0.42, 4: 0.38, 5: 0.36}.get(count, max(0.17, 0.80 / count**0.5))
    share *= {"close": 1.35, "wide": 0.62, "aerial": 0.55, "low": 1.15}.get(found.camera, 1.0)
    share = min(share, 0.80)
    tall = max(item.height for item in free)
    floor = max(0.50, min(1.0, max(item.height * 1.0 for item in free if item.stance != "air") / tall if any(item.stance != "air" for item in free) else 1.0))
    unit = stage.height * share / (tall * floor)
    row = sum(item.width for item in free) * unit
    room = stage.width * (stage.frame[1] - stage.frame[0]) * (0.94 if count <= 5 else 0.94 * min(3.0, count / 4))
    unit *= min(1.0, room / row)
    unit = min(unit, stage.width * 0.86 / max(item.width for item in free))
    least = min(stage.height, stage.width) * (0.13 if count <= 6 else 0.085)
    for group in groups:
        for item in group:
            scale = max(unit, least / max(item.height, item.width))
            item.width, item.height = item.width * scale, item.height * scale
            top = stage.height * 0.84
            if item.height > top:
                item.width, item.height = item.width * top / item.height, top


def _carried(found: Description, index: int) -> bool:
    """Whether a subject is held, worn or contained by another, and so takes no room of its own."""
    subject = found.subjects[index]
    if subject.of is None or subject.of >= len(found.subjects):
        return False
    host = found.subjects[subject.of]
    return subject.relation in ("held", "worn", "in", "of") or (subject.relation == "with" and (host.sprite in VESSELS or _handheld(subject, host)))


def _handheld(subject: Subject, host: Subject) -> bool:
    person = bool(host.sprite) and sprites.info(host.sprite).group == "people-body"
    return person and bool(subject.sprite) and sprites.info(subject.sprite).stance == "held" and subject.count == 1


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
    if whole(item.subject, found) is False and item.subject.sprite and sprites.info(item.subject.sprite).stance == "bust":
        _portrait(item, stage, wish)
        return
    best: tuple[float, float, float] | None = None
    for _ in range(CANDIDATES):
        x = wish + float(rng.normal(0, 0.16 if count > 1 or found.subjects[1:] else 0.05)) * stage.width
        low, high = _frame(item, stage)
        x = float(np.clip(x, low + item.width * 0.52, high - item.width * 0.52)) if item.width < high - low else (low + high) / 2
        base = _base(item, depth, stage)
        cost = abs(x - wish) / stage.width * 0.9 + _covered(x, base, item, placed) * 4
        if best is None or cost < best[0]:
            best = (cost, x, base)
    assert best is not None
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
    total = len(found.subjects)
    if total == 1:
        return left + (right - left) * (0.5 + 0.09 * float(stage.rng.choice([-1.0, 0.0, 1.0])))
    return left + (right - left) * (0.16 + 0.68 * ((item.index * 0.618 + 0.42) % 1.0))


def _frame(item: Item, stage: Stage) -> tuple[float, float]:
    """The columns a thing may take; the air and the sea are free where the ground is not."""
    low, high = stage.frame if item.stance not in ("air", "water") else (0.0, 1.0)
    return low * stage.width, high * stage.width


def _base(item: Item, depth: float, stage: Stage) -> float:
    """The row of a thing's foot."""
    rng, height = stage.rng, stage.height
    if stage.surface in ("air", "deep") and item.stance != "flat" and not (stage.surface == "deep" and item.stance in ("ground", "held")):
        return float(rng.uniform(0.5, 0.82) * height) if item.height > 0.4 * height else float(item.height + rng.uniform(0.06, 0.92) * max(1.0, 0.94 * height - item.height))
    if item.stance == "air":
        top, low = 0.05 * height + item.height, max(0.10 * height + item.height, min(stage.horizon, 0.62 * height))
        return float(rng.uniform(top, max(top + 1, low)))
    if item.stance == "water" and stage.water:
        first, last = stage.water
        last = min(last, int(height * 0.96))
        deep = 0.18 + 0.62 * depth
        return float(first + (last - first) * np.clip(deep + rng.uniform(-0.12, 0.12), 0.06, 1))
    near = height * 0.95
    return float(np.clip(stage.floor + (near - stage.floor) * (depth + rng.uniform(-0.10, 0.10)), stage.floor, height * 0.985))


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
        item.grounded, item.order = False, -item.height if stage.surface not in ("air", "deep") else item.base - stage.height
        item.turn = float(stage.rng.normal(0, 5))
        item.far = max(item.far, 0.12)
        return
    item.far = max(item.far, 0.30 * (1 - stage.nearness(item.base)) * stage.haze * 1.6 if item.height > 0.10 * stage.height else 0.2)
    if afloat and item.subject.sprite:
        # Boats come with a piece of sea of their own, animals of the sea show their back.
        item.sunk = SUNK.get(item.subject.sprite) or {"animal-marine": 0.24, "transport-water": 0.10}.get(sprites.info(item.subject.sprite).subgroup, 0.0)
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


def _relate(item: Item, host: Item, relation: str, k: int, count: int, stage: Stage) -> None:
    """Place a thing by another that stands already."""
    side = -1.0 if host.x > stage.width * 0.55 else 1.0 if host.x < stage.width * 0.45 else float(stage.rng.choice([-1.0, 1.0]))
    spread = (k - (count - 1) / 2) if count > 1 else 0.0
    item.order, item.far, item.grounded = host.order + 0.5, host.far, False
    handler = {"on": _on, "riding": _riding, "held": _held, "worn": _worn, "of": _inside, "in": _inside, "over": _over}.get(relation)
    if relation == "with" and host.subject.sprite in VESSELS:
        handler = _inside
    if relation == "with" and _handheld(item.subject, host.subject):
        handler = _held
    if handler is _inside and host.subject.sprite not in VESSELS:
        handler = None if relation != "in" or host.stance != "water" else _on
    if handler is not None:
        handler(item, host, spread, side)
        return
    step = (host.width + item.width) / 2
    item.grounded = host.grounded or item.stance != "air"
    if relation in ("left-of", "right-of"):
        side = -1.0 if relation == "left-of" else 1.0
    if relation in ("before", "behind", "under", "among"):
        step *= 0.30 if relation != "under" else 0.12
    item.x = host.x + side * (step * 1.06 + abs(spread) * item.width * 1.02) if relation not in ("under", "before", "behind", "among") else host.x + side * step + spread * item.width * 1.05
    nearer = {"before": 0.10, "under": 0.05, "behind": -0.06, "among": 0.06}.get(relation, 0.0) * stage.height
    item.base = float(np.clip(host.base + nearer, item.height * 0.6, stage.height * 0.985)) if host.grounded or nearer else host.base
    if host.stance == "air" and item.stance != "air":
        item.base = _base(item, 0.5, stage)
    item.order = item.base + (0.5 if nearer >= 0 else -0.5)
    item.x = float(np.clip(item.x, item.width * 0.5, max(item.width * 0.5, stage.width - item.width * 0.5)))


def _on(item: Item, host: Item, spread: float, side: float) -> None:
    """On the seat of furniture, the back of an animal, the roof of a house."""
    info = sprites.info(host.subject.sprite) if host.subject.sprite else None
    seat = 0.06
    if info is not None:
        seat = SEATS.get(host.subject.sprite) or {"household": 0.46, "animal-mammal": 0.30, "transport-ground": 0.10, "transport-water": 0.35, "dishware": 0.5}.get(info.subgroup, 0.08)
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
        item.x, item.base, item.order = host.x + side * host.width * 0.30, host.base - host.height * 0.52, host.order - 0.5
        return
    scale = HELD_SIZE * host.height / max(item.height, item.width)
    item.width, item.height = item.width * scale, item.height * scale
    item.x, item.base = host.x + side * host.width * 0.42 + spread * item.width, host.base - host.height * 0.18


def _worn(item: Item, host: Item, spread: float, side: float) -> None:
    scale = host.width * 0.62 / item.width
    item.width, item.height = item.width * scale, item.height * scale
    item.x, item.base = host.x, host.base - host.height * 0.86


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
