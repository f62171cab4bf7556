"""What a set of pictures looks like in a few numbers: a palette and a texture, which sketches with the LoRA follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.style import palette, swatch
from gesso.engines.sketch.style.swatch import Swatch

COLOURS = 6
SAMPLES = 600
"""Pixels of each example from which the palette is found."""

GRAIN, CONTRAST, EDGE = 0.06, 0.32, 0.5
"""Values that count as 1: spread of what is finer than a pixel or two, spread of light, mean slope at outlines."""

Pixels = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Measured:
    """One example: some of its pixels in Lab (k, 3), and its texture's numbers before they are cut to 0..1."""

    lab: npt.NDArray[Any]
    grain: float
    contrast: float
    edge: float
    swatch: Swatch


def measured(frames: Sequence[Pixels], large: Pixels | None = None) -> Measured:
    """Of a clip the first, middle and last frames count. `large` is the first as it came, for what is fine in it."""
    chosen = [frames[i] for i in sorted({0, len(frames) // 2, len(frames) - 1})]
    lab = np.concatenate([_lab(frame) for frame in chosen])
    lab = lab[:: max(1, len(lab) // SAMPLES)][:SAMPLES]
    grain, contrast, edge = np.mean([_texture(frame) for frame in chosen], axis=0).tolist()
    fine = swatch.measured(frames[0] if large is None else large)
    return Measured(lab, grain, contrast, edge, fine)


def _lab(frame: Pixels) -> npt.NDArray[Any]:
    return cv2.cvtColor(frame.astype(np.float32) / 255, cv2.COLOR_RGB2LAB).reshape(-1, 3)


def _texture(frame: Pixels) -> tuple[float, float, float]:
    light = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    fine = np.abs(light - cv2.GaussianBlur(light, (0, 0), 1.0))
    # The median looks past outlines, which are no grain.
    grain = float(np.median(fine)) * 1.48
    slope = np.hypot(cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1))
    return grain / GRAIN, float(light.std()) / CONTRAST, float(np.quantile(slope, 0.9)) / EDGE


def look(examples: Sequence[Measured]) -> dict[str, Any]:
    """{"palette": six colours 0..255, the most frequent first; "texture": grain, contrast, edge, each 0..1;
    "swatch": as `Swatch.stated` says}."""
    lab = np.concatenate([example.lab for example in examples])
    lab = lab[:: max(1, len(lab) // 20_000)].astype(np.float32)
    centres = palette.kmeans(lab, min(COLOURS, len(lab)), np.random.Generator(np.random.PCG64(6)))
    nearest = ((lab[:, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1)
    order = np.argsort(-np.bincount(nearest, minlength=len(centres)), kind="stable")
    colours = cv2.cvtColor(centres[order][None].astype(np.float32), cv2.COLOR_LAB2RGB)[0] * 255
    found = np.rint(np.clip(colours, 0, 255)).astype(int).tolist()
    while len(found) < COLOURS:  # fewer pixels than colours
        found.append(found[-1])
    texture = {
        name: round(min(1.0, float(np.mean([getattr(example, name) for example in examples]))), 4)
        for name in ("grain", "contrast", "edge")
    }
    return {
        "palette": found,
        "texture": texture,
        "swatch": swatch.typical([example.swatch for example in examples]).stated(),
    }
