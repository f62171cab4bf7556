"""Browsers: who may call with and without keys, what they are told, and that nothing is ever sent with credentials."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.world import World, world

pytestmark = pytest.mark.anyio

ALLOWED = [
    "http://localhost:3000",
    "https://127.0.0.1",
    "http://[::1]:8080",
    "http://app.localhost",
    "https://studio.example",
]
REFUSED = [
    "null",
    "https://evil.test",
    "http://localhost.evil.test",
    "http://127.0.0.1.evil.test",
    "https://studio.example.evil.test",
    "http://studio.example",
    "https://studio.example:444",
    "file://",
    "http://user@localhost",
    "http://localhost/path",
    "localhost",
    "",
]


async def call(folder: Path, origin: str, *, keys: bool, method: str = "POST", **headers: str):
    async with world(folder, allowed_origins=("https://studio.example",)) as place:
        if keys:
            key = await place.keyring.create("a")
            headers["authorization"] = f"Key {key.credential}"
        async with place.client() as caller:
            sent = {"origin": origin, "cookie": "a=b", **headers}
            reply = await caller.request(method, "/run/test/noop", json={"prompt": "a"}, headers=sent)
            return reply, place.hand.ran


@pytest.mark.parametrize("origin", ALLOWED)
async def test_open_mode_lets_these_pages_call(tmp_path: Path, origin: str):
    reply, ran = await call(tmp_path, origin, keys=False)
    assert reply.status_code == 200
    assert len(ran) == 1
    assert reply.headers["access-control-allow-origin"] == origin
    assert reply.headers["vary"] == "Origin"
    assert "access-control-allow-credentials" not in reply.headers
    assert "x-fal-request-id" in reply.headers["access-control-expose-headers"]


@pytest.mark.parametrize("origin", REFUSED)
@pytest.mark.parametrize("method", ["POST", "GET", "OPTIONS"])
async def test_open_mode_refuses_other_pages_before_they_do_anything(tmp_path: Path, origin: str, method: str):
    reply, ran = await call(tmp_path, origin, keys=False, method=method)
    assert reply.status_code == 403
    assert ran == []
    assert "access-control-allow-origin" not in reply.headers


@pytest.mark.parametrize("origin", [*ALLOWED, *REFUSED])
async def test_with_keys_every_page_may_call_and_none_with_credentials(tmp_path: Path, origin: str):
    reply, _ = await call(tmp_path, origin, keys=True)
    assert reply.status_code == 200
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in reply.headers


async def test_errors_can_be_read_by_the_page(tmp_path: Path):
    async with world(tmp_path) as place, place.client(headers={"origin": "http://localhost:3000"}) as caller:
        for path in ("/run/test/none", "/run/test/noop", "/nowhere", "/queue/a/b/requests/c"):
            reply = await caller.post(path, json={})
            assert reply.status_code >= 400
            assert reply.headers["access-control-allow-origin"] == "http://localhost:3000"


PATHS = ["/run/test/noop", "/queue/test/noop/requests/x/status", "/rest/tokens/", "/cdn/files/upload", "/api/v1/keys"]


@pytest.mark.parametrize("path", [*PATHS, "/api/fal/proxy", "/files/x.png", "/nowhere", "/"])
async def test_preflight_asks_for_no_key_and_names_what_was_asked_for(tmp_path: Path, path: str):
    async with world(tmp_path) as place, place.client() as caller:
        await place.keyring.create("a")
        headers = {
            "origin": "https://any.test",
            "access-control-request-method": "PUT",
            "access-control-request-headers": "authorization, x-brand-new",
            "access-control-request-private-network": "true",
        }
        reply = await caller.options(path, headers=headers)
    assert reply.status_code == 204
    allowed = reply.headers["access-control-allow-headers"]
    for name in ("authorization", "content-type", "x-fal-target-url", "x-fal-request-timeout", "x-brand-new"):
        assert name in allowed
    assert "DELETE" in reply.headers["access-control-allow-methods"]
    assert reply.headers["access-control-allow-private-network"] == "true"
    assert "content-type" not in reply.headers


async def test_every_page_may_read_a_file_whose_name_it_knows(place: World):
    async with place.client() as caller:
        url = (await caller.post("/cdn/files/upload", content=b"x", headers={"content-type": "image/png"})).json()[
            "access_url"
        ]
        reply = await caller.get(url, headers={"origin": "https://evil.test"})
        assert reply.status_code == 200
        assert reply.headers["access-control-allow-origin"] == "*"
        refused = await caller.post("/cdn/files/upload", content=b"x", headers={"origin": "https://evil.test"})
        assert refused.status_code == 403


async def test_a_foreign_page_cannot_embed_a_run(place: World):
    async with place.client(headers={"sec-fetch-site": "cross-site"}) as caller:
        image = await caller.get("/run/test/noop?prompt=a", headers={"sec-fetch-mode": "no-cors"})
        assert image.status_code == 403
        link = await caller.get("/run/test/noop?prompt=a", headers={"sec-fetch-mode": "navigate"})
        assert link.status_code == 403
        assert place.hand.ran == []
        page = await caller.get("/llms.txt", headers={"sec-fetch-mode": "navigate"})
        assert page.status_code == 200


FORWARDED = [
    ({"x-forwarded-for": "203.0.113.9"}, 403),
    ({"x-forwarded-for": "127.0.0.1, 203.0.113.9"}, 403),
    ({"x-forwarded-for": "203.0.113.9, 127.0.0.1"}, 403),
    ({"x-forwarded-for": "[2001:db8::1]:80"}, 403),
    ({"x-real-ip": "203.0.113.9"}, 403),
    ({"forwarded": "for=203.0.113.9;proto=http"}, 403),
    ({"forwarded": 'for="[2001:db8::1]:80"'}, 403),
    ({"x-forwarded-for": "127.0.0.1"}, 200),
    ({"x-forwarded-for": "::1, 127.0.0.1:80"}, 200),
    ({"forwarded": 'for="[::1]:80";proto=http'}, 200),
]


@pytest.mark.parametrize(("headers", "status"), FORWARDED)
async def test_open_mode_serves_nobody_through_a_reverse_proxy(place: World, headers: dict[str, str], status: int):
    async with place.client(headers=headers) as caller:
        assert (await caller.post("/run/test/noop", json={"prompt": "a"})).status_code == status
