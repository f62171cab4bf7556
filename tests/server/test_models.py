"""Platform API: listing, searching and expanding the endpoints; pages of a history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from gesso import catalog
from gesso.endpoint import all_endpoints
from tests.server.world import BASE, World

pytestmark = pytest.mark.anyio

MODELS = "/api/v1/models"


@pytest.fixture(autouse=True)
def loaded() -> None:
    catalog.load()


async def test_pages_hold_every_endpoint_once(client: httpx2.AsyncClient):
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = (await client.get(f"{MODELS}?limit=7&cursor={cursor}")).json()
        assert page["has_more"] is (page["next_cursor"] is not None)
        seen += [model["endpoint_id"] for model in page["models"]]
        cursor = page["next_cursor"]
    assert seen == [endpoint.id for endpoint in all_endpoints()]


async def test_what_is_told_of_an_endpoint(client: httpx2.AsyncClient):
    reply = await client.get(f"{MODELS}?endpoint_id=test/tube&expand=openapi-3.0,enterprise_status")
    (model,) = reply.json()["models"]
    metadata = model["metadata"]
    required = {"display_name", "category", "description", "status", "tags", "updated_at", "is_favorited"}
    assert required | {"thumbnail_url", "model_url", "date", "highlighted", "pinned"} <= set(metadata)
    assert metadata["model_url"] == f"{BASE}/run/test/tube"
    assert metadata["stream_url"] == f"{BASE}/run/test/tube/stream"
    assert model["openapi"]["openapi"] == "3.0.4"
    assert model["enterprise_status"] == "ready"


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("endpoint_id=test/noop&endpoint_id=test/tube", ["test/noop", "test/tube"]),
        ("endpoint_id=test/noop,test/tube,test/noop", ["test/noop", "test/tube"]),
        ("endpoint_id=test/old-echo", ["test/echo/deep/path"]),
        ("q=noop+echo", ["test/noop"]),
        ("q=nothingatall", []),
        ("status=deprecated", []),
        ("category=no-such", []),
    ],
)
async def test_what_is_found(client: httpx2.AsyncClient, query: str, ids: list[str]):
    reply = await client.get(f"{MODELS}?{query}")
    assert [model["endpoint_id"] for model in reply.json()["models"]] == ids


async def test_a_name_counts_more_than_a_mention(client: httpx2.AsyncClient):
    reply = await client.get(f"{MODELS}?q=flux+schnell&limit=1")
    assert reply.json()["models"][0]["endpoint_id"] == "fal-ai/flux-1/schnell"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=0", 400),
        ("limit=101", 400),
        ("limit=x", 400),
        ("limit=%C2%B2", 400),
        ("cursor=x", 400),
        ("cursor=LTE=", 400),
        ("status=gone", 400),
        ("endpoint_id=test/none", 404),
        ("endpoint_id=" + ",".join(f"a/{n}" for n in range(51)), 400),
    ],
)
async def test_wrong_parameters(client: httpx2.AsyncClient, query: str, status: int):
    reply = await client.get(f"{MODELS}?{query}")
    assert reply.status_code == status
    assert "message" in reply.json()["error"]


async def test_a_wrong_key_is_refused_where_none_is_needed(place: World):
    await place.keyring.create("a")
    async with place.client() as caller:
        assert (await caller.get(MODELS)).status_code == 200
        assert (await caller.get(MODELS)).json()["models"][0]["metadata"]["is_favorited"] is None
        assert (await caller.get(MODELS, headers={"authorization": "Key a:b"})).status_code == 401


REQUESTS = f"{MODELS}/requests/by-endpoint?endpoint_id=test/noop"


async def test_the_history_of_an_endpoint(place: World, client: httpx2.AsyncClient):
    for number in range(3):
        await client.post("/run/test/noop", json={"prompt": f"p{number}"})
    await client.post("/run/test/noop", json={})
    await client.post("/run/test/tube", json={"prompt": "other"})
    await place.station.db.flush()
    first = (await client.get(f"{REQUESTS}&limit=2&expand=payloads")).json()
    second = (await client.get(f"{REQUESTS}&limit=2&cursor={first['next_cursor']}&expand=payloads")).json()
    assert (first["has_more"], second["has_more"]) == (True, False)
    items = first["items"] + second["items"]
    assert [item["json_input"]["prompt"] for item in items] == ["p2", "p1", "p0"]
    assert {item["status_code"] for item in items} == {200}
    assert items[0]["json_output"]["url"] == f"{BASE}/files/x.png"
    assert items[0]["sent_at"].endswith("Z")
    assert "json_input" not in (await client.get(REQUESTS)).json()["items"][0]


async def test_filters_of_the_history(place: World, client: httpx2.AsyncClient):
    await client.post("/run/test/noop", json={"prompt": "a"})
    await place.station.db.flush()
    now = datetime.now(UTC)
    id_ = (await client.get(REQUESTS)).json()["items"][0]["request_id"]
    for query, count in {
        "status=success": 1,
        "status=error": 0,
        "status=user_error": 0,
        "sort_by=duration": 1,
        f"request_id={id_}": 1,
        "request_id=none": 0,
        f"start={(now - timedelta(hours=1)).strftime('%Y-%m-%dT%H:%M:%SZ')}": 1,
        f"end={(now - timedelta(hours=1)).strftime('%Y-%m-%dT%H:%M:%SZ')}": 0,
        f"end={(now + timedelta(days=1)).strftime('%Y-%m-%d')}": 1,
    }.items():
        assert len((await client.get(f"{REQUESTS}&{query}")).json()["items"]) == count, query
    for query in ("status=x", "sort_by=x", "start=x", "limit=101", "cursor=x"):
        assert (await client.get(f"{REQUESTS}&{query}")).status_code == 400, query
    assert (await client.get(f"{MODELS}/requests/by-endpoint")).status_code == 400


async def test_payloads_can_be_deleted(place: World, client: httpx2.AsyncClient):
    submitted = (await client.post("/queue/test/noop", json={"prompt": "secret plan"})).json()
    id_ = submitted["request_id"]
    await place.work()
    reply = await client.delete(f"{MODELS}/requests/{id_}/payloads", headers={"idempotency-key": "1"})
    assert reply.status_code == 200
    assert "cdn_delete_results" in reply.json()
    item = (await client.get(f"{REQUESTS}&request_id={id_}&expand=payloads")).json()["items"][0]
    assert "secret plan" not in str(item)
    unknown = await client.get(f"/queue/test/noop/requests/{id_[:-1]}x")
    gone = await client.get(f"/queue/test/noop/requests/{id_}")
    assert (gone.status_code, gone.content) == (404, unknown.content), "forgotten is as good as never known"
    assert (await client.delete(f"{MODELS}/requests/none/payloads")).status_code == 404
