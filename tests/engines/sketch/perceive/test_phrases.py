"""What phrases ask for."""

from __future__ import annotations

import pytest

from gesso.engines.sketch.perceive import detector, phrases


@pytest.mark.parametrize(
    ("phrase", "label"),
    [
        ("car", "car"),
        ("the dog next to the car", "dog"),
        ("automobiles", "car"),
        ("the lorry", "truck"),
        ("poodle", "dog"),
        ("Kittens", "cat"),
        ("people", "person"),
        ("a police officer", "person"),
        ("settee", "couch"),
        ("mug of coffee", "cup"),
        ("hot dogs", "hot dog"),
        ("find all traffic lights in the picture", "traffic light"),
    ],
)
def test_a_word_comes_to_its_class(phrase: str, label: str) -> None:
    (query,) = phrases.read(phrase)
    assert query.labels == (label,)
    assert set(query.labels) <= set(detector.LABELS)


def test_colour_size_place_and_number() -> None:
    (query,) = phrases.read("the two largest red cars on the left")
    assert (query.colour, query.size, query.where, query.count, query.several) == ("red", "largest", "left", 2, True)
    (query,) = phrases.read("leftmost person")
    assert (query.where, query.several) == ("left", False)
    (query,) = phrases.read("a man in a red shirt")
    assert (query.labels, query.colour, query.worn) == (("person",), "", "red")


def test_several_things() -> None:
    assert [query.noun for query in phrases.read("cars, dogs and a bicycle")] == ["car", "dog", "bicycle"]
    (query,) = phrases.read("black and white cat")
    assert (query.noun, query.colour) == ("cat", "black")


@pytest.mark.parametrize(
    ("phrase", "kind"), [("eyes", "face"), ("faces", "face"), ("text", "text"), ("a blue circle", "shape")]
)
def test_other_kinds(phrase: str, kind: str) -> None:
    assert phrases.read(phrase)[0].kind == kind


def test_a_group_and_a_stranger() -> None:
    assert {"dog", "horse"} <= set(phrases.read("animals")[0].labels)
    assert phrases.read("unicorn")[0].kind == "other"
    assert phrases.read("  !? ") == []


def test_every_class_has_words_and_every_word_a_class() -> None:
    assert set(phrases.read("objects")[0].labels) == set(detector.LABELS)
