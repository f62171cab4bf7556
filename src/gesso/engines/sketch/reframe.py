"""Reframe: the video on a canvas of another aspect, where the order puts it; what is new is painted."""

from __future__ import annotations

import secrets
from typing import cast

import cv2
import numpy as np

from gesso.engines.engine import Context, Result
from gesso.engines.sketch import pictures
from gesso.engines.sketch.audio import sounds
from gesso.engines.sketch.edit.backdrops import scene
from gesso.engines.sketch.remake import files, surround
from gesso.engines.sketch.remake.fitting import covering, on_white
from gesso.engines.sketch.remake.motion import Pixels
from gesso.engines.sketch.remake.plates import Drawn
from gesso.engines.sketch.remake.surround import Canvas
from gesso.engines.sketch.video import clips
from gesso.errors import InputError
from gesso.shapes import size_for_lines
from gesso.tasks import Reframe, Task

MOST_LINES = 1080
"""Shorter side of the largest canvas; a larger video is brought down to it."""


def make(task: Task, context: Context) -> Result:
    """Reframe the video. Its shorter side stays as long as it is, up to 1080 pixels; rate, length and sound stay.

    Raises InputError for what is no video or picture, and for geometry that leaves nothing of the video in sight.
    """
    order = cast("Reframe", task)
    cv2.setNumThreads(1)
    facts = clips.probe(order.video)
    size = facts.width, facts.height
    canvas = placed(order, size)
    seed = order.seed if order.seed is not None else secrets.randbits(32)
    rng = np.random.Generator(np.random.PCG64(seed))
    sound = sounds.read(order.video) if facts.sound else None
    first = _first(order, canvas)
    parts: list[str] = []
    context.log(_told(canvas, order))
    made = surround.frames(
        lambda: clips.frames(order.video, fps=facts.fps),
        size,
        canvas,
        rng,
        given=first,
        drawn=_drawn(order.prompt, seed, parts),
    )
    made = files.begun(made)
    texts = files.texts(context, parts, seed)
    with clips.Writer(context.tmp / "reframed.mp4", canvas.size, facts.fps, texts=texts, sound=sound) as writer:
        for number, pixels in enumerate(made):
            writer.add(pixels)
            context.progress(min(1.0, number / max(1, facts.frames)), "reframing")
    context.progress(1.0, "reframed")
    return Result({"video": [files.made(writer)]}, {"seed": seed}, tuple(parts))


def placed(order: Reframe, size: tuple[int, int]) -> Canvas:
    """The canvas and where the video lies on it.

    A start and an end give that side's length to the pixel; one side alone gives the other by the video's own aspect;
    none fits the video in whole. A grid position or a start moves it; what is not told is centred.
    """
    width, height = size
    lines = min(MOST_LINES, max(16, min(size)))
    target = size_for_lines(order.aspect, lines - lines % 2)
    spans = [_span(order.x, "x"), _span(order.y, "y")]
    fit = min(target.width / width, target.height / height)
    if spans[0] is not None and spans[1] is None:
        fit = spans[0] / width
    elif spans[1] is not None and spans[0] is None:
        fit = spans[1] / height
    box: list[tuple[int, int]] = []
    for axis, (whole, side) in enumerate(((target.width, width), (target.height, height))):
        length = spans[axis] or max(1, round(side * fit))
        box.append(_along((order.x, order.y)[axis], order.grid[axis], length, whole))
    (left, right), (top, bottom) = box
    if min(right, target.width) - max(left, 0) < 2 or min(bottom, target.height) - max(top, 0) < 2:
        msg = f"Nothing of the video lies on the canvas of {target.width}x{target.height} pixels."
        raise InputError(_guilty(order, left, right, target.width), "value_error", msg)
    return Canvas((target.width, target.height), (left, top, right, bottom))


def _span(given: tuple[int | None, int | None], name: str) -> int | None:
    start, end = given
    if start is None or end is None:
        return None
    if end <= start:
        msg = f"{name}_end must be greater than {name}_start."
        raise InputError(f"{name}_end", "greater_than", msg, {"gt": start}, end)
    return end - start


def _along(given: tuple[int | None, int | None], grid: int | None, length: int, whole: int) -> tuple[int, int]:
    start, end = given
    if start is not None:
        return start, start + length
    if end is not None:
        return end - length, end
    begin = grid if grid is not None else (whole - length) // 2
    return begin, begin + length


def _guilty(order: Reframe, left: int, right: int, width: int) -> str:
    """The field that puts the video out of sight."""
    axis = 0 if min(right, width) - max(left, 0) < 2 else 1
    name = "xy"[axis]
    span = (order.x, order.y)[axis]
    if span[0] is not None:
        return f"{name}_start"
    return f"{name}_end" if span[1] is not None else f"grid_position_{name}"


def _first(order: Reframe, canvas: Canvas) -> Pixels | None:
    if order.first_frame is None:
        return None
    return covering(on_white(pictures.read(order.first_frame)), canvas.size)


def _drawn(prompt: str, seed: int, parts: list[str]) -> Drawn | None:
    if not prompt.strip():
        return None

    def draw(width: int, height: int) -> Pixels:
        pixels, ran = scene(prompt, width, height, seed)
        parts.extend(part for part in ran if part not in parts)
        return pixels

    return draw


def _told(canvas: Canvas, order: Reframe) -> str:
    left, top, right, bottom = canvas.box
    where = f"the video lies at {left},{top} to {right},{bottom} on {canvas.size[0]}x{canvas.size[1]}"
    if canvas.covered:
        return f"Reframed to {order.aspect}: {where}; it covers all of it, so nothing was painted."
    return f"Reframed to {order.aspect}: {where}; the rest is what other frames show there, else painted."
