"""Pack the rendered emoji into one blob with a JSON index.

Left out: flags of countries, key caps, letters, clock faces, signs, and all skin tones but three (the neutral one,
`+light` and `+dark`). What is left is what a picture may show.
"""

from __future__ import annotations

import io
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.vendored.packages import Archive

#: Emojibase subgroups (numbers of its `meta/groups.json`) that are kept from the group of symbols and flags.
SHAPES, PENNANTS = 96, 97
#: Subgroups whose pictures show a person, so that skin tones are worth their bytes.
PEOPLE = range(23, 30)
#: Metres of a thing nothing is said about: it lies in a hand.
SMALL = 0.2
#: Emojibase tone number -> suffix of the sprite's name.
TONES: dict[object, str] = {2: "light", 4: "dark"}
CLOCK_FACE = re.compile(r"o.clock$|-thirty$")
KEPT_CLOCK = "ten o’clock"
EXTRA_SYMBOLS = {
    "trident emblem",
    "fleur-de-lis",
    "recycling symbol",
    "medical symbol",
    "warning",
    "yin yang",
    "peace symbol",
}


@dataclass(frozen=True)
class Picture:
    """One emoji: `name` is our slug, `label` and `tags` are Emojibase's."""

    name: str
    label: str
    tags: tuple[str, ...]
    group: str
    subgroup: str
    file: str


class Bodies:
    """`bodies.toml`: how each sprite stands in a scene and how tall the thing is in life."""

    def __init__(self, table: dict[str, Any]) -> None:
        self._stance = _inverse(table["stance"]) | _inverse(table["stance-of"])
        self._metres = table["height"] | {name: float(m) for name, m in _inverse(table["height-of"]).items()}

    @classmethod
    def read(cls) -> Bodies:
        return cls(tomllib.loads((Path(__file__).parent / "bodies.toml").read_text()))

    def stance(self, picture: Picture) -> str:
        base = picture.name.partition("+")[0]
        return self._stance.get(base) or self._stance[picture.subgroup]

    def metres(self, picture: Picture) -> float:
        base = picture.name.partition("+")[0]
        return float(self._metres.get(base) or self._metres.get(picture.subgroup, SMALL))


def _inverse(table: dict[str, list[str]]) -> dict[str, str]:
    return {name: key for key, names in table.items() for name in names}


def slug(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", label.lower().replace("’", "").replace("ñ", "n")).strip("-")


def choose(sprites: Archive, emojibase: Archive) -> list[Picture]:
    """The pictures to keep, in Emojibase's order."""
    webps = [name for name in sprites.names() if name.endswith(".webp")]
    files = {name.removeprefix("assets/").removesuffix(".webp"): name for name in webps}
    groups = json.loads(emojibase.read("meta/groups.json"))
    entries = json.loads(emojibase.read("en/data.json"))
    chosen: list[Picture] = []
    for entry in sorted(entries, key=lambda e: e.get("order", 0)):
        if not _wanted(entry):
            continue
        for suffix, variant in _variants(entry):
            file = _file(variant["hexcode"], files)
            if file:
                subgroup = groups["subgroups"][str(entry["subgroup"])]
                name = slug(entry["label"]) + suffix
                group = groups["groups"][str(entry["group"])]
                chosen.append(Picture(name, entry["label"], tuple(entry.get("tags", ())), group, subgroup, file))
    return chosen


def _wanted(entry: dict[str, Any]) -> bool:
    group, subgroup, label = entry.get("group"), entry.get("subgroup"), entry["label"]
    if group is None or label.startswith("flag:"):
        return False
    if group >= 8:
        return subgroup in (SHAPES, PENNANTS) or label in EXTRA_SYMBOLS
    return label == KEPT_CLOCK or not CLOCK_FACE.search(label)


def _variants(entry: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    variants = [("", entry)]
    if entry["subgroup"] in PEOPLE:
        variants += [(f"+{TONES[s['tone']]}", s) for s in entry.get("skins", ()) if _single(s)]
    return variants


def _single(skin: dict[str, Any]) -> bool:
    """Whether a variant is of one kept tone (pairs of people carry a list of two)."""
    return isinstance(skin["tone"], int) and skin["tone"] in TONES


def _file(hexcode: str, files: dict[str, str]) -> str | None:
    code = hexcode.lower()
    for candidate in (code, code.replace("-fe0f", ""), f"{code}-fe0f"):
        if candidate in files:
            return files[candidate]
    return None


def pack(pictures: list[Picture], sprites: Archive) -> tuple[bytes, bytes]:
    """Return (blob, index): the webp files end to end, and where each lies with what it shows.

    An index row is [offset, length, group, subgroup, [left, top, right, bottom], stance, metres]; the box holds the
    visible pixels.
    """
    bodies = Bodies.read()
    blob = io.BytesIO()
    rows: dict[str, list[Any]] = {}
    for picture in pictures:
        data = sprites.read(picture.file)
        row = [blob.tell(), len(data), picture.group, picture.subgroup, _box(data)]
        rows[picture.name] = [*row, bodies.stance(picture), bodies.metres(picture)]
        blob.write(data)
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(row)}" for name, row in rows.items())
    return blob.getvalue(), f"{{\n{lines}\n}}\n".encode()


def _box(data: bytes) -> list[int]:
    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        alpha = image.convert("RGBA").getchannel("A").point([255 * (level > 16) for level in range(256)])
        return list(alpha.getbbox() or (0, 0, *image.size))
