"""Open mode and its end: the first key closes a running server, a revoked one opens nothing."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from tests.cli.conftest import Gesso
from tests.live import Server

RUN = "/run/fal-ai/flux-1/schnell"


def _status(server: Server, key: str | None) -> int:
    headers = {"authorization": f"Key {key}"} if key else {}
    # An input that fails validation: whoever is let in gets 422.
    return httpx2.post(server.url + RUN, json={}, headers=headers, trust_env=False).status_code


def test_the_life_of_a_key(gesso: Gesso, tmp_path: Path) -> None:
    server = Server(tmp_path, "--workers", "1")
    here = ("--data-dir", str(tmp_path))
    try:
        assert _status(server, None) == 422
        made = gesso("keys", "create", "ci", *here).json
        assert _status(server, None) == 401
        assert _status(server, "wrong:key") == 401
        assert _status(server, made["key"]) == 422
        assert made["key"].partition(":")[2] not in gesso("keys", "list", *here).out
        assert gesso("keys", "revoke", made["key_id"], *here).code == 0
        assert _status(server, made["key"]) == 401
        assert gesso("keys", "revoke", "nothing", *here).code == 4
    finally:
        server.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_beyond_loopback_there_must_be_keys(gesso: Gesso, tmp_path: Path, host: str) -> None:
    done = gesso("serve", "--host", host, "--port", "0", "--data-dir", str(tmp_path))
    assert done.code == 1
    assert "keys create" in done.err


def test_what_it_prints_on_every_address_works_as_it_stands(gesso: Gesso, tmp_path: Path) -> None:
    """The address of "everywhere" is no address to call, and with keys every line needs one."""
    key = gesso("keys", "create", "ci", "--data-dir", str(tmp_path)).json["key"]
    server = Server(tmp_path, "--workers", "0", "--host", "0.0.0.0")
    try:
        assert _status(server, key) == 422
        assert gesso("status", "unknown", "--key", key, GESSO_DATA_DIR=str(tmp_path)).code == 4
        printed = server.output()
        assert f"curl {server.url}/run/" in printed
        assert "curl -H" not in printed
        assert printed.count("$FAL_KEY") == 3
        assert "0.0.0.0" not in printed
    finally:
        server.close()
