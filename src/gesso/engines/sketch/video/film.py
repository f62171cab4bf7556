"""The last steps of every animatic: frames to a file, key frames through the safety checker, the values to tell."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from gesso.engines.engine import Context, Made
from gesso.engines.sketch import safety
from gesso.engines.sketch.audio.sounds import Sound
from gesso.engines.sketch.edit.canvas import reduced
from gesso.engines.sketch.video.shot import Pixels
from gesso.engines.sketch.video.writer import Writer
from gesso.errors import ContentRefused, InputError
from gesso.shapes import Size
from gesso.tasks import Safety

FRAMES_PER_REPORT = 8
LOOKS = 8
FACTS = ("width", "height", "fps", "duration", "num_frames")


def check_size(size: Size, context: Context) -> None:
    """Refuse a frame of more pixels than this server allows."""
    if size.area > context.options.max_pixels:
        side = int(context.options.max_pixels**0.5)
        msg = f"{size.width}x{size.height} is larger than the {context.options.max_pixels} pixels allowed here."
        raise InputError("resolution", "image_too_large", msg, {"max_height": side, "max_width": side})


def write(
    frames: Callable[[int], Pixels],
    count: int,
    size: Size,
    fps: float,
    context: Context,
    *,
    texts: dict[str, str],
    sound: Sound | None = None,
    wanted: Safety | None = None,
) -> Made:
    """Render and encode frames 0 to `count`, of exactly `size`. Raises ContentRefused where the checker says so."""
    path = context.tmp / "video.mp4"
    keys = looked_at(count, fps) if wanted is not None and wanted.check else set[int]()
    with Writer(path, (size.width, size.height), Fraction(fps), texts=texts, sound=sound) as writer:
        for i in range(count):
            pixels = frames(i)
            if i in keys:
                _check(pixels, wanted, context)
            writer.add(np.ascontiguousarray(pixels))
            if i % FRAMES_PER_REPORT == 0:
                context.progress(0.15 + 0.85 * i / count, "filming")
    context.progress(1.0, "filmed")
    if writer.made is None:
        raise RuntimeError("the writer has made nothing")
    return writer.made


def looked_at(count: int, fps: float) -> set[int]:
    """The numbers of the frames that the safety checker looks at: one a second, at least eight, first and last too."""
    looks = max(LOOKS, round(count / fps) + 1)
    return {round(number * (count - 1) / (looks - 1)) for number in range(looks)}


def _check(pixels: Pixels, wanted: Safety | None, context: Context) -> None:
    score = safety.score(np.ascontiguousarray(reduced(pixels, 512)))
    if score >= safety.limit(context.options.safety_threshold, None if wanted is None else wanted.tolerance):
        raise ContentRefused(f"The safety checker refuses a frame of this video (score {score:.2f}).")


def texts(context: Context, parts: tuple[str, ...], seed: int) -> dict[str, str]:
    """The file's metadata."""
    told = {"Engine": "sketch", "Parts": ", ".join(parts) or "none", "Endpoint": context.endpoint, "Seed": str(seed)}
    return {"Software": "Gesso", **told, "comment": "; ".join(f"{key}: {value}" for key, value in told.items())}


def values(prompt: str, seed: int, seconds: float) -> dict[str, Any]:
    """What every video endpoint may tell besides its file."""
    return {"prompt": prompt, "seed": seed, "timings": {"inference": round(seconds, 4)}, "has_nsfw_concepts": [False]}
