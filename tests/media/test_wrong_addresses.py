"""Every place that takes a file gets what is no address of one: the error names the place, whatever the endpoint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.hostile.conftest import Target
from tests.media import orders
from tests.media.orders import Place

WRONG: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "a number": (5, ("string_type",)),
    "an object": ({"url": "https://example.com/a.png"}, ("string_type",)),
    "no address": ("not an address", ("value_error", "file_download_error")),
    "this machine": ("http://127.0.0.1:1/a.png", ("file_download_error",)),
    "a private network": ("http://10.0.0.1/a.png", ("file_download_error",)),
    "a file": ("file:///etc/passwd", ("value_error", "file_download_error")),
    "a broken data URI": ("data:image/png;base64,@@@@", ("image_load_error", "file_download_error")),
    "half a surrogate pair": ("https://example.com/\ud800.png", ("value_error",)),
    "a very long address": ("https://example.com/" + "a" * 300_000, ("sequence_too_long", "value_error")),
}


def _cases() -> Iterator[Any]:
    for turn, place in enumerate(orders.places()):
        for number, name in enumerate(WRONG):
            if _is_wrong(place, WRONG[name][0]):
                marks = [] if number == turn % len(WRONG) else [pytest.mark.long]
                yield pytest.param(place, name, marks=marks, id=f"{place.name}:{name}")


def _is_wrong(place: Place, value: Any) -> bool:
    """Words are the name of an adapter on a hub, where weights are asked for; what nobody reads is not opened."""
    if not isinstance(value, str):
        return True
    if place.name in orders.UNREAD:
        return False
    return place.kind != "weights" or value.startswith(("http", "data:"))


@pytest.mark.parametrize(("place", "name"), [*_cases()])
def test_what_is_no_address_names_its_place(target: Target, place: Place, name: str) -> None:
    value, types = WRONG[name]
    reply = target.post(f"/run/{place.endpoint}", orders.ordered(place, value))
    target.refused(reply, 422)
    problem = reply.json()["detail"][0]
    assert problem["loc"] == ["body", *place.loc]
    assert problem["type"] in types
