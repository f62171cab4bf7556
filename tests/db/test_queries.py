from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

import pytest

from gesso.db import queries
from gesso.db.migrate import migrate
from gesso.db.writer import SqliteTransaction

HOT = (
    "jobs.enqueue",
    "jobs.claim",
    "jobs.claimed",
    "jobs.late",
    "jobs.next_deadline",
    "jobs.take_running",
    "jobs.take_waiting",
    "jobs.give_back",
    "jobs.renew",
    "jobs.standing",
    "jobs.get",
    "jobs.input",
    "jobs.forgettable",
    "jobs.old",
    "logs.add",
    "logs.after",
    "history.of_endpoint",
    "webhooks.due",
    "webhooks.next_due",
    "webhooks.message",
)
"""Queries that run while somebody waits: none may read a table from end to end."""


@pytest.fixture
def schema() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection)
    yield connection
    connection.close()


def blanks(sql: str) -> list[None]:
    return [None] * sql.count("?")


def plan(connection: sqlite3.Connection, name: str) -> list[str]:
    sql = queries.load()[name].sql
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", blanks(sql))]


@pytest.mark.parametrize("name", sorted(queries.load()))
def test_every_statement_fits_the_schema(schema: sqlite3.Connection, name: str) -> None:
    sql = queries.load()[name].sql
    schema.execute(f"EXPLAIN {sql}", blanks(sql)).fetchall()


@pytest.mark.parametrize("name", HOT)
def test_hot_statements_read_no_table_from_end_to_end(schema: sqlite3.Connection, name: str) -> None:
    scans = [step for step in plan(schema, name) if step.startswith("SCAN") and "USING" not in step]
    assert [step for step in scans if not re.match(r"SCAN (json_each|\()", step)] == []


def test_the_claim_walks_the_line_and_nothing_else(schema: sqlite3.Connection) -> None:
    steps = plan(schema, "jobs.claim")
    assert any("queue_waiting" in step for step in steps)
    assert not any("TEMP B-TREE FOR ORDER BY" in step for step in steps)


def test_names_and_comments_are_told_from_statements() -> None:
    text = "About this file.\n\n-- name: one\n-- Says why.\nSELECT 1;\n\n-- name: two\nSELECT 2\n"
    assert queries.parse(text) == {"one": "SELECT 1", "two": "SELECT 2"}


def test_a_name_stands_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        queries.parse("-- name: a\nSELECT 1;\n-- name: a\nSELECT 2;\n")


@pytest.mark.parametrize(
    ("sql", "params", "values"),
    [
        ("SELECT 1", None, ()),
        ("SELECT :a", {"a": 5, "b": 6}, (5,)),
        ("SELECT :b, :a, :b", {"a": 5, "b": 6}, (6, 5, 6)),
    ],
)
def test_parameters_are_bound_by_position(sql: str, params: dict[str, int] | None, values: tuple[int, ...]) -> None:
    query = queries.compiled(sql)
    assert tuple(query.values(params)) == values
    assert query.sql.count("?") == len(values)


def test_an_insert_of_one_row_can_take_many_and_nothing_else_can() -> None:
    query = queries.compiled("INSERT INTO t (a, b)\nVALUES (:a, 'x')")
    assert dict(query.batches)[4] == "INSERT INTO t (a, b)\nVALUES (?, 'x'), (?, 'x'), (?, 'x'), (?, 'x')"
    assert [size for size, _ in query.batches] == list(queries.BATCHES)
    assert queries.compiled("INSERT INTO t (a) VALUES (:a) ON CONFLICT DO NOTHING").batches == ()
    assert queries.compiled("UPDATE t SET a = :a").batches == ()


@pytest.mark.parametrize("size", [0, 1, 2, 3, 15, 16, 31, 50])
def test_many_rows_go_in_in_order(schema: sqlite3.Connection, size: int) -> None:
    rows = [
        {"job": 1, "seq": number, "at": 1.5, "level": "INFO", "source": "USER", "message": "m"}
        for number in range(size)
    ]
    loaded = {
        "t.add": queries.compiled(
            "INSERT INTO logs (job, seq, at, level, source, message) "
            "VALUES (:job, :seq, :at, :level, :source, :message)"
        )
    }
    SqliteTransaction(schema, loaded).many("t.add", rows)
    assert [row[0] for row in schema.execute("SELECT seq FROM logs ORDER BY seq")] == list(range(size))


@pytest.mark.parametrize("sql", ["SELECT :a", "SELECT :a, :b"])
def test_a_parameter_that_is_missing_is_an_error(sql: str) -> None:
    with pytest.raises(KeyError):
        queries.compiled(sql).values({"b": 1})
