"""Every place of every endpoint that takes a file gets odd ones: what comes back is right, or an error that names it.

What is right is told by the plain file of the same content: its result has the same files, sizes and lengths, and looks
the same. The places are read from the catalog and the odd files are lists, so that nothing is left out by forgetting.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from gesso.endpoint import find
from tests.hostile.conftest import Target
from tests.hostile.pictures import uri
from tests.media import files, orders, results
from tests.media.orders import Place

SLOW = {
    "decart/lucy-5b/image-to-video",
    "fal-ai/image-editing/object-removal",
    "fal-ai/kling-video/v2.1/master/image-to-video",
    "fal-ai/kling-video/video-to-audio",
    "fal-ai/ltx-video-13b-distilled/multiconditioning",
    "fal-ai/luma-dream-machine/image-to-video",
    "fal-ai/luma-dream-machine/ray-2-flash/image-to-video",
    "fal-ai/luma-dream-machine/ray-2-flash/modify",
    "fal-ai/luma-dream-machine/ray-2/image-to-video",
    "fal-ai/luma-dream-machine/ray-2/modify",
    "fal-ai/magi/extend-video",
    "fal-ai/meshy/v5/multi-image-to-3d",
    "fal-ai/minimax-music",
    "fal-ai/minimax-video/image-to-video",
    "fal-ai/pixverse/extend/fast",
    "fal-ai/pixverse/v5/image-to-video",
    "fal-ai/video-upscaler",
    "fal-ai/wan-vace-14b",
}
"""Endpoints that take a second or more at their smallest: of the files that are good each of their places gets one."""

QUICK = {
    "fal-ai/flux-pro/kontext/max",
    "fal-ai/post-processing/sharpen",
    "fal-ai/ffmpeg-api/merge-audio-video",
    "fal-ai/luma-dream-machine/ray-2-flash/reframe",
    "fal-ai/wan-trainer/t2v",
}
"""Endpoints whose places get a good odd file in every run of the tests, the others when all tests run."""


def _cases() -> Iterator[Any]:
    turn = 0
    for place in orders.places():
        if place.name in orders.UNREAD:
            continue
        odd = {name: one.told(place.rule) for name, one in files.ODD[place.kind].items()}
        good = [name for name, one in odd.items() if one.fate != "refused"]
        bad = [name for name in odd if name not in good]
        turn += 1
        chosen = good[turn % len(good)] if good else ""
        for name in odd:
            if name in good and place.endpoint in SLOW and name != chosen:
                continue
            quick = name == bad[turn % len(bad)] or (name == chosen and place.endpoint in QUICK)
            yield pytest.param(place, name, marks=[] if quick else [pytest.mark.long], id=f"{place.name}:{name}")


def test_every_endpoint_that_takes_a_file_is_in_the_campaign() -> None:
    asked = {place.endpoint for place in orders.places()}
    named = {e.id for e in orders.endpoints() if any("_url" in name for name in _names(e.input.model_json_schema()))}
    assert named <= asked
    assert len(orders.endpoints()) == 67
    assert asked >= (SLOW | QUICK)


@pytest.mark.parametrize("name", orders.UNREAD)
def test_what_is_left_unread_is_told(name: str) -> None:
    (place,) = [place for place in orders.places() if place.name == name]
    field = find(place.endpoint).input.model_fields[str(place.loc[0])]
    assert orders.UNREAD[name] in (field.description or "")


def _names(schema: Any) -> Iterator[str]:
    """Every name of a property in a schema."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for inner in schema.values():
            yield from _names(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _names(inner)


@pytest.mark.parametrize(("place", "name"), [*_cases()])
def test_an_odd_file_gives_what_is_right_or_its_error(target: Target, place: Place, name: str) -> None:
    odd = files.ODD[place.kind][name].told(place.rule)
    reply = target.post(f"/run/{place.endpoint}", orders.ordered(place, uri(odd.make(place.seconds), "image/png")))
    if reply.status_code != 200:
        assert odd.fate in ("refused", "either"), reply.text[:500]
        target.refused(reply, 422)
        problem = reply.json()["detail"][0]
        assert problem["loc"] == ["body", *place.loc]
        assert problem["type"] in odd.types
        assert problem["url"].endswith(f"#{problem['type']}")
        return
    assert odd.fate != "refused"
    made = results.seen(reply.json(), target.http)
    assert made
    if odd.fate == "same":
        plain = orders.ordered(place, files.plain(place.kind, place.seconds))
        assert results.unlike(made, _made(target, place.endpoint, json.dumps(plain))) == ""


@cache
def _made(target: Target, id_: str, body: str) -> list[results.Seen]:
    """What a request gives that must succeed."""
    reply = target.post(f"/run/{id_}", body)
    assert reply.status_code == 200, reply.text[:500]
    return results.seen(reply.json(), target.http)
