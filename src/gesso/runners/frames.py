"""What travels between a runner and its child processes, and how far each side trusts it.

parent -> child   length, pickle     the parent is trusted
child -> parent   length, JSON       the child has decoded hostile media: nothing it says is executed, and every
                                     file it names must be a plain file inside the attempt's own folder
"""

from __future__ import annotations

import math
import os
import stat
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast, get_args

from pydantic_core import from_json, to_json

from gesso.engines.engine import Made, Result
from gesso.jobs.job import Level
from gesso.runners.context import MAX_LINE
from gesso.runners.work import Event, Logged, Previewed

HEADER = struct.Struct("!I")

MAX_FRAME = 32 * 1024 * 1024
"""Largest frame from a child, bytes: results name files, they do not hold them."""

LEVELS = frozenset(get_args(Level))


class BadFrame(ValueError):
    """A child said what it must not say."""


def framed(payload: bytes) -> bytes:
    """`payload` with its length before it."""
    return HEADER.pack(len(payload)) + payload


class Splitter:
    """Cuts a byte stream into frames."""

    def __init__(self, limit: int = MAX_FRAME) -> None:
        self._limit = limit
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The frames that `data` completes. Raises `BadFrame` over the limit."""
        data = self._rest + data if self._rest else data
        frames: list[bytes] = []
        start, end = 0, len(data)
        while end - start >= HEADER.size:
            (size,) = HEADER.unpack_from(data, start)
            if size > self._limit:
                raise BadFrame(f"a frame of {size} bytes")
            stop = start + HEADER.size + size
            if stop > end:
                break
            frames.append(data[start + HEADER.size : stop])
            start = stop
        self._rest = data[start:]
        return frames


# ---------------------------------------------------------------- child: writing


def encode(key: int, kind: str, body: Any) -> bytes:
    """A frame from a child: which work, what kind of message, what it says."""
    return framed(to_json([key, kind, body], inf_nan_mode="null", fallback=_plain))


def event_body(event: Event) -> tuple[str, Any]:
    """Kind and body of an event's frame."""
    if isinstance(event, Logged):
        return "log", [event.message, event.level]
    if isinstance(event, Previewed):
        return "preview", [_made_body(event.made), dict(event.values)]
    return "started", None


def result_body(result: Result) -> Any:
    """Body of a finished work's frame."""
    files = {name: [_made_body(made) for made in several] for name, several in result.files.items()}
    return [files, dict(result.values), list(result.parts)]


def _made_body(made: Made) -> Any:
    return [os.fspath(made.path), made.content_type, dict(made.facts)]


def _plain(value: Any) -> Any:
    """Numbers and arrays of numpy as Python's own: engines hand them out without noticing."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"a result cannot hold {type(value).__name__}")


# ---------------------------------------------------------------- parent: reading


def decode(frame: bytes) -> tuple[int, str, Any]:
    """Key, kind and body of a child's frame. Raises `BadFrame`."""
    try:
        key, kind, body = from_json(frame, allow_inf_nan=False)
    except (ValueError, TypeError) as error:
        raise BadFrame(str(error)) from None
    if not isinstance(key, int) or not isinstance(kind, str):
        raise BadFrame("a frame without key and kind")
    return key, kind, body


def read_event(kind: str, body: Any, tmp: str) -> Event:
    """The event of a frame. Raises `BadFrame`."""
    if kind == "log":
        message, level = _items(body, 2)
        return Logged(str(message)[:MAX_LINE], level if level in LEVELS else "INFO")
    if kind == "preview":
        made, values = _items(body, 2)
        return Previewed(_read_made(made, tmp), _mapping(values))
    raise BadFrame(f"a frame of kind {kind[:40]}")


def read_result(body: Any, tmp: str) -> Result:
    """The result of a frame. Raises `BadFrame`."""
    files, values, parts = _items(body, 3)
    made = {name: tuple(_read_made(item, tmp) for item in _list(several)) for name, several in _mapping(files).items()}
    return Result(made, _mapping(values), tuple(str(part) for part in _list(parts)))


def _read_made(body: Any, tmp: str) -> Made:
    path, content_type, facts = _items(body, 3)
    if not isinstance(path, str) or not isinstance(content_type, str):
        raise BadFrame("a file without path and type")
    return Made(_own_file(path, tmp), content_type, _finite(_mapping(facts)))


def _own_file(path: str, tmp: str) -> Path:
    """`path` itself, if it is a plain file inside `tmp` and reached through no link."""
    try:
        real, root = Path(os.path.realpath(path)), Path(os.path.realpath(tmp))
        inside = real.is_relative_to(root) and stat.S_ISREG(os.lstat(path).st_mode)
    except (OSError, ValueError):
        raise BadFrame("a file that cannot be looked at") from None
    if not inside:
        raise BadFrame("a file outside the attempt's folder")
    return real


def _finite(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    if any(isinstance(value, float) and not math.isfinite(value) for value in facts.values()):
        raise BadFrame("a measure that is no finite number")
    return facts


def _items(value: Any, count: int) -> list[Any]:
    items = _list(value)
    if len(items) != count:
        raise BadFrame(f"{len(items)} items for {count}")
    return items


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise BadFrame("no list where one belongs")
    return cast("list[Any]", value)


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadFrame("no object where one belongs")
    return cast("dict[str, Any]", value)
