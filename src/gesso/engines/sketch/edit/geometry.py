"""Shape: flips, turns, crops and zooms that an instruction asks for, and the size that the result must have."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from gesso.engines.sketch import upscale
from gesso.engines.sketch.edit.canvas import Canvas, Pixels, Plane, smooth
from gesso.engines.sketch.edit.fill import fill
from gesso.engines.sketch.edit.regions import View, find
from gesso.engines.sketch.edit.steps import Reshape
from gesso.shapes import Size, size_for_aspect
from gesso.tasks import EditImage

USUAL: Sequence[tuple[int, int]] = (
    (672, 1568), (688, 1504), (720, 1456), (752, 1392), (800, 1328), (832, 1248), (880, 1184), (944, 1104),
    (1024, 1024),
    (1104, 944), (1184, 880), (1248, 832), (1328, 800), (1392, 752), (1456, 720), (1504, 688), (1568, 672),
)  # fmt: skip
"""Sizes of about a megapixel, width and height."""

LARGEST_CUT = 1.35
"""Change of aspect up to which a picture is cut to its new shape; beyond, it is extended too."""

MOST_NEW = 0.62
"""Share of a picture beyond which new parts are drawn out of the edge instead of filled by patches."""

LONGEST, MOST_AREA = 16384, 1 << 26
"""Side and pixels that a picture may grow to."""

EDGE = 0.10
"""Share of a side that an extension is drawn out of."""


def wanted(task: EditImage, width: int, height: int, most: int) -> Size | None:
    """The size the task asks for, for a picture of this size; None where it keeps what the edits leave.

    A size that nobody stated, but only its aspect, has at most `most` pixels.
    """
    if task.size is not None:
        return task.size
    if task.snap:
        aspect = width / height
        return Size(*min(USUAL, key=lambda size: abs(np.log(size[0] / size[1] / aspect))))
    if task.aspect is not None:
        area = max(1024, min(width * height, most))
        multiple = 16 if area > 1 << 16 else 1
        size = size_for_aspect(task.aspect, area, multiple)
        if size.area > most:  # rounded up
            size = size_for_aspect(task.aspect, area - multiple * (size.width + size.height), multiple)
        return size
    return None


def apply(canvas: Canvas, step: Reshape) -> bool:
    """Flip, turn, cut or zoom. False where what to cut around was not found."""
    both = [canvas.pixels] if canvas.alpha is None else [canvas.pixels, canvas.alpha]
    if step.kind in ("mirror", "flip"):
        both = [np.ascontiguousarray(np.flip(plane, 1 if step.kind == "mirror" else 0)) for plane in both]
    elif step.kind == "rotate":
        both = [_turned(plane, step.amount) for plane in both]
    elif step.kind == "upscale":
        if canvas.width * canvas.height * LEAST_GAIN**2 > MOST_ENLARGED:
            canvas.log(f"{canvas.width}x{canvas.height} is as large as an instruction enlarges pictures.")
            return True
        both = [_enlarged(canvas, plane, step.amount) for plane in both]
    elif step.kind in ("extend", "widen", "out"):
        both = [_grown(plane, step, canvas.rng) for plane in both]
    else:
        box = _box(canvas, step)
        if box is None:
            return False
        left, top, right, bottom = box
        both = [np.ascontiguousarray(plane[top:bottom, left:right]) for plane in both]
        if step.kind == "zoom":
            size = canvas.width, canvas.height
            both = [np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_CUBIC), np.uint8) for plane in both]
    canvas.pixels, canvas.alpha = both[0], both[1] if len(both) > 1 else None
    canvas.log(f"Reshaped: {step.kind}{f' {step.amount:g}' if step.amount else ''}.")
    return True


def _enlarged(canvas: Canvas, plane: Pixels, by: float) -> Pixels:
    """A larger picture: a small one by the network that invents edges, others by cubic splines and sharpened."""
    height, width = plane.shape[:2]
    by = min(by, (MOST_ENLARGED / (height * width)) ** 0.5)
    size = Size(max(1, round(width * by)), max(1, round(height * by)))
    if plane.ndim == 3 and height * width <= NETWORK_AREA:
        factor = 4 if by > 2 else 2
        canvas.ran(upscale.name(factor))
        return _resized(upscale.upscale(plane, factor), size)
    large = np.asarray(cv2.resize(plane, (size.width, size.height), interpolation=cv2.INTER_CUBIC), np.uint8)
    if plane.ndim == 2:
        return large
    soft = cv2.GaussianBlur(large, (0, 0), 0.6 * by)
    return np.asarray(cv2.addWeighted(large, 1.5, soft, -0.5, 0), np.uint8)


MOST_ENLARGED, LEAST_GAIN, NETWORK_AREA = 16_000_000, 1.1, 300_000
"""Pixels that an instruction enlarges to; the least factor worth it; pixels up to which the network does it."""


def _grown(plane: Pixels, step: Reshape, rng: np.random.Generator) -> Pixels:
    """The picture with new room about it, filled softly; zoomed out it keeps its size."""
    height, width = plane.shape[:2]
    down, across, up, left = 0, 0, 0.5, 0.5
    if step.kind == "widen":
        across, down = max(0, round(height * step.amount) - width), max(0, round(width / step.amount) - height)
    elif step.kind == "out":
        across, down = round(width * (step.amount - 1)), round(height * (step.amount - 1))
    else:
        where = step.target.where
        pixels = step.amount >= 8
        if where not in ("top", "bottom", "along"):
            across = round(step.amount if pixels else width * step.amount)
        if where not in ("left", "right", "across"):
            down = round(step.amount if pixels else height * step.amount)
        left, up = {"left": 1.0, "right": 0.0}.get(where, 0.5), {"top": 1.0, "bottom": 0.0}.get(where, 0.5)
    size = Size(min(LONGEST, width + across), min(LONGEST, height + down))
    if size.area > MOST_AREA or size.width < width or size.height < height:
        return plane
    corner = round((size.width - width) * left), round((size.height - height) * up)
    soft = plane.ndim == 2
    wide = extended(plane[..., None], size, corner)[..., 0] if soft else _continued(plane, size, corner, rng)
    return _resized(wide, Size(width, height)) if step.kind == "out" else wide


def _continued(pixels: Pixels, size: Size, corner: tuple[int, int], rng: np.random.Generator) -> Pixels:
    """The picture in a larger one: what it shows goes on, patch by patch; where much is new it is drawn out softly."""
    height, width = pixels.shape[:2]
    left, top = corner
    wide = np.zeros((size.height, size.width, 3), np.uint8)
    wide[top : top + height, left : left + width] = pixels
    hole = np.ones(wide.shape[:2], np.bool_)
    hole[top : top + height, left : left + width] = False
    if hole.mean() > MOST_NEW or min(height, width) < 24:
        return extended(pixels, size, corner)
    wide = fill(wide, hole, rng)
    # Light goes on from the old edge into the new part.
    for turned, at in ((wide, top), (wide[::-1], size.height - top - height)):
        _eased(turned, at)
    across = wide.transpose(1, 0, 2)
    for turned, at in ((across, left), (across[::-1], size.width - left - width)):
        _eased(turned, at)
    return wide


def _eased(picture: Pixels, new: int) -> None:
    """Lead the first `new` rows, in place, to the row after them: what is off there fades out away from it."""
    if new < 2:
        return
    near = picture[max(0, new - 3) : new].astype(np.float32).mean(axis=0)
    off = picture[new : new + 3].astype(np.float32).mean(axis=0) - near
    sigma = max(1.0, 0.02 * picture.shape[1])
    off = np.asarray(cv2.GaussianBlur(off[None], (0, 0), sigmaX=sigma, sigmaY=1e-3), np.float32)
    fade = np.exp(-np.arange(new - 1, -1, -1, dtype=np.float32) / np.float32(max(1.0, 0.6 * new)))[:, None, None]
    picture[:new] = np.rint(np.clip(picture[:new] + off * fade, 0, 255)).astype(np.uint8)


def _turned(plane: Pixels, degrees: float) -> Pixels:
    quarter = round(degrees / 90)
    if abs(degrees - 90 * quarter) < 0.01:
        return np.ascontiguousarray(np.rot90(plane, -quarter))
    height, width = plane.shape[:2]
    angle = np.radians(abs(degrees) % 180)
    # The largest upright rectangle of the same aspect inside the turned picture: no empty corners.
    sin, cos = abs(np.sin(angle)), abs(np.cos(angle))
    grow = max((width * cos + height * sin) / width, (width * sin + height * cos) / height)
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -degrees, float(grow))
    return np.asarray(cv2.warpAffine(plane, matrix, (width, height), flags=cv2.INTER_CUBIC), np.uint8)


def _box(canvas: Canvas, step: Reshape) -> tuple[int, int, int, int] | None:
    width, height = canvas.width, canvas.height
    if step.kind == "aspect":
        across, down = min(width, round(height * step.amount)), min(height, round(width / step.amount))
        middle = _focus(View(canvas.pixels))
        return _around(middle[0] * width, middle[1] * height, max(1, across), max(1, down), width, height)
    if step.kind == "zoom":
        factor = float(np.clip(step.amount, 1.05, 8))
        middle = _focus(View(canvas.pixels))
        return _around(
            middle[0] * width, middle[1] * height, round(width / factor), round(height / factor), width, height
        )
    if step.target.where and not step.target.noun:
        return {
            "left": (0, 0, max(1, width // 2), height),
            "right": (width // 2, 0, width, height),
            "top": (0, 0, width, max(1, height // 2)),
            "bottom": (0, height // 2, width, height),
        }.get(step.target.where, (width // 6, height // 6, width - width // 6, height - height // 6))
    view = View(canvas.pixels)
    region = find(step.target, view)
    canvas.ran(*view.parts)
    if region is None or region.mask.mean() > 0.95:
        return None
    return _tight(region.mask, width, height)


def _tight(mask: Plane, width: int, height: int) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(mask > 0.5)
    sx, sy = width / mask.shape[1], height / mask.shape[0]
    pad = 0.10 * max(np.ptp(rows) * sy, np.ptp(columns) * sx)
    left, right = columns.min() * sx - pad, (columns.max() + 1) * sx + pad
    top, bottom = rows.min() * sy - pad, (rows.max() + 1) * sy + pad
    return max(0, int(left)), max(0, int(top)), min(width, int(right) + 1), min(height, int(bottom) + 1)


def _around(x: float, y: float, across: int, down: int, width: int, height: int) -> tuple[int, int, int, int]:
    left = int(np.clip(round(x - across / 2), 0, width - across))
    top = int(np.clip(round(y - down / 2), 0, height - down))
    return left, top, left + max(1, across), top + max(1, down)


def _focus(view: View) -> tuple[float, float]:
    """The middle of what matters, as shares: the faces, else what stands out."""
    height, width = view.rgb.shape[:2]
    if view.faces:
        x = sum(left + wide / 2 for left, _, wide, _ in view.faces) / len(view.faces)
        y = sum(top + high * 0.75 for _, top, _, high in view.faces) / len(view.faces)
        return x / width, y / height
    weight = view.salient**2 + np.float32(1e-4)
    total = float(weight.sum())
    x = float((weight.sum(axis=0) * (np.arange(weight.shape[1]) + 0.5)).sum()) / total / weight.shape[1]
    y = float((weight.sum(axis=1) * (np.arange(weight.shape[0]) + 0.5)).sum()) / total / weight.shape[0]
    return x, y


def fitted(pixels: Pixels, size: Size) -> Pixels:
    """The picture at exactly `size`: cut around what stands out where the shapes are alike, else extended."""
    height, width = pixels.shape[:2]
    if (width, height) == (size.width, size.height):
        return pixels
    own = width / height
    aspect = float(np.clip(size.aspect, own / LARGEST_CUT, own * LARGEST_CUT))
    across, down = min(width, round(height * aspect)), min(height, round(width / aspect))
    if (across, down) != (width, height):
        x, y = _focus(View(np.ascontiguousarray(pixels[..., :3])))
        left, top, right, bottom = _around(x * width, y * height, max(1, across), max(1, down), width, height)
        pixels = np.ascontiguousarray(pixels[top:bottom, left:right])
        height, width = pixels.shape[:2]
    if aspect == size.aspect:
        return _resized(pixels, size)
    scale = min(size.width / width, size.height / height)
    inner = _resized(pixels, Size(max(1, round(width * scale)), max(1, round(height * scale))))
    return extended(inner, size)


def extended(pixels: Pixels, size: Size, corner: tuple[int, int] | None = None) -> Pixels:
    """The picture in a larger one: its edges are drawn out, ever softer with the distance.

    `corner` is where its own left upper one comes to lie (x, y); without it the picture lies in the middle.
    """
    height, width = pixels.shape[:2]
    left, top = corner or ((size.width - width) // 2, (size.height - height) // 2)
    y, x = _drawn_out(size.height, height, top), _drawn_out(size.width, width, left)
    out = np.ascontiguousarray(pixels[y][:, x])
    far_y = np.maximum(np.maximum(top - np.arange(size.height), np.arange(size.height) - top - height + 1), 0)
    far_x = np.maximum(np.maximum(left - np.arange(size.width), np.arange(size.width) - left - width + 1), 0)
    far = np.maximum(far_y[:, None], far_x[None, :]).astype(np.float32) / max(size.width, size.height)
    for sigma, start in ((0.004, 0.002), (0.015, 0.03), (0.04, 0.10)):
        side = max(2, round(min(size.width, size.height)))
        soft = _soft(out, sigma * side).reshape(out.shape)
        share = smooth(start, start * 2.5 + 0.01, far)[..., None]
        out = np.rint(out + (soft.astype(np.float32) - out) * share).astype(np.uint8)
    out[top : top + height, left : left + width] = pixels
    return out


def _soft(pixels: Pixels, sigma: float) -> Pixels:
    scale = max(1, int(sigma // 3))
    size = max(1, pixels.shape[1] // scale), max(1, pixels.shape[0] // scale)
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA) if scale > 1 else pixels
    soft = cv2.GaussianBlur(small, (0, 0), max(0.5, sigma / scale))
    return np.asarray(cv2.resize(soft, (pixels.shape[1], pixels.shape[0])), np.uint8)


def _drawn_out(length: int, side: int, start: int) -> np.ndarray:
    """Which row or column each new one shows: a mirror at the edge that slows down within the outermost tenth."""
    at = np.arange(length) - start
    beyond = np.where(at < 0, -at - 1, np.maximum(at - side, 0))
    strip = max(1.0, EDGE * side)
    depth = np.floor(strip * (1 - np.exp(-beyond / strip))).astype(np.int64)
    return np.where(at < 0, depth, np.where(at >= side, side - 1 - depth, at)).clip(0, side - 1)


def _resized(pixels: Pixels, size: Size) -> Pixels:
    height, width = pixels.shape[:2]
    if (width, height) == (size.width, size.height):
        return pixels
    way = cv2.INTER_AREA if size.width * size.height < width * height else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, (size.width, size.height), interpolation=way), np.uint8)
