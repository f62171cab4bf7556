"""Surfaces: closed, outward, smooth, of the wanted number of faces."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesso.engines.sketch.mesh import decimate, nets, polygons
from gesso.engines.sketch.mesh.polygons import Mesh
from tests.engines.sketch.mesh import things


@pytest.fixture(scope="module")
def sphere() -> Mesh:
    line = np.linspace(-1.2, 1.2, 60, dtype=np.float32)
    x, y, z = np.meshgrid(line, line, line, indexing="ij", sparse=True)
    return nets.surface(1 - x * x - y * y - z * z, np.full(3, -1.2), 2.4 / 59)


def triangles(mesh: Mesh) -> Mesh:
    return Mesh(mesh.points, mesh.triangles)


def test_a_sphere_is_closed_looks_outward_and_has_its_area(sphere: Mesh):
    assert polygons.watertight(sphere)
    assert (polygons.face_normals(sphere) * sphere.points[sphere.faces].mean(axis=1)).sum(axis=1).min() > 0.98
    assert polygons.areas(sphere).sum() == pytest.approx(4 * np.pi, rel=0.005)
    assert np.linalg.norm(sphere.points, axis=1) == pytest.approx(1, abs=0.01)


@given(st.integers(0, 2**32 - 1), st.floats(0.2, 0.8))
@settings(max_examples=12)
def test_noise_of_any_kind_has_a_closed_surface(seed: int, share: float):
    field = np.random.default_rng(seed).random((9, 8, 10), np.float32) - np.float32(share)
    mesh = nets.surface(field, np.zeros(3), 1.0)
    assert polygons.watertight(mesh)
    reduced = decimate.decimated(triangles(mesh), len(mesh.faces))
    assert polygons.watertight(reduced)
    assert len(reduced.faces) < 2 * len(mesh.faces)


def test_nothing_inside_has_no_surface():
    assert len(nets.surface(np.full((5, 5, 5), -1, np.float32), np.zeros(3), 1.0).faces) == 0


@pytest.mark.parametrize("target", [3000, 400, 40])
def test_fewer_triangles_keep_the_shape(sphere: Mesh, target: int):
    got = decimate.decimated(triangles(sphere), target)
    assert target <= len(got.faces) <= target + 1
    assert polygons.watertight(got)
    assert polygons.areas(got).sum() == pytest.approx(4 * np.pi, rel=6 / target + 0.01)
    assert (polygons.face_normals(got) * got.points[got.faces].mean(axis=1)).sum(axis=1).min() > 0.5


def test_flat_sides_are_given_up_before_edges():
    cube = things.box((-0.5, 0, -0.5), (0.5, 1, 0.5))
    line = (np.arange(-35, 35) + 0.5) / 50
    x, y, z = np.meshgrid(line, line + 0.5, line, indexing="ij", sparse=True)
    full = nets.surface(cube(x, y, z).astype(np.float32), np.array([line[0], line[0] + 0.5, line[0]]), 1 / 50)
    got = decimate.decimated(triangles(full), 200)
    for corner in np.stack(np.meshgrid([-0.5, 0.5], [0, 1], [-0.5, 0.5]), axis=-1).reshape(-1, 3):
        assert np.linalg.norm(got.points - corner, axis=1).min() < 0.03


def test_a_half_keeps_its_open_edge_in_the_plane_and_joins_its_image(sphere: Mesh):
    half = polygons.compact(
        Mesh(sphere.points, sphere.faces[(sphere.points[sphere.faces][..., 0] > -1e-6).all(axis=1)])
    )
    whole = polygons.mirrored(decimate.decimated(triangles(half), 500))
    assert polygons.watertight(whole)
    points = {tuple(point) for point in np.round(whole.points, 9).tolist()}
    assert points == {(-x + 0.0, y, z) for x, y, z in points}


def test_smoothing_keeps_size(sphere: Mesh):
    rng = np.random.default_rng(1)
    rough = Mesh(sphere.points + rng.normal(0, 0.01, sphere.points.shape), sphere.faces)
    smooth = polygons.smoothed(rough, 8)
    spread = [np.linalg.norm(mesh.points, axis=1).std() for mesh in (rough, smooth)]
    assert spread[1] < 0.5 * spread[0]
    assert np.linalg.norm(smooth.points, axis=1).mean() == pytest.approx(1, abs=0.01)


def test_parts_are_told_apart():
    faces = np.array([[0, 1, 2], [2, 1, 3], [4, 5, 6]])
    label = polygons.parts(faces, 7)
    assert len(set(label[:4])) == 1
    assert set(label[4:]) == {4}
