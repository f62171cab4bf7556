"""Reads both sides of the comparison: the contract's facts, and ours from the models' JSON schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from gesso import catalog
from gesso.endpoint import Endpoint, all_endpoints

catalog.load()

CONTRACT: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "fixtures" / "endpoints.json").read_text(encoding="utf-8")
)
ENDPOINTS: dict[str, Endpoint] = {endpoint.id: endpoint for endpoint in all_endpoints()}

BOUNDS = {
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
    "exclusiveMaximum": "lt",
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_items",
    "maxItems": "max_items",
}
"""JSON schema's words for bounds, and ours."""

NOTHING = object()
"""A field without a default."""


@dataclass(frozen=True)
class Fact:
    """What can be said of one field, in the contract's words."""

    kind: str
    """`string`, `integer`, `float`, `boolean`, `enum`, `size`, `object`, or `list<...>` of one of these."""
    required: bool = False
    default: Any = NOTHING
    enum: tuple[str, ...] = ()
    bounds: dict[str, float] = field(default_factory=dict)
    name: str = ""
    """Of the object, or of the objects in the list."""


@cache
def ours(model: type[BaseModel], *, output: bool = False) -> dict[str, Fact]:
    """Our facts by field name, in order. Made once: read only."""
    schema = model.model_json_schema(mode="serialization" if output else "validation")
    required = set(schema.get("required", ()))
    return {name: _fact(prop, schema.get("$defs", {}), name in required) for name, prop in schema["properties"].items()}


def _fact(prop: dict[str, Any], defs: dict[str, Any], required: bool) -> Fact:
    shape = _shape(prop, defs)
    bounds = {BOUNDS[key]: value for key, value in shape.items() if key in BOUNDS}
    bounds |= {BOUNDS[key]: value for key, value in prop.items() if key in BOUNDS}
    items = _shape(shape["items"], defs) if shape.get("type") == "array" else {}
    return Fact(
        kind=f"list<{_kind(items)}>" if items else _kind(shape),
        required=required,
        default=prop.get("default", NOTHING),
        enum=tuple((items or shape).get("enum", ())),
        bounds=bounds,
        name=(items or shape).get("title", ""),
    )


def _shape(prop: dict[str, Any], defs: dict[str, Any]) -> dict[str, Any]:
    """The schema itself, behind references and without `null`."""
    choices = [choice for choice in prop.get("anyOf", prop.get("oneOf", ())) if choice.get("type") != "null"]
    if len(choices) > 1:
        shapes = [_shape(choice, defs) for choice in choices]
        return {"kind": "size", "enum": [value for shape in shapes for value in shape.get("enum", ())]}
    if choices:
        return _shape(choices[0], defs)
    return defs[prop["$ref"].rsplit("/", 1)[1]] if "$ref" in prop else prop


def _kind(shape: dict[str, Any]) -> str:
    if "enum" in shape:
        return shape.get("kind", "enum")
    return "float" if shape["type"] == "number" else shape["type"]


def theirs(entry: dict[str, Any], section: str) -> dict[str, Fact]:
    """The contract's facts by field name, in order. `section` is `input` or `output`."""
    limits = entry.get("limits", {}) if section == "input" else {}
    return {name: _stated(given, limits.get(name)) for name, given in entry[section].items()}


def stated_type(fields: dict[str, dict[str, Any]]) -> dict[str, Fact]:
    """The facts of one of the contract's other types."""
    return {name: _stated(given, None) for name, given in fields.items()}


def _stated(given: dict[str, Any], limit: Any) -> Fact:
    word: str = given["type"]
    many = word.startswith("list<")
    inner = word.removeprefix("list<").removesuffix(">")
    kind = _stated_kind(inner)
    return Fact(
        kind=f"list<{kind}>" if many else kind,
        required=given.get("required", True),
        default=given.get("default", NOTHING),
        enum=tuple(given.get("enum", ())),
        bounds=_stated_bounds(limit),
        name=inner if kind == "object" else "",
    )


def _stated_kind(word: str) -> str:
    if word in ("string", "integer", "float", "boolean"):
        return word
    if word == "ImageSize | Enum":
        return "size"
    return "enum" if word.endswith("Enum") else "object"


def _stated_bounds(limit: Any) -> dict[str, float]:
    """Bounds stated as numbers; those in prose are in a table of the test."""
    if not isinstance(limit, list):
        return {}
    chars = limit[0] == "chars"
    low, high = limit[-2:]
    names = ("min_length", "max_length") if chars else ("ge", "le")
    return {name: value for name, value in zip(names, (low, high), strict=True) if value is not None}


def models_in(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """A model and every model inside it."""
    seen: set[type[BaseModel]] = set()
    waiting: list[Any] = [model]
    while waiting:
        part = waiting.pop()
        if isinstance(part, type) and issubclass(part, BaseModel):
            if part not in seen:
                seen.add(part)
                yield part
                waiting += [info.annotation for info in part.model_fields.values()]
        else:
            waiting += getattr(part, "__args__", ())


def model_named(root: type[BaseModel], name: str) -> type[BaseModel]:
    """The model of that name inside `root`."""
    return next(model for model in models_in(root) if model.__name__ == name)
