"""What stands in front in a still picture, each thing with its mask: known kinds by name, else what stands out."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.edit.foreground import cut, foreground, whole
from gesso.engines.sketch.perceive import detector, people
from gesso.engines.sketch.perceive.detector import Found
from gesso.engines.sketch.video.shot import Pixels, Plane

Mask = npt.NDArray[np.bool_]

MOST = 4
LEAST_SHARE, MOST_SHARE = 0.006, 0.72
"""Shares of the picture between which a thing is cut out."""

ROUNDS = 3
CERTAIN = 0.45
"""Score from which a find is trusted without standing out."""

LIVING = frozenset(
    ["person", "bird", "cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe", "teddy bear"]
)
FIXED = frozenset(
    [
        *("dining table", "bed", "couch", "bench", "refrigerator", "sink", "oven", "toilet", "tv", "stop sign"),
        *("traffic light", "fire hydrant", "parking meter", "potted plant", "tie", "keyboard", "laptop", "book"),
    ]
)
"""Kinds that stay with the background, or with who wears them."""


@dataclass(frozen=True, slots=True)
class Cutout:
    """A thing: its mask (0..1) and its kind, empty where only its standing out is known."""

    mask: Plane
    label: str = ""

    @property
    def lives(self) -> bool:
        return self.label in LIVING


def in_front(small: Pixels, above: Plane | None, parts: set[str]) -> list[Cutout]:
    """The things in front, from the largest; `above` is the sky. The networks that ran are added to `parts`."""
    parts.add(detector.PART)
    found = [one for one in detector.objects(small, small=False) if one.label not in FIXED and _fits(one, small)]
    things = _people(small, found, parts)
    for one in [one for one in found if one.label != "person" and one.score >= CERTAIN][:MOST]:
        if (mask := _enclosed(small, one, things)) is not None:
            things.append(Cutout(mask, one.label))
    if not things:
        things = [Cutout(mask, _label(mask, found)) for mask in _standing_out(small, above)]
    return sorted(things, key=lambda thing: -float(thing.mask.sum()))[:MOST]


def _fits(found: Found, small: Pixels) -> bool:
    left, top, right, bottom = found.box
    share = (right - left) * (bottom - top) / (small.shape[0] * small.shape[1])
    return LEAST_SHARE < share < 0.95


def _people(small: Pixels, found: list[Found], parts: set[str]) -> list[Cutout]:
    """People that overlap are one cut-out: a mask says what is a person, not which."""
    boxes = [one.box for one in found if one.label == "person" and one.score >= CERTAIN]
    if not boxes:
        return []
    parts.add(people.PART)
    mask = people.person_mask(small, boxes)
    front = foreground(small, mask)
    solid = (mask > 0.5) if front is None else (mask > 0.5) | ((front > 0.5) & _near(mask > 0.5, small))
    return [Cutout(part, "person") for part in _separate(solid)]


def _near(mask: Mask, small: Pixels) -> Mask:
    """Close enough to a person to be worn or held by it."""
    size = max(3, round(0.05 * max(small.shape[:2]))) | 1
    return cv2.dilate(mask.astype(np.uint8), np.ones((size, size), np.uint8)) > 0


def _enclosed(small: Pixels, found: Found, taken: list[Cutout]) -> Plane | None:
    """The thing in a box, by its colours against those around the box."""
    height, width = small.shape[:2]
    left, top, right, bottom = (round(value) for value in found.box)
    marks = np.full((height, width), cv2.GC_BGD, np.uint8)
    pad = 2
    marks[max(0, top - pad) : bottom + pad, max(0, left - pad) : right + pad] = cv2.GC_PR_FGD
    y, x = np.mgrid[0:height, 0:width]
    across, down = max(1, right - left) / 2, max(1, bottom - top) / 2
    far = np.hypot((x - (left + right) / 2) / across, (y - (top + bottom) / 2) / down)
    marks[(far > 1.2) & (marks == cv2.GC_PR_FGD)] = cv2.GC_PR_BGD
    marks[far < 0.35] = cv2.GC_FGD
    for other in taken:
        marks[other.mask > 0.5] = cv2.GC_BGD
    if not (marks == cv2.GC_FGD).any():
        return None
    inside = marks != cv2.GC_BGD
    mask = whole(cut(small, marks, ROUNDS) * inside, inside.astype(np.float32))
    share = float(mask.mean())
    # A box whose colours are those of its surroundings gives all or next to nothing of itself.
    filled = float(mask[inside].mean()) if inside.any() else 0.0
    return mask if LEAST_SHARE < share < MOST_SHARE and 0.22 < filled < 0.97 else None


def _standing_out(small: Pixels, above: Plane | None) -> list[Plane]:
    found = foreground(small)
    if found is None or float(found.mean()) > MOST_SHARE:
        return []
    return [part for part in _separate(found > 0.5) if not _is_sky(part > 0.5, above)]


def _separate(solid: Mask) -> list[Plane]:
    """The connected parts of a mask that count beside its largest."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(solid.astype(np.uint8), connectivity=8)
    sizes = sorted(((int(stats[k, cv2.CC_STAT_AREA]), k) for k in range(1, count)), reverse=True)
    least = max(LEAST_SHARE * solid.size, 0.08 * sizes[0][0]) if sizes else 0
    return [np.asarray(labels == k, np.float32) for area, k in sizes if area >= least][:MOST]


def _is_sky(part: Mask, above: Plane | None) -> bool:
    return above is not None and float(above[part].mean()) > 0.6 and bool(part[0].mean() > 0.3)


def _label(mask: Plane, found: list[Found]) -> str:
    """The kind of a part by the find that shares most with it."""
    best, name = 0.35, ""
    for one in found:
        left, top, right, bottom = (round(value) for value in one.box)
        inside = float(mask[top:bottom, left:right].sum())
        shared = inside / max(1.0, float(mask.sum()) + (right - left) * (bottom - top) - inside)
        if shared > best:
            best, name = shared, one.label
    return name
