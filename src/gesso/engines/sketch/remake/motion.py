"""Motion between the frames of a video: dense optical flow, where it can be trusted, the camera's share, cuts.

The flow is OpenCV's dense inverse search (Kroeger et al. 2016), on reduced grey frames. A flow field is (h, w, 2)
float32, x and y, in pixels of the reduced frame; `field[y, x]` says where that pixel goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[Any]
"""(H, W, 3) uint8 sRGB."""
Plane = npt.NDArray[Any]
"""float32 values, (h, w) or (h, w, channels)."""
Transform = npt.NDArray[Any]
"""(2, 3) float64, positions to positions."""

SIDE = 384
"""Longer side at which motion is looked for; a pixel there is a step that the eye does not see."""

EDGE = 0.4
"""How much of the contrast around a pixel is allowed on top."""

_NEAR = np.ones((3, 3), np.uint8)
_LUMA = np.array([0.299, 0.587, 0.114])

SMALL = 300
"""Longer side below which the search is always a fine one: the fast one looks at a quarter of the pixels a side."""

THUMB = (64, 36)
CUT_CHANGE, CUT_UNEXPLAINED, CUT_ASTRAY = 14.0, 0.62, 0.03
"""From which mean change of a thumbnail's levels on a cut is looked for; it is one where motion leaves this share of
the change unexplained, or where going there and back misses by this share of the longer side."""

SURE = 9.0
"""Grey levels that a pixel and what it is said to come from may differ by before the flow is doubted."""


def reduced(pixels: Pixels, side: int = SIDE) -> Pixels:
    """A copy with its longer side at most `side`, and at least 16 pixels a side: the flow needs room for a patch."""
    height, width = pixels.shape[:2]
    scale = min(1.0, side / max(height, width))
    size = max(16, round(width * scale)), max(16, round(height * scale))
    if size == (width, height):
        return pixels
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def grey(pixels: Pixels) -> Pixels:
    """Brightness (h, w) uint8."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def contrasts(first: Pixels, second: Pixels) -> tuple[Pixels, Pixels]:
    """Both frames as (h, w) uint8 along the colour axis on which they differ most from each other.

    Brightness alone does not see a red thing pass over a meadow that is as bright.
    """
    one, two = (
        np.array(cv2.split(cv2.resize(frame, THUMB, interpolation=cv2.INTER_AREA)), np.float64).reshape(3, -1)
        for frame in (first, second)
    )
    mean = one.mean(axis=1)
    variety = _products(one - mean[:, None])
    # Where little moves, the frame's own variety decides; where that is little too, brightness does.
    spread = _products(one - two) * 4 + variety * 0.25 + np.outer(_LUMA, _LUMA) * 100
    axis = np.linalg.eigh(spread)[1][:, -1]
    weights = axis / max(float(np.abs(axis).sum()), 1e-6) * (1 if axis.sum() >= 0 else -1)
    variance = float((weights[:, None] * variety * weights).sum())
    gain = np.clip(40 / max(variance, 1.0) ** 0.5, 1.0, 2.0)
    matrix = np.array([[*(weights * gain), 127.5 - gain * float((weights * mean).sum())]], np.float32)
    first_flat, second_flat = (np.asarray(cv2.transform(frame, matrix), np.uint8) for frame in (first, second))
    shape = first.shape[:2]
    return first_flat.reshape(shape), second_flat.reshape(shape)


def flow(here: Pixels, there: Pixels, fine: bool = False) -> Plane:
    """Where each pixel of grey frame `here` is in grey frame `there`."""
    return np.asarray(_search(fine or max(here.shape) < SMALL).calc(here, there, None), np.float32)


def _search(fine: bool) -> Any:
    """A search of its own for every pair: one that is used again lets sizes it had before into its result."""
    return cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM if fine else cv2.DISOPTICAL_FLOW_PRESET_FAST)


