"""Faces in photographs and drawings: where they are, how they lean, where the mesh's points lie."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from gesso.engines.sketch.perceive import faces
from tests.engines.sketch.perceive.photos import Pixels, photo, placed, shared

FACE = (134.0, 52.0, 205.0, 133.0)
"""Of the astronaut, seen by eye."""


@pytest.fixture(scope="module")
def astronaut() -> Pixels:
    return photo("astronaut")


def test_a_photographed_face(astronaut: Pixels) -> None:
    (face,) = faces.faces(astronaut)
    assert face.score > 0.9
    assert shared(face.box, FACE) > 0.75
    left, right = face.eyes
    assert left[0] < right[0]
    assert abs(face.turn) < np.radians(8)


def test_the_mesh_has_the_lips_on_the_mouth(astronaut: Pixels) -> None:
    (face,) = faces.faces(astronaut)
    mesh = faces.mesh(astronaut, face)
    assert mesh.shape == (468, 3)
    upper, lower, chin, brow = mesh[13, :2], mesh[14, :2], mesh[152, :2], mesh[10, :2]
    assert brow[1] < upper[1] <= lower[1] < chin[1]
    assert np.hypot(*(upper - face.mouth)) < 4
    # Lips are redder than the cheeks beside them.
    lab = cv2.cvtColor(astronaut, cv2.COLOR_RGB2LAB)
    lip, cheek = mesh[17, :2].round().astype(int) - (0, 2), mesh[50, :2].round().astype(int)
    assert int(lab[lip[1], lip[0], 1]) > int(lab[cheek[1], cheek[0], 1]) + 3


@pytest.mark.parametrize("degrees", [-40, 25, 90])
def test_a_tilted_face(astronaut: Pixels, degrees: int) -> None:
    middle = (170, 92)
    matrix = cv2.getRotationMatrix2D(middle, -degrees, 1)  # OpenCV turns against the clock
    turned = np.asarray(cv2.warpAffine(astronaut, matrix, (384, 384)), np.uint8)
    (face,) = faces.faces(turned)
    assert abs(np.degrees(face.turn) - degrees) < 12
    (upright,) = faces.faces(astronaut)
    assert np.hypot(*(face.mouth - matrix @ np.array([*upright.mouth, 1]))) < 6


def test_a_small_face_in_a_large_picture(astronaut: Pixels) -> None:
    wide = np.full((720, 1280, 3), 90, np.uint8)
    wide[300:440, 900:1040] = cv2.resize(astronaut, (140, 140), interpolation=cv2.INTER_AREA)
    (face,) = faces.faces(wide)
    assert shared(face.box, tuple(v * 140 / 384 + o for v, o in zip(FACE, (900, 300) * 2, strict=True))) > 0.5


def test_points_are_in_the_pixels_of_a_picture_of_any_size(astronaut: Pixels) -> None:
    large = np.asarray(cv2.resize(astronaut, (2304, 2304), interpolation=cv2.INTER_LINEAR), np.uint8)
    (face,) = faces.faces(large, small=False)
    mesh = faces.mesh(large, face) / 6
    (same,) = faces.faces(astronaut)
    assert np.abs(mesh[:, :2] - faces.mesh(astronaut, same)[:, :2]).mean() < 2.5


@pytest.mark.parametrize("name", ["woman", "boy", "old-man", "police-officer", "woman+dark"])
def test_a_drawn_face(name: str) -> None:
    pixels, box = placed(name, 200, 80, 60)
    (face,) = faces.faces(pixels)
    x, y = (face.box[0] + face.box[2]) / 2, (face.box[1] + face.box[3]) / 2
    assert box[0] < x < box[2]
    assert box[1] < y < box[3]


def test_two_faces_the_larger_first() -> None:
    first, _ = placed("woman", 90, 20, 60)
    both, large = placed("boy", 150, 190, 80, ground=first)
    found = faces.faces(both)
    assert len(found) == 2
    assert large[0] < (found[0].box[0] + found[0].box[2]) / 2 < large[2]


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 400, 3), (3000, 30, 3), (23, 23, 3), (64, 64, 3)])
def test_no_face_in_odd_pictures(shape: tuple[int, int, int]) -> None:
    assert faces.faces(np.full(shape, 128, np.uint8)) == []
    noise = np.random.default_rng(1).integers(0, 255, shape).astype(np.uint8)
    assert faces.faces(noise) == []


def test_a_cat_is_no_face() -> None:
    assert faces.faces(photo("cat")) == []


def test_the_same_picture_gives_the_same_points(astronaut: Pixels) -> None:
    one, two = (faces.faces(astronaut.copy())[0] for _ in range(2))
    assert np.array_equal(one.points, two.points)
    assert np.array_equal(faces.mesh(astronaut, one), faces.mesh(astronaut, two))
