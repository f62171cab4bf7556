"""The synchronous client against a small server that answers what the test says."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest

from gesso.client.client import Client
from gesso.client.protocol import ClientError


class Host(ThreadingHTTPServer):
    """Remembers the key of every request; `/whole` is a file, `/cut` breaks off, everything else is missing."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.keys: list[str | None] = []


class Handler(BaseHTTPRequestHandler):
    server: Host  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        self.server.keys.append(self.headers["authorization"])
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("content-length", "100" if self.path == "/cut" else "5")
        self.end_headers()
        self.wfile.write(b"bytes")

    def log_message(self, *_: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Say nothing."""


@pytest.fixture
def host() -> Iterator[Host]:
    with Host() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def test_a_key_goes_to_no_other_server(host: Host, tmp_path: Path):
    with Client(host.url, "our:key") as near, Client("http://127.0.0.1:1", "our:key") as far:
        for client in (near, far):
            client.download(f"{host.url}/whole", tmp_path / "file")
            assert (tmp_path / "file").read_bytes() == b"bytes"
    assert host.keys == ["Key our:key", None]


def test_what_cannot_be_had_leaves_no_file(host: Host, tmp_path: Path):
    with Client(host.url) as client:
        with pytest.raises(ClientError) as caught:
            client.download(f"{host.url}/missing", tmp_path / "file")
        assert (caught.value.status, caught.value.error_type) == (404, "not_found")
        with pytest.raises(httpx2.RemoteProtocolError):
            client.download(f"{host.url}/cut", tmp_path / "file")
    assert list(tmp_path.iterdir()) == []
