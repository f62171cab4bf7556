"""Direct runs: the output, the error forms, the headers, and the end of work whose client went away."""

from __future__ import annotations

import asyncio
import json
import re

import httpx2
import pytest

from gesso.errors import CapExceeded, EngineUnavailable, InputError, RunnerDied
from gesso.jobs.history import Filter
from tests.server.world import BASE, World, serving, until

pytestmark = pytest.mark.anyio

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@pytest.mark.parametrize("path", ["/run/test/noop", "/test/noop", "/run/test/noop/", "/test/noop/"])
async def test_a_run_answers_with_the_output(client: httpx2.AsyncClient, path: str):
    reply = await client.post(path, json={"prompt": "hi"})
    assert reply.status_code == 200
    assert reply.json() == {"prompt": "hi", "url": f"{BASE}/files/x.png"}
    assert reply.headers["content-type"] == "application/json"
    assert UUID.fullmatch(reply.headers["x-fal-request-id"])
    assert reply.headers["x-gesso-engine"] == "sketch"
    assert reply.headers["x-fal-billable-units"] == "1"


async def test_a_run_by_an_alias_is_a_run_of_the_endpoint(place: World, client: httpx2.AsyncClient):
    assert (await client.post("/run/test/old-echo", json={"prompt": "hi"})).status_code == 200
    assert place.hand.ran[0].endpoint == "test/echo/deep/path"


async def test_get_takes_the_input_from_the_query(place: World, client: httpx2.AsyncClient):
    reply = await client.get("/run/test/noop?prompt=a%20b&num_images=2&fal_x=1&style=x&style=y")
    assert reply.status_code == 422  # a list where one style word is wanted
    assert reply.json()["detail"][0]["loc"] == ["body", "style"]
    assert (await client.get("/run/test/noop?prompt=a%20b&num_images=2")).status_code == 200
    assert json.loads(place.hand.ran[0].input) == {"prompt": "a b", "num_images": "2"}


async def test_the_url_of_a_file_is_on_the_origin_that_was_called(place: World):
    async with place.client("https://fal.run") as caller:
        reply = await caller.post("/test/noop", json={"prompt": "hi"})
    assert reply.json()["url"] == "https://fal.run/files/x.png"


BROKEN_BODIES = [
    (b"{", "json_invalid"),
    (b'{"prompt": "a"} x', "json_invalid"),
    (b'{"prompt": "\xff"}', "json_invalid"),
    (b"[" * 100_000, "json_invalid"),
    (b"[]", "dict_type"),
    (b"null", "dict_type"),
    (b'"text"', "dict_type"),
    (b"", "missing"),
    (b"{}", "missing"),
    (b'{"prompt": null}', "string_type"),
    (b'{"prompt": 7}', "string_type"),
    (b'{"prompt": "\\ud800"}', "value_error"),
    (b'{"prompt": "a", "num_images": NaN}', "value_error"),
    (b'{"prompt": "a", "num_images": 1e400}', "value_error"),
    (b'{"prompt": "a", "num_images": 0}', "greater_than_equal"),
    (b'{"prompt": "a", "num_images": 9}', "less_than_equal"),
    (b'{"prompt": "a", "num_images": 1.5}', "int_from_float"),
]


@pytest.mark.parametrize(("body", "error_type"), BROKEN_BODIES)
async def test_a_broken_input_is_a_422_in_fals_form(client: httpx2.AsyncClient, body: bytes, error_type: str):
    reply = await client.post("/run/test/noop", content=body)
    assert reply.status_code == 422
    (problem,) = reply.json()["detail"]
    assert problem["type"] == error_type
    assert problem["loc"][0] == "body"
    assert problem["url"].endswith(f"#{error_type}")
    assert reply.headers["x-fal-retryable"] == "false"
    assert reply.headers["x-fal-needs-retry"] == "0"
    assert reply.headers["x-fal-billable-units"] == "0"
    assert UUID.fullmatch(reply.headers["x-fal-request-id"])
    assert "x-gesso-engine" not in reply.headers


@pytest.mark.parametrize("body", [b'\xef\xbb\xbf{"prompt": "a"}', b'{"prompt": "x", "prompt": "a", "unknown": 1}'])
async def test_a_byte_order_mark_and_repeated_or_unknown_fields_do_no_harm(client: httpx2.AsyncClient, body: bytes):
    reply = await client.post("/run/test/noop", content=body)
    assert reply.status_code == 200
    assert reply.json()["prompt"] == "a"


ENGINE_ERRORS = [
    (InputError("image_url", "image_load_error", "No picture."), 422, "image_load_error", "false"),
    (EngineUnavailable("Nothing can."), 422, "feature_not_supported", "false"),
    (CapExceeded("memory", "Too big."), 500, "internal_server_error", "true"),
    (CapExceeded("time", "Too long."), 504, "generation_timeout", "true"),
    (RunnerDied("Gone."), 503, "runner_disconnected", "true"),
]


