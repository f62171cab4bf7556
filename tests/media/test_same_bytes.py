"""The same request gives the same bytes in another process, and every file says where it comes from.

One of the two processes is a server's child, fresh from its start; the other is that of the tests, which has run other
work before.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from gesso.blobs import datauri
from gesso.blobs.sniff import HEAD, sniff
from gesso.endpoint import Limits, find
from gesso.engines.engine import Result
from gesso.engines.sketch.engine import SketchEngine
from gesso.media import Media, map_media
from gesso.runners.context import RunContext
from gesso.runners.execute import seeded
from gesso.runners.work import Work
from gesso.tasks import Task
from tests.hostile.conftest import Target
from tests.media import metadata, orders, results

QUICK = {"fal-ai/ffmpeg-api/merge-audio-video", "fal-ai/post-processing/sharpen"}
"""Endpoints that are compared in every run of the tests; all when all tests run."""

ENDPOINTS = [
    pytest.param(endpoint.id, marks=[] if endpoint.id in QUICK else [pytest.mark.long])
    for endpoint in orders.endpoints()
]


@pytest.mark.parametrize("id_", ENDPOINTS)
def test_the_same_request_gives_the_same_bytes(target: Target, id_: str, tmp_path: Path) -> None:
    asked = orders.body(id_)
    reply = target.post(f"/run/{id_}", asked)
    assert reply.status_code == 200, reply.text[:500]
    served = results.seen(reply.json(), target.http)
    task = _task(id_, asked, tmp_path)
    made = _made(id_, task, tmp_path)
    again = {
        path.name: path.read_bytes() for path in {file.path for several in made.files.values() for file in several}
    }
    assert {_sum(file.data) for file in served} == {_sum(data) for data in again.values()}
    for file in served:
        told = metadata.told(file)
        assert (told.get("engine"), told.get("endpoint")) == ("sketch", id_), f"{file.name}: {told}"
        assert told.get("parts"), f"{file.name}: {told}"
        assert {part for part in made.parts if part not in told["parts"]} == set(), f"{file.name}: {told}"
        if hasattr(task, "seed"):
            assert told.get("seed") == str(task.seed), f"{file.name}: {told}"  # pyright: ignore[reportAttributeAccessIssue]


def _task(id_: str, asked: dict[str, Any], folder: Path) -> Task:
    """What a request means, as the server sees it: its files brought here, an absent seed chosen by the input."""
    endpoint = find(id_)
    values = endpoint.parse(asked, Limits())

    async def fetch(media: Media) -> Media:
        data = datauri.decode(datauri.split(media.url))
        path = folder / f"{_sum(data)}.{sniff(data[:HEAD]).name}"
        path.write_bytes(data)
        return replace(media, path=path)

    return seeded(anyio.run(map_media, values.task(), fetch), endpoint, values, "input")


def _made(id_: str, task: Task, folder: Path) -> Result:
    work = Work(job="again", endpoint=id_, engine="sketch", task=task, tmp=str(folder / "made"))
    return SketchEngine().run(task, RunContext(work, lambda _: None))


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
