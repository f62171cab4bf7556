"""Both networks and the fall-back: sizes, faithfulness, seams, clean edges, repeatability, memory given back."""

from __future__ import annotations

from typing import get_args

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from gesso.engines.sketch import upscale
from gesso.engines.sketch.composition import sprites

Pixels = npt.NDArray[np.uint8]
MODELS = get_args(upscale.Model)
FACTORS = get_args(upscale.Factor)


@pytest.fixture
def without_ncnn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upscale, "available", lambda: False)


def scene(height: int, width: int) -> Pixels:
    """Smooth colours with a hard-edged disc."""
    y, x = np.mgrid[:height, :width].astype(np.float64)
    planes = [127 + 90 * np.sin(x / 17), 127 + 90 * np.cos(y / 23), 255 * x / width]
    picture = np.stack(planes, axis=2)
    picture[(y - height / 2) ** 2 + (x - width / 2) ** 2 < (min(height, width) / 4) ** 2] = (230, 60, 40)
    return picture.astype(np.uint8)


def shrunk(pixels: Pixels, factor: int) -> npt.NDArray[np.float64]:
    height, width, channels = pixels.shape
    return pixels.reshape(height // factor, factor, width // factor, factor, channels).mean(axis=(1, 3))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("factor", FACTORS)
def test_enlarges_and_keeps_the_picture(model: upscale.Model, factor: upscale.Factor) -> None:
    small = scene(48, 61)
    large = upscale.upscale(small, factor, model)
    assert large.shape == (48 * factor, 61 * factor, 3)
    assert large.dtype == np.uint8
    assert np.abs(shrunk(large, factor) - small).mean() < 6


@pytest.mark.parametrize("model", MODELS)
def test_same_input_same_bytes(model: upscale.Model) -> None:
    small = scene(40, 40)
    assert upscale.upscale(small, 2, model).tobytes() == upscale.upscale(small, 2, model).tobytes()


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (7, 2), (33, 300)])
def test_any_size_works(shape: tuple[int, int]) -> None:
    large = upscale.upscale(np.full((*shape, 3), 90, np.uint8), 4)
    assert large.shape == (shape[0] * 4, shape[1] * 4, 3)
    assert np.abs(large.astype(int) - 90).max() <= 3


@pytest.mark.parametrize("model", MODELS)
def test_tiles_leave_no_seam(model: upscale.Model, monkeypatch: pytest.MonkeyPatch) -> None:
    small = scene(80, 96)
    whole = upscale.upscale(small, 2, model)
    monkeypatch.setattr(upscale, "TILE_WIDTH", 32)
    monkeypatch.setattr(upscale, "TILE_HEIGHT", 32)
    tiled = upscale.upscale(small, 2, model)
    assert np.abs(whole.astype(int) - tiled).max() <= 3


def test_network_is_sharper_than_the_fall_back(monkeypatch: pytest.MonkeyPatch) -> None:
    step = np.zeros((32, 32, 3), np.uint8)
    step[:, 16:] = 255
    network = upscale.upscale(step, 4, "drawn")
    monkeypatch.setattr(upscale, "available", lambda: False)
    classical = upscale.upscale(step, 4, "drawn")

    def greys(pixels: Pixels) -> int:
        return int(((pixels > 25) & (pixels < 230)).sum())

    assert greys(network) < greys(classical)


def test_names_say_what_ran(monkeypatch: pytest.MonkeyPatch) -> None:
    assert upscale.name(4) == "span-x4"
    assert upscale.name(2, "drawn") == "animevideov3-x2"
    monkeypatch.setattr(upscale, "available", lambda: False)
    assert upscale.name(4) == "lanczos"


@pytest.mark.usefixtures("without_ncnn")
def test_fall_back_runs_without_ncnn() -> None:
    large = upscale.upscale(scene(20, 30), 4)
    assert large.shape == (80, 120, 3)
    assert np.abs(shrunk(large, 4) - scene(20, 30)).mean() < 6


@pytest.mark.parametrize("model", MODELS)
def test_cut_out_keeps_colour_at_its_rim(model: upscale.Model) -> None:
    small = np.zeros((40, 40, 4), np.uint8)  # transparent black around an orange square
    small[10:30, 10:30] = (250, 140, 20, 255)
    large = upscale.upscale(small, 4, model)
    assert large.shape == (160, 160, 4)
    seen = large[large[:, :, 3] > 0]
    assert np.abs(seen[:, :3].astype(int) - (250, 140, 20)).max() <= 12
    assert (large[:30, :30, 3] == 0).all()
    assert (large[60:100, 60:100, 3] == 255).all()


@pytest.mark.parametrize("scale", [2.0, 2.8, 4.0])
def test_a_sprite_of_any_scale_is_like_the_whole_enlargement(scale: float) -> None:
    small = np.ascontiguousarray(sprites.load("cat")[60:140:2, 40:160:2])
    made = upscale.sprite(small, scale).astype(np.float32)
    assert made.shape == (round(40 * scale), round(60 * scale), 4)
    seen = made[..., 3] > 250
    full = cv2.resize(upscale.upscale(small, 4, "drawn"), made.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert 0.2 < seen.mean() < 1
    assert np.abs(made - full)[seen].mean() < 5
    assert np.abs(made - full)[..., 3].mean() < 3


def test_outline_is_crisp_and_half_transparency_stays() -> None:
    small = np.zeros((24, 24, 4), np.uint8)
    small[:, 12:, 3] = 128
    alpha = upscale.upscale(small, 4)[:, :, 3]
    assert (alpha[:, -20:] == 128).all()
    assert ((alpha > 10) & (alpha < 118)).sum(axis=1).max() <= 4


def test_bleed_leaves_visible_pixels_and_fills_the_rest() -> None:
    cat = sprites.load("cat")
    filled = upscale.bleed(cat)
    opaque = cat[:, :, 3] == 255
    assert (filled[opaque] == cat[opaque][:, :3]).all()
    assert filled[0, 0].sum() > 150  # the corner is clear, and takes the orange of the coat instead of black


def test_memory_is_given_back_after_the_outermost_block(monkeypatch: pytest.MonkeyPatch) -> None:
    cleared: list[str] = []

    class Pool:
        def clear(self) -> None:
            cleared.append("cleared")

    upscale.upscale(scene(8, 8), 2)  # opens the networks with the real pools first
    real = upscale._pools

    def pools() -> tuple[Pool, Pool]:
        return Pool(), Pool()

    pools.cache_info = real.cache_info  # type: ignore[attr-defined]
    monkeypatch.setattr(upscale, "_pools", pools)
    with upscale.warm():
        upscale.upscale(scene(8, 8), 2)
        assert cleared == []
    assert cleared == ["cleared"] * 2


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 1), (8, 8, 5)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="expected"):
        upscale.upscale(np.zeros(shape, np.uint8), 2)


def test_floats_are_refused() -> None:
    with pytest.raises(ValueError, match="float64"):
        upscale.upscale(np.zeros((8, 8, 3)), 2)  # type: ignore[arg-type]


def test_tiles_on_two_threads_are_those_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = np.random.default_rng(3).integers(0, 255, (40, 56, 3), dtype=np.uint8)
    monkeypatch.setattr(upscale, "TILE_WIDTH", 24)
    monkeypatch.setattr(upscale, "TILE_HEIGHT", 24)
    both = upscale.upscale(picture, 2)
    monkeypatch.setattr(upscale, "THREADS", 1)
    assert np.array_equal(upscale.upscale(picture, 2), both)
