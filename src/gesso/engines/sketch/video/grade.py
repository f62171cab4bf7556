"""What a sampler's fields come to in an animatic: compression of given media, tone range, even colours, detail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from gesso.engines.sketch.video import clips
from gesso.engines.sketch.video.shot import Pixels
from gesso.engines.sketch.video.writer import Writer
from gesso.media import Media
from gesso.shapes import MediaRule

FIRST_PASS, SECOND_PASS = 7.0, 3.0
"""Steps that the passes run when nothing else is asked: no change of motion, no change of detail."""

HARDEST = 51
"""The largest constant rate factor that H.264 knows."""


def compressed(frames: Sequence[Pixels], crf: int, folder: Path) -> list[Pixels]:
    """Frames as they look after H.264 at a constant rate factor; 0 changes nothing that can be seen."""
    if crf <= 0 or not frames:
        return list(frames)
    height, width = frames[0].shape[:2]
    path = folder / "conditioning.mp4"
    with Writer(path, (width, height), 24, texts={}, crf=min(HARDEST, crf)) as writer:
        for frame in frames:
            writer.add(frame)
    media = Media("", (), MediaRule("video"), path)
    made = [np.ascontiguousarray(frame[:height, :width]) for frame in clips.frames(media)]
    path.unlink()
    return made if len(made) == len(frames) else list(frames)


def liveliness(steps: int | None, options: Mapping[str, Any]) -> float:
    """How far motions go by the steps of the first pass: 0.7 for one, 1 for the usual seven, 1.3 from thirty on."""
    if "first_pass_skip_final_steps" not in options:
        return 1.0
    run = (steps or 8) - options["first_pass_skip_final_steps"]
    return float(np.interp(run, [1, FIRST_PASS, 30], [0.7, 1.0, 1.3]))


def detail(options: Mapping[str, Any]) -> float:
    """How much fine contrast to add (or take) by the steps of the second pass, and by a pass for detail."""
    amount = 0.0
    if "second_pass_steps" in options:
        run = options["second_pass_steps"] - options["second_pass_skip_initial_steps"]
        amount = float(np.interp(run, [0, SECOND_PASS, 30], [-0.5, 0.0, 0.5]))
    return amount + (0.45 if options.get("detail_pass") else 0.0)


def finisher(options: Mapping[str, Any], first: Callable[[], Pixels]) -> Callable[[Pixels], Pixels] | None:
    """What is done to every finished frame; none where no field asks for anything. `first` gives the first frame."""
    amount = detail(options)
    even, tones = options.get("temporal_adain_factor") or 0.0, options.get("tone_map_compression_ratio") or 0.0
    if not (amount or even or tones):
        return None
    aim = _statistics(first()) if even else None

    def finish(pixels: Pixels) -> Pixels:
        if amount:
            soft = cv2.GaussianBlur(pixels, (0, 0), 1.3)
            pixels = np.asarray(cv2.addWeighted(pixels, 1 + amount, soft, -amount, 0))
        if aim is not None:
            pixels = _like(pixels, aim, even)
        if tones:
            middle = float(pixels.mean())
            pixels = np.asarray(cv2.addWeighted(pixels, 1 - 0.5 * tones, pixels, 0, 0.5 * tones * middle))
        return pixels

    return finish


def _statistics(pixels: Pixels) -> tuple[Any, Any]:
    mean, deviation = cv2.meanStdDev(pixels)
    return mean.ravel(), np.maximum(deviation.ravel(), 1.0)


def _like(pixels: Pixels, aim: tuple[Any, Any], share: float) -> Pixels:
    """Each channel's mean and spread brought `share` of the way to those aimed at."""
    mean, deviation = _statistics(pixels)
    gain = 1 + share * (aim[1] / deviation - 1)
    offset = mean + share * (aim[0] - mean) - gain * mean
    table = np.clip(np.arange(256)[:, None] * gain + offset, 0, 255)
    return np.asarray(cv2.LUT(pixels, np.rint(table).astype(np.uint8).reshape(1, 256, 3)))
