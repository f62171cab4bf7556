"""A webhook must not come back into the server that sends it, though a developer's own machine may be told."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.conftest import SMALL, Target


def outbox(data: Path, request_id: str) -> dict[str, Any]:
    """Where the delivery of a request's webhook stands."""
    with sqlite3.connect(f"file:{data / 'gesso.db'}?mode=ro", uri=True) as database:
        database.row_factory = sqlite3.Row
        query = "SELECT o.* FROM outbox o JOIN jobs j ON j.seq = o.seq WHERE j.id = ?"
        row = database.execute(query, (request_id,)).fetchone()
    database.close()
    return {} if row is None else dict(row)


def test_a_webhook_to_the_servers_api_is_refused_at_submit(target: Target) -> None:
    path = "/queue/fal-ai/flux-1/schnell"
    reply = target.post(f"{path}?fal_webhook={target.server.url}{path}", SMALL)
    assert reply.status_code == 422
    assert reply.json()["detail"][0]["loc"] == ["query", "fal_webhook"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_webhook_to_the_server_itself_is_given_up(target: Target, host: str) -> None:
    url = f"{target.server.url.replace('127.0.0.1', host)}/healthz"
    reply = target.post(f"/queue/fal-ai/flux-1/schnell?fal_webhook={url}", SMALL)
    assert reply.status_code == 200, reply.text
    end = time.monotonic() + 60
    found: dict[str, Any] = {}
    while found.get("state") in (None, "PENDING") and time.monotonic() < end:
        time.sleep(0.05)
        found = outbox(target.server.data_dir, reply.json()["request_id"])
    assert (found["state"], found["attempts"], found["status"]) == ("GIVEN_UP", 1, None), found
