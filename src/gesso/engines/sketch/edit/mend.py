"""Mending of a whole picture: scratches and dust taken out, old photographs freshened, haze lifted."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.edit import adjust, correct
from gesso.engines.sketch.edit.canvas import Canvas, Pixels, Plane, lifted, reduced, to_unit

LEVEL = 18
"""Difference in a sample from what is around it at which a thin line counts as a scratch."""

LONG, THIN = 0.05, 0.16
"""A scratch's least length as a share of the longer side; its most area over its length's square."""

SPECK = 46
"""Difference from which a dot counts as dust."""

MOST = 0.10
"""Share of a picture beyond which thin lines are its own texture."""

FEW = 0.006
"""The same where nobody spoke of scratches: a tripod's legs and whiskers are thin lines too."""

HAZE_SIDE = 480
"""Longer side at which haze is measured: it has no finer detail."""


def scratches(canvas: Canvas) -> bool:
    """Fill thin long lines and specks that differ from what is around them. Always possible; tells how much it was."""
    return _mended(canvas, MOST)


def _mended(canvas: Canvas, most: float) -> bool:
    mask = _scratched(canvas.pixels)
    share = float(mask.mean())
    if share > most:
        canvas.log(f"Thin lines cover {share:.1%} of the picture: too much for scratches, so they are left.")
        return False
    if share > 0:
        radius = max(2, round(max(canvas.pixels.shape[:2]) / 500))
        canvas.pixels = _filled(canvas.pixels, mask, radius)
    canvas.log(f"Scratches and dust: {share:.2%} of the picture filled from beside.")
    return share > 0


def _scratched(pixels: Pixels) -> npt.NDArray[np.bool_]:
    height, width = pixels.shape[:2]
    side = max(height, width)
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    size = max(5, round(side / 130)) | 1
    off = cv2.absdiff(grey, cv2.medianBlur(grey, size))
    count, labels, stats, _ = cv2.connectedComponentsWithStats((off > LEVEL).view(np.uint8))
    wide, high, area = (stats[:, i] for i in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    length = np.hypot(wide, high)
    long = (length > LONG * side) & (area < THIN * length * length) & (area / length < size)
    peak = np.zeros(count, np.uint8)
    marked = off > LEVEL
    np.maximum.at(peak, np.asarray(labels[marked], np.intp), off[marked])
    dust = (np.maximum(wide, high) <= size) & (peak > SPECK) & (area >= 4)
    wanted = long | dust
    wanted[0] = False
    found = np.asarray(wanted[labels], np.uint8)
    return np.asarray(cv2.dilate(found, np.ones((3, 3), np.uint8))) > 0


def _filled(pixels: Pixels, mask: npt.NDArray[np.bool_], radius: int) -> Pixels:
    """Each tile with a scratch filled alone: what is whole costs nothing."""
    out, tile, pad = pixels.copy(), 512, 4 * radius
    for top in range(0, len(mask), tile):
        for left in range(0, mask.shape[1], tile):
            if not mask[top : top + tile, left : left + tile].any():
                continue
            y, x = max(0, top - pad), max(0, left - pad)
            around = np.s_[y : top + tile + pad, x : left + tile + pad]
            done = cv2.inpaint(
                np.ascontiguousarray(pixels[around]), mask[around].astype(np.uint8), radius, cv2.INPAINT_TELEA
            )
            inner = done[top - y : top - y + tile, left - x : left - x + tile]
            out[top : top + tile, left : left + tile] = inner
    return out


def restore(canvas: Canvas) -> bool:
    """An old photograph: scratches and noise out, white balance and contrast brought back, a little sharper."""
    _mended(canvas, FEW)
    canvas.change(adjust.CONTROLS["denoise"](canvas, 1.0))
    correct.colours(canvas)
    canvas.change(adjust.CONTROLS["sharpness"](canvas, 0.6))
    canvas.log("Restored: noise, colour and sharpness. What is lost is not invented anew.")
    return True


def dehaze(canvas: Canvas) -> bool:
    """Lift haze: the darkest channel about each point tells how much of it lies before what is there."""
    small = to_unit(reduced(canvas.pixels, HAZE_SIDE))
    size = max(3, round(max(small.shape[:2]) / 30)) | 1
    dark = np.asarray(cv2.erode(small.min(axis=2), np.ones((size, size), np.uint8)), np.float32)
    air = small[dark >= np.quantile(dark, 0.995)].mean(axis=0).astype(np.float32)
    share = np.asarray(
        cv2.erode((small / np.maximum(air, 0.1)).min(axis=2), np.ones((size, size), np.uint8)), np.float32
    )
    soft = np.asarray(cv2.GaussianBlur(share, (0, 0), size), np.float32)
    through = np.clip(1 - np.float32(min(0.95, 0.85 * canvas.effect)) * soft, 0.18, 1).astype(np.float32)
    shape = canvas.pixels.shape

    def band(rows: Plane, top: int) -> Plane:
        clear = lifted(through, shape, top, top + len(rows))[..., None]
        return (rows - air) / clear + air

    canvas.change(band)
    canvas.log(f"Haze: {float(1 - through.mean()):.0%} of the light was taken for it, and lifted.")
    return True


WHOLE: Mapping[str, Callable[[Canvas], bool]] = {"scratches": scratches, "restore": restore, "dehaze": dehaze}
"""Mendings by their kind in `Adjust`."""
