"""Where requests stand, in memory: clients poll ten times a second, and most polls bring nothing new.

The database stays the truth. One store moves every request of a data folder (its lock sees to that), so what it has
been told after each sync is what a reader of the database would find.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from gesso.db.database import Row
from gesso.jobs.job import Status
from gesso.jobs.rows import PRIORITIES

ENDED = 10_000
"""Ended requests that are remembered: about 5 MB."""


@dataclass(slots=True)
class Live:
    """A request that waits or runs."""

    id: str
    owner: str
    endpoint: str
    priority: int
    seq: int
    """Its place in the order of acceptance."""
    running: bool = False


class Board:
    """What is known of requests without asking the database. What it does not know, the database does."""

    def __init__(self) -> None:
        self._live: dict[str, Live] = {}
        self._lines: tuple[list[int], ...] = tuple([] for _ in PRIORITIES)
        """Of each priority the `seq` of those that wait, rising."""
        self._waiting: Counter[str] = Counter()
        """The same by endpoint."""
        self._ended: dict[str, tuple[str, Status]] = {}

    def find(self, job_id: str) -> tuple[str, Status] | None:
        """Owner and status of a request; None where it is not known here."""
        ended = self._ended.get(job_id)
        if ended is not None:
            return ended
        live = self._live.get(job_id)
        if live is None:
            return None
        if live.running:
            return live.owner, Status(job_id, live.endpoint, "IN_PROGRESS")
        return live.owner, Status(job_id, live.endpoint, "IN_QUEUE", self.ahead(live.priority, live.seq))

    def ahead(self, priority: int, seq: int) -> int:
        """How many wait before a place in line: normal before low, then first come first served."""
        return sum(map(len, self._lines[:priority])) + bisect_left(self._lines[priority], seq)

    def waiting(self, endpoint: str) -> int:
        """How many wait for an endpoint."""
        return self._waiting[endpoint]

    @property
    def nobody_waits(self) -> bool:
        """Whether there is no line."""
        return not any(self._lines)

    # ------------------------------------------------------------ moves, each told after its sync

    def enter(self, live: Live) -> None:
        """A request has been accepted."""
        if live.id not in self._live:
            self._live[live.id] = live
            if not live.running:
                self._line_up(live)

    def start(self, job_id: str) -> None:
        """A worker has taken it."""
        live = self._live.get(job_id)
        if live is not None and not live.running:
            self._step_out(live)
            live.running = True

    def put_back(self, job_id: str) -> None:
        """Its run came to nothing: it waits again, at its old place."""
        live = self._live.get(job_id)
        if live is not None and live.running:
            live.running = False
            self._line_up(live)

    def drop(self, job_id: str) -> None:
        """It has ended."""
        live = self._live.pop(job_id, None)
        if live is not None and not live.running:
            self._step_out(live)

    def remember(self, owner: str, status: Status) -> None:
        """Keep how a request ended, which never changes."""
        if len(self._ended) >= ENDED:
            del self._ended[next(iter(self._ended))]
        self._ended[status.id] = owner, status

    def forget(self) -> None:
        """Some of the requests that ended are gone from the record."""
        self._ended.clear()

    def load(self, rows: Iterable[Row]) -> None:
        """Begin anew from every live row (`jobs.live`): at start, and after moves of many at once."""
        self._live.clear()
        self._waiting.clear()
        for line in self._lines:
            line.clear()
        for row in rows:
            running = row["state"] == "IN_PROGRESS"
            self.enter(Live(row["id"], row["owner"], row["endpoint"], row["priority"], row["seq"], running))

    def _line_up(self, live: Live) -> None:
        self._waiting[live.endpoint] += 1
        line = self._lines[live.priority]
        if line and live.seq < line[-1]:
            insort(line, live.seq)
        else:
            line.append(live.seq)

    def _step_out(self, live: Live) -> None:
        self._waiting[live.endpoint] -= 1
        line = self._lines[live.priority]
        del line[bisect_left(line, live.seq)]
