"""What a parent sends its children: pickled, with dataclasses as the plain tuples of their fields.

Python's own way to pickle frozen dataclasses with slots asks for their fields each time, which costs more than all
the rest of handing over a small job.
"""

from __future__ import annotations

import dataclasses
import io
import pickle
from collections.abc import Callable
from functools import cache
from typing import Any

Reduced = tuple[Callable[..., Any], tuple[Any, ...]]


def dump(order: object) -> bytes:
    """`order` as bytes."""
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = _REDUCERS
    pickler.dump(order)
    return buffer.getvalue()


def load(data: bytes) -> Any:
    """What `dump` was given. Only for bytes that our own parent has sent."""
    return pickle.loads(data)  # noqa: S301 -- nobody but the parent holds the other end of the socket


class _Reducers(dict[type[Any], Callable[[Any], Reduced]]):
    def __missing__(self, kind: type[Any]) -> Callable[[Any], Reduced]:
        if not dataclasses.is_dataclass(kind):
            raise KeyError(kind)
        names = _names(kind)

        def reduce(value: Any) -> Reduced:
            return _restore, (kind, tuple([getattr(value, name) for name in names]))

        self[kind] = reduce
        return reduce


_REDUCERS = _Reducers()


def _restore(kind: type[Any], values: tuple[Any, ...]) -> Any:
    made = object.__new__(kind)
    for name, value in zip(_names(kind), values, strict=True):
        object.__setattr__(made, name, value)
    return made


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))
