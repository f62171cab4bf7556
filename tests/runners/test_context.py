"""What an engine says of itself: bounded, and no more often than somebody would read it."""

from __future__ import annotations

from pathlib import Path

from gesso.engines.engine import EngineOptions, Made
from gesso.runners.context import MAX_LINE, MAX_LINES, RunContext
from gesso.runners.work import Event, Logged, Previewed, Work
from gesso.tasks import Task


def context_of(tmp: Path, events: list[Event], *, streaming: bool = False) -> RunContext:
    options = EngineOptions(streaming=streaming)
    work = Work(job="1", endpoint="o/a", engine="e", task=Task(), tmp=str(tmp / "folder"), options=options)
    return RunContext(work, events.append)


def test_the_folder_is_made_when_asked_for(tmp_path: Path) -> None:
    context = context_of(tmp_path, [])
    assert not (tmp_path / "folder").exists()
    assert context.tmp.is_dir()
    assert context.tmp == tmp_path / "folder"


def test_lines_are_cut_and_counted(tmp_path: Path) -> None:
    events: list[Event] = []
    context = context_of(tmp_path, events)
    context.log("x" * (MAX_LINE + 1))
    context.log("one\ntwo", "WARN")
    assert events == [Logged("x" * MAX_LINE), Logged("one", "WARN"), Logged("two", "WARN")]
    context.log("y\n" * 5000)
    assert len(events) == MAX_LINES
    assert events[-1] == Logged("Too many lines; the rest of this log is left out.", "WARN")


def test_progress_by_tenths_and_stages(tmp_path: Path) -> None:
    events: list[Event] = []
    context = context_of(tmp_path, events)
    for percent in range(101):
        context.progress(percent / 100, "draw")
    context.progress(0.0, "encode")
    context.progress(0.01, "encode")
    messages = [event.message for event in events if isinstance(event, Logged)]
    assert messages[0] == "draw: 0%"
    assert messages[-2:] == ["draw: 100%", "encode: 0%"]
    assert len(messages) <= 13


def test_a_preview_is_moved_aside(tmp_path: Path) -> None:
    events: list[Event] = []
    context = context_of(tmp_path, events, streaming=True)
    for content in (b"1", b"2"):
        path = context.tmp / "step.png"
        path.write_bytes(content)
        context.preview(Made(path, "image/png", {}), {})
    made = [event.made.path for event in events if isinstance(event, Previewed)]
    assert [path.read_bytes() for path in made] == [b"1", b"2"]
