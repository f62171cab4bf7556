"""How long each kind of work has taken lately, to tell what may wait behind what."""

from __future__ import annotations

import math

from gesso.runners.work import Work
from gesso.tasks import Task

QUICK = 0.005
"""Seconds that work may have to wait behind other work in a child's pipe."""

_WEIGHT = 0.2

Kind = tuple[str, type[Task]]


class Pace:
    """A running mean of durations by engine and task; slower is believed at once, quicker only by and by."""

    def __init__(self) -> None:
        self._seconds: dict[Kind, float] = {}
        self.quick_lately = False
        """Whether the last work was of a quick kind."""

    def note(self, work: Work, seconds: float) -> None:
        """Take a measured duration into account."""
        kind = (work.engine, type(work.task))
        before = self._seconds.get(kind, seconds)
        self._seconds[kind] = seconds if seconds > QUICK else before + _WEIGHT * (seconds - before)
        self.quick_lately = self._seconds[kind] <= QUICK

    def seconds(self, work: Work) -> float:
        """What work of this kind usually takes; infinite where nothing is known."""
        return self._seconds.get((work.engine, type(work.task)), math.inf)
