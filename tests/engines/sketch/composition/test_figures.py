"""Bodies, poses and cuttings of sprites."""

from __future__ import annotations

import numpy as np
import pytest

from gesso.engines.sketch.composition import bodies, figures, holding, sprites


@pytest.mark.parametrize("name", ["cook", "singer", "teacher", "police-officer", "princess", "boy", "old-man"])
def test_people_stand_on_their_feet(name: str) -> None:
    whole = figures.figure(name)
    rows, columns = whole.shape[:2]
    assert rows > 1.6 * columns * (0.8 if name == "teacher" else 1.0)
    foot = whole[-4, :, 3] > 128
    assert 0.05 < foot.mean() < 0.9


@pytest.mark.parametrize("name", ["cook", "boy", "man-standing", "princess"])
def test_a_seated_figure_is_shorter(name: str) -> None:
    standing, seated = figures.figure(name), figures.figure(name, True, "sitting")
    assert figures.seats(name)
    assert seated.shape[0] / seated.shape[1] < standing.shape[0] / standing.shape[1]


def test_a_lying_animal_has_no_legs_below_it() -> None:
    for name in ("cat", "fox", "sloth"):
        standing, lying = figures.figure(name), figures.figure(name, True, "lying")
        assert lying.shape[0] / lying.shape[1] < 0.75 * standing.shape[0] / standing.shape[1]
    assert not figures.lies("owl")


def test_who_sleeps_has_shut_eyes() -> None:
    for name in ("cat", "dog", "fox", "bear"):
        awake, asleep = (figures.figure(name, True, pose).astype(int) for pose in ("lying", "sleeping"))
        changed = (np.abs(awake - asleep).max(axis=2) > 30) & (awake[..., 3] > 200)
        assert 40 < changed.sum() < 0.03 * changed.size
        was, is_ = (pixels[changed][:, :3].max(axis=1) < 100 for pixels in (awake, asleep))
        assert np.count_nonzero(was & ~is_) > 20
        assert np.count_nonzero(is_ & ~was) > 20


def test_a_portrait_ends_at_the_chest() -> None:
    bust = figures.figure("old-man", True, "bust")
    assert bust.shape[0] < 1.5 * bust.shape[1]


def test_the_gull_has_no_twig() -> None:
    def greens(name: str) -> float:
        pixels = sprites.load(name).astype(int)
        red, green, blue, alpha = (pixels[..., i] for i in range(4))
        return float(((green > red + 20) & (green > blue + 20) & (alpha > 128)).mean())

    assert greens("dove") > 0.01
    assert greens("gull") < 0.0005


def test_sofa_and_lamp_are_parts_of_one_picture() -> None:
    whole, sofa, lamp = (np.count_nonzero(sprites.load(n)[..., 3] > 128) for n in ("couch-and-lamp", "sofa", "lamp"))
    assert sofa + lamp <= whole
    assert min(sofa, lamp) > 0.08 * whole
    assert sprites.info("sofa").box[3] - sprites.info("sofa").box[1] == sprites.trimmed("sofa").shape[0]


@pytest.mark.parametrize("name", ["man-standing", "cook", "dog", "owl", "fox", "rabbit"])
def test_heads_are_at_the_top(name: str) -> None:
    x, top, wide, tall = holding.head(name)
    assert 0 < x < 1
    assert 0 <= top < 0.5
    assert 0.1 < wide <= 1
    assert top + tall < 0.75


def test_a_gull_has_black_wing_ends_and_a_yellow_bill() -> None:
    pixels = sprites.load("gull").astype(int)
    opaque = pixels[pixels[..., 3] > 200][:, :3]
    assert (opaque.max(axis=1) < 70).mean() > 0.02
    assert ((opaque[:, 0] > 180) & (opaque[:, 2] < 110)).sum() > 20
    assert (opaque.min(axis=1) > 200).mean() > 0.05


def test_a_teacher_brings_no_board_of_its_own() -> None:
    pixels = sprites.trimmed("teacher+light").astype(int)
    red, green, blue, alpha = (pixels[..., i] for i in range(4))
    assert ((green > red + 15) & (green > blue) & (alpha > 128)).mean() < 0.001
    assert (alpha > 128).mean() > 0.5


@pytest.mark.parametrize(
    ("name", "hanging"), [("police-officer", 2), ("singer", 1), ("woman-farmer", 1), ("teacher", 0)]
)
def test_nobody_has_more_hands_than_two(name: str, hanging: int) -> None:
    below_the_hem = bodies.under_bust(name).pixels[bodies.HEM + 4, :, 3] > 128
    legs_and_hands = int((np.diff(below_the_hem.astype(np.int8)) == 1).sum())
    assert legs_and_hands == 2 + hanging
