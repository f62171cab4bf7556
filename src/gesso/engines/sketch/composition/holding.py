"""Things in the hands of a figure, on its head and on its body."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from gesso.engines.sketch.composition import bodies, costumes, dressing, faces, figures, sprites
from gesso.engines.sketch.composition.items import ALOFT, Item
from gesso.engines.sketch.scene import parts
from gesso.engines.sketch.words import vocabulary

HATS = frozenset(
    {
        "crown",
        "womans-hat",
        "top-hat",
        "graduation-cap",
        "billed-cap",
        "military-helmet",
        "rescue-workers-helmet",
    }
)
EYEWEAR = frozenset({"glasses", "sunglasses", "goggles", "diving-mask"})
NECKWEAR = {"scarf": 0.95, "necktie": 0.42}
"""Width in head widths of what is worn at the neck."""

GARMENTS = {
    "dress": 0.50,
    "t-shirt": 0.30,
    "coat": 0.42,
    "kimono": 0.55,
    "lab-coat": 0.42,
    "safety-vest": 0.30,
    "sari": 0.55,
    "womans-clothes": 0.32,
}
"""Height in heights of the wearer of what covers the body."""

BALLS = frozenset(
    {"soccer-ball", "basketball", "volleyball", "american-football", "rugby-football", "baseball", "softball", "yarn"}
)
PUSHED = frozenset({"pram", "wheelbarrow", "shopping-cart", "manual-wheelchair", "motorized-wheelchair"})
"""What is pushed along on the ground."""

MOUTH = 0.66
"""How far down the head the mouth is."""

FLOOR = frozenset({"musical-keyboard", "drum", "long-drum"})
"""Instruments that stand before the player."""

LEAST, MOST = 0.17, 0.44
"""How large a thing in the hand is shown, in heights of who holds it."""


@lru_cache(maxsize=64)
def head(name: str, pose: figures.Pose = "", cut: bool = False) -> tuple[float, float, float, float]:
    """Where a figure's head is, looking to the left: its middle, top, width and height in shares of the figure.

    A portrait's figure is `cut` below the chest.
    """
    pixels = figures.figure(name, not cut or pose == "bust", pose)
    rows, columns = pixels.shape[:2]
    if costumes.of(name):
        return _in_costume(name, pose, (rows, columns))
    info, base = sprites.info(name), name.partition("+")[0]
    seen = pixels[..., 3] > 128
    if info.group == "people-body":
        tall = 0.62 if cut else 0.40 if base in figures.CHILDREN else 0.27
    elif info.stance == "face" or base in figures.HEADLESS_ANIMALS:
        tall = 0.54
    elif base == "rabbit":
        return 0.30, 0.36, 0.40, 0.30  # below its ears
    elif columns > 0.72 * rows and info.subgroup.startswith("animal") and base not in ("owl", "penguin"):
        seen = seen.copy()
        # Seen from its side: the head is on the left, the tail may be higher.
        seen[:, int(columns * 0.46) :] = False
        tall = 0.40
    else:
        tall = 0.46
    top = int(np.nonzero(seen.any(axis=1))[0][0]) / rows
    if info.stance == "bust" and not cut and f"{base}+light" in sprites.known():
        return _under_a_hat(base, info.box, (rows, columns))
    band = seen[int((top + 0.30 * tall) * rows) : int((top + 0.62 * tall) * rows) + 1].any(axis=0)
    at = np.nonzero(band)[0]
    left, right = int(at[0]), int(at[-1]) + 1
    return (left + right) / 2 / columns, top, (right - left) / columns, tall


def _under_a_hat(
    base: str, box: tuple[int, int, int, int], shape: tuple[int, int]
) -> tuple[float, float, float, float]:
    """The head of a figure that is built under a bust, whatever hat the bust has."""
    left, top, right, bottom = faces.box(base, sprites.load)
    by = (bodies.BUST - 8) / (box[3] - box[1])
    across, down = by / shape[1], by / shape[0]
    return ((left + right) / 2 - box[0]) * across, (top - box[1]) * down, (right - left) * across, (bottom - top) * down


def _in_costume(name: str, pose: figures.Pose, shape: tuple[int, int]) -> tuple[float, float, float, float]:
    """The head of a figure in costume, whatever is worn above it."""
    rows, columns = shape
    child = figures.childlike(name)
    bust = pose == "bust"
    seen = (bodies.shoulders(name) if bust else bodies.under_head(name, child).pixels)[..., 3] > 8
    top, left = int(np.flatnonzero(seen.any(axis=1))[0]), int(np.flatnonzero(seen.any(axis=0))[0])
    tall = 138 if child or "@" in name else dressing.USUAL
    wide = 96 * tall / dressing.USUAL
    first = dressing.ROOM + dressing.TOP - top
    return (
        (bodies.SIDE / 2 - left - (bodies.BESIDE if bust else 0)) / columns,
        first / rows,
        wide / columns,
        tall / rows,
    )


def perched(item: Item, host: Item, spread: float, side: float) -> None:
    """On a shoulder, beside the head."""
    item.resize(0.24 * host.height / item.height)
    item.x, item.base = host.x + side * 0.34 * host.width, host.base - 0.66 * host.height


def worn(item: Item, host: Item, spread: float, side: float) -> None:
    """Clothes where they belong: hats on the head, glasses before the eyes, a dress on the body."""
    name = item.subject.sprite
    if item.subject.drawing in parts.known():
        _fitted(item, host)
        return
    x, top, wide, tall = (
        head(host.subject.sprite, host.pose, host.portrait) if host.subject.sprite else (0.5, 0.0, 0.6, 0.3)
    )
    x = 1 - x if host.flip else x
    item.flip = host.flip
    middle, width, row = host.box[0] + x * host.width, wide * host.width, host.base - host.height * (1 - top)
    high = tall * host.height
    if name in GARMENTS:
        item.resize(GARMENTS[name] * host.height / item.height)
        item.x, item.base = middle, row + high * 0.94 + item.height
    elif name in EYEWEAR:
        # Goggles come with their strap above the glasses.
        strap = name in ("goggles", "diving-mask")
        item.resize((0.86 if strap else 0.96) * width / item.width)
        item.x, item.base = middle, row + 0.56 * high + item.height * (0.30 if strap else 0.5)
    elif name in NECKWEAR:
        item.resize(NECKWEAR[name] * width / item.width)
        item.x, item.base = middle, row + 0.92 * high + item.height
    elif name in HATS or name == "headphone":
        item.resize((1.22 if name == "headphone" else 1.08) * width / item.width)
        item.x, item.base = middle, row + high * (0.80 if name == "headphone" else 0.26)
    else:
        held(item, host, spread, side)


def held(item: Item, host: Item, spread: float, side: float) -> None:
    """In the hand at the figure's side; kites and balloons above it, balls at its feet, a guitar before the body."""
    sprite, facing = item.subject.sprite, 1.0 if host.flip else -1.0
    if _used(item, host, side):
        return
    info = sprites.info(sprite) if sprite else None
    person = bool(host.subject.sprite) and sprites.info(host.subject.sprite).group == "people-body"
    life = float(vocabulary.inverse("metres").get(sprite) or (info.metres if info else 0.5))
    share = item.subject.scale**0.6 * float(np.clip(life / max(0.3, figures.metres(host.subject.sprite)), LEAST, MOST))
    if sprite in ALOFT:
        item.resize(0.46 * host.height / item.height)
        item.x = host.x + side * (0.46 * host.width + 0.60 * item.width)
        item.base, item.flip = host.base - (0.72 + spread * 0.1) * host.height, side < 0
    elif sprite in BALLS or sprite in FLOOR:
        item.resize((0.26 if sprite in BALLS else 0.40) * host.height / item.height)
        item.x, item.base = host.x + side * (0.30 * host.width + 0.42 * item.width), host.base + 0.02 * host.height
        item.grounded, item.order = True, host.order + 1
    elif "umbrella" in sprite:
        item.resize(0.72 * host.height / item.height)
        item.x, item.base = host.x + side * host.width * 0.30, host.base - host.height * 0.52
        item.order = host.order - 0.5
    elif info is not None and info.subgroup == "musical-instrument":
        item.resize(0.52 * host.height / max(item.height, item.width))
        low = 0.20 if person else 0.03
        item.x, item.base = host.x + 0.06 * host.width, host.base - low * host.height
    elif person and info is not None and info.subgroup == "book-paper":
        item.resize(0.30 * host.height / max(item.height, item.width))
        item.x, item.base = host.x, host.base - 0.36 * host.height
    elif person:
        item.resize(share * host.height / max(item.height, item.width))
        x = 0.16 if info is not None and info.group == "people-body" else 0.40
        item.x = host.x + side * host.width * x + spread * item.width
        item.base = host.base - 0.42 * host.height + 0.5 * item.height
    else:
        item.resize(0.34 * host.height / max(item.height, item.width))
        item.x, item.base = host.x + facing * 0.34 * host.width, host.base - 0.16 * host.height


