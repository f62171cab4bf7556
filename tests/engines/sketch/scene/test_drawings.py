"""Drawings, trees and the mixing of planes."""

from __future__ import annotations

import numpy as np
import pytest

from gesso.engines.sketch.scene import drawings, rooms, trees
from gesso.engines.sketch.scene.noise import mix
from gesso.engines.sketch.scene.sheet import Sheet


@pytest.mark.parametrize("name", sorted(drawings.DRAWINGS))
def test_a_drawing_is_cut_to_what_it_shows(name: str) -> None:
    pixels = drawings.draw(name)
    cover = pixels[..., 3] > 8
    for edge in (cover[0], cover[-1], cover[:, 0], cover[:, -1]):
        assert edge.any()
    assert pixels[..., :3][cover].std() > 4
    assert 0.05 < drawings.body(name).metres < 2000


@pytest.mark.parametrize(("name", "line"), [("branch", 0.40), ("bench", 0.45), ("throne", 0.60), ("iceberg", 0.66)])
def test_one_can_sit_where_a_drawing_says(name: str, line: float) -> None:
    """In the middle of the thing there is something to sit on at this share of its height."""
    pixels = drawings.draw(name)
    row, column = int((line + 0.05) * pixels.shape[0]), int(0.55 * pixels.shape[1])
    assert pixels[row, column, 3] > 200


def test_rooms_are_furnished_with_drawings() -> None:
    for kind in rooms.KINDS.values():
        for piece in kind.pieces:
            assert piece.drawing in drawings.DRAWINGS
    assert set(rooms.WHOSE.values()) <= rooms.NAMES


def test_sheets_round_corners_and_cut_out() -> None:
    sharp, soft = Sheet(), Sheet()
    square = [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)]
    sharp.poly(square, (1, 0, 0))
    soft.blob(square, (1, 0, 0))
    assert 0.6 * sharp.alpha.sum() < soft.alpha.sum() < 0.95 * sharp.alpha.sum()
    sharp.erase(0.4, 0.4, 0.6, 0.6)
    assert sharp.alpha[256, 256] == 0
    line = Sheet()
    line.stroke([(0.1, 0.5), (0.9, 0.5)], (0.1, 0.02), (0, 0, 1))
    assert (line.alpha[:, 100] > 0.5).sum() > 2 * (line.alpha[:, 430] > 0.5).sum()


@pytest.mark.parametrize("kind", sorted(trees.KINDS))
def test_trees_stand_on_their_foot(kind: str) -> None:
    stamp = trees.stamp(kind, 1)
    assert stamp.mask[-6:].max() > 0.9
    assert 0.03 < stamp.mask.mean() < 0.9
    assert trees.stamp(kind, 1) is stamp
    assert not np.array_equal(trees.stamp(kind, 2).mask, stamp.mask)


def test_crowns_are_lit_from_the_left_and_above() -> None:
    stamp = trees.stamp("broadleaf", 0)
    leaves = (stamp.mask > 0.9) & (stamp.wood < 0.1)
    rows, columns = np.nonzero(leaves)
    tone = stamp.tone[leaves]
    assert tone[rows < np.median(rows)].mean() > 1.1 * tone[rows > np.median(rows)].mean()
    assert tone[columns < np.median(columns)].mean() > tone[columns > np.median(columns)].mean()


def test_mixing_leaves_its_planes_alone() -> None:
    base, share = np.zeros((4, 5, 3), np.float32), np.full((4, 5), 0.25, np.float32)
    assert np.allclose(mix(base, (1.0, 0.5, 0.0), share)[2, 2], (0.25, 0.125, 0.0))
    assert not base.any()
    one = np.zeros(3, np.float32)
    assert mix(one, (1.0, 1.0, 1.0), share).shape == (4, 5, 3)
    assert not one.any()
