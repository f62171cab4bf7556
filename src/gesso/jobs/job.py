"""The record of a request: what is stored when it is accepted, and what its single outcome is.

IN_QUEUE ──claim──▶ IN_PROGRESS ──finish──▶ COMPLETED
   ▲                    │
   └──── lease void ────┘          (retry; errors and cancels are COMPLETED with an error)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gesso.errors import Failure

State = Literal["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]
Priority = Literal["normal", "low"]
Level = Literal["STDERR", "STDOUT", "ERROR", "INFO", "WARN", "DEBUG"]


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """What a caller asked for the files a request makes (header `x-fal-object-lifecycle-preference`)."""

    expires_in: float | None = None
    """Seconds after completion; none keeps them by the server's setting."""
    acl: Mapping[str, Any] | None = None
    """`{"default": "allow"|"forbid"|"hide", "rules": [{"user", "decision"}]}`."""


@dataclass(slots=True, kw_only=True)
class NewJob:
    """One accepted request. Nobody changes it: it is not frozen because each request would pay 4 µs for that."""

    id: str
    """UUID text; the request id on the wire."""
    endpoint: str
    owner: str
    """Owner of the key that asked: all requests and files belong to one."""
    key_id: str | None = None
    input: bytes
    """The input as JSON, without its secrets."""
    submitted_at: float
    """Unix seconds."""
    priority: Priority = "normal"
    deadline: float | None = None
    """Unix seconds by which processing must have started."""
    webhook: str | None = None
    origin: str = ""
    """Origin the client used (`http://127.0.0.1:4747`): webhooks fill it into stored URLs."""
    lifecycle: Lifecycle = Lifecycle()
    store_io: bool = True
    """False keeps no payload in the history once the result has been taken or has expired."""
    retry: bool = True
    hint: str | None = None
    direct: bool = False
    """True for run and stream, which bypass the queue."""
    secrets: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Secret input fields; held in memory for this attempt, never stored."""
    values: object = field(default=None, repr=False, compare=False)
    """The typed input, which its route has made already; never stored, made anew where it is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A stored job as its owner, a worker or the history sees it."""

    new: NewJob
    state: State
    attempt: int = 0
    fence: int = 0
    """Rises with every claim; only the holder of the newest may finish."""
    started_at: float | None = None
    ended_at: float | None = None
    outcome: Outcome | None = None
    forgotten: bool = False
    """True when the request has ended and its output is kept no longer: the outcome's body is then empty."""

    @property
    def id(self) -> str:
        return self.new.id


@dataclass(slots=True, kw_only=True)
class Outcome:
    """How a request ended; never changes. Not frozen for the reason that `NewJob` gives.

    URLs of our own files inside `body` start with `shapes.ORIGIN`.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    error: str | None = None
    error_type: str | None = None
    engine: str | None = None
    """`sketch`, `local`, `upstream` or a named substitute; none where no engine had a part."""
    units: float = 0.0
    inference_seconds: float | None = None
    started_at: float | None = None
    ended_at: float = 0.0
    files: tuple[str, ...] = ()
    """Names of the blobs that the body refers to."""
    in_history: bool = True
    """False (`sync_mode`) gives the output to its caller alone: an hour for the result route, none in the history."""

    @property
    def ok(self) -> bool:
        return self.status < 400

    @classmethod
    def failed(cls, failure: Failure, *, ended_at: float, **more: Any) -> Outcome:
        """The outcome of a failure."""
        return cls(
            status=failure.status,
            body=json.dumps(failure.body, separators=(",", ":")).encode(),
            headers=failure.headers,
            error=failure.message,
            error_type=failure.error_type,
            ended_at=ended_at,
            **more,
        )


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a job's log, as fal words it."""

    message: str
    at: float
    level: Level = "INFO"
    source: str = "USER"


@dataclass(slots=True)
class Status:
    """What the status route tells; never changes, and is not frozen for the reason that `NewJob` gives."""

    id: str
    endpoint: str
    state: State
    position: int | None = None
    """Requests ahead, while queued."""
    inference_seconds: float | None = None
    error: str | None = None
    error_type: str | None = None
    engine: str | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """One streamed intermediate result: an output object as JSON, with `shapes.ORIGIN` URLs or data URIs."""

    body: bytes
    """Empty in the first, which comes before there is anything to show, and only says who is at it."""
    engine: str | None = None
    """Who makes it."""


CancelAnswer = Literal["CANCELLATION_REQUESTED", "ALREADY_COMPLETED", "NOT_FOUND"]
