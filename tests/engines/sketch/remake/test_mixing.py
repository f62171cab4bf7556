"""Mixing along paths: exact where steps are whole, edges continued, both weighed, strips that join, any size."""

from __future__ import annotations

import numpy as np
import pytest

from gesso.engines.sketch.remake import mixing, planes
from gesso.engines.sketch.remake.planes import Frame, Samples


def noise(width: int, height: int, seed: int) -> Frame:
    return planes.laid(np.random.default_rng(seed).integers(16, 236, (height * 3 // 2, width), np.uint8))


def still(frame: Frame, step: tuple[float, float] = (0, 0), share: float = 0.5) -> tuple[Samples, Samples]:
    """One path and one share everywhere."""
    height, width = frame.small.shape[:2]
    path = np.empty((height, width, 2), np.float32)
    path[:] = step
    return path, np.full((height, width), share, np.float32)


@pytest.mark.parametrize(("size", "times"), [((1000, 40), 4), ((970, 54), 4), ((326, 198), 2), ((6, 4), 2)])
def test_whole_steps_are_exact(size: tuple[int, int], times: int) -> None:
    """Steps of whole samples in every plane: each new one is the sample there, or the nearest one at an edge."""
    one, two = noise(*size, 1), noise(*size, 2)
    assert one.times == times
    across, down = 8, -4
    # From half way on: as far back to the first frame as on to the second.
    path, _ = still(one, (2 * across / times, 2 * down / times))
    for share, end, way in ((0.0, one, -1), (1.0, two, 1)):
        made = mixing.mixed(one, two, path, np.full(path.shape[:2], share, np.float32), 0.5)
        for plane, source, size_in in zip(planes.parted(made), end.planes, (1, 2, 2), strict=True):
            rows = np.clip(np.arange(plane.shape[0]) + way * down // size_in, 0, plane.shape[0] - 1)
            columns = np.clip(np.arange(plane.shape[1]) + way * across // size_in, 0, plane.shape[1] - 1)
            assert np.array_equal(plane, source[rows][:, columns])


def test_each_pixel_is_mixed_by_its_share() -> None:
    one, two = noise(64, 48, 1), noise(64, 48, 2)
    path, share = still(one, share=0.25)
    share[:, 16:] = 0.75
    y = planes.parted(mixing.mixed(one, two, path, share, 0.5))[0].astype(float)
    first, second = (frame.planes[0].astype(float) for frame in (one, two))
    assert np.abs(y - 0.75 * first - 0.25 * second)[:, :32].max() <= 1
    assert np.abs(y - 0.25 * first - 0.75 * second)[:, 32:].max() <= 1


def test_parts_of_a_step_lie_between_samples() -> None:
    one = noise(1000, 40, 3)
    path, share = still(one, (0.25, 0), 0.0)  # half a pixel back at half way
    y = planes.parted(mixing.mixed(one, one, path, share, 0.5))[0].astype(float)
    source = one.planes[0].astype(float)
    assert np.abs(y[:, 1:] - (source[:, 1:] + source[:, :-1]) / 2).max() <= 1


def test_strips_join(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = noise(120, 90, 1), noise(120, 90, 2)
    path, share = still(one)
    rows, columns = np.indices(share.shape, np.float32)
    path[..., 0], path[..., 1] = 3 * np.sin(rows / 7), 5 * np.cos(columns / 9)
    whole = mixing.mixed(one, two, path, share, 0.4)
    monkeypatch.setattr(mixing, "STRIP", 7)
    assert np.abs(mixing.mixed(one, two, path, share, 0.4).astype(int) - whole).max() <= 1
