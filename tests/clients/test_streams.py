"""Every endpoint that the contract marks as streaming streams real pictures that grow into the final one."""

from __future__ import annotations

import io
from typing import Any

import httpx2
import pytest
from PIL import Image

from gesso import catalog, endpoint
from gesso.client.client import Client
from tests.live import Server

catalog.load()
CATALOG = [item for item in endpoint.all_endpoints() if item.input.__module__.startswith("gesso.catalog.")]
STREAMING = [item.id for item in CATALOG if item.streams]
MEDIA = {"image_url": (180, 60, 60), "reference_image_url": (60, 180, 60), "mask_url": (255, 255, 255)}


def _png(colour: tuple[int, int, int]) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (96, 64), colour).save(file, "png")
    return file.getvalue()


def _arguments(client: Client, name: str, tmp_path: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"prompt": "a red apple on a table", "seed": 7}
    for field in endpoint.find(name).input.model_fields:
        if field == "image_size":
            given[field] = {"width": 96, "height": 64}
        elif field in MEDIA:
            path = tmp_path / f"{field}.png"
            path.write_bytes(_png(MEDIA[field]))
            given[field] = client.upload(path)
    return given


def test_there_are_six() -> None:
    assert len(STREAMING) == 6


@pytest.mark.parametrize("name", STREAMING)
def test_it_streams_pictures(server: Server, name: str, tmp_path: Any) -> None:
    with Client(server.url) as client:
        events = list(client.stream(name, _arguments(client, name, tmp_path)))
        pictures = [client_bytes(event["images"][0]["url"]) for event in events]
    assert len(events) >= 3
    assert len(set(pictures)) >= 3
    for picture in pictures:
        assert Image.open(io.BytesIO(picture)).size[0] > 0
    assert Image.open(io.BytesIO(pictures[-1])).size == (96, 64)
    assert events[-1]["seed"] == 7


def client_bytes(url: str) -> bytes:
    return httpx2.get(url, trust_env=False).content


def test_a_stream_tells_its_engine_and_may_be_limited_to_one_picture(server: Server) -> None:
    arguments = {"prompt": "a fox", "image_size": {"width": 64, "height": 64}, "num_images": 3}
    with Client(server.url) as client:
        last = list(client.stream("fal-ai/flux-krea-lora/stream", arguments))[-1]
        assert client.streamed["x-gesso-engine"] == "sketch"
        assert len(last["images"]) == 1
        assert len(client.run("fal-ai/flux/dev", arguments)["images"]) == 3
