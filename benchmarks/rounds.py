"""Several servers under the same load in turn, round by round: what disturbs the machine disturbs all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.load import Load, load
from benchmarks.processes import median
from benchmarks.report import number
from benchmarks.servers import Server


@dataclass(frozen=True, slots=True)
class Subject:
    """A server and what is asked of it."""

    name: str
    server: Server
    requests: Sequence[bytes]
    status: int = 200


@dataclass(slots=True)
class Rounds:
    """What a subject's rounds gave."""

    loads: list[Load] = field(default_factory=list[Load])
    cpu: list[float] = field(default_factory=list[float])
    """CPU microseconds of the server, children included, for each request."""

    @property
    def rate(self) -> float:
        """Responses per second, the middle round."""
        return median([one.rate for one in self.loads])

    @property
    def p50(self) -> float:
        return median([one.p50 for one in self.loads])

    @property
    def p99(self) -> float:
        return median([one.p99 for one in self.loads])

    def beside(self, peer: Rounds) -> str:
        """Waiting times, and the CPU time of a request: what other programs on the machine disturb least."""
        own, theirs = median(self.cpu), median(peer.cpu)
        waits = f"p50 {number(self.p50)} ms, p99 {number(self.p99)} ms"
        return f"{waits}; CPU a request {number(own)} µs, the peer's {number(theirs)} µs: ratio {number(theirs / own)}"


def run_rounds(
    subjects: Sequence[Subject], *, rounds: int = 5, seconds: float = 2.0, connections: int = 32
) -> dict[str, Rounds]:
    """Load every subject in each round; by name."""
    results = {subject.name: Rounds() for subject in subjects}
    for subject in subjects:  # compiled regexes, warm caches, a child process that is there
        load(subject.server.port, subject.requests, connections=connections, seconds=0.5, status=subject.status)
    for _ in range(rounds):
        for subject in subjects:
            before = subject.server.cpu
            one = load(
                subject.server.port, subject.requests, connections=connections, seconds=seconds, status=subject.status
            )
            used = subject.server.cpu - before
            results[subject.name].loads.append(one)
            results[subject.name].cpu.append(1e6 * used / (one.count / 0.9))
    return results
