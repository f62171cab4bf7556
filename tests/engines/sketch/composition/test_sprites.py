"""The pack of sprites: everything indexed decodes, boxes are true, tones and portraits exist."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from gesso.engines.sketch import assets
from gesso.engines.sketch.composition import sprites
from gesso.engines.sketch.composition.sprites import Stance

SAMPLE = sprites.names()[::37]


def test_index_covers_the_blob_exactly() -> None:
    index = sprites._index()
    end = 0
    for offset, length, _ in index.values():
        assert offset == end
        end = offset + length
    assert end == assets.path("sprites.bin").stat().st_size
    assert len(index) > 1800


@pytest.mark.parametrize("name", SAMPLE)
def test_decodes_to_rgba_of_256(name: str) -> None:
    pixels = sprites.load(name)
    assert pixels.shape == (256, 256, 4)
    assert pixels.dtype == np.uint8
    assert (pixels[:, :, 3] == 255).any()


@pytest.mark.parametrize("name", SAMPLE)
def test_box_holds_what_is_visible(name: str) -> None:
    visible = sprites.load(name)[:, :, 3] > 16
    rows, columns = np.flatnonzero(visible.any(axis=1)), np.flatnonzero(visible.any(axis=0))
    assert sprites.info(name).box == (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
    left, top, right, bottom = sprites.info(name).box
    assert sprites.trimmed(name).shape == (bottom - top, right - left, 4)


def test_stances_and_heights_are_sane() -> None:
    for name in sprites.names():
        facts = sprites.info(name)
        assert facts.stance in get_args(Stance)
        assert 0.01 <= facts.metres <= 1000
    assert sprites.info("cat").metres < sprites.info("horse").metres < sprites.info("castle").metres
    assert sprites.info("sailboat").stance == "water"
    assert sprites.info("desert").stance == "tile"
    assert sprites.info("man-standing").stance == "ground"
    assert sprites.info("lion").stance == "face"


def test_same_array_is_shared_and_cannot_be_changed() -> None:
    first = sprites.load("cat")
    assert sprites.load("cat") is first
    with pytest.raises(ValueError, match="read-only"):
        first[0, 0, 0] = 1


def test_unknown_name_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        sprites.load("no-such-thing")
    with pytest.raises(KeyError):
        sprites.info("no-such-thing")


def test_skin_tones() -> None:
    assert sprites.toned("man-astronaut", "dark") == "man-astronaut+dark"
    assert sprites.toned("man-astronaut+dark", "light") == "man-astronaut+light"
    assert sprites.toned("man-astronaut+dark", "") == "man-astronaut"
    assert sprites.toned("cat", "dark") == "cat"
    assert (sprites.load("man-astronaut") != sprites.load("man-astronaut+dark")).any()


def test_portraits_are_faces_of_the_same_tone() -> None:
    assert sprites.portrait("cat") == "cat-face"
    assert sprites.portrait("woman-standing+light") == "woman+light"
    assert sprites.portrait("castle") == "castle"
    for figure, face in sprites._portraits().items():
        assert sprites.info(figure)
        assert sprites.info(face).stance == "face"


def test_nothing_left_out_came_in() -> None:
    names = sprites.names()
    assert not [n for n in names if n.startswith(("flag-of", "keycap", "regional-")) or n in ("aries", "flag-france")]
    assert {n.partition("+")[2] for n in names} == {"", "light", "dark"}
    assert len(names) == len(set(names))
