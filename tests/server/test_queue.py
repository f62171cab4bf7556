"""The queue: submit, status, status stream, result, cancel, in every form of URL that clients use."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import httpx2
import pytest

from gesso.errors import Cancelled, StartTimeout
from gesso.jobs.job import LogLine, Outcome
from tests.server.world import BASE, World, sse, until

pytestmark = pytest.mark.anyio

ID = "test/echo/deep/path"
APP = "test/echo"


async def submit(client: httpx2.AsyncClient, path: str = f"/queue/{ID}", **more: Any) -> dict[str, Any]:
    reply = await client.post(path, json=more.pop("json", {"prompt": "hi"}), **more)
    assert reply.status_code == 200, reply.text
    return reply.json()


def failed(error: Exception) -> Outcome:
    failure = error.failure()  # type: ignore[attr-defined]
    return Outcome.failed(failure, ended_at=time.time())


async def test_submit_answers_with_the_request_and_its_urls(client: httpx2.AsyncClient):
    reply = await client.post(f"/queue/{ID}", json={"prompt": "hi"})
    answer = reply.json()
    id_ = answer["request_id"]
    base = f"{BASE}/queue/{APP}/requests/{id_}"
    assert answer == {
        "status": "IN_QUEUE",
        "request_id": id_,
        "gateway_request_id": id_,
        "response_url": base,
        "status_url": f"{base}/status",
        "cancel_url": f"{base}/cancel",
        "queue_position": 0,
        "logs": None,
        "metrics": {},
    }
    assert reply.headers["x-fal-request-id"] == id_


ORIGINS = [
    ("https://queue.fal.run", f"/{ID}", f"https://queue.fal.run/{APP}"),
    ("https://queue.falrun.com", f"/{ID}", f"https://queue.falrun.com/{APP}"),
    ("http://queue.fal.run", f"/{ID}", f"https://queue.fal.run/{APP}"),
    ("http://localhost:9", f"/queue/{ID}", f"http://localhost:9/queue/{APP}"),
    ("http://[::1]:9", f"/queue/{ID}/", f"http://[::1]:9/queue/{APP}"),
    ("http://localhost:9", f"/{ID}?_subdomain=queue", f"http://localhost:9/queue/{APP}"),
    ("http://localhost:9", "/queue/test/old-echo", "http://localhost:9/queue/test/old-echo"),
]


@pytest.mark.parametrize(("base", "path", "minted"), ORIGINS)
async def test_urls_are_minted_on_the_origin_that_was_called(place: World, base: str, path: str, minted: str):
    async with place.client(base) as caller:
        answer = await submit(caller, path)
        assert answer["response_url"] == f"{minted}/requests/{answer['request_id']}"
        status = (await caller.get(answer["status_url"])).json()
        assert {key: status[key] for key in ("status_url", "response_url", "cancel_url")} == {
            key: answer[key] for key in ("status_url", "response_url", "cancel_url")
        }


async def test_status_through_the_life_of_a_request(place: World, client: httpx2.AsyncClient):
    await submit(client)
    answer = await submit(client)
    queued = await client.get(answer["status_url"])
    assert queued.status_code == 202
    assert queued.json()["status"] == "IN_QUEUE"
    assert queued.json()["queue_position"] == 1
    assert queued.json()["logs"] is None

    await place.work()
    (job,) = await place.store.claim("test", 1)
    running = await client.get(answer["status_url"])
    assert running.status_code == 202
    assert running.json()["status"] == "IN_PROGRESS"
    assert running.json()["metrics"] == {}
    assert "queue_position" not in running.json()

    await place.store.finish(job.id, job.fence, Outcome(status=200, body=b"{}", inference_seconds=0.5, ended_at=1.0))
    done = await client.get(answer["status_url"])
    assert done.status_code == 200
    assert done.json()["status"] == "COMPLETED"
    assert done.json()["metrics"] == {"inference_time": 0.5}
    assert "error" not in done.json()
    assert done.headers["x-fal-request-id"] == answer["request_id"]


@pytest.mark.parametrize(
    ("query", "shown"),
    [("", False), ("?logs=0", False), ("?logs=false", False), ("?logs=1", True), ("?logs=true", True)],
)
async def test_logs_are_shown_where_asked_for(place: World, client: httpx2.AsyncClient, query: str, shown: bool):
    answer = await submit(client)
    place.store.log(answer["request_id"], LogLine('a "line" — ü', 1_700_000_000.25))
    await place.station.db.flush()
    logs = (await client.get(answer["status_url"] + query)).json()["logs"]
    line = {
        "message": 'a "line" — ü',
        "timestamp": "2023-11-14T22:13:20.250000Z",
        "level": "INFO",
        "source": "USER",
        "labels": {},
    }
    assert logs == ([line] if shown else None)


FORMS = ["", "/", "/response", "/response/", "/status", "/status/"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("app", [APP, ID, "test/noop", "workflows/a/b"])
async def test_a_request_is_found_by_its_id_under_any_app(
    place: World, client: httpx2.AsyncClient, app: str, form: str
):
    answer = await submit(client)
    await place.work()
    reply = await client.get(f"/queue/{app}/requests/{answer['request_id']}{form}")
    assert reply.status_code == 200
    assert reply.json()["prompt" if "status" not in form else "status"] in ("hi", "COMPLETED")


async def test_the_result_is_replayed(place: World, client: httpx2.AsyncClient):
    answer = await submit(client)
    pending = await client.get(answer["response_url"])
    assert (pending.status_code, pending.content) == (400, b'{"detail":"Request is still in progress"}')
    await place.work()
    for _ in range(2):
        reply = await client.get(answer["response_url"])
        assert reply.status_code == 200
        assert reply.json() == {"prompt": "hi", "url": f"{BASE}/files/x.png"}
        assert reply.headers["x-gesso-engine"] == "sketch"
        assert reply.headers["x-fal-request-id"] == answer["request_id"]


@pytest.mark.parametrize(
    ("error", "status", "header"),
    [(Cancelled(), 499, None), (StartTimeout(), 504, "user")],
)
async def test_a_failed_request_replays_its_error(
    place: World, client: httpx2.AsyncClient, error: Exception, status: int, header: str | None
):
    answer = await submit(client)
    await place.work(failed(error))
    shown = (await client.get(answer["status_url"])).json()
    assert shown["status"] == "COMPLETED"
    assert shown["error"] == str(error)
    reply = await client.get(answer["response_url"])
    assert reply.status_code == status
    assert reply.json()["detail"] == str(error)
    assert reply.json()["error_type"] == shown["error_type"] == reply.headers["x-fal-error-type"]
    assert reply.headers.get("x-fal-request-timeout-type") == header


async def test_an_input_that_does_not_validate_is_accepted_and_ends_as_its_422(
    place: World, client: httpx2.AsyncClient
):
    answer = await submit(client, json={"prompt": "hi", "num_images": 0, "api_key": "hunter2"})
    assert await place.store.claim("test", 1) == []
    status = await client.get(answer["status_url"])
    assert status.status_code == 200
    assert status.json()["error_type"] == "greater_than_equal"
    reply = await client.get(answer["response_url"])
    assert reply.status_code == 422
    assert reply.json()["detail"][0]["loc"] == ["body", "num_images"]
    assert reply.json()["detail"][0]["ctx"] == {"ge": 1}
    assert "x-gesso-engine" not in reply.headers
    stored = await place.store.input_of(answer["request_id"])
    assert stored is not None
    assert json.loads(stored) == {"prompt": "hi", "num_images": 0}


@pytest.mark.parametrize("body", [b"{", b"[]", b"null"])
async def test_what_is_no_object_is_refused_at_submit(client: httpx2.AsyncClient, body: bytes):
    assert (await client.post(f"/queue/{ID}", content=body)).status_code == 422


async def test_a_submit_with_no_body_is_an_empty_input(client: httpx2.AsyncClient):
    reply = await client.post(f"/queue/{ID}", headers={"content-type": "application/json"})
    assert reply.status_code == 200


async def test_cancel(place: World, client: httpx2.AsyncClient):
    queued = await submit(client)
    reply = await client.put(queued["cancel_url"])
    assert (reply.status_code, reply.json()) == (202, {"status": "CANCELLATION_REQUESTED"})
    assert (await client.get(queued["response_url"])).status_code == 499

    running = await submit(client)
    await place.store.claim("test", 1)
    reply = await client.put(running["cancel_url"] + "/", json={})
    assert (reply.status_code, reply.json()) == (202, {"status": "CANCELLATION_REQUESTED"})

    done = await submit(client)
    await place.work()
    reply = await client.put(done["cancel_url"])
    assert (reply.status_code, reply.json()) == (400, {"status": "ALREADY_COMPLETED"})


@pytest.mark.parametrize(
    ("method", "tail"),
    [("GET", ""), ("GET", "/response"), ("GET", "/status"), ("GET", "/status/stream"), ("PUT", "/cancel")],
)
async def test_an_unknown_request(client: httpx2.AsyncClient, method: str, tail: str):
    reply = await client.request(method, f"/queue/{APP}/requests/nope{tail}")
    assert reply.status_code == 404
    assert reply.json() == {"detail": "Request not found", "status": "NOT_FOUND"}


async def test_other_methods_are_refused(client: httpx2.AsyncClient):
    reply = await client.put(f"/queue/{APP}/requests/nope")
    assert reply.status_code == 405
    assert "GET" in reply.headers["allow"]


@pytest.mark.parametrize("odd", ["a" * 5000, "%22%7d", "%0d%0ax", "..", "%00", "ü", "a%2fb", "a/b", "../../keys"])
async def test_odd_ids_are_unknown_ids(client: httpx2.AsyncClient, odd: str):
    for method, tail in (("GET", ""), ("GET", "/status"), ("PUT", "/cancel")):
        reply = await client.request(method, f"/queue/{APP}/requests/{odd}{tail}")
        if odd.startswith(".."):  # a client takes `..` out of the path itself
            assert reply.status_code in (404, 405)
        else:
            assert (reply.status_code, reply.json()["status"]) == (404, "NOT_FOUND")


async def test_odd_apps_do_not_break_out_of_the_status(place: World, client: httpx2.AsyncClient):
    answer = await submit(client)
    reply = await client.get(f'/queue/a"b/c{{}}/requests/{answer["request_id"]}/status')
    assert reply.json()["status"] == "IN_QUEUE"
    assert '"b' not in reply.json()["status_url"]


@pytest.mark.parametrize(("most", "status"), [("0", 429), ("1", 200), ("x", 400), ("-1", 400), ("²", 400)])
async def test_the_longest_queue_that_a_caller_joins(client: httpx2.AsyncClient, most: str, status: int):
    await submit(client)
    reply = await client.post(f"/queue/{ID}?fal_max_queue_length={most}", json={"prompt": "hi"})
    assert reply.status_code == status


async def test_the_status_stream_of_a_finished_request_is_one_event(place: World, client: httpx2.AsyncClient):
    answer = await submit(client)
    place.store.log(answer["request_id"], LogLine("ünï", 1.0))
    await place.work()
    reply = await client.get(answer["status_url"] + "/stream?logs=1", headers={"accept": "application/json"})
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert reply.headers["cache-control"] == "no-cache"
    assert reply.content.isascii()
    assert reply.text.endswith("\n\n")
    (only,) = sse(reply.text)
    assert only["status"] == "COMPLETED"
    assert [line["message"] for line in only["logs"]] == ["ünï"]


async def test_the_status_stream_tells_every_change_once_and_ends(place: World, client: httpx2.AsyncClient):
    answer = await submit(client)
    id_ = answer["request_id"]
    reading = asyncio.create_task(client.get(answer["status_url"] + "/stream?logs=1"))
    await until(lambda: len(place.store._watchers))
    for _ in range(20):
        await asyncio.sleep(0)
    (job,) = await place.store.claim("test", 1)
    for number in range(3):
        place.store.log(id_, LogLine(f"line {number}", float(number)))
        await place.station.db.flush()
        for _ in range(20):
            await asyncio.sleep(0)
    await place.store.finish(id_, job.fence, Outcome(status=200, body=b"{}", ended_at=1.0))
    events = sse((await reading).text)
    states = [each["status"] for each in events]
    assert states == sorted(states, key=("IN_QUEUE", "IN_PROGRESS", "COMPLETED").index)
    assert states[0] == "IN_QUEUE"
    assert states[-1] == "COMPLETED"
    assert states.count("COMPLETED") == 1
    told = [line["message"] for each in events for line in each["logs"]]
    assert told == ["line 0", "line 1", "line 2"]


async def test_silence_is_filled_with_comments(
    place: World, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("gesso.server.queue.PING_SECONDS", 0.0)
    answer = await submit(client)
    stream = place.app.router  # keeps the router alive while the events are pulled by hand
    desk = next(route.handler.__self__ for route in stream.routes if route.pattern.endswith("/status"))  # type: ignore[attr-defined]
    events = desk._status_events(answer["request_id"], "local", "http://x/", False)
    first, second = await anext(events), await anext(events)
    await events.aclose()
    assert first.startswith(b"data: ")
    assert second == b": ping\n\n"
