"""What a child process runs: takes work from its parent's socket, one piece at a time, until the socket closes.

    python -m gesso.runners.child SOCKET PARENT REGISTRY MEMORY

The child is expendable. It decodes what strangers sent, so it holds no secret, no database and no listening socket;
it ends with its parent, it is the first to go when memory runs out, and its parent may kill it at any moment.
"""

from __future__ import annotations

import faulthandler
import gc
import importlib
import io
import os
import resource
import signal
import socket
import sys
import threading
import time
import traceback
from collections import deque
from typing import Any

from gesso.engines.engine import Engine
from gesso.runners import orders
from gesso.runners.context import RunContext
from gesso.runners.faults import describe, ran_out_of_memory
from gesso.runners.frames import Splitter, encode, event_body, result_body
from gesso.runners.work import Event, Work

NICENESS = 5
"""Answering requests comes before making pictures on a busy machine."""

OOM_SCORE = 500
MAX_FILE = 8 * 2**30
"""Largest file a child may write, bytes."""

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


class Child:
    """The loop, its socket and the engines it runs."""

    def __init__(self, link: socket.socket, engines: dict[str, Engine]) -> None:
        self._link = link
        self._engines = engines
        self._waiting: deque[bytes] = deque()
        self._splitter = Splitter(sys.maxsize)
        self._sending = threading.Lock()

    def serve(self) -> None:
        """Take orders until the parent closes the socket."""
        self._say(0, "ready", None)
        while (frame := self._next()) is not None:
            order = orders.load(frame)
            if order is None:
                self._warm()
            else:
                self._run(*order)

    def _next(self) -> bytes | None:
        while not self._waiting:
            data = self._link.recv(1 << 16)
            if not data:
                return None
            self._waiting.extend(self._splitter.feed(data))
        return self._waiting.popleft()

    def _run(self, key: int, work: Work) -> None:
        context = RunContext(work, lambda event: self._tell(key, event))
        written = (Lines(context, "STDOUT"), Lines(context, "STDERR"))
        sys.stdout, sys.stderr = written
        began = time.perf_counter()
        try:
            result = self._engines[work.engine].run(work.task, context)
            context.close(result)
            kind, body = "done", result_body(result)
        except Exception as error:
            kind, body = "failed", describe(error)
            if ran_out_of_memory(error):
                error.__traceback__ = None  # it holds the frames that hold the memory
                gc.collect()
        finally:
            for lines in written:
                lines.close()
            sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
        took = time.perf_counter() - began
        try:
            self._say(key, kind, [body, left_behind(), took])
        except (TypeError, ValueError) as error:
            self._say(key, "failed", [describe(error), left_behind(), took])

    def _warm(self) -> None:
        for engine in self._engines.values():
            warm = getattr(engine, "warm", None)
            try:
                if warm is not None:
                    warm()
            except Exception:
                # What cannot be loaded fails the work that needs it, and only that.
                traceback.print_exc()
        gc.freeze()
        self._say(0, "warm", None)

    def _tell(self, key: int, event: Event) -> None:
        self._say(key, *event_body(event))

    def _say(self, key: int, kind: str, body: Any) -> None:
        frame = encode(key, kind, body)
        # An engine's own threads may log: two frames must not mix.
        with self._sending:
            self._link.sendall(frame)


class Lines(io.TextIOBase):
    """`sys.stdout` and `sys.stderr` of engine code: whole lines go to the request's log."""

    def __init__(self, context: RunContext, level: str) -> None:
        self._context = context
        self._level = level
        self._rest = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        done, newline, self._rest = (self._rest + text).rpartition("\n")
        if newline:
            self._context.log(done, self._level)
        elif len(self._rest) > 1 << 16:
            self._context.log(self._rest, self._level)
            self._rest = ""
        return len(text)

    def close(self) -> None:
        if not self.closed and self._rest:
            self._context.log(self._rest, self._level)
            self._rest = ""
        super().close()


def left_behind() -> bool:
    """Whether processes that the work started are still there (as a subreaper we get the orphans, too)."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def confine(parent: int, memory: int) -> None:
    """Give up what a child must not have: life without its parent, memory beyond its cap, precedence, core dumps."""
    if sys.platform == "linux":
        import ctypes

        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write(str(OOM_SCORE))
        # Not RLIMIT_AS: model runtimes reserve address space by the gigabyte and never touch it.
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    if os.getppid() != parent:
        sys.exit(0)
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_FILE, MAX_FILE))


def main(arguments: list[str]) -> None:
    """Entry: descriptor of the socket, the parent's process id, `module:function` of the engines, bytes of memory."""
    descriptor, parent, registry, memory = arguments
    confine(int(parent), int(memory))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which knows what to do with the work
    faulthandler.enable()
    module, _, name = registry.partition(":")
    engines: list[Engine] = getattr(importlib.import_module(module), name)()
    link = socket.socket(fileno=int(descriptor))
    Child(link, {engine.name: engine for engine in engines}).serve()


if __name__ == "__main__":
    main(sys.argv[1:])
