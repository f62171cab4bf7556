"""The files: opened by other programs' readers, equal in what they hold, the same bytes each time."""

from __future__ import annotations

import hashlib
import importlib
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from PIL import Image

from gesso.engines.sketch import images_to_3d
from gesso.engines.sketch.mesh import bake, carve, thumbnail
from gesso.errors import InputError
from tests.engines.sketch.mesh import things
from tests.engines.sketch.mesh.making import Made3D, Pixels, Surroundings, media, order


@pytest.fixture(scope="module", autouse=True)
def small() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(thumbnail, "SIDE", 96)
        patch.setattr(images_to_3d, "SIZES", (256,))
        patch.setattr(carve, "LEAST_CARVED", 3000)
        patch.setattr(bake, "DEPTH_ROWS", 96)
        yield


@pytest.fixture(scope="module", params=["triangle", "quad"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made3D:
    tmp = tmp_path_factory.mktemp(request.param)
    pictures = [things.shown("mug", yaw, 160) for yaw in (0, 90)]
    return Made3D(order(pictures, tmp, pbr=True, polycount=800, topology=request.param), tmp / "made")


def test_glb_is_closed_painted_and_as_large_as_a_metre(made: Made3D):
    mesh = made.glb()
    assert made.welded().is_watertight
    assert made.welded().volume > 0
    assert mesh.extents.max() == pytest.approx(1, abs=1e-3)
    assert mesh.bounds[0][1] == pytest.approx(0, abs=1e-6)
    assert (np.asarray(mesh.visual.material.baseColorTexture.convert("RGB")) == made.texture()).all()
    assert mesh.visual.uv.shape == (len(mesh.vertices), 2)


def test_obj_finds_its_material_and_texture_by_their_names(made: Made3D, tmp_path: Path):
    for several in made.result.files.values():
        for one in several:
            (tmp_path / one.facts["file_name"]).write_bytes(one.path.read_bytes())
    mesh: Any = trimesh.load(tmp_path / "model.obj", force="mesh", process=False)
    assert (np.asarray(mesh.visual.material.image.convert("RGB")) == made.texture()).all()
    assert len(mesh.faces) == len(made.glb().faces)
    assert sorted(np.round(mesh.area_faces, 6)) == pytest.approx(sorted(np.round(made.glb().area_faces, 6)), abs=2e-6)
    lines = (tmp_path / "model.obj").read_text().splitlines()
    assert len(next(line for line in lines if line.startswith("v ")).split()) == 7  # place and colour
    assert "norm texture_0_normal.png" in (tmp_path / "model.mtl").read_text()


def test_usdz_holds_the_same_mesh_and_its_material(made: Made3D):
    mesh = made.usd()
    points = np.array(mesh.GetPointsAttr().Get())
    assert np.array(mesh.GetExtentAttr().Get()) == pytest.approx(np.array(made.glb().bounds), abs=1e-4)
    assert len(mesh.GetFaceVertexCountsAttr().Get()) == len(made.obj_faces())
    assert len(points) == len(made.welded().vertices)
    shade: Any = importlib.import_module("pxr.UsdShade")
    material = shade.MaterialBindingAPI(mesh.GetPrim()).ComputeBoundMaterial()[0]
    shader = material.ComputeSurfaceSource()[0]
    assert shader.GetIdAttr().Get() == "UsdPreviewSurface"
    assert {one.GetBaseName() for one in shader.GetInputs()} >= {"diffuseColor", "metallic", "roughness", "normal"}
    assert (made.usd_textures()["base_color"] == made.texture()).all()


def test_usdz_is_stored_at_multiples_of_64(made: Made3D):
    path = made.path("model_urls.usdz")
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        assert archive.infolist()[0].filename.endswith(".usda")
        for info in archive.infolist():
            assert info.compress_type == zipfile.ZIP_STORED
            start = info.header_offset + 30 + len(info.filename) + len(info.extra)
            assert start % 64 == 0 or data[start - 1 :].startswith(archive.read(info))


def test_fbx_is_read_by_assimp(made: Made3D):
    scene = made.fbx()
    (mesh,) = scene.meshes
    points = np.array(mesh.vertices, float).reshape(-1, 3)
    glb = made.glb()
    assert np.array([points.min(axis=0), points.max(axis=0)]) == pytest.approx(glb.bounds, abs=1e-4)
    assert len(mesh.indices) == 3 * len(glb.faces)
    uv = np.array(mesh.texcoords[0], float).reshape(len(points), -1)[:, :2]
    assert uv.min() >= 0
    assert uv.max() <= 1
    assert np.unique(np.round(uv, 4), axis=0).shape[0] > 100
    assert b"\x89PNG" in made.path("model_urls.fbx").read_bytes()
    assert "base_color.png" in str(scene.materials)


def test_fbx_has_the_faces_that_were_asked_for(made: Made3D):
    data = made.path("model_urls.fbx").read_bytes()
    at = data.index(b"PolygonVertexIndex") + len(b"PolygonVertexIndex")
    kind, count, packed, length = struct.unpack("<cIII", data[at : at + 13])
    values = data[at + 13 : at + 13 + length]
    corners = np.frombuffer(zlib.decompress(values) if packed else values, "<i4")
    ends = np.flatnonzero(corners < 0)  # the last corner of a face is written as its complement
    assert (kind, len(corners)) == (b"i", count)
    assert np.diff(ends, prepend=-1).tolist() == made.obj_faces()


def test_fbx_and_glb_paint_the_same_places(made: Made3D):
    (mesh,) = made.fbx().meshes
    points = np.array(mesh.vertices, float).reshape(-1, 3)
    uv = np.array(mesh.texcoords[0], float).reshape(len(points), -1)[:, :2]
    glb = made.glb()
    known = {tuple(np.round([*p, *q], 3)) for p, q in zip(glb.vertices, glb.visual.uv, strict=True)}
    mine = [tuple(np.round([*p, *q], 3)) for p, q in zip(points, uv, strict=True)]
    assert np.mean([one in known for one in mine]) > 0.8  # the rest is rounded to the other side


def test_the_thumbnail_and_every_file_tell_where_they_come_from(made: Made3D):
    with Image.open(made.path("thumbnail")) as image:
        assert image.info["Engine"] == "sketch"
        assert np.array(image).std() > 8
    for kind in ("glb", "fbx", "obj", "usdz", "mtl"):
        assert b"fal-ai/example/mesh" in made.path(f"model_urls.{kind}").read_bytes()
    assert made.result.parts == ("open_nsfw",)


def test_the_same_order_gives_the_same_bytes(tmp_path: Path):
    sums: list[list[str]] = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        task = order([things.shown("figure", 0, 96)], folder, polycount=300, pose="t-pose")
        done = Made3D(task, folder / "made")
        paths = [one.path for several in done.result.files.values() for one in several]
        sums.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in paths])
    assert sums[0] == sums[1]