def _used(item: Item, host: Item, side: float) -> bool:
    """Place what is drawn for a figure's hands, is pushed along, or stands before its player. False for the rest."""
    name = item.subject.drawing or item.subject.sprite
    if name in parts.known() and parts.known()[name].on:
        _fitted(item, host)
    elif name in PUSHED or name == "chess-table":
        _before(item, host, side, pushed=name in PUSHED)
    else:
        return False
    return True


def _fitted(item: Item, host: Item) -> None:
    """A part that is drawn for a standing figure, where it belongs on this one: by its head, or by its height."""
    part = parts.known()[item.subject.drawing]
    left, top, right, bottom = parts.worn(item.subject.drawing)[1]
    name, turned = host.subject.sprite, -1.0 if host.flip else 1.0
    x, upper, wide, tall = head(name, host.pose, host.portrait) if name else (0.5, 0.0, 0.6, 0.3)
    x = 1 - x if host.flip else x
    if part.on in ("head", "neck"):
        across = wide * host.width / (parts.HEAD[2] - parts.HEAD[0])
        down = tall * host.height / (parts.HEAD[3] - parts.HEAD[1])
        middle, first = host.box[0] + x * host.width, host.base - host.height * (1 - upper) - parts.HEAD[1] * down
    else:
        across = down = host.height / (SOLES - parts.HEAD[1])
        middle, first = host.x, host.base - SOLES * down
    # Its own shape stays; what is wide on a wide head is as much higher.
    item.width, item.height = (right - left) * across, (bottom - top) * across
    centre = first + (top + bottom) / 2 * down
    item.x, item.base = middle + turned * ((left + right) / 2 - 0.5) * across, centre + item.height / 2
    item.flip, item.order = host.flip, host.order - 0.5 if part.behind else item.order


