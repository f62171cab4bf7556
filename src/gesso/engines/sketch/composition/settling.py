"""What follows from a thing's place: its depth, haze and floating; and things with a place of their own."""

from __future__ import annotations

import numpy as np

from gesso.engines.sketch.composition import sprites
from gesso.engines.sketch.composition.items import Item, base_row
from gesso.engines.sketch.composition.sizing import metres, vessel
from gesso.engines.sketch.scene.stage import Stage

WADING = {
    "animal-marine": 0.24,
    "transport-water": 0.10,
    "animal-bird": 0.16,
    "animal-mammal": 0.42,
    "animal-reptile": 0.22,
}
"""The same of a whole subgroup."""

SUNK = {"sailboat": 0.16, "ship": 0.12, "passenger-ship": 0.10, "motor-boat": 0.12, "speedboat": 0.12, "ferry": 0.12}
"""Share of a boat's sprite that is water."""


DISTANT = 0.11
"""Height of a grown man's size in the distance, as a share of the picture: larger things shrink less."""


def distant(item: Item, stage: Stage) -> None:
    """In the distance: a fraction of what it would be near, and behind haze."""
    tall = DISTANT * stage.height * min(2.2, max(0.6, (metres(item.subject) / 1.7) ** 0.28))
    item.resize(min(0.6, tall / item.height, 1.6 * tall / item.width))
    item.far = min(0.60, 0.34 + 0.30 * stage.haze)


def distant_row(item: Item, stage: Stage) -> float:
    """The row of the foot of a thing in the distance: just below the horizon, or where its water begins."""
    if item.stance == "air" or stage.surface in ("air", "deep", "table") or stage.place in ("room", "studio", "stage"):
        return base_row(item, 0.06, stage)
    top = stage.water[0] if stage.water and item.stance == "water" else stage.horizon
    return float(top + stage.height * (0.012 if item.stance == "water" else 0.022))


BY_ITSELF = frozenset({"", "beside", "left-of", "right-of", "before", "behind", "between", "among", "under"})
"""Relations in which a thing has ground of its own under its feet."""


def downhill(items: list[Item], stage: Stage) -> None:
    """Set what stands on a hill about its top, and down its sides until no foot hangs over the slope."""
    if stage.hill is None:
        return
    borne = [(item, _bearer(item, items)) for item in items]
    borne = [(item, bearer) for item, bearer in borne if bearer.stance in STANDING and not bearer.portrait]
    if len(borne) == 1:
        borne[0][0].resize(min(1.0, WIDEST * stage.width / borne[0][0].width))
    shift = 0.0
    if borne and not any(bearer.subject.where for _, bearer in borne):
        shift = (
            stage.width - min(bearer.box[0] for _, bearer in borne) - max(bearer.box[2] for _, bearer in borne)
        ) / 2
    for item, _ in borne:
        item.x += shift
    falls = [stage.fall(bearer.x + FOOTING * bearer.width * np.array([-1.0, 1.0])).max() for _, bearer in borne]
    for (item, _), fall in zip(borne, falls, strict=True):
        item.base += float(fall)


def _bearer(item: Item, items: list[Item]) -> Item:
    """What has its feet on the ground for a thing: itself, or what carries it."""
    for _ in items:
        hosts = [other for other in items if other.index == item.subject.of]
        if item.subject.relation in BY_ITSELF or not hosts:
            break
        x = item.x
        item = min(hosts, key=lambda host: abs(host.x - x))
    return item


STANDING = ("ground", "held", "sign")
WIDEST = 0.62
"""Share of the width that a thing alone on a hill has at most, so that the hill is seen on both sides."""


