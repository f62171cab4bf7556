"""One server in this process for each test that asks for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from tests.server.world import World, world


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[World]:
    """A server in open mode."""
    async with world(tmp_path) as made:
        yield made


@pytest.fixture
async def client(place: World) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of `place`."""
    async with place.client() as made:
        yield made
