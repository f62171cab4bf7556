"""What a runner pool takes and tells: one attempt's work order in, events and a result out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from gesso.engines.engine import EngineOptions, Made, Result
from gesso.tasks import Task


@dataclass(slots=True, kw_only=True)
class Work:
    """One attempt at one task. Nobody changes it; not frozen for the reason that `NewJob` gives."""

    job: str
    endpoint: str
    engine: str
    """Name of the engine, as the pool's registry knows it."""
    task: Task
    tmp: str
    """This attempt's own folder. Made by whoever first writes there. The caller removes it, unless the work has ended
    well without files: then the pool has."""
    options: EngineOptions = field(default_factory=EngineOptions)
    urgent: bool = False
    """Somebody holds a connection open for it: goes before waiting work that is not urgent."""


@dataclass(frozen=True, slots=True)
class Started:
    """The engine has begun, after whatever wait for a free process."""


@dataclass(frozen=True, slots=True)
class Logged:
    """A line that the engine, or a library inside it, wrote."""

    message: str
    level: str = "INFO"


@dataclass(frozen=True, slots=True)
class Previewed:
    """An intermediate picture."""

    made: Made
    values: Mapping[str, Any]


Event = Started | Logged | Previewed
OnEvent = Callable[[Event], None]


class EngineFault(Exception):
    """An engine raised what no engine should: our mistake, not the client's. The text is its traceback."""


class Pool(Protocol):
    """Runs work. Two make it: child processes for serving, the calling process for tests and benchmarks."""

    @property
    def room(self) -> int:
        """How many pieces of work are worth holding at once; a worker claims no more."""
        ...

    async def start(self) -> None:
        """Get ready; does not wait until everything is warm."""
        ...

    async def run(self, work: Work, on_event: OnEvent) -> Result:
        """Run one piece of work.

        Raises what the engine raised on purpose (`GessoError`), `CapExceeded`, `RunnerDied` or `EngineFault`.
        When the awaiting task is cancelled the work has ended before `CancelledError` leaves here.
        """
        ...

    async def close(self) -> None:
        """End everything at once."""
        ...
