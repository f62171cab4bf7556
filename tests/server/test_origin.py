"""Host and X-Forwarded-*: which names are ours, what URLs are minted, and that forged headers reach nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesso.server.app import all_routes
from gesso.server.origin import is_loopback_name
from tests.server.test_access import path_of
from tests.server.world import world

pytestmark = pytest.mark.anyio

OURS = [
    "127.0.0.1:4747",
    "127.1.2.3",
    "localhost",
    "LOCALHOST:80",
    "localhost.:1",
    "app.localhost:3000",
    "[::1]:4747",
    "fal.run",
    "queue.fal.run:443",
    "v3.fal.media",
    "studio.example",
    "10.1.2.3:4747",
]
FOREIGN = [
    "evil.test",
    "localhost.evil.test",
    "127.0.0.1.evil.test",
    "fal.run.evil.test",
    "evilfal.run",
    "10.1.2.4",
    "0.0.0.0",
    "169.254.169.254",
    "xn--lcalhost-n0a",
]
BROKEN = [
    "",
    "a b",
    "a/b",
    "evil.test@localhost",
    "localhost:99999999",
    "localhost:x",
    "[::1",
    "localhost,evil.test",
    "ü",
]


async def answer(folder: Path, host: str, **settings: object) -> tuple[int, str]:
    async with world(folder, **settings) as place, place.client() as caller:
        reply = await caller.post("/queue/test/noop", json={"prompt": "a"}, headers=[(b"host", host.encode("latin-1"))])
        return reply.status_code, reply.text


@pytest.mark.parametrize("host", OURS)
async def test_own_names_are_answered(tmp_path: Path, host: str):
    async with world(tmp_path, public_hosts=("studio.example", "10.1.2.3")) as place, place.client() as caller:
        reply = await caller.get("/healthz", headers={"host": host})
        assert reply.status_code in (200, 404, 405)  # fal's names have no /healthz


@pytest.mark.parametrize("host", FOREIGN)
async def test_foreign_names_are_refused_on_every_route_and_method(tmp_path: Path, host: str):
    values = {"endpoint": "test/noop", "app": "test/noop", "request_id": "x", "key_id": "x", "name": "x"}
    async with world(tmp_path) as place, place.client(headers={"host": host}) as caller:
        for route in all_routes(place.station):
            for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"):
                reply = await caller.request(method, path_of(route, values))
                assert reply.status_code == 421, (method, route.pattern)
        assert "public_hosts" in (await caller.get("/")).json()["detail"]


@pytest.mark.parametrize("host", BROKEN)
async def test_broken_hosts_are_refused(tmp_path: Path, host: str):
    assert (await answer(tmp_path, host))[0] == 400


async def test_two_hosts_are_refused(tmp_path: Path):
    async with world(tmp_path) as place, place.client() as caller:
        reply = await caller.get("/healthz", headers=[("host", "localhost"), ("host", "evil.test")])
        assert reply.status_code == 400


@pytest.mark.parametrize("name", ["x-forwarded-host", "x-forwarded-proto", "x-host", "x-original-host"])
async def test_forged_headers_do_not_reach_minted_urls(tmp_path: Path, name: str):
    async with world(tmp_path) as place, place.client() as caller:
        headers = {name: "https" if name.endswith("proto") else "evil.test"}
        reply = await caller.post("/queue/test/noop", json={"prompt": "a"}, headers=headers)
        assert "evil.test" not in reply.text
        assert reply.json()["status_url"].startswith("http://127.0.0.1:4747/")


async def test_a_trusted_proxy_names_the_origin(tmp_path: Path):
    settings = {"trusted_proxies": ("127.0.0.0/8",), "public_hosts": ("studio.example",)}
    async with world(tmp_path, **settings) as place:
        key = await place.keyring.create("a")
        headers = {
            "authorization": f"Key {key.credential}",
            "x-forwarded-host": "evil.test, studio.example",
            "x-forwarded-proto": "https",
            "x-forwarded-for": "203.0.113.9",
        }
        async with place.client(headers=headers) as caller:
            reply = await caller.post("/queue/test/noop", json={"prompt": "a"})
            assert reply.json()["status_url"].startswith("https://studio.example/queue/")
            evil = await caller.get("/healthz", headers={"x-forwarded-host": "evil.test"})
            assert evil.status_code == 421


async def test_an_unknown_host_gets_the_public_url_once_there_are_keys(tmp_path: Path):
    async with world(tmp_path, public_url="https://studio.example/") as place, place.client() as caller:
        headers = {"host": "inner:80"}
        assert (await caller.get("/healthz", headers=headers)).status_code == 421
        key = await place.keyring.create("a")
        headers["authorization"] = f"Key {key.credential}"
        reply = await caller.post("/queue/test/noop", json={"prompt": "a"}, headers=headers)
        assert reply.json()["status_url"].startswith("https://studio.example/queue/")


@pytest.mark.parametrize(
    ("name", "loopback"),
    [
        *((name, True) for name in ("localhost", "a.localhost", "127.9.9.9", "[::1]", "::1")),
        *((name, False) for name in ("localhost.evil", "127.0.0.1.evil", "8.8.8.8", "", "2130706433")),
    ],
)
def test_names_of_this_machine(name: str, loopback: bool):
    assert is_loopback_name(name) is loopback
