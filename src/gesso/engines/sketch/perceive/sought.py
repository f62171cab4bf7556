"""From a query to boxes: the finders for each kind of thing, then colour, place and size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.composition import sprites
from gesso.engines.sketch.edit import tones
from gesso.engines.sketch.edit.canvas import to_lab, to_unit
from gesso.engines.sketch.perceive import detector, drawings, outlines, people, windows
from gesso.engines.sketch.perceive import faces as face_finder
from gesso.engines.sketch.perceive.detector import Found
from gesso.engines.sketch.perceive.faces import Face
from gesso.engines.sketch.perceive.phrases import Query
from gesso.engines.sketch.perceive.windows import Array, Box
from gesso.engines.sketch.words import lexicon
from gesso.engines.sketch.words.hints import SETTINGS

SURE = 0.35
"""Score from which the detector's finds count."""

HINT = 0.25
"""Score down to which one find counts where the words leave no other and the picture is nearly all of it."""

HALF = 0.5
"""Share of the picture from which a thing leaves no room for sprites of its kind."""

COLOURED, WORN = 0.18, 0.08
"""Share of a thing that has to be of its colour: its own, or that of something on it."""

CHIEF = 0.95
"""How much of a thing's own colour there has to be for each part of any other: a red car may have blue windows."""

ALONE = 0.12
"""Share of its colour that the only thing of its kind needs: a red car may be mostly windows."""

VIVID = ("red", "orange", "yellow", "green", "blue", "purple", "pink")

PARTS: Mapping[str, tuple[tuple[int, ...], ...]] = {
    "eye": ((33, 133, 159, 145), (362, 263, 386, 374)),
    "mouth": ((61, 291, 0, 17),),
    "nose": ((168, 2, 129, 358),),
    "eyebrow": ((70, 107, 105, 52), (336, 300, 334, 282)),
}
"""Points of the mesh at the edges of parts of a face."""


class Picture:
    """A picture with what was found in it, each kind when it is first asked for."""

    def __init__(self, pixels: npt.NDArray[Any]) -> None:
        self.pixels = np.ascontiguousarray(pixels[..., :3])
        self.parts: list[str] = []
        """Learned parts that ran."""
        self._sprites: dict[str, list[Found]] = {}

    def sprite(self, name: str) -> list[Found]:
        """Where one of the engine's own sprites stands, looked for once."""
        if name not in self._sprites:
            self._sprites[name] = drawings.sprite(self.pixels, name)
        return self._sprites[name]

    @cached_property
    def things(self) -> list[Found]:
        self.ran(detector.PART)
        return detector.objects(self.pixels, least=HINT)

    @cached_property
    def large(self) -> list[Found]:
        """Things that take up much of the picture, at a fifth of the cost."""
        self.ran(detector.PART)
        return detector.objects(self.pixels, least=SURE, small=False)

    @cached_property
    def faces(self) -> list[Face]:
        self.ran(face_finder.PART_DETECTOR, face_finder.PART_MESH)
        return face_finder.faces(self.pixels)

    @cached_property
    def persons(self) -> Array:
        self.ran(people.PART)
        return people.person_mask(self.view)

    @cached_property
    def view(self) -> npt.NDArray[np.uint8]:
        return windows.view(self.pixels)[0]

    @cached_property
    def lab(self) -> Array:
        return np.asarray(to_lab(to_unit(self.view)), np.float32)

    @property
    def scale(self) -> float:
        """By how much `view` is smaller."""
        return self.view.shape[1] / self.pixels.shape[1]

    def ran(self, *parts: str) -> None:
        self.parts += [part for part in parts if part not in self.parts]


def search(picture: Picture, query: Query) -> list[Found]:
    """What a query names in a picture, the surest first; none where nothing fits."""
    found = FINDERS[query.kind](picture, query)
    if query.colour or query.worn:
        alone = len(found) == 1
        found = [one for one in found if _fits(picture, one.box, query, alone=alone)]
    found = _sized(_where(found, query, picture), query)
    return found[: query.count] if query.count and query.size else found


def _fits(picture: Picture, box: Box, query: Query, *, alone: bool) -> bool:
    if not query.colour:
        return coloured(picture, box, query.worn) >= WORN
    share = coloured(picture, box, query.colour)
    if alone and share >= ALONE:
        return True
    others = [coloured(picture, box, name) for name in VIVID] if query.colour in VIVID else [0.0]
    return share >= max(COLOURED, CHIEF * max(others))


def coloured(picture: Picture, box: Box, name: str) -> float:
    """Share of the inner part of a box that a colour's name fits."""
    tone = tones.of_name(name)
    left, top, right, bottom = (value * picture.scale for value in box)
    middle = round((left + right) / 2), round((top + bottom) / 2)
    half = max(1, round((right - left) * 0.42)), max(1, round((bottom - top) * 0.42))
    inner = np.zeros(picture.lab.shape[:2], np.uint8)
    cv2.ellipse(inner, middle, half, 0, 0, 360, 1, -1)
    values = picture.lab[inner > 0]
    return float(tone.match(values[None]).mean()) if tone is not None and len(values) else 0.0


