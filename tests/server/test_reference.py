"""The reference names every route, with who may call it, and none that is gone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gesso.server.app import all_routes
from tests.server.test_access import is_capability
from tests.server.world import World

ROW = re.compile(r"^\| (GET|POST|PUT|DELETE) \| (\w+) \| `([^`]+)` \| ([^|]+) \|", re.MULTILINE)


@pytest.mark.anyio
async def test_the_table_of_routes_is_the_routes(place: World, repository: Path):
    text = (repository / "docs" / "reference" / "http.md").read_text(encoding="utf-8")
    told = {match[:3]: match[3].strip() for match in ROW.findall(text)}
    routes = {(route.method, route.surface, route.pattern): route for route in all_routes(place.station)}
    assert set(told) == set(routes)
    for key, route in routes.items():
        if route.auth == "admin":
            assert told[key] == "ADMIN", key
        elif route.auth == "key":
            assert told[key] in ("key", "key, token"), key
        else:
            assert told[key] == ("address" if is_capability(route) else "all"), key
