"""USDZ (Pixar's Universal Scene Description in a zip): the scene as text first, then its textures.

The archive is uncompressed and every file begins at a multiple of 64 bytes, as the format asks.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.mesh import polygons
from gesso.engines.sketch.mesh.model import CLAY, METAL, ROUGH, Model

ALIGNED = 64
PADDING = 0x1986
"""Identifier of the extra field that fills up to the boundary; USD's own packer uses it."""

SLOTS = {
    "base_color": ("diffuseColor", "rgb", "color3f", "sRGB"),
    "metallic": ("metallic", "r", "float", "raw"),
    "roughness": ("roughness", "r", "float", "raw"),
    "normal": ("normal", "rgb", "normal3f", "raw"),
}
"""Map -> input of the surface shader, output of the texture, its type, how its samples are read."""

VERTEX, CORNER = (f'\n            interpolation = "{kind}"\n        )' for kind in ("vertex", "faceVarying"))
"""How values belong to the mesh: one to a point, one to a face's corner."""


def write(model: Model, path: Path) -> None:
    """Write the model as .usdz."""
    pictures: dict[str, Path] = {}
    if model.maps is not None:
        found = {name: getattr(model.maps, name) for name in SLOTS}
        pictures = {name: picture for name, picture in found.items() if picture is not None}
    files = {"model.usda": _scene(model, pictures).encode()}
    files |= {f"textures/{name}.png": picture.read_bytes() for name, picture in pictures.items()}
    path.write_bytes(_packed(files))


def _packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            start = out.tell() + 30 + len(name.encode())
            fill = -(start + 4) % ALIGNED
            info.extra = PADDING.to_bytes(2, "little") + fill.to_bytes(2, "little") + b"\0" * fill
            archive.writestr(info, data)
    return out.getvalue()


def _scene(model: Model, pictures: dict[str, Path]) -> str:
    facts = "; ".join(f"{key}: {value}" for key, value in model.texts.items())
    mesh = model.mesh
    low, high = mesh.points.min(axis=0), mesh.points.max(axis=0)
    sides = mesh.faces.shape[1]
    lines = [
        "#usda 1.0",
        f'(\n    defaultPrim = "model"\n    doc = {_quoted(facts)}\n    metersPerUnit = 1\n    upAxis = "Y"\n)',
        'def Xform "model" (\n    kind = "component"\n)\n{',
        '    def Mesh "mesh" (\n        prepend apiSchemas = ["MaterialBindingAPI"]\n    )\n    {',
        f"        float3[] extent = [{_tuples(np.stack([low, high]))}]",
        f"        int[] faceVertexCounts = [{', '.join([str(sides)] * len(mesh.faces))}]",
        f"        int[] faceVertexIndices = [{_numbers(mesh.faces)}]",
        f"        point3f[] points = [{_tuples(mesh.points)}]",
        f"        normal3f[] normals = [{_tuples(polygons.point_normals(mesh), 4)}] ({VERTEX}",
        '        uniform token subdivisionScheme = "none"',
        "        rel material:binding = </model/looks/surface>",
        *_places(model),
        "    }",
        *_material(pictures),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _places(model: Model) -> list[str]:
    if model.atlas is None:
        return []
    places = model.texture_places()
    upright = np.stack([places[:, 0], 1 - places[:, 1]], axis=1)
    return [
        f"        texCoord2f[] primvars:st = [{_tuples(upright)}] ({CORNER}",
        f"        int[] primvars:st:indices = [{_numbers(model.atlas.corners)}]",
    ]


def _material(pictures: dict[str, Path]) -> list[str]:
    shader = [
        '            uniform token info:id = "UsdPreviewSurface"',
        *([] if "base_color" in pictures else [f"            color3f inputs:diffuseColor = {_linear(CLAY)}"]),
        *([] if "metallic" in pictures else [f"            float inputs:metallic = {METAL}"]),
        *([] if "roughness" in pictures else [f"            float inputs:roughness = {ROUGH}"]),
    ]
    for name in pictures:
        slot, output, kind, _ = SLOTS[name]
        shader.append(f"            {kind} inputs:{slot}.connect = </model/looks/surface/{name}.outputs:{output}>")
    lines = ['    def Scope "looks"\n    {', '        def Material "surface"\n        {']
    lines += ["            token outputs:surface.connect = </model/looks/surface/shader.outputs:surface>"]
    lines += ['            def Shader "shader"\n            {', *(f"    {line}" for line in shader)]
    lines += ["                token outputs:surface", "            }"]
    if pictures:
        lines += [
            '            def Shader "places"\n            {',
            '                uniform token info:id = "UsdPrimvarReader_float2"',
            '                string inputs:varname = "st"',
            "                float2 outputs:result",
            "            }",
        ]
    for name in pictures:
        lines += _texture(name)
    return [*lines, "        }", "    }"]


def _texture(name: str) -> list[str]:
    _, output, _, space = SLOTS[name]
    lines = [
        f'            def Shader "{name}"\n            {{',
        '                uniform token info:id = "UsdUVTexture"',
        f"                asset inputs:file = @textures/{name}.png@",
        "                float2 inputs:st.connect = </model/looks/surface/places.outputs:result>",
        f'                token inputs:sourceColorSpace = "{space}"',
        '                token inputs:wrapS = "clamp"',
        '                token inputs:wrapT = "clamp"',
    ]
    if name == "normal":  # samples 0..1 stand for -1..1
        lines += [
            "                float4 inputs:scale = (2, 2, 2, 1)",
            "                float4 inputs:bias = (-1, -1, -1, 0)",
        ]
    return [*lines, f"                {'float3' if output == 'rgb' else 'float'} outputs:{output}", "            }"]


def _linear(colour: tuple[float, ...]) -> str:
    return "(" + ", ".join(f"{value**2.2:.4f}" for value in colour) + ")"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def _numbers(values: npt.NDArray[Any]) -> str:
    return ", ".join(map(str, values.ravel().tolist()))


def _tuples(rows: npt.NDArray[Any], digits: int = 6) -> str:
    form = "(" + ", ".join([f"%.{digits}g"] * rows.shape[1]) + ")"
    return ", ".join([form] * len(rows)) % tuple(rows.ravel().tolist())
