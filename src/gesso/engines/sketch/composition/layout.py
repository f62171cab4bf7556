"""Where each subject stands and how large: life sizes compressed to what a picture shows, places by word."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gesso.engines.sketch.composition import fixtures, framing, settling, sizing, sprites
from gesso.engines.sketch.composition.items import Item, base_row
from gesso.engines.sketch.composition.relations import between, relate
from gesso.engines.sketch.scene.stage import Stage
from gesso.engines.sketch.words.description import Description, Subject

CANDIDATES = 48
"""Places that are tried for each thing."""

LEANS = {"left-of": 0.70, "right-of": 0.30, "beside": 0.36}
"""Where a thing stands by which another is to be placed, so that there is room on that side."""

CROWDED = 0.10
"""Overlap of things that stand by chance, as a share of the smaller, from which all are drawn smaller instead."""

SMALLER = (1.0, 0.86, 0.74, 0.62, 0.52)
"""Sizes that are tried until nothing overlaps by accident."""


def arrange(found: Description, stage: Stage) -> list[Item]:
    """Every thing of a description, placed, in the order to draw them."""
    groups = [sizing.things(found, i, stage) for i in range(len(found.subjects))]
    sizing.fit(groups, found, stage)
    best: tuple[float, list[Item]] | None = None
    for share in SMALLER:
        placed, overlap = _attempt([[_sized(item, share) for item in group] for group in groups], found, stage)
        if best is None or overlap < best[0] - 0.05:
            best = overlap, placed
        if overlap <= CROWDED:
            break
    items = best[1] if best else []
    if not fixtures.gridded(found, stage):
        framing.frame(items, found, stage)
        settling.downhill(items, stage)
        settling.surfaced(items, stage)
    return sorted(items, key=lambda item: item.order)


def _sized(item: Item, share: float) -> Item:
    copy = replace(item)
    copy.resize(share if item.subject.where != "scattered" else 1.0)
    return copy


def _attempt(groups: list[list[Item]], found: Description, stage: Stage) -> tuple[list[Item], float]:
    """All items placed once, and how much of them overlaps without being told to."""
    placed: list[Item] = []
    overlap = 0.0
    for i in _order(found):
        subject = found.subjects[i]
        hosts = groups[subject.of] if subject.of is not None and subject.relation else []
        first, of_all = _slots(found, i)
        for k, item in enumerate(groups[i]):
            if subject.where == "scattered":
                framing.scatter(item, k, len(groups[i]), stage)
            elif hosts and subject.relation == "between":
                between(item, _pillars(found, groups, subject), first + k, of_all)
            elif hosts and hosts[k % len(hosts)].base and hosts[0].stance != "backdrop":
                n = len(hosts)
                relate(item, hosts[(first + k) % n], subject.relation, (first + k) // n, -(-of_all // n), stage)
            elif fixtures.gridded(found, stage):
                fixtures.cell(item, k, found, stage)
            else:
                overlap = max(overlap, _place(item, k, len(groups[i]), placed, found, stage))
            placed.append(item)
    return placed, overlap


def _slots(found: Description, index: int) -> tuple[int, int]:
    """Which of all things in the same relation to the same host a subject's first one is, and how many they are."""
    subject = found.subjects[index]
    if subject.of is None:
        return 0, subject.count
    same = [i for i, s in enumerate(found.subjects) if (s.of, s.relation) == (subject.of, subject.relation)]
    if subject.relation in ("held", "worn", "with"):
        return 0, subject.count
    return sum(found.subjects[i].count for i in same if i < index), sum(found.subjects[i].count for i in same)


def _pillars(found: Description, groups: list[list[Item]], subject: Subject) -> list[Item]:
    """What a thing stands between: several of a kind, or one and the next one named."""
    of = subject.of or 0
    hosts = groups[of]
    following = found.subjects[of + 1] if of + 1 < len(groups) else None
    return hosts + groups[of + 1] if len(hosts) == 1 and following and following.of is None else hosts


def _order(found: Description) -> list[int]:
    """Hosts before what refers to them; what is put to a side before those that can make room for it."""
    done: list[int] = []
    waiting = sorted(range(len(found.subjects)), key=lambda i: found.subjects[i].where not in OPPOSITE)
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
    if where in ("back", "far"):
        return 0.06
    if item.subject.sprite.startswith("oncoming-"):
        return 0.80  # where the road is wide enough for it
    metres = sizing.metres(item.subject)
    alone = len({s.phrase for s in found.subjects}) == 1
    if alone and item.subject.count <= 5:
        return 0.52
    return 0.16 if metres > 6 else 0.50 if metres > 1.2 else 0.72


def _place(item: Item, k: int, count: int, placed: list[Item], found: Description, stage: Stage) -> float:
    """Try places and keep the one that best meets the wish and covers least of the others; how much it covers."""
    rng = stage.rng
    depth = _depth(item, found, stage)
    _nearer_or_farther(item, stage)
    if item.stance == "backdrop":
        settling.backdrop(item, stage)
        return 0.0
    if item.stance == "span":
        settling.span(item, depth, stage, any(s.of == item.index and s.relation == "on" for s in found.subjects))
        return 0.0
    wish = _wish(item, k, count, found, stage)
    if fixtures.fixed(item, wish, stage):
        return 0.0
    if not sizing.whole(found.subjects[item.index], found) and item.subject.sprite and _has_bust(item):
        settling.portrait(item, stage, wish)
        return 0.0
    best = (np.inf, wish, float(stage.floor), 0.0)
    row: float | None = _row(item, placed)
    for _ in range(CANDIDATES):
        if item.subject.where == "row":
            base = row if row is not None else base_row(item, depth, stage)
            best = 0.0, wish, base, _covered(wish, base, item, placed)
            break
        x = wish + float(rng.normal(0, 0.16 if count > 1 or found.subjects[1:] else 0.05)) * stage.width
        low, high = _frame(item, stage)
        x = (
            float(np.clip(x, low + item.width * 0.52, high - item.width * 0.52))
            if item.width < high - low
            else (low + high) / 2
        )
        base = row if row is not None else _foot(item, depth, found, stage)
        covered = _covered(x, base, item, placed)
        cost = abs(x - wish) / stage.width * 0.9 + covered * 4
        if cost < best[0]:
            best = (cost, x, base, covered)
    _, item.x, item.base, covered = best
    settling.settle(item, stage)
    return covered


