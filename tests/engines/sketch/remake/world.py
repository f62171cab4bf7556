"""A small world whose motion is known: a textured ground, a textured square that moves over it, a tone under it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt

from gesso import catalog
from gesso.endpoint import Limits, find
from gesso.engines.engine import EngineOptions, Result
from gesso.engines.sketch.engine import SketchEngine
from gesso.media import Media, map_media
from gesso.shapes import MediaRule

Pixels = npt.NDArray[Any]

SIDE = 32
"""Side of the square in pixels."""


def ground(width: int = 192, height: int = 128, seed: int = 1) -> Pixels:
    """A landscape of soft noise: sky above, meadow below, with texture that motion can be seen on."""
    rng = np.random.default_rng(seed)
    fine = cv2.GaussianBlur(rng.standard_normal((height, width)).astype(np.float32), (0, 0), 1.2)
    coarse = cv2.GaussianBlur(rng.standard_normal((height, width)).astype(np.float32), (0, 0), 6)
    texture = fine / fine.std() * 14 + coarse / coarse.std() * 12
    rows = np.linspace(0, 1, height)[:, None, None]
    sky, meadow = np.array([120, 160, 215]), np.array([90, 135, 60])
    base = np.where(rows < 0.5, sky + rows * 60, meadow - rows * 20)
    return np.clip(base + texture[..., None], 0, 255).astype(np.uint8)


def patch(side: int = SIDE, seed: int = 5) -> Pixels:
    """What the square shows: red, with marks."""
    rng = np.random.default_rng(seed)
    marks = cv2.GaussianBlur(rng.standard_normal((side, side)).astype(np.float32), (0, 0), 1.5)
    return np.clip(np.array([205, 60, 50]) + (marks / marks.std() * 18)[..., None], 0, 255).astype(np.uint8)


def square_at(x: int, y: int, behind: Pixels | None = None) -> Pixels:
    """The world with the square's top left corner at (x, y)."""
    out = (ground() if behind is None else behind).copy()
    height, width = out.shape[:2]
    left, top, right, bottom = max(0, x), max(0, y), min(width, x + SIDE), min(height, y + SIDE)
    if right > left and bottom > top:
        out[top:bottom, left:right] = patch()[top - y : bottom - y, left - x : right - x]
    return out


def moving(
    count: int, pace: int = 3, start: int = 12, y: int = 52, width: int = 192, height: int = 128
) -> list[Pixels]:
    """Frames of the square going right by `pace` pixels each."""
    behind = ground(width, height)
    return [square_at(start + pace * i, y, behind) for i in range(count)]


def panning(count: int, pace: int = 2, width: int = 192, height: int = 128) -> list[Pixels]:
    """Frames of a camera that goes right over a wider ground."""
    wide = ground(width + pace * count, height, seed=3)
    return [np.ascontiguousarray(wide[:, pace * i : pace * i + width]) for i in range(count)]


def centre_of_red(pixels: Pixels) -> tuple[float, float]:
    """The middle (x, y) of what is red."""
    wide = pixels.astype(int)
    mask = (wide[..., 0] > 140) & (wide[..., 1] < 110) & (wide[..., 2] < 110)
    rows, columns = np.nonzero(mask)
    return float(columns.mean()), float(rows.mean())


def psnr(one: Pixels, two: Pixels) -> float:
    """Likeness in decibels."""
    error = float(np.mean((one.astype(np.float64) - two.astype(np.float64)) ** 2))
    return 99.0 if error == 0 else 10 * float(np.log10(255**2 / error))


def tone(seconds: float, hertz: float = 440.0, rate: int = 48000) -> npt.NDArray[Any]:
    """A sine of half loudness, (N,)."""
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def saved(
    path: Path,
    frames: Iterable[Pixels],
    fps: float | Fraction = 24,
    *,
    sound: npt.NDArray[Any] | None = None,
    codec: str = "libx264",
    times: list[int] | None = None,
    pixel_format: str = "yuv420p",
) -> Path:
    """Write a clip; `times` gives each frame's own time in milliseconds (a variable rate)."""
    with av.open(str(path), "w") as out:
        first, *rest = list(frames)
        video: Any = out.add_stream(codec, rate=Fraction(fps).limit_denominator(1001))
        video.width, video.height, video.pix_fmt = first.shape[1], first.shape[0], pixel_format
        if codec == "libx264":
            video.options = {"crf": "12", "preset": "veryfast", "threads": "1"}
        if times is not None:
            video.codec_context.time_base = Fraction(1, 1000)
        audio: Any = None
        if sound is not None:
            audio = out.add_stream("aac" if path.suffix in (".mp4", ".mov") else "libopus", rate=48000)
        if audio is not None:
            audio.layout = "mono"
        for i, pixels in enumerate([first, *rest]):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
            if times is not None:
                frame.pts, frame.time_base = times[i], Fraction(1, 1000)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        if audio is not None and sound is not None:
            block = av.AudioFrame.from_ndarray(sound[None], format="fltp", layout="mono")
            block.sample_rate = 48000
            out.mux(audio.encode(block))
            out.mux(audio.encode(None))
    return path


