"""What a phrase asks to be found: "the two largest red cars on the left" as plain values."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from gesso.engines.sketch.words import lexicon

FACE_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("face", "visage"), "face"),
    **dict.fromkeys(("eye", "eyeball"), "eye"),
    **dict.fromkeys(("mouth", "lip", "smile"), "mouth"),
    "nose": "nose",
    "eyebrow": "eyebrow",
}
TEXT_WORDS = frozenset(["text", "word", "letter", "lettering", "writing", "caption", "title", "inscription", "number"])
SHAPE_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("circle", "disc", "disk", "dot", "round"), "circle"),
    **dict.fromkeys(("ellipse", "oval"), "ellipse"),
    **dict.fromkeys(("square",), "square"),
    **dict.fromkeys(("rectangle", "box", "oblong"), "rectangle"),
    "triangle": "triangle",
    "shape": "",
    "form": "",
}
ANYTHING = frozenset(["object", "thing", "everything", "item", "anything"])

PLACES: Mapping[str, str] = {
    "left": r"(?:on|at|to|in) (?:the |its )?(?:far )?left(?: side| half| hand side)?|left-?most|left",
    "right": r"(?:on|at|to|in) (?:the |its )?(?:far )?right(?: side| half| hand side)?|right-?most|right",
    "top": r"(?:on|at|in) (?:the )?(?:very )?(?:top|upper half|upper part)|top-?most|uppermost|upper|highest|top",
    "bottom": r"(?:on|at|in) (?:the )?(?:very )?(?:bottom|lower half|lower part)|bottom-?most|lowest|lower|bottom",
    "middle": r"(?:on|at|in) (?:the )?(?:very )?(?:middle|cent(?:er|re))|central|middle|cent(?:er|re)",
}
SIZES: Mapping[str, str] = {
    "largest": r"largest|biggest|greatest|tallest|closest|nearest",
    "smallest": r"smallest|tiniest|littlest|shortest|farthest|furthest",
    "large": r"large|big|huge|tall|giant",
    "small": r"small|little|tiny|short",
}
OF_THE_PICTURE = r"\b(?:of|in|on|from) (?:the|this) (?:image|picture|photo|photograph|scene|frame)\b"
ASKING = (
    r"^(?:please |find |detect |locate |show |where (?:is|are) |look for |count |mark |me |all |every |each |any )+"
)
PREPOSITIONS = frozenset(
    ["of", "in", "on", "with", "near", "next", "behind", "beside", "under", "below", "above", "over", "inside", "by"]
) | {"at", "from", "wearing", "holding"}


@dataclass(frozen=True, slots=True)
class Query:
    """One kind of thing asked for, and which of its kind."""

    phrase: str
    noun: str
    kind: str
    """`objects` (of `labels`), `face`, `text`, `shape`, or `other`: a noun that no class stands for."""
    labels: tuple[str, ...] = ()
    part: str = ""
    """Which part of a face, or which shape."""
    colour: str = ""
    worn: str = ""
    """A colour that is only somewhere on the thing: "the man in the red shirt"."""
    where: str = ""
    size: str = ""
    count: int | None = None
    several: bool = False


def read(phrase: str) -> list[Query]:
    """The queries in a phrase: one for each noun that "and", "or" or a comma joins."""
    text = re.sub(r"[^\w\s,'-]", " ", phrase.lower().replace("_", " "))
    text = re.sub(ASKING, "", re.sub(OF_THE_PICTURE, " ", text).strip())
    found = [query for piece in _pieces(text) if (query := _query(piece)) is not None]
    return list(dict.fromkeys(found))


def _pieces(text: str) -> list[str]:
    """Cut at "and", "or" and commas; colours joined by them stay together."""
    out: list[str] = []
    for piece in re.split(r"\s*,\s*|\s+(?:and|or)\s+", text):
        words = out[-1].split() if out else []
        if words and all(lexicon.colour(word) or word in ("the", "a", "an") for word in words):
            out[-1] += f" {piece}"
        else:
            out.append(piece)
    return [piece.strip() for piece in out if piece.strip()]


def _query(piece: str) -> Query | None:
    where, rest = _taken(piece, PLACES)
    size, rest = _taken(rest, SIZES)
    words = re.sub(r"^(?:the |a |one )*of ", "", rest).split()
    at = next((i for i, word in enumerate(words) if i > 0 and word in PREPOSITIONS), len(words))
    worn = next((word for word in words[at:] if _colour(word)), "")
    words, several, count = words[:at], False, None
    colour = next((word for word in words[:-1] if _colour(word)), "")
    for word in words[:-1]:
        number = lexicon.number(word)
        several = several or word in ("all", "every", "these", "those", "both", "several", "many")
        count = number if number is not None and number > 1 else count
    noun = _noun(words)
    if not noun:
        return None
    several = several or count is not None or noun == "people" or words[-1] != noun.split()[-1]
    kind, labels, part = _meant(noun)
    return Query(piece, noun, kind, labels, part, colour, worn, where, size, count, several)


def _taken(text: str, patterns: Mapping[str, str]) -> tuple[str, str]:
    """Which pattern is in a text, and the text without it; "left" alone stays where it is all that is said."""
    for name, pattern in patterns.items():
        found = re.search(rf"(?<![\w-])(?:{pattern})(?![\w-])", text)
        rest = f"{text[: found.start()]} {text[found.end() :]}" if found else ""
        if found and re.sub(r"\b(?:the|a|an)\b", "", rest).strip():
            return name, re.sub(r"\s+", " ", rest).strip()
    return "", text


def _colour(word: str) -> bool:
    return lexicon.colour(word) is not None


def _noun(words: list[str]) -> str:
    """The longest phrase at the end that is known, in dictionary form; else the last word."""
    for length in (3, 2, 1):
        if length > len(words):
            continue
        *before, last = words[-length:]
        for form in (last, lexicon.lemma(last), last.removesuffix("s")):
            noun = " ".join([*before, form])
            if any(noun in known for known in (FACE_WORDS, TEXT_WORDS, SHAPE_WORDS, ANYTHING, _classes(), _groups())):
                return noun
    return lexicon.lemma(words[-1]) if words else ""


def _meant(noun: str) -> tuple[str, tuple[str, ...], str]:
    """(kind, labels, part) of a noun."""
    if noun in FACE_WORDS:
        return "face", (), FACE_WORDS[noun]
    if noun in TEXT_WORDS:
        return "text", (), ""
    if noun in SHAPE_WORDS:
        return "shape", (), SHAPE_WORDS[noun]
    if noun in ANYTHING:
        return "objects", tuple(dict.fromkeys(_classes().values())), ""
    if noun in _groups():
        return "objects", _groups()[noun], ""
    label = _classes().get(noun) or _kind_of(noun)
    return ("objects", (label,), "") if label else ("other", (), "")


def _kind_of(noun: str) -> str | None:
    """The class that a rarer word belongs to: one whose own word shows the same picture in the lexicon."""
    match = lexicon.lookup(noun)
    if match is None or match.how in ("evokes", "procedural", "head") or not match.sprite:
        return None
    return _pictured().get(match.sprite)


@cache
def _tables() -> dict[str, dict[str, str]]:
    text = files("gesso.engines.sketch.perceive").joinpath("classes.toml").read_text(encoding="utf-8")
    return dict(tomllib.loads(text))


@cache
def _classes() -> dict[str, str]:
    """Word to class."""
    return {word: label for label, words in _tables()["classes"].items() for word in shlex.split(words)}


@cache
def _groups() -> dict[str, tuple[str, ...]]:
    return {word: tuple(shlex.split(labels)) for word, labels in _tables()["groups"].items()}


@cache
def _pictured() -> dict[str, str]:
    """Sprite to class, by the classes' own words."""
    found: dict[str, str] = {}
    for word, label in _classes().items():
        match = lexicon.lookup(word)
        if match is not None and match.sprite and match.how in ("exact", "synonym"):
            found.setdefault(match.sprite, label)
    return found
