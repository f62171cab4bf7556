"""A real server process and the ways in which real programs reach it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live import Server

HERE = Path(__file__).parent
Check = Callable[[str], Any]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("server"), "--workers", "1")
    yield started
    started.close()


def output_of(command: list[str], env: dict[str, str], cwd: Path) -> Any:
    """The JSON document that a command prints; its standard error where it fails."""
    done = subprocess.run(
        command, env=env, cwd=cwd, capture_output=True, text=True, timeout=300, check=False, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(params=["proxyUrl", "gesso exec"])
def js(request: pytest.FixtureRequest, server: Server, node: str, js_clients: Path) -> Check:
    """Runs one check of `js/driver.mjs`, once by the client's own setting and once with no setting at all."""

    def check(name: str) -> Any:
        program = [node, "driver.mjs", name]
        if request.param == "proxyUrl":
            return output_of([*program, server.url], dict(os.environ), js_clients)
        return output_of([sys.executable, "-m", "gesso", "exec", "--", *program], server.environment(), js_clients)

    return check


@pytest.fixture
def py(server: Server) -> Check:
    """Runs one check of `driver.py` under `gesso exec`."""

    def check(name: str) -> Any:
        program = [sys.executable, str(HERE / "driver.py"), name]
        return output_of([sys.executable, "-m", "gesso", "exec", "--", *program], server.environment(), HERE)

    return check
