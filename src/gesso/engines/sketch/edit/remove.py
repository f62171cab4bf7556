"""Taking a thing out of a picture and filling the gap."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.edit import letters, writing
from gesso.engines.sketch.edit.canvas import Canvas, Plane
from gesso.engines.sketch.edit.fill import fill
from gesso.engines.sketch.edit.foreground import filled
from gesso.engines.sketch.edit.regions import View, enclosed, find
from gesso.engines.sketch.edit.steps import Remove, Target

MOST = 0.6
"""Share of a picture beyond which nothing would be left to fill from."""

MOST_GUESSED = 0.3
"""The same for a thing that was named but not recognised: what stands out may be another, and what is gone is gone."""

GUESS = "what stands in front"
"""How a region says that no word led to it."""

SIDES: Mapping[str, tuple[float, float, float]] = {
    "left": (-1, 0, -1), "right": (1, 0, 1), "top": (0, -1, -1), "bottom": (0, 1, 1),
}  # fmt: skip
"""By side: twice a middle's (x, y), as shares, times these two is more than the third on that side."""

SCENERY = frozenset(["sky", "background", "backdrop", "ground", "floor", "grass", "sea", "water", "everything"])
"""What is no thing that can be taken out."""


def apply(canvas: Canvas, step: Remove) -> bool:
    """Remove. False where the thing was not found or is all there is."""
    if step.target.noun in writing.NOUNS:
        return _unwritten(canvas, step.target)
    mask = region(canvas, step.target)
    if mask is None:
        return False
    take_out(canvas, mask)
    canvas.log(f"Removed {step.target.phrase or 'the main thing'}: {mask.mean():.1%} of the picture filled in.")
    return True


def _unwritten(canvas: Canvas, target: Target) -> bool:
    """Wipe lines of letters off what they stand on."""
    view = letters.view(canvas.pixels)
    height, width = view.shape[:2]
    x, y, side = SIDES.get(target.where, (0.0, 0.0, -1.0))
    found = [
        line
        for line in letters.lines(view)
        if x * ((line.box[0] + line.box[2]) / width) + y * ((line.box[1] + line.box[3]) / height) > side
    ]
    if not found:
        return False
    letters.wipe(canvas, found, canvas.width / width)
    canvas.log(f"Removed {target.phrase}: {len(found)} lines of letters.")
    return True


def region(canvas: Canvas, target: Target) -> Plane | None:
    """The mask of a thing to take out, at the view's size."""
    if target.everything or target.noun in SCENERY:
        return None
    view = View(canvas.pixels)
    if target.noun in writing.NOUNS:
        return letters.boxes(letters.view(canvas.pixels))
    if "background" in target.phrase:
        # Further things behind the main one: nothing here tells them from the rest of the background.
        return None
    found = find(target, view)
    canvas.ran(*view.parts)
    if found is None:
        return None
    mask = solid(enclosed(found, view) if found.by == "its colour" else found.mask)
    guessed = bool(target.noun) and found.by == GUESS
    return mask if 0 < mask.mean() < (MOST_GUESSED if guessed else MOST) else None


def solid(mask: Plane) -> Plane:
    """The mask with its bays closed: between arms and body nothing is worth keeping."""
    rows, columns = np.nonzero(mask > 0.5)
    if len(rows) == 0:
        return mask
    size = max(3, round(0.10 * max(np.ptp(rows), np.ptp(columns)))) | 1
    pad = size + 1
    framed = np.pad((mask > 0.5).astype(np.uint8), pad)
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    closed = cv2.morphologyEx(framed, cv2.MORPH_CLOSE, ellipse)[pad:-pad, pad:-pad]
    return filled(closed > 0, 0.1).astype(np.float32)


def take_out(canvas: Canvas, mask: Plane) -> npt.NDArray[np.bool_]:
    """Fill what a mask covers; gives the hole at full size."""
    grow = max(3, round(max(mask.shape) / 64)) | 1
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (grow, grow))
    grown = np.asarray(cv2.dilate((mask > 0.4).astype(np.float32), ellipse), np.float32)
    size = canvas.width, canvas.height
    hole = np.asarray(cv2.resize(grown, size, interpolation=cv2.INTER_LINEAR), np.float32) > 0.5
    canvas.pixels = fill(canvas.pixels, hole, canvas.rng, canvas.effort)
    if canvas.alpha is not None:
        canvas.alpha = np.where(hole, 255, canvas.alpha).astype(np.uint8)
    return hole
