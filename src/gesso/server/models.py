"""Platform API, catalog part: `GET /models` lists, searches and expands the endpoints."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, Literal

from starlette.requests import Request
from starlette.types import ASGIApp

from gesso.endpoint import Endpoint, all_endpoints, find
from gesso.errors import RequestError
from gesso.server.call import Call
from gesso.server.intake import query_pairs
from gesso.server.openapi import endpoint_document, queue_base, run_base
from gesso.server.reply import json_reply
from gesso.server.routing import Route

if TYPE_CHECKING:
    from gesso.server.station import Station

Json = dict[str, Any]

_FACTS_DATE = "2025-11-01T00:00:00Z"
"""When the facts of the catalog were taken from the endpoints' pages."""

MAX_IDS = 50
"""Most endpoint ids that one request may name."""


class Query:
    """Parameters of a Platform request, which repeat or are separated by commas."""

    def __init__(self, call: Call) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in query_pairs(call.query):
            self._values.setdefault(name, []).append(value)

    def one(self, name: str) -> str | None:
        """The last value, or none where it is absent or empty."""
        return self._values.get(name, [""])[-1] or None

    def many(self, name: str) -> list[str]:
        """Every value, without repetitions."""
        parts = [part.strip() for value in self._values.get(name, ()) for part in value.split(",")]
        return list(dict.fromkeys(part for part in parts if part))

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number from 1 to `most`. Raises 400."""
        text = self.one(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and len(text) < 7 and 1 <= int(text) <= most):
            raise RequestError(f"{name} should be a whole number from 1 to {most}")
        return int(text)

    def choice(self, name: str, choices: tuple[str, ...]) -> str | None:
        """One of `choices`, or none where it is absent. Raises 400."""
        text = self.one(name)
        if text is not None and text not in choices:
            raise RequestError(f"{name} should be one of: {', '.join(choices)}")
        return text

    def endpoints(self) -> list[Endpoint]:
        """What `endpoint_id` names. Raises 400 for too many, 404 for an unknown one."""
        ids = self.many("endpoint_id")
        if len(ids) > MAX_IDS:
            raise RequestError(f"At most {MAX_IDS} endpoint ids may be named at once")
        return [find(id_) for id_ in ids]


def routes(station: Station) -> list[Route]:
    """Listing asks for no key; one that is sent must be right."""

    async def models(request: Request, call: Call) -> ASGIApp:
        """List and search the endpoints."""
        query = Query(call)
        limit = query.number("limit", 50, 100)
        page = _page_number(query.one("cursor"))
        found = _search(query)
        shown = found[page * limit : (page + 1) * limit]
        more = len(found) > (page + 1) * limit
        return json_reply(
            {
                "models": [_model(endpoint, call, query.many("expand")) for endpoint in shown],
                "next_cursor": _cursor(page + 1) if more else None,
                "has_more": more,
            }
        )

    return [Route("GET", "platform", "/models", models, auth="optional")]


def _search(query: Query) -> list[Endpoint]:
    named = query.endpoints()
    found = list({endpoint.id: endpoint for endpoint in named}.values()) if named else all_endpoints()
    category, status = query.one("category"), query.choice("status", ("active", "deprecated"))
    if status == "deprecated":
        return []
    if category is not None:
        found = [endpoint for endpoint in found if endpoint.category == category]
    words = (query.one("q") or "").lower().split()[:20]
    if not words:
        return found
    ranked = [(_rank(endpoint, words), endpoint) for endpoint in found]
    return [endpoint for rank, endpoint in sorted(ranked, key=lambda pair: -pair[0]) if rank]


def _rank(endpoint: Endpoint, words: list[str]) -> int:
    """How well an endpoint fits: every word must occur; in the name it counts most. 0 does not fit."""
    name = f"{endpoint.id} {endpoint.title}".lower()
    text = f"{name} {endpoint.category} {endpoint.about} {' '.join((*endpoint.tags, *endpoint.aliases))}".lower()
    if not all(word in text for word in words):
        return 0
    return 1 + sum(2 for word in words if word in name)


def _model(endpoint: Endpoint, call: Call, expand: list[str]) -> Json:
    model: Json = {"endpoint_id": endpoint.id, "metadata": _metadata(endpoint, call)}
    if "openapi-3.0" in expand:
        model["openapi"] = endpoint_document(endpoint, call.origin, queue_base(call))
    if "enterprise_status" in expand:
        model["enterprise_status"] = "ready"
    return model


def _metadata(endpoint: Endpoint, call: Call) -> Json:
    kind: Literal["training", "inference"] = "training" if endpoint.category == "training" else "inference"
    url = f"{run_base(call)}/{endpoint.id}"
    metadata: Json = {
        "display_name": endpoint.title,
        "category": endpoint.category,
        "description": endpoint.about,
        "status": "active",
        "tags": list(endpoint.tags),
        "updated_at": _FACTS_DATE,
        "is_favorited": None if call.identity is None else False,
        "thumbnail_url": "",
        "model_url": url,
        "date": _FACTS_DATE,
        "highlighted": False,
        "pinned": False,
        "kind": kind,
        "group": {"key": endpoint.app, "label": endpoint.app},
    }
    if endpoint.streams:
        metadata["stream_url"] = url if endpoint.id.endswith("/stream") else f"{url}/stream"
    return metadata


def _cursor(page: int) -> str:
    return base64.urlsafe_b64encode(b"%d" % page).decode()


def _page_number(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        number = int(base64.urlsafe_b64decode(cursor))
    except (ValueError, binascii.Error):
        number = -1
    if not 0 <= number < 100_000:
        raise RequestError("The cursor is not one that a page of this list gave.")
    return number
