"""Serving on a socket: where it listens, when it is ready, that it refuses to be open to the network, how it ends."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import httpx2
import pytest

from gesso.server.listen import UnsafeBindingError, check_binding, listen
from gesso.settings import Settings
from tests.server.world import serving, sse, until, world

pytestmark = pytest.mark.anyio


async def test_it_tells_where_it_listens_and_answers_there(tmp_path: Path):
    async with world(tmp_path) as place, serving(place) as port, httpx2.AsyncClient() as caller:
        reply = await caller.get(f"http://127.0.0.1:{port}/readyz")
        assert reply.json()["status"] == "ready"
        assert "server" not in reply.headers
        assert "date" in reply.headers
        answer = await caller.post(f"http://127.0.0.1:{port}/queue/test/noop", json={"prompt": "a"})
        assert (await caller.get(answer.json()["status_url"])).status_code == 202
    with pytest.raises(OSError, match=r"refused|Connect call"):
        await asyncio.open_connection("127.0.0.1", port)


async def test_it_serves_sockets_that_it_is_given(tmp_path: Path):
    async with world(tmp_path) as place:
        ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        with socket.create_server(("127.0.0.1", 0)) as given:
            port = given.getsockname()[1]
            task = asyncio.create_task(
                listen(
                    place.app,
                    place.station.settings,
                    sockets=[given],
                    ready=ready.set_result,
                    stopping=place.store.dismiss_watchers,
                )
            )
            assert await ready == f"http://127.0.0.1:{port}"
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_a_status_stream_of_a_waiting_request_ends_whole_when_the_server_stops(tmp_path: Path):
    async with world(tmp_path) as place, httpx2.AsyncClient() as caller:
        async with serving(place) as port:
            answer = await caller.post(f"http://127.0.0.1:{port}/queue/test/noop", json={"prompt": "a"})
            stream = asyncio.create_task(caller.get(answer.json()["status_url"] + "/stream"))
            await until(lambda: len(place.store._watchers))
        events = sse((await stream).text)  # a connection that was cut would raise
        assert [event["status"] for event in events] == ["IN_QUEUE"]


@pytest.mark.parametrize(
    ("host", "has_keys", "safe"),
    [
        ("127.0.0.1", False, True),
        ("localhost", False, True),
        ("::1", False, True),
        ("0.0.0.0", False, False),
        ("192.168.1.5", False, False),
        ("::", False, False),
        ("0.0.0.0", True, True),
    ],
)
def test_without_keys_it_serves_this_machine_alone(host: str, has_keys: bool, safe: bool):
    settings = Settings(host=host)
    if safe:
        check_binding(settings, has_keys=has_keys)
    else:
        with pytest.raises(UnsafeBindingError, match="gesso keys create"):
            check_binding(settings, has_keys=has_keys)


async def test_a_server_on_the_network_is_never_open(tmp_path: Path):
    async with world(tmp_path, host="0.0.0.0") as place, place.client() as caller:
        assert (await caller.post("/run/test/noop", json={"prompt": "a"})).status_code == 401
