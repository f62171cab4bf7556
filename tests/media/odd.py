"""What is odd about a file, and what shall come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gesso.shapes import MediaRule

Fate = Literal["same", "made", "refused", "either"]
"""`same`: what the plain file gives. `made`: some sound result. `refused`: a complaint. `either`: the last two."""


@dataclass(frozen=True, slots=True)
class Odd:
    """A file that is not what most are."""

    make: Callable[[float], bytes]
    """From a length in seconds, which pictures and archives pass over, to the file's bytes."""
    format: str
    """As `MediaRule.formats` names it; `none` for what is no file of the kind at all."""
    fate: Fate = "same"
    types: tuple[str, ...] = ()
    """Error types by which it may be refused."""

    def told(self, rule: MediaRule) -> Odd:
        """The same file in a place with that rule: formats that its page leaves out are refused there."""
        if self.format == "none" or not rule.formats or self.format in rule.formats:
            return self
        return Odd(self.make, self.format, "refused", (f"unsupported_{rule.kind}_format", *self.types))
