"""Read the WordNet 3.1 data files: https://wordnet.princeton.edu/documentation/wndb5wn describes them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from scripts.vendored.packages import Archive

FOLDER = "database/3.1"
#: Parts of speech as the sense keys number them; 5 is WordNet's "adjective satellite".
POS = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}


@dataclass(frozen=True)
class Sense:
    """One noun sense of a word: how often the tagged corpora show it, and its lexicographer file (5 = animals...)."""

    synset: str
    rank: int
    count: int
    lexname: int


@dataclass
class WordNet:
    """Nouns with senses and kinds; every part of speech with its count in the tagged corpora."""

    senses: dict[str, list[Sense]] = field(default_factory=dict[str, Any])
    hypernyms: dict[str, tuple[str, ...]] = field(default_factory=dict[str, Any])
    counts: dict[str, dict[str, int]] = field(default_factory=dict[str, Any])
    #: synsets that are one thing of their kind: a person, a river
    instances: set[str] = field(default_factory=set[str])
    #: lower-case lemmas that the dictionary writes with a capital: names
    proper: set[str] = field(default_factory=set[str])


def read(archive: Archive) -> WordNet:
    net = WordNet()
    _senses(net, archive.read(f"{FOLDER}/index.sense").decode())
    _synsets(net, archive.read(f"{FOLDER}/data.noun").decode())
    return net


def _senses(net: WordNet, text: str) -> None:
    senses: dict[str, list[Sense]] = defaultdict(list)
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for line in text.splitlines():
        key, synset, rank, count = line.split(" ")
        lemma, _, rest = key.partition("%")
        kind, lexname, *_ = rest.split(":")
        word = lemma.replace("_", " ")
        counts[word][POS[kind]] += int(count)
        if kind == "1":
            senses[word].append(Sense(synset, int(rank), int(count), int(lexname)))
    net.senses = {word: sorted(found, key=lambda s: s.rank) for word, found in senses.items()}
    net.counts = {word: dict(by_pos) for word, by_pos in counts.items()}


def _synsets(net: WordNet, text: str) -> None:
    lower: set[str] = set()
    for line in text.splitlines():
        if line.startswith("  "):  # the licence at the head of the file
            continue
        fields = line.partition(" | ")[0].split(" ")
        words = int(fields[3], 16)
        lemmas = fields[4 : 4 + 2 * words : 2]
        lower.update(w.replace("_", " ") for w in lemmas if w == w.lower())
        net.proper.update(w.lower().replace("_", " ") for w in lemmas if w != w.lower())
        pointers = fields[5 + 2 * words :]
        up = [pointers[i + 1] for i in range(0, len(pointers) - 3, 4) if pointers[i] in ("@", "@i")]
        net.hypernyms[fields[0]] = tuple(up)
        if "@i" in pointers:
            net.instances.add(fields[0])
    net.proper -= lower
