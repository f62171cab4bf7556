"""Where in a picture a named thing is: by networks, the sky's outline, colour, position, by what is in front.

`find` asks the finders in turn; the networks that know people and things come first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from gesso.engines.sketch.edit import faces, tones
from gesso.engines.sketch.edit.canvas import VIEW, Pixels, Plane, reduced, to_lab, to_unit
from gesso.engines.sketch.edit.foreground import cut, filled, foreground, portrait, saliency, whole
from gesso.engines.sketch.edit.skies import sky
from gesso.engines.sketch.edit.steps import Target
from gesso.engines.sketch.edit.tones import Tone
from gesso.engines.sketch.perceive import masks, windows
from gesso.engines.sketch.perceive.sought import Picture

LEAST = 0.0012
"""Share of the picture below which a find counts as noise."""

BEHIND = frozenset(["background", "backdrop", "backdrops", "surroundings", "wall", "scenery"])
GROUND = frozenset(["ground", "floor", "road", "street", "pavement", "field", "snow", "sand", "path", "lawn"])
CLOTHES = frozenset(
    [
        *("shirt", "dress", "jacket", "coat", "suit", "sweater", "t-shirt", "tshirt", "blouse", "hoodie", "top"),
        *("clothes", "clothing", "outfit", "vest", "uniform", "costume", "spacesuit", "jumper", "cardigan"),
        *("skirt", "pants", "trousers", "jeans"),
    ]
)

STANDING = frozenset(["tree", "bush", "plant", "cactus", "leaf"])
"""Green things that a picture may be of."""

USUAL: Mapping[str, str] = {
    **dict.fromkeys(
        ("grass", "lawn", "meadow", "leaf", "foliage", "tree", "plant", "bush", "forest", "hedge"), "green"
    ),
    **dict.fromkeys(("sea", "ocean", "water", "lake", "river", "pool"), "blue"),
    **dict.fromkeys(("strawberry", "tomato", "cherry", "apple", "lip", "lips"), "red"),
    **dict.fromkeys(("banana", "lemon", "sun", "sunflower", "sand", "beach"), "yellow"),
    **dict.fromkeys(("orange", "carrot", "pumpkin", "fire"), "orange"),
    **dict.fromkeys(("pear", "lime", "cucumber", "cactus"), "green"),
    **dict.fromkeys(("snow", "cloud"), "white"),
}
"""Colours that things usually have: where the picture has such a patch, it is taken for the thing."""

OTHERWISE = BEHIND | GROUND | CLOTHES | {"", "sky", "hair", "grass", "leaf", "foliage", "forest", "hedge", "meadow"}
"""Things told by colour and place, or with people, which no box does justice to."""


@dataclass(frozen=True, slots=True)
class Region:
    """`mask` (0..1, a view's size) holds the thing; `tone` is the colour of the part that a recolouring means."""

    mask: Plane
    tone: Tone | None = None
    by: str = ""
    """What found it, for the log."""


class View:
    """A reduced copy of a picture with what is derived from it, each part when it is first asked for."""

    def __init__(self, pixels: Pixels) -> None:
        self.rgb = reduced(pixels, VIEW)
        self.picture = Picture(reduced(pixels, windows.SIDE))
        """A larger copy, for the networks."""

    @property
    def parts(self) -> tuple[str, ...]:
        """Learned parts that have looked at the picture."""
        return tuple(self.picture.parts)

    @cached_property
    def lab(self) -> Plane:
        return to_lab(cv2.GaussianBlur(to_unit(self.rgb), (0, 0), 0.8))

    @cached_property
    def salient(self) -> Plane:
        """How much each pixel stands out; people do."""
        return np.maximum(saliency(self.rgb), faces.figures(self.faces, self.rgb.shape))

    @cached_property
    def faces(self) -> list[faces.Box]:
        """Boxes of the faces, the largest first."""
        return faces.boxes(self.picture.faces, self.rgb.shape[1] / self.picture.pixels.shape[1])

    @cached_property
    def face_mask(self) -> Plane:
        """Where faces are, 0..1, along their outlines."""
        return self.fitted(masks.face_mask(self.picture, self.picture.faces))

    @cached_property
    def people(self) -> Plane | None:
        """The people that the picture is of, 0..1."""
        mask = masks.front(self.picture) if min(self.rgb.shape[:2]) >= 32 else None
        return None if mask is None else self.fitted(mask)

    @cached_property
    def front(self) -> Plane | None:
        """What is in front: people where there are any, else what stands out, but never the sky."""
        if self.people is not None:
            return portrait(self.rgb, self.people, self.face_mask)
        mask = foreground(self.rgb, faces.figures(self.faces, self.rgb.shape) if self.faces else None)
        if mask is None or self.sky is None:
            return mask
        mask = whole(mask * (1 - self.sky), self.salient)
        return mask if mask.mean() > LEAST else None

    @cached_property
    def sky(self) -> Plane | None:
        return sky(self.rgb)

    def fitted(self, mask: Plane) -> Plane:
        """A mask at the size of the view."""
        size = self.rgb.shape[1], self.rgb.shape[0]
        return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.float32)


