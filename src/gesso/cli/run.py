"""`gesso run ENDPOINT --field value`: queue a request, show its progress, write its files.

The options of each endpoint are made from its input, so `gesso run ENDPOINT --help` is its manual and a wrong type is a
usage error. `field=value`, `field:=json` and `field=@file` work as well.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

import click
from pydantic.fields import FieldInfo

from gesso import catalog, endpoint
from gesso.cli.output import (
    json_option,
    passing_line,
    print_json,
    printable,
    say,
    telling_errors,
    url_option,
    wants_json,
)
from gesso.cli.reach import reach
from gesso.client import protocol
from gesso.client.client import Client, app_of
from gesso.endpoint import Endpoint, find_rule
from gesso.errors import RequestError

DEFAULT_TEMPLATE = "{app}-{id}-{index}.{ext}"


@dataclass(frozen=True, slots=True)
class Wish:
    """How a request shall be run and what shall become of its result."""

    template: str
    queue_only: bool
    stream: bool
    logs: bool
    as_json: bool


@dataclass(frozen=True, slots=True)
class Done:
    """A request that has its output."""

    request_id: str
    output: dict[str, Any]
    engine: str | None


class _Endpoints(click.Group):
    """One subcommand per endpoint, made when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        catalog.load()
        return [item.id for item in endpoint.all_endpoints()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        catalog.load()
        item = endpoint.lookup(cmd_name)
        return _command(item, cmd_name) if item else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            return _explain(args[0])


@telling_errors
def _explain(name: str) -> tuple[None, None, list[str]]:
    """End with the error that names the nearest ids."""
    endpoint.find(name)
    raise RequestError(f"{name} cannot be run.")


@click.group(cls=_Endpoints, subcommand_metavar="ENDPOINT [OPTIONS]", options_metavar="")
def run() -> None:
    """Run an endpoint: gesso run fal-ai/flux-1/schnell --prompt "a lighthouse at dusk"

    `gesso run ENDPOINT --help` lists an endpoint's options, `gesso models WORD` finds endpoints.
    """


def _command(item: Endpoint, name: str) -> click.Command:
    @click.pass_context
    @telling_errors
    def callback(ctx: click.Context, assignments: tuple[str, ...], **options: Any) -> None:
        wish = Wish(*(options.pop(key) for key in ("download", "queue_only", "stream", "logs", "as_json")))
        url, key = options.pop("url"), options.pop("key")
        given = {field: _parsed(value) for field, value in options.items() if value not in (None, ())}
        given.update(_assigned(assignments))
        with reach(url) as server, Client(server.url, key) as client:
            _run(client, name, _uploaded(client, item, given), wish)

    params: list[click.Parameter] = [_option(name, info) for name, info in _fields(item).items()]
    params.append(click.Argument(["assignments"], nargs=-1))
    function: Callable[..., Any] = callback
    for decorate in (_wish_options, url_option, json_option):
        function = decorate(function)
    command = click.command(name, help=f"{item.title}\n\n{item.about}")(function)
    command.params = [*params, *command.params]
    return command


def _wish_options(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--async", "queue_only", is_flag=True, help="Queue it, print the request, do not wait."),
        click.option("--stream", is_flag=True, help="Use the streaming route; intermediate pictures are counted."),
        click.option("--logs", is_flag=True, help="Print the log lines."),
        click.option("-o", "--download", default=DEFAULT_TEMPLATE, show_default=True, help="Where to write files."),
    ):
        function = option(function)
    return function


def _fields(item: Endpoint) -> dict[str, FieldInfo]:
    """An endpoint's input fields by the names they have in JSON."""
    return {info.alias or name: info for name, info in item.input.model_fields.items()}


def _option(field: str, info: FieldInfo) -> click.Option:
    """The command-line option of an input field."""
    kind, text = _kind(info.annotation), info.description or ""
    flag = f"--{field.replace('_', '-')}"
    if kind is bool:
        return click.Option([f"{flag}/--no-{flag[2:]}", field], default=None, help=text)
    shown = "" if info.is_required() or info.default in (None, "") else f"  [default: {info.default}]"
    choices = _choices(info.annotation)
    type_ = click.Choice(choices) if choices else kind if kind in (int, float) else str
    return click.Option([flag, field], type=type_, default=None, help=text + shown)


def _kind(annotation: Any) -> type | None:
    """bool, int or float where a field is just that, optional or not."""
    parts = [part for part in get_args(annotation) if part is not type(None)] or [annotation]
    return parts[0] if len(parts) == 1 and parts[0] in (bool, int, float) else None


def _choices(annotation: Any) -> list[str]:
    """The words a field allows, where it is an enum."""
    values = [value for value in get_args(annotation) if value is not type(None)]
    return list(values) if values and all(isinstance(value, str) for value in values) else []


def _parsed(value: Any) -> Any:
    """Lists and objects are written as JSON on the command line."""
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _assigned(assignments: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals:
            raise click.UsageError(f"{assignment!r} is neither an option nor field=value")
        if name.endswith(":"):
            try:
                yield name[:-1], json.loads(value)
            except ValueError as error:
                raise click.UsageError(f"{name[:-1]}: not valid JSON: {error}") from None
        else:
            yield name, value


def _uploaded(client: Client, item: Endpoint, given: Mapping[str, Any]) -> dict[str, Any]:
    """The input with local files in its media fields replaced by their URLs on the server."""
    return {
        field: _upload(client, value) if field in item.input.model_fields and find_rule(item.input, field) else value
        for field, value in given.items()
    }


def _upload(client: Client, value: Any) -> Any:
    if isinstance(value, list):
        return [_upload(client, entry) for entry in cast("list[Any]", value)]
    path = Path(str(value).removeprefix("@")).expanduser()
    return client.upload(path) if len(str(value)) < 4096 and path.is_file() else value


def _run(client: Client, name: str, arguments: Mapping[str, Any], wish: Wish) -> None:
    if wish.queue_only:
        print_json(client.submit(name, arguments))
        return
    done = _streamed(client, name, arguments) if wish.stream else _followed(client, name, arguments, wish)
    files = [str(path) for path in _download(client, done, name, wish.template)]
    if wants_json(wish.as_json):
        facts = {"request_id": done.request_id, "engine": done.engine}
        print_json({**facts, "output": done.output, "downloaded_files": files})
        return
    seed = done.output.get("seed")
    say(f"made by {done.engine or 'an engine that did not say'}" + (f", seed {seed}" if seed is not None else ""))
    for path in files:
        click.echo(path)
    if not files:
        print_json(done.output)


def _followed(client: Client, name: str, arguments: Mapping[str, Any], wish: Wish) -> Done:
    request_id = client.submit(name, arguments)["request_id"]
    try:
        with passing_line() as show:
            for update in client.follow(name, request_id):
                lines = [printable(str(line["message"])) for line in update.get("logs") or ()]
                if wish.logs:
                    show("")
                    for line in lines:
                        say(line)
                show(_stage(update, lines))
    except KeyboardInterrupt:
        client.cancel(name, request_id)
        say(f"Cancelled {request_id}.")
        raise
    answer = client.answer(protocol.result(app_of(name), request_id))
    return Done(request_id, protocol.read(answer), answer.headers.get("x-gesso-engine"))


def _stage(update: Mapping[str, Any], lines: list[str]) -> str:
    if update["status"] == "IN_QUEUE":
        return f"queued, {update.get('queue_position', 0)} ahead"
    return lines[-1] if lines else str(update["status"]).lower().replace("_", " ")


def _streamed(client: Client, name: str, arguments: Mapping[str, Any]) -> Done:
    output: dict[str, Any] = {}
    for count, event in enumerate(client.stream(name, arguments)):
        say(f"event {count + 1}: {sum(1 for _ in protocol.files_in(event))} file(s)")
        output = event
    return Done(client.streamed["x-fal-request-id"], output, client.streamed.get("x-gesso-engine"))


def _download(client: Client, done: Done, name: str, template: str) -> Iterator[Path]:
    """Write every file of an output where the template says; the paths."""
    app = app_of(name).rpartition("/")[2]
    id_ = done.request_id  # its end is chance; its beginning is the time, the same for a minute
    for index, file in enumerate(protocol.files_in(done.output)):
        ext = _extension(file)
        try:
            path = Path(template.format(app=app, id=id_[-8:], request_id=id_, index=index, ext=ext))
        except (KeyError, IndexError, ValueError) as error:
            raise click.UsageError(f"--download: {error} is no field of the template") from None
        path.parent.mkdir(parents=True, exist_ok=True)
        client.download(str(file["url"]), path)
        yield path


def _extension(file: Mapping[str, Any]) -> str:
    from gesso.shapes import EXTENSIONS

    named = Path(str(file.get("file_name") or "")).suffix
    return named[1:] if named else EXTENSIONS.get(str(file.get("content_type")), "bin")
