"""Things that have their place by what they are: on the wall, under the ceiling, on rails, in a grid."""

from __future__ import annotations

import numpy as np
import pytest

from gesso.engines.sketch.composition import compose, layout
from gesso.engines.sketch.composition.items import Item
from gesso.engines.sketch.scene import places
from gesso.engines.sketch.scene.stage import Stage
from gesso.engines.sketch.words.prompt import parse


def staged(words: str, width: int = 240, height: int = 240, seed: int = 1) -> tuple[Stage, list[Item]]:
    """A prompt's own stage, painted small, and its items on it."""
    found, rng = parse(words), np.random.default_rng(seed)
    stage = places.paint(places.choose(found, rng), width, height, rng)
    return stage, layout.arrange(found, stage)


def one(items: list[Item], name: str) -> Item:
    return next(item for item in items if name in (item.subject.sprite, item.subject.drawing))


def test_a_train_stands_on_its_rails_and_a_house_beyond_its_road() -> None:
    stage, items = staged("a train in a meadow")
    assert stage.tracks is not None
    assert one(items, "locomotive").base == stage.tracks
    stage, items = staged("a house by the road")
    assert stage.kerb is not None
    assert one(items, "house").base == stage.kerb


@pytest.mark.parametrize("size", [(240, 240), (320, 180), (180, 320)])
def test_a_picture_hangs_over_its_sofa_and_behind_it(size: tuple[int, int]) -> None:
    _, items = staged("a picture over a sofa", *size)
    picture, sofa = one(items, "picture"), one(items, "sofa")
    assert picture.base <= sofa.base - sofa.height
    assert picture.width < sofa.width
    assert abs(picture.x - sofa.x) < 0.5 * sofa.width
    assert items.index(picture) < items.index(sofa)


def test_a_lamp_hangs_from_above_and_a_whiteboard_is_off_the_floor() -> None:
    _, items = staged("a lamp hanging over a table")
    assert one(items, "pendant-lamp").box[1] <= 0.02 * 240
    stage, items = staged("a whiteboard in an office")
    assert one(items, "whiteboard").base < stage.horizon


@pytest.mark.parametrize("size", [(240, 240), (320, 180), (180, 320)])
@pytest.mark.parametrize(
    "words", ["an icon set: a camera, a phone, a heart and a star", "flat lay of a kite, a notebook and a pencil"]
)
def test_a_grid_has_each_thing_in_a_cell_of_its_own(words: str, size: tuple[int, int]) -> None:
    _, items = staged(words, *size)
    assert len(items) >= 3
    for k, item in enumerate(items):
        left, top, right, bottom = item.box
        assert left > 0
        assert top > 0
        assert right < size[0]
        assert bottom < size[1]
        for other in items[k + 1 :]:
            a, b, c, d = other.box
            assert right <= a or c <= left or bottom <= b or d <= top


def test_life_says_how_large_a_small_thing_is_on_another() -> None:
    _, items = staged("a candle on a cake")
    assert one(items, "candle").height < 0.85 * one(items, "birthday-cake").height
    _, items = staged("a bowl of cherries")
    bowl = one(items, "bowl")
    cherries = [item for item in items if item.subject.sprite == "cherries"]
    assert len(cherries) == 6
    assert all(bowl.box[0] < item.x < bowl.box[2] and item.width < 0.5 * bowl.width for item in cherries)


def test_a_kite_has_a_string() -> None:
    stage, items = staged("a kite")
    kite = one(items, "kite")
    before = stage.picture.copy()
    compose.compose(stage, items, networks=False)
    changed = np.abs(stage.picture - before).max(axis=2) > 0.02
    below = changed[int(kite.base + kite.height * 0.35) :]
    assert below.any(axis=1).mean() > 0.9
