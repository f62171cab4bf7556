"""Life in a still portrait: eyes that blink, and a head that moves a little while the rest stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.png import Pixels

Floats = npt.NDArray[np.floating[Any]]

# Outer and inner corner, then the upper and lower lid's points, of each eye in the face mesh.
_EYES = (
    ((33, 133), (246, 161, 160, 159, 158, 157, 173), (7, 163, 144, 145, 153, 154, 155)),
    ((362, 263), (398, 384, 385, 386, 387, 388, 466), (382, 381, 380, 374, 373, 390, 249)),
)
_BLINK = 0.22
_SKIN = 0.5
"""How far above an eye its lid's skin is taken from, in half widths."""
_FOREHEAD, _CHIN, _LEFT, _RIGHT = 10, 152, 234, 454


@dataclass(frozen=True, slots=True)
class Pose:
    """How the head is held: shifts in face widths, lean in radians, size, and how far the eyes are shut (0..1)."""

    x: float = 0.0
    y: float = 0.0
    lean: float = 0.0
    size: float = 1.0
    shut: float = 0.0


def poses(count: int, fps: float, energy: Floats, seed: int) -> list[Pose]:
    """The head's way through `count` frames: it sways slowly, nods with stressed syllables and blinks now and then."""
    rng = np.random.default_rng(seed)
    time = np.arange(count) / fps
    waves = [
        np.sum([np.sin(2 * np.pi * hertz * time + rng.uniform(0, 6.3)) for hertz in rng.uniform(low, high, 3)], axis=0)
        / 3
        for low, high in ((0.08, 0.35), (0.10, 0.45), (0.07, 0.3), (0.05, 0.2))
    ]
    window = np.hanning(max(3, round(0.5 * fps)) + 2)[1:-1]
    nods = np.convolve(energy[:count], window / window.sum(), "same") if len(energy) else np.zeros(count)
    rise = np.clip(time / 0.4, 0, 1)  # it begins where the picture is
    shut = _blinks(time, rng)
    return [
        Pose(
            float(0.022 * waves[0][n] * rise[n]),
            float((0.012 * waves[1][n] + 0.02 * nods[n]) * rise[n]),
            float(0.022 * waves[2][n] * rise[n]),
            1 + float(0.008 * waves[3][n] * rise[n]),
            float(shut[n]),
        )
        for n in range(count)
    ]


def _blinks(time: Floats, rng: np.random.Generator) -> Floats:
    shut = np.zeros(len(time))
    at = float(rng.uniform(0.8, 2.0))
    while len(time) and at < time[-1]:
        shut = np.maximum(shut, np.clip(1.35 - np.abs(time - at) / (_BLINK / 2) * 1.35, 0, 1))
        at += float(rng.uniform(2.0, 4.5))
    return shut


def blinked(pixels: Pixels, points: Floats, shut: float) -> Pixels:
    """The picture with both eyes shut by a share: the skin above each is drawn down over it."""
    if shut < 0.03:
        return pixels
    made = pixels.copy()
    for corners, upper, lower in _EYES:
        eye = _eye(points, (corners[0], *upper, corners[1]), (corners[0], *lower, corners[1]))
        if eye.half >= 3:
            _lidded(made, pixels, eye, shut)
    return made


