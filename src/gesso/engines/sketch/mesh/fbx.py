"""Autodesk FBX 7.4, binary: one mesh with normals and texture places, one material, its textures inside.

The layout of the file follows what Blender's exporters document of it: a tree of named nodes with typed values.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.mesh import polygons
from gesso.engines.sketch.mesh.model import CLAY, Model

MAGIC = b"Kaydara FBX Binary  \0\x1a\0"
VERSION = 7400
FILE_ID = bytes.fromhex("28b32aebb624ccc2bfc8b02aa92bfcf1")
FOOT = bytes.fromhex("fabcab09d0c8d466b176fb831cf7267e")
END = bytes.fromhex("f85a8c6adef5d97eece90ce3758f290b")
TIME = "1970-01-01 10:00:00:000"
"""Readers check this time against `FILE_ID` and `FOOT`; it says nothing of the file."""

GEOMETRY, MODEL, MATERIAL, TEXTURE, VIDEO = 1000, 2000, 3000, 4000, 5000
SLOTS = {
    "base_color": "DiffuseColor",
    "metallic": "ReflectionFactor",
    "roughness": "ShininessExponent",
    "normal": "NormalMap",
}
"""Map -> property of the material that it is tied to."""


@dataclass(frozen=True, slots=True)
class Node:
    """A named node: values, then nodes inside. str, bytes, bool, int (32 bit), `Long`, float and arrays are values."""

    name: str
    values: Sequence[Any] = ()
    inside: Sequence[Node] = field(default_factory=list["Node"])


class Long(int):
    """An integer that is written in 64 bits."""


def write(model: Model, path: Path) -> None:
    """Write the model as .fbx."""
    out = bytearray(MAGIC + struct.pack("<I", VERSION))
    for node in _document(model):
        out += encoded(node, len(out))
    out += b"\0" * 13 + FOOT + b"\0" * 4
    out += b"\0" * (-len(out) % 16 or 16)
    out += struct.pack("<I", VERSION) + b"\0" * 120 + END
    path.write_bytes(bytes(out))


def encoded(node: Node, offset: int) -> bytes:
    """A node's bytes where it begins at `offset` of the file."""
    name = node.name.encode()
    values = b"".join(map(_value, node.values))
    body = bytearray(values)
    start = offset + 13 + len(name)
    for inner in node.inside:
        body += encoded(inner, start + len(body))
    if node.inside or not node.values:
        body += b"\0" * 13
    head = struct.pack("<IIIB", start + len(body), len(node.values), len(values), len(name))
    return head + name + bytes(body)


def _value(value: Any) -> bytes:
    if isinstance(value, bool):
        return b"C" + struct.pack("<?", value)
    if isinstance(value, Long):
        return b"L" + struct.pack("<q", value)
    if isinstance(value, int):
        return b"I" + struct.pack("<i", value)
    if isinstance(value, float):
        return b"D" + struct.pack("<d", value)
    if isinstance(value, str):
        return b"S" + _sized(value.encode())
    if isinstance(value, bytes):
        return b"R" + _sized(value)
    return _array(value)


def _sized(data: bytes) -> bytes:
    return struct.pack("<I", len(data)) + data


def _array(values: npt.NDArray[Any]) -> bytes:
    whole = np.issubdtype(values.dtype, np.integer)
    flat = np.ascontiguousarray(values.ravel(), "<i4" if whole else "<f8")
    packed = zlib.compress(flat.tobytes(), 3)
    return (b"i" if whole else b"d") + struct.pack("<III", flat.size, 1, len(packed)) + packed


def _class(name: str, kind: str) -> str:
    """An object's name as the binary form keeps it."""
    return f"{name}\0\1{kind}"


def _properties(rows: Iterable[Sequence[Any]]) -> Node:
    return Node("Properties70", (), [Node("P", row) for row in rows])


def _document(model: Model) -> list[Node]:
    pictures = _pictures(model)
    objects = [_geometry(model), _model(), _material(model), *_textures(pictures)]
    links = [("OO", MODEL, 0), ("OO", GEOMETRY, MODEL), ("OO", MATERIAL, MODEL)]
    ties: list[tuple[Any, ...]] = list(links)
    for i, name in enumerate(pictures):
        ties += [("OP", TEXTURE + i, MATERIAL, SLOTS[name]), ("OO", VIDEO + i, TEXTURE + i)]
    connections = [Node("C", (kind, Long(a), Long(b), *rest)) for kind, a, b, *rest in ties]
    return [
        _header(model),
        Node("FileId", (FILE_ID,)),
        Node("CreationTime", (TIME,)),
        Node("Creator", ("Gesso",)),
        _settings(),
        Node(
            "Documents",
            (),
            [Node("Count", (1,)), Node("Document", (Long(1), "", "Scene"), [Node("RootNode", (Long(0),))])],
        ),
        Node("References"),
        _definitions(objects),
        Node("Objects", (), objects),
        Node("Connections", (), connections),
        Node("Takes", (), [Node("Current", ("",))]),
    ]


def _header(model: Model) -> Node:
    facts = "; ".join(f"{key}: {value}" for key, value in model.texts.items())
    scene = Node(
        "SceneInfo",
        (_class("GlobalInfo", "SceneInfo"), "UserData"),
        [
            Node("Type", ("UserData",)),
            Node("Version", (100,)),
            Node("MetaData", (), [Node("Version", (100,)), Node("Title", ("model",)), Node("Comments", (facts,))]),
            _properties([("Original|ApplicationName", "KString", "", "", "Gesso")]),
        ],
    )
    inside = [Node("FBXHeaderVersion", (1003,)), Node("FBXVersion", (VERSION,)), Node("EncryptionType", (0,))]
    return Node("FBXHeaderExtension", (), [*inside, Node("Creator", ("Gesso",)), scene])


