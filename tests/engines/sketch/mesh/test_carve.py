"""From views to bodies: outlines, angles, counts, symmetry."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from gesso.engines.sketch.mesh import carve, hull, polygons, turntable, views
from gesso.engines.sketch.mesh.hull import Body
from gesso.engines.sketch.mesh.polygons import Mesh
from gesso.engines.sketch.mesh.views import View
from tests.engines.sketch.mesh import things

Kind = Callable[[Body, int], Mesh]

SIDE = 160
"""Pixels a side of the views."""

TURNS = (0, 90, 180, 270)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carve, "LEAST_CARVED", 5000)


@cache
def seen(name: str, yaw: float, **options: bool) -> View:
    pixels = things.shown(name, yaw, SIDE, **options)
    found = views.silhouette(pixels)
    assert found is not None
    return views.view(np.ascontiguousarray(pixels[..., :3]), *found)


def agreement(mesh: Mesh, name: str, yaw: float) -> float:
    """How far the mesh's own outline agrees with the thing's: intersection over union."""
    mine = things.picture(mesh, yaw, SIDE, SIDE * 3 // 4)[..., 3] > 0
    true = things.picture(things.made(name), yaw, SIDE, SIDE * 3 // 4)[..., 3] > 0
    return float((mine & true).sum() / (mine | true).sum())


@pytest.mark.parametrize(
    ("name", "angles"),
    [
        ("mug", TURNS),
        ("chair", (0, 90)),
        pytest.param("mug", (0, 120, 240), marks=pytest.mark.long),
        pytest.param("car", (0, 90, 180), marks=pytest.mark.long),
        pytest.param("ball", (0,), marks=pytest.mark.long),
    ],
)
def test_the_body_has_the_outlines_of_its_views(name: str, angles: tuple[float, ...]):
    every = [seen(name, yaw) for yaw in angles]
    assert turntable.yaws(every) == tuple(float(yaw) for yaw in angles)
    mesh = carve.triangles(hull.body(turntable.centred(every, angles), angles, symmetric=False), 3000)
    assert polygons.watertight(mesh)
    for yaw in angles:
        assert agreement(mesh, name, yaw) > 0.86


def test_a_ball_from_four_sides_is_round():
    mesh = carve.triangles(hull.body([seen("ball", yaw) for yaw in TURNS], TURNS, symmetric=True), 4000)
    assert np.linalg.norm(mesh.points - [0, 0.5, 0], axis=1) == pytest.approx(0.5, abs=0.05)


def test_a_handle_is_thinner_than_its_mug():
    mesh = carve.triangles(hull.body([seen("mug", yaw) for yaw in TURNS], TURNS, symmetric=False), 8000)
    depth = {
        part: np.abs(mesh.points[where][:, 2]).max()
        for part, where in (("handle", mesh.points[:, 0] > 0.42), ("mug", mesh.points[:, 0] < 0.2))
    }
    assert depth["handle"] < 0.4 * depth["mug"]


@pytest.mark.parametrize("count", [100, 3000])
@pytest.mark.parametrize("kind", [carve.triangles, carve.quads])
@pytest.mark.parametrize("symmetric", [False, True])
def test_the_number_of_faces_is_met_within_five_percent(count: int, kind: Kind, symmetric: bool):
    mesh = kind(hull.body([seen("figure", 0)], (0.0,), symmetric=symmetric), count)
    assert abs(len(mesh.faces) - count) <= 0.05 * count
    assert polygons.watertight(mesh)
    points = {tuple(point) for point in np.round(mesh.points, 9).tolist()}
    assert (points == {(-x + 0.0, y, z) for x, y, z in points}) is symmetric


@pytest.mark.long
@pytest.mark.parametrize("kind", [carve.triangles, carve.quads])
def test_three_hundred_thousand_faces_are_met(kind: Kind):
    mesh = kind(hull.body([seen("mug", yaw) for yaw in TURNS], TURNS, symmetric=False), 300_000)
    assert abs(len(mesh.faces) - 300_000) <= 15_000
    assert polygons.watertight(mesh)


def test_outlines_are_found_on_plain_and_on_busy_backgrounds():
    with_alpha, on_white = seen("mug", 0), seen("mug", 0, alpha=False)
    assert with_alpha.how == "its transparency"
    assert on_white.how == "its plain background"
    assert ((with_alpha.mask > 0.5) != (on_white.mask > 0.5)).mean() < 0.02
    rng = np.random.default_rng(2)
    busy = things.shown("ball", 0, SIDE)
    noise = rng.integers(60, 120, (SIDE, SIDE, 1)) + rng.integers(-12, 12, (SIDE, SIDE, 3))
    rgb = np.where(busy[..., 3:] > 0, [[[235, 60, 40]]], noise).astype(np.uint8)
    found = views.silhouette(rgb)
    assert found is not None
    mine, true = found[0] > 0.5, busy[..., 3] > 0
    assert (mine & true).sum() / (mine | true).sum() > 0.85


def test_a_hole_before_a_background_that_changes_is_seen_through():
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE
    behind = np.stack([250 - 40 * y, 248 - 40 * y, 246 - 50 * y + 4 * x], axis=2)
    frame = (np.abs(x - 0.5) < 0.28) & (np.abs(y - 0.5) < 0.3)
    hole = (np.abs(x - 0.5) < 0.14) & (np.abs(y - 0.42) < 0.12)
    patch = (np.abs(x - 0.5) < 0.14) & (np.abs(y - 0.68) < 0.06)
    rgb = np.where(frame[..., None], [150, 70, 30], behind)
    rgb = np.where(patch[..., None], [200, 200, 215], np.where(hole[..., None], behind, rgb)).astype(np.uint8)
    found = views.silhouette(rgb)
    assert found is not None
    assert found[1] == "what stands out in it"
    mask = found[0] > 0.5
    assert mask[frame & ~hole].mean() > 0.93
    assert mask[patch].mean() > 0.95  # of another colour, so a part of the thing
    assert mask[hole].mean() < 0.12


def test_the_hole_of_a_handle_is_seen_through_on_white():
    mask = seen("mug", 0, alpha=False).mask > 0.5
    rows, columns = np.nonzero(mask)
    row = round(rows.min() + 0.48 * np.ptp(rows))
    line = mask[row, columns.min() : columns.max() + 1]
    assert np.count_nonzero(np.diff(line.astype(int))) == 2  # body, hole, handle
