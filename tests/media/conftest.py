"""A server that runs the campaign, and what it must look like afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hostile.conftest import Target
from tests.live import Server


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A server with one child process: a file that kills it is seen at once. Absent seeds follow from the input."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GESSO_SEED", "input")
        patch.setenv("GESSO_MAX_ATTEMPTS", "1")
        server = Server(tmp_path_factory.mktemp("media"), "--workers", "1")
    made = Target(server)
    made.http.timeout = 120
    yield made
    made.http.close()
    server.close()


@pytest.fixture(autouse=True, scope="module")
def aftermath(target: Target) -> Iterator[None]:
    """After each module the server still serves and has kept nothing of what it was sent."""
    yield
    target.is_well()
    assert not [*target.server.data_dir.parent.rglob("escaped*")]
