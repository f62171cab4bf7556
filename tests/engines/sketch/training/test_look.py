"""What a set looks like, measured; and shown again by a sketch that is given the LoRA."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from gesso.engines.sketch.style import adapters
from gesso.engines.sketch.training.look import look, measured
from tests.engines.sketch.training.sets import Training, pictures

TEAL, CREAM = (10, 120, 120), (250, 240, 200)


def lab(colours: object) -> np.ndarray:
    return cv2.cvtColor(np.array(colours, np.float32).reshape(1, -1, 3) / 255, cv2.COLOR_RGB2LAB)[0]


def flat(colour: tuple[int, int, int]) -> np.ndarray:
    return np.full((64, 64, 3), colour, np.uint8)


def test_a_sketch_reads_the_look_back_and_shows_it(tmp_path: Path):
    done = Training(pictures(4, colours=(TEAL, CREAM)), tmp_path, number_of_steps=1)
    found = adapters.read_look(done.lora)
    assert found.own
    assert [list(colour) for colour in found.palette] == done.look["palette"]
    rng = np.random.default_rng(0)
    before = np.clip(rng.normal((200, 60, 60), 40, (64, 64, 3)), 0, 255).astype(np.uint8)
    after = adapters.dress(before, found, 1.0, np.random.Generator(np.random.PCG64(1)))
    far = [
        np.linalg.norm(lab(one)[:, None] - lab([TEAL, CREAM])[None], axis=2).min(axis=1).mean()
        for one in (before, after)
    ]
    assert far[1] < 0.75 * far[0]


def test_the_most_frequent_colour_comes_first_and_few_colours_are_repeated():
    found = look([measured([flat(TEAL)]), measured([flat(TEAL)]), measured([flat(CREAM)])])
    assert len(found["palette"]) == 6
    assert np.abs(np.array(found["palette"][0]) - TEAL).max() <= 2
    assert any(np.abs(np.array(colour) - CREAM).max() <= 2 for colour in found["palette"])


@pytest.mark.parametrize("name", ["grain", "contrast", "edge"])
def test_textures_grow_with_what_they_measure(name: str):
    rng = np.random.default_rng(3)
    stripes = np.repeat((np.arange(64) // 8 % 2)[None], 64, axis=0)[..., None]

    def picture(amount: float) -> np.ndarray:
        if name == "grain":
            values = 128 + rng.normal(0, 20 * amount, (64, 64, 1))
        else:
            values = 128 + (stripes - 0.5) * 200 * amount
        return np.repeat(np.clip(values, 0, 255).astype(np.uint8), 3, axis=2)

    seen = [look([measured([picture(amount)])])["texture"][name] for amount in (0.0, 0.3, 0.8)]
    assert seen == sorted(seen)
    assert seen[2] > seen[0] + 0.2
    assert seen[0] >= 0
    assert seen[2] <= 1
