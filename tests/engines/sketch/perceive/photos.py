"""Pictures whose contents are known."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from gesso.engines.sketch.composition import sprites

Pixels = npt.NDArray[np.uint8]

PHOTOS = Path(__file__).resolve().parents[3] / "fixtures" / "photos"


def photo(name: str) -> Pixels:
    """A photograph of `tests/fixtures/photos`."""
    with Image.open(PHOTOS / f"{name}.jpeg") as image:
        return np.array(image.convert("RGB"))


def placed(
    name: str, height: int, left: int, top: int, *, size: tuple[int, int] = (384, 288), ground: Pixels | None = None
) -> tuple[Pixels, tuple[int, int, int, int]]:
    """A sprite over a gradient (or `ground`), and its box."""
    width, high = size
    down = np.linspace(0, 1, high, dtype=np.float32)[:, None, None]
    plain = (np.array((150, 190, 225)) * (1 - down) + np.array((110, 150, 90)) * down).repeat(width, axis=1)
    out = plain if ground is None else ground.astype(np.float64)
    drawn = sprites.trimmed(name)
    wide = round(drawn.shape[1] * height / drawn.shape[0])
    small = cv2.resize(drawn, (wide, height), interpolation=cv2.INTER_AREA).astype(np.float64)
    part = out[top : top + height, left : left + wide]
    alpha = small[..., 3:] / 255
    out[top : top + height, left : left + wide] = small[..., :3] * alpha + part * (1 - alpha)
    return np.rint(out).astype(np.uint8), (left, top, left + wide, top + height)


def shared(box: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Intersection over union of two boxes."""
    wide, high = min(box[2], other[2]) - max(box[0], other[0]), min(box[3], other[3]) - max(box[1], other[1])
    both = max(0.0, wide) * max(0.0, high)
    return both / ((box[2] - box[0]) * (box[3] - box[1]) + (other[2] - other[0]) * (other[3] - other[1]) - both)
