"""The limits that an endpoint's page states, at every place that has any: a file beyond one is refused by its name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.hostile.conftest import Target
from tests.hostile.pictures import claimed_png, saved, uri
from tests.media import files, orders
from tests.media.orders import Place

PICTURES = [place for place in orders.places() if place.kind == "image" and place.name not in orders.UNREAD]
SMALL_FILES = [place for place in PICTURES if place.rule.max_bytes]
SHORT = [place for place in orders.places() if place.rule.max_seconds]
LONG = [place for place in orders.places() if place.rule.min_seconds]


def _refused(target: Target, place: Place, sent: str) -> tuple[str, dict[str, Any]]:
    """The type and facts of the one complaint, which names the place."""
    reply = target.post(f"/run/{place.endpoint}", orders.ordered(place, sent))
    target.refused(reply, 422)
    (problem,) = reply.json()["detail"]
    assert problem["loc"] == ["body", *place.loc]
    return problem["type"], problem.get("ctx", {})


@pytest.mark.parametrize("place", PICTURES, ids=lambda place: place.name)
def test_a_side_too_long(target: Target, place: Place) -> None:
    most = place.rule.max_side
    assert most is not None
    kind, facts = _refused(target, place, uri(claimed_png(most + 1, 32)))
    assert (kind, facts) == ("image_too_large", {"max_height": most, "max_width": most})


@pytest.mark.long
@pytest.mark.parametrize("place", PICTURES, ids=lambda place: place.name)
def test_too_many_pixels_within_the_sides(target: Target, place: Place) -> None:
    side = place.rule.max_side or 0
    kind, _ = _refused(target, place, uri(claimed_png(side, side)))
    # Where the page allows so many, the claim is found out when the samples are not there.
    allowed = min(place.rule.max_pixels or 89_000_000, 89_000_000)
    assert kind == ("image_too_large" if side * side > allowed else "image_load_error")


@pytest.mark.parametrize("place", SMALL_FILES, ids=lambda place: place.name)
def test_a_file_too_large(target: Target, place: Place) -> None:
    most = place.rule.max_bytes or 0
    side = int((most / 3) ** 0.5) + 64
    noise = np.random.default_rng(1).integers(0, 256, (side, side, 3), np.uint8)
    kind, facts = _refused(target, place, uri(saved(Image.fromarray(noise), "PNG", compress_level=0)))
    assert (kind, facts) == ("file_too_large", {"max_size": most})


@pytest.mark.long
@pytest.mark.parametrize("place", SHORT, ids=lambda place: place.name)
def test_a_sound_or_clip_too_long(target: Target, place: Place) -> None:
    most = place.rule.max_seconds or 0
    kind, facts = _refused(target, place, files.plain(place.kind, most + 1))
    assert (kind, facts["max_duration"]) == (f"{place.kind}_duration_too_long", most)
    assert facts["provided_duration"] > most


@pytest.mark.parametrize("place", LONG, ids=lambda place: place.name)
def test_a_sound_or_clip_too_short(target: Target, place: Place) -> None:
    least = place.rule.min_seconds or 0
    kind, facts = _refused(target, place, files.plain(place.kind, least - 0.5))
    assert (kind, facts["min_duration"]) == (f"{place.kind}_duration_too_short", least)
    assert abs(facts["provided_duration"] - (least - 0.5)) < 0.2


def test_every_kind_of_limit_is_met_somewhere() -> None:
    assert all((PICTURES, SMALL_FILES, SHORT, LONG))
