"""Commands are run as a user runs them: as processes, beside a real server."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.live import Server


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Gesso = Callable[..., Done]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("server"), "--workers", "1")
    yield started
    started.close()


@pytest.fixture
def gesso(server: Server, tmp_path: Path) -> Gesso:
    """Runs `gesso ARGUMENTS` in a fresh folder; the server is the one on its data folder."""

    def run(*arguments: str, **environ: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "gesso", *arguments],
            env={**server.environment(), **environ},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run
