"""The wire as pure functions: what to send, and what an answer means. No socket, no clock.

A client only sends what these functions build and hands back what they read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, relative to the server's base URL."""

    method: str
    path: str
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    params: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def content(self) -> bytes | None:
        """The body as it is sent. What no server takes (NaN, half a surrogate pair) goes too: it names the field."""
        return None if self.json is None else json.dumps(self.json, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer: status, headers by lower-case name, and the parsed JSON or raw text."""

    status: int
    headers: Mapping[str, str]
    body: Any


class ClientError(Exception):
    """The server refused or failed. `problems` holds fal's list of field errors, where there is one."""

    def __init__(self, answer: Answer) -> None:
        self.status = answer.status
        self.request_id = answer.headers.get("x-fal-request-id")
        self.body: Any = answer.body
        self.problems = _problems(answer.body)
        super().__init__(_message(answer))

    @property
    def error_type(self) -> str:
        """fal's type of the (first) error."""
        if self.problems:
            return str(self.problems[0].get("type", "unknown"))
        return str(_mapping(self.body).get("error_type") or _TYPES.get(self.status, "unknown"))


_TYPES = {401: "authorization_error", 403: "authorization_error", 404: "not_found"}
"""What a status says where the body names no type."""


def _mapping(body: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", body) if isinstance(body, Mapping) else {}


def _problems(body: Any) -> list[dict[str, Any]]:
    detail = _mapping(body).get("detail")
    return cast("list[dict[str, Any]]", detail) if isinstance(detail, list) else []


def _message(answer: Answer) -> str:
    problems = _problems(answer.body)
    if problems:
        return "; ".join(_problem_text(problem) for problem in problems)
    detail = _mapping(answer.body).get("detail")
    return str(detail) if detail else f"HTTP {answer.status}"


def _problem_text(problem: Mapping[str, Any]) -> str:
    where = ".".join(str(step) for step in problem.get("loc", ())[1:])
    return f"{where}: {problem.get('msg')}" if where else str(problem.get("msg"))


def read(answer: Answer) -> Any:
    """The body of a good answer. Raises `ClientError` for any other."""
    if answer.status >= 400:
        raise ClientError(answer)
    return answer.body


def submit(endpoint: str, arguments: Mapping[str, Any], *, priority: str = "normal", webhook: str = "") -> Request:
    """Put a request into the queue; the answer has its `request_id`."""
    params = {"fal_webhook": webhook} if webhook else {}
    return Request("POST", f"/queue/{endpoint}", arguments, {"x-fal-queue-priority": priority}, params)


def run(endpoint: str, arguments: Mapping[str, Any]) -> Request:
    """Run at once; the answer is the output."""
    return Request("POST", f"/run/{endpoint}", arguments)


def stream(endpoint: str, arguments: Mapping[str, Any]) -> Request:
    """Run at once; events are outputs so far, the last is the final one."""
    return Request("POST", f"/run/{endpoint}/stream", arguments, {"accept": "text/event-stream"})


def status(app: str, request_id: str, *, logs: bool = False) -> Request:
    """One look at a queued request. `app` is `owner/alias`."""
    return Request("GET", f"{_request_path(app, request_id)}/status", params={"logs": str(int(logs))})


def status_stream(app: str, request_id: str) -> Request:
    """Status events until the request is finished; each has the new log lines."""
    return Request("GET", f"{_request_path(app, request_id)}/status/stream", params={"logs": "1"})


def result(app: str, request_id: str) -> Request:
    """The output, or the error the request ended with."""
    return Request("GET", _request_path(app, request_id))


def cancel(app: str, request_id: str) -> Request:
    """Ask for the request's end."""
    return Request("PUT", f"{_request_path(app, request_id)}/cancel")


def upload(file_name: str, content_type: str) -> Request:
    """Announce a file; the answer has the `upload_url` to PUT it to and the `file_url` it will have."""
    body = {"file_name": file_name, "content_type": content_type}
    return Request("POST", "/rest/storage/upload/initiate", body, params={"storage_type": "fal-cdn-v3"})


def _request_path(app: str, request_id: str) -> str:
    return f"/queue/{app}/requests/{quote(request_id, safe='', errors='surrogateescape')}"


def events(lines: Iterator[str]) -> Iterator[Any]:
    """The JSON values of a server-sent event stream; comments are dropped."""
    for line in lines:
        if line.startswith("data:"):
            yield json.loads(line[5:])


def files_in(output: Any) -> Iterator[Mapping[str, Any]]:
    """Every file object (a mapping with a `url`) anywhere in an output, in order."""
    if isinstance(output, Mapping):
        values = cast("Mapping[str, Any]", output)
        if isinstance(values.get("url"), str):
            yield values
        else:
            for value in values.values():
                yield from files_in(value)
    elif isinstance(output, list):
        for value in cast("list[Any]", output):
            yield from files_in(value)
