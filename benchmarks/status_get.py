"""A status poll on one core: what clients ask ten times a second, against the barest application there is."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping

from benchmarks.load import get
from benchmarks.null_models import BODY
from benchmarks.report import Report
from benchmarks.rounds import Subject, run_rounds
from benchmarks.servers import Server, gesso, peer

JOBS = 500


def main(rounds: int = 5, seconds: float = 2.0) -> None:
    """Raw ASGI, then polls of waiting and of finished requests."""
    report = Report("status_get", "Status GET, one core, 32 connections")
    with peer("raw") as raw, gesso("none") as waiting, gesso("inline") as finished:
        subjects = [
            Subject("raw ASGI", raw, [get("/status")]),
            Subject("finished request", finished, polls(finished)),
            Subject("waiting request", waiting, polls(waiting), status=202),
        ]
        results = run_rounds(subjects, rounds=rounds, seconds=seconds)
    for subject in subjects[1:]:
        report.compare(
            subject.name,
            ours=results[subject.name].rate,
            peer=results["raw ASGI"].rate,
            unit="requests/s",
            against="raw ASGI on uvicorn",
            at_least=0.38,
            note=results[subject.name].beside(results["raw ASGI"]),
        )
    report.finish()


def polls(server: Server) -> list[bytes]:
    """Submit jobs; the requests that poll each of them."""
    headers = server.headers
    paths = [_path(submit(server.port, headers)["status_url"]) for _ in range(JOBS)]
    return [get(path, headers) for path in paths]


def submit(port: int, headers: Mapping[str, str]) -> dict[str, str]:
    """Submit one job and return the answer."""
    url = f"http://127.0.0.1:{port}/queue/bench/null"
    sent = {"content-type": "application/json", **headers}
    request = urllib.request.Request(url, json.dumps(BODY).encode(), sent)
    with urllib.request.urlopen(request) as response:  # noqa: S310
        answer: dict[str, str] = json.load(response)
        return answer


def _path(url: str) -> str:
    return "/" + url.split("/", 3)[3]


if __name__ == "__main__":
    main()
