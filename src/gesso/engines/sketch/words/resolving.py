"""The last pass over a description: what the things together mean, once all of them are read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from gesso.engines.sketch.composition import sprites
from gesso.engines.sketch.words import guises, lexicon, vocabulary
from gesso.engines.sketch.words.company import considered, shown, surplus
from gesso.engines.sketch.words.description import Description, Subject
from gesso.engines.sketch.words.hints import forms
from gesso.engines.sketch.words.linking import alive
from gesso.engines.sketch.words.staging import SPACECRAFT, furnished, staged

BODIES = ("man-standing", "woman-standing", "person-standing")
FOLIAGE = {"autumn": (224, 130, 46), "winter": (214, 226, 238)}
"""A tree's colour in a season other than its green ones."""

LEAVES = ("fallen-leaf", "leaf-fluttering-in-wind", "herb", "maple-leaf")
STONE = (176, 172, 166)
PAVEMENT = (70, 70, 78)
"""The ground before a wall at night."""

ONCOMING = {name: f"oncoming-{name}" for name in ("automobile", "bus", "taxi", "police-car")}
"""Vehicles that there is a view of from the front."""


BIKERS = {name: name.replace("standing", "biking") for name in BODIES}
ORBS = ("full-moon", "crescent-moon", "ringed-planet")
OPENINGS = ("window", "door")
"""Parts that every building shows."""


def resolved(found: Description) -> Description:
    """The description without what is ruled out or shown already, its people as they act, its places settled."""
    found = staged(considered(furnished(_climate(found))))
    subjects, taken = guises.disguised(found.subjects)
    found = _without(replace(found, subjects=subjects), taken)
    busy = {subject.of for subject in found.subjects if subject.relation == "held"}
    found = replace(found, subjects=tuple(_acting(s, i in busy) for i, s in enumerate(found.subjects)))
    found = _without(found, {i for i, s in enumerate(found.subjects) if forms(s.phrase) & found.negated})
    found = _without(found, surplus(found) | set(_shown_already(found.subjects)))
    found = _mounted(found)
    found = replace(found, subjects=tuple(_in_place(subject, found) for subject in found.subjects))
    found = replace(found, subjects=_carved(found.subjects))
    return _across(_settled(_borne(found)))


def _acting(subject: Subject, busy: bool) -> Subject:
    """A person who walks, runs or dances has a figure of that; who fishes has a rod."""
    tool = vocabulary.inverse("tools").get(subject.doing, "")
    if tool and tool in sprites.known() and not busy and not subject.prop and alive(subject):
        subject = replace(subject, prop=tool)
    if subject.sprite == "bird" and subject.action == "air":
        return replace(subject, sprite="gull")  # the bird sits
    act = vocabulary.inverse("acts").get(f"{subject.sprite} {subject.doing}")
    if act:
        return replace(subject, sprite="", drawing=act)
    ending = vocabulary.inverse("doing").get(subject.doing)
    name = f"{subject.sprite.removesuffix('-standing')}-{ending}" if ending and subject.sprite in BODIES else ""
    return replace(subject, sprite=name) if name in sprites.names() else subject


def _mounted(found: Description) -> Description:
    """Who rides a bicycle is one figure with it."""
    ridden = {i: s.of for i, s in enumerate(found.subjects) if s.relation == "riding" and s.sprite in BIKERS}
    bicycles = {i: of for i, of in ridden.items() if of is not None and found.subjects[of].sprite == "bicycle"}
    riders = [
        replace(s, sprite=BIKERS[s.sprite], relation="", of=None) if i in bicycles else s
        for i, s in enumerate(found.subjects)
    ]
    return _without(replace(found, subjects=tuple(riders)), set(bicycles.values()))


def _in_place(subject: Subject, found: Description) -> Subject:
    """A leaf in a pond is a water lily's; a tree has its season's colour."""
    if subject.sprite in LEAVES and {"pond", "lake", "river"} & set(found.places):
        return replace(subject, sprite="", drawing="lily-pad")
    if subject.sprite == "deciduous-tree" and subject.colour is None and found.season in FOLIAGE:
        return replace(subject, colour=FOLIAGE[found.season])
    return subject


def _shown_already(subjects: tuple[Subject, ...]) -> Iterable[int]:
    """Parts that their whole shows: the candles of a birthday cake, the singer's microphone, a castle's windows."""
    built = any(s.sprite and sprites.info(s.sprite).subgroup == "place-building" for s in subjects)
    for i, subject in enumerate(subjects):
        if built and subject.sprite in OPENINGS and subject.relation in ("", "with"):
            yield i
            continue
        host = subjects[subject.of] if subject.of is not None and subject.relation in ("with", "held", "worn") else None
        if host and shown(subject, host):
            yield i


