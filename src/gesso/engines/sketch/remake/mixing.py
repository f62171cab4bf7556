"""Two frames moved along the paths between them, and mixed, by runs: samples side by side that share a path.

OpenCV looks four channels up in the time of one. So every sample is laid beside those that follow it, and one look-up
gives a whole run: at a quarter of the size four samples of brightness, or two of each colour plane.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from math import ceil, prod
from typing import Any

import cv2
import numpy as np

from gesso.engines.sketch.remake import motion, planes
from gesso.engines.sketch.remake.motion import Plane
from gesso.engines.sketch.remake.planes import Frame, Samples

CHANNELS = 4
"""How many are looked up together; two alone take longer."""

STRIP = 60
"""Rows of paths by which frames are moved at a time: what is worked on then stays in the processor's cache."""

Planes = tuple[Samples, ...]
"""Planes of one size."""


class _Room(threading.local):
    """Memory that a thread fills again for every strip: to ask for it anew takes longer than to fill it."""

    def __init__(self) -> None:
        self._kept: dict[str, Samples] = {}

    def array(self, name: str, shape: tuple[int, ...]) -> Samples:
        count = prod(shape)
        if name not in self._kept or self._kept[name].size < count:
            self._kept[name] = np.empty(count, np.uint8)
        return self._kept[name][:count].reshape(shape)


_room = _Room()


def mixed(first: Frame, second: Frame, path: Plane, share: Plane, time: float) -> Samples:
    """The samples at `time`: both frames moved along `path`, (h, w, 2), mixed by the second's `share`, (h, w)."""
    made = np.empty_like(first.samples)
    new, times = planes.parted(made), first.times
    _fill(new[:1], (first.planes[:1], second.planes[:1]), path, share, times, time)
    _fill(new[1:], (first.planes[1:], second.planes[1:]), path, share, times // 2, time)
    return made


def _fill(made: Planes, ends: tuple[Planes, Planes], path: Plane, share: Plane, times: int, time: float) -> None:
    """Make planes that are `times` as large as the paths, strip by strip; that many samples are a run."""
    rows, columns = share.shape
    # One row more at either end, so that strips join.
    steps, share = (cv2.copyMakeBorder(each, 1, 1, 0, 0, cv2.BORDER_REPLICATE) for each in (path, share))
    rest = _at_rest(columns, rows + 2, times)
    places = [cv2.scaleAdd(steps, times * way, rest) for way in (-time, 1 - time)]
    height, width = made[0].shape
    for top in range(0, ceil(height / times), STRIP):
        cut = slice(top, top + STRIP + 2)
        strip = [plane[top * times : (top + STRIP) * times] for plane in made]
        shape = len(strip[0]), ceil(width / times), times
        one, two = (
            _moved(name, end, place[cut], shape) for name, end, place in zip(("one", "two"), ends, places, strict=True)
        )
        second = _enlarged(share[cut], shape)
        mix = cv2.blendLinear(one, two, np.subtract(1, second), second, dst=one).view(f"u{times}")
        for number, plane in enumerate(strip):
            plane[:] = np.ascontiguousarray(mix[..., number]).view(np.uint8)[:, :width]


@lru_cache(maxsize=8)
def _at_rest(columns: int, rows: int, times: int) -> Plane:
    """Where the runs begin of what does not move: a position counts from the middle of the first sample.

    The first row lies above the edge, and each run has room to begin left of it.
    """
    where = motion.grid(columns, rows) * np.float32(times) + np.array([times, -(times + 1) / 2], np.float32)
    where.flags.writeable = False
    return where


Shape = tuple[int, int, int]
"""Rows and columns of runs, and how long they are."""


def _enlarged(values: Plane, shape: Shape) -> Plane:
    """Values of runs for every row, from those of the paths."""
    height, columns, times = shape
    large = cv2.resize(values, (values.shape[1], len(values) * times))
    return np.asarray(large, np.float32)[times : times + height, :columns]


def _moved(name: str, end: Planes, places: Plane, shape: Shape) -> Samples:
    """(h, w, 4): the runs of every plane that begin at the places; beyond its edges, the edge's samples."""
    height, columns, times = shape
    rows, width = end[0].shape
    least, most, *_ = cv2.minMaxLoc(cv2.extractChannel(places, 1))
    low = max(0, min(int(least), rows - 1))
    high = max(low + 1, min(int(most) + 2, rows))
    # One row more, so that the last run has samples to take, too.
    wide = [cv2.copyMakeBorder(plane[low:high], 0, 1, times, times, cv2.BORDER_REPLICATE) for plane in end]
    length = width + 2 * times
    count = (high - low) * length
    # From an odd place on, or OpenCV would write past the cache what is looked up next.
    laid = _room.array("laid", (count * CHANNELS + 1,))[1:]
    beside = [each.reshape(1, -1)[:, at : at + count] for each in wide for at in range(times)]
    cv2.merge(beside * (CHANNELS // len(beside)), dst=laid.reshape(1, count, CHANNELS))
    laid = laid.reshape(high - low, length, CHANNELS)
    begins = places.copy()
    begins[..., 1] -= low
    begins, room = _enlarged(begins, shape), _room.array(name, (height, columns, CHANNELS))
    _look_up(laid[:, : width + times], begins, None, cv2.INTER_LINEAR, dst=room, borderMode=cv2.BORDER_REPLICATE)
    return room


_look_up: Any = cv2.remap  # its stub does not know that the second map may be left out
