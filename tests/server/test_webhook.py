"""Webhook URLs: what can never be delivered to is refused at submit."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from tests.server.world import World, world

pytestmark = pytest.mark.anyio

FINE = [
    "https://hooks.example.com/fal?a=1#b",
    "http://8.8.8.8:81/x",
    "http://127.0.0.1:9999/hook",
    "http://localhost:3000/",
    "http://[::1]:3000/",
    "http://127.0.0.1:4747/api/webhooks/receiver",
]
WRONG = [
    "ftp://example.com/x",
    "file:///etc/passwd",
    "example.com/x",
    "http://",
    "http:///x",
    "https://user:password@example.com/",
    "https://user@example.com/",
    "http://example.com:0/",
    "http://example.com:99999/",
    "http://example.com/" + "a" * 3000,
    "http://example.com/a b",
    "http://example.com\\@evil.test/",
    "http://exa\nmple.com/",
    "http://10.0.0.1/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest",
    "http://[fd00::1]/",
    "http://127.0.0.1:4747/queue/test/noop",
    "http://127.0.0.1:4747/run/test/noop",
    "http://127.0.0.1:4747/test/noop",
    "https://queue.fal.run/test/noop",
    "http://[::1",
    "http://localhost:4747/run/test/noop",
    "http://LOCALHOST.:4747/run/test/noop",
    "http://example.com:22/",
    "http://2130706433/",
    "http://0x7f000001:3000/",
    "http://168.63.129.16/",
    "http://100.64.0.1/",
    "http://[fec0::1]/",
    "http://[::ffff:10.0.0.1]/",
]


async def status(place: World, url: str, headers: dict[str, str] | None = None) -> int:
    async with place.client() as caller:
        path = f"/queue/test/noop?fal_webhook={quote(url, safe='')}"
        reply = await caller.post(path, json={"prompt": "a"}, headers=headers)
    if reply.status_code == 422:
        assert reply.json()["detail"][0]["loc"] == ["query", "fal_webhook"]
    return reply.status_code


@pytest.mark.parametrize("url", FINE)
async def test_what_may_be_delivered_to(place: World, url: str):
    assert await status(place, url) == 200
    (job,) = await place.store.claim("test", 1)
    assert job.new.webhook == url


@pytest.mark.parametrize("url", WRONG)
async def test_what_never_can(place: World, url: str):
    assert await status(place, url) == 422
    assert await place.store.claim("test", 1) == []


async def test_with_keys_loopback_is_private_too_unless_it_is_allowed(tmp_path: Path):
    for allowed, wanted in ((False, 422), (True, 200)):
        async with world(tmp_path / str(allowed), webhook_private=allowed) as place:
            key = await place.keyring.create("a")
            headers = {"authorization": f"Key {key.credential}"}
            for url in ("http://127.0.0.1:9999/", "http://localhost/", "http://10.0.0.1/"):
                assert await status(place, url, headers) == wanted
            assert await status(place, "https://hooks.example.com/", headers) == 200
