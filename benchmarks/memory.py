"""The most memory that each endpoint's work holds: 4096x4096 stills, 10 s of 1080p video, or the largest it allows.

python -m benchmarks.memory [all | ENDPOINT...]; without a word the ten that need most.

Every endpoint's own example is asked for at those sizes and made by a process that does nothing else; what counts is
the peak of its resident memory, libraries and networks included. What it starts from is large too: grainy stills of
4096x4096, films of 1080p30 with sound.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.processes import ROOT, folder
from benchmarks.report import Report
from gesso import catalog
from gesso.endpoint import Limits, all_endpoints, find
from gesso.engines.engine import EngineOptions, Made
from gesso.media import Media, map_media
from gesso.runners.supervise import environment

SIDE, LINES, SECONDS, FPS = 4096, 1080, 10.0, 30
MOST = 1536
"""MiB."""
PICTURES = 10
"""In an archive to train on."""
WORDS = "Welcome, everybody. Today we open the doors of our new workshop. Come in, look around."

PORTRAIT = ROOT / "scripts" / "gallery" / "portrait.jpg"
FACES = ("portrait", "presenter", "guide", "family")
"""Beginnings of names in the examples that stand for a face."""

WORST = (
    "fal-ai/omnigen-v2",
    "fal-ai/fast-animatediff/turbo/video-to-video",
    "fal-ai/luma-dream-machine/ray-2/modify",
    "fal-ai/video-upscaler",
    "fal-ai/pixverse/extend/fast",
    "fal-ai/flux-pro/kontext/multi",
    "fal-ai/flux-kontext-lora/inpaint",
    "fal-ai/image-editing/object-removal",
    "fal-ai/sora-2/text-to-video/pro",
    "fal-ai/pixverse/lipsync",
)


def main(words: list[str]) -> None:
    """Measure and report."""
    catalog.load()
    ids = [endpoint.id for endpoint in all_endpoints()] if words == ["all"] else words or list(WORST)
    report = Report("memory", f"Peak memory of {len(ids)} endpoints at {SIDE}x{SIDE} stills, {SECONDS:g} s of {LINES}p")
    peaks = dict[str, float]()
    with folder() as place:
        _alone("materials", str(place))
        for id_ in ids:
            found = json.loads(_alone(id_, str(place)).splitlines()[-1])
            peaks[id_] = found["peak"]
            print(f"{id_}: {found['peak']:.0f} MiB, {found['seconds']:.1f} s", flush=True)
            report.tell(id_, round(found["peak"]), "MiB", note=f"{found['seconds']:.0f} s")
    worst = max(peaks, key=lambda id_: peaks[id_])
    report.limit("the highest of all", round(peaks[worst]), "MiB", at_most=MOST, note=worst)
    report.finish()


def _alone(what: str, place: str) -> str:
    """What a process of its own prints. This one stays small: a child's peak begins with its parent's."""
    command = [sys.executable, "-m", "benchmarks.memory", "alone", what, place]
    done = subprocess.run(command, cwd=ROOT, env=environment(os.environ), check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{what}: {done.stderr[-2000:]}")
    return done.stdout


# ---------------------------------------------------------------- in the child


class Alone:
    """The surroundings of work that nobody watches."""

    def __init__(self, tmp: Path, endpoint: str) -> None:
        self.tmp, self.endpoint, self.options = tmp, endpoint, EngineOptions()

    def log(self, message: str, level: str = "INFO") -> None:
        pass

    def progress(self, done: float, stage: str = "") -> None:
        pass

    def preview(self, made: Made, values: Mapping[str, Any]) -> None:
        pass


def work(id_: str, place: Path) -> None:
    """Make an endpoint's result once; print seconds and peak as JSON."""
    import resource
    import tempfile
    import time

    from benchmarks.orders import ordered
    from gesso.engines.sketch.engine import SketchEngine

    catalog.load()
    asked = find(id_).parse(ordered(find(id_), lines=LINES, seconds=SECONDS, side=SIDE), Limits())
    task = asyncio.run(map_media(asked.task(), lambda media: _fetched(media, place)))
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=place) as tmp:
        SketchEngine().run(task, Alone(Path(tmp), id_))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": time.perf_counter() - started, "peak": peak}))


