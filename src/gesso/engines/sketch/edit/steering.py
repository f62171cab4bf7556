"""What an order's look and sampling fields do to an edited picture: style, adapters, detail, tones to avoid."""

from __future__ import annotations

import cv2
import numpy as np

from gesso.engines.sketch import sampling
from gesso.engines.sketch.edit.canvas import Canvas, Pixels
from gesso.engines.sketch.style import adapters, looks
from gesso.tasks import EditImage, Sampling

LEAST_CHANGE = 2
"""Levels from which a sample counts as changed."""


def heed(task_effect: float, asked: Sampling) -> float:
    """How strongly to make an edit: less the closer the given picture is to be followed, and less for a part of the
    run."""
    image = 2.0 if asked.image_guidance is None else asked.image_guidance
    start, end = asked.guidance_range
    close = float(np.interp(image, [0, 1, 2, 3, 6], [1.25, 1.12, 1.0, 0.80, 0.45]))
    return task_effect * close * (0.4 + 0.6 * float(np.clip(end - start, 0, 1)))


def steer(canvas: Canvas, task: EditImage, before: Pixels) -> None:
    """Put on the style and adapters that the order names, and refine what was changed. The rest stays to the bit."""
    canvas.pixels = _styled(canvas, task)
    edited = canvas.pixels
    rng = np.random.Generator(np.random.PCG64(int(canvas.rng.integers(2**31))))
    dressed = adapters.added(edited, task.look, rng, canvas.log, task.prompt)
    fine = sampling.avoided(_refined(dressed, task.sampling.steps), task.sampling.negative_prompt)
    whole = task.operation != "inpaint" and dressed is not edited
    canvas.pixels = fine if whole else _within(edited, fine, before)


def _styled(canvas: Canvas, task: EditImage) -> Pixels:
    """The picture in the order's style, as far as its strength says."""
    look = looks.choose(task.look.style, ())
    share = 1.0 if task.strength is None else float(np.clip(task.strength, 0, 1)) ** 0.5
    if not look or share == 0:
        return canvas.pixels
    rng = np.random.Generator(np.random.PCG64(int(canvas.rng.integers(2**31))))
    looked = looks.apply(look, canvas.pixels, rng, networks=task.sampling.acceleration != "high")
    canvas.ran(*looked.parts)
    canvas.log(f"Style: {look}, {share:.0%}.")
    return np.asarray(cv2.addWeighted(looked.pixels, share, canvas.pixels, 1 - share, 0), np.uint8)


def _refined(pixels: Pixels, steps: int | None) -> Pixels:
    """More or less detail than the usual number of steps brings; exactly the picture at that number."""
    by = sampling.detail(steps) - sampling.detail(None)
    if by == 0:
        return pixels
    soft = cv2.GaussianBlur(pixels, (0, 0), (1.1 if by > 0 else 2.0) * max(1.0, max(pixels.shape[:2]) / 1024))
    return np.asarray(cv2.addWeighted(pixels, 1 + by, soft, -by, 0), np.uint8)


def _within(edited: Pixels, fine: Pixels, before: Pixels) -> Pixels:
    """`fine` where the edit changed something; everywhere, where it changed the shape."""
    if fine is edited or before.shape != edited.shape:
        return fine
    touched = np.abs(edited.astype(np.int16) - before).max(axis=2) > LEAST_CHANGE
    return np.where(touched[..., None], fine, edited)
