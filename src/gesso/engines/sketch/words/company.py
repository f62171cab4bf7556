"""What the things of a description mean to each other: colours lent, fires, what a room or a logo leaves out."""

from __future__ import annotations

from dataclasses import replace

from gesso.engines.sketch.composition import sprites
from gesso.engines.sketch.words import lexicon, vocabulary
from gesso.engines.sketch.words.description import Description, Subject

OPENINGS = frozenset({"window", "door", "curtain", "wall"})
"""Parts that every room shows."""

WHITE = (250, 250, 250)


def considered(found: Description) -> Description:
    """The description with what follows from the company that its things keep."""
    found = replace(found, subjects=_lent(found.subjects))
    found = _burning(found)
    return _emblem(_seated(found))


def shown(subject: Subject, host: Subject) -> bool:
    """Whether a thing is a part that its whole shows: the candles of a birthday cake, a snowman's scarf."""
    return bool(
        {subject.sprite, lexicon.lemma(subject.phrase)} & set(vocabulary.lists("includes").get(host.sprite, ()))
    )


def _lent(subjects: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """The colour of a part that its whole shows goes to the whole: "a snowman with a red scarf"."""
    lent = list(subjects)
    for part in subjects:
        if part.of is not None and part.colour and shown(part, lent[part.of]):
            host = lent[part.of]
            lent[part.of] = replace(host, parts=(*host.parts, (part.sprite, part.colour)))
    return tuple(lent)


def _burning(found: Description) -> Description:
    """What burns has a fire before it."""
    alight = [i for i, s in enumerate(found.subjects) if s.doing == "burn" and s.sprite and not _flame(s)]
    fires = tuple(Subject("flames", "fire", relation="before", of=i, scale=1.6) for i in alight)
    return replace(found, subjects=(*found.subjects, *fires))


def _flame(subject: Subject) -> bool:
    return subject.sprite in ("fire", "candle") or sprites.info(subject.sprite).subgroup == "light-video"


def _seated(found: Description) -> Description:
    """People are not put on a table among the dishes: who is at one is in a room. A room shows its own window."""
    people = any(s.sprite and sprites.info(s.sprite).group == "people-body" for s in found.subjects)
    if "table" in found.places and people:
        rooms = tuple("room" if place == "table" else place for place in found.places)
        return replace(found, places=tuple(dict.fromkeys(rooms)))
    return found


def surplus(found: Description) -> set[int]:
    """The indexes of things that the place shows already."""
    inside = "room" in found.places
    return {i for i, s in enumerate(found.subjects) if inside and (s.drawing or s.sprite) in OPENINGS}


def _emblem(found: Description) -> Description:
    """A logo is its subject alone, flat on white; that of a coffee shop is a cup."""
    if "logo" not in found.places:
        return found
    emblems = vocabulary.inverse("emblems")
    known = next((emblems[place] for place in found.places if place in emblems), "")
    subjects = found.subjects or ((Subject("emblem", known),) if known else ())
    looks = found.looks or ("flat",)
    return replace(found, subjects=subjects, places=("studio",), backdrop=found.backdrop or WHITE, looks=looks)
