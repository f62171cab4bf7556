"""Celery's producers: 32 threads that submit a task with Redis as the broker, without any HTTP in front.

python -m benchmarks.peer_celery REDIS_PORT THREADS SECONDS    prints a `load.Load` as JSON
"""

from __future__ import annotations

import json
import sys
import threading
import time
from dataclasses import asdict
from typing import Any

from celery import Celery  # pyright: ignore[reportMissingImports]  # of the bench extra: checks run without it

from benchmarks.load import Load, summarise
from benchmarks.null_models import BODY


def do_nothing(**_: object) -> None:
    """The task; no worker runs here."""


def submit_for(port: int, threads: int, seconds: float) -> Load:
    """Submit from so many threads for so long; the first tenth warms up and is not counted."""
    app = Celery("bench", broker=f"redis://127.0.0.1:{port}/0")
    app.conf.update(task_ignore_result=True, broker_pool_limit=threads)

    nothing: Any = app.task(name="nothing")(do_nothing)
    nothing.apply_async(kwargs=BODY)  # connects, and settles what Celery makes at first use
    times: list[float] = []
    begin = time.perf_counter()
    count_from, end = begin + seconds / 10, begin + seconds

    def produce() -> None:
        sent = time.perf_counter()
        while sent < end:
            nothing.apply_async(kwargs=BODY)
            now = time.perf_counter()
            if now >= count_from:
                times.append(now - sent)
            sent = now

    producers = [threading.Thread(target=produce) for _ in range(threads)]
    for producer in producers:
        producer.start()
    for producer in producers:
        producer.join()
    return summarise(times, time.perf_counter() - count_from)


if __name__ == "__main__":
    print(json.dumps(asdict(submit_for(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))))
