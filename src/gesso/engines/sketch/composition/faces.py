"""An animal's face in a person's place: a cat astronaut is an astronaut's bust with the face of a cat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.composition.solids import colour_of, over

Bytes = npt.NDArray[np.uint8]
Load = Callable[[str], Bytes]

UNDER_A_HAT, BARE = 1.22, 1.42
"""Width of the face beside that of the head it takes the place of."""


def exchanged(face: Bytes, role: str, load: Load) -> Bytes:
    """The bust `role` with an animal's `face`, (256, 256, 4): what differs between its skin tones is its skin and hair.

    Hats and helmets stay above the face, hands take the animal's colour.
    """
    light, skin, head = _skin(role, load)
    canvas = light.astype(np.float32)
    hands = skin & ~cv2.dilate(head, np.ones((9, 9), np.uint8)).astype(bool)
    canvas[..., :3][hands] = np.clip(colour_of(face, 0.25, 0.6) * _shade(light, hands)[:, None], 0, 255)
    ys, xs = np.nonzero(head)
    left, top, right, bottom = (int(v) for v in (xs.min(), ys.min(), xs.max(), ys.max()))
    crown = canvas.copy()
    # Above the eyes what is no head is a hat or a helmet; around a narrow head it goes on below them.
    crown[(top + bottom) // 2 :, :, 3] = 0
    gone = cv2.dilate(head, np.ones((7, 7), np.uint8)).astype(np.float32)
    crown[..., 3] *= 1 - gone
    canvas[..., 3] *= 1 - gone * (np.arange(256)[:, None] < (top + bottom) // 2)
    hat = (crown[:, left:right, 3] > 128).sum() > 0.12 * head.sum()
    wide = round((right - left) * (UNDER_A_HAT if hat else BARE))
    size = wide, round(wide * face.shape[0] / face.shape[1])
    small = cv2.resize(face, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    over(canvas, small, (left + right - wide) // 2, bottom + 4 - size[1])
    over(canvas, crown, 0, 0)
    return np.clip(np.rint(canvas), 0, 255).astype(np.uint8)


def box(role: str, load: Load) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a bust's head, without its hat, in pixels of the sprite."""
    ys, xs = np.nonzero(_skin(role, load)[2])
    return int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1


def _skin(role: str, load: Load) -> tuple[Bytes, npt.NDArray[np.bool_], Bytes]:
    """The bust in a light tone, where its skin and hair are, and which of that is the head, its eyes included."""
    light, dark = load(f"{role}+light"), load(f"{role}+dark")
    skin = (np.abs(light.astype(int) - dark).max(axis=2) > 14) & (light[..., 3] > 100)
    return light, skin, _filled(_largest(skin))


def _largest(mask: npt.NDArray[np.bool_]) -> Bytes:
    """The largest region whose middle is in the upper part."""
    _, labels, stats, middles = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    area = [int(stats[k, cv2.CC_STAT_AREA]) * (middles[k][1] < 0.62 * len(mask)) for k in range(1, len(stats))]
    return (labels == 1 + int(np.argmax(area))).astype(np.uint8)


def _filled(region: Bytes) -> Bytes:
    """A region with its holes, the eyes and the mouth."""
    closed = cv2.morphologyEx(region, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled: Any = cv2.drawContours(np.zeros_like(closed), outlines, -1, 1, cv2.FILLED)
    return filled


def _shade(pixels: Bytes, mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    light = pixels[..., :3].max(axis=2)[mask].astype(np.float32)
    return light / max(1.0, float(np.median(light))) if len(light) else light
