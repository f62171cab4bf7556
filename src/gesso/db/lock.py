"""One server per data folder: an advisory lock that ends with its process, so a kill never leaves a stale one."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from gesso.db.faults import StartError, start_error


class DataLock:
    """Holds `lock` in a data folder for as long as this object lives or until `release`.

    The file tells the holder's process id. It is never removed: removing a locked file would let two processes lock
    two files of one name.
    """

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "lock"
        self._file: int | None = None

    def acquire(self) -> None:
        """Take the lock or raise `StartError` naming who has it."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise start_error(self.path, error) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(file, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(file)
            raise StartError(
                f"{self.path.parent} is in use by another Gesso (process {holder})."
                " Stop it, or choose another --data-dir."
            ) from error
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        self._file = file

    def release(self) -> None:
        """Give the lock up; without it nothing happens."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
