"""Every field of every still endpoint does what its description says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from tests.catalog.facts import CONTRACT, ENDPOINTS, ours
from tests.engines.sketch.fields.bench import Bench
from tests.engines.sketch.fields.pictures import meadow, plain, portrait, tinted
from tests.engines.sketch.fields.stills import STILLS, Stated

TEXT: dict[str, Any] = {"prompt": "a cat in a meadow", "seed": 11}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    base: dict[str, dict[str, Any]] = {}
    made = Bench(tmp_path_factory.mktemp("fields"), base)
    right = meadow() * 0
    right[:, 220:] = 255
    url, mask = made.picture("meadow", meadow()), made.picture("right", right)
    person, off_colour = made.picture("portrait", portrait()), made.picture("tinted", tinted())
    red = made.picture("red", plain((200, 40, 40)))
    given: dict[str, dict[str, Any]] = {
        "fal-ai/dreamomni2/edit": {"image_urls": [url]},
        "fal-ai/flux-kontext-lora/inpaint": {"image_url": url, "mask_url": mask, "reference_image_url": red},
        "fal-ai/flux-pro/kontext/max/multi": {"image_urls": [url]},
        "fal-ai/flux-pro/kontext/multi": {"image_urls": [url]},
        "fal-ai/flux/dev/image-to-image": {"prompt": "a forest in winter", "strength": 0.9},
        "fal-ai/image-editing/background-change": {"prompt": "a plain blue wall", "image_url": person},
        "fal-ai/image-editing/color-correction": {"image_url": off_colour},
        "fal-ai/image-editing/face-enhancement": {"image_url": person},
        "fal-ai/image-editing/object-removal": {"prompt": "the red ball"},
        "fal-ai/luma-photon/modify": {"prompt": "a forest in winter", "strength": 0.3, "aspect_ratio": "4:3"},
        "fal-ai/moondream3-preview/detect": {"prompt": "red ball"},
        "fal-ai/post-processing/sharpen": {"image_url": off_colour},
        "fal-ai/recraft/v3/image-to-image": {"prompt": "a forest in winter", "strength": 0.9},
        "fal-ai/ideogram/v2": {"expand_prompt": False},
    }
    for id_, endpoint in ENDPOINTS.items():
        names = endpoint.input.model_fields
        common = {"image_url": url, "prompt": "make it brighter"} if "image_url" in names else TEXT
        if "image_urls" in names:
            common = {"prompt": "make it brighter"}
        asked = {**common, "seed": 11, **given.get(id_, {})}
        base[id_] = {name: value for name, value in asked.items() if name in names}
    return made


def fields(id_: str) -> set[str]:
    """The contract's fields of an endpoint and ours beyond it, with the fields of their objects."""
    model = ENDPOINTS[id_].input
    inner = {f"{name}.{part}" for name, field in model.model_fields.items() for part in _parts(field.annotation)}
    return set(CONTRACT[id_]["input"]) | set(ours(model)) | inner


def _parts(annotation: Any) -> set[str]:
    """The fields of the objects that an annotation allows."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return set(annotation.model_fields)
    return {part for argument in getattr(annotation, "__args__", ()) for part in _parts(argument)}


def still(id_: str) -> bool:
    """Whether an endpoint gives pictures or looks at one."""
    return bool({"image", "images", "objects"} & set(CONTRACT[id_]["output"]))


def test_every_still_endpoint_is_in_the_table() -> None:
    assert {id_ for id_ in CONTRACT if still(id_)} == set(STILLS)
    assert len(STILLS) == 31


@pytest.mark.parametrize("id_", sorted(STILLS))
def test_every_field_has_an_entry(id_: str) -> None:
    assert set(STILLS[id_]) == fields(id_)


SLOW = {"fal-ai/image-editing/background-change", "fal-ai/image-editing/object-removal"}
"""Endpoints whose edits take a second or more each."""

ALWAYS = 1
"""A check runs always for so many endpoints; for all that have it with the long tests."""


def _checks() -> Iterator[Any]:
    count = Counter[Any]()
    for id_, entry in STILLS.items():
        for name, check in entry.items():
            count[check] += 1
            slow = not isinstance(check, Stated) and (id_ in SLOW or count[check] > ALWAYS)
            yield pytest.param(id_, name, marks=[pytest.mark.long] if slow else [], id=f"{id_}:{name}")


@pytest.mark.parametrize(("id_", "name"), [*_checks()])
def test_a_field_does_what_its_description_says(bench: Bench, id_: str, name: str) -> None:
    entry = STILLS[id_][name]
    if isinstance(entry, Stated):
        assert entry.words in described(id_, name)
    else:
        entry(bench, id_)


def described(id_: str, name: str) -> str:
    """The catalog's description of a field, or of a field of one of its objects."""
    outer, _, inner = name.partition(".")
    field = ENDPOINTS[id_].input.model_fields[outer]
    if not inner:
        return field.description or ""
    return next(text for text in _descriptions(field.annotation, inner))


def _descriptions(annotation: Any, inner: str) -> Iterator[str]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation.model_fields[inner].description or ""
    for argument in getattr(annotation, "__args__", ()):
        yield from _descriptions(argument, inner)
