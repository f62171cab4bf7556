"""The one thread that writes: many operations, one transaction, one sync.

    event loop                          writer thread
    write(op) ┐                         BEGIN
    write(op) ├─ one list per turn ──▶    op, op, op ...   where one fails: again, each in a savepoint of its own
    post(op)  ┘                         COMMIT             (synchronous=FULL: returns after the disk has it)
    futures   ◀── one wake-up ────────  results

While a commit waits for the disk the loop goes on and the next list grows: that is what makes groups.
"""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import chain, groupby
from operator import attrgetter
from typing import Any, Final

from gesso.db.database import Params, Row
from gesso.db.faults import DatabaseFault, is_passing, is_statement_fault, write_fault
from gesso.db.queries import Query

log = logging.getLogger(__name__)

MAX_GROUP = 1024
"""Operations in one transaction; more would make the first of them wait for the last."""


ALONE: Final = object()
"""The item of an operation that is for no item."""


class Work:
    """One operation on its way through the writer, and what came of it.

    With an `item`, the operation is one over a list: it is called once for all that stand side by side in a group.
    """

    __slots__ = ("error", "item", "operation", "result", "settle")

    def __init__(
        self,
        operation: Callable[..., Any],
        settle: Callable[[Any, Exception | None], None],
        item: object = ALONE,
    ) -> None:
        self.operation = operation
        self.settle = settle
        self.item = item
        self.result: Any = None
        self.error: Exception | None = None


class SqliteTransaction:
    """What operations see of the writer's connection."""

    def __init__(self, connection: sqlite3.Connection, queries: Mapping[str, Query]) -> None:
        self._execute = connection.execute
        self._many = connection.executemany
        self._queries = queries

    def run(self, query: str, params: Params | None = None) -> int:
        wanted = self._queries[query]
        return self._execute(wanted.sql, wanted.values(params)).rowcount

    def insert(self, query: str, params: Params) -> int:
        wanted = self._queries[query]
        return self._execute(wanted.sql, wanted.values(params)).lastrowid or 0

    def one(self, query: str, params: Params | None = None) -> Row | None:
        wanted = self._queries[query]
        rows = self._execute(wanted.sql, wanted.values(params)).fetchall()
        return rows[0] if rows else None

    def all(self, query: str, params: Params | None = None) -> list[Row]:
        wanted = self._queries[query]
        return self._execute(wanted.sql, wanted.values(params)).fetchall()

    def many(self, query: str, params: Sequence[Params]) -> None:
        wanted = self._queries[query]
        start = 0
        for size, sql in wanted.batches:
            while len(params) - start >= size:
                rows = map(wanted.values, params[start : start + size])
                self._execute(sql, tuple(chain.from_iterable(rows)))
                start += size
        self._many(wanted.sql, map(wanted.values, params[start:]))


class Writer:
    """Owns the writing connection from `start` to `close`; `deliver` is called on its thread after each group."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        queries: Mapping[str, Query],
        guard: AbstractContextManager[Any],
        deliver: Callable[[list[Work]], None],
    ) -> None:
        self._connection = connection
        self._transaction = SqliteTransaction(connection, queries)
        self._guard = guard
        self._deliver = deliver
        self._inbox: queue.SimpleQueue[list[Work] | None] = queue.SimpleQueue()
        self._stopping = False
        self._refusal: DatabaseFault | None = None
        self._thread = threading.Thread(target=self._run, name="gesso-writer", daemon=True)
        self.commits = 0
        """Transactions that changed something, hence were synced."""
        self.operations = 0

    def start(self) -> None:
        self._thread.start()

    def put(self, batch: list[Work]) -> None:
        """Hand over operations, in order. Returns at once."""
        self._inbox.put(batch)

    def close(self) -> None:
        """Write what has been handed over, then end the thread."""
        self._inbox.put(None)
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping:
            group = self._collect()
            if group:
                self._write(group)
                self._deliver(group)

    def _collect(self) -> list[Work]:
        """The next group: waits for a list, then takes what else is there."""
        group: list[Work] = []
        try:
            batch = self._inbox.get()
            while batch is not None:
                group += batch
                if len(group) >= MAX_GROUP:
                    return group
                batch = self._inbox.get_nowait()
            self._stopping = True
        except queue.Empty:
            pass
        return group

    def _write(self, group: list[Work]) -> None:
        if self._refusal is not None:
            self._fail(group, self._refusal)
            return
        changes = self._connection.total_changes
        with self._guard:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                self._perform(group)
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                self._undo(group, error)
                return
        self.commits += self._connection.total_changes != changes
        self.operations += len(group)

    def _perform(self, group: list[Work]) -> None:
        """All as if nothing could fail, since nearly nothing does: savepoints cost as much as a small operation."""
        try:
            for operation, works in groupby(group, attrgetter("operation")):
                self._perform_side_by_side(operation, list(works))
        except Exception as error:
            self._check_open(error)
            self._connection.execute("ROLLBACK")
            self._connection.execute("BEGIN IMMEDIATE")
            self._perform_apart(group)

    def _perform_side_by_side(self, operation: Callable[..., Any], works: list[Work]) -> None:
        items = [work.item for work in works]
        if items[0] is ALONE:
            for work in works:
                work.result = operation(self._transaction)
        else:
            for work, result in zip(works, operation(self._transaction, items), strict=True):
                work.result = result

    def _perform_apart(self, group: list[Work]) -> None:
        execute = self._connection.execute
        for work in group:
            execute("SAVEPOINT operation")
            try:
                self._perform_side_by_side(work.operation, [work])
            except Exception as error:
                self._check_open(error)
                work.error = error
                execute("ROLLBACK TO operation")
            execute("RELEASE operation")

    def _check_open(self, error: Exception) -> None:
        """Raise an error that is not one operation's alone: the group ends with it."""
        if not is_statement_fault(error) or not self._connection.in_transaction:
            raise error

    def _undo(self, group: list[Work], error: sqlite3.Error) -> None:
        fault = write_fault(error)
        log.error("a group of %d writes failed: %s", len(group), error)
        if not is_passing(error):
            self._refusal = fault
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error as second:
            self._refusal = fault
            log.error("it could not be undone either: %s", second)
        self._fail(group, fault)

    @staticmethod
    def _fail(group: list[Work], fault: DatabaseFault) -> None:
        for work in group:
            work.result, work.error = None, fault
