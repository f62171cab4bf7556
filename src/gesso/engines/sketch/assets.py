"""Where the embedded engine's vendored files are: weights, sprites, words, fonts.

They are a distribution of their own, `gesso-sketch-assets`. Its `assets.toml` says for each file what it is, which
package and version it comes from, its licence and its hash; tests hold those, nothing is hashed at run time.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "gesso_sketch_assets"


class AssetMissing(FileNotFoundError):
    """A vendored file is not where it was installed."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The sketch engine's file {name!r} is missing. In a checkout run `pip install ./assets`; "
            f"an installed copy is repaired by `pip install --force-reinstall 'gesso[sketch]'`."
        )
        self.name = name


@cache
def path(name: str) -> Path:
    """Return the path of an asset, e.g. `path("upscale/span-x4.bin")`.

    Raises AssetMissing when there is no such file, or when the package was not installed as plain files.
    """
    spec = find_spec(PACKAGE)
    found = Path(spec.origin).parent / name if spec is not None and spec.origin is not None else None
    if found is None or not found.is_file():
        raise AssetMissing(name)
    return found
