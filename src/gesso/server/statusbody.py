"""The status object of a request as JSON bytes. Clients poll it ten times a second, so it is written by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from gesso.jobs.job import LogLine, Status


def status_body(status: Status, base: str, lines: Sequence[LogLine] | None) -> bytes:
    """The object for one status; `base` is the URL that the request's id follows, `lines` none without logs.

    ASCII only, so that it may go into an event stream as it is.
    """
    url = f"{base}{status.id}"
    text = (
        f'{{"status":"{status.state}","request_id":"{status.id}","response_url":"{url}",'
        f'"status_url":"{url}/status","cancel_url":"{url}/cancel",'
        f'"logs":{"null" if lines is None else _logs(lines)},'
    )
    if status.state == "IN_QUEUE":
        text += f'"queue_position":{status.position or 0},"metrics":{{}}}}'
    elif status.state == "IN_PROGRESS":
        text += '"metrics":{}}'
    else:
        text += _ending(status)
    return text.encode("ascii")


def _ending(status: Status) -> str:
    seconds = status.inference_seconds
    text = '"metrics":{}' if seconds is None else f'"metrics":{{"inference_time":{seconds!r}}}'
    if status.error is not None or status.error_type is not None:
        text += f',"error":{json.dumps(status.error or "")},"error_type":{json.dumps(status.error_type or "")}'
    return text + "}"


def _logs(lines: Sequence[LogLine]) -> str:
    return json.dumps([_line(line) for line in lines], separators=(",", ":"))


def _line(line: LogLine) -> dict[str, object]:
    at = datetime.fromtimestamp(line.at, UTC).isoformat(timespec="microseconds")
    return {
        "message": line.message,
        "timestamp": at.replace("+00:00", "Z"),
        "level": line.level,
        "source": line.source,
        "labels": {},
    }
