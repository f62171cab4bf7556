"""A mouth in a picture: opened and shut as asked, and nothing else touched."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest

from gesso.engines.sketch.composition import sprites
from gesso.engines.sketch.png import Pixels
from gesso.engines.sketch.talk import still, track
from gesso.engines.sketch.talk.lips import lips, spoken
from gesso.engines.sketch.talk.still import Head, Pose
from tests.engines.sketch.edit.world import portrait


@pytest.fixture(scope="module")
def face() -> tuple[Pixels, np.ndarray]:
    pixels = cv2.resize(portrait(), (520, 600), interpolation=cv2.INTER_CUBIC)
    points = track.main_face(pixels)
    assert points is not None
    return pixels, points


def gap(pixels: Pixels, points: np.ndarray) -> float:
    """Share of the mouth's surroundings that is as dark as a cavity."""
    mouth = lips(points)
    x, y = mouth.middle
    h = mouth.half
    view = pixels[int(y - 0.5 * h) : int(y + 1.1 * h), int(x - h) : int(x + h)].astype(int)
    return float((view.max(axis=2) < 85).mean())


def test_the_opening_grows_with_what_is_asked(face: tuple[Pixels, np.ndarray]) -> None:
    pixels, points = face
    gaps = [gap(spoken(pixels, lips(points), opened, 0), points) for opened in (0, 0.25, 0.5, 0.75, 1)]
    assert all(after > before for before, after in pairwise(gaps[1:]))
    assert gaps[0] < 0.01
    assert gaps[-1] > 0.08


def test_the_mesh_sees_the_open_mouth() -> None:
    pixels = _sprite("woman")
    points = track.main_face(pixels)
    assert points is not None
    seen: list[float] = []
    for opened in (0.0, 1.0):
        again = track.main_face(spoken(pixels, lips(points), opened, 0))
        assert again is not None
        mouth = lips(again)
        seen.append(float((mouth.lower - mouth.upper).max()))
    assert seen[1] > seen[0] + 0.1


def test_nothing_changes_away_from_the_mouth(face: tuple[Pixels, np.ndarray]) -> None:
    pixels, points = face
    made = spoken(pixels, lips(points), 1, 0.5)
    assert made.shape == pixels.shape
    mouth = lips(points)
    y, x = np.mgrid[: pixels.shape[0], : pixels.shape[1]]
    s, t = mouth.local(x.astype(np.float32), y.astype(np.float32))
    away = (np.abs(s) > 2.15) | (t > mouth.chin * 1.66) | (t < -1.65)
    assert np.array_equal(made[away], pixels[away])
    eyes = points[[33, 133, 362, 263], :2]
    top, bottom = int(eyes[:, 1].min()) - 6, int(eyes[:, 1].max()) + 6
    assert np.array_equal(made[top:bottom], pixels[top:bottom])


def test_a_wide_mouth_is_wider_than_a_round_one(face: tuple[Pixels, np.ndarray]) -> None:
    pixels, points = face

    def width(wide: float) -> float:
        made = spoken(pixels, lips(points), 0.0, wide)
        y = int(lips(points).middle[1])
        row = made[y - 6 : y + 6].astype(int)
        red = (row[..., 0] - row[..., 1] > 64).mean(axis=0) > 0.4
        return float(np.ptp(np.flatnonzero(red)))

    assert width(0.9) > width(0) > width(-0.9)


def test_the_mouth_of_a_leaning_head_opens_along_it() -> None:
    pixels = cv2.resize(portrait(), (520, 600), interpolation=cv2.INTER_CUBIC)
    turn = cv2.getRotationMatrix2D((260, 260), 25, 1.0)
    leaning = cv2.warpAffine(pixels, turn, (520, 600), borderMode=cv2.BORDER_REPLICATE)
    points = track.main_face(leaning)
    assert points is not None
    assert abs(abs(np.degrees(np.arctan2(*lips(points).along[::-1]))) - 25) < 6
    assert gap(spoken(leaning, lips(points), 0.8, 0), points) > gap(leaning, points) + 0.03


def test_a_mouth_at_the_edge_is_no_error() -> None:
    pixels = portrait()[:165]
    points = track.main_face(portrait())
    assert points is not None
    assert spoken(pixels, lips(points), 1, 0).shape == pixels.shape
    assert np.array_equal(spoken(pixels, lips(points + 5000), 1, 0), pixels)


def test_eyes_shut_and_open_again(face: tuple[Pixels, np.ndarray]) -> None:
    pixels, points = face
    assert still.blinked(pixels, points, 0.0) is pixels
    shut = still.blinked(pixels, points, 1.0)
    for outer, inner in ((33, 133), (263, 362)):
        (x0, y0), (x1, y1) = points[outer, :2], points[inner, :2]
        x, y = int((x0 + x1) / 2), int((y0 + y1) / 2)
        assert shut[y - 4 : y + 1, x - 4 : x + 5].mean() > pixels[y - 4 : y + 1, x - 4 : x + 5].mean() + 40
    below = int(points[2, 1])
    assert np.array_equal(shut[below:], pixels[below:])


def test_a_head_moves_and_its_surroundings_stay(face: tuple[Pixels, np.ndarray]) -> None:
    pixels, points = face
    made = Head(pixels.shape, points).moved(pixels, Pose(x=0.03, lean=0.02))
    again = track.main_face(made)
    assert again is not None
    span = np.ptp(points[:, 0])
    assert 0.01 < float((again[1] - points[1])[0] / span) < 0.06
    assert np.array_equal(made[0], pixels[0])
    assert np.array_equal(made[-1], pixels[-1])
    assert np.array_equal(Head(pixels.shape, points).moved(pixels, Pose()), pixels)


def test_poses_begin_at_rest_blink_and_stay_small() -> None:
    made = still.poses(25 * 8, 25, np.zeros(200), 3)
    assert (made[0].x, made[0].y, made[0].lean) == (0, 0, 0)
    assert max(abs(pose.x) for pose in made) < 0.05
    shut = np.array([pose.shut for pose in made])
    blinks = int((np.diff((shut > 0.5).astype(int)) == 1).sum())
    assert 1 <= blinks <= 5
    assert made == still.poses(25 * 8, 25, np.zeros(200), 3)
    assert made != still.poses(25 * 8, 25, np.zeros(200), 4)


def test_one_face_is_followed_through_a_film() -> None:
    pictures = [np.roll(portrait(), 2 * number, axis=1) for number in range(10)]
    found = track.follow(iter([*pictures, np.full_like(pictures[0], 128)]))
    assert all(points is not None for points in found[:10])
    nose = np.array([points[1, 0] for points in found[:10] if points is not None])
    assert np.allclose(np.diff(nose)[1:-1], 2, atol=0.9)


def _sprite(name: str) -> Pixels:
    loaded = cv2.resize(sprites.load(name), (420, 420), interpolation=cv2.INTER_CUBIC)
    share = loaded[..., 3:] / 255
    pixels = (loaded[..., :3] * share + np.array([200, 215, 230]) * (1 - share)).astype(np.uint8)
    return np.pad(pixels, ((60, 60), (60, 60), (0, 0)), mode="edge")
