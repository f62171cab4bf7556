"""From an HTTP request to a job: fal's headers and query parameters, the stored input."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from gesso.blobs.access import HEADERS, keep_of
from gesso.endpoint import Endpoint, Input
from gesso.errors import InputError, RequestError, clip
from gesso.jobs.job import Lifecycle, NewJob, Outcome, Priority
from gesso.server.body import read_body
from gesso.server.call import Call
from gesso.server.reply import new_request_id
from gesso.validation import dump, parse_object

_YEAR = 31_536_000.0
_NO = Lifecycle()


@dataclass(slots=True)
class Received:
    """The input of a call as it came. Nobody changes it; not frozen for the reason that `NewJob` gives."""

    body: bytes
    """JSON as it is stored; without secret fields."""
    raw: dict[str, Any]
    """The same as values, with secret fields."""
    secrets: Mapping[str, Any]


async def read_input(request: Request, call: Call, endpoint: Endpoint, limit: int) -> Received:
    """The input object of a run, stream or submit: the body, or for GET the query string."""
    if call_is_get(request):
        raw: dict[str, Any] = _from_query(call.query)
        body = dump(raw)
    else:
        body = await read_body(request.receive, call.headers, limit)
        raw = parse_object(body, surrogates=True)  # validation then names the field
        if not raw:
            body = b"{}"
    secrets = {name: raw[name] for name in endpoint.input.secrets if name in raw}
    if secrets:
        body = dump({name: value for name, value in raw.items() if name not in secrets})
    return Received(body, raw, secrets)


def call_is_get(request: Request) -> bool:
    """Whether the input is in the query string: JavaScript's `method: "get"`."""
    return request.method in ("GET", "HEAD")


def _from_query(query: bytes) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in query_pairs(query):
        if name.startswith("fal_"):
            continue
        if name in values:
            before = values[name]
            values[name] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            values[name] = value
    return values


def query_pairs(query: bytes) -> list[tuple[str, str]]:
    """The parameters of a query string in order; at most 1000 of them."""
    try:
        return parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=1000)
    except ValueError:
        raise RequestError("The query string has too many parameters.", status=400) from None


def query_value(query: bytes, name: str) -> str | None:
    """The last value of one query parameter."""
    if not query:
        return None
    return next((value for key, value in reversed(query_pairs(query)) if key == name), None)


def is_yes(value: str | bytes | None) -> bool:
    """`1`, `true`, `yes`: clients write booleans in all three ways."""
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    return text is not None and text.strip().lower() in ("1", "true", "yes")


def new_job(
    call: Call,
    endpoint: Endpoint,
    received: Received,
    *,
    direct: bool,
    webhook: str | None = None,
    values: Input | None = None,
) -> NewJob:
    """The record of an accepted request; sets `call.request_id`. `values` is the input where it was made already."""
    call.request_id = new_request_id()
    headers = call.headers
    now = time.time()
    identity = call.identity
    return NewJob(
        id=call.request_id,
        endpoint=endpoint.id,
        owner=call.owner,
        key_id=identity.key_id if identity else None,
        input=received.body,
        submitted_at=now,
        priority=_priority(headers),
        deadline=_deadline(headers, now),
        webhook=webhook,
        origin=call.origin,
        lifecycle=_lifecycle(headers),
        store_io=headers.get(b"x-fal-store-io") != b"0",
        retry=not is_yes(headers.get(b"x-fal-no-retry")),
        hint=_text(headers.get(b"x-fal-runner-hint")),
        direct=direct,
        secrets=received.secrets,
        values=values,
    )


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")[:200]


def _priority(headers: Mapping[bytes, bytes]) -> Priority:
    return "low" if headers.get(b"x-fal-queue-priority", b"").lower() == b"low" else "normal"


def _deadline(headers: Mapping[bytes, bytes], now: float) -> float | None:
    given = headers.get(b"x-fal-request-start-timeout", headers.get(b"x-fal-request-timeout"))
    if given is None:
        return None
    try:
        seconds = float(given)
    except ValueError:
        seconds = math.nan
    if not 0.1 < seconds <= _YEAR:
        raise RequestError("X-Fal-Request-Timeout must be a number of seconds above 0.1 and at most a year.")
    return now + seconds


def _lifecycle(headers: Mapping[bytes, bytes]) -> Lifecycle:
    given = {name: headers[name.encode()].decode("latin-1") for name in HEADERS if name.encode() in headers}
    if not given:
        return _NO
    # Refused where it cannot be read: files that were meant to be private or short-lived must not become public.
    keep = keep_of(given)
    return Lifecycle(keep.seconds, keep.acl)


def refused_input(received: Received, error: InputError, ended_at: float) -> tuple[bytes, Outcome]:
    """What is stored of an input that does not validate: a short, valid form of it, and its 422."""
    secrets = received.secrets
    kept = {name: value for name, value in received.raw.items() if name not in secrets}
    return dump(clip(kept)), Outcome.failed(error.failure(), ended_at=ended_at)
