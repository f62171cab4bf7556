"""`gesso models | schema | where`: what can be run, with which inputs, and by whom. Needs no server."""

from __future__ import annotations

import json
from typing import Any

import click

from gesso import catalog, endpoint
from gesso.cli.output import json_option, print_json, say, telling_errors, wants_json
from gesso.endpoint import Endpoint


@click.command()
@click.argument("query", required=False, default="")
@click.option("--category", help="Only this category, e.g. text-to-image.")
@json_option
def models(query: str, category: str | None, as_json: bool) -> None:
    """List the endpoints, or those that QUERY matches."""
    catalog.load()
    found = [item for item in endpoint.all_endpoints() if _matches(item, query, category)]
    if wants_json(as_json):
        print_json([{"endpoint_id": item.id, "title": item.title, "category": item.category} for item in found])
        return
    if not found:
        say("No endpoint matches; `gesso models` alone lists all of them.")
    width = max((len(item.id) for item in found), default=0)
    for item in found:
        click.echo(f"{item.id:{width}}  {click.style(item.category, dim=True)}  {item.title}")


def _matches(item: Endpoint, query: str, category: str | None) -> bool:
    text = " ".join((item.id, item.title, item.about, item.category, *item.tags)).lower()
    return all(word in text for word in query.lower().split()) and category in (None, item.category)


@click.command()
@click.argument("endpoint_id")
@click.option(
    "--format",
    "form",
    type=click.Choice(["compact", "json", "openapi", "llms"]),
    default="compact",
    help="compact: a table; json: JSON Schema; openapi: fal's document; llms: Markdown.",
)
@telling_errors
def schema(endpoint_id: str, form: str) -> None:
    """Show an endpoint's inputs and outputs."""
    from gesso.server import llms, openapi

    catalog.load()
    item = endpoint.find(endpoint_id)
    if form == "json":
        print_json({"input": item.input.model_json_schema(), "output": item.output.model_json_schema()})
    elif form == "openapi":
        print_json(openapi.endpoint_document(item, "https://fal.ai", "https://queue.fal.run"))
    elif form == "llms":
        click.echo(llms.page(item, "https://fal.ai", "https://fal.run", "https://queue.fal.run"))
    else:
        _compact(item)


def _compact(item: Endpoint) -> None:
    click.echo(f"{click.style(item.id, bold=True)}  {item.title}\n{item.about}\n")
    schema_: dict[str, Any] = item.input.model_json_schema()
    required = schema_.get("required", ())
    for name, facts in schema_["properties"].items():
        default = "required" if name in required else _default(facts.get("default"))
        click.echo(f"  {name:24} {default:24.24} {facts.get('description', '')}")
    click.echo("\noutput: " + ", ".join(item.output.model_fields))


def _default(value: Any) -> str:
    """How a default is shown: as JSON, since that is what a request holds; none at all is no value."""
    return "optional" if value is None else f"= {json.dumps(value)}"


@click.command()
@click.argument("endpoint_id")
@json_option
@telling_errors
def where(endpoint_id: str, as_json: bool) -> None:
    """Say which engines could serve an endpoint, and which can here."""
    from gesso.engines import engines

    catalog.load()
    item = endpoint.find(endpoint_id)
    task = type(item.input.model_validate(item.example).task())
    here = {engine.name: engine.missing(task) or "ready" for engine in engines()}
    facts = {
        "endpoint_id": item.id,
        "task": task.name,
        "engines": here,
        "weights": [_weights(weights) for weights in item.weights],
        "vendor": _vendor(item),
    }
    if wants_json(as_json):
        print_json(facts)
        return
    click.echo(f"{click.style(item.id, bold=True)}: {task.name}")
    for name, state in here.items():
        click.echo(f"  {name:9} {state}")
    for weights in item.weights:
        kind = "weights" if weights.exact else "substitute"
        memory = f", {weights.memory_gb:g} GB" if weights.memory_gb else ""
        click.echo(f"  {kind:9} {weights.repo} ({weights.licence}{memory})")
    if item.vendor:
        click.echo(f"  vendor    {item.vendor.name} {item.vendor.model}" + _shut(item))


def _weights(weights: endpoint.Weights) -> dict[str, Any]:
    return {"repo": weights.repo, "licence": weights.licence, "memory_gb": weights.memory_gb, "exact": weights.exact}


def _vendor(item: Endpoint) -> dict[str, Any] | None:
    vendor = item.vendor
    return {"name": vendor.name, "model": vendor.model, "shut": vendor.shut} if vendor else None


def _shut(item: Endpoint) -> str:
    return f" (shut {item.vendor.shut})" if item.vendor and item.vendor.shut else ""
