"""A real server process and the ways in which real programs reach it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
Check = Callable[[str], Any]


class Server:
    """One `gesso serve` process on a free port."""

    def __init__(self, data_dir: Path, *flags: str) -> None:
        self.data_dir = data_dir
        self.log = (data_dir / "server.log").open("wb")
        command = [sys.executable, "-m", "gesso", "serve", "--port", "0", "--data-dir", str(data_dir), *flags]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL)
        self.url = self._wait()["url"]

    def _wait(self) -> dict[str, Any]:
        """What the server says of itself once it is ready."""
        for _ in range(600):
            if self.process.poll() is not None:
                break
            try:
                facts: dict[str, Any] = json.loads((self.data_dir / "running.json").read_text())
            except (OSError, ValueError):
                time.sleep(0.05)
                continue
            if facts["pid"] == self.process.pid:
                return facts
        raise RuntimeError(f"the server did not start:\n{self.output()}")

    def output(self) -> str:
        """Everything it printed so far."""
        return (self.data_dir / "server.log").read_text(errors="replace")

    def environment(self) -> dict[str, str]:
        """The environment of a command that shall find this server."""
        return {**os.environ, "GESSO_DATA_DIR": str(self.data_dir)}

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(30)
        self.log.close()


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
