"""Who the client thinks we are: the Host allow-list (against DNS rebinding), and the origin that minted URLs get.

A page on evil.test can point its own name at 127.0.0.1 and then read a server on this machine as its own origin.
It cannot choose what the browser sends as Host, so a Host that is not ours is refused with 421.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.types import Scope

from gesso.errors import RequestError
from gesso.server.call import Surface
from gesso.server.routing import HOSTS
from gesso.settings import Settings

Headers = Mapping[bytes, bytes]

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+?)\.?(?::(?P<port>[0-9]{1,5}))?", re.IGNORECASE)
_MAX_CACHED = 1024


@dataclass(frozen=True, slots=True)
class Address:
    """What a request's Host came to."""

    origin: str
    """`scheme://host[:port]`, lower case."""
    surface: Surface | None
    """Set where one of fal's own names was called."""


def is_loopback_name(name: str) -> bool:
    """Whether a host name or address, without port, can only mean this machine."""
    name = name.strip("[]").removesuffix(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class Origins:
    """The hosts this server answers to."""

    def __init__(self, settings: Settings) -> None:
        self._public_url = settings.public_url.rstrip("/") if settings.public_url else None
        named = [urlsplit(self._public_url).hostname or ""] if self._public_url else []
        if settings.host not in ("0.0.0.0", "::", ""):  # noqa: S104  recognised, not bound
            named.append(settings.host)
        self._names = {name.lower().strip("[]") for name in (*settings.public_hosts, *named)}
        self._proxies = [ipaddress.ip_network(each, strict=False) for each in settings.trusted_proxies]
        self._known: dict[tuple[str, bytes, Any], Address | None] = {}

    def of(self, scope: Scope, headers: Headers, is_open: bool) -> Address:
        """The origin this request came to. Raises 421 for a host that is not ours, 400 for none or a broken one."""
        host, scheme = headers.get(b"host", b""), scope["scheme"]
        if self._proxies and self.is_proxy(scope):
            host = _last(headers, b"x-forwarded-host") or host
            scheme = (_last(headers, b"x-forwarded-proto") or scheme.encode()).decode("latin-1")
        here = scope["server"][0] if scope.get("server") else None
        key = (scheme, host, here)
        reached = self._known.get(key)
        if reached is None:
            reached = self._resolve(scheme, host, here)
            if len(self._known) < _MAX_CACHED:
                self._known[key] = reached
        if reached is None:
            return self._stranger(host, is_open)
        return reached

    def is_proxy(self, scope: Scope) -> bool:
        """Whether the peer is a configured proxy, whose X-Forwarded-* headers count."""
        client = scope.get("client")
        try:
            address = ipaddress.ip_address(client[0]) if client else None
        except ValueError:
            return False
        return address is not None and any(address in network for network in self._proxies)

    def _resolve(self, scheme: str, host: bytes, here: str | None) -> Address | None:
        match = _HOST.fullmatch(host.decode("latin-1"))
        if match is None or scheme not in ("http", "https"):
            raise RequestError("The Host header is missing or malformed.", status=400)
        name = match["name"].lower()
        surface = HOSTS.get(name)
        bare = name.strip("[]")
        if surface is None and bare not in self._names and bare != here and not is_loopback_name(name):
            return None
        port = f":{match['port']}" if match["port"] else ""
        if surface is not None:
            # fal's names are only ever called over TLS; `gesso exec` ends it before us.
            scheme = "https"
        return Address(f"{scheme}://{name}{port}", surface)

    def _stranger(self, host: bytes, is_open: bool) -> Address:
        # With keys on, a foreign name gains an attacker nothing: a reverse proxy may pass its inner name on.
        if self._public_url is not None and not is_open:
            return Address(self._public_url, None)
        name = host.decode("latin-1")[:200]
        raise RequestError(
            f'This server does not answer to the host "{name}". '
            "Name it in the setting public_hosts (GESSO_PUBLIC_HOSTS) if it is yours.",
            status=421,
            error_type="misdirected_request",
        )

    def is_own(self, host: str) -> bool:
        """Whether `host[:port]` of a URL means this server by name; ports are not compared."""
        match = _HOST.fullmatch(host)
        if match is None:
            return False
        name = match["name"].lower()
        return is_loopback_name(name) or name.strip("[]") in self._names


def _last(headers: Headers, name: bytes) -> bytes:
    # Each proxy appends: the last value is the one that the trusted neighbour wrote.
    return headers.get(name, b"").rpartition(b",")[2].strip()
