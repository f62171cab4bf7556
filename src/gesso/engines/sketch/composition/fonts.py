"""Typefaces for text in pictures: thirteen faces under the SIL Open Font License, named by what they look like."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from gesso.engines.sketch import assets

Kind = Literal[
    "sans",
    "bold",
    "display",
    "serif",
    "slab",
    "handwriting",
    "script",
    "neon",
    "mono",
    "comic",
    "pixel",
    "blackletter",
    "deco",
]
KINDS: tuple[Kind, ...] = (
    "sans",
    "bold",
    "display",
    "serif",
    "slab",
    "handwriting",
    "script",
    "neon",
    "mono",
    "comic",
    "pixel",
    "blackletter",
    "deco",
)
#: The two faces that also have Greek, Cyrillic and Vietnamese.
WIDE: tuple[Kind, ...] = ("sans", "bold")
#: Code points that every face has glyphs for, as far as its designers went: Latin to Extended-B, punctuation, euro.
_LATIN = (range(0x20, 0x250), range(0x2010, 0x2027), range(0x20AC, 0x20AD), range(0x2122, 0x2123))


def face(kind: Kind, text: str = "") -> Path:
    """Return a face's TrueType file; the bold sans' when `text` leaves the Latin alphabet, all that most have."""
    if kind not in WIDE and not all(any(ord(char) in block for block in _LATIN) for char in text if not char.isspace()):
        kind = "bold"
    return assets.path(f"fonts/{kind}.ttf")
