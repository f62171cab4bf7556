"""Pictures to edit, an engine's surroundings, and measures of what an edit did."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from gesso.engines.engine import EngineOptions, Made, Result
from gesso.engines.sketch import edit_image
from gesso.media import Media
from gesso.shapes import MediaRule
from gesso.tasks import EditImage

Pixels = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]

HEIGHT, WIDTH, HORIZON = 240, 320, 110
BALL = (160, 150, 46)
"""Middle (x, y) and radius of the ball in `meadow`."""


class Surroundings:
    """A context that remembers what it is told."""

    endpoint = "fal-ai/example/edit"

    def __init__(self, tmp: Path, *, streaming: bool = False) -> None:
        self.tmp = tmp
        self.options = EngineOptions(streaming=streaming)
        self.lines: list[str] = []
        self.previews: list[Pixels] = []

    def log(self, message: str, level: str = "INFO") -> None:
        self.lines.append(message)

    def progress(self, done: float, stage: str = "") -> None:
        assert 0 <= done <= 1

    def preview(self, made: Made, values: Mapping[str, Any]) -> None:
        with Image.open(made.path) as image:
            self.previews.append(np.array(image))


def meadow(colour: tuple[int, int, int] = (205, 40, 40)) -> Pixels:
    """A shaded ball on a meadow under a blue sky, with grain."""
    rng = np.random.default_rng(3)
    out = np.empty((HEIGHT, WIDTH, 3), np.float32)
    down = np.linspace(0, 1, HORIZON, dtype=np.float32)[:, None, None]
    out[:HORIZON] = np.array((60, 120, 225), np.float32) * (1 - down) + np.array((170, 205, 245), np.float32) * down
    out[HORIZON:] = np.array((70, 140, 60), np.float32)
    out[HORIZON:] += rng.normal(0, 9, (HEIGHT - HORIZON, WIDTH, 1)).astype(np.float32)
    x, y, radius = BALL
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    far = np.hypot(columns - x, rows - y) / radius
    light = np.clip(1.15 - 0.5 * np.hypot(columns - x + 15, rows - y + 18) / radius, 0.3, 1.15)
    cover = np.clip((1 - far) * radius + 0.5, 0, 1)[..., None]
    out = out * (1 - cover) + np.array(colour, np.float32) * light[..., None] * cover
    return np.rint(np.clip(out, 0, 255)).astype(np.uint8)


def ball(grow: int = 0) -> Mask:
    """Where the ball is, grown by some pixels."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    x, y, radius = BALL
    return np.hypot(columns - x, rows - y) <= radius + grow


def portrait() -> Pixels:
    """A head and shoulders before a grey wall: skin, dark hair, eyes, mouth, a green shirt, and noise."""
    out = np.full((300, 260, 3), (150, 152, 156), np.uint8)
    cv2.ellipse(out, (130, 310), (105, 120), 0, 0, 360, (40, 120, 70), -1, cv2.LINE_AA)
    cv2.rectangle(out, (112, 165), (148, 205), (196, 148, 120), -1)
    cv2.ellipse(out, (130, 112), (58, 70), 0, 0, 360, (60, 40, 28), -1, cv2.LINE_AA)
    cv2.ellipse(out, (130, 126), (44, 58), 0, 0, 360, (214, 164, 134), -1, cv2.LINE_AA)
    for x in (112, 148):
        cv2.ellipse(out, (x, 116), (8, 4), 0, 0, 360, (40, 30, 30), -1, cv2.LINE_AA)
        cv2.line(out, (x - 10, 105), (x + 10, 105), (70, 48, 36), 3, cv2.LINE_AA)
    cv2.ellipse(out, (130, 156), (14, 5), 0, 0, 360, (140, 60, 60), -1, cv2.LINE_AA)
    noise = np.random.default_rng(5).normal(0, 7, out.shape)
    return np.rint(np.clip(out + noise, 0, 255)).astype(np.uint8)


def saved(pixels: Pixels, path: Path) -> Media:
    """A fetched input picture."""
    Image.fromarray(pixels).save(path)
    return Media("https://example.com/picture.png", ("image_url",), MediaRule("image"), path)


def edited(tmp: Path, pixels: Pixels, prompt: str, *others: Pixels, **fields: Any) -> tuple[Pixels, Surroundings]:
    """The first result of an order, and what the engine said meanwhile."""
    result, around = ordered(tmp, pixels, prompt, *others, **fields)
    return opened(result), around


def ordered(
    tmp: Path,
    pixels: Pixels,
    prompt: str,
    *others: Pixels,
    streaming: bool = False,
    seed: int | None = 7,
    **fields: Any,
) -> tuple[Result, Surroundings]:
    """The whole result of an order."""
    images = tuple(saved(each, tmp / f"input-{i}.png") for i, each in enumerate((pixels, *others)))
    around = Surroundings(tmp, streaming=streaming)
    return edit_image.make(EditImage(prompt=prompt, images=images, seed=seed, **fields), around), around


def opened(result: Result, number: int = 0) -> Pixels:
    """One result's samples."""
    with Image.open(result.files["images"][number].path) as image:
        return np.array(image)


def psnr(a: Pixels, b: Pixels, where: Mask | None = None) -> float:
    """Peak signal to noise in decibels between two pictures, within a mask."""
    off = (a.astype(np.float64) - b.astype(np.float64)) ** 2
    mean = float((off if where is None else off[where]).mean())
    return 99.0 if mean == 0 else 10 * float(np.log10(255**2 / mean))


def lab(pixels: Pixels) -> Pixels:
    return cv2.cvtColor(pixels[..., :3].astype(np.float32) / 255, cv2.COLOR_RGB2LAB)


def hue(pixels: Pixels, where: Mask) -> float:
    """The mean hue of a part, degrees of Lab."""
    _, a, b = lab(pixels)[where].mean(axis=0)
    return float(np.degrees(np.arctan2(b, a)))


def hue_of(colour: tuple[int, int, int]) -> float:
    return hue(np.array([[colour]], np.uint8), np.ones((1, 1), np.bool_))


def apart(a: float, b: float) -> float:
    """Degrees between two hues."""
    return abs((a - b + 180) % 360 - 180)


def light(pixels: Pixels, where: Mask | None = None) -> float:
    """Mean lightness 0..100."""
    values = lab(pixels)[..., 0]
    return float(values.mean() if where is None else values[where].mean())


def sharpness(pixels: Pixels, where: Mask | None = None) -> float:
    """How much detail there is."""
    fine = np.abs(cv2.Laplacian(lab(pixels)[..., 0], cv2.CV_32F))
    return float(fine.mean() if where is None else fine[where].mean())
