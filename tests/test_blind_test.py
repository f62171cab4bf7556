"""The blind tests' questions are fair and their scores count."""

from __future__ import annotations

import pytest

from scripts.blind_test import question
from scripts.blind_test.__main__ import PAGE, page
from scripts.blind_test.question import TESTS, Test

each_test = pytest.mark.parametrize("test", TESTS.values(), ids=TESTS)


@each_test
def test_the_key_is_a_permutation_of_different_prompts(test: Test) -> None:
    count = len(test.prompts)
    assert count == {"subjects": 60, "details": 40}[test.name]
    assert len(set(test.prompts)) == count
    assert sorted(question.order(test)) == list(range(count))
    assert question.order(test) == question.order(test) != list(range(count))
    assert sorted(one.caption(one.right) for one in question.questions(test)) == sorted(test.prompts)


@each_test
def test_four_different_captions_include_the_right_one(test: Test) -> None:
    asked = question.questions(test)
    for one, prompt in zip(asked, question.order(test), strict=True):
        assert len(set(one.captions)) == 4
        assert one.caption(one.right) == test.prompts[prompt]
    assert {one.right for one in asked} == set("abcd")


def test_score_counts_wrong_and_missing_answers() -> None:
    asked = question.questions(TESTS["subjects"])
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
        question.answers(text, 60)


def test_answers_are_read() -> None:
    assert question.answers("7 b\n\n 12: D\n", 60) == {7: "b", 12: "d"}


def test_the_page_tells_what_the_kept_answers_say() -> None:
    assert PAGE.read_text() == page()
