"""Pixels of triangles, the atlas, the texture, the thumbnail."""

from __future__ import annotations

import numpy as np
import pytest

from gesso.engines.sketch.mesh import atlas, bake, carve, dress, hull, polygons, raster, thumbnail, views
from gesso.engines.sketch.mesh.polygons import Mesh
from tests.engines.sketch.mesh import things


def test_each_pixel_of_a_square_has_one_of_its_two_triangles():
    points = np.array([[2, 3, 0], [602, 3, 0], [602, 503, 0], [2, 503, 0]], float)
    buffer = raster.front(points, np.array([[0, 1, 2], [0, 2, 3]]), 640, 560)
    inside = np.zeros((560, 640), bool)
    inside[3:503, 2:602] = True
    assert ((buffer.triangle >= 0) == inside).all()
    assert buffer.weights[inside].sum(axis=1) == pytest.approx(1, abs=1e-4)
    assert set(np.unique(buffer.triangle[inside])) == {0, 1}


def test_the_nearer_triangle_wins_whichever_comes_first():
    near = np.array([[0, 0, 2], [40, 0, 2], [0, 40, 2]], float)
    far = near * [1, 1, 0]
    for order in ([0, 1], [1, 0]):
        both = np.concatenate([(near, far)[i] for i in order])
        buffer = raster.front(both, np.array([[0, 1, 2], [3, 4, 5]]), 50, 50)
        assert set(np.unique(buffer.triangle)) == {-1, order.index(0)}


@pytest.fixture(scope="module")
def mug() -> tuple[Mesh, list[views.View], list[float]]:
    angles = [0.0, 90.0, 180.0, 270.0]
    truth = things.made("mug")
    every: list[views.View] = []
    for yaw in angles:
        pixels = things.picture(truth, yaw, 200)
        found = views.silhouette(pixels)
        assert found is not None
        every.append(views.view(np.ascontiguousarray(pixels[..., :3]), *found))
    return carve.triangles(hull.body(every, angles, symmetric=False), 2500), every, angles


def test_charts_do_not_overlap_and_keep_every_face(mug: tuple[Mesh, list[views.View], list[float]]):
    mesh, _, _ = mug
    layout = atlas.laid_out(mesh, (512,))
    assert (layout.points[layout.corners] == mesh.faces).all()
    assert layout.uv.min() >= 0
    assert layout.uv.max() <= 512
    owners = np.zeros(512 * 512, np.int64)
    total = 0
    for some in raster.fragments(layout.uv, layout.triangles, 512, 512):
        np.add.at(owners, some.pixel, 1)
        total += len(some.pixel)
    assert (owners > 1).sum() < 0.02 * total
    assert (owners > 0).mean() > 0.35


def test_seen_as_in_the_input_the_mesh_looks_like_the_input(mug: tuple[Mesh, list[views.View], list[float]]):
    mesh, every, angles = mug
    layout = atlas.laid_out(mesh, (512,))
    texture, _ = bake.texture(mesh, layout, bake.cameras(mesh, every, angles, faced=False))
    for view, yaw in zip(every, angles, strict=True):
        spin = thumbnail.turned(yaw, 0)
        at = mesh.points @ spin.T
        height, width = view.mask.shape
        pixels = np.stack([view.middle + at[:, 0] * view.scale, view.base - at[:, 1] * view.scale, at[:, 2]], axis=1)
        buffer = raster.front(pixels, mesh.triangles, width, height)
        both = (buffer.triangle >= 0) & (view.mask > 0.9)
        uv = raster.mixed(buffer, layout.uv, layout.triangles)[both]
        shown = bake.looked_up(texture, uv[:, 0], uv[:, 1])
        assert np.abs(shown - view.rgb[both]).mean() < 7
        assert both.sum() > 0.93 * (view.mask > 0.9).sum()


def test_a_face_is_not_repeated_on_the_back():
    pixels = np.full((200, 200, 3), 200, np.uint8)
    pixels[60:90, 60:90] = 0
    pixels[60:90, 110:140] = 0
    mask = np.zeros((200, 200), np.float32)
    mask[10:190, 10:190] = 1
    view = views.view(pixels, mask, "")
    mesh = carve.triangles(hull.body([view], [0.0], symmetric=True), 600)
    front, back = bake.cameras(mesh, [view], [0.0], faced=True)
    assert front.view.rgb.min() == 0
    assert back.yaw == 180
    assert back.view.rgb.min() > 150


def test_a_prompt_colours_and_a_material_sets_the_surface():
    rng = np.random.default_rng(0)
    grey = np.repeat(rng.integers(40, 220, (64, 64, 1)).astype(np.uint8), 3, axis=2)
    red = dress.by_words(grey, "bright red plastic")
    assert red.pixels[..., 0].mean() > red.pixels[..., 1].mean() + 40
    gold = dress.by_words(grey, "polished gold")
    assert gold.metal == 1
    assert gold.rough is not None
    assert gold.rough < 0.3
    assert (dress.metalness(grey, gold.metal) == 255).all()
    assert dress.roughness(grey, gold.rough).mean() < dress.roughness(grey, None).mean()
    assert dress.by_words(grey, "wibble").told == ()


def test_normals_are_unit_vectors_that_look_out():
    light = np.tile((np.arange(64) // 8 % 2 * 120 + 60).astype(np.uint8), (64, 1))
    made = dress.normals(np.repeat(light[..., None], 3, axis=2), np.ones((64, 64), np.uint8))
    vectors = made / 127.5 - 1
    assert np.linalg.norm(vectors, axis=2) == pytest.approx(1, abs=0.02)
    assert vectors[..., 2].min() > 0.3
    assert vectors[..., 0].std() > 5 * vectors[..., 1].std()


def test_a_thumbnail_shows_the_thing_lit_on_its_shadow():
    mesh = things.made("ball")
    shown = thumbnail.render(mesh, None, 160).astype(float).mean(axis=2)
    assert shown[60, 62] > shown[100, 105] + 15  # the key light comes from the upper left
    assert shown[146, 95] < shown[146, 8] - 8  # a shadow under the ball
    assert polygons.watertight(mesh)
