"""A thing of the picture made larger or smaller, or moved: cut out, its gap filled, laid down anew."""

from __future__ import annotations

import numpy as np

from gesso.engines.sketch.composition.items import Item
from gesso.engines.sketch.edit import add, remove
from gesso.engines.sketch.edit.canvas import Canvas, Plane
from gesso.engines.sketch.edit.regions import find
from gesso.engines.sketch.edit.steps import Move
from gesso.engines.sketch.edit.view import View
from gesso.engines.sketch.edit.writing import box_of
from gesso.engines.sketch.words.description import Subject

MOST = 0.5
"""Share of the picture beyond which a thing is not moved: there would be nothing to fill its gap from."""

AT = {"left": (0.25, None), "right": (0.75, None), "centre": (0.5, None), "top": (None, 0.3), "bottom": (None, 0.78)}
"""By place: the x and y of the thing's middle, as shares; None stays."""


def apply(canvas: Canvas, step: Move) -> bool:
    """Move or scale. False where the thing was not found or is all there is."""
    view = View(canvas.pixels)
    region = None if step.target.everything else find(step.target, view)
    canvas.ran(*view.parts)
    if region is None or not 0 < float((region.mask > 0.5).mean()) < MOST:
        return False
    mask = remove.solid(np.asarray(region.mask, np.float32))
    layer = add.cut_out(canvas.pixels, mask)
    remove.take_out(canvas, remove.reflected(mask, view, step.target.noun), view)
    item = _placed(canvas, mask, step)
    light = add.light_of(view)
    add.lay(canvas, layer, item, light, light, shaded=False)
    done = f"moved to the {step.where}" if step.where else f"scaled by {step.scale:.2f}"
    canvas.log(f"{(step.target.phrase or 'the main thing').capitalize()}: {done}; found by {region.by}.")
    return True


def _placed(canvas: Canvas, mask: Plane, step: Move) -> Item:
    """Where it comes to lie: scaled on its foot, moved by its middle, whole inside the picture where it fits."""
    left, top, right, bottom = box_of(mask, canvas.width, canvas.height)
    high, wide = (bottom - top) / canvas.height, (right - left) / canvas.height
    item = Item(Subject("picture"), 0, "ground", wide * step.scale, high * step.scale)
    item.x, item.base = (left + right) / 2 / canvas.width, bottom / canvas.height
    x, y = AT.get(step.where, (None, None))
    if x is not None:
        half = (right - left) / 2 / canvas.width
        item.x = float(np.clip(x, min(half, 0.5), max(1 - half, 0.5)))
    if y is not None:
        item.base = float(np.clip(y + high / 2, high, 1.0))
    return item
