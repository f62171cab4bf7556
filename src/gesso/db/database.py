"""The seam under jobs, files and keys: one writer with group commit, many cheap reads, named SQL.

    write(operation)   run `operation` in the next group's transaction; return once that is synced to disk
    post(operation)    the same, not waited for (history of direct runs); still before any later write
    one / all          read with a named query

Callers hold no dialect: statements are named in `.sql` files with `:name` parameters, and times are Unix seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
Item = TypeVar("Item")
Params = Mapping[str, Any]


class Row(Protocol):
    """One row: values by column name."""

    def __getitem__(self, name: str, /) -> Any: ...
    def keys(self) -> Sequence[str]: ...


class Transaction(Protocol):
    """What an operation may do inside the group's transaction. Not to be kept after the operation returns."""

    def run(self, query: str, params: Params | None = None) -> int:
        """Execute the named statement; how many rows it changed."""
        ...

    def insert(self, query: str, params: Params) -> int:
        """Execute the named INSERT of one row; its row number."""
        ...

    def one(self, query: str, params: Params | None = None) -> Row | None: ...
    def all(self, query: str, params: Params | None = None) -> list[Row]: ...
    def many(self, query: str, params: Sequence[Params]) -> None:
        """Execute the named statement once per set of parameters."""
        ...


class Database(Protocol):
    """One database. `query` arguments are names like `"jobs.insert"`: file, dot, query."""

    async def write(self, operation: Callable[[Transaction], T], done: Callable[[T], None] | None = None) -> T:
        """Run `operation` in the next group's transaction and return its value after the sync.

        An exception in `operation` undoes that operation alone and is raised here. The other operations of the
        group are kept; they may be run a second time for that, so an operation does nothing but use its transaction.
        `done` gets the value after the sync, also when the caller was cancelled meanwhile.
        """
        ...

    async def write_each(
        self,
        operation: Callable[[Transaction, Sequence[Item]], Sequence[T]],
        item: Item,
        done: Callable[[T], None] | None = None,
    ) -> T:
        """As `write`, of one operation over the items of all callers that stand side by side in a group.

        `operation` returns a value for each item, in their order. An exception in it undoes the items of all, and each
        is then tried by itself.
        """
        ...

    def post(self, operation: Callable[[Transaction], T], done: Callable[[T], None] | None = None) -> None:
        """As `write`, without waiting; a failure is logged."""
        ...

    def post_each(self, operation: Callable[[Transaction, Sequence[Item]], Sequence[Any]], item: Item) -> None:
        """As `write_each`, without waiting; a failure is logged."""
        ...

    async def one(self, query: str, params: Params | None = None) -> Row | None: ...
    async def all(self, query: str, params: Params | None = None) -> list[Row]: ...
    async def flush(self) -> None:
        """Return after everything posted so far is synced."""
        ...

    async def close(self) -> None: ...
