"""Animatics with sound on two cores against real time: five seconds of 720p24, and the same through the server.

The first figure is a whole order in a process that has made one before: reading the prompt, drawing, filming, sound,
the safety checker, H.264 and AAC in a file. The second is a request to a server for eight seconds of 720p30 with sound,
to the answer with its URL.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.memory import Alone
from benchmarks.processes import ROOT, folder, free_port, median, process, wait_for
from benchmarks.report import Report
from benchmarks.sketch_image import run

SECONDS, FPS, WIDTH, HEIGHT = 5.0, 24.0, 1280, 720
PROMPTS = (
    "a horse runs along a beach at sunset, waves, gulls crying",
    'a woman in a kitchen says: "the soup is ready", steam rises, slow push in',
    "rain falls on a street in a city at night, cars drive past, the camera pans left",
    "a sailboat on the sea in a storm, lightning, handheld camera",
    "a red balloon rises over a snowy village, snow falls, crane up",
)
SORA, SORA_SECONDS = "fal-ai/sora-2/text-to-video/pro", "8"


def main() -> None:
    """Every prompt in one process; two of them through a server."""
    report = Report("animatic", "Animatics of 720p with sound, two cores")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.animatic", "alone"], cwd=ROOT, check=True, capture_output=True
    )
    seconds = json.loads(done.stdout.splitlines()[-1])
    for words, spent in zip(PROMPTS, seconds, strict=True):
        report.tell(words, SECONDS / spent, "x real time")
    paces = [SECONDS / spent for spent in seconds]
    report.limit("5 s of 720p24 with sound, median", median(paces), "x real time", at_least=1.0)
    report.limit("the slowest of them", min(paces), "x real time", at_least=1.0)
    served = [float(SORA_SECONDS) / spent for spent in _served()]
    report.limit("8 s of 720p30 with sound, request to URL", min(served), "x real time", at_least=1.0)
    report.finish()


def _served() -> list[float]:
    with folder() as data:
        port = free_port()
        serve = [sys.executable, "-m", "gesso", "serve", "--port", str(port), "--data-dir", str(data / "d")]
        with process(serve, core=None, log=data / "log", cwd=data) as running:
            wait_for(f"http://127.0.0.1:{port}/readyz", running)
            asked = {"resolution": "720p", "duration": SORA_SECONDS}
            run(port, SORA, {"prompt": "a cat", "resolution": "720p", "duration": "4"})  # the first loads the libraries
            return [run(port, SORA, {"prompt": words, **asked})[0] for words in PROMPTS[:2]]


def alone() -> None:
    """Every prompt once, after one that loads the libraries; print the seconds of each."""
    from gesso.engines.sketch.engine import SketchEngine
    from gesso.shapes import Size
    from gesso.tasks import TextToVideo

    engine, spent = SketchEngine(), list[float]()
    size = Size(WIDTH, HEIGHT)
    with tempfile.TemporaryDirectory() as tmp:
        for words in (PROMPTS[0], *PROMPTS):
            order = TextToVideo(prompt=words, size=size, seconds=SECONDS, fps=FPS, audio=True, seed=3)
            started = time.perf_counter()
            engine.run(order, Alone(Path(tmp), "benchmark"))
            spent.append(time.perf_counter() - started)
    print(json.dumps(spent[1:]))


if __name__ == "__main__":
    alone() if len(sys.argv) > 1 else main()
