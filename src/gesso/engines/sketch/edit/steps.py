"""What an instruction comes to: a list of steps, each a plain value that one module carries out."""

from __future__ import annotations

from dataclasses import dataclass

from gesso.tasks import RGB


@dataclass(frozen=True, slots=True)
class Target:
    """What a step works on. `noun` is a dictionary form, "" for the main thing; `everything` for the whole picture."""

    phrase: str = ""
    noun: str = ""
    colour: RGB | None = None
    """The colour that the thing has now: "the red apple"."""
    where: str = ""
    several: bool = False
    everything: bool = False
    outside: bool = False
    """Whether all but the thing is meant: "everything except the car"."""
    owner: str = ""
    """What it is a part of, where that is said: "the door of the house"."""


@dataclass(frozen=True, slots=True)
class Recolour:
    """Give a thing, or everything, another colour."""

    target: Target
    colour: RGB
    name: str


@dataclass(frozen=True, slots=True)
class Backdrop:
    """Another background: words for a scene, a colour, `blur`, `clear` (transparent) or `material` (a picture)."""

    words: str = ""
    colour: RGB | None = None
    kind: str = "scene"
    material: int = 0


@dataclass(frozen=True, slots=True)
class Atmosphere:
    """Another hour, season or weather, in the prompt parser's words."""

    time: str = ""
    season: str = ""
    weather: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Adjust:
    """A photographer's control (`brightness`, `sepia`, `blur`...); `amount` 1 is what the bare word means."""

    kind: str
    amount: float = 1.0
    target: Target = Target(everything=True)


@dataclass(frozen=True, slots=True)
class Restyle:
    """A look of `looks`, a learned style, or the style or colours of another input picture."""

    look: str = ""
    learned: str = ""
    material: int | None = None
    colours_only: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """Words set into the picture; with `where` "instead", for those that are there: `old`, where it is known."""

    text: str
    where: str = ""
    colour: RGB | None = None
    face: str = "bold"
    old: str = ""


@dataclass(frozen=True, slots=True)
class Add:
    """A thing put in: words for it, or the main thing of another input picture."""

    words: str = ""
    where: str = ""
    material: int | None = None
    instead: Target | None = None
    """What it replaces: taken out first, and its place used."""
    by: Target | None = None
    """What it stands by."""
    relation: str = ""
    """How: `on`, `beside`, `left`, `right` or `above` it."""


@dataclass(frozen=True, slots=True)
class Remove:
    """A thing taken out."""

    target: Target


@dataclass(frozen=True, slots=True)
class Move:
    """A thing made larger or smaller (`scale`), or moved to a place in the picture (`where`)."""

    target: Target
    scale: float = 1.0
    where: str = ""


@dataclass(frozen=True, slots=True)
class Reshape:
    """`flip`, `mirror`, `rotate` (degrees clockwise), `crop`, `zoom` (factor), `aspect` (width / height), `widen` (to
    an aspect), `out` (factor), `upscale` (factor), `extend` (on the side that the target says; a share, or pixels
    from 8 on).
    """

    kind: str
    amount: float = 0.0
    target: Target = Target()


Step = Recolour | Backdrop | Atmosphere | Adjust | Restyle | Letter | Add | Remove | Move | Reshape
