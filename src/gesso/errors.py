"""Every error Gesso answers with, and the one table that turns an exception into fal's wire form.

    GessoError
    ├── InputError            422  the input is wrong: which field, which rule
    ├── EngineUnavailable     422  no engine here can serve the endpoint
    ├── ContentRefused        422  the safety checker, or a vendor, refused
    ├── CapExceeded           500 memory · 504 time: the job outgrew its own cap
    ├── RunnerDied            503  the process that ran the job is gone
    ├── UpstreamFault         400/500  fal or a vendor failed
    ├── Cancelled             499  the client asked for it
    ├── StartTimeout          504  did not start before its deadline
    └── RequestError          4xx/5xx  refused before any engine had a part in it

Three body shapes exist on the wire (protocol section 9): a *list* for model errors
(`{"detail": [{"loc", "msg", "type", "url", "ctx", "input"}]}`), a *flat* one for platform errors
(`{"detail": "...", "error_type": "..."}`), and the Platform API's envelope, which `server/platform` builds.
"""

from __future__ import annotations

import errno
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

Loc = tuple[str | int, ...]

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
"""How the operating system says that a file finds no room."""

DOCS_URL = "https://docs.fal.ai/errors#"
"""Clients link here; the anchor is the error's type."""

RETRYABLE = frozenset(
    {
        "internal_server_error",
        "generation_timeout",
        "downstream_service_error",
        "downstream_service_unavailable",
        "insufficient_storage",
        "runner_disconnected",
        "runner_scheduling_failure",
    }
)
"""Error types after which the same request may succeed; everything else would fail again."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What a failed request answers: the stored outcome and the HTTP reply are both made from it."""

    status: int
    body: dict[str, Any]
    error_type: str
    message: str
    """One sentence for status bodies and logs: the first error's message."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


_UNTOLD = "Internal Server Error"
_INTERNAL = Failure(500, {"detail": _UNTOLD}, "internal_error", _UNTOLD, {"x-fal-error-type": "internal_error"})


class GessoError(Exception):
    """Base of everything Gesso raises on purpose."""

    def failure(self) -> Failure:
        """The reply this error becomes; one that is meant for the operator alone tells clients nothing."""
        return _INTERNAL


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in an input.

    `loc` starts with "body"; `type` is one of fal's error types (protocol section 9) or pydantic's for shape
    errors; `ctx` carries that type's facts (`ge`, `expected`, `max_length`...); `input` is the offending value.
    """

    loc: Loc
    msg: str
    type: str
    ctx: Mapping[str, Any] | None = None
    input: Any = None

    def as_json(self) -> dict[str, Any]:
        """The error item as fal writes it, with the echoed input made safe and short."""
        item: dict[str, Any] = {
            "loc": [clip(step) for step in self.loc],
            "msg": self.msg,
            "type": self.type,
            "url": DOCS_URL + self.type,
        }
        if self.ctx:
            item["ctx"] = clip(self.ctx)
        item["input"] = clip(self.input)
        return item


class InputError(GessoError):
    """The input breaks a rule of its endpoint.

    `InputError("image_url", "image_load_error", "...")` for one field; nested fields as a tuple:
    `InputError(("loras", 0, "path"), ...)`. `InputError.of([...])` carries several problems at once.
    """

    def __init__(
        self,
        where: str | Loc,
        type: str,
        msg: str,
        ctx: Mapping[str, Any] | None = None,
        value: Any = None,
    ) -> None:
        super().__init__(msg)
        loc: Loc = (where,) if isinstance(where, str) else tuple(where)
        self.problems: Sequence[Problem] = (Problem(("body", *loc), msg, type, ctx, value),)

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> InputError:
        """An error made of ready problems, whose `loc` already starts with "body"."""
        first = problems[0]
        error = cls(first.loc[1:], first.type, first.msg)
        error.problems = tuple(problems)
        return error

    def failure(self) -> Failure:
        return list_failure(422, self.problems)


class EngineUnavailable(GessoError):
    """No engine that is installed here can serve the endpoint; the text says what would."""

    def failure(self) -> Failure:
        return list_failure(422, [Problem(("body",), str(self), "feature_not_supported")])


class ContentRefused(GessoError):
    """A safety checker or a vendor's policy refused the input or the result."""

    def failure(self) -> Failure:
        return list_failure(422, [Problem(("body",), str(self), "content_policy_violation")])


class CapExceeded(GessoError):
    """The job outgrew its memory or time cap. `what` is "memory" or "time"."""

    def __init__(self, what: str, msg: str) -> None:
        super().__init__(msg)
        self.what = what

    def failure(self) -> Failure:
        status, type_ = (504, "generation_timeout") if self.what == "time" else (500, "internal_server_error")
        return list_failure(status, [Problem(("body",), str(self), type_)])


