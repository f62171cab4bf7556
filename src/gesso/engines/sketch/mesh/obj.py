"""Wavefront OBJ with its material file. The OBJ carries the points' colours too, for when it travels alone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.mesh import polygons
from gesso.engines.sketch.mesh.model import CLAY, METAL, ROUGH, Model

MATERIAL = "surface"


def write(model: Model, path: Path, material: str) -> None:
    """Write the model as .obj; `material` is the name under which it looks for its .mtl."""
    lines = [f"# {key}: {_one_line(value)}" for key, value in model.texts.items()]
    lines += [f"mtllib {material}", "o model"]
    lines += _points(model)
    if model.atlas is not None:
        places = model.texture_places()
        lines += _rows("vt", np.stack([places[:, 0], 1 - places[:, 1]], axis=1), "%.6f %.6f")
    lines += _rows("vn", polygons.point_normals(model.mesh), "%.4f %.4f %.4f")
    lines += [f"usemtl {MATERIAL}", "s 1"]
    lines += _faces(model)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_material(model: Model, path: Path, names: dict[str, str]) -> None:
    """Write the .mtl; `names` says what the texture's pictures are called, by `Maps`' fields."""
    colour = "1 1 1" if model.maps else " ".join(f"{value:.3f}" for value in CLAY)
    lines = [f"# {key}: {_one_line(value)}" for key, value in model.texts.items()]
    lines += [f"newmtl {MATERIAL}", f"Kd {colour}", "Ka 0 0 0", "Ks 0.04 0.04 0.04", "Ns 30", "d 1", "illum 2"]
    statements = {"base_color": "map_Kd", "metallic": "map_Pm", "roughness": "map_Pr", "normal": "norm"}
    lines += [f"{statements[field]} {name}" for field, name in names.items()]
    if "metallic" not in names:
        lines += [f"Pm {METAL}", f"Pr {ROUGH}"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _points(model: Model) -> list[str]:
    if model.colours is None:
        return _rows("v", model.mesh.points, "%.6f %.6f %.6f")
    return _rows("v", np.hstack([model.mesh.points, model.colours]), "%.6f %.6f %.6f %.3f %.3f %.3f")


def _faces(model: Model) -> list[str]:
    points = model.mesh.faces + 1
    if model.atlas is None:
        columns: Iterable[npt.NDArray[Any]] = (
            column for pair in zip(points.T, points.T, strict=True) for column in pair
        )
        return _rows("f", np.stack(list(columns), axis=1), " ".join(["%d//%d"] * points.shape[1]))
    places = model.atlas.corners + 1
    columns = (column for trio in zip(points.T, places.T, points.T, strict=True) for column in trio)
    return _rows("f", np.stack(list(columns), axis=1), " ".join(["%d/%d/%d"] * points.shape[1]))


def _rows(word: str, values: npt.NDArray[Any], form: str) -> list[str]:
    lines = "\n".join([f"{word} {form}"] * len(values))
    return [lines % tuple(values.ravel().tolist())]
