"""Keys: made, shown once, stored hashed, revoked, and found again from an Authorization header.

Every process that changes keys (the server, `gesso keys`) replaces a small stamp file beside the database. The
running server looks at that file as requests come, so a key made or revoked elsewhere counts within a blink.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from gesso.db.database import Database, Transaction
from gesso.errors import RequestError
from gesso.server.call import Identity

Scope = Literal["API", "ADMIN"]

LOCAL = Identity("local", scopes=frozenset({"API", "ADMIN"}))
"""Everybody, in open mode."""

STAMP = "keys.stamp"
"""Name of the file in the data folder that is replaced whenever keys change."""

MAX_NAME = 200
"""Characters in what a key or an owner is called."""

STORAGE = "storage"
"""Name of the setting that holds how long an owner's files are kept, and who may read them."""

_RELOAD_SECONDS = 5.0
"""Keys are read again this often even if the stamp stayed: its writer may have died between commit and stamp."""

_LOOK_SECONDS = 0.02
"""How often the stamp is looked at: a key counts this soon, and a busy server looks 50 times a second."""

_USED_SECONDS = 60.0
"""`last_used_at` is written at most this often for each key."""

_MAX_CACHED = 4096


@dataclass(frozen=True, slots=True)
class Key:
    """What may be shown of a key."""

    key_id: str
    owner: str
    alias: str
    scope: Scope
    created_at: float
    last_used_at: float | None = None
    revoked_at: float | None = None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key at the only moment at which its secret is known."""

    key: Key
    secret: str

    @property
    def credential(self) -> str:
        """`id:secret`, as clients take it in `FAL_KEY`."""
        return f"{self.key.key_id}:{self.secret}"


class Keyring:
    """The keys of one database. `stamp` is the file that tells of changes; none where nobody else can make any."""

    def __init__(self, db: Database, stamp: Path | None, clock: Callable[[], float] = time.time) -> None:
        self._db = db
        self._stamp = str(stamp) if stamp else None
        self._clock = clock
        self._seen: tuple[int, int] | None = None
        self._read_at = float("-inf")
        self._look_at = 0.0
        self._keys: dict[str, tuple[Key, str]] = {}
        self._found: dict[bytes, Identity] = {}
        self._used: dict[str, float] = {}

    @classmethod
    async def open(cls, db: Database, data_dir: Path | None, clock: Callable[[], float] = time.time) -> Keyring:
        """The keyring of a data folder (none: of a database in memory), read."""
        keyring = cls(db, data_dir / STAMP if data_dir else None, clock)
        await keyring.refresh()
        return keyring

    # ------------------------------------------------------------ reading

    @property
    def is_empty(self) -> bool:
        """Whether no key was ever made, as of the last `refresh`."""
        return not self._keys

    async def refresh(self) -> None:
        """Read the keys again where another process may have changed them."""
        seen = self._look()
        if seen == self._seen and time.monotonic() - self._read_at < _RELOAD_SECONDS:
            return
        await self._read()
        self._seen = seen

    def is_fresh(self) -> bool:
        """Whether `refresh` would do nothing: the test that each request pays for."""
        now = time.monotonic()
        if now < self._look_at:
            return True
        if self._look() != self._seen or now >= self._read_at + _RELOAD_SECONDS:
            return False
        self._look_at = now + _LOOK_SECONDS
        return True

    def _look(self) -> tuple[int, int] | None:
        if self._stamp is None:
            return None
        try:
            stat = os.stat(self._stamp)
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_ino

    async def _read(self) -> None:
        rows = await self._db.all("keys.all")
        self._keys = {row["key_id"]: (_key(row), row["hash"]) for row in rows}
        self._found.clear()
        self._read_at = time.monotonic()

    async def list(self) -> list[Key]:
        """Every key ever made, newest first."""
        return [_key(row) for row in await self._db.all("keys.all")]

    def is_valid(self, key_id: str) -> bool:
        """Whether such a key exists and is not revoked."""
        entry = self._keys.get(key_id)
        return entry is not None and entry[0].revoked_at is None

    def identify(self, authorization: bytes) -> Identity:
        """Who the value `Key id:secret` names. Raises 401; every wrong key gets the same answer."""
        identity = self._found.get(authorization)
        if identity is None:
            identity = self._check(authorization)
            if len(self._found) >= _MAX_CACHED:
                self._found.clear()
            self._found[authorization] = identity
        if identity.key_id is not None:
            self._note_use(identity.key_id)
        return identity

    def _check(self, authorization: bytes) -> Identity:
        scheme, _, credential = authorization.partition(b" ")
        key_id, _, secret = credential.strip().partition(b":")
        key, stored = self._keys.get(key_id.decode("latin-1"), (None, ""))
        # The comparison runs for unknown ids too, so that its time tells nothing.
        matches = hmac.compare_digest(_hash(secret), stored)
        if scheme.lower() != b"key" or key is None or not matches or key.revoked_at is not None:
            raise bad_key()
        scopes = frozenset({"API", "ADMIN"} if key.scope == "ADMIN" else {"API"})
        return Identity(key.owner, key.key_id, scopes)

    def _note_use(self, key_id: str) -> None:
        now = self._clock()
        if now - self._used.get(key_id, 0.0) < _USED_SECONDS:
            return
        self._used[key_id] = now
        self._db.post(lambda tx: tx.run("keys.used", {"key_id": key_id, "now": now}))

    # ------------------------------------------------------------ changing

    async def create(self, alias: str, scope: Scope = "API", owner: str | None = None) -> NewKey:
        """A new key. Without an `owner` it is one of its own: it sees no other key's requests and files."""
        key_id, secret = secrets.token_hex(8), secrets.token_hex(24)
        key = Key(key_id, owner or key_id, alias, scope, self._clock())
        params = {
            "key_id": key.key_id,
            "owner": key.owner,
            "alias": key.alias,
            "scope": key.scope,
            "hash": _hash(secret.encode()),
            "created_at": key.created_at,
        }
        await self._change(lambda tx: tx.run("keys.insert", params))
        return NewKey(key, secret)

    async def revoke(self, key_id: str) -> bool:
        """End a key now; false where there was no such key, or none that was valid."""
        params = {"key_id": key_id, "now": self._clock()}
        return bool(await self._change(lambda tx: tx.run("keys.revoke", params)))

    # ------------------------------------------------------------ settings of owners

    async def setting(self, owner: str, name: str) -> str | None:
        """One value that an owner has set, or none."""
        row = await self._db.one("keys.setting", {"owner": owner, "name": name})
        return None if row is None else row["value"]

    async def set_setting(self, owner: str, name: str, value: str) -> None:
        """Write one value of an owner."""
        params = {"owner": owner, "name": name, "value": value}
        await self._db.write(lambda tx: tx.run("keys.set_setting", params))

    # ------------------------------------------------------------ writing

    async def _change(self, operation: Callable[[Transaction], int]) -> int:
        changed = await self._db.write(operation)
        if changed:
            self._replace_stamp()
            self._seen = self._look()
            await self._read()
        return changed

    def _replace_stamp(self) -> None:
        if self._stamp is None:
            return
        draft = Path(f"{self._stamp}.{os.getpid()}")
        draft.write_text(secrets.token_hex(8))
        draft.replace(self._stamp)


def _key(row: Any) -> Key:
    return Key(
        row["key_id"],
        row["owner"],
        row["alias"],
        row["scope"],
        row["created_at"],
        row["last_used_at"],
        row["revoked_at"],
    )


def _hash(secret: bytes) -> str:
    # Secrets are 192 random bits: a slow hash would protect nothing more.
    return hashlib.sha256(secret).hexdigest()


def bad_key() -> RequestError:
    """The one answer to every wrong, malformed, unknown or revoked key."""
    return RequestError("No user found for Key ID and Secret", status=401, error_type="authorization_error")


async def install_secret(db: Database) -> bytes:
    """The secret that signs this install's tokens; made once."""
    fresh = {"owner": "", "name": "token_secret", "value": secrets.token_hex(32)}
    row = await db.one("keys.setting", fresh)
    if row is None:
        await db.write(lambda tx: tx.run("keys.add_setting", fresh))
        row = await db.one("keys.setting", fresh)
    if row is None:
        raise RuntimeError("the database keeps no settings")
    return bytes.fromhex(row["value"])
