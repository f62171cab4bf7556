"""`gesso models | schema | where`: told from the definitions alone."""

from __future__ import annotations

from tests.cli.conftest import Gesso


def test_models_lists_and_searches(gesso: Gesso) -> None:
    every = gesso("models").json
    assert len(every) == 67
    found = gesso("models", "upscale", "--category", "video-to-video").json
    assert {item["category"] for item in found} == {"video-to-video"}


def test_schema_has_four_forms(gesso: Gesso) -> None:
    endpoint = "fal-ai/flux-1/schnell"
    assert "prompt" in gesso("schema", endpoint).out
    assert gesso("schema", endpoint, "--format", "json").json["input"]["required"] == ["prompt"]
    assert gesso("schema", endpoint, "--format", "openapi").json["openapi"].startswith("3.")
    assert gesso("schema", endpoint, "--format", "llms").out.startswith("# ")


def test_schema_shows_defaults_as_a_request_holds_them(gesso: Gesso) -> None:
    rows = dict(
        line.split(maxsplit=1) for line in gesso("schema", "fal-ai/flux-1/schnell").out.splitlines() if line[:2] == "  "
    )
    assert rows["seed"].startswith("optional")
    assert rows["sync_mode"].startswith("= false")
    assert rows["output_format"].startswith('= "png"')


def test_run_says_how_to_find_endpoints(gesso: Gesso) -> None:
    out = gesso("run", "--help").out
    assert "run ENDPOINT [OPTIONS]" in out
    assert "gesso models WORD" in " ".join(out.split())


def test_where_tells_who_can_serve(gesso: Gesso) -> None:
    facts = gesso("where", "fal-ai/flux-1/schnell").json
    assert facts["task"] == "text-to-image"
    assert facts["engines"]["sketch"] == "ready"
    assert facts["weights"][0]["licence"] == "Apache-2.0"
    assert gesso("where", "fal-ai/sora-2/text-to-video/pro").json["vendor"]["shut"]


def test_where_of_nothing(gesso: Gesso) -> None:
    assert gesso("where", "nobody/nothing").code == 4
