"""Streams of intermediate pictures: which path streams, how events are framed, how errors are told."""

from __future__ import annotations

import asyncio

import httpx2
import pytest

from gesso.errors import CapExceeded, EngineUnavailable
from gesso.server.events import event, event_of
from tests.server.world import BASE, World, serving, sse, until

pytestmark = pytest.mark.anyio

BOTH = "application/json, text/event-stream"


@pytest.mark.parametrize(
    ("path", "accept", "streams"),
    [
        ("/run/test/tube/stream", BOTH, True),
        ("/run/test/tube/stream", "application/json", True),
        ("/test/tube/stream/", "*/*", True),
        ("/run/test/tube", BOTH, False),
        ("/run/test/bare/stream", BOTH, True),
        ("/run/test/bare/stream", "application/json", False),
        ("/run/test/bare/stream/stream", "text/event-stream", True),
        ("/run/test/bare/stream/stream", "application/json", True),
    ],
)
async def test_which_call_streams(place: World, client: httpx2.AsyncClient, path: str, accept: str, streams: bool):
    place.hand.previews = 2
    reply = await client.post(path, json={"prompt": "hi"}, headers={"accept": accept})
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/event-stream") is streams
    assert "x-fal-request-id" in reply.headers
    if streams:
        assert sse(reply.text) == [
            {"step": 0, "url": f"{BASE}/files/p.png"},
            {"step": 1, "url": f"{BASE}/files/p.png"},
            {"prompt": "hi", "url": f"{BASE}/files/x.png"},
        ]


async def test_the_framing_is_what_both_clients_survive(place: World, client: httpx2.AsyncClient):
    place.hand.previews = 1
    reply = await client.post("/run/test/tube/stream", json={"prompt": "zwei Möwen"})
    assert reply.content.isascii()
    assert reply.text.endswith("\n\n")
    for block in reply.text.removesuffix("\n\n").split("\n\n"):
        assert block.startswith("data: {")
        assert "\n" not in block
    assert reply.headers["cache-control"] == "no-cache"
    assert reply.headers["x-accel-buffering"] == "no"
    assert sse(reply.text)[-1]["prompt"] == "zwei Möwen"


async def test_an_endpoint_that_does_not_stream_says_so(client: httpx2.AsyncClient):
    reply = await client.post("/run/test/noop/stream", json={"prompt": "hi"})
    assert reply.status_code == 404
    assert "does not stream" in reply.json()["detail"]


async def test_a_failure_before_the_first_event_is_a_plain_error(place: World, client: httpx2.AsyncClient):
    place.hand.error = EngineUnavailable("Nothing can.")
    reply = await client.post("/run/test/tube/stream", json={"prompt": "hi"})
    assert reply.status_code == 422
    assert reply.headers["content-type"] == "application/json"
    assert (await client.post("/run/test/tube/stream", json={})).status_code == 422


async def test_a_failure_after_it_is_the_last_event(place: World, client: httpx2.AsyncClient):
    inner = place.hand

    async def fails_late(job, on_preview=None):
        inner.previews = 1
        await inner(job, on_preview)
        inner.error = CapExceeded("time", "Too long.")
        return await inner(job, None)

    place.station.lane.executor = fails_late  # type: ignore[attr-defined]
    reply = await client.post("/run/test/tube/stream", json={"prompt": "hi"})
    assert reply.status_code == 200
    last = sse(reply.text)[-1]
    assert last["error"]["error_type"] == "generation_timeout"
    assert last["error"]["detail"][0]["msg"] == "Too long."


async def test_silence_before_the_first_event_is_filled(
    place: World, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("gesso.server.stream.PING_SECONDS", 0.001)
    reading = asyncio.create_task(client.post("/run/test/tube/stream", json={"prompt": "wait"}))
    await place.hand.started.wait()
    await asyncio.sleep(0.01)
    place.hand.gate.set()
    reply = await reading
    assert reply.text.startswith(": ping\n\n")
    assert reply.headers["x-gesso-engine"] == "sketch"
    assert sse(reply.text)[-1]["prompt"] == "wait"


@pytest.mark.parametrize("path", ["/run/test/tube/stream", "/run/test/tube"])
async def test_a_cut_stream_cancels_the_work(place: World, path: str):
    async with serving(place) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        body = b'{"prompt":"wait"}'
        head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await place.hand.started.wait()
        writer.close()
        await until(lambda: place.hand.cancelled)


def test_events_are_ascii_on_one_line():
    assert event_of(b'{"a":1}') == b'data: {"a":1}\n\n'
    assert event_of('{"a":"ü"}'.encode()) == b'data: {"a":"\\u00fc"}\n\n'
    assert event_of(b'{\n"a": 1}') == b'data: {"a":1}\n\n'
    assert event({"a": "\n"}) == b'data: {"a":"\\n"}\n\n'
