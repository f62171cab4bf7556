"""A training set in every odd form, files that are no archives, and weights that are none."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Mapping
from functools import cache

from tests.hostile.pictures import claimed_png
from tests.media import odd_clips, odd_pictures
from tests.media.odd import Odd

PICTURES = 4
BROKEN = ("invalid_archive",)
FEW = ("archive_file_count_below_minimum",)
NO_WEIGHTS = ("value_error", "file_download_error")


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A zip of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def members(folder: str = "") -> dict[str, bytes]:
    """The pictures of the set, each with its caption."""
    turns = list(odd_pictures.TURNS)[:PICTURES]
    pictures = {f"{folder}{turn}.jpg": odd_pictures.turned(turn) for turn in turns}
    return {**pictures, **{f"{folder}{turn}.txt": b"a person in orange" for turn in turns}}


@cache
def plain_archive() -> bytes:
    """A flat zip of pictures and captions."""
    return zipped(members())


def swollen() -> bytes:
    """Two pictures that unpack to far more than the zip weighs: zeros after a head."""
    return zipped({f"{n}.png": odd_pictures.plain_picture()[:60] + bytes(80 << 20) for n in range(2)})


def lying() -> bytes:
    """A directory that states gigabytes."""
    data = bytearray(plain_archive())
    at = data.index(b"PK\x01\x02")
    while at >= 0:
        data[at + 24 : at + 28] = struct.pack("<I", 0xF000_0000)
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def scratched() -> bytes:
    """A picture's bytes overwritten, so that its checksum is wrong."""
    data = bytearray(plain_archive())
    data[200:400] = bytes(200)
    return bytes(data)


def climbing() -> bytes:
    """A sound set, and members whose names lead out of any folder."""
    bad = ("../../escaped.png", "/tmp/escaped.png", "..\\..\\escaped.png", "a/../../escaped.txt")
    return zipped({**members(), **{name: odd_pictures.plain_picture() for name in bad}})


def weights() -> bytes:
    """Sound safetensors of one small tensor."""
    header = json.dumps({"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}).encode()
    return struct.pack("<Q", len(header)) + header + bytes(16)


def mixed() -> bytes:
    """A picture of every sound odd kind, and clips."""
    odd = [*odd_pictures.ODD.values(), *odd_clips.ODD.values()]
    sound = [one for one in odd if one.fate == "same"]
    return zipped({f"{number}.{one.format}": one.make(0.5) for number, one in enumerate(sound)})


ODD: Mapping[str, Odd] = {
    "odd files": Odd(lambda _: mixed(), "zip", "made"),
    "nested folders": Odd(lambda _: zipped(members("set/one/")), "zip"),
    "path traversal": Odd(lambda _: climbing(), "zip", "made"),
    "no files": Odd(lambda _: zipped({}), "zip", "refused", FEW),
    "no pictures": Odd(lambda _: zipped({"a.txt": b"a", "b.pdf": b"%PDF-"}), "zip", "refused", FEW),
    "zip bomb": Odd(lambda _: swollen(), "zip", "refused", ("file_too_large", "image_load_error", *BROKEN, *FEW)),
    "lying sizes": Odd(lambda _: lying(), "zip", "refused", ("file_too_large", *BROKEN)),
    "picture bombs": Odd(
        lambda _: zipped({f"{n}.png": claimed_png(50_000, 50_000) for n in range(3)}),
        "zip",
        "refused",
        ("image_too_large", "image_load_error", *BROKEN, *FEW),
    ),
    "cut": Odd(lambda _: odd_pictures.cut(plain_archive(), 0.7), "zip", "refused", BROKEN),
    "scratched": Odd(lambda _: scratched(), "zip", "either", (*BROKEN, "image_load_error")),
    "empty": Odd(lambda _: b"", "none", "refused", (*BROKEN, "file_download_error")),
    "HTML": Odd(lambda _: odd_pictures.HTML, "none", "refused", BROKEN),
    "picture": Odd(lambda _: odd_pictures.plain_picture(), "none", "refused", BROKEN),
}

WEIGHTS: Mapping[str, Odd] = {
    "pickle": Odd(lambda _: b"\x80\x02}q\x00.", "none", "refused", NO_WEIGHTS),
    "cut": Odd(lambda _: odd_pictures.cut(weights(), 0.5), "safetensors", "refused", NO_WEIGHTS),
    "HTML": Odd(lambda _: odd_pictures.HTML, "none", "refused", NO_WEIGHTS),
    "empty": Odd(lambda _: b"", "none", "refused", NO_WEIGHTS),
}
