"""One child process as its parent sees it: started, spoken to, watched, killed with everything below it, reaped."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Protocol

import structlog

from gesso.runners.frames import BadFrame, Splitter, framed

CHUNK = 1 << 16

QUIET_AFTER = 256 * 1024
"""Bytes of raw output after which a child is read slowly: a flood must neither fill memory nor take the loop."""

QUIET_PAUSE = 0.002
"""Seconds between two reads of a flooding child: at most 32 MB a second are read and thrown away."""

MOST_READS = 64
"""Reads in one go of what a child has printed; a pipe holds less unless something still writes to it."""

ONE_THREAD = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB")
"""Prefixes of `…_NUM_THREADS`: cores are shared out by child processes, and one thread gives the same sums."""

_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL", re.IGNORECASE)

log = structlog.get_logger(__name__)


class Listener(Protocol):
    """Who is told what a child does."""

    def on_frame(self, child: Child, frame: bytes) -> None: ...
    def on_output(self, child: Child, text: str) -> None: ...
    def on_exit(self, child: Child) -> None: ...


class Child:
    """A running child. Everything here happens on the event loop's thread."""

    def __init__(self, registry: str, memory: int, listener: Listener) -> None:
        self._listener = listener
        self._loop = asyncio.get_running_loop()
        self._splitter = Splitter()
        self._unsent = bytearray()
        self._raw = 0
        self._partial = b""
        self._open = True
        self.exit_code: int | None = None
        self.peak = 0
        """Most memory it held, bytes; known once it has ended."""
        self.gone: asyncio.Future[None] = self._loop.create_future()
        self._link, theirs = socket.socketpair()
        self._output, their_output = os.pipe()
        try:
            self._process = _spawn(theirs.fileno(), their_output, registry, memory)
        finally:
            theirs.close()
            os.close(their_output)
        self.pid = self._process.pid
        self._link.setblocking(False)
        os.set_blocking(self._output, False)
        self._loop.add_reader(self._link.fileno(), self._receive)
        self._loop.add_reader(self._output, self._read_output)
        self._await_exit()

    def send(self, payload: bytes) -> None:
        """Send a frame, together with what else is sent in this turn of the loop: waking a process is what costs."""
        if not self._unsent:
            self._loop.call_soon(self._flush)
        self._unsent += framed(payload)

    def quit(self) -> None:
        """Ask it to end when it has done what it was sent."""
        with contextlib.suppress(OSError):
            self._link.shutdown(socket.SHUT_WR)

    def kill(self) -> None:
        """End it and every process below it, now."""
        if self.exit_code is None:
            kill_tree(self.pid)

    def settle_output(self) -> None:
        """Read what it has printed so far and begin a new account: a line belongs to the work that wrote it."""
        for _ in range(MOST_READS):
            if not self._take_output():
                break
        self._hand_on(self._partial)
        self._partial = b""
        self._raw = 0

    # ------------------------------------------------------------ its messages

    def _flush(self) -> None:
        if not self._open:
            return
        try:
            del self._unsent[: self._link.send(self._unsent)]
        except BlockingIOError:
            pass
        except OSError:
            self._unsent.clear()  # it is gone; its exit says so next
        if self._unsent:
            self._loop.add_writer(self._link.fileno(), self._flush)
        else:
            self._loop.remove_writer(self._link.fileno())

    def _receive(self) -> bool:
        """Read once; whether there may be more."""
        try:
            data = self._link.recv(CHUNK)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        if not data:
            # Its end of the socket is closed; the exit is told by the process itself.
            self._loop.remove_reader(self._link.fileno())
            return False
        try:
            for frame in self._splitter.feed(data):
                self._listener.on_frame(self, frame)
        except BadFrame as error:
            log.warning("a runner broke the protocol", pid=self.pid, reason=str(error))
            self.kill()
            return False
        except Exception:
            # Whatever it said that we did not foresee: it must not wait for an answer that nobody gives.
            log.exception("a runner's message could not be handled", pid=self.pid)
            self.kill()
            return False
        return True

    # ------------------------------------------------------------ its raw output

    def _read_output(self) -> None:
        taken = self._take_output()
        if taken == 0:
            self._loop.remove_reader(self._output)  # the end: nobody holds the other side any more
        elif self._raw > QUIET_AFTER:
            self._loop.remove_reader(self._output)
            self._loop.call_later(QUIET_PAUSE, self._listen_again)

    def _take_output(self) -> int | None:
        """Read once: how many bytes, 0 at the end, none where there is nothing now."""
        try:
            data = os.read(self._output, CHUNK)
        except BlockingIOError:
            return None
        self._raw += len(data)
        if self._raw <= QUIET_AFTER:
            lines, newline, self._partial = (self._partial + data).rpartition(b"\n")
            self._hand_on(lines + newline)
        return len(data)

    def _hand_on(self, lines: bytes) -> None:
        if lines:
            self._listener.on_output(self, lines.decode(errors="replace"))

    def _listen_again(self) -> None:
        if self._open:
            self._loop.add_reader(self._output, self._read_output)

    # ------------------------------------------------------------ its end

    def _await_exit(self) -> None:
        if hasattr(os, "pidfd_open"):
            self._exit_fd = os.pidfd_open(self.pid)
            self._loop.add_reader(self._exit_fd, self._reap)
        else:  # pragma: no cover -- macOS
            threading.Thread(target=self._wait, daemon=True, name=f"gesso-wait-{self.pid}").start()

    def _wait(self) -> None:  # pragma: no cover -- macOS
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody is left to tell
            self._loop.call_soon_threadsafe(self._reap)

    def _reap(self) -> None:
        if hasattr(os, "pidfd_open"):
            self._loop.remove_reader(self._exit_fd)
            os.close(self._exit_fd)
        kill_group(self.pid)  # what it left in its group, before its number can belong to another
        _, status, usage = os.wait4(self.pid, 0)
        self.exit_code = self._process.returncode = os.waitstatus_to_exitcode(status)
        self.peak = _peak(usage.ru_maxrss)
        # Its last words are still in the pipes: a result that it sent counts, though it died right after.
        while self._receive():
            pass
        self.settle_output()
        self._close()
        self._listener.on_exit(self)
        self.gone.set_result(None)

    def _close(self) -> None:
        self._open = False
        self._loop.remove_reader(self._link.fileno())
        self._loop.remove_writer(self._link.fileno())
        self._loop.remove_reader(self._output)
        self._link.close()
        os.close(self._output)


