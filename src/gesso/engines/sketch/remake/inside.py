"""The masked part of a video made new: what lies behind it shows through, and what is asked for is put in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np

from gesso.engines.sketch.edit import add
from gesso.engines.sketch.edit.canvas import Canvas
from gesso.engines.sketch.edit.steps import Add
from gesso.engines.sketch.remake import motion, outside, plates
from gesso.engines.sketch.remake.fitting import covering
from gesso.engines.sketch.remake.motion import Pixels, Plane, Transform
from gesso.engines.sketch.remake.outside import Mask
from gesso.engines.sketch.remake.plates import Laid

GROWN = 0.006
"""Share of the shorter side by which more than the mask is hidden from the plate: soft edges, shadows."""

ROOM = 1.25
"""How much larger than the mask the part of the frame is that a thing is drawn into."""

DRAWN_AT = 512
"""Longer side at which a thing is drawn before it is laid into the mask."""

STEADY = 5
"""Frames over which the place of what is put in is averaged."""


@dataclass(frozen=True, slots=True)
class Masks:
    """The mask of every frame, a bit for each pixel."""

    packed: Sequence[Pixels]
    size: tuple[int, int]

    def __getitem__(self, number: int) -> Mask:
        width, height = self.size
        bits = np.unpackbits(self.packed[number], count=width * height)
        return bits.reshape(height, width).astype(np.bool_)


def pack(masks: Iterator[Mask], size: tuple[int, int]) -> Masks:
    """Keep the masks of a clip of `size` (width, height)."""
    return Masks([np.packbits(mask) for mask in masks], size)


def light(pixels: Pixels) -> Mask:
    """Where a mask picture is lighter than middle grey."""
    return np.asarray(pixels.mean(axis=2) > 127)


def followed(first: Mask, frames: Iterator[Pixels]) -> Iterator[Mask]:
    """A mask of the first frame, carried along as one piece with most of what it lies on."""
    before: Pixels | None = None
    way: Transform = np.eye(2, 3)
    start: Plane = first.astype(np.float32)
    for pixels in frames:
        small = motion.reduced(pixels)
        rows, columns = small.shape[:2]
        if before is None:
            start = motion.resized(start, columns, rows)
            yield first
        else:
            there, cut = motion.onward(before, small)
            now = cv2.warpAffine(start, way, (columns, rows))
            way = motion.chained(way, motion.camera(there, now > 0.5))
            start = np.zeros_like(start) if cut else start
            size = pixels.shape[1], pixels.shape[0]
            full = motion.scaled(way, size[0] / columns)
            yield cv2.warpAffine(first.astype(np.float32) * bool(start.any()), full, size) > 0.5
        before = small


def filled(
    read: Callable[[], Iterator[Pixels]], masks: Masks, rng: np.random.Generator, content: Content | None
) -> Iterator[Pixels]:
    """The frames with what is masked made new; every other pixel stays as it is. The clip is read three times."""
    size = masks.size
    laid = Laid(size, np.eye(2, 3))
    side = 2 * max(1, round(GROWN * min(size))) + 1
    grown = np.ones((side, side), np.uint8)

    def hidden(number: int, _pixels: Pixels) -> Mask:
        return cv2.dilate(masks[number].astype(np.uint8), grown) > 0

    building, showing = read(), read()
    for stretch in plates.survey(read(), size):
        plate = plates.build(islice(building, stretch.length), stretch, laid, rng, hidden)
        for i, pixels in enumerate(islice(showing, stretch.length)):
            mask = masks[stretch.start + i]
            behind = plate.view(laid.camera(stretch.cameras[i]), size)
            made = outside.evened(behind, ~hidden(stretch.start + i, pixels), pixels)
            if content is not None:
                made = content.put(made, mask, stretch.start + i)
            yield np.where(mask[..., None], made, pixels)


@dataclass(slots=True)
class Content:
    """A picture that takes the masked thing's place and goes where it goes; where it is clear, `cover` is 0."""

    picture: Pixels
    cover: Plane
    boxes: Sequence[Plane]
    """For each frame the mask's middle (x, y) and size, steadied; the size is 0 where there is no mask."""
    whole: bool = False
    """Whether it keeps its shape and stands on the mask's foot; else it is stretched to the mask."""

    def put(self, pixels: Pixels, mask: Mask, number: int) -> Pixels:
        """Lay the picture over a frame, within the mask."""
        x, y, across, down = (float(value) for value in self.boxes[number])
        if across < 2 or down < 2:
            return pixels
        height, width = self.picture.shape[:2]
        sx, sy = across / width, down / height
        if self.whole:
            sx = sy = min(sx, sy)
            y += (down - sy * height) / 2
        matrix = np.array([[sx, 0, x - sx * (width - 1) / 2], [0, sy, y - sy * (height - 1) / 2]])
        size = pixels.shape[1], pixels.shape[0]
        laid = cv2.warpAffine(self.picture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        cover = cv2.warpAffine(self.cover, matrix, size, flags=cv2.INTER_LINEAR)
        soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), max(0.6, min(size) / 300)) * mask
        share = (cover * soft)[..., None]
        return np.rint(pixels + (laid.astype(np.float32) - pixels) * share).astype(np.uint8)


