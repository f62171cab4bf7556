"""Raw JSON in, a typed input or fal's list of problems out."""

from __future__ import annotations

import json
import math
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from gesso import validation
from gesso.errors import InputError, Problem
from gesso.shapes import NumericText, SizeChoice
from gesso.validation import MAX_INT, MAX_ITEMS, MAX_TEXT, dump, parse_object, validate


class Part(BaseModel):
    path: str
    scale: float = Field(1, ge=0, lt=4)


class Model(BaseModel):
    prompt: str = Field("", max_length=MAX_TEXT)
    short: str = Field("abc", min_length=2, max_length=5)
    size: SizeChoice | None = None
    parts: list[Part] | None = Field(None, min_length=1, max_length=3)
    mode: Literal["a", "b"] = "a"
    number: Annotated[Literal["5", "10"], NumericText] = "5"
    count: int = Field(1, ge=1, le=8)
    steps: int = 1
    even: int = Field(2, multiple_of=2)
    ratio: float = Field(0.5, gt=0)
    free: float = 0
    flag: bool = False


def problems(raw: dict[str, Any]) -> list[Problem]:
    """What is wrong with `raw`; at least one thing."""
    with pytest.raises(InputError) as caught:
        validate(Model, raw)
    return list(caught.value.problems)


def refusal(body: bytes) -> Problem:
    with pytest.raises(InputError) as caught:
        parse_object(body)
    (problem,) = caught.value.problems
    return problem


# ---------------------------------------------------------------- bodies


@pytest.mark.parametrize("body", [b"", b"  \n", b"{}", b"\xef\xbb\xbf", b"\xef\xbb\xbf{}", b" {} "])
def test_an_empty_body_is_an_empty_object(body: bytes):
    assert parse_object(body) == {}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"a": 1',
        b"{'a': 1}",
        b'{"a": 1} x',
        b'{"a": 01}',
        b'{"a": "\xff"}',
        b"\x00",
        b'{"a": ' + b"1" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 5000,
    ],
)
def test_what_is_no_json_is_json_invalid(body: bytes):
    problem = refusal(body)
    assert (problem.loc, problem.type) == (("body",), "json_invalid")


@pytest.mark.parametrize("body", [b"[]", b"1", b'"a"', b"null", b"true", b"NaN"])
def test_json_that_is_no_object_is_dict_type(body: bytes):
    problem = refusal(body)
    assert (problem.loc, problem.type) == (("body",), "dict_type")


def test_half_a_surrogate_pair_is_read_so_that_its_field_can_be_named():
    body = b'{"a": "\\uD800"}'
    assert parse_object(body, surrogates=True) == {"a": "\ud800"}
    assert refusal(body).type == "json_invalid"


