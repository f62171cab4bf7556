"""Hostile addresses, headers, hosts and names."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from tests.hostile.conftest import EDIT, RUN, SMALL, Target
from tests.hostile.pictures import plain, saved


class _Neighbour(BaseHTTPRequestHandler):
    """Another service on this machine, which counts who comes by."""

    hits = 0

    def do_GET(self) -> None:
        type(self).hits += 1
        self.send_response(200)
        self.end_headers()
        self.wfile.write(saved(plain(), "PNG"))

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def neighbour() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Neighbour)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


PRIVATE = [
    "http://127.0.0.1:{port}/a.png",
    "http://localhost:{port}/a.png",
    "http://localhost.:{port}/a.png",
    "http://2130706433:{port}/a.png",
    "http://0x7f000001:{port}/a.png",
    "http://0177.0.0.1:{port}/a.png",
    "http://127.1:{port}/a.png",
    "http://0:{port}/a.png",
    "http://[::ffff:127.0.0.1]:{port}/a.png",
    "http://[::1]:{port}/a.png",
    "http://[64:ff9b::7f00:1]:{port}/a.png",
    "http://me:secret@127.0.0.1:{port}/a.png",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/latest/",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://10.0.0.1/",
    "http://192.168.0.1/",
    "{own}/healthz",
    "{own}/files/0123456789abcdefghijklmnop.png",
    "file:///etc/passwd",
    "ftp://127.0.0.1/a.png",
    "gopher://127.0.0.1:{port}/a",
]


@pytest.mark.parametrize("template", PRIVATE)
def test_no_address_leads_inside(target: Target, neighbour: int, template: str) -> None:
    url = template.format(port=neighbour, own=target.server.url)
    reply = target.post(EDIT, {"prompt": "x", "image_url": url})
    target.refused(reply, 422, "file_download_error", "image_url")
    assert reply.json()["detail"][0]["msg"] == "The URL could not be read: no usable answer came from it."
    assert _Neighbour.hits == 0


MALFORMED = [
    "",
    "x",
    "//127.0.0.1/x",
    "http://ex\r\nample/",
    "http://127.0.0.1\\@example.com/",
    "http://" + "a" * 100_000,
]


@pytest.mark.parametrize("url", MALFORMED, ids=range(len(MALFORMED)))
def test_what_is_no_address_is_a_wrong_value(target: Target, url: str) -> None:
    target.refused(target.post(EDIT, {"prompt": "x", "image_url": url}), 422, "value_error", "image_url")


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/run/fal-ai/no-such/model", {}, 404),
        (RUN, {"content-encoding": "gzip"}, 415),
        (RUN, {"host": "evil.test"}, 421),
        (RUN, {"origin": "https://evil.test"}, 403),
        (RUN, {"origin": "null"}, 403),
        (RUN, {"origin": "http://localhost.evil.test"}, 403),
        (RUN, {"x-fal-request-timeout": "nan"}, 400),
        (RUN, {"x-fal-request-timeout": "-1"}, 400),
        (RUN, {"x-fal-request-timeout": "9" * 400}, 400),
        (RUN, {"x-fal-object-lifecycle-preference": "{"}, 422),
        (RUN, {"x-fal-object-lifecycle-preference": '{"expiration_duration_seconds": 1e400}'}, 422),
        (RUN, {"x-fal-object-lifecycle-preference": "[" * 20_000}, 422),
    ],
)
def test_a_wrong_header_is_refused(target: Target, path: str, headers: dict[str, str], status: int) -> None:
    target.refused(target.post(path, SMALL, headers), status)


def test_a_head_of_100_kilobytes_is_refused(target: Target) -> None:
    reply = target.post(RUN, SMALL, {"x-big": "a" * 100_000})
    assert reply.status_code == 431
    assert reply.json()["error_type"] == "request_header_fields_too_large"


def test_a_body_of_30_megabytes_is_refused(target: Target) -> None:
    target.refused(target.post(RUN, b" " * (30 << 20)), 413)


NAMES = [
    "../gesso.db",
    "..%2fgesso.db",
    "%2e%2e/gesso.db",
    "%2e%2e%2fgesso.db",
    "%252e%252e%252fgesso.db",
    "..\\gesso.db",
    "....//gesso.db",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "a%00.png",
    "%ff%fe",
    "C:%5cwindows",
    "a" * 10_000,
    quote("'; DROP TABLE files; --"),
    ".",
    "..",
]


@pytest.mark.parametrize("name", NAMES, ids=[name[:24] for name in NAMES])
@pytest.mark.parametrize(
    "root", ["/files/", "/cdn/files/", "/queue/fal-ai/flux-1/requests/", "/api/v1/models/requests/"]
)
def test_no_name_leads_out(target: Target, root: str, name: str) -> None:
    request = httpx2.Request("GET", target.server.url)
    request.url = request.url.copy_with(raw_path=(root + name).encode())
    reply = target.http.send(request)
    # Dots are resolved before routing, as a browser does, so `..` may name another route; never another file.
    assert reply.status_code in (400, 404, 405) or name in (".", ".."), reply.text[:200]
    assert b"root:" not in reply.content
    assert b"SQLite format" not in reply.content


@pytest.mark.parametrize(
    ("spans", "status"),
    [
        ("bytes=0-0", 206),
        ("bytes=-1", 206),
        ("bytes=99999999999-", 416),
        ("bytes=9-1", 200),
        ("bytes=" + "9" * 4000 + "-", 200),
        ("bytes=" + "0-0," * 5000 + "0-0", 200),
        ("bytes=abc", 200),
        ("lines=1-2", 200),
    ],
    ids=lambda value: str(value)[:24],
)
def test_ranges_are_bounded(target: Target, spans: str, status: int) -> None:
    made = target.post(RUN, SMALL).json()["images"][0]
    reply = target.http.get(made["url"], headers={"range": spans})
    assert reply.status_code == status
    assert len(reply.content) <= made["file_size"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/queue/fal-ai/flux-1/requests/x/cancel"), ("DELETE", RUN), ("PATCH", "/healthz"), ("TRACE", "/")],
)
def test_a_wrong_method_is_no_fault(target: Target, method: str, path: str) -> None:
    reply = target.http.request(method, path)
    assert 400 <= reply.status_code < 500, reply.text[:200]
