"""What the pool of child processes promises when jobs misbehave, one fault after the other."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from gesso.errors import CapExceeded, RunnerDied
from gesso.runners.context import MAX_LINES
from gesso.runners.work import Started
from gesso.settings import MIB
from tests.runners.conftest import Bench, Open, ended

pytestmark = pytest.mark.anyio


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def test_a_child_serves_many_jobs(open_pool: Open, tmp_path: Path) -> None:
    bench = Bench(await open_pool(), tmp_path)
    pids = {(await bench.do("greet")).values["pid"] for _ in range(5)}
    assert pids == set(bench.pool.pids)
    assert os.getpid() not in pids


async def test_memory_hog(open_pool: Open, tmp_path: Path) -> None:
    bench = Bench(await open_pool(job_memory=256 * MIB), tmp_path)
    with pytest.raises(CapExceeded, match="256 MiB") as caught:
        await bench.do("hog")
    assert caught.value.failure().status == 500
    assert (await bench.do("greet")).values["pid"]


async def test_memory_that_no_kernel_limit_counts(open_pool: Open, tmp_path: Path) -> None:
    bench = Bench(await open_pool(job_memory=128 * MIB), tmp_path)
    with pytest.raises(CapExceeded, match="128 MiB"):
        await bench.do("mapped 512")


async def test_endless_loop(open_pool: Open, tmp_path: Path) -> None:
    bench = Bench(await open_pool(job_seconds=1), tmp_path)  # enough for `greet` on a busy machine
    with pytest.raises(CapExceeded, match="limit of 1 s") as caught:
        await bench.do("loop")
    assert caught.value.failure().status == 504
    assert (await bench.do("greet")).values["pid"]


@pytest.mark.parametrize(("prompt", "how"), [("segfault", "SIGSEGV"), ("leave 3", "exit code 3"), ("leave 0", "0")])
async def test_sudden_death(open_pool: Open, tmp_path: Path, prompt: str, how: str) -> None:
    bench = Bench(await open_pool(), tmp_path)
    before = (await bench.do("greet")).values["pid"]
    with pytest.raises(RunnerDied, match=how) as caught:
        await bench.do(prompt)
    assert caught.value.failure().error_type == "runner_disconnected"
    assert (await bench.do("greet")).values["pid"] != before


async def test_flood_of_output(open_pool: Open, tmp_path: Path) -> None:
    bench = Bench(await open_pool(), tmp_path)
    await bench.do("flood 4")
    assert len(bench.lines) <= MAX_LINES + 600
    assert bench.lines[-1] == ("Too many lines; the rest of this log is left out.", "WARN")
    bench.events.clear()
    await bench.do("say")
    assert ("printed", "STDOUT") in bench.lines


async def test_output_reaches_the_log(open_pool: Open, tmp_path: Path) -> None:
    bench = Bench(await open_pool(), tmp_path)
    await bench.do("say")
    assert sorted(bench.lines) == [("complained", "STDERR"), ("native", "STDERR"), ("printed", "STDOUT")]


@pytest.mark.parametrize("where", ["beside", "away"])
async def test_processes_left_behind(open_pool: Open, tmp_path: Path, where: str) -> None:
    bench = Bench(await open_pool(), tmp_path)
    result = await bench.do(f"fork {where}")
    await ended(result.values["left"])
    assert (await bench.do("greet")).values["pid"] != result.values["pid"]


async def test_cancelled_while_running(open_pool: Open, tmp_path: Path) -> None:
    bench = Bench(await open_pool(), tmp_path)
    pid = (await bench.do("greet")).values["pid"]
    running = bench.begin("loop")
    await bench.spoke.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert pid not in bench.pool.pids
    assert (await bench.do("greet")).values["pid"] != pid


async def test_cancelled_while_waiting(open_pool: Open, tmp_path: Path) -> None:
    bench = Bench(await open_pool(), tmp_path)
    running = bench.begin("loop")
    await bench.spoke.wait()
    waiting = bench.begin("loop")
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not running.done()
    assert sum(isinstance(event, Started) for event in bench.events) == 1
    running.cancel()


async def test_what_waits_behind_a_death_is_run_elsewhere(open_pool: Open, tmp_path: Path) -> None:
    bench = Bench(await open_pool(), tmp_path)
    for _ in range(3):
        await bench.do("greet")  # now the kind counts as quick, so that work is sent ahead
    dying, behind = bench.begin("leave 1"), bench.begin("greet")
    with pytest.raises(RunnerDied):
        await dying
    assert (await behind).values["pid"] in bench.pool.pids


async def test_two_at_once(open_pool: Open, tmp_path: Path) -> None:
    bench = Bench(await open_pool(workers=2), tmp_path)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    reader, writer = bench.begin(f"meet r:{fifo}"), bench.begin(f"meet w:{fifo}")
    assert (await reader).values["heard"] == "met"
    assert (await writer).values["pid"] != (await reader).values["pid"]


async def test_urgent_work_goes_first(open_pool: Open, tmp_path: Path) -> None:
    bench = Bench(await open_pool(), tmp_path)
    order: list[str] = []

    async def note(name: str, *, urgent: bool) -> None:
        await bench.do("greet", urgent=urgent)
        order.append(name)

    running = bench.begin("loop")
    await bench.spoke.wait()
    later = asyncio.create_task(note("later", urgent=False))
    await asyncio.sleep(0)
    first = asyncio.create_task(note("first", urgent=True))
    await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(later, first)
    assert order == ["first", "later"]


async def test_a_swollen_child_is_replaced(open_pool: Open, tmp_path: Path) -> None:
    bench = Bench(await open_pool(job_memory=400 * MIB), tmp_path)
    swollen = (await bench.do("swell 250")).values["pid"]
    assert (await bench.do("greet")).values["pid"] != swollen


async def test_a_free_child_warms_up(open_pool: Open, tmp_path: Path) -> None:
    bench = Bench(await open_pool(), tmp_path)
    await bench.do("greet")  # maybe before the child had a free moment; it has one after this
    assert (await bench.do("greet")).values["warm"] is True


async def test_an_engine_that_cannot_warm_up_takes_nothing_from_others(open_pool: Open, tmp_path: Path) -> None:
    bench = Bench(await open_pool(registry="tests.runners.rogue:cannot_warm"), tmp_path)
    [first] = {(await bench.do("greet")).values["pid"] for _ in range(2)}
    assert (await bench.do("greet")).values == {"pid": first, "warm": True}


async def test_dying_while_idle_starts_no_storm_of_processes(open_pool: Open, tmp_path: Path) -> None:
    pool = await open_pool(registry="tests.runners.rogue:die_warming")
    [child] = pool.children
    await child.gone
    assert pool.pids == []
    assert (await Bench(pool, tmp_path).do("greet", engine="dies warming")).values["pid"] != child.pid


@pytest.mark.parametrize("act", ["outside", "linked"])
async def test_a_file_that_is_not_the_jobs_own(open_pool: Open, tmp_path: Path, act: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("for nobody")
    bench = Bench(await open_pool(), tmp_path)
    with pytest.raises(RunnerDied):
        await bench.do(f"{act} {secret}")
    assert (await bench.do("greet")).values["pid"]


async def test_an_engine_that_cannot_be_loaded(open_pool: Open, tmp_path: Path) -> None:
    bench = Bench(await open_pool(registry="tests.runners.nowhere:engines"), tmp_path)
    with pytest.raises(RunnerDied, match="did not start"):
        await bench.do("greet")


async def test_close_ends_children_and_what_they_run(open_pool: Open, tmp_path: Path) -> None:
    pool = await open_pool(workers=2)
    bench = Bench(pool, tmp_path)
    running = bench.begin("loop")
    await bench.spoke.wait()
    pids = pool.pids
    await pool.close()
    with pytest.raises(RunnerDied):
        await running
    for pid in pids:
        assert not alive(pid)
    with pytest.raises(RunnerDied, match="shut down"):
        await bench.do("greet")


async def test_children_end_with_their_parent(tmp_path: Path) -> None:
    program = """
import asyncio, sys
from gesso.runners.processes import ProcessPool
from gesso.settings import Settings
async def main():
    pool = ProcessPool(Settings(workers=1), registry="tests.runners.rogue:engines")
    await pool.start()
    print(*pool.pids, flush=True)
    await asyncio.sleep(1000)
asyncio.run(main())
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program), stdout=asyncio.subprocess.PIPE, env=environment
    )
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    assert alive(child)
    parent.send_signal(signal.SIGKILL)
    await ended(child)
    await parent.wait()


async def test_no_descriptor_is_left(open_pool: Open, tmp_path: Path) -> None:
    def descriptors() -> int:
        return len(os.listdir("/proc/self/fd"))

    before = descriptors()
    bench = Bench(await open_pool(), tmp_path)
    for prompt in ("greet", "leave 1", "greet", "segfault"):
        await asyncio.gather(bench.do(prompt), return_exceptions=True)
    await bench.pool.close()
    assert descriptors() == before