def swift(here: Pixels, there: Pixels) -> Plane:
    """The same for frames by the hundred: OpenCV's ultrafast preset, looking one level closer than it does.

    At a quarter of 720p it takes two thirds of the fast preset's time on frames half as large again, and is as good.
    Small frames have time for the fast preset, and need every pixel.
    """
    small = max(here.shape) < SMALL
    preset = cv2.DISOPTICAL_FLOW_PRESET_FAST if small else cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST
    search: Any = cv2.DISOpticalFlow.create(preset)  # its stub does not know that there need be no flow to begin with
    search.setFinestScale(0 if small else 1)
    return np.asarray(search.calc(here, there, None), np.float32)


@cache
def grid(width: int, height: int) -> Plane:
    """The position of every pixel: (height, width, 2), x and y."""
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    at = np.dstack([x, y])
    at.flags.writeable = False
    return at


def sample(picture: npt.NDArray[Any], at: Plane, *, smooth: bool = True) -> npt.NDArray[Any]:
    """The picture's values at positions (h, w, 2); beyond its edge, the edge's."""
    way = cv2.INTER_LINEAR if smooth else cv2.INTER_NEAREST
    remap: Any = cv2.remap  # its stub does not know that the second map may be left out
    return np.asarray(remap(picture, at, None, way, borderMode=cv2.BORDER_REPLICATE))


def warped(picture: npt.NDArray[Any], field: Plane) -> npt.NDArray[Any]:
    """The picture pulled along a field of its own or a smaller size: the value at x is the picture's at x + field."""
    height, width = picture.shape[:2]
    return sample(picture, grid(width, height) + enlarged(field, width, height))


