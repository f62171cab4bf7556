"""Looks, palettes and vector tracing on a plain picture."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pytest

from gesso.engines.sketch import looks, paints, palette, vector, vocabulary


def picture(height: int = 90, width: int = 120) -> np.ndarray:
    """Sky over ground with a red disc."""
    out = np.zeros((height, width, 3), np.uint8)
    out[: height // 2], out[height // 2 :] = (120, 170, 240), (70, 140, 60)
    cv2.circle(out, (width // 2, height // 2), height // 4, (220, 40, 40), -1)
    return out


@pytest.mark.parametrize("look", sorted(paints.LOOKS))
@pytest.mark.parametrize("size", [(1, 1), (2, 7), (90, 120), (300, 40)])
def test_every_look_keeps_the_size_and_repeats(look: str, size: tuple[int, int]) -> None:
    source = picture(*size) if min(size) > 2 else np.full((*size, 3), 90, np.uint8)
    first = looks.apply(look, source, np.random.default_rng(3), networks=False).pixels
    second = looks.apply(look, source, np.random.default_rng(3), networks=False).pixels
    assert first.shape == source.shape
    assert first.dtype == np.uint8
    assert np.array_equal(first, second)


@pytest.mark.parametrize("look", sorted(paints.LOOKS))
def test_every_look_changes_the_picture(look: str) -> None:
    source = picture()
    changed = looks.apply(look, source, np.random.default_rng(3), networks=False).pixels
    assert np.abs(changed.astype(int) - source).mean() > 1.5


def test_networks_are_named_when_they_run() -> None:
    assert looks.apply("oil", picture(), np.random.default_rng(0)).parts == ("style-transfer-26",)
    assert looks.apply("oil", picture(), np.random.default_rng(0), networks=False).parts == ()


def test_an_unknown_look_changes_nothing() -> None:
    assert np.array_equal(looks.apply("", picture(), np.random.default_rng(0)).pixels, picture())


def test_styles_lead_to_looks_that_exist() -> None:
    assert {look for _, look in vocabulary.styles()} <= {*paints.LOOKS, ""}
    kinds = {value for kind, value in vocabulary.phrases().values() if kind == "look"}
    assert kinds <= set(paints.LOOKS)


def test_the_endpoints_style_goes_first() -> None:
    assert looks.choose("digital_illustration/pixel_art", ("oil",)) == "pixel"
    assert looks.choose(None, ("photo", "oil")) == "oil"
    assert looks.choose(None, ("photo",)) == "photo"
    assert looks.choose(None, ()) == ""


def test_noir_has_no_colour_and_pixel_art_few() -> None:
    grey = paints.LOOKS["noir"](picture(), np.random.default_rng(0)).astype(int)
    assert np.abs(grey[..., 0] - grey[..., 2]).max() < 16
    flat = paints.LOOKS["pixel"](picture(), np.random.default_rng(0))
    assert len(np.unique(flat.reshape(-1, 3), axis=0)) <= 28


def test_pull_moves_hues_to_the_palette() -> None:
    pulled = looks.pull(picture(), ((30, 60, 200),))
    assert (pulled[..., 2].astype(int) >= pulled[..., 0].astype(int) - 12).mean() > 0.95
    assert np.array_equal(looks.pull(picture(), ()), picture())


def test_flatten_finds_the_colours() -> None:
    labels, colours = palette.flatten(picture(), 3, np.random.default_rng(0))
    assert labels.shape == (90, 120)
    for wanted in ((120, 170, 240), (70, 140, 60), (220, 40, 40)):
        assert np.abs(colours - wanted).max(axis=1).min() < 40


@pytest.mark.parametrize("outline", [False, True])
def test_svg_paths_stay_inside_their_box(outline: bool) -> None:
    facts = {"Endpoint": "a&b", "Seed": "1"}
    text = vector.trace(picture(), 600, 450, (), outline, facts, np.random.default_rng(0))
    assert "a&amp;b" in text
    box = re.search(r'viewBox="0 0 (\d+) (\d+)"', text)
    assert box is not None
    width, height = int(box[1]), int(box[2])
    for x, y in re.findall(r"[MQ ](-?[\d.]+) (-?[\d.]+)", " ".join(re.findall(r' d="([^"]*)"', text))):
        assert -1 <= float(x) <= width + 1
        assert -1 <= float(y) <= height + 1
    assert ('fill="none"' in text) == outline
