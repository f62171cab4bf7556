"""Figures in costume, animals in people's places, and the parts that are worn."""

from __future__ import annotations

import numpy as np
import pytest

from gesso.engines.sketch.composition import bodies, costumes, dressing, figures, sprites
from gesso.engines.sketch.scene import parts


@pytest.mark.parametrize("name", sorted(costumes.names()))
def test_costumes_differ_and_stand_on_their_feet(name: str) -> None:
    toned = sprites.toned(name, "light")
    figure, plain = figures.figure(toned), figures.figure("man+light")
    assert (figure[-4, :, 3] > 128).any()
    assert abs(figure.shape[0] / plain.shape[0] - 1) < 0.25
    costume = costumes.of(name)
    assert costume is not None
    assert {part for part, _ in costume.parts} <= parts.known().keys()
    for sprite, *_ in costume.carries:
        sprites.info(sprite)
    body = bodies.under_head(toned, child=False).pixels[dressing.ROOM :].astype(int)
    bare = bodies.under_head(costumes.head(toned), child=False).pixels.astype(int)
    assert (np.abs(body - bare).max(axis=2) > 30).mean() > 0.03


@pytest.mark.parametrize("name", ["cat-face@astronaut", "fox@person-in-tuxedo", "frog@cook", "cat-face@knight"])
def test_an_animal_shows_its_own_face_in_a_role(name: str) -> None:
    face, role = costumes.split(name)
    fur = bodies.colour_of(sprites.trimmed(face), 0.25, 0.6)
    shown = figures.figure(name)
    head = shown[: int(0.4 * len(shown))]

    def like_fur(pixels: np.ndarray) -> float:
        seen = pixels[pixels[..., 3] > 200][:, :3].astype(float)
        return float((np.abs(seen - fur).max(axis=1) < 40).mean())

    person = figures.figure(sprites.toned(role, "light"))
    assert like_fur(head) > 0.08
    assert like_fur(head) > like_fur(person[: int(0.4 * len(person))]) + 0.05


def test_a_woman_in_costume_has_a_womans_head() -> None:
    assert costumes.head("woman-pirate+dark") == "woman+dark"
    assert costumes.head("pirate+dark") == "man-beard+dark"
    assert costumes.role("fox@pirate") == costumes.role("woman-pirate+dark") == "pirate"


@pytest.mark.parametrize("name", [name for name, part in parts.known().items() if part.on])
def test_a_worn_part_keeps_its_place_and_takes_a_colour(name: str) -> None:
    pixels, (left, top, right, bottom) = parts.worn(name)
    assert -parts.MARGIN <= left < right <= 1 + parts.MARGIN
    assert -parts.MARGIN <= top < bottom <= 1 + parts.MARGIN
    assert pixels.shape[1] / pixels.shape[0] == pytest.approx((right - left) / (bottom - top), rel=0.1)
    green = parts.worn(name, (0.1, 0.9, 0.1))[0]
    assert green.shape == pixels.shape
    assert not np.array_equal(green, pixels)


def test_a_couple_has_a_skin_of_either_tone() -> None:
    light, dark = (figures.figure(sprites.toned("woman-and-man-holding-hands", tone)) for tone in ("light", "dark"))
    assert light.shape == dark.shape
    skin = (np.abs(light.astype(int) - dark).max(axis=2) > 20) & (light[..., 3] > 200)
    halves = np.array_split(skin, 2, axis=1)
    assert min(half.mean() for half in halves) > 0.05
    assert light[skin][:, :3].mean() > dark[skin][:, :3].mean() + 10


def test_a_pair_shakes_hands_in_the_middle() -> None:
    both = figures.figure("man&woman+light")
    rows, columns = both.shape[:2]
    middle = both[:, columns // 2 - 3 : columns // 2 + 3, 3] > 128
    at = np.flatnonzero(middle.any(axis=1)) / rows
    assert len(at)
    assert 0.40 < at.min() < at.max() < 0.66
