"""From raw JSON to a typed input, or to fal's list of problems: one problem per mistake, `loc` without union tags.

Pydantic finds the mistakes; this module gives them fal's names (`one_of`, `sequence_too_long`...) and facts.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticSerializationError, from_json, to_json

from gesso.errors import InputError, Loc, Problem

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")

Model = TypeVar("Model", bound=BaseModel)

MAX_TEXT = 200_000
"""Longest string anywhere in an input that does not look like a data URI, in characters; `Endpoint.parse` sees to
those that only look like one."""

MAX_ITEMS = 10_000
"""Most items of any list in an input."""

MAX_INT = 2**63 - 1
"""Largest whole number of any field, and with a minus the smallest."""


def parse_object(body: bytes, *, surrogates: bool = False) -> dict[str, Any]:
    """The JSON object in a request's body; an empty body is an empty object.

    Half a surrogate pair is JSON, but can be neither stored nor sent: `surrogates` lets it pass, for callers that look
    for it themselves. Raises `InputError`: `json_invalid` for what is no JSON, `dict_type` for JSON that is no object.
    """
    text = body.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        return {}
    try:
        value = _parsed(text, surrogates)
    except (ValueError, RecursionError) as error:
        raise InputError((), "json_invalid", f"The body is not valid JSON: {error}") from None
    if not isinstance(value, dict):
        raise InputError((), "dict_type", "The body must be a JSON object.", value=value)
    return cast("dict[str, Any]", value)


def _parsed(text: bytes, surrogates: bool) -> Any:
    try:
        return from_json(text)
    except ValueError:
        # Half a surrogate pair is the one thing that is JSON and that pydantic's parser refuses.
        if not surrogates or _SURROGATE.search(text) is None:
            raise
        return json.loads(text)


def dump(value: Any) -> bytes:
    """Compact JSON bytes. Raises `ValueError` for what JSON cannot hold (NaN, lone surrogates)."""
    try:
        return to_json(value, inf_nan_mode="constants")
    except PydanticSerializationError as error:
        raise ValueError(str(error)) from None


def validate(model: type[Model], raw: Mapping[str, Any]) -> Model:
    """A `model` made from `raw`, or `InputError` with one problem per mistake."""
    if not _is_harmless(raw) and (problems := list(_unstorable(raw, ()))):
        raise InputError.of(problems)
    try:
        values = model.model_validate(raw)
    except ValidationError as error:
        details = error.errors(include_url=False)
        if any(detail["type"] == "int_parsing_size" and isinstance(detail["input"], float) for detail in details):
            return validate(model, _with_whole_numbers(raw))
        raise InputError.of(_first_per_place(_problem(detail, raw) for detail in details)) from None
    # A model inside is no harmless kind, so that one is looked at closely.
    if not _is_harmless(values.__dict__) and (problems := list(_unusable(values.model_dump(), ()))):
        raise InputError.of(problems)
    return values


def _with_whole_numbers(value: Any) -> Any:
    """The same values with 1e30 as the integer that it is: pydantic reads none so large from a float, and could not
    tell its field's bound."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_with_whole_numbers(item) for item in cast("list[Any]", value)]
    if isinstance(value, Mapping):
        return {key: _with_whole_numbers(item) for key, item in cast("Mapping[str, Any]", value).items()}
    return value


def _is_harmless(root: Any) -> bool:
    """Whether neither of the two looks below would find anything: the usual case, told in a tenth of their time."""
    values: list[Any] = [root]
    for value in values:  # which grows meanwhile
        kind = type(value)  # pyright: ignore[reportUnknownVariableType]
        if kind is str:
            harmless = len(value) <= MAX_TEXT and value.isascii()
        elif kind is int:
            harmless = -MAX_INT <= value <= MAX_INT
        elif kind is dict:
            harmless = all(map(str.isascii, value))
            values += value.values()
        elif kind is list:
            harmless = len(value) <= MAX_ITEMS
            values += value
        else:
            harmless = value is None or kind is bool or (kind is float and math.isfinite(value))
        if not harmless:
            return False
    return True


