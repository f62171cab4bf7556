"""What a picture is of: the thing in front, told from its surroundings without a model of things.

What differs from the picture's edge, cannot be reached from it without crossing an outline, and lies towards the
middle is probably in front; GrabCut then learns both sides' colours.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.edit.canvas import Pixels, Plane, reduced, smooth, to_lab, to_unit
from gesso.engines.sketch.style import palette

SIDE = 256
"""Longer side that GrabCut works at."""

MARGIN = 0.03
"""Share of a side that counts as the picture's edge."""


def saliency(rgb: Pixels) -> Plane:
    """How much each pixel stands out, 0..1, at the size of `rgb` (a view of at most a few hundred pixels)."""
    lab = to_lab(cv2.GaussianBlur(to_unit(rgb), (0, 0), max(0.8, max(rgb.shape[:2]) / 200)))
    apart = _apart(lab, _edge(*rgb.shape[:2]), 6)
    barrier = (_barrier(lab) * np.array((0.7, 1.2, 1.2), np.float32)[:, None]).max(axis=1)
    both = _scaled(apart) * 0.5 + _scaled(barrier) * 0.5
    return _scaled(cv2.GaussianBlur(both, (0, 0), max(1.0, max(rgb.shape[:2]) / 120)) * _central(*rgb.shape[:2]))


