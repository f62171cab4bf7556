"""The database as a SQLite file in WAL mode, or in memory for tests.

Writes go through the writer thread; reads run at once on the caller's thread, which must be the event loop's: they
are index look-ups of some microseconds, less than a thread switch costs. In memory both use one connection behind a
lock, because SQLite's shared cache would show a reader what is not committed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from gesso.db import queries
from gesso.db.database import Params, Row, Transaction
from gesso.db.faults import DatabaseFault, StartError, start_error
from gesso.db.migrate import migrate
from gesso.db.writer import ALONE, Work, Writer

log = logging.getLogger(__name__)

T = TypeVar("T")
Item = TypeVar("Item")

MIN_SQLITE = (3, 37, 0)
"""STRICT tables; RETURNING came with 3.35."""

BUSY_MS = 5000
"""How long a write waits for another program's lock before its callers get 503."""

CACHE_KIB = 16 * 1024
"""Pages that each connection may keep: the ids of some 100,000 requests, which are in no order."""

POST_SECONDS = 0.05
"""How long posted work may wait for company. Nobody waits for it, and each commit saved is CPU for requests."""

MAX_POSTED = 50_000
"""Posted operations that may pile up behind a stuck disk before new ones are dropped."""


class SqliteDatabase:
    """Implements `Database`. Use it from one event loop."""

    def __init__(self, writing: sqlite3.Connection, reading: sqlite3.Connection) -> None:
        self._queries = queries.load()
        self._writing = writing
        self._reading = reading
        shared = reading is writing
        self._guard: AbstractContextManager[Any] = threading.Lock() if shared else contextlib.nullcontext()
        self._loop = asyncio.get_running_loop()
        self._writer = Writer(writing, self._queries, self._guard, self._deliver)
        self._pending: list[Work] = []
        self._handover: asyncio.Handle | None = None
        self._soon = False
        self._posted = 0
        self._closed = False

    @classmethod
    async def open(cls, path: Path | None) -> SqliteDatabase:
        """Open and bring to the newest schema; None is a database in memory. Raises `StartError` with a remedy."""
        if sqlite3.sqlite_version_info < MIN_SQLITE:
            raise StartError(f"SQLite {sqlite3.sqlite_version} is too old: Gesso needs 3.37 or newer.")
        try:
            writing = _open_writing(path)
            reading = writing if path is None else _open_reading(path)
        except (sqlite3.Error, OSError) as error:
            raise start_error(path or Path(":memory:"), error) from error
        database = cls(writing, reading)
        database._writer.start()
        return database

    @property
    def commits(self) -> int:
        """Transactions synced since it was opened; those that changed nothing need no sync."""
        return self._writer.commits

    @property
    def operations(self) -> int:
        """Operations in all transactions, with or without a change."""
        return self._writer.operations

    async def write(self, operation: Callable[[Transaction], T], done: Callable[[T], None] | None = None) -> T:
        return await self._awaited(operation, ALONE, done)

    async def write_each(
        self,
        operation: Callable[[Transaction, Sequence[Item]], Sequence[T]],
        item: Item,
        done: Callable[[T], None] | None = None,
    ) -> T:
        return await self._awaited(operation, item, done)

    def post(self, operation: Callable[[Transaction], T], done: Callable[[T], None] | None = None) -> None:
        self._posted_work(operation, ALONE, done)

    def post_each(self, operation: Callable[[Transaction, Sequence[Item]], Sequence[Any]], item: Item) -> None:
        self._posted_work(operation, item, None)

    def _awaited(
        self, operation: Callable[..., Any], item: object, done: Callable[[T], None] | None
    ) -> asyncio.Future[T]:
        future: asyncio.Future[T] = self._loop.create_future()

        def settle(result: T, error: Exception | None) -> None:
            if error is None and done is not None:
                try:
                    done(result)
                except Exception as failure:
                    error = failure  # for this caller, not for the others of its group
            if future.done():  # its caller was cancelled; what was written stays
                return
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

        self._enqueue(Work(operation, settle, item))
        return future

    def _posted_work(self, operation: Callable[..., Any], item: object, done: Callable[[T], None] | None) -> None:
        if self._posted >= MAX_POSTED:
            log.error("the disk is too slow: %d writes wait, a posted one was dropped", self._posted)
            return
        self._posted += 1
        self._enqueue(Work(operation, partial(self._settle_posted, done), item), soon=False)

    def _settle_posted(self, done: Callable[[T], None] | None, result: T, error: Exception | None) -> None:
        self._posted -= 1
        if error is not None:
            log.error("a posted write failed", exc_info=error)
        elif done is not None:
            done(result)

    async def one(self, query: str, params: Params | None = None) -> Row | None:
        rows = self._read(query, params)
        return rows[0] if rows else None

    async def all(self, query: str, params: Params | None = None) -> list[Row]:
        return self._read(query, params)

    async def flush(self) -> None:
        await self.write(lambda _: None)

    async def close(self) -> None:
        if self._closed:
            return
        self._hand_over()
        self._closed = True
        await asyncio.to_thread(self._writer.close)
        await asyncio.sleep(0)  # lets the results of the last group arrive
        self._reading.close()
        self._writing.close()

    def _read(self, query: str, params: Params | None) -> list[Row]:
        wanted = self._queries[query]
        with self._guard:
            try:
                return self._reading.execute(wanted.sql, wanted.values(params)).fetchall()
            except sqlite3.Error as error:
                raise DatabaseFault(f"The database could not be read: {error}.") from error

    def _enqueue(self, work: Work, *, soon: bool = True) -> None:
        """Collect what this turn of the loop brings: its operations reach the writer as one list, hence one group."""
        if self._closed:
            raise DatabaseFault("The server is shutting down.")
        self._pending.append(work)
        if self._handover is None:
            later = self._loop.call_soon if soon else self._post_soon
            self._handover = later(self._hand_over)
            self._soon = soon
        elif soon and not self._soon:
            self._handover.cancel()
            self._handover = self._loop.call_soon(self._hand_over)
            self._soon = True

    def _post_soon(self, callback: Callable[[], None]) -> asyncio.Handle:
        return self._loop.call_later(POST_SECONDS, callback)

    def _hand_over(self) -> None:
        if self._handover is not None:
            self._handover.cancel()
            self._handover = None
        if self._pending:
            batch, self._pending = self._pending, []
            self._writer.put(batch)

    def _deliver(self, group: list[Work]) -> None:
        """On the writer's thread: one wake-up of the loop for the whole group."""
        with contextlib.suppress(RuntimeError):  # the loop has ended, and with it whoever waited
            self._loop.call_soon_threadsafe(_settle, group)


def _settle(group: list[Work]) -> None:
    for work in group:
        work.settle(work.result, work.error)


def _open_writing(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))  # inputs are private
    connection = _connect(":memory:" if path is None else str(path))
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA fullfsync=1")  # macOS: a plain fsync there stops in the drive's cache
    migrate(connection)
    return connection


def _open_reading(path: Path) -> sqlite3.Connection:
    connection = _connect(str(path))
    connection.execute("PRAGMA query_only=1")
    connection.execute("SELECT count(*) FROM migrations").fetchone()
    return connection


def _connect(name: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        name, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    return connection
