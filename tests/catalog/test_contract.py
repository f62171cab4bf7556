"""The catalog holds to the contract, endpoint by endpoint and field by field."""

from __future__ import annotations

from typing import Any

import pytest

from gesso.endpoint import find_rule, media_rule
from gesso.shapes import MIB, MediaRule
from tests.catalog.facts import CONTRACT, ENDPOINTS, NOTHING, Fact, model_named, ours, stated_type, theirs

IDS = sorted(CONTRACT)

DIFFERENCES: dict[tuple[str, str, str], str] = {
    (
        "*",
        "output",
        "Image",
    ): "pictures also carry content_type, file_name and file_size; clients ignore what they do not know",
    ("*", "output", "File"): "pictures that a page types as plain files also carry width and height",
    ("*", "output", "file_data"): "never sent: the bytes are at the URL, or in it with sync_mode",
    ("fal-ai/kandinsky5/text-to-video", "output", "video"): "the page calls it optional; a success always has it",
    ("fal-ai/ovi", "output", "video"): "the page calls it optional; a success always has it",
    (
        "fal-ai/sora-2/text-to-video/pro",
        "output",
        "video_id",
    ): "ours names itself after the file when no vendor did; it is always sent",
}
"""(endpoint, side, field or type) -> why we differ."""

ADDED_BOUNDS: dict[str, tuple[dict[str, float], str]] = {
    "seed": ({"ge": 0, "le": 2**63 - 1}, "echoed exactly, so it must fit the database's integer"),
    "num_images": ({"ge": 1}, "none is no request"),
    "image_urls": ({"min_items": 1}, "nothing to work on"),
    "num_inference_steps": ({"ge": 1}, "no step makes no picture"),
    "first_pass_num_inference_steps": ({"ge": 1}, "no step makes no video"),
    "second_pass_num_inference_steps": ({"ge": 1}, "no step makes no video"),
    "first_pass_skip_final_steps": ({"ge": 0}, "a count"),
    "second_pass_skip_initial_steps": ({"ge": 0}, "a count"),
    "number_of_steps": ({"ge": 1}, "no step trains nothing"),
    "learning_rate": ({"gt": 0}, "no rate trains nothing"),
    "guidance_scale": ({"ge": 0}, "negative guidance is no guidance"),
    "cfg_scale": ({"ge": 0, "le": 1}, "a fraction"),
    "cfg_range_start": ({"ge": 0, "le": 1}, "a fraction"),
    "cfg_range_end": ({"ge": 0, "le": 1}, "a fraction"),
    "strength": ({"ge": 0, "le": 1}, "a fraction"),
    "preserve_edges": ({"ge": 0, "le": 1}, "a fraction"),
    "smart_sharpen_ratio": ({"ge": 0, "le": 1}, "a fraction"),
    "cas_amount": ({"ge": 0, "le": 1}, "a fraction"),
    "sharpen_radius": ({"ge": 1}, "pixels"),
    "noise_radius": ({"ge": 1}, "pixels"),
    "first_n_seconds": ({"ge": 1}, "none is no video"),
    "fps": ({"ge": 1, "le": 120}, "no player shows more"),
    "output_fps": ({"ge": 1, "le": 240}, "no player shows more"),
    "frame_rate": ({"ge": 1, "le": 120}, "no player shows more"),
    "recursive_interpolation_passes": ({"ge": 0, "le": 8}, "each pass doubles the frames"),
    "constant_rate_factor": ({"ge": 0, "le": 63}, "the encoder's range"),
    "num_frames": ({"ge": 1, "le": 1441}, "a minute at 24 frames a second"),
    "start_frame": ({"ge": 0}, "an index"),
    "start_offset": ({"ge": 0}, "seconds after the start"),
    "grid_position_x": ({"ge": -16384, "le": 16384}, "no canvas is larger"),
    "grid_position_y": ({"ge": -16384, "le": 16384}, "no canvas is larger"),
    "x_start": ({"ge": -16384, "le": 16384}, "no canvas is larger"),
    "x_end": ({"ge": -16384, "le": 16384}, "no canvas is larger"),
    "y_start": ({"ge": -16384, "le": 16384}, "no canvas is larger"),
    "y_end": ({"ge": -16384, "le": 16384}, "no canvas is larger"),
    "target_polycount": ({"ge": 100, "le": 300000}, "the vendor's range"),
    "scale": ({"ge": 1, "le": 8}, "each step squares the pixels"),
}
"""Bounds that no page states: by field, with the reason. A stated bound always wins."""

