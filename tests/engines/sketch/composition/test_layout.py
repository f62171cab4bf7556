"""Where things stand: within the frame, apart unless related, and as their relation says."""

from __future__ import annotations

import numpy as np
import pytest

from gesso.engines.sketch.composition import layout
from gesso.engines.sketch.composition.items import Item
from gesso.engines.sketch.scene import places
from gesso.engines.sketch.scene.light import light_for
from gesso.engines.sketch.scene.stage import Stage
from gesso.engines.sketch.words.prompt import parse

SIDE = 400


def placed(words: str, width: int = SIDE, height: int = SIDE, seed: int = 1) -> list[Item]:
    """The items of a prompt on open ground."""
    rng = np.random.Generator(np.random.PCG64(seed))
    picture = np.zeros((height, width, 3), np.float32)
    horizon = int(0.55 * height)
    light = light_for("day", frozenset(), 0.5)
    stage = Stage(picture, light, rng, "meadow", horizon, horizon + height // 12)
    return layout.arrange(parse(words), stage)


def one(items: list[Item], name: str) -> Item:
    return next(item for item in items if name in (item.subject.sprite.partition("+")[0], item.subject.drawing))


def overlap(a: Item, b: Item) -> float:
    (left, top, right, foot), (x, y, z, w) = a.box, b.box
    wide, high = min(right, z) - max(left, x), min(foot, w) - max(top, y)
    return max(0.0, wide) * max(0.0, high) / min(a.width * a.height, b.width * b.height)


@pytest.mark.parametrize("shape", [(160, 640), (640, 160), (400, 300)])
@pytest.mark.parametrize(
    "words",
    [
        "a cat",
        "five sheep",
        "a horse, a house and a tree",
        "a giraffe behind a house",
        "a bird on a cow",
        "two gulls flying",
    ],
)
def test_nothing_is_cut_in_any_shape(words: str, shape: tuple[int, int]) -> None:
    width, height = shape
    for seed in range(2):
        for item in placed(words, width, height, seed):
            left, top, right, bottom = item.box
            assert left > -0.01 * width
            assert top > -0.01 * height
            assert right < 1.01 * width
            assert bottom < 1.01 * height


@pytest.mark.parametrize(
    "words", ["two birds", "two blue cars and one red car", "a cat, a dog and a cow", "six penguins"]
)
def test_no_two_collide_by_accident(words: str) -> None:
    for seed in range(4):
        items = placed(words, seed=seed)
        worst = max(overlap(a, b) for i, a in enumerate(items) for b in items[:i])
        assert worst < 0.25


def test_a_group_is_not_shoved_to_an_edge() -> None:
    for seed in range(6):
        items = placed("a giraffe behind a small house", seed=seed)
        middle = (min(i.box[0] for i in items) + max(i.box[2] for i in items)) / 2
        assert abs(middle - SIDE / 2) < 0.12 * SIDE


def test_under_a_chair_is_smaller_than_the_chair_and_below_its_seat() -> None:
    items = placed("a cat under a chair")
    cat, chair = one(items, "cat"), one(items, "chair")
    assert cat.height < 0.5 * chair.height
    assert chair.box[0] < cat.x < chair.box[2]
    assert cat.box[1] > chair.box[1] + 0.45 * chair.height


def test_between_is_in_the_middle() -> None:
    items = placed("a sheep between two goats")
    sheep = one(items, "ewe")
    left, right = sorted(item.x for item in items if item.subject.sprite == "goat")
    assert left < sheep.x < right
    assert all(overlap(sheep, item) < 0.1 for item in items if item is not sheep)


def test_those_on_one_fence_sit_side_by_side() -> None:
    items = placed("a blue bird and a red bird on a fence")
    first, second = (item for item in items if item.subject.sprite == "bird")
    fence = one(items, "fence")
    assert overlap(first, second) < 0.05
    assert first.base == pytest.approx(second.base)
    assert fence.box[1] < first.base < fence.box[3]
    assert fence.width >= SIDE


def test_who_sits_is_seated_and_who_sleeps_lies() -> None:
    sitting = one(placed("a man sitting on a bench"), "man-standing")
    lying = one(placed("a cat sleeping on a sofa"), "cat")
    resting = one(placed("a dog lying on a rug"), "dog")
    rider = one(placed("a knight riding a horse"), "knight")
    poses = (sitting.pose, lying.pose, resting.pose, rider.pose)
    assert poses == ("sitting", "sleeping", "lying", "astride")


def test_a_kite_is_above_who_holds_it_and_a_ball_at_the_feet() -> None:
    kite, girl = (one(placed("a girl with a red kite"), name) for name in ("kite", "girl"))
    assert kite.base < girl.base - 0.5 * girl.height
    ball, boy = (one(placed("a boy playing football"), name) for name in ("soccer-ball", "boy"))
    assert ball.base == pytest.approx(boy.base, abs=0.1 * boy.height)


def test_hats_are_on_heads_and_glasses_before_eyes() -> None:
    items = placed("a dog wearing a top hat and sunglasses")
    dog, hat, glasses = (one(items, name) for name in ("dog", "top-hat", "sunglasses"))
    side = dog.box[2] if dog.flip else dog.box[0]
    assert abs(hat.x - side) < 0.5 * dog.width
    assert hat.base < glasses.base < dog.base - 0.5 * dog.height


def test_a_field_of_flowers_recedes() -> None:
    items = [item for item in placed("a windmill in a field of tulips") if item.subject.sprite == "tulip"]
    assert len(items) == 30
    far, near = items[0], items[-1]
    assert far.base < near.base
    assert far.height < 0.6 * near.height
    assert len({item.subject.colour for item in items}) > 2


def test_fruit_is_heaped_within_its_bowl() -> None:
    items = placed("a bowl of twelve cherries")
    bowl = one(items, "bowl")
    for item in items:
        assert bowl.box[0] - 1 < item.x < bowl.box[2] + 1


def test_who_jumps_is_above_the_shadow() -> None:
    assert one(placed("a kangaroo jumping"), "kangaroo").lift > 0


def test_the_foreground_is_larger_than_the_background() -> None:
    items = placed("a chair in the foreground, a house in the background")
    chair, house = one(items, "chair"), one(items, "house")
    assert chair.base > house.base
    assert chair.height > 0.3 * SIDE


@pytest.mark.parametrize("side", ["left", "right"])
def test_what_has_company_on_one_side_stands_on_the_other(side: str) -> None:
    items = placed(f"a blue sofa, a lamp on the {side}")
    sofa, lamp = one(items, "sofa"), one(items, "floor-lamp")
    assert (lamp.x < sofa.x) == (side == "left")


@pytest.mark.parametrize("place", ["in a meadow", "on a green hill"])
def test_a_crowd_makes_room_for_what_is_put_beside_it(place: str) -> None:
    for seed in range(1, 5):
        items = placed(f"five white sheep {place}, a dog on the left", seed=seed)
        dog = one(items, "dog")
        flock = [item for item in items if item.subject.sprite == "ewe"]
        assert len(flock) == 5
        assert dog.x < min(item.x for item in flock)
        assert max(overlap(dog, item) for item in flock) < 0.05


@pytest.mark.parametrize(
    "words", ["a horse and a castle in the distance", "a horse. In the distance, a castle", "a horse, a distant castle"]
)
def test_what_is_in_the_distance_is_small_hazy_and_at_the_horizon(words: str) -> None:
    items = placed(words)
    horse, castle = one(items, "horse"), one(items, "castle")
    assert castle.height < min(0.26 * SIDE, 1.1 * horse.height)
    assert castle.far > 0.4 > horse.far
    assert castle.base < 0.60 * SIDE < horse.base


def test_tiny_is_small_alone_too() -> None:
    tiny, usual = (one(placed(words), "castle").height for words in ("a tiny castle", "a castle"))
    assert tiny < 0.7 * usual


@pytest.mark.parametrize("words", ["a close-up of a strawberry", "a close-up of a house"])
def test_a_close_view_fills_the_frame(words: str) -> None:
    (item,) = placed(words)
    left, top, right, bottom = item.box
    seen = (min(right, SIDE) - max(left, 0)) * (min(bottom, SIDE) - max(top, 0))
    assert seen > 0.7 * SIDE * SIDE
    assert top > 0


def test_each_stands_on_the_side_that_is_named_before_it() -> None:
    items = placed("on the left a cat, on the right a dog")
    assert one(items, "cat").x < 0.5 * SIDE < one(items, "dog").x


def shown(words: str, seed: int = 2) -> tuple[list[Item], Stage]:
    """The items of a prompt in the place that it is drawn in."""
    found, rng = parse(words), np.random.default_rng(seed)
    stage = places.paint(places.choose(found, rng), 200, 160, rng)
    return layout.arrange(found, stage), stage


def test_a_ship_under_water_lies_on_the_ground_and_a_submarine_is_level() -> None:
    for words, floats in (("a ship under water", False), ("a submarine under water", True)):
        (item,), stage = shown(words)
        assert stage.place == "underwater"
        assert (item.base < 0.95 * stage.height) == floats
        assert (abs(item.turn) < 5) == floats


@pytest.mark.parametrize("seed", range(3))
def test_what_is_above_the_moon_is_above_it(seed: int) -> None:
    items, _ = shown("a rocket above the moon", seed)
    rocket, moon = one(items, "rocket"), one(items, "full-moon")
    assert rocket.base < moon.base - 0.6 * moon.height


@pytest.mark.parametrize("shape", [(240, 240), (320, 160), (140, 250)])
@pytest.mark.parametrize(
    "words", ["four white sheep on a hill", "a castle on a hill", "a girl riding a horse on a hill"]
)
def test_no_foot_hangs_over_the_side_of_a_hill(words: str, shape: tuple[int, int]) -> None:
    rng = np.random.Generator(np.random.PCG64(3))
    stage = places.paint(places.choose(parse(words), rng), *shape, rng)
    items = layout.arrange(parse(words), stage)
    for item in (item for item in items if not item.subject.relation):
        feet = np.array([item.x - 0.4 * item.width, item.x, item.x + 0.4 * item.width])
        assert (item.base >= stage.floor - 0.03 * stage.height + stage.fall(feet)).all()
    rider = [item for item in items if item.subject.relation == "riding"]
    assert all(item.box[1] < items[0].box[3] and item.base < items[0].base for item in rider)
    assert stage.fall(np.array([0.0, stage.width])).min() > 0.1 * stage.height


@pytest.mark.parametrize(
    "words", ["a shark below a small boat, seen under water", "a sailboat above a whale underwater"]
)
def test_a_boat_over_what_swims_hangs_into_the_picture_from_above(words: str) -> None:
    rng = np.random.Generator(np.random.PCG64(3))
    stage = places.paint(places.choose(parse(words), rng), 200, 200, rng)
    items = layout.arrange(parse(words), stage)
    boat = one(items, "rowing-boat")
    (swimmer,) = (item for item in items if item is not boat)
    assert boat.box[1] < 0 < boat.box[3] < swimmer.box[1]
    assert swimmer.box[3] <= stage.height
