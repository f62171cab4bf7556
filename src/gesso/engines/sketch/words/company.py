"""What the things of a description mean to each other: colours lent, fires, what a room or a logo leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gesso.engines.sketch.composition import costumes, sprites
from gesso.engines.sketch.scene import parts
from gesso.engines.sketch.words import lexicon, vocabulary
from gesso.engines.sketch.words.description import Description, Subject
from gesso.engines.sketch.words.linking import alive, handy

FURNISHED: Mapping[str, tuple[str, ...]] = {
    "room": ("window", "door", "curtain", "wall"),
    "office": ("desktop-computer", "writing-desk"),
    "classroom": ("blackboard", "school-desk"),
}
"""What a place shows anyway."""

MOUNTS = frozenset(
    {"horse", "unicorn", "camel", "two-hump-camel", "elephant", "donkey", "dragon", "motorcycle"}
) | frozenset({"motor-scooter", "bicycle", "llama", "zebra", "deer", "ox", "broom"})
"""What people sit on astride."""

CYCLES = frozenset({"motorcycle", "motor-scooter", "bicycle"})
"""What animals sit on astride too."""

WHITE, CLAY = (250, 250, 250), (196, 104, 72)


def considered(found: Description) -> Description:
    """The description with what follows from the company that its things keep."""
    subjects = _equipped(_boarded(_armed(_paired(_moved(_lent(found.subjects))))))
    found = replace(found, subjects=tuple(_astride(s, subjects) for s in subjects))
    found = replace(found, subjects=tuple(_used_so(s, i, found.subjects) for i, s in enumerate(found.subjects)))
    found = replace(found, subjects=tuple(_aloft(s, found) for s in found.subjects))
    found = _at_work(_burning(replace(found, subjects=_assorted(found.subjects))))
    if any(s.drawing == "fireworks" for s in found.subjects) and not found.time:
        found = replace(found, time="night")
    return _emblem(_seated(found))


def shown(subject: Subject, host: Subject) -> bool:
    """Whether a thing is a part that its whole shows: the candles of a birthday cake, a snowman's scarf."""
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


