"""Names and types that strangers send, made fit for the disk and for headers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.blobs.names import clean_file_name, content_type_of, extension, is_name, new_name, own_name
from gesso.settings import Settings

NAME = "0123456789abcdefghijklmnop.png"


@pytest.mark.parametrize(
    ("content_type", "file_name", "wanted"),
    [
        *(("image/png", None, "png"), ("image/jpeg", "a.png", "jpeg"), ("video/mp4", "x.html", "mp4")),
        *(("application/octet-stream", "model.glb", "glb"), ("application/octet-stream", None, "bin")),
        *(("application/octet-stream", "x.safetensors", "safetensors"), ("application/octet-stream", "a.p/g", "bin")),
        ("application/octet-stream", "x.abcdefghijkl", "bin"),
        *(("application/octet-stream", "png", "bin"), ("image/x-odd", "a.exe", "bin"), ("image/x-odd", "a.PNG", "png")),
        *(("application/octet-stream", "a.../../x", "bin"), ("application/octet-stream", "a.tar.gz", "gz")),
        ("text/html", "a.png", "html"),
    ],
)
def test_extensions_are_chosen_here(content_type: str, file_name: str | None, wanted: str) -> None:
    assert extension(content_type, file_name) == wanted


@given(st.text(max_size=40), st.text(max_size=40))
def test_every_stored_name_has_the_one_form(content_type: str, file_name: str) -> None:
    assert is_name(new_name(extension(content_type_of(content_type), file_name)))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        *(("image/png", "image/png"), ("Image/PNG; charset=x", "image/png"), ("", "application/octet-stream")),
        *(("image", "application/octet-stream"), ("a/b\r\nX: y", "application/octet-stream")),
        *(("é/x", "application/octet-stream"), ("a/" + "b" * 99, "application/octet-stream")),
    ],
)
def test_content_types(text: str, wanted: str) -> None:
    assert content_type_of(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        *((None, None), ("", None), (".", None), ("..", None), ("../..", None), ("a/", None)),
        *(("cat.png", "cat.png"), ("../../etc/passwd", "passwd"), ("C:\\x\\y.png", "y.png"), ("/abs.png", "abs.png")),
        *(('a"b\r\nc.png', 'a"bc.png'), ("\u202egnp.exe", "gnp.exe"), ("ä.png", "ä.png"), ("a\x00b", "ab")),
        ("x" * 300 + ".png", "x" * 180 + ".png"),
        ("x" * 300, "x" * 200),
    ],
)
def test_file_names(text: str | None, wanted: str | None) -> None:
    assert clean_file_name(text) == wanted


@given(st.text())
def test_no_file_name_keeps_a_path_or_a_line(text: str) -> None:
    name = clean_file_name(text)
    assert name is None or (name and not set("/\\\r\n\0") & set(name) and len(name) <= 200)


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        (f"http://127.0.0.1:4747/files/{NAME}", True),
        (f"http://localhost/files/{NAME}?expires=1", True),
        (f"https://v3b.fal.media/files/{NAME}", True),
        (f"http://box.example:1/cdn/files/{NAME}", True),
        (f"http://10.1.2.3:4747/files/{NAME}", True),
        (f"https://media.example/gesso/files/{NAME}", True),
        (f"https://media.example/gesso/cdn/files/{NAME}", True),
        (f"https://media.example/other/files/{NAME}", False),
        (f"https://media.example/gesso/gesso/files/{NAME}", False),
        (f"http://evil.example/files/{NAME}", False),
        (f"http://127.0.0.1:4747/files/x/{NAME}", False),
        (f"http://127.0.0.1:4747/files/../files/{NAME}", False),
        (f"http://127.0.0.1:4747/files/{NAME}/", False),
        (f"http://127.0.0.1:4747//files/{NAME}", False),
        (f"http://127.0.0.1:4747\\@evil.example/files/{NAME}", False),
        (f"http://127.0.0.1:4747@evil.example/files/{NAME}", False),
        (f"http://user@127.0.0.1/files/{NAME}", False),
        (f"ftp://127.0.0.1/files/{NAME}", False),
        ("https://v3.fal.media/files/lion/abc.png", False),
        ("http://[::1/files/x", False),
        ("", False),
    ],
)
def test_which_urls_are_our_own(url: str, is_own: bool, tmp_path: Path) -> None:
    chosen: dict[str, Any] = {"data_dir": tmp_path, "host": "10.1.2.3", "public_hosts": ("box.example",)}
    chosen["public_url"] = "https://media.example/gesso/"
    assert own_name(url, Settings(**chosen)) == (NAME if is_own else None)
