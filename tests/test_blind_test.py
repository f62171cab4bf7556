"""The blind test's questions are fair and its score counts."""

from __future__ import annotations

import pytest

from scripts.blind_test import question


def test_the_key_is_a_permutation_of_sixty_different_prompts() -> None:
    assert len(set(question.PROMPTS)) == 60
    assert sorted(question.order()) == list(range(60))
    assert question.order() == question.order() != list(range(60))
    assert sorted(one.caption(one.right) for one in question.questions()) == sorted(question.PROMPTS)


def test_four_different_captions_include_the_right_one() -> None:
    asked = question.questions()
    for one, prompt in zip(asked, question.order(), strict=True):
        assert len(set(one.captions)) == 4
        assert one.caption(one.right) == question.PROMPTS[prompt]
    assert {one.right for one in asked} == set("abcd")


def test_score_counts_wrong_and_missing_answers() -> None:
    asked = question.questions()
    picked = {one.number: one.right for one in asked}
    assert question.score(picked, asked) == (60, [])
    picked[7] = next(letter for letter in "abcd" if letter != asked[6].right)
    del picked[9]
    assert question.score(picked, asked) == (
        58,
        [question.Wrong(asked[6], picked[7]), question.Wrong(asked[8], "")],
    )


@pytest.mark.parametrize("text", ["7 e", "61 a", "0 a", "seven b", "7 b\n7 c"])
def test_a_line_that_is_no_answer_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an answer"):
        question.answers(text)


def test_answers_are_read() -> None:
    assert question.answers("7 b\n\n 12: D\n") == {7: "b", 12: "d"}
