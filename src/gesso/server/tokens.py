"""Short-lived tokens that stand for a key where the key must not go: in browsers, and at the upload host.

JWT, HS256, signed with the install's own secret. A token names the key it was made with, and ends with that key.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from gesso.server.auth import Keyring, bad_key
from gesso.server.call import Identity


class Tokens:
    """Makes and checks tokens. `audience` keeps kinds apart: `app` calls endpoints, `cdn` uploads files."""

    def __init__(self, secret: bytes, keyring: Keyring, clock: Callable[[], float] = time.time) -> None:
        self._secret = secret
        self._keyring = keyring
        self._clock = clock

    def mint(self, identity: Identity, audience: str, seconds: float, apps: list[str] | None = None) -> str:
        """A token that stands for `identity` for so long, for calls of `apps` alone where given."""
        from joserfc import jwt

        now = self._clock()
        claims: dict[str, Any] = {
            "sub": identity.owner,
            "aud": audience,
            "iat": int(now),
            "exp": int(now + seconds),
            "key": identity.key_id,
        }
        if apps is not None:
            claims["apps"] = apps
        return jwt.encode({"alg": "HS256"}, claims, self._key())

    def verify(self, token: str, audience: str) -> Identity:
        """Who the token stands for. Raises 401 where it is forged, over, of another kind or of a revoked key."""
        claims = self._claims(token)
        key_id = claims.get("key")
        is_over = self._clock() >= float(claims.get("exp", 0))
        if claims.get("aud") != audience or is_over or not self._key_stands(key_id):
            raise bad_key()
        apps = claims.get("apps")
        return Identity(str(claims["sub"]), key_id, apps=None if apps is None else frozenset(apps))

    def _key_stands(self, key_id: str | None) -> bool:
        # A token from open mode has no key: the first key that is made ends it.
        return self._keyring.is_empty if key_id is None else self._keyring.is_valid(key_id)

    def _claims(self, token: str) -> dict[str, Any]:
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            return jwt.decode(token, self._key(), algorithms=["HS256"]).claims
        except (JoseError, ValueError, TypeError):  # its header is any JSON, and `crit` is believed to be a list
            raise bad_key() from None

    def _key(self) -> Any:
        from joserfc.jwk import OctKey

        return OctKey.import_key(self._secret)
