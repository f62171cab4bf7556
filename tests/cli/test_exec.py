"""`gesso exec` and `gesso env`: what a program is told, and that its exit code comes back."""

from __future__ import annotations

import os
import sys

from tests.cli.conftest import Gesso
from tests.live import Server

SHOW = "import os; print(os.environ['FAL_KEY'], os.environ['HTTPS_PROXY'], os.environ['NODE_OPTIONS'])"


def test_the_cloud_key_stays_behind(gesso: Gesso) -> None:
    done = gesso("exec", "--", sys.executable, "-c", SHOW, FAL_KEY="cloud:secret", NODE_OPTIONS="--no-warnings")
    assert done.code == 0, done.err
    assert "cloud" not in done.out
    assert done.out.startswith("gesso:local http://127.0.0.1:")
    assert "--no-warnings --import file://" in done.out


def test_a_local_key_can_be_given(gesso: Gesso) -> None:
    assert gesso("exec", "--", sys.executable, "-c", SHOW, GESSO_KEY="a:b").out.startswith("a:b ")


def test_the_exit_code_is_the_programs(gesso: Gesso) -> None:
    assert gesso("exec", "--", sys.executable, "-c", "raise SystemExit(42)").code == 42
    assert gesso("exec", "--", sys.executable, "-c", "import os; os.kill(os.getpid(), 9)").code == 137


def test_a_missing_program(gesso: Gesso) -> None:
    assert gesso("exec", "--", "no-such-program").code == 127


def test_another_server_gets_a_proxy_in_front(gesso: Gesso, server: Server) -> None:
    code = "import urllib.request as u; print(u.urlopen('https://api.fal.ai/v1/models?limit=1').read().decode())"
    done = gesso("exec", "--url", server.url, "--", sys.executable, "-c", code)
    assert "endpoint_id" in done.out, done.err


def test_env_prints_what_exec_sets(gesso: Gesso, server: Server) -> None:
    lines = gesso("env").out.splitlines()
    names = {line.removeprefix("export ").partition("=")[0] for line in lines}
    assert {"HTTPS_PROXY", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "FAL_KEY"} <= names
    assert f"export GESSO_URL={server.url}" in lines
    assert "set -gx HTTPS_PROXY " in gesso("env", "--shell", "fish").out


def test_env_without_a_server(gesso: Gesso, tmp_path_factory: object) -> None:
    done = gesso("env", GESSO_DATA_DIR=os.devnull, GESSO_PORT="9")
    assert done.code == 1
    assert "gesso serve" in done.err
