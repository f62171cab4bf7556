"""The command line. Each command is a module of its own, imported when it is used: `gesso --help` stays quick."""

from __future__ import annotations

import importlib

import click

_COMMANDS = {
    "serve": "gesso.cli.serve:serve",
    "run": "gesso.cli.run:run",
    "exec": "gesso.cli.exec:exec_",
    "env": "gesso.cli.exec:env",
    "models": "gesso.cli.show:models",
    "schema": "gesso.cli.show:schema",
    "where": "gesso.cli.show:where",
    "status": "gesso.cli.requests:status",
    "result": "gesso.cli.requests:result",
    "cancel": "gesso.cli.requests:cancel",
    "upload": "gesso.cli.requests:upload",
    "keys": "gesso.cli.keys:keys",
}


class _Commands(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        return getattr(importlib.import_module(module), name)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gesso", message="%(prog)s %(version)s")
def main() -> None:
    """Gesso: generative media behind fal's API, on your own machine."""
