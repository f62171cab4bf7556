"""Finished requests, page by page, for the Platform API."""

from __future__ import annotations

import base64
import json
import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from gesso.db.database import Database, Row
from gesso.errors import RequestError

Ending = Literal["success", "user_error", "error"]
Sort = Literal["ended_at", "duration"]

STATUSES: dict[Ending | None, tuple[int, int]] = {
    None: (0, 999),
    "success": (0, 399),
    "user_error": (400, 499),
    "error": (500, 999),
}
"""First and last HTTP status of each way to end."""

SAMPLE = 10_000
"""Sorting by duration looks at this many of the newest requests that match."""

PAGE_BYTES = 16 * 1024 * 1024
"""Payloads after which a page ends early: a hundred of the largest inputs would be two gigabytes in memory."""

_CURSOR = struct.Struct(">dq")
"""The last row's sort value and number. A stranger may send any bytes: these can only be two numbers that fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which requests, and in which order. Times are Unix seconds of their end; `end` is exclusive."""

    owner: str
    endpoints: Sequence[str] | None = None
    start: float = -math.inf
    end: float = math.inf
    status: Ending | None = None
    request_id: str | None = None
    sort: Sort = "ended_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryItem:
    """One finished request. Payloads are JSON, None where not asked for, not kept, or not meant for the history."""

    id: str
    endpoint: str
    key_id: str | None
    direct: bool
    submitted_at: float
    started_at: float | None
    ended_at: float
    status: int
    error: str | None
    error_type: str | None
    engine: str | None
    units: float
    input: bytes | None = None
    output: bytes | None = None

    @property
    def duration(self) -> float | None:
        """Seconds from start to end; None for what never ran."""
        return None if self.started_at is None else self.ended_at - self.started_at


@dataclass(frozen=True, slots=True)
class Page:
    """One page, and the cursor of the next; None at the end."""

    items: list[HistoryItem]
    next_cursor: str | None


async def page(db: Database, wanted: Filter, limit: int, cursor: str | None, payloads: bool) -> Page:
    """Up to `limit` finished requests, newest (or longest) first; fewer where their payloads are large."""
    last_value, last_seq = _read_cursor(cursor)
    least, most = STATUSES[wanted.status]
    params: dict[str, Any] = {
        "owner": wanted.owner,
        "start": wanted.start,
        "end": wanted.end,
        "least": least,
        "most": most,
        "last_value": last_value,
        "last_seq": last_seq,
        "limit": limit + 1,
    }
    rows = await _rows(db, wanted, params)
    items: list[HistoryItem] = []
    size = 0
    for row in rows[:limit]:
        if size > PAGE_BYTES:
            break
        items.append(await _item(db, row, payloads))
        size += len(items[-1].input or b"") + len(items[-1].output or b"")
    return Page(items, _cursor(rows[len(items) - 1]) if len(rows) > len(items) else None)


async def _rows(db: Database, wanted: Filter, params: dict[str, Any]) -> list[Row]:
    if wanted.request_id is not None:
        rows = await db.all("history.of_id", {**params, "id": wanted.request_id})
        return [row for row in rows if wanted.endpoints is None or row["endpoint"] in wanted.endpoints]
    if wanted.sort == "duration":
        endpoints = None if wanted.endpoints is None else json.dumps(list(wanted.endpoints))
        return await db.all("history.longest", {**params, "endpoints": endpoints, "sample": SAMPLE})
    if wanted.endpoints is None:
        return await db.all("history.of_owner", params)
    found = [
        row
        for endpoint in dict.fromkeys(wanted.endpoints)
        for row in await db.all("history.of_endpoint", {**params, "endpoint": endpoint})
    ]
    return sorted(found, key=lambda row: (row["sort_value"], row["seq"]), reverse=True)[: params["limit"]]


async def _item(db: Database, row: Row, payloads: bool) -> HistoryItem:
    kept = await db.one("history.payloads", {"seq": row["seq"]}) if payloads else None
    return HistoryItem(
        id=row["id"],
        endpoint=row["endpoint"],
        key_id=row["key_id"],
        direct=bool(row["direct"]),
        submitted_at=row["submitted_at"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        status=row["status"],
        error=row["error"],
        error_type=row["error_type"],
        engine=row["engine"],
        units=row["units"],
        input=kept["input"] if kept else None,
        output=kept["output"] if kept else None,
    )


def _cursor(row: Row) -> str:
    return base64.urlsafe_b64encode(_CURSOR.pack(row["sort_value"], row["seq"])).decode()


def _read_cursor(cursor: str | None) -> tuple[float, int]:
    if cursor is None:
        return math.inf, 2**63 - 1
    try:
        value, seq = _CURSOR.unpack(base64.urlsafe_b64decode(cursor))
    except (ValueError, struct.error) as error:
        raise RequestError("The cursor is not one that a page of this list gave.") from error
    return value, seq
