"""What it costs to have Gesso: time to ready and to a first picture, memory at rest, bytes installed.

Each is started from an environment of its own that holds what a user would install, LiteLLM's proxy likewise.
"""

from __future__ import annotations

import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from subprocess import CalledProcessError, Popen

from benchmarks.installs import gesso_environment, litellm_environment, megabytes
from benchmarks.processes import folder, free_port, median, process, resident, resident_tree
from benchmarks.report import Report

REST = 3.0
"""Seconds after which a server counts as idle."""

# The proxy otherwise asks a host on the internet for its price list, and waits.
OFFLINE = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "NO_PROXY": "127.0.0.1"}
LITELLM_CONFIG = """
model_list:
  - model_name: stub
    litellm_params: {model: openai/stub, api_base: "http://127.0.0.1:9/v1", api_key: none}
"""


@dataclass(frozen=True, slots=True)
class Start:
    """One start. Seconds and MB; `picture` counts from ready."""

    ready: float
    memory: float
    tree: float
    picture: float | None = None
    """None where no picture came."""


def main(rounds: int = 3) -> None:
    """Gesso alone and with its engine, and LiteLLM."""
    report = Report("startup", "Start, memory at rest and size of the installation")
    alone, whole = gesso_environment("core"), gesso_environment("sketch")
    start_gesso(whole)  # caches of the disk are warm for both
    ours = [start_gesso(whole) for _ in range(rounds)]
    peer, size = litellm(report)
    against = "LiteLLM proxy" if peer else None
    report.limit(
        "start to /readyz",
        median([each.ready for each in ours]),
        "s",
        at_most=1.0,
        against=against,
        peer=peer and peer.ready,
    )
    pictures = [each.picture for each in ours if each.picture is not None]
    if pictures:
        report.limit("from there to the first picture", median(pictures), "s", at_most=2.0)
    else:
        report.skip("from there to the first picture", "the server made none; see its log")
    memory = median([each.memory for each in ours])
    report.limit("memory of the idle server", memory, "MB", at_most=90.0, against=against, peer=peer and peer.memory)
    with_children = median([each.tree for each in ours])
    report.tell("with its child processes", with_children, "MB", note="pages that they share count for each")
    report.limit("gesso installed", megabytes(alone), "MB", at_most=70.0, against=against, peer=size)
    report.limit("gesso[sketch] installed", megabytes(whole), "MB", at_most=680.0, against=against, peer=size)
    report.finish()


def start_gesso(environment: Path) -> Start:
    """Start on a new data folder; the first start makes a picture through the server's own API."""
    with folder() as data_dir:
        port = free_port()
        command = [str(environment / "bin" / "gesso"), "serve", "--port", str(port), "--data-dir", str(data_dir / "d")]
        begin = time.monotonic()
        with process(command, core=None, log=data_dir / "log", cwd=data_dir) as running:
            ready = answered(f"http://127.0.0.1:{port}/readyz", running, data_dir / "log")
            picture = appeared(data_dir / "d" / "first-picture.png", running)
            time.sleep(REST)
            memory, tree = resident(running.pid), resident_tree(running.pid)
            return Start(ready - begin, memory, tree, None if picture is None else picture - ready)


def litellm(report: Report) -> tuple[Start | None, float | None]:
    """LiteLLM's proxy with one model; none, and a line that says why, where it cannot be installed."""
    try:
        environment = litellm_environment()
    except CalledProcessError:
        report.skip("against LiteLLM", "its packages could not be installed")
        return None, None
    with folder() as data_dir:
        port, config = free_port(), data_dir / "config.yaml"
        config.write_text(LITELLM_CONFIG)
        command = [str(environment / "bin" / "litellm"), "--config", str(config), "--port", str(port)]
        command += ["--host", "127.0.0.1", "--telemetry", "False"]
        key = {"LITELLM_MASTER_KEY": f"sk-{secrets.token_hex(32)}"}  # it does not start without one
        started = start_litellm(command, data_dir, port, OFFLINE | key)
    return started, megabytes(environment)


def start_litellm(command: list[str], data_dir: Path, port: int, env: Mapping[str, str]) -> Start:
    """Its second start, for the same warm caches."""
    found: list[Start] = []
    for _ in range(2):
        begin = time.monotonic()
        with process(command, core=None, log=data_dir / "log", env=env, cwd=data_dir) as running:
            ready = answered(f"http://127.0.0.1:{port}/health/liveliness", running, data_dir / "log")
            time.sleep(REST)
            found.append(Start(ready - begin, resident(running.pid), resident_tree(running.pid)))
    return found[-1]


def answered(url: str, running: Popen[bytes], log: Path, seconds: float = 90.0) -> float:
    """The moment at which the URL answers 200."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and running.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310  our own loopback address
                if response.status == 200:
                    return time.monotonic()
        except (urllib.error.URLError, OSError):
            time.sleep(0.005)
    raise TimeoutError(f"{url} never answered:\n{log.read_text()[-2000:]}")


def appeared(path: Path, running: Popen[bytes], seconds: float = 15.0) -> float | None:
    """The moment at which a file is there; none where it did not come."""
    end = time.monotonic() + seconds
    while not path.exists():
        if time.monotonic() > end or running.poll() is not None:
            return None
        time.sleep(0.005)
    return time.monotonic()


if __name__ == "__main__":
    main()
