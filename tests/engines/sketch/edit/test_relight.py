"""Light from a side: understood, brighter on that side, tinted, without clipping."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gesso.engines.sketch.edit import instruction, relight
from gesso.engines.sketch.edit.steps import Adjust, Remove
from tests.engines.sketch.edit.world import Pixels, edited, lab, light, meadow


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("relight with golden light from the left", "warm light from left"),
        ("Relight the scene, soft light from above", "white light from above"),
        ("add cool lighting from the right", "cool light from right"),
        ("make it lit from below", "white light from below"),
    ],
)
def test_lights_are_understood(text: str, kind: str) -> None:
    assert kind in [step.kind for step in instruction.parse(text).steps if isinstance(step, Adjust)]
    assert kind in relight.LIGHTS


def test_a_light_that_is_a_thing_is_none() -> None:
    (step,) = instruction.parse("remove the light from the left wall").steps
    assert isinstance(step, Remove)


@pytest.mark.parametrize(("side", "bright"), [("left", np.s_[:, :100]), ("right", np.s_[:, -100:])])
def test_the_side_of_the_light_gains_and_the_other_loses(
    tmp_path: Path, side: str, bright: tuple[slice, slice]
) -> None:
    scene = meadow()
    after, _ = edited(tmp_path, scene, f"relight it with light from the {side}")
    dark = tuple(slice(None) if each == slice(None) else _other(each) for each in bright)
    assert light(after[bright]) > light(scene[bright]) + 3
    assert light(after[dark]) < light(scene[dark]) - 3
    assert (after == 255).mean() <= (scene == 255).mean() + 0.001


def _other(part: slice) -> slice:
    return slice(-100, None) if part.start is None else slice(None, 100)


def test_golden_is_warmer_than_white(tmp_path: Path) -> None:
    scene: Pixels = meadow()
    white, _ = edited(tmp_path, scene, "relight with light from the left")
    golden, _ = edited(tmp_path, scene, "relight with golden light from the left")
    assert lab(golden)[:, :100, 2].mean() > lab(white)[:, :100, 2].mean() + 3


def test_a_thing_that_is_not_recognised_is_no_licence_to_remove_the_rest(tmp_path: Path) -> None:
    scene = np.full((120, 160, 3), (120, 150, 120), np.uint8)
    scene[15:110, 25:135] = (190, 60, 50)
    after, around = edited(tmp_path, scene, "remove the spoon")
    assert np.array_equal(after, scene)
    assert any("was not found" in line for line in around.lines)