@dataclass(frozen=True, slots=True, eq=False)
class _Eye:
    """An eye in its own frame: half widths from its middle, along the line between its corners and across it."""

    middle: Floats
    along: Floats
    half: float
    upper: tuple[Floats, Floats]
    lower: tuple[Floats, Floats]
    """Places along, and the lids' heights there."""

    def local(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Pixels to the eye's frame."""
        dx, dy = (x - self.middle[0]) / self.half, (y - self.middle[1]) / self.half
        return dx * self.along[0] + dy * self.along[1], dy * self.along[0] - dx * self.along[1]


def _eye(points: Floats, upper: tuple[int, ...], lower: tuple[int, ...]) -> _Eye:
    left, right = points[upper[0], :2], points[upper[-1], :2]
    half = max(float(np.hypot(*(right - left))) / 2, 0.1)
    none = (np.zeros(1), np.zeros(1))
    bare = _Eye((left + right) / 2, (right - left) / (2 * half), half, none, none)

    def edge(numbers: tuple[int, ...]) -> tuple[Floats, Floats]:
        places, heights = bare.local(points[list(numbers), 0], points[list(numbers), 1])
        order = np.argsort(places)
        return places[order], heights[order]

    return replace(bare, upper=edge(upper), lower=edge(lower))


def _lidded(made: Pixels, pixels: Pixels, eye: _Eye, shut: float) -> None:
    (cx, cy), half = eye.middle, eye.half
    x0, y0 = max(0, int(cx - 1.5 * half)), max(0, int(cy - 1.8 * half))
    x1, y1 = min(pixels.shape[1], int(cx + 1.5 * half) + 1), min(pixels.shape[0], int(cy + 1.2 * half) + 1)
    if x1 - x0 < 4 or y1 - y0 < 4:
        return
    x, y = np.meshgrid(np.arange(x0, x1, dtype=np.float32), np.arange(y0, y1, dtype=np.float32))
    s, t = eye.local(x, y)
    top, bottom = (np.interp(s, *edge, left=0.0, right=0.0) for edge in (eye.upper, eye.lower))
    opening = np.maximum(bottom - top, 0.0) * np.clip((1.0 - np.abs(s)) / 0.1, 0, 1)
    lid, above = top + opening * shut, top - _SKIN
    share = np.clip((t - above) / np.maximum(lid - above, 1e-3), 0, 1)
    lower = np.where((t > above) & (t < lid), above + share * (_SKIN - 0.10) - t, 0.0) * half
    map_x, map_y = (x - lower * eye.along[1]).astype(np.float32), (y + lower * eye.along[0]).astype(np.float32)
    moved = cv2.remap(pixels, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    # The lashes' line, where the lid ends.
    line = np.exp(-(((t - lid) / 0.05) ** 2)) * (opening > 0.02) * min(1.0, shut * 2) * 0.3
    made[y0:y1, x0:x1] = np.clip(moved.astype(np.float32) * (1 - line[..., None]), 0, 255).astype(np.uint8)


class Head:
    """Moves the head of one portrait; the fields that do not change are reckoned once."""

    def __init__(self, shape: tuple[int, ...], points: Floats) -> None:
        height, width = shape[:2]
        top, chin = points[_FOREHEAD, :2], points[_CHIN, :2]
        self._span = float(np.hypot(*(points[_RIGHT, :2] - points[_LEFT, :2])))
        self._neck = chin.astype(np.float32)
        middle = (top + chin) / 2
        x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        tall = float(np.hypot(*(chin - top)))
        far = np.hypot((x - middle[0]) / (1.9 * self._span), (y - middle[1] + 0.15 * tall) / (1.5 * tall))
        share = np.clip((1.0 - far) / 0.62, 0, 1)
        edge = np.minimum.reduce([x, width - 1 - x, y, height - 1 - y]) / (0.06 * min(width, height))
        self._share = (share * share * (3 - 2 * share) * np.clip(edge, 0, 1)).astype(np.float32)
        self._x, self._y = x, y

    def moved(self, pixels: Pixels, pose: Pose) -> Pixels:
        """The picture with its head in a pose; what is far from the head stays."""
        dx, dy = self._x - self._neck[0], self._y - self._neck[1]
        c, s = np.cos(-pose.lean) / pose.size, np.sin(-pose.lean) / pose.size
        back_x = c * dx - s * dy - dx - pose.x * self._span
        back_y = s * dx + c * dy - dy - pose.y * self._span
        return cv2.remap(
            pixels,
            (self._x + back_x * self._share).astype(np.float32),
            (self._y + back_y * self._share).astype(np.float32),
            cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        )
