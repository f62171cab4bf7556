from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from gesso.db.faults import StartError
from gesso.db.migrate import Migration, migrate, migrations, statements


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    yield connection
    connection.close()


def tables(connection: sqlite3.Connection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


ONE = Migration(1, "one", "CREATE TABLE a (x);\nINSERT INTO a VALUES (1);")
TWO = Migration(2, "two", "ALTER TABLE a ADD COLUMN y;")


def test_steps_run_in_order_and_once(connection: sqlite3.Connection) -> None:
    assert migrate(connection, [ONE]) == 1
    assert migrate(connection, [ONE, TWO]) == 1
    assert migrate(connection, [ONE, TWO]) == 0
    assert connection.execute("SELECT x, y FROM a").fetchall() == [(1, None)]


def test_a_step_that_fails_leaves_nothing(connection: sqlite3.Connection) -> None:
    broken = Migration(2, "broken", "CREATE TABLE b (x);\nINSERT INTO missing VALUES (1);")
    with pytest.raises(sqlite3.OperationalError, match="missing"):
        migrate(connection, [ONE, broken])
    assert tables(connection) == {"migrations", "a"}
    assert migrate(connection, [ONE, TWO]) == 1


def test_a_newer_schema_is_refused(connection: sqlite3.Connection) -> None:
    migrate(connection, [ONE, TWO])
    with pytest.raises(StartError, match="newer Gesso"):
        migrate(connection, [ONE])


def test_the_record_of_requests_is_strict(connection: sqlite3.Connection) -> None:
    """STRICT keeps a NaN from becoming NULL and a text from standing where a number should."""
    migrate(connection)
    strict = {row[1]: bool(row[5]) for row in connection.execute("PRAGMA table_list")}
    wanted = ("jobs", "queue", "outcomes", "logs", "outbox", "workers", "migrations")
    assert {name: strict.get(name) for name in wanted} == dict.fromkeys(wanted, True)


def test_each_file_has_a_number_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "0001_a.sql").write_text("SELECT 1;")
    (tmp_path / "0001_b.sql").write_text("SELECT 1;")
    with pytest.raises(ValueError, match="0001_b"):
        migrations(tmp_path)


def test_a_script_is_split_at_its_statements() -> None:
    script = "-- a; comment\nCREATE TABLE a (x TEXT DEFAULT ';');\nSELECT 1;\n"
    assert [part.strip() for part in statements(script)] == [
        "-- a; comment\nCREATE TABLE a (x TEXT DEFAULT ';');",
        "SELECT 1;",
    ]


def test_half_a_statement_is_an_error() -> None:
    with pytest.raises(ValueError, match="inside a statement"):
        list(statements("CREATE TABLE a (x"))
