"""Words set into a picture."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from gesso.engines.sketch.composition import fonts, lettering
from gesso.engines.sketch.edit.canvas import Canvas, Plane, luma, to_unit
from gesso.engines.sketch.edit.foreground import saliency
from gesso.engines.sketch.edit.steps import Letter
from gesso.tasks import RGB

NOUNS = frozenset(
    [
        "text",
        "word",
        "words",
        "caption",
        "watermark",
        "lettering",
        "writing",
        "letter",
        "letters",
        "title",
        "logo",
        "slogan",
    ]
)
Box = tuple[int, int, int, int]


def apply(canvas: Canvas, step: Letter) -> bool:
    """Set words. False where no face has a glyph of them."""
    across, down = round(canvas.width * 0.86), round(canvas.height * 0.15)
    if step.where in ("left", "right"):
        across = round(canvas.width * 0.46)
    mask = lettering.typeset(step.text, cast("fonts.Kind", step.face), across, down)
    if mask is None:
        return False
    left, top = _corner(canvas, mask.shape, step.where)
    put(canvas, mask, left, top, step.colour)
    canvas.log(f'Set "{step.text}" at {left},{top} ({mask.shape[1]}x{mask.shape[0]} pixels).')
    return True


def into(canvas: Canvas, text: str, box: Box, colour: RGB, face: str = "bold") -> bool:
    """Set words into a box (left, top, right, bottom), in a colour that is read on what lies there."""
    left, top, right, bottom = box
    mask = lettering.typeset(text, cast("fonts.Kind", face), max(2, right - left), max(2, bottom - top))
    if mask is None:
        return False
    x, y = (left + right - mask.shape[1]) // 2, (top + bottom - mask.shape[0]) // 2
    put(canvas, mask, max(0, x), max(0, y), colour, halo=0.0)
    return True


def _corner(canvas: Canvas, shape: tuple[int, ...], where: str) -> tuple[int, int]:
    down, across = shape
    edge = round(0.05 * min(canvas.width, canvas.height))
    x = {"left": edge, "right": canvas.width - edge - across}.get(where, (canvas.width - across) // 2)
    low, high = canvas.height - edge - down, edge
    middle = (canvas.height - down) // 2
    if where in ("left", "right", "centre"):
        return max(0, x), max(0, middle)
    if where in ("top", "bottom"):
        return max(0, x), max(0, high if where == "top" else low)
    busy = saliency(canvas.view(192))
    rows = max(1, round(len(busy) * (down + 2 * edge) / canvas.height))
    return max(0, x), max(0, high if busy[:rows].mean() <= busy[-rows:].mean() * 1.15 else low)


def put(canvas: Canvas, mask: Plane, left: int, top: int, colour: RGB | None, halo: float = 0.5) -> None:
    """Letters over the picture, with a faint halo so that they are read on any ground. Nothing else changes."""
    rows, columns = min(mask.shape[0], canvas.height - top), min(mask.shape[1], canvas.width - left)
    if rows < 1 or columns < 1:
        return
    ground = to_unit(canvas.pixels[top : top + rows, left : left + columns])
    level = float(luma(ground).mean())
    ink = np.array(colour, np.float32) / 255 if colour else np.full(3, 1.0 if level < 0.62 else 0.07, np.float32)
    size = max(2, round(mask.shape[0] * 0.10))
    y0, x0 = max(0, top - 2 * size), max(0, left - 2 * size)
    y1, x1 = min(canvas.height, top + rows + 2 * size), min(canvas.width, left + columns + 2 * size)
    letters = np.zeros((y1 - y0, x1 - x0), np.float32)
    letters[top - y0 : top - y0 + rows, left - x0 : left - x0 + columns] = mask[:rows, :columns]
    part = to_unit(canvas.pixels[y0:y1, x0:x1])
    glow = np.clip(cv2.GaussianBlur(letters, (0, 0), size * 0.55) * 1.5, 0, 1) * np.float32(halo)
    glow[glow < 0.012] = 0
    shade = np.float32(0.0 if float(luma(ink[None])[0]) > 0.45 else 1.0)
    done = part + (shade - part) * glow[..., None]
    done = done + (ink - done) * letters[..., None]
    touched = (glow > 0) | (letters > 0)
    canvas.pixels = canvas.pixels.copy()
    canvas.pixels[y0:y1, x0:x1][touched] = np.rint(np.clip(done, 0, 1) * 255).astype(np.uint8)[touched]
    if canvas.alpha is not None:
        canvas.alpha = canvas.alpha.copy()
        canvas.alpha[y0:y1, x0:x1][letters > 0.5] = 255


def box_of(mask: Plane, width: int, height: int) -> Box:
    """The box of a mask in a picture of this size."""
    rows, columns = np.nonzero(mask > 0.5)
    sx, sy = width / mask.shape[1], height / mask.shape[0]
    return int(columns.min() * sx), int(rows.min() * sy), int((columns.max() + 1) * sx), int((rows.max() + 1) * sy)
