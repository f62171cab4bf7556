"""Parts of things, told by their place and outline in the thing."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from gesso.engines.sketch.edit import parts
from gesso.engines.sketch.edit.view import Region, View
from gesso.engines.sketch.perceive import drawings, masks, phrases

ROOF = np.array([(70, 100), (160, 40), (250, 100)], np.int32)
BOXES = {"door": (130, 150, 165, 210), "window": (185, 120, 220, 150)}


def _house() -> tuple[View, Region]:
    """A white house with a brown roof, a red door and a blue window on a lawn."""
    out = np.full((240, 320, 3), (110, 170, 90), np.uint8)
    cv2.rectangle(out, (85, 100), (235, 212), (235, 232, 225), -1)
    cv2.fillPoly(out, [ROOF], (120, 70, 50))
    for name, colour in (("door", (150, 40, 40)), ("window", (60, 90, 160))):
        left, top, right, bottom = BOXES[name]
        cv2.rectangle(out, (left, top), (right, bottom), colour, -1)
    mask = np.zeros(out.shape[:2], np.float32)
    cv2.rectangle(mask, (85, 100), (235, 212), 1.0, -1)
    cv2.fillPoly(mask, [ROOF], 1.0)
    return View(out), Region(mask, None, "hand")


@pytest.mark.parametrize("noun", ["roof", "door", "window"])
def test_parts_of_a_house(noun: str) -> None:
    view, house = _house()
    found = parts.part(noun, house, view, several=False)
    assert found is not None
    true = np.zeros(house.mask.shape, np.uint8)
    if noun == "roof":
        cv2.fillPoly(true, [ROOF], 1)
    else:
        left, top, right, bottom = BOXES[noun]
        true[top : bottom + 1, left : right + 1] = 1
    both = (found.mask > 0.5) & (true > 0)
    assert both.sum() > 0.85 * ((found.mask > 0.5) | (true > 0)).sum()


def test_what_has_no_such_part_has_none() -> None:
    view, house = _house()
    assert parts.part("wheel", house, view, several=True) is None
    assert parts.part("sleeve", house, view, several=True) is None


def test_a_thing_that_is_only_a_setting_has_no_outline_of_its_own() -> None:
    # "Make the table blue" asked for the outline of a sprite that there is none of.
    (query,) = phrases.read("the table")
    for name in masks.sprites_of(query):
        assert drawings.silhouette(np.zeros((64, 64, 3), np.uint8), name, (8.0, 8.0, 56.0, 56.0)) is None
