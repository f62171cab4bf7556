"""Image to video: given pictures are taken apart and move; between several of them one becomes the other."""

from __future__ import annotations

import secrets
import time
from typing import cast

import cv2

from gesso.engines.engine import Context, Result
from gesso.engines.sketch import pictures, safety
from gesso.engines.sketch.text_to_video import motion_strength
from gesso.engines.sketch.video import clips, film
from gesso.engines.sketch.video.studio import Studio
from gesso.shapes import Size, size_for_lines
from gesso.tasks import ImageToVideo, Media, Task

WIDEST = 4.0
"""Aspect beyond which a picture is cut."""


def make(task: Task, context: Context) -> Result:
    """An animatic through the given pictures and clips, of exactly the asked size, rate and number of frames.

    Raises InputError for pictures and clips that cannot be read or are too large, ContentRefused for unsafe frames.
    """
    order = cast("ImageToVideo", task)
    cv2.setNumThreads(1)
    size = _size(order)
    film.check_size(size, context)
    seed = order.seed if order.seed is not None else secrets.randbits(32)
    started = time.perf_counter()
    studio = Studio(order, size, context, seed, motion_strength(order.sampling.guidance))
    frames, last = studio.frames(), studio.clock.count - 1
    parts = (*studio.parts, *([safety.NAME] if order.safety.check else []))
    made = film.write(
        (lambda i: frames(last - i)) if order.reverse else frames,
        studio.clock.count,
        size,
        order.fps,
        context,
        texts=film.texts(context, parts, seed),
        wanted=order.safety,
    )
    return Result({"video": [made]}, film.values(order.prompt, seed, time.perf_counter() - started), parts)


def _size(order: ImageToVideo) -> Size:
    """The asked size, else that of the asked aspect, else of the first picture's aspect; sides are even."""
    if order.size is not None:
        return order.size
    if order.aspect is not None:
        return size_for_lines(order.aspect, order.lines)
    given = [order.start, order.end, *[condition.media for condition in order.conditions]]
    first = next((media for media in given if media is not None), None)
    width, height = (16, 9) if first is None else _measures(first)
    aspect = min(max(width / height, 1 / WIDEST), WIDEST)
    return size_for_lines(f"{aspect}:1", order.lines)


def _measures(media: Media) -> tuple[int, int]:
    if media.rule.kind == "video":
        facts = clips.probe(media)
        return facts.width, facts.height
    return pictures.size(media)
