"""What a prompt asks to see: the parser's answer and the painters' order."""

from __future__ import annotations

from dataclasses import dataclass

from gesso.engines.sketch.words import lexicon
from gesso.tasks import RGB


@dataclass(frozen=True, slots=True)
class Subject:
    """One kind of thing to show. `of` is the index of the subject that `relation` refers to."""

    phrase: str
    sprite: str = ""
    drawing: str = ""
    prop: str = ""
    count: int = 1
    scale: float = 1.0
    colour: RGB | None = None
    palette: tuple[RGB, ...] = ()
    """Colours that several of a kind take in turn."""
    material: str = ""
    parts: tuple[tuple[str, RGB], ...] = ()
    """Colours of single parts: the scarf of a snowman, what a glass holds."""
    where: str = ""
    relation: str = ""
    of: int | None = None
    action: str = ""
    """What its doing means for its place: air, water, lie, sit, run, stay, do."""
    doing: str = ""
    """The verb itself, in its dictionary form."""
    counted: bool = False
    """Whether the prompt says how many; else a plural is as many as look well."""


@dataclass(frozen=True, slots=True)
class Lettering:
    """A text to bear, in which colour and on what: neon, sign, poster, banner, chalk, label, screen, title.

    `on` is the index of the subject that bears it; None for a carrier of its own.
    """

    text: str
    carrier: str = "title"
    colour: RGB | None = None
    on: int | None = None
    material: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """What a prompt asks to see."""

    subjects: tuple[Subject, ...] = ()
    places: tuple[str, ...] = ()
    features: frozenset[str] = frozenset()
    time: str = ""
    season: str = ""
    weather: frozenset[str] = frozenset()
    camera: str = ""
    light: frozenset[str] = frozenset()
    mood: frozenset[str] = frozenset()
    looks: tuple[str, ...] = ()
    letterings: tuple[Lettering, ...] = ()
    backdrop: RGB | None = None
    negated: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()

    def without(self, *words: str) -> bool:
        """Whether the prompt rules out any of these."""
        return any(word in self.negated for word in words)


def sentences(found: Description) -> list[str]:
    """What was understood, for the request's log."""
    lines = [f"Subjects: {'; '.join(_told(s, found) for s in found.subjects) or 'none'}."]
    scene = [*found.places, *sorted(found.features), found.time, found.season, *sorted(found.weather), found.camera]
    lines.append(f"Scene: {', '.join(filter(None, scene)) or 'chosen to fit'}.")
    lines += [f"Style: {', '.join(found.looks)}."] if found.looks else []
    lines += [_written(text, found) for text in found.letterings]
    lines += [f"Left out on request: {', '.join(sorted(found.negated))}."] if found.negated else []
    lines += [f"Not understood: {', '.join(found.unknown)}."] if found.unknown else []
    return lines


def _written(text: Lettering, found: Description) -> str:
    bearer = f" on the {found.subjects[text.on].phrase}" if text.on is not None else ""
    return f'Text: "{text.text}" as {text.carrier}{bearer}.'


def _told(subject: Subject, found: Description) -> str:
    shown = subject.drawing or subject.sprite
    text = f"{subject.count} x {subject.phrase}" + ("" if shown == subject.phrase else f" (shown as {shown})")
    colours = [subject.colour] if subject.colour else list(subject.palette)
    text += f" in {' and '.join(lexicon.colour_name(colour) for colour in colours)}" if colours else ""
    text += "".join(f" with {name} in {lexicon.colour_name(colour)}" for name, colour in subject.parts)
    text += f" of {subject.material} colour" if subject.material and not colours else ""
    if subject.relation and subject.of is not None:
        text += f" {subject.relation} {found.subjects[subject.of].phrase}"
    text += f" (to {subject.doing})" if subject.doing else ""
    return text + (f" ({WHERE.get(subject.where, subject.where)})" if subject.where else "")


WHERE = {
    "front": "in the foreground",
    "back": "in the background",
    "far": "in the distance",
    "scattered": "all over the ground",
    "row": "in a row",
    "left": "on the left",
    "right": "on the right",
    "centre": "in the middle",
    "top": "at the top",
    "bottom": "at the bottom",
}
