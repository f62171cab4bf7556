"""A process that is killed at any moment loses nothing that it has acknowledged."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gesso.db.sqlite import SqliteDatabase
from gesso.jobs.store import JobStore

SUBMIT = """
import asyncio, os, sys
from pathlib import Path
from gesso.db.sqlite import SqliteDatabase
from gesso.jobs.store import JobStore
from tests.jobs.samples import made, new_job

async def client(store, name):
    for n in range(100_000):
        job = new_job(id=f"{os.getpid()}-{name}-{n}")
        await store.add(job)
        os.write(1, f"accepted {job.id}\\n".encode())

async def worker(store):
    while True:
        for job in await store.claim("worker", 4):
            if await store.finish(job.id, job.fence, made()):
                os.write(1, f"finished {job.id}\\n".encode())
        await asyncio.sleep(0)

async def main(path):
    store = JobStore(await SqliteDatabase.open(path))
    await store.void_leases()
    await asyncio.gather(worker(store), *(client(store, name) for name in range(8)))

asyncio.run(main(Path(sys.argv[1])))
"""

ROOT = Path(__file__).resolve().parent.parent.parent


def killed_after(path: Path, lines: int) -> list[str]:
    """What a process acknowledged in whole lines before it was killed, shortly after so many of them."""
    with subprocess.Popen(
        [sys.executable, "-c", SUBMIT, str(path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as child:
        assert child.stdout is not None
        told = [child.stdout.readline() for _ in range(lines)]
        child.send_signal(signal.SIGKILL)
        told += child.stdout.readlines()
    assert child.returncode == -signal.SIGKILL
    return [line.strip() for line in told if line.endswith("\n")]


async def missing(path: Path, told: list[str]) -> list[str]:
    """Acknowledgements that the database does not bear out."""
    db = await SqliteDatabase.open(path)
    assert [row[0] for row in db._writing.execute("PRAGMA integrity_check")] == ["ok"]
    store = JobStore(db)
    await store.void_leases()
    lost: list[str] = []
    for line in told:
        word, job_id = line.split()
        status = await store.status(job_id, None)
        if status is None or (word == "finished" and status.state != "COMPLETED"):
            lost.append(line)
    await db.close()
    return lost


@pytest.mark.anyio
async def test_a_killed_process_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "gesso.db"
    told = killed_after(path, 200)
    assert len(told) >= 200
    assert await missing(path, told) == []


@pytest.mark.long
@pytest.mark.anyio
async def test_forty_kills_of_one_database_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "gesso.db"
    chance = random.Random(4747)
    told: list[str] = []
    for _ in range(40):
        told += killed_after(path, chance.randint(1, 400))
    assert await missing(path, told) == []


@pytest.mark.long
@pytest.mark.anyio
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace kills at a chosen system call")
@pytest.mark.parametrize("call", [1, 2, 3, 5, 8, 13, 21, 34])
async def test_a_kill_at_the_sync_itself_loses_nothing(tmp_path: Path, call: int) -> None:
    path = tmp_path / "gesso.db"
    assert await missing(path, killed_at_sync(path, call)) == []


def killed_at_sync(path: Path, call: int) -> list[str]:
    """What a process acknowledged before the kernel killed it at one of its fdatasync calls."""
    inject = f"inject=fdatasync:signal=KILL:when={call}"
    trace = str(path.with_name("trace"))
    command = ["strace", "-f", "-qq", "-o", trace, "-e", "trace=fdatasync", "-e", inject]
    command += [sys.executable, "-c", SUBMIT, str(path)]
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, check=False)
    assert ran.returncode != 0
    return [line.strip() for line in ran.stdout.splitlines(keepends=True) if line.endswith("\n")]
