"""`gesso keys create | list | revoke`: API keys, kept hashed in the data folder's database."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from gesso.cli import reach
from gesso.cli.output import NOT_FOUND, json_option, print_json, printable, say, telling_errors, wants_json
from gesso.server.auth import MAX_NAME, Key, Keyring, Scope
from gesso.settings import Settings, load

T = TypeVar("T")


@click.group()
def keys() -> None:
    """Create, list and revoke API keys. The first key closes open mode, for a running server too."""


def _data_dir(function: Callable[..., T]) -> Callable[..., T]:
    return click.option("--data-dir", type=click.Path(path_type=Path), help="The server's data folder.")(function)


class _Name(click.ParamType[str]):
    """A name as the HTTP API takes it: an empty one would be nobody's."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not 1 <= len(value.strip()) <= MAX_NAME:
            self.fail(f"a name has 1 to {MAX_NAME} characters", param, ctx)
        if value != value.encode(errors="replace").decode():
            self.fail("a name is valid UTF-8", param, ctx)
        return value


@keys.command()
@click.argument("alias", type=_Name())
@click.option("--scope", type=click.Choice(["API", "ADMIN"]), default="API", help="ADMIN may also manage keys.")
@click.option(
    "--owner", type=_Name(), help="Whose requests and files it sees; 'local' are those of open mode. Default: its own."
)
@_data_dir
@json_option
@telling_errors
def create(alias: str, scope: Scope, owner: str | None, data_dir: Path | None, as_json: bool) -> None:
    """Create a key called ALIAS and print it; it cannot be shown again."""
    made = _with_keyring(data_dir, lambda keyring: keyring.create(alias, scope, owner))
    if wants_json(as_json):
        print_json({**_facts(made.key), "key": made.credential})
        return
    folder = _settings(data_dir).data_dir
    say(f"This is the only time the key is shown. From now on every request to the server on {folder} needs a key:")
    click.echo(f"export FAL_KEY={made.credential}")


@keys.command(name="list")
@_data_dir
@json_option
@telling_errors
def list_(data_dir: Path | None, as_json: bool) -> None:
    """List the keys."""
    found = _with_keyring(data_dir, lambda keyring: keyring.list())
    if wants_json(as_json):
        print_json([_facts(key) for key in found])
    elif not found:
        click.echo("No keys: the server is open to this machine, and to nobody else.")
    else:
        for key in found:
            click.echo(f"{key.key_id}  {key.scope:5}  {_state(key):7}  {_date(key.created_at)}  {printable(key.alias)}")


def _facts(key: Key) -> dict[str, Any]:
    dates = {name: _date(getattr(key, name)) for name in ("created_at", "last_used_at", "revoked_at")}
    facts = {"key_id": key.key_id, "alias": key.alias, "scope": key.scope, "owner": key.owner}
    return {**facts, "state": _state(key), **dates}


def _state(key: Key) -> str:
    return "revoked" if key.revoked_at else "valid"


def _date(seconds: float | None) -> str | None:
    """Unix seconds as ISO 8601."""
    return None if seconds is None else dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(timespec="seconds")


@keys.command()
@click.argument("key_id")
@_data_dir
@telling_errors
def revoke(key_id: str, data_dir: Path | None) -> None:
    """Make a key worthless, from the next request on."""
    if not _with_keyring(data_dir, lambda keyring: keyring.revoke(key_id)):
        say(f"There is no key {key_id}.")
        raise SystemExit(NOT_FOUND)
    say(f"Revoked {key_id}.")


def _with_keyring(data_dir: Path | None, use: Callable[[Keyring], Awaitable[T]]) -> T:
    """Open the database beside a running server (which may hold it), use the keyring, and close it again."""
    from gesso.cli.wire import keyring

    async def main() -> T:
        async with keyring(_settings(data_dir)) as ring:
            return await use(ring)

    return asyncio.run(main())


def _settings(data_dir: Path | None) -> Settings:
    """Those of the server that runs here unless another folder is named: its door is the one to close."""
    settings = load(data_dir=data_dir)
    return settings.model_copy(update={"data_dir": reach.data_dir(settings)})
