"""Several of a kind are not copies: sizes, skin, clothes and colours differ from one to the next."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gesso.engines.sketch.composition import sprites
from gesso.engines.sketch.words.description import Subject
from gesso.tasks import RGB

TONES: tuple[sprites.Tone, ...] = ("light", "dark")
"""Skin tones that people are drawn in, by chance."""

BRIGHT: tuple[RGB, ...] = (
    (226, 62, 74),
    (250, 178, 48),
    (62, 132, 224),
    (88, 176, 90),
    (158, 92, 206),
    (244, 120, 164),
)
SHIRTS: tuple[RGB, ...] = (
    (70, 128, 206),
    (206, 84, 76),
    (92, 154, 96),
    (230, 176, 78),
    (132, 104, 186),
    (72, 156, 164),
)
VARIED = {
    "balloon": BRIGHT,
    "butterfly": ((238, 110, 60), (64, 128, 222), (246, 196, 66), (168, 96, 204)),
    "tropical-fish": BRIGHT,
    "fish": ((70, 150, 224), (246, 160, 66), (92, 190, 190), (240, 206, 90)),
    "tulip": ((236, 92, 132), (232, 60, 66), (250, 194, 70), (178, 104, 206)),
    "kite": BRIGHT,
    "gem-stone": BRIGHT,
    "cupcake": BRIGHT,
    "fireworks": BRIGHT,
}
"""Kinds whose colour nobody knows beforehand: those of several, each after another, where the prompt names none."""

LETTERED = frozenset(
    {"convenience-store", "love-hotel", "hotel", "hospital", "bank", "post-office", "stop-sign", "department-store"}
    | {"school", "bus-stop", "newspaper", "ten-oclock", "closed-book", "books", "keyboard", "calendar", "placard"}
)
"""Sprites with writing on them, which a mirror would turn round."""


def one(subject: Subject, k: int, rng: np.random.Generator) -> Subject:
    """The item of a subject at `k` of its colours: its own colour, skin and clothes."""
    name = subject.drawing or subject.sprite
    if subject.palette:
        subject = replace(subject, colour=subject.palette[k % len(subject.palette)], palette=())
    elif subject.colour is None and not subject.material and subject.count > 1 and name in VARIED:
        colours = VARIED[name]
        subject = replace(subject, colour=colours[k % len(colours)])
    if not subject.sprite or sprites.info(subject.sprite).group != "people-body":
        return subject
    name = subject.sprite
    if name == "person-standing" and subject.count > 1:
        name = ("man-standing", "woman-standing")[k % 2]
    if name == "child" and subject.count > 1:
        name = ("boy", "girl")[k % 2]
    tone = TONES[int(rng.integers(len(TONES)))]
    shirt = SHIRTS[k % len(SHIRTS)]
    colour = shirt if subject.count > 1 and subject.colour is None and name.endswith("-standing") else subject.colour
    return replace(subject, sprite=sprites.toned(name, tone), colour=colour)


def size(subject: Subject, rng: np.random.Generator) -> float:
    """How large one of several is beside the others."""
    if subject.count == 1:
        return 1.0
    group = sprites.info(subject.sprite).subgroup if subject.sprite else ""
    wide = 0.26 if group in ("animal-bug", "animal-marine", "animal-bird", "event", "plant-flower") else 0.09
    return float(rng.uniform(1 - wide, 1 + wide))


def lettered(subject: Subject) -> bool:
    """Whether a mirrored sprite would read wrongly."""
    return subject.sprite in LETTERED
