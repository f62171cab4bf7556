"""The typed input of a direct run is made once: by its route."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from gesso import catalog
from gesso.db.sqlite import SqliteDatabase
from gesso.endpoint import Input, find
from gesso.endpoint import Limits as Bounds
from gesso.settings import Settings
from tests.runners.test_execute import SCHNELL, Desk


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    catalog.load()
    db = await SqliteDatabase.open(None)
    desk = Desk(db, Settings(data_dir=tmp_path))
    await desk.blobs.start()
    yield desk
    await db.close()


def typed(**raw: object) -> Input:
    return find(SCHNELL).parse(raw, Bounds())


@pytest.mark.anyio
async def test_given_values_are_used_as_they_are(desk: Desk) -> None:
    job = replace(desk.job(prompt="stored", seed=1), values=typed(prompt="given", seed=2))
    outcome = await desk.executor.execute(job, log=lambda _: None)
    assert b'"seed":2' in outcome.body


@pytest.mark.anyio
async def test_values_of_another_endpoint_are_not(desk: Desk) -> None:
    other = find("fal-ai/f-lite/standard").parse({"prompt": "given", "seed": 2}, Bounds())
    job = replace(desk.job(prompt="stored", seed=1), values=other)
    outcome = await desk.executor.execute(job, log=lambda _: None)
    assert b'"seed":1' in outcome.body
