"""Environments as a user would make them: the built wheel with its locked packages, and LiteLLM's proxy.

They are kept in `.cache/bench` and made anew when the wheel or the lock changes.
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
    """An environment with Gesso's wheel and the packages of `requirements/<lock>.txt`."""
    wheel = build_wheel()
    requirements = ROOT / "requirements" / f"{lock}.txt"
    mark = hashlib.sha256(wheel.read_bytes() + requirements.read_bytes()).hexdigest()
    locked = ["--no-deps", "--require-hashes", "-r", str(requirements)]
    return environment(f"gesso-{lock}", mark, [locked, ["--no-deps", str(wheel)]])


def litellm_environment() -> Path:
    """An environment with LiteLLM's proxy."""
    return environment("litellm", LITELLM, [[LITELLM]])


def environment(name: str, mark: str, installs: Sequence[Sequence[str]]) -> Path:
    """The environment of this name; made where it is not there or was made of something else."""
    path = WORK / name
    stamp = path / "made-of"
    if not stamp.exists() or stamp.read_text() != mark:
        shutil.rmtree(path, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(path)], check=True)
        for arguments in installs:
            pip = [sys.executable, "-m", "pip", "--python", str(path / "bin" / "python"), "install", "--quiet"]
            subprocess.run([*pip, *arguments], check=True, stderr=subprocess.DEVNULL)
        stamp.write_text(mark)
    return path


def build_wheel() -> Path:
    """The wheel of this checkout."""
    target = WORK / "wheel"
    shutil.rmtree(target, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", str(target)]
    subprocess.run([*pip, str(ROOT)], check=True, stderr=subprocess.DEVNULL)
    return next(target.glob("*.whl"))


def megabytes(path: Path) -> float:
    """Bytes of all files below a folder in MB (10^6), as pip left them, bytecode included."""
    return sum(each.lstat().st_size for each in path.rglob("*") if each.is_file() or each.is_symlink()) / 1e6
