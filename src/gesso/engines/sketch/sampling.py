"""What sampling fields mean where nothing is sampled: detail, contrast, tones to avoid, a prompt written out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.style import grades
from gesso.engines.sketch.words.description import Description
from gesso.tasks import Sampling

Pixels = npt.NDArray[Any]

USUAL_STEPS = 28


def detail(steps: int | None) -> float:
    """Steps as detail: below 0 it is softened away, from 0 on edges are brought out; more steps never give less."""
    at = [1, 2, 4, 8, 16, USUAL_STEPS, 50, 100]
    return float(np.interp(USUAL_STEPS if steps is None else steps, at, [-0.9, -0.45, 0.0, 0.1, 0.2, 0.3, 0.42, 0.55]))


def refined(pixels: Pixels, steps: int | None) -> Pixels:
    """The picture with the detail that so many steps bring."""
    amount = detail(steps)
    soft = cv2.GaussianBlur(pixels, (0, 0), (1.1 if amount >= 0 else 2.6) * max(1.0, max(pixels.shape[:2]) / 1024))
    return cv2.addWeighted(pixels, 1 + amount, soft, -amount, 0)


def contrast(sampling: Sampling) -> float:
    """Guidance as contrast, 1 at 3.5; guidance for a part of the run counts for that part."""
    if sampling.guidance is None:
        return 1.0
    full = float(np.interp(sampling.guidance, [0, 1, 3.5, 7.5, 20], [0.70, 0.82, 1.0, 1.14, 1.35]))
    start, end = sampling.guidance_range
    return 1 + (full - 1) * float(np.clip(end - start, 0, 1))


AVOIDED: Mapping[str, tuple[str, float]] = {
    "dark": ("light", 1.30),
    "underexposed": ("light", 1.30),
    "bright": ("light", 0.80),
    "overexposed": ("light", 0.78),
    "oversaturated": ("saturate", 0.72),
    "over saturation": ("saturate", 0.85),
    "saturated": ("saturate", 0.70),
    "colorful": ("saturate", 0.45),
    "colourful": ("saturate", 0.45),
    "dull": ("saturate", 1.35),
    "desaturated": ("saturate", 1.35),
    "washed out": ("contrast", 1.20),
    "low contrast": ("contrast", 1.22),
    "high contrast": ("contrast", 0.80),
    "blur": ("sharpen", 0.35),
    "blurry": ("sharpen", 0.35),
    "soft": ("sharpen", 0.35),
    "warm": ("warm", -0.12),
    "cold": ("warm", 0.12),
    "vignette": ("vignette", -0.10),
}
"""What is not wanted -> the treatment against it and its strength."""


def avoided(pixels: Pixels, negative: str) -> Pixels:
    """The picture with less of the qualities that a negative prompt names; things it names are the parser's."""
    rng = np.random.default_rng(0)
    for word, (treatment, by) in AVOIDED.items():
        if re.search(rf"\b{word}\b", negative[:4000].lower()):
            pixels = grades.TREATMENTS[treatment](pixels, rng, by)
    return pixels


LIGHTS = ("in soft morning light", "in golden late afternoon light", "on a clear day", "at sunset")
WEATHERS = ("with a few clouds", "in a light mist", "under a clear sky")
CAMERAS = ("wide shot", "eye-level view")
PLACES = ("in a meadow", "in a garden", "on a hill", "by a lake")


def expanded(prompt: str, found: Description, seed: int) -> str:
    """The prompt with what it leaves open: a place, light, weather and a view, chosen by the seed.

    Nothing is added that contradicts it: indoors has no weather, a plain backdrop no place.
    """
    rng = np.random.Generator(np.random.PCG64([seed, 7]))
    more: list[str] = []
    plain = found.backdrop is not None or bool(found.letterings and not found.subjects)
    indoor = bool(set(found.places) & {"room", "table", "studio", "stage", "underwater", "galaxy", "moon"})
    outside = not plain and not indoor
    if outside and not found.places and not found.features:
        more.append(_one(rng, PLACES))
    if outside and not found.time and not found.light:
        more.append(_one(rng, LIGHTS))
    if outside and not found.weather:
        more.append(_one(rng, WEATHERS))
    if not found.camera and not plain:
        more.append(_one(rng, CAMERAS))
    text = prompt.rstrip().rstrip(".,;")
    return ", ".join([text, *more]) if text and more else prompt


def _one(rng: np.random.Generator, choices: tuple[str, ...]) -> str:
    return choices[int(rng.integers(len(choices)))]
