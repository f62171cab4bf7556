"""The closed word lists of edit instructions (`words.toml`), as the patterns and tables that the rules use."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_TABLE: dict[str, Any] = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


def _either(words: Sequence[str]) -> str:
    return "|".join(words)


VERBS = _either(_TABLE["verbs"])
"""Words that begin an instruction, as a regular expression."""

POLITE = rf"^(?:{_either(_TABLE['polite'])})\s+"
"""What goes before an instruction and says nothing."""

KEPT = (
    rf"\b(?:but |while |and |, )*(?:{_either(_TABLE['kept'])})\b"
    rf"(?:(?!(?:,| and| then| but) (?:and |then |but |also |please )*(?:{VERBS})\b)[^.;!\n])*"
)
"""What an instruction says must stay, up to the next thing that it asks for: what is not named stays anyway."""

CLOTHES = frozenset[str](_TABLE["clothes"])
"""What is worn on the body."""

WHOLE = frozenset[str](_TABLE["whole"])
"""Words for the picture itself."""

MAIN = frozenset[str](_TABLE["main"])
"""Words for what the picture is of."""

MORE = f"(?:{_either(_TABLE['more'])})"
LESS = f"(?:{_either(_TABLE['less'])})"

_OF = r"(?: of (?:the )?(?:image|picture|photo|frame))?"

WHERE: Mapping[str, str] = {where: _either(words).replace("{of}", _OF) for where, words in _TABLE["where"].items()}
"""Where in a picture, as regular expressions."""

CONTROLS: Sequence[tuple[str, str, float]] = [
    (_either(row["words"]).replace("{more}", MORE).replace("{less}", LESS), row["kind"], row["sign"])
    for row in _TABLE["controls"]
]
"""Controls: (pattern, kind of `Adjust`, sign). The first that fits counts."""

NAMED_STYLES: Mapping[str, str] = {word: style for style, words in _TABLE["styles"].items() for word in words}
"""Painters and manners -> `neural_style.LOOKS`."""

NAMED_LOOKS: Mapping[str, str] = {word: look for look, words in _TABLE["looks"].items() for word in words}
"""Manners -> `looks`."""

FACES: Mapping[str, str] = {word: face for face, words in _TABLE["faces"].items() for word in words}
"""Words for typefaces -> `fonts.Kind`."""

AMOUNTS: Mapping[str, float] = {rf"\b(?:{_either(row['words'])})\b": row["by"] for row in _TABLE["amounts"]}
"""Patterns for how much, and what they multiply by."""
