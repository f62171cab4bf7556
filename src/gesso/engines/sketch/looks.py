"""Looks: what a style word, an endpoint's style, a palette or a reference picture does to a painted scene."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch import neural_style, paints, vocabulary
from gesso.tasks import RGB

Pixels = npt.NDArray[Any]
Floats = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Looked:
    """A picture in its look, and the learned parts that ran."""

    pixels: Pixels
    parts: tuple[str, ...] = ()


def choose(style: str | None, words: tuple[str, ...]) -> str:
    """The look for an endpoint's style, else for the prompt's style words; "" leaves the scene as painted."""
    if style:
        return next((look for part, look in vocabulary.styles() if part in style), "")
    strong = [word for word in words if word != "photo"]
    return strong[0] if strong else (words[0] if words else "")


def apply(look: str, pixels: Pixels, rng: np.random.Generator, networks: bool = True) -> Looked:
    """Repaint (H, W, 3) uint8 in a look. Unknown looks change nothing."""
    parts: tuple[str, ...] = ()
    network = NETWORKS.get(look) if networks else None
    if network:
        style, strength = network
        paper = np.clip(
            pixels.astype(np.float32) + 14 * paints.paper(rng, *pixels.shape[:2])[..., None], 0, 255
        ).astype(np.uint8)
        pixels = neural_style.apply(paper, style, strength)
        parts = (neural_style.name(style),)
    paint = paints.LOOKS.get(look)
    return Looked(paint(pixels, rng) if paint else pixels, parts)


NETWORKS: Mapping[str, tuple[int, float]] = {"watercolour": (12, 0.45), "oil": (12, 0.40), "pastel": (0, 0.55)}
"""Looks that begin with the style network: its style and strength."""


def pull(pixels: Pixels, colours: tuple[RGB, ...], strength: float = 0.8) -> Pixels:
    """Draw a picture's colours towards a palette; its light and dark stay."""
    if not colours:
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