def _settings() -> Node:
    axes = {"UpAxis": 1, "UpAxisSign": 1, "FrontAxis": 2, "FrontAxisSign": 1, "CoordAxis": 0, "CoordAxisSign": 1}
    rows: list[Sequence[Any]] = [(name, "int", "Integer", "", value) for name, value in axes.items()]
    # The format counts in centimetres.
    rows += [(name, "double", "Number", "", 100.0) for name in ("UnitScaleFactor", "OriginalUnitScaleFactor")]
    return Node("GlobalSettings", (), [Node("Version", (1000,)), _properties(rows)])


def _definitions(objects: Sequence[Node]) -> Node:
    kinds = [node.name for node in objects]
    types = [Node("ObjectType", ("GlobalSettings",), [Node("Count", (1,))])]
    types += [Node("ObjectType", (kind,), [Node("Count", (kinds.count(kind),))]) for kind in dict.fromkeys(kinds)]
    return Node("Definitions", (), [Node("Version", (100,)), Node("Count", (len(objects) + 1,)), *types])


def _geometry(model: Model) -> Node:
    mesh = model.mesh
    corners = mesh.faces.astype(np.int32).copy()
    corners[:, -1] = ~corners[:, -1]  # a polygon's last corner is marked by its complement
    layers = [_layer("Normal", 0)]
    inside = [
        Node("GeometryVersion", (124,)),
        Node("Vertices", (mesh.points.astype(np.float64),)),
        Node("PolygonVertexIndex", (corners,)),
        _normals(polygons.point_normals(mesh)),
    ]
    if model.atlas is not None:
        inside.append(_places(model, model.atlas.corners))
        layers.append(_layer("UV", 0))
    inside.append(
        Node(
            "LayerElementMaterial",
            (0,),
            [
                *_element("surface", "AllSame", "IndexToDirect"),
                Node("Materials", (np.zeros(1, np.int32),)),
            ],
        )
    )
    layers.append(_layer("Material", 0))
    inside.append(Node("Layer", (0,), [Node("Version", (100,)), *layers]))
    return Node("Geometry", (Long(GEOMETRY), _class("mesh", "Geometry"), "Mesh"), inside)


def _element(name: str, by: str, how: str) -> list[Node]:
    return [
        Node("Version", (101,)),
        Node("Name", (name,)),
        Node("MappingInformationType", (by,)),
        Node("ReferenceInformationType", (how,)),
    ]


def _normals(normals: npt.NDArray[Any]) -> Node:
    inside = [*_element("", "ByVertice", "Direct"), Node("Normals", (normals.astype(np.float64),))]
    return Node("LayerElementNormal", (0,), inside)


def _places(model: Model, corners: npt.NDArray[Any]) -> Node:
    places = model.texture_places()
    upright = np.stack([places[:, 0], 1 - places[:, 1]], axis=1)
    inside = [*_element("st", "ByPolygonVertex", "IndexToDirect"), Node("UV", (upright,)), Node("UVIndex", (corners,))]
    return Node("LayerElementUV", (0,), inside)


def _layer(kind: str, number: int) -> Node:
    inside = [Node("Type", (f"LayerElement{kind}",)), Node("TypedIndex", (number,))]
    return Node("LayerElement", (), inside)


def _model() -> Node:
    inside = [
        Node("Version", (232,)),
        _properties([("Lcl Scaling", "Lcl Scaling", "", "A", 1.0, 1.0, 1.0)]),
        Node("Shading", (True,)),
        Node("Culling", ("CullingOff",)),
    ]
    return Node("Model", (Long(MODEL), _class("model", "Model"), "Mesh"), inside)


def _material(model: Model) -> Node:
    colour = (1.0, 1.0, 1.0) if model.maps else CLAY
    rows: list[Sequence[Any]] = [
        ("DiffuseColor", "Color", "", "A", *colour),
        ("SpecularColor", "Color", "", "A", 0.1, 0.1, 0.1),
        ("Shininess", "double", "Number", "", 12.0),
    ]
    inside = [Node("Version", (102,)), Node("ShadingModel", ("phong",)), Node("MultiLayer", (0,)), _properties(rows)]
    return Node("Material", (Long(MATERIAL), _class("surface", "Material"), ""), inside)


def _pictures(model: Model) -> dict[str, Path]:
    if model.maps is None:
        return {}
    found = {name: getattr(model.maps, name) for name in SLOTS}
    return {name: path for name, path in found.items() if path is not None}


def _textures(pictures: dict[str, Path]) -> list[Node]:
    nodes: list[Node] = []
    for i, (name, path) in enumerate(pictures.items()):
        file = [Node("FileName", (f"{name}.png",)), Node("RelativeFilename", (f"{name}.png",))]
        inside = [
            Node("Type", ("TextureVideoClip",)),
            Node("Version", (202,)),
            Node("TextureName", (_class(name, "Texture"),)),
        ]
        inside += [Node("Media", (_class(name, "Video"),)), *file, _properties([("UVSet", "KString", "", "", "st")])]
        nodes.append(Node("Texture", (Long(TEXTURE + i), _class(name, "Texture"), ""), inside))
        clip = [Node("Type", ("Clip",)), *file, Node("Content", (path.read_bytes(),))]
        nodes.append(Node("Video", (Long(VIDEO + i), _class(name, "Video"), "Clip"), clip))
    return nodes
