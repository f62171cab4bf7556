"""Orders for meshes, an engine's surroundings, and readers of the files that come back."""

from __future__ import annotations

import importlib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import anyio
import assimp_py
import numpy as np
import numpy.typing as npt
import trimesh
from PIL import Image

from gesso import catalog
from gesso.endpoint import Limits, find
from gesso.engines.engine import EngineOptions, Made, Result
from gesso.engines.sketch import images_to_3d
from gesso.media import Media, map_media
from gesso.shapes import MediaRule
from gesso.tasks import ImagesTo3D

Pixels = npt.NDArray[Any]


class Surroundings:
    """A context that remembers what it is told."""

    endpoint = "fal-ai/example/mesh"
    options = EngineOptions()

    def __init__(self, tmp: Path) -> None:
        tmp.mkdir(parents=True, exist_ok=True)
        self.tmp = tmp
        self.lines: list[str] = []
        self.told: list[float] = []

    def log(self, message: str, level: str = "INFO") -> None:
        self.lines.append(message)

    def progress(self, done: float, stage: str = "") -> None:
        self.told.append(done)

    def preview(self, made: Made, values: Mapping[str, Any]) -> None:
        raise AssertionError("a mesh has no previews")


def media(pixels: Pixels, path: Path, index: int = 0, field: str = "image_urls") -> Media:
    """A picture as a fetched input."""
    Image.fromarray(pixels).save(path)
    loc = (field, index) if field == "image_urls" else (field,)
    return Media(f"https://example.com/{path.name}", loc, MediaRule("image"), path, "image/png")


# Their stubs, where there are any, name nothing.
USD: Any = importlib.import_module("pxr.Usd")
USD_GEOM: Any = importlib.import_module("pxr.UsdGeom")

ENDPOINT = "fal-ai/meshy/v5/multi-image-to-3d"
catalog.load()


def asked(tmp: Path, pictures: Sequence[Pixels], **fields: Any) -> ImagesTo3D:
    """The task of a request whose pictures are given as pixels; `texture_image_url` may be pixels too."""
    files = {f"https://example.com/{i}.png": pixels for i, pixels in enumerate(pictures)}
    payload = {"image_urls": list(files), **fields}
    if not isinstance(fields.get("texture_image_url", ""), str):
        files["https://example.com/t.png"] = fields["texture_image_url"]
        payload["texture_image_url"] = "https://example.com/t.png"

    async def fetched(one: Media) -> Media:
        path = tmp / one.url.rpartition("/")[2]
        Image.fromarray(files[one.url]).save(path)
        return replace(one, path=path, content_type="image/png")

    task = find(ENDPOINT).parse(payload, Limits()).task()
    return anyio.run(map_media, task, fetched)


def order(pictures: Sequence[Pixels], tmp: Path, **options: Any) -> ImagesTo3D:
    """A small order; `options` are the task's fields, `texture_image` as pixels."""
    if "texture_image" in options:
        options["texture_image"] = media(options["texture_image"], tmp / "texture-input.png", 0, "texture_image_url")
    views = tuple(media(one, tmp / f"view-{i}.png", i) for i, one in enumerate(pictures))
    return replace(ImagesTo3D(images=views, polycount=2000), **options)


class Made3D:
    """What an order came to."""

    def __init__(self, task: ImagesTo3D, tmp: Path) -> None:
        self.context = Surroundings(tmp)
        self.result: Result = images_to_3d.make(task, self.context)

    def path(self, name: str) -> Path:
        return self.result.files[name][0].path

    @property
    def log(self) -> str:
        return "\n".join(self.context.lines)

    def picture(self, name: str) -> Pixels:
        with Image.open(self.path(name)) as image:
            return np.array(image)

    def texture(self) -> Pixels:
        return self.picture("texture_urls.0.base_color")

    def glb(self) -> Any:
        return trimesh.load(self.path("model_glb"), force="mesh", process=False)

    def welded(self) -> Any:
        """The GLB with the points that its texture's seams double brought together again."""
        mesh = self.glb()
        mesh.merge_vertices(merge_tex=True, merge_norm=True)
        return mesh

    def obj_faces(self) -> list[int]:
        """Corners of each face of the OBJ, as it says them."""
        lines = self.path("model_urls.obj").read_text().splitlines()
        return [len(line.split()) - 1 for line in lines if line.startswith("f ")]

    def usd(self) -> Any:
        return USD_GEOM.Mesh(self.stage.GetPrimAtPath("/model/mesh"))

    @cached_property
    def stage(self) -> Any:
        return USD.Stage.Open(str(self.path("model_urls.usdz")))

    def usd_textures(self) -> dict[str, Pixels]:
        with zipfile.ZipFile(self.path("model_urls.usdz")) as archive:
            names = [name for name in archive.namelist() if name.endswith(".png")]
            return {Path(name).stem: np.array(Image.open(BytesIO(archive.read(name)))) for name in names}

    def fbx(self) -> Any:
        flags = assimp_py.Process_Triangulate | assimp_py.Process_JoinIdenticalVertices
        return assimp_py.import_file(str(self.path("model_urls.fbx")), flags)
