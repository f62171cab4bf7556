"""Run every endpoint's example and write the gallery's page: `python -m scripts.gallery [ENDPOINT...]`.

A server of its own makes everything through its API, as a client would ask. Results that are there already and are not
named are kept, so that one endpoint can be made anew.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import httpx2

from gesso import catalog
from gesso.endpoint import Endpoint, all_endpoints
from scripts.gallery import page, shrink
from scripts.gallery.materials import Materials

TARGET = Path(__file__).parents[2] / "docs" / "gallery" / "endpoints"
TIMEOUT = 900.0


@contextmanager
def server(folder: Path) -> Iterator[httpx2.Client]:
    """A client of a server that lasts as long as the block."""
    command = [sys.executable, "-m", "gesso", "serve", "--port", "0", "--data-dir", str(folder / "data")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    running = folder / "data" / "running.json"
    try:
        while not running.exists():
            if process.poll() is not None:
                raise RuntimeError((folder / "log").read_text())
            time.sleep(0.1)
        url = json.loads(running.read_text())["url"]
        with httpx2.Client(base_url=url, timeout=TIMEOUT, trust_env=False) as http:
            yield http
    finally:
        process.terminate()
        process.wait(30)


def make(endpoint: Endpoint, http: httpx2.Client, materials: Materials) -> dict[str, Any]:
    """One endpoint's result, small, and what the page tells of it."""
    asked = materials.filled(dict(endpoint.example))
    began = time.perf_counter()
    answer = materials.run(endpoint.id, asked)
    seconds = time.perf_counter() - began
    # A dot would be taken for the beginning of a suffix.
    target = TARGET / endpoint.id.replace("/", "--").replace(".", "-")
    return {"file": _kept(answer, asked, http, target).name, "seconds": round(seconds, 1)}


def _kept(answer: dict[str, Any], asked: dict[str, Any], http: httpx2.Client, target: Path) -> Path:
    def fetch(file: dict[str, Any]) -> bytes:
        url: str = file["url"]
        if url.startswith("data:"):  # some endpoints answer so unless told otherwise
            return base64.b64decode(url.partition(",")[2])
        return http.get(url).raise_for_status().content

    if "lora_file" in answer:
        config = json.loads(fetch(answer["config_file"]))
        return shrink.curve(_losses(config), target)
    if "objects" in answer:
        return shrink.boxes(http.get(asked["image_url"]).content, answer["objects"], target)
    if "thumbnail" in answer:
        return shrink.picture(fetch(answer["thumbnail"]), target)
    if "video" in answer:
        return shrink.video(fetch(answer["video"]), target)
    if "audio" in answer:
        return shrink.audio(fetch(answer["audio"]), target)
    images = answer.get("images") or [answer["image"]]
    return shrink.picture(fetch(images[0]), target)


def _losses(config: Any) -> list[float]:
    """The first list of numbers whose name speaks of loss, at any depth."""
    for name, value in config.items():
        if isinstance(value, dict) and (found := _losses(value)):
            return found
        if "loss" in name and isinstance(value, list) and value:
            return [float(item[-1] if isinstance(item, list) else item) for item in value]
    return []


def main(wanted: list[str]) -> int:
    """Make what is wanted or missing; how many endpoints failed."""
    catalog.load()
    TARGET.mkdir(parents=True, exist_ok=True)
    facts_file = TARGET / "facts.json"
    facts: dict[str, Any] = json.loads(facts_file.read_text()) if facts_file.exists() else {}
    failed = 0
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as http:
        materials = Materials(http, Path(folder))
        for endpoint in all_endpoints():
            if endpoint.id in facts and endpoint.id not in wanted and "all" not in wanted:
                continue
            try:
                facts[endpoint.id] = make(endpoint, http, materials)
                click.echo(f"{endpoint.id}: {facts[endpoint.id]['seconds']} s")
            except (RuntimeError, ValueError, httpx2.HTTPError, KeyError) as error:
                failed += 1
                click.echo(f"{endpoint.id}: FAILED {error!r}")
            facts_file.write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n")
    page.write(facts, TARGET)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
