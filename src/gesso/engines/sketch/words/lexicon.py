"""What English words look like: noun -> sprite or drawing; parts of speech; colours, materials and number words.

`lexicon.tsv` holds eighty thousand words, sorted, made by `scripts/vendored` from WordNet, Emojibase and our own list.
It is searched where it lies (memory-mapped), so that a worker pays neither a parse nor a dictionary.
"""

from __future__ import annotations

import mmap
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, Literal

from gesso.engines.sketch import assets
from gesso.engines.sketch.words import vocabulary

Rgb = tuple[int, int, int]
How = Literal["exact", "synonym", "hypernym", "evokes", "procedural", "head"]
#: A part of speech counts when it makes up this share of a word's uses.
SHARE = 0.1
#: What is left of a score when only the last word of a phrase is known.
HEAD = 0.8
LONGEST_PHRASE = 3


@dataclass(frozen=True, slots=True)
class Match:
    """How to show a noun.

    `sprite` is a name for `sprites.load`, empty when nothing fits; `drawing` is the kind of thing a scene draws itself
    ("lighthouse", "river"...), empty when the sprite is the thing. `score` is 0..1; `how` tells where it comes from:
    the thing itself, a synonym, a kind of it (WordNet), a sign for what cannot be seen, a drawing, or only the
    phrase's last word. `head` is the word that matched. `prop` is a second sprite that the figure holds. `scale` is the
    size beside the sprite's natural one (a kitten is a cat of 0.55).
    """

    sprite: str
    score: float
    how: How
    head: str
    drawing: str = ""
    prop: str = ""
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Material:
    """A surface: its colour, and how rough and shiny it is (0..1)."""

    rgb: Rgb
    rough: float
    shine: float


@lru_cache(maxsize=4096)
def lookup(noun: str) -> Match | None:
    """The best picture for a noun or noun phrase, singular or plural; None when it shows nothing."""
    words = noun.lower().replace("_", " ").split()
    if not words:
        return None
    found = _match(" ".join(words)) or _match(" ".join([*words[:-1], lemma(words[-1])]))
    if found is None and len(words) == 1 and words[0].endswith("s"):
        found = _match(words[0][:-1])  # some plurals are listed for their part of speech alone
    if found is None and len(words) == 1 and "-" in words[0]:
        return lookup(words[0].replace("-", " "))
    if found is None and len(words) > 1:
        rest = lookup(" ".join(words[1:]))
        return replace(rest, score=round(rest.score * HEAD, 2), how="head") if rest else None
    return found


def longest(words: Sequence[str]) -> tuple[Match | None, int]:
    """Match the longest phrase that `words` begin with: ("fire", "truck", "on", ...) -> (the fire engine, 2).

    A phrase of several words must be in the dictionary as such; (None, 0) when not even the first word shows anything.
    """
    for length in range(min(LONGEST_PHRASE, len(words)), 1, -1):
        phrase = [word.lower() for word in words[:length]]
        found = _match(" ".join(phrase)) or _match(" ".join([*phrase[:-1], lemma(phrase[-1])]))
        if found:
            return found, length
    single = lookup(words[0]) if words else None
    return single, 1 if single else 0


def lemma(word: str, pos: Literal["n", "v"] = "n") -> str:
    """The dictionary form: gulls -> gull, knives -> knife; with pos "v" sitting -> sit. Unknown words stay."""
    lower = word.lower()
    irregular = _words()["plurals" if pos == "n" else "verbs"].get(lower)
    if irregular:
        return str(irregular)
    if pos in _counts(lower):
        return lower
    forms = [form for form in _forms(lower, pos) if pos in _counts(form)]
    return max(forms, key=lambda form: _counts(form)[pos], default=lower)  # singing: sing, not singe


def is_plural(word: str) -> bool:
    """Whether a noun is written in a plural that differs from its dictionary form."""
    lower = word.lower()
    return lemma(lower) != lower


def is_noun(word: str) -> bool:
    """Whether a word, singular or plural, is a noun in a fair share of its uses."""
    return _is(lemma(word), "n") or _is(word.lower(), "n")


