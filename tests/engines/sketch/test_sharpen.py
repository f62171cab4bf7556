"""Sharpening against each method's definition, written out pixel by pixel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gesso.engines.engine import EngineOptions
from gesso.engines.sketch import pictures, sharpen
from gesso.engines.sketch.png import Pixels
from gesso.media import Media
from gesso.runners.context import RunContext
from gesso.runners.work import Event, Logged, Work
from gesso.shapes import MediaRule
from gesso.tasks import Sharpen


class Shop:
    """Runs the task on a picture and keeps what it logs."""

    def __init__(self, tmp: Path) -> None:
        self.tmp = tmp
        self.lines: list[str] = []

    def sharpen(self, picture: Pixels, **fields: Any) -> Pixels:
        source = self.tmp / "given.png"
        pictures.write(picture, source)
        media = Media("https://example.com/given.png", ("image_url",), MediaRule("image"), source)
        task = Sharpen(image=media, **fields)
        work = Work(
            job="1", endpoint="o/a", engine="sketch", task=task, tmp=str(self.tmp / "out"), options=EngineOptions()
        )
        [made] = sharpen.make(task, RunContext(work, self._hear)).files["images"]
        return pictures.read(Media("", ("x",), MediaRule("image"), made.path))

    def _hear(self, event: Event) -> None:
        if isinstance(event, Logged):
            self.lines.append(event.message)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def noisy(channels: int = 3, side: int = 24) -> Pixels:
    rng = np.random.default_rng(5)
    steps = np.linspace(40, 210, side)[None, :, None] + rng.normal(0, 14, (side, side, channels))
    return np.clip(steps, 0, 255).astype(np.uint8)


def around(values: np.ndarray[Any, Any], y: int, x: int) -> np.ndarray[Any, Any]:
    return values[y - 1 : y + 2, x - 1 : x + 2]


def inner(values: Pixels) -> np.ndarray[Any, Any]:
    return values[1:-1, 1:-1].astype(int)


def test_basic_adds_what_a_blur_takes_away(shop: Shop) -> None:
    picture = np.full((9, 33, 3), 100, np.uint8)
    picture[:, 16:] = 150
    made = shop.sharpen(picture, mode="basic", radius=2, alpha=1.0)[4, :, 0].astype(float)
    # A step blurred by a Gaussian of sigma 2: the value half a pixel beyond it is 0.5 + erf(0.5 / (2 * sqrt 2)) / 2.
    share = 0.5987
    assert made[16] == pytest.approx(150 + (150 - (100 + 50 * share)), abs=1)
    assert made[15] == pytest.approx(100 + (100 - (100 + 50 * (1 - share))), abs=1)
    assert (made[2], made[30]) == (100, 150)


def test_smart_is_a_mixture_of_denoised_and_extrapolated(shop: Shop) -> None:
    picture = noisy()
    sharp = shop.sharpen(picture, mode="smart", smart_strength=3.0, smart_ratio=1.0)
    values = picture / 255.0
    kernel = np.array([[1, 1, 1], [1, 5, 1], [1, 1, 1]])[..., None] / 13
    for y, x in ((5, 5), (12, 20), (20, 3)):
        mean = (around(values, y, x) * kernel).sum(axis=(0, 1))
        wanted = np.clip(mean + 3 * (values[y, x] - mean), 0, 1) * 255
        assert np.abs(sharp[y, x] - wanted).max() <= 1
    smooth = shop.sharpen(picture, mode="smart", smart_ratio=0.0, preserve_edges=0.2)
    assert inner(smooth).std() < inner(picture).std()
    mixed = shop.sharpen(picture, mode="smart", smart_strength=3.0, smart_ratio=0.5, preserve_edges=0.2)
    assert np.abs(mixed - (sharp.astype(float) + smooth) / 2).max() <= 1.5


@pytest.mark.parametrize("amount", [0.3, 1.0])
def test_cas_is_fidelityfx_with_diagonals(shop: Shop, amount: float) -> None:
    picture = noisy()
    made = shop.sharpen(picture, mode="cas", cas_amount=amount)
    values = picture / 255.0
    for y, x in ((4, 9), (11, 11), (18, 22)):
        square = around(values, y, x)
        cross = np.stack([square[0, 1], square[1, 0], square[1, 1], square[1, 2], square[2, 1]])
        least = cross.min(axis=0) + square.min(axis=(0, 1))
        most = cross.max(axis=0) + square.max(axis=(0, 1))
        weight = -np.sqrt(np.clip(np.minimum(least, 2 - most) / most, 0, 1)) * (1 / 8 + amount * (1 / 5 - 1 / 8))
        wanted = ((cross.sum(axis=0) - square[1, 1]) * weight + square[1, 1]) / (1 + 4 * weight)
        assert np.abs(made[y, x] - np.clip(wanted, 0, 1) * 255).max() <= 1


@pytest.mark.parametrize(
    "fields",
    [
        {"mode": "basic", "alpha": 0.0},
        {"mode": "smart", "smart_strength": 1.0, "smart_ratio": 1.0},
        {"mode": "smart", "smart_strength": 0.0, "smart_ratio": 1.0},
        {"mode": "smart", "noise_radius": 1, "smart_ratio": 0.0},
        {"mode": "cas", "cas_amount": 0.0},
    ],
)
def test_what_asks_for_nothing_changes_nothing(shop: Shop, fields: dict[str, Any]) -> None:
    assert np.array_equal(shop.sharpen(noisy(), **fields), noisy())


@pytest.mark.parametrize("mode", ["basic", "smart", "cas"])
def test_transparency_and_odd_sizes_are_kept(shop: Shop, mode: str) -> None:
    picture = noisy(4)
    assert np.array_equal(shop.sharpen(picture, mode=mode)[..., 3], picture[..., 3])
    for shape in ((1, 1, 3), (1, 40, 3), (40, 1, 3)):
        assert shop.sharpen(np.full(shape, 90, np.uint8), mode=mode).shape == shape


def test_a_plain_picture_stays_plain(shop: Shop) -> None:
    plain = np.full((16, 16, 3), 77, np.uint8)
    for mode in ("basic", "smart", "cas"):
        assert np.array_equal(shop.sharpen(plain, mode=mode), plain)


def test_what_is_beyond_use_is_bounded_and_said(shop: Shop) -> None:
    assert np.array_equal(
        shop.sharpen(noisy(), mode="basic", radius=10**9), shop.sharpen(noisy(), mode="basic", radius=200)
    )
    shop.sharpen(noisy(), mode="smart", noise_radius=10**9)
    assert sum("is taken as" in line for line in shop.lines) == 2


@pytest.mark.parametrize(
    "fields",
    [{"mode": "basic", "radius": 3}, {"mode": "smart", "noise_radius": 7}, {"mode": "cas"}],
)
def test_bands_leave_no_trace(shop: Shop, monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any]) -> None:
    picture = noisy(4, 70)
    whole = shop.sharpen(picture, **fields)
    monkeypatch.setattr(sharpen, "BAND", 16)
    assert np.array_equal(shop.sharpen(picture, **fields), whole)
