"""The engine's side of an attempt: its folder, its log, its progress and its previews."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gesso.engines.engine import EngineOptions, Made, Result
from gesso.runners.work import Event, Logged, OnEvent, Previewed, Work

MAX_LINES = 1000
"""Lines of log that one attempt may write; what follows is counted, not kept."""

MAX_LINE = 2000
"""Characters of one line that are kept."""

PROGRESS_STEP = 0.1
"""Progress is told when the stage changes or this much more is done: it becomes lines in the request's log."""


class RunContext:
    """What `engines.engine.Context` asks for; events go to `emit`."""

    def __init__(self, work: Work, emit: OnEvent) -> None:
        self.endpoint = work.endpoint
        self.options: EngineOptions = work.options
        self._folder = work.tmp
        self._tmp: Path | None = None
        self._emit = emit
        self._lines = 0
        self._previews = 0
        self._told: tuple[str, float] = ("", -1.0)

    @property
    def tmp(self) -> Path:
        """The attempt's folder, made when first asked for: much work needs none, and making one costs a disk write."""
        if self._tmp is None:
            self._tmp = Path(self._folder)
            self._tmp.mkdir(parents=True, exist_ok=True)
        return self._tmp

    def close(self, result: Result) -> None:
        """The work has ended well: a folder that holds nothing of its result goes at once."""
        if self._tmp is not None and not result.files:
            shutil.rmtree(self._tmp, ignore_errors=True)

    def log(self, message: str, level: str = "INFO") -> None:
        """A line for the request's log."""
        for line in message.splitlines():
            self._lines += 1
            if self._lines < MAX_LINES:
                self._emit(Logged(line[:MAX_LINE], level))
            elif self._lines == MAX_LINES:
                self._emit(Logged("Too many lines; the rest of this log is left out.", "WARN"))

    def progress(self, done: float, stage: str = "") -> None:
        """How far the work is, 0..1."""
        told_stage, told_done = self._told
        if stage == told_stage and done < 1 and done - told_done < PROGRESS_STEP:
            return
        if (stage, done) != self._told:
            self._told = (stage, done)
            self.log(f"{stage or 'progress'}: {min(max(done, 0.0), 1.0):.0%}")

    def preview(self, made: Made, values: Mapping[str, Any]) -> None:
        """An intermediate picture; its file is moved aside at once, so the engine may write the same name again."""
        if not self.options.streaming:
            return
        self._previews += 1
        aside = made.path.with_name(f"preview-{self._previews}{made.path.suffix}")
        os.replace(made.path, aside)
        event: Event = Previewed(Made(aside, made.content_type, made.facts), values)
        self._emit(event)
