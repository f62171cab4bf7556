"""Binary glTF 2.0 (Khronos): one mesh, one material, its textures inside. glTF knows triangles alone."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.mesh.model import CLAY, METAL, ROUGH, Model
from gesso.engines.sketch.mesh.polygons import split

MAGIC, VERSION = 0x46546C67, 2
JSON, BIN = 0x4E4F534A, 0x004E4942
FLOAT, UNSIGNED = 5126, 5125
ARRAY, ELEMENTS = 34962, 34963
LINEAR_MIPS, LINEAR, CLAMP = 9987, 9729, 33071


class _Bytes:
    """The binary part, and what the JSON part says of it."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.views: list[dict[str, int]] = []
        self.accessors: list[dict[str, Any]] = []

    def view(self, data: bytes, target: int | None = None) -> int:
        self.data += b"\0" * (-len(self.data) % 4)
        entry = {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(data)}
        self.views.append(entry | ({"target": target} if target is not None else {}))
        self.data += data
        return len(self.views) - 1

    def array(self, values: npt.NDArray[Any], kind: str, target: int, *, bounds: bool = False) -> int:
        whole = np.issubdtype(values.dtype, np.integer)
        flat = np.ascontiguousarray(values, "<u4" if whole else "<f4")
        entry: dict[str, Any] = {
            "bufferView": self.view(flat.tobytes(), target),
            "componentType": UNSIGNED if whole else FLOAT,
            "count": len(flat) if kind != "SCALAR" else flat.size,
            "type": kind,
        }
        if bounds:
            entry |= {"min": flat.min(axis=0).tolist(), "max": flat.max(axis=0).tolist()}
        self.accessors.append(entry)
        return len(self.accessors) - 1


def write(model: Model, path: Path) -> None:
    """Write the model as .glb."""
    store = _Bytes()
    points, normals, places, faces = model.corners()
    attributes = {
        "POSITION": store.array(points, "VEC3", ARRAY, bounds=True),
        "NORMAL": store.array(_unit(normals), "VEC3", ARRAY),
    }
    if places is not None:
        attributes["TEXCOORD_0"] = store.array(places, "VEC2", ARRAY)
    indices = store.array(split(faces), "SCALAR", ELEMENTS)
    document: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": "Gesso", "extras": dict(model.texts)},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": "model"}],
        "meshes": [{"primitives": [{"attributes": attributes, "indices": indices, "material": 0, "mode": 4}]}],
        **_material(model, store),
    }
    document |= {
        "accessors": store.accessors,
        "bufferViews": store.views,
        "buffers": [{"byteLength": len(store.data)}],
    }
    path.write_bytes(_container(json.dumps(document, separators=(",", ":")).encode(), bytes(store.data)))


def _unit(normals: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Unit normals; readers refuse others, so a point without a normal of its own looks up."""
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.where(length > 0.5, normals / np.maximum(length, 1e-9), [0.0, 1.0, 0.0])


def _material(model: Model, store: _Bytes) -> dict[str, Any]:
    surface: dict[str, Any] = {"metallicFactor": METAL, "roughnessFactor": ROUGH}
    material: dict[str, Any] = {"name": "surface", "pbrMetallicRoughness": surface}
    if model.maps is None:
        surface["baseColorFactor"] = [*(round(value**2.2, 4) for value in CLAY), 1.0]
        return {"materials": [material]}
    pictures = [model.maps.base_color]
    surface["baseColorTexture"] = {"index": 0}
    if model.maps.packed is not None and model.maps.normal is not None:
        pictures += [model.maps.packed, model.maps.normal]
        surface |= {"metallicFactor": 1.0, "roughnessFactor": 1.0, "metallicRoughnessTexture": {"index": 1}}
        material["normalTexture"] = {"index": 2}
    return {
        "materials": [material],
        "samplers": [{"magFilter": LINEAR, "minFilter": LINEAR_MIPS, "wrapS": CLAMP, "wrapT": CLAMP}],
        "textures": [{"source": i, "sampler": 0} for i in range(len(pictures))],
        "images": [
            {"bufferView": store.view(picture.read_bytes()), "mimeType": "image/png", "name": picture.stem}
            for picture in pictures
        ],
    }


def _container(document: bytes, data: bytes) -> bytes:
    document += b" " * (-len(document) % 4)
    data += b"\0" * (-len(data) % 4)
    total = 12 + 8 + len(document) + 8 + len(data)
    return b"".join(
        [
            struct.pack("<III", MAGIC, VERSION, total),
            struct.pack("<II", len(document), JSON) + document,
            struct.pack("<II", len(data), BIN) + data,
        ]
    )
