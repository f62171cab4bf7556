"""First bytes to formats."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.blobs.sniff import sniff


def ftyp(brand: bytes, *more: bytes) -> bytes:
    body = b"ftyp" + brand + b"\0\0\0\0" + b"".join(more)
    return (len(body) + 4).to_bytes(4, "big") + body + b"\0" * 20


SAMPLES = {
    "png": [b"\x89PNG\r\n\x1a\n"],
    "jpeg": [b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xdb"],
    "gif": [b"GIF87a", b"GIF89a"],
    "webp": [b"RIFF\0\0\0\0WEBPVP8 "],
    "avif": [ftyp(b"avif"), ftyp(b"mif1", b"miaf", b"avif"), ftyp(b"avis")],
    "heic": [ftyp(b"heic"), ftyp(b"mif1", b"heic"), ftyp(b"heix")],
    "tiff": [b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"],
    "bmp": [b"BM" + b"\0" * 12 + b"\x28\0\0\0" + b"\0" * 12],
    "mp4": [ftyp(b"isom"), ftyp(b"mp42"), ftyp(b"M4V "), ftyp(b"dash")],
    "mov": [ftyp(b"qt  "), b"\0\0\0\x08wide\0\0\0\0mdat"],
    "webm": [b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm"],
    "mkv": [b"\x1a\x45\xdf\xa3\xa3\x42\x82\x88matroska"],
    "m4a": [ftyp(b"M4A ")],
    "mp3": [b"ID3\x04\0\0", b"\xff\xfb\x90\x64", b"\xff\xf3\x40\xc0"],
    "aac": [b"\xff\xf1\x50\x80", b"\xff\xf9\x50\x80"],
    "wav": [b"RIFF\xff\xff\xff\xffWAVEfmt ", b"RF64\xff\xff\xff\xffWAVEds64"],
    "flac": [b"fLaC\0\0\0\x22"],
    "ogg": [b"OggS\0\x02"],
    "zip": [b"PK\x03\x04\x14\0", b"PK\x05\x06"],
    "safetensors": [b'\x10\0\0\0\0\0\0\0{"a":'],
    "pickle": [pickle.dumps({"a": 1}), pickle.dumps([1], 2)],
    "svg": [b"<svg xmlns='x'>", b"\xef\xbb\xbf <?xml version='1.0'?>\n<!-- a -->\n<SVG>", b"<!-- x --><svg>"],
    "html": [b"<!DOCTYPE html>", b"\n <HTML>", b"<script>alert(1)</script>"],
    "json": [b'{"a":1}', b" [1]"],
    "playlist": [b"#EXTM3U\n", b"ffconcat version 1.0", b"\xef\xbb\xbf#EXTM3U"],
    "pdf": [b"%PDF-1.4"],
    "avi": [b"RIFF\0\0\0\0AVI LIST"],
    "mpegts": [(b"\x47" + b"\0" * 187) * 3],
    "gzip": [b"\x1f\x8b\x08"],
    "bin": [
        b"",
        b"\0" * 64,
        b"plain words",
        b"BMnot a bitmap at all, only text",
        b"\xff\xff\xff\xff",
        b"\x10\0\0\0\0\0\0\0x",
    ],
}


@pytest.mark.parametrize(("name", "head"), [(name, head) for name, heads in SAMPLES.items() for head in heads])
def test_formats_by_their_first_bytes(name: str, head: bytes) -> None:
    assert sniff(head).name == name


@given(st.binary(max_size=500))
def test_any_bytes_have_a_format(head: bytes) -> None:
    assert sniff(head).content_type
