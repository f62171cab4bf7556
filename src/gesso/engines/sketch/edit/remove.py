"""Taking a thing out of a picture and filling the gap."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.composition import sprites
from gesso.engines.sketch.edit import letters, shadows, writing
from gesso.engines.sketch.edit.canvas import Canvas, Plane
from gesso.engines.sketch.edit.fill import fill
from gesso.engines.sketch.edit.foreground import filled
from gesso.engines.sketch.edit.regions import View, enclosed, find
from gesso.engines.sketch.edit.steps import Remove, Target
from gesso.engines.sketch.perceive import masks
from gesso.engines.sketch.words import lexicon

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
    view = View(canvas.pixels)
    mask = region(canvas, step.target, view)
    if mask is None:
        return False
    take_out(canvas, mask, view, _others(view, step.target, mask))
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


def region(canvas: Canvas, target: Target, view: View | None = None) -> Plane | None:
    """The mask of a thing to take out, at the view's size; `view` is the canvas's where there is one already."""
    if target.everything or target.noun in SCENERY:
        return None
    view = view or View(canvas.pixels)
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
    mask = reflected(mask, view, target.noun)
    guessed = bool(target.noun) and found.by == GUESS
    return mask if 0 < mask.mean() < (MOST_GUESSED if guessed else MOST) else None


def reflected(mask: Plane, view: View, noun: str) -> Plane:
    """The mask with its reflection, for what swims."""
    return np.maximum(mask, _mirrored(mask, view)) if _floats(noun) else mask


def _floats(noun: str) -> bool:
    """Whether a noun is a boat or an animal of the water."""
    match = lexicon.lookup(noun) if noun else None
    return match is not None and bool(match.sprite) and sprites.info(match.sprite).stance == "water"


def _mirrored(mask: Plane, view: View) -> Plane:
    """Where still water below a thing shows it upside down: as far as it keeps the thing's colours there."""
    rows = np.flatnonzero((mask > 0.5).any(axis=1))
    foot, high = int(rows[-1]) + 1, min(int(len(rows) * 0.8), len(mask) - int(rows[-1]) - 1)
    out = np.zeros_like(mask)
    if high < 2:
        return out
    below = mask[foot - high : foot][::-1]
    seen, around = view.lab[foot : foot + high], (below < 0.5).astype(np.float32)
    weight = around.sum(axis=1)[:, None] + np.float32(1e-3)
    water = (seen * around[..., None]).sum(axis=1) / weight
    apart = np.linalg.norm(seen[..., 1:] - water[:, None, 1:], axis=2)
    wide = max(3, round(0.1 * mask.shape[1])) | 1
    near = cv2.dilate(below, np.ones((3, wide), np.uint8)) > 0.5
    shown = ((apart > REFLECTED) & near).astype(np.uint8)
    out[foot : foot + high] = cv2.morphologyEx(shown, cv2.MORPH_CLOSE, np.ones((wide, wide), np.uint8))
    return out


REFLECTED = 5.0
"""Chroma in Lab by which a reflection differs from the water of its row."""


def _others(view: View, target: Target, mask: Plane) -> Plane | None:
    """All others of the kind: the gap is not filled from these."""
    found = masks.named(view.picture, target.noun, several=True) if target.noun else None
    if found is None:
        return None
    grown = cv2.dilate((mask > 0.3).astype(np.float32), np.ones((9, 9), np.uint8))
    others = view.fitted(found.mask) * (grown < 0.5)
    return np.asarray(others, np.float32) if (others > 0.5).any() else None


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


FOOT = 0.08
"""Share of a thing's height by which its gap goes on below it: feet, wheels and the darkest of its shadow are there."""


def _footed(inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    rows = np.flatnonzero(inside.any(axis=1))
    down = round(FOOT * len(rows))
    below = np.zeros((2 * down + 1, 1), np.uint8)
    below[: down + 1] = 1
    return np.asarray(cv2.dilate(inside.astype(np.uint8), below), np.uint8)


def take_out(canvas: Canvas, mask: Plane, view: View, others: Plane | None = None) -> npt.NDArray[np.bool_]:
    """Fill what a mask and its shadow cover in the canvas, whose `view` this is, not from `others`; gives the hole."""
    mask = np.maximum(mask, shadows.cast(mask, view.lab))
    grow = max(3, round(max(mask.shape) / 64)) | 1
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (grow, grow))
    grown = np.asarray(cv2.dilate(_footed(mask > 0.4).astype(np.float32), ellipse), np.float32)
    size = canvas.width, canvas.height
    hole = np.asarray(cv2.resize(grown, size, interpolation=cv2.INTER_LINEAR), np.float32) > 0.5
    avoid = None if others is None else np.asarray(cv2.resize(others, size), np.float32) > 0.5
    canvas.pixels = fill(canvas.pixels, hole, canvas.rng, canvas.effort, avoid)
    if canvas.alpha is not None:
        canvas.alpha = np.where(hole, 255, canvas.alpha).astype(np.uint8)
    return hole
