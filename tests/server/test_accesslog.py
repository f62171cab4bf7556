"""The access log: one line per request, in order, without what must not be there."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from gesso.server.accesslog import AccessLog
from tests.server.world import world

pytestmark = pytest.mark.anyio


async def test_lines_arrive_in_order_and_in_one_batch():
    stream = io.StringIO()
    log = AccessLog(stream)
    for number in range(100):
        log.add(f"127.0.0.1 line {number}")
    log.close()
    lines = stream.getvalue().splitlines()
    assert [int(line.rpartition(" ")[2]) for line in lines] == list(range(100))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ 127\.0\.0\.1 line 0", lines[0])


async def test_a_line_names_the_request_but_neither_key_secret_nor_query(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    stream = io.StringIO()
    monkeypatch.setattr("gesso.server.app.AccessLog", lambda: AccessLog(stream))
    async with world(tmp_path, access_log=True) as place:
        key = await place.keyring.create("a")
        headers = {"authorization": f"Key {key.credential}"}
        async with place.client(headers=headers) as caller:
            reply = await caller.post("/run/test/noop?fal_jwt_token=", json={"prompt": "secret plan"})
            await caller.get("/x%0d%0a2026-01-01 forged?signature=hidden")
        log = place.app._log
        assert log is not None
        log.close()
    first, second = stream.getvalue().splitlines()
    assert "POST /run/test/noop 200" in first
    assert reply.headers["x-fal-request-id"] in first
    assert key.key.key_id in first
    assert "GET /x%0d%0a2026-01-01%20forged 404" in second
    for secret in (key.secret, "secret plan", "hidden", "fal_jwt_token"):
        assert secret not in stream.getvalue()