def _without(found: Description, gone: set[int]) -> Description:
    """A description without some subjects; references to them end, others are renumbered."""
    if not gone:
        return found
    new = {old: i for i, old in enumerate(i for i in range(len(found.subjects)) if i not in gone)}
    kept: list[Subject] = []
    for i in new:
        subject = found.subjects[i]
        of = new.get(subject.of) if subject.of is not None else None
        kept.append(replace(subject, of=of, relation=subject.relation if of is not None else ""))
    letterings = tuple(replace(t, on=new.get(t.on) if t.on is not None else None) for t in found.letterings)
    return replace(found, subjects=tuple(kept), letterings=letterings)


def _borne(found: Description) -> Description:
    """What bears the texts: somebody's sign is held before the body; a sign alone stands or hangs somewhere."""
    letterings = tuple(
        replace(t, carrier="label") if t.carrier == "sign" and t.on is not None and _who(found, t.on) else t
        for t in found.letterings
    )
    found = replace(found, letterings=letterings)
    if not found.places and any(s.sprite and _boat(s.sprite) for s in found.subjects):
        wrecked = any(s.phrase == "shipwreck" for s in found.subjects)
        return replace(found, places=("underwater" if wrecked else "sea",))
    if not found.places and any(s.sprite in ORBS for s in found.subjects):
        away = any(s.sprite in SPACECRAFT for s in found.subjects)
        found = replace(found, places=("galaxy" if away else "sky",), time=found.time or "night")
        found = replace(found, features=found.features | {"no-sun"})
    if found.subjects or found.places or not letterings:
        return found
    match letterings[0].carrier:
        case "neon" | "graffiti":
            return replace(found, subjects=(Subject("wall", drawing="wall"),), places=("studio",), backdrop=PAVEMENT)
        case "sign":
            return replace(found, places=("hills",))
        case "poster":
            return replace(found, subjects=tuple(_illustrations(letterings[0].text)))
        case _:
            return found


def _boat(sprite: str) -> bool:
    return sprites.info(sprite).subgroup == "transport-water" and sprites.info(sprite).stance == "water"


def _who(found: Description, index: int) -> bool:
    return 0 <= index < len(found.subjects) and alive(found.subjects[index])


def _illustrations(text: str) -> Iterable[Subject]:
    """What a poster shows that has only words: the last of them that is a thing."""
    for word in reversed(text.lower().split()):
        match = lexicon.lookup(word) if lexicon.is_noun(word) else None
        if match and match.sprite and not match.drawing and match.score >= 0.7:
            yield Subject(word, match.sprite, scale=match.scale)
            return


def _carved(subjects: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """A statue of something is that thing in stone on a pedestal."""
    carved = list(subjects)
    for i, subject in enumerate(subjects):
        if subject.relation == "of" and subject.of is not None and subjects[subject.of].drawing == "statue":
            carved[i] = replace(subject, relation="on", colour=STONE, palette=())
            carved[subject.of] = replace(subjects[subject.of], drawing="pedestal")
    return tuple(carved)


def _climate(found: Description) -> Description:
    """Snow-covered ground is winter's."""
    return replace(found, season="winter") if "snowfield" in found.places and not found.season else found


def _settled(found: Description) -> Description:
    """A city is a street for who stands in it and a skyline from afar; texts are borne by things that are there."""
    stands = any(
        alive(s) or (s.sprite and sprites.info(s.sprite).subgroup == "transport-ground") for s in found.subjects
    )
    flying = bool(found.subjects) and all(s.action == "air" for s in found.subjects)
    city = "street" if stands and not flying else "skyline"
    if found.subjects and not found.places and all(s.sprite == "balloon" for s in found.subjects):
        found = replace(found, places=("sky",))
    places = tuple(dict.fromkeys(city if place == "city" else place for place in found.places))
    count = len(found.subjects)
    letterings = tuple(
        replace(t, on=t.on if t.on is not None and 0 <= t.on < count else None) for t in found.letterings
    )
    return replace(found, places=places, letterings=letterings)


def _across(found: Description) -> Description:
    """Vehicles on a road that runs into the depth come towards us where there is a view of that."""
    ground = [s for s in found.subjects if s.sprite and sprites.info(s.sprite).subgroup == "transport-ground"]
    ground = [s for s in ground if "wheelchair" not in s.sprite]
    alone = (
        "across" not in found.features
        and sum(s.count for s in ground) == 1
        and not ground[0].relation
        and ground[0].doing != "park"
    )
    if alone and ground[0].sprite in ONCOMING and {"road", "street"} & set(found.places):
        subjects = tuple(replace(s, sprite=ONCOMING[s.sprite]) if s is ground[0] else s for s in found.subjects)
        return replace(found, subjects=subjects)
    return replace(found, features=found.features | {"across"}) if ground else found
