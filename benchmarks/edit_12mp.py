"""Instruction edits of a picture of twelve megapixels on two cores: seconds, and the memory of the process at most.

A scene that the engine draws is enlarged to 4000x3000 pixels and kept as JPEG. Each kind of edit runs in a process of
its own, so that its peak is its own; the time is all of `make`: reading the file, finding, changing, the safety check
and writing JPEG.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.processes import ROOT, median
from benchmarks.report import Report
from gesso.engines.engine import EngineOptions, Made

WIDTH, HEIGHT = 4000, 3000
RUNS = 3
INSTRUCTIONS = (
    "make the car blue",
    "make it night",
    "make it snowy",
    "change the background to a beach",
    "blur the background",
    "remove the car",
    "add a cat on the left",
    "increase the contrast and sharpen",
    'add the text "SALE" at the top',
    "as a watercolor painting",
    "make the car smaller",
    "extend the picture to the left",
)
MIB = 1024 * 1024


def main() -> None:
    """Every instruction `RUNS` times in one process each; the median of all and the highest peak."""
    report = Report("edit_12mp", "Editing 12 megapixels by instruction, two cores")
    spent, peaks = list[float](), list[float]()
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "picture.jpg"
        _picture(picture)
        for words in INSTRUCTIONS:
            seconds, peak = _measured(picture, words)
            spent += seconds
            peaks.append(peak)
            report.tell(words, round(median(seconds), 2), "s", note=f"peak {peak:.0f} MiB")
    report.limit("an edit, median of all", round(median(spent), 3), "s", at_most=4.0)
    report.limit("peak memory, the highest of all", round(max(peaks)), "MiB", at_most=1024)
    report.finish()


def _picture(path: Path) -> None:
    import cv2
    import numpy as np
    from PIL import Image

    from gesso.engines.sketch import text_to_image
    from gesso.engines.sketch.words import prompt
    from gesso.shapes import Size
    from gesso.tasks import TextToImage

    size = Size(1024, 768)
    words = "a red car on a street in a city"
    small = text_to_image.draw(TextToImage(prompt=words, size=size), prompt.parse(words), size, 4).pixels
    large = cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    grain = np.random.default_rng(0).normal(0, 2.5, (HEIGHT, WIDTH, 1))
    noisy = np.clip(np.rint(large + grain), 0, 255).astype(np.uint8)
    Image.fromarray(noisy).save(path, quality=92)


def _measured(picture: Path, words: str) -> tuple[list[float], float]:
    """Seconds of each run and the peak of resident memory in MiB, of a process that does nothing else."""
    command = [sys.executable, "-m", "benchmarks.edit_12mp", str(picture), words]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    return found["seconds"], found["peak"]


class Alone:
    """The surroundings of an edit that nobody watches; what went undone is an error here."""

    endpoint = "benchmark"
    options = EngineOptions()

    def __init__(self, tmp: Path) -> None:
        self.tmp = tmp

    def log(self, message: str, level: str = "INFO") -> None:
        if message.startswith(("Not ", "No ", "Nothing ")):
            raise RuntimeError(message)

    def progress(self, done: float, stage: str = "") -> None:
        pass

    def preview(self, made: Made, values: Mapping[str, Any]) -> None:
        pass


def edit(picture: Path, words: str) -> None:
    """Make the edit `RUNS` times; the first loads the networks too. Print seconds and peak as JSON."""
    import resource
    import time

    with tempfile.TemporaryDirectory() as folder:
        seconds = list[float]()
        for _ in range(RUNS):
            start = time.perf_counter()
            _make(picture, words, Path(folder))
            seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MIB
    print(json.dumps({"seconds": seconds, "peak": peak}))


def _make(picture: Path, words: str, folder: Path) -> None:
    from gesso.engines.sketch import edit_image
    from gesso.media import Media
    from gesso.shapes import MediaRule
    from gesso.tasks import EditImage

    media = Media("picture.jpg", ("image_url",), MediaRule("image", max_side=14142), picture, "image/jpeg")
    edit_image.make(EditImage(prompt=words, images=(media,), seed=1, format="jpeg"), Alone(folder))


if __name__ == "__main__":
    edit(Path(sys.argv[1]), sys.argv[2]) if len(sys.argv) > 2 else main()
