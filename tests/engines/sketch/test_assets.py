"""Every vendored file is what the manifest says, may be shipped, and comes from where it says."""

from __future__ import annotations

import hashlib
import importlib
import subprocess
import sys
import tomllib
from typing import Any

import pytest

from gesso.engines.sketch import assets

FOLDER = assets.path("assets.toml").parent
MANIFEST: list[dict[str, Any]] = tomllib.loads(assets.path("assets.toml").read_text())["asset"]
#: What the core may carry: nothing share-alike, nothing non-commercial.
ALLOWED = {"MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "OFL-1.1", "WordNet"}
LIMIT = 44_000_000
MODULES = (
    "assets",
    "composition.fonts",
    "runtime",
    "safety",
    "style.neural_style",
    "upscale",
    "words.lexicon",
)


@pytest.mark.parametrize("asset", MANIFEST, ids=lambda a: a["file"])
def test_bytes_are_those_of_the_manifest(asset: dict[str, Any]) -> None:
    data = assets.path(asset["file"]).read_bytes()
    assert len(data) == asset["bytes"]
    assert hashlib.sha256(data).hexdigest() == asset["sha256"]


@pytest.mark.parametrize("asset", MANIFEST, ids=lambda a: a["file"])
def test_licence_is_allowed_and_its_text_is_here(asset: dict[str, Any]) -> None:
    assert set(asset["licence"].split(" AND ")) <= ALLOWED
    for name in asset["licence_files"]:
        text = (FOLDER / "licences" / name).read_text()
        assert len(text) > 500


@pytest.mark.parametrize("asset", MANIFEST, ids=lambda a: a["file"])
def test_origin_names_package_version_and_file(asset: dict[str, Any]) -> None:
    for origin in asset["origins"]:
        assert origin["registry"] in ("pypi", "npm", "gesso")
        assert origin["package"]
        assert origin["file"]
        assert origin["version"] or origin["registry"] == "gesso"


def test_no_file_is_outside_the_manifest() -> None:
    listed = {asset["file"] for asset in MANIFEST}
    licences = {f"licences/{name}" for asset in MANIFEST for name in asset["licence_files"]}
    there = {
        path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file() and path.suffix != ".pyc"
    }
    assert there == listed | licences | {"assets.toml", "__init__.py"}


def test_all_files_together_stay_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) <= LIMIT


def test_missing_file_names_the_remedy() -> None:
    with pytest.raises(assets.AssetMissing, match="pip install") as caught:
        assets.path("no/such.bin")
    assert caught.value.name == "no/such.bin"
    assert "pip install" in str(caught.value)


def test_importing_loads_no_heavy_package() -> None:
    names = ", ".join(f"gesso.engines.sketch.{name}" for name in MODULES)
    heavy = "{'ncnn', 'onnxruntime', 'cv2', 'PIL'}"
    code = f"import sys, {names}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_modules_are_all_named_here() -> None:
    for name in MODULES:
        assert importlib.import_module(f"gesso.engines.sketch.{name}").__doc__
