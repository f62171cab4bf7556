"""Parts of things: roof, door and windows of a house, wheels and lids; an animal's fur.

No network knows them. The thing itself is found first and divided into areas of one colour; a part is told by its place
in the thing, its shape and its size. What fits nothing is not found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.edit.canvas import Plane
from gesso.engines.sketch.edit.view import Region, View
from gesso.engines.sketch.perceive import outlines

OWNERS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("roof", "rooftop", "door", "window", "chimney"), ("house", "cottage", "hut", "building", "shop")),
    **dict.fromkeys(("wheel", "tyre", "tire"), ("car", "truck", "bus", "van")),
    "lid": ("teapot", "pot", "jar"),
}
"""What a part is of where the words do not say."""

BODY = frozenset(["fur", "coat", "feather", "plumage", "mane", "skin"])
"""Parts that are the whole of an animal's outside."""

LEAST = 0.006
"""Share of a thing from which an area of one colour counts."""


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """A connected area of one colour in a thing; its box and size as shares of the thing's own."""

    mask: npt.NDArray[np.bool_]
    box: tuple[float, float, float, float]
    share: float
    full: float
    """How much of its box it fills."""
    tall: float
    """Height over width, in pixels."""
    light: float
    inner: float
    """Share of its rim that lies inside the thing."""


def part(noun: str, owner: Region, view: View, *, several: bool) -> Region | None:
    """The named part of a thing that was found; None where nothing in it fits."""
    rule = RULES.get(noun)
    mask = owner.mask > 0.5
    if rule is None or mask.sum() < 200:
        return None
    found = rule(_areas(mask, view))
    if not found:
        return None
    chosen = found if several or noun in ROOFS | WHEELS else [one for one in found if _beside(one, found[0])]
    out = np.any([one.mask for one in chosen], axis=0)
    if noun in WHEELS:
        out |= _like(out, mask, view.lab)
    out = cv2.morphologyEx(out.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)).astype(np.float32)
    soft = np.asarray(cv2.GaussianBlur(out, (0, 0), 0.7), np.float32)
    return Region(soft, None, f"its place and outline in what was found by {owner.by}", exact=True)


def _areas(mask: npt.NDArray[np.bool_], view: View) -> list[Area]:
    """The flat areas between outlines that lie in a mask, the largest first."""
    rows, columns = np.nonzero(mask)
    top, left = int(rows.min()), int(columns.min())
    high, wide = int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1
    deep = cv2.erode(mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    out: list[Area] = []
    for seen in outlines.areas(view.picture.view):
        own = (view.fitted(seen.astype(np.float32)) > 0.5) & mask
        if own.sum() < max(12, LEAST * mask.sum()) or seen.mean() * mask.size > 1.5 * own.sum():
            continue
        y, x = np.nonzero(own)
        w, h = int(np.ptp(x)) + 1, int(np.ptp(y)) + 1
        rim = own & (cv2.erode(own.astype(np.uint8), np.ones((3, 3), np.uint8)) == 0)
        box = ((x.min() - left) / wide, (y.min() - top) / high)
        ends = box[0] + w / wide, box[1] + h / high
        size, light = int(own.sum()), float(view.lab[own][:, 0].mean())
        full, inner = size / (w * h), float(deep[rim].mean())
        out.append(Area(own, (*box, *ends), size / float(mask.sum()), full, h / w, light, inner))
    return sorted(out, key=lambda one: -one.share)


def _beside(one: Area, first: Area) -> bool:
    """Whether an area is the first, or the other wing of it."""
    gap = max(one.box[0] - first.box[2], first.box[0] - one.box[2])
    level = abs(one.box[1] - first.box[1]) + abs(one.box[3] - first.box[3]) < 0.06
    return one is first or (level and gap < 0.06 and 0.7 < one.share / first.share < 1.4)


def _like(found: npt.NDArray[np.bool_], mask: npt.NDArray[np.bool_], lab: Plane) -> npt.NDArray[np.bool_]:
    """What has the same colour at the same height of the thing: a wheel whose outline is lost in its shadow."""
    rows = np.flatnonzero(found.any(axis=1))
    near = np.linalg.norm(lab - np.median(lab[found], axis=0), axis=2) < 14
    out = near & mask
    out[: rows[0]] = False
    return cv2.morphologyEx(out.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0


def _roofs(areas: list[Area]) -> list[Area]:
    """Wide areas that begin at the top and end above the door: the covering, not the wall below it."""
    wide = [
        one
        for one in areas
        if one.box[1] < 0.40 and one.box[3] < 0.72 and one.box[2] - one.box[0] > 0.45 and 0.04 < one.share < 0.6
    ]
    highest = min((one.box[1] for one in wide), default=0.0)
    return [one for one in wide if one.box[1] < highest + 0.12][:2]


def _doors(areas: list[Area]) -> list[Area]:
    """Upright rectangles that end near the ground."""
    fitting = [
        one
        for one in areas
        if one.box[3] > 0.68
        and one.box[1] > 0.25
        and 1.1 < one.tall < 4
        and one.full > 0.62
        and 0.02 < one.share < 0.35
    ]
    return sorted(fitting, key=lambda one: -one.share * one.inner)


def _windows(areas: list[Area]) -> list[Area]:
    """Rectangles within the wall that end above the ground."""
    doors = _doors(areas)[:1]
    found = [
        one
        for one in areas
        if one not in doors
        and one.box[3] < 0.86
        and one.box[1] > 0.08
        and 0.3 < one.tall < 3
        and one.full > 0.68
        and one.inner > 0.72
        and (one.inner > 0.9 or one.share > 0.1)
        and one.share < 0.3
    ]
    # Lamps are round and small beside a windscreen.
    return [one for one in found if one.share > 0.2 * found[0].share]


def _wheels(areas: list[Area]) -> list[Area]:
    """Dark areas at the foot."""
    dark = [one for one in areas if one.light < 42 and one.box[3] > 0.84 and one.box[1] > 0.4 and one.share < 0.2]
    return [one for one in dark if one.box[2] - one.box[0] < 0.45 and 0.5 < one.tall < 1.5]


def _lids(areas: list[Area]) -> list[Area]:
    """What is at the very top and small."""
    return [one for one in areas if one.box[1] < 0.1 and one.box[3] < 0.5 and one.share < 0.4][:1]


ROOFS, WHEELS = frozenset(["roof", "rooftop"]), frozenset(["wheel", "tyre", "tire"])
RULES: Mapping[str, Callable[[list[Area]], list[Area]]] = {
    **dict.fromkeys(ROOFS, _roofs),
    **dict.fromkeys(WHEELS, _wheels),
    "door": _doors,
    "window": _windows,
    "lid": _lids,
}
"""By part, what picks its areas, the best first."""
