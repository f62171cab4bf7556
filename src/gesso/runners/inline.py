"""The pool without processes: engines run in the calling thread. For tests, and to measure what processes cost."""

from __future__ import annotations

from collections.abc import Sequence

from gesso.engines.engine import Engine, Result
from gesso.errors import CapExceeded, GessoError
from gesso.runners.context import RunContext
from gesso.runners.faults import ran_out_of_memory
from gesso.runners.work import EngineFault, OnEvent, Started, Work


class InlinePool:
    """No caps, no cancelling, and a crash is the caller's: never for media from strangers."""

    room = 64

    def __init__(self, engines: Sequence[Engine]) -> None:
        self._engines = {engine.name: engine for engine in engines}

    async def start(self) -> None:
        """Nothing to get ready."""

    async def run(self, work: Work, on_event: OnEvent) -> Result:
        """Run the engine here and now; the event loop stands still meanwhile."""
        on_event(Started())
        context = RunContext(work, on_event)
        try:
            result = self._engines[work.engine].run(work.task, context)
            context.close(result)
            return result
        except GessoError:
            raise
        except Exception as error:
            if ran_out_of_memory(error):
                raise CapExceeded("memory", "The job needed more memory than there is.") from None
            raise EngineFault(f"{type(error).__name__}: {error}") from error

    async def close(self) -> None:
        """Nothing to end."""
