"""Edit image: read the pictures, carry the order out on the first, fit it to its size, check it, write files."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, cast

import cv2
import numpy as np

from gesso.engines.engine import Context, Made, Result
from gesso.engines.sketch import pictures, safety
from gesso.engines.sketch.edit import geometry, operations, steering
from gesso.engines.sketch.edit.canvas import Canvas, Pixels, reduced
from gesso.engines.sketch.style import vector
from gesso.errors import InputError
from gesso.shapes import Size
from gesso.tasks import EditImage, Task

MATERIAL_SIDE = 2048
"""Longer side to which further input pictures are reduced: they are material, not results."""

PREVIEW_SIDE = 1024
SAFETY_SIDE = 512
LEAST_EFFECT, MOST_EFFECT = 0.35, 1.30
"""What a guidance of 0 and an endless one come to."""

MIDDLE_GUIDANCE = 1.62
"""Guidance at which the effect is half way: endpoints' defaults of 2.5 to 3.5 then come to about 1."""


def make(task: Task, context: Context) -> Result:
    """Edit the first of `task.images` `task.num_images` times; the i-th with `seed + i`.

    Raises InputError for pictures that cannot be read and for sizes beyond `options.max_pixels`.
    """
    order = cast("EditImage", task)
    cv2.setNumThreads(1)
    seed = order.seed if order.seed is not None else secrets.randbits(32)
    first, *others = [pictures.read(media) for media in order.images]
    size = _size(order, first, context)
    materials = tuple(np.ascontiguousarray(reduced(_rgb(other), MATERIAL_SIDE)) for other in others)
    for line in _unused(order):
        context.log(line)
    started = time.perf_counter()
    made: list[Made] = []
    unsafe: list[bool] = []
    parts: list[str] = []
    for i in range(order.num_images):
        number = (seed + i) % 2**63
        context.progress(i / order.num_images, "editing")
        canvas = _canvas(order, context, first, materials, number, quiet=i > 0)
        _edit(canvas, order, context, size, number, i)
        if order.snap:  # a cut or wider picture has another nearest size
            size = geometry.wanted(order, canvas.width, canvas.height, context.options.max_pixels)
        pixels = _finished(canvas, size)
        unsafe.append(safety.flagged(reduced(_rgb(pixels), SAFETY_SIDE), order.safety, context, canvas.parts))
        parts += [part for part in canvas.parts if part not in parts]
        made.append(_written(order, pixels, context, number, i, tuple(canvas.parts)))
    context.progress(1.0, "edited")
    values: dict[str, Any] = {
        "seed": seed,
        "timings": {"inference": round(time.perf_counter() - started, 4)},
        "has_nsfw_concepts": unsafe,
        "prompt": order.prompt,
    }
    return Result({"images": made}, values, tuple(parts))


def effect(guidance: float | None) -> float:
    """How strongly to make an edit, growing with the guidance from 0.35 to 1.3; 1 where none is given."""
    if guidance is None or not np.isfinite(guidance):
        return 1.0 if guidance is None or np.isnan(guidance) else MOST_EFFECT if guidance > 0 else LEAST_EFFECT
    up = max(0.0, guidance)
    return LEAST_EFFECT + (MOST_EFFECT - LEAST_EFFECT) * up / (up + MIDDLE_GUIDANCE * 0.75)


def _rgb(pixels: Pixels) -> Pixels:
    """A picture without its transparency: over white."""
    if pixels.shape[2] == 3:
        return pixels
    alpha = pixels[..., 3:].astype(np.uint16)
    return ((pixels[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)


def _canvas(
    task: EditImage, context: Context, first: Pixels, materials: tuple[Pixels, ...], seed: int, *, quiet: bool
) -> Canvas:
    log: Callable[[str], None] = (lambda _message: None) if quiet else context.log
    return Canvas(
        pixels=np.ascontiguousarray(first[..., :3]),
        rng=np.random.Generator(np.random.PCG64(seed)),
        alpha=np.ascontiguousarray(first[..., 3]) if first.shape[2] == 4 else None,
        effect=steering.heed(effect(task.sampling.guidance), task.sampling),
        effort=task.sampling.steps or 30,
        materials=materials,
        format=task.format,
        log=log,
    )


def _edit(canvas: Canvas, task: EditImage, context: Context, size: Size | None, seed: int, number: int) -> None:
    show = _shower(canvas, task, context, size, seed, number)
    if show is not None:
        show("start", softened=True)

    def done(step: int, of: int) -> None:
        context.progress((number + 0.9 * step / of) / task.num_images, "editing")
        if show is not None:
            show(f"step {step}")

    before = canvas.pixels
    operations.carry_out(canvas, task, done)
    steering.steer(canvas, task, before)


def _finished(canvas: Canvas, size: Size | None) -> Pixels:
    pixels = canvas.pixels
    if canvas.alpha is not None and canvas.alpha.shape == pixels.shape[:2]:
        pixels = np.dstack([pixels, canvas.alpha])
    return pixels if size is None else geometry.fitted(pixels, size)


def _size(task: EditImage, first: Pixels, context: Context) -> Size | None:
    size = geometry.wanted(task, first.shape[1], first.shape[0], context.options.max_pixels)
    if size is not None and size.area > context.options.max_pixels:
        side = int(context.options.max_pixels**0.5)
        msg = f"{size.width}x{size.height} is larger than the {context.options.max_pixels} pixels allowed here."
        raise InputError("image_size", "image_too_large", msg, {"max_height": side, "max_width": side})
    return size


def _unused(task: EditImage) -> list[str]:
    """What the input asks for that drawing cannot follow, said plainly."""
    lines: list[str] = []
    if task.expand_prompt:
        lines.append("The instruction is read as it is; the sketch engine expands nothing.")
    return lines


def _written(task: EditImage, pixels: Pixels, context: Context, seed: int, number: int, parts: tuple[str, ...]) -> Made:
    facts: Mapping[str, str] = {
        "Software": "Gesso",
        "Engine": "sketch",
        "Parts": ", ".join(parts) or "none",
        "Endpoint": context.endpoint,
        "Seed": str(seed),
    }
    path = context.tmp / f"image-{number}.{task.format}"
    if task.format == "svg":
        size = Size(pixels.shape[1], pixels.shape[0])
        return vector.write(_rgb(pixels), path, size, task.look, facts, seed)
    return pictures.write(pixels, path, task.format, facts)


def _shower(
    canvas: Canvas, task: EditImage, context: Context, size: Size | None, seed: int, number: int
) -> Callable[..., None] | None:
    """Sends the picture as far as it is, at most a megapixel, to whoever watches."""
    if not context.options.streaming:
        return None

    def show(name: str, *, softened: bool = False) -> None:
        pixels = reduced(_finished(canvas, size), PREVIEW_SIDE)
        if softened:
            _send(cv2.GaussianBlur(pixels, (0, 0), max(pixels.shape[:2]) / 60), "layout")
        _send(np.ascontiguousarray(pixels), name.replace(" ", "-"))

    def _send(pixels: Any, name: str) -> None:
        facts = {"Software": "Gesso", "Engine": "sketch", "Stage": name}
        made = pictures.write(pixels, context.tmp / f"preview-{number}-{name}.jpeg", "jpeg", facts)
        context.preview(made, {"seed": seed, "timings": {}, "has_nsfw_concepts": [False], "prompt": task.prompt})

    return show
