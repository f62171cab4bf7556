"""Cutting people out of pictures: the networks with GrabCut and matting against GrabCut alone, on the same pictures.

Ten portraits are composed from the engine's sprites, with strands of hair drawn about the head, over scenes that the
engine draws. What is in front is therefore known to the pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.processes import median
from benchmarks.report import Report

Array = npt.NDArray[Any]

SIZE = 512
PEOPLE = (
    ("woman", "a beach with palms at noon", 0.72, 0.50),
    ("man", "a street in a city", 0.62, 0.45),
    ("woman-health-worker", "a forest in autumn", 0.80, 0.55),
    ("prince", "mountains and a lake at sunset", 0.80, 0.42),
    ("princess", "a meadow with flowers", 0.76, 0.50),
    ("police-officer", "a street in a city at night", 0.74, 0.60),
    ("cook", "a kitchen", 0.82, 0.48),
    ("farmer", "a field of wheat under a blue sky", 0.78, 0.52),
    ("superhero", "a city skyline at sunset", 0.80, 0.50),
    ("girl", "a garden with trees", 0.60, 0.40),
)
"""Sprite, scene, height as a share of the picture, middle of the figure from the left."""


@dataclass(frozen=True)
class Portrait:
    """A picture and the opacity (0..1) of who is in front."""

    name: str
    pixels: Array
    alpha: Array


def main() -> None:
    """IoU and mean error of the matte, both ways, on ten portraits."""
    from gesso.engines.sketch.edit import mattes
    from gesso.engines.sketch.edit.foreground import foreground
    from gesso.engines.sketch.edit.regions import View

    report = Report("background_removal", "Cutting people out of pictures")
    ours, alone, our_error, alone_error = list[float](), list[float](), list[float](), list[float]()
    for one in portraits():
        view = View(one.pixels)
        cut = foreground(view.rgb)
        with_networks = _full(None if view.front is None else mattes.cutout(view.front, one.pixels), one)
        by_grabcut = _full(None if cut is None else mattes.refined(cut, one.pixels), one)
        ours.append(overlap(with_networks, one.alpha))
        alone.append(overlap(by_grabcut, one.alpha))
        our_error.append(1000 * float(np.abs(with_networks - one.alpha).mean()))
        alone_error.append(1000 * float(np.abs(by_grabcut - one.alpha).mean()))
        report.tell(one.name, round(ours[-1], 3), f"IoU (GrabCut alone {alone[-1]:.3f})")
    mean, other = sum(ours) / len(ours), sum(alone) / len(alone)
    report.compare("mean IoU", ours=mean, peer=other, unit="IoU", against="GrabCut alone", at_least=1.0)
    report.compare("worst IoU", ours=min(ours), peer=min(alone), unit="IoU", against="GrabCut alone", at_least=1.0)
    report.compare(
        "median error of the opacity",
        ours=median(our_error),
        peer=median(alone_error),
        unit="thousandths",
        against="GrabCut alone",
        lower_is_better=True,
    )
    report.finish()


def portraits() -> list[Portrait]:
    """The ten compositions, the same every time."""
    return [_composed(i, *entry) for i, entry in enumerate(PEOPLE)]


def overlap(found: Array, truth: Array) -> float:
    """Intersection over union of what is more than half opaque."""
    a, b = found > 0.5, truth > 0.5
    return float((a & b).sum() / max(1, (a | b).sum()))


def _full(matte: Any, one: Portrait) -> Array:
    return np.zeros(one.alpha.shape) if matte is None else matte.full(one.pixels).astype(np.float32) / 255


def _composed(seed: int, name: str, scene: str, share: float, middle: float) -> Portrait:
    from gesso.engines.sketch.composition import sprites
    from gesso.engines.sketch.edit import backdrops

    behind, _ = backdrops.scene(scene, SIZE, SIZE, seed)
    drawn = sprites.trimmed(name)
    high = round(share * SIZE)
    wide = round(drawn.shape[1] * high / drawn.shape[0])
    scaled = cv2.resize(drawn, (wide, high), interpolation=cv2.INTER_AREA if high < 256 else cv2.INTER_CUBIC)
    figure = np.zeros((SIZE, SIZE, 4), np.float32)
    left = max(0, min(SIZE - wide, round(middle * SIZE - wide / 2)))
    figure[SIZE - high :, left : left + wide] = scaled
    colour, alpha = figure[..., :3], np.clip(figure[..., 3], 0, 255) / 255
    rng = np.random.Generator(np.random.PCG64(seed))
    colour, alpha = _haired(colour, alpha, (SIZE - high, left, wide, high), rng)
    soft = cv2.GaussianBlur(behind, (0, 0), 1.2).astype(np.float32)
    mixed = colour * alpha[..., None] + soft * (1 - alpha[..., None])
    noisy = mixed + rng.normal(0, 3.0, mixed.shape)
    return Portrait(name, np.clip(np.rint(noisy), 0, 255).astype(np.uint8), alpha.astype(np.float32))


def _haired(
    colour: Array, alpha: Array, box: tuple[int, int, int, int], rng: np.random.Generator
) -> tuple[Array, Array]:
    """Thin strands growing out of the top of the head, in its colour there."""
    top, left, wide, high = box
    colour, alpha = np.ascontiguousarray(colour), np.ascontiguousarray(alpha.astype(np.float32))
    solid = alpha > 0.9
    rows = np.arange(top, top + round(0.28 * high))
    for _ in range(70):
        y = int(rng.choice(rows))
        columns = np.nonzero(solid[y])[0]
        if len(columns) == 0:
            continue
        x = int(columns[0] if rng.random() < 0.5 else columns[-1])
        away = np.array([x - (left + wide / 2), y - (top + 0.35 * high)])
        step = away / max(1e-6, float(np.hypot(*away)))
        bend = np.array([-step[1], step[0]]) * rng.normal(0, 0.25)
        reach = rng.uniform(0.02, 0.07) * high
        path = [np.array([x, y]) - step * 3 + (step * t + bend * t * t) * reach for t in np.linspace(0, 1, 8)]
        points = np.rint(np.array(path) * 16).astype(np.int32)
        strand = np.zeros(alpha.shape, np.uint8)
        cv2.polylines(strand, [points], False, 200, 1, cv2.LINE_AA, 4)
        inside = np.clip(np.array([x, y]) - np.rint(step * 5).astype(int), 0, SIZE - 1)
        shade = colour[int(inside[1]), int(inside[0])] * 0.9
        cover = strand.astype(np.float32) / 255
        new = cover * (1 - alpha)
        total = np.maximum(alpha + new, 1e-6)
        colour = (colour * alpha[..., None] + shade * new[..., None]) / total[..., None]
        alpha = alpha + new
    return colour, alpha


if __name__ == "__main__":
    main()
