"""What every definition must have, whatever its endpoint does."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import gesso
from gesso import catalog
from gesso.endpoint import Endpoint, Input, Limits, all_endpoints, find, find_rule
from gesso.errors import InputError, Problem
from gesso.media import Media
from gesso.tasks import Task
from tests.catalog.facts import ENDPOINTS, NOTHING, models_in, ours

IDS = sorted(ENDPOINTS)
LIMITS = Limits()
SOURCE = Path(gesso.__file__).parent

ALIASES = {
    "fal-ai/flux/schnell": "fal-ai/flux-1/schnell",
    "fal-ai/flux/dev": "fal-ai/flux-krea-lora/stream",
    "fal-ai/ideogram/v3": "fal-ai/ideogram/v2",
}


def media_of(task: Task) -> list[Media]:
    """Every media input of a task, however deep."""
    found: list[Media] = []

    def visit(value: Any) -> None:
        if isinstance(value, Media):
            found.append(value)
        elif isinstance(value, tuple):
            for item in value:
                visit(item)
        elif hasattr(value, "__dataclass_fields__"):
            for name in value.__dataclass_fields__:
                visit(getattr(value, name))

    visit(task)
    return found


def mistakes(endpoint: Endpoint, raw: dict[str, Any]) -> Sequence[Problem]:
    """What is wrong with an input: nothing where it becomes a task."""
    try:
        endpoint.parse(raw, LIMITS).task()
    except InputError as error:
        return error.problems
    return ()


def urls_in(value: Any) -> set[str]:
    """Every media address of an example."""
    return set(re.findall(r'https?://[^"]+', json.dumps(value)))


@pytest.mark.parametrize("id_", IDS)
def test_the_example_is_valid_and_is_a_task(id_: str):
    endpoint = ENDPOINTS[id_]
    assert isinstance(endpoint.parse(endpoint.example, LIMITS).task(), Task)


@pytest.mark.parametrize("id_", IDS)
def test_the_example_has_all_required_fields_and_no_unknown_one(id_: str):
    facts = ours(ENDPOINTS[id_].input)
    names = set(ENDPOINTS[id_].example)
    assert {name for name, fact in facts.items() if fact.required} <= names <= set(facts)


@pytest.mark.parametrize("id_", IDS)
def test_every_picture_clip_and_sound_of_the_example_reaches_the_task(id_: str):
    endpoint = ENDPOINTS[id_]
    task = endpoint.parse(endpoint.example, LIMITS).task()
    assert {media.url for media in media_of(task)} == urls_in(endpoint.example)


@pytest.mark.parametrize("id_", IDS)
def test_media_name_the_field_that_they_come_from(id_: str):
    endpoint = ENDPOINTS[id_]
    for media in media_of(endpoint.parse(endpoint.example, LIMITS).task()):
        value: Any = endpoint.example
        for step in media.loc:
            value = value[step]
        assert value == media.url


@pytest.mark.parametrize("id_", IDS)
def test_examples_use_the_domain_that_is_reserved_for_them(id_: str):
    assert all(url.startswith("https://example.com/") for url in urls_in(ENDPOINTS[id_].example))


@pytest.mark.parametrize("id_", IDS)
def test_every_field_is_described(id_: str):
    endpoint = ENDPOINTS[id_]
    fields = [
        (f"{model.__name__}.{name}", info.description or "")
        for root in (endpoint.input, endpoint.output)
        for model in models_in(root)
        for name, info in model.model_fields.items()
    ]
    assert [name for name, text in fields if not re.fullmatch(r"[A-Z0-9`].{2,}[.]", text, re.DOTALL)] == []


@pytest.mark.parametrize("id_", IDS)
def test_the_endpoint_is_described(id_: str):
    endpoint = ENDPOINTS[id_]
    assert 3 <= len(endpoint.title) <= 60
    assert 60 <= len(endpoint.about) <= 420
    assert endpoint.about.endswith(".")
    assert endpoint.tags


def test_titles_abouts_and_examples_are_each_their_own():
    for texts in (
        [endpoint.title for endpoint in ENDPOINTS.values()],
        [endpoint.about for endpoint in ENDPOINTS.values()],
        [json.dumps(endpoint.example) for endpoint in ENDPOINTS.values()],
    ):
        assert [text for text, count in Counter(texts).items() if count > 1] == []


@pytest.mark.parametrize("id_", IDS)
def test_exact_weights_stand_before_substitutes(id_: str):
    exact = [weights.exact for weights in ENDPOINTS[id_].weights]
    assert exact == sorted(exact, reverse=True)


@pytest.mark.parametrize("id_", IDS)
def test_units_count_fields_that_exist(id_: str):
    endpoint = ENDPOINTS[id_]
    units = endpoint.units
    values = endpoint.parse(endpoint.example, LIMITS)
    assert set(units.times) <= set(endpoint.input.model_fields)
    assert units.count is None or hasattr(values, units.count)
    assert units.measured is None or units.measured in endpoint.output.model_fields
    assert units.of(values) > 0


@pytest.mark.parametrize("id_", IDS)
def test_vendor_fields_are_fields_of_ours(id_: str):
    endpoint = ENDPOINTS[id_]
    known = set(endpoint.input.model_fields)
    siblings = {name for other in all_endpoints() if other.app == endpoint.app for name in other.input.model_fields}
    if endpoint.vendor:
        assert set(endpoint.vendor.fields) <= known | siblings


@pytest.mark.parametrize("id_", IDS)
def test_enums_of_numbers_take_the_number_and_the_string(id_: str):
    endpoint = ENDPOINTS[id_]
    for name, fact in ours(endpoint.input).items():
        for choice in fact.enum if fact.kind == "enum" else ():
            if choice.isdecimal():
                parsed = [endpoint.parse({**endpoint.example, name: value}, LIMITS) for value in (choice, int(choice))]
                assert [getattr(values, name) for values in parsed] == [choice, choice]


@pytest.mark.parametrize("id_", IDS)
def test_every_choice_of_every_enum_makes_a_task_or_says_what_it_clashes_with(id_: str):
    endpoint = ENDPOINTS[id_]
    for name, fact in ours(endpoint.input).items():
        for choice in fact.enum:
            value = [choice] if fact.kind.startswith("list") else choice
            assert len(mistakes(endpoint, {**endpoint.example, name: value})) <= 1


@pytest.mark.parametrize("id_", IDS)
def test_a_missing_field_is_one_error_that_names_it(id_: str):
    endpoint = ENDPOINTS[id_]
    for name in [name for name, fact in ours(endpoint.input).items() if fact.required]:
        raw = {key: value for key, value in endpoint.example.items() if key != name}
        with pytest.raises(InputError) as caught:
            endpoint.parse(raw, LIMITS)
        assert [(problem.loc, problem.type) for problem in caught.value.problems] == [(("body", name), "missing")]


@pytest.mark.parametrize("id_", IDS)
def test_a_value_of_the_wrong_type_is_one_error_at_its_field(id_: str):
    endpoint = ENDPOINTS[id_]
    for name in ours(endpoint.input):
        with pytest.raises(InputError) as caught:
            endpoint.parse({**endpoint.example, name: [[]]}, LIMITS)
        assert [problem.loc[:2] for problem in caught.value.problems] == [("body", name)]


@pytest.mark.parametrize("id_", IDS)
def test_unknown_fields_are_ignored(id_: str):
    endpoint = ENDPOINTS[id_]
    with_more = endpoint.parse({**endpoint.example, "no_such_field": object}, LIMITS)
    assert with_more == endpoint.parse(endpoint.example, LIMITS)


def test_aliases_are_those_that_clients_hard_code():
    assert {alias: endpoint.id for endpoint in ENDPOINTS.values() for alias in endpoint.aliases} == ALIASES
    assert {alias: find(alias).id for alias in ALIASES} == ALIASES


def test_secrets_are_declared():
    assert {id_: endpoint.input.secrets for id_, endpoint in ENDPOINTS.items() if endpoint.input.secrets} == {
        "fal-ai/sora-2/text-to-video/pro": frozenset({"api_key"})
    }


@pytest.mark.parametrize("id_", IDS)
def test_a_field_that_sounds_secret_is_declared_so(id_: str):
    model = ENDPOINTS[id_].input
    sounding = {name for name in model.model_fields if re.search("api_key|token|password|secret", name)}
    assert sounding <= model.secrets


def test_loading_twice_changes_nothing():
    before = all_endpoints()
    catalog.load()
    assert all_endpoints() == before


def test_each_app_has_one_module():
    modules = {path.stem for path in (SOURCE / "catalog").glob("*.py")} - {"__init__"}
    assert modules == {module_of(endpoint) for endpoint in ENDPOINTS.values()}
    assert len(modules) == 38


def module_of(endpoint: Endpoint) -> str:
    """The name that an app's module has: the alias, after the owner where that is not the usual one."""
    owner, alias = endpoint.app.split("/")
    return (alias if owner == "fal-ai" else f"{owner}_{alias}").replace("-", "_")


