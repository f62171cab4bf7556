"""The questions, their key and the score; nothing here draws."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

LETTERS = "abcd"
SEED = 20261
PROMPTS: tuple[str, ...] = tuple(tomllib.loads(Path(__file__).with_name("prompts.toml").read_text())["prompts"])


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


def order(seed: int = SEED) -> list[int]:
    """Which prompt each number shows: a permutation, so that the list's order says nothing."""
    return [int(i) for i in np.random.default_rng(seed).permutation(len(PROMPTS))]


def questions(seed: int = SEED) -> list[Question]:
    """All questions; the same for the same seed, which is why no key needs to be kept beside the pictures."""
    draws = np.random.default_rng([seed, 1])
    made: list[Question] = []
    for number, right in enumerate(order(seed), 1):
        others = [i for i in range(len(PROMPTS)) if i != right]
        shown = [right, *(int(i) for i in draws.choice(others, len(LETTERS) - 1, replace=False))]
        draws.shuffle(shown)
        made.append(Question(number, tuple(PROMPTS[i] for i in shown), LETTERS[shown.index(right)]))
    return made


def answers(text: str) -> dict[int, str]:
    """Lines such as `7 b`; ValueError for any other line, so that no answer is lost unseen."""
    picked: dict[int, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        match = re.fullmatch(rf"(\d+)\W+([{LETTERS}])", line.lower())
        if match is None or not 1 <= int(match[1]) <= len(PROMPTS) or int(match[1]) in picked:
            raise ValueError(f"not an answer, or a second one for its number: {line!r}")
        picked[int(match[1])] = match[2]
    return picked


def score(picked: dict[int, str], asked: list[Question]) -> tuple[int, list[Wrong]]:
    """How many are right, and the others; an unanswered question is wrong."""
    wrong = [Wrong(one, picked.get(one.number, "")) for one in asked if picked.get(one.number) != one.right]
    return len(asked) - len(wrong), wrong
