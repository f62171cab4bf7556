"""Files of a result in the places of an output: in objects, in lists, under two names, under their own names."""

from __future__ import annotations

import json
import time
import uuid
from pathlib import Path
from typing import Any

import pytest

from gesso import catalog
from gesso.blobs.disk import DiskStore
from gesso.blobs.store import Blobs
from gesso.db.sqlite import SqliteDatabase
from gesso.endpoint import find
from gesso.engines.engine import Made, Result
from gesso.jobs.job import Lifecycle, NewJob
from gesso.runners.outputs import Outputs
from gesso.settings import Settings
from gesso.tasks import ImagesTo3D

pytestmark = pytest.mark.anyio

MESH = "fal-ai/meshy/v5/multi-image-to-3d"


def made(path: Path) -> Made:
    path.write_bytes(path.name.encode())
    return Made(path, "application/octet-stream", {"file_name": path.name})


async def answered(tmp_path: Path, files: dict[str, list[Made]]) -> tuple[dict[str, Any], list[str]]:
    catalog.load()
    settings = Settings(data_dir=tmp_path / "data")
    db = await SqliteDatabase.open(None)
    blobs = Blobs(db, DiskStore(settings.files_dir, settings.tmp_dir), settings)
    await blobs.start()
    job = NewJob(
        id=str(uuid.uuid4()),
        endpoint=MESH,
        owner="ann",
        input=b"{}",
        submitted_at=time.time(),
        lifecycle=Lifecycle(),
    )
    outputs = Outputs(blobs, find(MESH), job, ImagesTo3D(images=()), inline=False)
    body, _ = await outputs.answer(Result(files, {}), time.time())
    await db.close()
    return json.loads(body), outputs.stored


async def test_dotted_names_lead_into_objects_and_lists(tmp_path: Path) -> None:
    glb, colour, rough = (made(tmp_path / name) for name in ("model.glb", "texture_0.png", "rough.png"))
    files = {
        "model_glb": [glb],
        "model_urls.glb": [glb],
        "texture_urls.0.base_color": [colour],
        "texture_urls.0.roughness": [rough],
    }
    body, stored = await answered(tmp_path, files)
    assert body["model_urls"]["glb"] == body["model_glb"]
    assert [sorted(key for key, value in one.items() if value) for one in body["texture_urls"]] == [
        ["base_color", "roughness"]
    ]
    assert body["texture_urls"][0]["base_color"]["file_name"] == "texture_0.png"
    assert len(stored) == 3  # the mesh has two names, and is one file


async def test_a_file_keeps_the_name_and_ending_it_was_made_with(tmp_path: Path) -> None:
    glb, fbx = made(tmp_path / "model.glb"), made(tmp_path / "model.fbx")
    body, _ = await answered(tmp_path, {"model_glb": [glb], "model_urls.glb": [glb], "model_urls.fbx": [fbx]})
    assert body["model_urls"]["fbx"]["file_name"] == "model.fbx"
    assert body["model_urls"]["fbx"]["url"].endswith(".fbx")
    assert body["texture_urls"] is None