@pytest.mark.parametrize("id_", IDS)
def test_an_endpoint_stands_in_its_apps_module(id_: str):
    assert ENDPOINTS[id_].input.__module__ == f"gesso.catalog.{module_of(ENDPOINTS[id_])}"


def test_each_id_stands_once_in_the_source():
    wanted = {*ENDPOINTS, *ALIASES}
    sources = [path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")]
    literals = [
        node.value
        for source in sources
        if any(id_ in source for id_ in wanted)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    counts = Counter(text for text in literals if text in wanted)
    assert {text: count for text, count in counts.items() if count != 1} == {}


@pytest.mark.parametrize("id_", IDS)
def test_defaults_are_values_that_validate(id_: str):
    endpoint = ENDPOINTS[id_]
    defaults = {name: fact.default for name, fact in ours(endpoint.input).items() if fact.default is not NOTHING}
    assert isinstance(endpoint.parse({**defaults, **endpoint.example}, LIMITS), Input)


def test_every_url_field_of_the_catalog_is_a_media_field():
    lacking = [
        f"{model.__name__}.{name}"
        for endpoint in ENDPOINTS.values()
        for model in models_in(endpoint.input)
        for name in model.model_fields
        if name.endswith(("_url", "_urls")) and find_rule(model, name) is None
    ]
    assert lacking == []
