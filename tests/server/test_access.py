"""Who may do what: every route of the table, with every kind of caller. No other key's things can be told from none."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from gesso.server.app import all_routes
from gesso.server.openapi import _PREFIX
from gesso.server.routing import Route
from tests.server.world import World, world

pytestmark = pytest.mark.anyio

OPEN = {
    ("GET", "site", "/"),
    ("GET", "site", "/healthz"),
    ("GET", "site", "/readyz"),
    ("GET", "site", "/openapi.json"),
    ("GET", "site", "/llms.txt"),
    ("GET", "site", "/models/{endpoint...}/llms.txt"),
    ("GET", "site", "/api/openapi/queue/openapi.json"),
    ("GET", "platform", "/models"),
    ("GET", "platform", "/meta"),
    ("GET", "rest", "/.well-known/jwks.json"),
}
"""Reviewed: what answers without a key. Files and signed uploads come on top: their addresses are capabilities."""


def is_capability(route: Route) -> bool:
    return route.surface == "cdn" and route.pattern.startswith("/files/")


def path_of(route: Route, values: dict[str, str]) -> str:
    path = route.pattern
    for name, value in values.items():
        path = path.replace(f"{{{name}...}}", value).replace(f"{{{name}}}", value)
    return path if is_capability(route) else _PREFIX[route.surface] + path


async def table(tmp_path: Any) -> list[Route]:
    async with world(tmp_path) as place:
        return all_routes(place.station)


async def test_every_route_asks_for_a_key_or_is_on_the_list(place: World):
    unkeyed = {
        (route.method, route.surface, route.pattern)
        for route in all_routes(place.station)
        if route.auth in ("none", "optional") and not is_capability(route)
    }
    assert unkeyed == OPEN


async def test_no_key_gets_nothing_anywhere(place: World):
    await place.keyring.create("a")
    values = {"endpoint": "test/noop", "app": "test/noop", "request_id": "x", "key_id": "x", "name": "x"}
    async with place.client() as caller:
        for route in all_routes(place.station):
            if route.auth not in ("key", "admin"):
                continue
            for headers in ({}, {"authorization": "Key a:b"}, {"x-forwarded-for": "127.0.0.1"}):
                reply = await caller.request(route.method, path_of(route, values), headers=headers)
                assert reply.status_code == 401, (route.method, route.pattern)


async def test_admin_routes_ask_for_the_scope(place: World):
    key = await place.keyring.create("a")
    async with place.client(headers={"authorization": f"Key {key.credential}"}) as caller:
        routes = [route for route in all_routes(place.station) if route.auth == "admin"]
        assert {route.pattern for route in routes} >= {"/keys", "/keys/{key_id}", "/metrics"}
        for route in routes:
            path = path_of(route, {"key_id": "x", "request_id": "x"})
            assert (await caller.request(route.method, path)).status_code == 403, path


def without(reply: httpx2.Response, id_: str) -> tuple[int, bytes, dict[str, str]]:
    """A reply without the one id that two requests must differ in."""
    headers = {name: value.replace(id_, "-") for name, value in reply.headers.items() if name != "content-length"}
    body = reply.content.replace(id_.encode(), b"-").replace(reply.headers["x-fal-request-id"].encode(), b"-")
    return reply.status_code, body, {**headers, "x-fal-request-id": "-"}


async def test_another_keys_things_are_as_if_they_were_not_there(place: World):
    """Every keyed route that names an object, called by B for A's object and for one that does not exist."""
    a, b = await place.keyring.create("a", "ADMIN"), await place.keyring.create("b", "ADMIN")
    own, other = ({"authorization": f"Key {key.credential}"} for key in (a, b))
    absent = "00000000-0000-4000-8000-000000000000"
    async with place.client() as caller:
        submitted = await caller.post("/queue/test/noop", json={"prompt": "mine"}, headers=own)
        id_ = submitted.json()["request_id"]
        await place.work()
        checked = 0
        for route in all_routes(place.station):
            if "{request_id" not in route.pattern:
                continue
            for method in ("GET", "PUT", "POST", "DELETE"):
                seen, unseen = [
                    await caller.request(
                        method, path_of(route, {"app": "test/noop", "request_id": each}), headers=other
                    )
                    for each in (id_, absent)
                ]
                assert without(seen, id_) == without(unseen, absent), (method, route.pattern)
                assert seen.status_code in (404, 405), (method, route.pattern)
                checked += 1
        assert checked >= 24
        listed = await caller.get("/api/v1/models/requests/by-endpoint?endpoint_id=test/noop", headers=other)
        assert listed.json()["items"] == []
        result = await caller.get(f"/queue/test/noop/requests/{id_}", headers=own)
        assert result.json()["prompt"] == "mine"


