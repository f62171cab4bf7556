"""What a file says of where it comes from, read with the reader of its format."""

from __future__ import annotations

import io
import json
import re
import struct
import zipfile
from collections.abc import Mapping
from typing import Any

import av
from PIL import Image

from tests.media.results import Seen

_EXIF_DESCRIPTION = 0x010E


def told(file: Seen) -> Mapping[str, str]:
    """`engine`, `parts`, `endpoint` and `seed`, as far as the file tells them."""
    match file.kind:
        case "image":
            pairs = _of_picture(file.data)
        case "svg":
            pairs = _listed(re.search(r"<desc>(.*?)</desc>", file.data.decode(), re.DOTALL))
        case "video" | "audio":
            pairs = _of_stream(file.data)
        case "glb":
            pairs = _of_glb(file.data)
        case "fbx":
            pairs = _listed(re.search(rb"Comments[^S]*S....([^\0]+)", file.data, re.DOTALL))
        case "zip":
            pairs = _of_scene(file.data)
        case "safetensors":
            pairs = _of_weights(file.data)
        case "json":
            pairs = {key: str(value) for key, value in json.loads(file.data).items()}
        case _:
            pairs = dict(re.findall(r"^# (\w+): (.*)$", file.data.decode(), re.MULTILINE))
    return {key.lower().removeprefix("gesso."): value for key, value in pairs.items()}


def _listed(found: re.Match[Any] | str | None) -> dict[str, str]:
    """The pairs of "Engine: sketch; Parts: none"."""
    text = found if isinstance(found, str) or found is None else found.group(1)
    plain = text.decode(errors="replace") if isinstance(text, bytes) else text or ""
    return dict(re.findall(r"(\w+): ([^;]*)", plain))


def _of_picture(data: bytes) -> dict[str, str]:
    image = Image.open(io.BytesIO(data))
    if image.format == "PNG":
        image.load()
        texts: dict[str, str] = getattr(image, "text", {})
        return dict(texts)
    return _listed(str(image.getexif().get(_EXIF_DESCRIPTION, "")))


def _of_stream(data: bytes) -> dict[str, str]:
    """Tags of their own where the container keeps any, else all in the comment; an Ogg has its tags on the stream."""
    with av.open(io.BytesIO(data), "r") as file:
        tags = {**file.streams[0].metadata, **file.metadata}
    return {**tags, **_listed(tags.get("comment") or tags.get("COMMENT"))}


def _of_glb(data: bytes) -> dict[str, str]:
    length = struct.unpack("<I", data[12:16])[0]
    return dict(json.loads(data[20 : 20 + length])["asset"]["extras"])


def _of_scene(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        scene = next(name for name in archive.namelist() if name.endswith(".usda"))
        return _listed(re.search(r'doc = "([^"]*)"', archive.read(scene).decode()))


def _of_weights(data: bytes) -> dict[str, str]:
    length = struct.unpack("<Q", data[:8])[0]
    return dict(json.loads(data[8 : 8 + length])["__metadata__"])
