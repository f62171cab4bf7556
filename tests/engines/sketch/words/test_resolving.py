"""What the things of a prompt mean together."""

from __future__ import annotations

import pytest

from gesso.engines.sketch.words.prompt import parse


def shown(words: str) -> list[str]:
    return [subject.drawing or subject.sprite for subject in parse(words).subjects]


@pytest.mark.parametrize(
    ("words", "things"),
    [
        ("a birthday cake with candles", ["birthday-cake"]),
        ("a singer with a microphone", ["singer"]),
        ("a man walking in a park", ["man-walking"]),
        ("a woman dancing", ["woman-dancing"]),
        ("a frog on a leaf in a pond", ["frog", "lily-pad"]),
        ("a red car on a road", ["oncoming-automobile"]),
        ("two red cars on a road", ["automobile"]),
        ("a statue of a horse", ["pedestal", "horse"]),
        ('a poster with the words "FRESH BREAD"', ["bread"]),
        ('a neon sign that says "OPEN" at night', ["wall"]),
        ("a castle at night, lights in the windows", ["castle"]),
        ("a man looking out of a window", ["man-standing"]),
        ("a man riding a bicycle", ["man-biking"]),
        ("a boy holding a bicycle", ["boy", "bicycle"]),
        ("three birds flying", ["gull"]),
        ("three birds on a fence", ["bird", "fence"]),
        ("a house, snow on the ground", ["house"]),
    ],
)
def test_things(words: str, things: list[str]) -> None:
    assert shown(words) == things


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("a dog in the city", ("street",)),
        ("the city at night", ("skyline",)),
        ("a plane flying over the city", ("skyline",)),
        ("a cook in a kitchen", ("room", "kitchen")),
        ("a man praying in a church", ("room",)),
        ("a duck on a pond", ("lake", "pond")),
        ("five balloons", ("sky",)),
        ("a balloon in a living room", ("room", "living")),
        ("a snowman in a village", ("farm",)),
        ("a croissant on a breakfast table", ("table",)),
    ],
)
def test_places(words: str, places: tuple[str, ...]) -> None:
    assert parse(words).places == places


def test_snow_on_the_ground_is_winter() -> None:
    found = parse("a red fox in snow")
    assert (found.places, found.season) == (("snowfield",), "winter")


def test_trees_have_their_seasons_colour() -> None:
    green, autumn = parse("a tree").subjects[0], parse("a tree in autumn").subjects[0]
    assert green.colour is None
    assert autumn.colour is not None
    assert autumn.colour[0] > autumn.colour[1] > autumn.colour[2]


@pytest.mark.parametrize(("words", "swims"), [("a crocodile in a river", True), ("a man fishing on a lake", False)])
def test_who_swims(words: str, swims: bool) -> None:
    assert (parse(words).subjects[0].action == "water") is swims


def test_a_text_is_on_what_bears_it() -> None:
    shop = parse('a shop with a sign that says "BAKERY"').letterings[0]
    alone = parse('a wooden sign that says "LIBRARY"').letterings[0]
    held = parse('a dog holding a sign saying "HELP"').letterings[0]
    assert (shop.carrier, shop.on) == ("sign", 0)
    assert (alone.carrier, alone.on, alone.material) == ("sign", None, "wooden")
    assert (held.carrier, held.on) == ("label", 0)
