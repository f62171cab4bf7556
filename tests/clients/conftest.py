"""A real server process and the ways in which real programs reach it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
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


def answers(run: Callable[[str], Any], quick: Sequence[str]) -> Check:
    """What the checks of a program found; the quick ones run in one process, when the first of them is asked for."""
    found: dict[str, Any] = {}

    def check(name: str) -> Any:
        if name not in found:
            found.update(run(",".join(quick) if name in quick else name))
        assert "failed" not in found[name], found[name]["failed"]
        return found[name]["answer"]

    return check


QUICK_JS = (
    *("run", "subscribe_polling", "subscribe_streaming", "queue", "cancel", "stream", "upload", "auto_upload"),
    *("invalid", "unknown_endpoint"),
)
QUICK_PY = ("run", "subscribe", "queue", "cancel", "stream", "upload", "auto_upload", "invalid", "asynchronous")


@pytest.fixture(scope="session", params=["proxyUrl", "gesso exec"])
def js(request: pytest.FixtureRequest, server: Server, node: str, js_clients: Path) -> Check:
    """The checks of `js/driver.mjs`, once by the client's own setting and once with no setting at all."""

    def run(names: str) -> Any:
        program = [node, "driver.mjs", names]
        if request.param == "proxyUrl":
            return output_of([*program, server.url], dict(os.environ), js_clients)
        return output_of([sys.executable, "-m", "gesso", "exec", "--", *program], server.environment(), js_clients)

    return answers(run, QUICK_JS)


@pytest.fixture(scope="session")
def py(server: Server) -> Check:
    """The checks of `driver.py` under `gesso exec`."""

    def run(names: str) -> Any:
        program = [sys.executable, str(HERE / "driver.py"), names]
        return output_of([sys.executable, "-m", "gesso", "exec", "--", *program], server.environment(), HERE)

    return answers(run, QUICK_PY)
