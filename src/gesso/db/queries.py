"""Named SQL: every `.sql` file beside this module is a dictionary of statements.

    -- name: insert
    -- Stores an accepted request.
    INSERT INTO jobs ...

in `jobs.sql` is the query `"jobs.insert"`. One statement each, parameters as `:name`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).parent

_NAME = re.compile(r"^-- name: *(\w+) *$", re.MULTILINE)


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


@cache
def load(folder: Path = FOLDER) -> Mapping[str, str]:
    """All statements, by `"file.query"`."""
    files = sorted(folder.glob("*.sql"))
    queries = {f"{file.stem}.{name}": sql for file in files for name, sql in parse(file.read_text("utf-8")).items()}
    return MappingProxyType(queries)
