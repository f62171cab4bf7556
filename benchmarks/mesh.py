"""A mesh of 30,000 triangles from four pictures with every map and file, on one request: seconds, and where they go.

Four transparent pictures of 1024 x 1024 pixels show a mug from its four sides. The time is all of `make`: reading and
checking the pictures, carving, reducing, painting, and writing GLB, FBX, OBJ, USDZ, the maps and the thumbnail. It runs
in a process of its own, so that the peak is its own.
"""

from __future__ import annotations

import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.processes import ROOT, median
from benchmarks.report import Report
from gesso.engines.engine import EngineOptions, Made

SIDE = 1024
FACES = 30_000
RUNS = 2
MIB = 1024 * 1024
KINDS = ("triangle", "quad")


def main() -> None:
    """Both kinds of faces, `RUNS` times each; medians are held to the limit."""
    report = Report("mesh", f"A mesh of {FACES:,} faces from four pictures, all files and maps")
    with tempfile.TemporaryDirectory() as folder:
        _pictures(Path(folder))
        found = {kind: _measured(Path(folder), kind) for kind in KINDS}
    for kind, each in found.items():
        report.limit(f"{kind}s, request to files", round(median(each["seconds"]), 2), "s", at_most=20.0)
        report.tell(f"{kind}s, time of the processor", round(median(each["busy"]), 2), "s")
        for part, seconds in each["parts"].items():
            report.tell(f"{kind}s, {part}", round(seconds, 2), "s")
        report.tell(f"{kind}s, faces", each["faces"], "", note=f"asked for {FACES}")
    report.limit("peak memory", round(max(each["peak"] for each in found.values())), "MiB", at_most=1536)
    report.finish()


def _pictures(folder: Path) -> None:
    """A mug, striped, and its handle, from its four sides: `0.png` to `3.png`."""
    import numpy as np
    from PIL import Image

    y, x = np.mgrid[:SIDE, :SIDE] / SIDE
    for turn in range(4):
        way = math.cos(turn * math.pi / 2)
        body = (np.abs(x - 0.45) < 0.28) & (y > 0.12) & (y < 0.9)
        away = np.hypot(x - 0.73 if way > 0.5 else x - 0.17, (y - 0.5) * 0.9)
        ring = (away < 0.2) & (away > 0.12) if abs(way) > 0.5 else (np.abs(x - 0.45) < 0.04) & (np.abs(y - 0.5) < 0.2)
        light = 0.55 + 0.45 * np.cos((x - 0.4) * 4)
        stripes = 0.5 + 0.5 * np.sin(y * 60 + 6 * np.sin(x * 9 + turn))
        colour = np.stack([200 * light, (70 + 110 * stripes) * light, 150 * light], axis=2)
        alpha = np.where(body | ring, 255, 0)[..., None]
        Image.fromarray(np.concatenate([colour, alpha], axis=2).astype(np.uint8)).save(folder / f"{turn}.png")


def _measured(folder: Path, kind: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.mesh", str(folder), kind]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


class Watch:
    """The surroundings of a request: when each stage began."""

    endpoint = "benchmark"
    options = EngineOptions()

    def __init__(self, tmp: Path) -> None:
        self.tmp = tmp
        self.began: list[tuple[str, float]] = []

    def log(self, message: str, level: str = "INFO") -> None:
        pass

    def progress(self, done: float, stage: str = "") -> None:
        self.began.append((stage, time.perf_counter()))

    def preview(self, made: Made, values: Mapping[str, Any]) -> None:
        pass

    def parts(self) -> dict[str, float]:
        """Seconds of each stage."""
        both = zip(self.began, self.began[1:], strict=False)
        return {stage: end - start for (stage, start), (_, end) in both}


def make(folder: Path, kind: str) -> None:
    """The request `RUNS` times; print seconds, the last run's parts, the faces and the peak as JSON."""
    from gesso.engines.sketch import images_to_3d
    from gesso.media import Media
    from gesso.shapes import MediaRule
    from gesso.tasks import ImagesTo3D

    rule = MediaRule("image")
    views = tuple(Media(f"{i}.png", ("image_urls", i), rule, folder / f"{i}.png", "image/png") for i in range(4))
    task = ImagesTo3D(images=views, polycount=FACES, topology=kind, texture=True, pbr=True)
    seconds, busy, watch, faces = list[float](), list[float](), None, 0
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as tmp:
            watch = Watch(Path(tmp))
            start, worked = time.perf_counter(), time.process_time()
            made = images_to_3d.make(task, watch)
            seconds.append(time.perf_counter() - start)
            busy.append(time.process_time() - worked)
            faces = made.files["model_urls.obj"][0].path.read_text().count("\nf ")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MIB
    parts = watch.parts() if watch else {}
    print(json.dumps({"seconds": seconds, "busy": busy, "parts": parts, "faces": faces, "peak": peak}))


if __name__ == "__main__":
    make(Path(sys.argv[1]), sys.argv[2]) if len(sys.argv) > 2 else main()
