"""Who sits where: a piece of work on its way through the pool, and a child with the work it has been given."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from gesso.engines.engine import Result
from gesso.runners.supervise import Child
from gesso.runners.work import OnEvent, Work


@dataclass(eq=False, slots=True)
class Ticket:
    """Work on its way through the pool."""

    key: int
    work: Work
    on_event: OnEvent
    answer: asyncio.Future[Result]
    off: asyncio.Future[None] | None = None
    """Set when cancelled work has left its child."""
    started: float = 0.0
    frames: int = 0

    def end(self, outcome: Result | Exception) -> None:
        """Give the outcome to whoever waits."""
        if self.off is not None and not self.off.done():
            self.off.set_result(None)
        if self.answer.done():
            return
        if isinstance(outcome, Result):
            self.answer.set_result(outcome)
        else:
            self.answer.set_exception(outcome)


@dataclass(eq=False, slots=True)
class Seat:
    """A child and what it has been given."""

    child: Child
    since: float
    """When it was started or last became free."""
    tickets: deque[Ticket] = field(default_factory=deque[Ticket])
    ready: bool = False
    warming: bool = False
    warm: bool = False
    leaving: bool = False
    verdict: Exception | None = None
    """Why we killed it: what the running work's client is told."""

    def kill(self, verdict: Exception | None = None) -> None:
        self.leaving = True
        self.verdict = self.verdict or verdict
        self.child.kill()
