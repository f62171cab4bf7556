"""Gaps: filled as their surroundings go on, without seams, with the shadow of what was there."""

from __future__ import annotations

import numpy as np

from gesso.engines.sketch.edit.canvas import Canvas, to_lab, to_unit
from gesso.engines.sketch.edit.fill import fill
from gesso.engines.sketch.edit.remove import take_out
from gesso.engines.sketch.edit.shadows import cast
from gesso.engines.sketch.edit.view import View
from tests.engines.sketch.edit.world import Mask, Pixels, psnr


def box(top: int, bottom: int, left: int, right: int) -> Mask:
    hole = np.zeros((180, 240), np.bool_)
    hole[top:bottom, left:right] = True
    return hole


def grainy(plane: np.ndarray, seed: int = 3) -> Pixels:
    """A plane (H, W) of light, 0..255, with fine grain."""
    grain = np.random.default_rng(seed).normal(0, 2, plane.shape)
    return np.repeat((plane + grain).clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)


def mended(picture: Pixels, hole: Mask) -> Pixels:
    """The picture torn and filled again."""
    torn = picture.copy()
    torn[hole] = (255, 0, 0)
    return fill(torn, hole, np.random.default_rng(4))


def test_a_gap_in_stripes_is_filled_with_stripes() -> None:
    columns = (np.arange(240) // 8 % 2).astype(np.uint8)
    stripes = np.repeat(np.repeat((columns * 170 + 40)[None, :, None], 180, axis=0), 3, axis=2)
    hole = np.zeros((180, 240), np.bool_)
    hole[70:110, 90:150] = True
    done = mended(stripes, hole)
    assert psnr(stripes, done, hole) > 20
    assert np.array_equal(done[~hole], stripes[~hole])


def test_a_gap_in_a_gradient_is_filled_smoothly() -> None:
    down = np.linspace(30, 220, 200)[:, None, None]
    plane = np.rint(np.broadcast_to(down, (200, 260, 3))).astype(np.uint8)
    hole = np.zeros((200, 260), np.bool_)
    hole[60:140, 80:170] = True
    done = mended(plane, hole)
    assert psnr(plane, done, hole) > 28


def test_bricks_go_on_through_a_gap() -> None:
    y, x = np.mgrid[0:180, 0:240]
    mortar = (y % 18 < 3) | ((x + 14 * (y // 18 % 2)) % 28 < 3)
    wall = grainy(np.where(mortar, 200.0, 90.0))
    hole = box(60, 120, 90, 160)
    done = mended(wall, hole)
    assert psnr(wall, done, hole) > 30


def test_light_that_falls_off_shows_no_seam_at_the_gap() -> None:
    y, x = np.mgrid[0:180, 0:240]
    ground = grainy(70 + 0.35 * x + 0.25 * y + 20 * (((x // 3) + (y // 3)) % 2))
    hole = box(50, 130, 60, 180)
    done = mended(ground, hole).astype(np.float32)
    for inner, outer in (
        (np.s_[50:62, 60:180], np.s_[38:50, 60:180]),
        (np.s_[50:130, 168:180], np.s_[50:130, 180:192]),
    ):
        found, true = done[inner].mean() - done[outer].mean(), np.float32(ground[inner]).mean() - ground[outer].mean()
        assert abs(found - true) < 4


def test_the_shadow_goes_with_what_casts_it_and_a_path_stays() -> None:
    ground = grainy(np.full((180, 240), 170.0))
    ground[150:158] = grainy(np.full((8, 240), 110.0))
    thing = box(60, 132, 100, 130)
    shadow = box(120, 131, 130, 175)
    picture = ground.copy()
    picture[shadow] = (picture[shadow] * 0.7).astype(np.uint8)
    picture[thing] = (200, 40, 30)
    canvas = Canvas(picture, np.random.default_rng(1))
    take_out(canvas, thing.astype(np.float32), View(picture))
    assert np.abs(canvas.pixels[thing | shadow].astype(np.float32) - 170).mean() < 8
    path = box(152, 156, 0, 240)
    assert np.array_equal(canvas.pixels[path], picture[path])


def test_dark_stripes_of_the_ground_are_no_shadow() -> None:
    _, x = np.mgrid[0:180, 0:240]
    boards = grainy(np.where(x % 12 < 6, 150.0, 120.0))
    thing = box(60, 130, 90, 150)
    boards[thing] = (200, 40, 30)
    assert cast(thing.astype(np.float32), to_lab(to_unit(boards))).sum() < 40


def test_a_picture_goes_on_beyond_its_top() -> None:
    y, _ = np.mgrid[0:180, 0:240]
    sky = grainy(60.0 + y)
    hole = box(0, 50, 0, 240)
    done = mended(sky, hole)
    assert psnr(np.full_like(sky, sky[50:60].mean()), done, hole) > 20
