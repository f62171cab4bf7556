"""What people and animals do with each other and with things: ride, drive, shake hands, fish, breathe fire.

The tables of `vocabulary.toml` say which: `vehicles`, `tools`, `mounts`, `cycles`, `boards`, `in-use`.
"""

from __future__ import annotations

from dataclasses import replace

from gesso.engines.sketch.composition import costumes, sprites
from gesso.engines.sketch.scene import parts
from gesso.engines.sketch.words import vocabulary
from gesso.engines.sketch.words.description import Subject
from gesso.engines.sketch.words.linking import alive, handy, kind, person

AT = ("beside", "before", "on")
COUPLE = "woman-and-man-holding-hands"
PLAIN = {"person": "man", "office-worker": "man"}


def busy(subjects: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """The subjects with what their doing brings along, each thing as it looks in use."""
    subjects = _equipped(_boarded(_armed(_paired(_moved(subjects)))))
    subjects = tuple(_astride(s, subjects) for s in subjects)
    riders = {s.of: s.count for s in subjects if s.relation == "riding"}
    subjects = tuple(replace(s, count=min(s.count, riders.get(i, s.count))) for i, s in enumerate(subjects))
    return tuple(_used_so(s, i, subjects) for i, s in enumerate(subjects))


def _moved(subjects: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """Who skateboards has a skateboard below; people with a bicycle are one figure with it."""
    done = list(subjects)
    for i, who in enumerate(subjects):
        vehicle = vocabulary.inverse("vehicles").get(who.doing)
        own = person(who) and vehicle == "bicycle"
        if vehicle and not own and not who.relation and (person(who) or kind(who.sprite).startswith("animal")):
            done[i] = replace(who, relation="on" if vehicle in vocabulary.words("boards") else "riding", of=len(done))
            done.append(Subject(vehicle, vehicle, count=who.count))
    return tuple(done)


def _equipped(subjects: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """Who fishes has a rod in the hand, unless it is drawn with one."""
    done, busy = list(subjects), {s.of for s in subjects if s.relation == "held"}
    for i, who in enumerate(subjects):
        tool = vocabulary.inverse("tools").get(who.doing, "")
        own = "fisherman" in costumes.role(who.sprite)
        if tool in parts.known() and i not in busy and not own and (person(who) or alive(who)):
            done.append(Subject(tool.replace("-", " "), drawing=tool, relation="held", of=i, count=who.count))
    return tuple(done)


def _boarded(subjects: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """Who teaches at a board stands before it where there is room, not by its frame."""
    boards = {i for i, s in enumerate(subjects) if s.drawing in ("whiteboard", "blackboard")}
    return tuple(
        replace(s, relation="", of=None) if s.of in boards and person(s) and s.relation in AT else s for s in subjects
    )


def _paired(subjects: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """A couple that dances is two who do; two who shake hands, or one with another, are one picture."""
    done: list[Subject] = []
    for who in subjects:
        if who.sprite == COUPLE and who.doing == "dance":
            done += [replace(who, phrase=f"{one} of the couple", sprite=f"{one}-dancing") for one in ("woman", "man")]
        elif who.doing == "shake" and person(who) and done and done[-1].doing == "shake" and who.count == 1:
            done[-1] = replace(done[-1], phrase=f"{done[-1].phrase} and {who.phrase}", sprite=_shaking(done[-1], who))
        elif who.sprite.endswith(sprites.HAND_IN_HAND) and who.count == 2:
            done.append(replace(who, count=1))
        elif who.doing == "shake" and person(who) and who.count == 2:
            done.append(replace(who, sprite=_shaking(who, who), count=1))
        else:
            done.append(who)
    return tuple(done) if len(done) == len(subjects) or not any(s.relation for s in subjects) else subjects


def _shaking(one: Subject, other: Subject) -> str:
    """The name of the figure of two who shake hands."""
    left, right = (s.sprite.removesuffix("-standing").removesuffix("-office-worker") for s in (one, other))
    suit = "suited" if one.sprite.endswith(("office-worker", "tuxedo")) else ""
    right = "woman" if one is other and left == "person" else right
    return "&".join(f"{PLAIN.get(name, name)}{'-' + suit if suit else ''}" for name in (left, right))


def _armed(subjects: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """What a rider's mount is said to have in its hands is in the rider's."""
    done = list(subjects)
    for i, who in enumerate(subjects):
        tray = who.of is not None and who.relation == "on" and alive(who) and handy(subjects[who.of])
        if who.of is not None and tray and subjects[who.of].drawing in parts.known():
            # "serving drinks on a tray"
            done[i] = replace(who, relation="", of=None)
            done[who.of] = replace(subjects[who.of], relation="held", of=i)
    for i, thing in enumerate(subjects):
        riders = [k for k, who in enumerate(subjects) if who.of == thing.of and who.relation in ("on", "riding")]
        if thing.relation == "with" and thing.of is not None and riders and handy(thing):
            done[i] = replace(thing, relation="held", of=riders[0])
    return tuple(done)


def _used_so(subject: Subject, index: int, others: tuple[Subject, ...]) -> Subject:
    """A thing as it looks in use: a broom that is ridden, a kite at its string, chess on its table, breathed fire."""
    held = others[subject.of] if subject.of is not None else None
    relations = [s.relation for s in others if s.of == index] + ([subject.relation] if held else [])
    known = vocabulary.inverse("in-use")
    for relation in relations:
        used = known.get(f"{relation} {subject.drawing or subject.sprite}") or known.get(f"{relation} {subject.phrase}")
        if used:
            drawn = used in parts.known()
            if used == "chess-table" and held and held.count > 1:
                subject = replace(subject, relation="between")
            return replace(subject, sprite="" if drawn else used, drawing=used if drawn else "")
    return (
        replace(subject, relation="held") if subject.relation == "breathed" and subject.sprite != "bubbles" else subject
    )


def _astride(subject: Subject, others: tuple[Subject, ...]) -> Subject:
    """Who is "on" a horse rides it; a bus "with" a bridge drives over it."""
    host = others[subject.of] if subject.of is not None else None
    if host is None or not subject.sprite:
        return subject
    info = sprites.info(subject.sprite)
    mounts = vocabulary.words("mounts" if person(subject) else "cycles")
    if subject.relation == "riding" and host.sprite in vocabulary.words("boards"):
        return replace(subject, relation="on")
    if subject.relation == "on" and host.sprite in mounts and (person(subject) or alive(subject)):
        return replace(subject, relation="riding")
    if subject.relation == "with" and host.drawing == "bridge" and info.subgroup == "transport-ground":
        return replace(subject, relation="on")
    return subject
