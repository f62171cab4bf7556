"""What every video made here has in common: what its file says of itself, and that there is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice

from gesso.engines.engine import Context, Made
from gesso.engines.sketch.png import Pixels
from gesso.engines.sketch.video.clips import Writer


def texts(context: Context, parts: Sequence[str] = (), seed: int | None = None) -> Mapping[str, str]:
    """The file's metadata. No date and no request: the same input gives the same bytes."""
    own = {} if seed is None else {"Seed": str(seed)}
    return {
        "Software": "Gesso",
        "Engine": "sketch",
        "Parts": ", ".join(parts) or "none",
        "Endpoint": context.endpoint,
        **own,
    }


def begun(frames: Iterator[Pixels]) -> Iterator[Pixels]:
    """The same frames, the first of them made by now: a file's metadata, written before it, can name what made it."""
    return chain(list(islice(frames, 1)), frames)


def made(writer: Writer) -> Made:
    """The file of a writer that has been left."""
    if writer.made is None:
        raise RuntimeError("the writer is still open")
    return writer.made