class UpstreamFault(GessoError):
    """fal or a vendor failed. `unavailable` says that a later try may succeed."""

    def __init__(self, msg: str, *, unavailable: bool = False) -> None:
        super().__init__(msg)
        self.unavailable = unavailable

    def failure(self) -> Failure:
        if self.unavailable:
            return list_failure(500, [Problem(("body",), str(self), "downstream_service_unavailable")])
        return list_failure(400, [Problem(("body",), str(self), "downstream_service_error")])


class RequestError(GessoError):
    """A platform error: the request was refused or lost before an engine answered."""

    status = 400
    error_type = "bad_request"

    def __init__(
        self,
        msg: str,
        *,
        status: int | None = None,
        error_type: str | None = None,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(msg)
        self.status = status or self.status
        self.error_type = error_type or self.error_type
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    def failure(self) -> Failure:
        return flat_failure(self.status, str(self), self.error_type, self.headers, self.extra)


def disk_full() -> RequestError:
    """The answer while there is too little room: a retry may find some."""
    return RequestError("The server has too little free disk.", status=503, error_type="insufficient_storage")


class RunnerDied(RequestError):
    """The child process that ran the job ended without a word."""

    status = 503
    error_type = "runner_disconnected"


class Cancelled(RequestError):
    """The client cancelled the request."""

    status = 499
    error_type = "client_cancelled"

    def __init__(self) -> None:
        super().__init__("Request cancelled by the client.")


class StartTimeout(RequestError):
    """The request did not start before the deadline its client gave."""

    status = 504
    error_type = "request_timeout"

    def __init__(self) -> None:
        headers = {"x-fal-request-timeout-type": "user"}
        super().__init__("The request did not start before its deadline.", headers=headers)


def failure_of(error: BaseException) -> Failure:
    """The reply for any exception; one that Gesso did not raise on purpose tells nothing of itself."""
    if isinstance(error, GessoError):
        return error.failure()
    return _INTERNAL


MAX_PROBLEMS = 100
"""Problems that one reply tells; ten thousand wrong items of a list must not make a megabyte of errors."""


def list_failure(status: int, problems: Sequence[Problem]) -> Failure:
    """A model error: the list form, with both spellings of the retry hint."""
    first = problems[0]
    retry = first.type in RETRYABLE
    headers = {"x-fal-retryable": str(retry).lower(), "x-fal-needs-retry": str(int(retry))}
    if status == 422:
        headers["x-fal-billable-units"] = "0"
    body = {"detail": [problem.as_json() for problem in problems[:MAX_PROBLEMS]]}
    return Failure(status, body, first.type, first.msg, headers)


def flat_failure(
    status: int,
    detail: str,
    error_type: str,
    headers: Mapping[str, str] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Failure:
    """A platform error: the flat form. `message` repeats `detail` because the JavaScript client shows that."""
    retry = error_type in RETRYABLE
    all_headers = {
        "x-fal-error-type": error_type,
        "x-fal-retryable": str(retry).lower(),
        "x-fal-needs-retry": str(int(retry)),
        **(headers or {}),
    }
    body = {"detail": detail, "message": detail, "error_type": error_type, **(extra or {})}
    return Failure(status, body, error_type, detail, all_headers)


MAX_ECHO = 1024
"""Characters of a string that an error echoes; a 20 MB data URI must not come back."""

_MAX_ITEMS = 16
_MAX_DEPTH = 4


def clip(value: Any, depth: int = 0) -> Any:
    """A JSON-safe, short copy of `value`: finite numbers, valid UTF-8, bounded strings, lists and depth."""
    if isinstance(value, str):
        safe = value.encode("utf-8", "replace").decode("utf-8")
        return safe if len(safe) <= MAX_ECHO else safe[:MAX_ECHO] + "…"
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, int):
        return value if abs(value) < 2**63 else "<integer beyond 64 bits>"
    if isinstance(value, Mapping):
        return _clip_mapping(cast("Mapping[Any, Any]", value), depth)
    if isinstance(value, (list, tuple)):
        items = cast("Sequence[Any]", value)[:_MAX_ITEMS]
        return [clip(item, depth + 1) for item in items] if depth < _MAX_DEPTH else "…"
    if isinstance(value, bytes):
        return f"<binary {len(value)} bytes>"
    return None if value is None else clip(str(value))


def _clip_mapping(value: Mapping[Any, Any], depth: int) -> Any:
    if depth >= _MAX_DEPTH:
        return "…"
    pairs = itertools.islice(value.items(), _MAX_ITEMS)
    return {str(clip(str(key))): clip(item, depth + 1) for key, item in pairs}
