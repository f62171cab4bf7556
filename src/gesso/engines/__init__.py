"""The engines that this installation brings, in the order in which they are tried."""

from __future__ import annotations

from gesso.engines.engine import Engine
from gesso.engines.sketch.engine import SketchEngine


def engines() -> list[Engine]:
    """Every engine, cheap to ask: none of them loads a media or model library before it runs."""
    return [SketchEngine()]
