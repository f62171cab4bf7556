"""Work out, for every English noun, what to show: `lexicon.tsv`, one sorted line a word.

In this order: our own choices (vocabulary.toml), the sprites' own names, WordNet synonyms, WordNet kinds ("terrier"
is a dog), signs for what cannot be seen. Columns: word, parts of speech with corpus counts ("n12v3"), sprite, score,
how, head, drawing, prop, scale.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scripts.vendored.sprites import Picture
from scripts.vendored.wordnet import Sense, WordNet

VALUE = re.compile(r"(?P<sprite>[a-z0-9-]+)(?:\*(?P<scale>[0-9.]+))?(?:\+(?P<prop>[a-z0-9-]+))?")
SYNONYM, HYPERNYM, DECAY, EVOKED, KIND = 0.9, 0.85, 0.9, 0.5, 0.75
#: A sense must make up this share of a noun's uses before its picture stands for the word.
SHARE = 0.12
MAX_DEPTH = 9
#: Kinds so wide that any narrower one, even of a rarer sense, says more.
CATCH_ALL = {"person": 0.6, "animal": 0.5, "mammal": 0.7, "plant": 0.5}
#: A plum is a fruit before it is a tree.
FOOD_FIRST = 3.0
#: WordNet lexicographer files in which a word shown by a sprite of this group may have its sense.
LEXNAMES: dict[str, tuple[int, ...]] = {
    "people-body": (3, 18, 5, 9, 14, 8),
    "smileys-emotion": (18, 5, 9, 8, 6),
    "animals-nature": (3, 5, 20, 8, 18, 9),
    "food-drink": (13, 6, 20, 27),
    "travel-places": (6, 17, 15, 19, 14),
    "activities": (6, 10, 17, 5, 4),
    "objects": (6, 10, 21, 8, 13, 27),
    "drawing": (17, 6, 15, 19, 14, 28, 26),
}


@dataclass(frozen=True)
class Entry:
    """What one word shows."""

    sprite: str = ""
    score: float = 0.0
    how: str = ""
    head: str = ""
    drawing: str = ""
    prop: str = ""
    scale: float = 1.0


class Builder:
    """Holds the sources while the table is made."""

    def __init__(self, net: WordNet, pictures: list[Picture]) -> None:
        table = tomllib.loads((Path(__file__).parent / "vocabulary.toml").read_text())
        self._net = net
        self._group = {p.name: p.group for p in pictures}
        self._drawings: dict[str, str] = table["drawings"]
        self.named = self._own(table, pictures)
        self._sprite_at = self._anchors({w: self._group[e.sprite] for w, e in self.named.items() if e.sprite})
        self._drawing_at = self._anchors(dict.fromkeys(self._drawings, "drawing"))
        self._blank = frozenset(table["blank"]["words"])
        self._evokes: dict[str, str] = table["evokes"]

    def _own(self, table: dict[str, Any], pictures: list[Picture]) -> dict[str, Entry]:
        skipped = table["skip"]["sprites"]
        plain = [p.name for p in pictures if "+" not in p.name and p.name not in skipped]
        own = {name.replace("-", " "): Entry(name, 1.0, "exact", name.replace("-", " ")) for name in plain}
        own |= {word: _entry(word, value, KIND, "synonym") for word, value in table["kinds"].items()}
        own |= {word: _entry(word, value, 1.0, "exact") for word, value in table["names"].items()}
        return own

    def _anchors(self, groups: dict[str, str]) -> dict[str, str]:
        """Synset -> the word that stands for it; a word earlier in the dictionary's order of senses wins."""
        found: dict[str, tuple[int, str]] = {}
        for word, group in groups.items():
            sense = next((s for s in self._senses(word) if s.lexname in LEXNAMES.get(group, ())), None)
            if sense and (sense.synset not in found or found[sense.synset][0] > sense.rank):
                found[sense.synset] = (sense.rank, word)
        return {synset: word for synset, (_, word) in found.items()}

    @property
    def drawn(self) -> set[str]:
        """The words that a scene draws by itself."""
        return set(self._drawings)

    def entry(self, word: str) -> Entry:
        """The best answer for a noun; an empty entry when nothing fits."""
        if word in self._blank:
            return Entry()
        own = self.named.get(word) or self._derived(word)
        drawing = self._drawings.get(word) or ("" if word in self.named else self._drawn(word, own))
        if drawing and (not own.sprite or (word in self._drawings and own.how != "exact")):
            return Entry(own.sprite, 0.9, "procedural", word, drawing)
        return replace(own, drawing=drawing)

    def _derived(self, word: str) -> Entry:
        depth, anchor, share = self._nearest(word, self._sprite_at)
        sign = self._evokes.get(word)
        if anchor and not sign:
            likely = 1.0 if share >= 0.5 else 0.8 * CATCH_ALL.get(anchor, 1.0)
            score = SYNONYM if depth == 0 else HYPERNYM * DECAY ** (depth - 1)
            how = "synonym" if depth == 0 else "hypernym"
            return replace(self.named[anchor], score=round(score * likely, 2), how=how, head=anchor)
        return Entry(sign, EVOKED, "evokes", word) if sign else Entry()

    def _drawn(self, word: str, own: Entry) -> str:
        """A kind that is drawn ("brook" is a stream) counts when it is nearer than the sprite's."""
        depth, anchor, _ = self._nearest(word, self._drawing_at)
        if not anchor or depth > 4:
            return ""
        sprite_depth, sprite_anchor, _ = self._nearest(word, self._sprite_at)
        return self._drawings[anchor] if not sprite_anchor or depth < sprite_depth or own.how == "evokes" else ""

    def _nearest(self, word: str, anchors: dict[str, str]) -> tuple[int, str, float]:
        """(steps up, anchor word, share of the sense) of the best-placed sense, or (0, "", 0)."""
        best: tuple[float, int, str, float] = (0.0, 0, "", 0.0)
        for sense, share in _shares(self._senses(word)):
            depth, anchor = self._climb(sense.synset, anchors)
            value = DECAY**depth * math.sqrt(share) * CATCH_ALL.get(anchor, 1.0) if anchor else 0.0
            if share >= SHARE and value > best[0]:
                best = (value, depth, anchor, share)
        return best[1:]

    def _senses(self, word: str) -> list[Sense]:
        """The noun senses of a word, without the rivers and people that happen to be called like it."""
        senses = self._net.senses.get(word, [])
        return [s for s in senses if s.synset not in self._net.instances or word in self._net.proper]

    def _climb(self, synset: str, anchors: dict[str, str]) -> tuple[int, str]:
        queue = deque([(synset, 0)])
        while queue:
            node, depth = queue.popleft()
            if node in anchors:
                return depth, anchors[node]
            if depth < MAX_DEPTH:
                queue.extend((up, depth + 1) for up in self._net.hypernyms.get(node, ()))
        return 0, ""


