"""Errors on their way out of a child process: told as data, raised again as the same error by the parent."""

from __future__ import annotations

import traceback
from typing import Any, cast

from gesso.errors import (
    DISK_FULL,
    CapExceeded,
    ContentRefused,
    EngineUnavailable,
    GessoError,
    InputError,
    Problem,
    RequestError,
    UpstreamFault,
    clip,
    disk_full,
)
from gesso.runners.work import EngineFault

MAX_TRACEBACK = 8000
"""Characters of a traceback that are kept, its end: the innermost frames and the message."""

_OUT_OF_MEMORY = ("insufficient memory", "bad_alloc", "failed to allocate", "cannot allocate memory")
"""How libraries that raise no `MemoryError` say that they got none (OpenCV, C++, onnxruntime, the system)."""


_PLAIN: dict[str, type[GessoError]] = {"EngineUnavailable": EngineUnavailable, "ContentRefused": ContentRefused}
"""Errors that are their message and nothing else."""


def describe(error: BaseException) -> dict[str, Any]:
    """What an exception says, as JSON values."""
    if ran_out_of_memory(error):
        return {"kind": "memory"}
    if isinstance(error, InputError):
        return {"kind": "input", "problems": [_problem(problem) for problem in error.problems]}
    if isinstance(error, UpstreamFault):
        return {"kind": "upstream", "msg": str(error), "unavailable": error.unavailable}
    if type(error).__name__ in _PLAIN:
        return {"kind": type(error).__name__, "msg": str(error)}
    if isinstance(error, CapExceeded):
        return {"kind": "cap", "msg": str(error), "what": error.what}
    if isinstance(error, RequestError):
        return {"kind": "request", "msg": str(error), "status": error.status, "type": error.error_type}
    if isinstance(error, OSError) and error.errno in DISK_FULL:
        return describe(disk_full())
    text = "".join(traceback.format_exception(error))
    return {"kind": "fault", "msg": text[-MAX_TRACEBACK:]}


def ran_out_of_memory(error: BaseException) -> bool:
    """Whether an exception means that memory could not be had."""
    if isinstance(error, MemoryError):
        return True
    return not isinstance(error, GessoError) and any(words in str(error).lower() for words in _OUT_OF_MEMORY)


def restore(raw: Any, memory_limit: int) -> Exception:
    """The exception that `describe` told of. What cannot be read is an `EngineFault`: the child may be lying."""
    if not isinstance(raw, dict):
        return EngineFault("a failure without words")
    said = cast("dict[str, Any]", raw)
    msg, kind = str(said.get("msg", "")), str(said.get("kind"))
    if kind == "memory":
        return CapExceeded("memory", memory_message(memory_limit))
    if kind == "input":
        return _input_error(said.get("problems"))
    if kind == "upstream":
        return UpstreamFault(msg, unavailable=bool(said.get("unavailable")))
    if kind in _PLAIN:
        return _PLAIN[kind](msg)
    if kind == "cap":
        return CapExceeded(str(said.get("what")), msg)
    if kind == "request":
        return _request_error(msg, said)
    return EngineFault(msg)


def memory_message(limit: int) -> str:
    """What a client reads when its job outgrew its memory cap."""
    return f"The job needed more memory than its limit of {limit // 2**20} MiB."


def _problem(problem: Problem) -> dict[str, Any]:
    ctx = None if problem.ctx is None else clip(problem.ctx)
    return {
        "loc": list(problem.loc),
        "msg": problem.msg,
        "type": problem.type,
        "ctx": ctx,
        "input": clip(problem.input),
    }


def _input_error(raw: Any) -> Exception:
    try:
        problems = [Problem(tuple(p["loc"]), str(p["msg"]), str(p["type"]), p["ctx"], p["input"]) for p in raw]
        return InputError.of(problems)
    except (LookupError, TypeError):
        return EngineFault("an input error without problems")


def _request_error(msg: str, said: dict[str, Any]) -> Exception:
    status, type_ = said.get("status"), said.get("type")
    if isinstance(status, int) and 400 <= status < 600 and isinstance(type_, str):
        return RequestError(msg, status=status, error_type=type_)
    return EngineFault(msg)