def media(path: Path, kind: Any = "video", name: str = "video_url", **rule: Any) -> Media:
    """A fetched input."""
    return Media(f"https://example.com/{path.name}", (name,), MediaRule(kind, **rule), path)


class Surroundings:
    """A context that keeps what it is told."""

    endpoint = "test/endpoint"

    def __init__(self, tmp: Path, options: EngineOptions | None = None) -> None:
        tmp.mkdir(parents=True, exist_ok=True)
        self.tmp = tmp
        self.options = options or EngineOptions()
        self.lines: list[str] = []
        self.done: list[float] = []

    def log(self, message: str, level: str = "INFO") -> None:
        self.lines.append(message)

    def progress(self, done: float, stage: str = "") -> None:
        self.done.append(done)

    def preview(self, made: Any, values: Any) -> None:
        raise AssertionError("a video has no preview")


def opened(path: Path) -> list[Pixels]:
    """All frames of a file, as they are stored."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def sheet(frames: Iterable[Pixels], path: Path, columns: int = 4) -> Path:
    """A contact sheet, to look at."""
    pictures = list(frames)
    blank = np.zeros_like(pictures[0])
    pictures += [blank] * (-len(pictures) % columns)
    rows = [np.hstack(pictures[i : i + columns]) for i in range(0, len(pictures), columns)]
    cv2.imwrite(str(path), np.vstack(rows)[..., ::-1])
    return path


def ordered(tmp: Path, id_: str, files: Mapping[str, Path | list[Path]], **fields: Any) -> tuple[Result, Surroundings]:
    """Send an input through the endpoint's own model and task to the engine; `files` fill its URL fields.

    An absent seed is 11.
    """
    at: dict[str, Path] = {}
    raw: dict[str, Any] = dict(fields)
    for name, given in files.items():
        several = given if isinstance(given, list) else [given]
        urls = [f"https://example.com/{path.name}" for path in several]
        at |= dict(zip(urls, several, strict=True))
        raw[name] = urls if isinstance(given, list) else urls[0]
    catalog.load()
    task = find(id_).parse(raw, Limits()).task()

    async def fetch(one: Media) -> Media:
        return replace(one, path=at[one.url])

    fetched = asyncio.run(map_media(task, fetch))
    if getattr(fetched, "seed", 0) is None:
        fetched = replace(fetched, seed=11)  # the engine would draw one at random
    around = Surroundings(tmp / "out")
    result = SketchEngine().run(fetched, around)
    values = {"video": {"url": "u", "content_type": "t", "file_name": "n", "file_size": 1}, **result.values}
    find(id_).output.model_validate({"prompt": raw.get("prompt"), **values})
    return result, around


def video(result: Result) -> list[Pixels]:
    """The frames of a result's video."""
    return opened(result.files["video"][0].path)


def facts(result: Result) -> dict[str, Any]:
    """What a result says of its video; the file's own streams say the same."""
    made = result.files["video"][0]
    said = dict(made.facts)
    with av.open(str(made.path)) as container:
        stream = container.streams.video[0]
        frames = sum(1 for _ in container.decode(stream))
        assert (said["width"], said["height"], said["num_frames"]) == (stream.width, stream.height, frames)
        assert stream.average_rate is None or abs(float(stream.average_rate) - said["fps"]) < 0.01
    return said


def heard(path: Path) -> tuple[npt.NDArray[Any], int]:
    """A file's sound, mono (N,), and its rate."""
    with av.open(str(path)) as container:
        if not container.streams.audio:
            return np.zeros(0, np.float32), 48000
        stream = container.streams.audio[0]
        blocks = [frame.to_ndarray() for frame in container.decode(stream)]
        rate = stream.rate
    whole = np.concatenate(blocks, axis=1)
    return whole.mean(axis=0).astype(np.float32), rate


def pitch(samples: npt.NDArray[Any], rate: int) -> float:
    """The strongest frequency in hertz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * rate / len(samples))


def apart(one: Pixels, two: Pixels) -> float:
    """Mean distance in grey levels."""
    return float(np.abs(one.astype(int) - two.astype(int)).mean())


def problem(caught: Any) -> tuple[tuple[Any, ...], str]:
    """Where an InputError points and its type."""
    one = caught.value.problems[0]
    return one.loc, one.type
