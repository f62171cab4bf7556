"""Bytes on the local disk: where files lie, and how one becomes durable.

    files/ab/<name>          stored files, folders by the first two characters
    tmp/                     being made or fetched; emptied at start
    uploads/<upload>/<part>  parts that arrived; they survive a restart
    files.open               there while a process uses the store: at start it tells of a crash

A file is complete before its name exists: write to tmp, sync, rename, sync the folder. Only then may a row name it.
"""

from __future__ import annotations

import errno
import logging
import os
import secrets
import shutil
import stat
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from gesso.blobs.names import is_name

log = logging.getLogger(__name__)

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class DiskStore:
    """The folders of one data folder. Methods block: callers run them in a thread."""

    def __init__(self, files_dir: Path, tmp_dir: Path) -> None:
        self.files_dir = files_dir
        self.tmp_dir = tmp_dir
        self.uploads_dir = files_dir.parent / "uploads"
        self._known: set[Path] = set()

    def open(self) -> bool:
        """Make the folders and remove what a former process left half-made; whether one ended without `close`."""
        for folder in (self.files_dir, self.tmp_dir, self.uploads_dir):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for entry in self.tmp_dir.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)
        crashed = self._marker.exists()
        self._marker.touch(0o600)
        return crashed

    def close(self) -> None:
        """Say that nothing is left to look after."""
        self._marker.unlink(missing_ok=True)

    @property
    def _marker(self) -> Path:
        return self.files_dir.with_name("files.open")

    def path(self, name: str) -> Path:
        """Where a file of this (checked) name lies."""
        return self.files_dir / name[:2] / name

    def new_tmp(self) -> Path:
        """A fresh path in tmp."""
        return self.tmp_dir / secrets.token_hex(12)

    def free_bytes(self) -> int:
        """Bytes that this user may still write to the disk of the files."""
        usage = os.statvfs(self.files_dir)
        return usage.f_bavail * usage.f_frsize

    def store(self, source: Path, name: str) -> int:
        """Move `source` to its final place and make that durable; its size in bytes.

        Raises ValueError where `source` is a link or no plain file.
        """
        if source.parent.resolve() != self.tmp_dir.resolve() and self._is_elsewhere(source):
            source = self._bring(source)
        target = self.path(name)
        self._folder(target.parent)
        size = self._sync_and_rename(source, target)
        _sync_folder(target.parent)
        return size

    def _sync_and_rename(self, source: Path, target: Path) -> int:
        fd = _open_plain(source)
        try:
            os.fchmod(fd, 0o600)
            os.fsync(fd)
            os.rename(source, target)
            held, placed = os.fstat(fd), os.lstat(target)
            if (held.st_dev, held.st_ino) != (placed.st_dev, placed.st_ino):
                os.unlink(target)  # somebody put another file there between the check and the move
                raise ValueError(f"{source} was replaced while it was stored")
            return held.st_size
        finally:
            os.close(fd)

    def _is_elsewhere(self, source: Path) -> bool:
        return source.lstat().st_dev != self.files_dir.stat().st_dev

    def _bring(self, source: Path) -> Path:
        """A copy on our own disk, of a file on another one, which a rename cannot move."""
        fd = _open_plain(source)
        target = self.new_tmp()
        with os.fdopen(fd, "rb") as reader, os.fdopen(os.open(target, _CREATE, 0o600), "wb") as writer:
            shutil.copyfileobj(reader, writer, 1 << 20)
        source.unlink(missing_ok=True)
        return target

    def _folder(self, folder: Path) -> None:
        if folder in self._known:
            return
        if not folder.is_dir():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sync_folder(folder.parent)
        self._known.add(folder)

    def remove(self, name: str) -> None:
        """Delete a stored file; none there is fine."""
        self.path(name).unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        """Every stored file, for comparing the disk with the rows.

        What is not ours is passed over, as is a folder that cannot be read: a disk's `lost+found` holds none of it.
        """
        for folder in sorted(self.files_dir.iterdir()):
            try:
                found = sorted(entry.name for entry in os.scandir(folder) if entry.is_file(follow_symlinks=False))
            except OSError as error:
                log.warning("%s is passed over: %s", folder, error.strerror)
                continue
            yield from (name for name in found if is_name(name) and name.startswith(folder.name))

    # ------------------------------------------------------------ parts of uploads

    def part(self, upload: str, number: int) -> Path:
        """Where a part lies."""
        return self.uploads_dir / upload / str(number)

    def store_part(self, source: Path, upload: str, number: int) -> None:
        """Move a received part to its place, over an older one of the same number."""
        target = self.part(upload, number)
        self._folder(target.parent)
        self._sync_and_rename(source, target)
        _sync_folder(target.parent)

    def join(self, upload: str, numbers: Sequence[int]) -> Path:
        """One new file in tmp made of these parts."""
        target = self.new_tmp()
        try:
            with os.fdopen(os.open(target, _CREATE, 0o600), "wb") as writer:
                for number in numbers:
                    with os.fdopen(_open_plain(self.part(upload, number)), "rb") as reader:
                        shutil.copyfileobj(reader, writer, 1 << 20)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        return target

    def remove_upload(self, upload: str) -> None:
        """Delete all parts of an upload."""
        folder = self.uploads_dir / upload
        self._known.discard(folder)
        shutil.rmtree(folder, ignore_errors=True)


class Draft:
    """A file being written in tmp, chunk by chunk; `close` it, then `store` its path, or `discard` it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self._file = os.fdopen(os.open(path, _CREATE, 0o600), "wb", buffering=0)
        # A cancelled request discards its draft while a thread may still write: without the lock that write could
        # hit another file that got the freed descriptor.
        self._lock = threading.Lock()

    def write(self, data: bytes | bytearray) -> None:
        view = memoryview(data)
        with self._lock:
            while view and not self._file.closed:
                view = view[self._file.write(view) :]
        self.size += len(data)

    def close(self) -> None:
        with self._lock:
            self._file.close()

    def discard(self) -> None:
        """Close and delete."""
        self.close()
        self.path.unlink(missing_ok=True)


def open_stored(path: Path | str) -> int:
    """A descriptor of a stored file; never follows a link."""
    return os.open(path, _OPEN)


def _open_plain(path: Path) -> int:
    try:
        fd = os.open(path, _OPEN | os.O_NONBLOCK)  # a pipe in its place must not hold us up
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise ValueError(f"{path} is a link") from error
        raise
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise ValueError(f"{path} is not a plain file")
    return fd


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
