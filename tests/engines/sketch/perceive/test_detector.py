"""Things and people in photographs; shapes, writing and sprites in drawn pictures."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from gesso.engines.sketch.perceive import detector, drawings, outlines, people, windows
from tests.engines.sketch.perceive.photos import photo, placed, shared


def test_a_person() -> None:
    found = [one for one in detector.objects(photo("astronaut")) if one.label == "person"]
    assert found
    assert found[0].score > 0.6
    assert shared(found[0].box, (10, 10, 275, 384)) > 0.8


def test_a_cat_fills_its_picture() -> None:
    found = detector.objects(photo("cat"))
    assert found[0].label == "cat"
    assert shared(found[0].box, (0, 0, 361, 240)) > 0.8


def test_boxes_are_in_the_pixels_of_the_picture_and_within_it() -> None:
    large = np.asarray(cv2.resize(photo("cat"), (1805, 1200)), np.uint8)
    found = next(one for one in detector.objects(large, small=False) if one.label == "cat")
    assert 0 <= found.box[0] < found.box[2] <= 1805
    assert found.box[3] > 1000


@pytest.mark.parametrize("shape", [(1, 1, 3), (11, 900, 3), (40, 2000, 3)])
def test_nothing_in_flat_pictures(shape: tuple[int, int, int]) -> None:
    assert detector.objects(np.full(shape, 200, np.uint8)) == []
    assert people.person_mask(np.full(shape, 200, np.uint8)).shape == shape[:2]


def test_the_people_mask_holds_the_person_and_not_the_flag() -> None:
    mask = people.person_mask(photo("astronaut"))
    assert mask.dtype == np.float32
    assert 0 <= mask.min() <= mask.max() <= 1
    assert mask[60:130, 145:195].mean() > 0.95  # the face
    assert mask[250:380, 80:200].mean() > 0.9  # the suit
    assert mask[:100, 300:].mean() < 0.1  # the wall
    assert mask[:150, :40].mean() < 0.25  # the flag


@pytest.mark.parametrize(("name", "height"), [("automobile", 120), ("castle", 180), ("dog", 70), ("bicycle", 140)])
def test_a_sprite_is_found_again(name: str, height: int) -> None:
    pixels, box = placed(name, height, 90, 80)
    (found,) = drawings.sprite(pixels, name)
    assert shared(found.box, box) > 0.75


def test_a_sprite_is_found_mirrored_and_in_another_colour() -> None:
    pixels, _ = placed("automobile", 120, 90, 80)
    other = np.ascontiguousarray(pixels[:, ::-1, [2, 1, 0]])
    assert len(drawings.sprite(other, "automobile")) == 1


@pytest.mark.parametrize(
    ("picture", "name"),
    [
        *(("astronaut", name) for name in ("automobile", "rocket", "triangular-flag")),
        *(("cat", name) for name in ("sun", "red-heart", "rose", "open-book")),
        *(
            pytest.param(picture, name, marks=pytest.mark.long)
            for picture, names in (
                ("astronaut", ("sun", "red-heart", "rose", "open-book")),
                ("cat", ("automobile", "rocket", "triangular-flag")),
            )
            for name in names
        ),
    ],
)
def test_no_sprite_in_a_photograph(name: str, picture: str) -> None:
    assert drawings.sprite(photo(picture), name) == []


@pytest.mark.parametrize(("name", "height"), [("cow", 130), ("house", 150), ("triangular-flag", 80)])
def test_a_sprite_is_cut_out_along_its_own_outline(name: str, height: int) -> None:
    pixels, box = placed(name, height, 70, 60)
    loose = (box[0] - 6.0, box[1] + 5.0, box[2] + 4.0, box[3] + 7.0)
    outline = drawings.silhouette(pixels, name, loose)
    assert outline is not None
    empty, _ = placed(name, 4, 370, 280)
    shown = np.abs(pixels.astype(int) - empty).max(axis=2) > 24
    shown[270:] = False
    both = (outline > 0.5) & shown
    assert both.sum() > 0.88 * ((outline > 0.5) | shown).sum()
    assert drawings.silhouette(empty, name, loose) is None


def test_plain_shapes() -> None:
    pixels = np.full((240, 360, 3), 235, np.uint8)
    cv2.circle(pixels, (60, 60), 40, (30, 60, 200), -1)
    cv2.rectangle(pixels, (130, 30), (200, 100), (200, 40, 40), -1)
    cv2.rectangle(pixels, (30, 140), (150, 200), (30, 150, 60), -1)
    cv2.fillPoly(pixels, [np.array([(260, 200), (340, 200), (300, 120)])], (220, 160, 20))
    cv2.ellipse(pixels, (290, 55), (55, 25), 0, 0, 360, (120, 60, 160), -1)
    assert sorted(one.label for one in outlines.shapes(pixels)) == [
        "circle",
        "ellipse",
        "rectangle",
        "square",
        "triangle",
    ]
    (square,) = outlines.shapes(pixels, "square")
    assert shared(square.box, (130, 30, 201, 101)) > 0.9
    assert {one.label for one in outlines.shapes(pixels, "rectangle")} == {"rectangle", "square"}


def test_lines_of_writing() -> None:
    pixels = np.full((200, 420, 3), 245, np.uint8)
    cv2.putText(pixels, "Hello gesso", (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (20, 20, 20), 2, cv2.LINE_AA)
    cv2.putText(pixels, "second line", (20, 150), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (160, 30, 30), 2, cv2.LINE_AA)
    found = sorted(outlines.writing(pixels), key=lambda one: one.box[1])
    assert len(found) == 2
    assert shared(found[0].box, (20, 34, 262, 68)) > 0.6
    assert outlines.writing(np.full((200, 420, 3), 245, np.uint8)) == []


def test_windows_cover_the_picture_and_map_back() -> None:
    covered = np.zeros((300, 700), np.bool_)
    for tile in windows.tiles((300, 700, 3), 0.35):
        top, left, side = round(tile.top), round(tile.left), round(tile.side)
        covered[max(0, top) : top + side, max(0, left) : left + side] = True
        middle = tile.matrix(100, 0.7) @ np.array([tile.left + tile.side / 2, tile.top + tile.side / 2, 1])
        assert np.allclose(middle, 50)
    assert covered.all()
