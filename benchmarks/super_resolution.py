"""Four times as many pixels a side: the engine's networks against Lanczos, by how like the true picture the edges are.

Pictures of 1024 pixels are made 256 pixels small by area averaging and brought back: scenes and single things that the
engine draws, lettering, and a photograph. The measure is GMSD (Xue et al. 2014): the deviation of the similarity of
gradients, 0 for the same picture, made to agree with people's judgements and in need of no network.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.processes import ROOT, median
from benchmarks.report import Report

Array = npt.NDArray[Any]

LARGE, SMALL, TIMES = 1024, 256, 4
PHOTOGRAPH = ROOT / "scripts" / "gallery" / "portrait.jpg"
SCENES = ("a lighthouse on a cliff at sunset", "a street in a city at night, rain", "a fox in a forest in autumn")
THINGS = ("bicycle", "parrot", "castle")


def main() -> None:
    """Both ways on every picture, and the seconds of one enlargement on one core."""
    from gesso.engines.sketch import upscale

    cv2.setNumThreads(1)
    report = Report("super_resolution", "Enlarging 256 to 1024 pixels")
    ours, lanczos, spent = list[float](), list[float](), list[float]()
    for name, picture, model in pictures():
        size = picture.shape[1], picture.shape[0]
        small: Array = np.asarray(
            cv2.resize(picture, (size[0] // TIMES, size[1] // TIMES), interpolation=cv2.INTER_AREA), np.uint8
        )
        upscale.upscale(np.ascontiguousarray(small[:32, :32]), TIMES, model)
        start = time.process_time()
        large = upscale.upscale(small, TIMES, model)
        spent.append(time.process_time() - start)
        plain = cv2.resize(small, size, interpolation=cv2.INTER_LANCZOS4)
        ours.append(gmsd(picture, large))
        lanczos.append(gmsd(picture, plain))
        report.tell(name, round(1000 * ours[-1], 1), f"thousandths of GMSD (Lanczos {1000 * lanczos[-1]:.1f})")
    report.compare(
        "mean GMSD",
        ours=1000 * sum(ours) / len(ours),
        peer=1000 * sum(lanczos) / len(lanczos),
        unit="thousandths",
        against="Lanczos",
        lower_is_better=True,
        at_least=1.0,
    )
    report.limit("one enlargement on one core, median", median(spent), "s", at_most=1.0)
    report.finish()


def pictures() -> list[tuple[str, Array, Any]]:
    """Name, samples, and the network for such pictures."""
    scenes = [(words, _scene(words, i), "span") for i, words in enumerate(SCENES)]
    things = [(name, _thing(name), "drawn") for name in THINGS]
    photograph = [("photograph of a face", _photograph(PHOTOGRAPH), "span")] if PHOTOGRAPH.is_file() else []
    return [*scenes, *things, ("lettering", _lettering(), "drawn"), *photograph]


def gmsd(one: Array, two: Array) -> float:
    """Gradient magnitude similarity deviation of two pictures (0 for the same)."""
    greys = (cv2.cvtColor(each, cv2.COLOR_RGB2GRAY).astype(np.float64) for each in (one, two))
    planes = [cv2.blur(grey, (2, 2))[::2, ::2] for grey in greys]
    kernel = np.array([[1, 0, -1]] * 3) / 3
    first, second = (np.hypot(cv2.filter2D(p, -1, kernel), cv2.filter2D(p, -1, kernel.T)) for p in planes)
    return float(((2 * first * second + 170) / (first**2 + second**2 + 170)).std())


def _scene(words: str, seed: int) -> Array:
    from gesso.engines.sketch import text_to_image
    from gesso.engines.sketch.words import prompt
    from gesso.shapes import Size
    from gesso.tasks import TextToImage

    order = TextToImage(prompt=words, size=Size(LARGE, LARGE))
    return text_to_image.draw(order, prompt.parse(words), order.size, seed).pixels


def _thing(name: str) -> Array:
    """A sprite at its own size, tiled: true detail, nothing enlarged."""
    from gesso.engines.sketch.composition import sprites

    sprite = cv2.resize(sprites.trimmed(name), (SMALL, SMALL), interpolation=cv2.INTER_AREA).astype(np.float32)
    alpha = sprite[..., 3:] / 255
    tile = np.rint(sprite[..., :3] * alpha + 236 * (1 - alpha)).astype(np.uint8)
    return np.tile(tile, (TIMES, TIMES, 1))


def _lettering() -> Array:
    page = np.full((LARGE, LARGE, 3), 250, np.uint8)
    for row in range(12):
        text = "The quick brown fox jumps over 0123456789"[row:]
        size = 1.1 + 0.1 * row
        cv2.putText(page, text, (20, 70 + 80 * row), cv2.FONT_HERSHEY_SIMPLEX, size, (20, 30, 60), 3, cv2.LINE_AA)
    return page


def _photograph(path: Path) -> Array:
    from PIL import Image

    with Image.open(path) as image:
        wide, high = (side // TIMES * TIMES for side in image.size)
        return np.array(image.convert("RGB").crop((0, 0, wide, high)))


if __name__ == "__main__":
    main()
