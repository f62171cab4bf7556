"""One 1024x1024 sketch on one core, from the request to the URL of its file; and pictures per second.

The server and its worker share one core. Prompts differ, so that no cache of an enlarged sprite answers for another.
"""

from __future__ import annotations

import base64
import io
import json
import sys
import time
import urllib.error
import urllib.request
from typing import Any

from PIL import Image

from benchmarks.processes import SERVER_CORE, folder, free_port, median, process, wait_for
from benchmarks.report import Report

ENDPOINT = "fal-ai/flux-1/schnell"
OTHERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "edit image": (
        "fal-ai/flux-kontext-lora",
        (
            "make it night",
            "turn it into an oil painting",
            "make the sky stormy",
            "add a red balloon",
            "make it brighter",
        ),
    ),
    "inpaint": ("fal-ai/flux-kontext-lora/inpaint", ("a red house", "a tree", "water")),
    "sharpen": ("fal-ai/post-processing/sharpen", ("", "", "")),
    "detect": ("fal-ai/moondream3-preview/detect", ("boat", "person", "the red thing")),
}
"""The other still tasks: an endpoint of each, and what it is asked of a picture of 1024x1024."""

PLAIN = (
    "a lighthouse at dusk, two gulls",
    "three red apples on a wooden table",
    "an astronaut riding a horse on the moon",
    "a sailboat on the sea at sunset",
    "a robot holding a red flower in a desert",
    "two elephants and a giraffe in the savanna",
    "a castle on a cliff above the ocean in a thunderstorm",
)
STYLED = (
    "watercolor painting of a fox in a snowy forest",
    "oil painting of a windmill in a field of tulips",
    "watercolor of a red car in a street in the rain",
    "oil painting of a horse in a meadow at sunrise",
    "pastel drawing of a cat in a garden",
)


def main() -> None:
    """Plain prompts, style words that run a network, and `acceleration: high`."""
    report = Report("sketch_image", "One 1024x1024 sketch, one core, request to file URL")
    with folder() as data:
        port = free_port()
        serve = [sys.executable, "-m", "gesso", "serve", "--port", str(port), "--data-dir", str(data / "d")]
        with process(serve, core=SERVER_CORE, log=data / "log", cwd=data) as running:
            wait_for(f"http://127.0.0.1:{port}/readyz", running)
            request(port, "a cat", "regular")  # the first loads the libraries
            plain = [request(port, words, "regular") for words in PLAIN]
            styled = [request(port, words, "regular") for words in STYLED]
            fast = [request(port, words, "high") for words in PLAIN]
            others = {
                task: [edit(port, endpoint, words) for words in asked] for task, (endpoint, asked) in OTHERS.items()
            }
    report.limit("plain", median(plain), "s", at_most=1.0, note=f"slowest {max(plain):.2f} s")
    report.limit("with a style word", median(styled), "s", at_most=2.5, note=f"slowest {max(styled):.2f} s")
    report.limit("acceleration: high", median(fast), "s", at_most=0.5, note=f"slowest {max(fast):.2f} s")
    for task, seconds in {"text to image": plain, **others}.items():
        report.tell(task, len(seconds) / sum(seconds), "images/s")
    report.finish()


def request(port: int, words: str, acceleration: str) -> float:
    """Seconds until the answer with the picture's URL."""
    wanted = {"prompt": words, "image_size": "square_hd", "seed": 7, "acceleration": acceleration}
    seconds, answer = run(port, ENDPOINT, wanted)
    picture = answer["images"][0]
    assert (picture["width"], picture["height"]) == (1024, 1024), picture
    return seconds


def edit(port: int, endpoint: str, words: str) -> float:
    """Seconds for one of the other tasks, on a picture made for it, with a mask of its middle."""
    _, made = run(port, ENDPOINT, {"prompt": "a red boat on a lake", "image_size": "square_hd", "seed": len(words)})
    picture = made["images"][0]["url"]
    given = {"prompt": words, "image_url": picture, "mask_url": middle(), "reference_image_url": picture, "seed": 7}
    return run(port, endpoint, given)[0]


def middle() -> str:
    """A data URI of a mask that is white in its middle."""
    mask = Image.new("L", (1024, 1024))
    mask.paste(255, (384, 384, 640, 640))
    out = io.BytesIO()
    mask.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def run(port: int, endpoint: str, wanted: dict[str, Any]) -> tuple[float, dict[str, Any]]:
    """Seconds until an endpoint's answer, and the answer."""
    headers = {"content-type": "application/json", "authorization": "Key any"}
    order = urllib.request.Request(f"http://127.0.0.1:{port}/{endpoint}", json.dumps(wanted).encode(), headers)
    begin = time.perf_counter()
    try:
        with urllib.request.urlopen(order, timeout=60) as response:  # noqa: S310
            answer: dict[str, Any] = json.load(response)
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{endpoint}, {wanted.get('prompt')!r}: {error.read().decode()}") from error
    return time.perf_counter() - begin, answer


if __name__ == "__main__":
    main()
