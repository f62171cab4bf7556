"""Every field of the endpoint does what its description says: a check, or the reason why there is nothing to check."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gesso.endpoint import find
from gesso.engines.sketch import images_to_3d
from gesso.engines.sketch.mesh import bake, carve, thumbnail
from tests.engines.sketch.mesh import things
from tests.engines.sketch.mesh.making import ENDPOINT, Made3D, asked

FACTS = json.loads((Path(__file__).parents[3] / "fixtures" / "endpoints.json").read_text())[ENDPOINT]


class Desk:
    """Makes meshes by the request's fields, each small, and each once."""

    def __init__(self, tmp: Path) -> None:
        self.tmp = tmp
        self._made: dict[str, Made3D] = {}

    def make(self, thing: str = "mug", angles: tuple[float, ...] = (0,), **fields: Any) -> Made3D:
        asked_for = repr((thing, angles, sorted(fields.items())))
        if asked_for not in self._made:
            self._made[asked_for] = self._make(thing, angles, fields)
        return self._made[asked_for]

    def _make(self, thing: str, angles: tuple[float, ...], fields: Mapping[str, Any]) -> Made3D:
        folder = self.tmp / str(len(self._made))
        folder.mkdir()
        pictures = [things.shown(thing, yaw, 128) for yaw in angles]
        usual: dict[str, Any] = {"target_polycount": 400, "enable_safety_checker": False}
        return Made3D(asked(folder, pictures, **{**usual, **fields}), folder / "made")

    @cached_property
    def plain(self) -> Made3D:
        return self.make()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(thumbnail, "SIDE", 64)
        patch.setattr(images_to_3d, "SIZES", (256,))
        patch.setattr(carve, "LEAST_CARVED", 3000)
        patch.setattr(bake, "DEPTH_ROWS", 96)
        patch.setattr(carve, "RAW_TRIANGLES", 4000)
        yield Desk(tmp_path_factory.mktemp("meshes"))


def widths(made: Made3D) -> list[float]:
    """Width against height, and depth against height."""
    x, y, z = made.glb().extents
    return [x / y, z / y]


def hands(made: Made3D) -> float:
    """How high the outermost places are, of the whole height."""
    points = made.glb().vertices / made.glb().extents[1]
    return float(points[np.abs(points[:, 0]) > 0.93 * np.abs(points[:, 0]).max()][:, 1].mean())


def image_urls(desk: Desk) -> None:
    both = desk.make("mug", (0, 90))
    assert widths(both) == pytest.approx([1.0, 0.72], abs=0.08)
    five = [things.shown("ball", 0, 64)] * 5
    assert len(asked(desk.tmp, five).images) == 4


def topology(desk: Desk) -> None:
    assert set(desk.plain.obj_faces()) == {3}
    quads = desk.make(topology="quad")
    assert set(quads.obj_faces()) == {4}
    assert set(quads.usd().GetFaceVertexCountsAttr().Get()) == {4}
    assert len(quads.glb().faces) == 2 * len(quads.obj_faces())


def target_polycount(desk: Desk) -> None:
    for count, made in ((400, desk.plain), (1200, desk.make(target_polycount=1200))):
        assert len(made.obj_faces()) == pytest.approx(count, rel=0.05)


def symmetry_mode(desk: Desk) -> None:
    off = desk.make(symmetry_mode="off")
    on = desk.make(symmetry_mode="on")
    assert mirrored(on)
    assert not mirrored(off)
    assert not mirrored(desk.plain)
    assert mirrored(desk.make("figure"))


def mirrored(made: Made3D) -> bool:
    points = {tuple(point) for point in np.round(made.welded().vertices, 5).tolist()}
    return points == {(-x + 0.0, y, z) for x, y, z in points}


def should_remesh(desk: Desk) -> None:
    raw = desk.make(should_remesh=False, topology="quad")
    assert set(raw.obj_faces()) == {3}
    assert len(raw.obj_faces()) > 2000
    assert raw.welded().is_watertight


def should_texture(desk: Desk) -> None:
    bare = desk.make(should_texture=False)
    assert not [name for name in bare.result.files if name.startswith("texture_urls")]
    assert b"TEXCOORD_0" not in bare.path("model_glb").read_bytes()
    assert b"TEXCOORD_0" in desk.plain.path("model_glb").read_bytes()
    assert desk.plain.texture().std() > 20


