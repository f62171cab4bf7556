"""Every field of every endpoint gets values that it cannot mean: each is an error that names it, or makes something.

Which values a field refuses is asked of its model; what is tested is the answer: its form, its words, that it names the
field, and that no value, refused or taken, ends in a server error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from gesso.endpoint import Endpoint, Limits
from gesso.errors import InputError
from tests.hostile.conftest import Target
from tests.media import orders, results

VALUES: tuple[Any, ...] = (
    *(-1, 0, 1.5, 0.5, 7, 2**63 - 1, 2**63, 1e30, -1e30, 1e-30, float("nan"), float("-inf")),
    *("", "no such word", "5", "-7", "\0\u202e", "\ud800", "x" * 300_000),
    *(True, None, [], [None], [[]], {}, {"no": "such"}, [{"no": "such"}]),
)

TYPES = {
    *("missing", "value_error", "one_of", "image_too_large", "sequence_too_long", "sequence_too_short", "multiple_of"),
    *("greater_than", "greater_than_equal", "less_than", "less_than_equal"),
    *("string_type", "int_type", "int_parsing", "int_from_float", "float_type", "float_parsing", "bool_type"),
    *("bool_parsing", "list_type", "dict_type", "model_type", "model_attributes_type"),
}
"""The error types that fal's pages name, and pydantic's that it passes on."""

STILL = ("text-to-image", "image-to-image", "vision")
QUICK = [endpoint for endpoint in orders.endpoints() if endpoint.category in STILL]
"""Endpoints that are also run with values that they take: those that need less than seconds for each."""


def _fields(endpoint: Endpoint) -> Iterator[str]:
    for name, field in endpoint.input.model_fields.items():
        yield field.alias or name


def _refused(endpoint: Endpoint, asked: dict[str, Any]) -> bool:
    try:
        endpoint.parse(asked, Limits())
    except InputError:
        return True
    return False


@pytest.mark.long
@pytest.mark.parametrize("endpoint", orders.endpoints(), ids=lambda endpoint: endpoint.id)
def test_a_value_that_a_field_refuses_is_told_by_its_name(target: Target, endpoint: Endpoint) -> None:
    sound = orders.body(endpoint.id)
    for name in _fields(endpoint):
        wrong = [value for value in VALUES if _refused(endpoint, {**sound, name: value})]
        assert wrong, f"{name} takes everything"
        for value in wrong:
            reply = target.post(f"/run/{endpoint.id}", json.dumps({**sound, name: value}))
            target.refused(reply, 422)
            for problem in reply.json()["detail"]:
                assert problem["loc"][:2] == ["body", name], (name, value, problem)
                assert problem["type"] in TYPES, (name, value, problem)


@pytest.mark.long
@pytest.mark.parametrize("endpoint", QUICK, ids=lambda endpoint: endpoint.id)
def test_an_odd_value_that_a_field_takes_makes_something(target: Target, endpoint: Endpoint) -> None:
    sound = orders.body(endpoint.id)
    for turn, name in enumerate(_fields(endpoint)):
        taken = [value for value in VALUES if not _refused(endpoint, {**sound, name: value})]
        for value in taken[turn % max(1, len(taken)) :][:1]:
            reply = target.post(f"/run/{endpoint.id}", json.dumps({**sound, name: value}))
            if reply.status_code == 200:
                results.seen(reply.json(), target.http)
            else:
                target.refused(reply, 422)
                assert reply.json()["detail"][0]["loc"][1] == name, (name, value, reply.text[:300])
