"""Who appears as whom: female doctors, cat astronauts, a fox in a suit, a girl dressed as a pirate."""

from __future__ import annotations

from dataclasses import replace

from gesso.engines.sketch.composition import costumes, figures, sprites
from gesso.engines.sketch.words import lexicon, vocabulary
from gesso.engines.sketch.words.description import Subject

ROLES = ("person-role", "person-fantasy")
GENDERS = ("man", "woman")


def called(sprite: str, words: list[str]) -> str:
    """The sprite of a noun with the nouns and adjectives before it: "female", or "cat" before "astronaut"."""
    for word in words:
        gender = vocabulary.inverse("gender").get(word)
        if gender:
            sprite = _of(gender, sprite)
            continue
        match = lexicon.lookup(word)
        if match is None or match.drawing or match.score < 1.0:
            continue
        if plays(sprite) and face(match.sprite) and costumes.role(sprite) not in vocabulary.words("handled"):
            sprite = _faced(face(match.sprite), sprite) or sprite
        elif face(sprite) and plays(match.sprite):
            sprite = _faced(face(sprite), match.sprite) or sprite
    return sprite


def face(sprite: str) -> str:
    """The face of an animal or a robot, which may be put on somebody; empty for everything else."""
    if not sprite:
        return ""
    own = sprites.portrait(sprite)
    info = sprites.info(own)
    known = info.stance == "face" and info.group in ("animals-nature", "smileys-emotion") and "@" not in own
    return own if known else ""


def disguised(subjects: tuple[Subject, ...]) -> tuple[tuple[Subject, ...], set[int]]:
    """The subjects with those who wear a role's clothes, or are dressed as somebody, in that role; and what is gone."""
    done, gone = list(subjects), set[int]()
    for i, worn in enumerate(subjects):
        if worn.relation != "worn" or worn.of is None:
            continue
        garment = vocabulary.inverse("guises").get(worn.phrase, "")
        role = garment or (worn.sprite if plays(worn.sprite) else "")
        host = done[worn.of]
        sprite = in_role(host.sprite, role) if role and host.sprite else ""
        if garment and not sprite and host.sprite:
            # There is no such figure: a bow tie stands for the suit.
            done[i] = replace(worn, sprite="", drawing="bow-tie", colour=None)
        elif sprite:
            done[worn.of] = replace(host, sprite=sprite, colour=host.colour or worn.colour)
            gone.add(i)
    return tuple(done), gone


def in_role(sprite: str, role: str) -> str:
    """A figure as somebody else; empty where there is no picture of that."""
    if sprites.info(sprite).group != "people-body":
        return _faced(face(sprite), role) if face(sprite) else ""
    if figures.head_only(sprite) and not costumes.of(sprite) and sprite not in ("person", *GENDERS):
        return _faced(sprite, role)
    gender = sprite.partition("-")[0]
    return _of(gender, role) if gender in GENDERS else role


def plays(sprite: str) -> bool:
    """Whether a sprite is somebody by profession or from a tale."""
    return bool(sprite) and sprites.info(sprite).subgroup in ROLES


def _of(gender: str, sprite: str) -> str:
    bare = sprite.removeprefix("woman-").removeprefix("man-").removeprefix("person-")
    name = f"{gender}-{bare}"
    return name if costumes.of(name) or name in sprites.known() else sprite


def _faced(own: str, role: str) -> str:
    return f"{own}@{role}" if costumes.of(role) or f"{role}+light" in sprites.known() else ""
