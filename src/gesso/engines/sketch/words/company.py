"""What the things of a description mean to each other: colours lent, fires, what a room or a logo leaves out."""

from __future__ import annotations

from dataclasses import replace

from gesso.engines.sketch.composition import costumes, sprites
from gesso.engines.sketch.words import doings, lexicon, vocabulary
from gesso.engines.sketch.words.description import Description, Subject
from gesso.engines.sketch.words.linking import alive, kind, person

WHITE, CLAY = (250, 250, 250), (196, 104, 72)


def considered(found: Description) -> Description:
    """The description with what follows from the company that its things keep."""
    found = replace(found, subjects=doings.busy(_lent(found.subjects)))
    found = replace(found, subjects=tuple(_aloft(s, found) for s in found.subjects))
    found = _at_work(_burning(replace(found, subjects=_assorted(found.subjects))))
    if any(s.drawing == "fireworks" for s in found.subjects) and not found.time:
        found = replace(found, time="night")
    return _emblem(_seated(found))


def shown(subject: Subject, host: Subject) -> bool:
    """Whether a thing is a part that its whole shows: the candles of a birthday cake, a snowman's scarf."""
    if subject.drawing and subject.colour:
        return False  # a viking's red beard is not the one of his picture
    included = vocabulary.lists("includes")
    own = {*included.get(host.sprite, ()), *included.get(costumes.role(host.sprite), ())}
    return bool({subject.sprite, subject.drawing, lexicon.lemma(subject.phrase)} - {""} & own)


def _lent(subjects: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """The colour of a part that its whole shows goes to the whole: "a snowman with a red scarf"."""
    lent = list(subjects)
    for part in subjects:
        if part.of is not None and part.colour and shown(part, lent[part.of]):
            host = lent[part.of]
            lent[part.of] = replace(host, parts=(*host.parts, (part.sprite, part.colour)))
    return tuple(lent)


def _aloft(subject: Subject, found: Description) -> Subject:
    """Birds in the sky fly."""
    bird = kind(subject.sprite) == "animal-bird" and not subject.action and not subject.relation
    return replace(subject, action="air", doing="fly") if bird and "sky" in found.places else subject


def _assorted(subjects: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """ "Fruit" is one each of several kinds."""
    kinds = vocabulary.lists("assorted")
    first = [_kind_of(s, kinds[s.phrase][0], s.phrase) if s.phrase in kinds else s for s in subjects]
    more = [
        _kind_of(subject, name, name.replace("-", " "))
        for subject in subjects
        for name in kinds.get(subject.phrase, ())[1:]
    ]
    return (*first, *more)


def _kind_of(subject: Subject, name: str, phrase: str) -> Subject:
    """One of several kinds, by the name of its sprite or drawing."""
    drawn = name not in sprites.names()
    return replace(subject, phrase=phrase, sprite="" if drawn else name, drawing=name if drawn else "", count=1)


def _at_work(found: Description) -> Description:
    """Who cooks is in a kitchen; who writes "in a notebook" has it in the hand."""
    fire = any(s.drawing == "campfire" or s.sprite == "fire" for s in found.subjects)
    cooks = not fire and any(s.doing in ("bake", "cook") and person(s) for s in found.subjects)
    subjects = list(found.subjects)
    for i, who in enumerate(found.subjects):
        thing = found.subjects[who.of] if who.of is not None and who.relation in ("in", "on") else None
        if who.of is not None and thing and (person(who) or alive(who)) and _used(thing) and who.action != "lie":
            subjects[i] = replace(who, relation="", of=None)
            subjects[who.of] = replace(thing, relation="held", of=i)
        elif who.of is not None and thing and thing.sprite == "pot-of-food" and _plant(who):
            subjects[who.of] = replace(thing, sprite="bucket", colour=thing.colour or CLAY)
        elif (
            who.of is not None
            and who.relation == "held"
            and subjects[who.of].prop
            and kind(who.sprite) == kind(subjects[who.of].prop)
        ):
            subjects[who.of] = replace(subjects[who.of], prop="")  # a musician with a saxophone has no guitar
    return replace(found, subjects=tuple(subjects), places=found.places or (("room", "kitchen") if cooks else ()))


def _plant(subject: Subject) -> bool:
    return kind(subject.sprite).startswith("plant")


def _used(thing: Subject) -> bool:
    """Whether one works "in" or "on" a thing by having it in the hands."""
    return bool(thing.sprite) and sprites.info(thing.sprite).subgroup in ("book-paper", "computer", "phone")


def _burning(found: Description) -> Description:
    """What burns has a fire before it."""
    alight = [i for i, s in enumerate(found.subjects) if s.doing == "burn" and s.sprite and not _flame(s)]
    fires = tuple(Subject("flames", "fire", relation="before", of=i, scale=1.6) for i in alight)
    return replace(found, subjects=(*found.subjects, *fires))


def _flame(subject: Subject) -> bool:
    return subject.sprite in ("fire", "candle") or sprites.info(subject.sprite).subgroup == "light-video"


def _seated(found: Description) -> Description:
    """People are not put on a table among the dishes: who is at one is in a room. A room shows its own window."""
    people = any(map(person, found.subjects))
    if not found.places and any(_arranged(s, found.subjects) for s in found.subjects):
        return replace(found, places=("table",))
    furniture = "room" in found.places and any(s.sprite in ("chair", "sofa", "bed") for s in found.subjects)
    if "table" in found.places and (people or furniture):
        rooms = tuple("room" if place == "table" else place for place in found.places)
        return replace(found, places=tuple(dict.fromkeys(rooms)))
    return found


def _arranged(subject: Subject, others: tuple[Subject, ...]) -> bool:
    """Whether a thing is in a vase or a bowl, which stand on a table."""
    return (
        not person(subject)
        and subject.relation in ("in", "of", "with")
        and subject.of is not None
        and (others[subject.of].sprite or others[subject.of].drawing) in ("amphora", "bowl", "basket")
    )


def surplus(found: Description) -> set[int]:
    """The indexes of things that the place shows already."""
    furnished = vocabulary.lists("furnished")
    shown = {name for place in found.places for name in furnished.get(place, ())}
    teaching = any(s.sprite.partition("+")[0].endswith(("teacher", "student")) for s in found.subjects)
    board = {
        i for i, s in enumerate(found.subjects) if s.drawing == "blackboard" and teaching
    }  # it hangs in their room
    return board | {i for i, s in enumerate(found.subjects) if (s.drawing or s.sprite) in shown and not s.colour}


def _emblem(found: Description) -> Description:
    """A logo is its subject alone, flat on white; that of a coffee shop is a cup."""
    if "logo" not in found.places:
        return found
    emblems = vocabulary.inverse("emblems")
    words = [*found.places, *sorted(found.features)]
    known = [emblems[word] for word in words if word in emblems]
    more = known if len(found.subjects) > 1 or not found.subjects else []
    subjects = (*found.subjects, *(Subject("emblem", name) for name in more))
    several = len([s for s in subjects if s.of is None]) > 1
    features = found.features - emblems.keys() | ({"grid", "plain"} if several else {"plain"})
    looks = found.looks or ("flat",)
    backdrop = found.backdrop or WHITE
    return replace(found, subjects=subjects, places=("studio",), backdrop=backdrop, looks=looks, features=features)
