"""The pool of child processes: who runs what next, within which caps, and what happens when a child dies.

    waiting ──▶ a free child, else behind quick work in a busy child's pipe, else a new child
    running ──▶ done · failed · over a cap (killed) · cancelled (killed) · the child died

Children are started when needed, one always waits warm, and each runs many jobs. A job that was only waiting in the
pipe of a child that died goes back to the front of the queue: it has lost no attempt.
"""

from __future__ import annotations

import asyncio
import itertools
import signal
import time
from collections import deque
from collections.abc import Iterable
from typing import Any

import structlog

from gesso.engines.engine import Result
from gesso.errors import CapExceeded, RunnerDied
from gesso.runners import orders
from gesso.runners.context import MAX_LINES
from gesso.runners.faults import memory_message, restore
from gesso.runners.frames import BadFrame, decode, read_event, read_result
from gesso.runners.pace import QUICK, Pace
from gesso.runners.seats import Seat, Ticket
from gesso.runners.supervise import Child, descendants, resident
from gesso.runners.work import Logged, OnEvent, Started, Work
from gesso.settings import Settings

REGISTRY = "gesso.engines:engines"

AHEAD = 8
"""Most pieces of work in one child: the one that runs and, behind quick work, the next, so the pipe never idles."""

GRACE = 0.05
"""Seconds that cancelled work may still take: quick work ends by itself, and that is cheaper than a new child."""

TICK = 0.1
"""Seconds between two looks at what the children use."""

SPARE_AFTER = 0.5
"""Seconds for which no child was free, after which one more is started to wait."""

IDLE_AFTER = 60.0
"""Seconds after which a free child beyond the first is let go."""

START_SECONDS = 60.0
FAILED_STARTS = 3
MAX_FRAMES = 4 * MAX_LINES
MAX_PROCESSES = 64
"""Processes and their descendants below one child: more is a fork bomb."""

log = structlog.get_logger(__name__)


