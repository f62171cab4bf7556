"""Who appears as whom."""

from __future__ import annotations

import pytest

from gesso.engines.sketch.words.prompt import parse


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("a cat astronaut", "cat-face@astronaut"),
        ("an astronaut cat", "cat-face@astronaut"),
        ("a cat in a space suit", "cat-face@astronaut"),
        ("a fox wearing a suit", "fox@office-worker"),
        ("a robot dressed as a pirate", "robot@pirate"),
        ("a little girl in a superhero costume", "girl@superhero"),
        ("a woman in a tuxedo", "woman-in-tuxedo"),
        ("a man in shining armor", "man-knight"),
        ("a female firefighter", "woman-firefighter"),
        ("a pig farmer", "farmer"),
        ("a woman pushing a pram", "woman-standing pram"),
        ("an elephant in a suit", "elephant bow-tie"),
        ("a dog wearing a red scarf", "dog scarf"),
        ("a knight with a sword and a shield", "knight"),
        ("an old man with a long white beard", "old-man beard"),
        ("a wolf howling at the moon", "howling-wolf"),
        ("a dinosaur skateboarding", "sauropod ridden-board"),
        ("a hamster riding a skateboard", "hamster ridden-board"),
        ("a robot serving drinks on a tray", "robot tray"),
        ("a family of four", "man-standing woman-standing boy girl"),
        ("a clown", "clown"),
        ("a dragon breathing fire", "dragon fire-breath"),
        ("two men shaking hands", "man&man"),
        ("a man and a woman shaking hands", "man&woman"),
        ("an archer shooting an arrow", "archer"),
        ("a viking with a red beard", "viking beard"),
        ("a lumberjack with a beard", "lumberjack"),
        ("two women holding hands", "women-holding-hands"),
        ("a couple dancing", "woman-dancing man-dancing"),
        ("a man fishing", "man-standing fishing-rod"),
    ],
)
def test_what_is_shown(words: str, shown: str) -> None:
    assert " ".join(s.drawing or s.sprite for s in parse(words).subjects) == shown


def test_two_players_sit_on_both_sides_of_their_board() -> None:
    assert [s.relation for s in parse("two robots playing chess").subjects] == ["", "between"]
    assert [s.relation for s in parse("a robot playing chess").subjects] == ["", "held"]


def test_a_lance_is_the_riders() -> None:
    knight, horse, lance = parse("a knight on a horse with a lance").subjects
    assert (knight.relation, knight.of) == ("riding", 1)
    assert (lance.relation, lance.of) == ("held", 0)
    assert horse.relation == ""
