from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gesso.db.sqlite import SqliteDatabase
from gesso.jobs.store import JobStore
from tests.jobs.samples import Clock


@pytest.fixture(params=["disk", "memory"])
async def db(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    """A database of each kind; what holds for one holds for both."""
    database = await SqliteDatabase.open(tmp_path / "gesso.db" if request.param == "disk" else None)
    yield database
    await database.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(db: SqliteDatabase, clock: Clock) -> JobStore:
    return JobStore(db, clock=clock)
