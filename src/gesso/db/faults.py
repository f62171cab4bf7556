"""What can go wrong below a query, said so that whoever reads it knows what to do."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from gesso.errors import GessoError, RequestError

PASSING = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL})
"""Primary result codes after which SQLite has undone the transaction cleanly: the next one may succeed."""


class DatabaseFault(RequestError):
    """A write could not be made durable, so nothing was accepted. Reading may still work."""

    status = 503
    error_type = "internal_error"

    def __init__(self, msg: str) -> None:
        super().__init__(msg, headers={"x-fal-retryable": "true", "x-fal-needs-retry": "1"})


class StartError(GessoError):
    """The data folder cannot be used; the text says why and what to do. Raised at start, never on the wire."""


def primary_code(error: sqlite3.Error) -> int:
    """SQLite's primary result code; the module's own errors (a closed connection...) have none and give -1."""
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else -1


def is_statement_fault(error: BaseException) -> bool:
    """Whether an error belongs to one operation alone: a broken constraint, a wrong value, our own exception."""
    if not isinstance(error, sqlite3.Error):
        return True
    fatal = {
        *PASSING,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOMEM,
    }
    return primary_code(error) not in fatal


def is_passing(error: sqlite3.Error) -> bool:
    """Whether later writes may be tried. After a failed sync they may not: the kernel may have dropped the pages."""
    return primary_code(error) in PASSING


def write_fault(error: sqlite3.Error) -> DatabaseFault:
    """The error that the callers of a failed group get."""
    code = primary_code(error)
    if code == sqlite3.SQLITE_FULL:
        return DatabaseFault("The disk is full: the request was not stored. Free some space and try again.")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return DatabaseFault("Another program holds the database: the request was not stored. Try again.")
    return DatabaseFault(f"The database could not be written ({error}); nothing more is accepted until a restart.")


def start_error(path: Path, error: sqlite3.Error | OSError) -> StartError:
    """The error of a database that cannot be opened, with its remedy."""
    if isinstance(error, OSError):
        return StartError(f"{path}: {error.strerror or error}. Check the folder's owner and rights, or choose another.")
    code = primary_code(error)
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return StartError(
            f"{path} is damaged or is no SQLite database ({error}). Restore a backup,"
            f" or move the file and its -wal and -shm files away to start empty."
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
        return StartError(f"{path} cannot be written ({error}). Check the rights of the folder and of the file.")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StartError(f"{path} is locked by another program ({error}). Close it and start again.")
    return StartError(f"{path} cannot be opened: {error}.")
