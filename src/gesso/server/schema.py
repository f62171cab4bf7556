"""From pydantic models to the schemas of fal's OpenAPI documents (OpenAPI 3.0, with fal's `x-fal` extensions)."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from pydantic import BaseModel

from gesso.endpoint import Endpoint, find_rule
from gesso.shapes import MediaRule

Schema = dict[str, Any]

REF = "#/components/schemas/"

_LIMITS: Mapping[str, str] = {
    "max_bytes": "max_file_size",
    "min_side": "min_side",
    "max_side": "max_side",
    "max_pixels": "max_pixels",
    "min_seconds": "min_duration",
    "max_seconds": "max_duration",
}
"""What a media rule's limits are called under `x-fal`."""


def pascal(id_: str) -> str:
    """`fal-ai/flux-1/schnell` as `FalAiFlux1Schnell`."""
    words = id_.replace("/", " ").replace("-", " ").replace(".", " ").replace("_", " ").split()
    return "".join(word[:1].upper() + word[1:] for word in words)


@cache
def endpoint_schemas(endpoint: Endpoint) -> Mapping[str, Schema]:
    """Named schemas of an endpoint: `<Id>Input`, `<Id>Output` and what these refer to. Not to be changed.

    Made once, since anybody may ask for a document of all of them: that would hold up everybody else each time.
    """
    name = pascal(endpoint.id)
    schemas = _model_schemas(endpoint.input, f"{name}Input")
    _add_hints(schemas[f"{name}Input"], endpoint)
    schemas.update(_model_schemas(endpoint.output, f"{name}Output"))
    return schemas


def _model_schemas(model: type[BaseModel], name: str) -> dict[str, Schema]:
    top = model.model_json_schema(ref_template=REF + "{model}")
    nested: dict[str, Schema] = top.pop("$defs", {})
    schemas = {key: cast("Schema", _plain(value)) for key, value in nested.items()}
    schemas[name] = cast("Schema", _plain(top))
    schemas[name]["title"] = name
    for schema in schemas.values():
        if "properties" in schema:
            schema["x-fal-order-properties"] = list(schema["properties"])
    _add_rules(schemas[name], model)
    return schemas


def _plain(value: Any) -> Any:
    """A JSON Schema of 2020 as OpenAPI 3.0 writes it: no null type, no `const`, exclusive bounds as flags."""
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    schema: Schema = {key: _plain(item) for key, item in cast("Schema", value).items()}
    _drop_null(schema)
    if "const" in schema:
        schema["enum"] = [schema.pop("const")]
    if "prefixItems" in schema:
        schema["items"] = {"oneOf": schema.pop("prefixItems")}
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(schema.get(exclusive), (int, float)) and not isinstance(schema.get(exclusive), bool):
            schema[bound] = schema[exclusive]
            schema[exclusive] = True
    if schema.get("default", 0) is None:
        del schema["default"]
    return schema


def _drop_null(schema: Schema) -> None:
    choices = cast("list[Schema] | None", schema.get("anyOf"))
    if choices is None:
        return
    kept = [choice for choice in choices if choice.get("type") != "null"]
    if len(kept) == len(choices):
        return
    schema["nullable"] = True
    if len(kept) > 1:
        schema["anyOf"] = kept
        return
    del schema["anyOf"]
    if "$ref" in kept[0]:
        schema["allOf"] = kept
    else:
        schema.update({key: item for key, item in kept[0].items() if key not in schema})


def _add_rules(schema: Schema, model: type[BaseModel]) -> None:
    properties = cast("dict[str, Schema]", schema.get("properties", {}))
    for name, field in model.model_fields.items():
        rule = find_rule(model, name)
        prop = properties.get(field.alias or name)
        if rule is not None and prop is not None:
            prop["ui"] = {"field": rule.kind}
            limits = media_limits(rule)
            if limits:
                prop["x-fal"] = limits


def media_limits(rule: MediaRule) -> dict[str, Any]:
    """The limits of a media field: bytes, pixels, seconds, file extensions."""
    limits: dict[str, Any] = {ours: getattr(rule, field) for field, ours in _LIMITS.items()}
    limits["formats"] = list(rule.formats)
    return {key: value for key, value in limits.items() if value}


def _add_hints(schema: Schema, endpoint: Endpoint) -> None:
    for name in schema.get("required", []):
        schema["properties"][name].setdefault("ui", {})["important"] = True
    for name, value in endpoint.example.items():
        if name in schema["properties"]:
            schema["properties"][name]["examples"] = [copy.deepcopy(value)]
