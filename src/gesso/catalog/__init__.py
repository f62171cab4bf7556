"""The 67 endpoints, each defined once: one module per app (`owner/alias`), found here by being in this folder.

A module holds its app's `Input` classes, what each input means (`task()`) and `ENDPOINTS`. Only the wiring (CLI,
server, worker) imports this package; everything else asks the registry in `gesso.endpoint`.
"""

from __future__ import annotations

import importlib
import pkgutil

from gesso.endpoint import register


def load() -> None:
    """Register the endpoints of every module in this package; calling it again changes nothing."""
    for module in pkgutil.iter_modules(__path__):
        register(importlib.import_module(f"{__name__}.{module.name}").ENDPOINTS)
