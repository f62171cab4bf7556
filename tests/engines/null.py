"""An engine that makes next to nothing: for tests of everything around engines, and for benchmarks of their cost."""

from __future__ import annotations

import base64

from gesso.engines.engine import Context, Engine, Made, Result
from gesso.tasks import PictureTask, Task

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A picture of one pixel."""


class NullEngine:
    """Answers at once, with as many one-pixel pictures as were asked for."""

    name = "null"

    def missing(self, task: type[Task]) -> str | None:
        return None

    def run(self, task: Task, context: Context) -> Result:
        count = task.num_images if isinstance(task, PictureTask) else 1
        pictures = [self._picture(context, index) for index in range(count)]
        return Result({"images": pictures}, facts(task, count), ("null",))

    def _picture(self, context: Context, index: int) -> Made:
        path = context.tmp / f"{index}.png"
        path.write_bytes(PNG)
        return Made(path, "image/png", {"width": 1, "height": 1})


class NoopEngine:
    """Answers at once, with no file at all: what is left is the cost of the way to an engine and back."""

    name = "noop"

    def missing(self, task: type[Task]) -> str | None:
        return None

    def run(self, task: Task, context: Context) -> Result:
        return Result({}, {"images": [], **facts(task, 0)}, ())


def facts(task: Task, count: int) -> dict[str, object]:
    """The values that outputs of pictures name."""
    seed, prompt = getattr(task, "seed", None), getattr(task, "prompt", "")
    return {"seed": seed, "prompt": prompt, "timings": {}, "has_nsfw_concepts": [False] * count}


def engines() -> list[Engine]:
    """A registry for `ProcessPool`."""
    return [NullEngine(), NoopEngine()]
