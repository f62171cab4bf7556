"""Odd pictures under edit and inpaint: each kind comes out right, or is refused on its field; a test for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gesso.engines.sketch import edit_image, inpaint
from gesso.errors import InputError
from gesso.media import Media
from gesso.shapes import MediaRule
from gesso.tasks import EditImage, Inpaint
from tests.engines.sketch.edit.world import HORIZON, Pixels, Surroundings, apart, ball, hue, hue_of, meadow, psnr

BLUE = (40, 70, 200)


def _exif(folder: Path, orientation: int, turn: Image.Transpose) -> Path:
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(meadow()).transpose(turn).save(folder / "odd.png", exif=exif)
    return folder / "odd.png"


def _kept(image: Image.Image, folder: Path, name: str, **options: Any) -> Path:
    image.save(folder / name, **options)
    return folder / name


def _cmyk(folder: Path) -> Path:
    return _kept(Image.fromarray(meadow()).convert("CMYK"), folder, "odd.tiff")


def _animated(folder: Path) -> Path:
    frames = [Image.fromarray(meadow()), Image.fromarray(meadow((30, 30, 30)))]
    return _kept(frames[0], folder, "odd.webp", save_all=True, append_images=frames[1:], lossless=True)


def _palette(folder: Path) -> Path:
    """256 colours, the lowest rows clear."""
    image = Image.fromarray(meadow()).quantize(255)
    values = np.array(image)
    values[-20:] = 255
    clear = Image.fromarray(values, "P")
    clear.putpalette([*(image.getpalette() or [])[: 255 * 3], 0, 0, 0])
    return _kept(clear, folder, "odd.png", transparency=255)


COLOURED: dict[str, Callable[[Path], Path]] = {
    "turned over": lambda folder: _exif(folder, 3, Image.Transpose.ROTATE_180),
    "turned left": lambda folder: _exif(folder, 6, Image.Transpose.ROTATE_90),
    "mirrored and turned": lambda folder: _exif(folder, 5, Image.Transpose.TRANSPOSE),
    "cmyk": _cmyk,
    "palette": _palette,
    "animated": _animated,
    "avif": lambda folder: _kept(Image.fromarray(meadow()), folder, "odd.avif", quality=90),
}
"""Pictures that all show the meadow, upright and in colours."""


def _media(path: Path, field: str = "image_url", **rule: Any) -> Media:
    return Media(str(path), (field,), MediaRule("image", **rule), path)


def _sixteen_bits(folder: Path) -> Path:
    grey = np.array(Image.fromarray(meadow()).convert("L"), np.uint16) * 257
    return _kept(Image.fromarray(grey), folder, "odd.png")


def _grey(folder: Path) -> Path:
    return _kept(Image.fromarray(meadow()).convert("L"), folder, "odd.png")


def _edited(folder: Path, path: Path, words: str, format: str = "png") -> Pixels:
    order = EditImage(prompt=words, images=(_media(path),), seed=7, format=format)
    return _opened(edit_image.make(order, Surroundings(folder)).files["images"][0].path)


def _filled(folder: Path, path: Path, mask: Path) -> Pixels:
    red = _kept(Image.new("RGB", (32, 32), (200, 30, 30)), folder, "reference.png")
    order = Inpaint(image=_media(path), mask=_media(mask, "mask_url"), reference=_media(red, "reference"), strength=1.0)
    return _opened(inpaint.make(replace(order, seed=7), Surroundings(folder)).files["images"][0].path)


def _opened(path: Path) -> Pixels:
    with Image.open(path) as image:
        return np.array(image)


def _mask(folder: Path) -> Path:
    """The left upper corner of the sky."""
    mask = np.zeros(meadow().shape[:2], np.uint8)
    mask[10:60, 10:80] = 255
    return _kept(Image.fromarray(mask), folder, "mask.png")


NEAR = {"cmyk": 24, "palette": 24, "avif": 24}
"""Decibels that a kind keeps of the colours; 40 where it keeps all."""


@pytest.mark.parametrize("kind", COLOURED)
def test_a_picture_of_any_kind_is_edited_upright(tmp_path: Path, kind: str) -> None:
    after = _edited(tmp_path, COLOURED[kind](tmp_path), "make it brighter")
    plain = _edited(tmp_path, _kept(Image.fromarray(meadow()), tmp_path, "plain.png"), "make it brighter")
    assert after.shape[:2] == plain.shape[:2]
    assert psnr(plain, after[..., :3], _above(after)) > NEAR.get(kind, 40)
    assert after[:-20, :, :3].mean() > meadow()[:-20].mean() + 5


@pytest.mark.parametrize("kind", ["mirrored and turned", "palette"])
def test_things_are_found_in_a_picture_of_any_kind(tmp_path: Path, kind: str) -> None:
    after = _edited(tmp_path, COLOURED[kind](tmp_path), "make the ball blue")
    assert apart(hue(after[..., :3], ball(-8)), hue_of(BLUE)) < 30
    assert psnr(meadow(), after[..., :3], _above(after) & ~ball(12)) > NEAR.get(kind, 40)


@pytest.mark.parametrize("kind", COLOURED)
def test_a_picture_of_any_kind_is_filled_upright(tmp_path: Path, kind: str) -> None:
    after = _filled(tmp_path, COLOURED[kind](tmp_path), _mask(tmp_path))
    assert apart(hue(after[25:45, 25:65, :3], np.ones((20, 40), np.bool_)), hue_of((200, 30, 30))) < 20
    assert psnr(meadow()[:, 90:], after[:, 90:, :3], _above(after[:, 90:])) > 24


def _above(part: Pixels) -> Any:
    """All but the rows that some kinds have clear."""
    return np.broadcast_to((np.arange(len(part)) < len(part) - 20)[:, None], part.shape[:2])


@pytest.mark.parametrize("make", [_sixteen_bits, _grey])
def test_grey_of_any_depth_is_edited_and_filled(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    path = make(tmp_path)
    before = np.array(Image.fromarray(meadow()).convert("L"), np.int16)
    brighter = _edited(tmp_path, path, "brighter")
    assert brighter.shape == meadow().shape
    assert brighter[HORIZON:].mean() > before[HORIZON:].mean() + 5
    filled = _filled(tmp_path, path, _mask(tmp_path))
    assert np.array_equal(filled[70:, 90:, 0], before[70:, 90:])
    assert filled[30, 40, 0] > filled[30, 40, 2] + 60


def test_clear_parts_stay_clear_where_the_format_allows(tmp_path: Path) -> None:
    path = _palette(tmp_path)
    for words in ("make the ball blue", "make it warmer", "at night"):
        after = _edited(tmp_path, path, words)
        assert after.shape[2] == 4
        assert not after[-20:, :, 3].any()
        assert (after[:-20, :, 3] == 255).all()
    assert _edited(tmp_path, path, "make it warmer", "webp").shape[2] == 4
    white = _edited(tmp_path, path, "make it warmer", "jpeg")
    assert white.shape[2] == 3
    assert white[-16:].min() > 240
    assert not _filled(tmp_path, path, _mask(tmp_path))[-20:, :, 3].any()


def test_one_pixel_is_filled(tmp_path: Path) -> None:
    one = _kept(Image.new("RGB", (1, 1), (10, 20, 30)), tmp_path, "one.png")
    all_of_it = _kept(Image.new("L", (1, 1), 255), tmp_path, "all.png")
    assert _filled(tmp_path, one, all_of_it).shape == (1, 1, 3)


@pytest.mark.long
def test_twelve_thousand_pixels_wide(tmp_path: Path) -> None:
    wide = _kept(Image.fromarray(meadow()).resize((12_000, 960)), tmp_path, "wide.png")
    before = _opened(wide)
    after = _edited(tmp_path, wide, "darken the sky")
    assert after.shape == before.shape
    assert after[:160].mean() < before[:160].mean() - 5
    assert psnr(before[4 * HORIZON + 80 :], after[4 * HORIZON + 80 :]) >= 40
    filled = _filled(tmp_path, wide, _mask(tmp_path))
    assert filled.shape == before.shape
    assert np.array_equal(filled[250:], before[250:])


def test_a_strip_in_which_nothing_can_be_found_is_returned_as_it_is_and_said(tmp_path: Path) -> None:
    strip = _kept(Image.fromarray(meadow()).resize((12_000, 120)), tmp_path, "strip.png")
    around = Surroundings(tmp_path)
    made = edit_image.make(EditImage(prompt="darken the sky", images=(_media(strip),)), around)
    assert np.array_equal(_opened(made.files["images"][0].path), _opened(strip))
    assert any("was not found" in line for line in around.lines)


def test_beyond_the_limits_is_refused_on_its_field(tmp_path: Path) -> None:
    wide = _kept(Image.new("RGB", (15_000, 2)), tmp_path, "wide.png")
    around = Surroundings(tmp_path)
    with pytest.raises(InputError) as caught:
        edit_image.make(EditImage(prompt="brighter", images=(_media(wide, max_side=14142),)), around)
    assert (caught.value.problems[0].loc, caught.value.problems[0].type) == (("body", "image_url"), "image_too_large")
    small = _media(_grey(tmp_path))
    with pytest.raises(InputError) as caught:
        inpaint.make(Inpaint(image=small, mask=_media(wide, "mask_url", max_side=14142)), around)
    assert (caught.value.problems[0].loc, caught.value.problems[0].type) == (("body", "mask_url"), "image_too_large")
