"""Looks: what a style word, an endpoint's style, a palette or a reference picture does to a painted scene.

A look is a recipe: a line of `looks.toml` that names treatments, one after the other.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.style import crafts, grades, neural_style, paints, polygons
from gesso.engines.sketch.style.grades import Treat
from gesso.tasks import RGB

Pixels = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]

TREATMENTS: Mapping[str, Treat] = {
    **paints.LOOKS,
    **grades.TREATMENTS,
    **crafts.TREATMENTS,
    "lowpoly": polygons.lowpoly,
}
"""Every word that a recipe may use, besides `network`."""

NETWORK_SIDE = 640
"""The longer side that the style network repaints at here: it decides how large its strokes are, and its time."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A picture in its look, and the learned parts that ran."""

    pixels: Pixels
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One treatment of a recipe with its numbers and colours."""

    name: str
    values: tuple[float | RGB, ...] = ()


def choose(style: str | None, words: tuple[str, ...]) -> str:
    """The look for an endpoint's style, else for the prompt's style words; "" leaves the scene as painted."""
    if style:
        return style if style in recipes() else style.partition("/")[0]
    strong = [word for word in words if word != "photo"]
    return strong[0] if strong else (words[0] if words else "")


def is_icon(look: str) -> bool:
    """Whether a look wants its subjects alone, without a scene."""
    return look.partition("/")[0] == "icon"


@cache
def recipes() -> Mapping[str, tuple[Step, ...]]:
    """Every look and endpoint's style, with its treatments in their order."""
    table: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("looks.toml").read_text(encoding="utf-8"))
    return {name: steps(line) for name, line in {**table["looks"], **table["styles"]}.items()}


def steps(line: str) -> tuple[Step, ...]:
    """A recipe as its steps: `name number #colour | name ...`."""
    parts = [part.split() for part in line.split("|")]
    return tuple(Step(name, tuple(_value(value) for value in values)) for name, *values in parts)


def _value(text: str) -> float | RGB:
    if text.startswith("#"):
        red, green, blue = bytes.fromhex(text[1:])
        return red, green, blue
    return float(text)


def minds_subjects(look: str) -> bool:
    """Whether a look treats what a picture is about unlike the rest, where `apply` is told where that is."""
    return any(step.name in MINDING for step in recipes().get(look, ()))


MINDING = frozenset({"lowpoly"})
"""Treatments that take a mask of the subjects."""


def apply(
    look: str, pixels: Pixels, rng: np.random.Generator, networks: bool = True, subject: Mask | None = None
) -> Looked:
    """Repaint (H, W, 3) uint8; `subject` (H, W) tells where its subjects are. An unknown one changes nothing."""
    parts: tuple[str, ...] = ()
    for step in recipes().get(look, ()):
        if step.name in MINDING:
            pixels = TREATMENTS[step.name](pixels, rng, *step.values, subject=subject)
        elif step.name != "network":
            pixels = TREATMENTS[step.name](pixels, rng, *step.values)
        elif networks:
            pixels = _repainted(pixels, rng, *step.values)
            parts = (neural_style.name(0),)
    return Looked(pixels, parts)


def _repainted(pixels: Pixels, rng: np.random.Generator, style: Any, strength: Any) -> Pixels:
    """By the style network: learned style and strength. Paper first: on flat gradients the network bands."""
    height, width = pixels.shape[:2]
    scale = min(1.0, NETWORK_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    paper = grades.to_bytes(small + 14 * paints.paper(rng, *small.shape[:2])[..., None])
    painted = neural_style.apply(np.ascontiguousarray(paper), int(style), 1.0)
    full = cv2.resize(painted, (width, height), interpolation=cv2.INTER_CUBIC)
    return cv2.addWeighted(pixels, 1 - strength, full, strength, 0)


def pull(pixels: Pixels, colours: tuple[RGB, ...], strength: float = 0.8) -> Pixels:
    """Draw a picture's colours towards a palette (away from it below 0); its light and dark stay."""
    if not colours or strength == 0:
        return pixels
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    target = cv2.cvtColor(np.array([colours], np.float32) / 255, cv2.COLOR_RGB2LAB)[0]
    order = np.argsort(target[:, 0], kind="stable")
    target = target[order]
    # Dark areas take the palette's dark colours; hue decides between colours of like lightness.
    low, high = np.percentile(lab[::4, ::4, 0], [4, 96])
    light = np.clip((lab[..., 0] - low) / max(high - low, 1e-3), 0, 1) * 100
    ranks = np.linspace(0, 100, len(target)) if len(target) > 1 else np.array([50.0])
    distance = np.stack(
        [
            ((light - rank) / 30) ** 2 + ((lab[..., 1] - c[1]) / 60) ** 2 + ((lab[..., 2] - c[2]) / 60) ** 2
            for rank, c in zip(ranks, target, strict=True)
        ]
    )
    weight = np.exp(-(distance - distance.min(axis=0)) * 5)
    weight /= weight.sum(axis=0)
    wanted = np.tensordot(weight, target, axes=([0], [0])).astype(np.float32)
    wanted[..., 0] = lab[..., 0] * 0.55 + wanted[..., 0] * 0.45
    done = cv2.cvtColor(lab + (wanted - lab) * np.float32(strength), cv2.COLOR_LAB2RGB)
    return np.rint(np.clip(done, 0, 1) * 255).astype(np.uint8)


def like(pixels: Pixels, reference: Pixels, strength: float) -> Pixels:
    """Give a picture the colour statistics (mean and spread in Lab) of another."""
    own = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    other = cv2.cvtColor(
        cv2.resize(reference[..., :3], (128, 128), interpolation=cv2.INTER_AREA).astype(np.float32) / 255,
        cv2.COLOR_RGB2LAB,
    )
    mean, spread = own.mean(axis=(0, 1)), own.std(axis=(0, 1)) + 1e-3
    moved = (own - mean) / spread * np.clip(other.std(axis=(0, 1)), 2, None) + other.mean(axis=(0, 1))
    done = cv2.cvtColor(
        (own + (moved - own) * np.float32(min(1.0, max(0.0, strength)))).astype(np.float32), cv2.COLOR_LAB2RGB
    )
    return np.rint(np.clip(done, 0, 1) * 255).astype(np.uint8)
