"""Scratches, haze, old photographs, enlarging, and what must stay as it is."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.engines.sketch.edit.world import HORIZON, ball, edited, light, meadow, psnr


def test_scratches_go_and_the_rest_stays(tmp_path: Path) -> None:
    clean = cv2.GaussianBlur(meadow(), (0, 0), 2.0)
    hurt = clean.copy()
    cv2.line(hurt, (20, 10), (150, 60), (250, 250, 245), 1)
    cv2.line(hurt, (250, 5), (262, 200), (15, 15, 15), 1)
    done, around = edited(tmp_path, hurt, "remove the scratches")
    near = np.abs(hurt.astype(int) - clean).max(axis=2) > 20
    assert psnr(done, clean, near) > psnr(hurt, clean, near) + 12
    away = cv2.dilate(near.astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
    assert psnr(done, hurt, away) > 45
    assert any("Scratches" in line for line in around.lines)


def test_haze_is_lifted(tmp_path: Path) -> None:
    clear = meadow()
    hazy = np.rint(clear * 0.5 + np.array((205, 208, 212)) * 0.5).astype(np.uint8)
    done, _ = edited(tmp_path, hazy, "remove the haze")
    assert np.std(done.astype(float)) > 1.3 * np.std(hazy.astype(float))


def test_an_instruction_enlarges(tmp_path: Path) -> None:
    done, _ = edited(tmp_path, meadow()[::4, ::4], "upscale 2x")
    assert done.shape == (120, 160, 3)


def test_what_must_stay_stays_when_all_changes(tmp_path: Path) -> None:
    before = meadow()
    done, around = edited(tmp_path, before, "make it sepia but keep the ball unchanged")
    assert psnr(done, before, ball(-6)) > 40
    assert psnr(done, before, ~ball(12)) < 25
    assert any(line.startswith("Kept the ball") for line in around.lines)


@pytest.mark.long
def test_what_must_stay_and_is_not_found_is_told(tmp_path: Path) -> None:
    _, around = edited(tmp_path, meadow(), "make it sepia but keep the roof unchanged")
    assert any("roof" in line and "changed with the rest" in line for line in around.lines)


@pytest.mark.long
def test_black_and_white_but_for_a_thing(tmp_path: Path) -> None:
    before = meadow()
    done, _ = edited(tmp_path, before, "black and white except the red ball")
    assert psnr(done, before, ball(-6)) > 40
    grey = done[~ball(12)].astype(int)
    assert float(np.ptp(grey, axis=1).mean()) < 6


def test_rain_at_night_does_not_bring_the_day(tmp_path: Path) -> None:
    night = (meadow() * 0.16).astype(np.uint8)
    done, _ = edited(tmp_path, night, "make it rain")
    sky = np.zeros(night.shape[:2], np.bool_)
    sky[: HORIZON - 10] = True
    assert light(done, sky) < 45


@pytest.mark.long
def test_the_fixed_removal_takes_each_thing_of_its_phrase(tmp_path: Path) -> None:
    done, around = edited(tmp_path, meadow(), "the ball and the roof", operation="remove")
    assert psnr(done, meadow(), ball(-6)) < 20
    assert any(line.startswith("Removed the ball") for line in around.lines)
    assert any(line.startswith("Not done: the roof") for line in around.lines)


def test_the_fixed_background_takes_an_instruction(tmp_path: Path) -> None:
    _, around = edited(tmp_path, meadow(), "make the background blue", operation="background")
    assert any(line.startswith("Background: blue;") for line in around.lines)
