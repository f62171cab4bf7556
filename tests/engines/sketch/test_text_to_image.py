"""Whole pictures: exact sizes, counts, formats and seeds; what was asked for is really there."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from gesso.engines.engine import EngineOptions, Made
from gesso.engines.sketch import png, safety, text_to_image
from gesso.engines.sketch.text_to_image import Scene
from gesso.engines.sketch.words import prompt
from gesso.errors import InputError
from gesso.shapes import MediaRule, Size
from gesso.tasks import Control, Look, Lora, Media, Reference, Safety, Sampling, TextToImage

FAST = Sampling(acceleration="high")


class Context:
    """Collects what the engine tells."""

    def __init__(self, tmp: Path, **options: Any) -> None:
        self.tmp = tmp
        self.endpoint = "fal-ai/flux-1/schnell"
        self.options = EngineOptions(**options)
        self.lines: list[str] = []
        self.done: list[float] = []
        self.previews: list[tuple[bytes, Mapping[str, Any], Mapping[str, Any]]] = []

    def log(self, message: str, level: str = "INFO") -> None:
        self.lines.append(message)

    def progress(self, done: float, stage: str = "") -> None:
        self.done.append(done)

    def preview(self, made: Made, values: Mapping[str, Any]) -> None:
        self.previews.append((made.path.read_bytes(), made.facts, values))


def task(words: str, width: int = 256, height: int = 256, **more: Any) -> TextToImage:
    more = {"seed": 1, "sampling": FAST, **more}
    return TextToImage(prompt=words, size=Size(width, height), **more)


def drawn(words: str, seed: int = 1, side: int = 256, **more: Any) -> Scene:
    order = task(words, side, side, **more)
    return text_to_image.draw(order, prompt.parse(words), order.size, seed)


@pytest.mark.parametrize(
    ("size", "format"),
    [
        *((size, format) for size in ((1, 1), (1, 300), (300, 1), (301, 299)) for format in ("png", "jpeg", "webp")),
        *(((17, 33), "webp"), ((64, 256), "jpeg"), ((640, 160), "webp"), ((1100, 1000), "png")),
    ],
)
def test_sizes_and_formats_are_exact(tmp_path: Path, size: tuple[int, int], format: str) -> None:
    result = text_to_image.make(task("a cat in a garden", *size, format=format), Context(tmp_path))
    (made,) = result.files["images"]
    assert made.facts == {"width": size[0], "height": size[1]}
    assert made.content_type == f"image/{format}"
    with Image.open(made.path) as image:
        image.load()
        assert image.size == size
        assert image.format == format.upper()


def test_pictures_have_seeds_that_count_up(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    three = text_to_image.make(task("two cats", num_images=3, seed=40), Context(tmp_path / "a"))
    second = text_to_image.make(task("two cats", seed=41), Context(tmp_path / "b"))
    contents = [made.path.read_bytes() for made in three.files["images"]]
    assert len(set(contents)) == 3
    assert contents[1] == second.files["images"][0].path.read_bytes()
    assert three.values["seed"] == 40
    assert three.values["has_nsfw_concepts"] == [False] * 3


def test_the_largest_seed_can_be_drawn_and_counted_on_from(tmp_path: Path) -> None:
    result = text_to_image.make(task("a cat", 64, 64, num_images=2, seed=2**63 - 1), Context(tmp_path))
    assert result.values["seed"] == 2**63 - 1
    assert len(result.files["images"]) == 2


def test_an_absent_seed_is_told_and_can_be_used_again(tmp_path: Path) -> None:
    first = text_to_image.make(task("a cat", 64, 64, seed=None), Context(tmp_path))
    data = first.files["images"][0].path.read_bytes()
    again = text_to_image.make(task("a cat", 64, 64, seed=first.values["seed"]), Context(tmp_path))
    assert again.files["images"][0].path.read_bytes() == data


PROGRAM = """
import hashlib, json, sys
from gesso.engines.sketch import png, text_to_image
from gesso.engines.sketch.words import prompt
from gesso.shapes import Size
from gesso.tasks import TextToImage
out = []
for words in json.loads(sys.argv[1]):
    task = TextToImage(prompt=words, size=Size(400, 300), seed=5)
    pixels = text_to_image.draw(task, prompt.parse(words), task.size, 5).pixels
    out.append(hashlib.sha256(png.encode(pixels)).hexdigest())
