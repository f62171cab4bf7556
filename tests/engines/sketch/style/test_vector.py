"""Vector drawings: true shapes in every style, in the palette asked for, as a renderer shows them."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import resvg_py
from PIL import Image

from gesso.engines.sketch import text_to_image
from gesso.engines.sketch.style import looks, strokes, vector
from gesso.engines.sketch.words import prompt
from gesso.shapes import Size
from gesso.tasks import Look, Sampling, TextToImage

STYLES = sorted(style for style in vector.drawings() if style)
SHAPES = {"path", "rect", "circle", "g", "defs", "linearGradient", "stop", "title", "desc", "svg"}


@pytest.fixture(scope="module")
def scene() -> npt.NDArray[np.uint8]:
    order = TextToImage(prompt="a fox in a forest", size=Size(256, 192), seed=5, sampling=Sampling(acceleration="high"))
    return text_to_image.draw(order, prompt.parse(order.prompt), order.size, 5).pixels


def drawn(pixels: npt.NDArray[np.uint8], style: str, *colours: tuple[int, int, int]) -> str:
    looked = looks.apply(style, pixels, np.random.default_rng(1), networks=False).pixels
    facts = {"Endpoint": "a&b", "Seed": "1"}
    return vector.trace(looked, Size(256, 192), style, colours, facts, np.random.default_rng(1))


def shown(text: str) -> npt.NDArray[np.uint8]:
    return np.array(Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=text)))).convert("RGB"))


@pytest.fixture(scope="module")
def drawings(scene: npt.NDArray[np.uint8]) -> dict[str, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vector, "TRACED", 220)
        return {style: drawn(scene, style) for style in STYLES}


def test_every_vector_style_is_drawn_and_prepared() -> None:
    wanted = {name for name in looks.recipes() if name.startswith(("vector_illustration", "icon"))}
    assert wanted == set(STYLES)
    assert {step.name for steps in vector.drawings().values() for step in steps} <= set(strokes.LAYERS)


@pytest.mark.parametrize("style", STYLES)
def test_a_drawing_is_safe_shapes_of_the_right_size(drawings: dict[str, str], style: str) -> None:
    text = drawings[style]
    root = ET.fromstring(text)  # noqa: S314 - it is our own file
    assert (root.get("width"), root.get("height")) == ("256", "192")
    assert {node.tag.rpartition("}")[2] for node in root.iter()} <= SHAPES
    names = {name for node in root.iter() for name in node.attrib}
    assert not [name for name in names if name.startswith("on") or "href" in name or name == "style"]
    assert set(re.findall(r"url\(([^)]*)\)", text)) <= {f"#{node.get('id')}" for node in root.iter() if node.get("id")}
    assert "a&amp;b" in text
    assert len(text) < 900_000
    assert shown(text).shape == (192, 256, 3)


def test_drawings_differ_from_each_other_and_show_the_picture(
    drawings: dict[str, str], scene: npt.NDArray[np.uint8]
) -> None:
    seen = {style: cv2.resize(shown(text), (64, 48), interpolation=cv2.INTER_AREA) for style, text in drawings.items()}
    names = list(seen)
    alike = [
        (a, b) for i, a in enumerate(names) for b in names[i + 1 :] if np.abs(seen[a].astype(int) - seen[b]).mean() < 2
    ]
    assert alike == []
    for style in ("vector_illustration", "vector_illustration/vector_photo", "vector_illustration/segmented_colors"):
        picture = looks.apply(style, scene, np.random.default_rng(1), networks=False).pixels
        small = cv2.resize(picture, (64, 48), interpolation=cv2.INTER_AREA).astype(int)
        assert np.abs(small - seen[style]).mean() < 14


PALETTE = ((10, 20, 30), (200, 40, 60), (240, 240, 230))


@pytest.mark.parametrize("style", STYLES[::8])
def test_only_the_palette_is_used(scene: npt.NDArray[np.uint8], style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector, "TRACED", 240)
    text = drawn(scene, style, *PALETTE)
    assert set(re.findall(r"#[0-9a-f]{6}", text)) <= {"#0a141e", "#c8283c", "#f0f0e6"}


@pytest.mark.parametrize("size", [(1, 1), (2, 9)])
def test_tiny_pictures_are_drawn(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector, "TRACED", 60)
    for style in STYLES[::6]:
        text = vector.trace(np.full((*size, 3), 90, np.uint8), Size(9, 9), style, (), {}, np.random.default_rng(0))
        assert shown(text).shape == (9, 9, 3)


def test_an_icon_is_its_subject_alone_on_white() -> None:
    order = TextToImage(prompt="a red bicycle in a city", size=Size(256, 256), look=Look(style="icon/outline"))
    pixels = text_to_image.draw(order, prompt.parse(order.prompt), order.size, 3).pixels
    rim = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    assert rim.min() > 245
    assert pixels[80:200, 60:200].min() < 90
