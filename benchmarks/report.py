"""What a benchmark found: ratios against a peer and values against a limit, printed and kept as JSON.

    report = Report("png_encode", "PNG encode of a 1024x768 picture, one core")
    report.compare(
        "encode", ours=9.8, peer=127.0, unit="ms", against="Pillow's default", at_least=6.0, lower_is_better=True
    )
    report.limit("encode on two cores", 7.1, "ms", at_most=12.0)
    report.tell("bytes", 1_400_000, "B")
    report.skip("against OpenCV", "OpenCV is not installed: pip install opencv-python-headless")
    report.finish()

Results hold no names of hosts, users or folders: they are published.
"""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure. `ratio` is how many times better than the peer: above 1, ours is better, whatever the unit."""

    what: str
    ours: float | None
    unit: str
    against: str | None = None
    peer: float | None = None
    ratio: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    met: bool | None = None
    """Whether the target was reached; none where there is no target or nothing was measured."""
    note: str | None = None


class Report:
    """The lines of one benchmark. `name` is its module's name."""

    def __init__(self, name: str, title: str, *, results: Path = RESULTS) -> None:
        self.name = name
        self.title = title
        self.lines: list[Line] = []
        self.facts: dict[str, Any] = {}
        self._results = results

    def compare(
        self,
        what: str,
        *,
        ours: float,
        peer: float,
        unit: str,
        against: str,
        at_least: float | None = None,
        lower_is_better: bool = False,
        note: str | None = None,
    ) -> float:
        """A figure beside its peer's, and the ratio to reach; returns the ratio."""
        ratio = peer / ours if lower_is_better else ours / peer
        met = None if at_least is None else ratio >= at_least
        self.lines.append(Line(what, ours, unit, against, peer, ratio, at_least, None, met, note))
        return ratio

    def limit(
        self,
        what: str,
        value: float,
        unit: str,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
        against: str | None = None,
        peer: float | None = None,
        note: str | None = None,
    ) -> None:
        """A figure that must stay below, or above, a number. A `peer`'s is told beside it; less is better there."""
        met = (at_most is None or value <= at_most) and (at_least is None or value >= at_least)
        ratio = None if peer is None else peer / value
        self.lines.append(Line(what, value, unit, against, peer, ratio, at_least, at_most, met, note))

    def tell(self, what: str, value: float, unit: str, *, against: str | None = None, note: str | None = None) -> None:
        """A figure without a target. With `against` it is the peer's own."""
        self.lines.append(Line(what, value, unit, against, note=note))

    def skip(self, what: str, why: str) -> None:
        """A line that could not be measured here; `why` says what to install or change."""
        self.lines.append(Line(what, None, "", note=f"not measured: {why}"))

    def finish(self) -> None:
        """Print the lines and write `results/<name>.json`."""
        print(f"\n{self.title}")
        for line in self.lines:
            print("  " + sentence(line))
        self._results.mkdir(exist_ok=True, parents=True)
        found = {
            "name": self.name,
            "title": self.title,
            "machine": machine(),
            "facts": self.facts,
            "lines": [{key: value for key, value in asdict(line).items() if value is not None} for line in self.lines],
        }
        (self._results / f"{self.name}.json").write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


def machine() -> dict[str, Any]:
    """What the figures depend on and what may be published of it."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0
    return {
        "cores": os.cpu_count(),
        "cpu": _cpu(),
        "memory_gib": round(memory / 1024**3),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def _cpu() -> str:
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1].strip() if found else platform.machine()


def number(value: float) -> str:
    """A figure with three or four digits that mean something."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def sentence(line: Line) -> str:
    """One line as a person reads it at a terminal."""
    if line.ours is None:
        return f"{line.what}: {line.note}"
    text = f"{line.what}: {number(line.ours)} {line.unit}"
    if line.ratio is not None and line.peer is not None:
        text += f"; {line.against} {number(line.peer)} {line.unit}; ratio {number(line.ratio)}"
    elif line.against:
        text += f" ({line.against})"
    wanted = target(line)
    return text + (f" [{'reached' if line.met else 'MISSED'}: {wanted}]" if wanted else "")


def target(line: Line) -> str:
    """The target in a few characters, empty where there is none."""
    parts = [f">= {number(line.at_least)}" if line.at_least is not None else ""]
    parts.append(f"<= {number(line.at_most)}" if line.at_most is not None else "")
    text = ", ".join(part for part in parts if part)
    return f"{text}x" if text and line.ratio is not None and line.at_most is None else text


# ---------------------------------------------------------------- the table of all results


def write_summary(names: Sequence[str], results: Path = RESULTS) -> Path:
    """`results/summary.md`: every result file there is, in the order of `names`."""
    found = [
        json.loads((results / f"{name}.json").read_text()) for name in names if (results / f"{name}.json").exists()
    ]
    page = results / "summary.md"
    page.write_text(summary(found))
    return page


def summary(found: Sequence[dict[str, Any]]) -> str:
    """All results as one Markdown page."""
    parts = ["# Figures\n", "Written by `make bench`. Ratios above 1 mean that Gesso is better than the peer.\n"]
    parts += [
        f"Machine: {facts['cores']} cores ({facts['cpu']}), {facts['memory_gib']} GiB, "
        f"{facts['system']}, Python {facts['python']}.\n"
        for facts in _distinct([one["machine"] for one in found])
    ]
    parts += [_section(one) for one in found]
    return "\n".join(parts)


def _section(found: dict[str, Any]) -> str:
    head = f"## {found['title']}\n\n`python -m benchmarks.{found['name']}`\n\n"
    table = "| what | Gesso | peer | ratio | to reach | |\n|---|---|---|---|---|---|\n"
    lines = [Line(**({"ours": None, "unit": ""} | line)) for line in found["lines"]]
    notes = [f"- {line.what}: {line.note}" for line in lines if line.note]
    return head + table + "\n".join(_row(line) for line in lines) + "\n" + "".join(f"\n{note}" for note in notes) + "\n"


def _row(line: Line) -> str:
    ours = "not measured" if line.ours is None else f"{number(line.ours)} {line.unit}"
    peer = f"{line.against}: {number(line.peer)} {line.unit}" if line.peer is not None else line.against or ""
    ratio = number(line.ratio) if line.ratio is not None else ""
    mark = {None: "", True: "reached", False: "**missed**"}[line.met]
    return f"| {line.what} | {ours} | {peer} | {ratio} | {target(line)} | {mark} |"


def _distinct(facts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for index, one in enumerate(facts) if one not in facts[:index]]