def _objects(picture: Picture, query: Query) -> list[Found]:
    named = [one for one in picture.things if one.label in query.labels]
    found = [one for one in named if one.score >= SURE]
    if query.labels == ("person",):
        found = [*found, *_by_faces(picture, found)]
    elif not any(_share(picture, one.box) > HALF for one in found):
        found += [one for one in _drawn(picture, query) if _apart(one, found)]
    if not found and named and _share(picture, named[0].box) > 0.2:
        return named[:1]
    return found


def _apart(one: Found, others: list[Found]) -> bool:
    return all(windows.overlap(one.box, o.box) < 0.3 and windows.inside(one.box, o.box) < 0.6 for o in others)


def _by_faces(picture: Picture, known: list[Found]) -> list[Found]:
    """People of whom the detector saw nothing but who have a face, with as much of them as is seen."""
    out: list[Found] = []
    for face in picture.faces:
        if any(windows.inside(face.box, one.box) > 0.6 for one in [*known, *out]):
            continue
        out.append(Found("person", face.score, _body(picture, face)))
    return out


def _body(picture: Picture, face: Face) -> Box:
    """The box of the person that a face belongs to: the part of the people's mask about it."""
    scale = picture.scale
    mask = (picture.persons > 0.5).astype(np.uint8)
    left, top, right, bottom = (value * scale for value in face.box)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    patch = labels[round(top) : round(bottom), round(left) : round(right)].ravel()
    label = int(np.bincount(patch).argmax()) if patch.size else 0
    if label == 0:
        wide, high = right - left, bottom - top
        around = (left - wide, top - 0.6 * high, right + wide, bottom + 2.5 * high)
    else:
        x, y, wide, high = (int(v) for v in stats[label, :4])
        around = (x, y, x + wide, y + high)
    a, b, c, d = (value / scale for value in around)
    return windows.clipped((a, b, c, d), picture.pixels.shape)


def _drawn(picture: Picture, query: Query) -> list[Found]:
    """Sprites of the embedded engine that the noun stands for."""
    match = lexicon.lookup(query.noun)
    if match is None or match.how in ("evokes", "head") or not (match.sprite or match.drawing):
        return []
    if match.drawing in SETTINGS:
        return []
    found = picture.sprite(match.drawing or match.sprite)
    if not found and f"oncoming-{match.sprite}" in sprites.names():
        found = picture.sprite(f"oncoming-{match.sprite}")
    if found:
        picture.ran(drawings.PART)
    return [replace(one, label=query.noun) for one in found]


def _faces(picture: Picture, query: Query) -> list[Found]:
    if query.part == "face":
        return [Found("face", face.score, face.box) for face in picture.faces]
    found: list[Found] = []
    for face in picture.faces:
        points = face_finder.mesh(picture.pixels, face)[:, :2]
        pad = 0.03 * (face.box[2] - face.box[0])
        for corners in PARTS[query.part]:
            (left, top), (right, bottom) = points[list(corners)].min(axis=0), points[list(corners)].max(axis=0)
            box = (float(left) - pad, float(top) - pad, float(right) + pad, float(bottom) + pad)
            found.append(Found(query.part, face.score, windows.clipped(box, picture.pixels.shape)))
    return found


def _writing(picture: Picture, query: Query) -> list[Found]:
    return outlines.writing(picture.pixels)


def _shapes(picture: Picture, query: Query) -> list[Found]:
    return outlines.shapes(picture.pixels, query.part)


def _share(picture: Picture, box: Box) -> float:
    return windows.area(box) / (picture.pixels.shape[0] * picture.pixels.shape[1])


def _where(found: list[Found], query: Query, picture: Picture) -> list[Found]:
    """The finds at the named place: all in that half for a plural, else the one furthest that way."""
    height, width = picture.pixels.shape[:2]

    def away(one: Found) -> float:
        x, y = (one.box[0] + one.box[2]) / 2 / width, (one.box[1] + one.box[3]) / 2 / height
        return {
            "left": x,
            "right": 1 - x,
            "top": y,
            "bottom": 1 - y,
            "middle": float(np.hypot(x - 0.5, y - 0.5)),
        }[query.where]

    if not query.where:
        return found
    most = 0.3 if query.where == "middle" else 0.6
    there = sorted((one for one in found if away(one) < most), key=away)
    return there if query.several or query.size else there[:1]


def _sized(found: list[Found], query: Query) -> list[Found]:
    """The finds of the named size, told by comparison with each other."""
    if not query.size or not found:
        return found
    largest_first = sorted(found, key=lambda one: -windows.area(one.box))
    if query.size.endswith("est"):
        ordered = largest_first if query.size == "largest" else largest_first[::-1]
        return ordered if query.count else ordered[:1]
    top, low = windows.area(largest_first[0].box), windows.area(largest_first[-1].box)
    middle = float(np.sqrt(top * low))
    if top < 1.5 * low:
        return found
    return [one for one in found if (windows.area(one.box) >= middle) == (query.size == "large")]


FINDERS: Mapping[str, Callable[[Picture, Query], list[Found]]] = {
    "objects": _objects,
    "face": _faces,
    "text": _writing,
    "shape": _shapes,
    "other": _drawn,
}
"""Kind of a query to what looks for it."""
