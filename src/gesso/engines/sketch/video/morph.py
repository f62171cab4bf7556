"""From one view to another: along the optical flow where the two show the same things, else a dissolve."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from gesso.engines.sketch.edit.canvas import reduced
from gesso.engines.sketch.video import blending
from gesso.engines.sketch.video.shot import Pixels, Plane

SIDE = 360
"""Longer side at which the flow is found."""

GAIN = 0.62
"""A flow is used when it leaves at most this share of the difference between the pictures."""


class Morph:
    """The way between two pictures of one size; both ends are reached exactly."""

    def __init__(self, first: Pixels, last: Pixels) -> None:
        self._size = (first.shape[1], first.shape[0])
        self._flows = _flows(reduced(first, SIDE), reduced(last, SIDE))
        self._grid = np.meshgrid(
            np.arange(self._size[0], dtype=np.float32), np.arange(self._size[1], dtype=np.float32), indexing="xy"
        )

    @property
    def flows(self) -> bool:
        """Whether there is a motion to follow."""
        return self._flows is not None

    def between(self, one: Pixels, other: Pixels, share: float) -> Pixels:
        """The view `share` of the way (0..1) from `one`, seen from the first picture, to `other`, from the last."""
        if share <= 0:
            return one
        if share >= 1:
            return other
        weight = _smooth(share)
        if self._flows is None:
            # Short, so that both are not seen through each other for long.
            weight = _smooth((share - 0.2) / 0.6)
        else:
            there, back = self._flows
            one, other = self._moved(one, there, share), self._moved(other, back, 1 - share)
        return np.asarray(cv2.addWeighted(one, 1 - weight, other, weight, 0))

    def _moved(self, pixels: Pixels, flow: Plane, share: float) -> Pixels:
        scaled = flow * np.float32(share * self._size[0] / flow.shape[1])
        shifts = (cv2.resize(plane, self._size, interpolation=cv2.INTER_LINEAR) for plane in cv2.split(scaled))
        across, down = (cv2.subtract(at, shift) for at, shift in zip(self._grid, shifts, strict=True))
        return blending.remapped(pixels, across, down, cv2.BORDER_REFLECT_101)


def _smooth(share: float) -> float:
    share = min(1.0, max(0.0, share))
    return share * share * (3 - 2 * share)


def _flows(first: Pixels, last: Pixels) -> tuple[Plane, Plane] | None:
    """Flow from the first picture to the last and back, where following it explains the change."""
    greys = [cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY) for pixels in (first, last)]
    if min(greys[0].shape) < 24:
        return None
    tracker = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    there = _calm(tracker.calc(greys[0], greys[1], np.zeros((*greys[0].shape, 2), np.float32)))
    back = _calm(tracker.calc(greys[1], greys[0], np.zeros((*greys[0].shape, 2), np.float32)))
    height, width = greys[0].shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32), indexing="xy")
    brought = cv2.remap(
        greys[1], x + there[..., 0], y + there[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    before, after = (float(cv2.absdiff(greys[0], grey).mean()) for grey in (greys[1], brought))
    return (there, back) if before > 1.0 and after < GAIN * before else None


def _calm(flow: Any) -> Plane:
    """A flow without tears: what a neighbourhood agrees on."""
    low = np.asarray(flow, np.float32)
    bands = [cv2.medianBlur(np.ascontiguousarray(low[..., axis]), 5) for axis in (0, 1)]
    return np.asarray(cv2.GaussianBlur(np.dstack(bands), (0, 0), 2.5), np.float32)
