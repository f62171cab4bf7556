"""OpenAPI documents: one per endpoint in the shape of fal's, and one of the whole server."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from starlette.requests import Request
from starlette.types import ASGIApp

from gesso import __version__
from gesso.endpoint import Endpoint, all_endpoints, find
from gesso.errors import InputError, Problem
from gesso.server import llms
from gesso.server.call import Call
from gesso.server.intake import query_value
from gesso.server.reply import json_reply, text_reply
from gesso.server.routing import Route
from gesso.server.schema import REF, endpoint_schemas, pascal

Json = dict[str, Any]

_STATUS: Json = {
    "type": "object",
    "title": "QueueStatus",
    "required": ["status", "request_id"],
    "properties": {
        "status": {"type": "string", "enum": ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]},
        "request_id": {"type": "string", "description": "Id of the request."},
        "response_url": {"type": "string", "description": "Where the result is."},
        "status_url": {"type": "string", "description": "Where this object is."},
        "cancel_url": {"type": "string", "description": "Where to ask for the request's end."},
        "logs": {
            "type": "array",
            "items": {"type": "object"},
            "description": "Log lines, where they were asked for.",
            "nullable": True,
        },
        "metrics": {"type": "object", "description": "`inference_time` in seconds, once completed."},
        "queue_position": {"type": "integer", "description": "Requests ahead, while queued."},
    },
}
_SECURITY: Json = {
    "apiKeyAuth": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`Key <key_id>:<key_secret>`",
    }
}
_REQUEST_ID: Json = {"name": "request_id", "in": "path", "required": True, "schema": {"type": "string"}}


def endpoint_document(endpoint: Endpoint, base: str, server: str) -> Json:
    """The document of one endpoint's queue. `base` is the site's origin, `server` the queue's URL."""
    return {
        "openapi": "3.0.4",
        "info": {
            "title": f"Queue OpenAPI for {endpoint.id}",
            "version": "1.0.0",
            "description": f"The OpenAPI schema for the {endpoint.id} queue.",
            "x-fal-metadata": _metadata(endpoint, base),
        },
        "components": {
            "securitySchemes": _SECURITY,
            "schemas": {"QueueStatus": _STATUS, **endpoint_schemas(endpoint)},
        },
        "paths": _queue_paths(endpoint, ""),
        "servers": [{"url": server}],
        "security": [{"apiKeyAuth": []}],
    }


def _metadata(endpoint: Endpoint, base: str) -> Json:
    page = f"{base}/models/{endpoint.id}"
    return {
        "endpointId": endpoint.id,
        "category": endpoint.category,
        "thumbnailUrl": "",
        "playgroundUrl": page,
        "documentationUrl": f"{page}/api",
        "about": endpoint.about,
    }


def _queue_paths(endpoint: Endpoint, prefix: str) -> Json:
    name, path = pascal(endpoint.id), f"{prefix}/{endpoint.id}"
    status = _answer({"$ref": f"{REF}QueueStatus"}, "The request's status.")
    logs = {"name": "logs", "in": "query", "required": False, "schema": {"type": "number"}}
    cancelled = {"type": "object", "properties": {"success": {"type": "boolean"}}}
    request = f"{path}/requests/{{request_id}}"
    result = _answer({"$ref": f"{REF}{name}Output"}, "The result of the request.")
    return {
        path: {"post": {"requestBody": _body(name), "responses": status, "summary": f"Queue {endpoint.title}"}},
        request: {"get": {"parameters": [_REQUEST_ID], "responses": result}},
        f"{request}/status": {"get": {"parameters": [_REQUEST_ID, logs], "responses": status}},
        f"{request}/cancel": {"put": {"parameters": [_REQUEST_ID], "responses": _answer(cancelled, "Accepted.")}},
    }


def _body(name: str) -> Json:
    return {"required": True, "content": {"application/json": {"schema": {"$ref": f"{REF}{name}Input"}}}}


def _answer(schema: Json, description: str) -> Json:
    return {"200": {"description": description, "content": {"application/json": {"schema": schema}}}}


