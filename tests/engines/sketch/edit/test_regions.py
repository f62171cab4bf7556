"""Where things are found, measured against where they are."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from gesso.engines.sketch.edit import mattes, remove
from gesso.engines.sketch.edit.canvas import Canvas, lifted
from gesso.engines.sketch.edit.regions import View, find
from gesso.engines.sketch.edit.steps import Remove, Target
from gesso.engines.sketch.scene.light import light_for
from gesso.engines.sketch.scene.sky import paint_sky
from tests.engines.sketch.edit.world import HORIZON, Mask, Pixels, ball, meadow, portrait, psnr
from tests.engines.sketch.perceive.photos import photo, placed


def overlap(found: np.ndarray, truth: Mask) -> float:
    """Intersection over union, at the truth's size."""
    size = truth.shape[1], truth.shape[0]
    mask = cv2.resize(found.astype(np.float32), size, interpolation=cv2.INTER_LINEAR) > 0.5
    return float((mask & truth).sum() / (mask | truth).sum())


@pytest.fixture(scope="module")
def scene() -> Pixels:
    return meadow()


@pytest.mark.parametrize("colour", [(205, 40, 40), (240, 200, 60), (150, 60, 190), (235, 235, 232)])
def test_what_stands_in_front(colour: tuple[int, int, int]) -> None:
    view = View(meadow(colour))
    assert view.front is not None
    assert overlap(view.front, ball()) > 0.88


def test_the_sky(scene: Pixels) -> None:
    truth = np.zeros(scene.shape[:2], np.bool_)
    truth[:HORIZON] = True
    truth &= ~ball()
    view = View(scene)
    assert view.sky is not None
    assert overlap(view.sky, truth) > 0.93


@pytest.mark.parametrize("level", [30, 128, 240])
def test_a_plain_wall_is_no_sky_and_has_nothing_in_front(level: int) -> None:
    view = View(np.full((120, 160, 3), level, np.uint8))
    assert view.sky is None
    assert view.front is None
    assert find(Target("the cat", "cat"), view) is None


def test_a_thing_by_its_colour_and_by_its_side() -> None:
    two = np.full((160, 240, 3), (120, 150, 110), np.uint8)
    cv2.circle(two, (60, 90), 28, (205, 40, 40), -1)
    cv2.circle(two, (180, 90), 28, (45, 90, 205), -1)
    view = View(two)
    for target, x in (
        (Target("the red ball", "ball", (214, 45, 48)), 60),
        (Target("the blue ball", "ball", (45, 105, 205)), 180),
        (Target("the ball on the right", "ball", where="right"), 180),
        (Target("the ball on the left", "ball", where="left"), 60),
    ):
        region = find(target, view)
        assert region is not None
        truth = cv2.circle(np.zeros((160, 240), np.uint8), (x, 90), 28, 1, -1) > 0
        assert overlap(region.mask, truth) > 0.65


def test_grass_is_the_green_that_is_not_in_front(scene: Pixels) -> None:
    region = find(Target("the grass", "grass"), View(scene))
    truth = np.zeros(scene.shape[:2], np.bool_)
    truth[HORIZON:] = True
    assert region is not None
    assert overlap(region.mask, truth & ~ball()) > 0.85


def test_a_face_is_found_and_a_ball_is_none(scene: Pixels) -> None:
    faces = View(portrait()).faces
    assert len(faces) == 1
    left, top, wide, high = faces[0]
    assert abs(left + wide / 2 - 130) < 8
    assert abs(top + high / 2 - 126) < 30
    assert View(scene).faces == []


def test_a_matte_follows_outlines_at_full_size(scene: Pixels) -> None:
    coarse = cv2.resize(ball(2).astype(np.float32), (80, 60), interpolation=cv2.INTER_AREA)
    matte = mattes.refined(coarse, scene)
    alpha = matte.full(scene)
    assert alpha[ball(-3)].mean() > 235
    assert alpha[~ball(9)].max() == 0


def test_bands_of_a_plane_are_the_plane() -> None:
    plane = np.random.default_rng(2).random((31, 47)).astype(np.float32)
    whole = lifted(plane, (200, 301), 0, 200)
    parts = np.vstack([lifted(plane, (200, 301), top, min(200, top + 37)) for top in range(0, 200, 37)])
    assert np.abs(whole - parts).max() < 0.04


def test_blending_leaves_the_unmasked_bits(scene: Pixels) -> None:
    canvas = Canvas(scene, np.random.default_rng(0))
    mask = np.zeros((24, 32), np.float32)
    mask[5:10, 5:10] = 1
    canvas.blend(lambda rows, _top: 1 - rows, mask)
    changed = (canvas.pixels != scene).any(axis=2)
    assert changed[52:98, 52:98].all()
    assert not changed[120:].any()
    assert not changed[:, 120:].any()