def enable_pbr(desk: Desk) -> None:
    assert [name for name in desk.plain.result.files if name.startswith("texture_urls")] == [
        "texture_urls.0.base_color"
    ]
    made = desk.make(enable_pbr=True)
    material = made.glb().visual.material
    assert material.metallicRoughnessTexture is not None
    assert material.normalTexture is not None
    assert set(made.usd_textures()) == {"base_color", "metallic", "roughness", "normal"}
    assert made.picture("texture_urls.0.roughness").ndim == 2
    assert made.picture("texture_urls.0.normal")[..., 2].mean() > 200


def is_a_t_pose(desk: Desk) -> None:
    down, up = desk.make("standing"), desk.make("standing", is_a_t_pose=True)
    assert widths(up)[0] > 1.4 * widths(down)[0]
    assert "2 arms" in up.log
    assert "no arm" in desk.make(is_a_t_pose=True).log


def texture_prompt(desk: Desk) -> None:
    red = desk.make(texture_prompt="glossy red lacquer", enable_pbr=True)
    before, after = (made.texture().reshape(-1, 3).mean(axis=0) for made in (desk.plain, red))
    assert after[0] - after[2] > before[0] - before[2] + 30
    assert red.picture("texture_urls.0.roughness").mean() < 80


def texture_image_url(desk: Desk) -> None:
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[:, :, 1] = np.linspace(90, 250, 64, dtype=np.uint8)
    made = desk.make(texture_image_url=picture)
    mean = made.texture().reshape(-1, 3).mean(axis=0)
    assert mean[1] > mean[0] + 40
    assert mean[1] > mean[2] + 40
    assert made.result.parts == ("magenta-arbitrary-style",)


def enable_safety_checker(desk: Desk) -> None:
    assert "switched off" in desk.plain.log
    checked = desk.make(enable_safety_checker=True)
    assert "Safety score" in checked.log
    assert checked.result.parts == ("open_nsfw",)


def pose_mode(desk: Desk) -> None:
    wide = {mode: widths(desk.make("standing", pose_mode=mode))[0] for mode in ("", "a-pose", "t-pose")}
    assert wide["t-pose"] == widths(desk.make("standing", is_a_t_pose=True))[0]
    assert wide["t-pose"] > 1.12 * wide["a-pose"] > 1.25 * wide[""]
    half, out = (hands(desk.make("standing", pose_mode=mode)) for mode in ("a-pose", "t-pose"))
    assert out > 0.6
    assert half < 0.55


STILL = "the description says that nothing depends on it: the mesh has no bones and does not move"

CHECKS: Mapping[str, Callable[[Desk], None] | str] = {
    "image_urls": image_urls,
    "topology": topology,
    "target_polycount": target_polycount,
    "symmetry_mode": symmetry_mode,
    "should_remesh": should_remesh,
    "should_texture": should_texture,
    "enable_pbr": enable_pbr,
    "is_a_t_pose": is_a_t_pose,
    "texture_prompt": texture_prompt,
    "texture_image_url": texture_image_url,
    "enable_safety_checker": enable_safety_checker,
    "pose_mode": pose_mode,
    "animation_action_id": STILL,
    "enable_animation": STILL,
    "enable_rigging": STILL,
    "rigging_height_meters": STILL,
}


def test_every_field_of_the_contract_is_in_the_table():
    assert set(CHECKS) == {*FACTS["input"], *FACTS["newer_fields"]}


@pytest.mark.parametrize("name", [name for name, check in CHECKS.items() if callable(check)])
def test_field(name: str, desk: Desk):
    check = CHECKS[name]
    assert callable(check)
    check(desk)


@pytest.mark.parametrize("name", [name for name, check in CHECKS.items() if isinstance(check, str)])
def test_fields_without_effect_say_so(name: str):
    assert "nothing depends on it" in (find(ENDPOINT).input.model_fields[name].description or "")


def test_the_output_has_every_file_of_the_contract(desk: Desk):
    made = desk.make(enable_pbr=True)
    wanted = {f"model_urls.{name}" for name in FACTS["types"]["ModelUrls"]}
    wanted |= {f"texture_urls.0.{name}" for name in FACTS["types"]["TextureFiles"]}
    assert wanted | {"model_glb", "thumbnail"} <= set(made.result.files)
