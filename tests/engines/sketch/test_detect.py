"""Orders to detect: boxes as fractions, colour and place, nothing found, previews, hostile pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gesso.engines.engine import Result
from gesso.engines.sketch import detect, text_to_image
from gesso.engines.sketch.engine import SketchEngine
from gesso.engines.sketch.words import prompt
from gesso.errors import InputError
from gesso.shapes import Size
from gesso.tasks import Detect, Media, TextToImage
from tests.engines.sketch.edit.world import Surroundings, meadow, saved
from tests.engines.sketch.perceive.photos import Pixels, photo, placed, shared

Boxes = list[tuple[float, float, float, float]]


def found(tmp: Path, pixels: Pixels, phrase: str, **fields: Any) -> tuple[Result, Boxes]:
    """The result of an order, and its boxes in pixels."""
    order = Detect(image=saved(pixels, tmp / "input.png"), prompt=phrase, **fields)
    result = detect.make(order, Surroundings(tmp))
    height, width = pixels.shape[:2]
    keys, sides = ("x_min", "y_min", "x_max", "y_max"), (width, height, width, height)
    boxes: Boxes = [tuple(one[k] * s for k, s in zip(keys, sides, strict=True)) for one in result.values["objects"]]
    return result, boxes


@pytest.fixture(scope="module")
def astronaut() -> Pixels:
    return photo("astronaut")


def test_a_person_and_a_face(tmp_path: Path, astronaut: Pixels) -> None:
    result, boxes = found(tmp_path, astronaut, "the woman")
    assert len(boxes) == 1
    assert shared(boxes[0], (10, 10, 275, 384)) > 0.8
    assert "nanodet" in result.parts
    result, boxes = found(tmp_path, astronaut, "faces")
    assert len(boxes) == 1
    assert shared(boxes[0], (134, 52, 205, 133)) > 0.7
    assert result.parts == ("blazeface", "face-mesh")
    assert result.values["finish_reason"] == "stop"
    assert set(result.values["usage_info"]) == {
        *("input_tokens", "output_tokens"),
        *("prefill_time_ms", "decode_time_ms", "ttft_ms"),
    }


def test_what_is_not_there_is_not_found(tmp_path: Path, astronaut: Pixels) -> None:
    for phrase in ("giraffe", "unicorn", "the man on the right", "", "???"):
        assert found(tmp_path, astronaut, phrase)[1] == []


def test_eyes_lie_in_the_face_the_left_one_left(tmp_path: Path, astronaut: Pixels) -> None:
    _, both = found(tmp_path, astronaut, "eyes")
    assert len(both) == 2
    _, left = found(tmp_path, astronaut, "the left eye")
    assert len(left) == 1
    assert left[0] == min(both)


def test_two_sprites_by_place_and_size(tmp_path: Path) -> None:
    first, small = placed("automobile", 70, 20, 150, size=(480, 288))
    both, large = placed("automobile", 120, 250, 120, size=(480, 288), ground=first)
    for phrase, wanted in (
        ("the car on the left", [small]),
        ("car on the right", [large]),
        ("the largest car", [large]),
        ("smallest car", [small]),
        ("two cars", [small, large]),
        ("cars", [small, large]),
    ):
        _, boxes = found(tmp_path, both, phrase)
        assert len(boxes) == len(wanted), phrase
        for box, truth in zip(sorted(boxes), wanted, strict=True):
            assert shared(box, truth) > 0.6, phrase


def test_a_drawn_red_car_is_a_red_car_and_no_green_one(tmp_path: Path) -> None:
    task = TextToImage(prompt="a red car", size=Size(448, 336), seed=3)
    pixels = text_to_image.draw(task, prompt.parse("a red car"), task.size, 3).pixels[..., :3]
    _, cars = found(tmp_path, pixels, "car")
    _, red = found(tmp_path, pixels, "the red car")
    assert len(cars) == 1
    assert red == cars
    assert found(tmp_path, pixels, "green car")[1] == []
    assert found(tmp_path, pixels, "elephant")[1] == []
    assert (cars[0][2] - cars[0][0]) > 0.3 * 448


def test_a_coloured_shape(tmp_path: Path) -> None:
    pixels = np.full((200, 300, 3), 240, np.uint8)
    pixels[40:100, 30:90] = (200, 30, 30)
    pixels[120:180, 200:260] = (30, 60, 200)
    _, boxes = found(tmp_path, pixels, "blue square")
    assert len(boxes) == 1
    assert shared(boxes[0], (200, 120, 260, 180)) > 0.85
    assert len(found(tmp_path, pixels, "squares")[1]) == 2


def test_the_sky_by_its_outline(tmp_path: Path) -> None:
    _, boxes = found(tmp_path, meadow(), "the sky")
    assert len(boxes) == 1
    assert boxes[0][:2] == (0, 0)


def test_the_preview_has_boxes_and_only_when_asked(tmp_path: Path, astronaut: Pixels) -> None:
    result, boxes = found(tmp_path, astronaut, "face")
    assert result.files == {}
    result, boxes = found(tmp_path, astronaut, "face", preview=True)
    (made,) = result.files["images"]
    with Image.open(made.path) as image:
        drawn = np.array(image.convert("RGB"))
        assert image.info["Parts"] == "blazeface, face-mesh"
    assert drawn.shape == astronaut.shape
    changed = np.abs(drawn.astype(int) - astronaut).max(axis=2) > 20
    rows, columns = np.nonzero(changed)
    outline = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    assert np.abs(np.subtract(outline, boxes[0])).max() < 8  # the line lies on the edge and has a width
    assert changed.mean() < 0.05


def test_transparency_hides_what_is_under_it(tmp_path: Path, astronaut: Pixels) -> None:
    clear = np.dstack([astronaut, np.zeros(astronaut.shape[:2], np.uint8)])
    clear[:4, :4, 3] = 255
    assert found(tmp_path, clear, "face")[1] == []


@pytest.mark.parametrize("size", [(1, 1), (1, 600), (1200, 8), (5, 5)])
@pytest.mark.parametrize("phrase", ["person", "text", "sky", "rocket"])
def test_odd_sizes(tmp_path: Path, size: tuple[int, int], phrase: str) -> None:
    noise = np.random.default_rng(2).integers(0, 255, (*size, 3)).astype(np.uint8)
    _, boxes = found(tmp_path, noise, phrase, preview=True)
    assert all(0 <= edge <= max(size) for box in boxes for edge in box)


def test_no_picture_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "input.png").write_bytes(b"not a picture")
    rule = saved(np.zeros((4, 4, 3), np.uint8), tmp_path / "other.png").rule
    media = Media("https://example.com/p.png", ("image_url",), rule, tmp_path / "input.png")
    with pytest.raises(InputError) as raised:
        detect.make(Detect(image=media, prompt="cat"), Surroundings(tmp_path))
    assert raised.value.problems[0].loc == ("body", "image_url")
    assert raised.value.problems[0].type == "image_load_error"


def test_the_engine_knows_the_task() -> None:
    assert SketchEngine().missing(Detect) is None


@pytest.mark.long
def test_a_huge_picture(tmp_path: Path, astronaut: Pixels) -> None:
    huge = np.zeros((6000, 6500, 3), np.uint8)
    huge[2000:2384, 3000:3384] = astronaut
    _, boxes = found(tmp_path, huge, "face")
    assert all(3000 <= box[0] <= 3384 for box in boxes)