def is_verb(word: str) -> bool:
    """Whether a word, in any form, is a verb in a fair share of its uses."""
    return _is(lemma(word, "v"), "v")


def is_adjective(word: str) -> bool:
    """Whether a word is an adjective in a fair share of its uses, or the name of a colour or material."""
    lower = word.lower()
    return _is(lower, "a") or lower in _words()["colours"]


def colour(word: str) -> Rgb | None:
    """The sRGB value (0..255) of a colour's name, as a painter means it; CSS's value for the names only CSS knows."""
    lower = word.lower()
    painted = _words()["colours"].get(lower)
    if painted:
        return tuple(painted)
    from PIL import ImageColor

    css = ImageColor.colormap.get(lower)
    red, green, blue, *_ = ImageColor.getrgb(css) if isinstance(css, str) else css or (-1, 0, 0)
    return None if red < 0 else (red, green, blue)


def colour_name(rgb: Rgb) -> str:
    """The painter's word for a value that `colour` gave; its hexadecimal form when CSS alone knows it."""
    for word, value in _words()["colours"].items():
        if tuple(value) == rgb:
            return str(word)
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def material(word: str) -> Material | None:
    """The surface that a word such as "wooden" or "marble" stands for."""
    found = _words()["materials"].get(word.lower())
    return Material(tuple(found["rgb"]), found["rough"], found["shine"]) if found else None


def number(word: str) -> int | None:
    """How many a word or numeral says: two -> 2, dozen -> 12, several -> 4, "17" -> 17."""
    if re.fullmatch(r"\d{1,4}", word):
        return int(word)
    found = _words()["numbers"].get(word.lower())
    return int(found) if found else None


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(assets.path("words.toml").read_text(encoding="utf-8"))


@cache
def _table() -> mmap.mmap:
    with assets.path("lexicon.tsv").open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


@lru_cache(maxsize=8192)
def _row(word: str) -> tuple[str, ...]:
    """The columns of a word's line, by bisection over the file's bytes; empty when there is none."""
    table, key = _table(), word.encode("utf-8", "replace")
    low, high = 0, len(table)
    while low < high:
        start = table.rfind(b"\n", 0, (low + high) // 2) + 1
        end = table.find(b"\n", start)
        line = table[start:end]
        found = line.partition(b"\t")[0]
        if found == key:
            return tuple(line.decode().split("\t"))
        if found < key:
            low = end + 1
        else:
            high = start
    return ()


def _match(word: str) -> Match | None:
    ours = vocabulary.shown().get(word)
    if ours:
        return Match(ours[0], 1.0, "exact" if ours[0] else "procedural", word, ours[1])
    row = _row(word)
    if len(row) < 6:  # word, uses, sprite, score, how, head: a line without them shows nothing
        return None
    drawing, prop, scale = (*row[6:], *[""] * 3)[:3]
    how: Any = row[4]
    return Match(row[2], float(row[3]), how, row[5], drawing, prop, float(scale or 1))


@lru_cache(maxsize=8192)
def _counts(word: str) -> dict[str, int]:
    row = _row(word)
    return {pos: int(count) for pos, count in re.findall(r"([nvar])(\d+)", row[1])} if len(row) > 1 else {}


def _is(word: str, pos: str) -> bool:
    counts = _counts(word)
    return pos in counts and counts[pos] + 1 >= SHARE * (sum(counts.values()) + len(counts))


def _forms(word: str, pos: str) -> list[str]:
    """Candidates for the dictionary form."""
    rules = _NOUN_ENDINGS if pos == "n" else _VERB_ENDINGS
    forms = [word[: -len(end)] + new for end, new in rules if word.endswith(end) and len(word) > len(end) + 1]
    doubled = re.fullmatch(r"(\w+)(\w)\2(?:ing|ed)", word) if pos == "v" else None
    return [*([doubled[1] + doubled[2]] if doubled else []), *forms]


_NOUN_ENDINGS = (("ies", "y"), ("ves", "f"), ("ves", "fe"), ("men", "man"), ("s", ""), ("es", ""), ("es", "is"))
_VERB_ENDINGS = (("ies", "y"), ("ied", "y"), ("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e"), ("es", ""), ("s", ""))
