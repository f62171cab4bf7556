"""Orders for sound: inputs sent through an endpoint's own model and task, and what came back opened."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from gesso import catalog
from gesso.endpoint import Limits, find
from gesso.engines.engine import Result
from gesso.engines.sketch.audio import sounds
from gesso.engines.sketch.audio.sounds import Sound
from gesso.engines.sketch.engine import SketchEngine
from gesso.errors import InputError
from gesso.media import Media, map_media
from tests.engines.sketch.edit.world import portrait
from tests.engines.sketch.remake.world import Surroundings

FILE = {"url": "u", "content_type": "t", "file_name": "n", "file_size": 1}
Pixels = npt.NDArray[Any]


def order(tmp: Path, id_: str, files: dict[str, Path], **fields: Any) -> tuple[Result, Surroundings]:
    """Send an input through its endpoint to the engine; `files` fill its URL fields."""
    at = {f"https://example.com/{name}/{path.name}": path for name, path in files.items()}
    urls = dict(zip(files, at, strict=True))
    catalog.load()
    task = find(id_).parse({**fields, **urls}, Limits()).task()

    async def fetch(one: Media) -> Media:
        return replace(one, path=at[one.url])

    around = Surroundings(tmp / "out")
    result = SketchEngine().run(asyncio.run(map_media(task, fetch)), around)
    find(id_).output.model_validate({**dict.fromkeys(result.files, FILE), **result.values})
    return result, around


def refusal(error: InputError) -> tuple[str, tuple[str | int, ...]]:
    """Type and place of what was refused."""
    return error.problems[0].type, error.problems[0].loc


def heard(result: Result, name: str) -> Sound:
    """The sound of a result's file."""
    sound = sounds.read(result.files[name][0].path)
    assert sound is not None
    return sound


def frames(path: Path) -> list[Pixels]:
    """All frames of a file."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def film(path: Path, pictures: Sequence[Pixels], fps: int = 12) -> Path:
    """A clip without sound."""
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream("libx264", rate=fps, options={"crf": "12", "threads": "1"})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for pixels in pictures:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")))
        out.mux(stream.encode(None))
    return path


def presenter(count: int) -> list[Pixels]:
    """A face before a wall on which a mark tells the frame's number in its brightness."""
    made: list[Pixels] = []
    for number in range(count):
        pixels = portrait()
        pixels[:24, :24] = 40 + 15 * (number % 12)
        made.append(pixels)
    return made


def mark(pixels: Pixels) -> int:
    """The number in a presenter's mark."""
    return round((float(pixels[4:20, 4:20].mean()) - 40) / 15)


def sound_file(path: Path, sound: Sound) -> Path:
    """A WAV or MP3 file."""
    return sounds.write(sound, path, path.suffix[1:], bitrate=128000).path
