"""Upscale video: every frame at a multiple of its size, by a learned network as far as a stated budget goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import cv2

from gesso.engines.engine import Context, Result
from gesso.engines.sketch import upscale
from gesso.engines.sketch.audio import sounds
from gesso.engines.sketch.remake import carry, enlarge, files
from gesso.engines.sketch.remake.enlarge import Classical, Learned
from gesso.engines.sketch.remake.motion import Pixels
from gesso.engines.sketch.remake.timing import nearest
from gesso.engines.sketch.video import clips
from gesso.engines.sketch.video.clips import Facts
from gesso.engines.sketch.video.relay import ahead
from gesso.errors import InputError
from gesso.tasks import Task, UpscaleVideo

LARGEST_LEARNED = 4096 * 2304
"""Pixels of a result up to which detail is carried along: beyond, its planes would fill the memory."""


def make(task: Task, context: Context) -> Result:
    """Enlarge the video; rate, length and sound stay.

    Raises InputError for what is no video, and for a scale that would make frames too large.
    """
    order = cast("UpscaleVideo", task)
    cv2.setNumThreads(1)
    facts = clips.probe(order.video)
    size = sized(order, facts, context.options.max_pixels)
    way, spacing = _way(order, facts, size)
    parts = (way.part,) if isinstance(way, Learned) else ()
    context.log(_told(way, spacing, facts, size))
    sound = sounds.read(order.video) if facts.sound else None
    texts = files.texts(context, parts)
    with (
        upscale.warm(),
        clips.Writer(context.tmp / "upscaled.mp4", size, facts.fps, texts=texts, sound=sound) as writer,
    ):
        for number, pixels in enumerate(_frames(order, facts, way, spacing)):
            writer.add(pixels)
            context.progress(min(1.0, number / max(1, facts.frames)), "enlarging")
    context.progress(1.0, "enlarged")
    return Result({"video": [files.made(writer)]}, {}, parts)


def sized(order: UpscaleVideo, facts: Facts, most: int) -> tuple[int, int]:
    """The result's size: each side times the scale, to the nearest pixel."""
    size = nearest(facts.width * order.scale), nearest(facts.height * order.scale)
    if size[0] * size[1] > most or max(size) > clips.MAX_SIDE:
        side = min(clips.MAX_SIDE, int(most**0.5))
        msg = f"{size[0]}x{size[1]} is larger than the {most} pixels or {clips.MAX_SIDE} a side that are made here."
        raise InputError("scale", "image_too_large", msg, {"max_height": side, "max_width": side}, order.scale)
    return size


def _way(order: UpscaleVideo, facts: Facts, size: tuple[int, int]) -> tuple[Classical | Learned, int]:
    """How the frames are enlarged, and how far apart the learned ones are."""
    if size == (facts.width, facts.height) or not upscale.available() or size[0] * size[1] > LARGEST_LEARNED:
        return Classical(size), 0
    model = enlarge.model_for(next(clips.frames(order.video, stop=1)))
    spacing = enlarge.spacing(facts.frames, facts.width * facts.height, model)
    if spacing is None:
        return Classical(size), 0
    return Learned(size, enlarge.factor_for(order.scale), model), spacing


def _frames(order: UpscaleVideo, facts: Facts, way: Classical | Learned, spacing: int) -> Iterator[Pixels]:
    frames = clips.frames(order.video, fps=facts.fps)
    if isinstance(way, Classical):
        return (way(pixels) for pixels in frames)
    if spacing == 1:
        # Every frame is a key: there is none between that would need to know how the picture moves.
        return ahead(carry.each(frames, way), 1)
    return carry.remade(frames, spacing, way)


def _told(way: Classical | Learned, spacing: int, facts: Facts, size: tuple[int, int]) -> str:
    # H.264 has even sides: an odd one gets its last row or column twice.
    to = f"{facts.width}x{facts.height} to {size[0] + size[0] % 2}x{size[1] + size[1] % 2}"
    if isinstance(way, Classical):
        why = "the size stays" if size == (facts.width, facts.height) else "too long or large for the network's budget"
        return f"{to}, bicubic with back-projection on every frame ({why})."
    if spacing == 1:
        return f"{to}, {way.part} on every frame."
    return (
        f"{to}, {way.part} on every {spacing}th frame; the frames between are bicubic with back-projection and take "
        f"over its detail along the motion. Budget: {enlarge.BUDGET:g} s of one core."
    )
