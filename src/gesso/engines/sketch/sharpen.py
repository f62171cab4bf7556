"""Sharpen: three filters, exact and without a model.

`basic`  unsharp mask: what a blur would take away is added again
`smart`  a denoised picture (bilateral filter) mixed with a sharpened one (weighted 3x3 mean, extrapolated)
`cas`    contrast adaptive sharpening as AMD's FidelityFX defines it, its 3x3 form with diagonals

Transparency is kept as it is. Samples are handled as sRGB values 0..1, as the filters' usual forms do.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.engine import Context, Result
from gesso.engines.sketch import pictures
from gesso.engines.sketch.png import Pixels
from gesso.tasks import Sharpen, Task

Samples = npt.NDArray[np.floating[Any]]

MOST_RADIUS = 200
"""Pixels. A wider mask changes nothing that could be seen, and costs by its width."""

MOST_NOISE_RADIUS = 49
"""Pixels across; the bilateral filter costs by their square."""

BAND = 256
"""Rows that are sharpened at a time."""

LEAST_TONE = 0.05
"""Difference of tone (0..1) that the bilateral filter evens out where edges are to be spared most."""

MEAN = np.array([[1, 1, 1], [1, 5, 1], [1, 1, 1]], np.float32) / 13
"""The smoothing kernel whose difference is extrapolated, as in Pillow and torchvision."""


def make(task: Task, context: Context) -> Result:
    """The sharpened picture, in its own size."""
    order = cast("Sharpen", task)
    given = pictures.read(order.image)
    context.progress(0.3, "sharpening")
    pixels = _by_bands(given, _bounded(order, context))
    facts = {"Engine": "sketch", "Parts": f"sharpen {order.mode}", "Endpoint": context.endpoint}
    made = pictures.write(pixels, context.tmp / f"image.{order.format}", order.format, facts)
    context.log(f"Sharpened by {order.mode}.")
    return Result({"images": [made]}, {})


def _by_bands(given: Pixels, order: Sharpen) -> Pixels:
    """Sharpened a band of rows at a time, each with as many rows around it as its filter looks at: less memory."""
    out, height = given.copy(), len(given)
    way = {"basic": basic, "smart": smart, "cas": cas}[order.mode]
    reach = {"basic": 4 * order.radius + 1, "smart": order.noise_radius // 2 + 1, "cas": 2}[order.mode]
    for top in range(0, height, BAND):
        first, last = max(0, top - reach), min(height, top + BAND + reach)
        sharp = way(given[first:last, :, :3].astype(np.float32) / 255, order)[top - first :][:BAND]
        out[top : top + BAND, :, :3] = np.rint(np.clip(sharp, 0, 1) * 255)
    return out


def basic(samples: Samples, order: Sharpen) -> Samples:
    """Unsharp mask: a Gaussian of `radius` pixels, its difference added `alpha` times."""
    blurred = cv2.GaussianBlur(samples, (0, 0), float(order.radius), borderType=cv2.BORDER_REFLECT_101)
    return samples + np.float32(order.alpha) * (samples - cast("Samples", blurred))


def smart(samples: Samples, order: Sharpen) -> Samples:
    """`smart_ratio` of a sharpened picture and the rest of a denoised one."""
    ratio = np.float32(order.smart_ratio)
    return ratio * _extrapolated(samples, order.smart_strength) + (1 - ratio) * _denoised(samples, order)


def _denoised(samples: Samples, order: Sharpen) -> Samples:
    across = order.noise_radius
    if across <= 1:
        return samples
    tone = max(1 - order.preserve_edges, LEAST_TONE)
    # The width that belongs to a window of so many pixels by the rule that OpenCV and PyTorch share.
    sigma = 0.3 * ((across - 1) * 0.5 - 1) + 0.8
    return cast("Samples", cv2.bilateralFilter(samples, across, tone, sigma, borderType=cv2.BORDER_REFLECT_101))


def _extrapolated(samples: Samples, strength: float) -> Samples:
    if strength <= 0:
        return samples
    mean = cast("Samples", cv2.filter2D(samples, -1, MEAN, borderType=cv2.BORDER_REFLECT_101))
    return np.clip(mean + np.float32(strength) * (samples - mean), 0, 1)


def cas(samples: Samples, order: Sharpen) -> Samples:
    """Each pixel less its four neighbours, weighted by how much room the local contrast leaves."""
    least, most = _ranges(samples)
    room = np.minimum(least, 2 - most) / np.maximum(most, 1e-5)
    weight = -np.sqrt(np.clip(room, 0, 1)) * np.float32(order.cas_amount * (1 / 5 - 1 / 8) + 1 / 8)
    if order.cas_amount <= 0:
        return samples
    cross = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.float32)
    around = cast("Samples", cv2.filter2D(samples, -1, cross, borderType=cv2.BORDER_REFLECT_101))
    return (around * weight + samples) / (1 + 4 * weight)


def _ranges(samples: Samples) -> tuple[Samples, Samples]:
    """The least and the most of the cross, each added to that of the whole square: the soft form, 0..2."""
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    square = np.ones((3, 3), np.uint8)
    edge = cv2.BORDER_REFLECT_101
    least = cv2.erode(samples, cross, borderType=edge) + cv2.erode(samples, square, borderType=edge)
    most = cv2.dilate(samples, cross, borderType=edge) + cv2.dilate(samples, square, borderType=edge)
    return cast("Samples", least), cast("Samples", most)


def _bounded(order: Sharpen, context: Context) -> Sharpen:
    """The order with its radii within what does something."""
    if order.mode == "basic":
        return replace(order, radius=_within(order.radius, MOST_RADIUS, "sharpen_radius", context))
    if order.mode == "smart":
        return replace(order, noise_radius=_within(order.noise_radius, MOST_NOISE_RADIUS, "noise_radius", context))
    return order


def _within(value: int, most: int, field: str, context: Context) -> int:
    if value > most:
        context.log(f"{field} {value} is taken as {most}: beyond that nothing changes that could be seen.", "WARN")
    return min(value, most)
