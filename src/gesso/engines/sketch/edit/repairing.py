"""Rules for mending a picture: scratches, haze, blur, old photographs, skin; and for enlarging it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gesso.engines.sketch.edit.clauses import Clause, amount
from gesso.engines.sketch.edit.steps import Adjust, Reshape, Step, Target

EVERYTHING = Target(everything=True)
SKIN = Target("the skin", "skin")
MEND = r"(?:remove|fix|repair|reduce|correct|clean(?: up)?|erase|delete|get rid of|hide|heal|retouch)"
OLD = r"(?:restore|repair|revive|rescue|fix)"

MENDED: Sequence[tuple[str, str, float, Target]] = (
    (
        rf"{MEND}\b.*\b(?:scratch(?:es)?|cracks?|creases?|dust(?: spots?)?|specks?|tears)\b",
        "scratches",
        1.0,
        EVERYTHING,
    ),
    (rf"{OLD}\b.*\b(?:photo(?:graph)?|picture|image|portrait|damaged?|it|this)$", "restore", 1.0, EVERYTHING),
    (r"restor(?:e|ation)$|(?:photo|image) restoration", "restore", 1.0, EVERYTHING),
    (rf"(?:{MEND}|clear|less|lift)\b.*\b(?:fog|haze|mist|smog|haziness)\b|dehaze|defog", "dehaze", 1.0, EVERYTHING),
    (
        rf"de-?blur|un-?blur|{MEND}\b.*\b(?:blur|blurr?iness|motion blur)$|.*\bless blurry\b",
        "sharpness",
        1.6,
        EVERYTHING,
    ),
    (
        rf"(?:{MEND}|smooth(?: out)?)\b.*\b(?:wrinkles?|blemish(?:es)?|acne|pimples?|freckles|spots|skin)\b",
        "evenness",
        1.0,
        SKIN,
    ),
    (r"(?:make )?.*\bskin (?:look )?(?:smooth(?:er)?|soft(?:er)?|clear(?:er)?|flawless)$", "evenness", 1.0, SKIN),
)
"""Whole clauses: (pattern, control, amount, what it works on). The first that fits counts."""

LARGER = (
    r"(?:up-?scale|enlarge|super-?resolution|"
    r"(?:increase|improve|double|boost|raise) (?:the )?(?:image |picture |photo )?resolution|"
    r"(?:make|convert|turn)\b.*\b(?:higher|high)[ -]?resolution)\b"
)
PICTURE = (
    r"\b(?:image|picture|photo|photograph|it|this|resolution)\b|^(?:up-?scale|super-?resolution)(?: (?:by|to|\d).*)?$"
)
LARGEST = {"2": 2.0, "3": 3.0, "4": 4.0, "two": 2.0, "three": 3.0, "four": 4.0}


def repairing(clause: Clause) -> Step | None:
    """ "Remove the scratches", "restore this old photo", "deblur", "dehaze it", "smooth her skin", "upscale 2x"."""
    text = clause.lower
    if re.match(LARGER, text) and re.search(PICTURE, text):
        times = re.search(r"\b(2|3|4|two|three|four) ?(?:x|times)\b|\bby (2|3|4)\b|\bx ?(2|3|4)\b", text)
        return Reshape("upscale", LARGEST[next(group for group in times.groups() if group)] if times else 2.0)
    for pattern, kind, by, on in MENDED:
        if re.match(pattern, text):
            return Adjust(kind, by * amount(text), on)
    return None
