"""Putting a thing in: a drawn one from words, or the main thing of another picture, on the ground and in the light."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.composition import compose, figures, sizing
from gesso.engines.sketch.composition.items import Item
from gesso.engines.sketch.edit import atmosphere, mattes, overlays, remove
from gesso.engines.sketch.edit.canvas import Canvas, Pixels, Plane, luma, reduced, to_unit
from gesso.engines.sketch.edit.clauses import target
from gesso.engines.sketch.edit.overlays import Ground
from gesso.engines.sketch.edit.regions import find
from gesso.engines.sketch.edit.steps import Add
from gesso.engines.sketch.edit.view import Region, View
from gesso.engines.sketch.edit.writing import box_of
from gesso.engines.sketch.scene import drawings
from gesso.engines.sketch.scene.light import TIMES, Light
from gesso.engines.sketch.scene.stage import Stage
from gesso.engines.sketch.words import prompt
from gesso.engines.sketch.words.description import Description, Subject

MOST = 5
"""Things that one step puts in."""

HEADWEAR = frozenset(
    ["top-hat", "billed-cap", "crown", "graduation-cap", "rescue-workers-helmet", "womans-hat", "military-helmet"]
)

EYEWEAR = frozenset(["glasses", "sunglasses", "goggles"])

AIRY = frozenset({"air"})


@dataclass(frozen=True, slots=True)
class Place:
    """The middle, foot and height of what comes in, as shares of the picture's width and height."""

    x: float
    base: float
    height: float


def apply(canvas: Canvas, step: Add) -> bool:
    """Put something in. False where the words name nothing that can be drawn, or what it replaces is not found."""
    if step.material is not None:
        return _from_material(canvas, step)
    found = prompt.parse(step.words)
    subjects = found.subjects
    if not subjects:
        return False
    place = None
    if step.instead is not None:
        before = View(canvas.pixels)
        mask = remove.region(canvas, step.instead, before)
        if mask is None:
            return False
        left, top, right, bottom = box_of(mask, 1000, 1000)
        place = Place((left + right) / 2000, bottom / 1000, (bottom - top) / 1000)
        remove.take_out(canvas, mask, before)
    view = View(canvas.pixels)
    land = atmosphere.survey(view)
    ground = Ground(light_of(view), land.horizon, min(0.95, land.horizon + 0.08))
    items = _items(canvas, step, found, view, land.horizon, place)
    width, height = overlays.size_of(canvas)
    for item in items:
        item.x, item.base = item.x * width, item.base * height
        item.width, item.height = item.width * height, item.height * height

    def painter(stage: Stage) -> None:
        _, used = compose.compose(stage, [replace(item) for item in items])
        canvas.ran(*sorted(used))

    overlays.paint(canvas, ground, painter)
    told = "" if step.by is None or step.instead is not None else _told_by(step, find(step.by, view))
    canvas.log(f"Added: {', '.join(s.phrase for s in subjects)} ({len(items)} in all){told}.")
    return True


def light_of(view: View) -> Light:
    """The light of a picture: how bright and how warm its lit parts are, and from which side it comes."""
    unit = to_unit(view.rgb)
    grey = luma(unit)
    lit = unit[(grey >= np.quantile(grey, 0.6)) & (grey <= max(np.quantile(grey, 0.97), np.quantile(grey, 0.6)))].mean(
        axis=0
    )
    level = float(np.clip(luma(lit) / 0.72, 0.30, 1.02))
    cast = np.clip(lit / max(float(luma(lit)), 0.05), 0.75, 1.3) ** np.float32(0.5)
    sun = tuple(float(v) for v in cast * np.float32(level))
    shade = tuple(float(v) for v in cast * np.float32(level * 0.70))
    middle = grey.shape[1] // 2
    halves = float(grey[:, : middle + 1].mean()), float(grey[:, middle:].mean())
    side = float(np.clip((halves[1] - halves[0]) * 4, -0.7, 0.7))
    day = TIMES["day"]
    dark = float(np.median(grey)) < 0.16
    return replace(day, sun=_three(sun), shade=_three(shade), glow=_three(sun), side=side, shadow=0.42, dark=dark)


def _three(values: tuple[float, ...]) -> tuple[float, float, float]:
    return values[0], values[1], values[2]


def _items(
    canvas: Canvas, step: Add, found: Description, view: View, horizon: float, place: Place | None
) -> list[Item]:
    """What to draw, measured in shares of the picture's height (`x` in shares of its width)."""
    items: list[Item] = []
    for index, subject in enumerate(found.subjects):
        for _ in range(min(subject.count, MOST - len(items))):
            items.append(_item(canvas, step, subject, index, view, horizon, place, items))
    return sorted(items, key=lambda item: item.base)


