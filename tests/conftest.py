"""What every test stands on: asyncio, a clean environment, and no way off this machine."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# A property that fails must fail again: no wall-clock deadlines anywhere, fixed examples in CI.
settings.register_profile("desk", deadline=None, print_blob=True)
settings.register_profile(
    "ci", deadline=None, print_blob=True, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci" if os.environ.get("CI") else "desk")

CLEARED_PREFIXES = ("GESSO_", "FAL_")
CLEARED = {
    "ALL_PROXY",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NODE_EXTRA_CA_CERTS",
    "NODE_OPTIONS",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_FILE",
}


class LeftTheMachine(RuntimeError):
    """A test tried to reach another host. Not an OSError, so that no retry or fall-back can hide it."""


def _is_local(host: str) -> bool:
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _guard(event: str, args: tuple[Any, ...]) -> None:
    """Audit hook: connections go to loopback only, and no name is asked of a resolver."""
    if event == "socket.connect":
        address = args[1]
        if isinstance(address, tuple) and not _is_local(str(address[0])):
            raise LeftTheMachine(f"a test connected to {address!r}")
    elif event == "socket.getaddrinfo":
        host = args[0].decode() if isinstance(args[0], bytes) else args[0]
        if host is not None and not _is_local(host) and not _is_literal(host):
            raise socket.gaierror(socket.EAI_NONAME, f"tests resolve no names, asked for {host!r}")


sys.addaudithook(_guard)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Async tests run on asyncio, the loop that serves."""
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """No setting, key or proxy of the person who runs the tests reaches them; gives the stand-in config root."""
    root = tmp_path_factory.mktemp("user")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(CLEARED_PREFIXES) or name.upper() in CLEARED:
                patch.delenv(name)
        patch.setenv("XDG_CONFIG_HOME", str(root / "config"))
        patch.setenv("XDG_DATA_HOME", str(root / "data"))
        yield root


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout's root folder."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def js_clients(repository: Path) -> Path:
    """The folder in which the official JavaScript clients are installed."""
    folder = repository / "tests" / "clients" / "js"
    if not (folder / "node_modules").is_dir():
        pytest.fail("the JavaScript clients are not installed: run `make test`")
    return folder


@pytest.fixture(scope="session")
def node() -> str:
    """The Node to run JavaScript with: the machine's own, else the one a package brings."""
    from tests.clients import npm

    return npm.node()
