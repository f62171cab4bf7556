"""Whole numbers say the same as sums of real ones, to the level."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from gesso.engines.sketch.video import blending, nature
from gesso.engines.sketch.video.acts import Clock

RNG = np.random.default_rng(5)
PICTURE = RNG.integers(0, 256, (40, 60, 3), dtype=np.uint8)
COVER = RNG.integers(0, 256, (40, 60), dtype=np.uint8)
SHARE = COVER[..., None] / 255


def off(made: npt.NDArray[Any], wanted: npt.NDArray[Any]) -> float:
    """How far the worst sample is from where it should be, levels."""
    return float(np.abs(made.astype(np.float64) - np.clip(wanted, 0, 255)).max())


def test_a_layer_lies_over_a_picture() -> None:
    colour = RNG.uniform(0, 1, (40, 60, 3)) * COVER[..., None]
    layer = np.dstack([np.rint(colour).astype(np.uint8), COVER])
    made = PICTURE.copy()
    blending.over(made, layer)
    assert off(made, layer[..., :3] + PICTURE * (1 - SHARE)) <= 0.51


def test_a_layer_lies_over_a_part_of_a_picture_and_leaves_the_rest() -> None:
    made = PICTURE.copy()
    blending.over(made[10:20, 30:50], np.full((10, 20, 4), 255, np.uint8))
    inside = np.zeros((40, 60), np.bool_)
    inside[10:20, 30:50] = True
    assert (made[inside] == 255).all()
    assert np.array_equal(made[~inside], PICTURE[~inside])


def test_a_veil_covers_as_much_as_it_says() -> None:
    made, tone = PICTURE.copy(), np.array((226, 130, 34))
    blending.veil(made, COVER, tone.tolist())
    assert off(made, tone * SHARE + PICTURE * (1 - SHARE)) <= 1.01


@pytest.mark.parametrize("kind", [np.int16, np.float32])
def test_light_is_added_and_taken(kind: type[Any]) -> None:
    light = RNG.integers(-300, 300, (40, 60)).astype(kind)
    made = PICTURE.copy()
    blending.lit(made, light)
    assert off(made, PICTURE + light[..., None].astype(np.float64)) == 0


def test_a_picture_is_seen_elsewhere() -> None:
    x, y = np.meshgrid(np.arange(50, dtype=np.float32), np.arange(30, dtype=np.float32))
    made = blending.remapped(PICTURE, x + np.float32(4.5), y + 3, cv2.BORDER_REPLICATE)
    floats = PICTURE[3:33].astype(np.float64)
    assert made.shape == (30, 50, 3)
    assert off(made, (floats[:, 4:54] + floats[:, 5:55]) / 2) <= 0.51


def test_clouds_drift_at_their_speed_and_only_in_the_sky() -> None:
    rows = np.linspace(90, 190, 60)[:, None, None]
    clouds = cv2.GaussianBlur(RNG.uniform(-1, 1, (60, 200, 1)).astype(np.float32), (0, 0), 4)[..., None]
    pixels = np.rint(np.broadcast_to(rows + 250 * clouds, (60, 200, 3))).astype(np.uint8)
    sky = np.zeros((60, 200), np.float32)
    sky[:40] = 1
    box = nature.box_of(sky)
    assert box is not None
    made = pixels.copy()
    nature.Clouds(pixels, sky, box, Clock(20, 10.0), 0.05).apply(made, 10)
    assert np.array_equal(made[40:], pixels[40:])
    assert off(made[:40, 30:170], np.roll(pixels, 10, axis=1)[:40, 30:170].astype(np.float64)) < 14
    assert off(made[:40, 30:170], pixels[:40, 30:170].astype(np.float64)) > 30
