"""What each kind of instruction does to a picture, measured."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gesso.engines.sketch.words import lexicon
from tests.engines.sketch.edit.world import (
    HORIZON,
    Pixels,
    apart,
    ball,
    edited,
    hue,
    hue_of,
    lab,
    light,
    meadow,
    portrait,
    psnr,
    sharpness,
)

SKY = np.s_[: HORIZON - 20]


@pytest.fixture(scope="module")
def scene() -> Pixels:
    return meadow()


@pytest.mark.parametrize(
    ("words", "name"),
    [
        *(("make the ball {}", name) for name in ("blue", "yellow", "orange")),
        *(("change the color of the red ball to {}", name) for name in ("green", "purple")),
    ],
)
def test_a_thing_takes_the_colour_asked_for_and_nothing_else_changes(
    tmp_path: Path, scene: Pixels, name: str, words: str
) -> None:
    after, _ = edited(tmp_path, scene, words.format(name))
    colour = lexicon.colour(name)
    assert colour is not None
    assert apart(hue(after, ball(-4)), hue_of(colour)) < 14
    assert psnr(scene, after, ~ball(8)) >= 40


@pytest.mark.parametrize(("name", "low", "high"), [("white", 70, 101), ("black", -1, 30)])
def test_white_and_black_keep_the_shading(tmp_path: Path, scene: Pixels, name: str, low: float, high: float) -> None:
    after, _ = edited(tmp_path, scene, f"make the ball {name}")
    values = lab(after)[ball(-6)]
    assert low < values[:, 0].mean() < high
    assert np.hypot(values[:, 1], values[:, 2]).mean() < 14
    assert values[:, 0].std() > 1.5


def test_the_sky_alone_changes(tmp_path: Path, scene: Pixels) -> None:
    after, around = edited(tmp_path, scene, "change the sky to orange")
    sky = np.zeros(scene.shape[:2], np.bool_)
    sky[SKY] = True
    assert apart(hue(after, sky & ~ball(6)), hue_of((240, 130, 35))) < 16
    below = np.zeros_like(sky)
    below[HORIZON + 12 :] = True
    assert psnr(scene, after, below) >= 40
    assert any("sky" in line for line in around.lines)


def test_two_things_in_one_instruction(tmp_path: Path, scene: Pixels) -> None:
    after, _ = edited(tmp_path, scene, "make the ball blue and the grass yellow")
    ground = np.zeros(scene.shape[:2], np.bool_)
    ground[HORIZON + 30 :] = True
    assert apart(hue(after, ball(-4)), hue_of((45, 105, 205))) < 14
    assert apart(hue(after, ground & ~ball(8)), hue_of((250, 205, 55))) < 20


def test_clothes_and_hair_of_a_person(tmp_path: Path) -> None:
    person = portrait()
    after, _ = edited(tmp_path, person, "make her shirt red")
    shirt = np.zeros(person.shape[:2], np.bool_)
    shirt[230:290, 90:170] = True
    face = np.zeros_like(shirt)
    face[90:165, 100:160] = True
    assert apart(hue(after, shirt), hue_of((214, 45, 48))) < 18
    assert psnr(person, after, face) >= 40
    after, _ = edited(tmp_path, person, "give her red hair")
    hair = np.zeros_like(shirt)
    hair[46:60, 112:148] = True
    assert apart(hue(after, hair), hue_of((214, 45, 48))) < 25
    assert psnr(person, after, shirt) >= 40


def test_another_background_keeps_what_is_in_front(tmp_path: Path, scene: Pixels) -> None:
    after, around = edited(tmp_path, scene, "replace the background with a desert")
    assert psnr(scene, after, ~ball(10)) < 22
    assert apart(hue(after, ball(-8)), hue(scene, ball(-8))) < 15
    assert any("Background" in line for line in around.lines)


def test_plain_clear_and_blurred_backgrounds(tmp_path: Path, scene: Pixels) -> None:
    white, _ = edited(tmp_path, scene, "white background")
    assert light(white, ~ball(12)) > 90
    clear, _ = edited(tmp_path, scene, "remove the background")
    assert clear.shape[2] == 4
    assert clear[..., 3][ball(-4)].mean() > 245
    assert clear[..., 3][~ball(12)].mean() < 6
    blurred, _ = edited(tmp_path, scene, "blur the background")
    assert sharpness(blurred, ~ball(14)) < 0.4 * sharpness(scene, ~ball(14))
    assert psnr(scene, blurred, ball(-6)) > 40


def test_a_clear_background_is_white_where_the_format_has_no_transparency(tmp_path: Path, scene: Pixels) -> None:
    after, _ = edited(tmp_path, scene, "transparent background", format="jpeg")
    assert after.shape[2] == 3
    assert light(after, ~ball(12)) > 96


@pytest.mark.parametrize(
    ("words", "darker"),
    [
        ("at night", 18),
        ("make it rainy", 4),
        pytest.param("at dusk", 6, marks=pytest.mark.long),
        pytest.param("make it a thunderstorm", 6, marks=pytest.mark.long),
    ],
)
def test_darker_hours_and_weathers(tmp_path: Path, scene: Pixels, words: str, darker: float) -> None:
    after, _ = edited(tmp_path, scene, words)
    land = np.zeros(scene.shape[:2], np.bool_)
    land[HORIZON:] = True
    assert light(after, land) < light(scene, land) - darker


def test_sunset_is_warmer_and_fog_paler(tmp_path: Path, scene: Pixels) -> None:
    sunset, _ = edited(tmp_path, scene, "at sunset")
    assert lab(sunset)[..., 2].mean() > lab(scene)[..., 2].mean() + 6
    fog, _ = edited(tmp_path, scene, "foggy")
    vivid = [float(np.hypot(lab(p)[..., 1], lab(p)[..., 2]).mean()) for p in (fog, scene)]
    assert vivid[0] < 0.5 * vivid[1]
    assert light(fog) > light(scene) + 5


def test_seasons_change_the_green(tmp_path: Path, scene: Pixels) -> None:
    ground = np.zeros(scene.shape[:2], np.bool_)
    ground[HORIZON + 40 :] = True
    ground &= ~ball(10)
    autumn, _ = edited(tmp_path, scene, "in autumn")
    assert hue(autumn, ground) < 100 < hue(scene, ground)
    winter, _ = edited(tmp_path, scene, "make it winter")
    assert light(winter, ground) > light(scene, ground) + 15
    chroma = np.hypot(lab(winter)[..., 1], lab(winter)[..., 2])
    assert chroma[ground].mean() < 12


def test_a_dark_picture_by_day(tmp_path: Path, scene: Pixels) -> None:
    dark = (scene * 0.22).astype(np.uint8)
    after, _ = edited(tmp_path, dark, "make it daytime")
    assert light(after) > light(dark) + 20


@pytest.mark.parametrize(
    ("more", "less", "measure"),
    [
        ("brighter", "darker", light),
        ("more contrast", "less contrast", lambda p: float(lab(p)[..., 0].std())),
        ("more saturated", "less saturated", lambda p: float(np.hypot(lab(p)[..., 1], lab(p)[..., 2]).mean())),
        ("warmer", "cooler", lambda p: float(lab(p)[..., 2].mean())),
        ("sharper", "blurry", sharpness),
    ],
)
def test_controls_go_both_ways(
    tmp_path: Path, scene: Pixels, more: str, less: str, measure: Callable[[Pixels], float]
) -> None:
    up, _ = edited(tmp_path, scene, f"make it {more}" if " " not in more else more)
    down, _ = edited(tmp_path, scene, less)
    assert measure(up) > measure(scene) > measure(down)


def test_slightly_and_much(tmp_path: Path, scene: Pixels) -> None:
    levels = [light(edited(tmp_path, scene, f"make it {word} darker")[0]) for word in ("slightly", "", "much")]
    assert light(scene) > levels[0] > levels[1] > levels[2]


def test_a_control_on_a_part(tmp_path: Path, scene: Pixels) -> None:
    after, _ = edited(tmp_path, scene, "darken the sky")
    sky = np.zeros(scene.shape[:2], np.bool_)
    sky[SKY] = True
    assert light(after, sky & ~ball(8)) < light(scene, sky & ~ball(8)) - 6
    below = np.zeros_like(sky)
    below[HORIZON + 12 :] = True
    assert psnr(scene, after, below) >= 40


def test_grey_and_sepia(tmp_path: Path, scene: Pixels) -> None:
    grey, _ = edited(tmp_path, scene, "make it black and white")
    assert np.ptp(grey.astype(int), axis=2).max() <= 1
    sepia, _ = edited(tmp_path, scene, "sepia")
    everywhere = np.ones(scene.shape[:2], np.bool_)
    assert 40 < hue(sepia, everywhere) < 100


def test_words_are_set_and_the_rest_stays(tmp_path: Path, scene: Pixels) -> None:
    after, around = edited(tmp_path, scene, "add the text 'SALE' at the bottom in yellow")
    changed = (after != scene).any(axis=2)
    rows = np.nonzero(changed.any(axis=1))[0]
    assert rows.min() > scene.shape[0] * 0.6
    assert psnr(scene, after, ~changed) == 99.0
    ink = (np.abs(after.astype(int) - (250, 205, 55)).max(axis=2) < 12).sum()
    assert ink > 300
    assert any('"SALE"' in line for line in around.lines)


def test_words_are_replaced_and_removed(tmp_path: Path) -> None:
    plain = np.full((200, 320, 3), (190, 185, 175), np.uint8)
    signed, _ = edited(tmp_path, plain, "add the text 'CLOSED TODAY' in black")
    removed, _ = edited(tmp_path, signed, "remove the text")
    assert psnr(plain, removed) > psnr(plain, signed) + 8
    replaced, around = edited(tmp_path, signed, "change the text to 'OPEN'")
    assert psnr(signed, replaced) < 30
    assert any("Replaced words" in line for line in around.lines)


def test_a_thing_is_added_where_it_was_asked_for(tmp_path: Path, scene: Pixels) -> None:
    left, _ = edited(tmp_path, scene, "add a cat on the left")
    changed = (np.abs(left.astype(int) - scene).max(axis=2) > 12).nonzero()[1]
    assert len(changed) > 900
    assert np.median(changed) < scene.shape[1] * 0.4
    right, _ = edited(tmp_path, scene, "add a cat on the right")
    changed = (np.abs(right.astype(int) - scene).max(axis=2) > 12).nonzero()[1]
    assert np.median(changed) > scene.shape[1] * 0.6


def test_a_thing_is_removed_and_the_gap_looks_like_its_surroundings(tmp_path: Path, scene: Pixels) -> None:
    after, _ = edited(tmp_path, scene, "remove the ball")
    assert psnr(scene, after, ~ball(14)) >= 40
    values = lab(after)[ball(-4)]
    reds = ((values[:, 1] > 25) & (values[:, 2] > 5)).mean()
    assert reds < 0.02
    lower = ball(-6)
    lower[: HORIZON + 25] = False
    assert apart(hue(after, lower), hue(scene, np.roll(lower, 100, axis=1))) < 12
    assert sharpness(after, lower) > 0.5 * sharpness(scene, np.roll(lower, 100, axis=1))


def test_a_thing_is_replaced(tmp_path: Path, scene: Pixels) -> None:
    after, around = edited(tmp_path, scene, "replace the ball with a cat")
    assert psnr(scene, after, ball(-4)) < 22
    far = np.zeros(scene.shape[:2], np.bool_)
    far[:, :40] = True
    assert psnr(scene, after, far) >= 40
    assert any("Added" in line for line in around.lines)


def test_flips_turns_and_crops(tmp_path: Path, scene: Pixels) -> None:
    assert np.array_equal(edited(tmp_path, scene, "flip it horizontally")[0], scene[:, ::-1])
    assert np.array_equal(edited(tmp_path, scene, "flip it vertically")[0], scene[::-1])
    assert np.array_equal(edited(tmp_path, scene, "rotate 90 degrees")[0], np.rot90(scene, -1))
    assert np.array_equal(edited(tmp_path, scene, "rotate 90 degrees to the left")[0], np.rot90(scene))
    assert edited(tmp_path, scene, "crop to a square")[0].shape == (240, 240, 3)
    tight, _ = edited(tmp_path, scene, "crop to the ball")
    assert tight.shape[0] < 150
    assert apart(hue(tight, np.ones(tight.shape[:2], np.bool_)), hue(scene, ball())) < 60
    assert edited(tmp_path, scene, "zoom in")[0].shape == scene.shape


@pytest.mark.parametrize("words", ["as a watercolor", "pencil sketch", "turn it into pixel art", "oil painting style"])
def test_styles_change_the_whole_picture(tmp_path: Path, scene: Pixels, words: str) -> None:
    after, around = edited(tmp_path, scene, words)
    assert after.shape == scene.shape
    assert psnr(scene, after) < 32
    assert any(line.startswith("Style") for line in around.lines)


def test_a_learned_style_says_that_it_ran(tmp_path: Path, scene: Pixels) -> None:
    after, around = edited(tmp_path, scene, "in the style of Van Gogh")
    assert psnr(scene, after) < 22
    assert "Style: starry." in around.lines


@pytest.mark.parametrize("words", ["make him dance the tango", "xyzzy plugh", "", "remove the unicorn dust"])
def test_what_is_not_understood_leaves_the_picture_and_is_told(tmp_path: Path, words: str) -> None:
    flat = np.full((64, 96, 3), (120, 130, 140), np.uint8)
    after, around = edited(tmp_path, flat, words)
    assert np.array_equal(after, flat)
    assert any("returned unchanged" in line for line in around.lines)