def _entry(word: str, value: str, score: float, how: str) -> Entry:
    match = VALUE.fullmatch(value)
    if match is None:
        raise ValueError(f"vocabulary.toml: {word} = {value!r}")
    return Entry(match["sprite"], score, how, word, "", match["prop"] or "", float(match["scale"] or 1))


def _shares(senses: list[Sense]) -> list[tuple[Sense, float]]:
    weights = [(s.count + 1.0 / s.rank) * (FOOD_FIRST if s.lexname == 13 else 1.0) for s in senses]
    return [(s, w / sum(weights)) for s, w in zip(senses, weights, strict=True)]


def table(net: WordNet, pictures: list[Picture]) -> bytes:
    """The whole file. Longer names are kept where their last word alone would show something else."""
    builder = Builder(net, pictures)
    words = {w for w in net.counts if _plain(w)} | set(builder.named) | builder.drawn
    entries = {word: builder.entry(word) for word in words}
    lines = [_line(w, net.counts.get(w, {}), e) for w, e in entries.items() if _kept(w, e, entries, net)]
    return ("\n".join(sorted(lines, key=lambda line: line.partition("\t")[0].encode())) + "\n").encode()


def _plain(word: str) -> bool:
    return re.fullmatch(r"[a-z][a-z'-]*( [a-z][a-z'-]*){0,2}", word) is not None


def _kept(word: str, entry: Entry, entries: dict[str, Entry], net: WordNet) -> bool:
    if " " not in word:
        return (bool(net.counts.get(word)) and (word not in net.proper or bool(entry.how))) or entry.how == "exact"
    if entry.how in ("", "evokes") or word in net.proper:
        return False
    head = entries.get(word.rpartition(" ")[2], Entry())
    differs = (entry.sprite, entry.drawing) != (head.sprite, head.drawing)
    return entry.how == "exact" or (entry.score >= 0.55 and differs)


def _line(word: str, counts: dict[str, int], entry: Entry) -> str:
    pos = "".join(f"{p}{counts[p]}" for p in "nvar" if p in counts) or "n0"
    shown = [entry.sprite, f"{entry.score:g}", entry.how, entry.head, entry.drawing, entry.prop, f"{entry.scale:g}"]
    shown = shown if entry.how else []
    return "\t".join([word, pos, *shown]).removesuffix("\t1").rstrip("\t")
