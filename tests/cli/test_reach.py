"""Which server, and whose data folder, a command means that was told of none."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesso.cli.reach import data_dir
from gesso.cli.running import Running
from gesso.settings import Settings
from tests.live import Server


def test_the_folder_of_the_server_that_runs_here_unless_one_is_named(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a checkout, `gesso keys create` must close the door of `make serve`, not that of a server which never was."""
    usual, checkout = tmp_path / "gesso", Path(".gesso")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("GESSO_DATA_DIR", raising=False)
    monkeypatch.chdir(tmp_path)
    checkout.mkdir()
    assert data_dir(Settings()) == usual
    Running(server.url, 1).leave(checkout)
    assert data_dir(Settings()) == checkout
    assert data_dir(Settings(data_dir=tmp_path)) == tmp_path
    monkeypatch.setenv("GESSO_DATA_DIR", str(usual))
    assert data_dir(Settings()) == usual
