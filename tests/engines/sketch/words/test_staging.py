"""What places need of their things, and things of their places."""

from __future__ import annotations

import pytest

from gesso.engines.sketch.words.description import Description
from gesso.engines.sketch.words.prompt import parse


def shown(found: Description) -> list[str]:
    return [subject.drawing or subject.sprite for subject in found.subjects]


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("a train passing through the countryside", ("farm",)),
        ("an airport", ("airport",)),
        ("a castle on a hill", ("hilltop",)),
        ('a bakery shop front with a sign "BREAD"', ("street",)),
        ("a window with a view of the mountains", ("room", "mountains")),
        ("a paper-cut landscape", ("hills", "mountains")),
        ("a blueprint of a rocket", ("studio",)),
        ("a rocket above the moon, the earth in the sky", ("moon",)),
        ("a satellite above the earth", ("galaxy",)),
    ],
)
def test_a_thing_has_the_place_it_needs(words: str, places: tuple[str, ...]) -> None:
    assert parse(words).places == places


def test_trains_have_rails_except_on_a_bridge_and_houses_face_their_road() -> None:
    assert "rails" in parse("a train in a meadow").features
    assert "rails" not in parse("a train crossing a bridge").features
    assert "across" in parse("a house by the road").features
    assert "across" not in parse("a road through a forest").features


def test_an_empty_place_shows_what_makes_it_that_place() -> None:
    assert shown(parse("a railway station")) == ["train"]
    assert shown(parse("a man in a railway station")) == ["man-standing"]
    assert shown(parse("a playground")) == ["playground-slide", "swing", "see-saw"]
    assert "red-apple" in shown(parse("a market stall"))
    assert shown(parse("a city at night with lit windows")) == []


def test_lamps_and_pictures_hang() -> None:
    lamp, sofa = parse("a lamp hanging over a table"), parse("a picture over a sofa")
    assert shown(lamp) == ["pendant-lamp"]
    assert [(s.drawing or s.sprite, s.relation) for s in sofa.subjects] == [("picture", "over"), ("sofa", "")]
    room = parse("a living room with a sofa, a coffee table and a painting on the wall")
    assert set(shown(room)) == {"sofa", "picture", "coffee-table"}
    assert [s.where for s in room.subjects if s.drawing == "picture"] == ["wall"]
    assert shown(parse("a painting of a horse")) == ["horse"]


def test_capitals_before_a_sign_are_its_text_and_a_text_may_come_before_its_bearer() -> None:
    assert [(t.text, t.carrier) for t in parse("an EXIT sign in a corridor").letterings] == [("EXIT", "sign")]
    assert [(t.text, t.carrier) for t in parse('an "OPEN" neon sign').letterings] == [("OPEN", "neon")]
    board = parse('a whiteboard with "MEETING" in an office')
    assert [(t.carrier, t.on) for t in board.letterings] == [("board", 0)]


def test_a_bowl_holds_as_many_as_the_prompt_counts_and_what_is_named_after_them() -> None:
    _, oranges, banana = parse("a bowl with three oranges and a banana").subjects
    assert (oranges.count, banana.count) == (3, 1)
    assert (oranges.of, banana.of, banana.relation) == (0, 0, oranges.relation)


def test_bowls_are_full_and_bunches_in_vases() -> None:
    cherries = parse("a bowl of cherries").subjects[1]
    assert (cherries.sprite, cherries.count) == ("cherries", 6)
    assert shown(parse("a bottle of wine and two glasses on a picnic blanket")) == ["bottle", "wine-glass"]
    assert shown(parse("a wedding table with flowers")) == ["blossom", "amphora"]


def test_a_set_of_icons_is_a_grid_with_what_else_would_be_scenery() -> None:
    found = parse("an icon set of four things: a camera, a phone, a heart and a star")
    assert shown(found) == ["camera", "mobile-phone", "red-heart", "star"]
    assert {"grid", "plain"} <= found.features
    assert shown(parse("a mountain logo")) == ["snow-capped-mountain"]
    assert "grid" not in parse("a logo of a fox").features
