"""What the file writers share: a mesh, where it is painted, and the facts that every file tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from gesso.engines.sketch.mesh import polygons
from gesso.engines.sketch.mesh.atlas import Atlas
from gesso.engines.sketch.mesh.polygons import Floats, Ints, Mesh

METAL, ROUGH = 0.0, 0.7
"""What the surface is like where no maps say it."""

CLAY = (0.62, 0.60, 0.57)
"""Colour of a mesh that is not painted, sRGB 0..1."""


@dataclass(frozen=True, slots=True)
class Maps:
    """The texture's pictures on disk: PNG, all of one size. The last three come together or not at all."""

    base_color: Path
    metallic: Path | None = None
    roughness: Path | None = None
    normal: Path | None = None
    packed: Path | None = None
    """Roughness in green, metal in blue: how glTF wants both."""


@dataclass(frozen=True, slots=True)
class Model:
    """A mesh as it goes into files. Lengths are metres, y is up, the front looks along z."""

    mesh: Mesh
    atlas: Atlas | None = None
    maps: Maps | None = None
    colours: Floats | None = None
    """Colours of the points (n, 3) 0..1, sRGB."""
    texts: Mapping[str, str] = field(default_factory=dict[str, str])

    def corners(self) -> tuple[Floats, Floats, Floats | None, Ints]:
        """Points, normals, texture places (u right, v down, 0..1) and faces, with points doubled along seams."""
        normals = polygons.point_normals(self.mesh)
        if self.atlas is None:
            return self.mesh.points, normals, None, self.mesh.faces
        points = self.atlas.points
        return self.mesh.points[points], normals[points], self.texture_places(), self.atlas.corners

    def texture_places(self) -> Floats:
        """The atlas's places (u right, v down, 0..1)."""
        if self.atlas is None:
            raise ValueError("a mesh that is not painted has no texture places")
        return np.clip(self.atlas.uv / self.atlas.size, 0, 1)
