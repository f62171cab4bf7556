"""What prompts mean: counts, colours, places, relations, light, style, texts, and what is left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.engines.sketch.words.description import Subject, sentences
from gesso.engines.sketch.words.prompt import bans, parse


def subject(words: str, index: int = 0) -> Subject:
    return parse(words).subjects[index]


@pytest.mark.parametrize(
    ("words", "sprite", "count"),
    [
        ("a cat", "cat", 1),
        ("two cats", "cat", 2),
        ("a dozen red apples", "red-apple", 12),
        ("5 ducks", "duck", 5),
        ("cats", "cat", 3),
        ("the horse", "horse", 1),
        ("a pair of dogs", "dog", 2),
    ],
)
def test_counts(words: str, sprite: str, count: int) -> None:
    found = subject(words)
    assert (found.sprite, found.count) == (sprite, count)


def test_colours_belong_to_their_noun() -> None:
    found = parse("a red car next to a green house")
    car, house = found.subjects
    assert car.colour is not None
    assert car.colour[0] > car.colour[1]
    assert house.colour is not None
    assert house.colour[1] > house.colour[0]


def test_a_word_that_is_fruit_and_colour() -> None:
    assert parse("an orange on a plate").subjects[0].colour is None
    colour = parse("an orange car").subjects[0].colour
    assert colour is not None
    assert len(parse("an orange cat").subjects) == 1


def test_size_and_material() -> None:
    assert subject("a giant cat").scale > subject("a cat").scale > subject("a tiny cat").scale
    assert subject("a wooden horse").material == "wooden"


@pytest.mark.parametrize(
    ("words", "relation"),
    [
        ("a cat on a chair", "on"),
        ("a cat under a tree", "under"),
        ("a cat next to a dog", "beside"),
        ("a cat to the left of a dog", "left-of"),
        ("a cat behind a dog", "behind"),
        ("a cat in front of a house", "before"),
        ("an astronaut riding a horse", "riding"),
    ],
)
def test_relations(words: str, relation: str) -> None:
    found = subject(words)
    assert (found.relation, found.of) == (relation, 1)


def test_what_is_held_refers_to_its_holder() -> None:
    found = parse("a robot holding a red flower")
    assert (found.subjects[1].relation, found.subjects[1].of) == ("held", 0)


def test_a_comma_ends_a_relation() -> None:
    assert parse("a lighthouse at dusk, two gulls").subjects[1].relation == ""


def test_what_flies_over_a_place_is_in_the_air() -> None:
    assert subject("a rocket flying over mountains").action == "air"


def test_where_words() -> None:
    assert subject("a cat on the left").where == "left"
    assert subject("a cat, a castle in the background", 1).where == "back"


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        ("a cat at night", "time", "night"),
        ("a cat at sunset", "time", "sunset"),
        ("golden hour, a cat", "time", "golden"),
        ("a cat in winter", "season", "winter"),
        ("autumn, a cat", "season", "autumn"),
        ("close-up of a cat", "camera", "close"),
        ("aerial view of a house", "camera", "aerial"),
    ],
)
def test_light_season_camera(words: str, field: str, value: str) -> None:
    assert getattr(parse(words), field) == value


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("a cat in a forest", "forest"),
        ("a boat on the sea", "sea"),
        ("a horse on the moon", "moon"),
        ("a fish underwater", "underwater"),
        ("a cat in a cozy living room", "room"),
        ("a cup on a wooden table", "table"),
        ("a car in a busy street", "street"),
    ],
)
def test_places(words: str, place: str) -> None:
    assert place in parse(words).places


@pytest.mark.parametrize(
    ("words", "weather"),
    [("a cat in the rain", "rain"), ("a cat, snowing", "snow"), ("a cat in the fog", "fog"), ("a stormy sea", "storm")],
)
def test_weather(words: str, weather: str) -> None:
    assert weather in parse(words).weather


def test_styles() -> None:
    assert parse("watercolor painting of a fox").looks[0] == "watercolour"
    assert "pixel" in parse("pixel art of a knight").looks
    assert parse("a clay pot").looks == ()


@pytest.mark.parametrize(
    ("words", "text", "carrier"),
    [
        ('a neon sign that says "OPEN LATE" at night', "OPEN LATE", "neon"),
        ("a poster with the words “Go West”", "Go West", "poster"),
        ("a wooden sign saying 'No Fishing'", "No Fishing", "sign"),
        ('a mountain, titled "ALPINE"', "ALPINE", "title"),
        ("a sign that says WELCOME HOME above a door", "WELCOME HOME", "sign"),
    ],
)
def test_texts(words: str, text: str, carrier: str) -> None:
    found = parse(words).letterings
    assert [(t.text, t.carrier) for t in found] == [(text, carrier)]


def test_an_apostrophe_quotes_nothing() -> None:
    assert parse("a dog's bone and a cat's toy").letterings == ()


def test_negations() -> None:
    found = parse("a street without cars, no people", "clouds")
    assert found.subjects == ()
    assert found.without("car")
    assert found.without("people")
    assert found.without("clouds")


def test_the_negative_prompt_removes_and_renumbers() -> None:
    found = parse("a dog, a cat on a chair", "dog")
    assert [s.sprite for s in found.subjects] == ["cat", "chair"]
    assert found.subjects[0].of == 1


def test_faults_in_a_negative_prompt_ban_nothing() -> None:
    assert bans("ugly faces, dogs, many people in the background") == "dogs"
    found = parse("people and a dog on a street", "bad hands, three legs, many people in the background, dog")
    assert [s.phrase for s in found.subjects] == ["people"]


def test_what_is_not_understood_is_told() -> None:
    found = parse("a cat with a xyzzyplugh")
    assert "xyzzyplugh" in found.unknown
    assert any("Not understood" in line and "xyzzyplugh" in line for line in sentences(found))


@pytest.mark.parametrize(
    ("words", "phrases"),
    [
        ("a sailboat drifts to the left, birds fly", ["sailboat", "birds"]),
        ("a small red ball rolls across the floor", ["ball"]),
        ("two dogs run, a dancer spins", ["dogs", "dancer"]),
        ("a plate of keys", ["plate", "keys"]),
        ("oak leaves", ["leaves"]),
    ],
)
def test_a_verb_that_could_be_a_noun_is_what_the_noun_before_it_does(words: str, phrases: list[str]) -> None:
    assert [subject.phrase for subject in parse(words).subjects] == phrases


@pytest.mark.parametrize(
    ("words", "places"),
    [("a wolf walks through deep snow", ("snowfield",)), ("a deep forest", ("forest",)), ("a deep lake", ("lake",))],
)
def test_deep_is_no_sea(words: str, places: tuple[str, ...]) -> None:
    assert parse(words).places == places


def test_snow_that_falls_is_weather() -> None:
    assert "snow" in parse("snow falls on a village").weather


def test_a_verb_right_behind_its_noun_is_its_own() -> None:
    bird, boat = parse("a bird flies over the sea, a boat sails to the right").subjects
    assert (bird.action, boat.action) == ("air", "water")
    assert parse("a man in a boat sleeps").subjects[0].action == "lie"


def test_a_backdrop_colour() -> None:
    assert parse("a bottle on a red background").backdrop is not None
    assert parse("a bottle, white background").backdrop is not None


@given(st.text(max_size=300), st.text(max_size=60))
def test_any_text_is_read(words: str, negative: str) -> None:
    found = parse(words, negative)
    for item in found.subjects:
        assert 1 <= item.count <= 40
        assert item.of is None or 0 <= item.of < len(found.subjects)
        assert bool(item.sprite) != bool(item.drawing)
    assert sentences(found)


WORDS = st.sampled_from(
    [
        *(
            "a",
            "two",
            "red",
            "big",
            "cat",
            "cats",
            "on",
            "under",
            "next",
            "to",
            "the",
            "of",
            "holding",
            "no",
            "without",
        ),
        *("sign", "says", ",", ".", "house", "river", "night", "in", "wearing", "rain", "apple", "fourteen"),
    ]
)


@given(st.lists(WORDS, max_size=40))
def test_any_order_of_its_own_words_is_read(words: list[str]) -> None:
    found = parse(" ".join(words))
    assert all(item.of is None or 0 <= item.of < len(found.subjects) for item in found.subjects)


def test_a_long_prompt_is_bounded() -> None:
    assert len(parse("a red cat and " * 50_000).subjects) <= 12