def _unstorable(value: Any, loc: Loc) -> Iterator[Problem]:
    """Values that no schema would refuse but that cannot be stored, echoed or handled in bounded time."""
    if isinstance(value, str):
        yield from _unstorable_text(value, loc)
    elif isinstance(value, float):
        if not math.isfinite(value):
            yield Problem(("body", *loc), "Input should be a finite number", "value_error", None, value)
    elif isinstance(value, Mapping):
        fields = cast("Mapping[str, Any]", value)
        if any(map(_has_surrogate, fields)):
            yield Problem(("body", *loc), "Names of fields should be valid Unicode", "value_error")
            return
        for key, item in fields.items():
            yield from _unstorable(item, (*loc, key))
    elif isinstance(value, list):
        items = cast("list[Any]", value)
        if len(items) > MAX_ITEMS:
            msg = f"List should have at most {MAX_ITEMS} items, not {len(items)}"
            yield Problem(("body", *loc), msg, "sequence_too_long", {"max_length": MAX_ITEMS})
            return
        for index, item in enumerate(items):
            yield from _unstorable(item, (*loc, index))


def _unstorable_text(text: str, loc: Loc) -> Iterator[Problem]:
    if len(text) > MAX_TEXT and not text.startswith("data:"):
        msg = f"String should have at most {MAX_TEXT} characters"
        yield Problem(("body", *loc), msg, "sequence_too_long", {"max_length": MAX_TEXT}, text)
    elif not text.isascii() and _has_surrogate(text):
        yield Problem(("body", *loc), "String should be valid Unicode", "value_error", None, text)


def _unusable(value: Any, loc: Loc) -> Iterator[Problem]:
    """Numbers that only show once text is coerced ("nan", 300 digits) and that no engine can calculate with."""
    if isinstance(value, float):
        if not math.isfinite(value):
            yield Problem(("body", *loc), "Input should be a finite number", "value_error", None, value)
    elif isinstance(value, int):
        if value > MAX_INT:
            msg = f"Input should be less than or equal to {MAX_INT}"
            yield Problem(("body", *loc), msg, "less_than_equal", {"le": MAX_INT}, value)
        elif value < -MAX_INT:
            msg = f"Input should be greater than or equal to {-MAX_INT}"
            yield Problem(("body", *loc), msg, "greater_than_equal", {"ge": -MAX_INT}, value)
    elif isinstance(value, Mapping):
        for key, item in cast("Mapping[str, Any]", value).items():
            yield from _unusable(item, (*loc, key))
    elif isinstance(value, list):
        for index, item in enumerate(cast("list[Any]", value)):
            yield from _unusable(item, (*loc, index))


def _has_surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


_RENAMED = {
    "literal_error": "one_of",
    "enum": "one_of",
    "string_too_long": "sequence_too_long",
    "too_long": "sequence_too_long",
    "string_too_short": "sequence_too_short",
    "too_short": "sequence_too_short",
    "finite_number": "value_error",
}
"""Pydantic's error types that fal calls otherwise."""

_FACTS = ("gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length")
"""What of pydantic's `ctx` fal's errors carry."""

_QUOTED = re.compile(r"'([^']*)'")


def _problem(detail: ErrorDetails, raw: Mapping[str, Any]) -> Problem:
    type_ = _RENAMED.get(detail["type"], detail["type"])
    ctx = detail.get("ctx", {})
    facts: dict[str, Any] = {key: ctx[key] for key in _FACTS if key in ctx}
    if type_ == "one_of":
        # pydantic tells the choices as prose ("'a', 'b' or 'c'"); all of ours are plain words.
        facts["expected"] = _QUOTED.findall(str(ctx.get("expected", "")))
    loc = _untagged(detail["loc"], raw)
    value = None if type_ == "missing" else detail["input"]
    return Problem(("body", *loc), detail["msg"], type_, facts or None, value)


def _untagged(loc: Loc, raw: Any) -> Loc:
    """`loc` without the names of union members, which pydantic puts between a field and what is inside it."""
    kept: list[str | int] = []
    value: Any = raw
    for position, step in enumerate(loc):
        if isinstance(value, Mapping) and step in value:
            value = cast("Mapping[Any, Any]", value)[step]
        elif isinstance(value, list) and isinstance(step, int) and step < len(cast("list[Any]", value)):
            value = cast("list[Any]", value)[step]
        elif position < len(loc) - 1 or not isinstance(value, Mapping) or not isinstance(step, str):
            continue
        kept.append(step)
    return tuple(kept)


def _first_per_place(problems: Iterable[Problem]) -> list[Problem]:
    by_place: dict[Loc, Problem] = {}
    for problem in problems:
        by_place.setdefault(problem.loc, problem)
    return list(by_place.values())
