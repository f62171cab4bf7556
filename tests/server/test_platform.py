"""Platform API: keys, file rules, signed addresses, storage settings; its own form of errors."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from tests.server.world import World

pytestmark = pytest.mark.anyio


async def test_the_life_of_a_key(place: World):
    async with place.client() as caller:
        made = await caller.post("/api/v1/keys", json={"alias": "boss", "scope": "ADMIN"})
        assert made.status_code == 201
        key = made.json()
        assert key["key"] == f"{key['key_id']}:{key['key_secret']}"
        assert made.headers["cache-control"] == "no-store"
        caller.headers["authorization"] = f"Key {key['key']}"
        other = (await caller.post("/api/v1/keys", json={"alias": "app", "owner": "team"})).json()
        listed = (await caller.get("/api/v1/keys?expand=creator_info")).json()
        assert listed["has_more"] is False
        assert {each["alias"]: each["scope"] for each in listed["keys"]} == {"boss": "ADMIN", "app": "API"}
        assert other["key_secret"] not in str(listed)
        assert {each["creator_info"]["username"] for each in listed["keys"]} == {key["key_id"], "team"}
        for _ in range(2):
            gone = await caller.delete(f"/api/v1/keys/{other['key_id']}")
            assert (gone.status_code, gone.content) == (204, b"")
            assert "content-type" not in gone.headers
        assert len((await caller.get("/api/v1/keys")).json()["keys"]) == 1


@pytest.mark.parametrize(
    "body", [{}, {"alias": ""}, {"alias": 1}, {"alias": "a", "scope": "ROOT"}, {"alias": "a", "owner": ""}]
)
async def test_what_makes_no_key(place: World, client: httpx2.AsyncClient, body: dict[str, Any]):
    reply = await client.post("/api/v1/keys", json=body)
    assert reply.status_code == 400
    assert reply.json()["error"]["type"] == "validation_error"
    assert place.keyring.is_empty


@pytest.mark.parametrize("body", [b'{"alias": "\\ud800"}', b'{"alias": "a", "owner": "\\udc00"}'])
async def test_half_a_surrogate_pair_names_nobody(place: World, client: httpx2.AsyncClient, body: bytes):
    reply = await client.post("/api/v1/keys", content=body)
    assert (reply.status_code, reply.json()["error"]["type"]) == (422, "validation_error")
    assert place.keyring.is_empty


async def test_a_rule_for_half_a_surrogate_pair_is_refused_before_it_is_kept(client: httpx2.AsyncClient):
    keep = b'{"initial_acl": {"rules": [{"user": "\\ud800", "decision": "hide"}]}}'
    assert (await client.put("/api/v1/storage/settings", content=keep)).status_code == 422
    headers = {"x-fal-object-lifecycle": keep.decode()}
    assert (await client.post("/cdn/files/upload", content=b"x", headers=headers)).status_code == 422
    settings = await client.get("/api/v1/storage/settings")
    assert settings.json() == {"expiration_duration_seconds": None, "initial_acl": None}


async def stored(client: httpx2.AsyncClient) -> str:
    headers = {"content-type": "image/png", "x-fal-file-name": "a.png"}
    return (await client.post("/cdn/files/upload", content=b"\x89PNG", headers=headers)).json()["access_url"]


async def test_the_rules_of_a_file(place: World):
    key, other = await place.keyring.create("a"), await place.keyring.create("b")
    async with place.client(headers={"authorization": f"Key {key.credential}"}) as caller:
        url = await stored(caller)
        route = f"/api/v1/storage/files/acl?url={url}"
        assert (await caller.get(route)).json() == {"default": "allow", "rules": []}
        hidden = {"default": "hide", "rules": [{"user": other.key.owner, "decision": "forbid"}]}
        assert (await caller.put(route, json=hidden)).json() == hidden
        assert (await caller.get(route)).json() == hidden
        assert (await caller.put(route, json={"default": "maybe"})).status_code == 422
        assert (await caller.get("/api/v1/storage/files/acl")).status_code == 400
        for missing in ("http://evil.test/files/a.png", url[:-5], "x"):
            assert (await caller.get(f"/api/v1/storage/files/acl?url={missing}")).status_code == 404
    async with place.client() as stranger:
        assert (await stranger.get(url)).status_code == 404


async def test_a_signed_address_opens_a_hidden_file(place: World):
    key = await place.keyring.create("a")
    async with place.client(headers={"authorization": f"Key {key.credential}"}) as caller:
        url = await stored(caller)
        await caller.put(f"/api/v1/storage/files/acl?url={url}", json={"default": "forbid"})
        route = f"/api/v1/storage/files/sign?url={url}"
        signed = (await caller.post(route, json={"expiration_seconds": 60})).json()["signed_url"]
        for wrong in (0, 604_801, "60", True, 1.5, None):
            assert (await caller.post(route, json={"expiration_seconds": wrong})).status_code == 400
    async with place.client() as stranger:
        assert (await stranger.get(url)).status_code == 403
        assert (await stranger.get(signed)).content == b"\x89PNG"
        assert (await stranger.get(signed + "x")).status_code == 403


async def test_storage_settings_hold_for_files_that_ask_for_nothing(place: World):
    key = await place.keyring.create("a")
    async with place.client(headers={"authorization": f"Key {key.credential}"}) as caller:
        route = "/api/v1/storage/settings"
        assert (await caller.get(route)).json() == {"expiration_duration_seconds": None, "initial_acl": None}
        wanted = {"expiration_duration_seconds": 3600, "initial_acl": {"default": "forbid", "rules": []}}
        assert (await caller.put(route, json=wanted)).json() == wanted
        assert (await caller.get(route)).json() == wanted
        url = await stored(caller)
    async with place.client() as stranger:
        assert (await stranger.get(url)).status_code == 403
    blob = await place.station.blobs.find(url.rpartition("/")[2])
    assert blob is not None
    assert blob.expires_at == pytest.approx(blob.created_at + 3600)


async def test_meta_and_unknown_routes(client: httpx2.AsyncClient):
    assert (await client.get("/api/v1/meta")).json() == {"webhook_ip_ranges": []}
    reply = await client.get("/api/v1/serverless/apps")
    assert reply.status_code == 404
    error = reply.json()["error"]
    assert error["type"] == "not_found"
    assert error["request_id"] == reply.headers["x-fal-request-id"]


async def test_fals_own_host_has_the_platform_under_v1(place: World):
    async with place.client("https://api.fal.ai") as caller:
        assert (await caller.get("/v1/meta")).status_code == 200
