"""Every endpoint's example, one after another on two cores, each from the request to the answer with its URLs.

python -m benchmarks.gallery_time [ENDPOINT...]

The examples are the gallery's, but no video that can be longer or larger is shorter than five seconds or smaller than
720p, and trainings take 50 steps. The pictures, clips and sounds that they start from are made before and not counted.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import httpx2

from benchmarks.orders import ordered
from benchmarks.report import Report
from gesso import catalog
from gesso.endpoint import all_endpoints
from scripts.gallery.__main__ import server
from scripts.gallery.materials import Materials

LINES, SECONDS = 720, 5.0
MOST = 480.0
SHOWN = 12
"""Endpoints that are told one by one: the slowest."""


def main(wanted: list[str]) -> None:
    """Run them and add up."""
    catalog.load()
    endpoints = [endpoint for endpoint in all_endpoints() if not wanted or endpoint.id in wanted]
    spent = dict[str, float]()
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as http:
        materials = Materials(http, Path(folder))
        for endpoint in endpoints:
            asked = materials.filled(ordered(endpoint, lines=LINES, seconds=SECONDS))
            started = time.perf_counter()
            _answered(materials, endpoint.id, asked)
            spent[endpoint.id] = time.perf_counter() - started
            print(f"{endpoint.id}: {spent[endpoint.id]:.1f} s", flush=True)
    report = Report("gallery_time", f"The examples of {len(spent)} endpoints, one after another, two cores")
    for id_ in sorted(spent, key=lambda one: -spent[one])[:SHOWN]:
        report.tell(id_, round(spent[id_], 1), "s")
    report.limit("all of them", round(sum(spent.values())), "s", at_most=MOST)
    report.finish()


def _answered(materials: Materials, endpoint: str, asked: dict[str, object]) -> None:
    try:
        materials.run(endpoint, asked)
    except httpx2.HTTPError as error:
        raise RuntimeError(f"{endpoint}: {error!r}") from error


if __name__ == "__main__":
    main(sys.argv[1:])
