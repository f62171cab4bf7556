"""The colours of parts: scarves, drinks, plumage."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from gesso.engines.sketch.composition import sprites, tints
from gesso.engines.sketch.words.description import Subject

RED, GREEN, YELLOW, ORANGE = (214, 45, 48), (62, 150, 72), (250, 205, 55), (240, 130, 35)


def near(pixels: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """Which opaque pixels are of about a colour's hue and strength."""
    lab = cv2.cvtColor(np.ascontiguousarray(pixels[..., :3]), cv2.COLOR_RGB2LAB).astype(int)
    wanted = cv2.cvtColor(np.array([[colour]], np.uint8), cv2.COLOR_RGB2LAB)[0, 0].astype(int)
    return (np.abs(lab[..., 1:] - wanted[1:]).max(axis=2) < 18) & (pixels[..., 3] > 200)


def test_scarf_and_hat_of_a_snowman_have_colours_of_their_own() -> None:
    name = "snowman-without-snow"
    source = sprites.trimmed(name)
    done = tints.painted(source, Subject("snowman", name, parts=(("scarf", RED), ("top-hat", GREEN))))
    assert not near(source, RED).mean() > 0.002
    rows = len(done)
    assert near(done, RED)[int(rows * 0.4) : int(rows * 0.85)].mean() > 0.08
    assert near(done, GREEN)[: int(rows * 0.24)].mean() > 0.08
    assert np.array_equal(done[..., 3], source[..., 3])
    snow = source[int(rows * 0.9) :, :, 3] > 200
    assert np.abs(done[int(rows * 0.9) :].astype(int) - source[int(rows * 0.9) :])[snow].max() <= 1


@pytest.mark.parametrize("name", [name for name, parts in tints.PARTS.items() if "drink" in parts])
def test_a_vessel_shows_the_colour_of_its_drink(name: str) -> None:
    source = sprites.trimmed(name)
    done = tints.painted(source, Subject("drink", name, parts=(("drink", (70, 60, 150)),)))
    new = near(done, (70, 60, 150))
    assert new.mean() > 0.06
    assert new.mean() < 0.75
    assert tints.painted(source, Subject("drink", name)) is source


def test_a_yellow_duck_is_yellow_all_over() -> None:
    done = tints.painted(sprites.trimmed("duck"), Subject("duck", "duck", colour=YELLOW))
    assert (near(done, YELLOW) | near(done, ORANGE)).sum() > 0.55 * (done[..., 3] > 200).sum()


def test_what_has_no_such_part_stays() -> None:
    source = sprites.trimmed("cat")
    assert tints.painted(source, Subject("cat", "cat", parts=(("scarf", RED),))) is source


def test_a_part_keeps_its_own_colour_when_the_whole_gets_one() -> None:
    gift = Subject("gift", "wrapped-gift", colour=(45, 105, 205), parts=(("ribbon", GREEN),))
    done = tints.painted(sprites.trimmed("wrapped-gift"), gift)
    assert near(done, GREEN).mean() > 0.12
    assert near(done, (45, 105, 205)).mean() > 0.3
