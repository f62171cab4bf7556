"""Tokens for browsers, in the two forms that clients ask for, and the key set of webhooks."""

from __future__ import annotations

import base64
from typing import Any

import httpx2
import pytest

from gesso.errors import RequestError
from gesso.server.call import Identity
from gesso.server.tokens import Tokens
from tests.server.world import World

pytestmark = pytest.mark.anyio


async def test_the_clients_route_answers_a_bare_string(place: World, client: httpx2.AsyncClient):
    reply = await client.post("/rest/tokens/", json={"allowed_apps": ["noop"], "token_expiration": 120})
    assert reply.status_code == 200
    who = place.station.tokens.verify(reply.json(), "app")
    assert who.apps == {"noop"}
    assert who.may_call("test/noop")
    assert not who.may_call("test/tube")


@pytest.mark.parametrize(
    "body", [{"allowed_apps": ["test/noop/realtime"], "duration": 120}, {"app": "test/noop"}, {"app": "noop"}]
)
async def test_the_documented_route_answers_an_object(place: World, client: httpx2.AsyncClient, body: dict[str, Any]):
    reply = await client.post("/rest/tokens/realtime", json=body)
    assert list(reply.json()) == ["token"]
    assert place.station.tokens.verify(reply.json()["token"], "app").may_call("test/noop")


BROKEN: list[dict[str, Any]] = [
    {},
    {"allowed_apps": []},
    {"allowed_apps": [1]},
    {"allowed_apps": {"a": 1}},
    {"allowed_apps": ["a"] * 101},
    {"allowed_apps": ["a"], "token_expiration": 0},
    {"allowed_apps": ["a"], "token_expiration": "60"},
    {"allowed_apps": ["a"], "token_expiration": True},
    {"allowed_apps": ["a"], "token_expiration": 10**9},
]


@pytest.mark.parametrize("body", BROKEN)
async def test_what_makes_no_token(client: httpx2.AsyncClient, body: dict[str, Any]):
    assert (await client.post("/rest/tokens/", json=body)).status_code == 422


async def test_half_a_surrogate_pair_makes_no_token(client: httpx2.AsyncClient):
    reply = await client.post("/rest/tokens/", content=b'{"allowed_apps": ["\\ud800"]}')
    assert (reply.status_code, reply.json()["detail"][0]["type"]) == (422, "json_invalid")


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


async def test_a_token_ends_with_its_time(place: World):
    clock = Clock()
    tokens = Tokens(b"s" * 32, place.keyring, clock)
    token = tokens.mint(Identity("local"), "app", 60, ["a"])
    clock.now += 59
    assert tokens.verify(token, "app").owner == "local"
    clock.now += 1
    with pytest.raises(RequestError):
        tokens.verify(token, "app")


async def test_a_token_is_good_for_its_kind_and_its_install(place: World):
    tokens = Tokens(b"s" * 32, place.keyring)
    token = tokens.mint(Identity("local"), "cdn", 60)
    assert tokens.verify(token, "cdn").apps is None
    head, claims, signature = token.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    crit = base64.urlsafe_b64encode(b'{"alg":"HS256","crit":5}').decode().rstrip("=")
    forged = [f"{none}.{claims}.", f"{none}.{claims}.{signature}", f"{head}.{claims}.", f"{crit}.{claims}.{signature}"]
    forged += ["a.b.c", "", "x" * 5000]
    for wrong in (*forged, Tokens(b"t" * 32, place.keyring).mint(Identity("local"), "cdn", 60)):
        with pytest.raises(RequestError):
            tokens.verify(wrong, "cdn")
    with pytest.raises(RequestError):
        tokens.verify(token, "app")


async def test_a_token_of_open_mode_ends_with_open_mode(place: World):
    token = place.station.tokens.mint(Identity("local"), "app", 60, ["noop"])
    assert place.station.tokens.verify(token, "app").owner == "local"
    await place.keyring.create("a")
    with pytest.raises(RequestError):
        place.station.tokens.verify(token, "app")


async def test_the_cdn_takes_its_token_and_no_other_surface_does(place: World):
    key = await place.keyring.create("a")
    async with place.client() as caller:
        headers = {"authorization": f"Key {key.credential}"}
        answer = (await caller.post("/rest/storage/auth/token", json={}, headers=headers)).json()
        bearer = {"authorization": f"{answer['token_type']} {answer['token']}", "content-type": "image/png"}
        stored = await caller.post("/cdn/files/upload", content=b"x", headers=bearer)
        assert stored.status_code == 200
        assert (await caller.post("/run/test/noop", json={"prompt": "a"}, headers=bearer)).status_code == 401
        assert (await caller.post("/rest/storage/auth/token", json={}, headers=bearer)).status_code == 401


@pytest.mark.parametrize("path", ["/.well-known/jwks.json", "/rest/.well-known/jwks.json"])
async def test_the_key_set_can_be_read_by_fals_published_verifier(client: httpx2.AsyncClient, path: str):
    (key,) = (await client.get(path)).json()["keys"]
    assert (key["kty"], key["crv"]) == ("OKP", "Ed25519")
    assert len(base64.urlsafe_b64decode(key["x"])) == 32