def _item(
    canvas: Canvas,
    step: Add,
    subject: Subject,
    index: int,
    view: View,
    horizon: float,
    place: Place | None,
    others: list[Item],
) -> Item:
    stance = sizing.stance_of(subject)
    shape = drawings.draw(subject.drawing) if subject.drawing else figures.figure(subject.sprite)
    metres = drawings.body(subject.drawing).metres if subject.drawing else figures.metres(subject.sprite)
    high = float(np.clip(0.36 * (max(metres, 0.05) / 1.2) ** 0.30, 0.18, 0.58)) * float(
        np.clip(subject.scale, 0.5, 1.7)
    )
    aspect = canvas.width / canvas.height
    wide = high * shape.shape[1] / shape.shape[0]
    if wide > 0.5 * aspect:
        high, wide = high * 0.5 * aspect / wide, 0.5 * aspect
    item = Item(subject, index, stance, wide, high, order=float(index))
    where = step.where or subject.where
    item.flip = bool(canvas.rng.random() < 0.5) if where not in ("left", "right") else where == "left"
    by = None if step.by is None or place is not None else find(step.by, view)
    if place is None and _worn(item, view, aspect, by):
        return item
    if by is not None and step.relation:
        _beside(item, by.mask, step.relation, aspect)
        return item
    if place is not None and not others:
        item.resize(place.height / item.height * (1.0 if stance != "held" else 0.9))
        item.x, item.base, item.grounded = place.x, place.base, stance not in AIRY
        return item
    _settle(item, where, canvas, view, horizon, others)
    return item


def _beside(item: Item, mask: Plane, relation: str, aspect: float) -> None:
    """By a thing of the picture: on its highest place, above it, or at its foot on the side that has more room."""
    left, top, right, bottom = (value / 1000 for value in box_of(mask, 1000, 1000))
    half = item.width / aspect / 2
    item.grounded = relation in ("left", "right", "beside")
    if not item.grounded:
        broad = _broad(mask)
        row = int(broad.any(axis=1).argmax())
        item.resize(min(1.0, 1.1 * (right - left) / max(2 * half, 1e-3)))
        item.x, top = float(np.flatnonzero(broad[row]).mean() + 0.5) / mask.shape[1], row / len(mask)
        item.base = max(item.height, top + (0.10 * item.height if relation == "on" else -0.04))
        return
    on_left = relation == "left" or (relation == "beside" and left > 1 - right)
    item.x = float(np.clip(left - half * 0.95 if on_left else right + half * 0.95, half * 0.5, 1 - half * 0.5))
    item.base = min(0.98, bottom)