def surfaced(items: list[Item], stage: Stage) -> None:
    """Under water, a boat over others floats: its hull hangs into the picture from above, and they swim below it."""
    if stage.surface != "deep":
        return
    for boat in (item for item in items if item.subject.drawing == "rowing-boat"):
        below = [item for item in items if item.subject.of == boat.index and item.subject.relation == "under"]
        below += [item for item in items if item.index == boat.subject.of and boat.subject.relation == "over"]
        if not below:
            continue
        boat.resize(min(1.0, 0.5 * stage.width / boat.width, 0.4 * stage.height / boat.height))
        boat.base, boat.turn, boat.grounded = DRAUGHT * boat.height, 0.0, False
        for item in below:
            free = stage.height * 0.97 - boat.base
            item.resize(min(1.0, 0.8 * free / item.height))
            item.base, item.grounded = boat.base + item.height + 0.4 * (free - item.height), False


DRAUGHT = 0.54
"""Share of a boat's height that one sees from below."""

FOOTING = 0.42
"""How far from its middle a thing has feet, in its widths."""


def settle(item: Item, stage: Stage) -> None:
    """What follows from the place: depth order, haze, floating, the part under water."""
    item.order = item.base
    if item.subject.action == "jump":
        item.lift = min(0.34 * item.height, max(0.0, item.base - 1.05 * item.height))
        item.turn = 10.0 * (1 if item.flip else -1)
    if stage.surface == "deep" and vessel(item.subject):
        # A wreck lies aslant, its keel in the sand.
        item.sunk = 0.05 + (SUNK.get(item.subject.sprite) or WADING["transport-water"])
        item.base, item.turn, item.far = item.base + item.sunk * item.height, 9.0 if item.flip else -9.0, 0.36
        return
    afloat = item.stance == "water" and stage.water is not None
    floating = item.stance == "air" or (stage.surface in ("air", "deep") and item.stance != "ground")
    if floating:
        item.grounded, item.order = (
            False,
            -item.height if stage.surface not in ("air", "deep") else item.base - stage.height,
        )
        # Engines keep what they drive level.
        item.turn = float(stage.rng.normal(0, 5 if item.subject.sprite else 1.5))
        item.far = max(item.far, 0.12)
        return
    item.far = max(
        item.far,
        0.30 * (1 - stage.nearness(item.base)) * stage.haze * 1.6 if item.height > 0.10 * stage.height else 0.2,
    )
    if afloat and item.lift:
        item.grounded, item.base, item.lift = False, item.base - item.lift, 0.0
    elif afloat and item.subject.sprite:
        # Boats come with a piece of sea of their own, animals of the sea show their back.
        item.sunk = SUNK.get(item.subject.sprite) or WADING.get(sprites.info(item.subject.sprite).subgroup, 0.0)
        item.base += item.sunk * item.height
    if item.stance == "flat":
        item.order = stage.horizon


def backdrop(item: Item, stage: Stage) -> None:
    """A wall fills the width behind everything, down to the floor."""
    scale = stage.width * 1.02 / item.width
    item.width, item.height = item.width * scale, max(item.height * scale, stage.floor * 1.01)
    item.x, item.base, item.order, item.far = stage.width / 2, float(stage.floor), -1e9, 0.0


def span(item: Item, depth: float, stage: Stage, bears: bool) -> None:
    """A fence or a bridge goes on beyond both sides of the picture; who stands on it needs room above."""
    if item.width < stage.width * 1.04:
        item.resize(min(stage.width * 1.04 / item.width, 0.46 * stage.height / item.height))
    item.x = stage.width / 2
    if item.width < stage.width:
        item.width = stage.width * 1.04
    item.height = min(item.height, 0.36 * stage.height) if bears else item.height
    item.base = base_row(item, min(depth, 0.6), stage)
    if stage.water and item.subject.drawing in ("bridge", "pier"):
        item.base = stage.water[0] + 0.8 * (min(stage.water[1], 0.96 * stage.height) - stage.water[0])
    settle(item, stage)


def portrait(item: Item, stage: Stage, wish: float) -> None:
    """A bust that the lower edge cuts."""
    scale = min(1.08 * stage.height / item.height, 0.90 * stage.width / item.width)
    item.resize(scale)
    item.x, item.base = wish, max(stage.height + 1.0, 0.06 * stage.height + item.height)
    item.order, item.grounded, item.portrait = item.base, False, True
