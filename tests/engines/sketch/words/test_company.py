"""What the things of a prompt mean to each other."""

from __future__ import annotations

import pytest

from gesso.engines.sketch.words import lexicon
from gesso.engines.sketch.words.description import Description, sentences
from gesso.engines.sketch.words.prompt import parse


def shown(found: Description) -> list[str]:
    return [subject.drawing or subject.sprite for subject in found.subjects]


def test_a_part_that_its_whole_shows_lends_it_its_colour() -> None:
    found = parse("a snowman with a red scarf and a green hat")
    assert shown(found) == ["snowman-without-snow"]
    assert dict(found.subjects[0].parts) == {"scarf": lexicon.colour("red"), "top-hat": lexicon.colour("green")}
    assert "with scarf in red" in " ".join(sentences(found))


def test_what_burns_has_a_fire_before_it() -> None:
    found = parse("a burning house")
    assert shown(found) == ["house", "fire"]
    assert (found.subjects[1].relation, found.subjects[1].of) == ("before", 0)
    assert shown(parse("a burning candle")) == ["candle"]


@pytest.mark.parametrize(
    ("words", "relation"),
    [("a knight on a horse", "riding"), ("a cat on a horse", "on"), ("london bridge with a red bus", "on")],
)
def test_people_ride_what_they_are_on(words: str, relation: str) -> None:
    assert relation in [subject.relation for subject in parse(words).subjects]


def test_fruit_is_of_several_kinds_in_one_bowl() -> None:
    found = parse("a bowl of fruit")
    assert len(set(shown(found))) == 6
    assert {(s.relation, s.of) for s in found.subjects[1:]} == {("of", 0)}
    assert found.places == ("table",)


def test_a_notebook_is_written_in_by_holding_it() -> None:
    found = parse("a student writing in a notebook")
    assert [(s.relation, s.of) for s in found.subjects] == [("", None), ("held", 0)]


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("a team of people in a meeting around a table", "room office"),
        ("a grandmother baking cookies", "room kitchen"),
        ("a home office with a desk and a chair", "room office"),
        ("a cup of coffee on a table", "table"),
        ("roses in a vase", "table"),
    ],
)
def test_people_and_furniture_are_in_rooms(words: str, places: str) -> None:
    assert parse(words).places == tuple(places.split())


def test_a_room_shows_its_own_window() -> None:
    assert shown(parse("a bedroom with a bed and a window with curtains")) == ["bed"]
    assert shown(parse("a blue window")) == ["window"]
    assert shown(parse("a teacher in front of a blackboard")) == ["teacher"]
    assert shown(parse("a teacher in front of a whiteboard")) == ["teacher", "whiteboard"]


def test_birds_in_the_sky_fly() -> None:
    assert shown(parse("a flock of birds in the sky")) == ["gull"]
    assert shown(parse("birds on a fence")) == ["bird", "fence"]


@pytest.mark.parametrize(
    ("words", "sprite"),
    [
        ("a logo of a fox head", "fox"),
        ('a coffee shop logo with the text "Bean"', "hot-beverage"),
        ("an icon of a rocket", "rocket"),
    ],
)
def test_a_logo_is_its_subject_alone_on_white(words: str, sprite: str) -> None:
    found = parse(words)
    assert shown(found) == [sprite]
    assert (found.places, found.looks) == (("studio",), ("flat",))
    assert found.backdrop is not None
    assert min(found.backdrop) > 240
