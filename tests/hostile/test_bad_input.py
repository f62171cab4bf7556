"""Malformed, oversized and absurd values: each is refused with the field's name, and the server carries on."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.hostile.conftest import EDIT, INPAINT, RUN, SMALL, Target
from tests.hostile.pictures import (
    animated,
    claimed_png,
    fat_exif,
    flat_png,
    huge_gif,
    plain,
    profile_bomb,
    saved,
    text_bomb,
    uri,
)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"prompt": "x"} y', id="trailing text"),
        pytest.param(b'{"prompt": "\xff\xfe"}', id="no UTF-8"),
        pytest.param(b"[" * 100_000, id="deep lists"),
        pytest.param(b'{"prompt":' * 100_000, id="deep objects"),
        pytest.param(b'{"prompt":' + b"[" * 100_000 + b"]" * 100_000 + b"}", id="deep field"),
        pytest.param(b'{"prompt": "x", "seed": ' + b"9" * 5000 + b"}", id="5,000 digits"),
        pytest.param(b'{"prompt": "x"', id="unfinished"),
    ],
)
def test_what_is_no_json_is_called_that(target: Target, body: bytes) -> None:
    target.refused(target.post(RUN, body), 422, "json_invalid")


@pytest.mark.parametrize(
    ("body", "loc"),
    [
        pytest.param(b'{"prompt": "\\ud800"}', ["prompt"], id="value"),
        pytest.param(b'{"prompt": "x", "\\udfff": 1}', [], id="name"),
        pytest.param(b'{"prompt": "x", "image_size": {"width": "\\uD9aa"}}', ["image_size", "width"], id="deep"),
    ],
)
def test_half_a_surrogate_pair_is_refused_by_its_field(target: Target, body: bytes, loc: list[str]) -> None:
    target.refused(target.post(RUN, body), 422, "value_error", *loc)


@pytest.mark.parametrize("body", ["[]", "null", '"x"', "5", "true"])
def test_a_body_must_be_an_object(target: Target, body: str) -> None:
    target.refused(target.post(RUN, body), 422, "dict_type")


VALUES = [
    ("seed", "NaN", "value_error"),
    ("num_inference_steps", "Infinity", "value_error"),
    ("num_inference_steps", "1e400", "value_error"),
    ("guidance_scale", "-1e400", "value_error"),
    ("seed", "9223372036854775808", "less_than_equal"),
    ("seed", "1.5", "int_from_float"),
    ("num_images", "0", "greater_than_equal"),
    ("num_images", "1000000000", "less_than_equal"),
    ("image_size", '"512x512"', "one_of"),
    ("image_size", "[1, 2]", "one_of"),
    ("image_size", '{"width": 14142, "height": 14142}', "image_too_large"),
    ("output_format", '"exe"', "one_of"),
    ("prompt", "null", "string_type"),
    ("prompt", "5", "string_type"),
    ("prompt", json.dumps("a " * 500_000), "sequence_too_long"),
    ("prompt", "[" + "1," * 999_999 + "1]", "sequence_too_long"),
]


@pytest.mark.parametrize(("field", "value", "error_type"), VALUES, ids=[f"{f}={v[:24]}" for f, v, _ in VALUES])
def test_a_wrong_value_names_its_field(target: Target, field: str, value: str, error_type: str) -> None:
    rest = {name: json.dumps(own) for name, own in SMALL.items()} | {field: value}
    body = "{" + ", ".join(f'"{name}": {own}' for name, own in rest.items()) + "}"
    target.refused(target.post(RUN, body), 422, error_type, field)


@pytest.mark.parametrize("side", ["1e18", "0", "-8"])
def test_a_wrong_side_names_the_side(target: Target, side: str) -> None:
    reply = target.post(RUN, f'{{"prompt": "x", "image_size": {{"width": {side}, "height": 64}}}}')
    target.refused(reply, 422, None)
    assert reply.json()["detail"][0]["loc"] == ["body", "image_size", "width"]


def test_an_empty_body_lacks_the_prompt(target: Target) -> None:
    target.refused(target.post(RUN, b""), 422, "missing", "prompt")


@pytest.mark.parametrize(
    "fields",
    [
        {"seed": 2**63 - 1},
        {"seed": 2**53 + 1},
        {"num_inference_steps": 10**18},
        {"image_size": {"width": 1, "height": 1}},
        {"prompt": "NUL \0, \u202e turned, \U0001f468\u200d\U0001f469\u200d\U0001f467, e" + "\u0301" * 500 + "\ufffe"},
        {"prompt": "'; DROP TABLE jobs; -- {{7*7}} %s $(id) <script>alert(1)</script>"},
        {"prompt": ""},
        {"nobody_knows_this": [1, 2, 3]},
    ],
    ids=str,
)
def test_the_odd_but_valid_runs(target: Target, fields: dict[str, Any]) -> None:
    reply = target.post(RUN, {**SMALL, **fields})
    assert reply.status_code == 200, reply.text[:500]
    assert reply.json()["prompt"] == {**SMALL, **fields}["prompt"]
    if "seed" in fields:
        assert reply.json()["seed"] == fields["seed"]


# Made when they are needed: some take a while, and collecting tests must not.
BAD_PICTURES: dict[str, tuple[Callable[[], str], str]] = {
    "empty": (lambda: "data:image/png;base64,", "image_load_error"),
    "no base64": (lambda: "data:image/png;base64,@@@@", "image_load_error"),
    "text": (lambda: uri(b"hello, this is no picture"), "image_load_error"),
    "HTML": (lambda: uri(b"<html><script>1</script>", "text/html"), "image_load_error"),
    "SVG": (lambda: uri(b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml"), "unsupported_image_format"),
    "PDF": (lambda: uri(b"%PDF-1.4 x"), "unsupported_image_format"),
    "Photoshop": (lambda: uri(b"8BPS\0\1" + bytes(200)), "unsupported_image_format"),
    "PostScript": (lambda: uri(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"), "unsupported_image_format"),
    "head alone": (lambda: uri(saved(plain(), "PNG")[:30]), "image_load_error"),
    "half a PNG": (lambda: uri(saved(plain(640, 480), "PNG")[:600]), "image_load_error"),
    "half a JPEG": (lambda: uri(saved(plain(640, 480), "JPEG")[:6000]), "image_load_error"),
    "50,000 pixels": (lambda: uri(claimed_png(50_000, 50_000)), "image_too_large"),
    "13,000 pixels": (lambda: uri(flat_png(13_000, 13_000)), "image_too_large"),
    "a million in a row": (lambda: uri(flat_png(1_000_000, 1)), "image_too_large"),
    "huge GIF": (lambda: uri(huge_gif()), "image_too_large"),
    "text bomb": (lambda: uri(text_bomb()), "image_load_error"),
    "profile bomb": (lambda: uri(profile_bomb()), "image_load_error"),
}


@pytest.mark.parametrize("name", BAD_PICTURES)
def test_a_bad_picture_is_the_fields_mistake(target: Target, name: str) -> None:
    picture, error_type = BAD_PICTURES[name]
    reply = target.post(EDIT, {"prompt": "make it brighter", "image_url": picture()})
    target.refused(reply, 422, error_type, "image_url")


GOOD_PICTURES: dict[str, Callable[[], bytes]] = {
    "CMYK": lambda: saved(plain(mode="CMYK"), "JPEG"),
    "grey": lambda: saved(plain(mode="L"), "PNG"),
    "one bit": lambda: saved(plain(mode="1"), "PNG"),
    "palette": lambda: saved(plain(mode="P"), "PNG"),
    "16 bit": lambda: saved(plain(mode="L").convert("I;16"), "PNG"),
    "alpha": lambda: saved(plain(mode="RGBA"), "PNG"),
    "AVIF": lambda: saved(plain(), "AVIF"),
    "TIFF": lambda: saved(plain(), "TIFF"),
    "BMP": lambda: saved(plain(), "BMP"),
    "GIF of 300 frames": lambda: animated("GIF"),
    "animated WebP": lambda: animated("WEBP", 30),
    "animated PNG": lambda: animated("PNG", 30),
    "10 MB of EXIF": fat_exif,
    "one pixel": lambda: saved(plain(1, 1), "PNG"),
}


@pytest.mark.parametrize("name", GOOD_PICTURES)
def test_an_odd_picture_is_taken(target: Target, name: str) -> None:
    picture = uri(GOOD_PICTURES[name](), "application/octet-stream")
    reply = target.post(EDIT, {"prompt": "make it brighter", "image_url": picture})
    assert reply.status_code == 200, reply.text[:500]
    made = reply.json()["images"][0]
    data = target.http.get(made["url"]).content
    assert (len(data), len(data) < 1 << 20) == (made["file_size"], True)


@pytest.mark.parametrize(
    ("mask", "error_type"),
    [
        (None, "string_type"),
        (5, "string_type"),
        (uri(b"hello"), "image_load_error"),
        (uri(claimed_png(50_000, 50_000)), "image_too_large"),
        ("http://127.0.0.1:1/mask.png", "file_download_error"),
    ],
    ids=["null", "number", "text", "bomb", "loopback"],
)
def test_a_wrong_mask_is_the_masks_mistake(target: Target, mask: object, error_type: str) -> None:
    good = uri(saved(plain(), "PNG"))
    body = {"prompt": "a red ball", "image_url": good, "reference_image_url": good, "mask_url": mask}
    target.refused(target.post(INPAINT, body), 422, error_type, "mask_url")
