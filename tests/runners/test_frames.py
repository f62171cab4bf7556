"""The wire between a runner and its child: cut right, and read with suspicion."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.engines.engine import Made, Result
from gesso.runners.frames import BadFrame, Splitter, decode, encode, event_body, framed, read_event, read_result
from gesso.runners.frames import result_body as body_of
from gesso.runners.work import Logged, Previewed


@given(st.lists(st.binary(max_size=40)), st.data())
def test_frames_come_out_as_they_went_in(payloads: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(framed(payload) for payload in payloads)
    splitter, found, start = Splitter(), list[bytes](), 0
    while start < len(stream):
        size = data.draw(st.integers(1, len(stream) - start))
        found += splitter.feed(stream[start : start + size])
        start += size
    assert found == payloads


def test_a_frame_over_the_limit_is_refused_before_it_has_come() -> None:
    with pytest.raises(BadFrame):
        Splitter(limit=10).feed(framed(b"x" * 11)[:4])


def test_a_result_survives_the_way(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"")
    result = Result({"images": [Made(path, "image/png", {"fps": 23.976})]}, {"seed": 2**63 - 1, "prompt": "ü"}, ("p",))
    [frame] = Splitter().feed(encode(7, "done", body_of(result)))
    key, kind, body = decode(frame)
    assert (key, kind) == (7, "done")
    assert read_result(body, str(tmp_path)) == Result({"images": (result.files["images"][0],)}, result.values, ("p",))


def test_numbers_of_numpy_become_plain() -> None:
    numpy = pytest.importorskip("numpy")
    [frame] = Splitter().feed(encode(1, "done", {"n": numpy.float32(0.5), "a": numpy.arange(3)}))
    assert decode(frame)[2] == {"n": 0.5, "a": [0, 1, 2]}


def test_events_survive_the_way(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"")
    for event in (Logged("line", "WARN"), Previewed(Made(path, "image/png", {}), {"seed": 1})):
        kind, body = event_body(event)
        assert read_event(kind, json.loads(encode(1, kind, body)[4:])[2], str(tmp_path)) == event


def test_an_unknown_level_becomes_information(tmp_path: Path) -> None:
    assert read_event("log", ["text", "SHOUT"], str(tmp_path)) == Logged("text", "INFO")


HOSTILE: list[Any] = [
    b"",
    b"\x80\x04K\x01.",
    b"{}",
    b"[1]",
    b'["1", "done", null]',
    b"[1, 2, 3]",
    b'[1, "done", NaN]',
    b"[" * 100_000,
]


@pytest.mark.parametrize("frame", HOSTILE, ids=range(len(HOSTILE)))
def test_a_frame_that_is_none(frame: bytes) -> None:
    with pytest.raises(BadFrame):
        decode(frame)


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        [[], {}, []],
        [{"images": "x"}, {}, []],
        [{"images": [["x"]]}, {}, []],
        [{"images": [[1, "image/png", {}]]}, {}, []],
        [{"images": [["/etc/passwd", "image/png", {}]]}, {}, []],
        [{"images": [["../a", "image/png", {}]]}, {}, []],
        [{"images": [["a\0b", "image/png", {}]]}, {}, []],
        [{}, [], []],
        [{}, {}, None],
    ],
)
def test_a_result_that_is_none(body: Any, tmp_path: Path) -> None:
    with pytest.raises(BadFrame):
        read_result(body, str(tmp_path))


@pytest.mark.parametrize("place", ["the folder itself", "a folder inside", "a link inside", "nothing", "dots"])
def test_only_plain_files_of_the_attempt(place: str, tmp_path: Path) -> None:
    own, other = tmp_path / "own", tmp_path / "other.png"
    (own / "inside").mkdir(parents=True)
    other.write_bytes(b"")
    (own / "link").symlink_to(other)
    path = {
        "the folder itself": own,
        "a folder inside": own / "inside",
        "a link inside": own / "link",
        "nothing": own / "nothing",
        "dots": own / ".." / "other.png",
    }[place]
    with pytest.raises(BadFrame):
        read_result([{"images": [[str(path), "image/png", {}]]}, {}, []], str(own))
