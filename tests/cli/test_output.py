"""What commands show to people: on a real terminal, and in a pipe."""

from __future__ import annotations

import io
import os
import sys

import pytest

from gesso.cli.output import passing_line, printable


def test_a_passing_line_replaces_itself_on_a_terminal_and_is_gone_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.openpty()
    with os.fdopen(writer, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setenv("COLUMNS", "20")
        with passing_line() as show:
            show("queued, 2 ahead")
            show("a line that is longer than the terminal is wide")
        terminal.flush()
        expected = b"\r\x1b[Kqueued, 2 ahead\r\x1b[Ka line that is long\r\x1b[K"
        seen = b""
        while len(seen) < len(expected):
            seen += os.read(reader, 4096)
    os.close(reader)
    assert seen == expected


def test_a_pipe_gets_no_passing_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.StringIO()
    monkeypatch.setattr(sys, "stderr", pipe)
    with passing_line() as show:
        show("queued")
    assert pipe.getvalue() == ""


def test_words_of_others_cannot_steer_the_terminal() -> None:
    assert printable("red\x1b[2Jfox\r\nüber") == "red [2Jfox  über"
