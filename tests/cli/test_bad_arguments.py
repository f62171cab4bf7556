"""What cannot be done is told in a sentence with an exit code, never as a traceback."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gesso.cli import main
from gesso.settings import Settings
from tests.cli.conftest import Gesso
from tests.live import Server


def _told(*arguments: str, **environ: str) -> Result:
    result = CliRunner().invoke(main, list(arguments), env=environ)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


SETTINGS = [
    (("--port", "99999"), {}, "port"),
    (("--port", "-1"), {}, "port"),
    (("--workers", "-3"), {}, "workers"),
    (("--public-url", "nonsense"), {}, "public_url"),
    (("--public-url", "https://user@host"), {}, "public_url"),
    ((), {"GESSO_MAX_BODY": "abc"}, "max_body"),
    ((), {"GESSO_HEADER_SECONDS": "-1"}, "header_seconds"),
    ((), {"GESSO_PUBLIC_HOSTS": "[broken"}, "public_hosts"),
    ((), {"GESSO_TRUSTED_PROXIES": "proxy.example"}, "trusted_proxies"),
]


@pytest.mark.parametrize(("flags", "environ", "name"), SETTINGS)
def test_a_setting_that_cannot_be_used_is_named(
    tmp_path: Path, flags: tuple[str, ...], environ: dict[str, str], name: str
):
    result = _told("serve", "--data-dir", str(tmp_path / "data"), *flags, **environ)
    assert result.exit_code == 2
    error = json.loads(result.stdout)["error"]
    assert error["type"] == "invalid_setting"
    assert name in error["message"]
    assert not (tmp_path / "data").exists()


def test_the_help_of_serve_lists_every_setting():
    told = " ".join(_told("serve", "--help").stdout.split())
    for name, info in Settings.model_fields.items():
        assert f"GESSO_{name.upper()} {info.description}" in told


def test_a_configuration_that_is_no_toml_is_told(tmp_path: Path):
    (tmp_path / "config.toml").write_text("port = [")
    result = _told("serve", "--data-dir", str(tmp_path / "data"), GESSO_CONFIG=str(tmp_path / "config.toml"))
    assert result.exit_code == 2
    assert "TOML" in result.stderr


@pytest.mark.parametrize("arguments", [("create", ""), ("create", " "), ("create", "a" * 201), ("create", "\udcff")])
def test_a_key_has_a_name(tmp_path: Path, arguments: tuple[str, ...]):
    assert _told("keys", *arguments, "--data-dir", str(tmp_path / "data")).exit_code == 2
    assert not (tmp_path / "data").exists()


def test_an_empty_owner_is_none(tmp_path: Path):
    assert _told("keys", "create", "ci", "--owner", "", "--data-dir", str(tmp_path / "data")).exit_code == 2


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    result = _told("keys", "list", "--data-dir", str(tmp_path / "file" / "data"))
    assert result.exit_code == 1
    assert "file/data" in result.stderr


def test_a_server_that_is_no_url_cannot_be_reached():
    for url in ("nonsense", "ftp://host", "http://[", "http://127.0.0.1:1"):
        assert _told("status", "some-id", "--url", url).exit_code == 7


def test_a_port_that_is_taken_is_named(gesso: Gesso, tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = gesso("serve", "--port", port, "--workers", "0", "--data-dir", str(tmp_path / "data"))
    assert done.code == 1
    assert f"port {port}" in done.err
    assert "--port" in done.err


@pytest.mark.parametrize("wrong", ["prompt=a \udcff cat", "prompt:=NaN", "num_inference_steps:=1e999"])
def test_what_no_json_holds_is_refused_by_its_field(server: Server, wrong: str):
    result = _told("run", "fal-ai/flux-1/schnell", "prompt=x", wrong, "--url", server.url)
    assert result.exit_code == 1
    [problem] = json.loads(result.stdout)["error"]["body"]["detail"]
    assert problem["loc"] == ["body", wrong.partition("=")[0].rstrip(":")]


def test_an_id_of_any_bytes_is_looked_up(server: Server):
    assert _told("status", "\udcff", "--url", server.url).exit_code == 4
