"""What every video made here has in common: what its file says of itself, and that there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gesso.engines.engine import Context, Made
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


def made(writer: Writer) -> Made:
    """The file of a writer that has been left."""
    if writer.made is None:
        raise RuntimeError("the writer is still open")
    return writer.made
