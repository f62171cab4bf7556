"""The two tests, their questions, keys and scores; nothing here draws."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

LETTERS = "abcd"
SEED = 20261
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Test:
    """One test: what is drawn, and which wrong captions stand beside the right one."""

    __test__ = False  # not a case for pytest

    name: str
    about: str
    """What the reader was asked, for the page."""
    prompts: tuple[str, ...]
    wrong: Callable[[int, np.random.Generator], Sequence[str]]
    """Three wrong captions for the prompt at a place in the list."""

    @property
    def kept(self) -> Path:
        """The answers that the page tells of."""
        return HERE / "answers" / f"{self.name}.txt"


@dataclass(frozen=True)
class Question:
    """One picture's captions in the order shown, and which of them it was drawn from."""

    number: int
    captions: tuple[str, ...]
    right: str

    def caption(self, letter: str) -> str:
        """The words behind a letter."""
        return self.captions[LETTERS.index(letter)]


@dataclass(frozen=True)
class Wrong:
    """A question that was answered wrongly, or not at all (`picked` is empty)."""

    question: Question
    picked: str


def _loaded(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def _subjects() -> Test:
    prompts = tuple(_loaded("prompts.toml")["prompts"])

    def wrong(right: int, draws: np.random.Generator) -> list[str]:
        others = [i for i in range(len(prompts)) if i != right]
        return [prompts[i] for i in draws.choice(others, len(LETTERS) - 1, replace=False)]

    about = (
        "The wrong captions are other prompts of the test, drawn by chance, so most are far from the right one: this "
        "tells whether the subject is recognised. The prompts were written for things that the engine has a "
        "drawing for; other words do worse."
    )
    return Test("subjects", about, prompts, wrong)


def _details() -> Test:
    asked = _loaded("details.toml")["questions"]
    about = (
        "The wrong captions differ from the right one in a detail: a number, a colour, a place, a time, a relation, "
        "what is done. This tells whether the details of a prompt are in its picture; an answer can also be right "
        "because the others are ruled out, and the right caption is the one most like the three others, which a reader "
        "may use: it is less than a promise that every detail is there."
    )
    return Test("details", about, tuple(one["prompt"] for one in asked), lambda right, _: asked[right]["near"])


TESTS = {test.name: test for test in (_subjects(), _details())}


def order(test: Test, seed: int = SEED) -> list[int]:
    """Which prompt each number shows: a permutation, so that the list's order says nothing."""
    return [int(i) for i in np.random.default_rng(seed).permutation(len(test.prompts))]


def questions(test: Test, seed: int = SEED) -> list[Question]:
    """All questions; the same for the same seed, which is why no key needs to be kept beside the pictures."""
    draws = np.random.default_rng([seed, 1])
    made: list[Question] = []
    for number, right in enumerate(order(test, seed), 1):
        shown: list[str] = [test.prompts[right], *test.wrong(right, draws)]
        draws.shuffle(shown)
        made.append(Question(number, tuple(shown), LETTERS[shown.index(test.prompts[right])]))
    return made


def answers(text: str, count: int) -> dict[int, str]:
    """Lines such as `7 b`; ValueError for any other line, so that no answer is lost unseen."""
    picked: dict[int, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        match = re.fullmatch(rf"(\d+)\W+([{LETTERS}])", line.lower())
        if match is None or not 1 <= int(match[1]) <= count or int(match[1]) in picked:
            raise ValueError(f"not an answer, or a second one for its number: {line!r}")
        picked[int(match[1])] = match[2]
    return picked


def score(picked: dict[int, str], asked: list[Question]) -> tuple[int, list[Wrong]]:
    """How many are right, and the others; an unanswered question is wrong."""
    wrong = [Wrong(one, picked.get(one.number, "")) for one in asked if picked.get(one.number) != one.right]
    return len(asked) - len(wrong), wrong
