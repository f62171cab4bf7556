"""Prometheus metrics, kept in plain dicts so that counting a request costs well under a microsecond."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any

from gesso import __version__

BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Upper bounds of the duration histogram's buckets, seconds."""


class Count:
    """Requests of one kind: how many took how long."""

    __slots__ = ("buckets", "seconds")

    def __init__(self) -> None:
        self.buckets = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0


class Metrics:
    """Counters of one server."""

    def __init__(self) -> None:
        self.counts: dict[tuple[str, str, int], Count] = {}
        self.in_flight = 0

    def observe(self, surface: str, method: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        count = self.counts.get((surface, method, status))
        if count is None:
            count = self.counts[surface, method, status] = Count()
        count.buckets[bisect_left(BOUNDS, seconds)] += 1
        count.seconds += seconds

    def render(self) -> bytes:
        """The text that Prometheus reads."""
        # Imported at the first scrape: most servers on a desk are never scraped.
        from prometheus_client import CollectorRegistry, generate_latest

        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Collector(self))
        return generate_latest(registry)


class _Collector:
    """Gives the counters to prometheus_client's writer."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        info = GaugeMetricFamily("gesso_build", "Constant 1, labelled with the version.", labels=["version"])
        info.add_metric([__version__], 1)
        yield info
        flight = GaugeMetricFamily("gesso_requests_in_flight", "HTTP requests being answered now.")
        flight.add_metric([], self._metrics.in_flight)
        yield flight
        count = CounterMetricFamily("gesso_requests", "HTTP requests answered.", labels=["surface", "method", "status"])
        for (surface, method, status), each in sorted(self._metrics.counts.items()):
            count.add_metric([surface, method, str(status)], sum(each.buckets))
        yield count
        spread = HistogramMetricFamily("gesso_request_seconds", "Time to answer, by surface.", labels=["surface"])
        for surface, total in sorted(self._by_surface().items()):
            spread.add_metric([surface], _cumulative(total.buckets), total.seconds)
        yield spread

    def _by_surface(self) -> dict[str, Count]:
        totals: dict[str, Count] = {}
        for (surface, _, _), each in self._metrics.counts.items():
            total = totals.setdefault(surface, Count())
            total.buckets = [left + right for left, right in zip(total.buckets, each.buckets, strict=True)]
            total.seconds += each.seconds
        return totals


def _cumulative(buckets: Iterable[int]) -> list[tuple[str, float]]:
    total = 0
    bounds = [*(f"{bound:g}" for bound in BOUNDS), "+Inf"]
    pairs: list[tuple[str, float]] = []
    for bound, number in zip(bounds, buckets, strict=True):
        total += number
        pairs.append((bound, total))
    return pairs
