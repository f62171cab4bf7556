"""How large each subject is and how it holds itself: life sizes compressed to what a picture shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gesso.engines.sketch.composition import figures, fixtures, sprites, variety
from gesso.engines.sketch.composition.items import ALOFT, Item, handheld
from gesso.engines.sketch.composition.vessels import VESSELS
from gesso.engines.sketch.scene import drawings
from gesso.engines.sketch.scene.stage import Stage
from gesso.engines.sketch.words import vocabulary
from gesso.engines.sketch.words.description import Description, Subject

FILLED = 0.20
"""Share of the picture that many things cover together."""

COMPRESSION = 0.40
"""Exponent that brings a castle and a cat into one picture."""


def whole(subject: Subject, found: Description) -> bool:
    """Whether a head or bust gets its body here; a portrait keeps the bust."""
    alone = [s for s in found.subjects if s.of is None] == [subject]
    return not (found.camera == "close" and alone and subject.count == 1)


GROUNDED = ("stay", "lie", "sit", "run")
HANGING = frozenset({"framed-picture", "mirror", "window"})
"""Sprites that belong on a wall."""

BY = ("before", "beside", "behind", "left-of", "right-of", "under")


def stance_of(subject: Subject) -> str:
    """How a subject belongs in space, by its drawing, its sprite and what it does."""
    base = drawings.body(subject.drawing).stance if subject.drawing else sprites.info(subject.sprite).stance
    if subject.where == "wall" or subject.sprite in HANGING:
        return "wall"
    if subject.action == "air" and base in ("ground", "held", "bust", "face", "sign"):
        return "air"
    if base == "air" and (subject.action in GROUNDED or subject.relation == "on") and subject.sprite not in ALOFT:
        return "ground"
    if subject.sprite == "dragon" and subject.action != "air" and subject.relation in BY:
        return "ground"
    if base == "ground" and subject.action == "water":
        return "water"
    if base == "water" and subject.action == "air":
        return "air"
    return "ground" if base in ("bust", "face") else base


def flies(subject: Subject) -> bool:
    """Whether a subject is in the air, where it needs no room on the ground."""
    return stance_of(subject) == "air"


def vessel(subject: Subject) -> bool:
    """Whether a subject is a boat that floats."""
    if not subject.sprite:
        return False
    return sprites.info(subject.sprite).subgroup == "transport-water" and sprites.info(subject.sprite).stance == "water"


STACKED = ("on", "riding", "hung", "under", "over")
"""Relations in which a thing takes no width of its own."""

CHAIRS = frozenset({"chair", "sofa", "bench", "throne", "swing", "stool", "cushion"})
"""What people sit on, unless they are said to stand."""


def pose_of(subject: Subject, found: Description) -> figures.Pose:
    """How a figure holds itself: seated, lying, or cut at the chest for a portrait."""
    if not subject.sprite:
        return ""
    if not whole(subject, found) and figures.head_only(sprites.portrait(subject.sprite)):
        return "bust"
    host = found.subjects[subject.of] if subject.of is not None and subject.of < len(found.subjects) else None
    if host and subject.relation == "on" and (host.drawing or host.sprite) in CHAIRS and figures.seats(subject.sprite):
        return "sitting" if subject.action in ("", "do", "sit", "stay") and subject.doing != "stand" else ""
    if subject.action == "sit" and figures.seats(subject.sprite) and subject.relation in ("on", "in", ""):
        return "sitting"
    if host and subject.relation == "riding" and host.sprite in DRIVEN:
        return "face"
    if host and subject.relation == "riding" and figures.seats(subject.sprite) and not vessel(host):
        return "astride"
    asleep = subject.doing in ("sleep", "nap", "asleep", "snooze")
    return ("sleeping" if asleep else "lying") if subject.action == "lie" and figures.lies(subject.sprite) else ""


def metres(subject: Subject) -> float:
    """How high a subject is in life."""
    if subject.drawing:
        return drawings.body(subject.drawing).metres
    own = vocabulary.inverse("metres").get(subject.sprite)
    return float(own) if own else figures.metres(subject.sprite)


def _pixels(subject: Subject, cut: bool, pose: figures.Pose) -> tuple[int, int]:
    """Height and width of what is drawn for a subject, with what it holds; of its bust where it is `cut`."""
    if subject.drawing:
        shape = drawings.draw(subject.drawing).shape
    else:
        entire = not cut or pose == "bust" or sprites.info(subject.sprite).stance != "bust"
        shape = figures.figure(subject.sprite, entire, pose).shape
    return int(shape[0]), int(shape[1] + (PROP / 2 * shape[0] if subject.prop else 0))


def things(found: Description, index: int, stage: Stage) -> list[Item]:
    """The items of one subject in relative size (1 = a grown man)."""
    subject, rng = found.subjects[index], stage.rng
    pose = pose_of(subject, found)
    cut = not whole(subject, found)
    driven = subject.relation == "riding" and subject.of is not None and found.subjects[subject.of].sprite in DRIVEN
    if pose == "bust" or cut or (driven and subject.sprite):
        subject = replace(subject, sprite=sprites.portrait(subject.sprite) if subject.sprite else "")
    power = 0.62 if stage.surface == "table" else COMPRESSION
    size = (metres(subject) / 1.7) ** power * subject.scale**0.8 * POSED.get(pose, 1.0)
    stance = fixtures.stance(stance_of(subject), stage)
    if stage.surface == "deep" and vessel(subject):
        stance = "ground"  # under water a ship is a wreck
    if subject.sprite.startswith("oncoming-"):
        size *= 0.8  # it is to fit its road
    if subject.drawing and stance == "span":
        size *= 0.8
    side = bool(rng.random() < 0.5)
    items: list[Item] = []
    # The colours begin anywhere, except where the prompt gives their order.
    first = 0 if subject.palette else int(rng.integers(12))
    for k in range(first, first + subject.count):
        own = variety.one(subject, k, rng)
        rows, columns = _pixels(own, cut, pose)
        aspect = columns / rows / LAID.get(own.drawing or own.sprite, 1.0)
        # A long thing is measured by its length, or a train would be as high as a tower.
        high = size * min(1.0, (1.5 / aspect) ** 0.5) * variety.size(subject, rng)
        flip = (side if rng.random() < 0.8 else not side) and not subject.drawing and not variety.lettered(own)
        items.append(Item(own, index, stance, high * aspect, high, flip=flip, pose=pose))
    return items


LAID: Mapping[str, float] = {
    "pizza": 0.56,
    "whole-pizza": 0.48,
    "cooking": 0.6,
    "shallow-pan-of-food": 0.6,
    "fork-and-knife-with-plate": 0.6,
}
"""Food drawn as seen from above: how much it is foreshortened where it lies."""

PROP = 0.40
"""Height of what a figure holds by nature, in its own."""

DRIVEN = frozenset(
    {"automobile", "taxi", "police-car", "sport-utility-vehicle", "pickup-truck", "racing-car", "tractor", "bus"}
)
"""Vehicles in which one sits behind a window."""

POSED: Mapping[str, float] = {"sitting": 0.82, "astride": 0.82, "lying": 1 - figures.LEGS, "sleeping": 0.56}
"""How high a figure in a pose is beside itself standing."""


def fit(groups: list[list[Item]], found: Description, stage: Stage) -> None:
    """From relative sizes to pixels: the tallest fills its share of the height, a row of all fits the width."""
    things = [item for group in groups for item in group]
    apart = ("backdrop", "flat", "span")
    free = [i for i in things if i.stance not in apart and not _carried(found, i.index)]
    free = [i for i in free if i.subject.where != "scattered"]
    free = [i for i in free if i.subject.where != "far"] or free
    if not free:
        return
    _balance(free)
    unit = _unit(free, found, stage)
    least = min(stage.height, stage.width) * (0.13 if len(free) <= 6 else 0.07)
    for item in things:
        if item.subject.where == "scattered":
            continue
        item.resize(max(unit, least / max(item.height, item.width)))
        item.resize(min(1.0, _highest(item, found, stage) / item.height))


def _highest(item: Item, found: Description, stage: Stage) -> float:
    """The most that a thing may be high, in pixels: what flies has the sky, where there is one."""
    if _lantern(item):
        return LANTERN * stage.height
    if item.stance == "air" and stage.surface not in ("air", "deep") and stage.horizon:
        return 0.72 * stage.horizon
    below = any(s.relation == "over" and s.of == item.index for s in found.subjects)
    return (0.44 if below else 0.84) * stage.height


LANTERN = 0.2
"""Height of the largest lantern that hangs over a street or a garden, in picture heights."""


def _lantern(item: Item) -> bool:
    info = sprites.info(item.subject.sprite) if item.subject.sprite else None
    return item.stance == "air" and info is not None and info.subgroup == "light-video"


def _balance(free: list[Item]) -> None:
    """Nothing so small beside the largest that it is lost."""
    top = max(item.height for item in free)
    for item in free:
        least = (0.42 if item.index == 0 else 0.27) * top
        least *= 1.25 if item.subject.sprite and sprites.info(item.subject.sprite).group == "people-body" else 1.0
        if len(free) <= 6 and item.stance != "span":
            item.resize(max(1.0, least / item.height))


def _unit(free: list[Item], found: Description, stage: Stage) -> float:
    """Pixels for a relative size of one."""
    count = len(free)
    share = {1: 0.54, 2: 0.46, 3: 0.42, 4: 0.38, 5: 0.36}.get(count, max(0.17, 0.80 / count**0.5))
    share *= 1.2 if count == 1 and free[0].width < 0.6 * free[0].height else 1.0
    share *= 1.4 if count == 1 and metres(free[0].subject) > 200 else 1.0
    share *= {"close": 1.35, "wide": 0.62, "aerial": 0.55, "low": 1.15}.get(found.camera, 1.0)
    standing = [item.height / _tiny(item) for item in free if item.stance != "air"]
    tall = max(item.height / _tiny(item) for item in free)
    unit = stage.height * min(share, 0.80) / max(0.50 * tall, max(standing, default=tall))
    if count > 5:
        # Many small things beside a large one leave it its size.
        area = sum(item.width * item.height for item in free)
        unit = max(unit, min((FILLED * stage.width * stage.height / area) ** 0.5, 0.5 * stage.height / tall))
    beside = [item for item in free if found.subjects[item.index].relation not in STACKED] or free
    beside = [item for item in beside if item.stance not in ("air", "wall", "ceiling")] or beside
    row = sum(item.width for item in beside) * unit
    rows = 1.0 if count <= 5 else min(4.0, count / 3)
    room = stage.width * (stage.frame[1] - stage.frame[0]) * 0.94 * rows
    most = 0.62 if stage.surface == "table" or stage.place == "studio" else 0.86
    return min(unit * min(1.0, room / row), stage.width * most / max(item.width for item in free))


def _tiny(item: Item) -> float:
    """What "tiny" made of a size: nothing is drawn large because it is the only thing."""
    return item.subject.scale**0.8 if item.subject.scale <= TINY else 1.0


TINY = 0.46
"""Scale from which a thing is small in its picture, not only beside others."""


def _carried(found: Description, index: int) -> bool:
    """Whether a subject is held, worn or contained by another, and so takes no room of its own."""
    subject = found.subjects[index]
    if subject.of is None or subject.of >= len(found.subjects):
        return False
    host = found.subjects[subject.of]
    return (
        subject.relation in ("held", "worn", "of", "breathed")
        or (subject.relation == "in" and (host.sprite or host.drawing) in VESSELS)
        or (subject.relation == "with" and ((host.sprite or host.drawing) in VESSELS or handheld(subject, host)))
    )
