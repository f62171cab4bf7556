"""The guards that every other test relies on do guard."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

import pytest

ELSEWHERE = ("192.0.2.1", 9)  # an address set aside for documentation; nothing is there


def test_connections_to_other_machines_are_refused() -> None:
    with socket.socket() as sock, pytest.raises(RuntimeError, match="a test connected to"):
        sock.connect(ELSEWHERE)


@pytest.mark.anyio
async def test_asynchronous_connections_are_refused_too() -> None:
    with pytest.raises(RuntimeError, match="a test connected to"):
        await asyncio.open_connection(*ELSEWHERE)


def test_names_are_not_resolved() -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("fal.run", 443)


def test_loopback_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1])).close()


def test_nothing_of_the_user_shows(clean_environment: Path) -> None:
    assert [name for name in os.environ if name.startswith(("GESSO_", "FAL_"))] == []
    assert os.environ["XDG_CONFIG_HOME"].startswith(str(clean_environment))


@pytest.mark.anyio
async def test_async_tests_run_on_asyncio(anyio_backend: str) -> None:
    assert anyio_backend == "asyncio"
