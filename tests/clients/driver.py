"""Drives the released fal-client, unmodified and unconfigured, so it must run under `gesso exec`.

python driver.py CHECK,CHECK    prints one JSON document: by check, what it found or how it failed
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import traceback
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fal_client

ENDPOINT = "fal-ai/flux-1/schnell"
FAST: dict[str, Any] = {"prompt": "two red apples", "image_size": {"width": 96, "height": 64}, "seed": 7}


def _bytes(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - the URL comes from the server under test
        return answer.read()


def _failure(error: Any) -> dict[str, Any]:
    return {"name": type(error).__name__, "status": error.status_code, "type": error.error_type, "message": str(error)}


def run() -> Any:
    data = fal_client.run(ENDPOINT, arguments=FAST)
    return {"data": data, "png": _bytes(data["images"][0]["url"])[:4] == b"\x89PNG"}


def subscribe() -> Any:
    updates: list[Any] = []
    data = fal_client.subscribe(ENDPOINT, arguments=FAST, with_logs=True, on_queue_update=updates.append)
    return {"data": data, "updates": [type(update).__name__ for update in updates]}


def queue() -> Any:
    handle = fal_client.submit(ENDPOINT, arguments=FAST)
    first = handle.status(with_logs=True)
    states = [type(event).__name__ for event in handle.iter_events(with_logs=True)]
    again = fal_client.SyncClient().get_handle(ENDPOINT, handle.request_id)
    urls = (handle.status_url, handle.response_url, handle.cancel_url)
    same = urls == (again.status_url, again.response_url, again.cancel_url)
    late = None
    try:
        handle.cancel()
    except fal_client.FalClientHTTPError as error:
        late = error.status_code
    return {"first": type(first).__name__, "states": states, "result": handle.get(), "same_urls": same, "late": late}


def cancel() -> Any:
    big = {**FAST, "image_size": "square_hd", "num_images": 4}
    handles = [fal_client.submit(ENDPOINT, arguments={**big, "seed": seed}) for seed in range(6)]
    handles[5].cancel()
    try:
        handles[5].get()
    except fal_client.FalClientHTTPError as error:
        return _failure(error)
    finally:
        for handle in handles[:5]:
            try:
                handle.cancel()
            except fal_client.FalClientHTTPError:
                continue
    return None


def stream() -> Any:
    events = list(fal_client.stream("fal-ai/flux-kontext-lora/text-to-image", arguments=FAST))
    twice = list(fal_client.stream("fal-ai/flux-krea-lora/stream", arguments=FAST))
    return {"count": len(events), "last": events[-1], "twice": len(twice)}


def upload() -> Any:
    url = fal_client.upload(b"hello", "text/plain", "hello.txt")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "größe.txt"
        path.write_text("from a file")
        from_file = fal_client.upload_file(path)
    return {"url": url, "text": _bytes(url).decode(), "from_file": _bytes(from_file).decode()}


def upload_large() -> Any:
    size = 101 * 1024 * 1024
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.bin"
        with path.open("wb") as file:
            for number in range(101):
                file.write(bytes([number]) * (1024 * 1024))
        url = fal_client.upload_file(path)
        data = _bytes(url)
        return {"url": url, "size": size, "bytes": len(data), "same": data == path.read_bytes()}


def auto_upload() -> Any:
    from PIL import Image

    url = fal_client.upload_image(Image.new("RGB", (80, 60), (200, 40, 40)), "png")
    arguments = {"prompt": "make it brighter", "image_url": url, "output_format": "png"}
    return fal_client.subscribe("fal-ai/flux-pro/kontext/max", arguments=arguments)


def invalid() -> Any:
    try:
        fal_client.subscribe(ENDPOINT, arguments={"image_size": "huge", "num_images": 0})
    except fal_client.FalClientHTTPError as error:
        return {**_failure(error), "body": error.response.json()}
    return None


def asynchronous() -> Any:
    async def main() -> Any:
        handle = await fal_client.submit_async(ENDPOINT, arguments=FAST)
        events = [type(event).__name__ async for event in handle.iter_events(with_logs=True)]
        streamed = [event async for event in fal_client.stream_async(ENDPOINT_STREAM, arguments=FAST)]
        url = await fal_client.upload_async(b"hi", "text/plain")
        return {"events": events, "result": await handle.get(), "streamed": len(streamed), "url": url}

    return asyncio.run(main())


ENDPOINT_STREAM = "fal-ai/hidream-i1-fast"


def told(check: Callable[[], Any]) -> dict[str, Any]:
    """What a check found, or how it failed: the others run all the same."""
    try:
        return {"answer": check()}
    except Exception:
        return {"failed": traceback.format_exc()}


CHECKS = (run, subscribe, queue, cancel, stream, upload, upload_large, auto_upload, invalid, asynchronous)

if __name__ == "__main__":
    found = {check.__name__: told(check) for check in CHECKS if check.__name__ in sys.argv[1].split(",")}
    print(json.dumps(found, default=str))  # noqa: T201 - its output is what the tests read
