"""Eighty kinds of everyday things with their boxes: the nanodet network, whole and through windows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from gesso.engines.sketch import runtime
from gesso.engines.sketch.perceive import windows
from gesso.engines.sketch.perceive.windows import Array, Box, Pixels, Window

PART = "nanodet"
"""How results call this network."""

ASSET = "perceive/objects.onnx"
INPUT = 416
STRIDES = (8, 16, 32)
BINS = 11
"""Each edge of a box is told as weights of eleven distances."""

MEAN = np.array([103.53, 116.28, 123.675], np.float32)
SPREAD = np.array([57.375, 57.12, 58.395], np.float32)
"""Of the network's input, blue first."""

PART_WEIGHT = 0.7
"""What a score is worth that was got from a part of the picture: parts of things look like other things."""

LEAST_SIDE = 12
LABELS = tuple(
    """person;bicycle;car;motorcycle;airplane;bus;train;truck;boat;traffic light;fire hydrant;stop sign;parking meter
bench;bird;cat;dog;horse;sheep;cow;elephant;bear;zebra;giraffe;backpack;umbrella;handbag;tie;suitcase;frisbee;skis
snowboard;sports ball;kite;baseball bat;baseball glove;skateboard;surfboard;tennis racket;bottle;wine glass;cup;fork
knife;spoon;bowl;banana;apple;sandwich;orange;broccoli;carrot;hot dog;pizza;donut;cake;chair;couch;potted plant;bed
dining table;toilet;tv;laptop;mouse;remote;keyboard;cell phone;microwave;oven;toaster;sink;refrigerator;book;clock
vase;scissors;teddy bear;hair drier;toothbrush""".replace("\n", ";").split(";")
)
"""The network's kinds in its own order."""


@dataclass(frozen=True, slots=True)
class Found:
    """A thing in a picture: what it is, how sure (0..1), and its box in pixels of the picture."""

    label: str
    score: float
    box: Box


def objects(pixels: npt.NDArray[Any], *, least: float = 0.35, small: bool = True) -> list[Found]:
    """The things in a picture (H, W, 3), the surest first.

    `small` also looks through windows on parts of a large picture, at five times the cost; `least` is the score from
    which a find counts.
    """
    if min(pixels.shape[:2]) < LEAST_SIDE:
        return []
    rgb, scale = windows.view(pixels)
    found: list[Found] = []
    for number, window in enumerate(_windows(rgb, small)):
        found += _detect(rgb, window, PART_WEIGHT if number else 1.0, least)
    kept = _once(found)
    return [Found(f.label, f.score, _scaled(windows.clipped(f.box, rgb.shape), 1 / scale)) for f in kept]


def _windows(rgb: Pixels, small: bool) -> Iterator[Window]:
    yield windows.whole(rgb.shape)
    if small and max(rgb.shape[:2]) >= INPUT * 1.2:
        yield from windows.tiles(rgb.shape, 0.6)


def _detect(rgb: Pixels, window: Window, weight: float, least: float) -> list[Found]:
    """What is found through one window; a thing that the window cuts off is left to the other windows."""
    seen = window.picture(rgb, INPUT)[..., ::-1].astype(np.float32)
    outputs = runtime.run_all(ASSET, np.ascontiguousarray(((seen - MEAN) / SPREAD).transpose(2, 0, 1))[None])
    found: list[Found] = []
    for stride, scores, edges in zip(STRIDES, outputs[:3], outputs[3:], strict=True):
        rows, kinds = np.nonzero(scores[0] * weight >= least)
        for row, kind, box in zip(rows, kinds, _boxes(edges[0][rows], _middles(stride)[rows], stride), strict=True):
            if not _cut(box, window, rgb.shape):
                found.append(Found(LABELS[kind], float(scores[0][row, kind]) * weight, _placed(box, window)))
    return _once(found)


@cache
def _middles(stride: int) -> Array:
    count = INPUT // stride
    steps = (np.arange(count, dtype=np.float32) + 0.5) * stride
    x, y = np.meshgrid(steps, steps)
    return np.stack([x.ravel(), y.ravel()], axis=1)


def _boxes(edges: Array, middles: Array, stride: int) -> Array:
    """Boxes in pixels of the input from weights of distances to their four edges."""
    weights = edges.reshape(-1, 4, BINS)
    weights = np.exp(weights - weights.max(axis=2, keepdims=True))
    weights /= weights.sum(axis=2, keepdims=True)
    away = (weights * np.arange(BINS, dtype=np.float32)).sum(axis=2) * stride
    return np.hstack([middles - away[:, :2], middles + away[:, 2:]])


def _placed(box: Array, window: Window) -> Box:
    scale = window.side / INPUT
    left, top, right, bottom = (float(value) * scale for value in box)
    return left + window.left, top + window.top, right + window.left, bottom + window.top


def _cut(box: Array, window: Window, shape: tuple[int, ...]) -> bool:
    """Whether a box touches an edge of the window behind which the picture goes on."""
    height, width = shape[:2]
    margin, end = 3, INPUT - 3
    return bool(
        (window.left > 1 and box[0] < margin)
        or (window.top > 1 and box[1] < margin)
        or (window.left + window.side < width - 1 and box[2] > end)
        or (window.top + window.side < height - 1 and box[3] > end)
    )


def _once(found: list[Found]) -> list[Found]:
    """Each thing once: the surest of boxes of one kind that overlap, and of any kind that are nearly the same."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: (-f.score, f.box)):
        for other in kept:
            shared = windows.overlap(one.box, other.box)
            same = one.label == other.label
            if shared > (0.5 if same else 0.85) or (same and windows.inside(one.box, other.box) > 0.85):
                break
        else:
            kept.append(one)
    return kept


def _scaled(box: Box, by: float) -> Box:
    left, top, right, bottom = (value * by for value in box)
    return left, top, right, bottom
