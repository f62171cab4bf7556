"""Brings a database to the newest schema: `migrations/NNNN_name.sql`, in order, each in one transaction."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gesso.db.faults import StartError

FOLDER = Path(__file__).parent / "migrations"

_FILE = re.compile(r"(\d{4})_(\w+)\.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema."""

    number: int
    name: str
    sql: str


def migrations(folder: Path = FOLDER) -> list[Migration]:
    """All steps in order; two with one number are a mistake."""
    found: dict[int, Migration] = {}
    for path in sorted(folder.glob("*.sql")):
        match = _FILE.fullmatch(path.name)
        if match is None or int(match[1]) in found:
            raise ValueError(f"{path.name}: name a migration NNNN_name.sql, with a number of its own")
        found[int(match[1])] = Migration(int(match[1]), match[2], path.read_text("utf-8"))
    return list(found.values())


def migrate(connection: sqlite3.Connection, steps: list[Migration] | None = None) -> int:
    """Apply what is missing; how many steps that were. A crash between or inside steps leaves whole steps only."""
    steps = migrations() if steps is None else steps
    connection.execute(
        "CREATE TABLE IF NOT EXISTS migrations"
        " (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at REAL NOT NULL) STRICT"
    )
    done = {row[0] for row in connection.execute("SELECT number FROM migrations")}
    unknown = done - {step.number for step in steps}
    if unknown:
        raise StartError(
            f"The database was written by a newer Gesso (schema {max(unknown):04}). Upgrade Gesso or restore a backup."
        )
    missing = [step for step in steps if step.number not in done]
    for step in missing:
        _apply(connection, step)
    return len(missing)


def _apply(connection: sqlite3.Connection, step: Migration) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in statements(step.sql):
            connection.execute(statement)
        connection.execute("INSERT INTO migrations VALUES (?, ?, ?)", (step.number, step.name, time.time()))
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def statements(script: str) -> Iterator[str]:
    """The statements of a script. (`executescript` would commit before it starts, so it cannot be undone.)"""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        raise ValueError(f"the script ends inside a statement: {statement.strip()[:60]!r}")
