"""`gesso status | result | cancel | upload`: requests and files of a running server."""

from __future__ import annotations

from pathlib import Path

import click

from gesso.cli.output import json_option, print_json, telling_errors, url_option, wants_json
from gesso.cli.reach import reach
from gesso.client.client import Client

# Requests are found by their id alone, whatever the endpoint in the path says.
_ANY_APP = "any/app"


@click.command()
@click.argument("request_id")
@click.option("--logs", is_flag=True, help="Include the log.")
@url_option
@telling_errors
def status(request_id: str, logs: bool, url: str | None, key: str) -> None:
    """Say where a queued request stands."""
    with reach(url) as server, Client(server.url, key) as client:
        print_json(client.status(_ANY_APP, request_id, logs=logs))


@click.command()
@click.argument("request_id")
@url_option
@telling_errors
def result(request_id: str, url: str | None, key: str) -> None:
    """Print the output of a finished request."""
    with reach(url) as server, Client(server.url, key) as client:
        print_json(client.result(_ANY_APP, request_id))


@click.command()
@click.argument("request_id")
@url_option
@telling_errors
def cancel(request_id: str, url: str | None, key: str) -> None:
    """Ask for the end of a request."""
    with reach(url) as server, Client(server.url, key) as client:
        print_json(client.cancel(_ANY_APP, request_id))


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@url_option
@telling_errors
def upload(files: tuple[Path, ...], as_json: bool, url: str | None, key: str) -> None:
    """Store files on the server and print their URLs."""
    with reach(url) as server, Client(server.url, key) as client:
        urls = [client.upload(path) for path in files]
    if wants_json(as_json):
        print_json({"urls": urls})
    else:
        for line in urls:
            click.echo(line)
