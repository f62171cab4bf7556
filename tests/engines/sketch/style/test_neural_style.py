"""Learned styles, blends and any picture's style: sizes, strength, repeatability, refusals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from gesso.engines.sketch.style import neural_style
from gesso.engines.sketch.style.neural_style import LOOKS, STYLES, Style

Pixels = npt.NDArray[np.uint8]


def picture(height: int = 96, width: int = 128, seed: int = 0) -> Pixels:
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 255, (height // 16, width // 16, 3), dtype=np.uint8)
    return coarse.repeat(16, axis=0).repeat(16, axis=1)


STYLES_TO_TRY: list[Style] = [LOOKS["watercolour"], {3: 0.5, 12: 0.5}, picture(seed=5)]


@pytest.mark.parametrize("style", STYLES_TO_TRY, ids=["number", "blend", "picture"])
def test_repaints_at_the_same_size_and_repeats(style: Style) -> None:
    before = picture()
    after = neural_style.apply(before, style)
    assert after.shape == before.shape
    assert after.dtype == np.uint8
    assert np.abs(after.astype(int) - before).mean() > 5
    assert neural_style.apply(before, style).tobytes() == after.tobytes()


@pytest.mark.parametrize("size", [(1, 1), (7, 300), (33, 33), (900, 60)])
@pytest.mark.parametrize("style", [0, picture(seed=1)], ids=["number", "picture"])
def test_any_size_works(size: tuple[int, int], style: Style) -> None:
    before = np.full((*size, 3), 120, np.uint8)
    assert neural_style.apply(before, style).shape == before.shape


def test_strength_mixes() -> None:
    before = picture()
    full = neural_style.apply(before, 7).astype(float)
    half = neural_style.apply(before, 7, 0.5)
    assert np.abs(half - (full + before) / 2).max() <= 1
    assert (neural_style.apply(before, 7, 0) == before).all()


def test_styles_differ() -> None:
    before = picture()
    styles: list[Style] = [0, 7, 12, 19, picture(seed=2), picture(seed=3)]
    painted = {neural_style.apply(before, style).tobytes() for style in styles}
    assert len(painted) == 6


def test_large_pictures_are_worked_at_a_bounded_size(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[tuple[int, ...]] = []
    real = neural_style.run

    def spy(name: str, *inputs: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        sizes.append(inputs[0].shape)
        return real(name, *inputs)

    monkeypatch.setattr(neural_style, "run", spy)
    monkeypatch.setattr(neural_style, "WORKING", 64)
    assert neural_style.apply(picture(320, 640), 0).shape == (320, 640, 3)
    assert sizes == [(1, 3, 32, 64)]


def test_input_is_left_alone() -> None:
    before = picture()
    kept = before.copy()
    neural_style.apply(before, 0, 0.7)
    neural_style.apply(before, 0, 0)[:] = 0
    assert (before == kept).all()


def test_weights_sum_to_one() -> None:
    assert neural_style.weights(4).tolist() == [float(i == 4) for i in range(STYLES)]
    blend = neural_style.weights({1: 3.0, 2: 1.0})
    assert blend[1] == pytest.approx(0.75)
    assert blend.sum() == pytest.approx(1)


@pytest.mark.parametrize("style", [-1, STYLES, {0: -1.0}, {}, {0: 0.0}, {99: 1.0}])
def test_impossible_styles_are_refused(style: Style) -> None:
    with pytest.raises(ValueError, match=r"style|weight"):
        neural_style.apply(picture(), style)


@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
def test_impossible_strengths_are_refused(strength: float) -> None:
    with pytest.raises(ValueError, match="strength"):
        neural_style.apply(picture(), 0, strength)


def test_alpha_is_refused() -> None:
    with pytest.raises(ValueError, match="expected"):
        neural_style.apply(np.zeros((8, 8, 4), np.uint8), 0)


def test_names_say_what_runs() -> None:
    assert neural_style.name(3) == neural_style.name({3: 1.0}) == "style-transfer-26"
    assert neural_style.name(picture()) == "magenta-arbitrary-style"


def test_looks_are_learned_styles() -> None:
    assert set(LOOKS.values()) <= set(range(STYLES))
    assert len(set(LOOKS.values())) == len(LOOKS)
