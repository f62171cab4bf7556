"""What came back: every file of an answer opened with the reader of its kind, and two answers compared."""

from __future__ import annotations

import base64
import io
import json
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import av
import httpx2
import numpy as np
import numpy.typing as npt
import resvg_py
from PIL import Image

Look = npt.NDArray[np.float64]

GRID = (12, 10)
"""Two pictures are compared by so many cells."""

SAME_LOOK = 12.0
"""Mean distance in levels of what shows the same; of the test picture and its turns it is 40 and more."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One file of an answer, opened."""

    name: str
    kind: str
    data: bytes
    size: tuple[int, int] = (0, 0)
    seconds: float = 0.0
    frames: int = 0
    look: Look | None = None
    """The first picture in grey, `GRID` cells."""


def seen(answer: Mapping[str, Any], http: httpx2.Client) -> list[Seen]:
    """All files of an answer; what an answer says of a file must be true of it."""
    return [_seen(name, file, _bytes(file["url"], http)) for name, file in _files(answer, "")]


def _files(value: Any, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(value, Mapping):
        if "content_type" in value:
            yield name, value
        else:
            for key, inner in value.items():
                yield from _files(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _files(inner, f"{name}.{number}")


def _bytes(url: str, http: httpx2.Client) -> bytes:
    if url.startswith("data:"):
        return base64.b64decode(url.partition(",")[2])
    return http.get(url).raise_for_status().content


def _seen(name: str, file: Mapping[str, Any], data: bytes) -> Seen:
    assert file["file_size"] == len(data) > 0
    found = _read(file["content_type"], name, data)
    for key, value in {"width": found.size[0], "height": found.size[1], "num_frames": found.frames}.items():
        assert file.get(key) in (None, value), f"{name}: {key} is {value}, not {file[key]}"
    if "duration" in file:
        assert abs(file["duration"] - found.seconds) < 0.2
    return found


def _read(content_type: str, name: str, data: bytes) -> Seen:
    kind = content_type.partition("/")[0]
    if content_type == "image/svg+xml":
        picture = bytes(resvg_py.svg_to_bytes(svg_string=data.decode()))
        return replace(_picture(name, picture), kind="svg", data=data)
    readers: Mapping[str, Callable[[str, bytes], Seen]] = {"image": _picture, "video": _clip, "audio": _sound}
    if kind in readers:
        return readers[kind](name, data)
    return _other(name, data)


def _picture(name: str, data: bytes) -> Seen:
    image = Image.open(io.BytesIO(data))
    image.load()
    return Seen(name, "image", data, image.size, look=look(image))


def look(image: Image.Image) -> Look:
    """A picture in grey, made small."""
    on_white = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
    return np.asarray(on_white.convert("L").resize(GRID, Image.Resampling.BOX), dtype=np.float64)


def _clip(name: str, data: bytes) -> Seen:
    with av.open(io.BytesIO(data), "r") as file:
        stream = file.streams.video[0]
        frames = 0
        first: Image.Image | None = None
        last = 0.0
        for frame in file.decode(stream):
            frames += 1
            last = float(frame.time or 0) + float((frame.duration or 0) * (frame.time_base or 0))
            first = first or Image.fromarray(np.rot90(frame.to_ndarray(format="rgb24"), round(frame.rotation / 90)))
        assert first is not None
    return Seen(name, "video", data, first.size, last, frames, look(first))


def _sound(name: str, data: bytes) -> Seen:
    with av.open(io.BytesIO(data), "r") as file:
        stream = file.streams.audio[0]
        samples = sum(frame.samples for frame in file.decode(stream))
        return Seen(name, "audio", data, seconds=samples / stream.rate)


def _other(name: str, data: bytes) -> Seen:
    match data[:4]:
        case b"glTF":
            assert struct.unpack("<I", data[8:12])[0] == len(data)
            kind = "glb"
        case b"PK\x03\x04":
            assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
            kind = "zip"
        case b"Kayd":
            assert data.startswith(b"Kaydara FBX Binary")
            kind = "fbx"
        case _:
            kind = _text_or_weights(data)
    return Seen(name, kind, data)


def _text_or_weights(data: bytes) -> str:
    length = struct.unpack("<Q", data[:8])[0]
    if length < len(data):
        assert "__metadata__" in json.loads(data[8 : 8 + length])
        return "safetensors"
    text = data.decode()
    if text.startswith("{"):
        json.loads(text)
        return "json"
    return "text"


def unlike(one: list[Seen], two: list[Seen]) -> str:
    """Why two answers do not show the same, or nothing."""
    if [(a.name, a.kind) for a in one] != [(b.name, b.kind) for b in two]:
        return f"files: {[a.name for a in one]} and {[b.name for b in two]}"
    # What is carved from a picture without a subject follows its grain: how it looks is not compared.
    carved = any(a.kind == "glb" for a in one)
    for a, b in zip(one, two, strict=True):
        if a.size != b.size:
            return f"{a.name}: {a.size} and {b.size}"
        # A GIF counts in hundredths of a second: eight frames a second become eight and a third.
        if abs(a.seconds - b.seconds) > max(0.15, 0.03 * b.seconds):
            return f"{a.name}: {a.seconds:.2f} s and {b.seconds:.2f} s"
        if (
            a.look is not None
            and b.look is not None
            and not carved
            and (off := float(np.abs(a.look - b.look).mean())) > SAME_LOOK
        ):
            return f"{a.name}: {off:.1f} levels apart"
    return ""
