"""The address of a server on this machine, as it leaves it in its data folder for other commands to find."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Running:
    """A server's address, as it leaves it in its data folder."""

    url: str
    pid: int
    proxy: str | None = None
    """The intercepting proxy's URL."""
    ca: str | None = None
    """Folder of the private CA."""

    @classmethod
    def here(cls, url: str, proxy: str, ca: Path) -> Running:
        """This process."""
        return cls(url, os.getpid(), proxy, str(ca.resolve()))

    def leave(self, data_dir: Path) -> None:
        """Write the address for other commands to find."""
        temporary = data_dir / f".running.{os.getpid()}"
        temporary.write_text(json.dumps(asdict(self)))
        temporary.replace(data_dir / "running.json")

    @classmethod
    def found(cls, data_dir: Path) -> Running | None:
        """The server that holds `data_dir`, if it still answers."""
        try:
            facts: dict[str, Any] = json.loads((data_dir / "running.json").read_text())
            running = cls(**facts)
        except (OSError, ValueError, TypeError):
            return None
        return running if answers(running.url) else None


def answers(url: str) -> bool:
    """Whether a Gesso server is healthy at `url`."""
    import httpx2

    try:
        with httpx2.Client(trust_env=False, timeout=2.0) as client:
            return client.get(f"{url}/healthz").json().get("service") == "gesso"
    except (httpx2.HTTPError, ValueError):
        return False
