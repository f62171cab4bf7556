"""What every route knows of the request it answers: who asks, on which origin, on which of fal's surfaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Surface = Literal["run", "queue", "rest", "cdn", "platform", "site"]
"""fal's hosts as we serve them: fal.run, queue.fal.run, rest.fal.ai, v3.fal.media, api.fal.ai/v1, fal.ai."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks. In open mode everybody is the owner `local` with every scope."""

    owner: str
    key_id: str | None = None
    scopes: frozenset[str] = frozenset({"API"})
    apps: frozenset[str] | None = None
    """Apps that a short-lived token is bound to; none for a key, which may call every app."""

    @property
    def is_admin(self) -> bool:
        return "ADMIN" in self.scopes

    def may_call(self, app: str) -> bool:
        """Whether `owner/alias` is among the apps this identity is bound to."""
        return self.apps is None or not self.apps.isdisjoint((app, app.rpartition("/")[2]))


@dataclass(slots=True)
class Call:
    """One request on its way through the server."""

    surface: Surface
    path: str
    """Path within the surface: "/fal-ai/flux-1/schnell", "/storage/upload/initiate"; no trailing slash."""
    origin: str
    """`scheme://host[:port]` that this client reached us by; minted URLs begin with it."""
    prefix: str = ""
    """What the client's paths carry before the surface's own: "/queue", or "" under host-based routing."""
    identity: Identity | None = None
    """None on routes that need no key."""
    request_id: str = ""
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    """Values of the route's `{names}`."""
    headers: Mapping[bytes, bytes] = field(default_factory=dict[bytes, bytes])
    """Request headers by lower-case name; of a repeated one the last."""
    query: bytes = b""
    """Query string as it came."""

    @property
    def owner(self) -> str:
        """Owner whose records this call may see. Only for routes that need a key."""
        if self.identity is None:
            raise RuntimeError("this route asks for no key")
        return self.identity.owner

    def url(self, path: str) -> str:
        """An absolute URL on the surface that was called, e.g. a status URL."""
        return f"{self.origin}{self.prefix}{path}"

    def file_url(self, path: str) -> str:
        """An absolute URL of a route that exists at the root of every host: files and uploads."""
        return f"{self.origin}{path}"