async def test_another_keys_files_have_no_rules_to_see_or_change(place: World):
    a, b = await place.keyring.create("a"), await place.keyring.create("b")
    own, other = ({"authorization": f"Key {key.credential}"} for key in (a, b))
    async with place.client() as caller:
        headers = {**own, "content-type": "image/png", "x-fal-file-name": "a.png"}
        url = (await caller.post("/cdn/files/upload", content=b"\x89PNG", headers=headers)).json()["access_url"]
        missing = url[:-30] + "0" * 26 + ".png"
        calls: list[Callable[[str], Any]] = [
            lambda it: caller.get(f"/api/v1/storage/files/acl?url={it}", headers=other),
            lambda it: caller.put(f"/api/v1/storage/files/acl?url={it}", json={"default": "hide"}, headers=other),
            lambda it: caller.post(
                f"/api/v1/storage/files/sign?url={it}", json={"expiration_seconds": 9}, headers=other
            ),
        ]
        for call in calls:
            seen, unseen = await call(url), await call(missing)
            assert (seen.status_code, unseen.status_code) == (404, 404)
            assert {**seen.json()["error"], "request_id": ""} == {**unseen.json()["error"], "request_id": ""}
        rules = await caller.get(f"/api/v1/storage/files/acl?url={url}", headers=own)
        assert rules.json() == {"default": "allow", "rules": []}


@pytest.mark.parametrize("path", ["/run/test/noop", "/queue/test/noop"])
async def test_a_token_in_the_query_counts_on_run_and_queue_alone(place: World, path: str):
    key = await place.keyring.create("a")
    headers = {"authorization": f"Key {key.credential}"}
    async with place.client() as caller:
        made = await caller.post("/rest/tokens/", json={"allowed_apps": ["noop"]}, headers=headers)
        token = json.loads(made.content)
        assert (await caller.post(f"{path}?fal_jwt_token={token}", json={"prompt": "a"})).status_code == 200
        other = path.replace("noop", "tube")
        assert (await caller.post(f"{other}?fal_jwt_token={token}", json={"prompt": "a"})).status_code == 403
        assert (await caller.get(f"/api/v1/storage/settings?fal_jwt_token={token}")).status_code == 401
        assert (
            await caller.post(f"/rest/tokens/?fal_jwt_token={token}", json={"allowed_apps": ["x"]})
        ).status_code == 401
        assert (await caller.post(f"{path}?fal_jwt_token={token}x", json={"prompt": "a"})).status_code == 401
        await place.keyring.revoke(key.key.key_id)
        assert (await caller.post(f"{path}?fal_jwt_token={token}", json={"prompt": "a"})).status_code == 401


async def test_a_token_sees_no_request_of_another_app(place: World):
    key = await place.keyring.create("a")
    headers = {"authorization": f"Key {key.credential}"}
    async with place.client() as caller:
        id_ = (await caller.post("/queue/test/noop", json={"prompt": "a"}, headers=headers)).json()["request_id"]
        for apps, status in ((["noop"], 202), (["test/noop/realtime"], 202), (["tube"], 404)):
            token = (await caller.post("/rest/tokens/", json={"allowed_apps": apps}, headers=headers)).json()
            reply = await caller.get(f"/queue/test/noop/requests/{id_}/status?fal_jwt_token={token}")
            assert reply.status_code == status
