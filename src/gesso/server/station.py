"""What route handlers need: the parts of one running server, put together once by the wiring."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gesso.blobs.access import Keep
from gesso.endpoint import Limits
from gesso.server.auth import STORAGE, Keyring, install_secret
from gesso.server.metrics import Metrics
from gesso.server.tokens import Tokens

if TYPE_CHECKING:
    from gesso.blobs.store import Blobs
    from gesso.db.database import Database
    from gesso.jobs.lane import Lane
    from gesso.jobs.signer import Signer
    from gesso.jobs.store import JobStore
    from gesso.settings import Settings


@dataclass(slots=True)
class Station:
    """One server's parts."""

    settings: Settings
    db: Database
    store: JobStore
    lane: Lane
    blobs: Blobs
    keyring: Keyring
    tokens: Tokens
    signer: Signer
    metrics: Metrics
    limits: Limits = field(default_factory=Limits)

    @property
    def is_open(self) -> bool:
        """Open mode: no key was ever made, and only this machine can connect."""
        return self.settings.is_loopback and self.keyring.is_empty


async def build_station(
    settings: Settings, db: Database, *, store: JobStore, lane: Lane, blobs: Blobs, signer: Signer
) -> Station:
    """A station with the keys, the token secret and the limits that belong to `settings` and `db`."""
    keyring = await Keyring.open(db, settings.data_dir)

    async def default_keep(owner: str) -> Keep:
        return Keep.from_json(await keyring.setting(owner, STORAGE))

    blobs.default_keep = default_keep
    return Station(
        settings=settings,
        db=db,
        store=store,
        lane=lane,
        blobs=blobs,
        keyring=keyring,
        tokens=Tokens(await install_secret(db), keyring),
        signer=signer,
        metrics=Metrics(),
        limits=Limits(max_images=settings.max_images, max_pixels=settings.max_pixels),
    )
