"""How things move: what travels in a loop stays in the picture and ends where it began."""

from __future__ import annotations

import numpy as np
import pytest

from gesso.engines.sketch.video.acts import Act, Clock, perform
from gesso.engines.sketch.video.camera import Pose
from gesso.engines.sketch.video.render import Renderer
from gesso.engines.sketch.video.shot import Shot, Thing

WIDTH, HEIGHT = 320, 180


@pytest.mark.parametrize("side", [-1.0, 1.0])
@pytest.mark.parametrize("name", ["run", "fly", "drive"])
@pytest.mark.parametrize("left", [0, 120, 250])
def test_a_looping_traveller_stays_in_the_frame(name: str, side: float, left: int) -> None:
    thing = Thing(pixels=np.zeros((60, 70, 4), np.uint8), left=left, top=90, depth=0.7)
    clock = Clock(48, 12, loop=True)
    motion = perform(thing, [Act(name, side)], clock, (WIDTH, HEIGHT), free=True, rng=np.random.default_rng(0))
    assert abs(motion.x[-1] - motion.x[0]) < 2
    assert left + motion.x.min() >= -1e-6
    assert left + 70 + motion.x.max() <= WIDTH + 1e-6
    middle = len(motion.x) // 2
    assert side * (motion.x[middle] - motion.x[0]) > 10


def test_what_rolls_turns_about_its_middle() -> None:
    pixels = np.zeros((60, 60, 4), np.uint8)
    pixels[28:32, 28:32] = 255
    thing = Thing(pixels=pixels, left=130, top=100, depth=0.7)
    shot = Shot(WIDTH, HEIGHT, np.zeros((HEIGHT, WIDTH, 3), np.uint8), (0, 0), 60.0)
    shot.things = [thing]
    motion = perform(thing, [Act("wheel")], Clock(24, 12), (WIDTH, HEIGHT), free=True, rng=np.random.default_rng(0))
    renderer = Renderer(shot, [Pose()] * 24, [motion])
    for i in (0, 5, 11, 20):
        rows, columns = np.nonzero(renderer.frame(i)[..., 0] > 100)
        assert (rows.mean(), columns.mean()) == pytest.approx((129.5, 159.5), abs=1.5)
    assert np.ptp(motion.turn) > 90
