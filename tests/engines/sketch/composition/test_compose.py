"""Recolouring, figures, drawings and lettering: the pieces that scenes are made of."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from gesso.engines.sketch.composition import costumes, figures, lettering, sprites, tints
from gesso.engines.sketch.scene import drawings, parts
from gesso.engines.sketch.words import lexicon, vocabulary


@pytest.mark.parametrize("name", ["red-apple", "automobile", "cat", "house", "teapot", "office-building"])
@pytest.mark.parametrize("colour", ["red", "green", "blue", "black", "white"])
def test_recolouring_changes_the_main_colour_and_keeps_the_outline(name: str, colour: str) -> None:
    wanted = lexicon.colour(colour)
    assert wanted is not None
    source = sprites.trimmed(name)
    done = tints.recolour(source, wanted)
    assert np.array_equal(done[..., 3], source[..., 3])
    seen = source[..., 3] > 200
    target = cv2.cvtColor(np.array([[wanted]], np.uint8), cv2.COLOR_RGB2LAB)[0, 0].astype(int)
    lab = [cv2.cvtColor(np.ascontiguousarray(p[..., :3]), cv2.COLOR_RGB2LAB)[seen].astype(int) for p in (source, done)]
    before, after = (np.abs(values[:, 1:] - target[1:]).sum(axis=1).mean() for values in lab)
    if colour in ("red", "green", "blue"):
        assert after < max(0.9 * before, 25)
    else:
        light = lab[1][:, 0].mean()
        assert light < 110 if colour == "black" else light > 140


def test_no_colour_changes_nothing() -> None:
    source = sprites.trimmed("cat")
    assert tints.recolour(source, None) is source


@pytest.mark.parametrize("name", ["astronaut", "cook", "fox", "panda", "robot"])
def test_heads_and_busts_get_a_body(name: str) -> None:
    whole = figures.figure(name)
    part = figures.figure(name, whole=False)
    assert whole.shape[0] / whole.shape[1] > 1.15 * part.shape[0] / part.shape[1]
    assert whole.dtype == np.uint8
    assert (whole[-3:, :, 3] > 128).any()
    assert figures.metres(name) >= 0.5


def test_every_drawing_can_be_drawn_and_is_reachable() -> None:
    for name in drawings.DRAWINGS:
        pixels = drawings.draw(name)
        assert pixels.shape[2] == 4
        assert (pixels[..., 3] > 200).mean() > (0.015 if name in parts.known() else 0.04)
        assert drawings.body(name).metres > 0
    assert set(vocabulary.inverse("drawn-at")) <= set(drawings.DRAWINGS)
    known = {*sprites.names(), *costumes.names(), *sprites.CUTTINGS}
    assert {name for name in vocabulary.inverse("at-home") if name not in known} == set()


@pytest.mark.parametrize(
    "text", ["A", "OPEN LATE", "Ελλάδα", "Привет мир", "a" * 100, "one two three four five six seven"]
)
def test_texts_fit_their_room(text: str) -> None:
    mask = lettering.typeset(text, "display", 200, 80)
    assert mask is not None
    rows, columns = mask.shape
    assert rows <= 80 * 1.3
    assert columns <= 200 * 1.1
    assert mask.max() > 0.5


@pytest.mark.parametrize("text", ["", "   ", "\u200b"])
def test_nothing_to_set(text: str) -> None:
    mask = lettering.typeset(text, "sans", 100, 40)
    assert mask is None or mask.size > 0
