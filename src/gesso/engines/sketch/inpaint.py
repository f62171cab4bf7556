"""Inpaint: an edit whose region is given as a mask and whose material is a reference picture."""

from __future__ import annotations

from typing import cast

from gesso.engines.engine import Context, Result
from gesso.engines.sketch import edit_image
from gesso.tasks import EditImage, Inpaint, Task


def make(task: Task, context: Context) -> Result:
    """Fill the masked part of `task.image` `task.num_images` times; the i-th with `seed + i`."""
    order = cast("Inpaint", task)
    reference = () if order.reference is None else (order.reference,)
    edit = EditImage(
        prompt=order.prompt,
        seed=order.seed,
        num_images=order.num_images,
        format=order.format,
        sampling=order.sampling,
        look=order.look,
        safety=order.safety,
        expand_prompt=order.expand_prompt,
        images=(order.image, order.mask, *reference),
        strength=order.strength,
        operation="inpaint",
    )
    return edit_image.make(edit, context)
