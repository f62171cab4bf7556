"""Endpoints described in Markdown for language models: `/llms.txt` and `/models/{id}/llms.txt`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from gesso.endpoint import Endpoint
from gesso.server.schema import REF, Schema, endpoint_schemas, pascal


def index(endpoints: Iterable[Endpoint], base: str) -> str:
    """Every endpoint in a line, by category."""
    by_category: dict[str, list[Endpoint]] = {}
    for endpoint in endpoints:
        by_category.setdefault(endpoint.category, []).append(endpoint)
    parts = ["# Gesso", "> Generative media endpoints behind fal's API, on a server of your own."]
    for category, group in sorted(by_category.items()):
        lines = [f"- [{each.id}]({base}/models/{each.id}/llms.txt): {each.about}" for each in group]
        parts.append(f"## {category}\n\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def page(endpoint: Endpoint, base: str, run: str, queue: str) -> str:
    """One endpoint. `base` is the site's origin, `run` and `queue` are the surfaces' URLs."""
    schemas = dict(endpoint_schemas(endpoint))
    name = pascal(endpoint.id)
    taken, given = schemas.pop(f"{name}Input"), schemas.pop(f"{name}Output")
    required = {key: value for key, value in endpoint.example.items() if key in taken.get("required", [])}
    parts = [
        f"# {endpoint.title}",
        f"> {endpoint.about}",
        "## Overview",
        _overview(endpoint, run),
        "## Input Schema",
        "The API accepts the following input parameters:",
        _fields(taken),
        "**Required Parameters Example**:",
        _json(required),
        "**Full Example**:",
        _json(dict(endpoint.example)),
        "## Output Schema",
        "The API returns the following output format:",
        _fields(given),
        *_types(schemas),
        "## Usage Examples",
        *_snippets(endpoint, run),
        "## Additional Resources",
        _links(endpoint, base, queue),
    ]
    return "\n\n".join(parts) + "\n"


def _overview(endpoint: Endpoint, run: str) -> str:
    kind = "training" if endpoint.category == "training" else "inference"
    lines = [
        f"- **Endpoint**: `{run}/{endpoint.id}`",
        f"- **Model ID**: `{endpoint.id}`",
        f"- **Category**: {endpoint.category}",
        f"- **Kind**: {kind}",
        f"- **Streaming**: {'yes' if endpoint.streams else 'no'}",
    ]
    if endpoint.tags:
        lines.append(f"- **Tags**: {', '.join(endpoint.tags)}")
    return "\n".join(lines)


def _fields(schema: Schema) -> str:
    required = schema.get("required", [])
    fields: dict[str, Schema] = schema.get("properties", {})
    return "\n\n".join(_field(name, prop, name in required) for name, prop in fields.items()) or "(none)"


def _field(name: str, prop: Schema, required: bool) -> str:
    lines = [f"- **`{name}`** (`{_type(prop)}`, _{'required' if required else 'optional'}_):"]
    if prop.get("description"):
        lines.append(f"  {prop['description']}")
    if "default" in prop:
        lines.append(f"  - Default: `{json.dumps(prop['default'])}`")
    options = _options(prop)
    if options:
        lines.append("  - Options: " + ", ".join(f"`{json.dumps(option)}`" for option in options))
    for bound in ("minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength"):
        if bound in prop:
            exclusive = " (exclusive)" if prop.get(f"exclusive{bound.capitalize()}") else ""
            lines.append(f"  - {bound}: `{prop[bound]}`{exclusive}")
    if prop.get("examples"):
        lines.append("  - Examples: " + ", ".join(json.dumps(each) for each in prop["examples"]))
    return "\n".join(lines)


def _options(prop: Schema) -> list[Any]:
    if "enum" in prop:
        return list(prop["enum"])
    return [option for choice in _choices(prop) for option in choice.get("enum", [])]


def _choices(prop: Schema) -> list[Schema]:
    return [*prop.get("anyOf", []), *prop.get("oneOf", []), *prop.get("allOf", [])]


def _type(prop: Schema) -> str:
    if "$ref" in prop:
        return str(prop["$ref"]).removeprefix(REF)
    choices = _choices(prop)
    if choices:
        return " | ".join(dict.fromkeys(_type(choice) for choice in choices))
    if prop.get("type") == "array":
        return f"list<{_type(prop.get('items', {}))}>"
    if "enum" in prop:
        return f"{prop.get('type', 'string')} enum"
    return str(prop.get("type", "any"))


def _types(schemas: dict[str, Schema]) -> list[str]:
    shown = [f"### {name}\n\n{_fields(schema)}" for name, schema in schemas.items() if "properties" in schema]
    return ["## Types", *shown] if shown else []


def _json(value: Any) -> str:
    return f"```json\n{json.dumps(value, indent=2)}\n```"


_CURL = """\
curl --request POST --url {url} \\
  --header "Authorization: Key $FAL_KEY" \\
  --header "Content-Type: application/json" \\
  --data '{body}'"""

_PYTHON = """\
import fal_client

result = fal_client.subscribe(
    "{id}",
    arguments={arguments},
)
print(result)"""

_JAVASCRIPT = """\
import {{ fal }} from "@fal-ai/client";

const result = await fal.subscribe("{id}", {{
  input: {input},
}});
console.log(result.data);"""


def _snippets(endpoint: Endpoint, run: str) -> list[str]:
    id_, example = endpoint.id, json.dumps(dict(endpoint.example), indent=2)
    lines = [f"        {json.dumps(name)}: {value!r}," for name, value in endpoint.example.items()]
    arguments = "\n".join(["{", *lines, "    }"])
    curl = _CURL.format(url=f"{run}/{id_}", body=_shell(example))
    python = _PYTHON.format(id=id_, arguments=arguments)
    javascript = _JAVASCRIPT.format(id=id_, input=example.replace("\n", "\n  "))
    return [
        f"### cURL\n\n```bash\n{curl}\n```",
        f"### Python\n\n```python\n{python}\n```",
        f"### JavaScript\n\n```javascript\n{javascript}\n```",
    ]


def _shell(text: str) -> str:
    return text.replace("'", "'\\''")


def _links(endpoint: Endpoint, base: str, queue: str) -> str:
    page = f"{base}/models/{endpoint.id}"
    schema = f"{base}/api/openapi/queue/openapi.json?endpoint_id={endpoint.id}"
    return f"- [Playground]({page})\n- [API page]({page}/api)\n- [OpenAPI]({schema})\n- [Queue]({queue}/{endpoint.id})"
