"""The server-side proxy: the target header is served from here, and read nowhere else."""

from __future__ import annotations

import httpx2
import pytest

from tests.server.world import BASE, World, sse

pytestmark = pytest.mark.anyio

PROXY = "/api/fal/proxy"


def to(url: str, **more: str) -> dict[str, str]:
    return {"x-fal-target-url": url, **more}


@pytest.mark.parametrize("path", [PROXY, f"{PROXY}/", "/", "/fal"])
@pytest.mark.parametrize("host", ["fal.run", "falrun.com"])
async def test_run(client: httpx2.AsyncClient, path: str, host: str):
    reply = await client.post(path, json={"prompt": "hi"}, headers=to(f"https://{host}/test/noop"))
    assert reply.status_code == 200
    assert reply.json() == {"prompt": "hi", "url": f"{BASE}/files/x.png"}
    assert reply.headers["x-fal-request-id"]


async def test_the_whole_life_of_a_request(place: World, client: httpx2.AsyncClient):
    queue = "https://queue.fal.run"
    target = f"{queue}/test/noop?fal_webhook=https%3A%2F%2Fhooks.example.com%2F"
    submitted = (await client.post(PROXY, json={"prompt": "hi"}, headers=to(target))).json()
    request = f"{queue}/test/noop/requests/{submitted['request_id']}"
    assert submitted["status_url"].startswith(f"{BASE}/queue/test/noop/requests/")
    status = await client.get(PROXY, headers=to(f"{request}/status?logs=1"))
    assert (status.status_code, status.json()["logs"]) == (202, [])
    job = await place.work()
    assert job.new.webhook == "https://hooks.example.com/"
    stream = await client.get(PROXY, headers=to(f"{request}/status/stream"))
    assert sse(stream.text)[-1]["status"] == "COMPLETED"
    assert (await client.get(PROXY, headers=to(request))).json()["prompt"] == "hi"
    assert (await client.put(PROXY, json={}, headers=to(f"{request}/cancel"))).status_code == 400


async def test_storage_and_tokens(client: httpx2.AsyncClient):
    for host in ("rest.fal.ai", "rest.alpha.fal.ai"):
        target = f"https://{host}/storage/upload/initiate?storage_type=fal-cdn-v3"
        body = {"content_type": "image/png", "file_name": "a.png"}
        answer = (await client.post(PROXY, json=body, headers=to(target))).json()
        assert answer["upload_url"].startswith(f"{BASE}/files/")
    token = await client.post(PROXY, json={"allowed_apps": ["noop"]}, headers=to("https://rest.fal.ai/tokens/"))
    assert isinstance(token.json(), str)


async def test_streams(place: World, client: httpx2.AsyncClient):
    place.hand.previews = 2
    reply = await client.post(PROXY, json={"prompt": "hi"}, headers=to("https://fal.run/test/tube/stream"))
    assert len(sse(reply.text)) == 3


async def test_a_target_on_our_own_host(client: httpx2.AsyncClient):
    reply = await client.post(PROXY, json={"prompt": "hi"}, headers=to(f"{BASE}/queue/test/noop"))
    assert reply.json()["status"] == "IN_QUEUE"


INVALID = [
    "https://evil.test/test/noop",
    "https://fal.run.evil.test/test/noop",
    "https://evil.test@127.0.0.1.evil.test/",
    "wss://fal.run/test/noop/realtime",
    "wss://ws.fal.run/test/noop",
    "https://ws.fal.run/test/noop",
    "file:///etc/passwd",
    "fal.run/test/noop",
    "",
    "https://fal.run/a\tb",
    f"{BASE}{PROXY}",
    f"{BASE}/",
    "https://[::1",
]


@pytest.mark.parametrize("target", INVALID)
async def test_other_targets_are_invalid(client: httpx2.AsyncClient, target: str):
    reply = await client.post(PROXY, json={}, headers=to(target))
    assert (reply.status_code, reply.content) == (400, b'"Invalid request"')
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["x-fal-request-id"]


async def test_no_target_is_invalid(client: httpx2.AsyncClient):
    for method in ("GET", "POST", "PUT", "DELETE"):
        reply = await client.request(method, PROXY)
        assert (reply.status_code, reply.json()) == (400, "Invalid request")
    assert (await client.get("/")).json()["name"] == "gesso"


async def test_other_routes_ignore_the_header(place: World, client: httpx2.AsyncClient):
    headers = to("https://queue.fal.run/test/echo/deep/path")
    assert (await client.post("/run/test/noop", json={"prompt": "hi"}, headers=headers)).json()["prompt"] == "hi"
    assert place.hand.ran[0].endpoint == "test/noop"


async def test_without_a_key_it_says_unauthorized_as_the_official_proxy_does(place: World):
    key = await place.keyring.create("a")
    async with place.client() as caller:
        refused = await caller.post(PROXY, json={"prompt": "hi"}, headers=to("https://fal.run/test/noop"))
        assert (refused.status_code, refused.json()) == (401, "Unauthorized")
        headers = to("https://fal.run/test/noop", authorization=f"Key {key.credential}")
        assert (await caller.post(PROXY, json={"prompt": "hi"}, headers=headers)).status_code == 200
