"""Documents made from the endpoints: fal's OpenAPI per endpoint, one for the server, Markdown for language models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from gesso import catalog
from gesso.endpoint import Endpoint, all_endpoints
from gesso.server import llms
from gesso.server.app import all_routes
from gesso.server.openapi import endpoint_document, server_document
from gesso.server.schema import REF, endpoint_schemas, media_limits, pascal
from gesso.shapes import MediaRule
from tests.server.world import BASE, World

catalog.load()
ENDPOINTS = all_endpoints()


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def keys(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key, item
            yield from keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from keys(item)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.id)
def test_an_endpoints_document_has_fals_shape(endpoint: Endpoint):
    document = endpoint_document(endpoint, BASE, f"{BASE}/queue")
    name = pascal(endpoint.id)
    schemas = document["components"]["schemas"]
    assert document["openapi"] == "3.0.4"
    assert document["info"]["title"] == f"Queue OpenAPI for {endpoint.id}"
    assert document["info"]["x-fal-metadata"]["endpointId"] == endpoint.id
    assert {"QueueStatus", f"{name}Input", f"{name}Output"} <= set(schemas)
    request = f"/{endpoint.id}/requests/{{request_id}}"
    assert set(document["paths"]) == {f"/{endpoint.id}", request, f"{request}/status", f"{request}/cancel"}
    assert document["servers"] == [{"url": f"{BASE}/queue"}]
    assert document["security"] == [{"apiKeyAuth": []}]
    assert {each.removeprefix(REF) for each in references(document)} <= set(schemas)
    for schema in endpoint_schemas(endpoint).values():
        if "properties" in schema:
            assert schema["x-fal-order-properties"] == list(schema["properties"])
    taken = schemas[f"{name}Input"]
    assert list(taken["properties"]) == [field.alias or name for name, field in endpoint.input.model_fields.items()]
    assert all(prop.get("description") for prop in taken["properties"].values())
    for field, value in endpoint.example.items():
        assert taken["properties"][field]["examples"] == [value]


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.id)
def test_a_document_is_openapi_3_0_and_no_newer(endpoint: Endpoint):
    for key, value in keys(endpoint_schemas(endpoint)):
        assert key not in ("const", "prefixItems", "$defs", "examples_")
        assert (key, value) != ("type", "null")
        if key in ("exclusiveMinimum", "exclusiveMaximum"):
            assert value is True


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.id)
def test_a_page_for_language_models_names_every_field(endpoint: Endpoint):
    page = llms.page(endpoint, BASE, f"{BASE}/run", f"{BASE}/queue")
    assert page.startswith(f"# {endpoint.title}\n\n> {endpoint.about}")
    for name, field in endpoint.input.model_fields.items():
        assert f"- **`{field.alias or name}`** (" in page
        assert field.description
        assert field.description in page
    for part in ("## Input Schema", "## Output Schema", "### cURL", "### Python", "### JavaScript", "openapi.json"):
        assert part in page
    assert page.count("```") % 2 == 0


@pytest.mark.anyio
async def test_the_servers_document_holds_everything(place: World):
    document = server_document(ENDPOINTS, all_routes(place.station), BASE)
    schemas = document["components"]["schemas"]
    assert {each.removeprefix(REF) for each in references(document)} <= set(schemas)
    for endpoint in ENDPOINTS:
        assert {f"/run/{endpoint.id}", f"/queue/{endpoint.id}"} <= set(document["paths"])
        for name, schema in endpoint_schemas(endpoint).items():
            held = [schemas[key] for key in (name, pascal(endpoint.id) + name) if key in schemas]
            assert any(_without_refs(schema) == _without_refs(each) for each in held), (endpoint.id, name)
    assert {"/api/v1/models", "/rest/storage/upload/initiate", "/healthz", "/files/{name}"} <= set(document["paths"])
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert all(operation["responses"] for operation in operations)


def _without_refs(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "ref" if key == "$ref" else _without_refs(item) for key, item in value.items()}
    return [_without_refs(item) for item in value] if isinstance(value, list) else value


def test_limits_of_media_fields():
    rule = MediaRule("image", max_bytes=10, max_side=20, formats=("png",))
    assert media_limits(rule) == {"max_file_size": 10, "max_side": 20, "formats": ["png"]}
    assert media_limits(MediaRule("audio")) == {}


@pytest.mark.parametrize(
    ("id_", "name"),
    [
        ("fal-ai/flux-1/schnell", "FalAiFlux1Schnell"),
        ("fal-ai/imagen4/preview", "FalAiImagen4Preview"),
        ("a/b.c", "ABC"),
    ],
)
def test_schema_names(id_: str, name: str):
    assert pascal(id_) == name


@pytest.mark.anyio
async def test_the_routes_are_public(client: httpx2.AsyncClient, place: World):
    await place.keyring.create("a")
    one = await client.get("/api/openapi/queue/openapi.json?endpoint_id=test/old-echo")
    assert one.json()["info"]["title"] == "Queue OpenAPI for test/echo/deep/path"
    assert (await client.get("/api/openapi/queue/openapi.json")).status_code == 422
    assert (await client.get("/api/openapi/queue/openapi.json?endpoint_id=a/none")).status_code == 404
    blobs = place.station.blobs
    watching = len(blobs.on_change), len(blobs.on_sweep)
    paths = (await client.get("/openapi.json")).json()["paths"]
    assert {"/run/test/noop", "/openapi.json", "/api/v1/keys"} <= set(paths)
    assert (len(blobs.on_change), len(blobs.on_sweep)) == watching  # reading a document leaves nothing behind
    page = await client.get("/models/test/noop/llms.txt")
    assert page.headers["content-type"].startswith("text/markdown")
    assert "test/noop" in (await client.get("/llms.txt")).text
    assert (await client.get("/models/a/none/llms.txt")).status_code == 404


@pytest.mark.anyio
async def test_on_fals_own_host_the_documents_name_fals_urls(place: World):
    async with place.client("https://fal.ai") as caller:
        reply = await caller.get("/api/openapi/queue/openapi.json?endpoint_id=test/noop")
        assert reply.json()["servers"] == [{"url": "https://queue.fal.run"}]
        assert "https://fal.run/test/noop" in (await caller.get("/models/test/noop/llms.txt")).text
