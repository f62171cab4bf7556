"""Surfaces and routes: every way to the same place, the words that are nobody's name, and never a redirect."""

from __future__ import annotations

import pytest

from gesso.errors import RequestError
from gesso.server.app import all_routes
from gesso.server.call import Surface
from gesso.server.routing import HOSTS, RESERVED, Route, Router, locate
from tests.server.test_access import path_of
from tests.server.world import World


async def handler(request: object, call: object) -> object:
    raise NotImplementedError


PLACES = [
    ("/run/a/b", None, b"", ("run", "/run", "/a/b")),
    ("/a/b", None, b"", ("run", "", "/a/b")),
    ("/a/b/", None, b"", ("run", "", "/a/b")),
    ("/queue/a/b/requests/c/", None, b"", ("queue", "/queue", "/a/b/requests/c")),
    ("/a/b", None, b"x=1&_subdomain=queue", ("queue", "/queue", "/a/b")),
    ("/rest/tokens/", None, b"", ("rest", "/rest", "/tokens")),
    ("/storage/upload/initiate", None, b"", ("rest", "", "/storage/upload/initiate")),
    ("/tokens/", None, b"", ("rest", "", "/tokens")),
    ("/.well-known/jwks.json", None, b"", ("rest", "", "/.well-known/jwks.json")),
    ("/cdn/files/upload", None, b"", ("cdn", "/cdn", "/files/upload")),
    ("/files/x.png", None, b"", ("cdn", "", "/files/x.png")),
    ("/api/v1/models", None, b"", ("platform", "/api/v1", "/models")),
    ("/api/v1", None, b"", ("platform", "/api/v1", "/")),
    ("/api/v10/models", None, b"", ("site", "", "/api/v10/models")),
    ("/api/fal/proxy", None, b"", ("site", "", "/api/fal/proxy")),
    ("/models/a/b/llms.txt", None, b"", ("site", "", "/models/a/b/llms.txt")),
    ("/", None, b"", ("site", "", "/")),
    ("//", None, b"", ("site", "", "/")),
    ("/run", None, b"", ("run", "/run", "/")),
    ("/runner/a", None, b"", ("run", "", "/runner/a")),
    ("/a/b", "run", b"", ("run", "", "/a/b")),
    ("/a/b", "queue", b"", ("queue", "", "/a/b")),
    ("/v1/models", "platform", b"", ("platform", "/v1", "/models")),
    ("/storage/auth/token", "rest", b"", ("rest", "", "/storage/auth/token")),
    ("/files/x.png", "run", b"", ("cdn", "", "/files/x.png")),
    ("/files/upload", "cdn", b"", ("cdn", "", "/files/upload")),
    ("/api/openapi/queue/openapi.json", "site", b"", ("site", "", "/api/openapi/queue/openapi.json")),
]


@pytest.mark.parametrize(("path", "host", "query", "place"), PLACES)
def test_where_a_path_belongs(path: str, host: Surface | None, query: bytes, place: tuple[str, str, str]):
    assert locate(path, host, query) == place


def test_every_reserved_word_of_the_rulings_is_reserved():
    words = {
        *("files", "run", "queue", "rest", "cdn", "api", "models", "requests", "gallery", "keys", "engines"),
        *("settings", "compare", "static", "docs", "mcp", "metrics", "healthz", "readyz", "openapi.json", "llms.txt"),
    }
    assert words <= RESERVED
    for word in RESERVED:
        assert locate(f"/{word}/x", None)[0] != "run" or word == "run"


def test_hosts_cover_what_clients_hard_code():
    assert {"fal.run", "queue.fal.run", "rest.fal.ai", "rest.alpha.fal.ai", "v3.fal.media"} <= set(HOSTS)
    assert {"v3b.fal.media", "api.fal.ai", "fal.ai", "falrun.com", "queue.falrun.com"} <= set(HOSTS)


def router() -> Router:
    return Router(
        [
            Route("GET", "queue", "/{app...}/requests/{id}", handler),  # type: ignore[arg-type]
            Route("GET", "site", "/a/{name}", handler),  # type: ignore[arg-type]
            Route("PUT", "site", "/a/{name}", handler),  # type: ignore[arg-type]
            Route("GET", "site", "/a/literal", handler),  # type: ignore[arg-type]
        ]
    )


def test_patterns_take_one_segment_or_several():
    route, params = router().match("queue", "GET", "/x/y/z/requests/1")
    assert params == {"app": "x/y/z", "id": "1"}
    assert route.pattern == "/{app...}/requests/{id}"
    assert router().match("site", "GET", "/a/b")[1] == {"name": "b"}
    assert router().match("site", "HEAD", "/a/b")[0].method == "GET"
    assert router().match("site", "GET", "/a/literal")[0].pattern == "/a/literal"


@pytest.mark.parametrize(
    ("surface", "method", "path", "status"),
    [
        ("site", "GET", "/a/b/c", 404),
        ("site", "GET", "/a/", 404),
        ("run", "GET", "/a/b", 404),
        ("site", "POST", "/a/b", 405),
        ("site", "BREW", "/a/b", 405),
    ],
)
def test_what_has_no_route(surface: Surface, method: str, path: str, status: int):
    with pytest.raises(RequestError) as caught:
        router().match(surface, method, path)
    assert caught.value.status == status
    if status == 405:
        assert caught.value.headers["allow"] == "GET, PUT"


@pytest.mark.anyio
async def test_no_route_ever_redirects(place: World):
    values = {"endpoint": "test/noop", "app": "test/noop", "request_id": "x", "key_id": "x", "name": "x"}
    async with place.client() as caller:
        for route in all_routes(place.station):
            path = path_of(route, values)
            for form in (path, f"{path}/", f"/{path}", path.upper()):
                reply = await caller.request(route.method, f"http://127.0.0.1{form}" if form[:2] == "//" else form)
                assert not 300 <= reply.status_code < 400, (route.method, form)


@pytest.mark.anyio
async def test_every_json_answer_says_so_and_every_error_has_a_request_id(place: World):
    async with place.client() as caller:
        for path in (
            "/nowhere",
            "/run/nobody/none",
            "/queue/a",
            "/api/v1/none",
            "/rest/none",
            "/cdn/none",
            "/files/none",
        ):
            for method in ("GET", "POST", "PUT", "DELETE"):
                reply = await caller.request(method, path)
                assert reply.status_code in (400, 404, 405, 422), (method, path)
                assert reply.headers["content-type"] == "application/json"
                assert reply.headers["x-fal-request-id"]
                assert reply.json()
