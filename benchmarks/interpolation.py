"""A 720p video at twice its rate: against FFmpeg's `minterpolate` by time, against OpenCV's Farneback flow by likeness.

Both ways go from file to file on the same two cores, with the same decoder, encoder and settings of the encoder, which
has a thread of its own in both. The likeness is that of new frames, before they are encoded, to the true ones that were
held back: five drawn films of known motion (`benchmarks/moving.py`) at 48 frames a second, of which 24 are given.
"""

from __future__ import annotations

import importlib
import os
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.error import BlockingIOError as NothingYet
from av.error import EOFError as End
from av.video.frame import VideoFrame

from benchmarks.edit_12mp import Alone
from benchmarks.moving import FILMS, HEIGHT, WIDTH, Film, frame
from benchmarks.processes import median
from benchmarks.report import Report
from gesso.engines.sketch import interpolate
from gesso.engines.sketch.remake import between, planes
from gesso.engines.sketch.video import writer
from gesso.media import Media
from gesso.shapes import MediaRule
from gesso.tasks import Interpolate

Array = npt.NDArray[Any]
Three = tuple[Array, ...]
"""Y, U and V of a frame."""

FPS = 24
SECONDS = 4
RUNS = 3
HELD_BACK = (1, 9, 17)
"""Which of the moments, 48 a second, are compared; all odd ones are held back."""

FARNEBACK = ((0.5, 3, 15, 3, 5, 1.2, 0), (0.5, 6, 31, 3, 7, 1.5, 0))
"""OpenCV's own example of settings, and one that looks further; on each film the better of both counts."""


def main() -> None:
    """Time first, while nothing else is in memory; then likeness on five films."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:2]))
    cv2.setNumThreads(1)
    report = Report(
        "interpolation",
        "720p24 to 48 frames a second on two cores (DIS flow: ultrafast preset, finest scale 1, at a quarter of the "
        "size; x264: superfast, crf 20)",
    )
    with tempfile.TemporaryDirectory() as folder:
        _times(report, Path(folder))
        _likeness(report, Path(folder))
    report.finish()


def _times(report: Report, folder: Path) -> None:
    clip = _clip(folder / "clip.mp4", FILMS[3], SECONDS * FPS, crf=18)
    new = SECONDS * FPS - 1
    spent, busy = list[float](), list[float]()
    for _ in range(RUNS):
        start, worked = time.perf_counter(), time.process_time()
        interpolate.make(Interpolate(video=clip, fps=2 * FPS, passes=1), Alone(folder))
        spent.append(time.perf_counter() - start)
        busy.append(time.process_time() - worked)
    start = time.perf_counter()
    with _writer(folder / "peer.mp4", 2 * FPS, interpolate.CRF, interpolate.X264) as out:
        made = 0
        for picture in _minterpolate(clip):
            out.add_samples(picture.to_ndarray())
            made += 1
    peer = (made // 2) / (time.perf_counter() - start)
    report.compare(
        "new frames a second, file to file",
        ours=new / median(spent),
        peer=peer,
        unit="frames/s",
        against="minterpolate (mci)",
        at_least=5.0,
    )
    report.limit("new frames a second, file to file", round(new / median(spent), 1), "frames/s", at_least=30.0)
    report.tell("CPU time for each new frame", round(1000 * median(busy) / new, 1), "ms")


def _likeness(report: Report, folder: Path) -> None:
    behind = list[float]()
    for film in FILMS:
        clip = _clip(folder / f"{film.name}.mp4", film, FPS // 2 + 1, crf=12)
        given = list(planes.frames(clip, Fraction(FPS)))
        truths = {number: planes.parted(_samples(film, number)) for number in HELD_BACK}
        pairs = [(number, given[number // 2], given[number // 2 + 1]) for number in HELD_BACK]
        ours = _mean(truths, {number: planes.parted(between.at(between.gap(*pair), 0.5)) for number, *pair in pairs})
        farneback = max(
            _mean(truths, {number: _farneback(one.planes, two.planes, settings) for number, one, two in pairs})
            for settings in FARNEBACK
        )
        found = {round(float((one.pts or 0) * (one.time_base or 0)) * 2 * FPS): one for one in _minterpolate(clip)}
        ffmpeg = _mean(truths, {number: planes.parted(found[number].to_ndarray()) for number in HELD_BACK})
        behind.append(farneback - ours)
        report.tell(
            film.name, round(ours, 2), f"dB PSNR of brightness (Farneback {farneback:.2f}, minterpolate {ffmpeg:.2f})"
        )
    report.limit("PSNR below Farneback's, mean of five films", round(float(np.mean(behind)), 2), "dB", at_most=0.5)
    report.limit("PSNR below Farneback's, the worst film", round(max(behind), 2), "dB", at_most=0.5)


# ---------------------------------------------------------------- the films


def _clip(path: Path, film: Film, frames: int, crf: int) -> Media:
    with _writer(path, FPS, crf) as out:
        for number in range(frames):
            out.add(frame(film, number / FPS))
    return Media(path.name, ("video_url",), MediaRule("video"), path)


def _writer(path: Path, fps: int, crf: int, x264: dict[str, str] | None = None) -> writer.Writer:
    return writer.Writer(path, (WIDTH, HEIGHT), fps, texts={}, crf=crf, x264=x264)


def _samples(film: Film, number: int) -> Array:
    """The true frame of a moment, 48 a second, (1.5 H, W) as the encoder takes it."""
    rgb = VideoFrame.from_ndarray(frame(film, number / (2 * FPS)), format="rgb24")
    return np.asarray(writer.for_encoder(rgb).to_ndarray())


def _mean(truths: dict[int, Three], made: dict[int, Three]) -> float:
    """The mean PSNR of brightness in decibels."""
    squares = [np.mean((truths[n][0].astype(np.float32) - made[n][0].astype(np.float32)) ** 2) for n in truths]
    return float(np.mean([10 * np.log10(255**2 / square) for square in squares]))


# ---------------------------------------------------------------- the peers


def _minterpolate(clip: Media) -> Iterator[VideoFrame]:
    """The clip at twice its rate by FFmpeg's motion compensation, all else as it comes."""
    filters: Any = importlib.import_module("av.filter")  # which has no stub
    with av.open(str(clip.file)) as container:
        stream = container.streams.video[0]
        graph = filters.Graph()
        source, sink = graph.add_buffer(template=stream), graph.add("buffersink")
        mover = graph.add("minterpolate", f"fps={2 * FPS}:mi_mode=mci")
        source.link_to(mover)
        mover.link_to(sink)
        graph.configure()
        for picture in chain(container.decode(stream), [None]):
            source.push(picture)
            try:
                while True:
                    yield sink.pull()
            except (NothingYet, End):
                continue


def _farneback(one: Three, two: Three, settings: tuple[Any, ...]) -> Three:
    """Both frames moved half way along Farneback's flows of full size, and mixed."""
    flow: Any = cv2.calcOpticalFlowFarneback
    there, back = flow(one[0], two[0], None, *settings), flow(two[0], one[0], None, *settings)
    return tuple(
        cv2.addWeighted(_half_way(a, back), 0.5, _half_way(b, there), 0.5, 0) for a, b in zip(one, two, strict=True)
    )


def _half_way(plane: Array, field: Array) -> Array:
    height, width = plane.shape
    steps = cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR) * np.float32(0.5 * width / WIDTH)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    remap: Any = cv2.remap
    return np.asarray(remap(plane, np.dstack([x, y]) + steps, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


if __name__ == "__main__":
    main()
