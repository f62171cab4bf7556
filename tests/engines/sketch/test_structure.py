"""Control pictures: what kind they are, and that their forms show."""

from __future__ import annotations

import numpy as np
import pytest

from gesso.engines.sketch import structure
from tests.engines.sketch.fields.pictures import depth, edges, meadow

SCENE = np.repeat(np.linspace(40, 200, 96, dtype=np.uint8)[:, None, None], 128, axis=1) * np.array([1, 0.8, 0.6])
SCENE = SCENE.astype(np.uint8)


def test_kinds_are_told_apart() -> None:
    assert structure.kind(edges()) == "lines"
    assert structure.kind(255 - edges()) == "lines"
    assert structure.kind(depth()) == "depth"
    assert structure.kind(meadow()) == "picture"


@pytest.mark.parametrize("scale", [0, -3])
def test_no_scale_and_no_part_of_the_run_change_nothing(scale: float) -> None:
    assert np.array_equal(structure.follow(SCENE, edges(), scale), SCENE)
    assert np.array_equal(structure.follow(SCENE, edges(), 1, 0.6, 0.6), SCENE)
    assert np.array_equal(structure.follow(SCENE, edges(), 1, 0.9, 0.1), SCENE)


def test_early_parts_are_coarse_and_late_ones_fine() -> None:
    early, late = (structure.follow(SCENE, meadow(), 1, *part).astype(float) for part in ((0, 0.4), (0.6, 1)))
    fall = SCENE[:48].mean() - SCENE[48:].mean()
    coarse = [abs(out[:48].mean() - out[48:].mean() - fall) for out in (early, late)]
    fine = [np.abs(np.diff(out.mean(axis=2), axis=1)).mean() for out in (early, late)]
    assert coarse[0] > coarse[1]
    assert fine[1] > fine[0]


@pytest.mark.parametrize("shape", [(1, 1), (3, 40), (17, 9)])
def test_any_size_goes(shape: tuple[int, int]) -> None:
    small = np.full((*shape, 3), 120, np.uint8)
    for control in (edges(), depth(), meadow(), small):
        assert structure.follow(small, control, 1.0).shape == small.shape
