"""The safety network: repeats, keeps its distance from harmless pictures, and scores as the original weights did."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from gesso.engines.sketch import safety
from gesso.engines.sketch.composition import sprites

#: What the float32 network of the origin package gives for the pictures of `blobs`, by seed.
ORIGINAL = {0: 0.6668, 1: 0.1494, 2: 0.3136, 8: 0.1132, 11: 0.0867, 13: 0.3518}


def blobs(seed: int) -> npt.NDArray[np.uint8]:
    """Skin-coloured ellipses on a plain ground: the network is least sure there, so rounding shows most."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:256, :256] / 256
    picture = np.ones((256, 256, 3)) * rng.integers(0, 255, 3)
    skin = np.array([224, 172, 140]) * rng.uniform(0.6, 1.1)
    for _ in range(5):
        (cy, cx), (ry, rx) = rng.uniform(0.2, 0.8, 2), rng.uniform(0.08, 0.4, 2)
        away = ((y - cy) / ry) ** 2 + ((x - cx) / rx) ** 2
        picture[away < 1] = (skin * (1.1 - 0.5 * away[..., None]))[away < 1]
    return picture.clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize(("seed", "expected"), ORIGINAL.items())
def test_narrow_weights_score_as_the_original(seed: int, expected: float) -> None:
    assert safety.score(blobs(seed)) == pytest.approx(expected, abs=0.02)


def test_unsafe_is_a_score_at_the_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not safety.unsafe(blobs(0))
    monkeypatch.setattr(safety, "THRESHOLD", safety.score(blobs(0)))
    assert safety.unsafe(blobs(0))


def test_same_picture_same_score() -> None:
    assert safety.score(blobs(3)) == safety.score(blobs(3))


@pytest.mark.parametrize("name", ["castle", "cat", "pizza", "woman-standing", "sailboat"])
def test_sprites_are_harmless(name: str) -> None:
    assert safety.score(sprites.load(name)) < 0.3
    assert not safety.unsafe(sprites.load(name))


@pytest.mark.parametrize("shape", [(1, 1, 3), (16, 400, 3), (700, 90, 3)])
def test_any_size_is_scored(shape: tuple[int, int, int]) -> None:
    assert 0 <= safety.score(np.full(shape, 127, np.uint8)) <= 1


def test_alpha_is_seen_over_white() -> None:
    clear = np.zeros((64, 64, 4), np.uint8)
    assert safety.score(clear) == safety.score(np.full((64, 64, 3), 255, np.uint8))


def test_tolerance_moves_the_limit_up_and_never_to_one() -> None:
    limits = [safety.limit(0.8, tolerance) for tolerance in range(1, 7)]
    assert limits == sorted(set(limits))
    assert safety.limit(0.8, None) == limits[1] == 0.8
    assert safety.limit(1.0, 6) == 0.99
