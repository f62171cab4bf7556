"""The seam every engine implements: a task and a context in, media files out.

An engine runs in a child process and may block, use all the memory its cap allows, and die. It writes files only
under `context.tmp`, tells what it does through the context, and raises `InputError` for input it cannot use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from gesso.errors import EngineUnavailable
from gesso.tasks import Task


@dataclass(frozen=True, slots=True)
class Made:
    """One media file that an engine has written."""

    path: Path
    content_type: str
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What its output object carries besides the file's own fields: width, height, fps, duration, num_frames."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a task came to.

    `files` are by output name: `images` (a list, also offered as `image`), `video`, `audio`, `model_glb`...
    `values` are the output's other values: seed, timings, has_nsfw_concepts, prompt, objects...
    """

    files: Mapping[str, Sequence[Made]]
    values: Mapping[str, Any]
    parts: tuple[str, ...] = ()
    """Learned parts that really ran, e.g. `("span-x4", "open_nsfw")`."""


class Context(Protocol):
    """What an engine may use of its surroundings."""

    @property
    def tmp(self) -> Path:
        """A folder for this attempt alone; made when first asked for, removed afterwards."""
        ...

    endpoint: str
    """For metadata and logs only; no engine branches on it."""
    options: EngineOptions

    def log(self, message: str, level: str = "INFO") -> None:
        """A line for the request's log."""
        ...

    def progress(self, done: float, stage: str = "") -> None:
        """How far the work is, 0..1; clients see it in the log lines."""
        ...

    def preview(self, made: Made, values: Mapping[str, Any]) -> None:
        """An intermediate picture, sent to a streaming client at once; ignored where nobody streams."""
        ...


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """The settings that engines read."""

    max_pixels: int = 4096 * 4096
    safety_threshold: float = 0.8
    streaming: bool = False
    """Whether somebody watches: without it, previews are not worth making."""


class Engine(Protocol):
    """One way to make media."""

    name: str
    """`sketch`, `local`, `upstream`: told with every result."""

    def missing(self, task: type[Task]) -> str | None:
        """Why this engine cannot serve such a task here (a sentence with the remedy), or none if it can."""
        ...

    def run(self, task: Task, context: Context) -> Result:
        """Make the media. Called in a child process."""
        ...


def choose(task: Task, engines: Sequence[Engine], wanted: str = "auto") -> Engine:
    """The first engine that can serve the task, or the wanted one. Raises `EngineUnavailable`, naming the task."""
    reasons: list[str] = []
    for engine in engines:
        if wanted not in ("auto", engine.name):
            continue
        reason = engine.missing(type(task))
        if reason is None:
            return engine
        reasons.append(f"{engine.name}: {reason}")
    why = "; ".join(reasons) or f'the engine "{wanted}" is not installed'
    raise EngineUnavailable(f"No engine here can serve the task {task.name} ({why}).")
