"""`fal_webhook`: refuse at submit what can never be delivered to; the rest shows when it is tried."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from gesso.errors import InputError, Problem
from gesso.jobs.webhooks import never_delivered
from gesso.server.call import Call
from gesso.server.intake import query_value
from gesso.server.origin import is_loopback_name
from gesso.server.routing import HOSTS, locate
from gesso.settings import Settings

_MAX_LENGTH = 2048


def webhook_of(call: Call, settings: Settings, *, is_open: bool) -> str | None:
    """The webhook URL of a submit, or none. Raises a 422 that says what is wrong with it."""
    url = query_value(call.query, "fal_webhook")
    if not url:
        return None
    wrong = _wrong(url, call, settings, is_open)
    if wrong is not None:
        raise InputError.of([Problem(("query", "fal_webhook"), wrong, "value_error", None, url)])
    return url


def _wrong(url: str, call: Call, settings: Settings, is_open: bool) -> str | None:
    if len(url) > _MAX_LENGTH or not url.isprintable() or " " in url or "\\" in url:
        return f"The URL should have at most {_MAX_LENGTH} characters, none of them blank"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "The URL cannot be read"
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        return "The URL should be http or https, with a host"
    if parts.username is not None or parts.password is not None:
        return "The URL should not hold a user name or a password"
    if _is_own_api(parts, call):
        return "The URL is this server's own API"
    return never_delivered(url, allow_private=settings.webhook_private, allow_loopback=is_open)


def _is_own_api(parts: SplitResult, call: Call) -> bool:
    if parts.hostname in HOSTS:
        return True
    if not _is_own_origin(parts, urlsplit(call.origin)):
        return False
    surface, _, _ = locate(parts.path or "/", None, parts.query.encode("latin-1", "replace"))
    return surface != "site"


def _is_own_origin(parts: SplitResult, own: SplitResult) -> bool:
    """Every name of loopback means the same; a name elsewhere that leads here is found when it is delivered to."""
    if (parts.scheme, parts.port) != (own.scheme, own.port):
        return False
    return parts.hostname == own.hostname or all(is_loopback_name(one.hostname or "") for one in (parts, own))
