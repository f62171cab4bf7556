"""Killed without warning under load: what was accepted is finished by the next start."""

from __future__ import annotations

import os
import signal
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.hostile.conftest import SMALL, names_in_database
from tests.live import Server

QUEUE = "/queue/fal-ai/flux-1"
REQUESTS = 30

pytestmark = pytest.mark.long


def _submit(url: str, seed: int) -> str | None:
    """The id of an accepted request; none if the server went before it answered."""
    try:
        reply = httpx2.post(f"{url}{QUEUE}/schnell", json={**SMALL, "seed": seed}, timeout=30, trust_env=False)
    except httpx2.TransportError:
        return None
    assert reply.status_code == 200, reply.text
    return str(reply.json()["request_id"])


def _result(http: httpx2.Client, request_id: str) -> dict[str, Any]:
    """The output of a request, once its status stream has ended."""
    with http.stream("GET", f"{QUEUE}/requests/{request_id}/status/stream") as events:
        last = [line for line in events.iter_lines() if line.startswith("data:")][-1]
    assert '"COMPLETED"' in last, last
    reply = http.get(f"{QUEUE}/requests/{request_id}")
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def _kill(server: Server) -> None:
    """End the server at once; its runners notice by themselves."""
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait(30)
    server.log.close()


def _files_exist(http: httpx2.Client, output: dict[str, Any]) -> bool:
    """Whether each picture is there, whole; its address is taken on the port of today."""
    paths = [httpx2.URL(image["url"]).path for image in output["images"]]
    sizes = [image["file_size"] for image in output["images"]]
    return [len(http.get(path).content) for path in paths] == sizes


def _pictures(data: Path, requests: list[str]) -> list[int]:
    """How many files each request has."""
    with sqlite3.connect(f"file:{data / 'gesso.db'}?mode=ro", uri=True) as database:
        rows = database.execute("SELECT job_id, count(*) FROM files GROUP BY job_id").fetchall()
    database.close()
    counts: dict[str, int] = dict(rows)
    return [counts.get(request, 0) for request in requests]


def test_what_was_accepted_is_finished_after_a_kill(tmp_path: Path) -> None:
    first = Server(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(_submit, [first.url] * REQUESTS, range(REQUESTS))
        accepted = [request_id for request_id in answers if request_id is not None]
    assert len(accepted) == REQUESTS
    _kill(first)
    second = Server(tmp_path)
    try:
        with httpx2.Client(base_url=second.url, timeout=120, trust_env=False) as http:
            outputs = [_result(http, request_id) for request_id in accepted]
            assert [output["seed"] for output in outputs] == list(range(REQUESTS))
            assert all(_files_exist(http, output) for output in outputs)
    finally:
        second.close()
    files = {path.name for path in (tmp_path / "files").rglob("*") if path.is_file()}
    assert files == names_in_database(tmp_path)
    assert _pictures(tmp_path, accepted) == [1] * REQUESTS, "an attempt that was cut off leaves no picture"
    assert [path for path in (tmp_path / "tmp").rglob("*") if path.is_file()] == []


def test_a_kill_amid_submissions_loses_none_that_was_answered(tmp_path: Path) -> None:
    first = Server(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(_submit, first.url, seed) for seed in range(REQUESTS)]
        answers[REQUESTS // 3].result()
        _kill(first)
        accepted = [request_id for answer in answers if (request_id := answer.result()) is not None]
    assert len(accepted) >= REQUESTS // 3 + 1 - 3, "three more were on their way at most"
    second = Server(tmp_path)
    try:
        with httpx2.Client(base_url=second.url, timeout=120, trust_env=False) as http:
            assert all(_files_exist(http, _result(http, request_id)) for request_id in accepted)
    finally:
        second.close()
