"""What a benchmark tells of its figures."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from benchmarks.report import Report, machine, write_summary


def lines(report: Report, folder: Path) -> list[dict[str, object]]:
    report.finish()
    found: list[dict[str, object]] = json.loads((folder / f"{report.name}.json").read_text())["lines"]
    return found


@pytest.mark.parametrize(
    ("ours", "peer", "lower_is_better", "ratio"),
    [(200.0, 100.0, False, 2.0), (50.0, 100.0, True, 2.0), (100.0, 50.0, True, 0.5), (50.0, 100.0, False, 0.5)],
)
def test_a_ratio_above_one_means_ours_is_better(
    tmp_path: Path, ours: float, peer: float, lower_is_better: bool, ratio: float
) -> None:
    report = Report("x", "X", results=tmp_path)
    given = report.compare(
        "it", ours=ours, peer=peer, unit="u", against="P", at_least=1.0, lower_is_better=lower_is_better
    )
    (line,) = lines(report, tmp_path)
    assert given == line["ratio"] == ratio
    assert line["met"] is (ratio >= 1.0)


@pytest.mark.parametrize(("value", "met"), [(0.9, True), (1.0, True), (1.1, False)])
def test_a_limit_is_met_up_to_its_number(tmp_path: Path, value: float, met: bool) -> None:
    report = Report("x", "X", results=tmp_path)
    report.limit("it", value, "s", at_most=1.0)
    assert lines(report, tmp_path)[0]["met"] is met


def test_a_line_without_a_target_is_neither_met_nor_missed(tmp_path: Path) -> None:
    report = Report("x", "X", results=tmp_path)
    report.tell("it", 3.0, "MB")
    report.skip("that", "nothing is installed: install it")
    told, skipped = lines(report, tmp_path)
    assert "met" not in told
    assert "met" not in skipped
    assert skipped["note"] == "not measured: nothing is installed: install it"


def test_the_summary_has_every_result_in_the_order_asked(tmp_path: Path) -> None:
    for name in ("second", "first"):
        report = Report(name, f"The {name}", results=tmp_path)
        report.limit("it", 2.0, "s", at_most=1.0, against="P", peer=8.0)
        report.finish()
    page = write_summary(["first", "missing", "second"], tmp_path).read_text()
    assert page.index("The first") < page.index("The second")
    assert page.count("| it | 2 s | P: 8 s | 4 | <= 1 | **missed** |") == 2


def test_results_name_no_host_and_no_folder(tmp_path: Path) -> None:
    report = Report("x", "X", results=tmp_path)
    report.tell("it", 3.0, "MB")
    report.finish()
    text = (tmp_path / "x.json").read_text()
    assert socket.gethostname() not in text
    assert str(Path.cwd()) not in text
    assert machine()["cores"] == os.cpu_count()