MEDIA_RULES: dict[tuple[str, str], MediaRule] = {
    ("fal-ai/bytedance/omnihuman", "audio_url"): MediaRule("audio", max_seconds=30),
    ("fal-ai/flux-kontext-lora", "image_url"): MediaRule("image", max_side=14142),
    ("fal-ai/kling-video/video-to-audio", "video_url"): MediaRule(
        "video", max_bytes=100 * MIB, min_seconds=3, max_seconds=20, formats=("mp4", "mov")
    ),
    ("fal-ai/minimax-music", "reference_audio_url"): MediaRule("audio", min_seconds=15, formats=("wav", "mp3")),
    ("fal-ai/moondream3-preview/detect", "image_url"): MediaRule("image", max_side=7000),
    ("fal-ai/recraft/v3/image-to-image", "image_url"): MediaRule(
        "image", max_bytes=5 * MIB, max_side=4096, max_pixels=16_000_000
    ),
}
"""Limits that a page states in prose, as rules for the fetched file."""

PROSE: dict[tuple[str, str], str] = {
    ("fal-ai/flux-krea-lora/stream", "num_images"): "the stream makes one; `run` makes as many as asked",
    ("fal-ai/magi/extend-video", "start_frame"): "a default that depends on the video, which the task leaves open",
    ("fal-ai/meshy/v5/multi-image-to-3d", "image_urls"): "more than four are cut to four, not refused",
    ("fal-ai/pixverse/v5/image-to-video", "duration"): "concerns two fields; tested with its app",
    ("fal-ai/omnigen-v2", "input_image_urls"): "at most three, tested below",
}
"""Limits in prose that are no rule of one field."""

TYPE_NAMES = {
    "registry__image__fast_sdxl__models__Image": "Image",
    "fal__toolkit__image__image__Image": "Image",
    "ImageFile": "Image",
    "Video": "File",
}
"""The pages' names for what we call otherwise."""


def fields(side: str) -> list[Any]:
    """Every field of one side of the contract as a test parameter."""
    return [pytest.param(id_, name, id=f"{id_}:{name}") for id_ in IDS for name in CONTRACT[id_][side]]


def pair(id_: str, side: str, name: str) -> tuple[Fact, Fact]:
    """Our fact of a field, and the contract's."""
    endpoint = ENDPOINTS[id_]
    mine = ours(endpoint.input) if side == "input" else ours(endpoint.output, output=True)
    return mine[name], theirs(CONTRACT[id_], side)[name]


def test_the_ids_are_the_contracts_67():
    assert sorted(ENDPOINTS) == IDS
    assert len(IDS) == 67


@pytest.mark.parametrize("id_", IDS)
def test_inputs_have_the_contracts_fields_in_its_order(id_: str):
    stated = list(CONTRACT[id_]["input"])
    names = list(ours(ENDPOINTS[id_].input))
    assert names[: len(stated)] == stated
    assert set(names[len(stated) :]) <= set(CONTRACT[id_].get("newer_fields", {}))


@pytest.mark.parametrize("id_", IDS)
def test_newer_fields_are_optional(id_: str):
    facts = ours(ENDPOINTS[id_].input)
    assert not [name for name in CONTRACT[id_].get("newer_fields", {}) if name in facts and facts[name].required]


@pytest.mark.parametrize("id_", IDS)
def test_outputs_have_the_contracts_fields_in_its_order(id_: str):
    assert list(ours(ENDPOINTS[id_].output, output=True)) == list(CONTRACT[id_]["output"])


@pytest.mark.parametrize(("id_", "name"), fields("input"))
def test_an_input_field_is_as_the_contract_says(id_: str, name: str):
    mine, stated = pair(id_, "input", name)
    assert (mine.kind, mine.required) == (stated.kind, stated.required)
    if stated.enum:
        assert mine.enum == stated.enum
    if stated.default is not NOTHING:
        assert mine.default == stated.default
    elif not stated.required:
        # The pages leave out a default that is false, zero or empty.
        assert not mine.default
    else:
        assert mine.default is NOTHING


