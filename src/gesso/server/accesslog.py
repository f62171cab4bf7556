"""The access log: one preformatted line per request, handed over in batches so that a request pays a list append.

2026-01-31T12:00:00Z 127.0.0.1 POST /run/fal-ai/flux-1/schnell 200 1532B 12.4ms 7c1f...
"""

from __future__ import annotations

import asyncio
import logging
import logging.handlers
import queue
import sys
import time
from typing import TextIO

_FLUSH_SECONDS = 0.25


class AccessLog:
    """Writes to `stream` (default standard error) from a thread of its own, so a blocked terminal blocks no request."""

    def __init__(self, stream: TextIO | None = None) -> None:
        lines: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
        self._handler = logging.handlers.QueueHandler(lines)
        writer = logging.StreamHandler(stream or sys.stderr)
        self._listener = logging.handlers.QueueListener(lines, writer)
        self._listener.start()
        self._pending: list[str] = []
        self._second = 0
        self._stamp = ""

    def add(self, line: str) -> None:
        """Log one request; `line` begins with the client's address. Call on the event loop."""
        if not self._pending:
            asyncio.get_running_loop().call_later(_FLUSH_SECONDS, self.flush)
        self._pending.append(f"{self._now()} {line}")

    def _now(self) -> str:
        second = int(time.time())
        if second != self._second:
            self._second = second
            self._stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))
        return self._stamp

    def flush(self) -> None:
        """Hand over what has gathered."""
        if self._pending:
            batch, self._pending = "\n".join(self._pending), []
            self._handler.handle(logging.LogRecord("gesso.access", logging.INFO, "", 0, batch, None, None))

    def close(self) -> None:
        """Write everything and end the thread."""
        self.flush()
        self._listener.stop()
