"""Named SQL: every `.sql` file beside this module is a dictionary of statements.

    -- name: insert
    -- Stores an accepted request.
    INSERT INTO jobs ...

in `jobs.sql` is the query `"jobs.insert"`. One statement each, parameters as `:name`, no colon before a word else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from gesso.db.database import Params

BATCHES = (16, 8, 4, 2)
"""Rows of one statement where many are inserted: each statement hands the interpreter's lock to and fro."""

FOLDER = Path(__file__).parent

_NAME = re.compile(r"^-- name: *(\w+) *$", re.MULTILINE)
_INSERT = re.compile(r"(?P<head>INSERT INTO .*\sVALUES\s+)(?P<row>\([^()]+\))", re.DOTALL)
_PARAMETER = re.compile(r":(\w+)")


def parse(text: str) -> dict[str, str]:
    """Statements of one file by name. A name may stand once; text before the first name is a comment."""
    parts = _NAME.split(text)[1:]
    found: dict[str, str] = {}
    for name, body in zip(parts[::2], parts[1::2], strict=True):
        if name in found:
            raise ValueError(f"query {name!r} is defined twice")
        found[name] = _without_comments(body)
    return found


def _without_comments(body: str) -> str:
    lines = (line for line in body.splitlines() if not line.lstrip().startswith("--"))
    return "\n".join(lines).strip().removesuffix(";")


@dataclass(frozen=True, slots=True)
class Query:
    """A statement as the driver takes it fastest: parameters by position, read from the caller's by name."""

    sql: str
    values: Callable[[Params | None], Sequence[Any]]
    batches: tuple[tuple[int, str], ...] = ()
    """Where it is a plain INSERT of one row: the same for more at once, by their number, largest first."""


def compiled(sql: str) -> Query:
    """Replace `:name` by `?`. Looking up 15 names costs SQLite's driver as much as a small insert."""
    plain = _PARAMETER.sub("?", sql)
    insert = _INSERT.fullmatch(plain)
    batches = tuple((size, insert["head"] + ", ".join([insert["row"]] * size)) for size in BATCHES) if insert else ()
    return Query(plain, _reader(_PARAMETER.findall(sql)), batches)


def _reader(names: Sequence[str]) -> Callable[[Params | None], Sequence[Any]]:
    if not names:
        return lambda _: ()
    if len(names) == 1:
        only = names[0]
        return lambda params: ((params or {})[only],)
    return cast("Callable[[Params | None], Sequence[Any]]", itemgetter(*names))


@cache
def load(folder: Path = FOLDER) -> Mapping[str, Query]:
    """All statements, by `"file.query"`."""
    texts = {file.stem: parse(file.read_text("utf-8")) for file in sorted(folder.glob("*.sql"))}
    queries = {f"{stem}.{name}": compiled(sql) for stem, found in texts.items() for name, sql in found.items()}
    return MappingProxyType(queries)