@pytest.mark.parametrize(("id_", "name"), fields("input"))
def test_an_input_field_has_the_bounds_that_are_stated_and_no_unexplained_ones(id_: str, name: str):
    mine, stated = pair(id_, "input", name)
    assert {key: mine.bounds.get(key) for key in stated.bounds} == stated.bounds
    allowed, _reason = ADDED_BOUNDS.get(name, ({}, ""))
    added = {key: value for key, value in mine.bounds.items() if key not in stated.bounds}
    if (id_, name) not in PROSE:
        assert added.items() <= allowed.items()


@pytest.mark.parametrize(("id_", "name"), fields("output"))
def test_an_output_field_is_as_the_contract_says(id_: str, name: str):
    mine, stated = pair(id_, "output", name)
    assert mine.kind == stated.kind
    if (id_, "output", name) not in DIFFERENCES:
        assert mine.required == stated.required


@pytest.mark.parametrize(("id_", "name"), fields("output"))
def test_an_output_object_has_at_least_the_fields_of_its_type(id_: str, name: str):
    _mine, stated = pair(id_, "output", name)
    given = CONTRACT[id_]["types"].get(stated.name)
    if given is None:
        assert stated.name in ("", "Timings")
        return
    mine, _ = pair(id_, "output", name)
    model = model_named(ENDPOINTS[id_].output, mine.name)
    lacking = set(given) - set(ours(model, output=True))
    assert lacking <= {place for id_, side, place in DIFFERENCES if (id_, side) == ("*", "output")}


@pytest.mark.parametrize(("id_", "name"), fields("input"))
def test_an_input_object_has_the_fields_and_defaults_of_its_type(id_: str, name: str):
    mine, stated = pair(id_, "input", name)
    given = CONTRACT[id_]["types"].get(stated.name)
    if given is None:
        assert mine.kind.removeprefix("list<").removesuffix(">") != "object"
        return
    inner, expected = ours(model_named(ENDPOINTS[id_].input, mine.name)), stated_type(given)
    assert list(inner) == list(expected)
    assert [fact.kind for fact in inner.values()] == [fact.kind for fact in expected.values()]
    stated_defaults = {key: fact.default for key, fact in expected.items() if fact.default is not NOTHING}
    assert {key: inner[key].default for key in stated_defaults} == stated_defaults


@pytest.mark.parametrize("id_", IDS)
def test_streaming_is_as_the_contract_says(id_: str):
    assert ENDPOINTS[id_].streams == CONTRACT[id_]["streaming"]


def test_every_limit_in_prose_is_a_rule_or_explained():
    prose = {
        (id_, name)
        for id_, entry in CONTRACT.items()
        for name, limit in entry.get("limits", {}).items()
        if isinstance(limit, str)
    }
    assert prose == MEDIA_RULES.keys() | PROSE.keys()


@pytest.mark.parametrize(("place", "rule"), MEDIA_RULES.items(), ids=str)
def test_a_limit_in_prose_is_the_fields_media_rule(place: tuple[str, str], rule: MediaRule):
    id_, name = place
    assert media_rule(ENDPOINTS[id_].input, name) == rule


@pytest.mark.parametrize("id_", IDS)
def test_every_url_field_says_what_it_accepts(id_: str):
    model = ENDPOINTS[id_].input
    names = [name for name in model.model_fields if name.endswith(("_url", "_urls"))]
    assert [name for name in names if find_rule(model, name) is None] == []


@pytest.mark.parametrize("place", [place for place in DIFFERENCES if place[0] != "*"], ids=str)
def test_a_listed_difference_is_one(place: tuple[str, str, str]):
    mine, stated = pair(*place)
    assert mine != stated


def test_every_added_bound_is_in_use():
    used = {
        name
        for id_ in IDS
        for name, fact in ours(ENDPOINTS[id_].input).items()
        if set(fact.bounds) - set(theirs(CONTRACT[id_], "input").get(name, Fact("")).bounds)
    }
    assert set(ADDED_BOUNDS) <= used
