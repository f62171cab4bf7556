"""Slow and hostile connections, over real sockets: what is never finished ends, what is malformed is refused."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gesso.jobs.job import Outcome
from gesso.server.guard import sweep_forever
from tests.server.world import World, exchange, serving, until, world

pytestmark = pytest.mark.anyio

HEAD = b"POST /run/test/noop HTTP/1.1\r\nhost: localhost\r\n"
BODY = b'{"prompt":"hi"}'
WHOLE = HEAD + b"content-length: %d\r\n\r\n" % len(BODY) + BODY


@contextlib.asynccontextmanager
async def strict(
    folder: Path, monkeypatch: pytest.MonkeyPatch, sweeping: asyncio.Event | None = None, **settings: Any
) -> AsyncIterator[tuple[World, int]]:
    """A server whose deadlines are over at once and whose sweep runs all the time, or from `sweeping` on."""

    async def sweep(connections: set[Any]) -> None:
        if sweeping is not None:
            await sweeping.wait()
        await sweep_forever(connections)

    monkeypatch.setattr("gesso.server.guard.SWEEP_SECONDS", 0.01)
    monkeypatch.setattr("gesso.server.listen.sweep_forever", sweep)
    async with world(folder, **settings) as place, serving(place) as port:
        yield place, port


def parts(reply: bytes) -> tuple[int, dict[str, str], Any]:
    """Status, headers and JSON body of one raw response."""
    head, _, body = reply.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:])
    return int(lines[0].split()[1]), headers, json.loads(body) if body else None


SLOW = [
    ("silence", b"", 400),
    ("half a line", b"POST /run/te", 400),
    ("half a head", HEAD, 400),
    ("half a body", HEAD + b"content-length: 100\r\n\r\n{", 400),
    ("no body", HEAD + b"content-length: 100\r\n\r\n", 400),
    ("half a chunk", HEAD + b"transfer-encoding: chunked\r\n\r\n5\r\nab", 400),
]


@pytest.mark.parametrize(("sent", "status"), [case[1:] for case in SLOW], ids=[case[0] for case in SLOW])
async def test_what_is_never_finished_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sent: bytes, status: int):
    async with strict(tmp_path, monkeypatch, header_seconds=0.02, body_seconds=0.02) as (place, port):
        got, headers, body = parts(await exchange(port, sent))
        assert got == status
        assert headers["content-type"] == "application/json"
        assert headers["connection"] == "close"
        assert body["error_type"] == "bad_request"
        assert place.hand.ran == []
        assert place.station.metrics.in_flight == 0


async def test_a_second_request_on_a_connection_has_its_own_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    sweeping = asyncio.Event()
    async with strict(tmp_path, monkeypatch, sweeping, header_seconds=0.02, body_seconds=0.02) as (place, port):
        reading = asyncio.create_task(exchange(port, WHOLE + HEAD))
        await until(lambda: place.hand.ran and not place.station.metrics.in_flight)
        sweeping.set()  # not before: a busy machine may take longer than the deadline to send the first request
        reply = await reading
        assert reply.startswith(b"HTTP/1.1 200")
        assert b"HTTP/1.1 400" in reply
        assert len(place.hand.ran) == 1


async def test_a_run_may_take_longer_than_its_body(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    sweeping = asyncio.Event()
    async with strict(tmp_path, monkeypatch, sweeping, header_seconds=0.02, body_seconds=0.02) as (place, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        body = b'{"prompt":"wait"}'
        writer.write(HEAD + b"content-length: %d\r\nconnection: close\r\n\r\n" % len(body) + body)
        await place.hand.started.wait()
        sweeping.set()
        await asyncio.sleep(0.1)
        place.hand.gate.set()
        assert (await reader.read(-1)).startswith(b"HTTP/1.1 200")
        writer.close()


async def test_an_upload_is_judged_by_its_rate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    head = b"POST /files/upload HTTP/1.1\r\nhost: localhost\r\ncontent-type: image/png\r\ncontent-length: 2000\r\n\r\n"
    for rate, status in ((1, 200), (10**9, 400)):
        folder = tmp_path / str(rate)
        async with strict(folder, monkeypatch, body_seconds=0.02, min_upload_rate=rate) as (_, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head + b"x" * 1000)
            await asyncio.sleep(0.1)
            with contextlib.suppress(ConnectionError):
                writer.write(b"x" * 1000)
            assert int((await reader.readline()).split()[1]) == status
            writer.close()


async def test_a_reader_that_stops_reading_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gesso.server.guard.STUCK_SECONDS", 0.05)
    async with strict(tmp_path, monkeypatch) as (place, port):
        place.hand.previews = 200_000
        body = b'{"prompt":"hi"}'
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.write(
            b"POST /run/test/tube/stream HTTP/1.1\r\nhost: localhost\r\ncontent-length: %d\r\n\r\n" % len(body) + body
        )
        await place.hand.started.wait()
        await until(lambda: not place.station.metrics.in_flight)
        writer.close()


LARGE = [
    ("one long header", b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: " + b"a" * 3000 + b"\r\n\r\n"),
    ("many headers", b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n" + b"x: y\r\n" * 700 + b"\r\n"),
    ("a long path", b"GET /" + b"a" * 3000 + b" HTTP/1.1\r\nhost: localhost\r\n\r\n"),
    ("an endless header", b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: " + b"a" * 5000),
]


@pytest.mark.parametrize("sent", [case[1] for case in LARGE], ids=[case[0] for case in LARGE])
async def test_a_head_that_is_too_large_is_refused(tmp_path: Path, sent: bytes):
    async with world(tmp_path, max_header_bytes=2048) as place, serving(place) as port:
        status, headers, body = parts(await exchange(port, sent))
        assert status == 431
        assert headers["x-fal-error-type"] == body["error_type"] == "request_header_fields_too_large"


async def test_a_body_does_not_count_as_head_of_the_next_request(place: World):
    last = WHOLE.replace(b"\r\n", b"\r\nconnection: close\r\n", 1)
    body = BODY + b" " * 2 * place.station.settings.max_header_bytes
    async with serving(place) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD + b"content-length: %d\r\n\r\n" % len(body))
        await exchange(port, last)  # by now the server has read the head alone
        writer.write(body)
        await until(lambda: len(place.hand.ran) == 2)
        writer.write(last[:20])
        await exchange(port, last)  # and by now the beginning of the next
        writer.write(last[20:])
        reply = await reader.read()
        writer.close()
    assert reply.count(b"HTTP/1.1 200") == 2
    assert b"HTTP/1.1 431" not in reply


TAILS = [("many trailers", b"x: y\r\n"), ("one endless trailer", b"y"), ("an endless chunk extension", b"")]


@pytest.mark.parametrize("repeated", [case[1] for case in TAILS], ids=[case[0] for case in TAILS])
async def test_what_frames_a_body_must_not_gather(place: World, repeated: bytes):
    """A trailer is parsed like a head, so it is limited like one, however many pieces it comes in."""
    start = b"0\r\n" + (b"" if b":" in repeated else b"x: ") if repeated else b"2;"
    async with serving(place) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD + CHUNKED + b"\r\n" + start)
        with contextlib.suppress(ConnectionError):
            for _ in range(200):
                writer.write((repeated or b"z") * (16_000 // (len(repeated) or 1)))
                await writer.drain()
                await asyncio.sleep(0)
        with contextlib.suppress(ConnectionError):
            assert (await reader.read(-1)).startswith(b"HTTP/1.1 431")
        writer.close()
        await until(lambda: not place.station.metrics.in_flight)
    assert place.hand.ran == []


async def test_a_trailer_is_no_header(place: World):
    """A proxy in front may have taken a header away that then comes behind the body."""
    chunks = b"%x\r\n%b\r\n0\r\n" % (len(BODY), BODY)
    trailer = b"x-forwarded-for: 203.0.113.9\r\nx-fal-request-timeout: never\r\nhost: evil.test\r\n\r\n"
    async with serving(place) as port:
        status, _, body = parts(await exchange(port, HEAD + CHUNKED + b"connection: close\r\n\r\n" + chunks + trailer))
    assert (status, body["prompt"]) == (200, "hi")
    assert len(place.hand.ran) == 1


async def test_a_head_that_comes_in_one_piece_with_another_is_measured_too(place: World):
    long = b"x-long: " + b"x" * place.station.settings.max_header_bytes + b"\r\n"
    async with serving(place) as port:
        reply = await exchange(port, WHOLE + HEAD + long + WHOLE.removeprefix(HEAD))
    assert b"HTTP/1.1 431" in reply


async def test_a_body_that_is_too_large_is_refused_and_the_client_hears_it(tmp_path: Path):
    async with world(tmp_path, max_body=2048) as place, serving(place) as port:
        for size in (2049, 8192, 8193, 10**12):
            head = HEAD + b"content-length: %d\r\n\r\n" % size
            status, headers, body = parts(await exchange(port, head + b"x" * min(size, 9000)))
            assert status == 413
            assert headers["connection"] == "close"
            assert body["error_type"] == "request_too_large"
        chunked = HEAD + b"transfer-encoding: chunked\r\n\r\n" + b"1000\r\n" + b"x" * 4096 + b"\r\n0\r\n\r\n"
        assert parts(await exchange(port, chunked))[0] == 413
        assert place.hand.ran == []


@pytest.mark.parametrize("path", ["/rest/tokens/", "/api/v1/keys", "/queue/a/b/requests/c/cancel"])
async def test_small_routes_take_small_bodies(place: World, path: str):
    async with place.client() as caller:
        method = "PUT" if path.endswith("cancel") else "POST"
        assert (await caller.request(method, path, content=b"x" * 70_000)).status_code == 413


async def test_a_compressed_body_is_refused(place: World):
    async with place.client() as caller:
        reply = await caller.post("/run/test/noop", content=b"x", headers={"content-encoding": "gzip"})
    assert reply.status_code == 415


LENGTH = b"content-length: %d\r\n" % len(BODY)
CHUNKED = b"transfer-encoding: chunked\r\n"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nhost: localhost\r\n\r\n"
HOSTILE = [
    ("length and chunked", HEAD + LENGTH + CHUNKED + b"\r\n0\r\n\r\n" + SMUGGLED),
    ("chunked and length", HEAD + CHUNKED + LENGTH + b"\r\n0\r\n\r\n" + SMUGGLED),
    ("two lengths", HEAD + b"content-length: 0\r\ncontent-length: 15\r\n\r\n" + BODY),
    ("two equal lengths", HEAD + LENGTH + LENGTH + b"\r\n" + BODY),
    ("a list of lengths", HEAD + b"content-length: 15, 15\r\n\r\n" + BODY),
    ("a signed length", HEAD + b"content-length: +15\r\n\r\n" + BODY),
    ("a negative length", HEAD + b"content-length: -1\r\n\r\n" + BODY),
    ("a huge length", HEAD + b"content-length: 99999999999999999999999\r\n\r\n" + BODY),
    ("unknown coding", HEAD + b"transfer-encoding: xchunked\r\n\r\n0\r\n\r\n"),
    ("chunked not last", HEAD + b"transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
    ("blank before colon", HEAD + b"content-length : 15\r\n\r\n" + BODY),
    ("a folded header", HEAD + b"x: a\r\n b\r\n" + LENGTH + b"\r\n" + BODY),
    ("a bare line feed", HEAD + b"x: a\ncontent-length: 15\r\n\r\n" + BODY),
    ("a bare carriage return", HEAD + b"x: a\rb\r\n\r\n"),
    ("a NUL", HEAD + b"x: a\0b\r\n\r\n"),
    ("a broken chunk size", HEAD + CHUNKED + b"\r\n0x5\r\nhello\r\n0\r\n\r\n"),
    ("a chunk too long", HEAD + CHUNKED + b"\r\n2\r\nhello\r\n0\r\n\r\n"),
    ("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    ("an unknown version", b"GET / HTTP/9.9\r\nhost: localhost\r\n\r\n"),
]


@pytest.mark.parametrize("sent", [case[1] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
async def test_ambiguous_requests_are_refused_and_the_connection_ends(place: World, sent: bytes):
    async with serving(place) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        async with asyncio.timeout(10):
            reply = await reader.read(-1)
        writer.close()
    assert reply.startswith(b"HTTP/1.1 400")
    assert reply.count(b"HTTP/1.1 ") == 1, "a second request was read out of the first one's body"
    assert place.hand.ran == []


async def test_pipelined_requests_are_answered_in_order(place: World):
    async with serving(place) as port:
        last = WHOLE.replace(b"localhost\r\n", b"localhost\r\nconnection: close\r\n")
        reply = await exchange(port, WHOLE * 3 + last)
    assert reply.count(b"HTTP/1.1 200") == 4
    assert len(place.hand.ran) == 4


async def test_expect_continue_is_answered_before_the_body(place: World):
    async with serving(place) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD + LENGTH + b"expect: 100-continue\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 100")
        await reader.readline()
        writer.write(BODY)
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        writer.close()


@pytest.mark.long
async def test_hundreds_of_slow_clients_leave_the_others_alone(tmp_path: Path):
    """100 dripped heads, 100 dripped bodies, 100 silent sockets: a healthy client goes on, and they are all ended."""
    settings = {"header_seconds": 2.0, "body_seconds": 2.0}
    async with world(tmp_path, **settings) as place, serving(place) as port:
        sockets = [await asyncio.open_connection("127.0.0.1", port) for _ in range(300)]
        starts = [b"POST /run", HEAD + b"content-length: 100\r\n\r\n{", b""]
        for number, (_, writer) in enumerate(sockets):
            writer.write(starts[number % 3])
        ended = asyncio.gather(*(reader.read(-1) for reader, _ in sockets))
        served = 0
        while not ended.done():
            for number, (_, writer) in enumerate(sockets):
                if number % 3 < 2 and not writer.is_closing():
                    writer.write(b"x")
            reply = await exchange(port, WHOLE.replace(b"localhost\r\n", b"localhost\r\nconnection: close\r\n"))
            assert reply.startswith(b"HTTP/1.1 200")
            served += 1
            await asyncio.sleep(0.05)
        assert served > 2
        replies = [reply if isinstance(reply, bytes) else b"" for reply in await ended]
        assert all(reply.startswith(b"HTTP/1.1 400") for reply in replies)
        for _, writer in sockets:
            writer.close()


async def test_a_header_of_an_engine_cannot_split_the_response(place: World):
    async def splits(job: object, on_preview: object = None) -> Outcome:
        return Outcome(status=200, body=b"{}", headers={"x-a": "b\r\nset-cookie: evil=1"}, ended_at=1.0)

    place.station.lane.executor = splits  # type: ignore[attr-defined]
    async with serving(place) as port:
        reply = await exchange(port, WHOLE)
    assert b"evil" not in reply
    assert reply.startswith(b"HTTP/1.1 500")


async def test_a_reply_is_the_same_whichever_way_it_is_written(place: World):
    """Straight to the connection, or through uvicorn where the connection is to be closed."""
    bodies = []
    async with serving(place) as port:
        for more in (b"", b"connection: close\r\n"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\n" + more + b"\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            bodies.append(await reader.readexactly(length))
            names = {line.partition(b":")[0].lower() for line in head.split(b"\r\n")[1:-2]}
            assert names - {b"connection"} == {b"date", b"content-type", b"content-length"}
            writer.close()
    assert bodies[0] == bodies[1]
