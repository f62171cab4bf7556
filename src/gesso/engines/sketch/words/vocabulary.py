"""The sketch engine's closed word lists (`vocabulary.toml`), as the tables that its modules look things up in."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "vocabulary.toml").read_text(encoding="utf-8"))


@cache
def phrases() -> Mapping[str, tuple[str, str]]:
    """Phrase -> (kind, value), e.g. "golden hour" -> ("time", "golden"); of two kinds the later one counts."""
    groups: dict[str, dict[str, list[str]]] = _tables()["phrases"]
    return {p: (kind, value) for kind, table in groups.items() for value, line in table.items() for p in line}


@cache
def longest() -> int:
    """Words in the longest phrase."""
    return max(len(phrase.split()) for phrase in phrases())


@cache
def inverse(name: str) -> Mapping[str, str]:
    """A table of lists turned round: word -> the key that lists it (`carriers`, `actions`, `homes`...)."""
    table: dict[str, list[str]] = _tables()[name]
    return {word: key for key, words in table.items() for word in words}


def stop() -> frozenset[str]:
    """Words that name nothing to draw."""
    return words("stop")


@cache
def words(name: str) -> frozenset[str]:
    """A table that is one list (`anatomy`, `unseen`)."""
    return frozenset(_tables()[name]["words"])


@cache
def shown() -> Mapping[str, tuple[str, str]]:
    """Word or phrase -> (sprite, drawing) that shows it, before the dictionary is asked; one of the two is empty."""
    tables: dict[str, dict[str, list[str]]] = _tables()["shown"]
    worn = {word: ("coat", "") for words in _tables()["guises"].values() for word in words}
    sprites = worn | {word: (name, "") for name, words in tables["sprite"].items() for word in words}
    return sprites | {word: ("", name) for name, words in tables["drawing"].items() for word in words}


@cache
def lists(name: str) -> Mapping[str, tuple[str, ...]]:
    """A table of lists as it stands: key -> words (`includes`, `natural`)."""
    return {key: tuple(words) for key, words in _tables()[name].items()}


@cache
def rooms() -> frozenset[str]:
    """Kinds of rooms."""
    return frozenset(_tables()["phrases"]["room"])
