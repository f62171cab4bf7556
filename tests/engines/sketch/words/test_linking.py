"""Who holds, wears and does what: the links between the nouns of a prompt."""

from __future__ import annotations

import pytest

from gesso.engines.sketch.words import lexicon
from gesso.engines.sketch.words.description import Subject, sentences
from gesso.engines.sketch.words.prompt import parse


def named(words: str) -> dict[str, Subject]:
    return {subject.phrase: subject for subject in parse(words).subjects}


def link(words: str, noun: str) -> tuple[str, str]:
    """A noun's relation and the noun that it refers to."""
    found = parse(words)
    one = next(subject for subject in found.subjects if subject.phrase == noun)
    return one.relation, found.subjects[one.of].phrase if one.of is not None else ""


@pytest.mark.parametrize(
    ("words", "noun", "relation", "host"),
    [
        ("a man sitting on a bench reading a newspaper", "newspaper", "held", "man"),
        ("a woman in a red dress with an umbrella", "dress", "worn", "woman"),
        ("a woman in a red dress with an umbrella", "umbrella", "with", "woman"),
        ("an owl in goggles", "goggles", "worn", "owl"),
        ("a dog wearing a hat and sunglasses", "sunglasses", "worn", "dog"),
        ("a squirrel eating a nut on a branch", "squirrel", "on", "branch"),
        ("a blue bird and a red bird on a fence", "bird", "on", "fence"),
        ("a cake with a cherry on top", "cherry", "on", "cake"),
        ("a monkey hanging from a tree", "monkey", "hung", "tree"),
        ("a sheep between two goats", "sheep", "between", "goats"),
        ("a girl with a balloon and a boy with a kite", "kite", "with", "boy"),
        ("a basket of apples and pears", "pears", "of", "basket"),
    ],
)
def test_links(words: str, noun: str, relation: str, host: str) -> None:
    assert link(words, noun) == (relation, host)


def test_an_article_ends_what_a_vessel_holds() -> None:
    assert link("a basket of apples and a hat", "hat") == ("", "")


def test_both_do_what_the_verb_says() -> None:
    found = named("a cat and a dog sleeping on a sofa")
    assert {found[noun].action for noun in ("cat", "dog")} == {"lie"}


def test_each_of_several_has_its_colour() -> None:
    wanted = tuple(lexicon.colour(word) for word in ("red", "blue", "yellow"))
    assert parse("three balloons, one red, one blue and one yellow").subjects[0].palette == wanted
    assert parse("red, blue and yellow balloons").subjects[0].palette == wanted


@pytest.mark.parametrize("words", ["a red fox", "a brown bear", "a black and white cow", "a white swan"])
def test_an_animal_of_its_own_colour_is_not_painted(words: str) -> None:
    found = parse(words)
    assert found.subjects[0].colour is None
    assert found.looks == ()


def test_an_animal_of_another_colour_is_painted() -> None:
    assert parse("a blue fox").subjects[0].colour == lexicon.colour("blue")


def test_a_negation_ends_where_the_next_clause_begins() -> None:
    found = parse("a street without cars at night")
    assert (found.time, "car" in found.negated, found.subjects) == ("night", True, ())


@pytest.mark.parametrize(
    ("words", "count", "sprite"),
    [
        ("a flock of birds", 7, "bird"),
        ("a stack of books", 1, "books"),
        ("a herd of cows", 6, "cow"),
        ("cows", 3, "cow"),
        ("a field of tulips", 30, "tulip"),
        ("a glass of wine", 1, "wine-glass"),
    ],
)
def test_gathered_things(words: str, count: int, sprite: str) -> None:
    found = parse(words).subjects[0]
    assert (found.count, found.sprite) == (count, sprite)


@pytest.mark.parametrize(
    ("words", "sprite"),
    [
        ("a woman with red hair", "woman-red-hair"),
        ("a man with curly hair", "man-curly-hair"),
        ("a man with a beard", "man-beard"),
        ("an old man", "old-man"),
    ],
)
def test_heads_are_known_by_their_hair(words: str, sprite: str) -> None:
    found = parse(words)
    assert [subject.sprite for subject in found.subjects] == [sprite]
    assert found.unknown == ()


def test_the_log_tells_links_colours_and_bearers() -> None:
    lines = sentences(parse('two red cups labeled "TEA" next to a blue teapot in the foreground'))
    assert "2 x cups (shown as hot-beverage) in red beside teapot" in lines[0]
    assert "1 x teapot in blue (in the foreground)" in lines[0]
    assert 'Text: "TEA" as print on the cups.' in lines
