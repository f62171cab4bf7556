"""Which frames the safety checker looks at."""

from __future__ import annotations

from itertools import pairwise

import pytest

from gesso.engines.sketch.video import film


@pytest.mark.parametrize(("count", "fps"), [(120, 24), (24, 24), (721, 30), (9, 30), (3600, 60)])
def test_a_frame_of_every_second_and_eight_at_least(count: int, fps: float) -> None:
    numbers = sorted(film.looked_at(count, fps))
    assert (numbers[0], numbers[-1]) == (0, count - 1)
    assert len(numbers) >= 8
    assert max(after - before for before, after in pairwise(numbers)) <= max(fps, count / 7)


def test_all_of_a_few_frames() -> None:
    assert film.looked_at(1, 24) == {0}
    assert film.looked_at(5, 24) == {0, 1, 2, 3, 4}
