"""What an instruction says must stay: read out of its words, and put back where a change of the whole took it along."""

from __future__ import annotations

import re

import numpy as np

from gesso.engines.sketch.edit import mattes
from gesso.engines.sketch.edit.canvas import Canvas, Pixels, Plane, changed, to_unit
from gesso.engines.sketch.edit.clauses import target
from gesso.engines.sketch.edit.regions import View, find
from gesso.engines.sketch.edit.steps import Adjust, Atmosphere, Recolour, Restyle, Step, Target

IN_COLOUR = (
    r"\b(?:(?:but|and|while),? )*(?:keep(?:ing)?|leav(?:e|ing)|only|show)(?: only)? (.+?) "
    r"in (?:its |the |full |original |selective )*colou?rs?\b"
)
ALIKE = (
    r"(?:keep(?:ing)?|preserv(?:e|ing)|leav(?:e|ing)|maintain(?:ing)?)\s+"
    r"(?P<thing>(?:the|his|her|its|their|my)\b[\w' ]+?)\s+"
    r"(?:unchanged|untouched|intact|unaltered|unedited|as (?:it|they|he|she|is)\b|as-is|alone|exactly)|"
    r"(?:without (?:changing|altering|touching|affecting)|"
    r"(?:do not|don't) (?:change|alter|touch|affect|edit|modify))\s+"
    r"(?P<other>(?:the|his|her|its|their|my)\b[\w' ]+?)(?=$|[,.;!]| and | but )"
)
ABSTRACT = frozenset(
    re.findall(
        r"\w+",
        "rest composition pose position posture style layout identity expression angle lighting light quality feature "
        "features likeness structure proportion perspective framing scale placement size shape detail colour color "
        "mood original",
    )
)
"""What is no part of a picture that could be put back."""


def colours_spared(text: str) -> str:
    """ "Black and white, but keep the car in colour": said as "black and white except the car"."""
    found = re.search(IN_COLOUR, text, re.IGNORECASE)
    if found is None:
        return text
    grey = re.search(r"\b(?:black (?:and|&) white|b&w|monochrome|gr[ae]y ?scale|desaturat\w+)\b", text, re.IGNORECASE)
    rest = text[: found.start()].rstrip(" ,.") if grey else "make it black and white"
    return f"{rest} except {found[1]}{text[found.end() :]}"


def named(text: str) -> list[Target]:
    """The parts of the picture that an instruction says must stay as they are."""
    found = (target(match["thing"] or match["other"]) for match in re.finditer(ALIKE, text.lower()))
    return [thing for thing in found if thing.noun and not thing.everything and thing.noun not in ABSTRACT]


def whole(steps: list[Step]) -> bool:
    """Whether a step changes all of the picture: only then what must stay is in danger."""
    wide = (Restyle, Atmosphere)
    return any(
        isinstance(step, wide)
        or (isinstance(step, Adjust | Recolour) and (step.target.everything or step.target.outside))
        for step in steps
    )


def restore(canvas: Canvas, before: Pixels, things: list[Target]) -> None:
    """Put things back as they were; where the picture has another shape now, or they are not found, it is told."""
    if before is canvas.pixels or not things:
        return
    if before.shape != canvas.pixels.shape:
        canvas.log("What should stay cannot be put back: the picture's shape has changed.")
        return
    view = View(before)
    for thing in things:
        region = find(thing, view)
        if region is None:
            canvas.log(f"{thing.phrase} was not found in the picture, and changed with the rest.")
            continue
        _put_back(canvas, before, region.mask)
        canvas.log(f"Kept {thing.phrase} as it was; found by {region.by}.")
    canvas.ran(*view.parts)


def _put_back(canvas: Canvas, before: Pixels, mask: Plane) -> None:
    matte = mattes.refined(mask, before)

    def band(rows: Plane, top: int) -> Plane:
        share = matte.rows(before, top, top + len(rows))[..., None]
        return rows + (to_unit(before[top : top + len(rows)]) - rows) * np.where(share > 0.98, np.float32(1), share)

    canvas.pixels = changed(canvas.pixels, band)
