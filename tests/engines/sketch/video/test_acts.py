"""How things move: what travels in a loop stays in the picture and ends where it began."""

from __future__ import annotations

import numpy as np
import pytest

from gesso.engines.sketch.video.acts import Act, Clock, perform
from gesso.engines.sketch.video.shot import Thing

WIDTH, HEIGHT = 320, 180


@pytest.mark.parametrize("side", [-1.0, 1.0])
@pytest.mark.parametrize("name", ["run", "fly", "drive", "tumble"])
@pytest.mark.parametrize("left", [0, 120, 250])
def test_a_looping_traveller_stays_in_the_frame(name: str, side: float, left: int) -> None:
    thing = Thing(pixels=np.zeros((60, 70, 4), np.uint8), left=left, top=90, depth=0.7)
    clock = Clock(48, 12, loop=True)
    motion = perform(thing, [Act(name, side)], clock, (WIDTH, HEIGHT), free=True, rng=np.random.default_rng(0))
    middle = left + 35 + motion.x
    assert motion.x[0] == pytest.approx(0, abs=1e-9)
    assert abs(motion.x[-1] - motion.x[0]) < 2
    assert middle.min() > 0
    assert middle.max() < WIDTH
    room = (WIDTH - left - 35 if side > 0 else left + 35) - 0.08 * WIDTH
    if room > 10:
        assert side * motion.x[np.argmax(np.abs(motion.x))] > 5
