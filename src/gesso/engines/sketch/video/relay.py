"""Frames decoded ahead and encoded behind, other work done aside, each on one other thread, while this one paints.

FFmpeg, OpenCV and onnxruntime let go of the interpreter, so two cores are used; the order of all work stays the same,
and with it every byte. Few frames wait at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final, TypeVar

T = TypeVar("T")

WAITING: Final = 3
"""Frames that lie ready, or wait to be encoded, at most."""

_END: Final = object()


def ahead(items: Iterator[T], most: int = WAITING) -> Iterator[T]:
    """The items in their order, up to `most` made before they are asked for. Errors come where their item would."""
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as pool:
        made: deque[Future[Any]] = deque(pool.submit(next, items, _END) for _ in range(most))
        try:
            while (item := made.popleft().result()) is not _END:
                yield item
                made.append(pool.submit(next, items, _END))
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def aside() -> Generator[Executor]:
    """One other thread, for work whose results are asked for before it is left; what is not begun then is dropped."""
    with ThreadPoolExecutor(1, thread_name_prefix="aside") as pool:
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)


class Behind:
    """Does what it is given to do, in order; an error comes out of a later call."""

    def __init__(self, most: int = WAITING) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="behind")
        self._waiting: deque[Future[Any]] = deque()
        self._most = most

    def do(self, work: Callable[..., Any], *values: Any) -> None:
        """Leave it to the other thread; waits while too much is left to do."""
        while len(self._waiting) >= self._most:
            self._waiting.popleft().result()
        self._waiting.append(self._pool.submit(work, *values))

    def finish(self) -> None:
        """Wait until all is done."""
        while self._waiting:
            self._waiting.popleft().result()
        self._pool.shutdown()

    def stop(self) -> None:
        """Leave what is not begun, and wait for what is."""
        self._pool.shutdown(cancel_futures=True)
