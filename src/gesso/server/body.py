"""Request bodies within their limits. How long one may take is `guard`'s business."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.types import Message, Receive

from gesso.errors import RequestError
from gesso.server.disconnect import ClientGoneError

_DRAIN_FACTOR = 4
"""A body that is too large is read on and thrown away up to so many times its limit, so that the client hears why."""


async def read_body(receive: Receive, headers: Mapping[bytes, bytes], limit: int) -> bytes:
    """The whole body. Raises 413 above `limit` bytes, 415 for a compressed one, `ClientGoneError` for a cut one."""
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise RequestError("Compressed request bodies are not accepted.", status=415)
    declared = headers.get(b"content-length", b"0")
    if declared.isdigit() and int(declared) > limit * _DRAIN_FACTOR:
        raise too_large(limit)
    message = await receive()
    body: bytes = message.get("body", b"")
    if message["type"] == "http.request" and not message.get("more_body", False) and len(body) <= limit:
        return body
    return await _read_rest(receive, message, limit)


async def _read_rest(receive: Receive, message: Mapping[str, Any], limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        part: bytes = message.get("body", b"")
        size += len(part)
        if size <= limit:
            parts.append(part)
        if size > limit * _DRAIN_FACTOR or (size > limit and not message.get("more_body", False)):
            raise too_large(limit)
        if not message.get("more_body", False):
            return b"".join(parts)
        message = await receive()


def too_large(limit: int) -> RequestError:
    """413; the connection ends with it, because the rest of the body may still be on its way."""
    msg = f"The request body is larger than {limit} bytes."
    return RequestError(msg, status=413, error_type="request_too_large", headers={"connection": "close"})


def limited(receive: Receive, headers: Mapping[bytes, bytes], limit: int) -> Receive:
    """`receive` that raises 413 once a body has passed `limit` bytes, for handlers that stream it."""
    declared = headers.get(b"content-length", b"0")
    if declared.isdigit() and int(declared) > limit:
        raise too_large(limit)
    size = 0

    async def counting() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise too_large(limit)
        return message

    return counting
