"""Which handler answers: fal's surfaces by host name or by path prefix, then one table of routes.

    https://queue.fal.run/fal-ai/x        host         -> surface queue, path /fal-ai/x
    http://127.0.0.1:4747/queue/fal-ai/x  path prefix  -> the same, minted URLs keep "/queue"
    http://127.0.0.1:4747/fal-ai/x        neither      -> surface run

A pattern is a path with `{name}` for one segment and `{name...}` for one or more of them.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.types import ASGIApp

from gesso.errors import RequestError
from gesso.server.call import Call, Surface

Auth = Literal["key", "admin", "optional", "none"]
"""`key`: any key or, in open mode, anybody. `optional`: a key counts when given. `none`: nobody asks."""

Handler = Callable[[Request, Call], Awaitable[ASGIApp]]
"""Returns any ASGI response: Starlette's, or the leaner `reply.Reply`."""


@dataclass(frozen=True, slots=True)
class Route:
    """One method and path pattern of one surface."""

    method: str
    surface: Surface
    pattern: str
    handler: Handler
    auth: Auth = "key"
    body_limit: int | None = None
    """Largest body in bytes; none takes the setting `max_body`."""
    upload: bool = False
    """True where the body is a file: it gets a least rate instead of a deadline."""


HOSTS: Mapping[str, Surface] = {
    "fal.run": "run",
    "falrun.com": "run",
    "queue.fal.run": "queue",
    "queue.falrun.com": "queue",
    "rest.fal.ai": "rest",
    "rest.alpha.fal.ai": "rest",
    "v3.fal.media": "cdn",
    "v3b.fal.media": "cdn",
    "fal.media": "cdn",
    "api.fal.ai": "platform",
    "fal.ai": "site",
    "www.fal.ai": "site",
}
"""fal's own names, for people who point them here, and for `gesso exec`."""

_PREFIXES: Mapping[str, Surface] = {"run": "run", "queue": "queue", "rest": "rest", "cdn": "cdn"}

_SITE_WORDS = frozenset(
    {
        *("api", "models", "requests", "gallery", "keys", "engines", "settings", "compare", "static", "docs"),
        *("mcp", "metrics", "healthz", "readyz", "openapi.json", "llms.txt", "fal"),
    }
)
_REST_WORDS = frozenset({"storage", "tokens", ".well-known"})

RESERVED = frozenset({"files", *_PREFIXES, *_SITE_WORDS, *_REST_WORDS})
"""First segments that are never an owner's name."""

Place = tuple[Surface, str, str]
"""Surface, the prefix that the client's paths carry, path within the surface."""


def locate(path: str, host_surface: Surface | None, query: bytes = b"") -> Place:
    """The surface that a path belongs to. `host_surface` is the one of fal's host names that was called, if any."""
    if len(path) > 1 and path.endswith("/"):
        path = path.rstrip("/") or "/"
    end = path.find("/", 1)
    word = path[1:] if end < 0 else path[1:end]
    if word == "files":
        return "cdn", "", path
    if host_surface is not None:
        return _under("/v1", "platform", path) if host_surface == "platform" else (host_surface, "", path)
    surface = _PREFIXES.get(word)
    if surface is not None:
        return _under(f"/{word}", surface, path)
    if word == "api" and (path == "/api/v1" or path.startswith("/api/v1/")):
        return _under("/api/v1", "platform", path)
    if word in _SITE_WORDS or not word:
        return "site", "", path
    if word in _REST_WORDS:
        return "rest", "", path
    # The convention of Hugging Face's router: the queue at the root, told apart by a query parameter.
    if query and b"_subdomain=queue" in query:
        return "queue", "/queue", path
    return "run", "", path


def _under(prefix: str, surface: Surface, path: str) -> Place:
    return surface, prefix, path.removeprefix(prefix) or "/"


Match = tuple[Route, Mapping[str, str]]
_NO_PARAMS: Mapping[str, str] = {}


class Router:
    """The table of routes. Literal paths are found in a dict, the rest by one regular expression each, in order."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        self._literal: dict[tuple[str, str, str], Route] = {}
        self._patterns: dict[tuple[str, str], list[tuple[re.Pattern[str], Route]]] = {}
        for route in self.routes:
            if "{" in route.pattern:
                entry = (_compile(route.pattern), route)
                self._patterns.setdefault((route.surface, route.method), []).append(entry)
            else:
                self._literal[route.surface, route.method, route.pattern] = route

    def match(self, surface: Surface, method: str, path: str) -> Match:
        """The route and its parameters. Raises 404 for an unknown path, 405 where other methods have it."""
        found = self._find(surface, method, path)
        if found is None and method == "HEAD":
            found = self._find(surface, "GET", path)
        if found is None:
            raise self._refusal(surface, path)
        return found

    def _find(self, surface: Surface, method: str, path: str) -> Match | None:
        route = self._literal.get((surface, method, path))
        if route is not None:
            return route, _NO_PARAMS
        for pattern, candidate in self._patterns.get((surface, method), ()):
            match = pattern.fullmatch(path)
            if match is not None:
                return candidate, match.groupdict()
        return None

    def _refusal(self, surface: Surface, path: str) -> RequestError:
        allowed = self.methods(surface, path)
        if allowed:
            headers = {"allow": ", ".join(allowed)}
            return RequestError("Method Not Allowed", status=405, error_type="method_not_allowed", headers=headers)
        headers = {"x-fal-billable-units": "0"}
        return RequestError(f"Path {path[:200]} not found", status=404, error_type="not_found", headers=headers)

    def methods(self, surface: Surface, path: str) -> list[str]:
        """The methods that have a route at this path."""
        every = sorted({route.method for route in self.routes})
        return [method for method in every if self._find(surface, method, path) is not None]


def _compile(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+(?:\.\.\.)?)\}", pattern)
    text = "".join(_group(part) if index % 2 else re.escape(part) for index, part in enumerate(parts))
    return re.compile(text, re.DOTALL)  # a line break in a path is a character like others


def _group(name: str) -> str:
    return f"(?P<{name[:-3]}>.+?)" if name.endswith("...") else f"(?P<{name}>[^/]+)"
