"""Browsers: which origins may call, and what they are told. Never with credentials, never `null`.

In open mode everybody who reaches the port is let in, so the browser's origin is the only door: loopback pages and
the setting `allowed_origins` may call, every other page's requests are refused before they do anything.
With keys on, the key is the door and every origin may call.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from gesso.errors import RequestError
from gesso.server.call import Call
from gesso.server.origin import is_loopback_name
from gesso.server.reply import Headers, Reply

_ALLOWED = (
    "authorization, content-type, x-fal-target-url, x-fal-queue-priority, x-fal-runner-hint, "
    "x-fal-request-timeout, x-fal-request-start-timeout, x-fal-object-lifecycle, "
    "x-fal-object-lifecycle-preference, x-fal-store-io, x-fal-no-retry, x-fal-file-name, range"
)
_EXPOSED = (
    b"x-fal-request-id, x-fal-request-timeout-type, x-fal-error-type, x-fal-needs-retry, x-fal-retryable, "
    b"x-fal-billable-units, x-gesso-engine, retry-after, etag, content-range, accept-ranges, content-disposition"
)
_METHODS = b"GET, POST, PUT, DELETE, OPTIONS"
_VARY = (b"vary", b"Origin")
_EXPOSE = (b"access-control-expose-headers", _EXPOSED)


class BrowserPolicy:
    """The rule for one server's settings."""

    def __init__(self, allowed_origins: tuple[str, ...]) -> None:
        self._allowed = {origin.rstrip("/").lower() for origin in allowed_origins}

    def is_allowed(self, origin: str, own: str) -> bool:
        """Whether pages of `origin` may call in open mode."""
        origin = origin.lower()
        if origin in (own, *self._allowed):
            return True
        try:
            parts = urlsplit(origin)
        except ValueError:
            return False
        is_plain = parts.scheme in ("http", "https") and f"{parts.scheme}://{parts.netloc}" == origin
        return is_plain and "@" not in parts.netloc and is_loopback_name(parts.hostname or "")

    def check(self, call: Call, *, is_open: bool, public: bool) -> Headers:
        """The headers for the reply to a browser; none for others. Raises 403 for a page that may not call."""
        origin = call.headers.get(b"origin")
        if origin is None:
            if is_open and not public and call.headers.get(b"sec-fetch-site") == b"cross-site":
                self._check_embedding(call)
            return []
        if public or not is_open:
            return [(b"access-control-allow-origin", b"*"), _EXPOSE]
        if not self.is_allowed(origin.decode("latin-1"), call.origin):
            raise _refused(origin.decode("latin-1"))
        return [(b"access-control-allow-origin", origin), _EXPOSE, _VARY]

    def _check_embedding(self, call: Call) -> None:
        # An <img> or a form of a foreign page sends no Origin; following a link to a page of ours is harmless.
        if call.headers.get(b"sec-fetch-mode") == b"navigate" and call.surface == "site":
            return
        raise _refused("another site")

    def preflight(self, call: Call, *, is_open: bool, public: bool) -> Reply:
        """The answer to OPTIONS, which asks for no key."""
        headers = self.check(call, is_open=is_open, public=public)
        asked = call.headers.get(b"access-control-request-headers", b"")
        names = f"{_ALLOWED}, {asked.decode('latin-1')}" if asked else _ALLOWED
        headers += [
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", names.encode("latin-1")),
            (b"access-control-max-age", b"600"),
            (b"allow", _METHODS),
        ]
        if call.headers.get(b"access-control-request-private-network") == b"true":
            headers.append((b"access-control-allow-private-network", b"true"))
        return Reply(204, b"", headers)


def refuse_forwarded(headers: Mapping[bytes, bytes]) -> None:
    """In open mode, refuse what a reverse proxy passes on for somebody else: it would open the server to the world."""
    for name in (b"x-forwarded-for", b"x-real-ip", b"forwarded"):
        value = headers.get(name)
        if value and not _all_loopback(name, value.decode("latin-1")):
            raise RequestError(
                "This server has no keys, so it serves this machine alone. To serve others through a proxy, "
                "make a key with `gesso keys create`.",
                status=403,
                error_type="authorization_error",
            )


def _all_loopback(name: bytes, value: str) -> bool:
    parts = [part.strip() for part in value.replace(";", ",").split(",")]
    if name == b"forwarded":
        parts = [part[4:] for part in parts if part.lower().startswith("for=")]
    return all(is_loopback_name(_without_port(part.strip('"'))) for part in parts if part)


def _without_port(address: str) -> str:
    if address.startswith("["):
        return address.partition("]")[0] + "]"
    return address.partition(":")[0] if address.count(":") == 1 else address


def _refused(origin: str) -> RequestError:
    return RequestError(
        f"Pages of {origin[:200]} may not call this server while it has no keys. "
        "Add the origin to the setting allowed_origins (GESSO_ALLOWED_ORIGINS), or make a key.",
        status=403,
        error_type="authorization_error",
    )
