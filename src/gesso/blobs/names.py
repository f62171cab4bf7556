"""Names of stored files: chosen here, never by a client, and hard to guess, since a name opens its file."""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlsplit

from gesso.settings import Settings
from gesso.shapes import CONTENT_TYPES, EXTENSIONS, ORIGIN

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
LENGTH = 26
"""26 of 36 characters: 134 random bits."""

_NAME = re.compile(r"[0-9a-z]{26}\.[a-z0-9]{1,11}")
_EXTENSION = re.compile(r"[a-z0-9]{1,11}")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,64}/[a-z0-9!#$&^_.+-]{1,64}")
_PATH = re.compile(r"(?:/cdn)?/files/([^/]+)")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

OCTETS = "application/octet-stream"
MEDIA_HOSTS = frozenset(
    (
        *("fal.media", "v2.fal.media", "v3.fal.media", "v3b.fal.media", "fal.run", "queue.fal.run"),
        *("rest.fal.ai", "rest.alpha.fal.ai", "falrun.com", "queue.falrun.com"),
    )
)
"""fal's hosts: under the intercept our own file URLs carry these."""

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


def new_name(extension: str) -> str:
    """A fresh name."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) + "." + extension


def is_name(text: str) -> bool:
    """Whether this can be a stored file's name; nothing else may reach the disk."""
    return _NAME.fullmatch(text) is not None


def content_type_of(text: str) -> str:
    """A client's content type without parameters; what is none counts as plain bytes."""
    kind = text.partition(";")[0].strip().lower()
    return kind if _TYPE.fullmatch(kind) else OCTETS


def extension(content_type: str, file_name: str | None = None) -> str:
    """Extension of a stored file: by its type, else by what its owner called it."""
    known = EXTENSIONS.get(content_type)
    if known is not None:
        return known
    given = (file_name or "").rpartition(".")[2].lower()
    if content_type != OCTETS and given not in CONTENT_TYPES:
        return "bin"
    return given if _EXTENSION.fullmatch(given) and "." in (file_name or "") else "bin"


def clean_file_name(text: str | None) -> str | None:
    """What a client calls its file, fit to be shown and sent in a header: last part of a path, no control marks."""
    base = _UNPRINTABLE.sub("", (text or "").replace("\\", "/")).rpartition("/")[2].strip()
    if base in ("", ".", ".."):
        return None
    stem, dot, end = base.rpartition(".")
    if len(base) > 200:
        base = f"{stem[:180]}.{end}" if dot and len(end) <= 10 else base[:200]
    return base


def own_name(url: str, settings: Settings) -> str | None:
    """The name in a URL of one of our own files, whichever of our addresses it uses; none for other URLs."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removesuffix(".")
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or parts.username is not None or "\\" in url:
        return None
    # Behind a proxy that serves us under a path, what we mint begins with that path.
    base = urlsplit(settings.public_url or "").path.rstrip("/")
    match = _PATH.fullmatch(parts.path.removeprefix(base) if parts.path.startswith(f"{base}/") else parts.path)
    if match is None or not is_name(match[1]):
        return None
    return match[1] if host in _own_hosts(settings) else None


def _own_hosts(settings: Settings) -> set[str]:
    hosts = {settings.host, *LOOPBACK_HOSTS, *MEDIA_HOSTS, *(_host_of(name) for name in settings.public_hosts)}
    for url in (settings.public_url, ORIGIN):
        if url:
            hosts.add(urlsplit(url).hostname or "")
    return hosts - {""}


def _host_of(name: str) -> str:
    return (urlsplit(f"//{name}").hostname or "").lower()
