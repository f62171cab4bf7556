"""The gallery's page: one result per endpoint, with what was asked."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

from gesso.endpoint import Endpoint, all_endpoints

INTRODUCTION = """# Gallery: one result per endpoint

Every endpoint's own example, made by the embedded engine `sketch` on a CPU with nothing downloaded.
`make gallery` makes it again; the pictures and clips that examples start from are made by Gesso too, but for one
portrait. Shown small: clips are cut to five seconds and songs to twenty. A sketch is a stand-in for the hosted model:
it has the form, the length and the fields of the real result, not its realism.
"""


def write(facts: dict[str, Any], folder: Path) -> None:
    """Write `index.md` beside the results."""
    sections: dict[str, list[Endpoint]] = {}
    for endpoint in all_endpoints():
        sections.setdefault(endpoint.category, []).append(endpoint)
    parts = [INTRODUCTION]
    for category in sorted(sections):
        parts.append(f"## {category}\n")
        parts += [_entry(endpoint, facts.get(endpoint.id)) for endpoint in sections[category]]
    (folder / "index.md").write_text("\n".join(parts), encoding="utf-8")


def _entry(endpoint: Endpoint, fact: dict[str, Any] | None) -> str:
    asked = {name: value for name, value in endpoint.example.items() if "example.com" not in json.dumps(value)}
    lines = ", ".join(f"{name}: {_short(value)}" for name, value in asked.items())
    shown = "Not made." if fact is None else _media(fact["file"], endpoint.title)
    took = "" if fact is None else f" · {fact['seconds']:g} s"
    return f"### {endpoint.id}\n\n{shown}\n\n{html.escape(lines, quote=False)}{took}\n"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    text = " / ".join(text.split("\n"))
    return text if len(text) < 240 else text[:240] + "…"


def _media(file: str, title: str) -> str:
    """HTML, since Markdown has nothing for sound and video. Paths count from the page's own folder."""
    if file.endswith(".mp4"):
        return f'<video src="{file}" controls loop muted playsinline width="400" preload="metadata"></video>'
    if file.endswith(".mp3"):
        return f'<audio src="{file}" controls preload="metadata"></audio>'
    return f"![{title}]({file})"
