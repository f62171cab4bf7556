"""Camera moves added to a video: each frame is seen through a frame that moves, turns or narrows in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from gesso.engines.sketch.remake.motion import Pixels


@dataclass(frozen=True, slots=True)
class View:
    """What the camera sees: `zoom` 1 is all of it; `x`, `y` are shares of the size off the middle; `turn` degrees."""

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0
    turn: float = 0.0


FAR, WAY, ROLL = 1.35, 0.09, 8.0
"""How far zooms go, how far to each side pans and tilts go, and degrees to each side that rolls go."""

Path = Callable[[float], View]

PATHS: Mapping[str, Path] = {
    "zoom-in": lambda at: View(zoom=FAR**at),
    "zoom-out": lambda at: View(zoom=FAR ** (1 - at)),
    "pan-left": lambda at: View(x=WAY * (1 - 2 * at)),
    "pan-right": lambda at: View(x=WAY * (2 * at - 1)),
    "tilt-up": lambda at: View(y=WAY * (1 - 2 * at)),
    "tilt-down": lambda at: View(y=WAY * (2 * at - 1)),
    "rolling-clockwise": lambda at: View(turn=ROLL * (2 * at - 1)),
    "rolling-anticlockwise": lambda at: View(turn=ROLL * (1 - 2 * at)),
}
"""Each move at a time 0..1; a camera that turns right sees the picture go left."""


def seen(pixels: Pixels, motions: Sequence[str], at: float) -> Pixels:
    """The frame under all moves at once, at time 0..1 of the clip."""
    views = [PATHS[motion](at) for motion in motions]
    if not views:
        return pixels
    x, y, turn = (sum(getattr(view, name) for view in views) for name in ("x", "y", "turn"))
    zoom = float(np.prod([view.zoom for view in views]))
    height, width = pixels.shape[:2]
    # As narrow as the whole path needs, so that no corner runs out of picture and the size does not pulse.
    zoom *= max(_needed(motions, step / 8, width / height) for step in range(9))
    matrix = cv2.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), turn, zoom)
    matrix[:, 2] -= matrix[:, :2] @ np.array([x * width, y * height])
    made = cv2.warpAffine(pixels, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(made, np.uint8)


def _needed(motions: Sequence[str], at: float, aspect: float) -> float:
    """The zoom at which shifts and turns of this moment stay within the picture."""
    views = [PATHS[motion](at) for motion in motions]
    x, y = abs(sum(view.x for view in views)), abs(sum(view.y for view in views))
    angle = np.radians(abs(sum(view.turn for view in views)))
    turned = np.cos(angle) + np.sin(angle) * max(aspect, 1 / aspect)
    return float(turned / max(0.2, 1 - 2 * max(x, y)))
