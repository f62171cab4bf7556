"""A real server process, for tests that stand where a user stands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


class Server:
    """One `gesso serve` process on a free port."""

    def __init__(self, data_dir: Path, *flags: str) -> None:
        self.data_dir = data_dir
        self.log = (data_dir / "server.log").open("ab")
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
                if facts["pid"] == self.process.pid:
                    return facts
            except (OSError, ValueError):
                pass  # not written yet
            time.sleep(0.05)  # also where the file is one that a killed server left
        self.process.kill()
        self.process.wait(30)
        self.log.close()
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
