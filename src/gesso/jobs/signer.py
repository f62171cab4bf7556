"""Signs webhooks as fal does, so that receivers which verify fal's verify ours with our key set.

Message: request id, user id, Unix seconds and the lower-case hex SHA-256 of the raw body, joined by line feeds.
Signature: Ed25519, in hex.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gesso.db.faults import StartError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FILE_NAME = "webhook_key.pem"


class Signer:
    """Holds this server's webhook key."""

    def __init__(self, key: Ed25519PrivateKey, *, clock: Callable[[], float] = time.time) -> None:
        self._key = key
        self._clock = clock
        self._public = key.public_key().public_bytes_raw()

    @classmethod
    def load(cls, data_dir: Path, *, clock: Callable[[], float] = time.time) -> Signer:
        """The key of a data folder; made at the first start, readable by its owner alone."""
        path = data_dir / FILE_NAME
        if not path.exists():
            _create(path)
        return cls(_read(path), clock=clock)

    def jwks(self) -> dict[str, Any]:
        """The key set to publish. `x` is padded: fal's published Python verifier cannot read it otherwise."""
        x = base64.urlsafe_b64encode(self._public).decode()
        return {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": x, "kid": self.key_id, "use": "sig", "alg": "EdDSA"}]}

    @property
    def key_id(self) -> str:
        """The key's RFC 7638 thumbprint."""
        x = _base64url(self._public)
        canonical = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": x}, separators=(",", ":"))
        return _base64url(hashlib.sha256(canonical.encode()).digest())

    def headers(self, request_id: str, user_id: str, body: bytes) -> dict[str, str]:
        """The four signature headers of one try; the timestamp is now, since receivers refuse old ones."""
        timestamp = str(int(self._clock()))
        message = "\n".join((request_id, user_id, timestamp, hashlib.sha256(body).hexdigest()))
        return {
            "x-fal-webhook-request-id": request_id,
            "x-fal-webhook-user-id": user_id,
            "x-fal-webhook-timestamp": timestamp,
            "x-fal-webhook-signature": self._key.sign(message.encode()).hex(),
        }


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _create(path: Path) -> None:
    """Write a new key so that a crash leaves none or a whole one."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _read(path: Path) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise StartError(
            f"{path} cannot be read as a key ({error}). Restore it, or remove it to make a new one."
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise StartError(f"{path} is no Ed25519 key. Restore it, or remove it to make a new one.")
    return key