SOLES = 0.96
"""Where the soles are on the canvas of a standing figure."""


def _before(item: Item, host: Item, side: float, *, pushed: bool) -> None:
    """On the ground by whoever uses it: pushed at the side, with its handle to the hands, or in front."""
    item.resize((0.56 if pushed else 0.52) * host.height / item.height)
    if pushed:
        item.x, item.flip = host.x - 0.46 * (host.width + 0.62 * item.width) * -side, side > 0
    else:
        item.x = host.x
    item.base = host.base + (0.01 if pushed else 0.05) * host.height
    item.grounded, item.order = True, host.order + 1


def breathed(item: Item, host: Item, spread: float, side: float) -> None:
    """What comes out of a mouth: fire from the dragon's, soap bubbles that rise from the girl's."""
    name = host.subject.sprite
    x, upper, wide, tall = head(name, host.pose, host.portrait) if name else (0.5, 0.0, 0.6, 0.3)
    person = bool(name) and sprites.info(name).group == "people-body"
    facing = 1.0 if host.flip else -1.0
    x = 1 - x if host.flip else x
    mouth = host.box[0] + (x + facing * wide * (0.30 if person else 0.42)) * host.width
    row = host.base - host.height * (1 - upper - MOUTH * tall)
    if item.subject.drawing == "fire-breath":
        item.resize(0.95 * host.width / item.width)
        item.x, item.base, item.flip = mouth + facing * 0.47 * item.width, row + 0.5 * item.height, facing > 0
        return
    step = spread + 1.5
    item.resize((0.10 + 0.06 * step) * host.height / item.height)
    item.x = mouth + facing * (0.10 + 0.24 * step) * host.height
    item.base = row - (0.03 + 0.07 * step) * host.height + 0.5 * item.height