def _nearer_or_farther(item: Item, stage: Stage) -> None:
    """The size that the words of place give a thing."""
    match item.subject.where:
        case "back":
            item.resize(0.6)
            item.far = 0.45
        case "far":
            settling.distant(item, stage)
        case "front":
            item.resize(max(1.0, min(0.40 * stage.height / item.height, 0.5 * stage.width / item.width)))
        case _:
            pass


def _foot(item: Item, depth: float, found: Description, stage: Stage) -> float:
    """A row to try for a thing's foot."""
    if item.subject.where == "far":
        return settling.distant_row(item, stage)
    own = fixtures.row(item, stage)
    if own is not None:
        return own
    if stage.surface == "air" and any(s.relation == "over" and s.of == item.index for s in found.subjects):
        return 0.95 * stage.height
    return base_row(item, depth, stage)


def _row(item: Item, placed: list[Item]) -> float | None:
    """The row of those that stand "in a row" already."""
    same = [other.base for other in placed if other.index == item.index]
    return same[0] if same and item.subject.where == "row" else None


def _has_bust(item: Item) -> bool:
    info = sprites.info(item.subject.sprite)
    return info.stance in ("bust", "face") and (
        info.stance == "bust" or item.pose == "bust" or info.group == "animals-nature"
    )


def _wish(item: Item, k: int, count: int, found: Description, stage: Stage) -> float:
    """The column a thing should stand in."""
    left, right = _frame(item, stage)
    if (beside := fixtures.shoulder(item, k, stage)) is not None:
        return stage.width * beside
    free = [found.subjects[i] for i in _free(found)]
    sides = _sides(found)
    crowd = len(sides) == 1 and any(s.count > 2 for s in free)
    where = (BESIDE_MANY if crowd else SIDES).get(item.subject.where)
    shared = not item.subject.where and len(free) > 1
    if count > 1 and not (shared and sum(s.count for s in free) <= MOST_SLOTS):
        middle = where if where is not None else MANY_BESIDE[next(iter(sides))] if crowd else 0.5
        spread = 0.42 if where is not None else 0.62 if crowd else 0.82
        return left + (right - left) * (middle + spread * ((k + 0.5) / count - 0.5))
    share = where if where is not None else _share(item, k, found)
    if share is not None:
        return left + (right - left) * share
    total = len(found.subjects)
    if total == 1:
        return left + (right - left) * (0.5 + 0.09 * float(stage.rng.choice([-1.0, 0.0, 1.0])))
    return left + (right - left) * (0.16 + 0.68 * ((item.index * 0.618 + 0.42) % 1.0))


SIDES = {"left": 0.24, "right": 0.76, "centre": 0.5}
BESIDE_MANY, MANY_BESIDE = {"left": 0.13, "right": 0.87, "centre": 0.5}, {"left": 0.62, "right": 0.38}
"""Where a thing stands that is put to a side, alone or beside a crowd; and the middle of that crowd, by the side."""


def _share(item: Item, k: int, found: Description) -> float | None:
    """The share of the width at which the company of a thing makes it stand."""
    for other in found.subjects:
        if other.of == item.index and other.relation == "between":
            return 0.22
        if other.relation == "between" and other.of == item.index - 1 and item.subject.relation == "":
            return 0.78
        if other.of == item.index and other.relation in LEANS:
            return LEANS[other.relation]
    free = [found.subjects[i] for i in _free(found)]
    sides = _sides(found)
    if len(sides) == 1 and len(free) == 1 and item.subject is free[0]:
        return OPPOSITE[sides.pop()]
    return _slot(item, k, found)


OPPOSITE = {"left": 0.66, "right": 0.34}
"""Where a thing stands whose only company is on one side, by that side."""

MOST_SLOTS = 7
"""Things that share the width evenly; more of them find places by trial."""


def _free(found: Description) -> list[int]:
    """Those that stand on the ground for themselves, where the prompt leaves it open."""
    return [i for i, s in enumerate(found.subjects) if s.of is None and not s.where and not sizing.flies(s)]


def _sides(found: Description) -> set[str]:
    """The sides that the prompt puts something to."""
    return {s.where for s in found.subjects} & OPPOSITE.keys()


def _slot(item: Item, k: int, found: Description) -> float | None:
    """The share of the width that a thing gets beside the others that stand for themselves, in the order named."""
    free = _free(found)
    number = sum(found.subjects[i].count for i in free)
    if item.index not in free or len(free) < 2 or number > MOST_SLOTS:
        return None
    before = sum(found.subjects[i].count for i in free if i < item.index)
    return 0.08 + 0.84 * (before + k + 0.5) / number


def _frame(item: Item, stage: Stage) -> tuple[float, float]:
    """The columns a thing may take; the air and the sea are free where the ground is not."""
    low, high = stage.frame if item.stance not in ("air", "water") else (0.0, 1.0)
    if stage.surface == "coast" and item.stance == "water":
        low, high = (0.0, stage.frame[0] - 0.1) if stage.frame[0] > 1 - stage.frame[1] else (stage.frame[1] + 0.1, 1.0)
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
