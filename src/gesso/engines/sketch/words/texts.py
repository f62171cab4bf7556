"""The texts of a prompt: what they say, on what, and in which colour."""

from __future__ import annotations

import re
from dataclasses import replace

from gesso.engines.sketch.words import lexicon, vocabulary
from gesso.engines.sketch.words.cast import Cast
from gesso.engines.sketch.words.description import Lettering
from gesso.engines.sketch.words.linking import is_bearer
from gesso.tasks import RGB

AHEAD = ("neon", "sign", "banner", "label", "chalk")
"""Carriers that may come right after their text."""

BORNE = ("label", "print", "sign", "screen", "board")
"""Carriers that may be on a thing of the picture."""


class Texts:
    """The letterings so far, and the carrier that was named last."""

    def __init__(self, cast: Cast) -> None:
        self.letterings: list[Lettering] = []
        self.carrier: tuple[str, RGB | None] | None = None
        self.after_says = False
        self._cast = cast
        self._bearer: int | None = None
        self._board = ""
        self._ahead = False
        """Whether the last text still waits for the noun that bears it: an "OPEN" sign."""

    def letter(self, text: str) -> None:
        """Take a text for the carrier that is at hand."""
        carrier, colour = self.carrier or ("title", None)
        pending = self._cast.pending.colours
        bearer = self._bearer if carrier in BORNE else None
        own = pending[0] if pending else None
        colour = own if carrier == "print" else colour or own
        self.letterings.append(Lettering(text, carrier, colour, bearer, self._board))
        self.after_says = False
        self._ahead = self.carrier is None

    def unquoted(self, tokens: list[str], at: int) -> int:
        """Words after "says" that nobody put in quotation marks: those in capitals, else up to the next comma."""
        self.after_says = False
        end = at
        while end < len(tokens) and end - at < 6 and re.match(r"[^\W_]", tokens[end]):
            if tokens[end].lower() in {"in", "on", "at", "above", "under", "with", "over", "against"}:
                break
            end += 1
        words = tokens[at:end]
        capitals = [word for word in words if word.isupper()]
        chosen = words[: len(capitals)] if capitals and words[0].isupper() else words
        if chosen:
            self.letter(" ".join(chosen))
        return len(chosen)

    def note(self, word: str) -> None:
        """Remember a noun that a text may be written on."""
        carrier = vocabulary.inverse("carriers").get(word) or vocabulary.inverse("carriers").get(lexicon.lemma(word))
        if carrier in AHEAD and self._ahead:
            colour = self._cast.pending.colours[0] if self._cast.pending.colours else None
            last = self.letterings[-1]
            self.letterings[-1] = replace(last, carrier=carrier, colour=colour, material=self._cast.pending.material)
        self._ahead = False
        if carrier and not (self.carrier and self.carrier[0] == "neon"):
            self.carrier = (carrier, self._cast.pending.colours[0] if self._cast.pending.colours else None)
            self._board = self._cast.pending.material
            self._bearer = len(self._cast.subjects) - (not is_bearer(word))
