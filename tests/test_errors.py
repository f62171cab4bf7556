"""Each error becomes the reply that fal's clients expect."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.errors import (
    MAX_ECHO,
    MAX_PROBLEMS,
    RETRYABLE,
    Cancelled,
    CapExceeded,
    ContentRefused,
    EngineUnavailable,
    Failure,
    GessoError,
    InputError,
    Problem,
    RequestError,
    RunnerDied,
    StartTimeout,
    UpstreamFault,
    clip,
    failure_of,
)

LIST, FLAT = "list", "flat"


@pytest.mark.parametrize(
    ("error", "status", "error_type", "form", "retry"),
    [
        (InputError("image_url", "image_load_error", "No picture."), 422, "image_load_error", LIST, False),
        (EngineUnavailable("No engine."), 422, "feature_not_supported", LIST, False),
        (ContentRefused("No."), 422, "content_policy_violation", LIST, False),
        (CapExceeded("memory", "Too big."), 500, "internal_server_error", LIST, True),
        (CapExceeded("time", "Too long."), 504, "generation_timeout", LIST, True),
        (UpstreamFault("Broken."), 400, "downstream_service_error", LIST, True),
        (UpstreamFault("Down.", unavailable=True), 500, "downstream_service_unavailable", LIST, True),
        (RunnerDied("Gone."), 503, "runner_disconnected", FLAT, True),
        (Cancelled(), 499, "client_cancelled", FLAT, False),
        (StartTimeout(), 504, "request_timeout", FLAT, False),
        (RequestError("Bad."), 400, "bad_request", FLAT, False),
        (RequestError("Gone.", status=404, error_type="not_found"), 404, "not_found", FLAT, False),
    ],
)
def test_the_table_of_errors(error: GessoError, status: int, error_type: str, form: str, retry: bool):
    failure = failure_of(error)
    assert (failure.status, failure.error_type) == (status, error_type)
    assert isinstance(failure.body["detail"], list) == (form == LIST)
    assert (error_type in RETRYABLE) == retry
    assert failure.headers["x-fal-retryable"] == str(retry).lower()
    assert failure.headers["x-fal-needs-retry"] == str(int(retry))
    assert failure.message == str(error)


def test_an_error_for_the_operator_tells_clients_nothing():
    class LockedError(GessoError):
        pass

    failure = failure_of(LockedError("/home/somebody/gesso is in use"))
    assert (failure.status, failure.message) == (500, "Internal Server Error")
    assert failure.body == {"detail": "Internal Server Error"}


def test_an_exception_of_no_purpose_tells_nothing_of_itself():
    failure = failure_of(ZeroDivisionError("secret detail"))
    assert failure == Failure(
        500,
        {"detail": "Internal Server Error"},
        "internal_error",
        "Internal Server Error",
        {"x-fal-error-type": "internal_error"},
    )


def test_the_list_form():
    error = InputError(("loras", 0, "path"), "file_download_error", "Not there.", {"status": 404}, "https://a")
    assert error.failure().body == {
        "detail": [
            {
                "loc": ["body", "loras", 0, "path"],
                "msg": "Not there.",
                "type": "file_download_error",
                "url": "https://docs.fal.ai/errors#file_download_error",
                "ctx": {"status": 404},
                "input": "https://a",
            }
        ]
    }


def test_a_problem_without_facts_has_no_ctx():
    assert "ctx" not in Problem(("body",), "m", "t").as_json()


def test_an_input_that_was_refused_costs_nothing():
    assert InputError("a", "b", "c").failure().headers["x-fal-billable-units"] == "0"
    assert "x-fal-billable-units" not in UpstreamFault("x").failure().headers


def test_several_problems_in_one_error():
    problems = [Problem(("body", name), f"{name} is wrong", "one_of") for name in "ab"]
    error = InputError.of(problems)
    assert [item["loc"] for item in error.failure().body["detail"]] == [["body", "a"], ["body", "b"]]
    assert (str(error), error.failure().message) == ("a is wrong", "a is wrong")


def test_a_reply_tells_only_so_many_problems():
    error = InputError.of([Problem(("body", "a", n), "m", "missing") for n in range(5000)])
    assert len(error.failure().body["detail"]) == MAX_PROBLEMS


def test_the_flat_form_says_it_twice_for_the_javascript_client():
    error = RequestError("No such thing.", status=404, error_type="not_found", extra={"nearest": ["a"]})
    assert error.failure().body == {
        "detail": "No such thing.",
        "message": "No such thing.",
        "error_type": "not_found",
        "nearest": ["a"],
    }
    assert error.failure().headers["x-fal-error-type"] == "not_found"


def test_a_start_timeout_says_whose_deadline_it_was():
    assert StartTimeout().failure().headers["x-fal-request-timeout-type"] == "user"


# ---------------------------------------------------------------- clip


@pytest.mark.parametrize(
    ("value", "clipped"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (0.5, 0.5),
        ("é", "é"),
        ("\ud800", "?"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        (2**63, "<integer beyond 64 bits>"),
        (b"abc", "<binary 3 bytes>"),
        ((1, 2), [1, 2]),
        ({1: "a"}, {"1": "a"}),
        ([[[[[1]]]]], [[[["…"]]]]),
        ({"a": {"b": {"c": {"d": {}}}}}, {"a": {"b": {"c": {"d": "…"}}}}),
    ],
)
def test_clip(value: Any, clipped: Any):
    assert clip(value) == clipped


def test_clip_shortens_text_and_lists():
    assert clip("a" * 5000) == "a" * MAX_ECHO + "…"
    assert len(clip(list(range(5000)))) == 16
    assert len(clip({str(n): n for n in range(5000)})) == 16


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()) | st.integers(), inner),
)


@given(ANYTHING, st.text(st.characters()))
def test_any_echo_is_strict_json_in_utf8(value: Any, key: str):
    item = Problem(("body", key, 0), "wrong", "one_of", {"expected": value}, value).as_json()
    assert json.loads(json.dumps(item, allow_nan=False, ensure_ascii=False).encode())["loc"][0] == "body"