print(json.dumps(out))
"""


def test_another_process_draws_the_same_bytes() -> None:
    words = ["a horse on the moon", "watercolor of two red cars in a city at night, rain", "low poly fox in a forest"]
    salt = "1" if os.environ.get("PYTHONHASHSEED") == "2" else "2"
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(words)],
        env={"PYTHONHASHSEED": salt, "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    orders = [TextToImage(prompt=each, size=Size(400, 300), seed=5) for each in words]
    here = [text_to_image.draw(order, prompt.parse(order.prompt), order.size, 5).pixels for order in orders]
    assert [hashlib.sha256(png.encode(pixels)).hexdigest() for pixels in here] == json.loads(run.stdout)


def test_another_seed_is_another_composition() -> None:
    pictures = [drawn("a dog in a meadow", seed).pixels.astype(int) for seed in range(4)]
    for i, first in enumerate(pictures):
        for second in pictures[i + 1 :]:
            assert np.abs(first - second).mean() > 4


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13])
def test_counts_are_placed_inside_the_picture(count: int) -> None:
    scene = drawn(f"{count} ducks in a meadow")
    assert len(scene.placed) == count
    for thing in scene.placed:
        left, top, right, bottom = thing.box
        assert right - left > 8
        assert -30 < left < right < 256 + 30
        assert -30 < top < bottom < 256 + 30


def test_few_things_hardly_cover_each_other() -> None:
    for seed in range(6):
        boxes = [thing.box for thing in drawn("three red apples on a table", seed).placed]
        for i, a in enumerate(boxes):
            for b in boxes[i + 1 :]:
                wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
                area = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
                assert max(0, wide) * max(0, high) < 0.6 * area


@pytest.mark.parametrize(
    ("colour", "hue"), [("red", 0), ("yellow", 27), ("green", 62), ("blue", 108), ("purple", 136), ("pink", 168)]
)
@pytest.mark.parametrize("noun", ["car", "cat", "bird", "teapot"])
def test_asked_colours_are_there(colour: str, hue: int, noun: str) -> None:
    scene = drawn(f"a {colour} {noun} on a white background", side=320)
    left, top, right, bottom = scene.placed[0].box
    part = scene.pixels[max(0, top) : bottom, max(0, left) : right]
    hsv = cv2.cvtColor(part, cv2.COLOR_RGB2HSV).reshape(-1, 3).astype(int)
    vivid = hsv[(hsv[:, 1] > 70) & (hsv[:, 2] > 40)]
    away = np.abs((vivid[:, 0] - hue + 90) % 180 - 90)
    assert len(vivid) > 0.1 * len(hsv)
    assert (away < 18).mean() > 0.45


@pytest.mark.parametrize("words", ["left", "right"])
def test_sides_are_kept(words: str) -> None:
    for seed in range(5):
        left, _, right, _ = drawn(f"a cat on the {words}, in a meadow", seed).placed[0].box
        assert ((left + right) / 2 < 128) == (words == "left")


def test_things_stand_on_each_other() -> None:
    cat, chair = sorted(drawn("a cat on a chair").placed, key=lambda thing: thing.subject)
    assert cat.box[3] < chair.box[3]
    assert chair.box[0] < (cat.box[0] + cat.box[2]) / 2 < chair.box[2]


@pytest.mark.parametrize("words", ['a sign that says "OPEN"', 'a neon sign "OPEN" at night', 'a sea, titled "OPEN"'])
def test_texts_are_legible(words: str) -> None:
    (text,) = drawn(words, side=512).written
    assert text.text == "OPEN"
    left, top, right, bottom = text.box
    assert 0 <= left < right <= 512
    assert 0 <= top < bottom <= 512
    picture = drawn(words, side=512).pixels[top:bottom, left:right].astype(float).mean(axis=2)
    mask = text.mask[: picture.shape[0], : picture.shape[1]]
    inside, outside = picture[mask > 0.9], picture[mask < 0.05]
    assert abs(inside.mean() - outside.mean()) > 45
    correlation = np.corrcoef(picture.ravel(), mask.ravel())[0, 1]
    assert abs(correlation) > 0.6


def test_times_of_day_differ_in_light() -> None:
    day, night = (drawn(f"a house at {time}").pixels.mean() for time in ("midday", "night"))
    assert day > 1.8 * night


STYLES = [
    "realistic_image",
    "realistic_image/b_and_w",
    "digital_illustration/pixel_art",
    "digital_illustration/watercolor",
    "digital_illustration/hand_drawn",
    "digital_illustration/2d_art_poster",
    "digital_illustration/grain",
    "digital_illustration/handmade_3d",
    "digital_illustration/neon_calm",
    "digital_illustration/engraving_color",
    "digital_illustration/pop_art",
    "digital_illustration/expressionism",
    "digital_illustration/pastel_gradient",
    "anime",
]


def test_styles_differ_at_a_glance() -> None:
    small = [
        cv2.resize(drawn("a fox in a forest", look=Look(style=style)).pixels, (64, 64), interpolation=cv2.INTER_AREA)
        for style in STYLES
    ]
    for i, first in enumerate(small):
        for second in small[i + 1 :]:
            assert np.abs(first.astype(int) - second).mean() > 3


def test_a_palette_is_used() -> None:
    look = Look(colors=((20, 40, 120), (240, 200, 60)))
    lab = cv2.cvtColor(drawn("a red car in a meadow", look=look).pixels, cv2.COLOR_RGB2LAB).reshape(-1, 3).astype(int)
    plain = cv2.cvtColor(drawn("a red car in a meadow").pixels, cv2.COLOR_RGB2LAB).reshape(-1, 3).astype(int)
    greens, greens_before = (lab[:, 1] < 112).mean(), (plain[:, 1] < 112).mean()
    assert greens < 0.2 * greens_before


def test_svg_is_shapes_in_the_palette(tmp_path: Path) -> None:
    palette = ((10, 20, 30), (200, 40, 60), (240, 240, 230))
    look = Look(style="vector_illustration/flat_2", colors=palette)
    result = text_to_image.make(task("a cat & <dog>", 640, 480, format="svg", look=look), Context(tmp_path))
    (made,) = result.files["images"]
    assert (made.content_type, dict(made.facts)) == ("image/svg+xml", {"width": 640, "height": 480})
    root = ET.fromstring(made.path.read_text())  # noqa: S314 - it is our own file
    assert (root.get("width"), root.get("height")) == ("640", "480")
    shapes = [child for child in root if child.tag.endswith(("path", "rect"))]
    fills = {shape.get("fill") for shape in shapes}
    assert len(shapes) >= 2
    assert fills <= {"#0a141e", "#c8283c", "#f0f0e6"}
    assert not [child for child in root.iter() if child.tag.endswith(("image", "script"))]


def test_guidance_is_contrast() -> None:
    spread = [
        drawn("a house on a hill", sampling=Sampling(guidance=value, acceleration="high")).pixels.astype(float).std()
        for value in (0.0, 3.5, 10.0, 20.0)
    ]
    assert spread == sorted(spread)
    assert spread[-1] > spread[0] + 2


def test_steps_are_crispness() -> None:
    def edges(steps: int) -> float:
        pixels = drawn("a house on a hill", sampling=Sampling(steps=steps, acceleration="high")).pixels
        return float(cv2.Laplacian(pixels, cv2.CV_64F).std())

    assert edges(1) < edges(10) < edges(50)


def test_a_watcher_sees_the_picture_grow(tmp_path: Path) -> None:
    context = Context(tmp_path, streaming=True)
    result = text_to_image.make(task("a cat in a garden", 200, 120, seed=3), context)
    assert 4 <= len(context.previews) <= 6
    final = cv2.imread(str(result.files["images"][0].path))
    assert final is not None
    distances: list[float] = []
    for data, facts, values in context.previews:
        shown = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        assert shown is not None
        assert facts == {"width": 200, "height": 120}
        assert values["seed"] == 3
        distances.append(float(np.abs(shown.astype(int) - final).mean()))
    assert distances[-1] < distances[0]
    quiet = Context(tmp_path)
    again = text_to_image.make(task("a cat in a garden", 200, 120, seed=3), quiet)
    assert quiet.previews == []
    same = cv2.imread(str(again.files["images"][0].path))
    assert same is not None
    assert np.array_equal(same, final)


def test_the_safety_checker_is_told_truly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = text_to_image.make(task("a cat", 64, 64), Context(tmp_path))
    assert safety.NAME in checked.parts
    context = Context(tmp_path)
    unchecked = text_to_image.make(task("a cat", 64, 64, safety=Safety(check=False)), context)
    assert safety.NAME not in unchecked.parts
    assert any("switched off" in line for line in context.lines)
    # The edge: no picture that is drawn here scores high.
    monkeypatch.setattr(safety, "score", lambda _: 0.9)
    assert text_to_image.make(task("a cat", 64, 64), Context(tmp_path)).values["has_nsfw_concepts"] == [True]
    lenient = task("a cat", 64, 64, safety=Safety(tolerance=6))
    assert text_to_image.make(lenient, Context(tmp_path)).values["has_nsfw_concepts"] == [False]


def test_the_log_tells_what_was_understood(tmp_path: Path) -> None:
    context = Context(tmp_path)
    look = Look(loras=(Lora("https://example.com/a.safetensors"),), style_id="mine")
    text_to_image.make(task("two gulls over a zorblax", 64, 64, look=look, expand_prompt=True), context)
    text = "\n".join(context.lines)
    for part in ("gulls", "zorblax", "LoRA", "style_id", "written out"):
        assert part in text


def picture_file(path: Path, colour: tuple[int, int, int], size: tuple[int, int] = (90, 70)) -> Media:
    Image.new("RGB", size, colour).save(path)
    return Media("https://example.com/a.png", ("control",), MediaRule("image"), path)


def test_a_reference_gives_its_colours(tmp_path: Path) -> None:
    media = picture_file(tmp_path / "r.png", (180, 40, 40))
    plain = drawn("a house on a hill").pixels.astype(float).mean(axis=(0, 1))
    look = Look(reference=Reference("x", media, scale=1.0))
    tinted = drawn("a house on a hill", look=look).pixels.astype(float).mean(axis=(0, 1))
    assert tinted[0] - tinted[1] > plain[0] - plain[1] + 40


def test_a_control_picture_may_set_the_size(tmp_path: Path) -> None:
    control = Control("x", picture_file(tmp_path / "c.png", (0, 0, 0)), sets_size=True)
    result = text_to_image.make(task("a cat", 64, 64, look=Look(control=control)), Context(tmp_path))
    assert result.files["images"][0].facts == {"width": 90, "height": 70}


def test_more_pixels_than_allowed_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        text_to_image.make(task("a cat", 101, 100), Context(tmp_path, max_pixels=10_000))
    assert caught.value.problems[0].type == "image_too_large"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=120), st.integers(1, 300), st.integers(1, 300), st.integers(0, 2**63 - 1))
def test_any_prompt_and_size_is_drawn(words: str, width: int, height: int, seed: int) -> None:
    order = task(words, width, height, seed=seed)
    scene = text_to_image.draw(order, prompt.parse(words), order.size, seed)
    assert scene.pixels.shape == (height, width, 3)
    assert scene.pixels.dtype == np.uint8


PLACES = (
    *("street", "road", "path", "skyline", "sea", "beach", "island", "lake", "river", "forest", "jungle", "meadow"),
    *(
        "garden",
        "desert",
        "canyon",
        "cliff",
        "hills",
        "glacier",
        "cave",
        "harbor",
        "room",
        "sky",
        "galaxy",
        "waterfall",
    ),
    *("table", "moon", "mars", "underwater", "mountains", "studio", "stage", "farm", "snowfield"),
)


@settings(max_examples=40)
@given(
    st.sampled_from(PLACES),
    st.sampled_from(["dawn", "noon", "dusk", "night"]),
    st.sampled_from(["", "rain", "snow", "fog", "thunderstorm", "northern lights", "a rainbow"]),
    st.sampled_from(["a cat", "three boats", "a lighthouse", "two birds flying", "a tree and a king holding a sword"]),
    st.integers(40, 260),
    st.integers(40, 260),
)
def test_every_place_takes_every_light(
    place: str, time: str, weather: str, thing: str, width: int, height: int
) -> None:
    words = f"{thing} in the {place} at {time}, {weather}"
    order = task(words, width, height)
    scene = text_to_image.draw(order, prompt.parse(words), order.size, width)
    assert scene.pixels.shape == (height, width, 3)
    assert scene.pixels.std() > 3
