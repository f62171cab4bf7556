"""One 1024x1024 sketch on one core, from the request to the URL of its file; and pictures per second.

The server and its worker share one core. Prompts differ, so that no cache of an enlarged sprite answers for another.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.error
import urllib.request

from benchmarks.processes import SERVER_CORE, folder, free_port, median, process, wait_for
from benchmarks.report import Report

ENDPOINT = "fal-ai/flux-1/schnell"
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
    report.limit("plain", median(plain), "s", at_most=1.0, note=f"slowest {max(plain):.2f} s")
    report.limit("with a style word", median(styled), "s", at_most=2.5, note=f"slowest {max(styled):.2f} s")
    report.limit("acceleration: high", median(fast), "s", at_most=0.5, note=f"slowest {max(fast):.2f} s")
    report.tell("text to image", len(plain) / sum(plain), "images/s")
    report.finish()


def request(port: int, words: str, acceleration: str) -> float:
    """Seconds until the answer with the picture's URL."""
    wanted = {"prompt": words, "image_size": "square_hd", "seed": 7, "acceleration": acceleration}
    headers = {"content-type": "application/json", "authorization": "Key any"}
    address = f"http://127.0.0.1:{port}/{ENDPOINT}"
    order = urllib.request.Request(address, json.dumps(wanted).encode(), headers)
    begin = time.perf_counter()
    try:
        with urllib.request.urlopen(order, timeout=60) as response:  # noqa: S310
            answer = json.load(response)
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{words!r}: {error.read().decode()}") from error
    seconds = time.perf_counter() - begin
    picture = answer["images"][0]
    assert (picture["width"], picture["height"]) == (1024, 1024), picture
    return seconds


if __name__ == "__main__":
    main()
