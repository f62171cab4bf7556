"""What an instruction does not name stays: on several pictures, for every kind of local instruction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.engines.sketch.edit.world import (
    HORIZON,
    Mask,
    Pixels,
    ball,
    edited,
    meadow,
    portrait,
    psnr,
)
from tests.engines.sketch.perceive.photos import photo

NEAR = 40.0
"""Decibels that count as unchanged."""


def _box(shape: tuple[int, ...], left: int, top: int, right: int, bottom: int) -> Mask:
    out = np.zeros(shape[:2], np.bool_)
    out[top:bottom, left:right] = True
    return out


def _table() -> Pixels:
    """Two blocks on a wooden table: a green one on the left, a yellow one on the right."""
    rng = np.random.default_rng(9)
    out = np.full((240, 320, 3), (150, 110, 75), np.float32)
    out += rng.normal(0, 5, (240, 1, 1)) + rng.normal(0, 3, (240, 320, 1))
    out[90:170, 50:120] = (40, 150, 70)
    out[100:180, 200:280] = (235, 200, 60)
    return np.rint(np.clip(cv2.GaussianBlur(out, (0, 0), 0.8), 0, 255)).astype(np.uint8)


def _board() -> Pixels:
    """White words on a green board on a wall of bricks."""
    rng = np.random.default_rng(2)
    out = np.full((180, 320, 3), (170, 120, 100), np.uint8)
    out[::16] = (205, 195, 185)
    out = np.clip(out + rng.normal(0, 4, (180, 320, 1)), 0, 255).astype(np.uint8)
    out[60:120, 80:240] = (30, 80, 60)
    cv2.putText(out, "BREAD", (98, 104), cv2.FONT_HERSHEY_SIMPLEX, 1.3, (250, 250, 240), 4, cv2.LINE_AA)
    return out


PICTURES: Mapping[str, Callable[[], Pixels]] = {
    "red ball": meadow,
    "violet ball": lambda: meadow((130, 60, 190)),
    "blocks": _table,
    "drawn person": portrait,
    "person": lambda: photo("astronaut"),
    "board": _board,
}

LOCAL: Sequence[tuple[str, str, tuple[int, int, int, int]]] = (
    ("red ball", "make the ball blue", (100, 90, 220, 210)),
    ("violet ball", "turn the ball yellow", (100, 90, 220, 210)),
    ("blocks", "make the green block purple", (35, 75, 135, 185)),
    ("blocks", "change the yellow block to red", (185, 85, 295, 195)),
    ("drawn person", "make her shirt red", (10, 170, 250, 300)),
    ("person", "make her lips dark red", (135, 95, 205, 145)),
    ("person", "make her eyes blue", (130, 65, 210, 110)),
    ("red ball", "change the sky to orange", (0, 0, 320, HORIZON + 8)),
    ("red ball", "darken the sky", (0, 0, 320, HORIZON + 8)),
    ("red ball", "make the ball brighter", (100, 90, 220, 210)),
    ("violet ball", "sharpen the ball", (100, 90, 220, 210)),
    ("red ball", "remove the ball", (95, 80, 225, 220)),
    ("blocks", "remove the green block", (30, 70, 140, 190)),
    ("red ball", "add a cat on the left", (0, 40, 160, 240)),
    ("red ball", "put a crown on the ball", (80, 30, 240, 200)),
    ("violet ball", "replace the ball with a pumpkin", (60, 60, 260, 240)),
    ("red ball", "make the ball smaller", (90, 75, 230, 220)),
    ("red ball", "move the ball to the left", (0, 75, 230, 220)),
    ("person", "put sunglasses on her", (115, 50, 225, 125)),
    ("red ball", "add snow on the ball", (95, 85, 225, 215)),
    ("red ball", 'add the text "SALE" at the top', (0, 0, 320, 70)),
    ("board", 'change the text to "SHUT"', (70, 55, 250, 125)),
    ("board", "remove the text", (70, 55, 250, 125)),
)
"""(picture, instruction, box outside which nothing may change)."""


QUICK = frozenset(["turn the ball yellow", "change the sky to orange", "remove the text", "remove the green block"])
"""Run always; the others take longer together."""


@pytest.mark.parametrize(
    ("name", "words", "box"),
    [
        pytest.param(*row, id=f"{row[0]}: {row[1]}", marks=[] if row[1] in QUICK else [pytest.mark.long])
        for row in LOCAL
    ],
)
def test_outside_of_what_is_named_the_picture_stays(
    tmp_path: Path, name: str, words: str, box: tuple[int, int, int, int]
) -> None:
    before = PICTURES[name]()
    after, around = edited(tmp_path, before, words)
    assert after.shape == before.shape
    inside = _box(before.shape, *box)
    assert psnr(before, after, inside) < 46, around.lines
    assert psnr(before, after, ~inside) >= NEAR


@pytest.mark.long
@pytest.mark.parametrize("name", ["red ball", "violet ball"])
@pytest.mark.parametrize("words", ["blur the background", "white background"])
def test_what_stands_before_a_new_background_stays(tmp_path: Path, name: str, words: str) -> None:
    before = PICTURES[name]()
    after, _ = edited(tmp_path, before, words)
    assert psnr(before, after, ~ball(20)) < 38
    assert psnr(before, after, ball(-6)) >= 30
    if words.startswith("blur"):
        assert psnr(before, after, ball(-6)) >= NEAR


def test_a_better_face_leaves_all_else(tmp_path: Path) -> None:
    before = photo("astronaut")
    after, _ = edited(tmp_path, before, "", operation="face")
    inside = _box(before.shape, 95, 20, 240, 165)
    assert np.abs(before[inside].astype(int) - after[inside]).max() > 0
    assert psnr(before, after, ~inside) >= NEAR