async def _fetched(media: Media, place: Path) -> Media:
    return replace(media, path=material(media, place))


def material(media: Media, place: Path) -> Path:
    """The large file of the kind that its name in the example says."""
    name = media.url.rpartition("/")[2]
    face = "face-" if name.startswith(FACES) else ""
    if name.endswith("-mask.png"):
        return place / "mask.png"
    sound = "song.wav" if (media.rule.min_seconds or 0) > SECONDS else "sound.wav"
    kinds = {"mp4": f"{face}film.mp4", "mp3": sound, "wav": sound, "zip": "archive.zip"}
    size = "still" if (media.rule.max_pixels or SIDE * SIDE) >= SIDE * SIDE else "modest"
    return place / kinds.get(name.rpartition(".")[2], f"{face}{size}.jpg")


def materials(place: Path) -> None:
    """Stills, some smaller for whom 4096x4096 is too large, films with sound, a mask and an archive."""
    import cv2
    import numpy as np
    from PIL import Image

    said = _voice(place)
    grain = np.random.default_rng(0).normal(0, 2.5, (SIDE, SIDE, 1)).astype(np.float32)
    for face, picture in {"": _scene(), "face-": np.asarray(Image.open(PORTRAIT).convert("RGB"))}.items():
        side = min(picture.shape[:2])
        large = cv2.resize(picture[:side, :side], (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
        noisy = np.clip(np.rint(large + grain), 0, 255).astype(np.uint8)
        Image.fromarray(noisy).save(place / f"{face}still.jpg", quality=92)
        Image.fromarray(noisy).resize((SIDE // 2, SIDE // 2)).save(place / f"{face}modest.jpg", quality=85)
        _film(picture, place / f"{face}film.mp4", said)
    mask = Image.new("L", (SIDE, SIDE))
    mask.paste(255, (SIDE // 3, SIDE // 3, SIDE * 2 // 3, SIDE * 2 // 3))
    mask.save(place / "mask.png")
    with zipfile.ZipFile(place / "archive.zip", "w") as archive:
        for number in range(PICTURES):
            archive.write(place / "still.jpg", f"{number}.jpg")
            archive.writestr(f"{number}.txt", "a red car")


def _scene() -> Any:
    from gesso.engines.sketch import text_to_image
    from gesso.engines.sketch.words import prompt
    from gesso.shapes import Size
    from gesso.tasks import TextToImage

    words = "a red car on a street in a city"
    order = TextToImage(prompt=words, size=Size(1024, 1024))
    return text_to_image.draw(order, prompt.parse(words), order.size, 4).pixels


def _voice(place: Path) -> Any:
    """A voice that speaks, in `sound.wav`; what asks for more than that gets it said again and again in `song.wav`."""
    import numpy as np

    from gesso.engines.sketch.audio import sounds, speech

    said = speech.say(WORDS, "").sound
    again = np.tile(said.samples, (8, 1))
    for name, sound in {"sound.wav": said, "song.wav": sounds.Sound(again, said.rate)}.items():
        sounds.write(sound, place / name, "wav", bitrate=0, texts={})
    return said


def _film(picture: Any, path: Path, said: Any) -> None:
    """The picture seen by a hand that sways, with a voice under it."""
    import cv2
    import numpy as np

    from gesso.engines.sketch.video.clips import Writer

    width, height = LINES * 16 // 9, LINES
    scale = height / picture.shape[0]
    left = (width - picture.shape[1] * scale) / 2
    with Writer(path, (width, height), FPS, texts={}, sound=said) as writer:
        for number in range(round(SECONDS * FPS)):
            sway = 12 * np.sin(number / 9)
            move = np.array([[scale, 0, left + sway], [0, scale, sway / 3]])
            writer.add(cv2.warpAffine(picture, move, (width, height), borderMode=cv2.BORDER_REFLECT_101))


if __name__ == "__main__":
    if sys.argv[1:2] == ["alone"]:
        name, target = sys.argv[2], Path(sys.argv[3])
        materials(target) if name == "materials" else work(name, target)
    else:
        main(sys.argv[1:])
