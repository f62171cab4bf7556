"""Signed addresses: who has one may do one thing with one name, until a moment."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from urllib.parse import parse_qsl

MAX_SECONDS = 604_800
"""Longest life of a signed file URL."""


class UrlSigner:
    """Signs with the install's secret. `purpose` keeps kinds of address apart."""

    def __init__(self, secret: bytes, clock: Callable[[], float] = time.time) -> None:
        self._secret = secret
        self._clock = clock

    def signature(self, purpose: str, name: str, expires: int = 0) -> str:
        """A short text for a query string."""
        if not self._secret:
            raise RuntimeError("the files were not started")
        message = f"{purpose}\n{name}\n{expires}".encode("utf-8", "surrogatepass")
        digest = hmac.digest(self._secret, message, hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:24]).decode("ascii")

    def is_valid(self, signature: str, purpose: str, name: str, expires: int = 0) -> bool:
        """Whether the signature is ours for exactly this; its time is checked where it has one."""
        if expires and expires <= self._clock():
            return False
        wanted = self.signature(purpose, name, expires).encode()
        return hmac.compare_digest(wanted, signature.encode("utf-8", "replace"))

    def sign_file(self, name: str, seconds: int) -> str:
        """Query string that opens a file, whatever its ACL, for `seconds`."""
        expires = int(self._clock()) + max(1, min(seconds, MAX_SECONDS))
        return f"expires={expires}&signature={self.signature('file', name, expires)}"

    def opens_file(self, name: str, query: str) -> bool:
        """Whether this query string carries a signature that opens the file."""
        try:
            values = dict(parse_qsl(query, max_num_fields=10))
        except ValueError:
            return False
        signature, expires = values.get("signature", ""), values.get("expires", "")
        if not (expires.isascii() and expires.isdigit() and len(expires) < 16):
            return False
        return expires != "0" and self.is_valid(signature, "file", name, int(expires))
