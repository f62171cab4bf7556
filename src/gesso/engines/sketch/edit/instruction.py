"""Instruction -> steps. Sentences are cut into clauses; the first rule that fits a clause says what it asks.

What no rule fits is told as not understood; nothing is guessed.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from gesso.engines.sketch.edit import kept, words
from gesso.engines.sketch.edit.clauses import Clause, Rule, target
from gesso.engines.sketch.edit.repairing import repairing
from gesso.engines.sketch.edit.rules_look import adjusting, atmosphere, relighting, reshaping, restyling, snowing
from gesso.engines.sketch.edit.rules_things import (
    adding,
    background,
    combining,
    lettering,
    moving,
    recolouring,
    removing,
    replacing,
)
from gesso.engines.sketch.edit.steps import Adjust, Atmosphere, Backdrop, Recolour, Remove, Step, Target
from gesso.engines.sketch.words.prompt import QUOTED

MAX_CHARS = 2000
MAX_STEPS = 8
MAX_CLAUSE = 240
"""Characters beyond which a clause is a story, not an instruction: the rules' patterns need not be fast on it."""
MAX_JOINTS = 8

RULES: Sequence[Rule] = (
    lettering,
    repairing,
    reshaping,
    moving,
    relighting,
    combining,
    background,
    snowing,
    atmosphere,
    replacing,
    recolouring,
    removing,
    adjusting,
    restyling,
    adding,
)
"""From the most particular to the most general."""


@dataclass(slots=True)
class Instruction:
    """What was understood, in order, and what was not."""

    steps: list[Step] = field(default_factory=list[Step])
    unknown: list[str] = field(default_factory=list[str])
    kept: list[Target] = field(default_factory=list[Target])
    """Parts of the picture that must stay as they are."""


def parse(prompt: str, materials: int = 0) -> Instruction:
    """Read an instruction; `materials` is how many further pictures it may speak of."""
    quotes: list[str] = []

    def mark(match: re.Match[str]) -> str:
        quotes.append(next(group for group in match.groups() if group is not None).strip()[:120])
        return f" \x00{len(quotes) - 1} "

    text = re.sub(QUOTED, mark, prompt[:MAX_CHARS].replace("\x00", " "))
    text = kept.colours_spared(_plain(text))
    found = Instruction(kept=kept.named(text))
    text = re.sub(words.KEPT, " ", text, flags=re.IGNORECASE)
    for part in re.split(rf"[.;!?]+(?=\s|$)|\n|,? and then |,? then |, and (?=(?:{words.VERBS})\b)", text):
        for clause in _cut(Clause(_stripped(part), tuple(quotes), materials)):
            _take(clause, found)
    found.steps = _merged(found.steps[:MAX_STEPS])
    return found


def _plain(text: str) -> str:
    return re.sub(r"[^\S\n]+", " ", text.replace("’", "'").replace("“", '"').replace("”", '"'))


def _stripped(text: str) -> str:
    text = text.strip(" ,")
    while True:
        shorter = re.sub(words.POLITE, "", text, flags=re.IGNORECASE).strip(" ,")
        if shorter == text:
            return text
        text = shorter


def _cut(clause: Clause) -> list[Clause]:
    """A clause in two at an "and" or comma before a verb, or where both sides mean something alone."""
    for joint in itertools.islice(re.finditer(r",? and |, ", clause.text), MAX_JOINTS):
        left, right = (
            clause.of(_stripped(clause.text[: joint.start()])),
            clause.of(_stripped(clause.text[joint.end() :])),
        )
        verb = re.match(rf"(?:{words.VERBS})\b", right.text, re.IGNORECASE)
        if not left.text or not right.text:
            continue
        # What is understood does not wait for what is not: "... and put a zorb on it" is told alone.
        alone = verb and len(right.text.split()) > 2 and _steps(left, RULES)
        if alone or _steps(right, RULES) if verb else _steps(left, RULES) and _steps(right, RULES[:-1], bare=True):
            return [left, *_cut(right)]
    return [clause]


def _steps(clause: Clause, rules: Sequence[Callable[[Clause], Step | None]], bare: bool = False) -> Step | None:
    if len(clause.text) > MAX_CLAUSE or (bare and len(clause.text.split()) > 9):
        return None
    return next((step for rule in rules if (step := rule(clause)) is not None), None)


def _take(clause: Clause, found: Instruction) -> None:
    if not re.search(r"\w", clause.text.replace("\x00", "")):
        return
    clause = _of_the_last(clause, found)
    step = _steps(clause, RULES)
    if step is None:
        found.unknown.append(clause.told)
        return
    # "make the car red and shinier": what names nothing goes on with what the last step worked on.
    previous = found.steps[-1] if found.steps else None
    last = getattr(previous, "target", None)
    bare = len(clause.text.split()) <= 2 and not re.match(rf"(?:{words.VERBS})\b", clause.lower)
    if bare and isinstance(step, Adjust) and step.target.everything and isinstance(last, Target):
        step = replace(step, target=last)
    found.steps += _each(step)


def _each(step: Step) -> list[Step]:
    """A step for each thing of "the car and the dog"."""
    if not isinstance(step, Recolour | Remove | Adjust) or step.target.everything or step.target.outside:
        return [step]
    pieces = [target(piece) for piece in re.split(r",? and (?:also )?|, | & ", step.target.phrase)]
    if len(pieces) < 2 or not all(piece.noun and not piece.everything for piece in pieces):
        return [step]
    return [replace(step, target=piece) for piece in pieces]


REPLACED_IT = r"(?:replace|swap|exchange) (?:it|them|that|him|her) (?:with|by|for) (.+)$"


def _of_the_last(clause: Clause, found: Instruction) -> Clause:
    """ "Remove the car and replace it with a bus": what "it" is, the step before says, which is then part of this."""
    said = re.match(REPLACED_IT, clause.text, re.IGNORECASE)
    last = found.steps[-1] if found.steps else None
    if said is None or not isinstance(last, Remove | Backdrop) or (isinstance(last, Backdrop) and last.kind != "clear"):
        return clause
    named = f"replace {last.target.phrase} with" if isinstance(last, Remove) else "change the background to"
    whole = clause.of(f"{named} {said[1]}")
    if _steps(whole, RULES) is None:
        return clause
    found.steps.pop()
    return whole


def _merged(steps: list[Step]) -> list[Step]:
    """Hour, season and weather named one by one make one atmosphere."""
    out: list[Step] = []
    for step in steps:
        last = out[-1] if out else None
        if isinstance(step, Atmosphere) and isinstance(last, Atmosphere):
            out[-1] = Atmosphere(step.time or last.time, step.season or last.season, step.weather | last.weather)
        else:
            out.append(step)
    return out
