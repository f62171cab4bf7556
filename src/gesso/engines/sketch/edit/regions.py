"""Where in a picture a named thing is: by networks, the sky's outline, colour, position, by what is in front.

`find` asks the finders in turn; the networks that know people and things come first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import cv2
import numpy as np

from gesso.engines.sketch.edit import parts, tones
from gesso.engines.sketch.edit.canvas import Plane
from gesso.engines.sketch.edit.features import feature
from gesso.engines.sketch.edit.foreground import cut, filled
from gesso.engines.sketch.edit.steps import Target
from gesso.engines.sketch.edit.tones import Tone
from gesso.engines.sketch.edit.view import ANIMALS, LEAST, Region, View
from gesso.engines.sketch.edit.words import CLOTHES
from gesso.engines.sketch.edit.worn import clothes, hair
from gesso.engines.sketch.perceive import masks, phrases, sought
from gesso.engines.sketch.words import lexicon

BEHIND = frozenset(["background", "backdrop", "backdrops", "surroundings", "wall", "scenery"])
GROUND = frozenset(["ground", "floor", "road", "street", "pavement", "field", "snow", "sand", "path", "lawn"])
PARTS = frozenset(
    [
        *("eye", "nose", "mouth", "lip", "lips", "ear", "tooth", "teeth", "tongue", "beard", "moustache", "mustache"),
        *("eyebrow", "cheek", "forehead", "chin", "neck", "arm", "hand", "finger", "leg", "foot", "feet", "paw"),
        *("tail", "wing", "horn", "mane", "whisker", "roof", "door", "window", "wheel", "tyre", "tire", "handle"),
        *("lid", "sleeve", "collar", "button", "pocket", "leaf", "petal", "branch", "trunk", "label", "nail"),
        *(
            "cloud",
            "shadow",
            "reflection",
            "skin",
            "fur",
            "earring",
            "earrings",
            "glass",
            "glasses",
            "sunglasses",
            "necklace",
        ),
    ]
)
"""Parts of things: to take the whole for one would be worse than to find nothing."""

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


COLOUR = "its colour"
"""How a region says that it may be no more than the part of a thing that has the colour."""

Finder = Callable[[Target, View], Region | None]


def find(target: Target, view: View) -> Region | None:
    """The region that a target names; None where nothing fits."""
    if target.everything:
        return Region(np.ones(view.rgb.shape[:2], np.float32), None, "the whole picture")
    if target.outside:
        inner = find(replace(target, outside=False), view)
        mask = None if inner is None else enclosed(inner, view) if inner.by == COLOUR else inner.mask
        return (
            None
            if inner is None or mask is None
            else Region(1 - np.clip(mask, 0, 1), None, f"{inner.by}, turned round")
        )
    for finder in FINDERS:
        region = finder(target, view)
        if region is not None and float(region.mask.mean()) >= (0.0 if region.exact else LEAST) and region.mask.any():
            return region
    return None


def _skin(target: Target, view: View) -> Region | None:
    """Skin of the people that the picture is of: what has its colour on them, but for eyes and mouths."""
    if target.noun != "skin" or not view.picture.faces:
        return None
    around = view.face_mask if view.people is None else np.maximum(view.people, view.face_mask)
    alike = (tones.SKIN.match(view.lab) > 0.5).astype(np.uint8)
    skin = around * cv2.morphologyEx(alike, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    for part in ("eyes", "lips", "eyebrows"):
        spared = feature(Target(part, part), view)
        if spared is not None:
            skin = skin * (1 - cv2.dilate(np.ceil(spared.mask), np.ones((3, 3), np.uint8)))
    return Region(np.asarray(skin, np.float32), None, "its colour on people with faces", exact=True)


def _part(target: Target, view: View) -> Region | None:
    """A part of a thing: of the one the words name, else of the kind of thing that has such parts."""
    if target.noun not in parts.RULES and not (target.noun in parts.BODY and target.owner):
        return None
    for noun in (target.owner,) if target.owner else parts.OWNERS.get(target.noun, ()):
        owner = _known(Target(noun, lexicon.lemma(noun.split()[-1])), view)
        if owner is None and target.owner:
            owner = _front(Target(noun, lexicon.lemma(noun.split()[-1])), view)
        if owner is None:
            continue
        if target.noun in parts.BODY:
            return owner
        return parts.part(target.noun, owner, view, several=target.several)
    return None


TABLES = frozenset(["table", "desk", "tabletop", "countertop", "counter"])


def _table(target: Target, view: View) -> Region | None:
    """A table under what lies on it: the detector's box without what is in front."""
    query = next(iter(phrases.read(target.noun)), None) if target.noun in TABLES else None
    if query is None or view.front is None:
        return None
    out = np.zeros_like(view.front)
    scale = view.rgb.shape[1] / view.picture.pixels.shape[1]
    for one in sought.search(view.picture, query):
        left, top, right, bottom = (round(value * scale) for value in one.box)
        out[max(0, top) : bottom, max(0, left) : right] = 1
    rest = out * (1 - view.front)
    # Where little is left of it the table is itself what is in front.
    return Region(rest, outer(view.lab, rest), "the detector, without what is on it") if rest.mean() > 0.1 else None


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
    tone = tones.of_colour(target.colour) if target.colour is not None else outer(view.lab, mask)
    return Region(_alike(mask, tone, view) if target.several and tone else mask, tone, found.by)


