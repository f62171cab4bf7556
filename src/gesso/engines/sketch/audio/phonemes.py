"""Text to phonemes: the spelling-to-sound rules of hibari-tts, kept from what they stumble over."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

VOWELS = frozenset("AIOQWYiuɑæəɚɛɜɪʊʌɔaeoɐᵊᵻ")
"""The alphabet's vowels, the diphthongs written as capitals included."""

STRESSES = {"ˈ": 2, "ˌ": 1}
"""Marks in front of a stressed vowel, and how strong the stress is."""

SILENT = frozenset(' ;:,.!?—…"()“”')
"""What is a pause, or nothing, in the network's alphabet."""

LONGEST = 380
"""Phonemes that the network takes at once."""

_LONG_DIGITS = re.compile(r"\d{10,}")
_LONG_WORD = re.compile(r"\S{40,}")
_CLAUSE = re.compile(r"(?<=[,;:—.!?])\s+")


def spoken(text: str) -> list[str]:
    """The phonemes of each sentence of `text`; what has no English pronunciation is left out."""
    from hibari.tts import Hibari

    pieces: list[str] = []
    for sentence in Hibari.split_sentences(_tame(text)):
        phonemes = pronounced(sentence)
        if any(phone not in SILENT for phone in phonemes):
            pieces += _cut(phonemes)
    return pieces


def pronounced(words: str) -> str:
    """The phonemes of words within one sentence."""
    rules, words = _rules(), _tame(words)
    try:
        found = str(rules(words))
    except (IndexError, KeyError, ValueError):
        # A word that the rules trip over is left out; the others are still said.
        found = " ".join(filter(None, (_word(rules, word) for word in words.split())))
    # The rules let digits through, which the network skips: times would be those of other phonemes.
    return re.sub(r"[0-9]", "", found)


def _word(rules: Any, word: str) -> str:
    try:
        return str(rules(word))
    except (IndexError, KeyError, ValueError):
        return ""


def _tame(text: str) -> str:
    """Without letters of other scripts, which would be spelt one by one, and in words of a length that can be read."""
    text = "".join(one if not one.isalpha() or "LATIN" in unicodedata.name(one, "") else " " for one in text)
    text = _LONG_DIGITS.sub(lambda found: " ".join(found[0]), text)
    return _LONG_WORD.sub(lambda found: " ".join(re.findall(".{1,20}", found[0])), text)


def _cut(phonemes: str) -> list[str]:
    """Pieces that the network can take, cut at clauses, else between words, else anywhere."""
    if len(phonemes) <= LONGEST:
        return [phonemes]
    made = [""]
    for part in _CLAUSE.split(phonemes):
        for word in part.split(" "):
            if len(made[-1]) + len(word) + 1 > LONGEST:
                made.append("")
            made[-1] = f"{made[-1]} {word[:LONGEST]}".strip()
    return made


@cache
def _rules() -> Any:
    from hibari.g2p import G2P

    return G2P(british=False)
