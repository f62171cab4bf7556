"""How commands tell things: people get text, pipes get one JSON document, errors get an exit code of their own."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import wraps
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, TypeVar

import click

from gesso.client.protocol import ClientError
from gesso.errors import GessoError

if TYPE_CHECKING:
    from pydantic import ValidationError

P = ParamSpec("P")
T = TypeVar("T")

FAILED, USAGE, AUTH, NOT_FOUND, CANCELLED, TIMEOUT, UNREACHABLE = 1, 2, 3, 4, 5, 6, 7
"""Exit codes; 2 is a usage error, as everywhere."""

_BY_STATUS = {401: AUTH, 403: AUTH, 404: NOT_FOUND, 499: CANCELLED, 504: TIMEOUT}


def wants_json(flag: bool) -> bool:
    """Whether to print JSON: asked for, or nobody is looking."""
    return flag or not sys.stdout.isatty()


def say(text: str = "") -> None:
    """A line for people; kept off standard output, which is for results."""
    click.echo(text, err=True)


def printable(text: str) -> str:
    """Words of somebody else's in one line, without the codes that would steer the reader's terminal."""
    return "".join(character if character.isprintable() else " " for character in text)


@contextmanager
def passing_line() -> Generator[Callable[[str], None]]:
    """A function that shows a line in the place of the one before; it is gone in the end, and never in a pipe."""

    def show(text: str) -> None:
        if sys.stderr.isatty():
            click.echo("\r\x1b[K" + text[: get_terminal_size().columns - 1], nl=False, err=True)

    try:
        yield show
    finally:
        show("")


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def json_option(function: Callable[P, T]) -> Callable[P, T]:
    """Adds `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON (the default when piped).")(function)


def url_option(function: Callable[P, T]) -> Callable[P, T]:
    """Adds `--url` and `--key`, which say whom to talk to."""
    key = click.option("--key", envvar="FAL_KEY", default="local", help="API key; any works in open mode.")
    url = click.option("--url", envvar=["GESSO_URL", "FAL_BASE_URL"], help="Server; default: the one on this machine.")
    return url(key(function))


def telling_errors(function: Callable[P, T]) -> Callable[P, T]:
    """Turns errors into a sentence (or JSON, when piped) and the exit code that scripts can tell apart."""

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        from tomllib import TOMLDecodeError

        import httpx2
        from pydantic import ValidationError

        try:
            return function(*args, **kwargs)
        except ClientError as error:
            _fail(str(error), error.error_type, _BY_STATUS.get(error.status, FAILED), error.body)
        except GessoError as error:
            failure = error.failure()
            _fail(str(error), failure.error_type, _BY_STATUS.get(failure.status, FAILED), failure.body)
        except (httpx2.TransportError, httpx2.InvalidURL) as error:
            _fail(f"The server cannot be reached: {error}", "unreachable", UNREACHABLE, None)
        except ValidationError as error:
            if error.title != "Settings":
                raise
            _fail(_wrong_settings(error), "invalid_setting", USAGE, None)
        except TOMLDecodeError as error:
            _fail(f"gesso.toml, or the user's own configuration, is no TOML: {error}", "invalid_setting", USAGE, None)
        except BrokenPipeError:
            raise  # whoever read what we print has had enough, which click knows how to end
        except OSError as error:
            _fail(f"{error.filename or 'The system'}: {error.strerror or error}", "os_error", FAILED, None)

    return wrapper


def _wrong_settings(error: ValidationError) -> str:
    """Which settings cannot be used, by the names they have in flags, variables and files, and why."""
    told = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_url=False))
    return "This setting cannot be used: " + "; ".join(told)


def _fail(message: str, error_type: str, code: int, body: Any) -> NoReturn:
    if wants_json(False):
        print_json({"error": {"type": error_type, "message": message, "body": body}})
    click.echo(click.style("error: ", fg="red") + message, err=True)
    if code == AUTH:
        say("Give a key with --key or in FAL_KEY; on the server's machine `gesso keys create NAME` makes one.")
    sys.exit(code)
