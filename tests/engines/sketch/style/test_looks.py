"""Looks, palettes and vector tracing on a plain picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from gesso.engines.sketch import text_to_image
from gesso.engines.sketch.style import looks, paints, palette
from gesso.engines.sketch.words import prompt, vocabulary
from gesso.shapes import Size
from gesso.tasks import Sampling, TextToImage
from tests.catalog.facts import ENDPOINTS, ours


def picture(height: int = 90, width: int = 120) -> np.ndarray:
    """Sky over ground with a red disc."""
    out = np.zeros((height, width, 3), np.uint8)
    out[: height // 2], out[height // 2 :] = (120, 170, 240), (70, 140, 60)
    cv2.circle(out, (width // 2, height // 2), height // 4, (220, 40, 40), -1)
    return out


STILLS = [endpoint for endpoint in ENDPOINTS.values() if endpoint.category in ("text-to-image", "image-to-image")]
NAMED = sorted(name for name in looks.recipes() if "/" not in name)


def shaded(height: int, width: int) -> np.ndarray:
    """The picture with light that falls off and a little noise, as nothing real is flat."""
    noise = np.random.default_rng(0).normal(0, 4, (height, width, 1))
    return np.clip(picture(height, width) * np.linspace(1.1, 0.7, width)[None, :, None] + noise, 0, 255).astype(
        np.uint8
    )


@pytest.mark.parametrize("look", NAMED)
def test_every_look_keeps_the_size_repeats_and_changes_the_picture(look: str) -> None:
    source = shaded(60, 83)
    first = looks.apply(look, source, np.random.default_rng(3), networks=False).pixels
    second = looks.apply(look, source, np.random.default_rng(3), networks=False).pixels
    assert first.shape == source.shape
    assert first.dtype == np.uint8
    assert np.array_equal(first, second)
    assert np.abs(first.astype(int) - source).mean() > 1.5


@pytest.mark.parametrize("size", [(1, 1), (3, 17)])
def test_looks_take_tiny_pictures(size: tuple[int, int]) -> None:
    source = np.full((*size, 3), 90, np.uint8)
    for look in NAMED:
        assert looks.apply(look, source, np.random.default_rng(3), networks=False).pixels.shape == source.shape


def test_networks_are_named_when_they_run() -> None:
    assert looks.apply("oil", picture(), np.random.default_rng(0)).parts == ("style-transfer-26",)
    assert looks.apply("oil", picture(), np.random.default_rng(0), networks=False).parts == ()


def test_an_unknown_look_changes_nothing() -> None:
    assert np.array_equal(looks.apply("", picture(), np.random.default_rng(0)).pixels, picture())


def test_styles_lead_to_looks_that_exist() -> None:
    kinds = {value for kind, value in vocabulary.phrases().values() if kind == "look"}
    assert kinds <= set(looks.recipes())
    assert len(kinds) >= 30
    assert {step.name for steps in looks.recipes().values() for step in steps} <= {*looks.TREATMENTS, "network"}


def endpoint_styles() -> list[str]:
    """Every word that an endpoint's style field takes and that asks for something."""
    styles = [ours(endpoint.input).get("style") for endpoint in STILLS]
    return sorted({word for field in styles if field for word in field.enum} - {"any", "auto"})


def test_every_style_of_every_endpoint_has_a_result_of_its_own() -> None:
    words = [word for word in endpoint_styles() if not word.startswith(("vector_", "icon"))]
    order = TextToImage(prompt="a fox in a forest", size=Size(256, 192), seed=5, sampling=Sampling(acceleration="high"))
    source = text_to_image.draw(order, prompt.parse(order.prompt), order.size, 5).pixels
    seen = {word: seen_as(looks.apply(word, source, np.random.default_rng(1)).pixels) for word in words}
    alike = [
        (first, second)
        for i, first in enumerate(words)
        for second in words[i + 1 :]
        if looks.recipes()[first] != looks.recipes()[second] and np.abs(seen[first] - seen[second]).mean() < 2.5
    ]
    assert len(words) > 70
    assert alike == []


def seen_as(pixels: np.ndarray) -> np.ndarray:
    """What an eye has of a picture: its colours, and how rough it is where."""
    small = cv2.resize(pixels, (64, 48), interpolation=cv2.INTER_AREA).astype(float)
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    rough = cv2.resize(np.abs(cv2.Laplacian(grey, cv2.CV_32F)), (64, 48), interpolation=cv2.INTER_AREA)
    return np.dstack([small, np.sqrt(rough) * 4])


def drawn_here(word: str) -> bool:
    """Whether a style word asks for something that its recipe alone decides; vector styles have theirs besides."""
    return word not in ("any", "auto") and not word.startswith(("vector_", "icon"))


def test_one_endpoints_styles_have_different_recipes() -> None:
    for endpoint in STILLS:
        field = ours(endpoint.input).get("style")
        recipes = [looks.recipes().get(word) for word in (field.enum if field else ()) if drawn_here(word)]
        assert len(set(recipes)) == len(recipes), endpoint.id


def test_the_endpoints_style_goes_first() -> None:
    assert looks.choose("digital_illustration/pixel_art", ("oil",)) == "digital_illustration/pixel_art"
    assert looks.choose("digital_illustration/of_next_year", ()) == "digital_illustration"
    assert looks.choose(None, ("photo", "oil")) == "oil"
    assert looks.choose(None, ("photo",)) == "photo"
    assert looks.choose(None, ()) == ""


def test_noir_has_no_colour_and_pixel_art_few() -> None:
    grey = paints.LOOKS["noir"](picture(), np.random.default_rng(0)).astype(int)
    assert np.abs(grey[..., 0] - grey[..., 2]).max() < 16
    flat = paints.LOOKS["pixel"](picture(), np.random.default_rng(0))
    assert len(np.unique(flat.reshape(-1, 3), axis=0)) <= 28


def test_a_low_poly_subject_stands_off_from_a_ground_of_its_colour() -> None:
    source = np.full((240, 240, 3), (200, 130, 50), np.uint8)
    cv2.circle(source, (120, 120), 50, (214, 138, 50), -1)
    subject = np.hypot(*(np.mgrid[0:240, 0:240] - 120)) <= 50

    def apart(where: np.ndarray | None) -> float:
        """How much the subject's colour differs from that of the ground."""
        made = looks.apply("lowpoly", source, np.random.default_rng(0), subject=where).pixels.astype(float)
        return float(np.abs(made[subject].mean(axis=0) - made[~subject].mean(axis=0)).max())

    assert apart(subject) > 2 * apart(None)
    assert apart(np.zeros_like(subject)) == apart(None)


def test_pull_moves_hues_to_the_palette() -> None:
    pulled = looks.pull(picture(), ((30, 60, 200),))
    assert (pulled[..., 2].astype(int) >= pulled[..., 0].astype(int) - 12).mean() > 0.95
    assert np.array_equal(looks.pull(picture(), ()), picture())


def test_flatten_finds_the_colours() -> None:
    labels, colours = palette.flatten(picture(), 3, np.random.default_rng(0))
    assert labels.shape == (90, 120)
    for wanted in ((120, 170, 240), (70, 140, 60), (220, 40, 40)):
        assert np.abs(colours - wanted).max(axis=1).min() < 40
