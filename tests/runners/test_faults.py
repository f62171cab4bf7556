"""Errors on their way out of a child: nothing lost that the client needs, nothing believed that a child cannot know."""

from __future__ import annotations

import errno
from typing import Any

import pytest
from pydantic_core import from_json, to_json

from gesso.errors import CapExceeded, InputError, Problem, RequestError, UpstreamFault
from gesso.runners.faults import MAX_TRACEBACK, describe, ran_out_of_memory, restore
from gesso.runners.work import EngineFault


def there_and_back(error: BaseException) -> Exception:
    return restore(from_json(to_json(describe(error))), 2**30)


def test_several_problems() -> None:
    problems = [Problem(("body", "a"), "m", "t"), Problem(("body", "b", 1), "n", "u", {"le": 2}, [1, {"x": None}])]
    back = there_and_back(InputError.of(problems))
    assert isinstance(back, InputError)
    assert list(back.problems) == problems


def test_kinds() -> None:
    back = there_and_back(UpstreamFault("m"))
    assert isinstance(back, UpstreamFault)
    assert not back.unavailable
    request = there_and_back(RequestError("m", status=418, error_type="teapot"))
    assert isinstance(request, RequestError)
    assert (request.status, request.error_type, str(request)) == (418, "teapot", "m")
    cap = there_and_back(CapExceeded("time", "m"))
    assert isinstance(cap, CapExceeded)
    assert cap.what == "time"


def test_a_full_disk_is_no_fault_of_the_engine() -> None:
    back = there_and_back(OSError(errno.ENOSPC, "No space left on device"))
    assert isinstance(back, RequestError)
    assert (back.status, back.error_type) == (503, "insufficient_storage")
    assert isinstance(there_and_back(FileNotFoundError("x")), EngineFault)


def test_memory_names_the_limit() -> None:
    assert str(there_and_back(MemoryError())).endswith("1024 MiB.")


def test_words_about_memory_in_an_input_error_are_words() -> None:
    assert not ran_out_of_memory(InputError("prompt", "value_error", "insufficient memory of the sea"))


def test_a_traceback_keeps_its_end() -> None:
    back = there_and_back(ValueError("x" * 2 * MAX_TRACEBACK + "the end"))
    assert isinstance(back, EngineFault)
    assert str(back).endswith("the end\n")
    assert len(str(back)) <= MAX_TRACEBACK


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {},
        {"kind": "input"},
        {"kind": "input", "problems": []},
        {"kind": "input", "problems": [{}]},
        {"kind": "input", "problems": 5},
        {"kind": "request", "msg": "m", "status": 200, "type": "t"},
        {"kind": "request", "msg": "m", "status": "500"},
        {"kind": ["unhashable"]},
    ],
)
def test_what_cannot_be_read_is_a_fault_of_ours(raw: Any) -> None:
    assert isinstance(restore(raw, 1), EngineFault)
