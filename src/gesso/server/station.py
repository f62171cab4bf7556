"""What route handlers need: the parts of one running server, put together once by the wiring."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gesso.endpoint import Limits

if TYPE_CHECKING:
    from gesso.blobs.store import Blobs
    from gesso.db.database import Database
    from gesso.jobs.lane import Lane
    from gesso.jobs.store import JobStore
    from gesso.jobs.webhooks import Signer
    from gesso.server.auth import Keyring
    from gesso.server.metrics import Metrics
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
    signer: Signer
    metrics: Metrics
    limits: Limits = field(default_factory=Limits)

    @property
    def is_open(self) -> bool:
        """Open mode: no key was ever made, and only this machine can connect."""
        return self.settings.is_loopback and self.keyring.is_empty