@pytest.mark.parametrize(("error", "status", "error_type", "retryable"), ENGINE_ERRORS)
async def test_an_engines_error_keeps_its_form(
    place: World, client: httpx2.AsyncClient, error: Exception, status: int, error_type: str, retryable: str
):
    place.hand.error = error
    reply = await client.post("/run/test/noop", json={"prompt": "hi"})
    assert reply.status_code == status
    assert error_type in reply.text
    assert reply.headers["x-fal-retryable"] == retryable
    assert reply.headers["x-gesso-engine"] == "sketch"
    assert "x-fal-request-id" in reply.headers


async def test_a_bug_answers_500_and_tells_nothing(
    place: World, client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
):
    async def bug(*_: object) -> None:
        raise KeyError("secret detail")

    place.station.lane.executor = bug  # type: ignore[attr-defined]
    reply = await client.post("/run/test/noop", json={"prompt": "hi"})
    assert reply.status_code == 500
    assert reply.json() == {"detail": "Internal Server Error"}
    assert reply.headers["x-fal-error-type"] == "internal_error"
    assert reply.headers["x-fal-request-id"] in caplog.text


@pytest.mark.parametrize("surface", ["run", "queue"])
async def test_an_unknown_endpoint_is_a_404_that_names_the_nearest(client: httpx2.AsyncClient, surface: str):
    reply = await client.post(f"/{surface}/test/noob", json={})
    assert reply.status_code == 404
    assert reply.json()["nearest"][0] == "test/noop"
    assert reply.json()["error_type"] == reply.headers["x-fal-error-type"] == "not_found"


async def test_secret_fields_reach_the_engine_and_nothing_else(place: World, client: httpx2.AsyncClient):
    await client.post("/run/test/noop", json={"prompt": "hi", "api_key": "hunter2"})
    job = place.hand.ran[0]
    assert job.secrets == {"api_key": "hunter2"}
    assert b"hunter2" not in job.input
    await place.station.db.flush()
    page = await place.store.history(Filter(owner="local"), payloads=True)
    assert b"hunter2" not in (page.items[0].input or b"") + (page.items[0].output or b"")


async def test_a_disk_that_is_nearly_full_takes_no_new_work(place: World, client: httpx2.AsyncClient):
    place.station.blobs.settings = place.station.settings.model_copy(update={"min_free_disk": 2**62})
    for path in ("/run/test/noop", "/queue/test/noop"):
        reply = await client.post(path, json={"prompt": "hi"})
        assert (reply.status_code, reply.json()["error_type"]) == (503, "insufficient_storage")
    assert (await client.get("/healthz")).status_code == 200


async def test_a_cut_connection_cancels_the_work_and_is_recorded_as_499(place: World):
    async with serving(place) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        body = b'{"prompt":"wait"}'
        head = f"POST /run/test/noop HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await place.hand.started.wait()
        writer.close()
        await until(lambda: place.hand.cancelled)
        del reader
    await place.station.db.flush()
    (item,) = (await place.store.history(Filter(owner="local"))).items
    assert (item.status, item.error_type) == (499, "client_disconnected")


async def test_the_same_without_our_own_http_protocol(place: World):
    """Under another ASGI server a `http.disconnect` message ends the work."""
    gone = asyncio.Event()
    sent: list[object] = []
    messages = iter([{"type": "http.request", "body": b'{"prompt":"wait"}'}])

    async def receive() -> dict[str, object]:
        for message in messages:
            return dict(message)
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: object) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/run/test/noop",
        "raw_path": b"/run/test/noop",
        "query_string": b"",
        "scheme": "http",
        "headers": [(b"host", b"localhost")],
    }
    task = asyncio.create_task(place.app(scope, receive, send))
    await place.hand.started.wait()
    gone.set()
    await task
    assert place.hand.cancelled
    assert sent == []


@pytest.mark.parametrize("path", ["/run/test/tube/realtime", "/test/tube"])
async def test_a_websocket_is_refused_with_a_sentence(place: World, path: str):
    async with serving(place) as port, httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as caller:
        headers = {
            "connection": "upgrade",
            "upgrade": "websocket",
            "sec-websocket-key": "a",
            "sec-websocket-version": "13",
        }
        reply = await caller.get(path, headers=headers)
    assert reply.status_code == 501
    assert "Realtime" in reply.json()["detail"]


async def test_post_to_realtime_is_refused_too(client: httpx2.AsyncClient):
    assert (await client.post("/run/test/tube/realtime", json={})).status_code == 501
    assert (await client.post("/run/test/unknown/realtime", json={})).status_code == 404
