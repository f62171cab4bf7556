"""The benchmarks as programs: each can be loaded, finds its peers or says what to install, and reads answers right."""

from __future__ import annotations

import importlib
import socket
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from benchmarks import installs, peers
from benchmarks.__main__ import NAMES, main
from benchmarks.load import Connection, UnexpectedAnswer, get, load, post, summarise
from benchmarks.null import ENDPOINT, NullEngine
from benchmarks.null_models import BODY, NullFields
from benchmarks.processes import DidNotStart, free_port, process, python, wait_for_port
from benchmarks.servers import peer
from gesso.endpoint import Limits

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", NAMES)
def test_each_benchmark_can_be_loaded_without_its_peers(name: str) -> None:
    assert callable(importlib.import_module(f"benchmarks.{name}").main)


def test_every_script_with_a_report_is_run_by_make_bench_and_explained() -> None:
    scripts = {path.stem for path in (ROOT / "benchmarks").glob("*.py") if "report.finish()" in path.read_text()}
    assert scripts - {"report"} == set(NAMES)
    page = (ROOT / "docs/reference/benchmarks.md").read_text("utf-8")
    assert [name for name in NAMES if f"| `{name}` |" not in page] == []


def test_an_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sync_runs"]) == 2
    assert "sync_run," in capsys.readouterr().out


def test_a_missing_package_says_how_to_install_it() -> None:
    with pytest.raises(peers.PeerMissing, match=r"requirements/bench\.txt"):
        peers.need_module("json", "no_such_package_at_all")
    assert (ROOT / "requirements" / "bench.txt").is_file()


def test_a_missing_program_says_how_to_install_it() -> None:
    with pytest.raises(peers.PeerMissing, match="apt-get install redis-server"):
        peers.need_program("no-such-program-at-all", "redis-server")


def test_both_sides_get_the_same_fields() -> None:
    ours, theirs = ENDPOINT.input.model_fields, NullFields.model_fields
    assert {name: field.annotation for name, field in ours.items()} == {
        name: field.annotation for name, field in theirs.items()
    }
    task = ENDPOINT.parse(BODY, Limits()).task()
    assert NullEngine().missing(type(task)) is None


# ---------------------------------------------------------------- the load generator


def answer_once(listener: socket.socket, answer: bytes) -> threading.Thread:
    """A server that answers its first connection's every read with the same bytes."""

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, suppress(ConnectionError):  # the load ends in the middle of an answer
            while connection.recv(65536):
                connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    return thread


@pytest.fixture
def listener() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def test_requests_have_their_length_and_no_more() -> None:
    assert get("/x", {"a": "b"}) == b"GET /x HTTP/1.1\r\nhost: 127.0.0.1\r\na: b\r\n\r\n"
    head, _, body = post("/x", {"n": 1}).partition(b"\r\n\r\n")
    assert body == b'{"n": 1}'
    assert b"content-length: 8" in head


def test_a_load_counts_whole_answers(listener: socket.socket) -> None:
    body = b"x" * 100_000
    server = answer_once(listener, b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    with listener:
        found = load(listener.getsockname()[1], [get("/")], connections=1, seconds=0.2)
    server.join()
    assert found.count > 0
    assert found.p50 <= found.p90 <= found.p99 <= found.worst


def test_a_load_of_errors_is_no_figure(listener: socket.socket) -> None:
    server = answer_once(listener, b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
    with listener, pytest.raises(UnexpectedAnswer):
        load(listener.getsockname()[1], [get("/")], connections=1, seconds=0.2)
    server.join()


def test_percentiles_are_of_the_times_given() -> None:
    found = summarise([index / 1000 for index in range(1, 101)], 2.0)
    assert (found.count, found.rate) == (100, 50.0)
    assert (found.p50, found.p99, found.worst) == pytest.approx((51.0, 100.0, 100.0))


def test_no_answer_is_no_figure() -> None:
    with pytest.raises(UnexpectedAnswer):
        summarise([], 1.0)


# ---------------------------------------------------------------- processes


def test_a_peer_serves_while_its_block_lasts() -> None:
    with peer("raw") as server:
        connection = Connection(server.port)
        connection.socket.close()
        assert server.process.poll() is None
    assert server.process.poll() is not None
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", server.port)) != 0


def test_a_server_that_ends_at_once_is_told() -> None:
    with process(python("benchmarks.no_such_module")) as running, pytest.raises(DidNotStart):
        wait_for_port(free_port(), running)


def test_an_environment_is_made_anew_only_when_its_mark_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installs, "WORK", tmp_path)
    made: list[list[str]] = []
    monkeypatch.setattr(installs, "install", lambda path, packages: made.append(list(packages)))
    for mark in ("one", "one", "two"):
        path = installs.environment("it", mark, ["a-package"])
        assert subprocess.run([path / "bin" / "python", "-c", ""], check=False).returncode == 0
    assert made == [["a-package"], ["a-package"]]
