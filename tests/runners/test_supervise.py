"""A child's peak of memory is its own, however large the process that started it."""

from __future__ import annotations

import resource

from gesso.runners.supervise import _peak


def test_a_peak_inherited_from_us_is_none() -> None:
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert _peak(ours) == 0
    assert _peak(ours - 1) == 0


def test_a_peak_beyond_ours_counts() -> None:
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert _peak(ours * 4) >= ours * 4
