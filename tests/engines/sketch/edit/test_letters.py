"""Lines of letters: what is found, and what is left when they are wiped off."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from gesso.engines.sketch.edit import letters
from gesso.engines.sketch.edit.canvas import Canvas
from tests.engines.sketch.edit.world import Pixels, meadow, psnr


def page() -> Pixels:
    """Three dark lines on paper that gets darker to the left."""
    out = np.tile(np.linspace(150, 225, 640, dtype=np.float32)[None, :, None], (260, 1, 3))
    paper = np.clip(out + np.random.default_rng(1).normal(0, 2, (260, 640, 1)), 0, 255).astype(np.uint8)
    for row, words in enumerate(("Let us determine markers", "of the coins and ground", "unambiguously as either")):
        cv2.putText(paper, words, (30, 70 + 60 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (40, 40, 42), 2, cv2.LINE_AA)
    return paper


def windows() -> Pixels:
    """A house front: rows of windows, which are no letters."""
    out = np.full((300, 480, 3), (205, 170, 120), np.uint8)
    for row in range(4):
        for column in range(9):
            out[30 + 65 * row : 75 + 65 * row, 25 + 50 * column : 50 + 50 * column] = (50, 70, 120)
    return out


def test_every_line_of_a_page_is_found() -> None:
    found = letters.lines(letters.view(page()))
    rows = sorted({round((line.box[1] + line.box[3]) / 2 / 60) for line in found})
    assert rows == [1, 2, 3]
    assert all(line.score > 0 and max(line.colour) < 110 for line in found)


@pytest.mark.parametrize("make", [windows, meadow])
def test_windows_and_grass_are_no_letters(make: object) -> None:
    pixels = windows() if make is windows else meadow()
    assert letters.lines(letters.view(pixels)) == []


def test_the_frame_of_a_sign_keeps_no_word_from_being_found_before_windows() -> None:
    front = windows()
    front[100:190, 90:390] = (30, 70, 60)
    wide = cv2.getTextSize("BREAD", cv2.FONT_HERSHEY_SIMPLEX, 1.55, 6)[0][0]
    cv2.rectangle(front, (120, 116), (156 + wide, 174), (240, 230, 210), 2)
    cv2.putText(front, "BREAD", (138, 163), cv2.FONT_HERSHEY_SIMPLEX, 1.55, (250, 245, 235), 6, cv2.LINE_AA)
    view = letters.view(front)
    best = letters.block(letters.lines(view))[0]
    assert best.count == 5
    left, top, right, bottom = (value * front.shape[1] / view.shape[1] for value in best.box)
    assert abs(left - 138) < 10
    assert abs(right - 138 - wide) < 10
    assert abs(top - 131) < 6
    assert abs(bottom - 164) < 6


def test_a_page_is_wiped_to_paper() -> None:
    before = page()
    canvas = Canvas(before.copy(), np.random.default_rng(5))
    view = letters.view(before)
    letters.wipe(canvas, letters.lines(view), before.shape[1] / view.shape[1])
    ink = before.min(axis=2) < 100
    assert ink.sum() > 2000
    assert (canvas.pixels[ink].min(axis=1) < 120).mean() < 0.02
    away = cv2.dilate(ink.astype(np.uint8), np.ones((25, 25), np.uint8)) == 0
    assert psnr(before, canvas.pixels, away) == 99.0


def test_the_line_that_is_as_long_as_the_old_words() -> None:
    board = np.full((220, 500, 3), 240, np.uint8)
    cv2.putText(board, "24 HOURS OPEN", (20, 80), cv2.FONT_HERSHEY_SIMPLEX, 1.7, (30, 30, 90), 4, cv2.LINE_AA)
    cv2.putText(board, "BREAD", (160, 180), cv2.FONT_HERSHEY_SIMPLEX, 1.7, (30, 30, 90), 4, cv2.LINE_AA)
    found = letters.lines(letters.view(board))
    (line,) = letters.block(found, "BREAD")
    assert line.count == 5
    assert letters.block(found)[0].count > 8
