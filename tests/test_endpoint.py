"""One definition, and what derives from it."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from gesso import endpoint as module
from gesso.endpoint import (
    Endpoint,
    Input,
    Limits,
    Units,
    Weights,
    all_endpoints,
    find,
    find_rule,
    lookup,
    media_rule,
    nearest,
    register,
)
from gesso.errors import InputError, RequestError
from gesso.shapes import ImageListOutput, ImageUrl, MediaRule, SizeChoice, VideoUrl
from gesso.tasks import Detect
from gesso.validation import MAX_TEXT

PORTRAIT = MediaRule("image", max_side=100)


class Made(Input):
    prompt: str = ""
    image_url: ImageUrl = "https://example.com/a.png"
    portrait_url: Annotated[str, PORTRAIT] | None = None
    video_urls: list[VideoUrl] | None = None
    num_images: int = Field(1, ge=1)
    image_size: SizeChoice = "square"
    duration: str = "5s"
    style: str = "plain"

    def task(self) -> Detect:
        return Detect(image=self.media("image_url"), prompt=self.prompt)


def made(**raw: Any) -> Made:
    return Made.model_validate(raw)


def endpoint(id_: str, **more: Any) -> Endpoint:
    return Endpoint(
        id=id_,
        title="Made up",
        about="An endpoint for tests.",
        category="vision",
        input=Made,
        output=ImageListOutput,
        example={},
        **more,
    )


@pytest.fixture(autouse=True)
def empty_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry of this test's own."""
    monkeypatch.setattr(module, "_endpoints", {})
    monkeypatch.setattr(module, "_aliases", {})


# ---------------------------------------------------------------- media


def test_the_rule_of_a_media_field_is_found_through_options_and_lists():
    assert media_rule(Made, "image_url").kind == "image"
    assert media_rule(Made, "portrait_url") == PORTRAIT
    assert media_rule(Made, "video_urls").kind == "video"
    assert find_rule(Made, "prompt") is None


def test_a_field_without_a_rule_is_no_media_field():
    with pytest.raises(TypeError, match=r"Made\.prompt"):
        media_rule(Made, "prompt")


def test_media_know_their_field():
    values = made(video_urls=["https://example.com/a", "https://example.com/b"], portrait_url="data:,")
    assert values.media("image_url").loc == ("image_url",)
    assert [media.loc for media in values.media_list("video_urls")] == [("video_urls", 0), ("video_urls", 1)]
    portrait = values.optional_media("portrait_url")
    assert portrait
    assert (portrait.url, portrait.rule) == ("data:,", PORTRAIT)


@pytest.mark.parametrize("empty", [None, ""])
def test_absent_media_are_none(empty: str | None):
    assert made(portrait_url=empty).optional_media("portrait_url") is None
    assert made(video_urls=None).media_list("video_urls") == ()


def test_an_input_says_what_it_means_or_fails():
    with pytest.raises(NotImplementedError):
        Input().task()


# ---------------------------------------------------------------- parse


def test_parse_ignores_unknown_fields():
    assert endpoint("a/b").parse({"prompt": "x", "more": 1}, Limits()) == made(prompt="x")


def test_an_input_cannot_be_changed():
    values = endpoint("a/b").parse({}, Limits())
    with pytest.raises(Exception, match="frozen"):
        values.prompt = "b"  # pyright: ignore[reportAttributeAccessIssue]


def test_the_operators_bound_on_the_number_of_pictures():
    endpoint("a/b").parse({"num_images": 3}, Limits(max_images=3))
    with pytest.raises(InputError) as caught:
        endpoint("a/b").parse({"num_images": 4}, Limits(max_images=3))
    (problem,) = caught.value.problems
    assert (problem.loc, problem.type, problem.ctx, problem.input) == (
        ("body", "num_images"),
        "less_than_equal",
        {"le": 3},
        4,
    )


def test_only_a_media_field_takes_a_data_uri_longer_than_a_text_may_be():
    uri = "data:text/plain," + "a" * MAX_TEXT
    endpoint("a/b").parse({"image_url": uri, "video_urls": [uri]}, Limits())
    with pytest.raises(InputError) as caught:
        endpoint("a/b").parse({"prompt": uri}, Limits())
    (problem,) = caught.value.problems
    assert (problem.loc, problem.type, problem.ctx) == (
        ("body", "prompt"),
        "sequence_too_long",
        {"max_length": MAX_TEXT},
    )


