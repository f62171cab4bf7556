"""Sizes, small fields, content types and outputs."""

from __future__ import annotations

import mimetypes
from typing import Annotated, Any, Literal, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from gesso.shapes import (
    CONTENT_TYPES,
    EXTENSIONS,
    PRESETS,
    File,
    ImageListOutput,
    ImageSize,
    NumericText,
    Preset,
    SafetyTolerance,
    Seed,
    Size,
    SizeChoice,
    size_for_aspect,
    size_for_lines,
    size_of,
)

SIZE: TypeAdapter[Any] = TypeAdapter(SizeChoice)


@pytest.mark.parametrize(
    ("given_", "size"),
    [
        ("square_hd", Size(1024, 1024)),
        ("square", Size(512, 512)),
        ("portrait_4_3", Size(768, 1024)),
        ("portrait_16_9", Size(576, 1024)),
        ("landscape_4_3", Size(1024, 768)),
        ("landscape_16_9", Size(1024, 576)),
        ({"width": 1280, "height": 720}, Size(1280, 720)),
        ({"width": "1280"}, Size(1280, 512)),
        ({}, Size(512, 512)),
    ],
)
def test_a_size_field_means_these_pixels(given_: Any, size: Size):
    assert size_of(SIZE.validate_python(given_)) == size


@pytest.mark.parametrize("wrong", ["big", 512, None, [], {"width": 0}, {"height": 14143}, {"width": 1.5}])
def test_a_wrong_size_is_one_error(wrong: Any):
    with pytest.raises(ValidationError) as caught:
        SIZE.validate_python(wrong)
    assert caught.value.error_count() == 1


def test_every_preset_has_pixels():
    assert set(get_args(Preset)) == set(PRESETS)


def test_size_measures():
    assert (Size(200, 100).area, Size(200, 100).aspect) == (20_000, 2.0)
    assert size_of(ImageSize(width=3, height=4)) == Size(3, 4)


@pytest.mark.parametrize(
    ("ratio", "size"), [("1:1", Size(1024, 1024)), ("16:9", Size(1360, 768)), ("9:16", Size(768, 1360))]
)
def test_size_for_aspect(ratio: str, size: Size):
    assert size_for_aspect(ratio) == size


@given(st.integers(1, 32), st.integers(1, 32), st.integers(2**16, 2**24))
def test_size_for_aspect_keeps_shape_area_and_multiple(across: int, down: int, area: int):
    size = size_for_aspect(f"{across}:{down}", area)
    mirrored = size_for_aspect(f"{down}:{across}", area)
    assert size.width % 16 == size.height % 16 == 0
    assert (mirrored.width, mirrored.height) == (size.height, size.width)
    # Rounding to 16 pixels moves each side by at most 8.
    assert abs(size.width - (area * across / down) ** 0.5) <= 8.001
    assert abs(size.height - (area * down / across) ** 0.5) <= 8.001


@given(st.integers(1, 32), st.integers(1, 32), st.sampled_from([360, 540, 720, 1080]))
def test_size_for_lines_has_that_shorter_side(across: int, down: int, lines: int):
    size = size_for_lines(f"{across}:{down}", lines)
    assert min(size.width, size.height) == lines
    assert max(size.width, size.height) % 2 == 0
    assert (size.width >= size.height) == (across >= down)


# ---------------------------------------------------------------- small fields

FIVE_OR_TEN: TypeAdapter[Any] = TypeAdapter(Annotated[Literal["5", "10"], NumericText])


@pytest.mark.parametrize("value", ["5", 5, 5.0])
def test_numeric_text_takes_the_number_and_the_string(value: Any):
    assert FIVE_OR_TEN.validate_python(value) == "5"


@pytest.mark.parametrize("value", [True, 5.5, 6, "5.0", None, [5], float("nan"), float("inf")])
def test_numeric_text_takes_nothing_else(value: Any):
    with pytest.raises(ValidationError):
        FIVE_OR_TEN.validate_python(value)


def test_safety_tolerance_runs_from_1_to_6():
    adapter: TypeAdapter[Any] = TypeAdapter(SafetyTolerance)
    assert [adapter.validate_python(n) for n in range(1, 7)] == list("123456")
    with pytest.raises(ValidationError):
        adapter.validate_python(0)


@pytest.mark.parametrize("seed", [0, 42, 2**63 - 1])
def test_a_seed_is_taken_exactly(seed: int):
    assert TypeAdapter(Seed).validate_python(seed) == seed


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_a_seed_beyond_the_database_is_refused(seed: int):
    with pytest.raises(ValidationError):
        TypeAdapter(Seed).validate_python(seed)


# ---------------------------------------------------------------- content types


@pytest.mark.parametrize("ext", ["png", "jpg", "webp", "gif", "mp4", "wav", "svg", "zip", "html"])
def test_content_types_agree_with_the_standard_library(ext: str):
    guessed = {mimetypes.guess_type(f"a.{ext}")[0], mimetypes.types_map.get(f".{ext}")}
    assert CONTENT_TYPES[ext] in guessed | {"audio/wav", "image/webp"}


def test_a_content_type_leads_back_to_an_extension_of_its_kind():
    assert {mime: CONTENT_TYPES[ext] for mime, ext in EXTENSIONS.items()} == {mime: mime for mime in EXTENSIONS}
    assert EXTENSIONS["image/jpeg"] == "jpeg"
    assert "application/octet-stream" not in EXTENSIONS


# ---------------------------------------------------------------- outputs


def test_an_output_takes_its_fields_and_leaves_the_rest():
    picture = {"url": "u", "content_type": "image/png", "file_name": "n", "file_size": 1, "width": 2, "height": 3}
    made = ImageListOutput.model_validate({"images": [picture], "seed": 7, "timings": {}})
    assert made.model_dump() == {"images": [picture]}


def test_an_output_must_have_its_fields():
    with pytest.raises(ValidationError):
        ImageListOutput.model_validate({"seed": 7})


def test_a_file_says_everything_true_of_its_bytes():
    assert list(File.model_fields) == ["url", "content_type", "file_name", "file_size"]
    assert all(info.is_required() for info in File.model_fields.values())


def test_size_choice_in_a_model_may_be_absent():
    class Sized(BaseModel):
        size: SizeChoice | None = None

    assert Sized().size is None
    assert Sized.model_validate({"size": None}).size is None
