"""An engine that does what its prompt says, most of it forbidden: what runners must survive."""

from __future__ import annotations

import ctypes
import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from gesso.engines.engine import Context, Engine, Made, Result
from gesso.errors import ContentRefused, EngineUnavailable, InputError, RequestError, UpstreamFault
from gesso.tasks import Task, TextToImage
from tests.engines.null import PNG

MIB = 1024 * 1024


def answer(**values: object) -> Result:
    return Result({}, {"pid": os.getpid(), **values})


def hog(argument: str, context: Context) -> Result:
    """Take memory until there is no more."""
    held: list[bytearray] = []
    while True:
        held.append(bytearray(16 * MIB))


def mapped(argument: str, context: Context) -> Result:
    """Take memory that no limit of the kernel counts against a process: shared pages."""
    import mmap

    context.log("taking")
    area = mmap.mmap(-1, int(argument) * MIB)
    for at in range(0, len(area), 4096):
        area[at] = 1
    while True:
        time.sleep(1)


def loop(argument: str, context: Context) -> Result:
    """Never end, and take all the processor."""
    context.log("looping")
    while True:
        gc.isenabled()


def segfault(argument: str, context: Context) -> Result:
    ctypes.string_at(0)
    raise AssertionError("unreachable")


def leave(argument: str, context: Context) -> Result:
    os._exit(int(argument))


def leave_once(argument: str, context: Context) -> Result:
    """Die the first time, in a way that the second time can know of."""
    mark = Path(argument)
    if not mark.exists():
        mark.touch()
        os._exit(1)
    return answer(images=[], timings={}, has_nsfw_concepts=[])


def flood(argument: str, context: Context) -> Result:
    """Write far more than anybody wants to read, below Python and above it."""
    line = b"x" * 1023 + b"\n"
    for _ in range(int(argument) * 1024):
        os.write(1, line)
    for _ in range(100_000):
        print("and on")  # noqa: T201
    return answer()


def say(argument: str, context: Context) -> Result:
    print("printed")  # noqa: T201
    print("complained", file=sys.stderr)  # noqa: T201
    os.write(2, b"native\n")
    return answer()


def fork(argument: str, context: Context) -> Result:
    """Leave a process behind; `away` also leaves the process group."""
    command = [sys.executable, "-c", "import time; time.sleep(1000)"]
    process = subprocess.Popen(command, start_new_session=argument == "away")
    process.returncode = 0  # not to be warned of: leaving it is the point
    return answer(left=process.pid)


def outside(argument: str, context: Context) -> Result:
    """Name a file that is not ours to give."""
    return Result({"images": [Made(Path(argument), "text/plain", {})]}, {})


def linked(argument: str, context: Context) -> Result:
    link = context.tmp / "link.png"
    link.symlink_to(argument)
    return Result({"images": [Made(link, "text/plain", {})]}, {})


def meet(argument: str, context: Context) -> Result:
    """Wait for another that runs at the same time: both open one end of a named pipe."""
    way, path = argument.split(":", 1)
    with open(path, way) as pipe:
        if way == "w":
            pipe.write("met")
            return answer()
        return answer(heard=pipe.read())


def wait(argument: str, context: Context) -> Result:
    """Make a picture once something is written to a named pipe."""
    context.log("waiting")
    Path(argument).read_bytes()
    return picture(argument, context)


def swell(argument: str, context: Context) -> Result:
    """Answer, but keep memory."""
    KEPT.append(bytearray(int(argument) * MIB))
    time.sleep(0.15)  # long enough to be looked at
    return answer()


def greet(argument: str, context: Context) -> Result:
    return answer(warm=bool(WARM))


def previews(argument: str, context: Context) -> Result:
    for number in range(int(argument)):
        path = context.tmp / "step.png"
        path.write_bytes(PNG + bytes([number]))
        context.preview(Made(path, "image/png", {"width": 1, "height": 1}), {"seed": number})
    return picture(argument, context)


def picture(argument: str, context: Context) -> Result:
    path = context.tmp / "a.png"
    path.write_bytes(PNG)
    made = Made(path, "image/png", {"width": 1, "height": 1})
    return Result({"images": [made]}, {"timings": {}, "has_nsfw_concepts": [False]}, ("part",))


def refuse(argument: str, context: Context) -> Result:
    raise {
        "input": InputError(("loras", 0, "path"), "value_error", "no such adapter", {"ge": 1}, "x"),
        "content": ContentRefused("not this"),
        "engine": EngineUnavailable("not here"),
        "upstream": UpstreamFault("they are down", unavailable=True),
        "request": RequestError("slow down", status=429, error_type="rate_limited"),
        "memory": MemoryError(),
        "native memory": RuntimeError("std::bad_alloc"),
        "bug": ZeroDivisionError("a bug"),
    }[argument]


WARM: list[bool] = []
KEPT: list[bytearray] = []
ACTS: dict[str, Callable[[str, Context], Result]] = {
    act.__name__: act
    for act in (
        *(hog, mapped, loop, segfault, leave, leave_once, flood, say, fork, outside, linked, meet, wait, swell, greet),
        *(previews, picture, refuse),
    )
}


class RogueEngine:
    """The prompt is `act` or `act argument`."""

    name = "rogue"

    def missing(self, task: type[Task]) -> str | None:
        return None

    def warm(self) -> None:
        WARM.append(True)

    def run(self, task: Task, context: Context) -> Result:
        assert isinstance(task, TextToImage)
        act, _, argument = task.prompt.partition(" ")
        return ACTS[act](argument, context)


def engines() -> list[Engine]:
    return [RogueEngine()]


class CannotWarm(RogueEngine):
    """Its libraries cannot be loaded ahead; its work needs none of them."""

    name = "cannot warm"

    def warm(self) -> None:
        raise ModuleNotFoundError("no such library")


class DiesWarming(RogueEngine):
    """Its libraries crash the process when they are loaded ahead."""

    name = "dies warming"

    def warm(self) -> None:
        os._exit(1)


def cannot_warm() -> list[Engine]:
    return [CannotWarm(), RogueEngine()]


def die_warming() -> list[Engine]:
    return [DiesWarming()]
