"""A prompt drawn as a shot: the empty scene, and each subject (with what it rides, holds or wears) as a layer.

The scene is drawn as for a still picture, once for the background and once more with each layer added. What a layer
adds is measured, not guessed: drawn over black and over white, every pixel tells how much it covers and shades.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from functools import reduce

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.composition import compose, layout, lettering, sprites
from gesso.engines.sketch.composition.items import Item
from gesso.engines.sketch.edit.canvas import reduced
from gesso.engines.sketch.edit.skies import sky
from gesso.engines.sketch.edit.spread import spread
from gesso.engines.sketch.scene import places, weather
from gesso.engines.sketch.scene.stage import Stage
from gesso.engines.sketch.style import finish, looks
from gesso.engines.sketch.text_to_image import fitted, working_size
from gesso.engines.sketch.video.relay import aside
from gesso.engines.sketch.video.render import depth_at
from gesso.engines.sketch.video.shot import Pixels, Plane, Shot, Thing
from gesso.engines.sketch.video.still import SIDE, extended, wide
from gesso.engines.sketch.words.description import Description
from gesso.shapes import Size

MOST_LAYERS = 5
"""Groups of things that move on their own; what is smaller stays with the background."""

PAINTED_SIDE = 600
MOVING = frozenset({"rain", "snow"})
"""Weather that is not painted: it falls."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a scene is drawn: `style` as the endpoint names it, contrast and crispness 1 as usual."""

    style: str | None = None
    contrast: float = 1.0
    sharpness: float = 0.3
    margin: float = 0.0
    sides: Mapping[str, float] = field(default_factory=dict[str, float])
    """To which side (-1 left, 1 right) the things of a noun go."""
    dress: Callable[[Pixels], Pixels] | None = None
    """What puts the look of LoRAs on."""


def stage(found: Description, size: Size, drawing: Drawing, rng: np.random.Generator) -> Shot:
    """The shot of a description, `size` large."""
    width, height = working_size(size)
    setting = places.choose(found, rng)
    scale = min(1.0, PAINTED_SIDE / max(width, height))
    place = places.paint(setting, max(2, round(width * scale)), max(2, round(height * scale)), rng)
    finish.enlarge(place, width, height)
    weather.between(place, setting.weather)
    items = layout.arrange(found, place)
    turned(items, drawing.sides)
    groups, rest = _groups(items)
    _, parts = compose.compose(place, rest, networks=True)
    look = looks.choose(drawing.style, found.looks)
    with aside() as other:
        develop = _developer(place, found, setting.weather - MOVING, look, drawing, rng, parts, other)
        behind = empty = develop()
        things: list[Thing | None] = []
        for group in groups:
            thing, behind = _layer(place, group, behind, develop, parts)
            things.append(thing)
        shot = Shot(width, height, empty.result(), horizon=float(place.horizon))
    shot.things = [thing for thing in things if thing is not None]
    shot.night = place.light.dark or place.place == "galaxy"
    shot.parts = tuple(sorted(parts))
    return _framed(shot, place, size, drawing.margin, rng)


def _groups(items: Sequence[Item]) -> tuple[list[list[Item]], list[Item]]:
    """Items that move together, in drawing order, and those that stay: what is small, and what is a place's own."""
    together: dict[int, list[Item]] = {}
    stay: list[Item] = []
    for number, item in enumerate(items):
        host = _host(item, items)
        if item.stance in ("backdrop", "flat", "span", "sign") and host is item:
            stay.append(item)
        else:
            together.setdefault(items.index(host) if host in items else number, []).append(item)
    groups = sorted(together.values(), key=lambda group: -max(item.width * item.height for item in group))
    stay += [item for group in groups[MOST_LAYERS:] for item in group]
    kept = sorted(groups[:MOST_LAYERS], key=lambda group: min(item.order for item in group))
    return kept, sorted(stay, key=lambda item: item.order)


def _host(item: Item, items: Sequence[Item]) -> Item:
    """What carries an item: the thing that its relation names and that it overlaps."""
    host = item
    for _ in range(4):
        of = host.subject.of if host.subject.relation else None
        near = [other for other in items if other.index == of and other is not host]
        near = [other for other in near if other.stance not in ("backdrop", "flat", "span")]
        near = [other for other in near if _overlap(host, other)]
        if not near:
            break
        host = min(near, key=lambda other: abs(other.x - item.x))
    return host


