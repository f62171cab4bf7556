"""Small fast things: found where the flow misses them, none where it does not, and drawn once on their way."""

from __future__ import annotations

import numpy as np
import pytest

from gesso.engines.sketch.remake import between, motion, strays
from tests.engines.sketch.remake import world
from tests.engines.sketch.remake.test_between import kept, laid, shown

WIDTH, HEIGHT = 640, 360


def crossing(at: float) -> world.Pixels:
    """The ground goes 32 pixels right by `at` 1, the square 40 left."""
    wide = world.ground(WIDTH + 40, HEIGHT, seed=4)
    left = 36 - round(32 * at)
    return world.square_at(320 - round(40 * at), 150, np.ascontiguousarray(wide[:, left : left + WIDTH]))


def reduced(pixels: world.Pixels) -> world.Pixels:
    return motion.grey(motion.reduced(pixels, WIDTH // 2))


def test_what_the_flow_misses_is_found() -> None:
    one, two = motion.contrasts(laid(crossing(0)).small, laid(crossing(1)).small)
    there = motion.swift(one, two)
    assert np.median(there[85:90, 165:172, 0]) > 5, "the flow goes with the ground, else there is nothing to find"
    (step,) = strays.steps(one, two, there)
    assert step == pytest.approx((-20, 0), abs=0.5)


def test_where_the_flow_is_right_or_nothing_is_to_be_known_there_are_none() -> None:
    one, two = (reduced(pixels) for pixels in world.panning(2, 8, WIDTH, HEIGHT))
    assert strays.steps(one, two, motion.swift(one, two)) == []
    plain = np.full_like(one, 40), np.full_like(one, 200)
    assert strays.steps(*plain, motion.swift(*plain)) == []
    other = reduced(world.ground(WIDTH, HEIGHT, seed=9)[::-1].copy())
    assert len(strays.steps(one, other, motion.swift(one, other))) <= strays.STEPS


def test_a_stray_is_drawn_once_on_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    truth = kept(crossing(0.5))

    def middle() -> world.Pixels:
        return shown(between.at(between.gap(laid(crossing(0)), laid(crossing(1))), 0.5))

    new = middle()
    x, y = world.centre_of_red(truth)
    assert world.centre_of_red(new) == pytest.approx((x, y), abs=1.0)
    assert world.apart(new[150:182, 300:332], truth[150:182, 300:332]) < 10
    monkeypatch.setattr(strays, "steps", lambda *_: [])
    assert world.psnr(new, truth) > world.psnr(middle(), truth) + 1
