"""Servers as processes of their own: pinned to a core, waited for, weighed, and ended with all their children."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
WORK = ROOT / ".cache" / "bench"
"""Throw-away environments and data folders: on the checkout's own disk, because /tmp is often no disk."""

SERVER_CORE = 0
LOAD_CORE = 1


def on_core(core: int | None) -> Callable[[], None] | None:
    """What a child does first to stay on one core; none where the system has no such call or too few cores."""
    if core is None or not hasattr(os, "sched_setaffinity") or (os.cpu_count() or 1) < 2:
        return None
    return lambda: os.sched_setaffinity(0, {core})


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def folder() -> Iterator[Path]:
    """A data folder that is removed afterwards."""
    WORK.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix="run-", dir=WORK))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def process(
    command: Sequence[str],
    *,
    core: int | None = SERVER_CORE,
    env: Mapping[str, str] | None = None,
    log: Path | None = None,
    cwd: Path = ROOT,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own, ended afterwards with whatever it started. `log` gets what it prints."""
    with open(log or os.devnull, "ab") as sink:
        running = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            env=dict(os.environ) | dict(env or {}),
            cwd=cwd,
            start_new_session=True,
            preexec_fn=on_core(core),  # noqa: PLW1509  one thread here
        )
    try:
        yield running
    finally:
        _end(running)


def _end(running: subprocess.Popen[bytes]) -> None:
    below = descendants(running.pid)
    with contextlib.suppress(ProcessLookupError):
        running.send_signal(signal.SIGTERM)
    try:
        running.wait(10)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    for pid in below:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def python(module: str, *arguments: str) -> list[str]:
    """The command of a module under this interpreter."""
    return [sys.executable, "-m", module, *arguments]


class DidNotStart(Exception):
    """A server ended, or never answered."""


def wait_for_port(port: int, running: subprocess.Popen[bytes], seconds: float = 30.0) -> None:
    """Return once something accepts connections there."""

    def accepts() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    _wait(accepts, running, seconds)


def wait_for(url: str, running: subprocess.Popen[bytes], seconds: float = 60.0) -> None:
    """Return once the URL answers 200."""

    def answers() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310  our own loopback address
                return response.status == 200
        except (urllib.error.URLError, OSError):
            return False

    _wait(answers, running, seconds)


def _wait(ready: Callable[[], bool], running: subprocess.Popen[bytes], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not ready():
        if running.poll() is not None:
            raise DidNotStart(f"{running.args!r} ended with {running.returncode}")
        if time.monotonic() > end:
            raise DidNotStart(f"{running.args!r} was not ready after {seconds:g} s")
        time.sleep(0.005)


# ---------------------------------------------------------------- weighing


def descendants(pid: int) -> list[int]:
    """Process ids below `pid`."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                found += [int(child), *descendants(int(child))]
    return found


def resident(pid: int) -> float:
    """Resident memory of a process in MB (10^6 bytes)."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def resident_tree(pid: int) -> float:
    """Resident memory of a process and all below it in MB; pages they share count once for each."""
    total = 0.0
    for one in (pid, *descendants(pid)):
        with contextlib.suppress(OSError):
            total += resident(one)
    return total


def cpu_seconds(pid: int) -> float:
    """CPU time that a process and all below it have used so far."""
    ticks = 0
    for one in (pid, *descendants(pid)):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def median(values: Sequence[float]) -> float:
    """The middle of what the rounds gave."""
    return statistics.median(values)