def _overlap(one: Item, other: Item) -> bool:
    left, top, right, bottom = one.box
    far_left, far_top, far_right, far_bottom = other.box
    across, down = min(right, far_right) - max(left, far_left), min(bottom, far_bottom) - max(top, far_top)
    return across > 0.3 * min(one.width, other.width) and down > 0.1 * min(one.height, other.height)


Develop = Callable[[], Future[Pixels]]


def _developer(
    place: Stage,
    found: Description,
    veils: frozenset[str],
    look: str,
    drawing: Drawing,
    rng: np.random.Generator,
    parts: set[str],
    other: Executor,
) -> Develop:
    """From the stage as it is at a call to the finished picture, always the same way, on the other thread."""
    seed = int(rng.integers(2**31))
    rich = 1.18 if "bright" in found.light else 1.0

    def develop() -> Future[Pixels]:
        own = np.random.Generator(np.random.PCG64(seed))
        return other.submit(finished, replace(place, picture=place.picture.copy(), rng=own, lamps=list(place.lamps)))

    def finished(copy: Stage) -> Pixels:
        finish.lamps(copy)
        for i, wanted in enumerate(found.letterings):
            lettering.write(copy, wanted, i)
        weather.before(copy, veils)
        pixels = finish.develop(copy, drawing.contrast, rich=rich, grain=0)
        soft = cv2.GaussianBlur(pixels, (0, 0), 1.1)
        pixels = cv2.addWeighted(pixels, 1 + drawing.sharpness, soft, -drawing.sharpness, 0)
        looked = looks.apply(look, np.asarray(pixels), np.random.Generator(np.random.PCG64(seed)))
        parts.update(looked.parts)
        return drawing.dress(looked.pixels) if drawing.dress else looked.pixels

    return develop


def _layer(
    place: Stage, group: list[Item], behind: Future[Pixels], develop: Develop, parts: set[str]
) -> tuple[Thing | None, Future[Pixels]]:
    """A group as a thing, and the developed picture with it; `behind` is the one without it."""
    afloat = any(item.stance == "water" for item in group) or place.surface == "water"
    keeps, adds = _measured(place, group, parts)
    place.picture = np.asarray(cv2.add(cv2.multiply(place.picture, keeps), adds), np.float32)
    full, solid = develop(), keeps
    if not afloat:
        # Without its shadow; its lamps are lit once.
        solid, _ = _measured(replace(place, lamps=[]), [replace(item, grounded=False) for item in group], parts)
    alpha = 1 - np.asarray(cv2.transform(solid, np.full((1, 3), 1 / 3)), np.float32)
    box = _box(alpha > 0.02)
    if box is None:
        return None, full
    left, top, right, bottom = box
    part = alpha[top:bottom, left:right, None]
    whole = full.result()[top:bottom, left:right]
    colour = whole - (1 - part) * behind.result()[top:bottom, left:right]
    if not afloat:
        # The shadow darkens the surroundings of the outline; it is a layer of its own.
        colour = np.where(part > 0.98, whole, colour)
    pixels = np.dstack([np.minimum(np.clip(colour, 0, 255), part * 255), part * 255])
    main = max(group, key=lambda item: (_lives(item), item.width * item.height))
    thing = Thing(
        pixels=np.rint(pixels).astype(np.uint8),
        left=left,
        top=top,
        label=main.subject.phrase,
        depth=float(depth_at(main.base, place.horizon, place.height)),
        faces=_faces(main),
        lives=_lives(main),
        subject=main.index,
        afloat=afloat and main.stance == "water",
        airborne=main.stance == "air",
        foot=float(np.clip(main.base - top, 1, bottom - top)),
    )
    if not afloat and any(item.grounded for item in group):
        _add_shade(thing, keeps, alpha)
    return thing, full


def _measured(place: Stage, items: list[Item], parts: set[str]) -> tuple[Plane, Plane]:
    """What drawing these items keeps of each sample below, and what it adds: drawing is linear in what lies below."""
    black = replace(place, picture=np.zeros_like(place.picture))
    white = replace(place, picture=np.ones_like(place.picture), lamps=[])
    parts |= compose.compose(black, items)[1]
    compose.compose(white, items)
    place.lamps = black.lamps
    keeps = np.asarray(cv2.subtract(white.picture, black.picture), np.float32)
    return np.clip(keeps, 0, 1, out=keeps), black.picture


