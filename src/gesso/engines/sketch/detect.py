"""Detect: read the phrase, look for what it names, give boxes as fractions of the picture, draw them when asked."""

from __future__ import annotations

import time
from typing import Any, cast

import cv2
import numpy as np

from gesso.engines.engine import Context, Made, Result
from gesso.engines.sketch import pictures
from gesso.engines.sketch.edit import regions
from gesso.engines.sketch.edit.canvas import Pixels, reduced
from gesso.engines.sketch.edit.steps import Target
from gesso.engines.sketch.perceive import phrases, sought
from gesso.engines.sketch.perceive.detector import Found
from gesso.engines.sketch.perceive.phrases import Query
from gesso.tasks import Detect, Task

SIDE = 2048
"""Longer side of the copy that is searched; the networks see less."""

MOST = 150
"""Boxes given at most."""

MASKED = frozenset([*regions.USUAL, *regions.GROUND, "sky", "hair"]) - {"snow", "leaf", "fire"}
"""Nouns that no box finder knows but that colour and place in the picture tell."""

BOX_COLOURS = ((255, 64, 64), (64, 128, 255), (64, 200, 96), (255, 176, 32), (192, 96, 255), (32, 208, 208))


def make(task: Task, context: Context) -> Result:
    """Find what `task.prompt` names in `task.image`. Raises InputError for a picture that cannot be read."""
    order = cast("Detect", task)
    cv2.setNumThreads(1)
    started = time.perf_counter()
    full = _opaque(pictures.read(order.image))
    pixels = np.ascontiguousarray(reduced(full, SIDE))
    read = time.perf_counter()
    context.progress(0.2, "searching")
    picture = sought.Picture(pixels)
    queries = phrases.read(order.prompt)
    found = _all(picture, queries, context)
    done = time.perf_counter()
    values = {
        "objects": [_fractions(one, pixels.shape) for one in found],
        "finish_reason": "stop",
        "usage_info": _usage(order.prompt, len(found), read - started, done - read),
    }
    context.progress(1.0, "searched")
    files = {"images": [_drawn(full, pixels.shape, found, context, tuple(picture.parts))]} if order.preview else {}
    return Result(files, values, tuple(picture.parts))


def _all(picture: sought.Picture, queries: list[Query], context: Context) -> list[Found]:
    """The finds of every query, told in the log."""
    found: list[Found] = []
    for query in queries:
        ours = sought.search(picture, query) or _masked(picture, query)
        found += [one for one in ours if one not in found]
        names = ", ".join(f"{one.label} {one.score:.2f}" for one in ours[:8]) or "nothing"
        kind = " or ".join(query.labels[:4]) + (" ..." if len(query.labels) > 4 else "") or query.part or query.noun
        context.log(f'"{query.phrase}" is looked for as {kind}: {names}.')
        if query.kind == "other" and not ours:
            context.log(f'The networks here know eighty kinds of things; "{query.noun}" is none of them.')
    if not queries:
        context.log("The phrase names nothing to look for.")
    return found[:MOST]


def _masked(picture: sought.Picture, query: Query) -> list[Found]:
    """The sky, grass, water and the like as one box about their part of the picture."""
    if query.kind != "other" or query.noun not in MASKED or min(picture.pixels.shape[:2]) < 16:
        return []
    view = regions.View(picture.pixels)
    region = regions.find(Target(query.phrase, query.noun, where=query.where, several=True), view)
    if region is None or region.by == "what stands in front":
        return []
    rows, columns = np.nonzero(region.mask > 0.5)
    if len(rows) == 0:
        return []
    y, x = (full / small for full, small in zip(picture.pixels.shape[:2], region.mask.shape, strict=True))
    box = (columns.min() * x, rows.min() * y, (columns.max() + 1) * x, (rows.max() + 1) * y)
    return [Found(query.noun, 0.5, (float(box[0]), float(box[1]), float(box[2]), float(box[3])))]


def _opaque(pixels: Pixels) -> Pixels:
    """The picture over grey where it is transparent: hidden colours are not looked at."""
    if pixels.shape[2] == 3:
        return pixels
    alpha = pixels[..., 3:].astype(np.uint16)
    return ((pixels[..., :3] * alpha + 128 * (255 - alpha) + 127) // 255).astype(np.uint8)


def _fractions(one: Found, shape: tuple[int, ...]) -> dict[str, float]:
    height, width = shape[:2]
    left, top, right, bottom = one.box
    edges = {"x_min": left / width, "y_min": top / height, "x_max": right / width, "y_max": bottom / height}
    return {name: round(float(np.clip(value, 0, 1)), 5) for name, value in edges.items()}


def _usage(prompt: str, found: int, reading: float, searching: float) -> dict[str, Any]:
    """Nothing here has tokens: words and boxes are counted, and the real times told."""
    return {
        "input_tokens": len(prompt.split()),
        "output_tokens": found,
        "prefill_time_ms": round(reading * 1000, 2),
        "decode_time_ms": round(searching * 1000, 2),
        "ttft_ms": round((reading + searching) * 1000, 2),
    }


def _drawn(full: Pixels, shape: tuple[int, ...], found: list[Found], context: Context, parts: tuple[str, ...]) -> Made:
    """The picture with numbered boxes on it."""
    out = np.ascontiguousarray(full).copy()
    height, width = out.shape[:2]
    thick = max(1, round(max(height, width) / 320))
    for number, one in enumerate(found):
        colour = BOX_COLOURS[number % len(BOX_COLOURS)]
        y, x = height / shape[0], width / shape[1]
        left, top, right, bottom = (round(v * s) for v, s in zip(one.box, (x, y, x, y), strict=True))
        cv2.rectangle(out, (left, top), (right - 1, bottom - 1), (255, 255, 255), thick + 2, cv2.LINE_AA)
        cv2.rectangle(out, (left, top), (right - 1, bottom - 1), colour, thick, cv2.LINE_AA)
    facts = {"Engine": "sketch", "Parts": ", ".join(parts) or "none", "Endpoint": context.endpoint}
    return pictures.write(out, context.tmp / "boxes.png", "png", facts)
