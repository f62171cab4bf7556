"""From boxes to pixels: a named thing cut out of its box, a person by the people's mask, a face along its mesh."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.composition import sprites
from gesso.engines.sketch.edit.foreground import cut, filled
from gesso.engines.sketch.perceive import drawings, faces, people, phrases, sought, windows
from gesso.engines.sketch.perceive.faces import Face
from gesso.engines.sketch.perceive.phrases import Query
from gesso.engines.sketch.perceive.sought import Picture
from gesso.engines.sketch.perceive.windows import Array, Box
from gesso.engines.sketch.scene.drawings import DRAWINGS
from gesso.engines.sketch.words import lexicon

OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
"""The mesh's points around a face, in order."""

LEAST_FRONT = 0.03
"""Share of the picture from which people are what it is of."""

SIDE = 320
"""Longer side that GrabCut works at."""


@dataclass(frozen=True, slots=True)
class Named:
    """The pixels of a named thing (0..1, at the size of `Picture.view`), and what found them."""

    mask: Array
    by: str


def named(
    picture: Picture, phrase: str, *, several: bool = False, without: frozenset[str] = frozenset()
) -> Named | None:
    """The pixels of the first thing that a phrase names; None for what no network knows or sees here.

    `without` are nouns that are better told by colour and place.
    """
    query = next(iter(phrases.read(phrase)), None)
    if query is None or query.kind in ("text", "shape") or query.noun in phrases.ANYTHING:
        return None
    if query.kind == "face" and query.part == "face":
        mask = face_mask(picture, picture.faces if several or query.several else picture.faces[:1])
        return Named(mask, "BlazeFace and the face mesh") if mask.any() else None
    found = sought.search(picture, query)
    if not found:
        return None
    if not (several or query.several):
        found = found[:1]
    person = found[0].label == "person"
    pieces = [_piece(picture, query, tuple(v * picture.scale for v in one.box), person=person) for one in found]
    by = f"the detector ({found[0].label} {found[0].score:.2f})" + (" and the people's mask" if person else "")
    return Named(np.asarray(np.max(pieces, axis=0), np.float32), by)


def _piece(picture: Picture, query: Query, box: tuple[float, ...], *, person: bool) -> Array:
    """The pixels of the thing in a box of the view: a sprite's own outline where it is one, else cut out."""
    for name in () if person else sprites_of(query):
        own = drawings.silhouette(picture.view, name, (box[0], box[1], box[2], box[3]))
        if own is not None:
            picture.ran(drawings.PART)
            return own
    return _cut_out(picture, box, person=person)


def sprites_of(query: Query) -> list[str]:
    """The sprites that the engine would show a noun by, from all sides that there are."""
    match = lexicon.lookup(query.noun)
    if match is None:
        return []
    if match.drawing:
        return [match.drawing] if match.drawing in DRAWINGS else []  # tables and rooms are settings
    return [name for name in (match.sprite, f"oncoming-{match.sprite}") if name in sprites.names()]


def front(picture: Picture) -> Array | None:
    """The people that a picture is of, 0..1; None where it is of something else."""
    boxes = [one.box for one in picture.large if one.label == "person" and one.score >= 0.5]
    boxes += [_around(face) for face in picture.faces if not _held(face, boxes)]
    if sum(windows.area(box) for box in boxes) < LEAST_FRONT * picture.pixels.shape[0] * picture.pixels.shape[1]:
        return None
    near = np.zeros(picture.view.shape[:2], np.float32)
    for box in boxes:
        left, top, right, bottom = (value * picture.scale for value in box)
        pad_x, pad_y = 0.07 * (right - left) + 2, 0.05 * (bottom - top) + 2
        corners = [max(0, round(v)) for v in (left - pad_x, top - pad_y, right + pad_x, bottom + pad_y)]
        near[corners[1] : corners[3], corners[0] : corners[2]] = 1
    mask = picture.persons * near
    return mask if float((mask > 0.5).mean()) > 0.01 else None


