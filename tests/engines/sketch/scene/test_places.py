"""Places: what they show by hour, weather, kind and shape, and what they leave to the subjects."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gesso.engines.sketch.scene import places, rooms
from gesso.engines.sketch.scene.painters import PAINTERS
from gesso.engines.sketch.scene.stage import Stage
from gesso.engines.sketch.words.description import Description, Subject
from gesso.engines.sketch.words.prompt import parse

TIMES = ("day", "sunset", "dusk", "night")
WEATHERS: tuple[frozenset[str], ...] = tuple(frozenset({w}) for w in ("rain", "snow", "fog", "storm"))


def painted(width: int = 120, height: int = 120, seed: int = 3, **what: Any) -> Stage:
    rng = np.random.default_rng(seed)
    return places.paint(places.choose(Description(**what), rng), width, height, rng)


ALL = sorted({*PAINTERS, *rooms.NAMES})


@pytest.mark.parametrize("place", ALL)
def test_every_place_fills_its_picture(place: str) -> None:
    fills(place, (90, 51) if len(place) % 2 else (51, 90))


@pytest.mark.long
@pytest.mark.parametrize("size", [(120, 68), (68, 120), (17, 16), (160, 40)])
@pytest.mark.parametrize("place", ALL)
def test_every_place_fills_a_picture_of_any_shape(place: str, size: tuple[int, int]) -> None:
    fills(place, size)


def fills(place: str, size: tuple[int, int]) -> None:
    number = sum(map(ord, place)) + size[0]
    stage = painted(*size, places=(place,), time=TIMES[number % 4], weather=WEATHERS[number // 4 % 4])
    assert stage.picture.shape == (size[1], size[0], 3)
    assert np.isfinite(stage.picture).all()
    assert stage.picture.min() > -0.2
    assert np.ptp(stage.picture) > 0.04
    assert 0 <= stage.horizon <= size[1]
    assert 0 <= stage.floor <= size[1]


@pytest.mark.parametrize("place", ["meadow", "forest", "street", "kitchen", "galaxy"])
def test_a_seed_is_a_picture(place: str) -> None:
    one, same, other = (painted(seed=seed, places=(place,)).picture for seed in (5, 5, 6))
    assert np.array_equal(one, same)
    assert np.abs(one - other).mean() > 0.01


@pytest.mark.parametrize("place", ["hills", "street", "sea", "kitchen", "table"])
def test_night_is_darker_than_day(place: str) -> None:
    day, night = (painted(places=(place,), time=time).picture.mean() for time in ("day", "night"))
    assert night < 0.88 * day


def test_after_dark_lamps_are_lit() -> None:
    for place in ("street", "living"):
        assert not painted(200, 200, places=(place,), time="day").lamps
        assert painted(200, 200, places=(place,), time="night").lamps


@pytest.mark.parametrize("place", ["kitchen", "table", "studio", "stage", "underwater", "galaxy"])
def test_nothing_falls_under_a_roof(place: str) -> None:
    for kind in ("rain", "snow", "storm"):
        setting = places.choose(Description(places=(place,), weather=frozenset({kind})), np.random.default_rng(1))
        assert kind not in setting.weather
    setting = places.choose(Description(places=("street",), weather=frozenset({"rain"})), np.random.default_rng(1))
    assert "rain" in setting.weather


def test_every_kind_of_room_looks_its_own() -> None:
    pictures = {kind: painted(places=("room", kind)).picture for kind in rooms.KINDS}
    for kind, picture in pictures.items():
        others = [np.abs(picture - other).mean() for name, other in pictures.items() if name != kind]
        assert min(others) > 0.03, kind


@pytest.mark.parametrize(("sprite", "kind"), [("cook", "kitchen"), ("teacher", "classroom"), ("scientist", "lab")])
def test_a_room_is_that_of_its_subject(sprite: str, kind: str) -> None:
    subject = (Subject(sprite, sprite=sprite),)
    theirs = painted(places=("room",), subjects=subject).picture
    assert np.array_equal(theirs, painted(places=("room", kind), subjects=subject).picture)
    # What the prompt names goes before whose room it might be.
    assert not np.array_equal(theirs, painted(places=("room", "library"), subjects=subject).picture)


def test_a_room_does_not_bring_what_a_subject_is() -> None:
    empty = painted(200, 200, places=("bedroom",), subjects=(Subject("bed", sprite="bed"),)).picture
    full = painted(200, 200, places=("bedroom",), subjects=(Subject("cat", sprite="cat"),)).picture
    changed = np.abs(empty - full).max(axis=2) > 0.05
    assert 0.02 < changed.mean() < 0.25


@pytest.mark.parametrize("size", [(100, 180), (200, 112)])
def test_a_room_shows_its_furniture_in_tall_and_wide_pictures(size: tuple[int, int]) -> None:
    stage = painted(*size, places=("classroom",), time="day")
    green = (stage.picture[..., 1] > 1.25 * stage.picture[..., 0]) & (stage.picture.mean(axis=2) < 0.45)
    columns = np.nonzero(green.sum(axis=0) > 0.05 * size[1])[0]
    # The whole blackboard, left and right edge, lies within the picture.
    assert columns[0] > 0.05 * size[0]
    assert columns[-1] < 0.95 * size[0]
    assert len(columns) > 0.2 * size[0]


def test_a_named_table_top_is_that_table_top() -> None:
    tone = {
        top: painted(places=("table", top), time="day").picture[90:, 30:90].mean()
        for top in ("marble", "slate", "wood")
    }
    assert tone["slate"] < tone["wood"] < tone["marble"]


def test_a_hill_falls_away_to_its_sides() -> None:
    stage = painted(240, 240, places=("hills",), time="day", season="winter", weather=frozenset({"clear"}))
    assert stage.floor > stage.horizon
    meadow = painted(240, 240, places=("meadow",), time="day")
    assert stage.floor - stage.horizon > meadow.floor - meadow.horizon


def test_far_ground_is_no_ruled_line() -> None:
    stage = painted(300, 300, places=("desert",), time="day", weather=frozenset({"clear"}))
    blue = stage.picture[..., 2] > stage.picture[..., 0]
    edge = 300 - np.argmax(blue[::-1], axis=0)
    assert np.ptp(edge) > 5


def test_clouds_leave_the_moon_whole() -> None:
    for seed in range(4):
        stage = painted(200, 200, seed, places=("sea",), time="night", weather=frozenset({"clouds"}))
        x = 100 + 72 * stage.light.side
        y = max(32.0, stage.horizon * 0.28)
        rows, columns = np.mgrid[0:200, 0:200]
        disc = np.hypot(columns - x, rows - y) < 8
        assert stage.picture[disc].mean(axis=1).min() > 0.55


def test_a_city_is_a_street_for_who_stands_in_it() -> None:
    subject = (Subject("dog", sprite="dog"),)
    rng = np.random.default_rng(0)
    assert places.choose(Description(places=("city",), subjects=subject), rng).place == "street"
    assert places.choose(Description(places=("city",)), rng).place == "skyline"


def test_fog_hides_what_is_far() -> None:
    clear, foggy = (
        painted(200, 200, places=("mountains",), time="day", weather=frozenset({kind})).picture
        for kind in ("clear", "fog")
    )
    sky = np.s_[:60]
    assert foggy[sky].std() < 0.5 * clear[sky].std()


@pytest.mark.parametrize(
    "words", ["two cats in front of a house", "a teacher next to a yellow car", "a baby and a bus"]
)
def test_buildings_and_vehicles_stand_in_no_room(words: str) -> None:
    rng = np.random.default_rng(1)
    assert places.choose(parse(words), rng).place not in places.INDOOR
    assert places.choose(parse("two cats"), rng).place == "room"


@pytest.mark.parametrize("words", ["two cars on a street", "a truck on a highway", "a motorcycle on a desert road"])
def test_the_road_of_a_vehicle_seen_from_its_side_runs_across(words: str) -> None:
    found, rng = parse(words), np.random.default_rng(4)
    stage = places.paint(places.choose(found, rng), 160, 120, rng)
    road = stage.picture[stage.floor - 8 : stage.floor + 2]
    grey = np.ptp(road.mean(axis=(0, 1)))
    assert grey < 0.12  # asphalt from edge to edge, no grass or sand beside it
    assert np.abs(road[:, :40].mean() - road[:, -40:].mean()) < 0.06


def test_a_cliff_meets_the_sea_and_holds_what_stands_on_it() -> None:
    stage = painted(240, 180, places=("cliff", "sea"), time="day")
    low, high = (round(share * 240) for share in stage.frame)
    land = stage.picture[stage.floor + 4 : round(stage.near * 180) - 4, low:high]
    green = land.mean(axis=(0, 1))
    assert green[1] > green[2] + 0.1
    sea = stage.picture[round(0.7 * 180) : round(0.85 * 180)]
    beside = sea[:, : max(1, low - 90)] if low > 240 - high else sea[:, min(239, high + 90) :]
    assert beside[..., 2].mean() > beside[..., 0].mean()


def test_what_is_near_has_its_place_out_of_focus() -> None:
    sharp, soft = (painted(160, 120, places=("meadow",), camera=camera, subjects=(Subject("rose", "rose"),))
                   for camera in ("", "close"))  # fmt: skip
    edges = [np.abs(np.diff(stage.picture[80:], axis=1)).mean() for stage in (sharp, soft)]
    assert edges[1] < 0.4 * edges[0]


def test_a_bird_over_a_house_flies_where_the_house_stands() -> None:
    rng = np.random.default_rng(1)
    assert places.choose(parse("a bird flying above a house"), rng).place == "hills"
