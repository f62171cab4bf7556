"""What a user gets: the wheel builds, installs into an empty environment, and stays as small as promised."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

MB = 1_000_000
CORE_MB = 70
SKETCH_MB = 680

INSTALL = ("-m", "pip", "install", "--quiet", "--no-input", "--no-deps")
FOUNDATION = re.compile(r"^(pip|setuptools|wheel|pkg_resources|_distutils_hack|distutils-precedence)")


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """Standard output of a command that must succeed; both streams are shown when it does not."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def installed_bytes(python: Path) -> int:
    """Bytes in the environment's packages, less those that every environment starts with."""
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    total = 0
    for entry in site.iterdir():
        if not FOUNDATION.match(entry.name):
            files = entry.rglob("*") if entry.is_dir() else iter([entry])
            total += sum(file.stat().st_size for file in files if file.is_file() and not file.is_symlink())
    return total


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    return built(repository, folder)


@pytest.fixture(scope="module")
def assets(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(repository / "assets", tmp_path_factory.mktemp("assets"))


def built(project: Path, folder: Path) -> Path:
    """The wheel of a project, built with what is installed here."""
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, project)
    (wheel,) = folder.glob("*.whl")
    return wheel


def environment(folder: Path, lock: Path, *wheels: Path) -> Path:
    """A fresh environment with the locked packages and the wheels; gives its Python."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    run(python, *INSTALL, "--require-hashes", "-r", lock)
    run(python, *INSTALL, *wheels)
    run(python, "-m", "pip", "check")
    return python


def test_wheel_holds_the_package_and_its_licence(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"gesso"}
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert any(name.endswith("/licenses/NOTICE") for name in names)


def test_wheel_holds_every_file_that_git_tracks(repository: Path, wheel: Path) -> None:
    listing = run("git", "ls-files", "-z", "src/gesso", cwd=repository)
    tracked = {name.removeprefix("src/") for name in listing.split("\0") if name}
    assert tracked <= set(zipfile.ZipFile(wheel).namelist())


def test_assets_travel_in_their_own_wheel(repository: Path, assets: Path) -> None:
    listing = run("git", "ls-files", "-z", "gesso_sketch_assets", cwd=repository / "assets")
    tracked = {name for name in listing.split("\0") if name}
    assert tracked <= set(zipfile.ZipFile(assets).namelist())


def test_core_installs_alone_and_stays_small(repository: Path, wheel: Path, tmp_path: Path) -> None:
    python = environment(tmp_path / "core", repository / "requirements" / "core.txt", wheel)
    assert "Usage:" in run(python.parent / "gesso", "--help", cwd=tmp_path)
    assert "Usage:" in run(python, "-m", "gesso", "--help", cwd=tmp_path)
    assert installed_bytes(python) <= CORE_MB * MB


def test_sketch_installs_and_stays_within_its_size(repository: Path, wheel: Path, assets: Path, tmp_path: Path) -> None:
    python = environment(tmp_path / "sketch", repository / "requirements" / "sketch.txt", wheel, assets)
    facts = json.loads(run(python.parent / "gesso", "where", "fal-ai/flux-1/schnell", "--json", cwd=tmp_path))
    assert facts["engines"]["sketch"] == "ready"
    run(python, "-c", "from gesso.engines.sketch.composition import sprites; sprites.load('cat')", cwd=tmp_path)
    assert installed_bytes(python) <= SKETCH_MB * MB


@pytest.mark.parametrize("lock", ["build", "core", "dev", "sketch"])
def test_locks_pin_and_hash_everything_and_name_no_host(repository: Path, lock: str) -> None:
    text = (repository / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    assert "//" not in text
    packages = [line for line in text.splitlines() if line[:1].isalnum()]
    assert packages
    assert [line for line in packages if not re.match(r"[a-z0-9._-]+==\S+", line)] == []
    assert text.count("--hash=sha256:") >= len(packages)


def test_locks_agree(repository: Path) -> None:
    def versions(lock: str) -> set[str]:
        text = (repository / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
        return set(re.findall(r"^[a-z0-9._-]+==\S+", text, re.MULTILINE))

    assert versions("core") <= versions("sketch") <= versions("dev")


def test_javascript_lock_names_no_download_host(js_clients: Path) -> None:
    text = (js_clients / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in text
    assert '"node_modules/@fal-ai/client": {\n      "version": "1.10.1"' in text
