"""A clause of an instruction, and the readers that the rules share: things, colours, places, amounts."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from gesso.engines.sketch.edit import words
from gesso.engines.sketch.edit.steps import Step, Target
from gesso.engines.sketch.words import lexicon
from gesso.tasks import RGB

ARTICLES = r"^(?:the|a|an|this|that|these|those|his|her|its|their|my|our|your|all|every|each|some|of|any)\s+"


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of an instruction; quoted texts stand in it as NUL and a number."""

    text: str
    quotes: tuple[str, ...] = ()
    materials: int = 0

    @property
    def lower(self) -> str:
        return self.text.lower()

    @property
    def told(self) -> str:
        """The clause as it was written, for the log."""
        return re.sub(r"\x00(\d+)", lambda m: f'"{self.quotes[int(m[1])]}"', self.text).strip()

    def of(self, text: str) -> Clause:
        """Another piece of the same instruction."""
        return replace(self, text=text)

    def quoted(self) -> list[str]:
        """The texts quoted in this clause."""
        return [self.quotes[int(number)] for number in re.findall(r"\x00(\d+)", self.text)]


Rule = Callable[[Clause], Step | None]


def bare(phrase: str) -> str:
    """A phrase without its articles."""
    phrase = phrase.strip(" ,")
    while True:
        shorter = re.sub(ARTICLES, "", phrase)
        if shorter == phrase:
            return phrase
        phrase = shorter


def place(phrase: str) -> tuple[str, str]:
    """Where a phrase says something is, and the phrase without that."""
    for where, pattern in words.WHERE.items():
        found = re.search(rf"(?:^|\s)(?:{pattern})(?=\s|$)", phrase)
        if found:
            rest = re.sub(r"\s+", " ", phrase[: found.start()] + " " + phrase[found.end() :]).strip()
            return where, rest
    return "", phrase


EXCEPT = r"(?:^|\b)(?:except|excluding|besides|other than|apart from|(?<=thing )but)(?: for)? (.+)$"

OWNER = r"^(.+)'s (?=\w)|\w (?:of|on) (?:the|this|his|her|its|my|your|their) (?!left|right|top|bottom)(.+)$"


def target(phrase: str) -> Target:
    """What a noun phrase names."""
    spared = re.search(EXCEPT, phrase.lower())
    if spared is not None:
        thing = target(spared[1])
        return replace(thing, phrase=f"all but {thing.phrase}", outside=not thing.everything)
    where, rest = place(bare(phrase.lower()))
    owner = re.search(OWNER, rest)
    return replace(_named(phrase, where, rest), owner=bare((owner[1] or owner[2]) if owner else ""))


def _named(phrase: str, where: str, rest: str) -> Target:
    rest = bare(
        re.sub(
            r"^.*'s (?=\w)|'s\b.*|"
            r"\b(?:of|in|on|from|inside) (?:the|this|my)? ?(?:image|picture|photo|photograph|scene|frame)\b",
            "",
            rest,
        )
    )
    rest = re.sub(BY_ANOTHER, r"\1", rest)
    rest = re.sub(r"\b(?:whole|entire|main|overall|looks? like|looks?|appear)\b ?", "", rest).strip()
    if not rest:
        everything = bool(re.search(r"\b(?:image|picture|photo|photograph|scene|frame)\b", phrase)) and not where
        return Target(phrase, where=where, everything=everything)
    if rest.split()[-1] in words.WHOLE:
        return Target(phrase, everything=True)
    if rest in words.MAIN:
        return Target(phrase if rest not in ("it", "this") else "", where=where)
    tokens = [token for token in rest.split() if token not in ("and", "with")]
    colours = [value for token in tokens if (value := lexicon.colour(token)) is not None]
    last = tokens[-1]
    if len(tokens) == 1 and colours and lexicon.lookup(last) is None:
        return Target(phrase, "", colours[0], where)
    if last in ("colour", "color", "colours", "colors", "areas", "parts", "things", "objects") and colours:
        return Target(phrase, "", colours[0], where, several=True)
    noun = lexicon.lemma(last)
    own = [value for token in tokens[:-1] if (value := lexicon.colour(token)) is not None]
    return Target(phrase, noun, own[0] if own else None, where, noun != last and last.endswith("s"))


BY_ANOTHER = (
    r"^(.+?) (?:of|on|in|at|by|with|near|beside|behind|under|below|above|over|next to|in front of|wearing|holding) "
    r"(?:the|this|that|an?|his|her|its|my|your|their) .+$"
)
"""A thing told by another: "the door of the house" is a door, "the bins next to the fountain" are bins."""

SHADES = {
    "dark": (0.62, 1.05), "deep": (0.68, 1.15), "light": (1.28, 0.75), "pale": (1.38, 0.55), "pastel": (1.35, 0.55),
    "bright": (1.15, 1.2), "neon": (1.25, 1.5), "vivid": (1.05, 1.3), "hot": (1.0, 1.35), "soft": (1.2, 0.7),
}  # fmt: skip
"""What a word before a colour does to its lightness and saturation."""


def colour(phrase: str) -> tuple[RGB, str] | None:
    """The colour that a phrase is, and nothing else: "dark green", "a shiny gold one", "wooden"."""
    text = re.sub(
        r"\b(?:in |into |to )?(?:colou?r(?:ed)?|one|shade of|completely|fully|bright and|instead|tones?)\b", " ", phrase
    )
    tokens = bare(re.sub(r"[^\w# -]", " ", text).lower()).split()
    if not tokens or len(tokens) > 3 or tokens[-1] == "sepia":  # a tone of photographs, no paint
        return None
    code = re.fullmatch(r"#([0-9a-f]{6})", tokens[-1])
    if code:
        value = code[1]
        return (int(value[:2], 16), int(value[2:4], 16), int(value[4:], 16)), tokens[-1]
    joined = "".join(tokens)
    base = lexicon.colour(joined) if joined not in ("black", "white") and len(tokens) > 1 else None
    base = base or lexicon.colour(tokens[-1])
    stuff = lexicon.material(tokens[-1])
    if base is None and stuff is None:
        return None
    rgb: RGB = base if base is not None else stuff.rgb if stuff else (0, 0, 0)
    named = len(tokens) > 1 and base is not None and base == lexicon.colour(joined)
    for token in tokens[:-1]:
        if token in SHADES:
            rgb = rgb if named else _shaded(rgb, *SHADES[token])
        elif lexicon.colour(token) is None and token not in (
            "shiny",
            "matte",
            "solid",
            "plain",
            "glossy",
            "metallic",
            "pure",
        ):
            return None
    return rgb, " ".join(tokens)


def _shaded(rgb: RGB, light: float, rich: float) -> RGB:
    hue, level, vivid = colorsys.rgb_to_hls(*(channel / 255 for channel in rgb))
    done = colorsys.hls_to_rgb(hue, min(0.93, level * light), min(1.0, vivid * rich))
    return round(done[0] * 255), round(done[1] * 255), round(done[2] * 255)


def amount(text: str) -> float:
    """How much a clause wants: 1 is the plain word."""
    share = re.search(r"\bby (\d{1,3}) ?%", text)
    if share:
        return min(2.0, int(share[1]) / 40)
    return next((value for pattern, value in words.AMOUNTS.items() if re.search(pattern, text)), 1.0)


def without_amount(text: str) -> str:
    """The clause without the words for how much."""
    for pattern in words.AMOUNTS:
        text = re.sub(pattern, " ", text)
    return re.sub(r"\s+", " ", re.sub(r"\bby \d{1,3} ?%", " ", text)).strip(" ,")
