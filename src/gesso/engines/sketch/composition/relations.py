"""Things placed by other things: on, in, under, behind, between, held and worn by."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from gesso.engines.sketch.composition import fixtures, holding, sprites, vessels
from gesso.engines.sketch.composition.items import Item, base_row, handheld
from gesso.engines.sketch.composition.sizing import metres
from gesso.engines.sketch.scene.stage import Stage

SEATS = {
    "sofa": 0.64,
    "bed": 0.45,
    "chair": 0.55,
    "bench": 0.50,
    "throne": 0.62,
    "cushion": 0.32,
    "branch": 0.40,
    "fence": 0.12,
    "bridge": 0.04,
    "pier": 0.27,
    "iceberg": 0.68,
    "cage": 0.72,
    "swing": 0.66,
    "stool": 0.08,
    "raft": 0.30,
    "lily-pad": 0.45,
    "rock": 0.14,
    "spider-web": 0.64,
    "island": 0.80,
    "cliff": 0.14,
    "stairs": 0.30,
    "ridden-board": 0.22,
    "wall-shelf": 0.14,
    "podium": 0.13,
    "market-stall": 0.645,
    "dining-table": 0.06,
    "coffee-table": 0.14,
}
"""Where one sits or stands on a thing, in its heights from its top."""

SEATS_OF = {
    "household": 0.46,
    "animal-mammal": 0.30,
    "transport-ground": 0.10,
    "transport-water": 0.35,
    "dishware": 0.5,
    "animal-reptile": 0.25,
}
"""The same for a whole subgroup of sprites."""

SHELTERS = frozenset({"household", "place-other"})
"""Subgroups of things with room below them: chairs, beds, tents."""

TALLEST = {
    "branch": 1.3,
    "fence": 1.0,
    "cushion": 3.5,
    "lily-pad": 3.5,
    "bench": 1.6,
    "bridge": 0.75,
    "pier": 1.2,
    "raft": 3.0,
    "skateboard": 9.0,
    "ridden-board": 9.0,
    "kick-scooter": 2.4,
    "wall-shelf": 4.5,
    "podium": 2.6,
    "market-stall": 0.15,
    "dining-table": 0.5,
    "coffee-table": 0.9,
}
"""How high a thing on another may be, in heights of that one; 1.5 where nothing is said."""

OVERLAPPING = {"before": 0.10, "under": 0.05, "behind": -0.05, "among": 0.06}
"""Relations in which one thing partly covers the other: how much nearer it stands, in picture heights."""

Handler = Callable[[Item, Item, float, float], None]


def relate(item: Item, host: Item, relation: str, k: int, count: int, stage: Stage) -> None:
    """Place a thing by another that stands already; it is the `k`-th of `count`."""
    middle = stage.width / 2
    away = 1.0 if host.x < middle else -1.0
    side = away if abs(host.x - middle) > 0.05 * stage.width else float(stage.rng.choice([-1.0, 1.0]))
    spread = k - (count - 1) / 2
    item.order, item.far, item.grounded = host.order + 0.5 + 0.001 * k, host.far, False
    if (host.subject.sprite or host.subject.drawing) in vessels.VESSELS and relation in ("with", "of", "in"):
        vessels.fill(item, host, k, count, stage.rng)
        return
    if relation in ("over", "hung") and fixtures.above(item, host, spread, stage):
        return
    handler = _handler(item, host, relation)
    if handler is not None:
        handler(item, host, spread, side)
    else:
        _beside(item, host, relation, spread, side, stage)


def between(item: Item, hosts: list[Item], k: int, count: int) -> None:
    """In the gap in the middle of others, a little nearer than they are."""
    hosts = sorted(hosts, key=lambda host: host.x)
    half = max(1, len(hosts) // 2)
    left = max(host.box[2] for host in hosts[:half])
    right = min(host.box[0] for host in hosts[half:] or hosts[-1:])
    apart = max(0.0, item.width * count * 1.06 - (right - left)) / 2
    for i, host in enumerate(hosts):
        host.x += -apart if i < half else apart
    item.x = (left + right) / 2 + (k - (count - 1) / 2) * item.width
    item.base = max(host.base for host in hosts)
    item.order, item.far = item.base + 0.5, hosts[0].far


def _handler(item: Item, host: Item, relation: str) -> Handler | None:
    """What places an item that touches its host; none for one that stands by it."""
    if relation == "with" and handheld(item.subject, host.subject):
        return holding.held
    if relation == "in" and host.subject.drawing == "cage":
        return _caged
    if (relation in ("in", "riding", "with") or (relation == "on" and host.subject.drawing)) and _is_boat(host):
        return _aboard
    if relation == "in" and host.stance == "water":
        return _on
    if relation == "with" and host.subject.sprite in ("birthday-cake", "shortcake", "cupcake", "pancakes"):
        return _on
    if relation == "under" and _shelters(host):
        return _under
    return {
        "on": _on,
        "riding": _riding,
        "held": holding.held,
        "breathed": holding.breathed,
        "perched": holding.perched,
        "worn": holding.worn,
        "over": _over,
        "hung": _hung,
    }.get(relation)


def _shelters(host: Item) -> bool:
    sprite = host.subject.sprite
    return host.subject.drawing in ("bench", "bridge", "pier", "arch", "throne") or (
        bool(sprite) and (sprites.info(sprite).subgroup in SHELTERS or "umbrella" in sprite)
    )


def _beside(item: Item, host: Item, relation: str, spread: float, side: float, stage: Stage) -> None:
    step = (host.width + item.width) / 2
    item.grounded = host.grounded or item.stance != "air"
    side = {"left-of": -1.0, "right-of": 1.0}.get(relation, side)
    if host.stance in ("span", "backdrop"):
        item.x = stage.width / 2 + spread * item.width * 1.12
    elif relation == "behind":
        # Enough of it must be seen: past the edge of what hides it, or above it.
        hidden = 0.30 if item.height > 1.3 * host.height else 0.66
        item.x = host.x + side * step * hidden + spread * item.width * 1.05
    elif relation in OVERLAPPING:
        item.x = host.x + side * step * (0.12 if relation == "under" else 0.30) + spread * item.width * 1.05
    else:
        item.x = host.x + side * (step * 1.06 + abs(spread) * item.width * 1.02)
    nearer = OVERLAPPING.get(relation, 0.0) * stage.height
    item.base = host.base
    if host.grounded or nearer:
        item.base = float(np.clip(host.base + nearer, item.height * 0.6, stage.height * (stage.near + 0.035)))
    if host.stance == "air" and item.stance != "air":
        item.base = base_row(item, 0.5, stage)
    if item.stance == "air" and host.stance != "air" and stage.surface != "air":
        # A bird or a kite by somebody's side flies at the height of the head.
        item.base = max(item.height * 1.05, host.base - host.height * 0.62)
        item.grounded = False
    item.order = item.base + (0.5 if nearer >= 0 else -0.5)


def _on(item: Item, host: Item, spread: float, side: float) -> None:
    """On the seat of furniture, the back of an animal, the roof of a house, a bough."""
    name = host.subject.drawing or host.subject.sprite
    group = sprites.info(host.subject.sprite).subgroup if host.subject.sprite else ""
    seat = SEATS.get(name) or SEATS_OF.get(group, 0.08)
    room = host.width * (0.70 if name == "sofa" else 0.86) / (abs(spread) * 2 + 1)
    scale = min(1.0, room / item.width, TALLEST.get(name, 1.5) * host.height / item.height)
    if group.startswith("animal") and item.subject.sprite and sprites.info(item.subject.sprite).stance == "held":
        scale = min(scale, 0.40 * host.height / item.height)
    if name == "podium":
        scale = min(0.52 * host.width / item.width, 2.4 * host.height / item.height)
    elif _small(item) and host.stance != "span":
        # A candle on a cake: life says how large the one is beside the other, softened so that it can be seen.
        life = (metres(item.subject) / metres(host.subject)) ** 0.75
        scale = min(scale, 1.15 * max(life, 0.12) * host.height / item.height)
    if name == "spider-web":
        scale = 0.42 * host.width / item.width
    if item.pose == "sitting":
        scale = min(1.0, 1.25 * host.height / item.height)
    item.resize(scale)
    item.x, item.base = host.x + spread * item.width * 1.05, host.base - host.height * (1 - seat)
    if item.pose == "sitting":
        # The hips are on the seat; the shins hang before it.
        item.base += 0.26 * item.height
    if item.stance == "air" and item.subject.action != "air":
        item.turn = 0.0


def _small(item: Item) -> bool:
    return bool(item.subject.sprite) and sprites.info(item.subject.sprite).stance == "held"


HULLS = {"gondola": (0.66, 0.30, 1.5), "rowing-boat": (0.34, 0.08, 1.25)}
"""Drawn boats: the row of the seat from the top, how far behind the middle one stands, and how tall, in their sizes."""


def _is_boat(host: Item) -> bool:
    if host.subject.drawing in HULLS:
        return True
    return bool(host.subject.sprite) and sprites.info(host.subject.sprite).subgroup == "transport-water"


def _aboard(item: Item, host: Item, spread: float, side: float) -> None:
    """In a boat: the hull hides the legs."""
    if host.subject.drawing in HULLS:
        row, back, tall = HULLS[host.subject.drawing]
        item.resize(tall * host.height / item.height)
        item.x = host.x + (back * (-1 if host.flip else 1) + spread * 0.22) * host.width
        item.base = host.base - host.height * (1 - row) + 0.10 * item.height
        item.order = host.order - 0.5
        return
    item.resize(min(1.0, 0.56 * host.height / item.height))
    item.x = host.x - 0.24 * (-1 if host.flip else 1) * host.width + spread * item.width
    item.sunk = 0.40
    item.base = host.base - 0.27 * host.height + item.sunk * item.height


def _caged(item: Item, host: Item, spread: float, side: float) -> None:
    """Behind the bars."""
    item.resize(min(1.0, 0.66 * host.width / item.width, 0.5 * host.height / item.height))
    item.x, item.base = host.x + spread * item.width, host.base - 0.16 * host.height
    item.order = host.order - 0.5


def _under(item: Item, host: Item, spread: float, side: float) -> None:
    """In the room below a chair or a bed: seen between its legs, smaller than it."""
    item.resize(min(1.0, 0.46 * host.height / item.height, 0.56 * host.width / item.width))
    item.x, item.base = host.x + spread * item.width * 1.05, host.base - 0.02 * host.height
    item.order, item.grounded = host.order + 0.5, True


def _hung(item: Item, host: Item, spread: float, side: float) -> None:
    """Below the crown of a tree, beside its trunk."""
    item.resize(min(1.0, 0.42 * host.height / item.height))
    item.x = host.x + side * 0.28 * host.width + spread * item.width * 1.05
    item.base = host.base - 0.46 * host.height + 0.86 * item.height


def _riding(item: Item, host: Item, spread: float, side: float) -> None:
    item.flip = host.flip
    if host.subject.sprite in CARS:
        row, forward, tall = CARS[host.subject.sprite]
        item.resize(tall * host.height / item.height)
        item.x = host.x + (1 if host.flip else -1) * forward * host.width
        item.base, item.order = host.base - host.height * (1 - row), host.order + 0.5
        return
    if item.pose == "astride":
        name = host.subject.drawing or host.subject.sprite
        seat, tall = SADDLES.get(name, (0.36, 1.05))
        item.resize(tall * host.height / item.height)
        item.x = host.x + (0.04 if host.flip else -0.04) * host.width
        item.base = host.base - host.height * (1 - seat) + ASTRIDE * item.height
        item.order = host.order + 0.5
        return
    item.resize(min(1.0, 0.95 * host.height / item.height))
    animal = bool(host.subject.sprite) and sprites.info(host.subject.sprite).group == "animals-nature"
    forward = (1 if host.flip else -1) * host.width * (-0.06 if animal else 0.0)
    item.x, item.base = host.x + forward, host.base - host.height * (0.34 if animal else 0.42)
    item.order = host.order - 0.5


ASTRIDE = 0.34
"""Share of a rider's height that hangs below the seat."""

