"""Inpaint on real files: the mask is filled, the rest is left to the bit, the strength counts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from gesso.engines.sketch import inpaint
from gesso.media import Media
from gesso.shapes import MediaRule
from gesso.tasks import Inpaint
from tests.engines.sketch.test_text_to_image import Context

Pixels = npt.NDArray[np.uint8]
WIDTH, HEIGHT = 160, 120
INSIDE = np.s_[40:80, 50:110]


def _media(path: Path, pixels: Pixels, field: str) -> Media:
    Image.fromarray(pixels).save(path)
    return Media(str(path), (field,), MediaRule("image"), path, "image/png")


@pytest.fixture
def task(tmp_path: Path) -> Inpaint:
    noise = np.random.default_rng(1).integers(90, 160, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    mask = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    mask[INSIDE] = 255
    red = np.full((64, 64, 3), (210, 30, 30), np.uint8)
    return Inpaint(
        image=_media(tmp_path / "image.png", noise, "image_url"),
        mask=_media(tmp_path / "mask.png", mask, "mask_url"),
        reference=_media(tmp_path / "reference.png", red, "reference_image_url"),
        seed=3,
    )


def _file(task: Inpaint, folder: Path) -> Path:
    folder.mkdir()
    return inpaint.make(task, Context(folder)).files["images"][0].path


def _made(task: Inpaint, folder: Path, **changes: Any) -> Pixels:
    return np.asarray(Image.open(_file(replace(task, **changes), folder)).convert("RGB"))


def _before(task: Inpaint) -> Pixels:
    return np.asarray(Image.open(task.image.file))


def test_the_mask_is_filled_from_the_reference(task: Inpaint, tmp_path: Path) -> None:
    made = _made(task, tmp_path / "out", strength=1.0)
    red, green, _ = made[INSIDE].reshape(-1, 3).mean(axis=0)
    assert red > green + 60


def test_outside_the_mask_nothing_changes(task: Inpaint, tmp_path: Path) -> None:
    made, before = _made(task, tmp_path / "out", strength=1.0), _before(task)
    outside = np.ones((HEIGHT, WIDTH), bool)
    outside[INSIDE] = False
    assert np.array_equal(made[outside], before[outside])


def test_strength_moves_from_the_old_to_the_new(task: Inpaint, tmp_path: Path) -> None:
    before = _before(task)[INSIDE].astype(int)
    far = [
        float(np.abs(_made(task, tmp_path / str(strength), strength=strength)[INSIDE] - before).mean())
        for strength in (0.0, 0.3, 0.6, 1.0)
    ]
    assert far[0] == 0
    assert far == sorted(far)
    assert far[3] > far[1] + 5


def test_the_prompt_changes_the_reference(task: Inpaint, tmp_path: Path) -> None:
    plain = _made(task, tmp_path / "plain", strength=1.0)
    grey = _made(task, tmp_path / "grey", strength=1.0, prompt="make it black and white")
    saturation = [float(cv2.cvtColor(made[INSIDE], cv2.COLOR_RGB2HSV)[..., 1].mean()) for made in (plain, grey)]
    assert saturation[1] < saturation[0] / 2


def test_an_empty_mask_changes_nothing(task: Inpaint, tmp_path: Path) -> None:
    black = _media(tmp_path / "black.png", np.zeros((10, 10, 3), np.uint8), "mask_url")
    assert np.array_equal(_made(task, tmp_path / "out", mask=black), _before(task))


def test_a_mask_of_another_size_is_stretched(task: Inpaint, tmp_path: Path) -> None:
    small = np.zeros((12, 16, 3), np.uint8)
    small[:, 8:] = 255
    half = _media(tmp_path / "half.png", small, "mask_url")
    made, before = _made(task, tmp_path / "out", mask=half, strength=1.0), _before(task)
    assert np.array_equal(made[:, :80], before[:, :80])
    assert not np.array_equal(made[:, 90:], before[:, 90:])


def test_without_a_reference_the_prompt_is_drawn(task: Inpaint, tmp_path: Path) -> None:
    made, before = _made(task, tmp_path / "out", reference=None, prompt="a red apple", strength=1.0), _before(task)
    assert np.abs(made[INSIDE].astype(int) - before[INSIDE]).mean() > 10


def test_the_same_seed_gives_the_same_bytes(task: Inpaint, tmp_path: Path) -> None:
    assert _file(task, tmp_path / "a").read_bytes() == _file(task, tmp_path / "b").read_bytes()


def test_whoever_watches_sees_it_grow(task: Inpaint, tmp_path: Path) -> None:
    context = Context(tmp_path, streaming=True)
    inpaint.make(task, context)
    assert len(context.previews) >= 2
    assert context.previews[0][0] != context.previews[-1][0]