def enlarged(field: Plane, width: int, height: int) -> Plane:
    """A flow field at another size, its steps in that size's pixels."""
    rows, columns = field.shape[:2]
    if (columns, rows) == (width, height):
        return field
    steps = field * np.array([width / columns, height / rows], np.float32)
    return np.asarray(cv2.resize(steps, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def resized(plane: Plane, width: int, height: int) -> Plane:
    """A plane of values at another size."""
    if plane.shape[:2] == (height, width):
        return plane
    smaller = plane.shape[1] > width
    way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(plane, (width, height), interpolation=way), np.float32)


@dataclass(frozen=True, slots=True)
class Step:
    """The motion from one frame to the next, both ways."""

    there: Plane
    """From the first frame to the second, on the first."""
    back: Plane
    """From the second to the first, on the second."""
    cut: bool
    """Whether the second frame begins another shot; the fields mean nothing then."""


def step(first: Pixels, second: Pixels, fine: bool = False) -> Step:
    """The motion between two reduced frames (h, w, 3) of one size."""
    a, b = contrasts(first, second)
    there, back = flow(a, b, fine), flow(b, a, fine)
    return Step(there, back, is_cut(first, second, there, back))


def _products(values: Plane) -> Plane:
    """Mean products of the rows of (3, n) values; a matrix product would round differently from thread to thread."""
    return np.einsum("in,jn->ij", values, values) / values.shape[1]


def onward(first: Pixels, second: Pixels) -> tuple[Plane, bool]:
    """The motion from one reduced frame to the next, and whether the next begins another shot."""
    a, b = contrasts(first, second)
    there = flow(a, b)
    return there, is_cut(first, second, there, None)


def is_cut(first: Pixels, second: Pixels, there: Plane, back: Plane | None) -> bool:
    """Whether two frames are of two shots: much has changed, and no motion explains it.

    Between two shots the flows there and back lead anywhere; in one shot they lead home again. `back` is looked for
    only where enough has changed.
    """
    one, two = (cv2.resize(frame, THUMB, interpolation=cv2.INTER_AREA).astype(np.float32) for frame in (first, second))
    change = float(np.abs(one - two).mean())
    if change < CUT_CHANGE:
        return False
    if back is None:
        a, b = contrasts(first, second)
        back = flow(b, a)
    height, width = back.shape[:2]
    off = back + sample(there, grid(width, height) + back)
    if float(np.median(np.hypot(off[..., 0], off[..., 1]))) > CUT_ASTRAY * max(width, height):
        return True
    moved = cv2.resize(warped(first, back), THUMB, interpolation=cv2.INTER_AREA).astype(np.float32)
    # A fade changes all by one amount and is no cut: only what is left after the mean change counts.
    left = moved - two
    left -= left.mean(axis=(0, 1))
    return float(np.abs(left).mean()) > CUT_UNEXPLAINED * change


def trust(here: Pixels, came: Pixels, sure: float = SURE) -> Plane:
    """How far what was carried to each pixel fits it, 0..1, (h, w): by colour, over a small neighbourhood."""
    off = np.asarray(cv2.blur(_brightest(cv2.absdiff(here, came)), (3, 3)), np.float32)
    # On an outline a miss by a fraction of a pixel makes a great difference, and is no reason for doubt.
    range_here = cv2.subtract(cv2.dilate(here, _NEAR), cv2.erode(here, _NEAR))
    allowed = np.float32(sure) + np.float32(EDGE) * cv2.blur(_brightest(range_here), (3, 3))
    return np.asarray(np.exp(((off / allowed) ** 2) * np.float32(-0.5)), np.float32)


def _brightest(picture: Pixels) -> Plane:
    red, green, blue = cv2.split(picture)
    return np.asarray(cv2.max(cv2.max(red, green), blue), np.float32)


def camera(field: Plane, within: Plane | None = None) -> Transform:
    """The camera's share of a flow field: the similarity (2, 3) that most pixels follow, first frame to second.

    `within` (h, w) bool asks only those pixels, so it is the motion of a thing.
    """
    height, width = field.shape[:2]
    if within is None:
        spacing = max(4, round((height * width / 1500) ** 0.5))
        rows, columns = np.mgrid[spacing // 2 : height : spacing, spacing // 2 : width : spacing]
    else:
        rows, columns = np.nonzero(within)
        every = max(1, len(rows) // 1500)
        rows, columns = rows[::every], columns[::every]
    at = np.stack([columns.ravel(), rows.ravel()], axis=1).astype(np.float32)
    if len(at) < 12:
        return np.eye(2, 3)
    to = at + field[rows.ravel(), columns.ravel()]
    cv2.setRNGSeed(7)  # the search for the best fit draws by chance
    estimate: Any = cv2.estimateAffinePartial2D  # may find nothing, which its stub does not know
    found, _ = estimate(
        at, to, method=cv2.RANSAC, ransacReprojThreshold=0.8, maxIters=300, confidence=0.99, refineIters=5
    )
    if found is None or not np.isfinite(found).all():
        return np.eye(2, 3)
    return _plausible(found)


def _plausible(found: Transform) -> Transform:
    """Less than can be measured is no motion; more than a camera does in a frame is a mistake."""
    zoom = float(np.hypot(found[0, 0], found[1, 0]))
    if not 0.8 < zoom < 1.25:
        return np.eye(2, 3)
    if np.abs(found[:, :2] - np.eye(2)).max() < 4e-4 and np.abs(found[:, 2]).max() < 0.12:
        return np.eye(2, 3)
    return found


def chained(first: Transform, second: Transform) -> Transform:
    """One (2, 3) transform after another."""
    return square(second)[:2] @ square(first)


def square(transform: Transform) -> Transform:
    """A (2, 3) transform as (3, 3)."""
    return np.vstack([transform, [0.0, 0.0, 1.0]])


def inverse(transform: Transform) -> Transform:
    """The way back of a (2, 3) transform."""
    return np.linalg.inv(square(transform))[:2]


def scaled(transform: Transform, factor: float) -> Transform:
    """A transform between frames of one size, for the same frames `factor` times as large."""
    out = transform.copy()
    # Positions count from the middle of the first pixel.
    shift = (factor - 1) / 2
    out[:, 2] = factor * transform[:, 2] + shift - transform[:, :2] @ np.array([shift, shift])
    return out


def lowest(values: Plane, at: int) -> float:
    """How far from a whole pixel the lowest point lies of the parabola through it and its neighbours."""
    if not 0 < at < len(values) - 1:
        return 0.0
    before, here, after = (float(value) for value in values[at - 1 : at + 2])
    bend = before - 2 * here + after
    return 0.5 * (before - after) / bend if bend > 0 else 0.0
