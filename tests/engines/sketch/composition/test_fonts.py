"""Faces load in Pillow, differ, and text outside Latin gets a face that has it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import ImageFont

from gesso.engines.sketch import assets
from gesso.engines.sketch.composition import fonts

TEXT = "Open 24h: Café Žižkov, Łódź & €12"


def drawn(path: Path, text: str) -> bytes:
    mask: Any = ImageFont.truetype(str(path), 40).getmask(text)
    return bytes(mask)


@pytest.mark.parametrize("kind", fonts.KINDS)
def test_draws_every_latin_letter(kind: fonts.Kind) -> None:
    blank = drawn(fonts.face(kind), "\ue000")  # a private code point: the face's sign for "no such glyph"
    for letter in TEXT.replace(" ", ""):
        mask = drawn(fonts.face(kind), letter)
        assert any(mask), letter
        assert mask != blank, letter


@pytest.mark.parametrize("kind", fonts.KINDS)
@pytest.mark.parametrize("text", ["Привет", "αβγ", "Tiếng Việt"])
def test_other_scripts_get_a_face_that_has_them(kind: fonts.Kind, text: str) -> None:
    path = fonts.face(kind, text)
    assert path.stem in fonts.WIDE
    assert drawn(path, text[-1]) != drawn(path, "\ue000")


def test_faces_look_different() -> None:
    looks = [drawn(fonts.face(kind), "Gesso") for kind in fonts.KINDS]
    assert all(a != b for a, b in pairwise(sorted(looks)))


def test_names_do_not_use_reserved_ones() -> None:
    for kind in fonts.KINDS:
        family, _ = ImageFont.truetype(str(fonts.face(kind)), 10).getname()
        assert family == f"Gesso {kind.capitalize()}"


def test_all_faces_together_stay_small() -> None:
    assert sum(assets.path(f"fonts/{kind}.ttf").stat().st_size for kind in fonts.KINDS) < 1_500_000