def boxes(masks: Masks) -> Sequence[Plane]:
    """Middle and size of each frame's mask, steadied over time."""
    found = np.array([_box(masks[number]) for number in range(len(masks.packed))], np.float32)
    there = found[:, 2] > 0
    out = found.copy()
    for i in np.nonzero(there)[0]:
        near = slice(max(0, i - STEADY // 2), i + STEADY // 2 + 1)
        ends = found[near][there[near]]
        if len(ends) == STEADY:
            out[i] = ends.mean(axis=0)
    return list(out)


def _box(mask: Mask) -> tuple[float, float, float, float]:
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    if not len(rows):
        return 0.0, 0.0, 0.0, 0.0
    left, right, top, bottom = columns[0], columns[-1], rows[0], rows[-1]
    return (left + right) / 2, (top + bottom) / 2, right - left + 1, bottom - top + 1


def of_picture(picture: Pixels, masks: Masks) -> Content | None:
    """A given picture in the masked thing's place; none where nothing is masked."""
    places = boxes(masks)
    first = next((place for place in places if place[2] > 0), None)
    if first is None:
        return None
    size = max(2, round(float(first[2]))), max(2, round(float(first[3])))
    return Content(covering(picture, size), np.ones((size[1], size[0]), np.float32), places)


def of_words(
    words: str, behind: Pixels, masks: Masks, rng: np.random.Generator, scene: Pixels | None
) -> tuple[Content | None, tuple[str, ...]]:
    """What the words name, drawn into the first masked place of `behind`; a part of `scene` where nothing can be."""
    places = boxes(masks)
    first = next((place for place in places if place[2] > 0), None)
    if first is None:
        return None, ()
    x, y, across, down = (float(value) for value in first)
    left, top = max(0, round(x - across * ROOM / 2)), max(0, round(y - down * ROOM / 2))
    part = behind[top : round(y + down * ROOM / 2) + 1, left : round(x + across * ROOM / 2) + 1]
    scale = DRAWN_AT / max(part.shape[:2])
    size = max(16, round(part.shape[1] * scale)), max(16, round(part.shape[0] * scale))
    ground = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    canvas = Canvas(ground.copy(), rng)
    if add.apply(canvas, Add(words=words)):
        changed = cv2.absdiff(canvas.pixels, ground).max(axis=2) > 8
        x, y, across, down = (round(value) for value in _box(changed))
        if across >= 4 and down >= 4:
            rows = slice(max(0, y - down // 2 - 1), y + down // 2 + 2)
            columns = slice(max(0, x - across // 2 - 1), x + across // 2 + 2)
            cover = np.clip(cv2.GaussianBlur(changed.astype(np.float32), (0, 0), 1.0), 0, 1)
            made = Content(canvas.pixels[rows, columns], np.asarray(cover, np.float32)[rows, columns], places, True)
            return made, tuple(canvas.parts)
    if scene is None:
        return None, ()
    return Content(covering(scene, size), np.ones(size[::-1], np.float32), places), ()
