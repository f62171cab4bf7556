"""Media inputs: a URL in a field, what the field allows, and the local file it becomes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, cast

from gesso.errors import Loc
from gesso.shapes import MediaRule


@dataclass(frozen=True, slots=True)
class Media:
    """One media input: where it came from, what its field allows and, after fetching, its local file."""

    url: str
    loc: Loc
    """Path of its field in the input, without "body": what an error about it names."""
    rule: MediaRule
    path: Path | None = None
    content_type: str = ""

    @property
    def file(self) -> Path:
        """The fetched file; asking before fetching is a programming error."""
        if self.path is None:
            raise RuntimeError(f"{self.loc} was not fetched")
        return self.path


async def map_media(value: Any, fetch: Callable[[Media], Awaitable[Media]]) -> Any:
    """A copy of a task (or any value inside one) with every `Media` replaced by what `fetch` gives for it."""
    if isinstance(value, Media):
        return await fetch(value)
    if isinstance(value, tuple):
        return tuple([await map_media(item, fetch) for item in cast("tuple[Any, ...]", value)])
    if is_dataclass(value) and not isinstance(value, type):
        changes: dict[str, Any] = {}
        for field in fields(value):
            old = getattr(value, field.name)
            new = await map_media(old, fetch)
            if new is not old:
                changes[field.name] = new
        return replace(value, **changes) if changes else value
    return value
