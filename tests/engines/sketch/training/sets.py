"""Training archives, an engine's surroundings, and orders."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import anyio
import av
import numpy as np
import numpy.typing as npt
from PIL import Image

from gesso import catalog
from gesso.endpoint import Limits, find
from gesso.engines.engine import EngineOptions, Made, Result
from gesso.engines.sketch import train
from gesso.media import Media, map_media
from gesso.tasks import Train

catalog.load()
ENDPOINTS = ("fal-ai/wan-trainer/t2v", "fal-ai/wan-trainer/t2v-14b", "fal-ai/wan-trainer/i2v-720p")


class Surroundings:
    """A context that remembers what it is told."""

    endpoint = "fal-ai/example/train"
    options = EngineOptions()

    def __init__(self, tmp: Path) -> None:
        tmp.mkdir(parents=True, exist_ok=True)
        self.tmp = tmp
        self.lines: list[str] = []
        self.told: list[float] = []

    def log(self, message: str, level: str = "INFO") -> None:
        self.lines.append(message)

    def progress(self, done: float, stage: str = "") -> None:
        self.told.append(done)

    def preview(self, made: Made, values: Mapping[str, Any]) -> None:
        raise AssertionError("a training has no previews")


def picture(
    seed: int, colours: tuple[tuple[int, int, int], ...] = ((200, 40, 40), (30, 60, 120)), noise: float = 0
) -> bytes:
    """A PNG of two flat colours, with noise."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:72, :96]
    first = (rows - rng.integers(20, 52)) ** 2 + (columns - rng.integers(25, 70)) ** 2 < 400
    out = np.where(first[..., None], colours[0], colours[1]) + rng.normal(0, noise, (72, 96, 1))
    buffer = BytesIO()
    Image.fromarray(np.clip(out, 0, 255).astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def clip(frames: int, fps: int = 16) -> bytes:
    """An MP4 of a bar that moves a pixel a frame."""
    buffer = BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=Fraction(fps))
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for i in range(frames):
            pixels = np.full((64, 96, 3), 30, np.uint8)
            pixels[:, i % 96] = 240
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, "rgb24")))
        container.mux(stream.encode())
    return buffer.getvalue()


def pictures(count: int = 4, **options: Any) -> dict[str, bytes]:
    return {f"set/{i:03}.png": picture(i, **options) for i in range(count)}


def zipped(files: Mapping[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def asked(archive: Path, endpoint: str = ENDPOINTS[0], **fields: Any) -> Train:
    """The task of a request."""
    payload = {"training_data_url": "https://example.com/set.zip", "number_of_steps": 3, **fields}

    async def fetched(one: Media) -> Media:
        return replace(one, path=archive, content_type="application/zip")

    return anyio.run(map_media, find(endpoint).parse(payload, Limits()).task(), fetched)


class Training:
    """What an order came to."""

    def __init__(
        self, files: Mapping[str, bytes] | Path, tmp: Path, endpoint: str = ENDPOINTS[0], **fields: Any
    ) -> None:
        tmp.mkdir(parents=True, exist_ok=True)
        path = files if isinstance(files, Path) else zipped(files, tmp / "set.zip")
        self.context = Surroundings(tmp / "made")
        self.result: Result = train.make(asked(path, endpoint, **fields), self.context)

    @property
    def lora(self) -> Path:
        return self.result.files["lora_file"][0].path

    @property
    def config(self) -> dict[str, Any]:
        return json.loads(self.result.files["config_file"][0].path.read_text())

    @property
    def log(self) -> str:
        return "\n".join(self.context.lines)

    @property
    def header(self) -> dict[str, Any]:
        data = self.lora.read_bytes()
        return json.loads(data[8 : 8 + struct.unpack("<Q", data[:8])[0]])

    @property
    def look(self) -> dict[str, Any]:
        return json.loads(self.header["__metadata__"]["gesso.look"])

    def tensors(self) -> dict[str, npt.NDArray[np.float32]]:
        from safetensors.numpy import load_file

        return load_file(self.lora)
