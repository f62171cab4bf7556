"""Which noun a modifier or a relation belongs to: who holds, who wears, which colour is whose."""

from __future__ import annotations

from gesso.engines.sketch.composition import sprites
from gesso.engines.sketch.scene import parts
from gesso.engines.sketch.words import lexicon, vocabulary
from gesso.engines.sketch.words.description import Subject
from gesso.tasks import RGB

BELONGING = frozenset({"with", "of", "held", "worn", "among", "breathed"})
"""Relations that say what belongs to the noun before; every other one says where that noun is."""

MATERIALS_OF_CARRIERS = frozenset({"sign", "signpost", "signboard", "neon", "placard", "plaque", "billboard", "label"})
"""Carriers that are no thing of their own: the thing named before them bears the text."""


def agent(subjects: list[Subject], of: int | None) -> int | None:
    """Who acts: the last person or animal named up to `of`; that very noun when there is none."""
    for i in reversed(range(len(subjects) if of is None else of + 1)):
        if alive(subjects[i]):
            return i
    return of


def person(subject: Subject) -> bool:
    """Whether a subject is a person."""
    return bool(subject.sprite) and sprites.info(subject.sprite).group == "people-body"


def kind(sprite: str) -> str:
    """The subgroup of a sprite; "none" for no sprite."""
    return sprites.info(sprite).subgroup if sprite else "none"


FIGURES = frozenset({"robot", "alien", "snowman", "snowman-without-snow", "teddy-bear"})
"""What holds and wears things as people do."""


def alive(subject: Subject) -> bool:
    """Whether a subject is a person, an animal or a robot."""
    if not subject.sprite:
        return False
    info = sprites.info(subject.sprite)
    return info.group == "people-body" or info.subgroup.startswith("animal") or subject.sprite in FIGURES


def composed(subject: Subject) -> bool:
    """Whether a subject is a device or a building, which shows its screen, its roof."""
    return bool(subject.sprite) and sprites.info(subject.sprite).subgroup in (
        "computer",
        "phone",
        "light-video",
        "place-building",
    )


AFLOAT = frozenset({"baby-chick", "goose", "dodo", "lying-crocodile", "hippopotamus", "otter", "beaver", "turtle"})


def swims(subject: Subject, relation: str) -> bool:
    """Whether a creature "on" or "in" a water is in it: water birds on it, other animals only in it."""
    if not subject.sprite or relation not in ("on", "in"):
        return False
    info = sprites.info(subject.sprite)
    return subject.sprite in AFLOAT or (
        relation == "in" and info.subgroup in ("animal-mammal", "animal-reptile") and info.stance == "ground"
    )


def clothing(subject: Subject) -> bool:
    """Whether a subject can be worn."""
    part = parts.known().get(subject.drawing)
    if part is not None:
        return part.on not in ("", "hand")
    return bool(subject.sprite) and (
        sprites.info(subject.sprite).subgroup == "clothing" or subject.sprite in ("headphone", "diving-mask")
    )


def attached(subject: Subject, relation: str, of: int | None, before: list[Subject]) -> tuple[str, int | None]:
    """What a noun's relation comes to: "in a dress" and "with a hat" are worn, an umbrella is not the dress's."""
    if of is None or relation not in ("with", "in", "held", "worn"):
        return relation, of
    if clothing(before[of]) or (relation == "with" and handy(subject) and before[of].relation):
        of = agent(before, of)
    if of is not None and alive(before[of]) and clothing(subject) and relation != "held":
        return "worn", of
    return relation, of


def drink(subject: Subject) -> bool:
    """Whether a subject is something to drink."""
    return subject.phrase in vocabulary.inverse("drinks")


def vessel(subject: Subject) -> str:
    """Whether what a vessel holds is seen (`open`) or not (`shut`); empty for what is no vessel of a drink."""
    return vocabulary.inverse("vessels").get(lexicon.lemma(subject.phrase.split()[-1]), "")


DISHES = frozenset(
    {"spaghetti", "green-salad", "steaming-bowl", "cooked-rice", "curry-rice", "pot-of-food", "ice-cream"}
)
"""Food that is shown with its own plate or bowl."""


def dish(subject: Subject, host: Subject) -> bool:
    """Whether a plate or a bowl is seen with its food already."""
    if not subject.sprite:
        return subject.drawing == "whole-pizza" and vessel(host) == "plate"
    if subject.sprite in DISHES:
        return vessel(host) == "plate" or host.phrase in ("bowl", "bowls")
    return vessel(host) == "plate" and sprites.info(subject.sprite).subgroup in (
        "food-prepared",
        "food-asian",
        "food-sweet",
    )


def contents(phrase: str, colours: tuple[RGB, ...]) -> tuple[tuple[str, RGB], ...]:
    """The colour of a drink, as asked or as it is, for the part that shows it."""
    usual = vocabulary.inverse("drinks").get(phrase)
    colour = colours[0] if colours else lexicon.colour(usual or "")
    return (("drink", colour),) if usual and colour else ()


def active(subject: Subject) -> str:
    """The sprite of a person who does what a subject names: yoga, fencing. Empty when it is no such thing."""
    name = subject.sprite
    return name if name.startswith("person-") and sprites.info(name).subgroup in ACTIVITIES else ""


ACTIVITIES = frozenset({"person-sport", "person-activity", "person-resting"})


def handy(subject: Subject) -> bool:
    """Whether a subject is of a size to be held."""
    part = parts.known().get(subject.drawing)
    if part is not None:
        return part.on == "hand"
    return bool(subject.sprite) and sprites.info(subject.sprite).stance == "held"


def coloured(phrase: str, match: lexicon.Match, colours: tuple[RGB, ...], count: int) -> tuple[RGB, ...]:
    """The colours to paint a thing in: none where the words name what it is like anyway ("a red fox")."""
    if not colours:
        usual = vocabulary.inverse("usual").get(phrase)
        found = lexicon.colour(usual) if usual else None
        return (found,) if found else ()
    own = {lexicon.colour(word) for word in vocabulary.lists("natural").get(match.sprite, ())}
    left = tuple(dict.fromkeys(colour for colour in colours if colour not in own))
    if len(set(colours)) > 1 and count == 1:
        # Two colours of one thing: its first, unless the two are black and white, which are its pattern.
        return left[:1] if len(left) == len(set(colours)) and not _plain(colours) else ()
    return left


def _plain(colours: tuple[RGB, ...]) -> bool:
    return {lexicon.colour("black"), lexicon.colour("white")} == set(colours)


def is_bearer(word: str) -> bool:
    """Whether a carrier of text is a thing that is drawn itself (a mug), not a sign on the thing before."""
    return word not in MATERIALS_OF_CARRIERS
