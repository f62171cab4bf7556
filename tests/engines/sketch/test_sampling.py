"""Sampling fields as detail, contrast and tones; prompts written out."""

from __future__ import annotations

import numpy as np

from gesso.engines.sketch import sampling
from gesso.engines.sketch.words import prompt
from gesso.tasks import Sampling


def test_more_steps_never_give_less_detail() -> None:
    values = [sampling.detail(steps) for steps in (1, 2, 3, 4, 10, 28, 50, 100, 10_000)]
    assert values == sorted(values)
    assert sampling.detail(None) == sampling.detail(sampling.USUAL_STEPS)


def test_more_guidance_never_gives_less_contrast() -> None:
    values = [sampling.contrast(Sampling(guidance=value)) for value in (-5, 0, 1, 3.5, 7, 20, 1e9)]
    assert values == sorted(values)
    assert sampling.contrast(Sampling()) == sampling.contrast(Sampling(guidance=3.5)) == 1
    assert sampling.contrast(Sampling(guidance=20, guidance_range=(0.4, 0.4))) == 1


def test_avoided_qualities_are_turned_down_and_others_left() -> None:
    pixels = np.random.default_rng(0).integers(40, 200, (30, 40, 3)).astype(np.uint8)
    assert np.array_equal(sampling.avoided(pixels, "a dog, text, watermark"), pixels)
    assert sampling.avoided(pixels, "too dark").mean() > pixels.mean() + 5
    assert (
        np.ptp(sampling.avoided(pixels, "oversaturated").astype(int), axis=2).mean() < np.ptp(pixels, axis=2).mean() - 5
    )


def test_expanding_adds_what_is_open_and_nothing_else() -> None:
    def grown(words: str, seed: int = 1) -> str:
        return sampling.expanded(words, prompt.parse(words), seed)

    assert grown("a cat").startswith("a cat, ")
    assert grown("a cat", 1) == grown("a cat", 1)
    assert len({grown("a cat", seed) for seed in range(12)}) > 4
    assert "in a " not in grown("a cat on the beach at night in the rain, close-up")[50:]
    assert grown("a cat on a white background") == "a cat on a white background"
    assert grown("") == ""