def _box(mask: npt.NDArray[np.bool_]) -> tuple[int, int, int, int] | None:
    left, top, width, height = cv2.boundingRect(mask.view(np.uint8))
    return (left, top, left + width, top + height) if width else None


def _add_shade(thing: Thing, keeps: Plane, alpha: Plane) -> None:
    covered = alpha > 0.02
    darkest = np.asarray(reduce(cv2.min, cv2.split(keeps)), np.float32)
    box = _box((~covered & (darkest < 0.985)) | (alpha > 0.5))
    if box is None:
        return
    left, top, right, bottom = box
    top = max(top, thing.top + thing.height // 2)
    hidden = covered[top:bottom, left:right]
    if hidden.size == 0:
        return
    part = np.where(hidden[..., None], np.float32(1), keeps[top:bottom, left:right])
    whole = spread(part, hidden) if hidden.any() and not hidden.all() else part
    thing.shade = np.rint(np.clip(whole, 0, 1) * 255).astype(np.uint8)
    thing.shade_at = (left, top)


_RIGHTWARD = ("running", "walking", "airplane", "rocket", "departure")
"""Words in the names of the sprites that look to the right; Fluent's other animals and vehicles look left."""


def _faces(item: Item) -> float:
    """Where a thing looks; people who stand look at the viewer."""
    name = item.subject.sprite
    rightward = any(word in name for word in _RIGHTWARD)
    if not name or (sprites.info(name).group == "people-body" and not rightward and "biking" not in name):
        return 0.0
    return 1.0 if item.flip != rightward else -1.0


def turned(items: Sequence[Item], sides: Mapping[str, float]) -> None:
    """Who is to go to a side looks there. `sides` is by noun, -1 left, 1 right."""
    for item in items:
        side = next((side for noun, side in sides.items() if noun in item.subject.phrase.lower()), 0.0)
        if side and _faces(item) * side < 0:
            item.flip = not item.flip


def _lives(item: Item) -> bool:
    group = sprites.info(item.subject.sprite).group if item.subject.sprite else ""
    return group in ("people-body", "animals-nature", "smileys-emotion")


def _framed(shot: Shot, place: Stage, size: Size, margin: float, rng: np.random.Generator) -> Shot:
    """The shot at its exact size, with its margin and its masks."""
    if (shot.width, shot.height) != (size.width, size.height):
        _scaled(shot, size)
    frame = shot.background
    across, down = (round(margin * shot.width + 1), round(margin * shot.height + 1)) if margin > 0.002 else (0, 0)
    shot.background, shot.margin = extended(frame, across, down, rng), (across, down)
    small = reduced(frame, SIDE)
    above = sky(small) if place.surface != "table" and place.place not in ("underwater", "galaxy", "studio") else None
    if place.place == "galaxy":
        above = np.ones(small.shape[:2], np.float32)
    shot.sky = None if above is None else wide(above, shot)
    if place.water is not None:
        rows = np.arange(small.shape[0]) / small.shape[0] * place.height
        inside = ((rows >= place.water[0]) & (rows < place.water[1])).astype(np.float32)
        shot.water = wide(np.repeat(inside[:, None], small.shape[1], 1), shot)
    return shot


def _scaled(shot: Shot, size: Size) -> None:
    """Cut to the aspect around the middle, and bring everything to the size."""
    scale = max(size.width / shot.width, size.height / shot.height)
    left, top = (shot.width * scale - size.width) / 2, (shot.height * scale - size.height) / 2
    shot.background = fitted(shot.background, size)
    for thing in shot.things:
        shade_at = (round(thing.shade_at[0] * scale - left), round(thing.shade_at[1] * scale - top))
        thing.left, thing.top = round(thing.left * scale - left), round(thing.top * scale - top)
        thing.foot = None if thing.foot is None else thing.foot * scale
        thing.pixels = _resized(thing.pixels, scale)
        thing.shade_at = shade_at
        thing.shade = None if thing.shade is None else _resized(thing.shade, scale)
    shot.horizon = shot.horizon * scale - top
    shot.width, shot.height = size.width, size.height


def _resized(pixels: Pixels, scale: float) -> Pixels:
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC))
