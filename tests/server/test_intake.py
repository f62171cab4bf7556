"""What headers and query parameters become in the stored job."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx2
import pytest

from gesso.jobs.job import NewJob
from gesso.server.intake import is_yes, query_value
from tests.server.world import World

pytestmark = pytest.mark.anyio


async def accepted(place: World, **headers: str) -> NewJob:
    async with place.client() as caller:
        reply = await caller.post("/run/test/noop", json={"prompt": "a"}, headers=headers)
        assert reply.status_code == 200, reply.text
    return place.hand.ran[-1]


HEADERS: list[tuple[dict[str, str], str, Any]] = [
    ({}, "priority", "normal"),
    ({"x-fal-queue-priority": "low"}, "priority", "low"),
    ({"X-Fal-Queue-Priority": "LOW"}, "priority", "low"),
    ({"x-fal-queue-priority": "normal"}, "priority", "normal"),
    ({"x-fal-queue-priority": "urgent!"}, "priority", "normal"),
    ({}, "store_io", True),
    ({"x-fal-store-io": "0"}, "store_io", False),
    ({"x-fal-store-io": "1"}, "store_io", True),
    ({}, "retry", True),
    ({"x-fal-no-retry": "1"}, "retry", False),
    ({"x-fal-no-retry": "true"}, "retry", False),
    ({"x-fal-no-retry": "yes"}, "retry", False),
    ({"x-fal-no-retry": "0"}, "retry", True),
    ({"x-fal-runner-hint": "h1"}, "hint", "h1"),
    ({"x-fal-runner-hint": "h" * 500}, "hint", "h" * 200),
    ({}, "deadline", None),
    ({}, "webhook", None),
    ({}, "origin", "http://127.0.0.1:4747"),
    ({}, "owner", "local"),
    ({}, "direct", True),
]


@pytest.mark.parametrize(("headers", "field", "value"), HEADERS)
async def test_headers(place: World, headers: dict[str, str], field: str, value: object):
    assert getattr(await accepted(place, **headers), field) == value


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-fal-request-timeout": "5"}, 5.0),
        ({"x-fal-request-timeout": "5.0"}, 5.0),
        ({"x-fal-request-start-timeout": "7"}, 7.0),
        ({"x-fal-request-timeout": "5", "x-fal-request-start-timeout": "7"}, 7.0),
    ],
)
async def test_start_deadlines_count_from_the_submit(place: World, headers: dict[str, str], seconds: float):
    before = time.time()
    job = await accepted(place, **headers)
    assert job.deadline is not None
    assert job.deadline - job.submitted_at == pytest.approx(seconds)
    assert before <= job.submitted_at <= time.time()


@pytest.mark.parametrize("value", ["0", "-1", "0.1", "abc", "nan", "inf", "1e9", ""])
@pytest.mark.parametrize("path", ["/run/test/noop", "/queue/test/noop"])
async def test_a_start_deadline_that_cannot_be_is_a_400(client: httpx2.AsyncClient, path: str, value: str):
    reply = await client.post(path, json={"prompt": "a"}, headers={"x-fal-request-timeout": value})
    assert reply.status_code == 400
    assert reply.json()["error_type"] == reply.headers["x-fal-error-type"] == "bad_request"


async def test_lifecycle(place: World):
    acl = {"default": "hide", "rules": [{"user": "ann", "decision": "allow"}]}
    header = json.dumps({"expiration_duration_seconds": 60, "initial_acl": acl})
    for name in ("x-fal-object-lifecycle-preference", "x-fal-object-lifecycle"):
        job = await accepted(place, **{name: header})
        assert job.lifecycle.expires_in == 60.0
        assert job.lifecycle.acl == acl
    for nothing in ("{}", '{"expiration_duration_seconds": null}', '{"expiration_duration_seconds": 0}'):
        job = await accepted(place, **{"x-fal-object-lifecycle-preference": nothing})
        assert job.lifecycle.expires_in is None


@pytest.mark.parametrize("value", ["{", "[]", '{"initial_acl": {"default": "maybe"}}', '{"initial_acl": 1}'])
async def test_a_lifecycle_that_cannot_be_read_makes_nothing_public(client: httpx2.AsyncClient, value: str):
    headers = {"x-fal-object-lifecycle-preference": value}
    reply = await client.post("/run/test/noop", json={"prompt": "a"}, headers=headers)
    assert reply.status_code == 422


def test_query_values():
    assert query_value(b"", "a") is None
    assert query_value(b"a=1&b=2&a=3", "a") == "3"
    assert query_value(b"a=http%3A%2F%2Fx%3Fy%3D1", "a") == "http://x?y=1"
    assert query_value(b"a", "a") == ""


@pytest.mark.parametrize(("value", "yes"), [("1", True), ("TRUE", True), (b"yes", True), ("0", False), (None, False)])
def test_yes(value: str | bytes | None, yes: bool):
    assert is_yes(value) is yes


async def test_a_query_of_very_many_parameters_is_refused(client: httpx2.AsyncClient):
    reply = await client.get("/run/test/noop?" + "&".join(["a=1"] * 2000))
    assert reply.status_code == 400