def test_a_byte_order_mark_is_skipped():
    assert parse_object(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_of_a_key_that_stands_twice_the_last_counts():
    assert parse_object(b'{"a": 1, "a": 2}') == {"a": 2}


# ---------------------------------------------------------------- one mistake, one problem


@pytest.mark.parametrize(
    ("raw", "loc", "type_", "ctx"),
    [
        ({"mode": "c"}, ("mode",), "one_of", {"expected": ["a", "b"]}),
        ({"mode": 5}, ("mode",), "one_of", {"expected": ["a", "b"]}),
        ({"number": 7}, ("number",), "one_of", {"expected": ["5", "10"]}),
        ({"number": True}, ("number",), "one_of", {"expected": ["5", "10"]}),
        ({"number": 5.5}, ("number",), "one_of", {"expected": ["5", "10"]}),
        ({"count": 0}, ("count",), "greater_than_equal", {"ge": 1}),
        ({"count": 9}, ("count",), "less_than_equal", {"le": 8}),
        ({"count": 1e30}, ("count",), "less_than_equal", {"le": 8}),
        ({"ratio": 0}, ("ratio",), "greater_than", {"gt": 0}),
        ({"even": 3}, ("even",), "multiple_of", {"multiple_of": 2}),
        ({"short": "a"}, ("short",), "sequence_too_short", {"min_length": 2}),
        ({"short": "abcdef"}, ("short",), "sequence_too_long", {"max_length": 5}),
        ({"parts": []}, ("parts",), "sequence_too_short", {"min_length": 1}),
        ({"parts": [{"path": "a"}] * 4}, ("parts",), "sequence_too_long", {"max_length": 3}),
        ({"parts": [{"path": "a"}, {}]}, ("parts", 1, "path"), "missing", None),
        ({"parts": [{"path": "a", "scale": 4}]}, ("parts", 0, "scale"), "less_than", {"lt": 4}),
        ({"parts": "a"}, ("parts",), "list_type", None),
        ({"prompt": 5}, ("prompt",), "string_type", None),
        ({"prompt": None}, ("prompt",), "string_type", None),
        ({"count": "many"}, ("count",), "int_parsing", None),
        ({"count": 1.5}, ("count",), "int_from_float", None),
        ({"ratio": "half"}, ("ratio",), "float_parsing", None),
        ({"flag": "perhaps"}, ("flag",), "bool_parsing", None),
        ({"size": "huge"}, ("size",), "one_of", None),
        ({"size": 512}, ("size",), "one_of", None),
        ({"size": []}, ("size",), "one_of", None),
        ({"size": {"width": 0}}, ("size", "width"), "greater_than", {"gt": 0}),
        ({"size": {"width": "wide"}}, ("size", "width"), "int_parsing", None),
        ({"size": {"size": {}, "preset": 1, "height": -1}}, ("size", "height"), "greater_than", {"gt": 0}),
    ],
)
def test_a_mistake_is_told_in_fals_words(raw: dict[str, Any], loc: tuple[Any, ...], type_: str, ctx: Any):
    (problem,) = problems(raw)
    assert (problem.loc, problem.type) == (("body", *loc), type_)
    if ctx is not None:
        assert problem.ctx == ctx
    assert problem.msg


def test_a_wrong_preset_is_told_all_presets():
    (problem,) = problems({"size": "huge"})
    assert problem.ctx
    assert problem.ctx["expected"] == [
        "square_hd",
        "square",
        "portrait_4_3",
        "portrait_16_9",
        "landscape_4_3",
        "landscape_16_9",
    ]


def test_a_missing_field_is_named_and_echoes_nothing():
    (problem,) = problems({"parts": [{"scale": 1}]})
    assert (problem.loc, problem.type, problem.input) == (("body", "parts", 0, "path"), "missing", None)


def test_several_mistakes_are_several_problems():
    found = problems({"mode": "c", "count": 0, "size": "huge", "parts": [{}, {}]})
    assert [problem.loc for problem in found] == [
        ("body", "size"),
        ("body", "parts", 0, "path"),
        ("body", "parts", 1, "path"),
        ("body", "mode"),
        ("body", "count"),
    ]


def test_the_offending_value_is_echoed():
    (problem,) = problems({"count": 12})
    assert problem.input == 12


# ---------------------------------------------------------------- what is taken


@pytest.mark.parametrize(
    ("raw", "name", "value"),
    [
        ({"count": "3"}, "count", 3),
        ({"count": 3.0}, "count", 3),
        ({"number": 10}, "number", "10"),
        ({"number": 10.0}, "number", "10"),
        ({"number": "10"}, "number", "10"),
        ({"flag": "true"}, "flag", True),
        ({"ratio": 1}, "ratio", 1.0),
        ({"steps": MAX_INT}, "steps", MAX_INT),
        ({"unknown": {"anything": [1, None]}}, "prompt", ""),
        ({"prompt": "日本 🎏 \x00"}, "prompt", "日本 🎏 \x00"),
        ({"parts": None}, "parts", None),
    ],
)
def test_lax_values_are_taken(raw: dict[str, Any], name: str, value: Any):
    assert getattr(validate(Model, raw), name) == value


# ---------------------------------------------------------------- what no schema refuses


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(
    ("place", "loc"),
    [
        (lambda number: {"ratio": number}, ("ratio",)),
        (lambda number: {"unknown": number}, ("unknown",)),
        (lambda number: {"parts": [{"path": "a", "scale": number}]}, ("parts", 0, "scale")),
    ],
)
def test_numbers_that_are_not_finite_are_refused(place: Any, loc: tuple[Any, ...], number: float):
    (problem,) = problems(place(number))
    assert (problem.loc, problem.type) == (("body", *loc), "value_error")


@pytest.mark.parametrize("text", ["nan", "inf", "1e400"])
def test_text_that_becomes_no_finite_number_is_refused(text: str):
    (problem,) = problems({"free": text})
    assert (problem.loc, problem.type) == (("body", "free"), "value_error")


@pytest.mark.parametrize(
    ("value", "type_", "ctx"),
    [
        (10**30, "less_than_equal", {"le": MAX_INT}),
        (1e30, "less_than_equal", {"le": MAX_INT}),
        ("9" * 300, "less_than_equal", {"le": MAX_INT}),
        (-(10**30), "greater_than_equal", {"ge": -MAX_INT}),
    ],
)
def test_integers_beyond_64_bits_are_refused(value: Any, type_: str, ctx: dict[str, int]):
    (problem,) = problems({"steps": value})
    assert (problem.loc, problem.type, problem.ctx) == (("body", "steps"), type_, ctx)


@pytest.mark.parametrize("raw", [{"prompt": "\ud800"}, {"unknown": ["\udfff"]}, {"\udc00": 1}])
def test_lone_surrogates_are_refused(raw: dict[str, Any]):
    (problem,) = problems(raw)
    assert problem.type == "value_error"
    assert problem.msg.endswith("should be valid Unicode")


def test_a_megabyte_of_prompt_is_too_long():
    (problem,) = problems({"prompt": "a" * 1_000_000})
    assert (problem.loc, problem.type, problem.ctx) == (
        ("body", "prompt"),
        "sequence_too_long",
        {"max_length": MAX_TEXT},
    )
    assert len(json.dumps(problem.as_json())) < 2000


def test_a_data_uri_may_be_long():
    class Picture(BaseModel):
        image_url: str

    uri = "data:image/png;base64," + "A" * (2 * MAX_TEXT)
    assert validate(Picture, {"image_url": uri}).image_url == uri


def test_a_list_of_very_many_items_is_one_problem():
    (problem,) = problems({"unknown": [math.nan] * (MAX_ITEMS + 1)})
    assert (problem.loc, problem.type, problem.ctx) == (
        ("body", "unknown"),
        "sequence_too_long",
        {"max_length": MAX_ITEMS},
    )


def test_very_many_mistakes_make_a_short_reply():
    body = dump(InputError.of(problems({"unknown": [math.nan] * MAX_ITEMS})).failure().body)
    assert len(body) < 50_000


# ---------------------------------------------------------------- dump


def test_dump_is_compact_utf8():
    assert dump({"a": "é", "b": [1, 2.5]}) == '{"a":"é","b":[1,2.5]}'.encode()


def test_dump_refuses_what_json_cannot_hold():
    with pytest.raises(ValueError, match="surrogates"):
        dump({"a": "\ud800"})


# ---------------------------------------------------------------- whatever comes

TEXT = st.text(alphabet=st.characters(categories=("Lu", "Nd", "Zs", "Cs", "Cc", "So")), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(sorted(Model.model_fields)) | TEXT
OBJECTS = st.dictionaries(KEYS, VALUES | st.sampled_from(["a", "5", "square", {"width": 5}]), max_size=8)


@given(OBJECTS)
def test_any_object_validates_or_fails_with_a_reply_that_can_be_sent(raw: dict[str, Any]):
    try:
        values = validate(Model, raw)
    except InputError as error:
        body = json.loads(dump(error.failure().body))
        assert body["detail"]
        for item in body["detail"]:
            assert item["loc"][0] == "body"
            assert {"msg", "type", "url", "input"} <= item.keys()
    else:
        assert json.loads(dump(values.model_dump()))


@given(OBJECTS)
def test_no_place_is_named_twice_and_none_is_a_tag(raw: dict[str, Any]):
    try:
        validate(Model, raw)
    except InputError as error:
        places = [problem.loc for problem in error.problems]
        assert len(places) == len(set(places))
        assert not {"<size>", "<preset>"} & {step for place in places for step in place}


@given(st.binary(max_size=64) | st.from_regex(rb'\{"[a-z]{1,3}": ?[-0-9a-zA-Z"\[\]{}.\\]{0,12}\}?', fullmatch=True))
def test_any_bytes_are_an_object_or_one_problem(body: bytes):
    try:
        value = parse_object(body)
    except InputError as error:
        value = json.loads(dump(error.failure().body))
        assert [item["type"] for item in value["detail"]] in (["json_invalid"], ["dict_type"])
    assert isinstance(value, dict)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
)


@given(st.dictionaries(st.text(max_size=5), json_values, max_size=4))
def test_the_quick_look_passes_nothing_that_the_thorough_ones_refuse(raw: dict[str, Any]) -> None:
    if validation._is_harmless(raw):
        assert [*validation._unstorable(raw, ()), *validation._unusable(raw, ())] == []


@pytest.mark.parametrize("value", ["\ud800", math.nan, 2**63, -(2**63), ["\ud800"], {"a": {"b": math.inf}}])
def test_the_quick_look_leaves_what_is_wrong_to_the_thorough_ones(value: Any) -> None:
    assert not validation._is_harmless({"field": value})
