"""A synchronous run of a no-op endpoint on one core, 32 connections: how much a request costs besides its work.

Gesso checks a key, validates, counts, logs the access and writes a history row; FastAPI has models and nothing else.
"""

from __future__ import annotations

from benchmarks.load import post
from benchmarks.null_models import BODY
from benchmarks.report import Report
from benchmarks.rounds import Subject, run_rounds
from benchmarks.servers import gesso, peer

PATH = "/bench/null"


def main(rounds: int = 5, seconds: float = 2.0) -> None:
    """FastAPI, Gesso with the engine in its process, Gesso with a worker process: in turn, round by round."""
    report = Report("sync_run", "Synchronous run of a no-op endpoint, one core, 32 connections")
    with peer("fastapi") as fastapi, gesso("inline") as inline, gesso("processes") as processes:
        subjects = [
            Subject("FastAPI", fastapi, [post(PATH, BODY)]),
            Subject("in process", inline, [post(PATH, BODY, inline.headers)]),
            Subject("worker process", processes, [post(PATH, BODY, processes.headers)]),
        ]
        results = run_rounds(subjects, rounds=rounds, seconds=seconds)
    peer_rate = results["FastAPI"].rate
    for what, at_least in (("in process", 1.0), ("worker process", 0.5)):
        own = results[what]
        report.compare(
            what,
            ours=own.rate,
            peer=peer_rate,
            unit="requests/s",
            against="FastAPI, models in and out",
            at_least=at_least,
            note=own.beside(results["FastAPI"]),
        )
    report.facts["latency_ms"] = {name: {"p50": one.p50, "p99": one.p99} for name, one in results.items()}
    report.finish()


if __name__ == "__main__":
    main()
