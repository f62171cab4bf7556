"""Environments as a user would make them: the built wheel with its locked packages, and LiteLLM's proxy.

They are kept in `.cache/bench` and made anew when a lock changes; the wheel is always this checkout's.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.processes import ROOT, WORK

LITELLM = "litellm[proxy]==1.106.2"


def gesso_environment(lock: str) -> Path:
    """An environment with the packages of `requirements/<lock>.txt` and what this checkout builds for them."""
    requirements = ROOT / "requirements" / f"{lock}.txt"
    mark = hashlib.sha256(requirements.read_bytes()).hexdigest()
    path = environment(f"gesso-{lock}", mark, ["--no-deps", "--require-hashes", "-r", str(requirements)])
    sources = [ROOT, ROOT / "assets"] if lock == "sketch" else [ROOT]
    install(path, ["--no-deps", "--force-reinstall", *map(str, build_wheels(sources))])
    return path


def litellm_environment() -> Path:
    """An environment with LiteLLM's proxy."""
    return environment("litellm", LITELLM, [LITELLM])


def environment(name: str, mark: str, packages: Sequence[str]) -> Path:
    """The environment of this name; made where it is not there or was made of something else."""
    path = WORK / name
    stamp = path / "made-of"
    if not stamp.exists() or stamp.read_text() != mark:
        shutil.rmtree(path, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(path)], check=True)
        install(path, packages)
        stamp.write_text(mark)
    return path


def install(path: Path, packages: Sequence[str]) -> None:
    """Install into an environment with this one's pip, so that no pip counts in its size."""
    pip = [sys.executable, "-m", "pip", "--python", str(path / "bin" / "python"), "install", "--quiet"]
    subprocess.run([*pip, *packages], check=True, stderr=subprocess.DEVNULL)


def build_wheels(sources: Sequence[Path]) -> list[Path]:
    """The wheels of projects of this checkout."""
    target = WORK / "wheel"
    shutil.rmtree(target, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", str(target)]
    subprocess.run([*pip, *map(str, sources)], check=True, stderr=subprocess.DEVNULL)
    return sorted(target.glob("*.whl"))


def megabytes(path: Path) -> float:
    """Bytes of all files below a folder in MB (10^6), as pip left them, bytecode included."""
    return sum(each.lstat().st_size for each in path.rglob("*") if each.is_file() or each.is_symlink()) / 1e6