def face_mask(picture: Picture, found: list[Face]) -> Array:
    """Soft-edged ovals along the meshes of faces, 0..1."""
    out = np.zeros(picture.view.shape[:2], np.float32)
    for face in found:
        points = faces.mesh(picture.pixels, face)[list(OVAL), :2] * np.float32(picture.scale)
        cv2.fillPoly(out, [np.rint(points).astype(np.int32)], 1.0, cv2.LINE_AA)
        side = (face.box[2] - face.box[0]) * picture.scale
        out = np.asarray(cv2.GaussianBlur(out, (0, 0), max(0.6, side / 40)), np.float32)
    return np.clip(out, 0, 1)


def _held(face: Face, boxes: list[Box]) -> bool:
    return any(windows.inside(face.box, box) > 0.6 for box in boxes)


def _around(face: Face) -> Box:
    """Where a person is whose face alone is known."""
    left, top, right, bottom = face.box
    wide, high = right - left, bottom - top
    return left - 1.6 * wide, top - 0.7 * high, right + 1.6 * wide, bottom + 5 * high


def _cut_out(picture: Picture, box: tuple[float, ...], *, person: bool) -> Array:
    """The thing in a box of the view."""
    left, top, right, bottom = (round(value) for value in box)
    inner = np.zeros(picture.view.shape[:2], np.bool_)
    pad_x, pad_y = max(2, round(0.04 * (right - left))), max(2, round(0.04 * (bottom - top)))
    inner[max(0, top - pad_y) : bottom + pad_y, max(0, left - pad_x) : right + pad_x] = True
    size = max(1.0, float(inner.sum()))
    if person:
        picture.ran(people.PART)
        mask = people.person_mask(picture.view, [(left, top, right, bottom)]) * inner
        if float((mask > 0.5).sum()) > 0.2 * size:
            return np.asarray(mask, np.float32)
    mask = _grabbed(picture.view, inner, (left, top, right, bottom)) * inner
    if float((mask > 0.5).sum()) > 0.18 * size:
        return np.asarray(mask, np.float32)
    middle, half = (
        ((left + right) // 2, (top + bottom) // 2),
        (max(1, (right - left) // 2), max(1, (bottom - top) // 2)),
    )
    return np.asarray(cv2.ellipse(np.zeros_like(mask), middle, half, 0, 0, 360, 1.0, -1, cv2.LINE_AA), np.float32)


def _grabbed(rgb: npt.NDArray[np.uint8], inner: npt.NDArray[np.bool_], box: tuple[int, int, int, int]) -> Array:
    """GrabCut in a box: its middle is probably the thing, its corners probably not, all around surely not."""
    left, top, right, bottom = box
    wide, high = right - left, bottom - top
    around = np.s_[max(0, top - high // 3) : bottom + high // 3 + 1, max(0, left - wide // 3) : right + wide // 3 + 1]
    part, room = rgb[around], inner[around]
    scale = min(1.0, SIDE / max(part.shape[:2]))
    size = max(2, round(part.shape[1] * scale)), max(2, round(part.shape[0] * scale))
    small = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    marks = np.where(cv2.resize(room.astype(np.uint8), size) > 0, cv2.GC_PR_BGD, cv2.GC_BGD).astype(np.uint8)
    y, x = top - (around[0].start or 0), left - (around[1].start or 0)
    middle = round((x + wide / 2) * scale), round((y + high / 2) * scale)
    for share, mark in ((0.46, cv2.GC_PR_FGD), (0.12, cv2.GC_FGD)):
        half = max(1, round(wide * share * scale)), max(1, round(high * share * scale))
        cv2.ellipse(marks, middle, half, 0, 0, 360, int(mark), -1)
    solid = filled(cut(small, marks) > 0.5, 0.02).astype(np.float32)
    out = np.zeros(rgb.shape[:2], np.float32)
    out[around] = cv2.resize(solid, (part.shape[1], part.shape[0]), interpolation=cv2.INTER_LINEAR)
    return out
