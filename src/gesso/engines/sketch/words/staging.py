"""What places and things make of each other: a train wants rails, a shop a street, a window with a view a room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gesso.engines.sketch.composition import sprites
from gesso.engines.sketch.words import vocabulary
from gesso.engines.sketch.words.description import Description, Subject
from gesso.engines.sketch.words.linking import alive

RAIL = frozenset(
    {"locomotive", "train", "bullet-train", "high-speed-train", "metro", "light-rail", "railway-car", "tram"}
)
"""What runs on rails, in a street aside."""

ROOMY = ("living", "bedroom", "kitchen", "office", "library", "palace", "dining")
"""Rooms in which a table that is named is a piece of furniture."""

ON_WALLS = frozenset({"picture", "whiteboard", "wall-shelf", "blackboard"})
WALL_SPRITES = frozenset({"framed-picture", "mirror", "window", "mantelpiece-clock"})
ROUND = {"mantelpiece-clock": "ten-oclock"}
"""What hangs instead of what stands."""

SHEETS = frozenset({"blueprint"})
"""Looks of a sheet on which a thing is drawn alone."""

SHEET = (84, 104, 136)
"""A ground from which things both light and dark stand out."""

TOWNS = frozenset({"city", "skyline", "street"})
PLAIN = frozenset({"studio", "abstract", "table", "flatlay"})


def staged(found: Description) -> Description:
    """The description with the places that its things need, and the things that its places show."""
    for rule in RULES:
        found = rule(found)
    return found


def named(name: str, phrase: str = "") -> Subject:
    """A subject by the name of a sprite or of a drawing."""
    phrase = phrase or name.replace("-", " ")
    return Subject(phrase, sprite=name) if name in sprites.names() else Subject(phrase, drawing=name)


def _view(found: Description) -> Description:
    """A window with a view: a room whose own window shows the place that is named."""
    window = any(s.sprite == "window" for s in found.subjects)
    seen = [place for place in found.places if place != "room" and place not in vocabulary.rooms()]
    inside = "room" in found.places or window
    if not seen or set(seen) & (PLAIN | {"stage"}) or not inside or not ("view" in found.features or window):
        return found
    if _built(found) or (window and set(seen) & TOWNS and "view" not in found.features):
        return found
    places = ("room", *(place for place in found.places if place != "room"))
    return replace(found, places=places, features=found.features | {"view"})


def _built(found: Description) -> bool:
    return any(s.drawing == "shop" or _kind(s) == "place-building" for s in found.subjects)


def _kind(subject: Subject) -> str:
    return sprites.info(subject.sprite).subgroup if subject.sprite else ""


def _lit_windows(found: Description) -> Description:
    """A town shows its windows anyway, and a shop its own."""
    if not (TOWNS & set(found.places) or any(s.drawing == "shop" for s in found.subjects)):
        return found
    gone = {i for i, s in enumerate(found.subjects) if s.sprite in ("window", "door")}
    return _less(found, gone)


def _hung(found: Description) -> Description:
    """What hangs "on the wall" of a room; a lamp that hangs comes from the ceiling."""
    subjects = list(found.subjects)
    for i, subject in enumerate(subjects):
        host = subjects[subject.of] if subject.of is not None else None
        lamp = subject.drawing == "floor-lamp" or subject.sprite == "lamp"
        if lamp and (subject.doing == "hang" or subject.relation in ("over", "hung")):
            subjects[i] = replace(subject, sprite="", drawing="pendant-lamp")
        if host is not None and host.drawing == "wall" and subject.relation in ("on", "hung") and not alive(subject):
            kinds = ("time", "arts-crafts", "light-video")
            indoors = subject.drawing or subject.sprite in WALL_SPRITES or _kind(subject) in kinds
            if indoors and (not found.places or "room" in found.places):
                subjects[i] = replace(
                    subject, relation="", of=None, where="wall", sprite=ROUND.get(subject.sprite, subject.sprite)
                )
                found = replace(found, places=found.places or ("room",))
    return replace(found, subjects=tuple(subjects))


def furnished(found: Description) -> Description:
    """A table named in a room that is looked at as a whole is a piece of furniture there."""
    rooms = set(found.places) & set(ROOMY)
    pieces = any(_kind(s) == "household" or s.drawing for s in found.subjects)
    if "table" not in found.places or not rooms or found.camera == "close" or not pieces:
        return found
    if any(place in ("wood", "marble", "cloth", "slate") for place in found.places):
        return found
    places = tuple(place for place in found.places if place != "table")
    name = "coffee-table" if "living" in rooms else "dining-table"
    return replace(found, places=places, subjects=(*found.subjects, named(name)))


def _kitchen_island(found: Description) -> Description:
    """The island of a kitchen is a piece of furniture."""
    if "kitchen" not in found.places:
        return found
    subjects = (replace(s, drawing="kitchen-island") if s.drawing == "island" else s for s in found.subjects)
    return replace(found, subjects=tuple(subjects))


def _desk_lamp(found: Description) -> Description:
    """The lamp on a table is a small one."""
    if "table" not in found.places:
        return found
    subjects = (replace(s, sprite="lamp", drawing="") if s.drawing == "floor-lamp" else s for s in found.subjects)
    return replace(found, subjects=tuple(subjects))


def _set_table(found: Description) -> Description:
    """Glasses with a bottle are for drinking; flowers on a table are in a vase."""
    if not {"table", "picnic"} & set(found.places):
        return found
    drinks = any(
        s.drawing == "bottle" or s.sprite in ("wine-glass", "bottle-with-popping-cork") for s in found.subjects
    )
    subjects = [
        replace(s, sprite="wine-glass") if s.sprite == "glasses" and s.count > 1 and drinks else s
        for s in found.subjects
    ]
    vessel = any((s.sprite or s.drawing) in VASES for s in found.subjects)
    for i, subject in enumerate(() if vessel else found.subjects):
        loose = subject.count >= FEW and subject.relation in ("", "with") and subject.where != "scattered"
        if _kind(subject) == "plant-flower" and loose and "flatlay" not in found.places:
            subjects[i] = replace(subject, relation="in", of=len(subjects))
            subjects.append(named("amphora", "vase"))
    return replace(found, subjects=tuple(subjects))


VASES = frozenset({"amphora", "jar", "bowl", "basket", "bucket", "potted-plant", "glass-of-milk", "tumbler-glass"})
FEW = 3
"""Flowers from which there is a bunch."""


def _heaped(found: Description) -> Description:
    """Fruit in the plural fills its bowl; what is named after it ("with oranges and a banana") lies there too."""
    subjects = list[Subject]()
    for subject in found.subjects:
        before = subjects[-1] if subjects else subject
        food = before.relation == "with" and subject.of is None and _kind(subject) in IN_BOWLS
        at = replace(subject, relation="with", of=before.of) if food and _in_bowl(before, found) else subject
        many = not at.counted and at.phrase.endswith("s") and at.count <= FEW and _in_bowl(at, found)
        subjects.append(replace(at, count=HEAP) if many else at)
    return replace(found, subjects=tuple(subjects))


HEAP = 6
IN_BOWLS = ("food-fruit", "food-vegetable", "food-sweet")


def _in_bowl(subject: Subject, found: Description) -> bool:
    host = found.subjects[subject.of] if subject.of is not None and subject.relation in ("of", "in", "with") else None
    return host is not None and _kind(subject) in IN_BOWLS and (host.drawing or host.sprite) in ("bowl", "basket")


def _shopping(found: Description) -> Description:
    """A shop front is seen from the street, whatever is sold in it."""
    if not any(s.drawing in ("shop", "market-stall") for s in found.subjects):
        return found
    kept = tuple(p for p in found.places if p != "room" and p not in vocabulary.rooms() and p not in PLAIN)
    if "studio" in found.places:
        return found
    subjects = tuple(
        replace(s, relation="on") if s.relation == "with" and s.of is not None and _sold(s, found) else s
        for s in found.subjects
    )
    bare = any(s.drawing == "market-stall" for s in subjects) and not any(s.relation == "on" for s in subjects)
    at = next((i for i, s in enumerate(subjects) if s.drawing == "market-stall"), 0)
    subjects += tuple(replace(named(name), relation="on", of=at) for name in WARES if bare)
    front = next(i for i, s in enumerate(found.subjects) if s.drawing in ("shop", "market-stall"))
    letterings = tuple(replace(t, on=front) if t.carrier == "sign" and t.on is None else t for t in found.letterings)
    return replace(found, places=kept or ("street",), subjects=subjects, letterings=letterings)


WARES = ("red-apple", "tangerine", "pear", "grapes", "carrot", "tomato")
"""What a market stall sells of which the prompt tells nothing."""


def _sold(subject: Subject, found: Description) -> bool:
    host = found.subjects[subject.of or 0]
    return host.drawing == "market-stall" and (_kind(subject).startswith(("food", "plant-flower", "drink")))


def _railed(found: Description) -> Description:
    """A train needs rails, in the open country as in a station."""
    if not any(s.sprite in RAIL for s in found.subjects) or {"street", "station", *PLAIN} & set(found.places):
        return found
    if any(s.drawing == "bridge" for s in found.subjects):
        return found  # it crosses that
    if not found.places:
        found = replace(found, places=("meadow",))
    places = tuple(dict.fromkeys("meadow" if place in ("road", "city") else place for place in found.places))
    return replace(found, places=places, features=found.features | {"rails"})


def _brought(found: Description) -> Description:
    """A place that the prompt leaves empty shows what makes it that place."""
    brings = vocabulary.lists("brings")
    names = [name for place in found.places for name in brings.get(place, ())]
    if found.subjects or not names or found.letterings or "view" in found.features or "table" in found.places:
        return found
    size = 0.4 if "japanese" in found.places else 1.0
    side = "left" if "japanese" in found.places else ""
    brought = tuple(replace(named(name), scale=size, where=side) for name in names if not found.without(name))
    return replace(found, subjects=brought)


def _open_country(found: Description) -> Description:
    """A landscape of which nothing is said has hills and mountains."""
    empty = not (found.subjects or found.places or found.letterings or found.unknown or found.features)
    return replace(found, places=("hills", "mountains")) if empty and found.camera == "wide" else found


def _on_a_sheet(found: Description) -> Description:
    """What a plan shows stands alone on its sheet, unless a place is named."""
    if not set(found.looks) & SHEETS or not found.subjects or found.places:
        return found
    return replace(found, places=("studio",), backdrop=found.backdrop or SHEET)


def _facing(found: Description) -> Description:
    """A road or street on which a house stands is seen from across it, so that the house stands beside it."""
    if not {"road", "street"} & set(found.places):
        return found
    stands = any(s.drawing in ("shop", "market-stall") or _kind(s).startswith(("place-building", "place-religious"))
                 for s in found.subjects)  # fmt: skip
    return replace(found, features=found.features | {"across"}) if stands else found


def _in_space(found: Description) -> Description:
    """Whoever has the earth or a planet in sight from a spacecraft is in space; above the moon, its ground is below."""
    away = any(s.sprite in SPACECRAFT for s in found.subjects)
    if not away or not found.features & {"earth", "planet"} or set(found.places) - {"sky"}:
        return found
    moons = {i for i, s in enumerate(found.subjects) if s.sprite == "full-moon"}
    over = any(s.of in moons and s.relation == "over" and s.sprite in SPACECRAFT for s in found.subjects)
    if not over or len(moons) > 1 or any(found.subjects[i].count > 1 for i in moons):
        return replace(found, places=("galaxy",))
    subjects = tuple(
        replace(s, relation="", of=None, action="air" if s.relation == "over" else s.action) if s.of in moons else s
        for s in found.subjects
    )
    return _less(replace(found, subjects=subjects, places=("moon",)), moons)


def _overhead(found: Description) -> Description:
    """Of a boat over what swims one sees the hull from below, and no sail."""
    if "underwater" not in found.places:
        return found
    over = {s.of for s in found.subjects if s.relation == "under"}
    over |= {i for i, s in enumerate(found.subjects) if s.relation == "over"}
    subjects = tuple(
        replace(s, sprite="", drawing="rowing-boat") if i in over and s.sprite in HULLED else s
        for i, s in enumerate(found.subjects)
    )
    return replace(found, subjects=subjects)


HULLED = frozenset({"sailboat", "canoe", "motor-boat", "speedboat"})
"""Boats that have a small one's hull."""

SPACECRAFT = ("rocket", "flying-saucer", "satellite", "astronaut", "comet")
"""What is at home in space."""


def _less(found: Description, gone: set[int]) -> Description:
    """Without some subjects that no other refers to."""
    gone = {i for i in gone if all(s.of != i for s in found.subjects)}
    if not gone:
        return found
    new = {old: i for i, old in enumerate(i for i in range(len(found.subjects)) if i not in gone)}
    subjects = tuple(
        replace(found.subjects[i], of=None if found.subjects[i].of is None else new.get(found.subjects[i].of or 0))
        for i in new
    )
    letterings = tuple(replace(t, on=None if t.on is None else new.get(t.on)) for t in found.letterings)
    return replace(found, subjects=subjects, letterings=letterings)


RULES: tuple[Callable[[Description], Description], ...] = (
    _open_country,
    _view,
    _lit_windows,
    _hung,
    _kitchen_island,
    _desk_lamp,
    _set_table,
    _heaped,
    _shopping,
    _railed,
    _brought,
    _on_a_sheet,
    _facing,
    _in_space,
    _overhead,
)
"""In their order: each sees what the ones before it made."""
