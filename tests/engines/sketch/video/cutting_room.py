"""Orders small enough for tests, carried out, and their videos decoded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from gesso.engines.engine import EngineOptions, Made, Result
from gesso.engines.sketch import image_to_video, text_to_video
from gesso.engines.sketch.video import clips
from gesso.media import Media
from gesso.shapes import MediaRule, Size
from gesso.tasks import Condition, ImageToVideo, Safety, TextToVideo
from tests.engines.sketch.video.filming import Pixels, blobs, media

SMALL = Size(192, 128)
SECONDS, FPS = 1.0, 12.0
UNCHECKED = Safety(check=False)


class Context:
    """Collects what the engine tells."""

    def __init__(self, tmp: Path, **options: Any) -> None:
        self.tmp = tmp
        self.endpoint = "test/endpoint"
        self.options = EngineOptions(**options)
        self.lines: list[str] = []
        self.done: list[float] = []

    def log(self, message: str, level: str = "INFO") -> None:
        self.lines.append(message)

    def progress(self, done: float, stage: str = "") -> None:
        self.done.append(done)

    def preview(self, made: Made, values: Mapping[str, Any]) -> None:
        raise AssertionError("videos are not streamed")


@dataclass
class Film:
    """A video that was made, decoded."""

    result: Result
    lines: list[str]
    data: bytes
    facts: clips.Facts
    frames: list[Pixels] = field(repr=False)


class Room:
    """Makes videos, each in a folder of its own."""

    def __init__(self, tmp: Path) -> None:
        self.tmp = tmp
        self._count = 0

    def folder(self) -> Path:
        self._count += 1
        folder = self.tmp / str(self._count)
        folder.mkdir()
        return folder

    def text(self, prompt: str, **more: Any) -> Film:
        usual = {"size": SMALL, "seconds": SECONDS, "fps": FPS, "seed": 1, "safety": UNCHECKED}
        return self.made(TextToVideo(prompt=prompt, **usual | more))

    def image(self, prompt: str, **more: Any) -> Film:
        usual = {"size": SMALL, "seconds": SECONDS, "fps": FPS, "seed": 1, "safety": UNCHECKED}
        return self.made(ImageToVideo(prompt=prompt, **usual | more))

    def made(self, order: TextToVideo | ImageToVideo) -> Film:
        context = Context(self.folder())
        engine = text_to_video if isinstance(order, TextToVideo) else image_to_video
        result = engine.make(order, context)
        [made] = result.files["video"]
        clip = media(made.path)
        facts = clips.probe(clip)
        frames = list(clips.frames(clip))
        assert (facts.width, facts.height, facts.frames) == tuple(
            made.facts[k] for k in ("width", "height", "num_frames")
        )
        assert context.done[-1] == 1.0
        assert context.done == sorted(context.done)
        return Film(result, context.lines, made.path.read_bytes(), facts, frames)

    def picture(self, pixels: Pixels, loc: str = "image_url") -> Media:
        path = self.folder() / "picture.png"
        Image.fromarray(pixels).save(path)
        return Media("https://example.com/picture.png", (loc,), MediaRule("image"), path)

    def key(self, pixels: Pixels, frame: int, strength: float = 1.0) -> Condition:
        return Condition(media=self.picture(pixels), frame=frame, strength=strength)


class Archive(Room):
    """A room that makes the same video once."""

    def __init__(self, tmp: Path) -> None:
        super().__init__(tmp)
        self._films: dict[str, Film] = {}
        self._stills: dict[int, Media] = {}

    def still(self, seed: int = 3) -> Media:
        if seed not in self._stills:
            self._stills[seed] = self.picture(scene(96, 64, seed))
        return self._stills[seed]

    def made(self, order: TextToVideo | ImageToVideo) -> Film:
        key = repr(order)
        if key not in self._films:
            self._films[key] = super().made(order)
        return self._films[key]


def scene(width: int = 192, height: int = 128, seed: int = 3) -> Pixels:
    """A picture with detail all over, a ground and one thing in front: what a flow can follow."""
    rng = np.random.default_rng(seed)
    picture = blobs(width, height, seed).astype(np.float32)
    grain = cv2.resize(rng.normal(0, 26, (height // 6, width // 6)).astype(np.float32), (width, height))
    picture += grain[..., None]
    centre = (width // 2, int(height * 0.58))
    picture = np.ascontiguousarray(np.clip(picture, 0, 255).astype(np.uint8))
    cv2.circle(picture, centre, height // 6, (235, 40, 40), -1, cv2.LINE_AA)
    cv2.circle(picture, centre, height // 14, (250, 230, 60), -1, cv2.LINE_AA)
    return picture


def difference(one: Pixels, other: Pixels) -> float:
    """Mean absolute difference, levels of 255."""
    return float(np.abs(one.astype(np.float32) - other.astype(np.float32)).mean())


def change(film: Film) -> float:
    """How much a film moves: the mean difference of its frames from the first."""
    return float(np.mean([difference(frame, film.frames[0]) for frame in film.frames[1:]]))
