"""Durable submits: the answer comes after the disk has the job. Against Celery on a Redis that syncs each write.

Celery's producers submit straight from 32 threads; Gesso's submits come over HTTP with a key. With one connection a
submit waits for a sync of its own, so there the limit is what bare SQLite commits on the same disk.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import time

from benchmarks.load import Load, load, post
from benchmarks.null_models import BODY
from benchmarks.peers import PeerMissing, need_module, redis
from benchmarks.processes import ROOT, SERVER_CORE, folder, median, on_core, python
from benchmarks.report import Report
from benchmarks.servers import Server, gesso

PATH = "/queue/bench/null"


def main(rounds: int = 4, seconds: float = 2.0) -> None:
    """Many connections against Celery, one connection against bare SQLite."""
    report = Report("durable_submit", "Durable queue submit, one core")
    with gesso("none") as server:
        load(server.port, _requests(server), seconds=0.5)
        many(report, server, rounds, seconds)
        one(report, server, rounds, seconds / 2)
    report.finish()


def many(report: Report, server: Server, rounds: int, seconds: float) -> None:
    """32 at once: rate, waiting time, and how many share a commit."""
    ours, peers, shared = list[Load](), list[Load](), list[float]()
    why = ""
    for _ in range(rounds):
        if not why:
            try:
                peers.append(celery(seconds))
            except PeerMissing as missing:
                why = str(missing)
        before = server.counters()
        ours.append(load(server.port, _requests(server), seconds=seconds))
        after = server.counters()
        shared.append((after["operations"] - before["operations"]) / (after["commits"] - before["commits"]))
    rate = median([load.rate for load in ours])
    if peers:
        peer = median([load.rate for load in peers])
        against = "Celery, Redis with AOF always"
        note = f"Celery p99 {median([load.p99 for load in peers]):.1f} ms"
        report.compare(
            "32 connections", ours=rate, peer=peer, unit="submits/s", against=against, at_least=5.0, note=note
        )
    else:
        report.tell("32 connections", rate, "submits/s")
        report.skip("against Celery", why)
    report.limit("p99 with 32 connections", median([load.p99 for load in ours]), "ms", at_most=15.0)
    report.limit("submits per commit", median(shared), "", at_least=8.0)


def one(report: Report, server: Server, rounds: int, seconds: float) -> None:
    """One at a time, in turn with bare SQLite."""
    own, bare = list[float](), list[float]()
    for _ in range(rounds):
        bare.append(sqlite_commits(seconds))
        own.append(load(server.port, _requests(server), connections=1, seconds=seconds).rate)
    report.compare(
        "1 connection",
        ours=median(own),
        peer=median(bare),
        unit="submits/s",
        against="bare SQLite, synchronous=FULL",
        at_least=0.35,
    )


def celery(seconds: float) -> Load:
    """Celery's own figure, on the server's core with Redis on the other."""
    need_module("celery", "redis")
    with redis() as port:
        done = subprocess.run(
            python("benchmarks.peer_celery", str(port), "32", str(seconds)),
            check=True,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            preexec_fn=on_core(SERVER_CORE),
        )
    return Load(**json.loads(done.stdout))


def sqlite_commits(seconds: float) -> float:
    """Commits per second of a loop that inserts one row of a job's size and does nothing else."""
    row = json.dumps(BODY) + "x" * 200
    with folder() as data_dir:
        connection = sqlite3.connect(data_dir / "bare.db", isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE jobs (id INTEGER PRIMARY KEY, input TEXT)")
        count, begin = 0, time.perf_counter()
        while (now := time.perf_counter()) < begin + seconds:
            connection.execute("INSERT INTO jobs (input) VALUES (?)", (row,))
            count += 1
        connection.close()
    return count / (now - begin)


def _requests(server: Server) -> list[bytes]:
    return [post(PATH, BODY, server.headers)]


if __name__ == "__main__":
    main()
