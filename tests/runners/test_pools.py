"""What every pool promises of work that behaves: one suite over all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesso.errors import CapExceeded, ContentRefused, EngineUnavailable, InputError, RequestError, UpstreamFault
from gesso.runners.inline import InlinePool
from gesso.runners.work import EngineFault, Pool, Previewed, Started
from tests.engines.null import PNG
from tests.runners.conftest import Bench, Open
from tests.runners.rogue import engines

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["inline", "processes"])
async def bench(request: pytest.FixtureRequest, open_pool: Open, tmp_path: Path) -> Bench:
    pool: Pool = InlinePool(engines()) if request.param == "inline" else await open_pool()
    return Bench(pool, tmp_path)


async def test_files_and_values(bench: Bench) -> None:
    result = await bench.do("picture")
    [made] = result.files["images"]
    assert made.path.read_bytes() == PNG
    assert made.path.is_relative_to(bench.tmp)
    assert (made.content_type, dict(made.facts)) == ("image/png", {"width": 1, "height": 1})
    assert result.values["has_nsfw_concepts"] == [False]
    assert result.parts == ("part",)


async def test_it_says_when_work_starts(bench: Bench) -> None:
    await bench.do("picture")
    assert [type(event) for event in bench.events] == [Started]


async def test_no_folder_unless_there_is_something_to_write(bench: Bench) -> None:
    await bench.do("greet")
    assert list(bench.tmp.iterdir()) == []


async def test_previews_in_order_and_each_its_own_file(bench: Bench) -> None:
    await bench.do("previews 3", streaming=True)
    previews = [event for event in bench.events if isinstance(event, Previewed)]
    assert [event.values["seed"] for event in previews] == [0, 1, 2]
    assert [event.made.path.read_bytes() for event in previews] == [PNG + bytes([number]) for number in range(3)]


async def test_no_previews_where_nobody_watches(bench: Bench) -> None:
    await bench.do("previews 3")
    assert not any(isinstance(event, Previewed) for event in bench.events)


async def test_input_error_keeps_its_facts(bench: Bench) -> None:
    with pytest.raises(InputError, match="no such adapter") as caught:
        await bench.do("refuse input")
    [problem] = caught.value.problems
    assert problem.loc == ("body", "loras", 0, "path")
    assert (problem.type, problem.ctx, problem.input) == ("value_error", {"ge": 1}, "x")


@pytest.mark.parametrize(
    ("which", "error", "status", "error_type"),
    [
        ("content", ContentRefused, 422, "content_policy_violation"),
        ("engine", EngineUnavailable, 422, "feature_not_supported"),
        ("upstream", UpstreamFault, 500, "downstream_service_unavailable"),
        ("request", RequestError, 429, "rate_limited"),
        ("memory", CapExceeded, 500, "internal_server_error"),
        ("native memory", CapExceeded, 500, "internal_server_error"),
    ],
)
async def test_errors_on_purpose(
    bench: Bench, which: str, error: type[RequestError], status: int, error_type: str
) -> None:
    with pytest.raises(error) as caught:
        await bench.do(f"refuse {which}")
    failure = caught.value.failure()
    assert (failure.status, failure.error_type) == (status, error_type)


async def test_a_bug_is_an_engine_fault_with_its_story(bench: Bench) -> None:
    with pytest.raises(EngineFault, match="ZeroDivisionError: a bug"):
        await bench.do("refuse bug")
    assert (await bench.do("greet")).values["pid"]