def _moved(subjects: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """Who skateboards has a skateboard below; people with a bicycle are one figure with it."""
    done = list(subjects)
    for i, who in enumerate(subjects):
        vehicle = vocabulary.inverse("vehicles").get(who.doing)
        own = _person(who) and vehicle == "bicycle"
        if vehicle and not own and not who.relation and (_person(who) or _kind(who.sprite).startswith("animal")):
            done[i] = replace(who, relation="on" if vehicle in BOARDS else "riding", of=len(done))
            done.append(Subject(vehicle, vehicle, count=who.count))
    return tuple(done)


def _equipped(subjects: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """Who fishes has a rod in the hand, unless it is drawn with one."""
    done, busy = list(subjects), {s.of for s in subjects if s.relation == "held"}
    for i, who in enumerate(subjects):
        tool = vocabulary.inverse("tools").get(who.doing, "")
        own = "fisherman" in costumes.role(who.sprite)
        if tool in parts.known() and i not in busy and not own and (_person(who) or alive(who)):
            done.append(Subject(tool.replace("-", " "), drawing=tool, relation="held", of=i, count=who.count))
    return tuple(done)


def _boarded(subjects: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """Who teaches at a board stands before it where there is room, not by its frame."""
    boards = {i for i, s in enumerate(subjects) if s.drawing in ("whiteboard", "blackboard")}
    return tuple(
        replace(s, relation="", of=None) if s.of in boards and _person(s) and s.relation in AT else s for s in subjects
    )


AT = ("beside", "before", "on")


def _paired(subjects: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """A couple that dances is two who do; two who shake hands, or one with another, are one picture."""
    done: list[Subject] = []
    for who in subjects:
        if who.sprite == COUPLE and who.doing == "dance":
            done += [replace(who, phrase=f"{one} of the couple", sprite=f"{one}-dancing") for one in ("woman", "man")]
        elif who.doing == "shake" and _person(who) and done and done[-1].doing == "shake" and who.count == 1:
            done[-1] = replace(done[-1], phrase=f"{done[-1].phrase} and {who.phrase}", sprite=_shaking(done[-1], who))
        elif who.doing == "shake" and _person(who) and who.count == 2:
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


COUPLE = "woman-and-man-holding-hands"
PLAIN = {"person": "man", "office-worker": "man"}
BOARDS = frozenset({"skateboard", "kick-scooter"})
"""What one stands on to ride it."""


def _armed(subjects: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """What a rider's mount is said to have in its hands is in the rider's."""
    done = list(subjects)
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
            return replace(subject, sprite="" if drawn else used, drawing=used if drawn else "")
    return (
        replace(subject, relation="held") if subject.relation == "breathed" and subject.sprite != "bubbles" else subject
    )


def _aloft(subject: Subject, found: Description) -> Subject:
    """Birds in the sky fly."""
    bird = _kind(subject.sprite) == "animal-bird" and not subject.action and not subject.relation
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


def _astride(subject: Subject, others: tuple[Subject, ...]) -> Subject:
    """Who is "on" a horse rides it; a bus "with" a bridge drives over it."""
    host = others[subject.of] if subject.of is not None else None
    if host is None or not subject.sprite:
        return subject
    info = sprites.info(subject.sprite)
    mounts = MOUNTS if _person(subject) else CYCLES
    if subject.relation == "on" and host.sprite in mounts and (_person(subject) or alive(subject)):
        return replace(subject, relation="riding")
    if subject.relation == "with" and host.drawing == "bridge" and info.subgroup == "transport-ground":
        return replace(subject, relation="on")
    return subject


def _at_work(found: Description) -> Description:
    """Who cooks is in a kitchen; who writes "in a notebook" has it in the hand."""
    fire = any(s.drawing == "campfire" or s.sprite == "fire" for s in found.subjects)
    cooks = not fire and any(s.doing in ("bake", "cook") and _person(s) for s in found.subjects)
    subjects = list(found.subjects)
    for i, who in enumerate(found.subjects):
        thing = found.subjects[who.of] if who.of is not None and who.relation in ("in", "on") else None
        if who.of is not None and thing and (_person(who) or alive(who)) and _used(thing) and who.action != "lie":
            subjects[i] = replace(who, relation="", of=None)
            subjects[who.of] = replace(thing, relation="held", of=i)
        elif who.of is not None and thing and thing.sprite == "pot-of-food" and _plant(who):
            subjects[who.of] = replace(thing, sprite="bucket", colour=thing.colour or CLAY)
        elif (
            who.of is not None
            and who.relation == "held"
            and subjects[who.of].prop
            and _kind(who.sprite) == _kind(subjects[who.of].prop)
        ):
            subjects[who.of] = replace(subjects[who.of], prop="")  # a musician with a saxophone has no guitar
    return replace(found, subjects=tuple(subjects), places=found.places or (("room", "kitchen") if cooks else ()))


def _plant(subject: Subject) -> bool:
    return _kind(subject.sprite).startswith("plant")


def _kind(sprite: str) -> str:
    return sprites.info(sprite).subgroup if sprite else "none"


def _used(thing: Subject) -> bool:
    """Whether one works "in" or "on" a thing by having it in the hands."""
    return bool(thing.sprite) and sprites.info(thing.sprite).subgroup in ("book-paper", "computer", "phone")


def _person(subject: Subject) -> bool:
    return bool(subject.sprite) and sprites.info(subject.sprite).group == "people-body"


def _burning(found: Description) -> Description:
    """What burns has a fire before it."""
    alight = [i for i, s in enumerate(found.subjects) if s.doing == "burn" and s.sprite and not _flame(s)]
    fires = tuple(Subject("flames", "fire", relation="before", of=i, scale=1.6) for i in alight)
    return replace(found, subjects=(*found.subjects, *fires))


def _flame(subject: Subject) -> bool:
    return subject.sprite in ("fire", "candle") or sprites.info(subject.sprite).subgroup == "light-video"


def _seated(found: Description) -> Description:
    """People are not put on a table among the dishes: who is at one is in a room. A room shows its own window."""
    people = any(map(_person, found.subjects))
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
        not _person(subject)
        and subject.relation in ("in", "of", "with")
        and subject.of is not None
        and (others[subject.of].sprite or others[subject.of].drawing) in ("amphora", "bowl", "basket")
    )


def surplus(found: Description) -> set[int]:
    """The indexes of things that the place shows already."""
    shown = {name for place in found.places for name in FURNISHED.get(place, ())}
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
