"""`/api/fal/proxy`: the server-side proxy that fal's JavaScript client is pointed at, answered here and now.

The real URL comes in `x-fal-target-url`. Only this route and the bare `/` and `/fal` read that header: the official
proxy passes it on to every route. Nothing is fetched; the target is served by this very server.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, unquote, urlsplit

from starlette.types import Scope

from gesso.server.call import Surface
from gesso.server.origin import Origins
from gesso.server.routing import HOSTS, locate

PATHS = frozenset({"/api/fal/proxy", "/fal", "/"})
"""Where the header counts; at `/` and `/fal` for gateways that append nothing to their base."""

_PREFIXES: dict[Surface, str] = {
    "run": "/run",
    "queue": "/queue",
    "rest": "/rest",
    "cdn": "/cdn",
    "platform": "/api/v1",
    "site": "",
}
_PRINTABLE = re.compile(r"[\x21-\x7e]+")


class InvalidTargetError(Exception):
    """The header names nothing that this server could answer."""


def is_proxied(scope: Scope, path: str) -> bool:
    """Whether this path reads the target header."""
    return path in PATHS and (path == "/api/fal/proxy" or scope["method"] in ("GET", "POST", "PUT"))


def retarget(scope: Scope, target: bytes, origins: Origins) -> tuple[Scope, Surface, str, str]:
    """A scope for the target URL; and its surface, the prefix that minted URLs get, and its path.

    The prefix makes URLs reachable from where the client is, which is not fal's host. Raises `InvalidTargetError`.
    """
    parts = _split(target.decode("latin-1"))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidTargetError
    path, query = unquote(parts.path) or "/", parts.query.encode("latin-1")
    surface = HOSTS.get(parts.hostname)
    if surface is None and not origins.is_own(parts.netloc):
        raise InvalidTargetError
    surface, _, inner = locate(path, surface, query)
    if surface == "site" and inner in PATHS:
        raise InvalidTargetError
    changed = {**scope, "path": path, "raw_path": parts.path.encode("latin-1"), "query_string": query}
    # Files are found at the root of every host; everything else by its surface's prefix.
    return changed, surface, "" if inner.startswith("/files/") else _PREFIXES[surface], inner


def _split(target: str) -> SplitResult:
    try:
        if _PRINTABLE.fullmatch(target):
            return urlsplit(target)
    except ValueError:
        pass  # An address in brackets that is none: as invalid as blanks are.
    raise InvalidTargetError