def test_a_woman_a_face_and_a_cat_by_networks() -> None:
    view = View(photo("astronaut"))
    woman, face = find(Target("the woman", "woman"), view), find(Target("the face", "face"), view)
    assert woman is not None
    assert face is not None
    assert woman.mask[60:130, 145:195].mean() > 0.9
    assert woman.mask[:100, 300:].mean() < 0.05
    truth = cv2.ellipse(np.zeros((384, 384), np.uint8), (169, 93), (34, 41), 0, 0, 360, 1, -1) > 0
    assert overlap(face.mask, truth) > 0.75
    assert {"nanodet", "selfie-segmentation", "blazeface", "face-mesh"} <= set(view.parts)
    cat = find(Target("the cat", "cat"), View(photo("cat")))
    assert cat is not None
    assert cat.mask.mean() > 0.4


def test_people_are_in_front_with_their_heads_and_without_the_flag() -> None:
    view = View(photo("astronaut"))
    assert view.front is not None
    assert view.front[60:130, 145:195].mean() > 0.95
    assert view.front[140:170, 140:200].mean() > 0.8  # the collar, black before black
    assert view.front[:150, :60].mean() < 0.05


def test_a_cutout_has_single_hairs() -> None:
    alpha = np.zeros((300, 300), np.float32)
    cv2.circle(alpha, (150, 170), 80, 1.0, -1)
    solid = alpha.copy()
    for degrees in range(200, 340, 7):
        tip = np.array([150, 170]) + 100 * np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
        cv2.line(alpha, (150, 170), (int(tip[0]), int(tip[1])), 1.0, 1, cv2.LINE_AA)
    mixed = np.array((60, 40, 30)) * alpha[..., None] + np.array((190, 205, 215)) * (1 - alpha[..., None])
    pixels = np.rint(mixed + np.random.default_rng(3).normal(0, 2, mixed.shape)).clip(0, 255).astype(np.uint8)
    away = cv2.distanceTransform((solid < 0.5).astype(np.uint8), cv2.DIST_L2, 3)
    ring = (away > 3) & (away < 7) & (alpha > 0.6)
    fine = mattes.cutout(solid, pixels).full(pixels) / 255
    plain = mattes.refined(solid, pixels).full(pixels) / 255
    assert ring.sum() > 60
    assert fine[ring].mean() > 0.5
    assert plain[ring].mean() < 0.3
    assert np.abs(fine - alpha).mean() < np.abs(plain - alpha).mean()


def test_the_sky_behind_a_portrait_is_all_behind_and_none_on_the_face() -> None:
    before = photo("astronaut")
    front = View(before).front
    assert front is not None
    rng, light = np.random.default_rng(4), light_for("day", frozenset(), 0.4)
    clouds = np.clip(paint_sky(rng, len(before), before.shape[1], 300, light, 0.4, frozenset({"no-sun"})), 0, 1) * 255
    share = cv2.resize(front, before.shape[1::-1])[..., None]
    view = View(np.rint(before * share + clouds * (1 - share)).astype(np.uint8))
    mask = view.sky if view.sky is not None else np.zeros(view.rgb.shape[:2], np.float32)
    for left, top, wide, high in view.faces:
        assert mask[top : top + high, left : left + wide].mean() < 0.06


def test_a_wall_ends_at_the_floor() -> None:
    room = np.full((180, 240, 3), (196, 160, 140), np.uint8)
    room[120:] = (120, 84, 52)
    cv2.rectangle(room, (90, 84), (150, 150), (40, 60, 190), -1)
    view = View(room)
    region = find(Target("the wall", "wall"), view)
    assert region is not None
    mask = cv2.resize(region.mask, (240, 180)) > 0.5
    assert mask[:110, :60].mean() > 0.95
    assert mask[126:].mean() < 0.02


def test_the_gap_of_one_is_not_filled_from_another_of_its_kind() -> None:
    one, box = placed("cow", 110, 30, 120)
    two, other = placed("cow", 110, 200, 130, ground=one)
    canvas = Canvas(two, np.random.default_rng(3))
    assert remove.apply(canvas, Remove(Target("the cow on the left", "cow", where="left")))
    gap = canvas.pixels[box[1] : box[3], box[0] : box[2]].astype(int)
    assert (np.ptp(gap, axis=2) < 12).mean() < 0.2  # white and grey are the cow's; sky and grass are neither
    kept = np.s_[other[1] : other[3], 210 : other[2]]
    assert psnr(two, canvas.pixels, _at(two, kept)) >= 40


def _at(pixels: Pixels, place: tuple[slice, slice]) -> Mask:
    out = np.zeros(pixels.shape[:2], np.bool_)
    out[place] = True
    return out
