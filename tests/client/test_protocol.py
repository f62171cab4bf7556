"""What the client sends and how it reads answers, with no socket in sight."""

from __future__ import annotations

from typing import Any

import pytest

from gesso.client import protocol
from gesso.client.client import app_of
from gesso.client.protocol import Answer, ClientError


def test_followed_requests_carry_the_app_alone() -> None:
    app = app_of("fal-ai/flux-pro/kontext/max/multi")
    assert protocol.status(app, "id", logs=True).path == "/queue/fal-ai/flux-pro/requests/id/status"
    assert protocol.result(app, "id").path == "/queue/fal-ai/flux-pro/requests/id"
    assert protocol.cancel(app, "id").method == "PUT"


def test_a_request_id_cannot_leave_its_place_in_the_path() -> None:
    assert protocol.result("a/b", "../../keys?x=1").path == "/queue/a/b/requests/..%2F..%2Fkeys%3Fx%3D1"


def test_submit_carries_priority_and_webhook() -> None:
    request = protocol.submit("a/b", {"prompt": "x"}, priority="low", webhook="https://example.com/hook?a=b")
    assert request.json == {"prompt": "x"}
    assert request.headers["x-fal-queue-priority"] == "low"
    assert request.params == {"fal_webhook": "https://example.com/hook?a=b"}
    assert protocol.submit("a/b", {}).params == {}


def test_a_good_answer_is_its_body() -> None:
    assert protocol.read(Answer(202, {}, {"status": "IN_QUEUE"})) == {"status": "IN_QUEUE"}


def _error(status: int, body: Any, **headers: str) -> ClientError:
    with pytest.raises(ClientError) as caught:
        protocol.read(Answer(status, headers, body))
    return caught.value


def test_field_errors_are_told_by_field() -> None:
    problems = [
        {"loc": ["body", "loras", 0, "path"], "msg": "Field required", "type": "missing"},
        {"loc": ["body"], "msg": "not a JSON object", "type": "dict_type"},
    ]
    error = _error(422, {"detail": problems})
    assert str(error) == "loras.0.path: Field required; not a JSON object"
    assert error.error_type == "missing"
    assert error.problems == problems


def test_platform_errors_have_one_sentence_and_a_type() -> None:
    error = _error(504, {"detail": "too late", "error_type": "request_timeout"}, **{"x-fal-request-id": "r1"})
    assert (str(error), error.error_type, error.status, error.request_id) == ("too late", "request_timeout", 504, "r1")


@pytest.mark.parametrize("body", ["<html>", None, [], {"detail": None}])
def test_an_error_without_a_shape_is_still_an_error(body: Any) -> None:
    error = _error(502, body)
    assert str(error) == "HTTP 502"
    assert error.error_type == "unknown"


def test_events_are_the_data_lines() -> None:
    lines = [": ping", "", 'data: {"a": 1}', "", "event: x", 'data: {"a": 2}', ""]
    assert list(protocol.events(iter(lines))) == [{"a": 1}, {"a": 2}]


def test_files_are_found_anywhere_in_an_output() -> None:
    output = {
        "images": [{"url": "1"}, {"url": "2", "width": 3}],
        "model_urls": {"glb": {"url": "3"}, "fbx": None},
        "seed": 4,
        "prompt": "url",
    }
    assert [file["url"] for file in protocol.files_in(output)] == ["1", "2", "3"]