def test_the_operators_bound_on_the_area():
    limits = Limits(max_pixels=1000 * 1000)
    endpoint("a/b").parse({"image_size": {"width": 2000, "height": 500}}, limits)
    with pytest.raises(InputError) as caught:
        endpoint("a/b").parse({"image_size": {"width": 2000, "height": 501}}, limits)
    (problem,) = caught.value.problems
    assert (problem.loc, problem.type) == (("body", "image_size"), "image_too_large")
    assert problem.ctx == {"max_height": 1000, "max_width": 1000}


# ---------------------------------------------------------------- units


@pytest.mark.parametrize(
    ("units", "raw", "count"),
    [
        (Units(), {}, 1),
        (Units(base=2.5), {}, 2.5),
        (Units(count="num_images"), {"num_images": 3}, 3),
        (Units(count="duration"), {"duration": "9s"}, 9),
        (Units(count="portrait_url"), {}, 1),
        (Units(times={"style": {"vector*": 2}}), {"style": "vector/flat"}, 2),
        (Units(times={"style": {"vector*": 2}}), {"style": "plain"}, 1),
        (Units(times={"style": {"vector": 2}}), {"style": "vector/flat"}, 1),
        (Units(times={"style": {"a": 2, "a*": 3}}), {"style": "a"}, 2),
        (
            Units(count="num_images", times={"style": {"a": 4}, "duration": {"9s": 2}}),
            {"style": "a", "duration": "9s", "num_images": 2},
            16,
        ),
    ],
)
def test_units(units: Units, raw: dict[str, Any], count: float):
    assert units.of(made(**raw)) == count


def test_units_that_only_the_result_knows():
    units = Units(unit="second", measured="duration")
    assert units.of(made(), {"duration": 12.5}) == 12.5
    assert units.of(made(), {}) == 1
    assert units.of(made()) == 1


# ---------------------------------------------------------------- registry


def test_the_app_is_the_first_two_segments():
    assert endpoint("owner/alias/with/more").app == "owner/alias"
    assert endpoint("owner/alias").app == "owner/alias"


def test_endpoints_are_found_by_id_and_alias_and_listed_once():
    one, two = endpoint("b/two", aliases=("b/second",)), endpoint("a/one")
    register([one, two])
    assert (find("b/two"), find("b/second"), lookup("a/one")) == (one, one, two)
    assert all_endpoints() == [two, one]


def test_registering_again_is_harmless():
    one = endpoint("a/one")
    register([one])
    register([one])
    assert all_endpoints() == [one]


def test_two_definitions_of_one_id_are_an_error():
    register([endpoint("a/one")])
    with pytest.raises(ValueError, match="two definitions of a/one"):
        register([endpoint("a/one", streams=True)])


def test_an_unknown_id_is_404_with_the_nearest():
    register([endpoint("fal-ai/flux-1/schnell", aliases=("fal-ai/flux/schnell",)), endpoint("other/thing")])
    with pytest.raises(RequestError) as caught:
        find("fal-ai/flux-1/schnel")
    failure = caught.value.failure()
    assert (failure.status, failure.error_type) == (404, "not_found")
    assert failure.body["nearest"][0] == "fal-ai/flux-1/schnell"
    assert "Did you mean fal-ai/flux-1/schnell" in failure.body["detail"]
    assert failure.headers["x-fal-billable-units"] == "0"


def test_an_id_like_none_is_404_without_a_hint():
    register([endpoint("a/one")])
    with pytest.raises(RequestError) as caught:
        find("q" * 5000)
    failure = caught.value.failure()
    assert failure.body["nearest"] == []
    assert len(failure.body["detail"]) < 300
    assert lookup("q") is None


def test_the_nearest_are_best_first():
    register([endpoint("owner/alpha"), endpoint("owner/alphas"), endpoint("owner/beta")])
    assert nearest("owner/alpha2", count=2) == ["owner/alpha", "owner/alphas"]


# ---------------------------------------------------------------- facts


def test_weights_may_stand_in_for_anothers():
    weights = Weights("owner/model", pipeline="P", licence="MIT")
    assert weights.exact
    assert weights.as_substitute() == Weights("owner/model", pipeline="P", licence="MIT", exact=False)


def test_secrets_are_none_unless_declared():
    class Keyed(Input):
        secrets = frozenset({"api_key"})
        api_key: str = ""

    assert Made.secrets == frozenset()
    assert Keyed.secrets == {"api_key"}
    assert issubclass(Keyed, BaseModel)
