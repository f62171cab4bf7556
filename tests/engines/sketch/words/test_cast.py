"""What a prompt names becomes: drinks, dishes, pairs, kin and doings."""

from __future__ import annotations

import pytest

from gesso.engines.sketch.words import lexicon
from gesso.engines.sketch.words.description import Subject
from gesso.engines.sketch.words.prompt import parse


def only(words: str) -> Subject:
    (subject,) = parse(words).subjects
    return subject


@pytest.mark.parametrize(
    ("words", "sprite", "colour"),
    [
        ("a glass of orange juice", "glass-of-milk", "orange"),
        ("orange juice", "glass-of-milk", "orange"),
        ("a strawberry milkshake in a tall glass", "glass-of-milk", "pink"),
        ("a glass of red wine", "wine-glass", "burgundy"),
        ("a glass of water", "tumbler-glass", "skyblue"),
        ("a blue cocktail", "cocktail-glass", "blue"),
        ("a cup of black coffee", "hot-beverage", "black"),
    ],
)
def test_a_drink_has_its_colour_in_its_vessel(words: str, sprite: str, colour: str) -> None:
    subject = only(words)
    assert (subject.sprite, subject.parts) == (sprite, (("drink", lexicon.colour(colour)),))
    assert subject.colour is None


def test_milk_tea_and_beer_are_as_they_are() -> None:
    found = [only(words) for words in ("a glass of milk", "a cup of green tea", "a glass of beer")]
    assert [subject.sprite for subject in found] == ["glass-of-milk", "teacup-without-handle", "beer-mug"]
    assert {subject.parts for subject in found} == {()}


def test_a_plate_is_seen_with_its_dish_and_a_bottle_without_its_wine() -> None:
    assert only("a plate of spaghetti").sprite == "spaghetti"
    assert only("a bottle of red wine").drawing == "bottle"
    assert only("two glasses of white wine").count == 2


def test_pizzas_are_whole_unless_cut() -> None:
    assert only("a pizza").drawing == "whole-pizza"
    assert only("two slices of pizza").sprite == only("a pizza slice").sprite == "pizza"
    assert only("two slices of pizza").count == 2


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("white sneakers", 2),
        ("a pair of sunglasses", 1),
        ("headphones", 1),
        ("a stack of pancakes", 1),
        ("a school of fish", 8),
    ],
)
def test_some_plurals_have_their_number(words: str, count: int) -> None:
    assert only(words).count == count


def test_the_mother_of_a_baby_elephant_is_a_larger_one() -> None:
    baby, mother = parse("a baby elephant with its mother").subjects
    assert baby.sprite == mother.sprite == "elephant"
    assert baby.scale < mother.scale


def test_who_does_yoga_is_one_figure() -> None:
    assert only("a woman doing yoga").sprite == "woman-in-lotus-position"


def test_eyes_and_hoses_are_told_not_drawn() -> None:
    assert only("a black cat with yellow eyes").sprite == "cat"
    assert parse("a black cat with yellow eyes").unknown == ("eyes",)
    assert only("a firefighter with a hose").sprite == "firefighter"


def test_birds_in_flight_fly() -> None:
    assert {(s.sprite, s.action) for s in parse("birds in flight at sunset").subjects} == {("gull", "air")}


def test_snow_is_no_colour() -> None:
    assert parse("a house with snow").season == "winter"


@pytest.mark.parametrize(
    ("words", "doings"),
    [
        ("a cat next to a dog sleeps", ["sleep", ""]),
        ("a cat next to a dog sleeping", ["", "sleep"]),
        ("a cat and a dog sleep", ["sleep", "sleep"]),
        ("a man with a hat runs", ["run", ""]),
        ("a man with a dog runs", ["run", ""]),
    ],
)
def test_a_verb_is_the_first_nouns(words: str, doings: list[str]) -> None:
    assert [subject.doing for subject in parse(words).subjects] == doings
