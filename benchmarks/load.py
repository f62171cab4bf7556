"""The load generator: a fixed number of keep-alive HTTP/1.1 connections, each with one request in flight.

It is a process of its own on a core of its own, so that its work is not the server's. No HTTP library is fast enough
to find the limit of uvicorn from Python; this reads just enough of a response to know where it ends.

    load(port, [get("/healthz")], connections=32, seconds=3.0) -> Load(rate=..., p99=...)
"""

from __future__ import annotations

import array
import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.processes import LOAD_CORE, on_core

RECEIVE = 1 << 18
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Load:
    """What a load came to. Rates are responses per second, times are milliseconds."""

    count: int
    seconds: float
    rate: float
    p50: float
    p90: float
    p99: float
    worst: float


class UnexpectedAnswer(Exception):
    """A response with another status than expected: a figure made of errors is none."""


def get(path: str, headers: Mapping[str, str] | None = None) -> bytes:
    """The bytes of a GET request."""
    return _request("GET", path, headers or {}, b"")


def post(path: str, body: Any, headers: Mapping[str, str] | None = None) -> bytes:
    """The bytes of a POST request with a JSON body."""
    return _request("POST", path, {"content-type": "application/json"} | dict(headers or {}), json.dumps(body).encode())


def _request(method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join((*lines, "\r\n")).encode() + body


def load(
    port: int, requests: Sequence[bytes], *, connections: int = 32, seconds: float = 3.0, status: int = 200
) -> Load:
    """Run the load in a pinned process of its own. The connections take the requests in turn, again and again."""
    order = {
        "port": port,
        "requests": [request.decode("latin-1") for request in requests],
        "connections": connections,
        "seconds": seconds,
        "status": status,
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"],
        input=json.dumps(order).encode(),
        stdout=subprocess.PIPE,
        check=False,
        cwd=ROOT,
        preexec_fn=on_core(LOAD_CORE),
    )
    if done.returncode:
        raise UnexpectedAnswer(f"the load on port {port} ended early; see above")
    return Load(**json.loads(done.stdout))


# ---------------------------------------------------------------- the generator's own process


class Connection:
    """One connection and what is still to come of its response."""

    __slots__ = ("left", "pending", "sent_at", "socket")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.left = 0
        self.pending = b""
        self.sent_at = 0.0


class Generator:
    """Sends and receives until the time is over."""

    def __init__(self, port: int, requests: Sequence[bytes], connections: int, status: int) -> None:
        self._requests = requests
        self._next = 0
        self._status = b"HTTP/1.1 %d" % status
        self._connections = {c.socket.fileno(): c for c in (Connection(port) for _ in range(connections))}
        self._poll = select.epoll()
        for number in self._connections:
            self._poll.register(number, select.EPOLLIN)
        self._buffer = memoryview(bytearray(RECEIVE))

    def run(self, seconds: float) -> Load:
        """Load for so long; the first tenth only warms up and is not counted."""
        clock = time.perf_counter
        times = array.array("d")
        begin = clock()
        count_from, end = begin + seconds / 10, begin + seconds
        for connection in self._connections.values():
            self._send(connection, clock())
        now = begin
        while now < end:
            for number, _ in self._poll.poll(1.0):
                connection = self._connections[number]
                if self._receive(connection):
                    now = clock()
                    if now >= count_from:
                        times.append(now - connection.sent_at)
                    self._send(connection, now)
            now = clock()
        return summarise(times, now - count_from)

    def _send(self, connection: Connection, now: float) -> None:
        request = self._requests[self._next]
        self._next = (self._next + 1) % len(self._requests)
        connection.sent_at = now
        if connection.socket.send(request) != len(request):
            raise UnexpectedAnswer("a request did not fit into the socket's buffer")

    def _receive(self, connection: Connection) -> bool:
        """Read once; whether the response is complete."""
        size = connection.socket.recv_into(self._buffer)
        if not size:
            raise UnexpectedAnswer("the server closed a connection")
        if connection.left:
            connection.left -= size
            return not connection.left
        data = connection.pending + self._buffer[:size].tobytes() if connection.pending else bytes(self._buffer[:size])
        end = data.find(b"\r\n\r\n")
        if end < 0:
            connection.pending = data
            return False
        connection.pending = b""
        connection.left = end + 4 + self._length(data, end) - len(data)
        return not connection.left

    def _length(self, data: bytes, end: int) -> int:
        if not data.startswith(self._status):
            raise UnexpectedAnswer(data[:600].decode("latin-1"))
        head = data[:end].lower()
        start = head.find(b"content-length: ")
        if start < 0:
            raise UnexpectedAnswer(f"no content-length in {head!r}")
        stop = head.find(b"\r", start)
        return int(head[start + 16 : stop if stop > 0 else end])


def summarise(times: Sequence[float], seconds: float) -> Load:
    """Count, rate and percentiles of response times given in seconds."""
    if not times:
        raise UnexpectedAnswer("no response in the time given")
    ranked = sorted(times)

    def at(share: float) -> float:
        return 1000 * ranked[min(len(ranked) - 1, int(share * len(ranked)))]

    return Load(len(ranked), seconds, len(ranked) / seconds, at(0.5), at(0.9), at(0.99), 1000 * ranked[-1])


def main() -> None:
    """Read the order from standard input, load, write the result to standard output."""
    order = json.load(sys.stdin)
    requests = [request.encode("latin-1") for request in order["requests"]]
    generator = Generator(order["port"], requests, order["connections"], order["status"])
    json.dump(asdict(generator.run(order["seconds"])), sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # the answers that are still under way are nobody's


if __name__ == "__main__":
    main()
