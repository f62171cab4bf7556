"""Frames enlarged: every one classically, key frames by a learned network whose finer detail the others share."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np

from gesso.engines.sketch import upscale
from gesso.engines.sketch.remake.carry import Place, Plain
from gesso.engines.sketch.remake.motion import Pixels
from gesso.engines.sketch.upscale import Factor, Model

BUDGET = 40.0
"""Seconds of one core that the network may take for a video, by `COST`; nothing is timed, so results repeat."""

COST = {"span": 8e-6, "drawn": 17e-6}
"""Seconds that a network takes for a pixel of its input, measured on a desktop core; the dearer of its factors."""

FARTHEST = 12
"""Frames between two keys at most: farther, detail no longer follows what moves."""

SHARE = 0.5
"""How much of a key is the network's; the rest is classical. Their errors differ: together they are nearer to the true
picture than either, and what the network makes up changes less from one frame to the next."""

FLAT, DRAWN = 1, 0.5
"""Grey levels within which neighbours are alike, and the share of such pixels from which a picture counts as drawn."""


def spacing(frames: int, area: int, model: Model) -> int | None:
    """How many frames from one key to the next the budget allows for; none where it is too many."""
    keys = BUDGET / (COST[model] * area)
    least = -(-frames // max(1, int(keys)))
    return least if keys >= 1 and least <= FARTHEST else None


def model_for(pixels: Pixels) -> Model:
    """The network for such a picture: `drawn` where most of it is flat colour, else `span`."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    kernel = np.ones((3, 3), np.uint8)
    span = cv2.subtract(cv2.dilate(grey, kernel), cv2.erode(grey, kernel))
    return "drawn" if float((span <= FLAT).mean()) > DRAWN else "span"


def factor_for(scale: float) -> Factor:
    """The network's factor that is at least the scale, where there is one."""
    return 2 if scale <= 2 else 4


class Classical:
    """Bicubic enlargement to a size, corrected once by what it loses when reduced again (Irani and Peleg 1991)."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size

    def __call__(self, pixels: Pixels) -> Pixels:
        """(h, w, 3) uint8 at the size."""
        height, width = pixels.shape[:2]
        if (width, height) == self.size:
            return pixels
        large = cv2.resize(pixels, self.size, interpolation=cv2.INTER_CUBIC)
        again = cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA)
        lost = cv2.subtract(pixels, again, dtype=cv2.CV_16S)
        back = cv2.resize(lost, self.size, interpolation=cv2.INTER_LINEAR)
        return np.asarray(cv2.add(large, back, dtype=cv2.CV_8U), np.uint8)

    def towards(self, other: Classical, share: float) -> Classical:
        """There is nothing between: all frames are enlarged alike."""
        return self


class Learned:
    """Key frames by the network, brought to the size and mixed with the classical; all others classically."""

    whole = False

    def __init__(self, size: tuple[int, int], factor: Literal[2, 4], model: Model) -> None:
        self._classical = Classical(size)
        self._factor: Factor = factor
        self._model: Model = model

    @property
    def part(self) -> str:
        """What runs."""
        return upscale.name(self._factor, self._model)

    def key(self, pixels: Pixels, place: Place) -> Pixels:
        """The frame by the network and classically."""
        made = upscale.upscale(pixels, self._factor, self._model)
        size = self._classical.size
        if made.shape[1::-1] != size:
            way = cv2.INTER_AREA if size[0] < made.shape[1] else cv2.INTER_CUBIC
            made = cv2.resize(made, size, interpolation=way)
        return np.asarray(cv2.addWeighted(made, SHARE, self._classical(pixels), 1 - SHARE, 0), np.uint8)

    def plain(self, pixels: Pixels, made: Pixels) -> Plain:
        """The classical enlargement."""
        return self._classical
