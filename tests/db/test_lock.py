from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gesso.db.faults import StartError
from gesso.db.lock import DataLock

HOLD = """
import sys
from pathlib import Path
from gesso.db.lock import DataLock
DataLock(Path(sys.argv[1])).acquire()
print("held", flush=True)
sys.stdin.read()
"""


def test_the_second_is_told_who_holds_it(tmp_path: Path) -> None:
    with DataLock(tmp_path), pytest.raises(StartError, match=f"process {os.getpid()}"):
        DataLock(tmp_path).acquire()


def test_it_can_be_taken_again_after_release(tmp_path: Path) -> None:
    with DataLock(tmp_path):
        pass
    with DataLock(tmp_path) as lock:
        assert lock.path.read_text() == f"{os.getpid()}\n"


def test_a_killed_holder_leaves_no_stale_lock(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StartError, match=f"process {holder.pid}"):
            DataLock(tmp_path).acquire()
        holder.kill()
    with DataLock(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StartError, match="file/data"):
        DataLock(tmp_path / "file" / "data").acquire()