Finder = Callable[[Target, View], Region | None]


def find(target: Target, view: View) -> Region | None:
    """The region that a target names; None where nothing fits."""
    if target.everything:
        return Region(np.ones(view.rgb.shape[:2], np.float32), None, "the whole picture")
    for finder in FINDERS:
        region = finder(target, view)
        if region is not None and float(region.mask.mean()) >= LEAST:
            return region
    return None


def _sky(target: Target, view: View) -> Region | None:
    if target.noun != "sky" or view.sky is None:
        return None
    return Region(view.sky, None, "the sky's outline")


def _known(target: Target, view: View) -> Region | None:
    """What the networks know: people, faces, eighty kinds of things; and the engine's own sprites."""
    if target.noun in OTHERWISE or min(view.rgb.shape[:2]) < 16:
        return None
    found = masks.named(view.picture, target.phrase or target.noun, several=target.several)
    if found is None:
        return None
    mask = view.fitted(found.mask)
    tone = tones.of_colour(target.colour) if target.colour is not None else tones.main(view.lab, mask)
    return Region(mask, tone, found.by)


def _behind(target: Target, view: View) -> Region | None:
    if target.noun not in BEHIND or target.colour is not None or view.front is None:
        return None
    return Region(1 - view.front, None, "all but the thing in front")


def _ground(target: Target, view: View) -> Region | None:
    """The lowest part of what is neither sky nor in front."""
    if target.noun not in GROUND or target.colour is not None:
        return None
    height = view.rgb.shape[0]
    rest = np.ones(view.rgb.shape[:2], np.float32)
    horizon = round(height * 0.55)
    if view.sky is not None:
        rest *= 1 - view.sky
        horizon = round(height * float(np.clip((view.sky > 0.5).mean(axis=0).mean() + 0.04, 0.2, 0.8)))
    if view.front is not None:
        rest *= 1 - view.front
    rest[:horizon] = 0
    tone = _usual_tone(target, view)
    return Region(rest, tone, "the ground below the horizon") if rest.mean() > 0.02 else None


def _usual_tone(target: Target, view: View) -> Tone | None:
    name = USUAL.get(target.noun)
    return tones.of_name(name) if name else None


def _coloured(target: Target, view: View) -> Region | None:
    """Patches of the colour that the words give the thing, else of the one it usually has."""
    if target.noun == "sky":
        return None
    tone = tones.of_colour(target.colour) if target.colour is not None else _usual_tone(target, view)
    if tone is None:
        return None
    match = tone.match(view.lab)
    scattered = target.noun in USUAL and target.colour is None and USUAL[target.noun] in ("green", "blue", "white")
    mask = _patches(match, view, target, scattered or target.several)
    if mask is None:
        return None
    return Region(mask, tone, "its colour")


def _clothes(target: Target, view: View) -> Region | None:
    """The main colour of the thing in front, below its head and near its middle."""
    if target.noun not in CLOTHES or view.front is None:
        return None
    top, tall, middle, wide = _figure(view)
    body = view.front * (1 - tones.SKIN.match(view.lab))
    body[: top + round(0.20 * tall)] = 0
    if target.noun in ("skirt", "pants", "trousers", "jeans"):
        body[: top + round(0.5 * tall)] = 0
    elif tall > 1.6 * wide and target.noun not in ("suit", "spacesuit", "dress", "coat", "uniform", "costume"):
        body[top + round(0.62 * tall) :] = 0
    # A network's outline of people needs no other bounds.
    reach = max(wide * 0.75, tall * 0.2) if view.people is None else body.shape[1]
    columns = np.abs(np.arange(body.shape[1]) - middle) > reach
    body[:, columns] = 0
    tone = tones.main(view.lab, body)
    return Region(body, tone, "the thing in front, without head and skin") if tone else None