def test_progress_only_grows(made: Made3D):
    assert made.context.told == sorted(made.context.told)
    assert made.context.told[-1] == 1


def refused(pixels: Pixels, tmp: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        images_to_3d.make(order([things.shown("ball", 0, 64), pixels], tmp), Surroundings(tmp / "m"))
    return caught.value


@pytest.mark.parametrize(
    ("pixels", "kind"),
    [
        (np.zeros((1, 1, 3), np.uint8), "image_too_small"),
        (np.full((64, 64, 3), 255, np.uint8), "value_error"),
        (np.zeros((64, 64, 4), np.uint8), "value_error"),
        (np.full((20, 900, 3), 90, np.uint8), "image_too_small"),
    ],
)
def test_what_shows_nothing_is_refused_by_its_field(pixels: Pixels, kind: str, tmp_path: Path):
    problem = refused(pixels, tmp_path).problems[0]
    assert problem.type == kind
    assert problem.loc == ("body", "image_urls", 1)


def test_a_broken_picture_is_refused(tmp_path: Path):
    task = order([things.shown("ball", 0, 64)], tmp_path)
    (tmp_path / "view-0.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 99)
    with pytest.raises(InputError) as caught:
        images_to_3d.make(task, Surroundings(tmp_path / "m"))
    assert caught.value.problems[0].type == "image_load_error"


@pytest.mark.parametrize("shape", [(400, 40), (40, 400), (64, 90)])
def test_views_of_any_size_and_shape_make_a_closed_mesh(shape: tuple[int, int], tmp_path: Path):
    rng = np.random.default_rng(5)
    odd = np.dstack([rng.integers(0, 255, (*shape, 3)), np.zeros(shape, int)]).astype(np.uint8)
    odd[5:-5, 5:-5, 3] = 255
    odd[shape[0] // 2, 5:-5, 3] = 0
    views = [things.shown("ball", 0, 64), odd]
    done = Made3D(order(views, tmp_path, polycount=200), tmp_path / "made")
    assert done.welded().is_watertight


def test_a_texture_picture_that_is_none_is_refused(tmp_path: Path):
    task = order([things.shown("ball", 0, 64)], tmp_path)
    broken = media(np.zeros((8, 8, 3), np.uint8), tmp_path / "t.png", 0, "texture_image_url")
    broken.file.write_bytes(b"nothing")
    with pytest.raises(InputError) as caught:
        images_to_3d.make(replace(task, texture_image=broken), Surroundings(tmp_path / "m"))
    assert caught.value.problems[0].loc == ("body", "texture_image_url")
