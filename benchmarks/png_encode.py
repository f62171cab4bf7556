"""PNG encode of a picture the engine drew (1024x768), on one core: time and bytes against Pillow's default.

The picture is named and drawn here, so that anybody encodes the same samples: a lighthouse at dusk, seed 1, in the
photo look, whose grain is the hard case for an encoder. A flat poster is told beside it.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL import Image

from benchmarks.processes import SERVER_CORE, median
from benchmarks.report import Report
from gesso.engines.sketch import png, text_to_image
from gesso.engines.sketch.words import prompt
from gesso.shapes import Size
from gesso.tasks import TextToImage

Pixels = npt.NDArray[np.uint8]
PHOTO = "photo of a lighthouse at dusk, two gulls"
POSTER = "travel poster of a lighthouse at dusk, two gulls"


def main(rounds: int = 7) -> None:
    """Both pictures, both encoders, in turns."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {SERVER_CORE})
    report = Report("png_encode", "PNG encode of a 1024x768 picture, one core")
    for words, target in ((PHOTO, 6.0), (POSTER, None)):
        pixels = picture(words)
        image = Image.fromarray(pixels)
        ours, theirs = timed(lambda p=pixels: png.encode(p), lambda i=image: pillow(i), rounds)
        kind = words.split(" of ")[0]
        against = "Pillow's default"
        milliseconds = {"unit": "ms", "against": against, "lower_is_better": True}
        report.compare(f"{kind}, time", ours=ours[0] * 1000, peer=theirs[0] * 1000, at_least=target, **milliseconds)
        kilobytes = {"unit": "kB", "against": against, "lower_is_better": True}
        report.compare(f"{kind}, size", ours=ours[1] / 1000, peer=theirs[1] / 1000, **kilobytes)
    report.finish()


def picture(words: str) -> Pixels:
    """The picture of a prompt at 1024x768, seed 1."""
    task = TextToImage(prompt=words, size=Size(1024, 768), seed=1)
    return text_to_image.draw(task, prompt.parse(words), task.size, 1).pixels


def pillow(image: Image.Image) -> bytes:
    """What `image.save` writes when nothing is said."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def timed(
    ours: Callable[[], bytes], theirs: Callable[[], bytes], rounds: int
) -> tuple[tuple[float, int], tuple[float, int]]:
    """Median seconds and bytes of both, taken in turns so that a busy moment meets both."""
    seconds: tuple[list[float], list[float]] = ([], [])
    sizes = (len(ours()), len(theirs()))
    for _ in range(rounds):
        for encode, found in ((ours, seconds[0]), (theirs, seconds[1])):
            begin = time.perf_counter()
            encode()
            found.append(time.perf_counter() - begin)
    return (median(seconds[0]), sizes[0]), (median(seconds[1]), sizes[1])


if __name__ == "__main__":
    main()
