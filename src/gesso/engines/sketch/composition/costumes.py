"""Figures named by what they wear: "knight", "woman-knight", "cat-face@knight" are heads on a dressed body.

The costumes are rows of `costumes.toml`. A name is an optional face with "@", the costume, and a skin tone after "+".
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

Bytes = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Costume:
    """What a figure wears: colours of its clothes (None keeps them, "skin" bares), parts, and sprites in its hands."""

    head: str
    shirt: Bytes | str | None
    arms: Bytes | str | None
    legs: Bytes | str | None
    shoes: Bytes | str | None
    parts: tuple[tuple[str, tuple[float, float, float] | None], ...]
    carries: tuple[tuple[str, float, float, float], ...]


@cache
def _rows() -> Mapping[str, Costume]:
    rows = tomllib.loads((Path(__file__).parent / "costumes.toml").read_text(encoding="utf-8"))
    return {name: _costume(row) for name, row in rows.items()}


def _costume(row: Mapping[str, Any]) -> Costume:
    dyes = {key: tuple(row[key]) if isinstance(row.get(key), list) else row.get(key) for key in DYED}
    parts = tuple((words[0], _own(words[1:])) for words in map(str.split, row.get("parts", ())))
    return Costume(row.get("head", "man"), parts=parts, carries=tuple(map(tuple, row.get("carries", ()))), **dyes)


DYED = ("shirt", "arms", "legs", "shoes")


def _own(words: list[str]) -> tuple[float, float, float] | None:
    return (float(words[0]), float(words[1]), float(words[2])) if words else None


def names() -> frozenset[str]:
    """All costumes."""
    return frozenset(_rows())


@lru_cache(maxsize=256)
def of(name: str) -> Costume | None:
    """The costume that a figure's name tells; None for a sprite of its own."""
    role = name.partition("+")[0].rpartition("@")[2]
    return _rows().get(role) or _rows().get(role.removeprefix("woman-").removeprefix("man-"))


def head(name: str) -> str:
    """The sprite of a costumed figure's head, in its skin tone. Raises KeyError for a name without a costume."""
    base, plus, tone = name.partition("+")
    face, _, role = base.rpartition("@")
    if face:
        return face
    costume = of(name)
    if costume is None:
        raise KeyError(name)
    own = costume.head
    gender, _, rest = role.partition("-")
    if gender in ("woman", "man") and rest in _rows() and own.partition("-")[0] != gender:
        own = gender
    return f"{own}{plus}{tone}"


def role(name: str) -> str:
    """Whose clothes a figure wears, without its face, its sex and its skin tone."""
    return split(name.partition("+")[0])[1].removeprefix("woman-").removeprefix("man-")


def split(name: str) -> tuple[str, str]:
    """The animal's face that a name puts on somebody, empty where there is none; and that somebody."""
    face, _, role = name.rpartition("@")
    return face, role
