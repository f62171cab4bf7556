"""Run every benchmark, or those named, one after the other, and write the table of results.

python -m benchmarks [NAME ...]
"""

from __future__ import annotations

import subprocess
import sys

from benchmarks.processes import ROOT
from benchmarks.report import write_summary

NAMES = (
    "sync_run",
    "durable_submit",
    "submit_to_start",
    "status_get",
    "file_get",
    "png_encode",
    "sketch_image",
    "edit_12mp",
    "background_removal",
    "super_resolution",
    "interpolation",
    "speech",
    "video_upscale",
    "animatic",
    "memory",
    "gallery_time",
    "mesh",
    "startup",
)


def main(wanted: list[str]) -> int:
    """Run them, each in a process of its own; how many failed."""
    unknown = sorted(set(wanted) - set(NAMES))
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(NAMES)}.")
        return 2
    failed = 0
    for name in wanted or NAMES:
        failed += subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=ROOT, check=False).returncode != 0
    page = write_summary(NAMES)
    print(f"\nAll results: {page.relative_to(ROOT)}")
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
