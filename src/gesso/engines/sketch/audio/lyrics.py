"""Lyrics: sections, lines and syllables, with the phonemes and the stress of each syllable."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from gesso.engines.sketch.audio.phonemes import SILENT, STRESSES, VOWELS, pronounced

KINDS = ("intro", "verse", "prechorus", "chorus", "bridge", "solo", "outro")

_TAGS = {
    "hook": "chorus",
    "refrain": "chorus",
    "pre": "prechorus",
    "inst": "solo",
    "instrumental": "solo",
    "interlude": "solo",
    "break": "solo",
    "drop": "solo",
    "ending": "outro",
    "end": "outro",
    "start": "intro",
}
_TAG = re.compile(r"^\s*[\[(]\s*([a-z][a-z\s-]*?)\s*\d*\s*[\])]\s*:?\s*", re.IGNORECASE)
_MOST_SYLLABLES = 18
_ONSETS = frozenset(
    [
        "pl",
        "pɹ",
        "bl",
        "bɹ",
        "tɹ",
        "dɹ",
        "kl",
        "kɹ",
        "ɡl",
        "ɡɹ",
        "fl",
        "fɹ",
        "sl",
        "sm",
        "sn",
        "sp",
        "st",
        "sk",
        "sw",
        "tw",
        "kw",
        "θɹ",
        "ʃɹ",
        "spl",
        "spɹ",
        "stɹ",
        "skɹ",
        "skw",
        "pj",
        "bj",
        "mj",
        "kj",
        "fj",
        "hj",
        "vj",
    ]
)


@dataclass(frozen=True, slots=True)
class Syllable:
    """What is sung on one note: where it lies in its line's phonemes, its vowel there, and its stress 0..2."""

    begin: int
    vowel: int
    end: int
    stress: int
    first: bool
    """Whether a word begins with it."""


@dataclass(frozen=True, slots=True)
class Line:
    """Words that are sung in one breath."""

    words: str
    phonemes: str
    """Without stress marks; a space between words."""
    spoken: str
    """The same with stress marks, as the voice wants them."""
    syllables: tuple[Syllable, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a song; None among its lines is a pause."""

    kind: str
    lines: tuple[Line | None, ...] = ()

    @property
    def sung(self) -> tuple[Line, ...]:
        """The lines without the pauses."""
        return tuple(line for line in self.lines if line is not None)


def read(text: str) -> list[Section]:
    """The sections of lyrics. Where none is named, paragraphs are verse and chorus in turn."""
    text = text.replace("#", " ").replace("\r", "")
    named = any(_kind(line) for line in text.split("\n"))
    blocks: list[tuple[str, list[str]]] = []
    for raw in text.split("\n"):
        found = _TAG.match(raw)
        kind = _kind(raw)
        rest = raw[found.end() :] if found and kind else raw
        if kind:
            blocks.append((kind, []))
        elif not blocks or (not named and not raw.strip() and blocks[-1][1]):
            blocks.append((("verse", "chorus")[len(blocks) % 2], []))
        if not (kind and not rest.strip()):
            blocks[-1][1].append(rest.strip())
    return [section for section in (_section(kind, lines) for kind, lines in blocks) if section is not None]


def unsung(text: str) -> list[str]:
    """The lines that have words, of which none can be pronounced."""
    lines = (_TAG.sub("", raw).strip(" #\r") if _kind(raw) else raw.strip(" #\r") for raw in text.split("\n"))
    return [line for line in lines if any(one.isalpha() for one in line) and not _line(line).syllables]


def _kind(line: str) -> str:
    """The section that a tag at the line's beginning names, or nothing."""
    found = _TAG.match(line)
    if not found:
        return ""
    word = re.sub(r"[\s-]", "", found[1].lower())
    for name in (*_TAGS, *sorted(KINDS, key=len, reverse=True)):
        if word.startswith(name):
            return _TAGS.get(name, name)
    return ""


def _section(kind: str, raw: list[str]) -> Section | None:
    while raw and not raw[0]:
        raw = raw[1:]
    while raw and not raw[-1]:
        raw = raw[:-1]
    lines: list[Line | None] = []
    for words in raw:
        lines += _lines(words) if words else [None]
    if kind in ("intro", "solo", "outro") or any(line is not None for line in lines):
        return Section(kind, tuple(lines))
    return None


def _lines(words: str) -> list[Line]:
    """One line, or several where it has more syllables than a breath holds."""
    line = _line(words)
    if not line.syllables:
        return []
    if len(line.syllables) <= _MOST_SYLLABLES or " " not in words.strip():
        return [line]
    parts = words.split()
    commas = [n for n, part in enumerate(parts[:-1], 1) if part[-1] in ",;:.!?"]
    half = min(commas or [len(parts) // 2], key=lambda n: abs(n - len(parts) / 2))
    return _lines(" ".join(parts[:half])) + _lines(" ".join(parts[half:]))


def _line(words: str) -> Line:
    phones: list[str] = []
    marks: list[str] = []
    stressed: dict[int, int] = {}
    for phone in pronounced(words):
        if phone in STRESSES:
            stressed[len(phones)] = STRESSES[phone]
            marks.append(phone)
        elif phone in SILENT:
            if phones and phones[-1] != " ":
                phones.append(" ")
                marks.append(" ")
        else:
            phones.append(phone)
            marks.append(phone)
    text = "".join(phones).strip()
    vowels = [place for place, phone in enumerate(text) if phone in VOWELS]
    cuts = [0, *(_cut(text, before, after) for before, after in pairwise(vowels)), len(text)]
    made: list[Syllable] = []
    for number, vowel in enumerate(vowels):
        begin, end = cuts[number], cuts[number + 1]
        stress = max((stressed[place] for place in range(begin, vowel + 1) if place in stressed), default=0)
        made.append(Syllable(begin, vowel, end, stress, begin == 0 or text[begin - 1] == " "))
    return Line(words, text, "".join(marks).strip() + ".", tuple(made))


def _cut(text: str, before: int, after: int) -> int:
    """Where the syllable of the vowel at `after` begins: at its word, else with as many consonants as may begin one."""
    between = text[before + 1 : after]
    if " " in between:
        return before + 2 + between.rindex(" ")
    for length in (3, 2):
        if len(between) >= length and between[-length:] in _ONSETS:
            return after - length
    return after - min(1, len(between))


def twice(sections: list[Section]) -> list[Section]:
    """The sections once more, for lyrics too short to be a song: the second time ends as a chorus."""
    return [*sections, *(replace(section, kind="chorus") for section in sections if section.sung)]