def _peak(maxrss: int) -> int:
    """Bytes that a child held at most, from its `ru_maxrss`; 0 where that tells of this process instead.

    Until it executes its own program a child shares our memory, and Linux keeps that peak as its own.
    """
    inherited = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return 0 if maxrss <= inherited else maxrss * (1 if sys.platform == "darwin" else 1024)


def _spawn(link: int, output: int, registry: str, memory: int) -> subprocess.Popen[bytes]:
    # -P: the folder one happens to stand in must not hold modules that a child would import.
    # The default of close_fds and no preexec_fn let CPython use vfork: a start costs the loop about a millisecond.
    module = ("-P", "-m", "gesso.runners.child")
    return subprocess.Popen(
        [sys.executable, *module, str(link), str(os.getpid()), registry, str(memory)],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        pass_fds=(link,),
        start_new_session=True,
        env=environment(os.environ),
    )


def environment(own: Mapping[str, str]) -> dict[str, str]:
    """What a child gets of our environment: no secrets, one thread, the same hashes and modules each time."""
    kept = {name: value for name, value in own.items() if not _SECRET.search(name)}
    kept |= {f"{prefix}_NUM_THREADS": "1" for prefix in ONE_THREAD}
    return kept | {"PYTHONHASHSEED": "0", "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


# ---------------------------------------------------------------- processes below a child


def kill_tree(pid: int) -> None:
    """Kill a process and all its descendants, also those that left its process group."""
    _signal(pid, signal.SIGSTOP)  # nothing new is born while we count
    for member in (*descendants(pid), pid):
        _signal(member, signal.SIGKILL)
    kill_group(pid)


def kill_group(pid: int) -> None:
    """Kill the process group that `pid` leads."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def descendants(pid: int) -> list[int]:
    """Process ids below `pid`; empty where the system does not tell (macOS)."""
    found: list[int] = []
    for child in _children(pid):
        found += [child, *descendants(child)]
    return found


def resident(pid: int) -> int:
    """Bytes of memory that a process holds now; 0 where the system does not tell."""
    try:
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children") as file:
                found += [int(child) for child in file.read().split()]
    return found


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
