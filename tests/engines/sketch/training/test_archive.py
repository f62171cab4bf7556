"""Archives as strangers send them."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from gesso.engines.sketch.training import archive
from gesso.errors import InputError
from tests.engines.sketch.training.sets import Training, clip, picture, pictures, zipped


def refused(files: dict[str, bytes] | Path, tmp: Path) -> tuple[str, dict[str, object]]:
    with pytest.raises(InputError) as caught:
        Training(files, tmp)
    (problem,) = caught.value.problems
    assert problem.loc == ("body", "training_data_url")
    return problem.type, dict(problem.ctx or {})


def test_captions_are_paired_by_name_and_case_does_not_matter(tmp_path: Path):
    files = {"A/one.PNG": picture(1), "A/ONE.txt": "\ufeffA felt  owl\n".encode(), "B/one.jpg": picture(2)}
    examples = Training(files, tmp_path, trigger_phrase="fltpp").config["examples"]
    assert [one["caption"] for one in examples] == ["fltpp a felt owl", "fltpp"]


def test_what_is_no_part_of_the_set_is_passed_over(tmp_path: Path):
    files = pictures(2) | {
        "__MACOSX/set/._000.png": b"junk",
        "set/.hidden.png": b"junk",
        "readme.md": b"hello",
        "inner.zip": b"PK",
        "../../escaped.png": picture(9),
        "/etc/absolute.txt": b"x",
        "/etc/absolute.png": picture(8),
    }
    before = set(tmp_path.parent.rglob("*"))
    done = Training(files, tmp_path / "a")
    assert len(done.config["examples"]) == 2
    assert "passed over" in done.log
    new = {
        path for path in set(tmp_path.parent.rglob("*")) - before if tmp_path not in path.parents and path != tmp_path
    }
    assert new == set()
    assert sorted(path.name for path in done.context.tmp.iterdir()) == ["config.json", "lora.safetensors"]


def test_links_are_not_followed(tmp_path: Path):
    path = zipped(pictures(2), tmp_path / "set.zip")
    with zipfile.ZipFile(path, "a") as out:
        link = zipfile.ZipInfo("set/link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        out.writestr(link, os.fsencode("/etc/passwd"))
    assert len(Training(path, tmp_path / "a").config["examples"]) == 2


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\x03\x04" + b"\0" * 60, b"Rar!\x1a\x07\0"])
def test_what_is_no_zip_is_refused(data: bytes, tmp_path: Path):
    path = tmp_path / "set.zip"
    path.write_bytes(data)
    assert refused(path, tmp_path / "a") == ("invalid_archive", {"supported_extensions": [".zip"]})


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def flipped(data: bytes) -> bytes:
    """A byte of a member's packed data changed: its checksum no longer fits."""
    at = data.index(b"PK\x03\x04") + 120
    return data[:at] + bytes([data[at] ^ 255]) + data[at + 1 :]


def encrypted(data: bytes) -> bytes:
    at = data.index(b"PK\x01\x02") + 8
    return data[:at] + struct.pack("<H", 1) + data[at + 2 :]


@pytest.mark.parametrize("harm", [cut, flipped, encrypted])
def test_a_broken_archive_is_refused(harm: Callable[[bytes], bytes], tmp_path: Path):
    path = zipped(pictures(3, noise=30), tmp_path / "set.zip")
    path.write_bytes(harm(path.read_bytes()))
    assert refused(path, tmp_path / "a")[0] == "invalid_archive"


@pytest.mark.parametrize("files", [{}, {"a.txt": b"only a caption"}, {"a.png": picture(1)}])
def test_too_few_are_refused_with_their_number(files: dict[str, bytes], tmp_path: Path):
    kind, ctx = refused(files, tmp_path)
    assert kind == "archive_file_count_below_minimum"
    assert (ctx["min_count"], ctx["provided_count"]) == (2, len([name for name in files if name.endswith("png")]))


def test_pictures_that_are_none_are_passed_over_until_too_few_are_left(tmp_path: Path):
    done = Training(pictures(2) | {"set/bad.png": b"not a picture", "set/bad.mp4": b"\0" * 50}, tmp_path / "a")
    assert done.log.count("was passed over") == 2
    kind, ctx = refused({"a.png": picture(1), "b.png": b"no picture"}, tmp_path / "b")
    assert (kind, ctx["provided_count"]) == ("archive_file_count_below_minimum", 1)


def test_too_many_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archive, "MOST", 3)
    kind, ctx = refused(pictures(5), tmp_path)
    assert kind == "archive_file_count_exceeds_maximum"
    assert ctx["max_count"] == 3


def test_a_hundred_thousand_entries_are_refused_before_they_are_read(tmp_path: Path):
    path = tmp_path / "set.zip"
    with path.open("wb") as out:
        for i in range(100_000):
            name = b"%06d.png" % i
            out.write(struct.pack("<4s24xH16x", b"PK\x01\x02", len(name)) + name)
        size = out.tell()
        out.write(struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 100_000, 100_000, size, 0))
        out.write(struct.pack("<4sLQL", b"PK\x06\x07", 0, size, 1))
        out.write(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, 0xFFFFFFFF, 0xFFFFFFFF, 0))
    kind, ctx = refused(path, tmp_path / "a")
    assert kind == "archive_file_count_exceeds_maximum"
    assert ctx["provided_count"] == 100_000


def test_a_bomb_is_refused_by_what_it_says_and_by_what_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archive, "MAX_MEMBER", 50_000)
    monkeypatch.setattr(archive, "MAX_TOTAL", 120_000)
    path = zipped(pictures(2) | {"set/bomb.png": b"\0" * 100_000}, tmp_path / "one.zip")
    assert refused(path, tmp_path / "a")[0] == "file_too_large"
    many = zipped({f"{i}.png": b"\0" * 40_000 for i in range(4)}, tmp_path / "many.zip")
    assert refused(many, tmp_path / "b") == ("file_too_large", {"max_size": 120_000})
    lying = path.read_bytes().replace(struct.pack("<L", 100_000), struct.pack("<L", 10))
    path.write_bytes(lying)
    assert refused(path, tmp_path / "c")[0] in ("file_too_large", "invalid_archive")


def test_clips_and_pictures_together(tmp_path: Path):
    files = {"a.mp4": clip(22), "b.png": picture(1), "c.gif": picture(2)}
    examples = Training(files, tmp_path).config["examples"]
    assert [(one["kind"], one["frames"]) for one in examples] == [("clip", 21), ("picture", 1), ("picture", 1)]
