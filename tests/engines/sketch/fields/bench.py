"""Runs endpoints through the embedded engine at a quarter of their size, each distinct order once."""

from __future__ import annotations

import asyncio
import io
import json
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import resvg_py
from PIL import Image

from gesso.endpoint import Limits, find
from gesso.engines.engine import EngineOptions, Made, Result
from gesso.engines.sketch.engine import SketchEngine
from gesso.media import Media, map_media
from gesso.shapes import Size
from gesso.tasks import Task

Pixels = npt.NDArray[Any]

QUARTER = 4
"""Sizes that a task states are divided by it, so that the whole table runs in seconds."""


class Surroundings:
    """A context that remembers what it is told."""

    def __init__(self, tmp: Path, endpoint: str, options: EngineOptions) -> None:
        self.tmp = tmp
        self.endpoint = endpoint
        self.options = options
        self.lines: list[str] = []

    def log(self, message: str, level: str = "INFO") -> None:
        self.lines.append(message)

    def progress(self, done: float, stage: str = "") -> None:
        assert 0 <= done <= 1

    def preview(self, made: Made, values: Mapping[str, Any]) -> None:
        raise AssertionError("nobody streams")


@dataclass
class Run:
    """What one order came to."""

    task: Task
    result: Result
    lines: list[str]

    @cached_property
    def pictures(self) -> list[Pixels]:
        """Every picture as RGB samples."""
        return [opened(made.path) for made in self.result.files["images"]]

    @property
    def picture(self) -> Pixels:
        return self.pictures[0]

    @property
    def formats(self) -> list[str]:
        """The pictures' file formats, by their bytes."""
        return [format_of(made.path) for made in self.result.files["images"]]

    @property
    def told(self) -> str:
        return "\n".join(self.lines)


def opened(path: Path) -> Pixels:
    """A picture file as RGB samples; an SVG as a renderer shows it."""
    if format_of(path) == "SVG":
        path_data = bytes(resvg_py.svg_to_bytes(svg_string=path.read_text(encoding="utf-8")))
        return np.array(Image.open(io.BytesIO(path_data)).convert("RGB"))
    with Image.open(path) as image:
        return np.array(image.convert("RGB"))


def format_of(path: Path) -> str:
    """`PNG`, `JPEG`, `WEBP` or `SVG`, by the file's bytes."""
    if path.read_bytes().startswith(b"<svg"):
        return "SVG"
    with Image.open(path) as image:
        return str(image.format)


@dataclass
class Bench:
    """Makes inputs, runs them, and remembers what they came to."""

    tmp: Path
    base: Mapping[str, Mapping[str, Any]]
    """Endpoint -> the input that its checks start from."""
    files: dict[str, Path] = field(default_factory=dict[str, Path])
    _runs: dict[str, Run] = field(default_factory=dict[str, Run])

    def picture(self, name: str, pixels: Pixels) -> str:
        """A URL at which the checks find a picture."""
        return self.file(f"{name}.png", lambda path: Image.fromarray(pixels).save(path))

    def file(self, name: str, write: Callable[[Path], None]) -> str:
        """A URL at which the checks find a file."""
        url = f"https://example.com/{name}"
        if url not in self.files:
            path = self.tmp / name
            write(path)
            self.files[url] = path
        return url

    def task(self, endpoint: str, **changes: Any) -> Task:
        """What an input means, as the catalog says; a change to None leaves a field out."""
        raw = {name: value for name, value in {**self.base[endpoint], **changes}.items() if value is not None}
        return find(endpoint).parse(raw, Limits()).task()

    def run(self, endpoint: str, *, whole: Any = False, threshold: Any = 0.8, **changes: Any) -> Run:
        """Run an input; `whole` at its own size, `threshold` of the safety checker."""
        task = asyncio.run(map_media(self.task(endpoint, **changes), self._fetched))
        task = seeded(task if whole else smaller(task))
        # Orders that differ only in the field that named a picture are the same work.
        key = re.sub(r"loc=\([^)]*\)", "", f"{threshold} {task!r}")
        if key not in self._runs:
            folder = Path(tempfile.mkdtemp(dir=self.tmp))
            engine = SketchEngine()
            missing = engine.missing(type(task))
            if missing:
                pytest.skip(missing)
            around = Surroundings(folder, endpoint, EngineOptions(safety_threshold=threshold))
            self._runs[key] = Run(task, engine.run(task, around), around.lines)
        return self._runs[key]

    async def _fetched(self, media: Media) -> Media:
        return replace(media, path=self.files[media.url])

    def lora(self, name: str, palette: list[list[int]], **texture: float) -> str:
        """The URL of a LoRA with a look of its own."""
        look = {"palette": palette, "texture": {"grain": 0.2, "contrast": 0.5, "edge": 0.4, **texture}}
        header = json.dumps({"__metadata__": {"gesso.look": json.dumps(look)}}).encode()
        return self.file(f"{name}.safetensors", lambda path: _write(path, _framed(header)))

    def foreign_lora(self, name: str, content: bytes) -> str:
        """The URL of a LoRA of somebody else's."""
        header = b'{"a":{"dtype":"U8","shape":[%d],"data_offsets":[0,%d]}}' % (len(content), len(content))
        return self.file(f"{name}.safetensors", lambda path: _write(path, _framed(header) + content))


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _framed(header: bytes) -> bytes:
    return len(header).to_bytes(8, "little") + header


def smaller(task: Task) -> Task:
    """The same order for a quarter of the size, where it states one."""
    size = getattr(task, "size", None)
    if not isinstance(size, Size):
        return task
    return replace(task, size=Size(max(1, size.width // QUARTER), max(1, size.height // QUARTER)))


def seeded(task: Task) -> Task:
    """The same order with a seed, where its endpoint has no field for one."""
    return replace(task, seed=11) if getattr(task, "seed", 0) is None else task


def off(first: Pixels, second: Pixels) -> float:
    """Mean difference of two pictures in levels; of unlike sizes, the largest there is."""
    return 255.0 if first.shape != second.shape else float(np.abs(first.astype(int) - second).mean())


def rising(values: list[float], by: float = 0.0) -> bool:
    """Whether each value is larger than the one before, by at least `by`."""
    return all(b - a > by for a, b in pairwise(values))
