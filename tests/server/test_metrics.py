"""Counters for Prometheus, and who may read them; the probes."""

from __future__ import annotations

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from gesso.server.metrics import BOUNDS, Metrics
from tests.server.world import World

pytestmark = pytest.mark.anyio


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = text_string_to_metric_families(text)
    return {
        (each.name, tuple(sorted(each.labels.items()))): each.value for family in families for each in family.samples
    }


def test_requests_are_counted_by_kind_and_time():
    metrics = Metrics()
    for seconds in (0.0004, 0.3, 1000.0):
        metrics.observe("run", "POST", 200, seconds)
    metrics.observe("run", "POST", 422, 0.3)
    metrics.observe("queue", "GET", 202, 0.3)
    found = samples(metrics.render().decode())
    labels = (("method", "POST"), ("status", "200"), ("surface", "run"))
    assert found["gesso_requests_total", labels] == 3
    assert found["gesso_request_seconds_count", (("surface", "run"),)] == 4
    assert found["gesso_request_seconds_sum", (("surface", "run"),)] == pytest.approx(1000.6004)
    buckets = {key[1][0][1]: value for key, value in found.items() if key[0].endswith("_bucket") and "run" in str(key)}
    assert (buckets["0.0005"], buckets["0.25"], buckets["0.5"], buckets["+Inf"]) == (1, 1, 3, 4)
    assert len(buckets) == len(BOUNDS) + 1


async def test_every_answer_is_counted(place: World, client: httpx2.AsyncClient):
    await client.post("/run/test/noop", json={"prompt": "a"})
    await client.post("/run/test/none", json={})
    await client.get("/healthz", headers={"host": "evil.test"})
    found = samples((await client.get("/metrics")).text)
    assert found["gesso_requests_total", (("method", "POST"), ("status", "200"), ("surface", "run"))] == 1
    assert found["gesso_requests_total", (("method", "POST"), ("status", "404"), ("surface", "run"))] == 1
    assert found["gesso_requests_total", (("method", "GET"), ("status", "421"), ("surface", "site"))] == 1
    assert found["gesso_requests_in_flight", ()] == 1


async def test_the_counters_are_an_admins_business_once_there_are_keys(place: World):
    key, admin = await place.keyring.create("a"), await place.keyring.create("b", "ADMIN")
    async with place.client() as caller:
        assert (await caller.get("/metrics")).status_code == 401
        for made, status in ((key, 403), (admin, 200)):
            reply = await caller.get("/metrics", headers={"authorization": f"Key {made.credential}"})
            assert reply.status_code == status


async def test_the_probes(place: World, client: httpx2.AsyncClient):
    await place.keyring.create("a")
    assert (await client.get("/healthz")).json()["status"] == "ok"
    assert (await client.head("/healthz")).content == b""
    assert (await client.get("/readyz")).json()["status"] == "ready"
    await place.station.db.close()
    assert (await client.get("/readyz")).status_code == 503
    assert (await client.get("/healthz")).status_code == 200
