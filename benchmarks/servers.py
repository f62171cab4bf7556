"""The servers under load, each started for a `with` block on a free port and pinned to the server's core."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import SERVER_CORE, cpu_seconds, folder, free_port, process, python, wait_for_port


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    port: int
    process: subprocess.Popen[bytes]
    data_dir: Path | None = None

    @property
    def cpu(self) -> float:
        """CPU seconds that it and its children have used."""
        return cpu_seconds(self.process.pid)

    @property
    def headers(self) -> Mapping[str, str]:
        """What a client of this Gesso sends to be let in."""
        if self.data_dir is None:
            raise ValueError("a peer has no key")
        return {"authorization": f"Key {(self.data_dir / 'key').read_text()}"}

    def counters(self) -> dict[str, int]:
        """Commits and operations of Gesso's database so far."""
        if self.data_dir is None:
            raise ValueError("a peer has no counters")
        path = self.data_dir / "counters.json"
        path.unlink(missing_ok=True)
        self.process.send_signal(signal.SIGUSR1)
        while not path.exists():
            time.sleep(0.005)
        found: dict[str, int] = json.loads(path.read_text())
        return found


@contextmanager
def peer(kind: str, *arguments: str) -> Iterator[Server]:
    """One of `peer_apps`."""
    port = free_port()
    with process(python("benchmarks.peer_apps", kind, str(port), *arguments)) as running:
        wait_for_port(port, running)
        yield Server(port, running)


@contextmanager
def gesso(mode: str, core: int | None = SERVER_CORE) -> Iterator[Server]:
    """Gesso with the no-op endpoint (see `null_server`), on a data folder of its own."""
    with folder() as data_dir:
        port = free_port()
        log = data_dir / "log"
        command = python("benchmarks.null_server", str(data_dir), str(port), mode)
        with process(command, log=log, core=core) as running:
            try:
                wait_for_port(port, running)
            except Exception:
                print(log.read_text()[-4000:])
                raise
            yield Server(port, running, data_dir)
