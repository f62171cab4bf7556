"""Motion: flows of known motion, the camera's share, cuts, trust and the colour tables."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from gesso.engines.sketch.remake import colours, motion, moves, timing
from tests.engines.sketch.remake import world


def test_a_pan_is_the_cameras_motion() -> None:
    first, second = world.panning(2, 3)
    found = motion.camera(motion.step(first, second).there)
    assert found[0, 2] == pytest.approx(-3, abs=0.15)
    assert np.abs(found[:, :2] - np.eye(2)).max() < 0.003


def test_a_thing_that_moves_does_not_move_the_camera() -> None:
    first, second = world.moving(2, 4)
    step = motion.step(first, second)
    assert np.array_equal(motion.camera(step.there), np.eye(2, 3))
    assert np.median(step.there[60:76, 20:36, 0]) == pytest.approx(4, abs=0.3)
    within = np.zeros(step.there.shape[:2], np.bool_)
    within[58:78, 18:38] = True
    assert motion.camera(step.there, within)[0, 2] == pytest.approx(4, abs=0.4)


def test_a_red_thing_is_seen_on_a_meadow_as_bright() -> None:
    frame, after = world.square_at(40, 90), world.square_at(46, 90)
    grey = motion.grey(frame)
    assert abs(float(grey[95:118, 45:68].mean()) - float(grey[95:118, 90:160].mean())) < 15
    seen, _ = motion.contrasts(frame, after)
    assert abs(float(seen[95:118, 45:68].mean()) - float(seen[95:118, 90:160].mean())) > 28


def test_another_shot_is_a_cut_and_motion_or_a_fade_is_none() -> None:
    one, other = world.moving(2, 8), world.ground(seed=9)[::-1].copy()
    assert motion.step(one[0], other).cut
    assert motion.onward(one[0], other)[1]
    assert not motion.step(one[0], one[1]).cut
    pan = world.panning(2, 12)
    assert not motion.step(pan[0], pan[1]).cut
    darker = np.rint(one[0] * 0.55).astype(np.uint8)
    assert not motion.step(one[0], darker).cut


def test_transforms_chain_invert_and_scale() -> None:
    turn = np.array([[0.9, -0.1, 5.0], [0.1, 0.9, -2.0]])
    assert np.allclose(motion.chained(turn, motion.inverse(turn)), np.eye(2, 3))
    # A point at twice the size goes where the transform takes it, at twice the size; pixels count from their middle.
    at = np.array([10.0, 20.0])
    large = motion.scaled(turn, 2.0)
    went = large[:, :2] @ (2 * at + 0.5) + large[:, 2]
    assert np.allclose(went, 2 * (turn[:, :2] @ at + turn[:, 2]) + 0.5)


def test_trust_is_low_where_something_came_into_view() -> None:
    first, second = world.moving(2, 6)
    step = motion.step(first, second)
    sure = motion.trust(second, motion.warped(first, step.back))
    assert sure[:, 100:].mean() > 0.9
    assert sure[54:82, 13:17].mean() < sure[54:82, 100:].mean() - 0.15


def test_threads_get_the_same_flow() -> None:
    pairs = [(a, b) for a, b in zip(world.moving(7, 3), world.moving(7, 3)[1:], strict=False)]
    alone = [motion.step(*pair).there for pair in pairs]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(lambda pair: motion.step(*pair).there, pairs))
    assert all(np.array_equal(one, two) for one, two in zip(alone, together, strict=True))


def test_a_flow_does_not_depend_on_those_before() -> None:
    first, second = (cv2.resize(motion.grey(pixels), (384, 256)) for pixels in world.moving(2, 3))
    alone = motion.flow(first, second)
    for width, height in ((333, 210), (64, 48), (400, 120)):
        large = [cv2.resize(motion.grey(pixels), (width, height)) for pixels in world.panning(2, 7)]
        motion.flow(large[0], large[1])
        assert np.array_equal(motion.flow(first, second), alone)


# ---------------------------------------------------------------- colours, times, camera moves


def test_a_change_of_colours_is_learnt_and_done_to_others() -> None:
    def change(pixels: world.Pixels) -> world.Pixels:
        return np.clip(pixels[..., ::-1].astype(int) * 0.8 + 20, 0, 255).astype(np.uint8)

    before, other = world.square_at(20, 50), world.square_at(90, 30)
    learnt = colours.learn(before, change(before))
    assert world.apart(learnt(other), change(other)) < 6
    same = colours.learn(before, before)
    assert world.apart(same(other), other) < 2
    half = same.towards(learnt, 0.5)(other).astype(int)
    assert np.abs(half - (same(other).astype(int) + learnt(other)) / 2).mean() < 2


def test_times_are_exact() -> None:
    from fractions import Fraction

    assert timing.count(50, Fraction(25), 30) == 60
    assert timing.count(1, Fraction(25), 1) == 1
    assert timing.nearest(2.5) == 3
    assert timing.there_and_back(3, 8) == [0, 1, 2, 1, 0, 1, 2, 1]
    assert timing.there_and_back(1, 3) == [0, 0, 0]
    assert timing.sources(10, Fraction(10), 5, 7) == [0, 2, 4, 6, 8, 9, 9]


@pytest.mark.parametrize(
    ("motion_", "across", "down"),
    [("pan-left", 1, 0), ("pan-right", -1, 0), ("tilt-up", 0, 1), ("tilt-down", 0, -1)],
)
def test_pans_and_tilts_go_their_way(motion_: str, across: int, down: int) -> None:
    frame = world.square_at(80, 48)
    start, end = (world.centre_of_red(moves.seen(frame, [motion_], at)) for at in (0.0, 1.0))
    shift = end[0] - start[0], end[1] - start[1]
    assert np.sign(round(shift[0] / 8)) == across
    assert np.sign(round(shift[1] / 8)) == down


def test_zooms_and_rolls() -> None:
    frame = world.square_at(80, 48)

    def red(pixels: world.Pixels) -> int:
        wide = pixels.astype(int)
        return int(((wide[..., 0] > 140) & (wide[..., 1] < 110)).sum())

    assert red(moves.seen(frame, ["zoom-in"], 1.0)) > 1.5 * red(moves.seen(frame, ["zoom-in"], 0.0))
    assert red(moves.seen(frame, ["zoom-out"], 0.0)) > 1.5 * red(moves.seen(frame, ["zoom-out"], 1.0))
    flat = np.zeros((96, 96, 3), np.uint8)
    flat[:48] = 255  # a level horizon
    left, right = (moves.seen(flat, ["rolling-clockwise"], 1.0)[:, column].mean() for column in (10, 85))
    # The camera rolls clockwise, so the picture turns against the clock: its right end rises.
    assert right < left - 10 or left < right - 10
    other = moves.seen(flat, ["rolling-anticlockwise"], 1.0)
    assert np.sign(other[:, 85].mean() - other[:, 10].mean()) == -np.sign(right - left)
    assert np.array_equal(moves.seen(frame, [], 0.5), frame)