SADDLES = {
    "flying-broom": (0.36, 2.6),
    "motorcycle": (0.40, 1.35),
    "motor-scooter": (0.42, 1.35),
    "bicycle": (0.22, 1.2),
    "elephant": (0.10, 0.62),
    "dragon": (0.60, 0.72),
    "camel": (0.26, 0.80),
    "two-hump-camel": (0.26, 0.80),
}
"""Where one sits on a mount, in its heights from its top, and the rider's height in its own."""


CARS: Mapping[str, tuple[float, float, float]] = {
    "automobile": (0.50, 0.08, 0.36),
    "taxi": (0.52, 0.08, 0.32),
    "police-car": (0.52, 0.08, 0.32),
    "sport-utility-vehicle": (0.48, 0.10, 0.30),
    "pickup-truck": (0.48, 0.12, 0.28),
    "racing-car": (0.46, -0.02, 0.50),
    "tractor": (0.46, -0.12, 0.34),
    "bus": (0.52, 0.34, 0.26),
}
"""The window of a car: the row of its sill from the top, how far before the middle it is, and the head's height."""


def _over(item: Item, host: Item, spread: float, side: float) -> None:
    free = max(host.base - host.height, 0.24 * host.height)
    item.resize(min(1.0, 0.94 * free / item.height) if host.stance != "air" else 1.0)
    item.x = host.x + side * host.width * 0.12 + spread * item.width * 1.1
    item.base = max(item.height * 1.04, host.base - host.height * 1.04)
    item.turn = -4.0 * side