def _figure(view: View) -> tuple[int, int, float, float]:
    """Top row and height of what is in front, and the middle and usual width of its upper half."""
    front = view.front if view.front is not None else np.ones(view.rgb.shape[:2], np.float32)
    if view.faces:
        left, top, wide, high = view.faces[0]
        top = max(0, top - round(high * 0.4))
        tall = min(len(front) - top, round(high * 7))
        return top, tall, left + wide / 2, wide * 2.2
    rows = np.nonzero(front.max(axis=1) > 0.5)[0]
    top, tall = int(rows[0]), int(np.ptp(rows)) + 1
    upper = front[top : top + max(2, tall // 2)] > 0.5
    columns = np.nonzero(upper)[1]
    return top, tall, float(np.median(columns)), float(np.median(upper.sum(axis=1)))


def _hair(target: Target, view: View) -> Region | None:
    """What has the colour of the head's upper rim, on the head."""
    if target.noun != "hair" or view.front is None:
        return None
    if view.people is not None and view.faces:
        return Region(_head(view, view.front), None, "the people's mask about the face")
    top, tall, middle, _ = _figure(view)
    rim = view.front.copy()
    low = max(3, round(0.09 * tall))
    if view.faces:
        _, face_top, wide, high = view.faces[0]
        top, tall = max(0, face_top - round(0.5 * high)), round(2.6 * high)
        low = max(2, face_top - top - round(0.06 * high))
        rim[:, np.abs(np.arange(rim.shape[1]) - middle) > wide * 0.4] = 0
    rim[: top + round(0.02 * tall)] = 0
    rim[top + low :] = 0
    values = view.lab[rim > 0.5]
    if len(values) < 8:
        return None
    centre, spread = np.median(values, axis=0), np.maximum(values.std(axis=0) * 2.2, (14, 5, 7))
    near = (np.abs(view.lab - centre) / spread).max(axis=2) < 1.0
    near &= view.front > 0.5
    near[top + round(0.5 * tall) :] = False
    reach = 0.25 * tall
    near[:, np.abs(np.arange(near.shape[1]) - middle) > max(reach, 8)] = False
    mask = cv2.morphologyEx(near.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0
    count, labels = cv2.connectedComponents(mask.astype(np.uint8))
    touching = np.unique(labels[rim > 0.5])
    kept = np.isin(labels, touching[touching > 0])
    return Region(kept.astype(np.float32), None, "the colour of the head's upper rim") if count > 1 else None


def _head(view: View, front: Plane) -> Plane:
    """The people's mask about each face and above its chin, without the face, and without skin below the brows."""
    near = np.zeros_like(front)
    for left, top, wide, high in view.faces:
        x, over = left + wide / 2, max(0, round(top - 0.9 * high))
        sides = max(0, round(x - wide)), round(x + wide) + 1
        near[over : round(top + 0.95 * high), sides[0] : sides[1]] = 1
        brows = slice(round(top + 0.35 * high), round(top + 0.95 * high))
        near[brows, sides[0] : sides[1]] *= tones.SKIN.match(view.lab[brows, sides[0] : sides[1]]) < 0.7
    size = max(3, round(max(front.shape) / 130)) | 1
    face = cv2.dilate(view.face_mask, np.ones((size, size), np.uint8))
    return np.asarray(front * near * np.clip(1 - 1.2 * face, 0, 1), np.float32)


def _front(target: Target, view: View) -> Region | None:
    if target.colour is not None or target.noun in ("sky", *BEHIND):
        return None
    if target.where in ("left", "right", "top", "bottom"):
        return _placed(target, view)
    if view.front is None:
        return None
    mask = view.front if target.several else _best(view.front > 0.5, view.salient)
    return Region(mask, tones.main(view.lab, mask), "what stands in front")


def _placed(target: Target, view: View) -> Region | None:
    """What stands out most in the named part of the picture."""
    part = np.zeros_like(view.salient)
    height, width = part.shape
    half = {
        "left": np.s_[:, : width // 2],
        "right": np.s_[:, width // 2 :],
        "top": np.s_[: height // 2],
        "bottom": np.s_[height // 2 :],
    }[target.where]
    part[half] = 1
    inside = view.front * part if view.front is not None else None
    if inside is None or inside.mean() < 0.004:
        salient = view.salient * part
        level = max(0.15, float(np.quantile(salient[half], 0.8)))
        marks = np.where(salient > level, cv2.GC_PR_FGD, cv2.GC_BGD).astype(np.uint8)
        inside = cut(view.rgb, marks)
    mask = _best(inside > 0.5, view.salient)
    return Region(mask, tones.main(view.lab, mask), f"what stands out at the {target.where}")


def _patches(match: Plane, view: View, target: Target, scattered: bool) -> Plane | None:
    """The patch of a colour that is largest and most salient, with what belongs to it; all of them if scattered."""
    size = max(3, round(max(match.shape) / 100)) | 1
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    solid = cv2.morphologyEx((match > 0.5).astype(np.uint8), cv2.MORPH_OPEN, ellipse)
    solid = cv2.morphologyEx(solid, cv2.MORPH_CLOSE, ellipse)
    if view.sky is not None:
        solid = solid * (view.sky < 0.5).astype(np.uint8)
    if solid.mean() < LEAST:
        return None
    if scattered:
        kept = _one_side(solid.astype(bool), view, target.noun)
        return _around(kept.astype(np.float32)) if kept.mean() >= LEAST else None
    best = _best(solid.astype(bool), view.salient + 0.15, target.where)
    rows, columns = np.nonzero(best > 0.5)
    grown = np.zeros_like(best)
    pad = round(0.02 * max(match.shape))
    grown[max(0, rows.min() - pad) : rows.max() + pad + 1, max(0, columns.min() - pad) : columns.max() + pad + 1] = 1
    return _around(np.maximum(best, grown * solid.astype(np.float32)))


def _one_side(kept: np.ndarray, view: View, noun: str) -> np.ndarray:
    """Green and blue things are mostly behind what stands in front; a tree may be what stands in front."""
    if noun not in USUAL or view.front is None:
        return kept
    front, behind = kept & (view.front > 0.5), kept & (view.front < 0.5)
    first, second = (front, behind) if noun in STANDING else (behind, front)
    return first if first.mean() > 0.02 else second


def _around(mask: Plane) -> Plane:
    """The mask with a margin, so that the soft edge of its colour lies within."""
    size = max(3, round(max(mask.shape) / 60)) | 1
    grown = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    return np.asarray(cv2.blur(filled(grown > 0.5, 0.004).astype(np.float32), (3, 3)), np.float32)


def _best(mask: np.ndarray, weight: Plane, where: str = "") -> Plane:
    """The connected part that weighs most, counting the named side of the picture double."""
    height, width = mask.shape
    count, labels = cv2.connectedComponents(mask.astype(np.uint8))
    weight = weight.copy()
    side = {"left": np.s_[:, width // 2 :], "right": np.s_[:, : width // 2]}
    side |= {"top": np.s_[height // 2 :], "bottom": np.s_[: height // 2]}
    if where in side:
        weight[side[where]] *= 0.1
    sums = np.bincount(labels.ravel(), weights=weight.ravel(), minlength=count)
    sums[0] = -1
    return (labels == int(sums.argmax())).astype(np.float32) if count > 1 else np.zeros(mask.shape, np.float32)


FINDERS: tuple[Finder, ...] = (_known, _sky, _behind, _clothes, _hair, _coloured, _ground, _front)
"""The ways to find a region, in the order to try them."""


def enclosed(region: Region, view: View) -> Plane:
    """The whole thing that a patch of colour belongs to: GrabCut in the patch's box."""
    mask = region.mask > 0.5
    if region.tone is None or not mask.any():
        return region.mask
    rows, columns = np.nonzero(mask)
    height, width = mask.shape
    pad_y, pad_x = round(np.ptp(rows) * 0.22) + 3, round(np.ptp(columns) * 0.12) + 3
    marks = np.full(mask.shape, cv2.GC_BGD, np.uint8)
    top, bottom = max(0, rows.min() - pad_y), min(height, rows.max() + pad_y)
    left, right = max(0, columns.min() - pad_x), min(width, columns.max() + pad_x)
    marks[top:bottom, left:right] = cv2.GC_PR_BGD
    near = cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    marks[near] = cv2.GC_PR_FGD
    marks[(region.tone.match(view.lab) > 0.6) & mask] = cv2.GC_FGD
    if view.front is not None and float((view.front * mask).sum()) > 0.7 * mask.sum():
        marks[(view.front > 0.5) & (marks == cv2.GC_PR_BGD)] = cv2.GC_PR_FGD
    return filled(cut(view.rgb, marks) > 0.5, 0.05).astype(np.float32)