class ProcessPool:
    """`settings.workers` children at most, each with `settings.job_memory` and `settings.job_seconds` per job."""

    def __init__(self, settings: Settings, *, registry: str = REGISTRY) -> None:
        self._registry = registry
        self._most = max(1, settings.workers)
        self._memory = settings.job_memory
        self._seconds = settings.job_seconds
        self._keys = itertools.count(1)
        self._seats: list[Seat] = []
        self._urgent: deque[Ticket] = deque()
        self._normal: deque[Ticket] = deque()
        self._pace = Pace()
        self._failed_starts = 0
        self._watching: asyncio.TimerHandle | None = None
        self._crowded: float | None = None
        self._closed = False

    @property
    def room(self) -> int:
        """How many pieces of work are worth holding at once: few slow ones, many quick ones."""
        return self._most * (32 if self._pace.quick_lately else 2)

    @property
    def children(self) -> list[Child]:
        """The children that are alive."""
        return [seat.child for seat in self._seats if seat.child.exit_code is None]

    @property
    def pids(self) -> list[int]:
        """Their process ids."""
        return [child.pid for child in self.children]

    async def start(self) -> None:
        """Start the first child; it warms up by itself, at low priority."""
        if not self._seats:
            self._take_seat()

    async def run(self, work: Work, on_event: OnEvent) -> Result:
        """Run one piece of work in a child."""
        if self._closed:
            raise RunnerDied("The runners are shut down.")
        ticket = Ticket(next(self._keys), work, on_event, asyncio.get_running_loop().create_future())
        (self._urgent if work.urgent else self._normal).append(ticket)
        self._dispatch()
        try:
            return await ticket.answer
        except asyncio.CancelledError:
            await self._withdraw(ticket)
            raise

    async def close(self) -> None:
        """Kill every child and fail what is left."""
        self._closed = True
        if self._watching is not None:
            self._watching.cancel()
        for ticket in (*self._urgent, *self._normal):
            ticket.end(RunnerDied("The runners are shut down."))
        self._urgent.clear()
        self._normal.clear()
        seats = list(self._seats)
        for seat in seats:
            seat.kill()
        for seat in seats:
            await seat.child.gone

    # ------------------------------------------------------------ who runs what

    def _dispatch(self) -> None:
        while waiting := self._urgent or self._normal:
            if waiting[0].answer.done():
                waiting.popleft().end(RunnerDied("cancelled while waiting"))
                continue
            seat = self._free_seat()
            if seat is None:
                break
            self._give(seat, waiting.popleft())
        if self._watching is None and not self._closed:
            self._watch()

    def _free_seat(self) -> Seat | None:
        seats = [seat for seat in self._seats if not seat.leaving and seat.child.exit_code is None]
        free = [seat for seat in seats if not seat.tickets]
        if free:
            return max(free, key=lambda seat: (seat.warm, seat.ready))
        quick = [seat for seat in seats if len(seat.tickets) < AHEAD and self._is_quick(seat)]
        if quick:
            return min(quick, key=lambda seat: len(seat.tickets))
        return self._take_seat() if len(self._seats) < self._most else None

    def _is_quick(self, seat: Seat) -> bool:
        return seat.ready and sum(self._pace.seconds(ticket.work) for ticket in seat.tickets) <= QUICK

    def _take_seat(self) -> Seat:
        seat = Seat(Child(self._registry, self._memory, self), time.monotonic())
        self._seats.append(seat)
        return seat

    def _give(self, seat: Seat, ticket: Ticket) -> None:
        seat.tickets.append(ticket)
        seat.child.send(orders.dump((ticket.key, ticket.work)))
        if len(seat.tickets) == 1:
            self._begin(seat)

    def _begin(self, seat: Seat) -> None:
        """The first ticket of a seat is what its child runs now."""
        ticket = seat.tickets[0]
        ticket.started = time.monotonic()
        if ticket.answer.done():
            self._kill_soon(seat, ticket)
        else:
            ticket.on_event(Started())

    # ------------------------------------------------------------ what a child says

    def on_frame(self, child: Child, frame: bytes) -> None:
        """A child's message. Raises `BadFrame`, for which the child is killed."""
        seat = self._seat_of(child)
        key, kind, body = decode(frame)
        if key == 0:
            self._greeted(seat, kind)
            return
        ticket = seat.tickets[0] if seat.tickets else None
        if ticket is None or ticket.key != key:
            raise BadFrame("an answer to no question")
        if kind in ("done", "failed"):
            self._finished(seat, ticket, kind, body)
            return
        ticket.frames += 1
        if ticket.frames > MAX_FRAMES:
            raise BadFrame("too many messages")
        event = read_event(kind, body, ticket.work.tmp)
        if not ticket.answer.done():
            ticket.on_event(event)

    def _greeted(self, seat: Seat, kind: str) -> None:
        seat.ready = True
        seat.warm = seat.warm or kind == "warm"
        self._failed_starts = 0
        now = time.monotonic()
        for ticket in itertools.islice(seat.tickets, 1):
            ticket.started = now  # its time begins now, not with the start of the child
        self._warm_up(seat)
        self._dispatch()

    def _warm_up(self, seat: Seat) -> None:
        if not seat.tickets and not seat.warming and not self._waits:
            seat.warming = True
            seat.child.send(orders.dump(None))

    def _finished(self, seat: Seat, ticket: Ticket, kind: str, body: Any) -> None:
        if not isinstance(body, list) or len(body) != 3:  # pyright: ignore[reportUnknownArgumentType]
            raise BadFrame("an answer of the wrong form")
        said, littered, seconds = body  # pyright: ignore[reportUnknownVariableType]
        outcome = read_result(said, ticket.work.tmp) if kind == "done" else restore(said, self._memory)
        took = time.monotonic() - ticket.started
        # Its own measure leaves out how long its words lay unread. It may lie: that would cost its neighbours a wait.
        self._pace.note(ticket.work, min(max(seconds, 0.0), took) if isinstance(seconds, float) else took)
        seat.child.settle_output()
        seat.tickets.popleft()
        ticket.end(outcome)
        if littered or (took > TICK and self._is_swollen(seat)):
            seat.kill()
            self._take_back(seat.tickets)
            seat.tickets.clear()
        elif seat.tickets:
            self._begin(seat)
        else:
            seat.since = time.monotonic()
            self._warm_up(seat)
        self._dispatch()

    def _take_back(self, tickets: Iterable[Ticket]) -> None:
        """Put work that no child has begun back to the front of the queue."""
        for ticket in reversed(list(tickets)):
            (self._urgent if ticket.work.urgent else self._normal).appendleft(ticket)

    def _is_swollen(self, seat: Seat) -> bool:
        return resident(seat.child.pid) > self._memory // 2

    def on_output(self, child: Child, text: str) -> None:
        """What a child wrote to its standard output or error below Python: a library's warning, a crash's traces."""
        seat = self._seat_of(child)
        lines = [line for line in text.splitlines() if line.strip()]
        # Only when it can be no one else's: a line must not reach another key's log.
        if len(seat.tickets) == 1 and not seat.tickets[0].answer.done():
            for line in lines[:MAX_LINES]:
                seat.tickets[0].on_event(Logged(line, "STDERR"))
        else:
            log.info("runner output", pid=child.pid, lines=lines[:20])

    # ------------------------------------------------------------ how a child ends

    def on_exit(self, child: Child) -> None:
        """A child has ended: its running work has failed, the rest of its work goes to others."""
        seat = self._seat_of(child)
        self._seats.remove(seat)
        left = list(seat.tickets)
        if seat.ready and left:
            left.pop(0).end(seat.verdict or self._death(child))
        elif not seat.ready and not seat.leaving:
            self._failed_starts += 1
            log.error("runner did not start", pid=child.pid, exit_code=child.exit_code)
        self._take_back(left)
        if self._closed:
            self._fail(left)
        elif self._failed_starts < FAILED_STARTS:
            # One that ends while it has nothing to do would do so again: the next is started when there is work.
            if not self._seats and (seat.tickets or seat.leaving or not seat.ready):
                self._take_seat()
            self._dispatch()
        else:
            self._fail((*self._urgent, *self._normal))
            self._failed_starts = 0

    def _death(self, child: Child) -> Exception:
        if child.peak > 0.9 * self._memory:
            # A library that dies when memory is refused, or the system's own choice.
            return CapExceeded("memory", memory_message(self._memory))
        code = child.exit_code or 0
        how = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
        return RunnerDied(f"The process that ran the request ended {how}.")

    def _fail(self, tickets: Iterable[Ticket]) -> None:
        for ticket in list(tickets):
            ticket.end(RunnerDied("The process that was to run the request did not start."))

    async def _withdraw(self, ticket: Ticket) -> None:
        """Return when cancelled work has ended, so that its folder can be removed."""
        queue = self._urgent if ticket.work.urgent else self._normal
        if ticket in queue:
            queue.remove(ticket)
            return
        seat = next((seat for seat in self._seats if ticket in seat.tickets), None)
        if seat is None:
            return
        ticket.off = asyncio.get_running_loop().create_future()
        if seat.tickets[0] is ticket:
            self._kill_soon(seat, ticket)
        await ticket.off

    def _kill_soon(self, seat: Seat, ticket: Ticket) -> None:
        def still_running() -> None:
            if seat.tickets and seat.tickets[0] is ticket:
                seat.kill()

        asyncio.get_running_loop().call_later(GRACE, still_running)

    # ------------------------------------------------------------ caps and numbers

    def _watch(self) -> None:
        """Look at every child now and, as long as there is anything to see, again."""
        now = time.monotonic()
        for seat in self._seats:
            if seat.tickets and not seat.leaving:
                self._check(seat, now)
        self._keep_spare(now)
        busy = any(seat.tickets for seat in self._seats) or self._waits
        pause = TICK if busy else IDLE_AFTER / 4
        self._watching = None
        if busy or len(self._seats) > 1:
            self._watching = asyncio.get_running_loop().call_later(pause, self._watch)

    def _check(self, seat: Seat, now: float) -> None:
        if not seat.ready:
            if now - seat.since > START_SECONDS:
                seat.child.kill()
            return
        took = now - seat.tickets[0].started
        if took > self._seconds:
            seat.kill(CapExceeded("time", f"The job needed more time than its limit of {self._seconds:g} s."))
        elif took > TICK / 2:
            below = descendants(seat.child.pid)
            if len(below) > MAX_PROCESSES:
                seat.kill(CapExceeded("memory", f"The job started more than {MAX_PROCESSES} processes."))
            elif sum(map(resident, (seat.child.pid, *below))) > self._memory:
                seat.kill(CapExceeded("memory", memory_message(self._memory)))

    def _keep_spare(self, now: float) -> None:
        """One free child, where the number allows, once it is clear that it would be used; no more when idle."""
        free = [seat for seat in self._seats if not seat.tickets and not seat.leaving]
        if not free:
            self._crowded = self._crowded or now
            if now - self._crowded >= SPARE_AFTER and len(self._seats) < self._most:
                self._take_seat()
            return
        self._crowded = None
        for seat in free[1:]:
            if now - seat.since > IDLE_AFTER:
                seat.leaving = True
                seat.child.quit()

    @property
    def _waits(self) -> bool:
        return bool(self._urgent or self._normal)

    def _seat_of(self, child: Child) -> Seat:
        return next(seat for seat in self._seats if seat.child is child)
