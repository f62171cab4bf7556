"""Find the server a command shall talk to; start one for the command's life when there is none.

In order: `--url` or `GESSO_URL`; the server that holds the data folder (it leaves its address there); whatever answers
on the default port; else an embedded server on a free port, in a thread of this process.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from pathlib import Path

from gesso import settings as settings_module
from gesso.cli.output import say
from gesso.cli.running import Running, answers
from gesso.settings import Settings

_CHECKOUT_DATA = Path(".gesso")
"""Where `make serve` keeps its data, seen from a checkout."""


def _beside(settings: Settings) -> tuple[Path, Running] | None:
    """The server whose data folder is the settings' or, in a checkout, that of `make serve`; and that folder."""
    for folder in (settings.data_dir, _CHECKOUT_DATA):
        found = Running.found(folder)
        if found is not None:
            return folder, found
    return None


def data_dir(settings: Settings) -> Path:
    """The data folder that a command means: the one that was named, else that of the server which runs here."""
    found = None if "data_dir" in settings.model_fields_set else _beside(settings)
    return found[0] if found is not None else settings.data_dir


def running(settings: Settings | None = None) -> Running | None:
    """The server on this machine, if there is one."""
    known = settings or settings_module.load()
    found = _beside(known)
    if found is not None:
        return found[1]
    url = f"http://127.0.0.1:{known.port or 4747}"
    return Running(url, 0) if answers(url) else None


@contextlib.contextmanager
def reach(url: str | None) -> Generator[Running]:
    """A server to talk to: the named one, the running one, or an embedded one that ends with the block."""
    if url is not None:
        yield Running(url.rstrip("/"), 0)
        return
    settings = settings_module.load()
    found = running(settings)
    if found is not None:
        yield found
        return
    from gesso.cli.embedded import embedded

    say("No server is running: starting one for this command.")
    with embedded(settings.model_copy(update={"port": 0})) as started:
        yield started
