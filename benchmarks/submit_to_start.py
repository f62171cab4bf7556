"""From a durable submit to the start of the engine in a worker process, on an idle system.

Both submit one job at a time with a pause between. Gesso's clock starts before the HTTP request is sent,
procrastinate's before the call that writes its row. Nothing is pinned: an idle machine has both cores free.
"""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.load import Load, get, post, summarise
from benchmarks.null_models import BODY
from benchmarks.peers import PeerMissing, need_module, postgres
from benchmarks.processes import ROOT, folder, process, python
from benchmarks.report import Report
from benchmarks.servers import Server, gesso

PAUSE = 0.03


def main(count: int = 150) -> None:
    """procrastinate and Gesso in turn, twice."""
    report = Report("submit_to_start", "Submit to start of the engine, idle, durable")
    peers: list[float] = []
    own: list[float] = []
    why = ""
    for _ in range(2):
        if not why:
            try:
                peers += procrastinate(count)
            except (PeerMissing, OSError, subprocess.SubprocessError) as missing:
                why = str(missing)
        with gesso("processes", core=None) as server:
            own += waits(server, count)
    ours = summarise(own, 1.0)
    if peers:
        compare(report, ours, summarise(peers, 1.0))
    else:
        report.tell("p50", ours.p50, "ms")
        report.skip("against procrastinate", why)
    report.limit("p99", ours.p99, "ms", at_most=3.0)
    report.finish()


def compare(report: Report, ours: Load, peer: Load) -> None:
    """At most a fifth of the peer's p50: five times better."""
    report.compare(
        "p50",
        ours=ours.p50,
        peer=peer.p50,
        unit="ms",
        against="procrastinate on PostgreSQL",
        at_least=5.0,
        lower_is_better=True,
        note=f"procrastinate p99 {peer.p99:.1f} ms",
    )


def waits(server: Server, count: int) -> list[float]:
    """Seconds from each submit to its start."""
    headers = server.headers
    submit = post("/queue/bench/null", BODY, headers)
    found: list[float] = []
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for turn in range(count + 10):
            sent = time.monotonic()
            id_ = exchange(connection, submit)["request_id"]
            time.sleep(PAUSE)
            began = result(connection, id_, headers)["began"]
            if turn >= 10:  # the child process and every cache are warm by then
                found.append(began - sent)
    return found


def result(connection: socket.socket, id_: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """The output of a request, asked for until it is there."""
    while True:
        answer = exchange(connection, get(f"/queue/bench/null/requests/{id_}", headers))
        if "began" in answer:
            return answer
        time.sleep(0.01)


def exchange(connection: socket.socket, request: bytes) -> dict[str, Any]:
    """Send one request and read its JSON answer."""
    connection.sendall(request)
    data = b""
    while b"\r\n\r\n" not in data or not data.endswith(b"}"):
        received = connection.recv(65536)
        if not received:
            raise OSError("the server closed the connection")
        data += received
    return json.loads(data.partition(b"\r\n\r\n")[2])


def procrastinate(count: int) -> list[float]:
    """The same on procrastinate."""
    need_module("procrastinate", "psycopg")
    with postgres() as uri, folder() as data_dir:
        found = data_dir / "waits"
        with process(python("benchmarks.peer_procrastinate", "worker", uri, str(found)), core=None) as worker:
            while not found.exists() and worker.poll() is None:
                time.sleep(0.05)
            time.sleep(1.0)  # until it listens
            command = python("benchmarks.peer_procrastinate", "submit", uri, str(count + 10), str(PAUSE))
            subprocess.run(command, check=True, cwd=ROOT)
            return settled(found, count + 10)[10:]


def settled(found: Path, count: int) -> list[float]:
    """The worker's list once it is complete, at the latest after some seconds."""
    end = time.monotonic() + 5
    while len(lines := found.read_text().split()) < count and time.monotonic() < end:
        time.sleep(0.05)
    return [float(line) for line in lines]


if __name__ == "__main__":
    main()
