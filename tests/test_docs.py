"""The documentation's navigation leaves no page out and names none that is gone."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def listed(nav: Any) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, dict):
        for value in nav.values():
            yield from listed(value)
    else:
        for item in nav:
            yield from listed(item)


def test_navigation_lists_every_page(repository: Path) -> None:
    config = tomllib.loads((repository / "zensical.toml").read_text(encoding="utf-8"))
    docs = repository / "docs"
    pages = {path.relative_to(docs).as_posix() for path in docs.rglob("*.md")}
    named = list(listed(config["project"]["nav"]))
    assert sorted(named) == sorted(pages)