def foreground(rgb: Pixels, hint: Plane | None = None) -> Plane | None:
    """The mask (0 or 1) of what is in front, at the size of `rgb`; None where nothing stands out.

    `hint` (0..1) is where people are: from 0.9 it is surely in front.
    """
    small = reduced(rgb, SIDE)
    height, width = small.shape[:2]
    if min(height, width) < 16:
        return None
    salient, people = saliency(small), np.zeros((height, width), np.float32)
    if hint is not None:
        people = np.asarray(cv2.resize(hint, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
        # With people in it the picture is of them, not of what else stands out.
        salient = np.maximum(salient * np.where(people > 0.3, np.float32(1), np.float32(0.45)), people * 0.9)
    level = _otsu(salient)
    sure = salient > max(level, float(np.quantile(salient, 0.86)))
    if not sure.any() or float(np.ptp(small.reshape(-1, 3).astype(np.int16), axis=0).max()) < 24:
        return None
    marks = np.where(salient > level, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    marks[sure if hint is None else people > 0.9] = cv2.GC_FGD
    marks[_edge(height, width) & (salient < level)] = cv2.GC_BGD
    # What does not stand out at all is not taken in for its colour: GrabCut would follow a row of trees to both sides.
    marks[salient < 0.5 * level] = cv2.GC_BGD
    mask = _closer(small, whole(cut(small, marks), salient), salient)
    share = float(mask.mean())
    if not 0.004 < share < 0.93:
        return None
    return np.asarray(cv2.resize(mask, (rgb.shape[1], rgb.shape[0]), interpolation=cv2.INTER_LINEAR), np.float32)


SURE = 0.93
"""Certainty of the network from which a pixel is surely a person where there is no second witness."""


def portrait(rgb: Pixels, people: Plane, heads: Plane) -> Plane:
    """What is in front of a picture of people: their mask (0..1) and what stands out, each mending the other.

    Where both agree the colours of either side are learnt, and by those it is told who is right elsewhere. What
    stands out counts only if it has the `heads` (0..1, where faces are) in it.
    """
    network = people > 0.5
    standing = foreground(rgb)  # not told of the people: two witnesses are worth more when they have not talked
    salient = network if standing is None else standing > 0.5
    trusted = (network & salient).sum() > 0.45 * (network | salient).sum()
    trusted = trusted and float((heads * salient).sum()) >= 0.7 * float(heads.sum())
    salient = salient if trusted else network
    both, neither = network & salient, ~network & ~salient
    if neither.mean() < 0.01:
        return network.astype(np.float32)
    odds = _likelier(rgb, both, neither) + (1.2 if trusted else 4.0) * (people - np.float32(0.5))
    marks = np.where(both | (~neither & (odds > 0)), cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    reach = max(2, round(max(rgb.shape[:2]) * 0.012))
    marks[_deep(both, 2) if trusted else _deep(people > SURE, reach)] = cv2.GC_FGD
    marks[_deep(neither, 2) if trusted else _deep(people < 1 - SURE, 3 * reach)] = cv2.GC_BGD
    return whole(cut(rgb, marks, 2), people + np.float32(0.1))


def _deep(mask: npt.NDArray[np.bool_], by: int) -> npt.NDArray[np.bool_]:
    """The part of a mask that is further than `by` pixels from its edge; the picture's edge is none."""
    return cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3) > by


def _likelier(rgb: Pixels, front: npt.NDArray[np.bool_], behind: npt.NDArray[np.bool_]) -> Plane:
    """Logarithm of how much likelier each pixel's colour is in front than behind, within -3 to 3."""
    bins = (np.clip(rgb.astype(np.int32) >> 4, 0, 15) * (256, 16, 1)).sum(axis=2)
    counts = [np.bincount(bins[where], minlength=4096).astype(np.float32) for where in (front, behind)]
    shares: list[Plane] = []
    for count in counts:
        cube = count.reshape(16, 16, 16)
        for axis in range(3):  # neighbouring colours count too
            cube = 0.5 * cube + 0.25 * (np.roll(cube, 1, axis) + np.roll(cube, -1, axis))
        shares.append(cube.ravel() / max(1.0, float(count.sum())))
    ratio = np.log((shares[0] + 1e-4) / (shares[1] + 1e-4))
    return np.clip(cv2.blur(ratio[bins].astype(np.float32), (3, 3)), -3, 3)


def _closer(rgb: Pixels, mask: Plane, salient: Plane) -> Plane:
    """A second look within the thing's box: what differs from the box's own surroundings belongs to the thing too."""
    rows, columns = np.nonzero(mask > 0.5)
    if len(rows) == 0:
        return mask
    height, width = mask.shape
    pad_y, pad_x = round(np.ptp(rows) * 0.14) + 3, round(np.ptp(columns) * 0.10) + 3
    top, bottom = max(0, rows.min() - pad_y), min(height, rows.max() + pad_y)
    left, right = max(0, columns.min() - pad_x), min(width, columns.max() + pad_x)
    inner = np.zeros(mask.shape, np.bool_)
    inner[top:bottom, left:right] = True
    outer = np.zeros(mask.shape, np.bool_)
    outer[max(0, top - pad_y) : bottom + pad_y, max(0, left - pad_x) : right + pad_x] = True
    ring = outer & ~inner
    if ring.sum() < 60 or inner.mean() > 0.9:
        return mask
    lab = to_lab(cv2.GaussianBlur(to_unit(rgb), (0, 0), 1.0))
    apart = _scaled(_apart(lab, ring, 8) * inner)
    level = max(_otsu(apart[inner]), 0.22)
    marks = np.where(inner & ((apart > level) | (mask > 0.5)), cv2.GC_PR_FGD, cv2.GC_BGD).astype(np.uint8)
    marks[inner & (marks == cv2.GC_BGD)] = cv2.GC_PR_BGD
    marks[(apart < level * 0.35) & (salient < 0.25) & inner] = cv2.GC_PR_BGD
    size = max(3, round(min(np.ptp(rows), np.ptp(columns)) * 0.08)) | 1
    marks[cv2.erode(mask, np.ones((size, size), np.uint8)) * (apart > level * 0.5) > 0.5] = cv2.GC_FGD
    return _trimmed(lab, whole(np.maximum(mask, cut(rgb, marks, 3)), salient + apart * 0.5), salient)


def _trimmed(lab: Plane, mask: Plane, salient: Plane) -> Plane:
    """Without what is of the same colour as the background right beside it and does not stand out."""
    behind = (mask < 0.5).astype(np.float32)
    sigma = max(mask.shape) * 0.06
    weight = np.maximum(cv2.GaussianBlur(behind, (0, 0), sigma), 1e-4)[..., None]
    near = cv2.GaussianBlur(lab * behind[..., None], (0, 0), sigma) / weight
    square = cv2.GaussianBlur(lab * lab * behind[..., None], (0, 0), sigma) / weight
    spread = np.sqrt(np.maximum(square - near * near, 0)) + np.array((5, 3, 3), np.float32)
    like = (np.abs(lab - near) / spread).max(axis=2) < 1.35
    low = salient < 0.6 * float(np.quantile(salient[mask > 0.5], 0.6))
    drop = cv2.morphologyEx((like & low).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0
    kept = whole(mask * ~drop, salient)
    return kept if kept.sum() > 0.5 * mask.sum() else mask


def cut(rgb: Pixels, marks: npt.NDArray[np.uint8], rounds: int = 4) -> Plane:
    """GrabCut from marks; 1 in front, 0 behind. Marks that leave one side empty are taken as they are."""
    front = np.isin(marks, (cv2.GC_FGD, cv2.GC_PR_FGD))
    if front.all() or not front.any():
        return front.astype(np.float32)
    cv2.setRNGSeed(7)  # GrabCut draws its first colour clusters from OpenCV's own random numbers
    models = np.zeros((1, 65)), np.zeros((1, 65))
    done, *_ = cv2.grabCut(
        np.ascontiguousarray(rgb), marks.copy(), (0, 0, 1, 1), models[0], models[1], rounds, cv2.GC_INIT_WITH_MASK
    )
    return np.isin(done, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)


def whole(mask: Plane, salient: Plane) -> Plane:
    """The mask without specks and small holes: its parts that weigh at least a sixteenth of the heaviest."""
    size = max(3, round(max(mask.shape) / 120)) | 1
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    closed = cv2.morphologyEx((mask > 0.5).astype(np.uint8), cv2.MORPH_CLOSE, ellipse)
    # Threads of background hang on by a few pixels; a tail or a leg is wider and grows back to its outline.
    broad = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size + 2, size + 2))
    core = cv2.morphologyEx(closed, cv2.MORPH_OPEN, broad)
    opened = np.minimum(closed, cv2.dilate(core, broad))
    count, found = cv2.connectedComponents(opened)
    labels = np.asarray(found, np.int64)
    weights = np.bincount(labels.ravel(), weights=(salient + 0.05).ravel(), minlength=count)
    weights[0] = 0
    kept = (weights >= max(1e-6, weights.max() / 16))[labels]
    return filled(kept).astype(np.float32)


def filled(mask: npt.NDArray[np.bool_], share: float = 0.004) -> npt.NDArray[np.bool_]:
    """The mask with holes of up to `share` of the picture closed."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((~mask).astype(np.uint8), connectivity=4)
    height, width = mask.shape
    out = mask.copy()
    for i in range(1, count):
        left, top, wide, high, area = stats[i]
        inside = left > 0 and top > 0 and left + wide < width and top + high < height
        if inside and area < share * mask.size:
            out |= labels == i
    return out


def _apart(lab: Plane, around: npt.NDArray[np.bool_], count: int) -> Plane:
    """Distance in colour from the nearest of the main colours of what is `around`."""
    rim = lab[around]
    centres = palette.kmeans(rim[:: max(1, len(rim) // 600)], count, np.random.Generator(np.random.PCG64(5)))
    distance = np.stack([((lab - centre) ** 2).sum(axis=2) for centre in centres]).min(axis=0)
    return np.sqrt(distance).astype(np.float32)


def _edge(height: int, width: int) -> npt.NDArray[np.bool_]:
    """Top and sides; the lower edge is where things in front stand."""
    y, x = max(1, round(height * MARGIN)), max(1, round(width * MARGIN))
    edge = np.ones((height, width), np.bool_)
    edge[y:, x : width - x] = False
    return edge


def _barrier(planes: Plane) -> Plane:
    """Minimum barrier distance of each channel from the edge: the least range of values on any way there, by sweeps.

    Takes (H, W, C), gives (H, C, W): rows of all channels, which a sweep goes through one after another.
    """
    height, width, channels = planes.shape
    values = np.ascontiguousarray(planes.transpose(0, 2, 1))
    start = np.where(_edge(height, width), np.float32(0), np.float32(1e6))
    state = (values, np.repeat(start[:, None], channels, axis=1), values.copy(), values.copy())
    for turn in range(6):
        if turn in (2, 4):
            state = tuple(np.ascontiguousarray(part.transpose(2, 1, 0)) for part in state)
        _sweep(*(part[:: -1 if turn % 2 else 1] for part in state))
    return np.minimum(state[1], 200).astype(np.float32)


def _sweep(plane: Plane, distance: Plane, high: Plane, low: Plane) -> None:
    for row in range(1, len(plane)):
        top, bottom = np.maximum(high[row - 1], plane[row]), np.minimum(low[row - 1], plane[row])
        span = top - bottom
        better = span < distance[row]
        np.copyto(distance[row], span, where=better)
        np.copyto(high[row], top, where=better)
        np.copyto(low[row], bottom, where=better)


def _central(height: int, width: int) -> Plane:
    y = (np.arange(height, dtype=np.float32)[:, None] + 0.5) / height - 0.54
    x = (np.arange(width, dtype=np.float32)[None, :] + 0.5) / width - 0.5
    return np.exp(-(x * x + y * y) / np.float32(0.24)) * np.float32(0.7) + np.float32(0.3)


def _scaled(plane: Plane) -> Plane:
    top = float(np.quantile(plane, 0.99))
    return np.clip(plane / np.float32(max(top, 1e-6)), 0, 1).astype(np.float32)


def _otsu(plane: Plane) -> float:
    level, _ = cv2.threshold((plane * 255).astype(np.uint8), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return float(level) / 255


def soft(mask: Plane, by: float) -> Plane:
    """A mask with edges about `by` pixels wide."""
    blurred = cv2.GaussianBlur(mask, (0, 0), max(0.4, by))
    return smooth(0.12, 0.88, blurred)