def server_document(endpoints: Iterable[Endpoint], routes: Iterable[Route], base: str) -> Json:
    """The document of the whole server: every endpoint's run and queue paths, then the other routes."""
    schemas: Json = {"QueueStatus": _STATUS}
    paths: Json = {}
    for endpoint in endpoints:
        _merge(schemas, endpoint)
        name = pascal(endpoint.id)
        output = _answer({"$ref": f"{REF}{name}Output"}, "The output.")
        run: Json = {"summary": endpoint.title, "requestBody": _body(name), "responses": output}
        paths[f"/run/{endpoint.id}"] = {"post": {**run, "description": endpoint.about, "tags": [endpoint.category]}}
        paths.update(_queue_paths(endpoint, "/queue"))
    for route in routes:
        _add_route(paths, route)
    return {
        "openapi": "3.0.4",
        "info": {"title": "Gesso", "version": __version__, "description": "Generative media behind fal's API."},
        "components": {"securitySchemes": _SECURITY, "schemas": schemas},
        "paths": paths,
        "servers": [{"url": base}],
        "security": [{"apiKeyAuth": []}],
    }


def _merge(schemas: Json, endpoint: Endpoint) -> None:
    """Add an endpoint's schemas. Apps name their own types freely, so one that differs gets the endpoint's name."""
    own = endpoint_schemas(endpoint)
    renamed = {
        name: f"{pascal(endpoint.id)}{name}" for name, schema in own.items() if schemas.get(name, schema) != schema
    }
    for name, schema in own.items():
        schemas[renamed.get(name, name)] = _with_refs(schema, renamed) if renamed else schema


def _with_refs(value: Any, renamed: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_with_refs(item, renamed) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    schema = {key: _with_refs(item, renamed) for key, item in cast("Json", value).items()}
    if "$ref" in schema:
        name = str(schema["$ref"]).removeprefix(REF)
        schema["$ref"] = REF + renamed.get(name, name)
    return schema


_PREFIX = {"run": "/run", "queue": "/queue", "rest": "/rest", "cdn": "/cdn", "platform": "/api/v1", "site": ""}


def _add_route(paths: Json, route: Route) -> None:
    if "..." in route.pattern or route.method not in ("GET", "POST", "PUT", "DELETE"):
        return
    prefix = "" if route.pattern.startswith("/files/") else _PREFIX[route.surface]
    summary = (route.handler.__doc__ or route.pattern).strip().partition("\n")[0]
    names = [part[1:-1] for part in route.pattern.split("/") if part.startswith("{")]
    operation: Json = {
        "summary": summary,
        "parameters": [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names],
        "responses": {"default": {"description": "See the reference."}},
    }
    if route.auth in ("none", "optional"):
        operation["security"] = []
    paths.setdefault(prefix + route.pattern, {})[route.method.lower()] = operation


def queue_base(call: Call) -> str:
    """The queue's URL for whoever asked: fal's own where fal's name was called."""
    return "https://queue.fal.run" if call.origin.endswith("fal.ai") else f"{call.origin}/queue"


def run_base(call: Call) -> str:
    """The same for direct runs."""
    return "https://fal.run" if call.origin.endswith("fal.ai") else f"{call.origin}/run"


def routes(others: Sequence[Route]) -> list[Route]:
    """Documents for tools and for language models, which tell of all `others` too; public, as fal's are."""

    async def endpoint_openapi(request: Request, call: Call) -> ASGIApp:
        """The OpenAPI document of one endpoint, named by `endpoint_id`."""
        id_ = query_value(call.query, "endpoint_id")
        if not id_:
            raise InputError.of([Problem(("query", "endpoint_id"), "Field required", "missing")])
        return json_reply(endpoint_document(find(id_), call.origin, queue_base(call)))

    async def whole(request: Request, call: Call) -> ASGIApp:
        """The OpenAPI document of the whole server."""
        return json_reply(server_document(all_endpoints(), [*others, *own], call.origin))

    async def index(request: Request, call: Call) -> ASGIApp:
        """What is here, as Markdown for language models."""
        return text_reply(llms.index(all_endpoints(), call.origin), "text/markdown")

    async def page(request: Request, call: Call) -> ASGIApp:
        """One endpoint as Markdown for language models."""
        endpoint = find(call.params["endpoint"])
        return text_reply(llms.page(endpoint, call.origin, run_base(call), queue_base(call)), "text/markdown")

    own = [
        Route("GET", "site", "/api/openapi/queue/openapi.json", endpoint_openapi, auth="none"),
        Route("GET", "site", "/openapi.json", whole, auth="none"),
        Route("GET", "site", "/llms.txt", index, auth="none"),
        Route("GET", "site", "/models/{endpoint...}/llms.txt", page, auth="none"),
    ]
    return own