def _alike(mask: Plane, tone: Tone, view: View) -> Plane:
    """A mask with the other things that have its colour and size: of several like ones not all are recognised."""
    fit = tone.match(view.lab) > 0.5
    inside = (mask > 0.5) & fit
    if inside.sum() < 30:
        return mask
    values = view.lab[inside]
    near = (np.abs(view.lab - values.mean(axis=0)) < 2.2 * values.std(axis=0) + 6).all(axis=2) & fit & (mask < 0.3)
    parts = np.asarray(cv2.connectedComponentsWithStats(inside.astype(np.uint8))[2])[1:]
    *_, wide, high, one = (int(value) for value in parts[parts[:, cv2.CC_STAT_AREA].argmax()])
    size = max(3, round(0.25 * one**0.5)) | 1
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    opened = cv2.morphologyEx(near.astype(np.uint8), cv2.MORPH_OPEN, ellipse)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opened)
    lean = (stats[:, cv2.CC_STAT_WIDTH] / stats[:, cv2.CC_STAT_HEIGHT]) / (wide / high)
    size_fits = (stats[:, cv2.CC_STAT_AREA] > 0.4 * one) & (stats[:, cv2.CC_STAT_AREA] < 2.5 * one)
    # What runs out of the picture is mostly ground.
    ends = stats[:, 0] + stats[:, 2], stats[:, 1] + stats[:, 3]
    whole = (stats[:, 0] > 0) & (ends[0] < mask.shape[1]) & (ends[1] < mask.shape[0])
    fitting = np.flatnonzero(size_fits & whole & (lean > 0.6) & (lean < 1.7) & (np.arange(count) > 0))
    others = np.isin(labels, fitting).astype(np.uint8)
    return np.maximum(mask, np.asarray(cv2.dilate(others, np.ones((5, 5), np.uint8)), np.float32))


def outer(lab: Plane, mask: Plane) -> Tone | None:
    """The main colour of a thing: that of its outer parts, not of what is seen in it or through it."""
    inside = np.pad((mask > 0.5).astype(np.uint8), 1)
    away = np.asarray(cv2.distanceTransform(inside, cv2.DIST_L2, 3), np.float32)[1:-1, 1:-1]
    ring = mask * ((away > 1) & (away <= max(3.0, 0.45 * float(away.max()))))
    return tones.main(lab, ring) or tones.main(lab, mask)


def _behind(target: Target, view: View) -> Region | None:
    if target.noun not in BEHIND or target.colour is not None or view.front is None:
        return None
    rest = 1 - view.front
    if target.noun == "wall":
        rest[round(_floor_line(view) * len(rest)) :] = 0
        return Region(rest, outer(view.lab, rest), "all but the thing in front, above the floor")
    return Region(rest, None, "all but the thing in front")


def _floor_line(view: View) -> float:
    """Where a room's floor begins, as a share of the height: at the strongest step from row to row below its middle."""
    height = len(view.lab)
    behind = np.ones(view.rgb.shape[:2], np.bool_) if view.front is None else view.front < 0.5
    weight = behind.sum(axis=1).astype(np.float32)[:, None] + np.float32(1e-3)
    rows = (view.lab * behind[..., None]).sum(axis=1) / weight
    reach = max(2, height // 40)
    step = np.zeros(height, np.float32)
    step[reach:-reach] = np.abs(rows[2 * reach :] - rows[: -2 * reach]).sum(axis=1)
    low, high = round(0.45 * height), round(0.92 * height)
    at = low + int(step[low:high].argmax())
    return at / height if step[at] > WALL_STEP else 1.0


WALL_STEP = 10.0
"""Step in Lab from one row to those below it that a floor makes."""


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
    return Region(mask, tone, COLOUR)


def _front(target: Target, view: View) -> Region | None:
    if target.colour is not None or target.noun in ("sky", *BEHIND) or not _guessed(target.noun, view):
        return None
    if target.several and target.noun:
        return None  # one thing in front is not several
    if target.where in ("left", "right", "top", "bottom"):
        return _placed(target, view)
    if view.front is None:
        return None
    mask = view.front if target.several else _best(view.front > 0.5, view.salient)
    return Region(mask, outer(view.lab, mask), "what stands in front")


def _guessed(noun: str, view: View) -> bool:
    """Whether what is in front may be what a noun names: no part of it, and nothing else than it is known to be."""
    if not noun:
        return True
    query = next(iter(phrases.read(noun)), None)
    person = query is not None and (query.labels == ("person",) or query.kind == "face")
    if noun in PARTS or (view.people is not None and not person):
        return False
    return not view.animal or (not person and noun not in ANIMALS - {view.animal})


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


FINDERS: tuple[Finder, ...] = (
    feature,
    _skin,
    _part,
    _table,
    _known,
    _sky,
    _behind,
    clothes,
    hair,
    _coloured,
    _ground,
    _front,
)
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