def _broad(mask: Plane) -> npt.NDArray[np.bool_]:
    """A mask without tails, ears and poles: nothing is set on them."""
    solid = (mask > 0.5).astype(np.uint8)
    size = max(1, round(0.30 * float(solid.sum()) ** 0.5)) | 1
    opened = cv2.morphologyEx(solid, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    return np.asarray(opened if opened.any() else solid) > 0


def _worn(item: Item, view: View, aspect: float, by: Region | None) -> bool:
    """Lay on a head what belongs there. False for other things, and where no head is found."""
    if item.subject.sprite in EYEWEAR and view.picture.faces:
        _on_eyes(item, view, aspect)
        return True
    return item.subject.sprite in HEADWEAR and _on_head(item, view, aspect, by)


def _on_eyes(item: Item, view: View, aspect: float) -> None:
    """Glasses reach a little beyond both eyes, along the line through them."""
    height, width = view.picture.pixels.shape[:2]
    first, second = view.picture.faces[0].eyes
    along = second - first
    item.resize(float(np.hypot(*along)) * 1.62 / width * aspect / item.width)
    middle = (first + second) / 2
    item.x, item.base = float(middle[0]) / width, float(middle[1]) / height + item.height * 0.5
    item.turn, item.grounded, item.flip = float(np.degrees(np.arctan2(along[1], along[0]))), False, False


def _on_head(item: Item, view: View, aspect: float, by: Region | None) -> bool:
    """A hat sits on the first face, else on the top of what it is for or stands in front. False where there is none."""
    height, width = view.rgb.shape[:2]
    item.grounded = False
    if view.faces:
        left, top, wide, high = view.faces[0]
        item.resize(wide * 1.75 / width * aspect / item.width)
        item.x, item.base = (left + wide / 2) / width, (top + high * 0.10) / height
        return True
    mask = view.front if by is None else by.mask
    if mask is None or not (mask > 0.5).any():
        return False
    front = _broad(mask).astype(np.float32)
    rows = np.nonzero(front.max(axis=1) > 0.5)[0]
    top, tall = int(rows.min()), int(np.ptp(rows)) + 1
    head = front[top + round(0.04 * tall) : top + max(3, round(0.15 * tall))] > 0.5
    wide = float(np.median(head.sum(axis=1)))
    item.resize(max(0.04, wide / width * aspect) * 1.15 / item.width)
    item.resize(min(1.0, 0.5 * aspect / item.width))
    item.x = float(np.median(np.nonzero(head)[1]) + 0.5) / width
    item.base = max(top / height + item.height * 0.22, item.height * 0.8)
    return True


WATERS = 0.46
"""Row, as a share of the height, above which nothing floats: what looks like land below the sky may be mountains."""


def _settle(item: Item, where: str, canvas: Canvas, view: View, horizon: float, others: list[Item]) -> None:
    """Where it was asked for, else where it hides least of what is there."""
    aspect = canvas.width / canvas.height
    reach = item.width / aspect / 2
    wish = {"left": 0.22, "right": 0.78, "centre": 0.5}.get(where)
    air = item.stance in AIRY or where == "top"
    item.grounded = not air
    if where == "back":
        item.resize(0.6)
    afloat = item.stance == "water"
    if afloat:
        item.resize(0.6)
        item.sunk = 0.12
    room = max(0.25, horizon)
    if air:
        # What flies is smaller than the sky it is to be seen in.
        item.resize(min(1.0, 0.6 * room / item.height))
        reach = item.width / aspect / 2
    best = np.inf
    for _ in range(32):
        x = float(
            canvas.rng.normal(wish, 0.03)
            if wish is not None
            else canvas.rng.uniform(reach, max(reach + 0.01, 1 - reach))
        )
        x = float(np.clip(x, min(0.5, reach + 0.01), max(0.5, 1 - reach - 0.01)))
        if air:
            base = float(canvas.rng.uniform(0.05, max(0.08, 0.9 * room - item.height))) + item.height
        else:
            low = max(horizon + 0.06, WATERS) if afloat else max(horizon + 0.10, 0.55)
            near = {"front": 0.95, "back": 0.05}.get(where)
            depth = near if near is not None else float(canvas.rng.uniform(0.45, 0.85))
            base = min(0.97, low + (0.98 - low) * depth * (0.35 if afloat else 1.0))
        cost = _hides(x, base, item, view, aspect) + sum(
            max(0.0, 1 - abs(x - o.x) / max(1e-3, (item.width + o.width) / aspect / 2)) for o in others
        )
        if cost < best:
            best, item.x, item.base = cost, x, base


def _hides(x: float, base: float, item: Item, view: View, aspect: float) -> float:
    weight = view.front if view.front is not None else view.salient * 0.4
    height, width = weight.shape
    half = item.width / aspect / 2
    rows = slice(max(0, int((base - item.height) * height)), max(1, int(base * height)))
    part = weight[rows, max(0, int((x - half) * width)) : max(1, int((x + half) * width))]
    return float(part.mean()) * 3 if part.size else 1.0


def _from_material(canvas: Canvas, step: Add) -> bool:
    """The main thing of another picture, cut out, lit and placed."""
    if step.material is None or not 1 <= step.material <= len(canvas.materials):
        return False
    source = reduced(canvas.materials[step.material - 1], 1200)
    seen = View(source)
    wanted = find(target(step.words), seen) if step.words else None
    front = seen.front if wanted is None else wanted.mask
    place = None
    if step.instead is not None:
        before = View(canvas.pixels)
        mask = remove.region(canvas, step.instead, before)
        if mask is None:
            return False
        left, top, right, bottom = box_of(mask, 1000, 1000)
        place = Place((left + right) / 2000, bottom / 1000, (bottom - top) / 1000)
        remove.take_out(canvas, mask, before)
    layer = cut_out(source, front)
    view = View(canvas.pixels)
    land = atmosphere.survey(view)
    subject = Subject("picture")
    high = 0.46
    item = Item(subject, 0, "ground", high * layer.shape[1] / layer.shape[0], high)
    aspect = canvas.width / canvas.height
    by = None if step.by is None or place is not None else find(step.by, view)
    if place is not None:
        item.resize(place.height / item.height)
        item.x, item.base = place.x, place.base
    elif by is not None:
        item.resize(min(1.0, 0.6 * aspect / item.width))
        _beside(item, by.mask, step.relation, aspect)
        item.base = max(item.base, min(0.98, item.height + 0.02))
    else:
        item.resize(min(1.0, 0.6 * aspect / item.width))
        _settle(item, step.where, canvas, view, land.horizon, [])
        item.base = max(item.base, min(0.98, item.height + 0.02))
    lay(canvas, layer, item, light_of(view), light_of(seen), front is not None)
    what = step.words if wanted is not None else "the main thing"
    canvas.log(f"Placed {what} of picture {step.material + 1}{_told_by(step, by)}.")
    return True


def _told_by(step: Add, by: Region | None) -> str:
    """For the log, where it was put by the wish to have it at a thing."""
    if step.by is None or not step.by.phrase:
        return ""
    return f" by {step.by.phrase}" if by is not None else f"; {step.by.phrase} was not found, so where there is room"


def cut_out(source: Pixels, front: Plane | None) -> Plane:
    """(h, w, 4) float, premultiplied: what stands in front, else the whole picture."""
    if front is None:
        return np.dstack([to_unit(source), np.ones(source.shape[:2], np.float32)])
    if not (front > 0.5).any():
        return np.zeros((1, 1, 4), np.float32)
    height, width = source.shape[:2]
    left, top, right, bottom = box_of(front, width, height)
    pad = 2 * mattes.STRANDS * max(source.shape[:2])
    across = slice(max(0, round(left - pad)), min(width, round(right + pad)))
    down = slice(max(0, round(top - pad)), min(height, round(bottom + pad)))
    near, mask = source[down, across], np.asarray(cv2.resize(front, (width, height))[down, across], np.float32)
    alpha = mattes.cutout(mask, near).rows(near, 0, len(near))
    rows, columns = np.nonzero(alpha > 0.1)
    if not len(rows):
        return np.zeros((1, 1, 4), np.float32)
    box = np.s_[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return np.dstack([to_unit(near[box]) * alpha[box][..., None], alpha[box]]).astype(np.float32)


def lay(canvas: Canvas, layer: Plane, item: Item, here: Light, there: Light, shaded: bool) -> None:
    """Lay a cut-out on the picture in the light that is `here` instead of `there`, with a shadow if `shaded`."""
    high, wide = max(2, round(item.height * canvas.height)), max(2, round(item.width * canvas.height))
    way = cv2.INTER_AREA if high < layer.shape[0] else cv2.INTER_CUBIC
    scaled = np.clip(np.asarray(cv2.resize(layer, (wide, high), interpolation=way), np.float32), 0, 1)
    gain = (np.array(here.sun, np.float32) / np.maximum(np.array(there.sun, np.float32), 0.2)) ** np.float32(0.55)
    scaled[..., :3] *= np.clip(gain, 0.6, 1.4)
    left, top = round(item.x * canvas.width - wide / 2), round(item.base * canvas.height) - high
    canvas.pixels = canvas.pixels.copy()
    if shaded:
        _ground_shadow(canvas, scaled[..., 3], left, top + high)
    y0, x0 = max(0, top), max(0, left)
    y1, x1 = min(canvas.height, top + high), min(canvas.width, left + wide)
    if y1 <= y0 or x1 <= x0:
        return
    part = scaled[y0 - top : y1 - top, x0 - left : x1 - left]
    under = to_unit(canvas.pixels[y0:y1, x0:x1])
    done = under * (1 - part[..., 3:]) + part[..., :3]
    seen = part[..., 3] > 0
    canvas.pixels[y0:y1, x0:x1][seen] = np.rint(np.clip(done, 0, 1) * 255).astype(np.uint8)[seen]


def _ground_shadow(canvas: Canvas, alpha: Plane, left: int, foot: int) -> None:
    rows, columns = alpha.shape
    flat = max(3, round(rows * 0.10))
    canvas_rows, pad = flat * 3, flat
    shadow = np.zeros((canvas_rows, columns + 2 * pad), np.float32)
    shadow[flat : 2 * flat, pad : pad + columns] = cv2.resize(alpha, (columns, flat), interpolation=cv2.INTER_AREA)
    shadow = np.asarray(cv2.GaussianBlur(shadow, (0, 0), flat * 0.28), np.float32) * 0.5
    top, x = foot - round(flat * 1.7), left - pad
    y0, x0 = max(0, top), max(0, x)
    y1, x1 = min(canvas.height, top + canvas_rows), min(canvas.width, x + shadow.shape[1])
    if y1 <= y0 or x1 <= x0:
        return
    part = shadow[y0 - top : y1 - top, x0 - x : x1 - x, None]
    dark = to_unit(canvas.pixels[y0:y1, x0:x1]) * (1 - part)
    seen = part[..., 0] > 0.004
    canvas.pixels[y0:y1, x0:x1][seen] = np.rint(dark * 255).astype(np.uint8)[seen]


def drawable(words: str) -> bool:
    """Whether words name something that can be put in."""
    return bool(prompt.parse(words).subjects)
