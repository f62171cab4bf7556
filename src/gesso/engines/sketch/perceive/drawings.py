"""The engine's own sprites, found again in its pictures: a network taught on photographs does not know them."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.composition import sprites
from gesso.engines.sketch.perceive import windows
from gesso.engines.sketch.perceive.detector import Found
from gesso.engines.sketch.perceive.windows import Array, Box

PART = "sprite-match"
"""How results call this way of looking; it is no network."""

VIEW = 288
"""Longer side at which a sprite is looked for."""

STEP = 1.16
SMALLEST, LARGEST = 20, 275
"""Heights tried, in pixels of the view, each `STEP` times the one before."""

PROOF = 96
"""Height at which a place is compared with the sprite once more, by its outlines."""

AGREED = 0.42
"""Correlation of outlines from which a place is the sprite; places that are not come to 0.3 at most."""

MOST = 12
"""Finds of one sprite at most."""


def sprite(pixels: npt.NDArray[Any], name: str, *, least: float = 0.60) -> list[Found]:
    """Where the sprite `name` stands in a picture, mirrored or not, in any colour; `least` is the correlation."""
    rgb, scale = windows.view(pixels)
    by = min(1.0, VIEW / max(rgb.shape[:2]))
    size = max(1, round(rgb.shape[1] * by)), max(1, round(rgb.shape[0] * by))
    seen = _light(np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)))
    drawn = sprites.trimmed(name)
    found: list[Found] = []
    for light, solid in _sizes(drawn, seen.shape):
        for template, mask in ((light, solid), (light[:, ::-1], solid[:, ::-1])):
            found += _matches(seen, np.ascontiguousarray(template), np.ascontiguousarray(mask), least)
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: (-f.score, f.box)):
        free = all(windows.overlap(one.box, other.box) < 0.25 for other in kept)
        if free and len(kept) < MOST and _outlined(rgb, drawn, _scaled(one.box, 1 / by)) > AGREED:
            kept.append(one)
    return [Found(name, f.score, _scaled(f.box, 1 / (by * scale))) for f in kept]


def _outlined(rgb: npt.NDArray[Any], drawn: npt.NDArray[Any], box: Box) -> float:
    """How well the outlines in a box agree with the sprite's own, the better of both ways round.

    Lightness alone agrees by chance where a sprite is plain.
    """
    left, top, right, bottom = (round(value) for value in windows.clipped(box, rgb.shape))
    if right - left < 8 or bottom - top < 8:
        return 0.0
    size = max(8, round(PROOF * drawn.shape[1] / drawn.shape[0])), PROOF
    seen = _edges(np.asarray(cv2.resize(rgb[top:bottom, left:right], size, interpolation=cv2.INTER_AREA)))
    small = cv2.resize(drawn, size, interpolation=cv2.INTER_AREA)
    alpha = small[..., 3:].astype(np.float32) / 255
    own = _edges((small[..., :3] * alpha + 128 * (1 - alpha)).astype(np.uint8))
    return max(float(np.corrcoef(seen.ravel(), one.ravel())[0, 1]) for one in (own, own[:, ::-1]))


def _edges(rgb: npt.NDArray[Any]) -> Array:
    light = cv2.GaussianBlur(_light(rgb), (0, 0), 1.2)
    across, down = cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1)
    strength = np.asarray(cv2.magnitude(across, down), np.float32)
    strength[0, 0] += np.float32(1e-3)  # a flat patch has no correlation to speak of, but must not divide by nothing
    return np.minimum(strength, np.float32(np.quantile(strength, 0.95) + 1e-3))


def _light(rgb: npt.NDArray[Any]) -> Array:
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.float32)


def _sizes(drawn: npt.NDArray[Any], shape: tuple[int, ...]) -> list[tuple[Array, Array]]:
    """The sprite's lightness and mask at every size that fits into the view."""
    out: list[tuple[Array, Array]] = []
    high, wide = drawn.shape[:2]
    height = float(SMALLEST)
    while height <= LARGEST:
        size = max(2, round(wide * height / high)), max(2, round(height))
        if size[0] <= shape[1] and size[1] <= shape[0] and min(size) >= 10:
            small = cv2.resize(drawn, size, interpolation=cv2.INTER_AREA)
            out.append((_light(small[..., :3]), (small[..., 3] > 128).astype(np.float32)))
        height *= STEP
    return out


def _matches(seen: Array, template: Array, mask: Array, least: float) -> list[Found]:
    """The best places of one template, the correlation taken over its mask alone."""
    if mask.sum() < 40 or float(template[mask > 0].std()) < 4:
        return []
    score = cv2.matchTemplate(seen, template, cv2.TM_CCOEFF_NORMED, mask=mask)
    score = np.nan_to_num(np.asarray(score, np.float32), nan=-1.0, posinf=-1.0, neginf=-1.0)
    score[score > 1.01] = -1.0  # rounding, where the picture is quite flat
    high, wide = template.shape
    found: list[Found] = []
    for _ in range(MOST):
        _, best, _, (x, y) = cv2.minMaxLoc(score)
        if best < least:
            break
        found.append(Found("", float(best), (float(x), float(y), float(x + wide), float(y + high))))
        score[max(0, y - high // 2) : y + high // 2 + 1, max(0, x - wide // 2) : x + wide // 2 + 1] = -1
    return found


def _scaled(box: Box, by: float) -> Box:
    left, top, right, bottom = (value * by for value in box)
    return left, top, right, bottom
